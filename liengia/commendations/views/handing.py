"""The phone's page of those who hand certificates out: who is next, handed out or absent; with or without a network.

A mark is a state, so that sent twice it is one; "handed out" wins over "absent", whichever of two phones is heard first. What
the page shows can be checked against the paper in the hand: the last four signs of its code. The code itself, and
whoever is commended for the pursuit, are on no phone.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import cache_control, never_cache
from django.views.decorators.http import require_GET, require_POST

from liengia.commendations import policies, services
from liengia.commendations.capabilities import HAND_OUT
from liengia.commendations.certificate_forms import HandedForm
from liengia.commendations.models import Certificate, Decision, HandOver
from liengia.commendations.views.common import me
from liengia.core import clock
from liengia.core.errors import DomainError, Invalid, NotFound, Refused
from liengia.people.policies import public, requires

KEPT: Final = "o-lai"
# The page bears names: a phone keeps it no longer, and `look.js` drops it by how its name begins when somebody signs out.
CACHE, KEPT_DAYS = "rieng-khen-trao", 3
WORKER: Final = settings.BASE_DIR / "static" / "enter-sw.js"
SAYS: Final = {
    "kept": _("It is kept in this phone, and goes by itself when there is a network."),
    "sent": _("Sent."),
    "refused": _("One thing was not taken. It stands below with the reason; nothing else was lost."),
    "signed-out": _("Signing in, or its second step, is asked for again. What you marked waits in this phone: open this page again and follow it."),
}


@requires(HAND_OUT)
@never_cache
@require_GET
def handing(request: HttpRequest) -> HttpResponse:
    """Show who is called, decision by decision; the page that a phone keeps is the same, without offices and addresses."""
    is_kept = request.GET.get(KEPT) == "1"
    rows = policies.to_hand_out(request.user)
    return render(request, "commendations/handing.html", {"decisions": _by_decision(rows), "says": SAYS.items(), "is_kept": is_kept, "today": clock.today()})


def _by_decision(rows: Iterable[Certificate]) -> list[tuple[Decision, list[Certificate], int]]:
    """Return each decision with its certificates and how many are handed out; those that are wholly so come last."""
    found: dict[int, list[Certificate]] = {}
    for one in rows:
        found.setdefault(one.decision_id, []).append(one)
    all_of = [(some[0].decision, some, sum(one.hand_over == HandOver.HANDED for one in some)) for some in found.values()]
    return sorted(all_of, key=lambda one: one[2] == len(one[1]))


@public
@require_GET
@cache_control(no_cache=True)
def worker(request: HttpRequest) -> HttpResponse:
    """Hand out the service worker of this page, with its settings before it; it holds nothing of anybody."""
    home = reverse("commendations:handing")
    config = {"home": home, "kept": f"{home}?{KEPT}=1", "files": settings.STATIC_URL, "also": [], "cache": CACHE, "days": KEPT_DAYS}
    body = f"const CONFIG = {json.dumps(config)};\n{WORKER.read_text(encoding='utf-8')}"
    return HttpResponse(body, content_type="text/javascript; charset=utf-8")


@requires(HAND_OUT)
@never_cache
@require_POST
def mark(request: HttpRequest, public_id: str) -> HttpResponse:
    """Take one mark, at once or after it waited in the phone; a form without a script comes back to the page."""
    found = policies.once_handed_by(request.user).filter(public_id=public_id).first()
    if found is None:
        raise NotFound("")
    is_script = request.headers.get("Accept") == "application/json"
    try:
        _take(found, HandedForm(request.POST), request)
    except DomainError as error:
        if isinstance(error, NotFound) or not is_script:
            raise
        return JsonResponse({"problem": str(error), "code": error.detail_code}, status=422)
    found.refresh_from_db()
    return JsonResponse({"mark": found.hand_over}) if is_script else redirect(_back(request, found))


def _back(request: HttpRequest, found: Certificate) -> str:
    if request.POST.get("ve") == "ma":
        return reverse("commendations:code", args=[found.code])
    return f"{reverse('commendations:handing')}#g-{found.public_id}"


def _take(found: Certificate, form: HandedForm, request: HttpRequest) -> None:
    if not form.is_valid():
        raise Invalid(" ".join(str(words) for lines in form.errors.values() for words in lines), code="bad_form")
    if not policies.may_mark(request.user, found):
        raise Refused(_("It was replaced or revoked meanwhile, or decided long ago: tell the office, which marks it."), code="not_now")
    data = form.cleaned_data
    services.mark_one(found, mark=data["mark"], age_s=data["age_s"] or 0.0, taken_by=data["taken_by"], actor=me(request))
