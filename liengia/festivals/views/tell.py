"""The phone's page of those who run a day: begin, which item is on, how many came, results, pictures, the end; with or without a network."""

from __future__ import annotations

import json
from typing import Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import cache_control, never_cache
from django.views.decorators.http import require_GET, require_POST

from liengia.core import clock
from liengia.core.actor import Actor
from liengia.core.errors import DomainError, Invalid, NotFound
from liengia.festivals import awards, crowds, policies, queries, rows
from liengia.festivals.capabilities import RUN
from liengia.festivals.forms import ToldForm
from liengia.festivals.models import Agreed, DayState, EventKind, FestivalDay, Whose
from liengia.festivals.services import live, results
from liengia.people.models import User
from liengia.people.policies import public, requires

KEPT: Final = "o-lai"
WORKER: Final = settings.BASE_DIR / "static" / "enter-sw.js"
# The lines of the page's state, in their order; {n} and {time} are filled in by the phone.
SAYS: Final = {
    "asks": _("The number is not sent yet: answer the question beside it."),
    "signed-out": _("Signing in, or its second step, is asked for again. What you said waits in this phone: open this page again and follow it."),
    "refused": _("Not taken: {n}. It stands below with the reason; nothing else was lost."),
    "waiting": _("To be sent: {n}. It is kept in this phone, and goes by itself when there is a network."),
    "sent": _("All is sent, last at {time}. The board shows it."),
    "before": _("Last sent at {time}."),
}


def _user(request: HttpRequest) -> User:
    assert isinstance(request.user, User)
    return request.user


@requires(RUN)
@never_cache
@require_GET
def tell(request: HttpRequest) -> HttpResponse:
    """Show the days that the user may tell of now, each with what can be said; the page that a phone keeps is the same."""
    found = list(policies.run_by(_user(request)).prefetch_related("items__results", "parts").order_by("starts_at", "pk"))
    # Of a day that is over no such slip is expected any more; one that happens is asked about when it arrives.
    likely = crowds.crowds_of([day for day in found if day.state != DayState.ENDED])
    days = [(day, queries.in_order(day.items.all()), likely.get(day.pk)) for day in found]
    giving = set(awards.of_days([day for day, _items, _crowd in days]).by_day)
    context = {"days": days, "giving": giving, "says": SAYS.items(), "consents": Agreed.choices, "is_kept": request.GET.get(KEPT) == "1", "today": clock.today()}
    return render(request, "festivals/tell.html", context)


@public
@require_GET
@cache_control(no_cache=True)
def worker(request: HttpRequest) -> HttpResponse:
    """Hand out the service worker of this page, with its settings before it; it holds nothing of anybody."""
    home = reverse("festivals:tell")
    config = {"home": home, "kept": f"{home}?{KEPT}=1", "files": settings.STATIC_URL, "also": [f"{settings.STATIC_URL}js/time.js"], "cache": "ngay-hoi"}
    body = f"const CONFIG = {json.dumps(config)};\n{WORKER.read_text(encoding='utf-8')}"
    return HttpResponse(body, content_type="text/javascript; charset=utf-8")


@requires(RUN)
@never_cache
@require_POST
def sync(request: HttpRequest, public_id: str) -> JsonResponse:
    """Take one thing that was said, at once or after it waited in the phone. Its key makes it one, however often it is sent."""
    day = policies.get_run(_user(request), public_id)
    form = ToldForm(request.POST, request.FILES, day=day)
    try:
        if not form.is_valid():
            raise Invalid(" ".join(str(words) for lines in form.errors.values() for words in lines), code="bad_form")
        _take(day, form, Actor.of(_user(request)))
    except DomainError as error:
        if isinstance(error, NotFound):
            raise
        return JsonResponse({"problem": str(error), "code": error.detail_code, "meant": error.data.get("meant")}, status=422)
    day.refresh_from_db()
    return JsonResponse({"state": day.state, "attendance": day.attendance, "item": _on(day)})


def _on(day: FestivalDay) -> str | None:
    return day.items.filter(began_at__isnull=False, ended_at=None).values_list("public_id", flat=True).first()


def _take(day: FestivalDay, form: ToldForm, actor: Actor) -> None:
    data, told = form.cleaned_data, form.told
    if told.kind == EventKind.RESULT:
        if told.item is None:
            raise Invalid(_("Choose the item."), code="no_item")
        placed = rows.people(data["people"]) if data["whose"] == Whose.PERSON else rows.results(data["rows"])
        results.set_results(told.item, placed, told=told, actor=actor)
    elif told.kind == EventKind.PICTURE:
        live.add_picture(day, data["picture"] or b"", caption=told.words, agreed=data["agreed"], told=told, actor=actor)
    else:
        live.tell_event(day, told, actor=actor)
