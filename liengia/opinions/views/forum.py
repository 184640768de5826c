"""What everybody sees of listening forums: the list, a session, its question form and slip, the wall of the hall."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Final

from asgiref.sync import sync_to_async
from django.conf import settings
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods

from liengia.core import clock, live, official_papers, pagecache
from liengia.core.errors import DomainError, NotFound
from liengia.core.limits import Limiter
from liengia.core.pdf import qr_svg
from liengia.opinions import forum_calendar, forum_feed, forum_papers, forum_policies, forum_queries
from liengia.opinions.forms import new_ticket
from liengia.opinions.forum_forms import AskForm, SlipForm
from liengia.opinions.models.forum_records import ReportFile
from liengia.opinions.models.forums import CameBy, ForumState, ListeningForum, SurveyPhase
from liengia.opinions.services import forum_minutes, forum_questions, forum_survey, forum_wall
from liengia.opinions.views.filing import slip
from liengia.people.policies import public

# A hall shares one address: many questions in a short time are as it should be, thousands are not.
ask_limit = Limiter(most=60, per=timedelta(minutes=10))
slip_limit = Limiter(most=200, per=timedelta(hours=1))
# Acts empty the cache; a due time passes without one.
KEPT_S: Final = 60
PAGE: Final = 20
WALL_KEPT_S: Final = 10
MIME: Final = {
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}


def short_address(forum: ListeningForum) -> str:
    """Return the address that people type from the wall."""
    return settings.PUBLIC_URL.split("://", 1)[-1].rstrip("/") + reverse("opinions:forum_short", args=[forum.short_code])


@public
@require_GET
@pagecache.cached_page(seconds=KEPT_S)
def index(request: HttpRequest) -> HttpResponse:
    """List the sessions of a commune (`?xa=`) or of all: those to come first, then those held, by pages."""
    commune = forum_queries.commune(request.GET.get("xa", ""))
    page = Paginator(forum_queries.past_list(commune), PAGE).get_page(request.GET.get("trang"))
    context = {"commune": commune, "coming": forum_queries.coming_list(commune), "page": page}
    return render(request, "opinions/forum/list.html", context)


@public
@require_GET
def short(request: HttpRequest, code: str) -> HttpResponse:
    """Lead from the short address on the wall to the question form, or to the page when it is over."""
    forum = ListeningForum.objects.all().shown().filter(short_code=code).first()
    if forum is None:
        raise NotFound("")
    return redirect("opinions:forum_ask" if forum.takes_questions else "opinions:forum", forum.public_id)


@public
@require_GET
@pagecache.cached_page(seconds=KEPT_S)
def detail(request: HttpRequest, public_id: str) -> HttpResponse:
    """Show a session: report, questions with answers, what was promised, the slips summed up."""
    forum = forum_policies.get_shown(public_id)
    context = {
        "forum": forum, "hall": forum_queries.hall(forum), "hosts": forum.hosts.all(),
        "conclusions": [
            (one, [(task, *forum_queries.promise_words(task)) for task in one.tasks.all()]) for one in forum_queries.conclusions(forum)
        ],
        "earlier": [(task, *forum_queries.promise_words(task)) for task in forum_queries.earlier_promises(forum)],
        "report_file": ReportFile.objects.filter(forum=forum).defer("data").first(),
        "papers": forum.signed_papers.defer("pdf", "docx"),
        "survey": [(SurveyPhase(phase).label, shares) for phase, shares in forum_survey.published(forum).items()],
        "may_hold": forum_policies.held_by(request.user).filter(pk=forum.pk).exists(),
        "phases": [phase for phase in SurveyPhase if forum_survey.takes_slips(forum, phase)],
    }  # fmt: skip
    return render(request, "opinions/forum/detail.html", context)


def _asked(request: HttpRequest, form: AskForm, forum: ListeningForum) -> HttpResponse | None:
    """Take the question in; None when something is wrong, which the form then says."""
    if not form.is_valid():
        return None
    if not ask_limit.allows(request, forum.public_id):
        form.add_error(None, _("Many questions came from here just now. Wait a few minutes, then send again."))
        return None
    came_by = CameBy.PHONE if forum.state == ForumState.LIVE else CameBy.WEB
    try:
        opinion = forum_questions.ask(forum, code=form.code, came_by=came_by, **form.facts)
    except DomainError as error:
        field = str(error.data.get("field", ""))
        form.add_error(field if field in form.fields else None, str(error))
        return None
    return slip(request, opinion, form.code)


@public
@sensitive_post_parameters()
@never_cache
@require_http_methods(["GET", "POST"])
def ask(request: HttpRequest, public_id: str) -> HttpResponse:
    """Offer the question form, take the question in, and show the private code; sent twice it is one question."""
    forum = forum_policies.get_shown(public_id)
    if request.method == "GET":
        return render(request, "opinions/forum/ask.html", {"forum": forum, "form": AskForm(forum=forum, initial={"ticket": new_ticket()})})
    form = AskForm(request.POST.copy(), forum=forum)
    done = _asked(request, form, forum)
    if done is not None:
        return done
    form.data["ticket"] = form.next_ticket()  # type: ignore[index]
    return render(request, "opinions/forum/ask.html", {"forum": forum, "form": form})


@public
@never_cache
@require_http_methods(["GET", "POST"])
def survey(request: HttpRequest, public_id: str, phase: str) -> HttpResponse:
    """Offer the satisfaction slip and count it; nothing of it is kept but the counts."""
    forum = forum_policies.get_shown(public_id)
    if phase not in SurveyPhase.values or not forum_survey.takes_slips(forum, phase):
        raise NotFound("")
    form = SlipForm(request.POST or None)
    done = request.method == "POST" and form.is_valid() and slip_limit.allows(request, forum.public_id)
    if done:
        forum_survey.count_slip(forum, phase=phase, answers=form.answers)
    context = {"forum": forum, "form": form, "phase": SurveyPhase(phase).label, "is_done": done}
    return render(request, "opinions/forum/survey.html", context)


@public
@require_GET
@pagecache.cached_page(seconds=KEPT_S)
def sheet(request: HttpRequest, public_id: str) -> HttpResponse:
    """Show the satisfaction slip and the question slip to be printed."""
    forum = forum_policies.get_shown(public_id)
    return render(request, "opinions/forum/sheet.html", {"forum": forum, "form": SlipForm()})


def _scaling(svg: str) -> str:
    """Let a drawing grow with the wall: its size in points becomes its frame."""
    return re.sub(r'width="(\d+)" height="(\d+)"', r'viewBox="0 0 \1 \2"', svg, count=1)


def _wall(forum: ListeningForum) -> dict[str, object]:
    address = short_address(forum)
    scheme = settings.PUBLIC_URL.split("://", 1)[0]
    hall = forum_queries.hall(forum)
    # While nobody has the floor, the hall sees what became of the last promises.
    earlier = [] if hall.floor else [(task, *forum_queries.promise_words(task)) for task in forum_queries.earlier_promises(forum)]
    return {"forum": forum, "hall": hall, "earlier": earlier, "address": address, "qr": _scaling(qr_svg(f"{scheme}://{address}"))}


@public
@never_cache
@require_GET
def screen(request: HttpRequest, public_id: str) -> HttpResponse:
    """Show the wall of the hall, for a projector: only what a moderator let in, so that it needs no account."""
    forum = forum_policies.get_shown(public_id)
    return render(request, "opinions/forum/screen.html", {"position": forum_wall.position(), **_wall(forum)})


@public
@require_GET
@pagecache.cached_page(seconds=WALL_KEPT_S)
def wall(request: HttpRequest, public_id: str) -> HttpResponse:
    """Return the moving part of the wall; the screen asks for it after each event, under the event's own number."""
    return render(request, "opinions/forum/parts/wall.html", _wall(forum_policies.get_shown(public_id)))


