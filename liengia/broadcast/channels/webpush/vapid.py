"""Say to a push service who sends: a token signed by this installation's key, one for each service, kept for hours.

The key is made at first start (`LIENGIA_DATA/keys/vapid.key`). Browsers bind a subscription to its public half, so that
who loses the key loses all subscriptions: it belongs into the backup.

Source: RFC 8292 (VAPID), RFC 7515 (JWS).
"""

from __future__ import annotations

import json
import threading
from functools import cache
from typing import Final

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)
from django.conf import settings

from liengia.broadcast.channels.webpush.encryption import b64
from liengia.core import clock, keys

NAME: Final = "vapid.key"
# A token lives 12 hours (the standard allows 24), and another takes its place after half of them.
LIVES_S: Final = 12 * 3600
MOST_KEPT: Final = 64

_tokens: dict[str, tuple[float, str]] = {}
_lock = threading.Lock()


def forget() -> None:
    """Forget key and tokens; tests use it."""
    _key.cache_clear()
    _public.cache_clear()
    _tokens.clear()


@cache
def _key() -> ec.EllipticCurvePrivateKey:
    made = ec.generate_private_key(ec.SECP256R1())
    pem = made.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    found = load_pem_private_key(keys.secret(NAME, make=pem.strip()).encode(), password=None)
    if not isinstance(found, ec.EllipticCurvePrivateKey):
        raise TypeError(f"{NAME} is no key of an elliptic curve")
    return found


@cache
def _public() -> str:
    return b64(_key().public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint))


def public_key() -> str:
    """Return what a browser subscribes with (`applicationServerKey`)."""
    return _public()


def authorization(origin: str) -> str:
    """Return the header for a push service; `origin` is `https://host`. The same for all messages of six hours."""
    now = clock.now().timestamp()
    with _lock:
        made_at, header = _tokens.get(origin, (0.0, ""))
        if 0 <= now - made_at < LIVES_S / 2:
            return header
        header = f"vapid t={token(origin, expires_at=int(now) + LIVES_S)},k={public_key()}"
        while len(_tokens) >= MOST_KEPT:
            _tokens.pop(next(iter(_tokens)))
        _tokens[origin] = (now, header)
        return header


def token(origin: str, *, expires_at: int) -> str:
    """Return a signed token (ES256)."""
    head = b64(b'{"typ":"JWT","alg":"ES256"}')
    claims = {"aud": origin, "exp": expires_at, "sub": settings.PUSH_CONTACT}
    text = f"{head}.{b64(json.dumps(claims, separators=(',', ':')).encode())}"
    r, s = decode_dss_signature(_key().sign(text.encode(), ec.ECDSA(hashes.SHA256())))
    return f"{text}.{b64(r.to_bytes(32, 'big') + s.to_bytes(32, 'big'))}"
