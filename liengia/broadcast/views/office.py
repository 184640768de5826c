"""Bulletins in the back office: the list, one bulletin with its previews, writing, the two people, what follows."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from liengia.broadcast import audiences, files, policies, queries, wording
from liengia.broadcast.audio import store
from liengia.broadcast.capabilities import APPROVE, CONFIGURE, POST, SEND_ALONE, WRITE
from liengia.broadcast.channels.base import DeliveryError
from liengia.broadcast.channels.loudspeaker import sounds
from liengia.broadcast.forms import ApproveForm, BulletinForm, WithdrawForm, WordsForm
from liengia.broadcast.models import Bulletin, BulletinState, CapAlert, MsgType
from liengia.broadcast.services import bulletins
from liengia.core import clock
from liengia.core.actor import Actor
from liengia.core.errors import DomainError
from liengia.core.sending import SentFile
from liengia.core.text import fold
from liengia.people.models import User
from liengia.people.policies import requires
from liengia.units.models import Unit

PAGE: Final = 40
FOLLOWING: Final = {"cap-nhat": MsgType.UPDATE, "dinh-chinh": MsgType.CORRECTION, "bao-yen": MsgType.ALL_CLEAR}


def me(request: HttpRequest) -> Actor:
    """Return who acts."""
    assert isinstance(request.user, User)
    return Actor.of(request.user)


@requires(WRITE, APPROVE, SEND_ALONE, POST, CONFIGURE)
@never_cache
@require_GET
def register(request: HttpRequest) -> HttpResponse:
    """Show the bulletins: what waits for somebody first, then the newest; found by words and state."""
    rows = policies.bulletins_of(request.user)
    asked = {name: request.GET.get(name, "") for name in ("q", "state")}
    found: Any = rows.filter(state=asked["state"]) if asked["state"] in BulletinState.values else rows
    if asked["q"].strip():
        words = fold(asked["q"]).split()
        found = [row for row in found if all(word in fold(f"{row.headline} {row.text}") for word in words)]
    waiting = [row for row in rows.filter(state=BulletinState.SUBMITTED) if policies.may_approve(request.user, row)]
    unreviewed = [row for row in rows.filter(was_sent_alone=True, reviewed_at=None) if policies.may(request.user, APPROVE, row)]
    context = {
        "page": _page(request, found), "asked": asked, "states": BulletinState.choices[:-1],
        "waiting": waiting, "unreviewed": unreviewed, "may_write": policies.speaking_units(request.user).exists(),
        "may_alone": policies.speaking_units(request.user, SEND_ALONE).exists(),
    }  # fmt: skip
    return render(request, "broadcast/office/register.html", context)


def _page(request: HttpRequest, found: Any) -> Any:
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    queries.note_left_by_hand(page)
    return page


@requires(WRITE)
@never_cache
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Write a bulletin, from nothing or from a ready text."""
    unit, units = _unit(request, WRITE)
    text = policies.ready_texts_for(unit).filter(public_id=request.GET.get("mau", "")).first()
    form = BulletinForm(unit, request.POST or None, request.FILES or None, text=text)
    if form.is_valid():
        row = _kept(form, lambda: bulletins.write(unit, form.units(), actor=me(request), ready_text=text, **form.values()))
        if row is not None:
            return _handed(request, row)
    return render(request, "broadcast/office/edit.html", {"form": form, "unit": unit, "units": units, "bulletin": None, "text": text})


@requires(WRITE)
@never_cache
@require_http_methods(["GET", "POST"])
def edit(request: HttpRequest, public_id: str) -> HttpResponse:
    """Change a draft."""
    row = _one(request, public_id, WRITE)
    form = BulletinForm(row.unit, request.POST or None, request.FILES or None, bulletin=row)
    if form.is_valid() and _kept(form, lambda: bulletins.change(row, form.units(), actor=me(request), **form.values())):
        return _handed(request, row)
    return render(request, "broadcast/office/edit.html", {"form": form, "unit": row.unit, "units": [row.unit], "bulletin": row})


def _handed(request: HttpRequest, row: Bulletin) -> HttpResponse:
    """Go on to the bulletin; with the button "hand in" it is handed in as well, or stays in the form that says what it lacks."""
    messages.success(request, _("The draft is kept."))
    if "submit" in request.POST and _tried(request, lambda: bulletins.submit(row, actor=me(request)), _("Handed in. Somebody else approves it.")) is None:
        return redirect("broadcast_office_edit", row.public_id)
    return redirect("broadcast_office_bulletin", row.public_id)


