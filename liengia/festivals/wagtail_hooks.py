"""The room's part of the back office: seasons, days, pledges."""

from __future__ import annotations

from django.http import HttpRequest
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem

from liengia.core import rooms
from liengia.festivals.capabilities import PLAN
from liengia.festivals.views import office, office_pledges
from liengia.people import policies as people


def office_urls() -> list[URLPattern]:
    """Return the addresses of the office's pages."""
    season, day, pledge = "ngay-hoi/mua/<slug:public_id>/", "ngay-hoi/ngay/<slug:public_id>/", "ngay-hoi/giao-uoc/<slug:public_id>/"
    return [
        path("ngay-hoi/", office.index, name="festivals_office"),
        path("ngay-hoi/mua/moi/", office.season_form, name="festivals_office_new"),
        path(season, office.season, name="festivals_office_season"),
        path(f"{season}sua/", office.season_form, name="festivals_office_season_edit"),
        path(f"{season}giao-uoc-moi/", office_pledges.new, name="festivals_office_new_pledge"),
        path(f"{season}cong-bo/", office.announce, name="festivals_office_announce"),
        path(f"{season}viec/<slug:what>/", office.season_act, name="festivals_office_season_act"),
        path(day, office.day, name="festivals_office_day"),
        path(f"{day}sua/", office.facts, name="festivals_office_facts"),
        path(f"{day}chuong-trinh/", office.programme, name="festivals_office_programme"),
        path(f"{day}dieu-hanh/", office.parade, name="festivals_office_parade"),
        path(f"{day}chuan-bi/", office.things, name="festivals_office_prepared"),
        path(f"{day}khach/", office.guest_list, name="festivals_office_guests"),
        path(f"{day}khach/<slug:guest_id>/<slug:what>/", office.guest_act, name="festivals_office_guest_act"),
        path(f"{day}ban-to-chuc/", office.organising, name="festivals_office_organisers"),
        path(f"{day}da-lam/", office.course, name="festivals_office_course"),
        path(f"{day}viec/hoan/", office.put_off, {"what": "hoan"}, name="festivals_office_postpone"),
        path(f"{day}viec/bai/", office.put_off, {"what": "bai"}, name="festivals_office_cancel"),
        path(f"{day}viec/<slug:what>/", office.act, name="festivals_office_act"),
        path(pledge, office_pledges.pledge, name="festivals_office_pledge"),
        path(f"{pledge}sua/", office_pledges.edit, name="festivals_office_pledge_edit"),
        path(f"{pledge}ket-qua/<slug:at>/", office_pledges.report, name="festivals_office_pledge_report"),
        path(f"{pledge}viec/<slug:what>/", office_pledges.act, name="festivals_office_pledge_act"),
    ]


class FestivalItem(MenuItem):
    """The menu's word, for those who plan."""

    def is_shown(self, request: HttpRequest) -> bool:
        """Ask for the capability, and whether the user's communes have the room."""
        return rooms.is_on_for("festivals", request.user) and people.can(request.user, PLAN)


def menu_item() -> MenuItem:
    """Return the menu's item."""
    return FestivalItem(_("Festival"), reverse("festivals_office"), name="festivals", icon_name="date", order=320)


hooks.register("register_admin_urls", office_urls)
hooks.register("register_admin_menu_item", menu_item)
