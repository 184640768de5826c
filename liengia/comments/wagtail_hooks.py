"""The room's part of the back office: the moderators' queue and the communes' rules."""

from __future__ import annotations

from typing import Any

from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem

from liengia.audit.office import Column, OfficeViewSet
from liengia.comments import policies, services
from liengia.comments.capabilities import MODERATE, RULES
from liengia.comments.forms import RuleForm
from liengia.comments.models import Rule
from liengia.comments.views import office
from liengia.core import rooms
from liengia.core.actor import Actor
from liengia.people import policies as people
from liengia.units import scope


def office_urls() -> list[URLPattern]:
    """Return the addresses of the moderators' pages."""
    return [
        path("y-kien/", office.queue, name="comments_office_queue"),
        path("y-kien/<slug:public_id>/", office.decide, name="comments_office_decide"),
        path("y-kien/trang/<slug:public_id>/", office.switch, name="comments_office_switch"),
    ]


class QueueItem(MenuItem):
    """The menu's word, for moderators."""

    def is_shown(self, request: HttpRequest) -> bool:
        """Ask for the capability."""
        return rooms.is_on("comments") and people.can(request.user, MODERATE)

    def render_component(self, request: HttpRequest) -> Any:
        """Say how many wait."""
        waiting = policies.moderated_by(request.user).filter(state="waiting").count()
        component = super().render_component(request)
        if waiting:
            component.label = f"{component.label} ({waiting})"
        return component


def queue_item() -> MenuItem:
    """Return the menu's item."""
    return QueueItem(_("Readers' comments"), reverse("comments_office_queue"), name="comments", icon_name="comment", order=310)


class RuleViewSet(OfficeViewSet):
    """Who may comment in which commune."""

    model = Rule
    icon = "comment"
    menu_label = _("Rules for comments")
    menu_order = 311
    add_to_admin_menu = True
    inspect_view_enabled = False
    list_display = [
        Column("unit", label=_("commune"), accessor=lambda rule: rule.unit or _("The area as a whole"), width="50%"),
        Column("who", label=_("who may write"), accessor=lambda rule: rule.get_who_display()),
        Column("first", label=_("read before they are shown"), accessor=lambda rule: _("yes") if rule.is_moderated_first else _("no")),
    ]

    def get_form_class(self, for_update: bool = False) -> type[RuleForm]:
        """Use the room's form."""
        return RuleForm

    def visible(self, rows: QuerySet[Any], user: Any) -> QuerySet[Any]:
        """Return the rules of the reader's communes; the area's is its operator's."""
        rows = rows.select_related("unit")
        return rows if user.is_superuser else rows.filter(unit__in=scope.units_for(user, RULES))

    def fit(self, form: Any, user: Any) -> None:
        """Offer the reader's communes that stand today."""
        form.fields["unit"].queryset = scope.units_for(user, RULES).current().communes().order_by("code")
        form.fields["unit"].required = not user.is_superuser

    def create(self, actor: Actor, data: dict[str, Any]) -> Model:
        """Set a rule."""
        return services.set_rule(actor=actor, **data)

    def change(self, actor: Actor, row: Rule, data: dict[str, Any]) -> Model:
        """Change a rule; its commune stays."""
        return services.set_rule(row.unit, who=data["who"], is_moderated_first=data["is_moderated_first"], actor=actor)


def rules() -> RuleViewSet:
    """Return the rules' pages."""
    return RuleViewSet("comment_rules", url_prefix="quy-tac-y-kien")


hooks.register("register_admin_urls", office_urls)
hooks.register("register_admin_menu_item", queue_item)
hooks.register("register_admin_viewset", rules)
