"""The writes of this room: a report from its period to its publication, errata, targets, sizes of units."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, Final

from django.db import transaction
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext as _

from liengia.audit import services as audit
from liengia.comments import services as comments
from liengia.core import clock, pagecache, reporting, search
from liengia.core.actor import Actor
from liengia.core.errors import Invalid, Refused
from liengia.core.reporting import Period
from liengia.core.text import nfc
from liengia.reports import drawing, index
from liengia.reports.models import Erratum, Report, SectionWords, Target, UnitSize
from liengia.reports.workflow import REPORT
from liengia.units.models import Unit

LONGEST_WORDS: Final = 4_000
LONGEST_TITLE: Final = 160
LONGEST_PERIOD_DAYS: Final = 800
# What was counted longer ago is counted anew before it is frozen.
OLDEST_COUNT: Final = timedelta(days=7)
THREAD: Final = "report"


@dataclass(frozen=True, slots=True)
class Text:
    """What the editor wrote. `words` is by section: the words, and whether the section is left out."""

    title: str
    intro: str = ""
    outlook: str = ""
    read_at: str = ""
    words: Mapping[str, tuple[str, bool]] = field(default_factory=dict)


def usual_period(unit: Unit) -> Period:
    """Return the period that is due: from the day after the last report, or from one day of reporting to the next, until today."""
    today = clock.today()
    last = Report.objects.all().of(unit).published().values_list("last_on", flat=True).first()
    if last is not None and last < today:
        return Period(last + timedelta(days=1), today)
    days = [day for day in reporting.days_of(unit) if day <= today]
    if len(days) > 1 and days[-1] == today:
        return Period(days[-2], today)
    if days and days[-1] < today:
        return Period(days[-1], today)
    return Period(today - timedelta(days=365), today)


def begin_report(unit: Unit, period: Period, *, title: str, actor: Actor) -> Report:
    """Begin a report and count it for the first time; counting holds no write of others up.

    Raises:
        Invalid: a period that ends before it begins, in the future, or is longer than 800 days; no title; the unit did not
            stand on the last day.
        Refused: the unit has a published report whose period reaches into this one (code "overlaps").
    """
    _check_period(unit, period)
    report = Report(unit=unit, first_on=period.first, last_on=period.last, title=_title(title), made_by_id=actor.user_id)
    _draw(report)
    with transaction.atomic():
        report.save(force_insert=True)
        audit.record("reports.begun", actor=actor, about=report, unit=unit, facts={"first": period.first, "last": period.last})
    return report


@transaction.atomic
def change_report(report: Report, text: Text, *, revision: int | None = None, actor: Actor) -> Report:
    """Change the editor's words of a draft; `revision` of the words is the one that the writer began from. Counting anew changes no words.

    Raises:
        Refused: it is published, another changed it meanwhile (code "changed"), or a section that must stand is left out (code "must_stand").
        Invalid: too long, or an unknown section.
    """
    row = _locked(report)
    row.state = REPORT.after(row.state, "change")
    if revision not in (None, row.revision):
        raise Refused(_("Somebody else kept words just now, so yours are not kept yet. Under each field that differs stands what is kept: take over what you need, then press again."), code="changed")
    row.revision += 1
    row.title, row.intro, row.outlook, row.read_at = _title(text.title), _words(text.intro, "intro"), _words(text.outlook, "outlook"), nfc(text.read_at).strip()[:200]
    known = {one["code"]: one for one in row.drawn}
    for code, (words, is_left_out) in text.words.items():
        if code not in known:
            raise Invalid(_("This report has no section “%(code)s”.") % {"code": code}, code="no_such_section", field=code)
        if is_left_out and known[code]["is_fixed"]:
            raise Refused(_("“%(title)s” stands in every report and cannot be left out.") % {"title": known[code]["title"]}, code="must_stand", field=code)
        SectionWords.objects.update_or_create(report=row, section=code, defaults={"text": _words(words, code), "is_left_out": is_left_out})
    row.save()
    audit.record("reports.changed", actor=actor, about=row, unit=row.unit_id, facts={})
    return row


def recount(report: Report, *, actor: Actor) -> Report:
    """Count a draft anew from the records.

    Raises:
        Refused: it is published.
    """
    drawn, at = drawing.sections(report.unit, report.period), clock.now()
    with transaction.atomic():
        row = _locked(report)
        REPORT.after(row.state, "change")
        row.drawn, row.drawn_at = drawn, at
        row.save(update_fields=["drawn", "drawn_at"])
        audit.record("reports.counted", actor=actor, about=row, unit=row.unit_id, facts={"sections": len(row.drawn)})
    return row


@transaction.atomic
def discard_report(report: Report, *, actor: Actor) -> None:
    """Throw a draft away.

    Raises:
        Refused: it is published.
    """
    row = _locked(report)
    REPORT.after(row.state, "change")
    audit.record("reports.discarded", actor=actor, about=row, unit=row.unit_id, facts={"first": row.first_on, "last": row.last_on})
    row.delete()


@transaction.atomic
def publish_report(report: Report, *, revision: int | None = None, drawn_at: datetime | None = None, actor: Actor) -> Report:
    """Freeze what a report says and show it to everybody; what was counted last is what is frozen.

    Raises:
        Refused: it is published already, its words are not those of the `revision` or its numbers not those of `drawn_at` that were read (code
            "changed"), another one of the unit reaches into its period, or it was counted more than a week ago (code "count_is_old").
    """
    row = _locked(report)
    row.state = REPORT.after(row.state, "publish")
    if revision not in (None, row.revision) or drawn_at not in (None, row.drawn_at):
        raise Refused(_("Somebody changed this report after you opened it. Read it again, then publish it."), code="changed")
    if row.drawn_at is None or clock.now() - row.drawn_at > OLDEST_COUNT:
        raise Refused(_("It was counted more than a week ago, and records may have changed since. Count anew, look at it, then publish."), code="count_is_old")
    # One after the other: two drafts that are published at once would not see each other.
    Unit.objects.select_for_update(of=("self",)).get(pk=row.unit_id)
    _check_overlap(row.unit, row.period, except_for=row.pk)
    row.said = statement(row)
    row.said_sha256 = fingerprint(row.said)
    row.published_at, row.published_by_id = clock.now(), actor.user_id
    row.save()
    url = reverse("reports:report", args=[row.public_id])
    for one in row.said["sections"]:
        comments.thread_for(THREAD, f"{row.public_id}:{one['code']}", unit=row.unit, title=f"{row.title}: {one['title']}"[:200], url=f"{url}#{one['code']}")
    search.put(index.entry_of(row))
    pagecache.bump()
    audit.record("reports.published", actor=actor, about=row, unit=row.unit_id, facts={"sha256": row.said_sha256, "first": row.first_on, "last": row.last_on})
    return row


@transaction.atomic
def correct_report(report: Report, *, section: str = "", words: str, actor: Actor) -> Erratum:
    """Put a visible correction under a published report; what was said stays as it was.

    Raises:
        Invalid: no words, or no such section. Refused: it is a draft (code "transition_refused").
    """
    row = _locked(report)
    REPORT.after(row.state, "correct")
    if section and section not in {one["code"] for one in row.said["sections"]}:
        raise Invalid(_("This report has no section “%(code)s”.") % {"code": section}, code="no_such_section", field="section")
    said = _words(words, "words")
    if not said:
        raise Invalid(_("Say what is corrected."), code="empty", field="words")
    erratum = Erratum.objects.create(report=row, section=section, words=said, by_id=actor.user_id)
    pagecache.bump()
    audit.record("reports.corrected", actor=actor, about=row, unit=row.unit_id, facts={"section": section})
    return erratum


@transaction.atomic
def set_target(unit: Unit, *, figure: str, label: str, aim: float, is_at_least: bool, due_on: date, source: str, reason: str = "", actor: Actor) -> Target:
    """Set what a unit means to reach by a day; the same figure and day again changes it, before its day and with a reason.

    Raises:
        Invalid: no label, a day that has passed, or a change without a reason (code "no_reason"). Refused: its day has come.
    """
    if not label.strip():
        raise Invalid(_("Say what is counted."), code="empty", field="label")
    values = {"label": nfc(label).strip(), "aim": aim, "is_at_least": is_at_least, "source": nfc(source).strip()}
    before = Target.objects.select_for_update(of=("self",)).filter(unit=unit, figure=figure, due_on=due_on).first()
    if due_on < clock.today() or (before is None and due_on == clock.today()):
        raise Invalid(_("A target is set before its day, not after it."), code="past", field="due_on")
    facts: dict[str, Any] = {"figure": figure, "aim": aim, "due": due_on}
    if before is not None and any(getattr(before, name) != value for name, value in values.items()):
        if due_on <= clock.today():
            raise Refused(_("Its day has come: it stands in the report, reached or missed."), code="due", field="due_on")
        if not reason.strip():
            raise Invalid(_("This target stands already. Say why it is changed."), code="no_reason", field="reason")
        facts |= {"aim_before": before.aim, "at_least_before": before.is_at_least, "reason": reason.strip()[:300]}
    target, _made = Target.objects.update_or_create(unit=unit, figure=figure, due_on=due_on, defaults=values)
    audit.record("reports.target_set", actor=actor, about=target, unit=unit, facts=facts)
    return target


@transaction.atomic
def drop_target(target: Target, *, reason: str, actor: Actor) -> None:
    """Drop a target before its day; afterwards it stays and is judged.

    Raises:
        Invalid: no reason. Refused: its day has come.
    """
    if target.due_on <= clock.today():
        raise Refused(_("Its day has come: it stands in the report, reached or missed."), code="due")
    if not reason.strip():
        raise Invalid(_("Say why it is dropped."), code="empty", field="reason")
    audit.record("reports.target_dropped", actor=actor, about=target, unit=target.unit_id, facts={"figure": target.figure, "reason": reason.strip()[:300]})
    target.delete()


@transaction.atomic
def keep_size(unit: Unit, *, year: int, households: int, source: str, actor: Actor) -> UnitSize:
    """Enter how many households a unit has in a year.

    Raises:
        Invalid: none, no source, or a year that is none.
    """
    if households < 1:
        raise Invalid(_("At least one household."), code="none", field="households")
    if not source.strip():
        raise Invalid(_("Say where the number comes from."), code="empty", field="source")
    if not 1990 <= year <= clock.today().year:
        raise Invalid(_("A year that has begun, in four digits."), code="year", field="year")
    row, _made = UnitSize.objects.update_or_create(unit=unit, year=year, defaults={"households": households, "source": nfc(source).strip()})
    audit.record("reports.size_kept", actor=actor, about=row, unit=unit, facts={"year": year, "households": households})
    return row


def statement(report: Report) -> dict[str, Any]:
    """Return what a report says with the editor's words, as it is shown, printed and frozen."""
    words = {one.section: one for one in report.words.all()}
    sections, left_out = [], list[dict[str, Any]]()
    for one in report.drawn:
        own = words.get(one["code"])
        if own is not None and own.is_left_out and not one["is_fixed"]:
            left_out.append(one)
            continue
        sections.append({**one, "editor": own.text if own is not None else ""})
    return {
        "title": report.title, "unit": report.unit.full_name, "first": report.first_on.isoformat(), "last": report.last_on.isoformat(),
        "intro": report.intro, "outlook": report.outlook, "read_at": report.read_at, "sections": sections, "left_out": [one["title"] for one in left_out],
        "left_out_told": {language: [one["told"][language]["title"] for one in left_out] for language in (left_out[0].get("told", {}) if left_out else ())},
        "counted_at": clock.local(report.drawn_at).isoformat() if report.drawn_at else "",
    }  # fmt: skip


