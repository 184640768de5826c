"""Official Account: text to groups that the account itself made (GMF); groups that people made cannot be reached by it.

Source: developers.zalo.me, "Official Account, nhóm chat GMF"; what was read of it stands in docs/areas/zalo.md.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar, Final

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from liengia.broadcast.channels import zalo_groups
from liengia.broadcast.channels.base import (
    Accepted,
    BadSignature,
    DeliveryError,
    Event,
    Failure,
    Message,
    Parcel,
    Preview,
)
from liengia.broadcast.channels.zalo_oa import tokens
from liengia.broadcast.channels.zalo_oa.errors import ERRORS, TOKEN_IS_OVER
from liengia.broadcast.gateway import answers, http
from liengia.broadcast.gateway.forms import secret
from liengia.broadcast.models import ChannelAccount, SeenReport
from liengia.core import clock

API: Final = "https://openapi.zalo.me"
OLD: Final = timedelta(minutes=5)
EVENTS: Final = {"user_received_message": "delivered", "user_seen_message": "shown"}


class OaForm(forms.Form):
    """What an Official Account needs."""

    SECRETS: ClassVar[frozenset[str]] = frozenset({"app_secret", "refresh_token", "oa_secret"})

    app_id = forms.RegexField(r"^\d{5,30}$", label=gettext_lazy("Number of the application (app_id)"))
    app_secret = secret(gettext_lazy("Secret of the application"), gettext_lazy("It is kept encrypted and never shown again. Left empty, it stays as it is."))
    refresh_token = secret(
        gettext_lazy("Refresh token"),
        gettext_lazy("From the page where the Official Account grants access. Each is good for one use; from then on it is renewed here. An account on trial gets none."),
    )
    oa_secret = secret(gettext_lazy("OA Secret Key, by which reports are proved"))


class OaChannel(zalo_groups.GroupChannel):
    """Zalo Official Account."""

    name: ClassVar[str] = "zalo_oa"
    label: ClassVar[str | Promise] = gettext_lazy("Zalo Official Account")
    help: ClassVar[str | Promise] = gettext_lazy("To groups that the commune's verified Official Account made itself; Zalo charges for it. It cannot post in groups that people made.")
    icon: ClassVar[str] = "message"
    receipts: ClassVar[frozenset[str]] = frozenset({"accepted", "delivered", "shown"})
    is_untried: ClassVar[bool] = True
    per_second: ClassVar[float | None] = 5.0
    config_form = OaForm
    secrets: ClassVar[frozenset[str]] = frozenset({"app_secret", "refresh_token", "oa_secret", "access_token"})

    def preview(self, message: Message) -> Preview:
        """Return the text as it stands in the group."""
        text = zalo_groups.words(message, most=zalo_groups.MOST_CHARACTERS)
        return Preview("", text, len(text), zalo_groups.MOST_CHARACTERS, "characters")

    def hand_over(self, account: ChannelAccount, parcel: Parcel) -> Accepted:
        """Send a text to a group; when the access is over, renew it and send once more."""
        text = zalo_groups.words(parcel.message, most=zalo_groups.MOST_CHARACTERS)
        body = {"recipient": {"group_id": parcel.address}, "message": {"text": text}}
        token = tokens.access(account)
        code, said = self._call(token, "/v3.0/oa/group/message", body)
        if code == TOKEN_IS_OVER:
            code, said = self._call(tokens.renew(account), "/v3.0/oa/group/message", body)
        _refuse(code, attempt=parcel.attempt)
        return Accepted(answers.words_of(answers.point(said, "/data/message_id")))

    def check(self, account: ChannelAccount) -> str:
        """Ask for the quota of group messages."""
        code, said = self._call(tokens.access(account), "/v3.0/oa/quota/group", {"quota_owner": "OA", "quota_type": "sub_quota"})
        _refuse(code, attempt=1)
        rows = answers.point(said, "/data")
        return _("Zalo answers; packages for groups: %(count)s.") % {"count": len(rows) if isinstance(rows, list) else 0}

    def _call(self, token: str, path: str, body: Mapping[str, Any]) -> tuple[str, Any]:
        headers = {"access_token": token, "Content-Type": "application/json"}
        answer = http.call(http.Request("POST", f"{API}{path}", headers, json.dumps(body, ensure_ascii=False).encode()))
        answers.read(answer, answers.Reading(number_at="/error"))
        said = answers.document(answer)
        code = answers.words_of(answers.point(said, "/error"))
        if not code:
            raise DeliveryError(Failure.TECHNICAL, _("The provider's answer cannot be read."), is_unclear=True)
        return code, said

    def webhook(self, account: ChannelAccount, body: bytes, headers: Mapping[str, str], query: Mapping[str, str]) -> list[Event]:
        """Return what Zalo reports of our messages. What people write to the account is left unread."""
        values = account.values
        said = _checked(body, headers.get("x-zevent-signature", ""), str(values.get("app_id", "")), str(values.get("oa_secret", "")))
        _take_once(account, body)
        what = EVENTS.get(str(said.get("event_name", "")), "")
        message = said.get("message")
        if not what or not isinstance(message, dict):
            return []
        several = message.get("msg_ids")
        keys = several if isinstance(several, list) else [message.get("msg_id")]
        return [Event(str(key)[:120], what, clock.now()) for key in keys[:100] if isinstance(key, str) and key]


def _checked(body: bytes, given: str, app_id: str, oa_secret: str) -> dict[str, Any]:
    """Return a report whose signature is right and new: mac=sha256(app id + body + timestamp + OA Secret Key)."""
    try:
        said = json.loads(body)
        stamp = str(said["timestamp"])
        at = datetime.fromtimestamp(int(stamp) / 1000, UTC)
    except (ValueError, KeyError, TypeError, OverflowError, OSError, RecursionError):
        raise BadSignature from None
    expected = hashlib.sha256(app_id.encode() + body + stamp.encode() + oa_secret.encode()).hexdigest()
    if not app_id or not oa_secret or not hmac.compare_digest(given.removeprefix("mac=").lower().encode(), expected.encode()):
        raise BadSignature
    if abs(clock.now() - at) > OLD:
        raise BadSignature
    return dict(said)


def _take_once(account: ChannelAccount, body: bytes) -> None:
    _row, is_new = SeenReport.objects.get_or_create(account=account, digest=hashlib.sha256(body).hexdigest())
    if not is_new:
        raise BadSignature


def _refuse(code: str, *, attempt: int) -> None:
    if code == "0":
        return
    known = ERRORS.get(code)
    if known is not None:
        raise DeliveryError(known[0], str(known[1]))
    kind = Failure.TEMPORARY if attempt < answers.UNKNOWN_TRIES else Failure.PERMANENT
    raise DeliveryError(kind, _("Zalo answered with error %(code)s.") % {"code": code[:8]})


CHANNEL = OaChannel()
