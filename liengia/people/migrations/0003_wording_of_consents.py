"""A consent keeps under which words it was given; all until now are of the first."""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("people", "0002_people")]

    operations = [
        migrations.AddField("consent", "wording", models.PositiveSmallIntegerField(default=1, verbose_name="under which words")),
    ]
