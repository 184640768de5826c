"""An editor asks that a practice be shown to everybody."""

from __future__ import annotations

from typing import Any

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: list[Any] = [("practices", "0001_practices")]

    operations: list[Any] = [
        migrations.AddField("practice", "publication_asked_on", models.DateField(blank=True, editable=False, null=True, verbose_name="asked to be published on")),
    ]
