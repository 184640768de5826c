"""Pages of a household: for its own people, its group's leader, and those who keep households."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from liengia.core.actor import Actor
from liengia.core.errors import Refused
from liengia.core.pdf import qr_svg
from liengia.core.templatetags.look import spaced_phone
from liengia.people import policies, queries, services
from liengia.people.forms import (
    EraseForm,
    HouseholdForm,
    KitRows,
    NeedForm,
    PhoneRows,
    RoomsForm,
    kit_lines,
    phone_lines,
)
from liengia.people.models import EvacuationNeed, Household, Membership
from liengia.people.policies import signed_in
from liengia.people.views.accounts import me


def _found(request: HttpRequest, public_id: str) -> Household:
    """Return a household that this reader may open; another one does not exist."""
    return get_object_or_404(
        queries.households_visible_to(me(request)).active().select_related("hamlet__parent"),
        public_id=public_id,
    )


def _page(request: HttpRequest, name: str, household: Household, **data: Any) -> HttpResponse:
    user = me(request)
    has_list = queries.households_visible_to(user).active().exclude(pk=household.pk).exists()
    about = {"household": household, "leads": policies.leads(user, household), "has_list": has_list}
    return render(request, f"people/{name}.html", about | data)


@signed_in
@never_cache
def listing(request: HttpRequest) -> HttpResponse:
    """List the households that the reader may open; a single one opens at once."""
    found = queries.households_visible_to(me(request)).active().select_related("hamlet__parent")
    words = request.GET.get("q", "")
    if words:
        found = found.search(words)
    page = Paginator(found.order_by("hamlet__code", "folded", "pk"), 50).get_page(request.GET.get("trang"))
    if not words and page.paginator.count == 1:
        return redirect("people:household", page.object_list[0].public_id)
    return render(request, "people/households.html", {"page": page, "q": words})


@signed_in
@never_cache
def detail(request: HttpRequest, public_id: str) -> HttpResponse:
    """Show a household: place, phones, kit, people; never who needs help to get out."""
    household = _found(request, public_id)
    members = Membership.objects.filter(household=household, ended_at=None).select_related("user", "room")
    need = EvacuationNeed.standing.filter(household=household).select_related("consent").first()
    open_invitations = household.invitations.filter(used_at=None, revoked_at=None).count()
    data = {
        "members": members.order_by("-is_head", "pk"),
        "need": need,
        "open_invitations": open_invitations,
    }
    return _page(request, "household", household, **data)


@signed_in
@never_cache
def edit(request: HttpRequest, public_id: str) -> HttpResponse:
    """Correct where a house is and how help gets there."""
    household = _found(request, public_id)
    form = HouseholdForm(request.POST or None, instance=Household.objects.get(pk=household.pk))
    if request.method == "POST" and form.is_valid():
        services.correct_household(household, actor=Actor.of(me(request)), **form.cleaned_data)
        messages.success(request, _("Saved."))
        return redirect("people:household", public_id)
    return _page(request, "household_edit", household, form=form)


@signed_in
@never_cache
def phones(request: HttpRequest, public_id: str) -> HttpResponse:
    """Write the numbers in calling order."""
    household = _found(request, public_id)
    given = [
        {**row, "phone": spaced_phone(row["phone"])}
        for row in household.phones.values("phone", "name", "relation")
    ]
    rows = PhoneRows(request.POST or None, initial=given)
    if request.method == "POST" and rows.is_valid():
        services.set_phones(household, phone_lines(rows), actor=Actor.of(me(request)))
        messages.success(request, _("Saved. The first number is called first."))
        return redirect("people:household", public_id)
    return _page(request, "household_phones", household, rows=rows)


@signed_in
@never_cache
def kit(request: HttpRequest, public_id: str) -> HttpResponse:
    """Write what stands ready against fire."""
    household = _found(request, public_id)
    rows = KitRows(request.POST or None, initial=list(household.kit.values("kind", "count", "expires_on")))
    if request.method == "POST" and rows.is_valid():
        services.set_kit(household, kit_lines(rows), actor=Actor.of(me(request)))
        messages.success(request, _("Saved."))
        return redirect("people:household", public_id)
    return _page(request, "household_kit", household, rows=rows)


@signed_in
@never_cache
def rooms(request: HttpRequest, public_id: str) -> HttpResponse:
    """Write the rooms of a boarding house."""
    household = _found(request, public_id)
    labels = "\n".join(household.rooms.values_list("label", flat=True))
    form = RoomsForm(request.POST or None, initial={"rooms": labels})
    if request.method == "POST" and form.is_valid():
        services.set_rooms(household, form.cleaned_data["rooms"].splitlines(), actor=Actor.of(me(request)))
        messages.success(request, _("Saved."))
        return redirect("people:household", public_id)
    return _page(request, "household_rooms", household, form=form)


@signed_in
@never_cache
def need(request: HttpRequest, public_id: str) -> HttpResponse:
    """Write or withdraw who needs help to get out; what was written is not shown here again."""
    household = _found(request, public_id)
    is_own = queries.active_memberships(me(request)).filter(household=household).exists()
    form = NeedForm(request.POST if request.POST.get("act") == "write" else None)
    if said := _keep_need(request, household, form, is_own=is_own):
        messages.success(request, said)
        return redirect("people:household", public_id)
    standing = EvacuationNeed.standing.filter(household=household).select_related("consent").first()
    return _page(request, "household_need", household, form=form, standing=standing, is_own=is_own)


def _keep_need(request: HttpRequest, household: Household, form: NeedForm, *, is_own: bool) -> str:
    """Do what the page asks for; return what to say of it, nothing where it asks for nothing that can be done."""
    act, actor = request.POST.get("act", ""), Actor.of(me(request))
    if act == "withdraw":
        services.withdraw_need(household, actor=actor)
        return _("Withdrawn. What was written has been deleted.")
    if act == "agree":
        how = _("by the household itself, on its page") if is_own else request.POST.get("how", "")
        services.agree_anew(household, actor=actor, how=how)
        return _("Thank you. It is shown as the present words say.")
    if form.is_bound and form.is_valid():
        services.write_need(household, form.cleaned_data["text"], actor=actor, how=form.cleaned_data["how"])
        return _("Saved, encrypted. It is shown only while an alarm of this house is open.")
    return ""


@signed_in
@require_POST
@never_cache
def invite(request: HttpRequest, public_id: str) -> HttpResponse:
    """Make an invitation and show its QR code, once."""
    household, chosen = _found(request, public_id), request.POST.get("room", "")
    room = next((one for one in household.rooms.all() if str(one.pk) == chosen), None)
    if not policies.leads(me(request), household) or (chosen and room is None):
        raise Http404
    issued = services.invite_household(household, actor=Actor.of(me(request)), room=room)
    link = settings.PUBLIC_URL + issued.path
    return _page(
        request, "household_invitation", household, issued=issued, link=link, qr=qr_svg(link), room=room
    )


@signed_in
@never_cache
def data(request: HttpRequest, public_id: str) -> HttpResponse:
    """Say what is kept of a household and for how long; hand it out, delete it."""
    household = _found(request, public_id)
    may_all = policies.speaks_for(me(request), household)
    form = EraseForm(request.POST or None)
    if request.method == "POST" and not may_all:
        raise Http404
    if request.method == "POST" and form.is_valid():
        services.ask_erasure(household, actor=Actor.of(me(request)), reason=form.cleaned_data["reason"])
        # The same words whether or not help is on its way: they tell nobody of a silent call.
        messages.success(request, _("The household has left. Its data is deleted now; if help were on its way to the house, as soon as that has ended."))
        return redirect("people:after_login")
    return _page(request, "household_data", household, form=form, may_all=may_all)


@signed_in
@never_cache
def export(request: HttpRequest, public_id: str) -> HttpResponse:
    """Hand out all that is kept of a household, to its family or the one who answers for it; a tenant gets their own."""
    household, user = _found(request, public_id), me(request)
    hand_out = services.export_household if policies.speaks_for(user, household) else services.export_membership
    kept = hand_out(household, reader=user)
    response = JsonResponse(kept, json_dumps_params={"ensure_ascii": False, "indent": 2})
    response["Content-Disposition"] = f'attachment; filename="lien-gia-{household.public_id}.json"'
    return response


@signed_in
@require_POST
def end_member(request: HttpRequest, public_id: str, pk: int) -> HttpResponse:
    """End a membership: one's own, or as the one who answers for the household."""
    household = _found(request, public_id)
    user = me(request)
    membership = get_object_or_404(Membership.objects.filter(household=household, ended_at=None), pk=pk)
    is_own = membership.user_id == user.pk
    if not is_own and not policies.leads(user, household):
        raise Http404
    services.end_membership(membership, actor=Actor.of(user))
    messages.success(request, _("%(who)s no longer belongs to this household.") % {"who": membership.user})
    return redirect("people:after_login") if is_own else redirect("people:household", public_id)


@signed_in
@require_POST
def set_head(request: HttpRequest, public_id: str, pk: int) -> HttpResponse:
    """Have somebody of the house speak for it, or no longer; the group's leader says who."""
    household = _found(request, public_id)
    membership = get_object_or_404(Membership.objects.filter(household=household, ended_at=None), pk=pk)
    if not policies.leads(me(request), household):
        raise Http404
    try:
        services.set_head(membership, actor=Actor.of(me(request)), is_head=request.POST.get("speaks") == "1")
        messages.success(request, _("Saved."))
    except Refused as error:
        messages.error(request, str(error))
    return redirect("people:household", public_id)
