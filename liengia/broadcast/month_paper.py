"""A month of a commune's voice on paper: one A4 page of the same counts as the office's page; nobody is named."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.utils import translation
from django.utils.formats import number_format
from django.utils.translation import gettext as _

from liengia.broadcast import pictures, queries, voice
from liengia.core import clock, pdf
from liengia.core.reporting import Period
from liengia.core.text import date_words
from liengia.units.models import Unit

# Of what a channel can come to, what the page has room for; the rest is one column.
SHOWN = ("accepted", "delivered", "shown", "heard")
LOST = ("failed", "expired", "withdrawn")


def sheet(unit: Unit, first: date) -> bytes:
    """Return the page."""
    with translation.override("vi"):
        data = contents(unit, first)
    return pdf.render("broadcast/month", data, at=clock.now())


def contents(unit: Unit, first: date) -> dict[str, Any]:
    """Return what stands on the page."""
    found = queries.month(unit, first)
    total = sum(found.bulletins.values())
    facts = [(_("bulletins"), total), *found.kinds, (_("corrected"), found.corrected), (_("withdrawn"), found.withdrawn), (_("emergencies sent by one alone"), found.alone), (_("of these not reviewed yet"), found.unreviewed)]
    return {
        "title": _("The commune's voice in month %(month)s/%(year)s") % {"month": first.month, "year": first.year}, "place": unit.full_name,
        "none": _("Nothing was said in this month."),
        "facts": [{"label": str(label), "value": _number(count)} for label, count in facts] if total or found.channels else [],
        "days_title": _("Goings-out by day"), "days": [{"day": str(day.day), "count": count} for day, count in found.by_day],
        "reach_title": _("How far it reached"), "reach_head": [_("Channel"), _("Meant for"), *(str(pictures.WORDS[what]) for what in SHOWN), _("not gone")],
        "reach": [_line(one) for one in found.channels],
        "reach_note": _("Messages, not persons. What a provider accepted need not have reached the phone, and what reached it need not have been read; a dash: the channel does not tell."),
        "ways_title": _("Loudspeakers and Zalo groups"), "ways": _ways(unit, first, found.by_day[-1][0]),
        "made": _("From the records as of %(day)s; nobody typed a number.") % {"day": date_words(clock.today())},
    }  # fmt: skip


def _number(count: int) -> str:
    return number_format(count, use_l10n=True, force_grouping=True)


def _line(one: queries.ChannelReach) -> list[str]:
    label = str(one.label)
    told = (_number(one.counts[what]) if what in one.can_tell else "–" for what in SHOWN)
    return [label[:1].upper() + label[1:], _number(one.meant), *told, _number(sum(one.counts[what] for what in LOST))]


def _ways(unit: Unit, first: date, last: date) -> list[list[str]]:
    period = Period(first, last)
    plays, groups = voice.played(unit, period), voice.grouped(unit, period)
    found = [(_("minutes on the loudspeakers"), _number(voice.minutes_of(plays)))] if plays is not None else []
    found += [
        (_("Zalo groups in the register"), _number(sum(one.groups for one in groups))), (_("members of Zalo groups"), _number(sum(one.members for one in groups))),
        (_("posts in Zalo groups"), _number(sum(one.posts for one in groups))),
    ]  # fmt: skip
    return [[label[:1].upper() + label[1:], value] for label, value in found]
