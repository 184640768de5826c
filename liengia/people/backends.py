"""Signing in by name and password: a phone typed any way, an e-mail address, or a chosen word."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.backends import ModelBackend
from django.core.exceptions import ValidationError
from django.http import HttpRequest

from liengia.core.fields import parse_phone
from liengia.core.text import nfc
from liengia.people.models import User


def sign_in_name(typed: str) -> str:
    """Return the form in which a sign-in name is kept: "0900 000 007" becomes "+84900000007"."""
    name = nfc(typed).strip()
    if any(letter.isalpha() for letter in name):
        return name.lower()
    try:
        return parse_phone(name)
    except ValidationError:
        return name


class PhoneBackend(ModelBackend):
    """Finds the account by its sign-in name in any usual writing, and refuses one that is locked."""

    def authenticate(
        self,
        request: HttpRequest | None,
        username: str | None = None,
        password: str | None = None,
        **kwargs: Any,
    ) -> User | None:
        """Return the user whose name and password these are."""
        if not username or password is None:
            return None
        user = User.objects.filter(username=sign_in_name(username)).first()
        if user is None:
            User().set_password(password)  # The same time is spent as for an account that exists.
            return None
        # A lock shuts the door but ends no session: else a stranger could throw the duty officer out by guessing.
        may_enter = user.check_password(password) and self.user_can_authenticate(user) and not user.is_locked
        return user if may_enter else None
