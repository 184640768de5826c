"""The kinds of audit entries that this room writes, and how the personal data of each is erased."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from liengia.audit.kinds import Kind, register

_NONE = "Holds no personal data: identifiers of groups, devices and incidents, times and counts."
_NOTE = "The words typed stand in the erasable text and go with its period; the entry keeps their salted hash."


def register_all() -> None:
    """Register every kind; called from `AppConfig.ready`."""
    for code, label, erase in (
        ("incident_raised", _("alarm raised"), _NONE),
        ("incident_acknowledged", _("incident acknowledged"), _NONE),
        ("incident_quieted", _("sirens quieted"), _NONE),
        ("incident_dismissed", _("incident dismissed as mistaken"), _NOTE),
        ("incident_resolved", _("incident resolved"), _NOTE),
        ("ended_without_desk", _("alarm ended by its group, with nobody at a duty post"), _NONE),
        ("incident_joined", _("incident joined with another"), _NONE),
        ("incident_end_asked", _("household asked to end an incident"), _NOTE),
        ("incident_noted", _("note in an incident"), _NOTE),
        ("incident_answered", _("neighbour answered"), _NOTE),
        ("emergency_called", _("call to an emergency number ticked"), _NONE),
        ("step_ran", _("escalation step ran"), _NONE),
        ("steps_set_back", _("waiting escalation steps set back with the clock"), _NONE),
        ("names_erased", _("names erased from ended incidents"), _NONE),
        ("device_provisioned", _("device provisioned"), _NONE),
        ("device_revoked", _("device revoked"), _NONE),
        ("device_moved", _("device moved"), _NONE),
        ("device_move_reissued", _("device told again to move"), _NONE),
        ("device_set_apart", _("device set apart"), _NONE),
        ("device_returned", _("device returned"), _NONE),
        ("gateway_added", _("gateway added"), _NONE),
        ("gateway_revoked", _("gateway revoked"), _NONE),
        ("group_created", _("group created"), _NONE),
        ("import_undone", _("import of groups taken back"), _NONE),
        ("group_changed", _("group changed"), _NONE),
        ("group_merged", _("groups merged"), _NONE),
        ("group_moved", _("group moved to another unit"), _NONE),
        ("household_joined_group", _("household joined a group"), _NONE),
        ("household_left_group", _("household left a group"), _NONE),
        ("drill_planned", _("drill planned"), _NONE),
        ("drill_started", _("drill started"), _NONE),
        ("drill_ended", _("drill ended"), _NONE),
        ("drill_cancelled", _("drill cancelled"), _NONE),
        ("bell_tested", _("bells tested"), _NONE),
        ("plan_changed", _("escalation plan changed"), _NONE),
    ):
        register(Kind(f"alarms.{code}", label=label, erase=erase))
