"""Accounts at providers in the back office: set up, tried out, switched; what a message costs. A secret is never shown again."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from liengia.broadcast import channels
from liengia.broadcast.account_forms import CostForm, FrameForm, TestForm, units_for
from liengia.broadcast.capabilities import CONFIGURE
from liengia.broadcast.channels.accounts import AccountChannel, PhoneChannel
from liengia.broadcast.channels.base import DeliveryError
from liengia.broadcast.channels.zalo_bot.channel import BotChannel
from liengia.broadcast.gateway import http
from liengia.broadcast.gateway.channel import GatewayChannel, report_url
from liengia.broadcast.models import ChannelAccount, UnitCost
from liengia.broadcast.services import accounts
from liengia.core import clock
from liengia.core.actor import Actor
from liengia.core.errors import DomainError
from liengia.people.models import User
from liengia.people.policies import requires


def office_urls() -> list[URLPattern]:
    """Return the addresses of the accounts' pages."""
    return [
        path("kenh/tai-khoan/", index, name="broadcast_office_accounts"),
        path("kenh/tai-khoan/them/<slug:channel>/", add, name="broadcast_office_account_add"),
        path("kenh/tai-khoan/<slug:public_id>/", change, name="broadcast_office_account"),
        path("kenh/tai-khoan/<slug:public_id>/<slug:what>/", act, name="broadcast_office_account_act"),
        path("kenh/gia/", costs, name="broadcast_office_costs"),
    ]


def _me(request: HttpRequest) -> Actor:
    assert isinstance(request.user, User)
    return Actor.of(request.user)


def _channel(name: str) -> AccountChannel:
    found = channels.get(name)
    if not isinstance(found, AccountChannel) or found.config_form is None:
        raise Http404
    return found


def _one(request: HttpRequest, public_id: str) -> ChannelAccount:
    return get_object_or_404(ChannelAccount.objects.filter(unit__in=units_for(request.user)).select_related("unit"), public_id=public_id)


@requires(CONFIGURE)
@never_cache
@require_GET
def index(request: HttpRequest) -> HttpResponse:
    """List the accounts of the reader's units, how they do, and the channels that can be set up."""
    rows = ChannelAccount.objects.filter(unit__in=units_for(request.user)).select_related("unit").order_by("unit__code", "channel", "name")
    shown = [{"account": row, "channel": channels.get(row.channel), "failing": accounts.failing(row)} for row in rows]
    offered = [one for one in channels.every().values() if isinstance(one, AccountChannel)]
    return render(request, "broadcast/accounts/index.html", {"rows": shown, "channels": offered})


@requires(CONFIGURE)
@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
def add(request: HttpRequest, channel: str) -> HttpResponse:
    """Set an account up; it stays off until it is switched on."""
    return _edit(request, _channel(channel), None)


@requires(CONFIGURE)
@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
def change(request: HttpRequest, public_id: str) -> HttpResponse:
    """Show an account, and change it."""
    account = _one(request, public_id)
    return _edit(request, _channel(account.channel), account)


def _edit(request: HttpRequest, channel: AccountChannel, account: ChannelAccount | None, *, testing: Any = None, status: int = 200) -> HttpResponse:
    posted = request.POST if request.method == "POST" and testing is None else None
    frame, form = _forms(request, channel, account, posted)
    if posted is not None and frame.is_valid() and form.is_valid():
        unit = account.unit if account is not None else frame.cleaned_data["unit"]
        try:
            kept = accounts.keep_account(unit, channel.name, frame.cleaned_data["account_name"], form.cleaned_data, actor=_me(request), account=account)
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("The account is kept. Send a test message before you switch it on."))
            return redirect("broadcast_office_account", kept.public_id)
    context = {
        "channel": channel, "account": account, "frame": frame, "form": form, "testing": testing or TestForm(isinstance(channel, PhoneChannel)),
        "failing": accounts.failing(account) if account else None, "is_bot": isinstance(channel, BotChannel), "seen_groups": account.values.get("seen_groups", []) if account else [], "secrets_set": _secrets_set(channel, account),
        "report_url": _report_url(channel, account), "webhook_secret": _shown_secret(channel, account), "needs_grant": bool(account and account.values.get("needs_grant")),
    }  # fmt: skip
    return render(request, "broadcast/accounts/account.html", context, status=status)


def _forms(request: HttpRequest, channel: AccountChannel, account: ChannelAccount | None, posted: Any) -> tuple[FrameForm, forms.Form]:
    """Return both forms; what is a secret is never put into one."""
    assert channel.config_form is not None
    kept = {name: value for name, value in account.values.items() if name not in channel.secrets} if account is not None else {}
    frame = FrameForm(request.user, posted, initial={"account_name": account.name, "unit": account.unit_id} if account is not None else None)
    if account is not None:
        del frame.fields["unit"]
    elif frame.fields["unit"].queryset.count() == 1:  # type: ignore[attr-defined]
        frame.fields["unit"].initial = frame.fields["unit"].queryset.first()  # type: ignore[attr-defined]
    return frame, channel.config_form(posted, initial=kept) if kept else channel.config_form(posted)


