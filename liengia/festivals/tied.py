"""Papers tied to their day and guest by a record, not by their words: found again however they were rewritten, told when the day moved on.

A draft that still has the day's date, hours or place of before is written anew by one press; an issued paper never changes, and is
listed as to be sent anew until another one is drafted.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Final

from django.db import transaction
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from liengia.core.actor import Actor
from liengia.core.text import date_words
from liengia.festivals import links, said
from liengia.festivals.models import DayPaper, DayQuerySet, DayState, FestivalDay, GuestInvitation
from liengia.festivals.paper_kinds import COMMITTEE
from liengia.festivals.services import guests
from liengia.festivals.services.base import take_day
from liengia.papers import services as papers
from liengia.papers.models import Paper, PaperState
from liengia.papers.remarks import Remark
from liengia.papers.services import LONGEST_VALUE, Draft

# What is written before the day, and says when and where it is.
DATED: Final = ("plan", COMMITTEE.code, "invitation", "programme", "script")
# Tables of the programme: hour, item, further words.
_TABLES: Final = ("chương trình", "phần hội", "lời dẫn")
Values = Mapping[str, str]
Blocks = Mapping[str, Sequence[Sequence[str]]]


def tie(day: FestivalDay, paper: Paper, guest: GuestInvitation | None) -> DayPaper:
    """Note of which day and guest a paper is, and what it says of when and where."""
    with translation.override("vi"):
        return DayPaper.objects.create(day=day, paper=paper, guest=guest, on=day.day, said_when=said.when(day), said_where=said.where(day))


def lying(day: FestivalDay, kind: str, guest: GuestInvitation | None) -> Paper | None:
    """Return the draft of a kind that lies there; of a guest theirs, unless it holds a link that opens nothing any more."""
    tied = DayPaper.objects.filter(day=day, guest=guest, paper__kind=kind, paper__state=PaperState.DRAFT).select_related("paper__issuer").order_by("-pk")
    found = next((one.paper for one in tied if guest is None or not links.is_dead(guest, _reply(one.paper))), None)
    if found is not None:
        return found
    # Papers of before there were ties are known by their words.
    loose = Paper.objects.all().about_subject(day.subject).filter(kind=kind, state=PaperState.DRAFT, festival_tie=None).order_by("-pk")
    return next((one for one in loose if kind != "invitation" or _is_for(one, guest)), None)


def _reply(paper: Paper) -> str:
    return str(paper.values.get("trả lời", ""))


def _is_for(paper: Paper, guest: GuestInvitation | None) -> bool:
    return paper.values.get("kính mời") == said.whom(guest) and (guest is None or links.leads_to(guest, _reply(paper)))


@transaction.atomic
def renew_link(day: FestivalDay, guest: GuestInvitation, *, actor: Actor) -> GuestInvitation:
    """Give a guest another link, and write it into the drafts of their invitation in place of the old one; all that was worked on there stays."""
    drafts = _invitations(day, guest)
    made = guests.renew_link(guest, actor=actor)
    for one in drafts:
        if _reply(one):
            _change(one, {**one.values, "trả lời": links.renewed(guest, made, _reply(one))}, one.blocks, actor=actor)
    return made


@transaction.atomic
def take_off(day: FestivalDay, guest: GuestInvitation, *, actor: Actor) -> None:
    """Take a guest off the list, with the drafts of their invitation."""
    for one in _invitations(day, guest):
        papers.discard_draft(one, actor=actor)
    guests.remove(guest, actor=actor)


def _invitations(day: FestivalDay, guest: GuestInvitation) -> list[Paper]:
    """Return the drafts of a guest's invitation, locked: nobody else writes in them meanwhile."""
    drafts = Paper.objects.select_for_update(of=("self",)).about_subject(day.subject).filter(kind="invitation", state=PaperState.DRAFT).select_related("issuer").order_by("pk")
    tied = set(DayPaper.objects.filter(day=day, guest=guest).values_list("paper", flat=True))
    return [one for one in drafts if one.pk in tied or links.leads_to(guest, _reply(one))]


def _change(paper: Paper, values: Values, blocks: Blocks, *, actor: Actor) -> None:
    signers = [(office, name) for office, name in paper.signers]
    same = Draft(kind=paper.kind, issuer=paper.issuer, about=paper.about, values=values, blocks=blocks, signers=signers, recipients=paper.recipients, subject=paper.subject)
    papers.change_draft(paper, same, actor=actor)


