"""What the office's views share: who acts, one row or 404, work whose refusal stands beside its field."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404

from liengia.commendations import policies
from liengia.commendations.capabilities import KEEP
from liengia.commendations.models import Certificate, CouncilSession, Decision, Nomination, Round
from liengia.core.actor import Actor
from liengia.core.errors import DomainError
from liengia.people.models import User


def me(request: HttpRequest) -> Actor:
    """Return who acts."""
    assert isinstance(request.user, User)
    return Actor.of(request.user)


def a_round(request: HttpRequest, public_id: str, capability: str = KEEP) -> Round:
    """Return a round of the user's units, or 404."""
    return get_object_or_404(policies.rounds_of(request.user, capability), public_id=public_id)


def a_nomination(request: HttpRequest, public_id: str) -> Nomination:
    """Return a nomination of such a round."""
    rows = Nomination.objects.filter(round__in=policies.rounds_of(request.user)).select_related("round__unit", "round__authority", "unit__parent")
    return get_object_or_404(rows, public_id=public_id)


def a_session(request: HttpRequest, public_id: str, capability: str) -> CouncilSession:
    """Return a session of the council on such a round."""
    rows = CouncilSession.objects.filter(round__in=policies.rounds_of(request.user, capability)).select_related("round", "committee", "chair", "clerk")
    return get_object_or_404(rows, public_id=public_id)


def a_decision(request: HttpRequest, public_id: str, capability: str = KEEP) -> Decision:
    """Return a decision on such a round."""
    return get_object_or_404(policies.decisions_of(request.user, capability), public_id=public_id)


def a_certificate(request: HttpRequest, public_id: str, capability: str = KEEP) -> Certificate:
    """Return a certificate of such a decision."""
    return get_object_or_404(policies.certificates_of(request.user, capability), public_id=public_id)


def kept(form: Any, work: Callable[[], Any]) -> Any:
    """Do the work, or put what the domain refuses beside its field: what was typed stays."""
    try:
        return work()
    except DomainError as error:
        field = str(error.data.get("field", ""))
        known = form.name_of(field) if hasattr(form, "name_of") else field
        form.add_error(known if known in form.fields else None, str(error))
        return None


def stored(data: bytes, content_type: str, name: str, *, is_shown: bool = False) -> HttpResponse:
    """Return a file that nobody in between keeps."""
    answer = HttpResponse(data, content_type=content_type)
    answer["Content-Disposition"] = f'{"inline" if is_shown else "attachment"}; filename="{name}"'
    answer["Cache-Control"] = "private, no-store"
    return answer
