"""The registry of capabilities: what code asks for. Which role holds which is data, and differs by commune."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True, slots=True)
class Capability:
    """Something that may be allowed.

    `shipped_to` are the codes of the roles that hold it in a new installation; `permissions` are the permissions
    of Django ("app.codename") that it brings in the back office.
    """

    code: str
    label: str | Promise
    shipped_to: tuple[str, ...] = ()
    permissions: tuple[str, ...] = field(default=())


_capabilities: dict[str, Capability] = {}


def register(
    code: str, label: str | Promise, *, shipped_to: tuple[str, ...] = (), permissions: tuple[str, ...] = ()
) -> None:
    """Add a capability; called from `AppConfig.ready`. `ensure_default_roles` then gives it to the shipped roles."""
    _capabilities[code] = Capability(code, label, shipped_to, permissions)


def get(code: str) -> Capability | None:
    """Return a capability, or None when its room is gone."""
    return _capabilities.get(code)


def every() -> Iterator[Capability]:
    """Yield all capabilities by code."""
    yield from (_capabilities[code] for code in sorted(_capabilities))


def is_known(code: str) -> bool:
    """Tell whether some room has registered it."""
    return code in _capabilities


@dataclass(frozen=True, slots=True)
class ShippedRole:
    """A role of a new installation."""

    code: str
    label: str | Promise
    needs_second_factor: bool = False


SHIPPED_ROLES = (
    ShippedRole("resident", _("Resident")),
    ShippedRole("group_leader", _("Group leader")),
    ShippedRole("hamlet_head", _("Head of the hamlet")),
    ShippedRole("security_team", _("Hamlet security and order team")),
    ShippedRole("duty_officer", _("Duty officer"), needs_second_factor=True),
    ShippedRole("commander", _("Duty commander"), needs_second_factor=True),
    ShippedRole("commune_editor", _("Information officer of the commune"), needs_second_factor=True),
    ShippedRole("commune_approver", _("Chairman or deputy who approves"), needs_second_factor=True),
    ShippedRole("commune_chairman", _("Chairman of the People's Committee"), needs_second_factor=True),
    ShippedRole("front_officer", _("Officer of the Fatherland Front"), needs_second_factor=True),
    ShippedRole("specialist", _("Specialist who answers opinions"), needs_second_factor=True),
    ShippedRole("commune_admin", _("Administrator of the commune"), needs_second_factor=True),
    ShippedRole("area_admin", _("Administrator of the area"), needs_second_factor=True),
    ShippedRole("auditor", _("Auditor"), needs_second_factor=True),
)


def register_own() -> None:
    """Register the capabilities of this room."""
    admins = ("commune_admin", "area_admin")
    office = (
        "commune_editor", "commune_approver", "commune_chairman", "front_officer", "specialist", *admins, "auditor"
    )  # fmt: skip
    register(
        "office.enter",
        _("Open the back office"),
        shipped_to=office,
        permissions=("wagtailadmin.access_admin",),
    )
    register(
        "people.accounts",
        _("Keep accounts and roles"),
        shipped_to=admins,
        permissions=(
            "people.view_user",
            "people.add_roleassignment",
            "people.change_roleassignment",
            "people.view_roleassignment",
            "people.view_role",
        ),
    )
    register(
        "people.roles",
        _("Change what a role may do"),
        shipped_to=("area_admin",),
        permissions=("people.change_role",),
    )
    register(
        "people.households",
        _("Keep households"),
        shipped_to=("hamlet_head", *admins),
        permissions=("people.view_household",),
    )
    register("people.import", _("Import households and groups from a spreadsheet"), shipped_to=admins)
    register(
        "people.duty_rota",
        _("Write the duty rota"),
        shipped_to=("commander", *admins),
        permissions=(
            "people.add_dutypost",
            "people.change_dutypost",
            "people.view_dutypost",
            "people.add_emergencynumber",
            "people.change_emergencynumber",
            "people.view_emergencynumber",
        ),
    )
    register(
        "people.duty",
        _("Be on duty, hand over, read the shift's log"),
        shipped_to=("duty_officer", "commander"),
    )
    register(
        "people.evacuation",
        _("Read who needs help to get out, in an open incident"),
        shipped_to=("duty_officer", "commander"),
    )
    register(
        "people.retention",
        _("Set how long personal data is kept"),
        shipped_to=("area_admin",),
        permissions=("people.change_retentionperiod", "people.view_retentionperiod"),
    )
    _register_lower_rooms(admins)


def _register_lower_rooms(admins: tuple[str, ...]) -> None:
    """Register what the rooms below ask for: they cannot do it themselves."""
    register(
        "audit.read",
        _("Read the audit log"),
        shipped_to=("auditor", *admins),
        permissions=("audit.view_entry",),
    )
    register(
        "units.rooms",
        _("See the units, switch rooms of the commune on and off"),
        shipped_to=admins,
        permissions=(
            "units.view_unit",
            "units.view_succession",
            "units.view_reform",
            "units.view_roomswitch",
            "units.add_roomswitch",
            "units.change_roomswitch",
        ),
    )
    dated = ("officehours", "specialday")
    register(
        "organisations.calendar",
        _("Set office hours, holidays and swapped days"),
        shipped_to=admins,
        permissions=tuple(f"organisations.{verb}_{model}" for model in dated for verb in ("view", "add", "change")),
    )
    kept = ("organisation", "agreement", "committee", "yearplan", "meeting", "task", "committeemember")
    register(
        "organisations.keep",
        _("Keep organisations, committees, tasks and agreements"),
        shipped_to=("commune_editor", "commune_approver", *admins),
        permissions=(
            *(f"organisations.{verb}_{model}" for model in kept for verb in ("view", "add", "change")),
            "organisations.view_conclusion",
            "organisations.add_conclusion",
            "organisations.view_agreementreview",
            "organisations.add_agreementreview",
        ),
    )
