"""Entering for others: a hamlet head writes down what somebody without a phone says, and prints the slip."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from liengia.core import clock
from liengia.core.actor import Actor
from liengia.core.errors import DomainError, Invalid, NotFound
from liengia.core.text import date_words
from liengia.opinions import codes, policies, queries, services
from liengia.opinions.capabilities import ENTER
from liengia.opinions.forms import HelperForm
from liengia.opinions.models import Opinion, ToldHow
from liengia.opinions.views.filing import slip
from liengia.people import policies as people
from liengia.people.models import User
from liengia.people.policies import requires
from liengia.units.models import Unit

# Codes that the page brings along for entries without a network, and how long ago an entry may have been written.
SPARE_CODES: Final = 30
LONGEST_WAIT: Final = timedelta(days=30)
SAYS: Final = {
    "kept": gettext_lazy("It is kept in this phone, and goes by itself when there is a network. You can write the next one."),
    "lacking": gettext_lazy("The words and the place are needed."),
    "no-code": gettext_lazy("The codes of this page are used up. Open it again where there is a network."),
    "signed-out": gettext_lazy("You are signed out. What you wrote waits in this phone: open this page again and sign in."),
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


def _file(request: HttpRequest, form: HelperForm, commune: Unit) -> Opinion | None:
    """File it; None when something is wrong, which the form then says."""
    user = _user(request)
    try:
        return services.file_for_another(
            form.draft(commune), code=form.cleaned_data["code"], helper=user, actor=Actor.of(user),
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
    form = HelperForm(request.POST or None, hamlets=queries.hamlets(commune), initial={"code": codes.new_code()})
    if request.method == "POST" and form.is_valid():
        opinion = _file(request, form, commune)
        if opinion is not None:
            return slip(request, opinion, form.cleaned_data["code"])
    context = {"form": form, "commune": commune, "to_tell": queries.to_tell(user), "ways": ToldHow.choices}
    context["says"] = SAYS.items()
    context["spare"] = [codes.new_code() for _n in range(SPARE_CODES)]
    return render(request, "opinions/helper.html", context)


@requires(ENTER)
@sensitive_post_parameters()
@never_cache
@require_POST
def sync(request: HttpRequest) -> JsonResponse:
    """File an entry that waited in a phone. Its code is the key: sent twice it is one opinion and the same answer."""
    commune = _commune(_user(request))
    if commune is None:
        raise NotFound("")
    form = HelperForm(request.POST, hamlets=queries.hamlets(commune))
    opinion = _file(request, form, commune) if form.is_valid() else None
    if opinion is None:
        problem = " ".join(str(words) for lines in form.errors.values() for words in lines)
        return JsonResponse({"problem": problem}, status=422)
    return JsonResponse({"answer_by": date_words(clock.local(opinion.due_at).date())})


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
