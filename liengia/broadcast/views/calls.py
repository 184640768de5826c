"""The telephone tree: lists of calls on the phone and on paper."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from liengia.broadcast import call_paper, posting
from liengia.broadcast.capabilities import POST, SEND_ALONE
from liengia.broadcast.services import phone_tree
from liengia.core.actor import Actor
from liengia.core.errors import DomainError
from liengia.people.models import User
from liengia.people.policies import can, requires

DONE = {"told": gettext_lazy("Told. This household is off the list."), "nobody": gettext_lazy("Nobody answered. It comes again at the end."), "left_out": gettext_lazy("Left out.")}


def phone_urls() -> list[URLPattern]:
    """Return the addresses of the lists."""
    one = "nha/goi-dien/<slug:kind>/<slug:public_id>/"
    return [
        path("nha/goi-dien/", index, name="call_lists"),
        path(one, one_list, name="calls"),
        path(f"{one}danh-sach.pdf", paper, name="calls_paper"),
        path(f"{one}<slug:key>/", tick, name="call_tick"),
    ]


# As many as a page shows at once: who was told leaves it, and the next come up.
PAGE = 60


def _subject(kind: str, public_id: str) -> str:
    return f"{kind}:{public_id.replace('-', ':')}"


def _list(request: HttpRequest, kind: str, public_id: str, most: int | None = None) -> posting.CallList:
    found = posting.call_list(request.user, _subject(kind, public_id), most=most)
    if found is None:
        raise Http404
    return found


@requires(POST, SEND_ALONE, or_leads=True)
@never_cache
@require_GET
def index(request: HttpRequest) -> HttpResponse:
    """Show the lists of calls of the reader's units, or of the group that the reader leads."""
    return render(request, "broadcast/calls/index.html", {"lists": posting.calls(request.user), "may_post": can(request.user, POST)})


@requires(POST, SEND_ALONE, or_leads=True)
@never_cache
@require_GET
def one_list(request: HttpRequest, kind: str, public_id: str) -> HttpResponse:
    """Show whom to call, what to say, and what to tick."""
    return render(request, "broadcast/calls/list.html", {"list": _list(request, kind, public_id, PAGE)})


@requires(POST, SEND_ALONE, or_leads=True)
@never_cache
@require_GET
def paper(request: HttpRequest, kind: str, public_id: str) -> HttpResponse:
    """Return the list as a paper to tick by pen."""
    with translation.override("vi"):
        answer = HttpResponse(call_paper.sheet(_list(request, kind, public_id)), content_type="application/pdf")
    answer["Content-Disposition"] = 'inline; filename="danh-sach-goi-dien.pdf"'
    return answer


@requires(POST, SEND_ALONE, or_leads=True)
@require_POST
def tick(request: HttpRequest, kind: str, public_id: str, key: str) -> HttpResponse:
    """Tick an entry: told, nobody answered, left out."""
    if not posting.is_on_list(request.user, key):
        messages.error(request, _("Somebody ticked this one already, or the list is over."))
    else:
        _tick(request, key)
    assert isinstance(request.user, User)
    is_over = posting.call_list(request.user, _subject(kind, public_id), most=0) is None
    return redirect("broadcast:call_lists") if is_over else redirect("broadcast:calls", kind, public_id)


def _tick(request: HttpRequest, key: str) -> None:
    assert isinstance(request.user, User)
    what = request.POST.get("what", "")
    try:
        phone_tree.tick(key, what, actor=Actor.of(request.user))
        messages.success(request, str(DONE[what]))
    except DomainError as error:
        messages.error(request, str(error))
