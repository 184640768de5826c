"""The room's part of the back office: groups, devices, plans, incidents, drills, refused messages.

Lists keep to the reader's units. What has verbs of its own (devices, households, drills) is changed on the group's
pages, to which the rows lead; what is a record (incidents, refused messages) is never changed at all.
"""

from __future__ import annotations

from typing import Any

from django.contrib.auth.models import AbstractBaseUser
from django.db.models import QuerySet
from django.http import Http404, HttpRequest
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem
from wagtail.admin.ui.tables import Column
from wagtail.admin.views.generic import IndexView, InspectView
from wagtail.admin.viewsets.model import ModelViewSet, ModelViewSetGroup
from wagtail.permission_policies import ModelPermissionPolicy

from liengia.alarms.capabilities import CONSOLE, MANAGE_DEVICES, MANAGE_GROUPS, MANAGE_PLANS
from liengia.alarms.models import Device, Drill, Incident, NeighbourGroup, RejectedMessage
from liengia.alarms.policies import in_rooms_on
from liengia.alarms.views import leader_office
from liengia.audit.office import PlainWords
from liengia.people import policies as people
from liengia.units.models import Unit


class _OnlyLook(ModelPermissionPolicy):
    """Whoever may see the rows may look; nobody adds, changes or deletes them here."""

    def user_has_permission(self, user: AbstractBaseUser, action: str) -> bool:
        """Refuse every action but a look."""
        return action == "view" and super().user_has_permission(user, "view")

    def user_has_any_permission(self, user: AbstractBaseUser, actions: Any) -> bool:
        """Allow when a look is among them."""
        return "view" in actions and self.user_has_permission(user, "view")


# Headings of lists and exports; the models name only what people fill in.
LABELS: dict[str, Any] = {
    "public_id": _("Code"), "unit": _("Hamlet"), "group": _("Group"), "household": _("House"), "kind": _("Kind"),
    "place": _("Where it hangs"), "first_seen_at": _("First seen"), "last_seen_at": _("Last seen"),
    "provisioned_at": _("Credential given"), "mistaken_count": _("Mistaken alarms"), "revoked_at": _("Revoked"),
    "opened_at": _("Opened"), "mode": _("Mode"), "state": _("State"), "acknowledged_at": _("Acknowledged"),
    "ended_at": _("Ended"), "end_reason": _("Reason"), "press_count": _("Presses"), "household_count": _("Houses"),
    "planned_at": _("Planned for"), "started_at": _("Started"), "cancelled_at": _("Cancelled"), "score": _("Score"),
    "note": _("What was learnt"), "at": _("When"), "reason": _("Reason"), "subject": _("Topic"), "size": _("Bytes"),
    "quieted_at": _("Sirens quieted"), "last_sounded_at": _("Last sounded"), "battery_mv": _("Battery, mV"),
    "mains": _("On mains"), "rssi_dbm": _("Signal, dBm"), "firmware": _("Firmware"), "founded_on": _("Founded on"),
    "dissolved_on": _("Dissolved on"), "merged_into": _("Merged into"), "scenario": _("Scenario"), "leader": _("Leader"),
    "deputy": _("Deputy"),
}  # fmt: skip


def scoped(rows: QuerySet[Any], user: Any, *, unit: str, capabilities: tuple[str, ...]) -> QuerySet[Any]:
    """Return the rows of the units in which the reader holds one of the capabilities."""
    if user.is_superuser:
        return rows
    roots = [one.pk for capability in capabilities for one in people.units_where(user, capability)]
    return rows.filter(in_rooms_on(unit), **{f"{unit}__in": Unit.objects.below_any(roots)}) if roots else rows.none()


class _ScopedList(IndexView):
    """Rows of the reader's units."""

    scope_unit = ""
    scope_capabilities: tuple[str, ...] = ()

    export_headings = LABELS

    def _get_custom_column(self, field_name: str, *args: Any, **kwargs: Any) -> Any:
        column = super()._get_custom_column(field_name, *args, **kwargs)
        column.label = LABELS.get(field_name, column.label)
        return column

    def get_base_queryset(self) -> Any:
        """Leave out what stands elsewhere, and what is hidden."""
        rows = super().get_base_queryset()
        if self.scope_unit:
            rows = scoped(rows, self.request.user, unit=self.scope_unit, capabilities=self.scope_capabilities)
        return rows.filter(is_silent=False) if self.model is Incident else rows