def fingerprint(said: Mapping[str, Any]) -> str:
    """Return the fingerprint of a statement: SHA-256 of its JSON with sorted keys."""
    return hashlib.sha256(json.dumps(said, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()).hexdigest()


def _draw(report: Report) -> None:
    report.drawn, report.drawn_at = drawing.sections(report.unit, report.period), clock.now()


def _check_period(unit: Unit, period: Period) -> None:
    if period.first > period.last:
        raise Invalid(_("A period ends after it begins."), code="order", field="last_on")
    if period.last > clock.today():
        raise Invalid(_("A report is about days that have been."), code="future", field="last_on")
    if period.days > LONGEST_PERIOD_DAYS:
        raise Invalid(_("At most %(n)s days.") % {"n": LONGEST_PERIOD_DAYS}, code="too_long", field="first_on")
    if not unit.stands_on(period.last):
        raise Invalid(
            _("%(name)s does not stand on %(day)s. Choose the unit that stands on the last day; what its predecessors did counts as its own.")
            % {"name": unit.full_name, "day": f"{period.last:%d/%m/%Y}"},
            code="no_unit", field="unit",
        )  # fmt: skip
    _check_overlap(unit, period)


def _check_overlap(unit: Unit, period: Period, *, except_for: int | None = None) -> None:
    others = Report.objects.all().of(unit).published()
    others = others.exclude(pk=except_for) if except_for is not None else others
    # Two periods may share the day on which one ends and the next begins; one of a single day may not lie in another.
    inside = Q(first_on__lt=period.last, last_on__gt=period.first) | Q(first_on=F("last_on"), last_on__range=(period.first, period.last))
    if period.first == period.last:
        inside |= Q(first_on__lte=period.first, last_on__gte=period.last)
    overlapping = others.filter(inside).first()
    if overlapping is not None:
        raise Refused(
            _("“%(title)s” already tells of %(first)s to %(last)s. A mistake in it is corrected by an erratum.")
            % {"title": overlapping.title, "first": f"{overlapping.first_on:%d/%m/%Y}", "last": f"{overlapping.last_on:%d/%m/%Y}"},
            code="overlaps", field="first_on",
        )  # fmt: skip


def _title(title: str) -> str:
    said = nfc(title).strip()
    if not said:
        raise Invalid(_("Give the report a title."), code="empty", field="title")
    if len(said) > LONGEST_TITLE:
        raise Invalid(_("At most %(n)s characters.") % {"n": LONGEST_TITLE}, code="too_long", field="title")
    return said


def _words(words: str, name: str) -> str:
    said = nfc(words).replace("\r\n", "\n").strip()
    if len(said) > LONGEST_WORDS:
        raise Invalid(_("At most %(n)s characters.") % {"n": LONGEST_WORDS}, code="too_long", field=name)
    return said


def _locked(report: Report) -> Report:
    return Report.objects.select_for_update(of=("self",)).select_related("unit").get(pk=report.pk)
