"""Posting in Zalo groups by hand, on the phone: copy, share, tick."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import URLPattern, path
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from liengia.broadcast import posting
from liengia.broadcast.capabilities import POST
from liengia.broadcast.channels import zalo_groups
from liengia.broadcast.channels.base import Message
from liengia.broadcast.channels.zalo import picture
from liengia.broadcast.models import Dispatch, MsgType, WhyNot
from liengia.broadcast.services import zalo
from liengia.broadcast.zalo_forms import CountsForm, TickForm
from liengia.core.actor import Actor
from liengia.core.errors import DomainError
from liengia.people.models import User
from liengia.people.policies import requires

TYPES = {"png": "image/png", "jpg": "image/jpeg"}


def phone_urls() -> list[URLPattern]:
    """Return the addresses of the phone's pages."""
    one = "nha/zalo/<slug:public_id>/<int:number>/"
    return [
        path("nha/zalo/", index, name="zalo"),
        path(one, post, name="zalo_post"),
        path(f"{one}anh.<slug:kind>", image, name="zalo_picture"),
        path(f"{one}<slug:group>/<slug:what>/", tick, name="zalo_tick"),
    ]


def _me(request: HttpRequest) -> Actor:
    assert isinstance(request.user, User)
    return Actor.of(request.user)


def _one(request: HttpRequest, public_id: str, number: int) -> tuple[Dispatch, Message]:
    dispatch = posting.dispatch_for(request.user, public_id, number)
    if dispatch is None or dispatch.said is None:
        raise Http404
    return dispatch, Message.from_json(dispatch.said.content)


@requires(POST)
@never_cache
@require_GET
def index(request: HttpRequest) -> HttpResponse:
    """List what is to be posted or taken down in the reader's groups."""
    return render(request, "broadcast/zalo/index.html", {"rows": posting.todo(request.user)})


@requires(POST)
@never_cache
@require_GET
def post(request: HttpRequest, public_id: str, number: int) -> HttpResponse:
    """Show the text to copy, the picture to share, and the groups to tick."""
    dispatch, message = _one(request, public_id, number)
    found = posting.lines(request.user, dispatch)
    bulletin = dispatch.bulletin
    context = {
        "dispatch": dispatch, "bulletin": bulletin, "message": message, "words": zalo_groups.words(message), "reasons": WhyNot.choices, "lines": found,
        "waiting": [one for one in found if one.is_waiting], "done": [one for one in found if one.post], "earlier": [one for one in found if one.earlier],
        "is_withdrawn": bulletin.state == "withdrawn", "is_correction": bulletin.msg_type == MsgType.CORRECTION,
    }  # fmt: skip
    return render(request, "broadcast/zalo/post.html", context)


@requires(POST)
@never_cache
@require_GET
def image(request: HttpRequest, public_id: str, number: int, kind: str) -> HttpResponse:
    """Return the picture for a group as PNG or JPEG."""
    _dispatch, message = _one(request, public_id, number)
    if kind not in TYPES:
        raise Http404
    with translation.override("vi"):
        answer = HttpResponse(picture.draw(message, kind=kind), content_type=TYPES[kind])
    answer["Content-Disposition"] = f'inline; filename="thong-bao-{public_id}.{kind}"'
    return answer


@requires(POST)
@require_POST
def tick(request: HttpRequest, public_id: str, number: int, group: str, what: str) -> HttpResponse:
    """Tick a group: posted, not posted, taken back, what came back, taken down."""
    dispatch, _message = _one(request, public_id, number)
    row = get_object_or_404(posting.groups_for(request.user), public_id=group)
    act = ACTS.get(what)
    if act is None:
        raise Http404
    try:
        act(dispatch, row, request.POST, _me(request))
    except DomainError as error:
        messages.error(request, str(error))
    back = request.POST.get("back", "")
    return redirect(f"{request.path.rsplit('/', 3)[0]}/" + (f"#{back}" if back in ("nhom", "da-dang", "bai-cu") else ""))


def _posted(dispatch: Dispatch, group: Any, data: Any, actor: Actor) -> None:
    form = TickForm(data)
    zalo.tick(dispatch, group, actor=actor, members=form.cleaned_data.get("members") if form.is_valid() else None)


def _not_posted(dispatch: Dispatch, group: Any, data: Any, actor: Actor) -> None:
    zalo.tick(dispatch, group, actor=actor, why_not=data.get("why_not", "") or "-")


def _counts(dispatch: Dispatch, group: Any, data: Any, actor: Actor) -> None:
    form = CountsForm(data)
    if form.is_valid():
        zalo.count_back(dispatch, group, actor=actor, **form.cleaned_data)
    else:
        raise DomainError(_("Write counts in digits only."))


def _again(dispatch: Dispatch, group: Any, data: Any, actor: Actor) -> None:
    zalo.untick(dispatch, group, actor=actor)


def _down(dispatch: Dispatch, group: Any, data: Any, actor: Actor) -> None:
    zalo.take_down(dispatch, group, actor=actor)


ACTS = {"da-dang": _posted, "khong-dang": _not_posted, "so-lieu": _counts, "danh-dau-lai": _again, "da-go": _down}
