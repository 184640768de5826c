"""The back office's pages that write through services: Wagtail's views, our verbs, our scope, our errors.

A room gives an `OfficeViewSet` its verbs (`create`, `change`) and its scope (`visible`). Nothing is deleted here,
and history is the audit log's, not Wagtail's.
"""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Model, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import URLPattern
from django.utils.functional import cached_property, lazy
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from wagtail.admin.ui import tables
from wagtail.admin.views import generic
from wagtail.admin.viewsets.model import ModelViewSet
from wagtail.permissions import ModelPermissionPolicy

from liengia.core.actor import Actor
from liengia.core.errors import DomainError
from liengia.core.typed_fields import said_back

_capitalised = lazy(capfirst, str)
LONGEST = 76


def day_input() -> forms.DateInput:
    """Return the browser's own calendar: it needs no script and knows the user's language."""
    return forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


def moment_input() -> forms.DateTimeInput:
    """Return the browser's own calendar with a clock."""
    return forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")


def short(row: object) -> str:
    """Return a choice's words, with the middle left out of a very long name: its end says which commune."""
    words = str(row)
    return words if len(words) <= LONGEST else f"{words[:30]} … {words[-40:]}"


class Column(tables.Column):  # type: ignore[misc]
    """A column whose heading begins with a capital, whatever case the field's name has."""

    def __init__(self, name: str, *, label: Any, **options: Any) -> None:
        """Capitalise the heading."""
        super().__init__(name, label=_capitalised(label), **options)


class OfficePolicy(ModelPermissionPolicy):  # type: ignore[misc]
    """The model's permissions, but for what no page here does: deleting, and writing where the viewset only reads."""

    def __init__(self, model: type[Model], actions: frozenset[str]) -> None:
        """Keep the actions that the pages offer."""
        super().__init__(model)
        self.actions = actions

    def user_has_permission(self, user: Any, action: str) -> bool:
        """Refuse what no page offers, even to a superuser."""
        return action in self.actions and bool(super().user_has_permission(user, action))

    def user_has_any_permission(self, user: Any, actions: Any) -> bool:
        """Tell whether one of the offered actions is allowed."""
        return any(self.user_has_permission(user, action) for action in actions)


class _Scoped:
    """Shows only what lies in the user's units; anything else is absent."""

    office: OfficeViewSet
    request: HttpRequest

    def get_object(self, queryset: Any = None) -> Any:
        """Return the object, or 404 for one of somebody else's."""
        found = super().get_object(queryset) if queryset is not None else super().get_object()  # type: ignore[misc]
        rows = self.office.visible(self.office.model._default_manager.all(), self.request.user)
        if not rows.filter(pk=found.pk).exists():
            raise Http404
        return found


class _Saves:
    """Saves through a service of the room and shows its refusal beside the field it names."""

    office: OfficeViewSet
    request: HttpRequest
    form: Any

    def get_form(self, form_class: Any = None) -> forms.ModelForm[Any]:
        """Offer only what lies in the user's units."""
        form = super().get_form(form_class)  # type: ignore[misc]
        self.office.fit(form, self.request.user)
        for field in form.fields.values():
            field.label = capfirst(field.label)
            if isinstance(field, forms.ModelChoiceField):
                field.label_from_instance = short  # type: ignore[method-assign, assignment]
        return form  # type: ignore[no-any-return]

    def form_valid(self, form: Any) -> HttpResponse:
        """Show what the domain refuses; what was typed stays. What was kept is said back as it was understood."""
        try:
            answer: HttpResponse = super().form_valid(form)  # type: ignore[misc]
        except DomainError as error:
            field = str(error.data.get("field", ""))
            form.add_error(field if field in form.fields else None, str(error))
            self.produced_error_code, self.produced_error_message = error.detail_code, self.get_error_message()  # type: ignore[attr-defined]
            return self.form_invalid(form)  # type: ignore[attr-defined, no-any-return]
        for words in said_back(form):
            messages.info(self.request, words)
        return answer

    @property
    def actor(self) -> Actor:
        """Who saves."""
        return Actor.of(self.request.user)  # type: ignore[arg-type]


