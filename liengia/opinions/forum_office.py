"""Listening forums in the back office: the list of sessions, planning one, correcting one; each leads to its desk."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from wagtail.admin.menu import MenuItem

from liengia.audit.office import Column, OfficeViewSet
from liengia.core import rooms
from liengia.core.actor import Actor
from liengia.core.text import shown_time
from liengia.opinions import forum_policies
from liengia.opinions.capabilities import FORUM
from liengia.opinions.forum_forms import ForumForm
from liengia.opinions.models import ListeningForum
from liengia.opinions.services import forum_plans
from liengia.people import policies as people


def _desk(forum: ListeningForum) -> str:
    """Return the link to the clerk's desk."""
    return format_html('<a href="{}">{}</a>', reverse("opinions:forum_desk", args=[forum.public_id]), _("Clerk's desk"))


class ForumViewSet(OfficeViewSet):
    """The sessions that the reader may hold, the newest first; what happens in the hall is done at the desk."""

    model = ListeningForum
    icon = "group"
    menu_label = _("Listening forums")
    menu_order = 302
    add_to_admin_menu = True
    inspect_view_enabled = False
    ordering = "-starts_at"
    list_display = [
        "title",
        Column("day", label=_("begins at"), accessor=lambda row: shown_time(row.starts_at)),
        Column("unit", label=_("commune or hamlet"), accessor=lambda row: row.unit.place_name),
        Column("state", label=_("state"), accessor=lambda row: row.get_state_display()),
        Column("desk", label=_("Clerk's desk"), accessor=_desk),
    ]

    def get_form_class(self, for_update: bool = False) -> type[forms.ModelForm[ListeningForum]]:
        """Use the room's form."""
        return ForumForm

    def get_menu_item(self, order: int | None = None) -> MenuItem:
        """Return the menu's word, for those who hold sessions."""
        return ForumItem(self.menu_label, self.menu_url, name="forums", icon_name=self.icon, order=order or self.menu_order)

    def visible(self, rows: QuerySet[Any], user: Any) -> QuerySet[Any]:
        """The reader's sessions."""
        return rows.filter(pk__in=forum_policies.held_by(user).values("pk")).select_related("unit__parent")

    def fit(self, form: Any, user: Any) -> None:
        """Offer the reader's units, with their bodies and committees."""
        form.offer(forum_policies.units_of(user))

    def create(self, actor: Actor, data: dict[str, Any]) -> Model:
        """Plan."""
        return forum_plans.plan(actor=actor, **data)

    def change(self, actor: Actor, row: ListeningForum, data: dict[str, Any]) -> Model:
        """Correct, until the minutes are signed."""
        return forum_plans.correct(row, actor=actor, **data)


class ForumItem(MenuItem):  # type: ignore[misc]
    """The menu's word."""

    def is_shown(self, request: HttpRequest) -> bool:
        """Ask for the capability."""
        return rooms.is_on("opinions") and people.can(request.user, FORUM)


def viewset() -> ForumViewSet:
    """Return the pages."""
    return ForumViewSet("opinions_forums", url_prefix="dien-dan")
