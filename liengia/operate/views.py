"""What machines ask: is everything well, and the figures."""

from __future__ import annotations

import secrets

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from liengia.core import health as checks
from liengia.core import metrics as figures
from liengia.env import is_loopback
from liengia.people.policies import public


@public
@never_cache
@require_safe
def health(request: HttpRequest) -> JsonResponse:
    """Answer 200, or 503 when a component is not well: a line each. Nothing personal, nothing secret.

    Whoever may read `/metrics` is told more: that a silent call waits must not show to whoever holds the house.
    """
    found = checks.findings(for_operators=_is_operators(request))
    well = all(finding.ok for finding in found.values())
    body = {
        "status": "ok" if well else "failing",
        "components": {name: {"ok": one.ok, "says": str(one.says)} for name, one in found.items()},
    }
    answer = JsonResponse(body, status=200 if well else 503, json_dumps_params={"indent": 1, "ensure_ascii": False})
    answer._has_been_logged = True  # type: ignore[attr-defined]  # a red answer is no error of this page
    return answer


@public
@never_cache
@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """Give the figures to this machine itself, or to whoever bears LIENGIA_METRICS_TOKEN; absent for others."""
    if not _is_operators(request):
        raise Http404
    return HttpResponse(figures.exposition(), content_type="text/plain; version=0.0.4; charset=utf-8")


def _is_operators(request: HttpRequest) -> bool:
    bearer = request.headers.get("Authorization", "").removeprefix("Bearer ")
    bears_token = bool(settings.METRICS_TOKEN) and secrets.compare_digest(
        bearer.encode(), settings.METRICS_TOKEN.encode()
    )
    came_through_proxy = "X-Forwarded-For" in request.headers or "Forwarded" in request.headers
    return bears_token or (not came_through_proxy and is_loopback(request.META.get("REMOTE_ADDR", "")))
