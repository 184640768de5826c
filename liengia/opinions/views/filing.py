"""Filing from the web: the form, and the slip that follows. Nothing is put into a session, an address or a log."""

from __future__ import annotations

import base64
from datetime import timedelta
from typing import Any, Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from liengia.broadcast import complaints
from liengia.core.errors import Invalid
from liengia.core.limits import Limiter
from liengia.core.pdf import qr_svg
from liengia.opinions import codes, queries, services, subjects
from liengia.opinions.forms import OpinionForm, new_ticket
from liengia.opinions.models import HeldPhoto, Opinion
from liengia.opinions.views.public import chosen
from liengia.people.policies import public
from liengia.units.models import Unit

# A village café is one address: generous. It stops a script, not a person.
filing_limit = Limiter(most=40, per=timedelta(hours=1))
alike_limit = Limiter(most=60, per=timedelta(minutes=10))
LEAST_WORDS: Final = 4


def _form(request: HttpRequest, commune: Unit) -> OpinionForm:
    facts: dict[str, Any] = {"commune": commune, "rules": services.rules_of(commune), "hamlets": queries.hamlets(commune)}
    if request.method == "POST":
        data = request.POST.copy()
        return OpinionForm(data, request.FILES, **facts)
    key = subjects.known(request.GET.get(subjects.PARAMETER, ""))
    about = f"{subjects.words_of(key)}\n" if key else ""
    return OpinionForm(initial={"ticket": new_ticket(), "text": about, "about": key, **_loudspeaker(request, facts["hamlets"])}, **facts)


def _loudspeaker(request: HttpRequest, hamlets: Any) -> dict[str, Any]:
    """Fill in the loudspeaker that a complaint is about (the sticker under it leads here)."""
    place = complaints.place_of(request.GET.get("loa", "")[:10])
    if place is None:
        return {}
    words, unit = place
    return {"place_words": _("Loudspeaker: %(place)s") % {"place": words}, **({"hamlet": unit} if any(one.pk == unit for one in hamlets) else {})}


def _page(request: HttpRequest, form: OpinionForm, held: list[HeldPhoto]) -> HttpResponse:
    text, place = str(form.data.get("text", "")), str(form.data.get("place_words", ""))
    context = {
        "form": form,
        "commune": form.commune,
        "rules": form.rules,
        "duty_phone": queries.duty_phone(form.commune),
        "held": [(one.pk, f"data:image/webp;base64,{base64.b64encode(bytes(one.data or b'')).decode()}") for one in held],
        "alike": queries.likely_duplicates(form.commune, text, place) if text else [],
    }
    return render(request, "opinions/form.html", context)


def _again(request: HttpRequest, form: OpinionForm) -> HttpResponse:
    """Show the form again with all that was typed and the good pictures held."""
    held = form.hold()
    form.data["ticket"] = form.next_ticket()  # type: ignore[index]
    return _page(request, form, held)


def _file(request: HttpRequest, form: OpinionForm) -> HttpResponse:
    if not form.is_valid():
        return _again(request, form)
    if not filing_limit.allows(request):
        form.add_error(None, _("Many opinions came from this network just now. What you wrote stays here: send it again later."))
        return _again(request, form)
    try:
        opinion = services.file_opinion(form.draft(), code=form.code)
    except Invalid as error:
        field = str(error.data.get("field", ""))
        form.add_error(field if field in form.fields else None, str(error))
        return _again(request, form)
    return slip(request, opinion, form.code)


def slip(request: HttpRequest, opinion: Opinion, code: str) -> HttpResponse:
    """Show the code, the due dates and the QR code, to be printed or kept. The code's place is after "#": no log has it."""
    follow = settings.PUBLIC_URL + reverse("opinions:follow")
    context = {"opinion": opinion, "code": code, "follow": follow, "qr": qr_svg(f"{follow}#{codes.parse(code)}", scale=5)}
    return render(request, "opinions/slip.html", context)


@public
@sensitive_post_parameters()
@never_cache
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Offer the form of a commune, and file what was written; sent twice it is one opinion."""
    among = queries.communes()
    commune = chosen(request, among)
    if commune is None:
        return render(request, "opinions/choose.html", {"communes": among})
    form = _form(request, commune)
    return _file(request, form) if request.method == "POST" else _page(request, form, [])


@public
@sensitive_post_parameters()
@never_cache
@require_POST
def alike(request: HttpRequest) -> HttpResponse:
    """Show public opinions that are much like what is being written; the words come by POST, and nothing is kept."""
    commune = chosen(request, queries.communes())
    text, place = request.POST.get("text", ""), request.POST.get("place_words", "")
    is_asked = commune is not None and len(text.split()) >= LEAST_WORDS and len(text) <= services.LONGEST_TEXT
    found = queries.likely_duplicates(commune, text, place) if commune is not None and is_asked and alike_limit.allows(request) else []
    return render(request, "opinions/parts/alike.html", {"alike": found})
