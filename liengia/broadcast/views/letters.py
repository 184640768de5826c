"""Letters: asked for on the account's page of messages, ended from there or by the link in each letter."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST

from liengia.broadcast.services import letters
from liengia.core.actor import Actor
from liengia.core.errors import Invalid, NotFound
from liengia.people.models import User
from liengia.people.policies import public, signed_in


@signed_in
@require_POST
def choose(request: HttpRequest) -> HttpResponse:
    """Keep which kinds of bulletins come by e-mail."""
    user = request.user
    if not isinstance(user, User):
        raise NotFound("")
    try:
        letters.agree(user, "email", kinds=request.POST.getlist("kinds"), actor=Actor.of(user))
        messages.success(request, _("Saved."))
    except Invalid as error:
        messages.error(request, str(error))
    return redirect("broadcast:push")


@public
@csrf_exempt  # mail programs press for their reader (RFC 8058): the signed token is what allows it, and ending is all that it does
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def end(request: HttpRequest, token: str) -> HttpResponse:
    """Ask whether letters are to end, and end them; a program that only opens the link ends nothing."""
    if request.method == "POST":
        letters.end_by_token(token)
        return render(request, "broadcast/email/end.html", {"is_ended": True})
    consent = letters.by_token(token)
    return render(request, "broadcast/email/end.html", {"is_ended": letters.standing(consent.user, "email") is None})
