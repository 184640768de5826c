"""A step may tell whoever is next in the rota."""

from __future__ import annotations

from django.db import migrations, models

TARGETS = [
    ("leader", "group leader"), ("deputy", "deputy leader"), ("security_team", "hamlet security team"),
    ("duty_post", "duty post"), ("commander", "commander on duty"), ("neighbour_groups", "neighbouring groups"),
    ("remind_114", "reminder to call 114"), ("next_on_duty", "next in the rota"),
]


class Migration(migrations.Migration):
    dependencies = [("alarms", "0005_long_works")]

    operations = [
        migrations.AlterField("incidentstep", "target", models.CharField(choices=TARGETS, max_length=20)),
        migrations.AlterField("planstep", "target", models.CharField(choices=TARGETS, max_length=20)),
    ]
