"""The back office's first page: what waits today, and the work that comes often."""

from __future__ import annotations

from typing import Any

from django.templatetags.static import static
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail.admin.ui.components import Component

from liengia.core import rooms
from liengia.people import menu, policies

# Capability, address, what it is called, what one does there; shown to whoever holds the capability.
OFTEN = (
    ("people.duty", "people:posts", _("Duty rota"), _("Who is on duty, handover, the shift's log")),
    ("people.accounts", "people_office_accounts", _("Accounts"), _("Make, give a role, unlock, close")),
    ("people.households", "people:households", _("Households"), _("Addresses, phones, kit")),
    ("organisations.keep", "organisations:index", _("Institutions"), _("Committees, meetings, tasks, agreements")),
    ("audit.read", "audit:index", _("Audit log"), _("Who did what, and when")),
)


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
        for capability, name, title, what in OFTEN:
            room = name.partition(":")[0]
            if room == "organisations" and not rooms.is_on_for(room, user):
                continue
            url = reverse(name)
            if url not in seen and policies.can(user, capability):
                seen.add(url)
                yield {"url": url, "title": title, "what": what}


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
    """Name the side bar's search on each page."""
    return format_html('<script src="{}" data-search="{}"></script>', static("people/office.js"), gettext("Search in the menu"))
