"""Clusters of other makes that take orders at an address: a signed POST out, a signed report back (docs/protocol.md).

`Liengia-Signature: t=<seconds>,v1=<hex HMAC-SHA256 of "t.body" by the cluster's secret>`; a signature older than five minutes, or
used before, is none. The sound is fetched by an address that holds for a day; so what is to come is told half a day ahead, and may be
played six hours late.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any, Final

from django.conf import settings
from django.core import signing
from django.core.cache import cache

from liengia.broadcast.channels.base import BadSignature, DeliveryError, Failure
from liengia.broadcast.models import PlayOrder, SpeakerCluster
from liengia.core import clock, outside

HEADER: Final = "Liengia-Signature"
# All in all, whatever drips.
TIMEOUT_S: Final = 8.0
HOLDS_S: Final = 300
# Whatever it asks for: a make that says a year, or the year 9999, is asked again after an hour.
LONGEST_WAIT_S: Final = 3600.0
SOUND_HOLDS_S: Final = 24 * 3600
AHEAD: Final = timedelta(hours=12)
client: Final = outside.Client()
_SALT: Final = "broadcast.sound"
_SIGNATURE: Final = re.compile(r"t=([1-9]\d{0,11}),v1=([0-9a-f]{64})")


def may_be_called(url: str) -> bool:
    """Tell whether an address may be a cluster's: https of a public machine; this machine itself only where the operator lets it (`OUTSIDE_LOOPBACK`)."""
    try:
        outside.checked(url, loopback=settings.OUTSIDE_LOOPBACK)
    except outside.RefusedAddress:
        return False
    return True


def sign(secret: str, body: bytes, at: datetime) -> str:
    """Return the header's value for a body."""
    moment = int(at.timestamp())
    return f"t={moment},v1={_mac(secret, moment, body)}"


def _mac(secret: str, moment: int, body: bytes) -> str:
    return hmac.new(secret.encode(), f"{moment}.".encode() + body, hashlib.sha256).hexdigest()


def check(secret: str, body: bytes, header: str, at: datetime) -> None:
    """Check a report's signature; each is good once.

    Raises:
        BadSignature: it is wrong, old, or was used before.
    """
    match = _SIGNATURE.fullmatch(header)
    if match is None or not secret:
        raise BadSignature
    if not hmac.compare_digest(_mac(secret, int(match[1]), body), match[2]):
        raise BadSignature
    if abs(at.timestamp() - int(match[1])) > HOLDS_S:
        raise BadSignature
    if not cache.add(f"speaker-report:{match[2]}", 1, 2 * HOLDS_S):
        raise BadSignature


def sound_token(sha256: str) -> str:
    """Return what lets anybody fetch one sound for a day."""
    return signing.dumps(sha256, salt=_SALT)


def sound_of(token: str) -> str | None:
    """Return the hash of the sound that a token lets fetch; None when it is wrong or over."""
    try:
        return str(signing.loads(token, salt=_SALT, max_age=SOUND_HOLDS_S))
    except signing.BadSignature:
        return None


def body_of(order: PlayOrder) -> dict[str, Any]:
    """Return what another make is told."""
    return {
        "order": order.public_id,
        "cluster": order.cluster.public_id,
        "sound": f"{settings.PUBLIC_URL}/loa/ngoai/{sound_token(order.audio.sha256)}.wav",
        "sha256": order.audio.sha256,
        "seconds": order.audio.seconds,
        "play_at": order.play_at.isoformat(),
        "expires_at": order.expires_at.isoformat(),
        "priority": order.priority,
        "mode": order.mode,
        "times": order.times,
        "pause_s": order.pause_s,
        "volume": order.cluster.volume if order.volume is None else order.volume,
    }


def order(orders: Iterable[PlayOrder]) -> dict[int, DeliveryError]:
    """Tell each order to its cluster, once it was taken never again; return by number why others were not."""
    rows = [one for one in orders if one.told_at is None]
    refused = {row.pk: error for row, error in zip(rows, tell([(row.cluster, {"do": "play", **body_of(row)}) for row in rows]), strict=True) if error is not None}
    PlayOrder.objects.filter(pk__in=[row.pk for row in rows if row.pk not in refused]).update(told_at=clock.now())
    return refused


def take_back(orders: Iterable[PlayOrder]) -> None:
    """Tell clusters to play these no more. One that does not answer keeps the order until it expires."""
    tell([(one.cluster, {"do": "withdraw", "order": one.public_id, "cluster": one.cluster.public_id}) for one in orders])


def tell(told: Sequence[tuple[SpeakerCluster, Mapping[str, Any]]]) -> list[DeliveryError | None]:
    """Tell clusters of other makes, all at once; return for each None, or why not: its address is not to be called, it refuses, fails or does not answer."""
    found: list[DeliveryError | None] = [DeliveryError(Failure.PERMANENT, "its address is no public one with https")] * len(told)
    places = [place for place, (cluster, _content) in enumerate(told) if may_be_called(cluster.webhook_url)]
    for place, answer in zip(places, client.ask([_question(*told[place]) for place in places]), strict=True):
        found[place] = _read(answer)
    return found


def _question(cluster: SpeakerCluster, content: Mapping[str, Any]) -> outside.Asking:
    body = json.dumps(content, ensure_ascii=False).encode()
    headers = {"Content-Type": "application/json", HEADER: sign(cluster.webhook_secret, body, clock.now()), "User-Agent": "liengia"}
    return outside.Asking(cluster.webhook_url, "POST", body, headers, within_s=TIMEOUT_S)


def _read(answer: outside.Answer | outside.Unanswered) -> DeliveryError | None:
    if isinstance(answer, outside.Unanswered):
        return DeliveryError(Failure.TECHNICAL, "it does not answer")
    return None if 200 <= answer.status < 300 else _refused(answer.status, answer.headers.get("Retry-After", ""))


def _refused(status: int, retry_after: str) -> DeliveryError:
    if status in (408, 425, 429):
        return DeliveryError(Failure.TEMPORARY, f"it answered {status}", retry_after_s=_seconds(retry_after))
    if status >= 500 or 300 <= status < 400 or status in (401, 403):
        return DeliveryError(Failure.TECHNICAL, f"it answered {status}", retry_after_s=_seconds(retry_after))
    return DeliveryError(Failure.PERMANENT, f"it answered {status}")


def _seconds(retry_after: str) -> float | None:
    if re.fullmatch(r"\d{1,6}", retry_after, re.ASCII):
        return min(LONGEST_WAIT_S, float(retry_after))
    try:
        return min(LONGEST_WAIT_S, max(0.0, (parsedate_to_datetime(retry_after) - clock.now()).total_seconds()))
    except (TypeError, ValueError, OverflowError):
        return None
