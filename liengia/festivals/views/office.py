"""Planning in the back office: seasons, days at once, a day's facts, programme, parade, things and money, guests, organisers."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any, Final

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from liengia.core import clock
from liengia.core.actor import Actor
from liengia.core.errors import DomainError, NotFound, Refused
from liengia.festivals import drafts, links, policies, queries, readiness, tied, usual
from liengia.festivals.capabilities import PLAN
from liengia.festivals.models import ContestResult, DayPicture, FestivalDay, GuestInvitation, Season
from liengia.festivals.office_forms import (
    AnnounceForm,
    CourseForm,
    DayForm,
    GuestsForm,
    HeldForm,
    OrganisersForm,
    ParadeForm,
    PlanForm,
    PreparedForm,
    ProgrammeForm,
    ReasonForm,
    SeasonForm,
    TasksForm,
)
from liengia.festivals.services import (
    afterwards,
    days,
    guests,
    hours,
    live,
    organisers,
    prepared,
    results,
    seasons,
)
from liengia.festivals.services.days import Host
from liengia.papers import kinds
from liengia.papers import policies as paper_policies
from liengia.papers.models import Paper
from liengia.people.models import User
from liengia.people.policies import requires

# The pages of one day, in the order of the tabs.
TABS: Final = (
    ("festivals_office_day", gettext_lazy("Overview")), ("festivals_office_facts", gettext_lazy("Facts")), ("festivals_office_programme", gettext_lazy("Programme")),
    ("festivals_office_parade", gettext_lazy("Parade")), ("festivals_office_prepared", gettext_lazy("Things and money")),
    ("festivals_office_guests", gettext_lazy("Guests")), ("festivals_office_organisers", gettext_lazy("Committee and tasks")),
)  # fmt: skip


def me(request: HttpRequest) -> Actor:
    """Return who acts."""
    assert isinstance(request.user, User)
    return Actor.of(request.user)


def kept(form: Any, work: Callable[[], object]) -> bool:
    """Do the work, or put what the domain refuses beside its field: what was typed stays."""
    try:
        work()
    except DomainError as error:
        if isinstance(error, NotFound):
            raise
        field = str(error.data.get("field", ""))
        form.add_error(field if field in form.fields else None, str(error))
        return False
    return True


def say_back(request: HttpRequest, form: Any) -> None:
    """Tell how words of the office were understood: which year, how many dong."""
    for words in form.heard.words():
        messages.info(request, words)


def drafted(request: HttpRequest, work: Callable[[], tuple[Paper, bool]], back: str, public_id: str) -> HttpResponse:
    """Draft a paper and say so; where its draft lies there already, open that instead of making a second one."""
    try:
        paper, is_new = work()
    except DomainError as error:
        if isinstance(error, NotFound):
            raise
        messages.error(request, str(error))
        return redirect("festivals_office_organisers" if error.detail_code == "no_members" else back, public_id)
    may_open = paper_policies.papers_of(request.user).filter(pk=paper.pk).exists()
    if is_new:
        messages.success(request, _linked(_("Drafted. Read it in the register of papers, then issue it."), paper if may_open else None))
        return redirect(back, public_id)
    messages.info(request, _("This paper is drafted already; here is the draft. To fill it anew from the records, throw this one away first."))
    return redirect("papers_office_paper", paper.public_id) if may_open else redirect(back, public_id)


def _linked(words: str, paper: Paper | None) -> str:
    """Return words with a link to a paper, for whoever may open it."""
    if paper is None:
        return words
    return format_html('{} <a href="{}">{}</a>', words, reverse("papers_office_paper", args=[paper.public_id]), _("Open the draft"))


def done(request: HttpRequest, words: str, work: Callable[[], object]) -> bool:
    """Do the work of a button and say so, or say why not."""
    try:
        work()
    except DomainError as error:
        if isinstance(error, NotFound):
            raise
        messages.error(request, str(error))
        return False
    messages.success(request, words)
    return True


def page(request: HttpRequest, template: str, day: FestivalDay, form: Any = None, **more: Any) -> HttpResponse:
    """Show a page of a day with its tabs; what could not be taken is 422."""
    status = 422 if form is not None and form.is_bound and form.errors else 200
    return render(request, f"festivals/office/{template}.html", {"day": day, "form": form, "tabs": TABS, **more}, status=status)


@requires(PLAN)
@never_cache
@require_GET
def index(request: HttpRequest) -> HttpResponse:
    """List the seasons that the user works with, and the days that are next."""
    coming = policies.planned_by(request.user).exclude(state__in=("ended", "cancelled")).select_related("season", "unit__parent", "organisation")[:40]
    return render(request, "festivals/office/index.html", {"seasons": policies.seasons_of(request.user)[:40], "coming": coming})


@requires(PLAN)
@never_cache
@require_http_methods(["GET", "POST"])
def season_form(request: HttpRequest, public_id: str = "") -> HttpResponse:
    """Begin a season, or change one."""
    season = policies.get_season(request.user, public_id) if public_id else None
    if season is not None and not policies.may_change_season(request.user, season):
        raise NotFound("")
    on = _day_of(request, season)
    form = SeasonForm(request.POST or None, instance=season or Season(), user=request.user, day=on)
    if form.is_valid():
        made: list[Season] = []
        work = lambda: made.append(_season(form, season, me(request), request.POST.get("revision", "")))  # noqa: E731
        if kept(form, work):
            messages.success(request, _("The season is kept."))
            return redirect("festivals_office_season", made[0].public_id)
    status = 422 if form.is_bound else 200
    return render(request, "festivals/office/season_form.html", {"form": form, "season": season, "on": on, "is_past": on < clock.today()}, status=status)


def _day_of(request: HttpRequest, season: Season | None) -> date:
    """Return the day on which a season's area is to stand: its first, or today while none is known."""
    asked = request.POST.get("starts_on", "") or request.GET.get("ngay", "")
    try:
        return date.fromisoformat(asked)
    except ValueError:
        return season.starts_on if season is not None else clock.today()


