"""The examples of the standards, and a browser written apart that opens what we close."""

from __future__ import annotations

import os

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from hypothesis import given, settings
from hypothesis import strategies as st

from liengia.broadcast.channels.webpush.encryption import (
    MOST_PLAIN,
    BadKeys,
    b64,
    encrypt,
    receiver_key,
    unb64,
)
from tests.broadcast.webpush.service import decrypt


def _private(text: str) -> ec.EllipticCurvePrivateKey:
    return ec.derive_private_key(int.from_bytes(unb64(text), "big"), ec.SECP256R1())


def test_the_example_of_rfc_8291() -> None:
    """Appendix A of RFC 8291, byte for byte."""
    receiver = "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4"
    body = encrypt(
        b"When I grow up, I want to be a watermelon",
        p256dh=unb64(receiver), auth=unb64("BTBZMqHH6r4Tts7J_aSIgg"), pad=False,
        key=_private("yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw"), salt=unb64("DGv6ra1nlYgDCS1FRnbzlw"),
    )  # fmt: skip
    assert b64(body) == (
        "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27ml"
        "mlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A_yl95bQpu6cVPT"
        "pK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN"
    )


@settings(max_examples=30, deadline=None)
@given(st.binary(max_size=MOST_PLAIN))
def test_a_browser_opens_what_was_closed(plain: bytes) -> None:
    private, auth = ec.generate_private_key(ec.SECP256R1()), os.urandom(16)
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    public = private.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    first, second = (encrypt(plain, p256dh=public, auth=auth) for _ in range(2))
    assert decrypt(first, private, auth) == plain == decrypt(second, private, auth)
    assert first[:16] != second[:16] and first[21:86] != second[21:86], "salt and key are new for each message"
    assert len(first) <= 4096


def test_lengths_tell_little_and_too_long_is_refused() -> None:
    public = receiver_key(unb64("BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4"))
    assert public is not None
    keys = {"p256dh": unb64("BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4"), "auth": bytes(16)}
    assert len(encrypt(b"a", **keys)) == len(encrypt(b"a" * 200, **keys))
    with pytest.raises(ValueError):
        encrypt(bytes(MOST_PLAIN + 1), **keys)


@pytest.mark.parametrize("given_key", ["", "AAAA", "B" * 87, b64(b"\x04" + b"\x01" * 64), "không phải", "BCVx" * 400])
def test_hostile_keys_are_refused(given_key: str) -> None:
    with pytest.raises(BadKeys):
        receiver_key(unb64(given_key))
