"""What the sign-in pages show besides allauth's own data."""

from __future__ import annotations

from django import template
from django.conf import settings
from django.http import HttpRequest
from django.template.context import RequestContext

from liengia.env import is_loopback
from liengia.people import demo_logins as demonstration
from liengia.people.models import BoundPhone
from liengia.people.views.joining import phone_of

register = template.Library()


@register.simple_tag(takes_context=True)
def bound_phone(context: RequestContext) -> BoundPhone | None:
    """Return the bound phone that this browser is."""
    request = context.get("request")
    return phone_of(request) if isinstance(request, HttpRequest) else None


@register.simple_tag(takes_context=True)
def demo_logins(context: RequestContext) -> list[demonstration.Shown]:
    """Return the demonstration's logins with their codes of this moment; only on the machine itself."""
    request = context.get("request")
    if not settings.DEMO or not isinstance(request, HttpRequest):
        return []
    here = is_loopback(settings.HOST) and is_loopback(request.META.get("REMOTE_ADDR", ""))
    return demonstration.shown() if here else []
