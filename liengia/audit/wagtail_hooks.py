"""The audit log in the back office: read only, filtered, exported; looking at it is recorded too."""

from __future__ import annotations

from typing import Any

import django_filters
from django.apps import apps
from django.contrib.auth import get_user_model
from django.db.models import QuerySet
from django.http import HttpResponse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.filters import WagtailFilterSet

from liengia.audit import kinds, scope, services
from liengia.audit.models import Entry
from liengia.audit.office import Column, OfficeIndexView, OfficeInspectView, OfficeViewSet, day_input
from liengia.core.actor import Actor, ActorKind


def who(entry: Entry) -> str:
    """Return who acted in words: a user's name as it is today, since none is kept in the entry."""
    if entry.actor_kind == ActorKind.USER:
        user = getattr(entry, "known_user", None) or get_user_model().objects.filter(pk=entry.actor_id).first()
        return str(user) if user else gettext("user %(id)s (erased)") % {"id": entry.actor_id}
    words = {
        ActorKind.SYSTEM: gettext("the platform (%(id)s)"),
        ActorKind.DEVICE: gettext("device %(id)s"),
        ActorKind.VISITOR: gettext("a visitor"),
    }
    return words.get(ActorKind(entry.actor_kind), "%(id)s") % {"id": entry.actor_id}


def about_words(entry: Entry) -> str:
    """Return what an entry is about: the model's name for people, and its id."""
    try:
        name = str(apps.get_model(entry.about_type)._meta.verbose_name)
    except (LookupError, ValueError):
        name = entry.about_type
    return f"{name} {entry.about_id}"


def facts_words(entry: Entry) -> str:
    """Return the facts on one line."""
    return " · ".join(f"{name}: {value}" for name, value in entry.facts.items()) or "–"


class EntryFilter(WagtailFilterSet):
    """By kind, by kind of actor, by day."""

    kind = django_filters.ChoiceFilter(label=_("what was done"), choices=[], empty_label=_("everything"))
    actor_kind = django_filters.ChoiceFilter(
        label=_("by whom"),
        choices=[("user", _("a person")), ("device", _("a device")), ("system", _("the platform")), ("visitor", _("a visitor"))],
    )
    since = django_filters.DateFilter(label=_("from day"), field_name="at", lookup_expr="date__gte", widget=day_input())
    until = django_filters.DateFilter(label=_("to day"), field_name="at", lookup_expr="date__lte", widget=day_input())

    class Meta:
        model = Entry
        fields: list[str] = []

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Offer the kinds that rooms have registered."""
        super().__init__(*args, **kwargs)
        self.filters["kind"].extra["choices"] = [(k.code, f"{k.label} ({k.code})") for k in kinds.every()]


class EntryIndexView(OfficeIndexView):
    """The list; opening or exporting it is itself an entry."""

    def get(self, request: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        """Record the look, once in five minutes."""
        what = "export" if request.GET.get("export") else "list"
        services.record_read("audit.entries_read", actor=Actor.of(request.user), about=("audit.Entry", what))
        return super().get(request, *args, **kwargs)

    def paginate_queryset(self, queryset: Any, page_size: int) -> Any:
        """Look the users of a page up at once."""
        paginator, page, entries, is_paginated = super().paginate_queryset(queryset, page_size)
        users = get_user_model().objects.in_bulk([int(e.actor_id) for e in entries if e.actor_kind == ActorKind.USER])
        for entry in entries:
            if entry.actor_kind == ActorKind.USER:
                entry.known_user = users.get(int(entry.actor_id))
        return paginator, page, entries, is_paginated


class EntryInspectView(OfficeInspectView):
    """One entry, with its personal text while that stands."""

    def get_fields(self) -> list[str]:
        """Return what is shown, in this order."""
        return ["kind", "at", "actor_id", "about_type", "about_id", "facts", "personal_hash", "seq", "prev_hash", "hash"]

    def get_kind_display_value(self) -> str:
        """Say the kind in words."""
        return f"{kinds.label(self.object.kind)} ({self.object.kind})"

    def get_actor_id_display_value(self) -> str:
        """Say who in words."""
        return who(self.object)

    def get_facts_display_value(self) -> str:
        """Say the facts on one line."""
        return facts_words(self.object)

    def get_personal_hash_display_value(self) -> str:
        """Show the personal text, or that it was erased."""
        if not self.object.personal_hash:
            return "–"
        text = getattr(self.object, "personal", None)
        if text is None:
            return gettext("erased; its hash was %(hash)s") % {"hash": self.object.personal_hash}
        return " · ".join(f"{name}: {value}" for name, value in text.values.items())

    def get(self, request: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        """Record that the personal text was seen."""
        services.record_read("audit.entries_read", actor=Actor.of(request.user), about=self.object)
        return super().get(request, *args, **kwargs)


class EntryViewSet(OfficeViewSet):
    """Entries: nobody adds, changes or deletes one here."""

    model = Entry
    icon = "history"
    menu_label = _("Audit log")
    menu_order = 900
    add_to_admin_menu = True
    index_view_class = EntryIndexView
    inspect_view_class = EntryInspectView
    actions = frozenset({"view"})
    filterset_class = EntryFilter
    ordering = "-id"
    list_per_page = 50
    list_display = [
        "__str__",
        Column("at", label=_("at"), accessor="at", sort_key="at"),
        Column("who", label=_("who"), accessor=who),
        Column("about", label=_("about"), accessor=about_words),
        Column("facts", label=_("facts"), accessor=facts_words),
        Column("seq", label=_("sealed as"), accessor=lambda e: e.seq or "…", sort_key="seq"),
    ]
    list_export = ["seq", "at", "kind", "actor_kind", "actor_id", "about_type", "about_id", "unit_id", "facts", "hash"]
    export_filename = "nhat-ky-kiem-tra"

    def visible(self, rows: QuerySet[Any], user: Any) -> QuerySet[Any]:
        """Entries of the user's units."""
        return scope.readable_by(user, rows)


@hooks.register("register_admin_viewset")  # type: ignore[untyped-decorator]
def register_entries() -> EntryViewSet:
    """Put the log into the back office."""
    return EntryViewSet("audit", url_prefix="nhat-ky-kiem-tra")
