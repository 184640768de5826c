"""The room in templates: the lunar date, amounts, moments of a day."""

from __future__ import annotations

from datetime import date, datetime

from django import template
from django.template.defaultfilters import stringfilter

from liengia.core import clock
from liengia.festivals import rows, times

register = template.Library()


@register.filter
def lunar(value: date | datetime | None) -> str:
    """Return the lunar date of a day in words."""
    if value is None:
        return ""
    return times.lunar_words(clock.local(value).date() if isinstance(value, datetime) else value)


@register.filter
def dong(value: int | None) -> str:
    """Return an amount, or a count, with points between thousands."""
    return rows.dong(value)


@register.filter
@stringfilter
def one_line(value: str) -> str:
    """Return text on one line."""
    return " ".join(value.split())