@requires(WRITE, APPROVE, SEND_ALONE, POST, CONFIGURE)
@never_cache
@require_GET
def bulletin(request: HttpRequest, public_id: str) -> HttpResponse:
    """Show a bulletin as each channel will show it, and what can be done with it."""
    return _shown(request, _one(request, public_id))


@requires(WRITE)
@require_POST
def submit(request: HttpRequest, public_id: str) -> HttpResponse:
    """Hand a draft in."""
    row = _one(request, public_id, WRITE)
    _tried(request, lambda: bulletins.submit(row, actor=me(request)), _("Handed in. Somebody else approves it."))
    return redirect("broadcast_office_bulletin", row.public_id)


@requires(WRITE)
@require_POST
def take_back(request: HttpRequest, public_id: str) -> HttpResponse:
    """Take a bulletin back from approval."""
    row = _one(request, public_id, WRITE)
    _tried(request, lambda: bulletins.take_back(row, actor=me(request)), _("Taken back. You can go on writing."))
    return redirect("broadcast_office_bulletin", row.public_id)


@requires(WRITE)
@require_POST
def discard(request: HttpRequest, public_id: str) -> HttpResponse:
    """Throw a draft away."""
    row = _one(request, public_id, WRITE)
    _tried(request, lambda: bulletins.discard(row, actor=me(request)), _("The draft is thrown away. Nothing went out."))
    return redirect("broadcast_office_register")


@requires(APPROVE)
@require_POST
def approve(request: HttpRequest, public_id: str) -> HttpResponse:
    """Approve what somebody else wrote."""
    row, form = _one(request, public_id, APPROVE), ApproveForm(request.POST)
    naming = form.is_valid() and form.cleaned_data["naming"]
    if _kept(form, lambda: bulletins.approve(row, naming=naming, actor=me(request))) is None:
        return _shown(request, row, approving=form, status=422)
    messages.success(request, _("Approved. It is frozen from now on, and goes out when it is due."))
    return redirect("broadcast_office_bulletin", row.public_id)


@requires(APPROVE)
@require_POST
def send_back(request: HttpRequest, public_id: str) -> HttpResponse:
    """Send a bulletin back to its writer."""
    row, form = _one(request, public_id, APPROVE), WordsForm(request.POST)
    words = form.cleaned_data["words"] if form.is_valid() else ""
    if _kept(form, lambda: bulletins.send_back(row, words=words, actor=me(request))) is None:
        return _shown(request, row, sending_back=form, status=422)
    messages.success(request, _("Sent back. The writer reads what is to be changed."))
    return redirect("broadcast_office_bulletin", row.public_id)


@requires(APPROVE)
@require_POST
def withdraw(request: HttpRequest, public_id: str) -> HttpResponse:
    """Withdraw a bulletin at once."""
    row, form = _one(request, public_id, APPROVE), WithdrawForm(request.POST)
    done = _kept(form, lambda: (bulletins.withdraw(row, actor=me(request), **form.cleaned_data),)) if form.is_valid() else None
    if done is None:
        return _shown(request, row, withdrawing=form, status=422)
    told = _("Whoever may have got it is told by the same channels.") if done[0] else _("Nothing of it had gone out.")
    messages.success(request, _("Withdrawn.") + " " + told)
    return redirect("broadcast_office_bulletin", row.public_id)


@requires(APPROVE)
@require_POST
def review(request: HttpRequest, public_id: str) -> HttpResponse:
    """Look afterwards at what one alone sent."""
    row = _one(request, public_id, APPROVE)
    _tried(request, lambda: bulletins.review(row, words=request.POST.get("words", ""), actor=me(request)), _("Reviewed."))
    return redirect("broadcast_office_bulletin", row.public_id)


@requires(WRITE)
@require_POST
def follow(request: HttpRequest, public_id: str, how: str) -> HttpResponse:
    """Begin what follows a bulletin: an update, a correction, an all-clear."""
    row = _one(request, public_id, WRITE)
    if how not in FOLLOWING:
        raise Http404
    made = _tried(request, lambda: bulletins.follow(row, FOLLOWING[how], actor=me(request)), _("Write what follows; it goes by the channels of the first. Once it is approved, what of the first still waits is taken back, and the first is not repeated any more."))
    return redirect("broadcast_office_edit", made.public_id) if made else redirect("broadcast_office_bulletin", row.public_id)


