"""When days were announced: one that was called off before that is nobody's to read."""

from __future__ import annotations

from typing import Any

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: list[Any] = [("festivals", "0006_results_of_persons")]

    operations: list[Any] = [
        migrations.AddField("festivalday", "announced_at", models.DateTimeField(editable=False, null=True)),
    ]
