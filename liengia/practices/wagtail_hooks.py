"""This room in the back office: its addresses and its menu."""

from __future__ import annotations

from django.urls import URLPattern, path
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import Menu, MenuItem, SubmenuMenuItem

from liengia.people.admin import RoomItem
from liengia.practices.capabilities import CAMPAIGN, DECIDE, EDIT
from liengia.practices.views import campaigns, office


def office_urls() -> list[URLPattern]:
    """Return the addresses of the office's pages."""
    one, held = "mo-hinh/<slug:public_id>/", "mo-hinh/dan-van-kheo/<slug:public_id>/"
    return [
        path("mo-hinh/", office.register, name="practices_office_register"),
        path("mo-hinh/moi/", office.new, name="practices_office_new"),
        path("mo-hinh/nhan-tep/", office.take, name="practices_office_take"),
        path("mo-hinh/nhan-tep/<slug:public_id>/", office.preview, name="practices_office_import"),
        path("mo-hinh/nhan-tep/<slug:public_id>/hien/", office.show_imported, name="practices_office_show_imported"),
        path("mo-hinh/dan-van-kheo/", campaigns.register, name="practices_office_campaigns"),
        path("mo-hinh/dan-van-kheo/moi/", campaigns.new, name="practices_office_campaign_new"),
        path(held, campaigns.campaign, name="practices_office_campaign"),
        path(f"{held}them/<slug:what>/", campaigns.add, name="practices_office_campaign_add"),
        path(f"{held}dong/", campaigns.close, name="practices_office_campaign_close"),
        path(f"{held}<int:key>/<slug:verb>/", campaigns.review, name="practices_office_registration"),
        path(one, office.practice, name="practices_office_practice"),
        path(f"{one}sua/", office.edit, name="practices_office_edit"),
        path(f"{one}nang-cap/", office.revise, name="practices_office_revise"),
        path(f"{one}nhan-rong/", office.replicate, name="practices_office_replicate"),
        path(f"{one}hien/", office.show, name="practices_office_show"),
        path(f"{one}xin-cong-khai/", office.ask, name="practices_office_ask"),
        path(f"{one}mo-hinh.zip", office.export, name="practices_office_export"),
        path(f"{one}bo/<slug:what>/<int:key>/", office.remove, name="practices_office_remove"),
        path(f"{one}lam/<slug:code>/", office.act, name="practices_office_act"),
    ]


def practices_menu() -> MenuItem:
    """Return the menu's items: the register, a file to take in, campaigns."""
    items = [
        RoomItem("practices", _("Register of practices"), "practices_office_register", EDIT, name="practices-register", icon_name="list-ul", order=10),
        RoomItem("practices", _("Take in a file"), "practices_office_take", DECIDE, name="practices-take", icon_name="download", order=20),
        RoomItem("practices", _("“Skilful Mass Mobilisation”"), "practices_office_campaigns", CAMPAIGN, name="practices-campaigns", icon_name="group", order=30),
    ]
    return SubmenuMenuItem(_("Practices"), Menu(items=items), name="practices", icon_name="folder-open-inverse", order=510)


hooks.register("register_admin_urls", office_urls)
hooks.register("register_admin_menu_item", practices_menu)
