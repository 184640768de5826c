"""An emergency by one alone, at the duty desk: a prepared text, its blanks, and out; reviewed afterwards."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from liengia.broadcast import policies, queries
from liengia.broadcast.capabilities import APPROVE, SEND_ALONE
from liengia.broadcast.forms import AloneForm, WithdrawForm
from liengia.broadcast.models import Bulletin, BulletinState, ReadyText
from liengia.broadcast.services import bulletins
from liengia.broadcast.views.office import _kept, _unit, me
from liengia.people.policies import requires
from liengia.units.models import Unit


@requires(SEND_ALONE)
@never_cache
@require_GET
def emergencies(request: HttpRequest) -> HttpResponse:
    """Show the templates that a duty officer sends alone, and what was sent lately."""
    unit, units = _unit(request, SEND_ALONE)
    texts = policies.ready_texts_for(unit).filter(may_be_sent_alone=True)
    sent = policies.bulletins_of(request.user).filter(was_sent_alone=True, unit=unit)[:10]
    return render(request, "broadcast/duty/emergencies.html", {"texts": texts, "unit": unit, "units": units, "sent": sent})


@requires(SEND_ALONE)
@never_cache
@require_http_methods(["GET", "POST"])
def emergency(request: HttpRequest, public_id: str) -> HttpResponse:
    """Fill in a template's blanks and send it, alone."""
    unit, units = _unit(request, SEND_ALONE)
    text = get_object_or_404(policies.ready_texts_for(unit), public_id=public_id, may_be_sent_alone=True)
    form = AloneForm(text, unit, request.POST or None)
    if form.is_valid() and (row := _kept(form, lambda: _send(request, form, text, unit))):
        return redirect("broadcast:sent", row.public_id)
    context = {"form": form, "text": text, "unit": unit, "units": units, "blanks": [form[name] for name in form.fields if name.startswith("blank_")]}
    return render(request, "broadcast/duty/emergency.html", context)


@requires(SEND_ALONE)
@never_cache
@require_GET
def sent(request: HttpRequest, public_id: str) -> HttpResponse:
    """Show what went out: the words, and how far it has come."""
    return _shown(request, _one(request, public_id))


@requires(APPROVE)
@require_POST
def withdraw(request: HttpRequest, public_id: str) -> HttpResponse:
    """Withdraw it at once, at the desk."""
    row, form = _one(request, public_id), WithdrawForm(request.POST)
    may = policies.may(request.user, APPROVE, row) and form.is_valid()
    if not may or _kept(form, lambda: (bulletins.withdraw(row, actor=me(request), **form.cleaned_data),)) is None:
        return _shown(request, row, form, status=422)
    return redirect("broadcast:sent", row.public_id)


def _one(request: HttpRequest, public_id: str) -> Bulletin:
    return get_object_or_404(policies.bulletins_of(request.user), public_id=public_id, was_sent_alone=True)


def _shown(request: HttpRequest, row: Bulletin, form: WithdrawForm | None = None, *, status: int = 200) -> HttpResponse:
    in_force = row.state in (BulletinState.APPROVED, BulletinState.FINISHED)
    context = {
        "bulletin": row, "reach": queries.reach(row.dispatches.all()), "form": form or WithdrawForm(),
        "may_withdraw": in_force and policies.may(request.user, APPROVE, row),
    }  # fmt: skip
    return render(request, "broadcast/duty/sent.html", context, status=status)


def _send(request: HttpRequest, form: AloneForm, text: ReadyText, unit: Unit) -> Bulletin:
    return bulletins.send_alone(
        text, form.blanks(), unit=unit, areas=list(form.cleaned_data["areas"]), through=form.cleaned_data["channels"],
        names_nobody=form.cleaned_data["names_nobody"], actor=me(request),
    )
