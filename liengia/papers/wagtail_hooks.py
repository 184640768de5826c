"""The room's part of the back office: the register of papers, wordings, issuers, the month's brief."""

from __future__ import annotations

from typing import Any

from django.db.models import Model, QuerySet
from django.urls import URLPattern, path
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import Menu, MenuItem, SubmenuMenuItem

from liengia.audit.office import Column, OfficeViewSet
from liengia.core.actor import Actor
from liengia.papers import policies, services
from liengia.papers.capabilities import BRIEF, DRAFT, WORDING
from liengia.papers.forms import IssuerChangeForm, IssuerForm
from liengia.papers.models import Issuer
from liengia.papers.views import office, settings, signatories
from liengia.people.admin import RoomItem
from liengia.units import scope


def office_urls() -> list[URLPattern]:
    """Return the addresses of the office's pages."""
    one = "van-ban/<slug:public_id>/"
    return [
        path("van-ban/", office.register, name="papers_office_register"),
        path("van-ban/mau/", settings.wordings, name="papers_office_wordings"),
        path("van-ban/mau/<int:unit_id>/<slug:code>/", settings.wording, name="papers_office_wording"),
        path("van-ban/so/", settings.issuers, name="papers_office_issuers"),
        path("van-ban/so/<slug:public_id>/", settings.books, name="papers_office_books"),
        path("van-ban/nguoi-ky/", signatories.signatories, name="papers_office_signatories"),
        path("van-ban/nguoi-ky/moi/", signatories.new, name="papers_office_signatory_new"),
        path("van-ban/nguoi-ky/<slug:public_id>/", signatories.change, name="papers_office_signatory"),
        path("van-ban/tom-tat/", settings.month, name="papers_office_brief"),
        path("van-ban/tom-tat.pdf", settings.month_sheet, name="papers_office_brief_sheet"),
        path("van-ban/moi/<slug:code>/", office.new, name="papers_office_new"),
        path(one, office.paper, name="papers_office_paper"),
        path(f"{one}sua/", office.edit, name="papers_office_edit"),
        path(f"{one}ban-hanh/", office.issue, name="papers_office_issue"),
        path(f"{one}thu-hoi/", office.revoke, name="papers_office_revoke"),
        path(f"{one}bo/", office.discard, name="papers_office_discard"),
        path(f"{one}van-ban.<slug:ending>", office.file, name="papers_office_file"),
    ]


class IssuerViewSet(OfficeViewSet):
    """Issuers of papers and the words of their heads."""

    model = Issuer
    icon = "doc-full"
    menu_label = _("Issuers")
    add_form, change_form = IssuerForm, IssuerChangeForm
    inspect_view_enabled = False
    list_display = [
        "name",
        Column("symbol", label=_("symbol"), accessor="symbol"),
        Column("unit", label=_("unit"), accessor="unit"),
        Column("place", label=_("place in the head"), accessor="place"),
    ]

    def visible(self, rows: QuerySet[Any], user: Any) -> QuerySet[Any]:
        """Issuers of the user's units."""
        return rows.filter(pk__in=policies.issuers_of(user, WORDING)).select_related("unit")

    def fit(self, form: Any, user: Any) -> None:
        """Offer the bodies of the user's units."""
        for name in ("organisation", "committee"):
            if name in form.fields:
                form.fields[name].queryset = form.fields[name].queryset.filter(unit__in=scope.units_for(user, WORDING), issuer=None)

    def create(self, actor: Actor, data: dict[str, Any]) -> Model:
        """Enter."""
        return services.keep_issuer(Issuer(**data), actor=actor)

    def change(self, actor: Actor, row: Issuer, data: dict[str, Any]) -> Model:
        """Change the words."""
        return services.keep_issuer(row, actor=actor, **data)


issuers = IssuerViewSet("papers_issuers", url_prefix="co-quan-ban-hanh")


def papers_menu() -> MenuItem:
    """Return the menu's items: the register, wordings, number books, the brief."""
    items = [
        RoomItem("papers", _("Register"), "papers_office_register", DRAFT, name="papers-register", icon_name="list-ul", order=10),
        RoomItem("papers", _("Month's brief"), "papers_office_brief", BRIEF, name="papers-brief", icon_name="date", order=20),
        RoomItem("papers", _("Who signs"), "papers_office_signatories", DRAFT, name="papers-signatories", icon_name="user", order=25),
        RoomItem("papers", _("Wordings"), "papers_office_wordings", WORDING, name="papers-wordings", icon_name="edit", order=30),
        RoomItem("papers", _("Issuers and number books"), "papers_office_issuers", WORDING, name="papers-issuers", icon_name="order", order=40),
    ]
    return SubmenuMenuItem(_("Official papers"), Menu(items=items), name="papers", icon_name="doc-full", order=500)


hooks.register("register_admin_urls", office_urls)
hooks.register("register_admin_menu_item", papers_menu)


@hooks.register("register_admin_viewset")  # type: ignore[untyped-decorator]
def register_issuers() -> IssuerViewSet:
    """Put the issuers' pages into the back office; the menu leads to them through the number books."""
    return issuers
