"""Papers are tied to their day and guest by a record, with what they say of when and where."""

from __future__ import annotations

from typing import Any

import django.db.models.deletion
from django.db import migrations, models

import liengia.core.fields


class Migration(migrations.Migration):
    dependencies: list[Any] = [("festivals", "0004_answers_for_an_earlier_date"), ("papers", "0004_front_under_the_front")]

    operations: list[Any] = [
        migrations.CreateModel(
            "DayPaper",
            [
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("on", models.DateField(verbose_name="date that it says")),
                ("said_when", liengia.core.fields.TextField(verbose_name="hours and date that it says")),
                ("said_where", liengia.core.fields.TextField(verbose_name="place that it says")),
                ("day", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="paper_ties", to="festivals.festivalday")),
                ("guest", models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name="paper_ties", to="festivals.guestinvitation")),
                ("paper", models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name="festival_tie", to="papers.paper")),
            ],
            options={"verbose_name": "paper of a festival day", "verbose_name_plural": "papers of festival days", "ordering": ["pk"], "default_permissions": ()},
        ),
    ]
