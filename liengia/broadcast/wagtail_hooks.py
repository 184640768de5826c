"""The room's part of the back office: bulletins, ready texts, channels, the month's page."""

from __future__ import annotations

from django.templatetags.static import static
from django.urls import URLPattern
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import Menu, MenuItem, SubmenuMenuItem

from liengia.broadcast.capabilities import APPROVE, CONFIGURE, POST, SEND_ALONE, WRITE
from liengia.broadcast.menus_zalo import office_items
from liengia.broadcast.views import accounts, feeds, loudspeakers, office, reach, texts, zalo_office
from liengia.people.admin import RoomItem


def office_urls() -> list[URLPattern]:
    """Return the addresses of the office's pages; those with a fixed word stand before those with a bulletin's id."""
    return [*texts.office_urls(), *reach.office_urls(), *zalo_office.office_urls(), *accounts.office_urls(), *feeds.office_urls(), *loudspeakers.office_urls(), *office.office_urls()]


def broadcast_menu() -> MenuItem:
    """Return the menu's items."""
    items = [
        RoomItem("broadcast", _("Bulletins"), "broadcast_office_register", WRITE, APPROVE, SEND_ALONE, POST, name="bulletins", icon_name="list-ul", order=10),
        RoomItem("broadcast", _("Ready texts"), "broadcast_office_texts", WRITE, name="bulletins-texts", icon_name="copy", order=30),
        RoomItem("broadcast", _("Loudspeakers"), "broadcast_office_clusters", WRITE, POST, CONFIGURE, name="bulletins-loudspeakers", icon_name="media", order=35),
        RoomItem("broadcast", _("Month of the commune's voice"), "broadcast_office_month", WRITE, APPROVE, name="bulletins-month", icon_name="date", order=40),
        RoomItem("broadcast", _("Outside warnings"), "broadcast_office_feeds", CONFIGURE, name="bulletins-feeds", icon_name="download", order=80),
        RoomItem("broadcast", _("Quiet hours and limits"), "broadcast_office_rules", CONFIGURE, name="bulletins-rules", icon_name="cog", order=90),
        *office_items(),
    ]
    return SubmenuMenuItem(_("Bulletins"), Menu(items=items), name="broadcast", icon_name="mail", order=450)


def office_style() -> SafeString:
    """Return the link to this room's style."""
    return format_html('<link rel="stylesheet" href="{}">', static("broadcast/office.css"))


hooks.register("register_admin_urls", office_urls)
hooks.register("register_admin_menu_item", broadcast_menu)
hooks.register("insert_global_admin_css", office_style)