def _season(form: SeasonForm, season: Season | None, actor: Actor, revision: str) -> Season:
    if season is None:
        return seasons.plan_season(actor=actor, **form.cleaned_data)
    return seasons.change_season(Season.objects.get(pk=season.pk), revision=int(revision) if revision.isdecimal() else -1, actor=actor, **form.cleaned_data)


@requires(PLAN)
@never_cache
@require_http_methods(["GET", "POST"])
def season(request: HttpRequest, public_id: str) -> HttpResponse:
    """Show a season with its days, plan days for many at once, and see its pledges."""
    found = policies.get_season(request.user, public_id)
    form = PlanForm(request.POST or None, user=request.user, season=found)
    if form.is_valid() and kept(form, lambda: _plan(form, found, me(request))):
        messages.success(request, _("Planned. Look at each day, then announce it."))
        return redirect("festivals_office_season", public_id)
    mine = policies.planned_by(request.user).filter(season=found).select_related("unit__parent", "organisation", "season")
    context = {"season": found, "form": form, "days": mine, "may_change": policies.may_change_season(request.user, found)}
    context["has_planned"] = any(one.state == "planned" for one in mine)
    context["pledges"] = policies.pledges_of(request.user).filter(season=found)
    return render(request, "festivals/office/season.html", context, status=422 if form.is_bound else 200)


def _plan(form: PlanForm, season: Season, actor: Actor) -> None:
    data = form.cleaned_data
    hosts = [*(Host(unit) for unit in data["units"]), *(Host(body.unit, body) for body in data["organisations"])]
    items = usual.beginning(clock.local(data["starts_at"]).time()) if data["usual"] else ()
    days.plan_days(season, hosts, place=data["place"], starts_at=data["starts_at"], items=items, actor=actor)


@requires(PLAN)
@require_POST
def season_act(request: HttpRequest, public_id: str, what: str) -> HttpResponse:
    """Announce a season, or close it."""
    found = policies.get_season(request.user, public_id)
    works: dict[str, Callable[[], object]] = {}
    if policies.may_change_season(request.user, found):
        works |= {"thong-bao": lambda: seasons.announce_season(found, actor=me(request)), "khep": lambda: seasons.close_season(found, actor=me(request))}
    if what not in works:
        raise NotFound("")
    done(request, _("Done."), works[what])
    return redirect("festivals_office_season", public_id)


