"""The room's part of the back office: accounts, posts, numbers, roles, periods."""

from __future__ import annotations

from typing import Any

from django.forms import CheckboxSelectMultiple, MultipleChoiceField
from django.http import Http404, HttpRequest
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.forms import WagtailAdminModelForm
from wagtail.admin.menu import MenuItem
from wagtail.admin.views.generic import DeleteView, EditView, IndexView
from wagtail.admin.viewsets.model import ModelViewSet, ModelViewSetGroup

from liengia.core.actor import Actor
from liengia.people import capabilities, policies, services
from liengia.people.models import DutyPost, EmergencyNumber, RetentionPeriod, Role
from liengia.people.views import office
from liengia.units.models import Unit


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


class _UnitForm(WagtailAdminModelForm):
    """Offers only units of the reader's own."""

    capability = "people.duty_rota"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.for_user is not None and "unit" in self.fields:
            roots = [unit.pk for unit in policies.units_where(self.for_user, self.capability)]
            self.fields["unit"].queryset = Unit.objects.current().below_any(roots).order_by("code")
            self.fields["unit"].required = not self.for_user.is_superuser


class _ScopedList(IndexView):
    """Lists the rows of the reader's units; national rows are for the installation's operator."""

    def get_base_queryset(self) -> Any:
        """Leave out what stands elsewhere."""
        rows = super().get_base_queryset()
        if self.request.user.is_superuser:
            return rows
        roots = [unit.pk for unit in policies.units_where(self.request.user, _UnitForm.capability)]
        return rows.filter(unit__in=Unit.objects.below_any(roots))


class _ScopedObject:
    """Another commune's row does not exist."""

    def get_object(self, *args: Any, **kwargs: Any) -> Any:
        """Return the row, if it stands in the reader's units."""
        found = super().get_object(*args, **kwargs)  # type: ignore[misc]
        user = self.request.user  # type: ignore[attr-defined]
        if not user.is_superuser and (
            found.unit is None or not policies.can(user, _UnitForm.capability, found.unit)
        ):
            raise Http404
        return found


class _ScopedEdit(_ScopedObject, EditView):
    """Edits a row of the reader's units."""


class _ScopedDelete(_ScopedObject, DeleteView):
    """Deletes a row of the reader's units."""


class _InUnits(ModelViewSet):
    """Rows of the reader's units alone."""

    index_view_class = _ScopedList
    edit_view_class = _ScopedEdit
    delete_view_class = _ScopedDelete
    copy_view_enabled = False

    add_to_admin_menu = False
    inspect_view_enabled = False

    def get_form_class(self, for_update: bool = False) -> Any:
        """Use the form that knows the reader."""
        return type(
            f"{self.model.__name__}Form",
            (_UnitForm,),
            {"Meta": type("Meta", (), {"model": self.model, "fields": self.form_fields})},
        )


class DutyPosts(_InUnits):
    """Duty posts."""

    model = DutyPost
    icon = "site"
    form_fields = ["unit", "name", "phone", "organisation", "is_active"]
    list_display = ["name", "unit", "phone", "is_active"]


class EmergencyNumbers(_InUnits):
    """Numbers to call; the national ones have no unit."""

    model = EmergencyNumber
    icon = "warning"
    form_fields = ["unit", "label", "number", "order", "valid_from", "valid_to", "source"]
    list_display = ["number", "label", "unit", "valid_from", "valid_to"]


class RoleForm(WagtailAdminModelForm):
    """What a role may do, as boxes."""

    capabilities = MultipleChoiceField(label=_("Capabilities"), required=False, widget=CheckboxSelectMultiple)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["capabilities"].choices = [(one.code, one.label) for one in capabilities.every()]

    def save(self, commit: bool = True) -> Role:
        """Leave the writing to the service."""
        actor = Actor.of(self.for_user) if self.for_user else Actor.system("office")
        role = Role.objects.get(pk=self.instance.pk)
        services.set_capabilities(
            role, self.cleaned_data["capabilities"], actor=actor, label=self.cleaned_data["label"]
        )
        return role

    class Meta:
        """Name and capabilities."""

        model = Role
        fields = ["label", "capabilities"]


class Roles(ModelViewSet):
    """Roles of the installation."""

    model = Role
    icon = "group"
    list_display = ["label", "code", "needs_second_factor"]
    copy_view_enabled = False

    def get_form_class(self, for_update: bool = False) -> Any:
        """Use the boxes."""
        return RoleForm


class RetentionPeriods(ModelViewSet):
    """How long personal data is kept."""

    model = RetentionPeriod
    icon = "calendar"
    form_fields = ["days", "source"]
    list_display = ["label", "days", "source"]
    copy_view_enabled = False


class PeopleGroup(ModelViewSetGroup):
    """The menu's group."""

    menu_label = _("Duty and rules")
    menu_icon = "cogs"
    menu_order = 710
    items = (DutyPosts, EmergencyNumbers, Roles, RetentionPeriods)


def people_viewsets() -> PeopleGroup:
    """Return the group."""
    return PeopleGroup()


hooks.register("register_admin_urls", account_urls)
hooks.register("register_admin_menu_item", accounts_item)
hooks.register("register_admin_viewset", people_viewsets)
