"""The choices of this room: states, parts and kinds of a programme, what a day's event says."""

from __future__ import annotations

from typing import Final

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class SeasonState(models.TextChoices):
    """States of a season; the table is in workflow.py."""

    PLANNED = "planned", pgettext_lazy("season", "being planned")
    ANNOUNCED = "announced", pgettext_lazy("season", "announced")
    CLOSED = "closed", pgettext_lazy("season", "over")


class DayState(models.TextChoices):
    """States of a festival day; the table is in workflow.py."""

    PLANNED = "planned", pgettext_lazy("day", "being planned")
    ANNOUNCED = "announced", pgettext_lazy("day", "announced")
    LIVE = "live", pgettext_lazy("day", "going on")
    ENDED = "ended", pgettext_lazy("day", "over")
    CANCELLED = "cancelled", pgettext_lazy("day", "called off")


# Everybody sees a day from when it is announced; one that was called off stays readable with its reason.
SHOWN: Final = (DayState.ANNOUNCED, DayState.LIVE, DayState.ENDED, DayState.CANCELLED)


class Part(models.TextChoices):
    """The two parts of a programme."""

    CEREMONY = "ceremony", _("ceremony")
    FESTIVITIES = "festivities", _("festivities")


class ItemKind(models.TextChoices):
    """What an item is; those of the ceremony stand in the order that communes keep.

    Source: plan of Gia Lai's season of 2025 (domain facts: ceremony in order; festivities).
    """

    WELCOME = "welcome", _("welcoming performance")
    FLAG = "flag", _("salute to the flag")
    OPENING = "opening", _("opening and introduction of guests")
    ADDRESS = "address", _("anniversary address")
    REPORT = "report", _("report before the people")
    DISCUSSION = "discussion", _("discussion and experiences")
    FORUM = "forum", _("listening forum of the police")
    AWARDS = "awards", _("announcement of decisions and awards")
    SUPERIOR = "superior", _("words and gifts of superiors")
    REPLY = "reply", _("words in reply")
    PLEDGE = "pledge", _("signing of pledges")
    CLOSING = "closing", _("closing of the ceremony")
    PARADE = "parade", _("parade")
    ARTS = "arts", _("singing and dancing")
    SPORT = "sport", _("sports match")
    GAME = "game", _("folk game")
    CONTEST = "contest", _("contest")
    DRILL = "drill", _("drill")
    STAND = "stand", _("stand")
    HANDOVER = "handover", _("handing in of weapons")
    LAUNCH = "launch", _("launch of a practice")
    OTHER = "other", _("other")


CEREMONY_KINDS: Final = list(ItemKind)[: list(ItemKind).index(ItemKind.PARADE)]
# In these somebody wins.
CONTESTED: Final = (ItemKind.SPORT, ItemKind.GAME, ItemKind.CONTEST, ItemKind.DRILL)


class Phase(models.IntegerChoices):
    """The six parts of a day as the live board shows them."""

    PARADE = 1, _("Parade")
    CEREMONY = 2, _("Ceremony")
    REPORT = 3, _("Report")
    FORUM = 4, _("Forum")
    AWARDS = 5, _("Awards")
    FESTIVITIES = 6, _("Festivities")


_PHASES: Final = {
    ItemKind.PARADE: Phase.PARADE, ItemKind.REPORT: Phase.REPORT, ItemKind.FORUM: Phase.FORUM, ItemKind.AWARDS: Phase.AWARDS,
}  # fmt: skip


def phase_of(kind: str) -> Phase:
    """Return the part of the day to which an item belongs on the board."""
    usual = Phase.CEREMONY if kind in CEREMONY_KINDS else Phase.FESTIVITIES
    return _PHASES.get(ItemKind(kind), usual)


class EventKind(models.TextChoices):
    """What an event of the day says."""

    BEGUN = "begun", _("begun")
    ITEM = "item", _("an item begins")
    COUNT = "count", _("people counted")
    RESULT = "result", _("a result")
    PICTURE = "picture", _("a picture")
    NOTE = "note", _("a note")
    ENDED = "ended", pgettext_lazy("event", "ended")
    REOPENED = "reopened", _("goes on after all")


class Answer(models.TextChoices):
    """What a guest answered."""

    NONE = "none", _("no answer yet")
    COMES = "comes", _("comes")
    CANNOT = "cannot", _("cannot come")


class Direction(models.TextChoices):
    """Which way money goes."""

    INCOME = "income", _("income")
    EXPENSE = "expense", _("expense")


class PledgeState(models.TextChoices):
    """States of a pledge; the table is in workflow.py."""

    DRAFT = "draft", pgettext_lazy("pledge", "draft")
    SIGNED = "signed", pgettext_lazy("pledge", "signed")
    CLOSED = "closed", pgettext_lazy("pledge", "answered for")


class ReportedAt(models.TextChoices):
    """When it is said what became of a pledge."""

    HALF_YEAR = "half_year", _("half-year")
    YEAR_END = "year_end", _("year's end")


class Outcome(models.TextChoices):
    """What became of one promise of a pledge."""

    KEPT = "kept", _("kept")
    ON_WAY = "on_way", _("on the way")
    NOT_KEPT = "not_kept", _("not kept")


class Course(models.TextChoices):
    """What the office says afterwards of an item; without it what phones told decides."""

    HELD = "held", pgettext_lazy("item", "held")
    NOT_HELD = "not_held", pgettext_lazy("item", "not held")


class Whose(models.TextChoices):
    """Who comes where in a contest."""

    TEAM = "team", _("a team, hamlet, house or school")
    PERSON = "person", _("a person")


class Agreed(models.TextChoices):
    """Who agreed that a person is named in public; without it they are "a player of" their hamlet, and their name is not kept."""

    NOBODY = "", _("not named")
    SELF = "self", _("they themselves agreed")
    PARENT = "parent", _("a child: father, mother or guardian agreed")