@requires(PLAN)
@never_cache
@require_http_methods(["GET", "POST"])
def announce(request: HttpRequest, public_id: str) -> HttpResponse:
    """Say day by day what the planned ones lack and which are past, and announce only those that are chosen."""
    found = policies.get_season(request.user, public_id)
    planned = policies.planned_by(request.user).filter(season=found, state="planned")
    form = AnnounceForm(request.POST if request.method == "POST" else None, rows=readiness.of_days(planned))
    if form.is_valid() and kept(form, lambda: days.announce_days(form.cleaned_data["days"], actor=me(request))):
        messages.success(request, ngettext("%(n)s day is announced.", "%(n)s days are announced.", len(form.cleaned_data["days"])) % {"n": len(form.cleaned_data["days"])})
        return redirect("festivals_office_season", public_id)
    if form.is_bound:
        # Those before a refused day are announced already.
        form.offer(readiness.of_days(planned))
    return render(request, "festivals/office/announce.html", {"season": found, "form": form}, status=422 if form.is_bound else 200)


@requires(PLAN)
@never_cache
@require_GET
def day(request: HttpRequest, public_id: str) -> HttpResponse:
    """Show where a day stands, what lacks, its papers, and what can be done."""
    found = policies.get_planned(request.user, public_id)
    return _overview(request, found, ReasonForm(day=found))


def _overview(request: HttpRequest, found: FestivalDay, form: ReasonForm) -> HttpResponse:
    """Show the overview; a refused attempt to put the day off keeps what was typed."""
    names = {kind.code: kind.name for kind in kinds.every()}
    outdated = [(one, names.get(one.paper.kind, one.paper.kind)) for one in tied.outdated(found)]
    return page(
        request, "day", found, form, is_past=afterwards.is_past(found), answers=queries.counted(found), tasks=queries.tasks(found), outdated=outdated, redrawn=sum(one.is_draft for one, _name in outdated),
        papers=[(one, names.get(one.kind, one.kind)) for one in Paper.objects.all().about_subject(found.subject).select_related("issuer")],
        kinds=[(code, names[code]) for code in drafts.KINDS if code in names], ready=readiness.of_days(FestivalDay.objects.filter(pk=found.pk))[0], whole=queries.may_be_counted_in(found), pictures=found.pictures.filter(withdrawn_at=None).defer("data", "thumbnail"),
        items=found.items.select_related("forum").prefetch_related("results", "drills"), pledges=found.pledges.all(),
    )  # fmt: skip


@requires(PLAN)
@never_cache
@require_http_methods(["GET", "POST"])
def facts(request: HttpRequest, public_id: str) -> HttpResponse:
    """Change what a day says."""
    found = policies.get_planned(request.user, public_id)
    form = DayForm(request.POST or None, instance=found)
    if form.is_valid() and kept(form, lambda: _facts(form, found, me(request))):
        messages.success(request, _("The day is kept."))
        return redirect("festivals_office_day", public_id)
    return page(request, "form", found, form)


@transaction.atomic
def _facts(form: DayForm, day: FestivalDay, actor: Actor) -> None:
    data = form.cleaned_data
    row = FestivalDay.objects.get(pk=day.pk)
    days.change_day(row, revision=data["revision"], actor=actor, **form.facts)
    days.join(row, units=data["units"], organisations=data["organisations"], actor=actor)
    if data.get("moves"):
        hours.move_programme(row, day.starts_at, actor=actor)


@requires(PLAN)
@never_cache
@require_http_methods(["GET", "POST"])
def programme(request: HttpRequest, public_id: str) -> HttpResponse:
    """Write the programme, and tie the forum's session to its item."""
    found = policies.get_planned(request.user, public_id)
    form = ProgrammeForm(request.POST or None, day=found, user=request.user)
    if form.is_valid() and kept(form, lambda: _programme(form, found, me(request))):
        messages.success(request, _("The programme is kept."))
        return redirect("festivals_office_programme", public_id)
    return page(request, "programme", found, form)


def _programme(form: ProgrammeForm, day: FestivalDay, actor: Actor) -> None:
    data = form.cleaned_data
    ties = days.Ties(data["forum"], *(list(data[name]) if name in data else None for name in ("decisions", "drills")))
    days.write_programme(day, form.items, ties, revision=data["revision"], actor=actor)


@requires(PLAN)
@never_cache
@require_http_methods(["GET", "POST"])
def parade(request: HttpRequest, public_id: str) -> HttpResponse:
    """Write the parade."""
    found = policies.get_planned(request.user, public_id)
    form = ParadeForm(request.POST or None, day=found)
    if form.is_valid() and kept(form, lambda: _parade(form, found, me(request))):
        messages.success(request, _("The parade is kept."))
        return redirect("festivals_office_parade", public_id)
    return page(request, "form", found, form)


