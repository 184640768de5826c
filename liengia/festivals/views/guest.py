"""The page behind a guest's private link: come or not, with how many. It works without JavaScript and without an account."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from liengia.core.actor import Actor
from liengia.core.errors import DomainError
from liengia.core.limits import Limiter
from liengia.festivals import policies, times
from liengia.festivals.forms import AnswerForm
from liengia.festivals.models import GuestInvitation
from liengia.festivals.services import guests
from liengia.people.policies import public

answer_limit = Limiter(most=60, per=timedelta(minutes=10))
# The link leaves to nobody; "no-referrer" would make browsers send the form without an origin, which is refused.
NOT_KEPT: Final = {"Referrer-Policy": "same-origin", "X-Robots-Tag": "noindex"}


@public
@sensitive_post_parameters()
@never_cache
@require_http_methods(["GET", "POST"])
def answer(request: HttpRequest, public_id: str, token: str) -> HttpResponse:
    """Show the invitation and take the answer; it can be changed until the day begins."""
    guest = policies.get_guest(public_id, token)
    form = AnswerForm(request.POST or None, guest=guest)
    is_taken = request.method == "POST" and form.is_valid() and _taken(request, guest, form)
    if is_taken:
        guest = policies.get_guest(public_id, token)
        form = AnswerForm(guest=guest)
    status = 422 if form.is_bound and not is_taken else 200
    context = {"guest": guest, "day": guest.day, "form": form, "is_taken": is_taken, "lunar": times.lunar_words(guest.day.day), "is_open": guest.day.state in ("planned", "announced")}
    return _shown(request, context, status)


def _shown(request: HttpRequest, context: dict[str, object], status: int) -> HttpResponse:
    answer = render(request, "festivals/answer.html", context, status=status)
    for name, value in NOT_KEPT.items():
        answer[name] = value
    return answer


def _taken(request: HttpRequest, guest: GuestInvitation, form: AnswerForm) -> bool:
    if not answer_limit.allows(request, guest.public_id):
        form.add_error(None, _("Many answers came from here just now. Wait a few minutes, then send again."))
        return False
    data = form.cleaned_data
    try:
        guests.answer(guest, comes=data["comes"] == "comes", people=data["people"] or 0, words=data["words"], seen=data["seen"], actor=Actor.visitor())
    except DomainError as error:
        field = str(error.data.get("field", ""))
        form.add_error(field if field in form.fields else None, str(error))
        if error.detail_code in ("answered", "moved"):
            guest.refresh_from_db(fields=["answer", "people", "words", "answered", "earlier_answer", "earlier_for"])
            form.show(guest)
        return False
    return True
