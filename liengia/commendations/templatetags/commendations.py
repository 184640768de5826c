"""Amounts of money and counts of who is commended, in templates."""

from __future__ import annotations

from django import template

from liengia.commendations import queries
from liengia.commendations.money import money_words

register = template.Library()


@register.filter
def vnd(amount: int) -> str:
    """Return an amount as it is written here: 2.340.000."""
    return money_words(amount)


@register.filter
def counted(counts: queries.Counts) -> str:
    """Return "29 collectives, 268 individuals"."""
    return queries.list_words(counts)


@register.filter
def tail(code: str) -> str:
    """Return the last four signs of a code: enough to see that a paper is not another one, too few to look it up."""
    return code.rpartition("-")[2]
