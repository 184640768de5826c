"""The room's part of the back office: the board of approvals, and choosers that show one's own pages."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin import messages
from wagtail.admin.menu import MenuItem

from liengia.core import rooms
from liengia.people import policies
from liengia.people.models import User
from liengia.portal import permissions, requests, slips, workflow
from liengia.portal.capabilities import APPROVE, EDIT
from liengia.portal.models import ArticlePage, PlainPage
from liengia.portal.views import office, office_requests


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
hooks.register("construct_image_chooser_queryset", unless_withdrawn)
hooks.register("construct_document_chooser_queryset", unless_withdrawn)
hooks.register("construct_reports_menu", drop_operators_reports)
hooks.register("construct_page_chooser_queryset", own_pages)
