"""The room's part of the back office: the board of approvals, and choosers that show one's own pages."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin import messages
from wagtail.admin.menu import MenuItem
from wagtail.models import Page

from liengia.audit.office import Column, OfficeViewSet
from liengia.core import rooms
from liengia.core.actor import Actor
from liengia.people import policies
from liengia.people.models import User
from liengia.portal import lists, permissions, requests, slips, workflow
from liengia.portal.capabilities import APPROVE, EDIT
from liengia.portal.models import ArticlePage, Author, PlainPage, Topic
from liengia.portal.views import office, office_requests
from liengia.units import scope


def office_urls() -> list[URLPattern]:
    """Return the addresses of the board of approvals."""
    return [
        path("cho-duyet/", office.waiting, name="portal_office_waiting"),
        path("cho-duyet/<int:pk>/", office.decide, name="portal_office_decide"),
        path("go-anh-dinh-chinh/", office_requests.queue, name="portal_office_requests"),
        path("go-anh-dinh-chinh/<int:pk>/", office_requests.decide, name="portal_office_request"),
        path("loi-viet/<int:page_id>/", office.written, name="portal_office_slips"),
    ]


class WaitingItem(MenuItem):
    """The menu's word, for those who write or approve."""

    def is_shown(self, request: HttpRequest) -> bool:
        """Ask for the capabilities."""
        return rooms.is_on("portal") and any(policies.can(request.user, code) for code in (EDIT, APPROVE))

    def render_component(self, request: HttpRequest) -> Any:
        """Say how much waits for the reader."""
        component = super().render_component(request)
        if isinstance(request.user, User) and (count := workflow.waiting_for(request.user).count()):
            component.label = f"{component.label} ({count})"
        return component


def waiting_item() -> MenuItem:
    """Return the menu's item."""
    return WaitingItem(_("Waiting for approval"), reverse("portal_office_waiting"), name="portal-waiting", icon_name="clipboard-list", order=110)


def _user(actor: Actor) -> User:
    return User.objects.get(pk=actor.user_id or 0)


class AuthorViewSet(OfficeViewSet):
    """Names and pen names under articles: a commune's own, and the area's."""

    model = Author
    icon = "user"
    menu_label = _("Authors and pen names")
    menu_order = 112
    add_to_admin_menu = True
    inspect_view_enabled = False
    form_fields = ["name", "words", "unit"]
    list_display = [
        "name",
        "words",
        Column("unit", label=_("commune"), accessor=lambda author: author.unit.full_name if author.unit else _("Of the whole area")),
    ]

    def visible(self, rows: QuerySet[Any], user: Any) -> QuerySet[Any]:
        """Return those whom the reader may rename."""
        return rows.filter(pk__in=lists.own_authors(user).values("pk")).select_related("unit")

    def fit(self, form: Any, user: Any) -> None:
        """Offer the reader's communes; the whole area to who writes its pages."""
        form.fields["unit"].queryset = scope.units_for(user, EDIT).current().communes().order_by("code")
        form.fields["unit"].required = not lists.edits_area(user)
        if form.fields["unit"].required:
            form.fields["unit"].help_text = ""
            form.fields["unit"].empty_label = None

    def create(self, actor: Actor, data: dict[str, Any]) -> Model:
        """Add an author."""
        return lists.add_author(user=_user(actor), **data)

    def change(self, actor: Actor, row: Author, data: dict[str, Any]) -> Model:
        """Change an author."""
        return lists.change_author(row, user=_user(actor), **data)


class TopicForm(forms.ModelForm[Topic]):
    """A new topic."""

    class Meta:
        model = Topic
        fields = ("name", "slug", "words", "order")


class TopicChangeForm(forms.ModelForm[Topic]):
    """A topic; its address stays."""

    class Meta:
        model = Topic
        fields = ("name", "words", "order")


class TopicViewSet(OfficeViewSet):
    """What articles are about; one list for the whole area, so that its news can be gathered."""

    model = Topic
    icon = "tag"
    menu_label = _("Topics of news")
    menu_order = 113
    add_to_admin_menu = True
    inspect_view_enabled = False
    list_display = ["name", "slug", "words", "order"]

    def get_form_class(self, for_update: bool = False) -> type[forms.ModelForm[Topic]]:
        """Use the room's forms."""
        return TopicChangeForm if for_update else TopicForm

    def visible(self, rows: QuerySet[Any], user: Any) -> QuerySet[Any]:
        """Return all to who sets them."""
        return rows.filter(pk__in=lists.own_topics(user).values("pk"))

    def create(self, actor: Actor, data: dict[str, Any]) -> Model:
        """Add a topic."""
        return lists.add_topic(user=_user(actor), **data)

    def change(self, actor: Actor, row: Topic, data: dict[str, Any]) -> Model:
        """Change a topic."""
        return lists.change_topic(row, user=_user(actor), **data)


