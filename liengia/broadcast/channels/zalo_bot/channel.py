"""Bot Platform: 2,000 characters to groups that took the bot in. The bot reads nothing: it only learns in which group it was mentioned."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Mapping
from typing import Any, ClassVar, Final

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from liengia.broadcast.channels import zalo_groups
from liengia.broadcast.channels.base import (
    Accepted,
    BadSignature,
    Event,
    Message,
    Parcel,
    Preview,
)
from liengia.broadcast.channels.zalo_bot import client
from liengia.broadcast.gateway import http
from liengia.broadcast.gateway.forms import secret
from liengia.broadcast.models import ChannelAccount, SeenReport

MOST_POLLS: Final = 5
MOST_SEEN: Final = 10


class BotForm(forms.Form):
    """What a bot needs."""

    SECRETS: ClassVar[frozenset[str]] = frozenset({"token"})

    token = secret(gettext_lazy("Token of the bot"), gettext_lazy("“Zalo Bot Manager” sends it when the bot is made. It is kept encrypted and never shown again. Left empty, it stays as it is."))


class BotChannel(zalo_groups.GroupChannel):
    """Zalo Bot Platform."""

    name: ClassVar[str] = "zalo_bot"
    label: ClassVar[str | Promise] = gettext_lazy("Zalo bot")
    help: ClassVar[str | Promise] = gettext_lazy("To a few groups that took the commune's bot in: three at most on the free plan (beta). For trying out, not for all hamlets.")
    icon: ClassVar[str] = "message"
    is_untried: ClassVar[bool] = True
    per_second: ClassVar[float | None] = 2.0
    config_form = BotForm
    secrets: ClassVar[frozenset[str]] = frozenset({"token"})

    def preview(self, message: Message) -> Preview:
        """Return the text, cut at the platform's limit."""
        text = zalo_groups.words(message, most=zalo_groups.MOST_CHARACTERS)
        full = zalo_groups.words(message)
        warnings = (_("The text is cut off at %(most)s characters; the public page has all of it.") % {"most": zalo_groups.MOST_CHARACTERS},) if full != text else ()
        return Preview("", text, len(text), zalo_groups.MOST_CHARACTERS, "characters", 1, warnings)

    def hand_over(self, account: ChannelAccount, parcel: Parcel) -> Accepted:
        """Send a text to a group."""
        text = zalo_groups.words(parcel.message, most=zalo_groups.MOST_CHARACTERS)
        result = client.call(_token(account), "sendMessage", {"chat_id": parcel.address, "text": text})
        key = result.get("message_id", "") if isinstance(result, dict) else ""
        return Accepted(key[:120] if isinstance(key, str) else "")

    def check(self, account: ChannelAccount) -> str:
        """Ask who the bot is."""
        result = client.call(_token(account), "getMe", {})
        joins = isinstance(result, dict) and result.get("can_join_groups") is True
        return _("Zalo knows the bot; it may be taken into groups.") if joins else _("Zalo knows the bot; it may not be taken into groups yet.")

    def find_groups(self, account: ChannelAccount) -> list[str]:
        """Poll a few times for groups in which the bot was just mentioned; return their numbers, and forget the rest.

        There is no cursor: the same event comes again, so events are told apart by their message's number. Without an event a
        poll ends with HTTP 408.
        """
        seen: set[str] = set()
        found: list[str] = []
        for _turn in range(MOST_POLLS):
            event = client.call(_token(account), "getUpdates", {"timeout": client.POLL_S}, timeout_s=client.POLL_S + 4)
            if event is None:
                break
            number, group = mentioned(event)
            if not number or number in seen:
                break
            seen.add(number)
            if group and group not in found:
                found.append(group)
        return found

    def webhook(self, account: ChannelAccount, body: bytes, headers: Mapping[str, str], query: Mapping[str, str]) -> list[Event]:
        """Prove an event by its secret, and keep the group's number. There are no receipts; what people write is not looked at."""
        given = headers.get("x-bot-api-secret-token", "")
        if not account.webhook_secret or not hmac.compare_digest(given.encode(), account.webhook_secret.encode()):
            raise BadSignature
        try:
            said = json.loads(body)
        except (ValueError, RecursionError):
            return []
        number, group = mentioned(said.get("result") if isinstance(said, dict) else None)
        if number and group and SeenReport.objects.get_or_create(account=account, digest=hashlib.sha256(number.encode()).hexdigest())[1]:
            _remember(account, group)
        return []

    def register(self, account: ChannelAccount, url: str) -> str:
        """Have the platform report to our address, proved by the account's secret; polling ends with it."""
        client.call(_token(account), "setWebhook", {"url": url, "secret_token": account.webhook_secret})
        return _("Zalo reports to this platform from now on.")


def _remember(account: ChannelAccount, group: str) -> None:
    """Keep the number of a group that mentioned the bot, for whoever enters it in the register; over this revision alone."""
    values = account.values
    seen = [one for one in values.get("seen_groups", []) if one != group][-(MOST_SEEN - 1) :]
    raw = json.dumps({**values, "seen_groups": [*seen, group]}, ensure_ascii=False)
    ChannelAccount.objects.filter(pk=account.pk, revision=account.revision).update(config=raw, revision=account.revision + 1)


def mentioned(event: Any) -> tuple[str, str]:
    """Return the number of an event's message, and of its group; empty where it is none. The text is not looked at."""
    message = event.get("message") if isinstance(event, dict) else None
    chat = message.get("chat") if isinstance(message, dict) else None
    if not isinstance(message, dict) or not isinstance(chat, dict):
        return "", ""
    number, group = message.get("message_id"), chat.get("id")
    is_group = chat.get("chat_type") == "GROUP" and isinstance(group, str)
    return (number if isinstance(number, str) else ""), (str(group)[:80] if is_group else "")


def _token(account: ChannelAccount) -> str:
    token = str(account.values.get("token", ""))
    if not token:
        raise http.NotAllowed("no token")
    return token


CHANNEL = BotChannel()
