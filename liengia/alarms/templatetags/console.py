"""Words and marks that the console's lists need in templates."""

from __future__ import annotations

from django import template

from liengia.alarms.console_words import MODE_ICONS, MODE_TONES, heard_words, seconds_words
from liengia.alarms.models import Incident, Mode
from liengia.core.templatetags.look import duration_words

register = template.Library()


@register.filter
def tone_of_mode(mode: str) -> str:
    """Return red for real, amber for a drill, none for a test."""
    return MODE_TONES[Mode(mode)]


@register.filter
def icon_of_mode(mode: str) -> str:
    """Return the shape that goes with the colour."""
    return MODE_ICONS[Mode(mode)]


@register.filter
def span_to(incident: Incident, moment: str) -> str:
    """Return how long after its opening something happened to an incident."""
    at = getattr(incident, moment)
    return duration_words(at - incident.opened_at) if at else ""


@register.filter
def short_seconds(seconds: float | None) -> str:
    """Return "0,009 s"; nothing when it did not happen."""
    return "" if seconds is None else seconds_words(max(0.0, seconds))


@register.filter
def after_opening(at: object, incident: Incident) -> str:
    """Return how long after the press something was heard, in words."""
    return heard_words((at - incident.opened_at).total_seconds())  # type: ignore[operator]
