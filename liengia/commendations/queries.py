"""What is read across tables: counts of a season or a decision, the public roll, what a code says, the honour register."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.utils.translation import npgettext

from liengia.commendations.models import (
    CODE_LENGTH,
    PURSUIT,
    Certificate,
    CertificateState,
    Decision,
    HandOver,
    MovementList,
    Nomination,
    RecipientKind,
    Round,
    RoundState,
    Season,
)
from liengia.core import clock, codes, rooms
from liengia.core.text import fold
from liengia.units.models import Level, Unit

# Below this a count of people is not told in public: so few can be guessed.
LEAST_TOLD = 5


@dataclass(slots=True)
class Counts:
    """How many were commended, of each kind; counted, never typed."""

    collectives: int = 0
    households: int = 0
    individuals: int = 0
    police: int = 0
    amount_vnd: int = 0
    handed: int = 0
    absent: int = 0

    @property
    def total(self) -> int:
        """All of them."""
        return self.collectives + self.households + self.individuals

    @property
    def people(self) -> int:
        """Individuals and households."""
        return self.individuals + self.households

    @property
    def civilians(self) -> int:
        """Individuals who are members of the public."""
        return self.individuals - self.police

    def __add__(self, other: Counts) -> Counts:
        """Return the sum."""
        names = self.__slots__
        return Counts(*(getattr(self, name) + getattr(other, name) for name in names))


_PLACES = {RecipientKind.COLLECTIVE: "collectives", RecipientKind.HOUSEHOLD: "households", RecipientKind.INDIVIDUAL: "individuals"}


def counts(certificates: QuerySet[Certificate]) -> dict[str, Counts]:
    """Return the counts of valid certificates by the movement's list, in one query; sum them by `total_of`."""
    return {**{code: Counts() for code in MovementList.values}, **_counted(certificates, "decision__round__movement_list")}


def counts_by_decision(certificates: QuerySet[Certificate]) -> dict[int, Counts]:
    """Return the counts of valid certificates by decision, with money, in one query."""
    return defaultdict(Counts, _counted(certificates, "decision"))


def _counted(certificates: QuerySet[Certificate], by: str) -> dict[Any, Counts]:
    rows = certificates.filter(state=CertificateState.VALID).order_by().values(by, "kind", "hand_over", "nomination__is_police", "amount_vnd")
    found: dict[Any, Counts] = defaultdict(Counts)
    for row in rows.annotate(n=Count("pk")):
        one, n = found[row[by]], row["n"]
        name = _PLACES[RecipientKind(row["kind"])]
        setattr(one, name, getattr(one, name) + n)
        one.police += n if row["nomination__is_police"] else 0
        one.amount_vnd += n * row["amount_vnd"]
        one.handed += n if row["hand_over"] == HandOver.HANDED else 0
        one.absent += n if row["hand_over"] == HandOver.ABSENT else 0
    return dict(found)


def total_of(parts: Iterable[Counts]) -> Counts:
    """Return the sum of counts."""
    return sum(parts, Counts())


def seasons(decisions: Iterable[Decision]) -> list[Season]:
    """Return the seasons of some decisions, the newest first."""
    found = {one.round.season for one in decisions if one.round.season is not None}
    return sorted(found, key=lambda season: (-season.year, season.name))


def season_counts(season: Season) -> dict[str, Counts]:
    """Return the counts of a season by list."""
    return counts(Certificate.objects.filter(decision__round__season=season))


def season_told(season: Season) -> tuple[dict[str, Counts], Counts]:
    """Return a season's counts by list as everybody reads them, and their sum.

    A list of the pursuit with so few people that they can be guessed is left out. So are, of any list, decisions off the roll that commend
    fewer than five people, for the roll has all others. Where all that is left out is fewer than five, the sum leaves them out too: it
    would tell of them by what is left over.
    """
    rows = Certificate.objects.filter(decision__round__season=season)
    found, listed = counts(rows), counts(rows.filter(decision__in=Decision.objects.all().public().values("pk")))
    told = {code: listed[code] if 0 < one.people - listed[code].people < LEAST_TOLD else one for code, one in found.items()}
    told = {code: one for code, one in told.items() if one.total and (code not in PURSUIT or one.people >= LEAST_TOLD)}
    left = sum(one.people - (told[code].people if code in told else 0) for code, one in found.items())
    return told, total_of((told if 0 < left < LEAST_TOLD else found).values())


