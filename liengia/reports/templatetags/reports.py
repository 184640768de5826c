"""The head of a table's column, for narrow screens that show each cell with it."""

from __future__ import annotations

from typing import Any

from django import template

register = template.Library()


@register.simple_tag
def cell_head(table: dict[str, Any], column: int) -> str:
    """Return the head of a column; empty where there is none."""
    heads = table["head"]
    return str(heads[column]) if column < len(heads) else ""
