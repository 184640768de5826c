"""The kinds of audit entries that this room writes."""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext_lazy as _

from liengia.audit.kinds import Kind, register

_NONE: Final = "Holds no personal data: a season, a day, a pledge, states and counts."
_GUEST: Final = "Holds no personal data: the guest's random id and the answer; the name stands in the row, which ends by its period."
VERBS: Final = {
    "season_planned": _("festival season planned"),
    "season_changed": _("festival season changed"),
    "season_moved": _("state of a festival season changed"),
    "days_planned": _("festival days planned"),
    "day_changed": _("festival day changed"),
    "day_moved": _("state of a festival day changed"),
    "programme_set": _("programme of a festival day set"),
    "plan_set": _("parade, things or budget of a festival day set"),
    "day_told": _("course of a festival day told"),
    "course_set": _("items of a festival day said to be held or not"),
    "results_set": _("results of a contest set"),
    "name_withdrawn": _("name of a person taken off a result"),
    "picture_added": _("picture of a festival day added"),
    "picture_withdrawn": _("picture of a festival day taken down"),
    "pledge_drafted": _("pledge drafted"),
    "pledge_changed": _("pledge changed"),
    "pledge_signed": _("pledge signed"),
    "pledge_reported": _("pledge answered for"),
    "pledge_closed": _("pledge closed"),
    "period_kept": _("period of guests kept"),
}
GUESTS: Final = {
    "guests_invited": _("guests of a festival day invited"),
    "guest_answered": _("invitation to a festival day answered"),
    "guests_asked_anew": _("guests of a festival day that moved asked anew"),
    "guest_link_renewed": _("link of an invitation to a festival day renewed"),
    "guest_removed": _("guest of a festival day taken off the list"),
}


def register_all() -> None:
    """Register every kind; called from `AppConfig.ready`."""
    for verb, label in VERBS.items():
        register(Kind(f"festivals.{verb}", label=label, erase=_NONE))
    for verb, label in GUESTS.items():
        register(Kind(f"festivals.{verb}", label=label, erase=_GUEST))
