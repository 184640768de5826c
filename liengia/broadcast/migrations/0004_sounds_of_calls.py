"""Note of a sound that it is a call's, which goes after a day; of those that stand already nobody knows, they go as before."""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("broadcast", "0003_own_citations_to_be_checked")]

    operations = [migrations.AddField(model_name="audiofile", name="is_of_call", field=models.BooleanField(default=False))]
