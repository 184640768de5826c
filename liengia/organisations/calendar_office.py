"""Office hours, holidays and swapped days in the back office: the nation's are read, a unit's own are set."""

from __future__ import annotations

from typing import Any, ClassVar

import django_filters
from django import forms
from django.db.models import Model, Q, QuerySet
from django.utils.translation import gettext_lazy as _
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.viewsets.base import ViewSetGroup

from liengia.audit.office import Column, OfficeViewSet
from liengia.core import clock
from liengia.core.actor import Actor
from liengia.core.text import weekday
from liengia.organisations import calendar_services
from liengia.organisations import forms as own
from liengia.organisations.officehours import OfficeHours, SpecialDay
from liengia.units import scope
from liengia.units.models import Level

CAPABILITY = "organisations.calendar"


class _DatedViewSet(OfficeViewSet):
    """Rows of the nation (read) and of the reader's units (set)."""

    inspect_view_enabled = False
    add_form: ClassVar[type[forms.ModelForm[Any]]]
    change_form: ClassVar[type[forms.ModelForm[Any]]]

    def get_form_class(self, for_update: bool = False) -> type[forms.ModelForm[Any]]:
        """Use the room's form for each."""
        return self.change_form if for_update else self.add_form

    def visible(self, rows: QuerySet[Any], user: Any) -> QuerySet[Any]:
        """The nation's, and those of the reader's units."""
        return rows.filter(Q(unit=None) | Q(unit__in=scope.units_for(user, CAPABILITY))).select_related("unit")

    def fit(self, form: Any, user: Any) -> None:
        """Offer the reader's units that stand today; the nation's rows are the installation's keeper's."""
        form.fields["source"].required = True
        if "unit" in form.fields:
            standing = scope.units_for(user, CAPABILITY).current().exclude(level=Level.SELF_MANAGED_GROUP)
            form.fields["unit"].queryset = standing.order_by("code")
            form.fields["unit"].required = not user.is_superuser
            form.fields["unit"].empty_label = _("the whole nation") if user.is_superuser else "–"


def _is_keeper(actor: Actor) -> bool:
    from django.contrib.auth import get_user_model

    return get_user_model()._default_manager.filter(pk=actor.user_id or 0, is_superuser=True).exists()


class SpecialDayFilter(WagtailFilterSet):  # type: ignore[misc]
    """By year, and only what is provisional."""

    year = django_filters.NumberFilter(label=_("year"), field_name="on", lookup_expr="year")
    is_provisional = django_filters.BooleanFilter(label=_("provisional"))

    class Meta:
        model = SpecialDay
        fields = ["year", "is_provisional"]


class SpecialDayViewSet(_DatedViewSet):
    """Holidays, Tết and swapped days, with the source of each."""

    model = SpecialDay
    icon = "calendar"
    menu_label = _("Holidays and swapped days")
    add_form, change_form = own.SpecialDayForm, own.SpecialDayChangeForm
    filterset_class = SpecialDayFilter
    list_per_page = 60
    list_display = [
        Column("on", label=_("day"), accessor=lambda row: f"{weekday(row.on)} {row.on:%d/%m/%Y}", sort_key="on"),
        "name",
        Column("works", label=_("the office"), accessor=lambda row: _("works") if row.is_working else _("is closed")),
        Column("unit", label=_("unit"), accessor=lambda row: row.unit or _("the whole nation")),
        Column("sure", label=_("certain"), accessor=lambda row: _("provisional") if row.is_provisional else _("decided")),
        Column("source", label=_("source"), accessor="source"),
    ]

    def create(self, actor: Actor, data: dict[str, Any]) -> Model:
        """Set."""
        return calendar_services.set_special_day(actor=actor, **data)

    def change(self, actor: Actor, row: SpecialDay, data: dict[str, Any]) -> Model:
        """Correct; the nation's only by who keeps the installation."""
        return calendar_services.change_special_day(row, actor=actor, may_change_nation=_is_keeper(actor), **data)


class OfficeHoursViewSet(_DatedViewSet):
    """Sessions of the week."""

    model = OfficeHours
    icon = "time"
    menu_label = _("Office hours")
    add_form, change_form = own.OfficeHoursForm, own.OfficeHoursChangeForm
    list_per_page = 60
    list_display = [
        Column("weekday", label=_("weekday"), accessor="weekday_name", sort_key="weekday"),
        Column("opens", label=_("opens"), accessor=lambda row: f"{row.opens:%H:%M}"),
        Column("closes", label=_("closes"), accessor=lambda row: f"{row.closes:%H:%M}"),
        Column("unit", label=_("unit"), accessor=lambda row: row.unit or _("the whole nation")),
        Column("valid", label=_("holds"), accessor=lambda row: _holds(row)),
        Column("source", label=_("source"), accessor="source"),
    ]

    def create(self, actor: Actor, data: dict[str, Any]) -> Model:
        """Add a session."""
        return calendar_services.set_office_hours(actor=actor, **data)

    def change(self, actor: Actor, row: OfficeHours, data: dict[str, Any]) -> Model:
        """Change or end it; the nation's only by who keeps the installation."""
        return calendar_services.change_office_hours(row, actor=actor, may_change_nation=_is_keeper(actor), **data)


def _holds(row: OfficeHours) -> str:
    if row.valid_to is not None and row.valid_to <= clock.today():
        return str(_("ended on %(day)s") % {"day": f"{row.valid_to:%d/%m/%Y}"})
    return str(_("from %(day)s") % {"day": f"{row.valid_from:%d/%m/%Y}"}) if row.valid_from else "–"


class CalendarGroup(ViewSetGroup):  # type: ignore[misc]
    """The menu of office time."""

    menu_label = _("Office time")
    menu_icon = "calendar"
    menu_order = 620
    items = (
        SpecialDayViewSet("special_days", url_prefix="ngay-nghi"),
        OfficeHoursViewSet("office_hours", url_prefix="gio-lam-viec"),
    )
