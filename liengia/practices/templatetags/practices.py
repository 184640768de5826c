"""Practices in templates: numbers in groups, texts in which a dash begins a step."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django import template
from django.forms import BoundField
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from liengia.core import counts
from liengia.units.choices import label
from liengia.units.models import Unit

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


@dataclass(frozen=True, slots=True)
class ChoiceGroup:
    """Choices under one heading, as a template prints them; `chosen` tells whether one of them is ticked."""

    title: str
    options: list[dict[str, Any]]

    @property
    def chosen(self) -> bool:
        """Tell whether one is ticked."""
        return any(one["selected"] for one in self.options)


@register.filter
def choice_groups(field: BoundField) -> list[ChoiceGroup]:
    """Return the choices of a field of tick boxes by their headings; Django's own template has none for them."""
    value = field.value()
    chosen = {str(getattr(one, "pk", one)) for one in (value if isinstance(value, Iterable) and not isinstance(value, str) else ())}
    widget: Any = field.field.widget
    return [ChoiceGroup(str(title or ""), options) for title, options, _index in widget.optgroups(field.html_name, sorted(chosen))]


@register.filter
def unit_label(unit: Unit) -> str:
    """Return a unit so that no two look alike, wherever they belong: "Ấp 1 (Tân Chánh cũ), xã Cần Đước"."""
    return label(unit)
