"""The dated tables: each row from a day to a day, with its source, never two for one day."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from liengia.audit import services as audit
from liengia.commendations.models import BaseSalary, DecisionRight, RewardRate
from liengia.core.actor import Actor
from liengia.core.errors import Invalid

_SAME: dict[type[Any], tuple[str, tuple[str, ...]]] = {
    BaseSalary: ("salary_kept", ()), RewardRate: ("rate_kept", ("award", "level", "recipient")), DecisionRight: ("right_kept", ("award", "level")),
}  # fmt: skip


@transaction.atomic
def keep_row(row: BaseSalary | RewardRate | DecisionRight, *, actor: Actor, **changes: Any) -> Any:
    """Enter a row of a dated table, or change it; decisions that were signed keep what they were reckoned from.

    Raises:
        Invalid: it ends before it begins, has no source, or overlaps another row (code "overlap").
    """
    for name, value in changes.items():
        setattr(row, name, value)
    kind, same = _SAME[type(row)]
    if not row.source.strip():
        raise Invalid(_("Write the law or decree with its article: who reads the decision will ask."), code="no_source", field="source")
    if row.valid_from and row.valid_to and row.valid_from >= row.valid_to:
        raise Invalid(_("It ends before it begins."), code="period", field="valid_to")
    others: Any = type(row)._default_manager.select_for_update(of=("self",)).exclude(pk=row.pk).filter(**{name: getattr(row, name) for name in same})
    if row.valid_to:
        others = others.filter(Q(valid_from=None) | Q(valid_from__lt=row.valid_to))
    if row.valid_from:
        others = others.filter(Q(valid_to=None) | Q(valid_to__gt=row.valid_from))
    if other := others.first():
        since = f"{other.valid_from:%d/%m/%Y}" if other.valid_from else "…"
        raise Invalid(_("It overlaps the row that holds from %(day)s. End that one first.") % {"day": since}, code="overlap", field="valid_from")
    row.save()
    audit.record(f"commendations.{kind}", actor=actor, about=row, facts={"from": row.valid_from, "to": row.valid_to, "source": row.source})
    return row
