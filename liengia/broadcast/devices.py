"""The name of a browser and its system in plain words, for a list that its owner reads."""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext as _

# The more special first: most call themselves Chrome and Safari as well.
_BROWSERS: Final = (
    ("Zalo", "Zalo"), ("coc_coc_browser", "Cốc Cốc"), ("SamsungBrowser", "Samsung Internet"), ("Edg", "Edge"), ("OPR", "Opera"),
    ("Firefox", "Firefox"), ("FxiOS", "Firefox"), ("CriOS", "Chrome"), ("Chrome", "Chrome"), ("Safari", "Safari"),
)  # fmt: skip
_SYSTEMS: Final = (("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad"), ("Windows", "Windows"), ("Mac OS X", "Mac"), ("Linux", "Linux"))


def name_of(agent: str) -> str:
    """Return for example "Chrome on Android"; nothing else of what a browser says of itself is kept."""
    agent = agent[:400]
    browser = next((words for mark, words in _BROWSERS if mark in agent), "")
    system = next((words for mark, words in _SYSTEMS if mark in agent), "")
    if browser and system:
        return _("%(browser)s on %(system)s") % {"browser": browser, "system": system}
    return browser or system or _("A browser")