@dataclass(frozen=True, slots=True)
class RollLine:
    """One line of the public roll."""

    name: str
    merit: str
    place: str
    kind: str
    award: str
    serial: str
    decision: Decision


@dataclass(slots=True)
class RollDecision:
    """A decision on the public roll: how many it commends, and those whose names may stand there."""

    decision: Decision
    counts: Counts
    collectives: list[RollLine] = field(default_factory=list)
    people: list[RollLine] = field(default_factory=list)

    @property
    def unnamed(self) -> int:
        """How many stand without a name: they did not agree, took it back, or helped in a pursuit."""
        return self.counts.total - len(self.people) - len(self.collectives)


def public_decisions(*, unit: Unit | None = None, year: int | None = None) -> list[Decision]:
    """Return the decisions on the public roll, the newest first, of communes that keep the room on."""
    found = Decision.objects.all().public().select_related("round__unit", "round__season", "paper__issuer", "round__season__unit")
    if year:
        found = found.filter(decided_on__year=year)
    if unit is not None:
        found = found.filter(round__unit__in=Unit.objects.all().below_any(unit.lineage_ids()))
    rows = [one for one in found.order_by("-decided_on", "-pk") if rooms.is_on("commendations", one.round.unit.current())]
    named = set(Round.objects.filter(pk__in=[one.round_id for one in rows]).titled_by_nominee().values_list("pk", flat=True))
    for one in rows:
        one.round.is_titled_by_nominee = one.round_id in named
    return rows


def roll_of(decision: Decision) -> RollDecision:
    """Return what the public may read of one decision."""
    found = RollDecision(decision, total_of(counts(decision.certificates.all()).values()))
    rows = Certificate.objects.filter(decision=decision).on_roll().select_related("unit__parent").in_calling_order()
    for one in rows:
        line = RollLine(one.name, one.merit, one.unit.place_name, one.kind, one.award_words, one.serial, decision)
        (found.collectives if one.kind == RecipientKind.COLLECTIVE else found.people).append(line)
    return found


def roll(decisions: Iterable[Decision]) -> list[RollLine]:
    """Return all lines of the public roll of some decisions, in two queries."""
    by_key = {one.pk: one for one in decisions}
    rows = Certificate.objects.filter(decision__in=by_key).on_roll().select_related("unit__parent").in_calling_order()
    return [RollLine(one.name, one.merit, one.unit.place_name, one.kind, one.award_words, one.serial, by_key[one.decision_id]) for one in rows]


def years() -> list[int]:
    """Return the years of the public roll, the newest first."""
    return sorted({day.year for day in Decision.objects.all().public().values_list("decided_on", flat=True)}, reverse=True)


def communes() -> list[Unit]:
    """Return today's communes that keep the room on and have a decision on the public roll, theirs or of what stood there."""
    places = Unit.objects.filter(pk__in=Decision.objects.all().public().values("round__unit"))
    today = {unit.current() for unit in places}
    return sorted((unit for unit in today if unit.level == Level.COMMUNE and rooms.is_on("commendations", unit)), key=lambda unit: unit.code)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the public may read of a certificate by its code."""

    certificate: Certificate
    is_named: bool
    name: str
    merit: str
    of_season: int

    @property
    def state(self) -> str:
        """Valid, replaced or revoked."""
        return str(self.certificate.state)


def by_code(raw: str) -> Verdict | None:
    """Return what a code says; None when it is none, has a slip of the hand, or its room is off there.

    The name stands there as on the paper. Where it is hidden, or where the commendation is of the pursuit and was not opened,
    only the first letters stand there: whoever holds the paper can compare them, and a code that was passed on tells nobody.
    """
    found = _with_code(raw)
    if found is None or _is_off(found):
        return None
    is_pursuit = found.nomination.is_pursuit_deed or (found.decision.round.is_pursuit and not found.decision.is_public)
    is_named = not found.is_name_hidden and not is_pursuit
    season = found.decision.round.season
    told, total = season_told(season) if season is not None else ({}, Counts())
    of_season = total.total if found.decision.round.movement_list in told else 0
    return Verdict(found, is_named, found.name if is_named else initials(found.name), found.merit if is_named else "", of_season)


def is_switched_off(raw: str) -> bool:
    """Tell whether a code is a certificate's whose commune keeps the room off: nothing is said of it, and so not that it is false."""
    found = _with_code(raw)
    return found is not None and _is_off(found)