class OfficeIndexView(generic.IndexView):  # type: ignore[misc]
    """A list within the user's units, searched without diacritics where the viewset can."""

    office: OfficeViewSet = None  # type: ignore[assignment]

    def get_base_queryset(self) -> QuerySet[Any]:
        """Return what may be seen."""
        return self.office.visible(super().get_base_queryset(), self.request.user)

    @cached_property
    def columns(self) -> list[tables.Column]:
        """Let the first column lead to the row: Wagtail links only one that is given by a field's name."""
        first, *others = super().columns
        if type(first) is not Column:
            return [first, *others]
        title = self._get_title_column_class(tables.TitleColumn)

        def url(row: Model) -> Any:
            return self.get_edit_url(row) or self.get_inspect_url(row)

        linked = title(first.name, label=first.label, accessor=first.accessor, sort_key=first.sort_key, width=first.width, get_url=url)
        return [linked, *others]

    @property
    def is_searchable(self) -> bool:
        """Tell whether a search field is shown."""
        return self.office.is_searchable

    def search_queryset(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Search by the viewset's own words."""
        return self.office.find(queryset, self.search_query) if self.search_query else queryset


class OfficeCreateView(_Saves, generic.CreateView):  # type: ignore[misc]
    """A form whose object is made by a service."""

    office: OfficeViewSet = None  # type: ignore[assignment]

    def get_success_buttons(self) -> list[Any]:
        """Offer the form again only where there is one."""
        return super().get_success_buttons() if "change" in self.office.actions else []

    def save_instance(self) -> Any:
        """Call the verb."""
        return self.office.create(self.actor, self.form.cleaned_data)


class OfficeEditView(_Saves, _Scoped, generic.EditView):  # type: ignore[misc]
    """A form whose object is changed by a service."""

    office: OfficeViewSet = None  # type: ignore[assignment]

    def save_instance(self) -> Any:
        """Call the verb on the row as it is stored, not as the form has filled it."""
        self.has_content_changes = self.form.has_changed()
        stored = self.office.model._default_manager.get(pk=self.form.instance.pk)
        return self.office.change(self.actor, stored, self.form.cleaned_data)


class PlainWords:
    """Says yes, no or a dash where Wagtail would show `True`, `False` or `None`."""

    def get_field_display_value(self, field_name: str, field: Any) -> Any:
        """Return what people read."""
        value = super().get_field_display_value(field_name, field)  # type: ignore[misc]
        if isinstance(value, bool):
            return _("yes") if value else _("no")
        return "–" if value in (None, "") else value


class OfficeInspectView(_Scoped, PlainWords, generic.InspectView):  # type: ignore[misc]
    """A read-only page of one object."""

    office: OfficeViewSet = None  # type: ignore[assignment]


class OfficeViewSet(ModelViewSet):  # type: ignore[misc]
    """Pages of one model: list, form, read-only page; `actions` says which of view, add and change there are."""

    index_view_class = OfficeIndexView
    add_view_class = OfficeCreateView
    edit_view_class = OfficeEditView
    inspect_view_class = OfficeInspectView
    inspect_view_enabled = True
    copy_view_enabled = False
    add_to_reference_index = False
    exclude_form_fields: ClassVar[list[str]] = []
    actions: ClassVar[frozenset[str]] = frozenset({"view", "add", "change"})
    is_searchable = False
    _dropped = ("delete", "history", "history_results", "usage", "revisions_revert")

    @property
    def permission_policy(self) -> OfficePolicy:
        """The model's permissions, for what these pages do."""
        return OfficePolicy(self.model, self.actions)

    def get_common_view_kwargs(self, **kwargs: Any) -> dict[str, Any]:
        """Give the views this viewset, and no address of a page that is not there."""
        common = super().get_common_view_kwargs(**kwargs)
        for name in ("delete_url_name", "history_url_name", "usage_url_name", "copy_url_name"):
            if name in common:
                common[name] = None
        return common  # type: ignore[no-any-return]

    def _with_office(self, kwargs: dict[str, Any]) -> dict[str, Any]:
        return {**kwargs, "office": self}

    def get_index_view_kwargs(self, **kwargs: Any) -> dict[str, Any]:
        """Add the viewset."""
        return self._with_office(super().get_index_view_kwargs(**kwargs))

    def get_add_view_kwargs(self, **kwargs: Any) -> dict[str, Any]:
        """Add the viewset."""
        return self._with_office(super().get_add_view_kwargs(**kwargs))

    def get_edit_view_kwargs(self, **kwargs: Any) -> dict[str, Any]:
        """Add the viewset."""
        return self._with_office(super().get_edit_view_kwargs(**kwargs))

    def get_inspect_view_kwargs(self, **kwargs: Any) -> dict[str, Any]:
        """Add the viewset."""
        return self._with_office(super().get_inspect_view_kwargs(**kwargs))

    def get_urlpatterns(self) -> list[URLPattern]:
        """Return the pages that there are."""
        wanted = {"index", "index_results", "inspect", *(a for a in ("add",) if a in self.actions)}
        if "change" in self.actions:
            wanted.add("edit")
        return [pattern for pattern in super().get_urlpatterns() if pattern.name in wanted]

    # What a room gives

    def visible(self, rows: QuerySet[Any], user: Any) -> QuerySet[Any]:
        """Return what lies in a user's units."""
        raise NotImplementedError

    def find(self, rows: QuerySet[Any], text: str) -> QuerySet[Any]:
        """Search."""
        return rows

    def fit(self, form: Any, user: Any) -> None:
        """Offer in a form only what lies in a user's units."""

    def create(self, actor: Actor, data: dict[str, Any]) -> Model:
        """Make an object by a service."""
        raise PermissionDenied

    def change(self, actor: Actor, row: Any, data: dict[str, Any]) -> Model:
        """Change an object by a service."""
        raise PermissionDenied
