"""Units, reforms and the rooms of communes in the back office."""

from __future__ import annotations

from typing import Any

import django_filters
from django.db.models import Model, QuerySet
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.viewsets.base import ViewSetGroup

from liengia.audit.office import Column, OfficeInspectView, OfficeViewSet, day_input
from liengia.core import clock
from liengia.core.actor import Actor
from liengia.core.text import fold
from liengia.units import scope, services
from liengia.units.forms import RoomSwitchForm
from liengia.units.models import Level, Reform, RoomSwitch, Unit, valid_on

CAPABILITY = "units.rooms"


class UnitFilter(WagtailFilterSet):
    """By level and by a day on which they stood; without a day, those that stand today."""

    level = django_filters.ChoiceFilter(label=_("level"), choices=Level.choices)
    day = django_filters.DateFilter(label=_("standing on"), method="on_day", widget=day_input())

    class Meta:
        model = Unit
        fields = ["level"]

    def on_day(self, queryset: QuerySet[Unit], name: str, value: Any) -> QuerySet[Unit]:
        """Keep those that stood on the day."""
        return queryset.filter(valid_on(value))

    def filter_queryset(self, queryset: QuerySet[Unit]) -> QuerySet[Unit]:
        """Show today's where no day is given."""
        found = super().filter_queryset(queryset)
        return found if self.form.cleaned_data.get("day") else found.filter(valid_on(clock.today()))


class UnitInspectView(OfficeInspectView):
    """One unit, with those before and after it."""

    def get_fields(self) -> list[str]:
        """Return what is shown, in this order."""
        return ["code", "full_name", "display_name", "spoken_name", "level", "parent", "valid_from", "valid_to",
                "legal_basis", "before", "after"]  # fmt: skip

    def get_field_label(self, field_name: str, field: Any) -> str:
        """Name what is no column."""
        words = {
            "full_name": _("name"),
            "display_name": _("shown as"),
            "spoken_name": _("spoken as"),
            "before": _("took over from"),
            "after": _("was followed by"),
        }
        return str(words[field_name]) if field_name in words else super().get_field_label(field_name, field)

    def get_before_display_value(self) -> str:
        """Name the units before."""
        return ", ".join(f"{u.full_name} ({u.code})" for u in self.object.predecessors()) or "–"

    def get_after_display_value(self) -> str:
        """Name the units after."""
        return ", ".join(f"{u.full_name} ({u.code})" for u in self.object.successors()) or "–"


class UnitViewSet(OfficeViewSet):
    """Units are read here; they change by decree, so by `liengia units`."""

    model = Unit
    icon = "site"
    menu_label = _("Units")
    actions = frozenset({"view"})
    inspect_view_class = UnitInspectView
    filterset_class = UnitFilter
    is_searchable = True
    ordering = "code"
    list_per_page = 50
    list_display = [
        "__str__",
        Column("code", label=_("code"), accessor="code", sort_key="code"),
        Column("level", label=_("level"), accessor=lambda u: u.get_level_display()),
        Column("parent", label=_("belongs to"), accessor=lambda u: u.parent.display_name if u.parent else "–"),
        Column("valid_from", label=_("stands from"), accessor=lambda u: u.valid_from or "–"),
        Column("valid_to", label=_("ended on"), accessor=lambda u: u.valid_to or "–"),
    ]
    list_export = ["code", "full_name", "display_name", "level", "parent", "valid_from", "valid_to", "legal_basis"]

    def visible(self, rows: QuerySet[Any], user: Any) -> QuerySet[Any]:
        """Units are public facts: whoever may open the page sees all."""
        return rows.select_related("parent__parent")

    def find(self, rows: QuerySet[Any], text: str) -> QuerySet[Any]:
        """Find by name, old names too, without diacritics."""
        for word in fold(text).split():
            rows = rows.filter(folded_all__contains=f" {word}")
        return rows


class ReformViewSet(OfficeViewSet):
    """Reforms and how far they are."""

    model = Reform
    icon = "rotate"
    menu_label = _("Reforms")
    actions = frozenset({"view"})
    ordering = "-on"
    list_display = ["name", "on", "legal_basis", Column("state", label=_("state"), accessor=lambda r: r.get_state_display())]
    inspect_view_fields = ["name", "on", "legal_basis", "state", "planned_at", "applied_at"]

    def visible(self, rows: QuerySet[Any], user: Any) -> QuerySet[Any]:
        """Reforms are public facts."""
        return rows


class RoomSwitchViewSet(OfficeViewSet):
    """Which rooms a commune keeps on."""

    model = RoomSwitch
    icon = "cogs"
    menu_label = _("Rooms of communes")
    inspect_view_enabled = False
    list_display = [
        Column("unit", label=_("commune"), accessor="unit", width="50%"),
        Column("room", label=_("room"), accessor="room_name"),
        Column("is_on", label=_("is on"), accessor=lambda r: _("yes") if r.is_on else _("no")),
    ]

    def get_form_class(self, for_update: bool = False) -> type[RoomSwitchForm]:
        """Use the room's form."""
        return RoomSwitchForm

    def visible(self, rows: QuerySet[Any], user: Any) -> QuerySet[Any]:
        """Switches of the user's communes."""
        return rows.filter(unit__in=scope.units_for(user, CAPABILITY)).select_related("unit")

    def fit(self, form: Any, user: Any) -> None:
        """Offer the user's communes that stand today."""
        form.fields["unit"].queryset = scope.units_for(user, CAPABILITY).current().communes().order_by("code")

    def create(self, actor: Actor, data: dict[str, Any]) -> Model:
        """Switch."""
        return services.switch_room(actor=actor, **data)

    def change(self, actor: Actor, row: RoomSwitch, data: dict[str, Any]) -> Model:
        """Switch this pair; another commune or room is another row."""
        return services.switch_room(unit=row.unit, room=row.room, is_on=data["is_on"], actor=actor)


class UnitsGroup(ViewSetGroup):
    """The menu of the room."""

    menu_label = _("Units")
    menu_icon = "site"
    menu_order = 800
    items = (
        UnitViewSet("units", url_prefix="don-vi"),
        RoomSwitchViewSet("room_switches", url_prefix="mang"),
        ReformViewSet("reforms", url_prefix="sap-xep"),
    )


@hooks.register("register_admin_viewset")  # type: ignore[untyped-decorator]
def register_units() -> UnitsGroup:
    """Put the pages into the back office."""
    return UnitsGroup()
