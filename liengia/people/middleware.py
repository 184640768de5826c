"""The gate of the back office and the duty console: a second factor in this very session."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from allauth.account.authentication import get_authentication_records
from django.conf import settings
from django.contrib.auth import logout
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse

from liengia.core.middleware import _Passing
from liengia.people import policies
from liengia.people.models import BoundPhone

GATED = ("/quan-tri/", "/truc/")
BOUND_PHONE_KEY = "bound_phone"
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


def has_second_factor(request: HttpRequest) -> bool:
    """Tell whether a second factor was given in this session (TOTP, passkey, or a recovery code)."""
    records = get_authentication_records(request, request.user)
    return any(record.get("method") == "mfa" for record in records)


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
        if not has_second_factor(request):
            query = urlencode({"next": request.get_full_path()})
            return HttpResponseRedirect(f"{reverse('people:second_factor')}?{query}")
        name = request.resolver_match.view_name if request.resolver_match else ""
        if name in ELSEWHERE:
            return HttpResponseRedirect(reverse(ELSEWHERE[name]))
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
