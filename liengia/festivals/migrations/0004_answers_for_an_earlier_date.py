"""What guests answered before their day moved, and for which date."""

from __future__ import annotations

from typing import Any

from django.db import migrations, models

ANSWERS = [("none", "no answer yet"), ("comes", "comes"), ("cannot", "cannot come")]


class Migration(migrations.Migration):
    dependencies: list[Any] = [("festivals", "0003_course_of_items")]

    operations: list[Any] = [
        migrations.AddField("guestinvitation", "earlier_answer", models.CharField(choices=ANSWERS, default="none", editable=False, max_length=8)),
        migrations.AddField("guestinvitation", "earlier_for", models.DateField(editable=False, null=True)),
    ]
