"""The Bot Platform's calls. The token stands in every address: it leaves this module in no error and no log.

Source: bot.zaloplatforms.com/docs, as read from packages and references in October 2026 (docs/areas/zalo.md).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import quote

from django.utils.translation import gettext as _

from liengia.broadcast.channels.base import DeliveryError, Failure
from liengia.broadcast.gateway import answers, http

API: Final = "https://bot-api.zaloplatforms.com"
POLL_S: Final = 4
# Codes follow HTTP's; 429 and what is about the token concern all messages of the bot.
_TECHNICAL: Final = frozenset({401, 403, 404, 429, 500, 502, 503})
_PERMANENT: Final = frozenset({400, 413})


def call(token: str, method: str, body: Mapping[str, Any], *, timeout_s: float = http.TIMEOUT_S) -> Any:
    """Call a method and return its result; None when polling found nothing (HTTP 408).

    Raises:
        DeliveryError: it said no. NotReached, Unclear, NotAllowed: as `gateway.http.call`.
    """
    url = f"{API}/bot{quote(token, safe=':')}/{method}"
    request = http.Request("POST", url, {"Content-Type": "application/json"}, json.dumps(body, ensure_ascii=False).encode())
    answer = http.call(request, timeout_s=timeout_s)
    said = answers.document(answer)
    if answer.status == 408 or (isinstance(said, dict) and said.get("error_code") == 408):
        if method == "getUpdates":
            return None
        raise DeliveryError(Failure.TEMPORARY, _("Zalo took too long."), is_unclear=True)
    if not isinstance(said, dict) or "ok" not in said:
        answers.read(answer, answers.Reading(number_at="/ok"))
        raise DeliveryError(Failure.TECHNICAL, _("The provider's answer cannot be read."), is_unclear=True)
    if said["ok"] is not True:
        raise _no(said.get("error_code"), answer)
    return said.get("result")


def _no(code: Any, answer: http.Answer) -> DeliveryError:
    number = code if isinstance(code, int) and not isinstance(code, bool) else answer.status
    kind = Failure.TECHNICAL if number in _TECHNICAL else Failure.PERMANENT if number in _PERMANENT else Failure.TEMPORARY
    return DeliveryError(kind, _("Zalo answered with error %(code)s.") % {"code": str(number)[:8]}, retry_after_s=answer.retry_after_s)