def authors() -> AuthorViewSet:
    """Return the authors' pages."""
    return AuthorViewSet("portal_authors", url_prefix="tac-gia")


def topics() -> TopicViewSet:
    """Return the topics' pages."""
    return TopicViewSet("portal_topics", url_prefix="chu-de")


def keep_fixed(request: HttpRequest, page: Any, *_more: Any) -> HttpResponse | None:
    """Keep a page on which addresses of the site stand: it is not deleted, taken down or moved, by anybody."""
    specific = page.specific
    if not getattr(specific, "is_fixed", False):
        return None
    messages.error(request, gettext("“%(title)s” belongs to the site itself: other pages lead to it. It can be edited, but not deleted, taken down or moved.") % {"title": specific.title})
    return redirect("wagtailadmin_pages:edit", specific.pk)


def keep_fixed_in_bulk(request: HttpRequest, action: str, pages: Any, view: Any) -> HttpResponse | None:
    """Keep them among many that are ticked too."""
    if action not in ("delete", "unpublish", "move"):
        return None
    return next((answer for page in pages if isinstance(page, Page) and (answer := keep_fixed(request, page))), None)


class RequestsItem(WaitingItem):
    """The menu's word for requests to take down or to correct."""

    def render_component(self, request: HttpRequest) -> Any:
        """Say how many wait for the reader, and whether one is overdue."""
        component = MenuItem.render_component(self, request)
        mine = requests.visible_to(request.user)
        if count := mine.waiting().count():
            late = " !" if mine.overdue().exists() else ""
            component.label = f"{component.label} ({count}{late})"
        return component


def requests_item() -> MenuItem:
    """Return the menu's item."""
    return RequestsItem(_("Take down, correct"), reverse("portal_office_requests"), name="portal-requests", icon_name="user", order=111)


def unless_withdrawn(files: Any, request: HttpRequest) -> Any:
    """Leave out of a chooser what was taken down at somebody's request."""
    return files.filter(withdrawn_at=None)


def drop_operators_reports(request: HttpRequest, items: list[Any]) -> None:
    """Leave out the report that names everybody's pages; it is 404 for all but the operator."""
    if not request.user.is_superuser:
        items[:] = [one for one in items if one.name != "page-types-usage"]


def warn_of_slips(request: HttpRequest, page: Any) -> None:
    """Tell after saving how many slips there are, and where one act mends them."""
    found = slips.of_page(page) if isinstance(page, ArticlePage | PlainPage) else []
    if found:
        words = ngettext("%(count)d slip of writing: %(first)s", "%(count)d slips of writing, such as: %(first)s", len(found))
        said = words % {"count": len(found), "first": f"{found[0].where}: {found[0].says}"}
        messages.warning(request, said, buttons=[messages.button(reverse("portal_office_slips", args=[page.pk]), gettext("See and mend"))])


def own_pages(pages: Any, request: HttpRequest) -> Any:
    """Leave only the reader's own pages in a chooser."""
    return permissions.own_pages(pages, request)


hooks.register("after_create_page", warn_of_slips)
hooks.register("after_edit_page", warn_of_slips)
hooks.register("register_admin_urls", office_urls)
hooks.register("register_admin_menu_item", waiting_item)
hooks.register("register_admin_menu_item", requests_item)
hooks.register("register_admin_viewset", authors)
hooks.register("register_admin_viewset", topics)
for event in ("before_delete_page", "before_unpublish_page", "before_move_page"):
    hooks.register(event, keep_fixed)
hooks.register("before_bulk_action", keep_fixed_in_bulk)
hooks.register("construct_image_chooser_queryset", unless_withdrawn)
hooks.register("construct_document_chooser_queryset", unless_withdrawn)
hooks.register("construct_reports_menu", drop_operators_reports)
hooks.register("construct_page_chooser_queryset", own_pages)
