"""What everybody reads: the list, one opinion, its pictures, the scoreboard; and support."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Final

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_POST

from liengia.core import clock, pagecache
from liengia.core.errors import NotFound, Refused
from liengia.core.limits import Limiter
from liengia.opinions import queries, screens, services
from liengia.opinions.models import Evidence, EvidenceKind, Opinion, Photo, State, Topic
from liengia.people.policies import public
from liengia.units.models import Unit

PAGE = 20
# Support changes a number beside each opinion and empties no cache; a due time passes without any act: kept briefly.
KEPT_S: Final = 60
DETAIL_KEPT_S: Final = 10
_MONTH = re.compile(r"^20\d\d-(0[1-9]|1[0-2])$", re.ASCII)
# One "so do I" an address, an opinion and a day; nobody is noted down.
support_limit = Limiter(most=1, per=timedelta(days=1))


def chosen(request: HttpRequest, among: list[Unit]) -> Unit | None:
    """Return the commune that was asked for; the only one there is when none was; or None."""
    code = request.GET.get("xa", "") or request.POST.get("xa", "")
    if not code:
        return among[0] if len(among) == 1 else None
    return next((unit for unit in among if unit.code == code), None)


def _filters(request: HttpRequest, commune: Unit | None) -> queries.Filters:
    month = request.GET.get("thang", "")
    word = {name: request.GET.get(name, "")[:40] for name in ("ap", "linh-vuc", "trang-thai")}
    return queries.Filters(commune, word["ap"], word["linh-vuc"], word["trang-thai"], month if _MONTH.match(month) else "")


def _shown(public_id: str) -> Opinion:
    found = Opinion.public_.filter(public_id=public_id).select_related("topic", "commune", "hamlet__parent", "reason").first()
    if found is None or found.commune not in queries.communes():
        raise NotFound("")
    return found


@public
@require_GET
@pagecache.cached_page(seconds=KEPT_S)
def index(request: HttpRequest) -> HttpResponse:
    """List the public opinions, by commune, hamlet, topic, state and month."""
    among = queries.communes()
    commune = chosen(request, among)
    filters = _filters(request, commune)
    page = Paginator(queries.public_list(filters), PAGE).get_page(request.GET.get("trang"))
    context = {
        "page": page, "rows": [(one, screens.due(one)) for one in page], "filters": filters, "communes": among, "commune": commune, "now": clock.now(),
        "hamlets": queries.hamlets(commune) if commune else (), "topics": Topic.objects.all().of(commune),
        "states": [one for one in State.choices if one[0] not in (State.MERGED, State.MOVED_OUT)],
        "months": screens.month_choices(queries.months_back()),
    }  # fmt: skip
    return render(request, "opinions/list.html", context)


@public
@require_GET
@pagecache.cached_page(seconds=DETAIL_KEPT_S)
def detail(request: HttpRequest, public_id: str) -> HttpResponse:
    """Show one opinion: its redacted copy, the answer, the steps, and by when."""
    opinion = _shown(public_id)
    context = {
        "opinion": opinion, "text": opinion.current_text, "due": screens.due(opinion), "steps": screens.steps(opinion),
        "photos": opinion.photos.filter(is_public=True).defer("data"),
        "evidence": opinion.evidence.filter(is_public=True).defer("data"),
        "answer": opinion.public_answer,
        "is_open": not opinion.has_ended, "has_supported": "cam-on" in request.GET,
    }  # fmt: skip
    return render(request, "opinions/detail.html", context)


def _bytes(data: bytes | memoryview | None, content_type: str, *, name: str = "") -> HttpResponse:
    response = HttpResponse(bytes(data or b""), content_type=content_type)
    response["Cache-Control"] = "public, max-age=300"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    if name:
        response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@public
@require_GET
def photo(request: HttpRequest, public_id: str, key: int) -> HttpResponse:
    """Serve a picture that a moderator made public."""
    found = Photo.objects.filter(opinion=_shown(public_id), pk=key, is_public=True).first()
    if found is None:
        raise NotFound("")
    return _bytes(found.data, found.content_type)


@public
@require_GET
def evidence(request: HttpRequest, public_id: str, key: int) -> HttpResponse:
    """Serve public evidence: a picture, or a document to be saved."""
    found = Evidence.objects.filter(opinion=_shown(public_id), pk=key, is_public=True).first()
    if found is None:
        raise NotFound("")
    name = f"{public_id}-{key}.pdf" if found.kind == EvidenceKind.DOCUMENT else ""
    return _bytes(found.data, found.content_type, name=name)


@public
@csrf_exempt  # a number without a person: there is nothing of anybody's to be used
@require_POST
def support(request: HttpRequest, public_id: str) -> HttpResponse:
    """Count one more who says "so do I"; a second time the same day changes nothing and looks the same."""
    opinion = _shown(public_id)
    if support_limit.allows(request, public_id):
        try:
            services.support(opinion)
        except Refused:
            return redirect("opinions:detail", public_id)
    response = redirect("opinions:detail", public_id)
    response["Location"] += "?cam-on=1#ung-ho"
    return response


@public
@require_GET
@pagecache.cached_page(seconds=KEPT_S)
def board(request: HttpRequest) -> HttpResponse:
    """Show how long answers take and what is overdue, by commune and month; each chart reads as a table too."""
    among = queries.communes()
    commune = chosen(request, among)
    by_unit, by_month = queries.scoreboard(commune)
    context = {
        "by_unit": [one for one in by_unit if one.filed], "none_in": [one.label for one in by_unit if not one.filed],
        "by_month": [one for one in by_month if one.filed], "bars": screens.bars(by_month), "communes": among, "commune": commune,
        "overdue": sum(score.overdue for score in by_unit), "answered": sum(score.answered for score in by_unit),
        "filed": sum(score.filed for score in by_unit), "width": 20 + 64 * len(by_month),
    }  # fmt: skip
    return render(request, "opinions/board.html", context)
