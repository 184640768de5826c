"""How allauth is fitted to this platform: no public sign-up, encrypted secrets, lock-out, our own QR code."""

from __future__ import annotations

import base64
import binascii
import secrets
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from liengia.core import keys
from liengia.core.pdf import qr_svg
from liengia.people import policies
from liengia.people.models import User
from liengia.people.services import accounts

_BOUND = b"mfa_authenticator.secret"


class AccountAdapter(DefaultAccountAdapter):
    """No sign-up, names in any usual writing, a lock-out that an administrator can lift."""

    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "username_password_mismatch": _("The name or the password is not right. Look at both once more."),
        "too_many_login_attempts": _("Too many attempts. Wait five minutes, then try again."),
        "account_locked": _(
            "Too many wrong passwords: this account is locked for 30 minutes. The commune's administrator can unlock it."
        ),
        "incorrect_password": _("This is not the password."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Nobody signs up: accounts are made by invitation."""
        return False

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Say plainly that an account is locked, after allauth's own limits; of a name without an account the same."""
        super().pre_authenticate(request, **credentials)
        if accounts.is_locked(credentials.get("username") or ""):
            raise self.validation_error("account_locked")

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        """Count the wrong attempt."""
        accounts.note_failed_sign_in(credentials.get("username") or "")

    def post_login(self, request: HttpRequest, user: AbstractBaseUser, **kwargs: Any) -> HttpResponse:
        """Forget wrong attempts."""
        if isinstance(user, User):
            accounts.note_sign_in(user)
        return super().post_login(request, user, **kwargs)

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        """Lead each to where they work."""
        return reverse("people:after_login")

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        """Back to the account's page."""
        return reverse("people:account")

    def get_logout_redirect_url(self, request: HttpRequest) -> str:
        """To the front page."""
        return "/"


class MFAAdapter(DefaultMFAAdapter):
    """Secrets of second factors stand encrypted; the office cannot go without one."""

    error_messages = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": _("This code is not right. A code lives 30 seconds: wait for the next one."),
        "codes_locked": _(
            "Too many wrong codes: codes are not taken for 30 minutes. A passkey opens even so; the commune's administrator can unlock codes."
        ),
    }

    def encrypt(self, text: str) -> str:
        """Encrypt with this installation's key."""
        nonce = secrets.token_bytes(12)
        return base64.b64encode(nonce + AESGCM(self._key()).encrypt(nonce, text.encode(), _BOUND)).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """Decrypt; a secret whose key is gone opens nothing."""
        try:
            raw = base64.b64decode(encrypted_text, validate=True)
            return AESGCM(self._key()).decrypt(raw[:12], raw[12:], _BOUND).decode()
        except (InvalidTag, binascii.Error, ValueError):
            return ""

    @staticmethod
    def _key() -> bytes:
        made = base64.b64encode(secrets.token_bytes(32)).decode()
        return base64.b64decode(keys.secret("second_factor.key", make=made))

    def _get_site_name(self) -> str:
        return str(settings.WAGTAIL_SITE_NAME)

    def build_totp_svg(self, url: str) -> str:
        """Draw the QR code as everywhere else."""
        return qr_svg(url)

    def can_delete_authenticator(self, authenticator: Any) -> bool:
        """Keep the last second factor of whoever works in the office."""
        if not policies.needs_second_factor(authenticator.user):
            return True
        others = type(authenticator).objects.filter(user=authenticator.user, type__in=("totp", "webauthn"))
        return bool(others.exclude(pk=authenticator.pk).exists())
