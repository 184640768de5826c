"""The gate of the back office and the duty console: a second factor in this very session."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from allauth.account.authentication import get_authentication_records
from allauth.mfa.models import Authenticator
from asgiref.sync import sync_to_async
from django.conf import settings
from django.contrib.auth import get_user, logout
from django.contrib.auth.middleware import AuthenticationMiddleware
from django.contrib.auth.models import AnonymousUser
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse
from django.utils.functional import SimpleLazyObject

from liengia.core.middleware import _Passing
from liengia.people import policies
from liengia.people.models import BoundPhone, User

GATED = ("/quan-tri/", "/truc/")
BOUND_PHONE_KEY = "bound_phone"
# Whose rows Wagtail may change by the dozen. Accounts are not among them: its bulk actions give any group and close any
# account of the installation, without our services' questions and without an entry in the audit.
BULK = frozenset({"page", "portalimage", "portaldocument"})
# Wagtail's own pages for signing in and for accounts, and where they lead instead.
ELSEWHERE = {
    "wagtailadmin_login": "account_login",
    "wagtailadmin_logout": "account_logout",
    "wagtailadmin_password_reset": "account_reset_password",
    "wagtailadmin_password_reset_done": "account_reset_password",
    "wagtailadmin_password_reset_confirm": "account_reset_password",
    "wagtailadmin_password_reset_complete": "account_reset_password",
    "wagtailadmin_account": "people:account",
}


def has_second_factor(request: HttpRequest, user: User | AnonymousUser | None = None) -> bool:
    """Tell whether a second factor that still stands was given in this session (TOTP, passkey, or a recovery code).

    One that was taken away since, for instance because its phone was stolen, counts no more.
    """
    records = get_authentication_records(request, user or request.user)
    given = {record.get("id") for record in records if record.get("method") == "mfa"} - {None}
    return bool(given) and Authenticator.objects.filter(pk__in=given, user=user or request.user).exists()


def _user_of(request: HttpRequest) -> User | AnonymousUser:
    """Return who is signed in, and note on the object whether this session gave a second factor."""
    user = get_user(request)
    if isinstance(user, User):
        user.lacks_second_factor = not has_second_factor(request, user)
    return user


class UserMiddleware(AuthenticationMiddleware):
    """Django's own, whose user knows whether this session gave a second factor (`policies.grants` asks)."""

    def process_request(self, request: HttpRequest) -> None:
        """Read the user when somebody asks: a public page reads no session."""
        super().process_request(request)

        def standing() -> User | AnonymousUser:
            """Return the request's user, who may have been signed out meanwhile, having been read in a thread."""
            return request.user if request.user.is_authenticated else AnonymousUser()

        request.user = SimpleLazyObject(lambda: _user_of(request))  # type: ignore[assignment]
        request.auser = sync_to_async(standing)


class SecondFactorMiddleware(_Passing):
    """Keeps /quan-tri/ and /truc/ to those who work there and have given a second factor in this session.

    1. A session begun by a bound phone ends when that phone is revoked or its owner closed.
    2. Nobody signed in: to our sign-in page. 3. Somebody who does not work there: the page does not exist.
    4. No second factor in this session: to the page that explains and offers it.
    5. Wagtail's own sign-in, password and account pages lead to ours.
    """

    def process_view(
        self, request: HttpRequest, view: Any, args: Any, kwargs: Any
    ) -> HttpResponseBase | None:
        """Look before the view runs."""
        if settings.SESSION_COOKIE_NAME in request.COOKIES:  # else a public page would read a session, and vary by it
            self._end_revoked(request)
        if not request.path.startswith(GATED):
            return None
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        if not policies.needs_second_factor(request.user):
            raise Http404
        if policies.sleeps(request.user):
            return policies.to_second_factor(request)
        return self._instead(request, str(kwargs.get("model_name", "")).lower())

    @staticmethod
    def _instead(request: HttpRequest, model: str) -> HttpResponseBase | None:
        """Lead Wagtail's pages of accounts to ours, and keep its acts on many rows off what is not theirs."""
        name = request.resolver_match.view_name if request.resolver_match else ""
        if name in ELSEWHERE:
            return HttpResponseRedirect(reverse(ELSEWHERE[name]))
        if name == "wagtail_bulk_action" and model not in BULK:
            raise Http404
        if name.startswith("wagtailusers_"):
            # The side bar's search of accounts leads here too, with what was looked for.
            query = f"?{urlencode({'q': request.GET['q']})}" if request.GET.get("q") else ""
            return HttpResponseRedirect(reverse("people_office_accounts") + query)
        return None

    def _end_revoked(self, request: HttpRequest) -> None:
        """Sign a session out whose bound phone was revoked."""
        key = request.session.get(BOUND_PHONE_KEY)
        if key is not None and not BoundPhone.objects.active().filter(pk=key).exists():
            logout(request)