@public
async def stream(request: HttpRequest, public_id: str) -> HttpResponseBase:
    """Answer with the events of one wall; with very many listeners the next are asked to look for themselves."""
    forum = await sync_to_async(forum_policies.get_shown)(public_id)
    if forum_feed.FEED.stream_count >= forum_feed.MOST:
        return HttpResponse(status=503, headers={"Retry-After": "15", "Cache-Control": "no-store"})
    return live.stream(request, feed=forum_feed.FEED, listener=forum_feed.listener(forum))


@public
@require_GET
def report(request: HttpRequest, public_id: str) -> HttpResponse:
    """Serve the report's file: as a download, and where a browser shows it all the same, in a box in which nothing acts."""
    forum = forum_policies.get_shown(public_id)
    found = ReportFile.objects.filter(forum=forum).first()
    if found is None:
        raise NotFound("")
    name = f'attachment; filename="bao-cao-dien-dan-{forum.day:%Y-%m-%d}.pdf"'
    headers = {"Content-Disposition": name, "Content-Security-Policy": "default-src 'none'; sandbox"}
    return HttpResponse(bytes(found.data), content_type=MIME["pdf"], headers=headers)


@public
@require_GET
@pagecache.cached_page(seconds=KEPT_S)
def calendar(request: HttpRequest, public_id: str = "") -> HttpResponse:
    """Serve one session for a phone's calendar, or all of a commune (`?xa=`) or of the area, to be followed."""
    if public_id:
        found, name = [forum_policies.get_shown(public_id)], _("Listening forum")
    else:
        commune = forum_queries.commune(request.GET.get("xa", ""))
        found = forum_queries.in_calendar(commune)
        name = f"{_('Listening forums')}, {commune.full_name}" if commune else str(_("Listening forums"))
    data = forum_calendar.calendar(found, name=name)
    return HttpResponse(data, content_type="text/calendar; charset=utf-8", headers={"Content-Disposition": 'inline; filename="dien-dan.ics"'})


@public
@require_GET
def minutes(request: HttpRequest, public_id: str, version: str = "1", kind: str = "pdf") -> HttpResponse:
    """Serve a signed paper as it was signed: the minutes, or an addition to them."""
    forum = forum_policies.get_shown(public_id)
    return download(forum, forum_minutes.signed_bytes(forum, int(version), kind), kind, version=int(version))


def paper(forum: ListeningForum, kind: str) -> HttpResponse:
    """Return the minutes: as they stand until they are signed, then as they were signed."""
    if forum.state == ForumState.SIGNED:
        return download(forum, forum_minutes.signed_bytes(forum, 1, kind), kind)
    write = {"pdf": official_papers.as_pdf, "docx": official_papers.as_docx}[kind]
    return download(forum, write(forum_papers.minutes(forum), at=forum.ended_at or clock.now()), kind)


def download(forum: ListeningForum, data: bytes, kind: str, *, version: int = 1) -> HttpResponse:
    """Return a paper as a file, dated by the session."""
    name = f"bien-ban-dien-dan-{forum.day:%Y-%m-%d}" + (f"-bo-sung-{version - 1}" if version > 1 else "")
    return HttpResponse(data, content_type=MIME[kind], headers={"Content-Disposition": f'attachment; filename="{name}.{kind}"'})
