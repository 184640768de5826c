"""Days: planned for one unit or many at once, changed, announced, put off, called off; their programme."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from typing import Any, Final

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from liengia.alarms.models import Drill
from liengia.audit import services as audit
from liengia.commendations.models import Decision
from liengia.core import clock
from liengia.core.actor import Actor
from liengia.core.errors import Invalid, Refused
from liengia.festivals.models import (
    DayEvent,
    DayParty,
    DayState,
    FestivalDay,
    ItemKind,
    Part,
    ProgrammeItem,
    Season,
    SeasonState,
)
from liengia.festivals.services import guests, live, results
from liengia.festivals.services.base import take_day, tell
from liengia.festivals.workflow import DAY
from liengia.opinions.models import ListeningForum
from liengia.opinions.models.forums import ForumState
from liengia.opinions.services import forums
from liengia.organisations.models import Organisation
from liengia.organisations.services import validate
from liengia.units.models import Unit

_FACTS: Final = {
    "name", "place", "starts_at", "ends_at", "organisation", "committee", "contact_office", "contact_phone", "attire", "rain_plan",
    "safety_plan", "counted_in",
}  # fmt: skip
MOST_ITEMS: Final = 80
MOST_DAYS: Final = 500
UNFINISHED: Final = (DayState.PLANNED, DayState.ANNOUNCED)


@dataclass(frozen=True, slots=True)
class Host:
    """Who holds a day: a unit, or an institution in it; `place` overrides the one that all have, `facts` are further fields."""

    unit: Unit
    organisation: Organisation | None = None
    place: str = ""
    facts: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Item:
    """One item of a programme as it is written down."""

    part: str
    kind: str
    title: str
    by_whom: str = ""
    starts_at: time | None = None
    script: str = ""


@transaction.atomic
def plan_days(season: Season, hosts: Iterable[Host], *, place: str, starts_at: datetime, items: Sequence[Item] = (), actor: Actor, **facts: Any) -> list[FestivalDay]:
    """Plan a day for each host, all alike: place, hour and programme; each changes its own later.

    Raises:
        Invalid: nobody, too many, a day outside the season, a unit that does not stand then, a host that has a day at
            that time already, a field that is refused. Nothing is planned then. Refused: the season is closed.
    """
    row = Season.objects.select_for_update(of=("self",)).get(pk=season.pk)
    if row.state == SeasonState.CLOSED:
        raise Refused(_("This season is closed."), code="season_closed")
    made: list[FestivalDay] = []
    for host in hosts:
        one = FestivalDay(season=row, unit=host.unit, organisation=host.organisation, place=host.place or place, starts_at=starts_at, **{**facts, **host.facts})
        _check(one)
        made.append(one)
    if not made:
        raise Invalid(_("Choose who holds a day."), code="no_hosts", field="units")
    if len(made) > MOST_DAYS:
        raise Invalid(_("At most %(n)s days at once.") % {"n": MOST_DAYS}, code="too_many", field="units")
    _refuse_doubles(made)
    FestivalDay.objects.bulk_create(made)
    checked = _checked(items)
    ProgrammeItem.objects.bulk_create(
        [_item(one, number, item) for one in made for number, item in enumerate(checked, start=1)], batch_size=400
    )
    facts_told = {"days": len(made), "on": made[0].day}
    audit.record("festivals.days_planned", actor=actor, about=row, unit=row.unit_id, facts=facts_told)
    return made


def _refuse_doubles(made: Sequence[FestivalDay], *, field: str = "units") -> None:
    seen: set[tuple[int, int | None, object]] = set()
    known = FestivalDay.objects.filter(unit__in={one.unit_id for one in made}).exclude(state=DayState.CANCELLED).exclude(pk__in=[one.pk for one in made if one.pk])
    seen |= {(unit, body, clock.local(at).date()) for unit, body, at in known.values_list("unit_id", "organisation_id", "starts_at")}
    for one in made:
        key = (one.unit_id, one.organisation_id, one.day)
        if key in seen:
            raise Invalid(_("%(name)s has a festival on that day already.") % {"name": one.host_name}, code="double", field=field)
        seen.add(key)


@transaction.atomic
def change_day(day: FestivalDay, *, revision: int | None = None, actor: Actor, **facts: Any) -> FestivalDay:
    """Correct what is known of a day. Its date changes so only while it is being planned: later it is put off, with a reason.

    Raises:
        Invalid: a field is refused, or the host has a day on the new date. Refused: it is over or called off, or goes on and its beginning would change; or another changed it (code "changed").
    """
    row = take_day(day, revision)
    row.state = DAY.after(row.state, "change")
    if unknown := set(facts) - _FACTS:
        raise Invalid(", ".join(sorted(unknown)), code="no_such_field")
    changed = [name for name, value in facts.items() if getattr(row, name) != value]
    if row.state != DayState.PLANNED and "starts_at" in changed:
        raise Refused(_("Everybody knows this date. Put the day off instead, and say why."), code="announced", field="starts_at")
    before = row.starts_at
    for name in changed:
        setattr(row, name, facts[name])
    _check(row)
    row.revision += 1
    row.save()
    _bring_along(row, before, actor=actor)
    audit.record("festivals.day_changed", actor=actor, about=row, unit=row.unit, facts={"fields": changed})
    tell(row)
    return row


@transaction.atomic
def join(day: FestivalDay, *, units: Iterable[Unit] = (), organisations: Iterable[Organisation] = (), actor: Actor) -> None:
    """Set who holds a day together with its host.

    Raises:
        Invalid: the host is among them. Refused: it is over or called off.
    """
    row = take_day(day)
    DAY.after(row.state, "change")
    with_units, with_bodies = list(units), list(organisations)
    if row.unit_id in {one.pk for one in with_units} and row.organisation_id is None:
        raise Invalid(_("The host is named already."), code="host_named", field="units")
    row.parties.all().delete()
    DayParty.objects.bulk_create([*(DayParty(day=row, unit=one) for one in with_units), *(DayParty(day=row, organisation=one) for one in with_bodies)])
    audit.record("festivals.day_changed", actor=actor, about=row, unit=row.unit, facts={"joined": len(with_units) + len(with_bodies)})
    tell(row)


@transaction.atomic
def announce_day(day: FestivalDay, *, actor: Actor) -> FestivalDay:
    """Show a day to everybody. A season's first day announces the season.

    Raises:
        Refused: it was announced before, or has no programme.
    """
    row = take_day(day)
    state = DAY.after(row.state, "announce")
    if not row.items.exists():
        raise Refused(_("Write the programme first: people come for it."), code="no_programme")
    row.announced_at = clock.now()
    row.save(update_fields=["announced_at"])
    Season.objects.filter(pk=row.season_id, state=SeasonState.PLANNED).update(state=SeasonState.ANNOUNCED)
    return _move(row, state, actor=actor)


def announce_days(chosen: Iterable[FestivalDay], *, actor: Actor) -> None:
    """Show several days to everybody, each in a transaction of its own: a season of hundreds would keep all others from writing.

    Where one is refused, those before it stay announced and those after it wait.

    Raises:
        Invalid: none is chosen. Refused: as `announce_day`; the words name the day, and say how many were announced before it.
    """
    rows = sorted(chosen, key=lambda one: one.pk)
    if not rows:
        raise Invalid(_("Choose the days that everybody shall see."), code="none", field="days")
    for done, one in enumerate(rows):
        try:
            announce_day(one, actor=actor)
        except Refused as error:
            before = ngettext("%(n)s day is announced.", "%(n)s days are announced.", done) % {"n": done} if done else ""
            raise Refused(f"{before} {one}: {error}".strip(), code=error.detail_code, field="days") from error


@transaction.atomic
def postpone_day(day: FestivalDay, *, starts_at: datetime, ends_at: datetime | None = None, place: str = "", reason: str, actor: Actor) -> FestivalDay:
    """Put an announced day off, with the reason; the date that was told first stays readable.

    It lasts as long as before, unless an end is given; where its unit does not stand any more then, its successor holds it. What is tied to it comes along (`_bring_along`).

    Raises:
        Invalid: no reason, the new moment is refused, or the host has a day on that date. Refused: it was not announced, or has begun.
    """
    row = take_day(day)
    state = DAY.after(row.state, "postpone")
    row.first_starts_at = row.first_starts_at or row.starts_at
    before = row.starts_at
    row.ends_at = ends_at or (starts_at + (row.ends_at - before) if row.ends_at is not None else None)
    row.starts_at, row.place = starts_at, place.strip() or row.place
    # Where its unit ends before the new date, whoever follows it holds the day.
    row.unit = row.unit.as_of(row.day)
    if row.counted_in is not None and row.counted_in.day != row.day:
        row.counted_in = None
    row.state_reason = _reason(reason)
    _check(row)
    row.save(update_fields=["first_starts_at", "starts_at", "ends_at", "place", "unit", "counted_in", "state_reason"])
    _bring_along(row, before, actor=actor)
    results.drop_results_of_before(row)
    live.refold(row)
    return _move(row, state, actor=actor, moved_to=starts_at)


@transaction.atomic
def cancel_day(day: FestivalDay, *, reason: str, actor: Actor) -> FestivalDay:
    """Call a day off, with the reason. One that nobody was told of is simply not shown.

    Raises:
        Invalid: no reason. Refused: it has begun or is called off already.
    """
    row = take_day(day)
    state = DAY.after(row.state, "cancel")
    row.state_reason = _reason(reason)
    row.save(update_fields=["state_reason"])
    return _move(row, state, actor=actor)


def _move(row: FestivalDay, state: str, *, actor: Actor, **facts: object) -> FestivalDay:
    row.state = state
    row.revision += 1
    row.save(update_fields=["state", "revision"])
    audit.record("festivals.day_moved", actor=actor, about=row, unit=row.unit, facts={"state": state, **facts})
    tell(row)
    return row


def _bring_along(row: FestivalDay, before: datetime, *, actor: Actor) -> None:
    """Bring what is tied to a day along to its new date: its forum keeps its hour; drills of the old date and days whose people it counted are untied; guests are asked anew.

    Raises:
        Invalid: the host has another day on the new date.
    """
    if clock.local(before).date() == row.day:
        return
    _refuse_doubles([row], field="starts_at")
    row.parts.update(counted_in=None)
    guests.ask_anew(row, clock.local(before).date(), actor=actor)
    for item in row.items.select_related("forum"):
        item.drills.clear()
        if item.forum is not None and item.forum.state in (ForumState.PLANNED, ForumState.ASKING):
            forums.change_forum(item.forum, starts_at=item.forum.starts_at + timedelta(days=(row.day - clock.local(before).date()).days), actor=actor)


def _reason(words: str) -> str:
    if not words.strip():
        raise Invalid(_("Say why: people made plans for that day."), code="no_reason", field="reason")
    return words.strip()


def _check(row: FestivalDay) -> None:
    """Refuse a day that cannot be."""
    if not row.season.starts_on <= row.day <= row.season.ends_on:
        told = {"from": f"{row.season.starts_on:%d/%m/%Y}", "until": f"{row.season.ends_on:%d/%m/%Y}"}
        raise Invalid(_("The season is from %(from)s to %(until)s; this day lies outside.") % told, code="outside_season", field="starts_at")
    if row.ends_at is not None and row.ends_at <= row.starts_at:
        raise Invalid(_("A day ends after it begins."), code="ends_before", field="ends_at")
    if not row.unit.stands_on(row.day):
        told = {"name": row.unit.full_name, "day": f"{row.day:%d/%m/%Y}"}
        raise Invalid(_("%(name)s does not stand on %(day)s.") % told, code="no_such_unit_then", field="unit")
    _check_counted_in(row)
    validate(row, exclude=["season", "unit", "organisation", "committee", "counted_in"])


def _check_counted_in(row: FestivalDay) -> None:
    whole = row.counted_in
    if whole is None:
        return
    if whole.pk == row.pk or whole.counted_in_id is not None or (row.pk and row.parts.exists()):
        raise Invalid(_("People are counted in one day only, and that day counts for itself."), code="counted_in_circle", field="counted_in")
    if whole.day != row.day:
        raise Invalid(_("People can be counted in another day of the same date only."), code="counted_in_other_date", field="counted_in")


# The programme


def _item(day: FestivalDay, order: int, item: Item) -> ProgrammeItem:
    return ProgrammeItem(
        day=day, order=order, part=item.part, kind=item.kind, title=item.title, by_whom=item.by_whom, starts_at=item.starts_at, script=item.script
    )  # fmt: skip


def _checked(items: Sequence[Item]) -> list[Item]:
    """Return the items in their order: the ceremony, then the festivities.

    Raises:
        Invalid: too many, one without words, or too long words.
    """
    if len(items) > MOST_ITEMS:
        raise Invalid(_("A programme has at most %(n)s items.") % {"n": MOST_ITEMS}, code="too_many", field="ceremony")
    for item in items:
        if not item.title.strip():
            raise Invalid(_("Each item has words."), code="empty_item", field=item.part)
        if item.part not in Part.values or item.kind not in ItemKind.values:
            raise Invalid(_("There is no such kind of item."), code="no_such_kind", field=item.part)
        for words, most in ((item.title, 200), (item.by_whom, 200), (item.script, 6000)):
            if len(words) > most:
                raise Invalid(_("“%(start)s…” is longer than %(n)s characters.") % {"start": words[:40], "n": most}, code="too_long", field=item.part)
    return sorted(items, key=lambda item: item.part != Part.CEREMONY)


@transaction.atomic
def set_programme(day: FestivalDay, items: Sequence[Item], *, revision: int | None = None, actor: Actor) -> FestivalDay:
    """Write down the programme anew. An item that is there already, by part, kind and words, stays the same item, with its forum and results.

    Raises:
        Invalid: what `_checked` refuses, or the same item twice. Refused: it is over or called off; another changed it
            (code "changed"); or an item that has begun or has results would go.
    """
    row = take_day(day, revision)
    if row.state not in (*UNFINISHED, DayState.LIVE):
        DAY.after(row.state, "change")
    checked = _checked(items)
    known = {(one.part, one.kind, one.title): one for one in row.items.all()}
    kept: set[int] = set()
    fresh: list[ProgrammeItem] = []
    for order, item in enumerate(checked, start=1):
        one = known.get((item.part, item.kind, item.title))
        if one is None:
            fresh.append(_item(row, order, item))
            continue
        if one.pk in kept:
            raise Invalid(_("“%(what)s” stands twice in the programme.") % {"what": item.title}, code="double", field=item.part)
        kept.add(one.pk)
        one.order, one.by_whom, one.starts_at, one.script = order, item.by_whom, item.starts_at, item.script
        one.save(update_fields=["order", "by_whom", "starts_at", "script"])
    _drop(row, kept)
    ProgrammeItem.objects.bulk_create(fresh)
    row.revision += 1
    row.save(update_fields=["revision"])
    audit.record("festivals.programme_set", actor=actor, about=row, unit=row.unit, facts={"items": len(checked)})
    tell(row)
    return row


def _drop(day: FestivalDay, kept: set[int]) -> None:
    gone = day.items.exclude(pk__in=kept)
    used = gone.filter(Q(began_at__isnull=False) | Q(results__isnull=False) | ~Q(course="") | Q(pk__in=DayEvent.objects.filter(day=day, item__isnull=False).values("item"))).first()
    if used is not None:
        raise Refused(_("“%(what)s” has begun or has results; it stays in the programme.") % {"what": used.title}, code="item_used")
    gone.delete()


@transaction.atomic
def tie_forum(item: ProgrammeItem, forum: ListeningForum | None, *, actor: Actor) -> None:
    """Make a listening forum the session of an item: its queue and minutes are the forum's own.

    Raises:
        Invalid: the item is no forum, or the session is another day's.
    """
    row = take_day(item.day)
    if forum is not None:
        if item.kind != ItemKind.FORUM:
            raise Invalid(_("Only an item of the kind listening forum has a session."), code="no_forum_item", field="forum")
        if forum.day != row.day:
            raise Invalid(_("That session is on another day."), code="other_day", field="forum")
        if ProgrammeItem.objects.filter(forum=forum).exclude(pk=item.pk).exists():
            raise Invalid(_("That session is an item of another festival already."), code="taken", field="forum")
    ProgrammeItem.objects.filter(pk=item.pk).update(forum=forum)
    ListeningForum.objects.filter(item_of=row.subject).update(item_of="")
    if forum is not None:
        ListeningForum.objects.filter(pk=forum.pk).update(item_of=row.subject)
    audit.record("festivals.day_changed", actor=actor, about=row, unit=row.unit, facts={"forum": forum.public_id if forum else None})
    tell(row)


@transaction.atomic
def tie_decisions(item: ProgrammeItem, decisions: Iterable[Decision], *, actor: Actor) -> None:
    """Set which decisions of commendation are read out in an item: the board counts their certificates as they are handed out.

    Raises:
        Invalid: the item is no awards, or a decision was revoked or is of after the day.
    """
    row, chosen = take_day(item.day), list(decisions)
    if chosen and item.kind != ItemKind.AWARDS:
        raise Invalid(_("Only an item of the kind awards has decisions."), code="no_awards", field="decisions")
    for one in chosen:
        if one.revoked_on is not None or one.decided_on > row.day:
            raise Invalid(_("Decision %(sign)s does not hold on that day.") % {"sign": one.paper.sign}, code="not_in_force", field="decisions")
    item.decisions.set(chosen)
    audit.record("festivals.day_changed", actor=actor, about=row, unit=row.unit, facts={"decisions": [one.public_id for one in chosen]})
    tell(row)


@transaction.atomic
def tie_drills(item: ProgrammeItem, drills: Iterable[Drill], *, actor: Actor) -> None:
    """Set which drills of groups of households are held in an item: what they showed stands with it.

    Raises:
        Invalid: the item is no drill, or one is cancelled, or on another day.
    """
    row, chosen = take_day(item.day), list(drills)
    if chosen and item.kind != ItemKind.DRILL:
        raise Invalid(_("Only an item of the kind drill has drills of groups."), code="no_drill_item", field="drills")
    if any(one.cancelled_at is not None or clock.local(one.started_at or one.planned_at).date() != row.day for one in chosen):
        raise Invalid(_("That drill was called off, or is on another day."), code="other_day", field="drills")
    item.drills.set(chosen)
    audit.record("festivals.day_changed", actor=actor, about=row, unit=row.unit, facts={"drills": len(chosen)})
    tell(row)


@dataclass(frozen=True, slots=True)
class Ties:
    """What a programme is tied to in other rooms; None leaves it as it is."""

    forum: ListeningForum | None = None
    decisions: Sequence[Decision] | None = None
    drills: Sequence[Drill] | None = None


@transaction.atomic
def write_programme(day: FestivalDay, items: Sequence[Item], ties: Ties, *, revision: int | None = None, actor: Actor) -> FestivalDay:
    """Set a programme and what it is tied to, all of it or nothing.

    Raises:
        Invalid, Refused: as `set_programme` and the ties; something is chosen for which the programme has no item.
    """
    row = set_programme(day, items, revision=revision, actor=actor)
    by_kind = {one.kind: one for one in reversed(row.items.select_related("day"))}
    forum = _item_for(by_kind, ItemKind.FORUM, [ties.forum] if ties.forum else None, "forum")
    if forum is not None and forum.forum_id != (ties.forum.pk if ties.forum else None):
        tie_forum(forum, ties.forum, actor=actor)
    awards = _item_for(by_kind, ItemKind.AWARDS, ties.decisions, "decisions")
    if awards is not None and ties.decisions is not None and {one.pk for one in ties.decisions} != set(awards.decisions.values_list("pk", flat=True)):
        tie_decisions(awards, ties.decisions, actor=actor)
    drill = _item_for(by_kind, ItemKind.DRILL, ties.drills, "drills")
    if drill is not None and ties.drills is not None and {one.pk for one in ties.drills} != set(drill.drills.values_list("pk", flat=True)):
        tie_drills(drill, ties.drills, actor=actor)
    return row


def _item_for(by_kind: Mapping[str, ProgrammeItem], kind: ItemKind, chosen: Sequence[object] | None, field: str) -> ProgrammeItem | None:
    item = by_kind.get(kind)
    if chosen and item is None:
        raise Invalid(_("The programme has no item of the kind “%(kind)s”.") % {"kind": kind.label}, code="no_item", field=field)
    return item