def _with_code(raw: str) -> Certificate | None:
    plain = codes.parse(raw, length=CODE_LENGTH)
    if plain is None:
        return None
    rows = Certificate.objects.select_related("decision__round__season", "decision__paper__issuer", "issuer", "unit__parent", "replaced_by", "nomination")
    return rows.filter(code=codes.shown(plain)).first()


def _is_off(found: Certificate) -> bool:
    return not rooms.is_on("commendations", found.issuer.unit.current())


def unaddressed(row: Round) -> list[Nomination]:
    """Return who stands in a round without anybody having said how they are addressed: papers call them "Ông/bà"."""
    rows = row.nominations.all().standing().exclude(kind=RecipientKind.COLLECTIVE).filter(honorific="")
    return [one for one in rows if one.is_unaddressed]


def initials(name: str) -> str:
    """Return the first letters of a name: "H. T. L."."""
    return " ".join(f"{word[0].upper()}." for word in name.split() if word[0].isalpha())


def register(certificates: QuerySet[Certificate], *, year: int | None, words: str = "") -> QuerySet[Certificate]:
    """Return lines of the honour register, by number; found by the name that the paper itself says."""
    found = certificates.filter(year=year) if year else certificates
    for word in fold(words).split():
        found = found.filter(folded_name__contains=word)
    return found.order_by("-year", "register_number", "edition")


def due_for_brief(unit: Unit, on: date) -> dict[str, int]:
    """Return what waits in a unit and below it: submitted rounds, certificates that nobody has received a month after their decision."""
    inside = Unit.objects.all().below_any(unit.lineage_ids())
    submitted = Round.objects.filter(unit__in=inside, state=RoundState.SUBMITTED).count()
    kept = Certificate.objects.filter(decision__round__unit__in=inside, decision__decided_on__lt=on).exclude(hand_over=HandOver.HANDED)
    return {"submitted": submitted, "kept": kept.filter(state=CertificateState.VALID).count()}


def list_words(found: Counts) -> str:
    """Return "29 collectives, 268 individuals", in the reader's language."""
    parts = []
    if found.collectives:
        parts.append(npgettext("commended", "%(n)s collective", "%(n)s collectives", found.collectives) % {"n": found.collectives})
    if found.households:
        parts.append(npgettext("commended", "%(n)s household", "%(n)s households", found.households) % {"n": found.households})
    if found.individuals:
        parts.append(npgettext("commended", "%(n)s individual", "%(n)s individuals", found.individuals) % {"n": found.individuals})
    return ", ".join(parts)


def by_decision(decisions: Iterable[Decision]) -> dict[int, Counts]:
    """Return the counts of several decisions in one query."""
    found: dict[int, Counts] = defaultdict(Counts)
    rows = Certificate.objects.filter(decision__in=list(decisions), state=CertificateState.VALID).order_by().values("decision", "kind")
    for row in rows.annotate(n=Count("pk")):
        name = _PLACES[RecipientKind(row["kind"])]
        setattr(found[row["decision"]], name, row["n"])
    return found


def day_of(row: Round) -> date:
    """Return the day by which a round names places: its period's end, or today while it runs; never one on which its unit did not stand."""
    last = row.unit.valid_to - timedelta(days=1) if row.unit.valid_to else None
    day = min(one for one in (row.period_to, clock.today(), last) if one is not None)
    return max(day, row.unit.valid_from) if row.unit.valid_from else day


def places_of(row: Round, *, keep: int | None = None) -> QuerySet[Unit]:
    """Return the places that a nomination of a round may be tied to: those in force on the round's day; `keep` is one chosen before."""
    found = Unit.objects.all().below_any([row.unit_id]).at(day_of(row)).filter(level__in=(row.unit.level, Level.COMMUNE, Level.HAMLET))
    return Unit.objects.filter(Q(pk__in=found.values("pk")) | Q(pk=keep)).with_ancestors().order_by("level", "code")


def told_apart(units: Iterable[Unit]) -> dict[int, str]:
    """Return the name of each place with its commune, "Ấp 3, xã Cần Đước"; where two are still the same, with their codes."""
    names = {unit.pk: (unit.place_name, unit.code) for unit in units}
    counted = Counter(name for name, _code in names.values())
    return {key: f"{name} ({code})" if counted[name] > 1 else name for key, (name, code) in names.items()}
