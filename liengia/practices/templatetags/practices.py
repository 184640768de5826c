"""Practices in templates: numbers in groups, texts in which a dash begins a step."""

from __future__ import annotations

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from liengia.core import counts

register = template.Library()


@register.filter
def grouped(number: object) -> str:
    """Return "4.615", as the pages write thousands; nothing for what is no number."""
    return f"{number:,}".replace(",", ".") if isinstance(number, int) else ""


@register.filter
def count_label(code: str) -> str:
    """Return the words of what is counted, also while its room is away."""
    found = counts.get(code)
    return str(found.label) if found is not None else _("a figure of a part that is not here")


@register.filter
def steps(text: str) -> SafeString:
    """Return paragraphs, with lines that begin with a dash as a list; what was typed is escaped."""
    parts: list[SafeString] = []
    items: list[tuple[str]] = []
    for line in [*str(text).splitlines(), ""]:
        row = line.strip()
        if row.startswith(("- ", "– ")):
            items.append((row[2:].strip(),))
            continue
        if items:
            parts.append(format_html("<ul>{}</ul>", format_html_join("", "<li>{}</li>", items)))
            items = []
        if row:
            parts.append(format_html("<p>{}</p>", row))
    return mark_safe("".join(parts))  # noqa: S308  (every part is escaped above)