# When the day moves


def outdated(day: FestivalDay) -> list[DayPaper]:
    """Return the last paper of each kind and guest of a day, where it says another date, hours or place than the day has now."""
    return outdated_of(FestivalDay.objects.filter(pk=day.pk))


def outdated_of(days: DayQuerySet) -> list[DayPaper]:
    """Return the same of several days, in as few questions; only of those that are still to come."""
    waiting = days.filter(state__in=(DayState.PLANNED, DayState.ANNOUNCED)).values("pk")
    tied = DayPaper.objects.filter(day__in=waiting, paper__kind__in=DATED).exclude(paper__state=PaperState.REVOKED)
    rows = tied.select_related("paper__issuer", "guest", "day__season", "day__unit__parent__parent", "day__organisation").order_by("pk")
    last = {(one.day_id, one.paper.kind, one.guest_id): one for one in rows}
    with translation.override("vi"):
        return [one for one in last.values() if (one.said_when, one.said_where) != (said.when(one.day), said.where(one.day))]


@transaction.atomic
def redraw(day: FestivalDay, *, only: str = "", actor: Actor) -> int:
    """Write a day's present date, hours and place into its drafts that have those of before, and return into how many; what else an office wrote in them stays.

    `only` is one paper's public id. Issued papers stay as they are.
    """
    row = take_day(day)
    found = [one for one in outdated(row) if one.is_draft and only in ("", one.paper.public_id)]
    for one in found:
        paper = Paper.objects.select_for_update(of=("self",)).select_related("issuer").get(pk=one.paper_id)
        with translation.override("vi"):
            now = DayPaper(day=row, on=row.day, said_when=said.when(row), said_where=said.where(row))
            values, blocks = _moved(paper.values, one, now), _in_new_hours(paper.blocks, row)
        _change(paper, values, blocks, actor=actor)
        DayPaper.objects.filter(pk=one.pk).update(on=now.on, said_when=now.said_when, said_where=now.said_where)
    return len(found)


def _moved(values: Values, before: DayPaper, now: DayPaper) -> dict[str, str]:
    """Return values with the day's new words for the old ones; the fields of time and place hold nothing else."""
    words = [(before.said_when, now.said_when), *zip(_dates(before.on), _dates(now.on), strict=True), (before.said_where, now.said_where)]
    made = dict(values)
    for name, value in values.items():
        for old, new in words:
            value = re.sub(rf"(?<!\d){re.escape(old)}(?!\d)", new.replace("\\", r"\\"), value)
        made[name] = value[:LONGEST_VALUE]
    for name, old, new in (("thời gian", before.said_when, now.said_when), ("địa điểm", before.said_where, now.said_where)):
        if name in made and old != new:
            made[name] = new
    return made


def _dates(day: date) -> list[str]:
    """Return the ways in which an office writes a date, the longest first."""
    return [date_words(day), f"{day:%d/%m/%Y}", f"{day.day}/{day.month}/{day.year}", f"ngày {day:%d} tháng {day:%m} năm {day.year}", f"ngày {day.day} tháng {day.month} năm {day.year}"]


def _in_new_hours(blocks: Blocks, day: FestivalDay) -> dict[str, list[list[str]]]:
    """Return the tables of a programme with the present hours of the items that are still called so."""
    hours = {one.title: f"{one.starts_at:%H:%M}" for one in day.items.all() if one.starts_at is not None}
    return {name: [[hours.get(row[1], row[0]), *row[1:]] if name in _TABLES and len(row) > 1 else list(row) for row in rows] for name, rows in blocks.items()}


def remark(paper: Paper) -> Remark | None:
    """Say on a paper's own page that its day moved on."""
    one: Any = DayPaper.objects.filter(paper=paper).select_related("day__season", "day__unit__parent", "day__organisation").first()
    if one is None or one.pk not in {other.pk for other in outdated(one.day)}:
        return None
    told = {"when": one.said_when, "where": one.said_where}
    if one.is_draft:
        words = _("The day has moved: this draft still says %(when)s, %(where)s. Have the present date and place written into it; what else was written stays.") % told
        return Remark(words, reverse("festivals_office_act", args=[one.day.public_id, "soan-lai"]), _("Write the new date into it"), is_act=True)
    words = _("The day has moved since this was issued: it says %(when)s, %(where)s. It stays as it is; draft another one and send that.") % told
    return Remark(words, reverse("festivals_office_day", args=[one.day.public_id]), _("To the day"))
