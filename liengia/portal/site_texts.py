"""Sections of plain pages that come with the platform: in both languages, and true to what this version does.

Editors place, order and surround them, and write their own sections between; they do not rewrite them, since a privacy
page that says something else than the software does would be a lie. A section of a room that is off shows nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True, slots=True)
class Section:
    """One section: its word in the editor, its template, the room without which it is not shown."""

    label: str | Promise
    template: str
    room: str = ""
    is_required_on: str = ""


def _of(name: str, label: str | Promise, room: str = "", is_required_on: str = "") -> tuple[str, Section]:
    return name, Section(label, f"portal/texts/{name}.html", room, is_required_on)


SECTIONS: Final[dict[str, Section]] = dict(
    [
        _of("not_an_alarm", _("About: what it is not"), is_required_on="gioi-thieu"),
        _of("groups", _("About: the inter-family group"), "alarms"),
        _of("counting", _("About: how the figures are counted"), is_required_on="gioi-thieu"),
        _of("reading", _("Privacy: when you only read"), is_required_on="quyen-rieng-tu"),
        _of("never_stored", _("Privacy: what is never stored"), is_required_on="quyen-rieng-tu"),
        _of("house", _("Privacy: when your house is in a group"), "alarms", "quyen-rieng-tu"),
        _of("opinions", _("Privacy: when you send an opinion"), "opinions", "quyen-rieng-tu"),
        _of("pictures", _("Privacy: pictures and names in articles"), is_required_on="quyen-rieng-tu"),
        _of("rights", _("Privacy: your rights"), is_required_on="quyen-rieng-tu"),
        _of("easy", _("Accessibility: what you can do")),
        _of("standard", _("Accessibility: standard, and what does not work well")),
    ]
)


# Pages that every installation has, at the top of the area: menus and forms lead to them.
FIXED_PAGES: Final = frozenset({"gioi-thieu", "quyen-rieng-tu", "tro-nang"})


def choices() -> list[tuple[str, Any]]:
    """Return the sections for the editor's choice."""
    return [(name, section.label) for name, section in SECTIONS.items()]


def missing(slug: str, names: set[str]) -> list[str]:
    """Return the words of the sections that a page with this address must keep and does not."""
    return [str(one.label) for name, one in SECTIONS.items() if one.is_required_on == slug and name not in names]
