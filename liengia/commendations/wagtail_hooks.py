"""The room's part of the back office: rounds, the honour register, layouts, the dated tables."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.db.models import Model, QuerySet
from django.urls import URLPattern, path
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import Menu, MenuItem, SubmenuMenuItem

from liengia.audit.office import Column, OfficeViewSet
from liengia.commendations import services
from liengia.commendations.capabilities import COUNCIL, DECIDE, KEEP, TABLES
from liengia.commendations.models import BaseSalary, DecisionRight, RewardRate
from liengia.commendations.table_forms import RateForm, RightForm, SalaryForm
from liengia.commendations.views import certificates, council, layouts, lists, nominations, rounds
from liengia.core.actor import Actor
from liengia.people import policies as people
from liengia.people.admin import RoomItem

BASE = "khen-thuong/"
ROUND, ONE, SESSION, SIGNED, PAPER = (f"{BASE}{name}/<slug:public_id>/" for name in ("dot", "de-nghi", "hop", "quyet-dinh", "giay"))


def office_urls() -> list[URLPattern]:
    """Return the addresses of the office's pages."""
    return [
        path(BASE, rounds.rounds, name="commendations_office_rounds"),
        path(f"{BASE}moi/", rounds.new, name="commendations_office_new"),
        path(f"{BASE}so-vang/", lists.register, name="commendations_office_register"),
        path(f"{BASE}mau.xlsx", lists.template, name="commendations_office_template"),
        path(f"{BASE}mau-in/", layouts.layouts, name="commendations_office_layouts"),
        path(f"{BASE}mau-in/<slug:public_id>/", layouts.layout, name="commendations_office_layout"),
        path(f"{BASE}mau-in/<slug:public_id>/chinh-may-in.pdf", layouts.sheet, name="commendations_office_calibration"),
        path(ROUND, rounds.round_page, name="commendations_office_round"),
        path(f"{ROUND}sua/", rounds.edit, name="commendations_office_edit"),
        path(f"{ROUND}trinh/", rounds.submit, name="commendations_office_submit"),
        path(f"{ROUND}ky/", rounds.decide, name="commendations_office_decide"),
        path(f"{ROUND}them/", nominations.new, name="commendations_office_nominate"),
        path(f"{ROUND}nhap/", lists.upload, name="commendations_office_upload"),
        path(f"{ROUND}hop/", council.new, name="commendations_office_session_new"),
        path(f"{ROUND}danh-sach.<slug:ending>", lists.export, name="commendations_office_export"),
        *(path(f"{ROUND}{verb}/", rounds.act, {"verb": verb}, name=f"commendations_office_round_{verb}") for verb in rounds.ACTS),
        path(f"{BASE}nhap/<slug:public_id>/", lists.watch, name="commendations_office_import"),
        path(f"{BASE}nhap/<slug:public_id>/luu/", lists.confirm, name="commendations_office_confirm"),
        path(f"{BASE}nhap/<slug:public_id>/bo/", lists.discard, name="commendations_office_import_discard"),
        path(ONE, nominations.nomination, name="commendations_office_nomination"),
        path(f"{ONE}sua/", nominations.edit, name="commendations_office_nomination_edit"),
        path(f"{ONE}tep/<int:key>/", nominations.evidence, name="commendations_office_evidence"),
        path(f"{ONE}tep/<int:key>/bo/", nominations.remove_evidence, name="commendations_office_evidence_remove"),
        *(path(f"{ONE}{verb}/", nominations.act, {"verb": verb}, name=f"commendations_office_nomination_{verb}") for verb in nominations.ACTS),
        path(SESSION, council.session, name="commendations_office_session"),
        path(f"{SESSION}phieu/", council.vote, name="commendations_office_vote"),
        path(f"{SESSION}ket-thuc/", council.conclude, name="commendations_office_conclude"),
        path(SIGNED, certificates.decision, name="commendations_office_decision"),
        path(f"{SIGNED}in/", certificates.printing, name="commendations_office_print"),
        path(f"{SIGNED}trao/", certificates.hand_over, name="commendations_office_hand_over"),
        path(f"{SIGNED}<slug:what>.pdf", certificates.paper, name="commendations_office_paper"),
        *(path(f"{SIGNED}{verb}/", certificates.decision_act, {"verb": verb}, name=f"commendations_office_decision_{verb}") for verb in certificates.DECISION_ACTS),
        path(PAPER, certificates.certificate, name="commendations_office_certificate"),
        *(path(f"{PAPER}{verb}/", certificates.act, {"verb": verb}, name=f"commendations_office_certificate_{verb}") for verb in certificates.ACTS),
    ]


