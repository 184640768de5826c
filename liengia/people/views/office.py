"""Accounts in the back office: made, given roles, unlocked, reset, closed; only inside the keeper's units."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.db import transaction
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from liengia.core.actor import Actor
from liengia.core.errors import DomainError
from liengia.core.pdf import qr_svg
from liengia.people import policies, services
from liengia.people.forms import GiveRoleForm, NewAccountForm
from liengia.people.models import BoundPhone, RoleAssignment, User
from liengia.people.policies import requires
from liengia.people.services import Issued, accounts
from liengia.people.views.accounts import me


def _target(request: HttpRequest, pk: int) -> User:
    user = get_object_or_404(policies.managed_users(me(request)), pk=pk)
    if not policies.may_manage(me(request), user):
        raise Http404
    return user


@requires("people.accounts")
@never_cache
def index(request: HttpRequest) -> HttpResponse:
    """List the accounts that the reader keeps."""
    found = policies.managed_users(me(request))
    words = request.GET.get("q", "").strip()
    if words:
        found = found.filter(
            Q(full_name__icontains=words) | Q(username__icontains=words) | Q(phone__contains=words)
        )
    page = Paginator(found, 50).get_page(request.GET.get("p"))
    return render(request, "people/office/accounts.html", {"page": page, "q": words})


@requires("people.accounts")
@never_cache
def add(request: HttpRequest) -> HttpResponse:
    """Make an account with its first role, and show the link for the first sign-in."""
    form = NewAccountForm(request.POST or None, keeper=me(request))
    if request.method == "POST" and form.is_valid():
        made = _make(request, form)
        if made is not None:
            return made
    return render(request, "people/office/add.html", {"form": form})


def _make(request: HttpRequest, form: NewAccountForm) -> HttpResponse | None:
    actor, data = Actor.of(me(request)), form.cleaned_data
    in_office = data["role"].needs_second_factor
    try:
        with transaction.atomic():
            user = services.make_user(
                actor=actor,
                username=data["username"],
                full_name=data["full_name"],
                phone=data["phone"] or None,
                is_staff=in_office,
            )
            services.assign_role(user, data["role"], data["unit"], actor=actor, valid_to=data.get("valid_to"))
    except DomainError as error:
        form.add_error(None, str(error))
        return None
    return _show_link(
        request,
        user,
        (services.invite_to_office if in_office else services.invite_to_bind)(user, actor=actor),
    )


def _show_link(request: HttpRequest, user: User, issued: Issued) -> HttpResponse:
    link = settings.PUBLIC_URL + issued.path
    data = {"account": user, "link": link, "qr": qr_svg(link), "issued": issued}
    return render(request, "people/office/link.html", data)


@requires("people.accounts")
@never_cache
def detail(request: HttpRequest, pk: int) -> HttpResponse:
    """Show an account, and give it a further role."""
    user = _target(request, pk)
    form = GiveRoleForm(request.POST or None, keeper=me(request))
    if request.method == "POST" and form.is_valid() and _give(request, user, form):
        return redirect("people_office_account", pk)
    data = {
        "account": user,
        "form": form,
        "roles": RoleAssignment.objects.current().filter(user=user).select_related("role", "unit"),
        "phones": BoundPhone.objects.active().filter(user=user),
        "are_codes_locked": accounts.are_codes_locked(user),
    }
    return render(request, "people/office/account.html", data)


def _give(request: HttpRequest, user: User, form: GiveRoleForm) -> bool:
    data, actor = form.cleaned_data, Actor.of(me(request))
    try:
        services.assign_role(user, data["role"], data["unit"], actor=actor, valid_to=data.get("valid_to"))
    except DomainError as error:
        form.add_error(None, str(error))
        return False
    messages.success(request, _("Saved."))
    return True


@requires("people.accounts")
@require_POST
def act(request: HttpRequest, pk: int, what: str) -> HttpResponse:
    """Do one thing to an account."""
    user, actor = _target(request, pk), Actor.of(me(request))
    if what in ("office-link", "phone-card"):
        invite = services.invite_to_office if what == "office-link" else services.invite_to_bind
        return _show_link(request, user, invite(user, actor=actor))
    chosen = _acts(request, user, actor).get(what)
    if chosen is None:
        raise Http404
    chosen()
    messages.success(request, _("Done."))
    return redirect(
        "people_office_account" if user.is_active else "people_office_accounts",
        *([pk] if user.is_active else []),
    )


def _acts(request: HttpRequest, user: User, actor: Actor) -> dict[str, Callable[[], object]]:
    key = request.POST.get("key") or "0"
    row = int(key) if key.isascii() and key.isdigit() else 0

    def revoke() -> None:
        services.revoke_phone(get_object_or_404(BoundPhone.objects.active(), pk=row, user=user), actor=actor)

    def end() -> None:
        held = RoleAssignment.objects.current().select_related("user", "role", "unit")
        services.end_role(get_object_or_404(held, pk=row, user=user), actor=actor)

    return {
        "unlock": lambda: services.unlock_user(user, actor=actor),
        "reset-factor": lambda: services.reset_second_factor(user, actor=actor),
        "close": lambda: services.close_user(user, actor=actor),
        "revoke-phone": revoke,
        "end-role": end,
    }
