"""What players and clusters of other makes ask for: sounds by credential or token, reports by signature."""

from __future__ import annotations

import base64
import binascii
import json
from typing import Final

import bcrypt
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_POST

from liengia.broadcast import complaints
from liengia.broadcast.audio import store
from liengia.broadcast.channels.base import BadSignature
from liengia.broadcast.channels.loudspeaker import webhook
from liengia.broadcast.models import ClusterMake, PlayOrder, SpeakerCluster, SpeakerCredential
from liengia.broadcast.services import speakers
from liengia.core import clock
from liengia.core.sending import SentFile
from liengia.people.policies import public

REPORT_MOST: Final = 4096


@public
@require_GET
def sound(request: HttpRequest, sha256: str) -> SentFile:
    """Give a player a sound that its own cluster is to play; anything else is absent."""
    credential = _credential(request)
    if credential is None or not PlayOrder.objects.filter(cluster=credential.cluster_id, audio__sha256=sha256, withdrawn_at=None).exists():
        raise Http404
    return _file(sha256)


@public
@require_GET
def outside_sound(request: HttpRequest, token: str) -> SentFile:
    """Give whoever holds a token the sound that it names, for a day."""
    sha256 = webhook.sound_of(token)
    if sha256 is None:
        raise Http404
    return _file(sha256)


@public
@csrf_exempt  # another make signs its report
@require_POST
def outside_report(request: HttpRequest, public_id: str) -> HttpResponse:
    """Take what a cluster of another make reports."""
    cluster = SpeakerCluster.objects.standing().filter(public_id=public_id, make=ClusterMake.WEBHOOK).first()
    if cluster is None or len(request.body) > REPORT_MOST:
        raise Http404
    try:
        webhook.check(cluster.webhook_secret, request.body, request.headers.get(webhook.HEADER, ""), clock.now())
        body = json.loads(request.body)
    except (BadSignature, ValueError, RecursionError):
        raise Http404 from None
    if not isinstance(body, dict) or not speakers.take_webhook_report(cluster, body):
        raise Http404
    return HttpResponse(status=204)


@public
@require_GET
def complain(request: HttpRequest, public_id: str) -> HttpResponse:
    """Lead from the sticker under a cluster to where a complaint about it is written."""
    row = SpeakerCluster.objects.standing().filter(public_id=public_id).select_related("unit").first()
    address = complaints.address_for(row) if row is not None else ""
    if not address:
        raise Http404
    return redirect(address)


def _credential(request: HttpRequest) -> SpeakerCredential | None:
    """Return the credential of a player's request; None for a wrong one."""
    kind, _sep, raw = request.headers.get("Authorization", "").partition(" ")
    if kind.lower() != "basic":
        return None
    try:
        device, _sep, password = base64.b64decode(raw, validate=True).decode().partition(":")
    except (binascii.Error, ValueError):
        return None
    row = SpeakerCredential.objects.filter(device=device[:10], revoked_at=None, cluster__removed_at=None).first()
    # The cost of the hash is the lowest (a password has 166 bits), so trying is bounded by the lookup before it.
    if row is not None and len(password.encode()) <= 72 and bcrypt.checkpw(password.encode(), row.password_hash.encode()):
        return row
    return None


def _file(sha256: str) -> SentFile:
    path = store.path_of(sha256)
    if not path.is_file():
        raise Http404
    answer = SentFile(path.open("rb"), content_type="audio/wav")
    answer["Cache-Control"] = "private, no-store"
    return answer
