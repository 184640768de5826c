"""Where providers report: one address an account; and where they fetch the sound of a call. Whatever is not right looks the same: 404."""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import Final

from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import URLPattern, path
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe

from liengia.broadcast import channels
from liengia.broadcast.audio import store
from liengia.broadcast.channels.base import BadSignature, Event
from liengia.broadcast.channels.voice import channel as voice
from liengia.broadcast.models import ChannelAccount
from liengia.broadcast.services import receipts
from liengia.core.limits import Limiter
from liengia.core.sending import SentFile
from liengia.people.policies import public

logger = logging.getLogger(__name__)
MOST_BYTES: Final = 64 * 1024
# A provider reports thousands of messages at once; somebody who guesses secrets is slow all the same.
reports = Limiter(most=6_000, per=timedelta(minutes=1))
wrong = Limiter(most=60, per=timedelta(minutes=1))


def webhook_urls() -> list[URLPattern]:
    """Return the address of all reports."""
    return [
        path("noi/am-thanh/<str:token>.wav", call_sound, name="call_sound"),
        path("noi/<slug:channel>/<slug:public_id>/", report, name="webhook"),
    ]


@public
@require_safe
def call_sound(request: HttpRequest, token: str) -> SentFile:
    """Give a provider of calls the sound that its call plays, while the address holds."""
    sha256 = voice.sound_of(token)
    found = store.path_of(sha256) if sha256 is not None else None
    if found is None or not found.is_file():
        raise Http404
    answer = SentFile(found.open("rb"), content_type="audio/wav")
    answer["Cache-Control"] = "private, no-store"
    answer["X-Robots-Tag"] = "noindex"
    return answer


@public
@csrf_exempt
def report(request: HttpRequest, channel: str, public_id: str) -> HttpResponse:
    """Take a provider's report: prove it, file what it says, answer 200; 503 for what came before its number stood here: tell it again."""
    with transaction.atomic():
        events = _events(request, channel, public_id)
        is_whole = _file(channel, public_id, events) or not receipts.is_under_way(channel, public_id)
        # Nor is it noted as seen: what is told again, word for word, would be taken for a replay.
        transaction.set_rollback(not is_whole)
    if is_whole:
        return HttpResponse(b"ok", content_type="text/plain")
    _file(channel, public_id, events)  # what is known already stays, should nobody tell it again
    return HttpResponse(b"again", content_type="text/plain", status=503)


@transaction.atomic
def _file(channel: str, public_id: str, events: list[Event]) -> bool:
    """File what a report says; tell whether all of it was about messages that stand here."""
    filed = [receipts.receive(channel, event.receipt_key, event.what, provider=public_id, at=event.at, answer=event.answer) for event in events]
    return all(filed)


def _events(request: HttpRequest, channel: str, public_id: str) -> list[Event]:
    found = channels.get(channel)
    if request.method != "POST" or found is None or not found.needs_account or not reports.allows(request):
        raise Http404
    length = request.headers.get("content-length") or "0"
    if not length.isdigit() or int(length) > MOST_BYTES:
        raise Http404
    account = ChannelAccount.objects.filter(channel=channel, public_id=public_id, is_on=True).first()
    body = request.read(MOST_BYTES + 1)
    if account is None or len(body) > MOST_BYTES:
        raise Http404
    try:
        return found.webhook(account, body, {name.lower(): value for name, value in request.headers.items()}, request.GET.dict())
    except BadSignature:
        if wrong.allows(request, public_id):  # the log must not fill up either
            logger.warning("channel %s: a report without a right signature", channel)
        raise Http404 from None
