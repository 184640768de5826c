"""Invitations: opened without being used up, used by a press; waiting; the PIN of a bound phone."""

from __future__ import annotations

from allauth.account.internal.flows.login import record_authentication
from django.contrib import messages
from django.contrib.auth import login
from django.core import signing
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from liengia.core.actor import Actor
from liengia.core.errors import DomainError, NotFound
from liengia.people import policies, queries, services, stewards
from liengia.people.forms import BindForm, JoinForm, OfficePasswordForm, PinForm
from liengia.people.middleware import BOUND_PHONE_KEY
from liengia.people.models import BoundPhone, Invitation, Membership, User
from liengia.people.policies import public, signed_in
from liengia.people.services.joining import find_bound_phone
from liengia.people.views.accounts import me, safe_next

COOKIE = "lg_phone"
COOKIE_AGE_S = 400 * 24 * 3600
_BACKEND = "liengia.people.backends.PhoneBackend"


def opens_in_zalo(request: HttpRequest) -> bool:
    """Tell whether Zalo's own browser asks: it forgets cookies, so nothing is begun in it."""
    return "zalo" in request.headers.get("User-Agent", "").lower()


@public
@never_cache
def enter(request: HttpRequest, code: str) -> HttpResponse:
    """Show an invitation (a look never uses it up), and use it when the button is pressed."""
    invitation = _found(code)
    if invitation is None or not invitation.is_usable:
        status = 410 if invitation else 404
        return render(request, "people/invitation_gone.html", {"invitation": invitation}, status=status)
    if opens_in_zalo(request):
        link = request.build_absolute_uri(request.path)
        return render(request, "people/open_in_browser.html", {"invitation": invitation, "link": link})
    steps = {
        Invitation.Purpose.JOIN: _join,
        Invitation.Purpose.BIND: _bind,
        Invitation.Purpose.OFFICE: _office,
    }
    response = steps[Invitation.Purpose(invitation.purpose)](request, code, invitation)
    response["Referrer-Policy"] = "same-origin"
    return response


def _found(code: str) -> Invitation | None:
    try:
        return services.find_invitation(code)
    except NotFound:
        return None


def _join(request: HttpRequest, code: str, invitation: Invitation) -> HttpResponse:
    user = request.user if isinstance(request.user, User) else None
    form = JoinForm(request.POST or None)
    if request.method == "POST" and (user is not None or form.is_valid()):
        try:
            joined = services.join(
                code, actor=Actor.visitor(), user=user, **(form.cleaned_data if user is None else {})
            )
        except DomainError as error:
            form.add_error(None, str(error)) if form.is_bound else messages.error(request, str(error))
        else:
            if user is None:
                login(request, joined.user, backend=_BACKEND)
            return redirect("people:waiting")
    return render(request, "people/join.html", {"form": form, "invitation": invitation, "joined_as": user})


def _bind(request: HttpRequest, code: str, invitation: Invitation) -> HttpResponse:
    form = BindForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            phone, token = services.bind_phone(
                code, pin=form.cleaned_data["pin"], label=form.cleaned_data["label"]
            )
        except DomainError as error:
            form.add_error("pin", str(error))
        else:
            response = _sign_in_by_phone(request, phone, phone.user, "people:after_login")
            response.set_signed_cookie(
                COOKIE,
                f"{phone.pk}.{token}",
                max_age=COOKIE_AGE_S,
                httponly=True,
                secure=request.is_secure(),
                samesite="Lax",
            )
            return response
    return render(request, "people/bind.html", {"form": form, "invitation": invitation})


def _office(request: HttpRequest, code: str, invitation: Invitation) -> HttpResponse:
    form = OfficePasswordForm(request.POST or None, user=invitation.user)
    if request.method == "POST" and form.is_valid():
        try:
            user = services.open_office_account(code, password=form.cleaned_data["password"])
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            login(request, user, backend=_BACKEND)
            # The password was typed this moment: the second factor is set up without asking for it again.
            record_authentication(request, user, "password", reauthenticated=True)
            return redirect("people:second_factor")
    return render(request, "people/office_password.html", {"form": form, "invitation": invitation})


def _sign_in_by_phone(request: HttpRequest, phone: BoundPhone, user: User, target: str) -> HttpResponse:
    login(request, user, backend=_BACKEND)
    request.session[BOUND_PHONE_KEY] = phone.pk
    return redirect(target)


def phone_of(request: HttpRequest) -> BoundPhone | None:
    """Return the bound phone that this browser is, by its signed cookie."""
    try:
        raw = request.get_signed_cookie(COOKIE, max_age=COOKIE_AGE_S)
    except (KeyError, signing.BadSignature):
        return None
    key, _dot, token = (raw or "").partition(".")
    return find_bound_phone(int(key), token) if key.isascii() and key.isdigit() else None


@public
@never_cache
def pin(request: HttpRequest) -> HttpResponse:
    """Sign a leader in on their bound phone by six digits; it is no second factor."""
    phone = phone_of(request)
    if phone is None:
        return redirect("account_login")
    form = PinForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            user = services.enter_pin(phone, form.cleaned_data["pin"])
        except DomainError as error:
            form.add_error("pin", str(error))
        else:
            return _sign_in_by_phone(request, phone, user, safe_next(request, "people:after_login"))
    return render(request, "people/pin.html", {"form": form, "phone": phone, "next": safe_next(request, "")})


@signed_in
@never_cache
def waiting(request: HttpRequest) -> HttpResponse:
    """Say that the leader's word is awaited; nothing of the group is shown before."""
    user = me(request)
    waiting_now = list(Membership.objects.waiting().filter(user=user).select_related("household"))
    if not waiting_now:
        return redirect(
            "people:after_login" if queries.active_memberships(user).exists() else "people:account"
        )
    leaders = {leader.pk: leader for one in waiting_now for leader in stewards.leaders_of(one.household)}
    data = {"waiting": waiting_now, "leaders": leaders.values(), "has_password": user.has_usable_password()}
    return render(request, "people/waiting.html", data)


@signed_in
@never_cache
def waiting_members(request: HttpRequest) -> HttpResponse:
    """Show a leader who waits for a word."""
    return render(request, "people/waiting_members.html", {"waiting": queries.typed_by_waiting(me(request))})


@signed_in
@require_POST
def answer_member(request: HttpRequest, pk: int) -> HttpResponse:
    """Say yes or no to one who waits."""
    user = me(request)
    membership = get_object_or_404(
        Membership.objects.waiting().select_related("household__hamlet", "user"), pk=pk
    )
    if not policies.leads(user, membership.household):
        raise Http404
    if request.POST.get("answer") == "yes":
        services.confirm_membership(membership, actor=Actor.of(user), is_head="is_head" in request.POST)
        said = _("%(who)s now belongs to %(house)s.")
    else:
        services.end_membership(membership, actor=Actor.of(user))
        said = _("%(who)s was not admitted to %(house)s.")
    messages.success(request, said % {"who": membership.user, "house": membership.household.house_label})
    return redirect(safe_next(request, "people:waiting_members"))
