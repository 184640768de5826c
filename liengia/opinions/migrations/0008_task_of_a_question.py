"""Which task of the committee's a question of a session became."""

from __future__ import annotations

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("opinions", "0007_keys_tell_no_order"), ("organisations", "0001_institutions")]

    operations = [
        migrations.AddField(
            model_name="forumquestion",
            name="task",
            field=models.ForeignKey(
                blank=True, editable=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="questions",
                to="organisations.task", verbose_name="task that it became",
            ),
        ),
    ]
