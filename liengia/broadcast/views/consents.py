"""Consent to SMS, calls and e-mail, by whoever gets them."""

from __future__ import annotations

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from liengia.broadcast import channels
from liengia.broadcast.consent_forms import ConsentForm
from liengia.broadcast.services import consents
from liengia.core.actor import Actor
from liengia.core.errors import DomainError
from liengia.people.models import User
from liengia.people.policies import signed_in


def phone_urls() -> list[URLPattern]:
    """Return the address of the page."""
    return [path("nha/nhan-tin/", mine, name="consents")]


@signed_in
@never_cache
@require_http_methods(["GET", "POST"])
def mine(request: HttpRequest) -> HttpResponse:
    """Show what the reader wants by which channel, and change it."""
    assert isinstance(request.user, User)
    form = ConsentForm(consents.standing(request.user), request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid() and _kept(form, request.user):
        messages.success(request, _("Kept. What you no longer want does not come from now on."))
        return redirect("broadcast:consents")
    context = {"form": form, "account": request.user, "offered": [name for name in consents.CHANNELS if channels.get(name)]}
    return render(request, "broadcast/consents/mine.html", context)


def _kept(form: ConsentForm, user: User) -> bool:
    try:
        with transaction.atomic():
            for channel in consents.CHANNELS:
                consents.set_consent(user, channel, form.cleaned_data[channel], actor=Actor.of(user))
    except DomainError as error:
        form.add_error(str(error.data.get("field") or "") or None, str(error))
        return False
    return True
