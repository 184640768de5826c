"""The access of an Official Account: about a day long, renewed by a refresh token that may be used once and is then replaced.

1. Whoever renews first writes, over the revision that it read, that the token is being used (`renewing_at`). Another process
   that read the same revision writes nothing, and waits.
2. It asks Zalo with no transaction open.
3. It writes both new tokens over its own revision, in one statement.

A kill between 2 and 3 leaves `renewing_at`: the old token is used up, the new one was never kept. After a minute that is told
plainly: somebody has to grant access again. The same when no whole answer comes: the token may be used up. An answer that
says no, or a connection that never came about, uses up nothing.

Source: developers.zalo.me, "Official Account, OAuth v4"; domain notes in docs/areas/zalo.md.
"""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any, Final
from urllib.parse import urlencode

from django.utils.translation import gettext as _

from liengia.broadcast.channels.base import DeliveryError, Failure
from liengia.broadcast.gateway import answers, http
from liengia.broadcast.models import ChannelAccount
from liengia.core import clock

OAUTH: Final = "https://oauth.zaloapp.com"
AHEAD: Final = timedelta(minutes=10)
DEAD: Final = timedelta(minutes=1)


def access(account: ChannelAccount) -> str:
    """Return a token that still holds, renewing it where needed.

    Raises:
        DeliveryError: somebody else renews it just now, or access has to be granted again.
    """
    account.refresh_from_db()
    values = account.values
    until = _instant(values.get("access_until"))
    if values.get("access_token") and until is not None and until - AHEAD > clock.now():
        return str(values["access_token"])
    return renew(account)


def renew(account: ChannelAccount) -> str:
    """Use the refresh token, once, and keep what replaces it.

    Raises:
        DeliveryError: as `access`.
    """
    values = account.values
    if values.get("needs_grant") or not values.get("refresh_token"):
        raise needs_grant()
    began = _instant(values.get("renewing_at"))
    if began is not None:
        if clock.now() - began < DEAD:
            raise DeliveryError(Failure.TECHNICAL, _("Access to Zalo is being renewed."), retry_after_s=5.0)
        _keep(account, {**values, "needs_grant": True})
        raise needs_grant()
    if not _keep(account, {**values, "renewing_at": clock.now().isoformat()}):
        raise DeliveryError(Failure.TECHNICAL, _("Access to Zalo is being renewed."), retry_after_s=5.0)
    return _ask(account, values)


def _ask(account: ChannelAccount, values: dict[str, Any]) -> str:
    form = {"refresh_token": values["refresh_token"], "app_id": values.get("app_id", ""), "grant_type": "refresh_token"}
    headers = {"Content-Type": "application/x-www-form-urlencoded", "secret_key": str(values.get("app_secret", ""))}
    try:
        answer = http.call(http.Request("POST", f"{OAUTH}/v4/oa/access_token", headers, urlencode(form).encode()))
    except (http.NotReached, http.NotAllowed):
        _keep(account, values)  # nothing was handed over: the token is as it was
        raise
    except http.Unclear:
        _keep(account, {**values, "needs_grant": True})
        raise needs_grant() from None
    said = _said(answer)
    if answer.status >= 500 or answer.status == 429:
        _keep(account, values)
        raise DeliveryError(Failure.TECHNICAL, _("Zalo does not renew access just now."), retry_after_s=answer.retry_after_s)
    if not (said.get("access_token") and said.get("refresh_token")):
        _keep(account, {**values, "needs_grant": True})
        raise needs_grant()
    seconds = int(said["expires_in"]) if str(said.get("expires_in", "")).isdigit() else 3600
    fresh = {
        **values, "access_token": str(said["access_token"]), "refresh_token": str(said["refresh_token"]),
        "access_until": (clock.now() + timedelta(seconds=seconds)).isoformat(), "renewed_at": clock.now().isoformat(),
    }  # fmt: skip
    if not _keep(account, fresh):
        raise DeliveryError(Failure.TECHNICAL, _("The account was changed while its access was renewed."), retry_after_s=5.0)
    return str(said["access_token"])


def _said(answer: http.Answer) -> dict[str, Any]:
    found = answers.document(answer)
    return found if isinstance(found, dict) else {}


def _keep(account: ChannelAccount, values: dict[str, Any]) -> bool:
    """Write the configuration over the revision that was read, and over no other; tell whether it was so."""
    revision = account.revision
    raw = json.dumps(values, ensure_ascii=False)
    done = ChannelAccount.objects.filter(pk=account.pk, revision=revision).update(config=raw, revision=revision + 1, changed_at=clock.now())
    if done:
        account.config, account.revision = raw, revision + 1
    return bool(done)


def needs_grant() -> DeliveryError:
    """Return what is said when only people can help."""
    return DeliveryError(Failure.TECHNICAL, _("Access has to be granted again: open the account and enter a new refresh token."), retry_after_s=3600.0)


def _instant(raw: Any) -> datetime | None:
    try:
        return datetime.fromisoformat(str(raw)) if raw else None
    except ValueError:
        return None
