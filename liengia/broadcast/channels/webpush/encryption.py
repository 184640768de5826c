"""Encrypt a message for one browser: ECDH on P-256, HKDF-SHA-256, AES-128-GCM in one record.

Every message has an ephemeral key and a salt of its own. Pushes are padded to steps of 256 bytes, so that their length
does not tell a push service which of the usual sentences went out.

Source: RFC 8291 (keys), RFC 8188 (the coding aes128gcm).
"""

from __future__ import annotations

import base64
import binascii
import hmac
import os
from typing import Final

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

# 4,096 bytes is what every push service takes; salt, record size, length and key of the sender take 86, the delimiter 1, the tag 16.
MOST_BYTES: Final = 4096
MOST_PLAIN: Final = MOST_BYTES - 86 - 1 - 16
PAD_TO: Final = 256
_CURVE: Final = ec.SECP256R1()
_RECORD: Final = MOST_BYTES.to_bytes(4, "big")


class BadKeys(ValueError):
    """What a browser gave is no point of the curve, or no secret of 16 bytes."""


def b64(data: bytes) -> str:
    """Return URL-safe Base64 without padding."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def unb64(text: str) -> bytes:
    """Return the bytes of URL-safe (or plain) Base64, padded or not.

    Raises:
        BadKeys: it is neither.
    """
    plain = text.rstrip("=").replace("+", "-").replace("/", "_")
    try:
        return base64.b64decode(plain + "=" * (-len(plain) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        raise BadKeys("not Base64") from None


def receiver_key(p256dh: bytes) -> ec.EllipticCurvePublicKey:
    """Return the browser's public key.

    Raises:
        BadKeys: it is no uncompressed point of P-256.
    """
    if len(p256dh) != 65:
        raise BadKeys("not a point")
    try:
        return ec.EllipticCurvePublicKey.from_encoded_point(_CURVE, p256dh)
    except ValueError:
        raise BadKeys("not a point") from None


def encrypt(
    plain: bytes, *, p256dh: bytes, auth: bytes, pad: bool = True,
    key: ec.EllipticCurvePrivateKey | None = None, salt: bytes | None = None,
) -> bytes:  # fmt: skip
    """Return the body of the request. Key and salt are given by tests of the standard's examples alone.

    Raises:
        BadKeys: the browser's keys are none.
        ValueError: the text is longer than a push may be.
    """
    if len(plain) > MOST_PLAIN:
        raise ValueError("a push takes at most 3,993 bytes")
    if len(auth) != 16:
        raise BadKeys("not a secret of 16 bytes")
    theirs = receiver_key(p256dh)
    ours = key or ec.generate_private_key(_CURVE)
    public = ours.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    salt = salt or os.urandom(16)
    nonce, content_key = derive(ours.exchange(ec.ECDH(), theirs), auth=auth, salt=salt, receiver=p256dh, sender=public)
    size = min(MOST_PLAIN, -(-len(plain) // PAD_TO) * PAD_TO) if pad else len(plain)
    record = plain + b"\x02" + bytes(size - len(plain))
    return salt + _RECORD + bytes([len(public)]) + public + AESGCM(content_key).encrypt(nonce, record, None)


def derive(shared: bytes, *, auth: bytes, salt: bytes, receiver: bytes, sender: bytes) -> tuple[bytes, bytes]:
    """Return nonce and content key; each HKDF gives at most one hash, so that extract and expand are one HMAC each."""
    material = hmac.digest(hmac.digest(auth, shared, "sha256"), b"WebPush: info\x00" + receiver + sender + b"\x01", "sha256")
    secret = hmac.digest(salt, material, "sha256")
    content_key = hmac.digest(secret, b"Content-Encoding: aes128gcm\x00\x01", "sha256")[:16]
    return hmac.digest(secret, b"Content-Encoding: nonce\x00\x01", "sha256")[:12], content_key
