"""The room's part of the back office: keys of programs."""

from __future__ import annotations

from django.http import HttpRequest
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem

from liengia.api.capabilities import KEYS
from liengia.api.views import office
from liengia.core import rooms
from liengia.people import policies as people


def office_urls() -> list[URLPattern]:
    """Return the addresses of the keys."""
    return [
        path("khoa-chuong-trinh/", office.keys, name="api_office_keys"),
        path("khoa-chuong-trinh/<slug:public_id>/thu-hoi/", office.revoke, name="api_office_revoke"),
    ]


class KeysItem(MenuItem):
    """The menu's word, for those who give keys."""

    def is_shown(self, request: HttpRequest) -> bool:
        """Ask for the capability."""
        return rooms.is_on("api") and rooms.is_on("opinions") and people.can(request.user, KEYS)


def keys_item() -> MenuItem:
    """Return the menu's item."""
    return KeysItem(_("Keys of programs"), reverse("api_office_keys"), name="api-keys", icon_name="key", order=720)


hooks.register("register_admin_urls", office_urls)
hooks.register("register_admin_menu_item", keys_item)
