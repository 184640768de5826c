"""What the office says afterwards of each item of a programme."""

from __future__ import annotations

from typing import Any

import liengia.core.fields
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: list[Any] = [("festivals", "0002_awards_and_drills")]

    operations: list[Any] = [
        migrations.AddField("programmeitem", "course", models.CharField(blank=True, choices=[("held", "held"), ("not_held", "not held")], editable=False, max_length=10, verbose_name="what became of it")),
        migrations.AddField("programmeitem", "course_reason", liengia.core.fields.TextField(blank=True, editable=False, verbose_name="why it was not held")),
    ]
