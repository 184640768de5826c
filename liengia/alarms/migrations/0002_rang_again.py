"""Since when an incident rings anew; and a phone, which is a person, has no count of mistaken alarms."""

from __future__ import annotations

from django.db import migrations, models


def no_count_of_people(apps, schema_editor):
    apps.get_model("alarms", "Device").objects.filter(kind="phone").exclude(mistaken_count=0).update(mistaken_count=0)


class Migration(migrations.Migration):
    dependencies = [("alarms", "0001_groups_and_alarms")]

    operations = [
        migrations.AddField("incident", "rang_again_at", models.DateTimeField(blank=True, null=True)),
        migrations.RunPython(no_count_of_people, migrations.RunPython.noop),
    ]
