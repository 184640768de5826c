"""Entering for others: a hamlet head writes down what somebody without a phone says, and prints the slip."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Final

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import cache_control, never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from liengia.core import clock
from liengia.core.actor import Actor
from liengia.core.errors import DomainError, Invalid, NotFound
from liengia.core.text import shown_day
from liengia.opinions import codes, policies, queries, services
from liengia.opinions.capabilities import ENTER
from liengia.opinions.forms import HelperForm
from liengia.opinions.models import Opinion, ToldHow
from liengia.opinions.views.filing import slip
from liengia.people import policies as people
from liengia.people.models import User
from liengia.people.policies import public, requires
from liengia.units.models import Unit

# How long ago an entry may have been written.
LONGEST_WAIT: Final = timedelta(days=30)
KEPT: Final = "o-lai"
WORKER: Final = settings.BASE_DIR / "static" / "enter-sw.js"
SAYS: Final = {
    "kept": gettext_lazy("It is kept in this phone, and goes by itself when there is a network. You can write the next one."),
    "lacking": gettext_lazy("The words and the place are needed."),
    "signed-out": gettext_lazy("Signing in, or its second step, is asked for again. What you wrote waits in this phone: open this page again and follow it."),
}


def _user(request: HttpRequest) -> User:
    assert isinstance(request.user, User)
    return request.user


def _commune(user: User) -> Unit | None:
    """Return the commune in which a helper enters: that of the first unit where they may."""
    found = [unit.commune() for unit in people.units_where(user, ENTER)]
    return next((unit for unit in found if unit is not None and unit in queries.communes()), None)


def _written_at(request: HttpRequest) -> datetime | None:
    """Return when an entry was written down, as its phone says; none, or one that nobody can mean, is now."""
    try:
        at = datetime.fromisoformat(request.POST.get("written_at", ""))
    except ValueError:
        return None
    return at if at.tzinfo is not None and at > clock.now() - LONGEST_WAIT else None


def _file(request: HttpRequest, form: HelperForm) -> Opinion | None:
    """File it; None when something is wrong, which the form then says."""
    user = _user(request)
    try:
        return services.file_for_another(
            form.draft(), code=form.cleaned_data["code"], helper=user, actor=Actor.of(user),
            slip_number=form.cleaned_data["slip_number"], at=_written_at(request),
        )  # fmt: skip
    except Invalid as error:
        field = str(error.data.get("field", ""))
        form.add_error(field if field in form.fields else None, str(error))
        return None


@requires(ENTER)
@sensitive_post_parameters()
@never_cache
@require_http_methods(["GET", "POST"])
def enter(request: HttpRequest) -> HttpResponse:
    """Offer the short form, file it, show the slip; below, whom there is something to tell."""
    user = _user(request)
    commune = _commune(user)
    if commune is None:
        return render(request, "opinions/choose.html", {"communes": []})
    form = HelperForm(request.POST or None, commune=commune, hamlets=queries.hamlets(commune), initial={"code": codes.new_code()})
    if request.method == "POST" and form.is_valid():
        opinion = _file(request, form)
        if opinion is not None:
            return slip(request, opinion, form.cleaned_data["code"])
    # The page that a phone keeps holds nobody's name or words.
    is_kept = request.GET.get(KEPT) == "1"
    context = {"form": form, "commune": commune, "to_tell": () if is_kept else queries.to_tell(user), "ways": ToldHow.choices}
    return render(request, "opinions/helper.html", {**context, "says": SAYS.items(), "is_kept": is_kept})


@public
@require_GET
@cache_control(no_cache=True)
def worker(request: HttpRequest) -> HttpResponse:
    """Hand out the service worker of this page, with its settings before it; it holds nothing of anybody."""
    home = reverse("opinions:enter")
    # Modules that others import by their plain name stand in no page.
    config = {"home": home, "kept": f"{home}?{KEPT}=1", "files": settings.STATIC_URL, "also": [f"{settings.STATIC_URL}js/time.js"], "cache": "ghi-ho"}
    body = f"const CONFIG = {json.dumps(config)};\n{WORKER.read_text(encoding='utf-8')}"
    return HttpResponse(body, content_type="text/javascript; charset=utf-8")


@requires(ENTER)
@sensitive_post_parameters()
@never_cache
@require_POST
def sync(request: HttpRequest) -> JsonResponse:
    """File an entry that waited in a phone. Its code is the key: sent twice it is one opinion and the same answer."""
    user = _user(request)
    commune = _commune(user)
    # A page that one account left open, or that a phone kept, sends nothing in another's name.
    if commune is None or request.POST.get("who", str(user.pk)) != str(user.pk):
        raise NotFound("")
    form = HelperForm(request.POST, commune=commune, hamlets=queries.hamlets(commune))
    opinion = _file(request, form) if form.is_valid() else None
    if opinion is None:
        problem = " ".join(str(words) for lines in form.errors.values() for words in lines)
        return JsonResponse({"problem": problem}, status=422)
    return JsonResponse({"answer_by": shown_day(opinion.due_at)})


@requires(ENTER)
@require_POST
def told(request: HttpRequest, public_id: str) -> HttpResponse:
    """Record how the writer was told; only then does the opinion count as answered."""
    opinion = policies.get_for(request.user, public_id)
    try:
        services.mark_told(opinion, how=request.POST.get("how", ""), actor=Actor.of(_user(request)))
        messages.success(request, _("It has been noted. Thank you."))
    except DomainError as error:
        if error.status == 404:
            raise
        messages.error(request, str(error))
    return redirect("opinions:enter")
