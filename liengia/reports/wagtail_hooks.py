"""The room's part of the back office: reports, targets, sizes of units, the safety register and its criteria."""

from __future__ import annotations

from typing import Any

from django.db.models import Model, QuerySet
from django.urls import URLPattern, path
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import Menu, MenuItem, SubmenuMenuItem

from liengia.audit.office import Column, OfficeViewSet
from liengia.core.actor import Actor
from liengia.people import policies as people
from liengia.people.admin import RoomItem
from liengia.reports import safety
from liengia.reports.capabilities import SAFETY, WRITE
from liengia.reports.models import SafetyCriterion
from liengia.reports.views import office, records


def office_urls() -> list[URLPattern]:
    """Return the addresses of the office's pages."""
    one = "bao-cao/<slug:public_id>/"
    return [
        path("bao-cao/", office.reports, name="reports_office"),
        path("bao-cao/moi/", office.begin, name="reports_office_begin"),
        path("bao-cao/chi-tieu/", records.targets, name="reports_office_targets"),
        path("bao-cao/chi-tieu/<int:pk>/bo/", records.drop_target, name="reports_office_drop_target"),
        path("bao-cao/so-ho/", records.sizes, name="reports_office_sizes"),
        path("bao-cao/an-toan/", records.register, name="reports_office_safety"),
        path("bao-cao/an-toan/<slug:public_id>/", records.registration, name="reports_office_registration"),
        path(one, office.report, name="reports_office_report"),
        path(f"{one}dem-lai/", office.recount, name="reports_office_recount"),
        path(f"{one}bo/", office.discard, name="reports_office_discard"),
        path(f"{one}cong-bo/", office.publish, name="reports_office_publish"),
        path(f"{one}van-ban/", office.paper, name="reports_office_paper"),
        path(f"{one}dinh-chinh/", office.correct, name="reports_office_correct"),
        path(f"{one}so-lieu/<str:code>/", office.figure, name="reports_office_figure"),
        path(f"{one}<slug:name>.pdf", office.file, name="reports_office_file"),
    ]


class CriterionViewSet(OfficeViewSet):
    """The criteria of the safety standard, with their years and sources."""

    model = SafetyCriterion
    icon = "list-ol"
    menu_label = _("Criteria of safety")
    form_fields = ["kind", "number", "text", "first_year", "last_year", "source"]
    inspect_view_enabled = False
    list_display = ["__str__", Column("kind", label=_("for"), accessor="get_kind_display"), Column("first_year", label=_("from the year"), accessor="first_year")]

    def visible(self, rows: QuerySet[Any], user: Any) -> QuerySet[Any]:
        """Criteria are the same for all."""
        return rows if people.can(user, SAFETY) else rows.none()

    def create(self, actor: Actor, data: dict[str, Any]) -> Model:
        """Enter."""
        return safety.keep_criterion(SafetyCriterion(**data), actor=actor)

    def change(self, actor: Actor, row: SafetyCriterion, data: dict[str, Any]) -> Model:
        """Change."""
        for name, value in data.items():
            setattr(row, name, value)
        return safety.keep_criterion(row, actor=actor)


criteria = CriterionViewSet("reports_criteria", url_prefix="tieu-chi-an-toan")


def reports_menu() -> MenuItem:
    """Return the menu's items."""
    items = [
        RoomItem("reports", _("Reports"), "reports_office", WRITE, name="reports-list", icon_name="doc-full-inverse", order=10),
        RoomItem("reports", _("Targets"), "reports_office_targets", WRITE, name="reports-targets", icon_name="tick-inverse", order=20),
        RoomItem("reports", _("Households of units"), "reports_office_sizes", WRITE, name="reports-sizes", icon_name="group", order=30),
        RoomItem("reports", _("Safety register"), "reports_office_safety", SAFETY, name="reports-safety", icon_name="list-ul", order=40),
    ]
    return SubmenuMenuItem(_("Reports to the people"), Menu(items=items), name="people-reports", icon_name="doc-full-inverse", order=520)


hooks.register("register_admin_urls", office_urls)
hooks.register("register_admin_menu_item", reports_menu)


@hooks.register("register_admin_viewset")  # type: ignore[untyped-decorator]
def register_criteria() -> CriterionViewSet:
    """Put the criteria's pages into the back office."""
    return criteria
