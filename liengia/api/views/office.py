"""Keys of programs in the back office."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from liengia.api import services
from liengia.api.capabilities import KEYS
from liengia.api.forms import KeyForm
from liengia.api.models import ApiKey
from liengia.core.actor import Actor
from liengia.core.errors import Refused
from liengia.people.models import User
from liengia.people.policies import requires
from liengia.units import scope


def _actor(request: HttpRequest) -> Actor:
    assert isinstance(request.user, User)
    return Actor.of(request.user)


@requires(KEYS)
@never_cache
@require_http_methods(["GET", "POST"])
def keys(request: HttpRequest) -> HttpResponse:
    """List the keys of the reader's communes; a new one is shown this once."""
    mine = scope.units_for(request.user, KEYS)
    form = KeyForm(request.POST or None)
    form.fields["unit"].queryset = mine.current().communes().order_by("code")  # type: ignore[attr-defined]
    secret = ""
    if form.is_valid():
        _key, secret = services.mint_key(form.cleaned_data["unit"], name=form.cleaned_data["name"], actor=_actor(request))
    rows = ApiKey.objects.filter(unit__in=mine).select_related("unit", "made_by")
    context = {"form": form, "rows": rows, "secret": secret, "is_open": settings.OPEN311_POST}
    return render(request, "api/office/keys.html", context)


@requires(KEYS)
@require_POST
def revoke(request: HttpRequest, public_id: str) -> HttpResponse:
    """Take a key away."""
    key = get_object_or_404(ApiKey, public_id=public_id, unit__in=scope.units_for(request.user, KEYS))
    try:
        services.revoke_key(key, actor=_actor(request))
        messages.success(request, _("The key is revoked. Programs that hold it are refused from now on."))
    except Refused as error:
        messages.error(request, str(error))
    return redirect("api_office_keys")