def _secrets_set(channel: AccountChannel, account: ChannelAccount | None) -> list[str]:
    return sorted(name for name in channel.secrets if account is not None and account.values.get(name))


def _report_url(channel: AccountChannel, account: ChannelAccount | None) -> str:
    if account is None:
        return ""
    if isinstance(channel, GatewayChannel):
        return report_url(account).partition("?")[0] if account.values.get("report_proof") else ""
    return f"{settings.PUBLIC_URL}/noi/{account.channel}/{account.public_id}/"


def _shown_secret(channel: AccountChannel, account: ChannelAccount | None) -> str:
    """Return the secret that we made for a provider to prove itself by: it is to be copied there. One of theirs is never shown."""
    if account is None or account.values.get("report_secret"):
        return ""
    proof = account.values.get("report_proof", "") if isinstance(channel, GatewayChannel) else "header" if isinstance(channel, BotChannel) else ""
    return account.webhook_secret if proof else ""


@requires(CONFIGURE)
@never_cache
@sensitive_post_parameters()
@require_POST
def act(request: HttpRequest, public_id: str, what: str) -> HttpResponse:
    """Switch an account, ask its provider, send a test message, look for the bot's groups."""
    account = _one(request, public_id)
    channel = _channel(account.channel)
    if what == "thu":
        return _test(request, channel, account)
    doing = ACTS.get(what)
    if doing is None:
        raise Http404
    try:
        messages.info(request, doing(channel, account, _me(request)))
    except (DomainError, DeliveryError) as error:
        messages.error(request, str(error))
    return redirect("broadcast_office_account", account.public_id)


def _test(request: HttpRequest, channel: AccountChannel, account: ChannelAccount) -> HttpResponse:
    form = TestForm(isinstance(channel, PhoneChannel), request.POST)
    if not form.is_valid():
        return _edit(request, channel, account, testing=form, status=422)
    messages.info(request, accounts.try_out(account, form.cleaned_data["address"]))
    return redirect("broadcast_office_account", account.public_id)


def _on(channel: AccountChannel, account: ChannelAccount, actor: Actor) -> str:
    accounts.switch(account, True, actor=actor)
    return _("The account is switched on.")


def _off(channel: AccountChannel, account: ChannelAccount, actor: Actor) -> str:
    accounts.switch(account, False, actor=actor)
    return _("The account is switched off. Nothing goes through it any more.")


def _find_groups(channel: AccountChannel, account: ChannelAccount, actor: Actor) -> str:
    if not isinstance(channel, BotChannel):
        raise Http404
    try:
        found = channel.find_groups(account)
    except (http.NotReached, http.Unclear, http.NotAllowed):
        return _("The provider cannot be reached.")
    return _("Groups that mentioned the bot: %(numbers)s. Enter the number in the register of groups.") % {"numbers": ", ".join(found)} if found else _("Nobody mentioned the bot just now. Mention it in the group with @, then press again within a minute.")


def _register(channel: AccountChannel, account: ChannelAccount, actor: Actor) -> str:
    if not isinstance(channel, BotChannel):
        raise Http404
    try:
        return channel.register(account, _report_url(channel, account))
    except (http.NotReached, http.Unclear, http.NotAllowed):
        return _("The provider cannot be reached.")


ACTS = {"dang-ky": _register, "bat": _on, "tat": _off, "kiem-tra": lambda channel, account, actor: accounts.check(account), "tim-nhom": _find_groups}


@requires(CONFIGURE)
@never_cache
@require_http_methods(["GET", "POST"])
def costs(request: HttpRequest) -> HttpResponse:
    """Show what messages cost, and set a price from a day on."""
    form = CostForm(request.user, request.POST or None, initial={"valid_from": clock.today()})
    if request.method == "POST" and form.is_valid() and _costed(form, request):
        messages.success(request, _("The price is kept."))
        return redirect("broadcast_office_costs")
    rows = UnitCost.objects.filter(unit__in=units_for(request.user)).select_related("unit")
    names = {name: one.label for name, one in channels.every().items()}
    return render(request, "broadcast/accounts/costs.html", {"form": form, "rows": [(row, names.get(row.channel, row.channel)) for row in rows]})


def _costed(form: CostForm, request: HttpRequest) -> bool:
    try:
        accounts.keep_cost(actor=_me(request), **form.cleaned_data)
    except DomainError as error:
        field = str(error.data.get("field", ""))
        form.add_error(field if field in form.fields else None, str(error))
        return False
    return True
