"""What SMS and calls share: a message fills the account's template, the answer is read as the account says."""

from __future__ import annotations

import time
from abc import abstractmethod
from collections.abc import Callable, Mapping
from typing import Any, ClassVar
from urllib.parse import quote

from django.conf import settings
from django.utils.translation import gettext as _

from liengia.broadcast.channels.accounts import PhoneChannel
from liengia.broadcast.channels.base import (
    Accepted,
    BadSignature,
    DeliveryError,
    Event,
    Failure,
    Message,
    Parcel,
)
from liengia.broadcast.gateway import answers, http, reports, template
from liengia.broadcast.models import ChannelAccount


class GatewayChannel(PhoneChannel):
    """A channel through an HTTP gateway; a subclass says what stands in the placeholders beyond the common ones."""

    secrets: ClassVar[frozenset[str]] = frozenset({"token", "report_secret"})

    def __init__(self) -> None:
        """Begin without a past."""
        self._gave_at: dict[str, float] = {}

    @abstractmethod
    def words(self, account: ChannelAccount, message: Message, wanted: Callable[[str], bool] = bool) -> dict[str, str]:
        """Return what this channel fills in; what costs work to make, only where the template asks for it (`wanted`)."""

    def hand_over(self, account: ChannelAccount, parcel: Parcel) -> Accepted:
        """Fill the template, send it, read the answer."""
        config = account.values
        shape = _template(config)
        request = shape.fill({**self.words(account, parcel.message, shape.asks_for), **_common(account, config, parcel)})
        self._keep_pace(account, config)
        return answers.read(http.call(request), _reading(config), attempt=parcel.attempt)

    def _keep_pace(self, account: ChannelAccount, config: Mapping[str, Any]) -> None:
        """Wait until the account's second has room; this thread sends for this channel alone."""
        pause = 1 / max(1, int(config.get("per_second") or 10))
        wait = self._gave_at.get(account.public_id, 0.0) + pause - time.monotonic()
        if wait > 0:
            time.sleep(min(wait, 1.0))
        self._gave_at[account.public_id] = time.monotonic()

    def check(self, account: ChannelAccount) -> str:
        """Ask for the balance where the account says how."""
        config = account.values
        if not config.get("balance_url"):
            return ""
        headers = template.parse(method="GET", url=config["balance_url"], headers=config.get("headers", ""))
        answer = http.call(headers.fill({"token": config.get("token", ""), "user": config.get("user", "")}))
        answers.read(answer, answers.Reading())
        balance = answers.words_of(answers.point(answers.document(answer), config.get("balance_at", "")))
        return _("Balance: %(amount)s") % {"amount": balance or "?"}

    def webhook(self, account: ChannelAccount, body: bytes, headers: Mapping[str, str], query: Mapping[str, str]) -> list[Event]:
        """Return what the provider reports of calls or messages; of states that this channel cannot have, nothing."""
        config = account.values
        if not config.get("report_proof"):
            raise BadSignature
        reports.prove(body, headers, query, config, config.get("report_secret") or account.webhook_secret)
        return [one for one in reports.read(body, headers.get("content-type", ""), config) if one.what in self.receipts or one.what == "failed"]


def report_url(account: ChannelAccount) -> str:
    """Return the address to which a provider reports; with the secret where it is proved by it."""
    config = account.values
    key = f"?k={quote(config.get('report_secret') or account.webhook_secret)}" if config.get("report_proof") == "query" else ""
    return f"{settings.PUBLIC_URL}/noi/{account.channel}/{account.public_id}/{key}"


def _template(config: Mapping[str, Any]) -> template.Template:
    try:
        return template.parse(**{name: str(config.get(name, "")) for name in ("method", "url", "headers", "body_kind", "body")})
    except (template.BadTemplate, KeyError):
        raise DeliveryError(Failure.TECHNICAL, _("The account's template cannot be used. Open the account and correct it.")) from None


def _reading(config: Mapping[str, Any]) -> answers.Reading:
    values = tuple(one.strip() for one in str(config.get("success_values", "")).split(",") if one.strip())
    errors = {code: Failure(kind) for code, kind in answers.lines(str(config.get("error_codes", ""))).items()}
    pointers = {name: str(config.get(name, "")) for name in ("success_at", "number_at", "error_at")}
    return answers.Reading(success_values=values, errors=errors, **pointers)


def _common(account: ChannelAccount, config: Mapping[str, Any], parcel: Parcel) -> dict[str, str]:
    number = parcel.address
    local = "0" + number.removeprefix("+84") if number.startswith("+84") else number
    return {
        "to": number, "to_plain": number.removeprefix("+"), "to_local": local, "key": parcel.key, "token": str(config.get("token", "")),
        "user": str(config.get("user", "")), "sender": str(config.get("sender", "")), "report_url": report_url(account),
    }  # fmt: skip
