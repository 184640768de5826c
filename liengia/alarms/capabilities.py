"""What may be allowed in this room; roles get them as data."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from liengia.people import capabilities

CONSOLE = "alarms.console"
SEE = "alarms.incident.see"
MANAGE_GROUPS = "alarms.group.manage"
MANAGE_DEVICES = "alarms.device.manage"
MANAGE_PLANS = "alarms.plan.manage"
SECURITY_TEAM = "alarms.security_team"
TODAY = "alarms.today"


def register_all() -> None:
    """Register the capabilities; called from `AppConfig.ready`."""
    admins = ("commune_admin", "area_admin")
    views = tuple(
        f"alarms.view_{name}"
        for name in ("neighbourgroup", "device", "incident", "drill", "escalationplan", "rejectedmessage", "devicefault")
    )
    capabilities.register(
        CONSOLE, _("See and handle incidents at the duty console"), shipped_to=("duty_officer", "commander")
    )
    capabilities.register(SEE, _("See open incidents of the unit"), shipped_to=("hamlet_head", "security_team", "auditor"))
    capabilities.register(SECURITY_TEAM, _("Be told as hamlet security team"), shipped_to=("security_team",))
    capabilities.register(TODAY, _("See what needs doing today in the hamlet"), shipped_to=("hamlet_head", *admins))
    capabilities.register(
        MANAGE_GROUPS,
        _("Keep neighbour groups"),
        shipped_to=("hamlet_head", *admins),
        permissions=("alarms.add_neighbourgroup", "alarms.change_neighbourgroup", *views),
    )
    capabilities.register(
        MANAGE_DEVICES,
        _("Provision, move and revoke devices"),
        shipped_to=admins,
        permissions=("alarms.add_device", "alarms.change_device"),
    )
    capabilities.register(
        MANAGE_PLANS,
        _("Change escalation plans"),
        shipped_to=admins,
        permissions=("alarms.add_escalationplan", "alarms.change_escalationplan"),
    )
