"""What looks doubtful about nominations: asked about with what was found, never forbidden.

1. The same person twice on one list, also under another spelling. 2. The same deed in another list. 3. The same person and
deed commended already. 4. A deed outside of the round's period. Two of one name with two years of birth are two people; where
a year is missing they may be one. 5. A deed in the movement's list that reads like a pursuit (`pursuit.py`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.db.models import F, QuerySet
from django.utils.translation import gettext as _

from liengia.commendations import pursuit
from liengia.commendations.models import (
    PURSUIT,
    Certificate,
    Nomination,
    NominationState,
    RecipientKind,
    Round,
    RoundState,
)
from liengia.core.text import fold

TWICE, ELSEWHERE, BEFORE, PERIOD, PURSUED = "twice", "elsewhere", "before", "period", "pursuit"
CODES: Final = (TWICE, ELSEWHERE, BEFORE, PERIOD, PURSUED)
_FIELDS: Final = ("pk", "public_id", "kind", "name", "name_key", "birth_year", "deed_on", "merit", "state", "doubts_answered", "round_id", "round__title", "round__period_from", "round__period_to", "unit_id", "report", "is_pursuit_deed")


@dataclass(frozen=True, slots=True)
class Doubt:
    """One doubt: its code, what was found, and whether somebody said why it is right all the same."""

    code: str
    words: str
    is_answered: bool = False


def of_round(row: Round, unsaved: Sequence[Nomination] = ()) -> dict[int, list[Doubt]]:
    """Return the doubts about each standing nomination of a round, in four queries however many there are.

    Whoever has a paper with the name put right is found under both names: as nominated, and as it says now.
    `unsaved` are rows of a file that is looked at: the first of them has the key -1, the second -2.
    """
    own: list[Mapping[str, Any]] = list(row.nominations.standing().values(*_FIELDS))
    own += [{**{name: getattr(one, name) for name in _FIELDS if "__" not in name}, "pk": -number, "round__title": row.title} for number, one in enumerate(unsaved, start=1)]
    keys = {one["name_key"] for one in own}
    # What a revoked decision or a cancelled round said is no commendation: the list that is decided anew is not doubtful for it.
    others = Nomination.objects.all().standing().exclude(round=row).exclude(round__state__in=(RoundState.REVOKED, RoundState.CANCELLED))
    there = _by_key([*others.filter(name_key__in=keys).values(*_FIELDS), *_put_right(others, keys)]) if keys else {}
    here = _by_key(own)
    found: dict[int, list[Doubt]] = {}
    for one in own:
        doubts = list(_about(one, here.get(_key(one), ()), there.get(_key(one), ()), row))
        if doubts:
            found[one["pk"]] = doubts
    return found


def of_nomination(nomination: Nomination) -> list[Doubt]:
    """Return the doubts about one nomination."""
    return of_round(nomination.round).get(nomination.pk, [])


def unanswered(row: Round) -> int:
    """Return how many nominations on the list have a doubt that nobody has answered."""
    listed = set(row.nominations.listed().values_list("pk", flat=True))
    return sum(any(not doubt.is_answered for doubt in doubts) for key, doubts in of_round(row).items() if key in listed)


def _put_right(others: QuerySet[Nomination], keys: set[str]) -> list[Mapping[str, Any]]:
    """Return the nominations whose valid paper says another name than they did, and that name is one of the keys; under that name."""
    papers = Certificate.objects.all().valid().filter(name_key__in=keys, nomination__in=others).exclude(name_key=F("nomination__name_key"))
    names = {one.nomination_id: (one.name, one.name_key) for one in papers}
    rows = others.filter(pk__in=names).values(*_FIELDS) if names else []
    return [{**one, "name": names[one["pk"]][0], "name_key": names[one["pk"]][1]} for one in rows]


def _key(one: Mapping[str, Any]) -> tuple[str, str]:
    return one["kind"], one["name_key"]


def _by_key(rows: Iterable[Mapping[str, Any]]) -> dict[tuple[str, str], list[Mapping[str, Any]]]:
    found: dict[tuple[str, str], list[Mapping[str, Any]]] = defaultdict(list)
    for one in rows:
        found[_key(one)].append(one)
    return found


def _may_be_one(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    if one["kind"] != RecipientKind.INDIVIDUAL and one["unit_id"] != other["unit_id"]:
        return False  # a group no. 3 stands in every hamlet
    years = {one["birth_year"], other["birth_year"]} - {None}
    return len(years) < 2


def _same_deed(one: Mapping[str, Any], other: Mapping[str, Any], row: Round) -> bool:
    """Tell whether two are for one deed: of one day, or in the same words for a period in common (each year says "excellent" anew)."""
    if one["deed_on"] is not None and one["deed_on"] == other["deed_on"]:
        return True
    is_together = row.period_from <= other["round__period_to"] and other["round__period_from"] <= row.period_to
    return is_together and fold(one["merit"]) == fold(other["merit"])


def _about(one: Mapping[str, Any], here: Iterable[Mapping[str, Any]], others: Iterable[Mapping[str, Any]], row: Round) -> Iterable[Doubt]:
    answered = set(one["doubts_answered"])
    for twin in here:
        if twin["pk"] != one["pk"] and _may_be_one(one, twin):
            words = _("“%(name)s” stands on this list too: the same person?") % {"name": _called(twin)}
            yield Doubt(TWICE, words, TWICE in answered)
            break
    same = [twin for twin in others if _may_be_one(one, twin) and _same_deed(one, twin, row)]
    for twin in [it for it in same if it["state"] == NominationState.COMMENDED][:1]:
        words = _("Commended already for this: “%(name)s”, in “%(round)s”.") % {"name": _called(twin), "round": twin["round__title"]}
        yield Doubt(BEFORE, words, BEFORE in answered)
    for twin in [it for it in same if it["state"] != NominationState.COMMENDED][:1]:
        words = _("Nominated for the same in “%(round)s” too.") % {"round": twin["round__title"]}
        yield Doubt(ELSEWHERE, words, ELSEWHERE in answered)
    if one["deed_on"] is not None and not row.period_from <= one["deed_on"] <= row.period_to:
        words = _("The day of the deed, %(day)s, is outside of the round's period.") % {"day": f"{one['deed_on']:%d/%m/%Y}"}
        yield Doubt(PERIOD, words, PERIOD in answered)
    if row.movement_list not in PURSUIT and (read := pursuit.read_as_pursuit(f"{one['merit']}\n{one['report']}")):
        words = _("This reads like helping to pursue suspects (“%(words)s”), and this list is public. Is it?") % {"words": read}
        yield Doubt(PURSUED, words, one["is_pursuit_deed"] or PURSUED in answered)


def _called(one: Mapping[str, Any]) -> str:
    return f"{one['name']}, {one['birth_year']}" if one["birth_year"] else str(one["name"])
