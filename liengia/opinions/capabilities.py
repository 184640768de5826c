"""What may be allowed in this room; roles get them as data."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from liengia.people import capabilities

MODERATE = "opinions.moderate"
ASSIGN = "opinions.assign"
ANSWER = "opinions.answer"
OVERSEE = "opinions.oversee"
ABOUT_OFFICIALS = "opinions.about_officials"
ABOUT_OFFICIALS_FRONT = "opinions.about_officials_front"
ENTER = "opinions.enter_for_others"
SETTINGS = "opinions.settings"
FORUM = "opinions.forum"


def register_all() -> None:
    """Register the capabilities; called from `AppConfig.ready`."""
    see = ("opinions.view_opinion", "opinions.change_opinion")
    data = ("topic", "opinionrules", "refusalreason")
    capabilities.register(
        MODERATE,
        _("Take opinions in, sort them, decide what becomes public"),
        shipped_to=("commune_editor",),
        permissions=see,
    )
    capabilities.register(
        ASSIGN,
        _("Give opinions to those who are to answer"),
        shipped_to=("commune_editor", "commune_approver", "commune_chairman"),
        permissions=see,
    )
    capabilities.register(
        ANSWER,
        _("Answer opinions and show what was done"),
        shipped_to=("specialist", "commune_editor", "commune_approver", "commune_chairman", "commander"),
        permissions=see,
    )
    capabilities.register(
        OVERSEE,
        _("Be shown what is overdue"),
        shipped_to=("commune_chairman", "commune_approver"),
        permissions=see,
    )
    capabilities.register(
        ABOUT_OFFICIALS,
        _("Handle what concerns an officer, for the chairman"),
        shipped_to=("commune_chairman",),
        permissions=see,
    )
    capabilities.register(
        ABOUT_OFFICIALS_FRONT,
        _("Handle what concerns an officer, for the Fatherland Front"),
        shipped_to=("front_officer",),
        permissions=see,
    )
    capabilities.register(
        ENTER,
        _("Enter opinions for people without a phone"),
        shipped_to=("hamlet_head", "commune_editor", "front_officer"),
    )
    capabilities.register(
        FORUM,
        _("Hold listening forums: questions, floor, minutes"),
        shipped_to=("commune_editor", "front_officer", "commander"),
        permissions=tuple(f"opinions.{verb}_listeningforum" for verb in ("view", "add", "change")),
    )
    capabilities.register(
        SETTINGS,
        _("Set topics, service objectives and rules for opinions"),
        shipped_to=("commune_admin", "area_admin"),
        permissions=tuple(f"opinions.{verb}_{model}" for model in data for verb in ("view", "add", "change")),
    )
