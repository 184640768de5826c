"""The room's part of the back office: accounts, posts, numbers, roles, periods."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem
from wagtail.admin.viewsets.model import ModelViewSetGroup

from liengia.audit.office import Column, OfficeViewSet, day_input
from liengia.core.actor import Actor
from liengia.people import capabilities, office_home, policies, services
from liengia.people.models import DutyPost, EmergencyNumber, RetentionPeriod, Role
from liengia.people.views import office
from liengia.units.models import Unit, UnitQuerySet


def account_urls() -> list[URLPattern]:
    """Return the addresses of the accounts' pages."""
    return [
        path("nguoi/", office.index, name="people_office_accounts"),
        path("nguoi/them/", office.add, name="people_office_add"),
        path("nguoi/<int:pk>/", office.detail, name="people_office_account"),
        path("nguoi/<int:pk>/<slug:what>/", office.act, name="people_office_act"),
    ]


class AccountsItem(MenuItem):
    """The menu's word, for those who keep accounts."""

    def is_shown(self, request: HttpRequest) -> bool:
        """Ask for the capability."""
        return policies.can(request.user, "people.accounts")


def accounts_item() -> MenuItem:
    """Return the menu's item."""
    return AccountsItem(
        _("Accounts"), reverse("people_office_accounts"), name="people", icon_name="user", order=700
    )


class _InUnits(OfficeViewSet):
    """Rows of the reader's units; those of the whole country are the installation's operator's."""

    capability = "people.duty_rota"

    def visible(self, rows: QuerySet[Any], user: Any) -> QuerySet[Any]:
        """Leave out what stands elsewhere."""
        return rows if user.is_superuser else rows.filter(unit__in=self._units(user))

    def fit(self, form: Any, user: Any) -> None:
        """Offer only units of the reader's own."""
        form.fields["unit"].queryset = self._units(user).current().order_by("code")
        form.fields["unit"].required = not user.is_superuser

    def _units(self, user: Any) -> UnitQuerySet:
        if user.is_superuser:
            return Unit.objects.all()
        return Unit.objects.below_any([unit.pk for unit in policies.units_where(user, self.capability)])


class DutyPosts(_InUnits):
    """Duty posts: set up and changed; one that is no longer needed is closed, since incidents name it."""

    model = DutyPost
    icon = "site"
    menu_label = _("Duty posts")
    form_fields = ["unit", "name", "phone", "organisation", "is_active"]
    list_display = [
        "name",
        Column("unit", label=_("Unit"), accessor="unit"),
        Column("phone", label=_("Phone"), accessor="phone"),
        Column("is_active", label=_("Open"), accessor=lambda post: _("yes") if post.is_active else _("no")),
    ]
    inspect_view_fields = form_fields

    def create(self, actor: Actor, data: dict[str, Any]) -> DutyPost:
        """Set up."""
        return services.open_post(actor=actor, **data)

    def change(self, actor: Actor, row: DutyPost, data: dict[str, Any]) -> DutyPost:
        """Correct, close, open again."""
        return services.change_post(row, actor=actor, **data)


class NumberForm(forms.ModelForm[EmergencyNumber]):
    """A number to call, with days from the browser's own calendar."""

    class Meta:
        """The fields."""

        model = EmergencyNumber
        fields = ("unit", "label", "number", "order", "valid_from", "valid_to", "source")
        widgets = {"valid_from": day_input(), "valid_to": day_input()}


class EmergencyNumbers(_InUnits):
    """Numbers to call; the national ones have no unit. One that holds no more gets its last day."""

    model = EmergencyNumber
    icon = "warning"
    menu_label = _("Emergency numbers")
    list_display = [
        "number",
        Column("label", label=_("Whom it reaches"), accessor="label"),
        Column("unit", label=_("Unit"), accessor=lambda row: row.unit or _("the whole country")),
        Column("valid_from", label=_("Begins"), accessor="valid_from"),
        Column("valid_to", label=_("Ends"), accessor=lambda row: row.valid_to or "–"),
    ]
    inspect_view_fields = ["number", "label", "unit", "order", "valid_from", "valid_to", "source"]

    def get_form_class(self, for_update: bool = False) -> type[NumberForm]:
        """Use the room's form."""
        return NumberForm

    def create(self, actor: Actor, data: dict[str, Any]) -> EmergencyNumber:
        """Write."""
        return services.add_number(actor=actor, **data)

    def change(self, actor: Actor, row: EmergencyNumber, data: dict[str, Any]) -> EmergencyNumber:
        """Correct or end."""
        return services.change_number(row, actor=actor, **data)


