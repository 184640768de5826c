"""Results of persons: named only with consent, which is recorded."""

from __future__ import annotations

from typing import Any

from django.db import migrations, models
from django.db.models import Q

import liengia.core.fields

WHOSE = [("team", "a team, hamlet, house or school"), ("person", "a person")]
AGREED = [("", "not named"), ("self", "they themselves agreed"), ("parent", "a child: father, mother or guardian agreed")]


class Migration(migrations.Migration):
    dependencies: list[Any] = [("festivals", "0005_papers_of_days")]

    operations: list[Any] = [
        migrations.AlterModelOptions("contestresult", {"default_permissions": (), "ordering": ["place", "who", "pk"], "verbose_name": "result of a contest", "verbose_name_plural": "results of contests"}),
        migrations.RemoveConstraint("contestresult", "team_has_one_place_in_a_contest"),
        migrations.AddField("contestresult", "whose", models.CharField(choices=WHOSE, default="team", max_length=6, verbose_name="whose result it is")),
        migrations.AddField("contestresult", "of", liengia.core.fields.NameField(blank=True, max_length=160, default="", verbose_name="hamlet, team or school of a person"), preserve_default=False),
        migrations.AddField("contestresult", "agreed", models.CharField(blank=True, choices=AGREED, max_length=6, default="", verbose_name="who agreed to the name"), preserve_default=False),
        migrations.AddField("contestresult", "agreed_at", models.DateTimeField(editable=False, null=True)),
        migrations.AlterField("contestresult", "who", liengia.core.fields.NameField(blank=True, max_length=160, verbose_name="team, hamlet, house or school; a person only with consent")),
        migrations.AddConstraint("contestresult", models.UniqueConstraint(condition=Q(whose="team"), fields=("item", "who"), name="team_has_one_place_in_a_contest")),
        migrations.AddConstraint(
            "contestresult",
            models.CheckConstraint(condition=Q(whose="team") | Q(who="", agreed="") | (~Q(who="") & ~Q(agreed="")), name="person_is_named_with_consent_only"),
        ),
    ]
