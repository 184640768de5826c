"""Pages of one's own account: what it is, how it is entered, the second factor."""

from __future__ import annotations

from allauth.mfa.models import Authenticator
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from liengia.core import rooms
from liengia.core.actor import Actor
from liengia.people import policies, queries, services, stewards
from liengia.people.forms import AccountForm
from liengia.people.middleware import has_second_factor
from liengia.people.models import BoundPhone, User
from liengia.people.policies import public, signed_in


def me(request: HttpRequest) -> User:
    """Return the signed-in user; the view's policy has made sure of it."""
    if not isinstance(request.user, User):
        raise TypeError("a view for signed-in readers ran without one")
    return request.user


def safe_next(request: HttpRequest, otherwise: str) -> str:
    """Return where the reader wanted to go, if it is on this site."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    allowed = url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure())
    return wanted if allowed else otherwise


@public
def how_to_join(request: HttpRequest) -> HttpResponse:
    """Say that accounts are made by invitation, and who invites."""
    return render(request, "people/how_to_join.html")


@public
def forgotten(request: HttpRequest) -> HttpResponse:
    """Say what to do when the password, the phone or the code is lost."""
    return render(request, "people/forgotten.html")


@public
def to_account(request: HttpRequest) -> HttpResponse:
    """Lead names of pages that we do not have to the account's page."""
    return redirect("people:account")


@signed_in
@never_cache
def account(request: HttpRequest) -> HttpResponse:
    """Show one's own account and let it be corrected."""
    user = me(request)
    form = AccountForm(request.POST or None, instance=user)
    if request.method == "POST" and form.is_valid():
        services.change_user(user, actor=Actor.of(user), **form.cleaned_data)
        messages.success(request, _("Saved."))
        return redirect("people:account")
    return render(request, "people/account.html", {"form": form, **_ways_in(user), **_places(user)})


def _ways_in(user: User) -> dict[str, object]:
    kinds = list(Authenticator.objects.filter(user=user).values_list("type", flat=True))
    return {
        "has_totp": "totp" in kinds,
        "key_count": kinds.count("webauthn"),
        "has_recovery": "recovery_codes" in kinds,
        "has_password": user.has_usable_password(),
        "bound_phones": list(BoundPhone.objects.active().filter(user=user)),
        "works_in_office": policies.needs_second_factor(user),
    }


def _places(user: User) -> dict[str, object]:
    return {
        "memberships": list(queries.active_memberships(user)),
        "roles": list(user.role_assignments.current().select_related("role", "unit")),
        "leads_some": bool(queries.waiting_for(user)),
    }


@signed_in
@never_cache
def after_login(request: HttpRequest) -> HttpResponse:
    """Lead each to where they work: waiting page, console, back office, the hamlet's day, the group, home."""
    return redirect(safe_next(request, _landing(me(request), request)))


def _landing(user: User, request: HttpRequest) -> str:
    if policies.needs_second_factor(user) and not has_second_factor(request):
        return "people:second_factor"
    if rooms.is_on_for("alarms", user):
        if policies.can(user, "people.duty"):
            return "/truc/"
        if not policies.can(user, "office.enter") and (place := _on_the_phone(user)):
            return place
    if policies.can(user, "office.enter"):
        return "/quan-tri/"
    is_waiting = user.memberships.filter(confirmed_at=None, ended_at=None).exists()
    return "people:waiting" if is_waiting else "people:account"


def _on_the_phone(user: User) -> str:
    """Return where somebody works or lives who has no desk: the hamlet's day, else home, else the group that they lead from elsewhere."""
    if policies.can(user, "alarms.today"):
        return "/nha/hom-nay/"
    if queries.active_memberships(user).exists():
        return "/nha/"
    return "/nha/to/truong/" if stewards.led_by(user) else ""


@signed_in
@never_cache
def second_factor(request: HttpRequest) -> HttpResponse:
    """Explain the second factor, and lead to setting it up or giving it."""
    user = me(request)
    wanted = safe_next(request, "")
    if has_second_factor(request) and wanted:
        return redirect(wanted)
    ways = _ways_in(user)
    has_one = bool(ways["has_totp"] or ways["key_count"])
    data = {"has_one": has_one, "is_given": has_second_factor(request), "next": wanted, **ways}
    return render(request, "people/second_factor.html", data)


@signed_in
@require_POST
def revoke_phone(request: HttpRequest, pk: int) -> HttpResponse:
    """Cut off one of one's own bound phones."""
    user = me(request)
    phone = get_object_or_404(BoundPhone.objects.active(), pk=pk, user=user)
    services.revoke_phone(phone, actor=Actor.of(user))
    messages.success(request, _("This phone no longer opens your account."))
    return redirect("people:account")