@requires(WRITE, APPROVE, SEND_ALONE, POST, CONFIGURE)
@require_GET
def picture(request: HttpRequest, public_id: str) -> HttpResponseBase:
    """Return a bulletin's picture to the office."""
    found = files.picture_path(_one(request, public_id).picture)
    if found is None:
        raise Http404
    return SentFile(found.open("rb"), content_type="image/jpeg")


@requires(WRITE, APPROVE, SEND_ALONE, POST, CONFIGURE)
@never_cache
@require_GET
def listen(request: HttpRequest, public_id: str) -> HttpResponseBase:
    """Let the office hear what the loudspeakers will play, before anybody approves it."""
    row = _one(request, public_id)
    try:
        audio = sounds.of_message(wording.message_of(row, at=clock.now()))
    except DeliveryError:
        raise Http404 from None
    return SentFile(store.path_of(audio.sha256).open("rb"), content_type="audio/wav")


def _unit(request: HttpRequest, *capabilities: str) -> tuple[Unit, list[Unit]]:
    """Return the unit that speaks, as asked or the first, and all for which the user may, by any of some capabilities."""
    units = list(policies.speaking_units(request.user, *capabilities))
    if not units:
        raise Http404
    asked = request.POST.get("unit") or request.GET.get("unit", "")
    return next((unit for unit in units if str(unit.pk) == asked), units[-1] if len(units) == 1 else units[0]), units


def _one(request: HttpRequest, public_id: str, capability: str = "") -> Bulletin:
    row: Bulletin = get_object_or_404(policies.bulletins_of(request.user), public_id=public_id)
    if capability and not policies.may(request.user, capability, row):
        raise Http404
    return row


def _kept(form: Any, work: Callable[[], Any]) -> Any:
    """Do the work, or put what the domain refuses beside its field: what was typed stays."""
    try:
        return work()
    except DomainError as error:
        field = str(error.data.get("field", ""))
        form.full_clean() if not form.is_bound else None
        form.add_error(field if field in form.fields else None, str(error))
        return None


def _tried(request: HttpRequest, work: Callable[[], Any], words: str) -> Any:
    """Do the work and say so, or say why not."""
    try:
        done = work()
    except DomainError as error:
        messages.error(request, str(error))
        return None
    messages.success(request, words)
    return done


def _shown(request: HttpRequest, row: Bulletin, *, status: int = 200, **forms: Any) -> HttpResponse:
    user = request.user
    queries.note_left_by_hand([row])
    may_write, is_approver = policies.may(user, WRITE, row), policies.may(user, APPROVE, row)
    context = {
        "bulletin": row, "audience": audiences.words_of(row), "shown": queries.previews(row),
        "may_configure": policies.may(user, CONFIGURE, row),
        "dispatches": row.dispatches.all(), "has_warning": CapAlert.objects.filter(bulletin=row).exists(), "followed_by": row.followed_by.exclude(state=BulletinState.DISCARDED),
        "may_write": may_write, "is_approver": is_approver, "may_approve": policies.may_approve(user, row),
        "may_review": is_approver and row.needs_review and row.approved_by_id != user.pk,
        "approving": ApproveForm(), "sending_back": WordsForm(), "withdrawing": WithdrawForm(), **forms,
    }  # fmt: skip
    return render(request, "broadcast/office/bulletin.html", context, status=status)


def office_urls() -> list[URLPattern]:
    """Return the addresses of these pages."""
    one = "ban-tin/<slug:public_id>/"
    return [
        path("ban-tin/", register, name="broadcast_office_register"),
        path("ban-tin/moi/", new, name="broadcast_office_new"),
        path(one, bulletin, name="broadcast_office_bulletin"),
        path(f"{one}sua/", edit, name="broadcast_office_edit"),
        path(f"{one}trinh/", submit, name="broadcast_office_submit"),
        path(f"{one}rut-lai/", take_back, name="broadcast_office_take_back"),
        path(f"{one}bo/", discard, name="broadcast_office_discard"),
        path(f"{one}duyet/", approve, name="broadcast_office_approve"),
        path(f"{one}tra-lai/", send_back, name="broadcast_office_send_back"),
        path(f"{one}thu-hoi/", withdraw, name="broadcast_office_withdraw"),
        path(f"{one}ra-soat/", review, name="broadcast_office_review"),
        path(f"{one}tiep-theo/<slug:how>/", follow, name="broadcast_office_follow"),
        path(f"{one}nghe.wav", listen, name="broadcast_office_listen"),
        path(f"{one}hinh.jpg", picture, name="broadcast_office_picture"),
    ]
