"""Words of the leader's pages in templates."""

from __future__ import annotations

from django import template

from liengia.alarms.leader_words import small

register = template.Library()
register.filter("small", small)
