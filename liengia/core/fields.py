"""Model fields and identifiers that all rooms share."""

from __future__ import annotations

import base64
import secrets
from typing import Any

import phonenumbers
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from liengia.core import keys
from liengia.core.text import nfc

_MOBILE = "35789"  # the first digits of Vietnamese mobile numbers, which have nine
_LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789"


def public_id() -> str:
    """Return 10 random lower-case letters and digits; never used again (50 bits)."""
    return "".join(secrets.choice(_LETTERS) for _ in range(10))


def five_digits() -> str:
    """Return five random digits, the first not zero: for an address that people type from a wall."""
    return str(10_000 + secrets.randbelow(90_000))


def random_key() -> int:
    """Return a random key of 62 bits, for rows whose order must not be told by keys that count."""
    return secrets.randbits(62) | 1


def parse_phone(raw: str) -> str:
    """Return a Vietnamese phone number in E.164.

    Raises:
        ValidationError: with words that say what is wrong with the number.
    """
    try:
        number = phonenumbers.parse(raw, "VN")
    except phonenumbers.NumberParseException:
        raise ValidationError(_("This is not a phone number. For example: 0900 000 007."), code="phone") from None
    digits = str(number.national_number)
    if number.country_code == 84 and digits[0] in _MOBILE and len(digits) < 9:
        # The library takes a mobile number that lacks a digit for an old landline.
        raise ValidationError(_("This number lacks a digit. For example: 0900 000 007."), code="phone")
    if number.country_code == 84 and not phonenumbers.is_possible_number(number):
        why = phonenumbers.is_possible_number_with_reason(number)
        if why == phonenumbers.ValidationResult.TOO_SHORT:
            raise ValidationError(_("This number lacks a digit. For example: 0900 000 007."), code="phone")
        raise ValidationError(_("This number has too many digits. For example: 0900 000 007."), code="phone")
    if not phonenumbers.is_possible_number(number):
        raise ValidationError(_("This is not a phone number. For example: 0900 000 007."), code="phone")
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


class PhoneField(models.CharField[str, str]):
    """A phone number, kept in E.164; a number typed the local way is read as Vietnamese."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Set the longest E.164 length."""
        kwargs.setdefault("max_length", 16)
        super().__init__(*args, **kwargs)

    def to_python(self, value: Any) -> Any:
        """Return E.164, or None or the empty string as they are."""
        text = super().to_python(value)
        return parse_phone(text) if text else text


class TextField(models.TextField[str, str]):
    """Text, stored in NFC."""

    def get_prep_value(self, value: Any) -> Any:
        """Normalise on the way in."""
        prepared = super().get_prep_value(value)
        return nfc(prepared) if isinstance(prepared, str) else prepared


class NameField(models.CharField[str, str]):
    """A short text, stored in NFC."""

    def get_prep_value(self, value: Any) -> Any:
        """Normalise on the way in."""
        prepared = super().get_prep_value(value)
        return nfc(prepared) if isinstance(prepared, str) else prepared


def _key_ring() -> dict[str, bytes]:
    """Return the keys by name; the last one writes. A line of the file is `name:base64`."""
    made = f"k1:{base64.b64encode(secrets.token_bytes(32)).decode()}"
    lines = keys.secret("fields.key", make=made).splitlines()
    return {name: base64.b64decode(raw) for name, _sep, raw in (line.partition(":") for line in lines if line)}


class EncryptedTextField(models.TextField[str, str]):
    """Text that stands encrypted in the database (AES-256-GCM, key ring in `LIENGIA_DATA/keys/fields.key`).

    The table and column are the associated data, so that a value moved to another column does not open. It
    cannot be searched or sorted by. A value whose key is gone reads as the empty string (erased).
    """

    def _bound(self) -> bytes:
        return f"{self.model._meta.db_table}.{self.column}".encode()

    def get_prep_value(self, value: Any) -> Any:
        """Encrypt with the newest key."""
        text = super().get_prep_value(value)
        if not text:
            return text
        name, key = list(_key_ring().items())[-1]
        nonce = secrets.token_bytes(12)
        sealed = AESGCM(key).encrypt(nonce, nfc(text).encode(), self._bound())
        return f"{name}:{base64.b64encode(nonce + sealed).decode()}"

    def from_db_value(self, value: str | None, expression: Any, connection: Any) -> str | None:
        """Decrypt with the key that the value names."""
        if not value:
            return value
        name, _sep, raw = value.partition(":")
        key = _key_ring().get(name)
        if key is None:
            return ""
        data = base64.b64decode(raw)
        try:
            return AESGCM(key).decrypt(data[:12], data[12:], self._bound()).decode()
        except InvalidTag:
            return ""


class EncryptedBytesField(models.BinaryField[bytes | None, bytes | memoryview | None]):
    """Bytes that stand encrypted in the database, by the same key ring and bound to their column.

    A value whose key is gone, or that was changed, reads as no bytes.
    """

    def _bound(self) -> bytes:
        return f"{self.model._meta.db_table}.{self.column}".encode()

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> Any:
        """Encrypt with the newest key."""
        if value:
            name, key = list(_key_ring().items())[-1]
            nonce = secrets.token_bytes(12)
            value = name.encode() + b":" + nonce + AESGCM(key).encrypt(nonce, bytes(value), self._bound())
        return super().get_db_prep_value(value, connection, prepared)

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> bytes | None:
        """Decrypt with the key that the value names."""
        if not value:
            return value if value is None else b""
        name, _sep, data = bytes(value).partition(b":")
        key = _key_ring().get(name.decode())
        if key is None:
            return b""
        try:
            return AESGCM(key).decrypt(data[:12], data[12:], self._bound())
        except InvalidTag:
            return b""