class _ScopedLook(PlainWords, InspectView):
    """A row of another commune does not exist."""

    scope_unit = ""
    scope_capabilities: tuple[str, ...] = ()

    def get_field_label(self, field_name: str, field: Any) -> Any:
        """Return the list's own word."""
        return LABELS.get(field_name) or super().get_field_label(field_name, field)

    def get_object(self, *args: Any, **kwargs: Any) -> Any:
        """Return the row when it stands in the reader's units."""
        found = super().get_object(*args, **kwargs)
        rows = self.model._default_manager.filter(pk=found.pk)
        if self.model is Incident:
            rows = rows.filter(is_silent=False)
        if self.scope_unit:
            rows = scoped(rows, self.request.user, unit=self.scope_unit, capabilities=self.scope_capabilities)
        if not rows.exists():
            raise Http404
        return found


class _Looked(ModelViewSet):
    """Rows that are looked at, filtered and exported, and changed elsewhere or never."""

    add_to_admin_menu = False
    copy_view_enabled = False
    inspect_view_enabled = True
    scope_unit = ""
    scope_capabilities: tuple[str, ...] = ()

    @property
    def permission_policy(self) -> ModelPermissionPolicy:
        """Only a look."""
        return _OnlyLook(self.model)

    @property
    def index_view_class(self) -> type[IndexView]:
        """The list, in its scope."""
        return type("List", (_ScopedList,), {"scope_unit": self.scope_unit, "scope_capabilities": self.scope_capabilities})

    @property
    def inspect_view_class(self) -> type[InspectView]:
        """One row, in its scope."""
        return type("Look", (_ScopedLook,), {"scope_unit": self.scope_unit, "scope_capabilities": self.scope_capabilities})

    def get_form_class(self, for_update: bool = False) -> Any:
        """There is no form: nothing is written here."""
        return super().get_form_class(for_update)


class _Link(Column):
    """A link to the page where a row's verbs are."""

    def __init__(self, name: str, *, label: Any, to: str, words: Any, of: str) -> None:
        super().__init__(name, label=label)
        self.to, self.words, self.of = to, words, of

    def get_value(self, instance: Any) -> Any:
        """Return the link."""
        target = instance
        for part in self.of.split("."):
            target = getattr(target, part)
        return format_html('<a href="{}">{}</a>', reverse(self.to, args=[target]), self.words)


class Groups(_Looked):
    """Neighbour groups: opened on their own pages, founded by hand or from a spreadsheet."""

    model = NeighbourGroup
    icon = "group"
    menu_label = _("Neighbour groups")
    scope_unit, scope_capabilities = "unit", (MANAGE_GROUPS,)
    list_display = [
        "name", "unit", "number", "leader", "deputy", "decision_number", "drill_every_days",
        _Link("open", label=_("Open"), to="alarms:leader_group", words=_("Open the group"), of="public_id"),
    ]  # fmt: skip
    list_filter = ["unit"]
    list_export = ["name", "unit", "number", "leader", "deputy", "assembly_point", "decision_number", "decision_on", "founded_on"]
    search_fields = ["name", "assembly_point", "decision_number"]
    inspect_view_fields = [
        "name", "unit", "number", "leader", "deputy", "assembly_point", "decision_number", "decision_on",
        "drill_every_days", "founded_on", "dissolved_on", "merged_into", "rules",
    ]  # fmt: skip
    form_fields = ["name"]


class Devices(_Looked):
    """Devices; minted, moved, revoked and given a new sheet on the group's page."""

    model = Device
    icon = "mail"
    menu_label = _("Devices")
    scope_unit, scope_capabilities = "group__unit", (MANAGE_DEVICES, MANAGE_GROUPS)
    list_display = [
        "public_id", "kind", "group", "household", "place", "first_seen_at", "last_seen_at", "mistaken_count", "revoked_at",
        _Link("open", label=_("Open"), to="alarms:leader_devices", words=_("Devices of the group"), of="group.public_id"),
    ]  # fmt: skip
    list_filter = ["kind", "revoked_at", "first_seen_at"]
    list_export = ["public_id", "kind", "group", "household", "place", "provisioned_at", "first_seen_at", "last_seen_at", "mistaken_count", "revoked_at"]
    search_fields = ["public_id", "place"]
    inspect_view_fields = [
        "public_id", "kind", "group", "household", "place", "provisioned_at", "first_seen_at", "last_seen_at",
        "last_sounded_at", "battery_mv", "mains", "rssi_dbm", "firmware", "mistaken_count", "revoked_at",
    ]  # fmt: skip
    form_fields = ["place"]