def _parade(form: ParadeForm, day: FestivalDay, actor: Actor) -> None:
    names = ("gathers_at", "starts_at", "starts_from", "signal", "route", "roads_closed", "notes")
    march = prepared.March(**{name: form.cleaned_data[name] for name in names}, groups=form.marchers, points=form.places)
    prepared.set_parade(day, march, revision=form.cleaned_data["revision"], actor=actor)


@requires(PLAN)
@never_cache
@require_http_methods(["GET", "POST"])
def things(request: HttpRequest, public_id: str) -> HttpResponse:
    """Write what is needed, and the money."""
    found = policies.get_planned(request.user, public_id)
    form = PreparedForm(request.POST or None, day=found)
    if form.is_valid() and kept(form, lambda: _things(form, found, me(request))):
        messages.success(request, _("The lists are kept."))
        say_back(request, form)
        return redirect("festivals_office_prepared", public_id)
    return page(request, "things", found, form, sums=queries.money(found))


def _things(form: PreparedForm, day: FestivalDay, actor: Actor) -> None:
    prepared.set_lists(day, form.things, form.lines, revision=form.cleaned_data["revision"], actor=actor)


@requires(PLAN)
@never_cache
@require_http_methods(["GET", "POST"])
def guest_list(request: HttpRequest, public_id: str) -> HttpResponse:
    """Show who is invited, what they answered and their links; invite more."""
    found = policies.get_planned(request.user, public_id)
    form = GuestsForm(request.POST or None)
    if form.is_valid() and kept(form, lambda: guests.invite(found, form.rows, actor=me(request))):
        messages.success(request, _("They are on the list. Send each their link, or draft their invitations."))
        return redirect("festivals_office_guests", public_id)
    stale = _outdated_of(found)
    rows = [(one, links.address(one), stale.get(one.public_id)) for one in found.guests.all()]
    before = guests.last_list(found) if not rows else []
    return page(request, "guests", found, form, rows=rows, answers=queries.counted(found), before="\n".join(before))


def _outdated_of(day: FestivalDay) -> dict[str, bool]:
    """Return the guests whose invitation says an old date or place, each with whether it is still a draft."""
    return {one.guest.public_id: one.is_draft for one in tied.outdated(day) if one.guest is not None}


@requires(PLAN)
@require_POST
def guest_act(request: HttpRequest, public_id: str, guest_id: str, what: str) -> HttpResponse:
    """Give a guest another link, take them off the list, or draft their invitation."""
    found = policies.get_planned(request.user, public_id)
    guest = GuestInvitation.objects.filter(day=found, public_id=guest_id).first()
    works: dict[str, tuple[str, Callable[[Any], object]]] = {
        "lien-ket": (_("The old link opens nothing any more. Where an invitation is drafted, the new one stands in it."), lambda one: tied.renew_link(found, one, actor=me(request))),
        "bo": (_("Taken off the list, with the draft of the invitation where there was one."), lambda one: tied.take_off(found, one, actor=me(request))),
    }
    if guest is not None and what == "giay-moi":
        return drafted(request, lambda: drafts.open_or_draft(found, "invitation", guest=guest, actor=me(request)), "festivals_office_guests", public_id)
    if guest is None or what not in works:
        raise NotFound("")
    words, work = works[what]
    done(request, words, lambda: work(guest))
    return redirect("festivals_office_guests", public_id)


@requires(PLAN)
@never_cache
@require_http_methods(["GET", "POST"])
def organising(request: HttpRequest, public_id: str) -> HttpResponse:
    """Form the organising committee, or give its seats something to do."""
    found = policies.get_planned(request.user, public_id)
    with_seats = found.committee is not None
    form: Any = (TasksForm if with_seats else OrganisersForm)(request.POST or None)
    service: Callable[..., object] = organisers.assign if with_seats else organisers.form_committee
    if form.is_valid() and kept(form, lambda: service(found, form.rows, actor=me(request))):
        messages.success(request, _("Kept."))
        say_back(request, form)
        return redirect("festivals_office_organisers", public_id)
    seats = found.committee.members.filter(valid_to=None).select_related("organisation") if found.committee else ()
    known = sorted(one.name for one in organisers.bodies_of(found.unit).values()) if not with_seats else []
    return page(request, "organisers", found, form, seats=seats, tasks=queries.tasks(found), known=known)


