"""What this room says in the report to the people: what was told, by which ways, how far it reached, as counts."""

from __future__ import annotations

from django.utils.functional import lazy
from django.utils.translation import gettext_lazy as _

from liengia.broadcast import channels, queries, voice
from liengia.broadcast.channels.base import RECEIPTS
from liengia.broadcast.models import Kind
from liengia.broadcast.pictures import WORDS
from liengia.core.reporting import Chart, Figure, Part, Period, Provider, Table, register
from liengia.units.models import Unit

_TOLD = _("Bulletins for everybody, by the day on which each first went out; training is none. The list has as many.")
_GROUPS = _("Groups that stood in the register on the last day of the period.")


def register_own() -> None:
    """Register the section; called from `AppConfig.ready`."""
    register(Provider("broadcast", "voice", _("The commune's voice"), said, order=45))


def said(unit: Unit, period: Period) -> Part | None:
    """Count bulletins, loudspeaker minutes and Zalo groups of a period; nothing to say where there was none of them."""
    told, plays, groups = voice.told(unit, period), voice.played(unit, period), voice.grouped(unit, period)
    kinds = {kind: told.filter(kind=kind).count() for kind in Kind}
    total = sum(kinds.values())
    if not total and not plays and not groups:
        return None
    page = voice.page_url(unit, period)
    figures = [
        Figure("voice.bulletins", _("bulletins told"), total, _TOLD, url=voice.list_url(unit, period), fair=True, is_main=True),
        *(Figure(f"voice.{kind.value}", _KINDS[kind], count, _TOLD, url=voice.list_url(unit, period, loai=kind.value)) for kind, count in kinds.items() if count),
        Figure("voice.mended", _("corrections and withdrawals"), told.filter(voice.MENDED).count(), _("Bulletins of the period that correct or withdraw another, and those that were withdrawn since."), url=voice.list_url(unit, period, sua="1"), more_is_better=False),
        Figure("voice.speaker_minutes", _("minutes on the loudspeakers"), voice.minutes_of(plays) if plays is not None else None, _("What the clusters reported as played of bulletins; orders are kept for 400 days, of what was before nothing is counted."), unit=_("minutes"), url=f"{page}#loa"),
        Figure("voice.zalo_groups", _("Zalo groups in the register"), sum(one.groups for one in groups), _GROUPS, url=f"{page}#zalo", fair=True, more_is_better=True),
        Figure("voice.zalo_members", _("members of Zalo groups"), voice.members_of(groups), _("As each group's keeper last told; whoever is in two groups counts twice; places with fewer than 5 members are left out. There is no list of members."), url=f"{page}#zalo", is_about_people=True, fair=True, more_is_better=True),
        Figure("voice.zalo_posts", _("posts in Zalo groups"), sum(one.posts for one in groups), _("Ticked by whoever posted, once a bulletin and group, by the day of the tick."), url=f"{page}#zalo"),
    ]  # fmt: skip
    ways = sorted(voice.by_channel(told).items(), key=lambda one: (-one[1], one[0]))
    chart = Chart(_("Bulletins by channel"), tuple((_label(name), count, 0.0) for name, count in ways), source=_("A bulletin counts once at each channel by which it went."), figures=("voice.bulletins",))
    return Part(tuple(figures), charts=(chart,) if ways else (), tables=_reached(unit, period))


_KINDS = {
    Kind.LAW: _("bulletins of law and prevention"), Kind.NOTICE: _("notices"), Kind.REMINDER: _("reminders"), Kind.ALERT: _("warnings"),
    Kind.ALL_CLEAR: _("all-clears"),
}  # fmt: skip


def _name(channel: str) -> str:
    found = channels.get(channel)
    words = str(found.label) if found is not None else channel
    return words[:1].upper() + words[1:]


_label = lazy(_name, str)


def _reached(unit: Unit, period: Period) -> tuple[Table, ...]:
    """Say what came of the goings-out a channel: a dash where a channel cannot tell."""
    found = queries.reach(voice.goings_out(unit, period))
    rows = tuple(
        (_label(one.name), one.meant, *(one.counts[what] if what in one.can_tell else None for what in RECEIPTS[:4])) for one in found
    )
    head = (_("Channel"), _("Meant for"), *(WORDS[what] for what in RECEIPTS[:4]))
    note = _("Messages, not persons. What a provider accepted need not have reached the phone, and what reached it need not have been read; a dash: the channel does not tell.")
    return (Table(_("How far it reached"), head, rows, note, ("voice.bulletins",)),) if rows else ()
