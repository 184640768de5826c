"""The yearly campaign in the back office: registrations, exemplars and their agreement, what is recognised."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from liengia.core.errors import DomainError
from liengia.people.policies import requires
from liengia.practices import act_forms, forms, policies, services
from liengia.practices.capabilities import CAMPAIGN
from liengia.practices.models import ActKind, Campaign, Registration
from liengia.practices.views.office import kept, me

ADDING: Final[dict[str, Any]] = {"mo-hinh": forms.RegisterForm, "guong": forms.ExemplarForm}


def _one(request: HttpRequest, public_id: str) -> Campaign:
    found: Campaign = get_object_or_404(policies.campaigns_of(request.user), public_id=public_id)
    return found


@requires(CAMPAIGN)
@never_cache
@require_GET
def register(request: HttpRequest) -> HttpResponse:
    """List the campaigns of the user's units."""
    return render(request, "practices/office/campaigns.html", {"campaigns": policies.campaigns_of(request.user)})


@requires(CAMPAIGN)
@never_cache
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Open a year's campaign."""
    form = forms.CampaignForm(policies.units_of(request.user, CAMPAIGN), request.POST or None)
    if form.is_valid() and (made := kept(form, lambda: services.open_campaign(**form.cleaned_data, actor=me(request)))):
        messages.success(request, _("The campaign is open."))
        return redirect("practices_office_campaign", made.public_id)
    return render(request, "practices/office/form.html", {"form": form, "title": _("New campaign"), "practice": None})


@requires(CAMPAIGN)
@never_cache
@require_GET
def campaign(request: HttpRequest, public_id: str) -> HttpResponse:
    """Show a campaign with all that registered."""
    return _shown(request, _one(request, public_id))


@requires(CAMPAIGN)
@require_POST
def add(request: HttpRequest, public_id: str, what: str) -> HttpResponse:
    """Register a practice ("mo-hinh") or an exemplar ("guong")."""
    row = _one(request, public_id)
    form: Any = ADDING["mo-hinh" if what == "mo-hinh" else "guong"](row, request.POST, auto_id=f"id_{what}_%s")
    work = _practice if what == "mo-hinh" else _exemplar
    if not form.is_valid() or not kept(form, lambda: work(request, row, form.cleaned_data)):
        return _shown(request, row, {what: form}, status=422)
    messages.success(request, _("Registered."))
    return redirect("practices_office_campaign", row.public_id)


def _practice(request: HttpRequest, row: Campaign, data: dict[str, Any]) -> Registration:
    return services.register_in(row, data["practice"], on=data["on"], actor=me(request))


def _exemplar(request: HttpRequest, row: Campaign, data: dict[str, Any]) -> Registration:
    return services.register_exemplar(row, **data, actor=me(request))


@requires(CAMPAIGN)
@require_POST
def review(request: HttpRequest, public_id: str, key: int, verb: str) -> HttpResponse:
    """Review what registered ("xet"); of an exemplar: record the agreement, praise, or erase ("dong-y", "khen", "rut")."""
    row = _one(request, public_id)
    one = get_object_or_404(row.registrations.select_related("exemplar__unit", "practice"), pk=key)
    found = _verbs(request, one).get(verb)
    if found is None:
        raise Http404
    form, work = found
    if not form.is_valid() or not kept(form, lambda: work(form.cleaned_data)):
        return _shown(request, row, {f"{verb}-{key}": form}, status=422)
    messages.success(request, _("Done."))
    return redirect("practices_office_campaign", row.public_id)


def _verbs(request: HttpRequest, one: Registration) -> dict[str, tuple[Any, Callable[[dict[str, Any]], object]]]:
    found: dict[str, tuple[Any, Callable[[dict[str, Any]], object]]] = {
        "xet": (forms.FindingForm(request.POST, auto_id=f"id_{one.pk}_%s"), lambda data: services.review_registration(one, **data, actor=me(request)))
    }
    exemplar = one.exemplar
    if exemplar is not None and not exemplar.erased:
        found["dong-y"] = (forms.ConsentForm(request.POST, auto_id=f"id_c{one.pk}_%s"), lambda data: services.consent(exemplar, **data, actor=me(request)))
        found["khen"] = (act_forms.PraiseForm(exemplar, request.POST, auto_id=f"id_p{one.pk}_%s"), lambda data: services.act(exemplar, kind=ActKind.PRAISE, **data, actor=me(request)))
        found["rut"] = (forms.SeenForm(request.POST), lambda data: services.withdraw(exemplar, actor=me(request)))
    return found


@requires(CAMPAIGN)
@require_POST
def close(request: HttpRequest, public_id: str) -> HttpResponse:
    """Close a campaign whose registrations are all reviewed."""
    row = _one(request, public_id)
    return _told(request, row, lambda: services.close_campaign(row, actor=me(request)))


def _told(request: HttpRequest, row: Campaign, work: Callable[[], object]) -> HttpResponse:
    try:
        work()
        messages.success(request, _("Done."))
    except DomainError as error:
        messages.error(request, str(error))
    return redirect("practices_office_campaign", row.public_id)


def _shown(request: HttpRequest, row: Campaign, bound: dict[str, Any] | None = None, status: int = 200) -> HttpResponse:
    given = bound or {}
    lines = []
    for one in row.registrations.select_related("practice__unit__parent", "practice__institution", "exemplar__unit"):
        exemplar = one.exemplar if one.exemplar is not None and not one.exemplar.erased else None
        lines.append({
            "row": one, "exemplar": exemplar, "finding": given.get(f"xet-{one.pk}") or forms.FindingForm(auto_id=f"id_{one.pk}_%s"),
            "consent": given.get(f"dong-y-{one.pk}") or forms.ConsentForm(auto_id=f"id_c{one.pk}_%s") if exemplar and not exemplar.consented_on else None,
            "praise": given.get(f"khen-{one.pk}") or act_forms.PraiseForm(exemplar, auto_id=f"id_p{one.pk}_%s") if exemplar and one.is_recognised else None,
            "acts": exemplar.acts.select_related("body") if exemplar else (),
        })  # fmt: skip
    adding = {what: given.get(what) or form(row, auto_id=f"id_{what}_%s") for what, form in ADDING.items()}
    context = {"campaign": row, "lines": lines, "add_practice": adding["mo-hinh"], "add_exemplar": adding["guong"], "bound": given}
    return render(request, "practices/office/campaign.html", context, status=status)
