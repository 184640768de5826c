"""The back office's first page: what waits today, and the work that comes often."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.templatetags.static import static
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail.admin.ui.components import Component

from liengia.core import rooms
from liengia.people import menu, policies


@dataclass(frozen=True, slots=True)
class Often:
    """Work that comes often: shown to whoever holds the capability, while its room is on for them."""

    room: str
    capability: str
    url_name: str
    title: str | Promise
    what: str | Promise
    order: int = 100


_often: list[Often] = []


def register_often(one: Often) -> None:
    """Add a link; called from `AppConfig.ready` of the room to which it leads."""
    if one not in _often:
        _often.append(one)


for _one in (
    Often("people", "people.duty", "people:posts", _("Duty rota"), _("Who is on duty, handover, the shift's log"), 10),
    Often("people", "people.accounts", "people_office_accounts", _("Accounts"), _("Make, give a role, unlock, close"), 20),
    Often("people", "people.households", "people:households", _("Households"), _("Addresses, phones, kit"), 30),
    Often("organisations", "organisations.keep", "organisations:index", _("Institutions"), _("Committees, meetings, tasks, agreements"), 40),
    Often("audit", "audit.read", "audit:index", _("Audit log"), _("Who did what, and when"), 90),
):
    register_often(_one)


class Home(Component):  # type: ignore[misc]
    """Says what waits and leads to what comes often."""

    name = "today"
    order = 10
    template_name = "people/office/home.html"

    def get_context_data(self, parent_context: Any = None) -> dict[str, Any]:
        """Gather both for the reader."""
        user = parent_context["request"].user
        return {"chores": menu.today(user), "links": list(self._links(user))}

    @staticmethod
    def _links(user: Any) -> Any:
        seen: set[str] = set()
        for one in sorted(_often, key=lambda often: often.order):
            if not rooms.is_on_for(one.room, user) or not policies.can(user, one.capability):
                continue
            url = reverse(one.url_name)
            if url not in seen:
                seen.add(url)
                yield {"url": url, "title": one.title, "what": one.what}


def put_home(request: Any, panels: list[Any]) -> None:
    """Put our panel in place of Wagtail's, which speak of pages alone, where there is something of ours to say."""
    panels.insert(0, Home())


def drop_foreign_help(request: Any, items: list[Any]) -> None:
    """Leave out the links to pages of Wagtail's makers: they are in English and about the software."""
    items[:] = [one for one in items if "wagtail.org" not in str(one.url)]


def stylesheet() -> SafeString:
    """Bring the office's look to each of its pages."""
    return format_html('<link rel="stylesheet" href="{}">', static("people/office.css"))


def script() -> SafeString:
    """Name what Wagtail leaves without a name."""
    return format_html(
        '<script src="{}" data-search="{}" data-files="{}" data-tags="{}"></script>',
        static("people/office.js"), gettext("Search in the menu"), gettext("Choose files"), gettext("Tags"),
    )  # fmt: skip