class Incidents(_Looked):
    """Incidents, as they were recorded; silent calls for help are the duty desk's alone."""

    model = Incident
    icon = "warning"
    menu_label = _("Incidents")
    scope_unit, scope_capabilities = "group__unit", (CONSOLE, MANAGE_GROUPS)
    list_display = ["opened_at", "mode", "kind", "group", "state", "acknowledged_at", "ended_at", "press_count"]
    list_filter = ["mode", "kind", "state", "opened_at"]
    list_export = ["opened_at", "mode", "kind", "group", "state", "acknowledged_at", "ended_at", "end_reason", "press_count", "household_count"]
    inspect_view_fields = [
        "opened_at", "mode", "kind", "group", "state", "acknowledged_at", "quieted_at", "ended_at", "end_reason",
        "press_count", "household_count",
    ]  # fmt: skip
    form_fields = ["end_note"]


class Drills(_Looked):
    """Drills with their scores."""

    model = Drill
    icon = "tasks"
    menu_label = _("Drills")
    scope_unit, scope_capabilities = "group__unit", (MANAGE_GROUPS,)
    list_display = [
        "planned_at", "group", "kind", "started_at", "ended_at", "cancelled_at", "note",
        _Link("open", label=_("Open"), to="alarms:leader_drills", words=_("Drills of the group"), of="group.public_id"),
    ]  # fmt: skip
    list_filter = ["kind", "planned_at"]
    list_export = ["planned_at", "group", "kind", "started_at", "ended_at", "cancelled_at", "score", "note"]
    inspect_view_fields = ["planned_at", "group", "kind", "scenario", "started_at", "ended_at", "score", "note"]
    form_fields = ["note"]


class Refused(_Looked):
    """Messages that could not be used; of no unit, so only those who may see devices everywhere look at them."""

    model = RejectedMessage
    icon = "cross"
    menu_label = _("Messages refused")
    list_display = ["at", "reason", "subject", "size"]
    list_filter = ["reason", "at"]
    list_export = ["at", "reason", "subject", "size"]
    inspect_view_fields = ["at", "reason", "subject", "size"]
    form_fields = ["reason"]


class AlarmsGroup(ModelViewSetGroup):
    """The menu's group."""

    menu_label = _("Alarms")
    menu_icon = "warning"
    menu_order = 200
    items = (Groups, Devices, Incidents, Drills, Refused)


@hooks.register("register_admin_viewset")  # type: ignore[untyped-decorator]
def alarms_viewsets() -> AlarmsGroup:
    """Return the group."""
    return AlarmsGroup()


@hooks.register("register_admin_urls")  # type: ignore[untyped-decorator]
def alarms_urls() -> list[URLPattern]:
    """Return the addresses of the pages that write."""
    return [
        path("bao-dong/phuong-an/", leader_office.plans, name="alarms_office_plans"),
        path("bao-dong/phuong-an/<int:pk>/", leader_office.plan, name="alarms_office_plan"),
        path("bao-dong/phuong-an/rieng/", leader_office.copy, name="alarms_office_plan_copy"),
        path("bao-dong/to-moi/", leader_office.new_group, name="alarms_office_group"),
    ]


class _Item(MenuItem):
    """A word of the menu, for those who hold a capability."""

    capability = ""

    def is_shown(self, request: HttpRequest) -> bool:
        """Ask for the capability."""
        return people.can(request.user, self.capability)


class _PlansItem(_Item):
    capability = MANAGE_PLANS


class _ImportItem(_Item):
    capability = "people.import"


class _GroupItem(_Item):
    capability = MANAGE_GROUPS


@hooks.register("register_admin_menu_item")  # type: ignore[untyped-decorator]
def plans_item() -> MenuItem:
    """Escalation plans."""
    return _PlansItem(_("Escalation plans"), reverse("alarms_office_plans"), name="alarm-plans", icon_name="list-ol", order=210)


@hooks.register("register_admin_menu_item")  # type: ignore[untyped-decorator]
def import_item() -> MenuItem:
    """Groups from a spreadsheet."""
    return _ImportItem(_("Groups from a spreadsheet"), reverse("alarms:leader_import"), name="alarm-import", icon_name="upload", order=211)


@hooks.register("register_admin_menu_item")  # type: ignore[untyped-decorator]
def group_item() -> MenuItem:
    """A new group."""
    return _GroupItem(_("Found a group"), reverse("alarms_office_group"), name="alarm-group", icon_name="plus", order=209)
