"""The head of a table's column, for narrow screens that show each cell with it."""

from __future__ import annotations

from typing import Any

from django import template

from liengia.reports import drawing

register = template.Library()


@register.simple_tag
def cell_head(table: dict[str, Any], column: int) -> str:
    """Return the head of a column; empty where there is none."""
    heads = table["head"]
    return str(heads[column]) if column < len(heads) else ""


@register.filter
def added(amount: float) -> str:
    """Return what a record adds to a number, as numbers of reports are written."""
    return drawing.shown(amount)