class RoleForm(forms.ModelForm[Role]):
    """What a role may do, as boxes."""

    capabilities = forms.MultipleChoiceField(
        label=_("Capabilities"), required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Offer what rooms have registered."""
        super().__init__(*args, **kwargs)
        self.fields["capabilities"].choices = [(one.code, one.label) for one in capabilities.every()]  # type: ignore[attr-defined]

    class Meta:
        """Name and capabilities."""

        model = Role
        fields = ("label", "capabilities")


class Roles(OfficeViewSet):
    """Roles of the installation: what each may do. They ship with the platform, so none is made or deleted here."""

    model = Role
    icon = "group"
    menu_label = _("Roles")
    actions = frozenset({"view", "change"})
    list_display = [
        "label",
        Column("count", label=_("Capabilities"), accessor=lambda role: len(role.capabilities)),
        Column(
            "factor",
            label=_("Signs in with a second factor"),
            accessor=lambda role: _("yes") if role.needs_second_factor else _("no"),
        ),
    ]
    inspect_view_fields = ["label", "code", "needs_second_factor"]

    def visible(self, rows: QuerySet[Any], user: Any) -> QuerySet[Any]:
        """All: roles are the installation's."""
        return rows

    def get_form_class(self, for_update: bool = False) -> type[RoleForm]:
        """Use the boxes."""
        return RoleForm

    def change(self, actor: Actor, row: Role, data: dict[str, Any]) -> Role:
        """Give and take capabilities."""
        services.set_capabilities(row, data["capabilities"], actor=actor, label=data["label"])
        return row


class RetentionPeriods(OfficeViewSet):
    """How long personal data is kept; the kinds are the platform's, the days the commune's."""

    model = RetentionPeriod
    icon = "calendar"
    menu_label = _("Retention periods")
    actions = frozenset({"view", "change"})
    form_fields = ["days", "source"]
    list_display = [
        "label",
        Column("days", label=_("Days"), accessor="days"),
        Column("source", label=_("Why so long"), accessor="source"),
    ]
    inspect_view_fields = ["label", "days", "source"]

    def visible(self, rows: QuerySet[Any], user: Any) -> QuerySet[Any]:
        """All: periods are the installation's."""
        return rows

    def change(self, actor: Actor, row: RetentionPeriod, data: dict[str, Any]) -> RetentionPeriod:
        """Set the days, and say why."""
        return services.set_period(row, actor=actor, **data)


class PeopleGroup(ModelViewSetGroup):
    """The menu's group."""

    menu_label = _("Duty and rules")
    menu_icon = "cogs"
    menu_order = 710
    items = (
        DutyPosts("people_posts", url_prefix="noi-truc"),
        EmergencyNumbers("people_numbers", url_prefix="so-khan-cap"),
        Roles("people_roles", url_prefix="vai"),
        RetentionPeriods("people_periods", url_prefix="thoi-han-luu"),
    )


def people_viewsets() -> PeopleGroup:
    """Return the group."""
    return PeopleGroup()


hooks.register("register_admin_urls", account_urls)
hooks.register("register_admin_menu_item", accounts_item)
hooks.register("register_admin_viewset", people_viewsets)
hooks.register("insert_global_admin_css", office_home.stylesheet)
hooks.register("insert_global_admin_js", office_home.script)
hooks.register("construct_homepage_panels", office_home.put_home)
hooks.register("construct_help_menu", office_home.drop_foreign_help)