class _Dated(OfficeViewSet):
    """A dated table; all may read who keep it, since it holds for the whole installation."""

    icon = "date"
    inspect_view_enabled = False
    add_form: ClassVar[type[forms.ModelForm[Any]]]
    _when = [Column("valid_from", label=_("holds from"), accessor="valid_from"), Column("valid_to", label=_("holds until"), accessor="valid_to")]
    _said = [Column("source", label=_("source"), accessor="source"), Column("is_unsure", label=_("text of the law"), accessor="unsure_words")]

    def get_form_class(self, for_update: bool = False) -> type[forms.ModelForm[Any]]:
        """Return the room's own form: amounts and days as an office writes them."""
        return self.add_form

    def visible(self, rows: QuerySet[Any], user: Any) -> QuerySet[Any]:
        """All rows, for who keeps the tables."""
        return rows if people.can(user, TABLES) else rows.none()

    def create(self, actor: Actor, data: dict[str, Any]) -> Model:
        """Enter."""
        return services.keep_row(self.model(**data), actor=actor)

    def change(self, actor: Actor, row: Any, data: dict[str, Any]) -> Model:
        """Change."""
        return services.keep_row(row, actor=actor, **data)


class SalaryViewSet(_Dated):
    """Base salaries."""

    model = BaseSalary
    menu_label = _("Base salaries")
    add_form = SalaryForm
    list_display = [Column("amount_vnd", label=_("dong a month"), accessor="amount_vnd"), *_Dated._when, *_Dated._said]


class RateViewSet(_Dated):
    """Rates of reward money."""

    model = RewardRate
    menu_label = _("Rates of reward money")
    add_form = RateForm
    list_display = ["__str__", Column("rounding", label=_("rounded"), accessor="get_rounding_display"), *_Dated._when, *_Dated._said]


class RightViewSet(_Dated):
    """Rights to decide."""

    model = DecisionRight
    menu_label = _("Rights to decide")
    add_form = RightForm
    list_display = ["__str__", *_Dated._when, *_Dated._said]


TABLES_PAGES = (
    SalaryViewSet("commendations_salaries", url_prefix="khen-thuong/luong-co-so"),
    RateViewSet("commendations_rates", url_prefix="khen-thuong/tien-thuong"),
    RightViewSet("commendations_rights", url_prefix="khen-thuong/tham-quyen"),
)


def commendations_menu() -> MenuItem:
    """Return the menu's items: rounds, the honour register, layouts, the dated tables."""
    items = [
        RoomItem("commendations", _("Rounds"), "commendations_office_rounds", KEEP, COUNCIL, DECIDE, name="commendations-rounds", icon_name="list-ul", order=10),
        RoomItem("commendations", _("Honour register"), "commendations_office_register", KEEP, name="commendations-register", icon_name="openquote", order=20),
        RoomItem("commendations", _("Layouts of paper"), "commendations_office_layouts", KEEP, name="commendations-layouts", icon_name="doc-empty", order=30),
        RoomItem("commendations", _("Base salaries"), "commendations_salaries:index", TABLES, name="commendations-salaries", icon_name="date", order=40),
        RoomItem("commendations", _("Rates of reward money"), "commendations_rates:index", TABLES, name="commendations-rates", icon_name="date", order=50),
        RoomItem("commendations", _("Rights to decide"), "commendations_rights:index", TABLES, name="commendations-rights", icon_name="date", order=60),
    ]
    return SubmenuMenuItem(_("Commendations"), Menu(items=items), name="commendations", icon_name="pick", order=510)


hooks.register("register_admin_urls", office_urls)
hooks.register("register_admin_menu_item", commendations_menu)


@hooks.register("register_admin_viewset")  # type: ignore[untyped-decorator]
def register_tables() -> tuple[OfficeViewSet, ...]:
    """Put the dated tables' pages into the back office."""
    return TABLES_PAGES