@requires(PLAN)
@never_cache
@require_http_methods(["GET", "POST"])
def course(request: HttpRequest, public_id: str) -> HttpResponse:
    """Say afterwards of each item whether it was held, and why not."""
    found = policies.get_planned(request.user, public_id)
    if afterwards.is_past(found):
        return _past(request, found)
    form = CourseForm(request.POST or None, day=found)
    if form.is_valid() and kept(form, lambda: afterwards.set_course(found, form.said, actor=me(request))):
        messages.success(request, _("Kept. The minutes and the report say it so."))
        return redirect("festivals_office_day", public_id)
    return page(request, "course", found, form)


def _past(request: HttpRequest, day: FestivalDay) -> HttpResponse:
    form = HeldForm(request.POST or None)
    if form.is_valid() and kept(form, lambda: afterwards.note_held(day, **form.cleaned_data, actor=me(request))):
        messages.success(request, _("Noted. Now say of its items what was held, and what was not."))
        return redirect("festivals_office_course", day.public_id)
    return page(request, "past", day, form)


@requires(PLAN)
@require_POST
def act(request: HttpRequest, public_id: str, what: str) -> HttpResponse:
    """Announce a day, draft a paper of it, or take a picture or a name down."""
    found = policies.get_planned(request.user, public_id)
    works: dict[str, Callable[[], object]] = {
        "thong-bao": lambda: _announce(found, me(request), is_sure="is_sure" in request.POST),
        "go-anh": lambda: live.withdraw_picture(_picture(found, request.POST.get("picture", "")), reason=request.POST.get("reason", "")[:500], actor=me(request)),
        "go-ten": lambda: results.withdraw_name(_result(found, request.POST.get("result", "")), actor=me(request)),
    }
    if what == "van-ban":
        return drafted(request, lambda: drafts.open_or_draft(found, request.POST.get("kind", ""), actor=me(request)), "festivals_office_day", public_id)
    if what == "soan-lai":
        return _redrawn(request, found, request.POST.get("paper", ""))
    if what not in works:
        raise NotFound("")
    done(request, _("Done."), works[what])
    return redirect("festivals_office_day", public_id)


def _redrawn(request: HttpRequest, day: FestivalDay, only: str) -> HttpResponse:
    """Write the day's new date into its drafts, or into one, and go back to where that was pressed."""
    number = tied.redraw(day, only=only, actor=me(request))
    words = ngettext("The new date stands in %(n)s draft. Read it before it is issued.", "The new date stands in %(n)s drafts. Read them before they are issued.", number)
    messages.success(request, words % {"n": number})
    if only and paper_policies.papers_of(request.user).filter(public_id=only, subject=day.subject).exists():
        return redirect("papers_office_paper", only)
    return redirect("festivals_office_day", day.public_id)


def _announce(day: FestivalDay, actor: Actor, *, is_sure: bool) -> None:
    if hours.outside(day) and not is_sure:
        raise Refused(_("Some items lie outside the day's hours. Mend them in the programme, or tick that they are right."), code="outside_hours")
    days.announce_day(day, actor=actor)


@requires(PLAN)
@never_cache
@require_POST
def put_off(request: HttpRequest, public_id: str, what: str) -> HttpResponse:
    """Put a day off, or call it off; refused, the box stays open with what was typed and the reason."""
    found = policies.get_planned(request.user, public_id)
    form = ReasonForm(request.POST, day=found)
    work = _postpone if what == "hoan" else _call_off
    if form.is_valid() and kept(form, lambda: work(form, found, me(request))):
        messages.success(request, _("Done."))
        return redirect("festivals_office_day", public_id)
    return _overview(request, policies.get_planned(request.user, public_id), form)


@transaction.atomic
def _postpone(form: ReasonForm, day: FestivalDay, actor: Actor) -> None:
    data, before = form.cleaned_data, day.starts_at
    days.postpone_day(day, starts_at=data.get("starts_at") or before, place=data.get("place", ""), reason=data["reason"], actor=actor)
    if data.get("moves"):
        hours.move_programme(day, before, actor=actor)


def _call_off(form: ReasonForm, day: FestivalDay, actor: Actor) -> None:
    days.cancel_day(day, reason=form.cleaned_data["reason"], actor=actor)


def _result(day: FestivalDay, key: str) -> ContestResult:
    found = ContestResult.objects.filter(item__day=day, pk=key).select_related("item__day").first() if key.isascii() and key.isdecimal() else None
    if found is None:
        raise NotFound("")
    return found


def _picture(day: FestivalDay, key: str) -> DayPicture:
    found = DayPicture.objects.filter(day=day, public_id=key).select_related("day").first()
    if found is None:
        raise NotFound("")
    return found
