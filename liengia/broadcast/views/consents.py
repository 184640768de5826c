"""Consent to SMS, calls and e-mail, by whoever gets them; letters are also ended by the link in each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from django.conf import settings
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from liengia.broadcast import channels
from liengia.broadcast.channels import consent
from liengia.broadcast.channels.accounts import Accounts
from liengia.broadcast.consent_forms import ConsentForm
from liengia.broadcast.services import consents
from liengia.core.actor import Actor
from liengia.core.errors import DomainError
from liengia.people.models import User
from liengia.people.policies import public, signed_in


def phone_urls() -> list[URLPattern]:
    """Return the address of the page."""
    return [path("nha/nhan-tin/", mine, name="consents")]


@signed_in
@never_cache
@require_http_methods(["GET", "POST"])
def mine(request: HttpRequest) -> HttpResponse:
    """Show what the reader wants by which channel, and change it."""
    assert isinstance(request.user, User)
    standing = consents.standing(request.user)
    form = ConsentForm(standing, _offered(standing), request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid() and _kept(form, request.user):
        messages.success(request, _("Kept. What you no longer want does not come from now on."))
        return redirect("broadcast:consents")
    return render(request, "broadcast/consents/mine.html", {"form": form, "account": request.user, "unset": _unset(request.user)})


@public
@csrf_exempt  # mail programs press for their reader (RFC 8058): the signed token is what allows it, and ending is all that it does
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def end(request: HttpRequest, token: str) -> HttpResponse:
    """Ask whether letters are to end, and end them; a program that only opens the link ends nothing."""
    if request.method == "POST":
        consents.end_by_token(token)
        return render(request, "broadcast/email/end.html", {"is_ended": True})
    user = consents.holder_by_token(token)
    return render(request, "broadcast/email/end.html", {"is_ended": "email" not in consents.standing(user)})


def _offered(standing: Mapping[str, Sequence[str]]) -> list[str]:
    """Return the channels that stand on the page: those of this installation, and what somebody agreed to before."""
    return [name for name in consents.CHANNELS if channels.get(name) and (name != "email" or settings.MAIL_SERVER or name in standing)]


def _unset(user: User) -> list[str]:
    """Return the channels by which nothing goes to somebody yet, because nobody has set them up for the unit in which they live or work."""
    place = consent.places([user]).get(user.pk)
    return [name for name in consents.CHANNELS if not (settings.MAIL_SERVER if name == "email" else place and Accounts(name).of(place))]


def _kept(form: ConsentForm, user: User) -> bool:
    try:
        with transaction.atomic():
            for channel, kinds in form.cleaned_data.items():
                consents.set_consent(user, channel, kinds, actor=Actor.of(user))
    except DomainError as error:
        form.add_error(str(error.data.get("field") or "") or None, str(error))
        return False
    return True
