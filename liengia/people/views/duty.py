"""The rota of a post, week by week; the handover; the shift's log on one page."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from liengia.audit import services as audit
from liengia.core import clock
from liengia.core.actor import Actor
from liengia.core.errors import DomainError, Refused
from liengia.people import handover as registry
from liengia.people import policies, queries, services
from liengia.people.forms import HandoverForm, ShiftForm
from liengia.people.models import DutyPost, DutyShift, Handover
from liengia.people.policies import requires
from liengia.people.services.duty import at_local, withdraw_handover
from liengia.people.views.accounts import me
from liengia.units.models import Unit


def _posts(request: HttpRequest) -> list[DutyPost]:
    user = me(request)
    roots = policies.units_where(user, "people.duty") + policies.units_where(user, "people.duty_rota")
    units = Unit.objects.below_any([unit.pk for unit in roots])
    return list(DutyPost.objects.filter(is_active=True, unit__in=units).select_related("unit"))


def _post(request: HttpRequest, public_id: str, capability: str = "people.duty") -> DutyPost:
    post = get_object_or_404(DutyPost.objects.select_related("unit"), public_id=public_id, is_active=True)
    allowed = policies.can(me(request), capability, post.unit)
    if not allowed and not (
        capability == "people.duty" and policies.can(me(request), "people.duty_rota", post.unit)
    ):
        raise Http404
    return post


@requires("people.duty", "people.duty_rota")
@never_cache
def posts(request: HttpRequest) -> HttpResponse:
    """List the posts; a single one opens at once."""
    found = _posts(request)
    if len(found) == 1:
        return redirect("people:rota", found[0].public_id)
    now = clock.now()
    rows = [(post, queries.on_duty(post.unit, now), queries.coming_gaps([post.unit])) for post in found]
    return render(request, "people/posts.html", {"rows": rows})


def monday_of(raw: str | None) -> date:
    """Return the Monday of a day given as 2025-11-28, or of today."""
    day = day_of(raw)
    return day - timedelta(days=day.weekday())


def _week(post: DutyPost, monday: date) -> list[dict[str, object]]:
    """Return the seven days with the shifts and gaps that touch each."""
    days: list[dict[str, object]] = []
    start = at_local(monday, time.min)
    shifts = list(
        DutyShift.objects.filter(post=post)
        .overlapping(start, start + timedelta(days=7))
        .select_related("user")
    )
    gaps = queries.duty_gaps(post, start, start + timedelta(days=7))
    soon = clock.now() + queries.GAP_WARNING
    for offset in range(7):
        begins = at_local(monday + timedelta(days=offset), time.min)
        ends = begins + timedelta(days=1)
        days.append(
            {
                "day": monday + timedelta(days=offset),
                "is_today": monday + timedelta(days=offset) == clock.today(),
                "shifts": [shift for shift in shifts if begins <= shift.starts_at < ends],
                "running": [shift for shift in shifts if shift.starts_at < begins < shift.ends_at],
                "gaps": [
                    {
                        "from": max(gap.starts_at, begins),
                        "until": min(gap.ends_at, ends),
                        "is_soon": gap.starts_at < soon,
                        "is_whole": gap.starts_at <= begins and gap.ends_at >= ends,
                    }
                    for gap in gaps
                    if gap.starts_at < ends and gap.ends_at > begins and gap.ends_at > clock.now()
                ],
            }
        )
    return days


@requires("people.duty", "people.duty_rota")
@never_cache
def rota(request: HttpRequest, public_id: str) -> HttpResponse:
    """Show a week of the rota, and put people on it."""
    post = _post(request, public_id)
    monday = monday_of(request.GET.get("tuan"))
    may_write = policies.can(me(request), "people.duty_rota", post.unit)
    form = ShiftForm(request.POST or None, post=post, initial={"day": max(monday, clock.today())})
    if request.method == "POST" and may_write and form.is_valid() and _add(request, post, form):
        return redirect(_week_url(post, form.cleaned_data["day"]))
    # Who only writes the rota has no shift to hand over.
    on_staff = policies.can(me(request), "people.duty", post.unit)
    data = {"form": form, "may_write": may_write, "is_on_duty_staff": on_staff, **_rota(post, monday)}
    return render(request, "people/rota.html", data)


def _rota(post: DutyPost, monday: date) -> dict[str, object]:
    return {
        "post": post,
        "monday": monday,
        "sunday": monday + timedelta(days=6),
        "before": monday - timedelta(days=7),
        "after": monday + timedelta(days=7),
        "days": _week(post, monday),
        "now_on": queries.on_duty(post.unit),
        "gaps": queries.coming_gaps([post.unit]),
        "handover_waits": Handover.objects.filter(post=post, accepted_at=None).exists(),
    }


def _add(request: HttpRequest, post: DutyPost, form: ShiftForm) -> bool:
    given = {name: form.cleaned_data[name] for name in ("role", "starts_at", "ends_at")}
    try:
        services.set_shift(post, form.cleaned_data["user"], actor=Actor.of(me(request)), **given)
    except DomainError as error:
        form.add_error(None, str(error))
        return False
    messages.success(request, _("%(who)s is on the rota.") % {"who": form.cleaned_data["user"]})
    return True


def _week_url(post: DutyPost, day: date) -> str:
    return f"{reverse('people:rota', args=[post.public_id])}?tuan={monday_of(day.isoformat()).isoformat()}"


@requires("people.duty_rota")
@require_http_methods(["GET", "HEAD", "POST"])
def remove(request: HttpRequest, public_id: str, pk: int) -> HttpResponse:
    """Take a shift off the rota, once it was asked what that leaves."""
    post = _post(request, public_id, "people.duty_rota")
    shift = get_object_or_404(DutyShift.objects.select_related("post__unit", "user"), pk=pk, post=post)
    back = _week_url(post, clock.local(shift.starts_at).date())
    if request.method != "POST":
        has_begun = shift.starts_at < clock.now()
        return render(request, "people/rota_remove.html", {"post": post, "shift": shift, "has_begun": has_begun, "back": back})
    services.remove_shift(shift, actor=Actor.of(me(request)))
    messages.success(request, _("Taken off the rota."))
    return redirect(back)


@requires("people.duty_rota")
@require_POST
def copy(request: HttpRequest, public_id: str) -> HttpResponse:
    """Copy the week before into this one."""
    post = _post(request, public_id, "people.duty_rota")
    monday = monday_of(request.POST.get("tuan"))
    count = services.copy_week(post, monday, actor=Actor.of(me(request)))
    said = ngettext("%(count)s shift copied.", "%(count)s shifts copied.", count)
    messages.success(
        request,
        said % {"count": count}
        if count
        else _("Nothing to copy: the week before is empty, or this one is full."),
    )
    return redirect(_week_url(post, monday))


@requires("people.duty", "people.duty_rota")
@never_cache
def handover(request: HttpRequest, public_id: str) -> HttpResponse:
    """Offer the shift to the next one, with all that is open; or read what is offered, or take it back for who cannot."""
    post, user = _post(request, public_id), me(request)
    on_staff, may_write = (policies.can(user, one, post.unit) for one in ("people.duty", "people.duty_rota"))
    form = HandoverForm(request.POST or None, post=post, giver=user) if on_staff else None
    if request.method == "POST" and form is not None and form.is_valid() and _offer(request, post, form):
        return redirect("people:handover", public_id)
    data = {"form": form, "user_id": user.pk, "may_write": may_write, **_handovers(post, user.pk)}
    return render(request, "people/handover.html", data)


def _offer(request: HttpRequest, post: DutyPost, form: HandoverForm) -> bool:
    try:
        services.offer_handover(post, actor=Actor.of(me(request)), **form.cleaned_data)
    except DomainError as error:
        form.add_error(None, str(error))
        return False
    messages.success(request, _("Handed over. It holds when the other has signed."))
    return True


def _handovers(post: DutyPost, reader: int) -> dict[str, object]:
    every = Handover.objects.filter(post=post).select_related("from_user", "to_user")
    waiting = every.filter(accepted_at=None).first()
    return {
        "post": post,
        "waiting": waiting,
        "items": registry.open_items(post, clock.now(), reader=reader),
        "past": registry.shown_to(reader, every.filter(accepted_at__isnull=False)[:10]),
    }


@requires("people.duty", "people.duty_rota")
@require_POST
def sign(request: HttpRequest, public_id: str, pk: int) -> HttpResponse:
    """Sign what was offered, or take back what one has offered."""
    post = _post(request, public_id)
    one = get_object_or_404(Handover.objects.select_related("post__unit"), pk=pk, post=post)
    if request.POST.get("act") == "withdraw":
        withdraw_handover(one, actor=Actor.of(me(request)))
        messages.success(request, _("Taken back."))
    else:
        _accept(request, one)
    return redirect("people:handover", public_id)


def _accept(request: HttpRequest, one: Handover) -> None:
    try:
        services.accept_handover(one, seen=request.POST.getlist("seen"), actor=Actor.of(me(request)))
        messages.success(request, _("Signed. The shift is yours."))
    except Refused as error:
        messages.error(request, str(error))


@requires("people.duty", "people.duty_rota")
@never_cache
def log(request: HttpRequest, public_id: str) -> HttpResponse:
    """Print one day of duty on one page: who was on, what happened, what was handed over."""
    post = _post(request, public_id)
    audit.record_read("people.shift_log_read", actor=Actor.of(me(request)), about=post, unit=post.unit)
    return render(request, "people/shift_log.html", _log(post, _duty_day_of(post, request.GET.get("ngay")), me(request).pk))


def day_of(raw: str | None) -> date:
    """Return a day given as 2025-11-28, or today."""
    try:
        return date.fromisoformat(raw or "")
    except ValueError:
        return clock.today()


def _duty_day_of(post: DutyPost, raw: str | None) -> date:
    """Return the day of duty that was asked for, or that which runs now: before the morning's shift that is yesterday's."""
    day = day_of(raw)
    return day if raw or _duty_day(post, day)[0] <= clock.now() else day - timedelta(days=1)


def _log(post: DutyPost, day: date, reader: int) -> dict[str, object]:
    begins, ends = _duty_day(post, day)
    signed = Handover.objects.filter(post=post, at__gte=begins, at__lt=ends)
    return {
        "post": post,
        "day": day,
        "begins": begins,
        "ends": ends,
        "before": day - timedelta(days=1),
        "after": day + timedelta(days=1),
        "shifts": DutyShift.objects.filter(post=post).overlapping(begins, ends).select_related("user"),
        "lines": registry.log_lines(post, begins, ends, reader=reader),
        "handovers": registry.shown_to(reader, signed.select_related("from_user", "to_user")),
    }


def _duty_day(post: DutyPost, day: date) -> tuple[datetime, datetime]:
    """Return when a day's duty begins and ends: at the first shift that begins that day, or at midnight."""
    midnight = at_local(day, time.min)
    first = DutyShift.objects.filter(
        post=post, starts_at__gte=midnight, starts_at__lt=midnight + timedelta(days=1)
    )
    begins = first.order_by("starts_at").values_list("starts_at", flat=True).first() or midnight
    return begins, begins + timedelta(days=1)
