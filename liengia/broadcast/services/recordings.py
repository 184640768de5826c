"""Recordings: taken from a file or spoken from a text, made ready by the worker, heard before they are used."""

from __future__ import annotations

import logging
from datetime import timedelta
from pathlib import Path
from typing import Final

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from liengia.audit import services as audit
from liengia.broadcast.audio import BIGGEST_BYTES, decoding, store
from liengia.broadcast.audio.errors import WORDS, BadSound
from liengia.broadcast.channels.loudspeaker import sounds
from liengia.broadcast.models import AudioFile, Bulletin, BulletinState, PlayOrder, Recording, RecordingState
from liengia.broadcast.speech.engines import SpeechError
from liengia.core import clock
from liengia.core.actor import Actor
from liengia.core.bus import get_bus
from liengia.core.errors import Invalid, Refused
from liengia.units.models import Unit

logger = logging.getLogger(__name__)
POKE: Final = "broadcast.recordings"
SPOKEN_MOST: Final = 2_000
# A sound that nothing uses any more is made again in a second, so it need not lie here longer.
UNUSED_FOR: Final = timedelta(days=30)
# A provider fetches a call's sound within an hour (`voice.AUDIO_HOLDS_S`).
CALLS_KEPT: Final = timedelta(days=1)
ORDERS_KEPT: Final = timedelta(days=400)
ALARM_ORDERS_KEPT: Final = timedelta(days=30)


def incoming(recording: Recording) -> Path:
    """Return where an uploaded file waits for the worker."""
    return Path(settings.DATA) / "sound" / "in" / recording.public_id


def add_recording(unit: Unit, *, title: str, data: bytes, actor: Actor) -> Recording:
    """Take a file; what cannot be a recording is refused at once, the rest is judged by the worker.

    Raises:
        Invalid: no title, an empty or too large file, or nothing that is a recording.
    """
    if not data:
        raise BadSound("empty")
    if len(data) > BIGGEST_BYTES:
        raise BadSound("too_big")
    if not decoding.kind(data):
        raise BadSound("unknown")
    row = Recording(unit=unit, title=_title(title))
    path = incoming(row)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    with transaction.atomic():
        row.save()
        audit.record("broadcast.recording_added", actor=actor, about=row, unit=unit, facts={"bytes": len(data)})
        get_bus().poke(POKE)
    return row


@transaction.atomic
def speak_recording(unit: Unit, *, title: str, text: str, actor: Actor) -> Recording:
    """Have a text spoken as a recording, to hear it before it is used.

    Raises:
        Invalid: no title or text, or a text too long.
    """
    text = text.strip()
    if not text or len(text) > SPOKEN_MOST:
        raise Invalid(_("Write a text of at most %(most)s characters.") % {"most": SPOKEN_MOST}, code="text", field="spoken_text")
    row = Recording.objects.create(unit=unit, title=_title(title), spoken_text=text)
    audit.record("broadcast.recording_added", actor=actor, about=row, unit=unit, facts={"spoken": len(text)})
    get_bus().poke(POKE)
    return row


def _title(title: str) -> str:
    title = " ".join(title.split())
    if not title or len(title) > 120:
        raise Invalid(_("Give the recording a title of at most 120 characters."), code="title", field="title")
    return title


def prepare_due() -> int:
    """Make waiting recordings ready, the oldest first; the worker's chore. A kill leaves one waiting."""
    row = Recording.objects.filter(state=RecordingState.WAITING, removed_at=None).order_by("pk").first()
    if row is None:
        return 0
    try:
        audio = _spoken(row) if row.spoken_text else _recorded(row)
    except BadSound as error:
        _settle(row, trouble=error.detail_code)
    except SpeechError as error:
        logger.warning("recording %s: %s", row.public_id, error)
        _settle(row, trouble="no_voice")
    else:
        _settle(row, audio=audio)
    return 1


def _spoken(row: Recording) -> AudioFile:
    return sounds.spoken(row.spoken_text)


def _recorded(row: Recording) -> AudioFile:
    from liengia.broadcast.audio import making

    path = incoming(row)
    try:
        data = path.read_bytes()
    except OSError:
        raise BadSound("broken") from None
    recipe = sounds.recipe_of_recording(data)
    if (found := sounds.kept(recipe)) is not None:
        return found
    _progress(row, 10)
    voice = decoding.decode(data)
    _progress(row, 50)
    done = making.finished(voice)
    _progress(row, 90)
    return sounds.keep(done, recipe)


def _progress(row: Recording, percent: int) -> None:
    Recording.objects.filter(pk=row.pk).update(done_percent=percent)


def _settle(row: Recording, *, audio: AudioFile | None = None, trouble: str = "") -> None:
    state = RecordingState.READY if audio is not None else RecordingState.FAILED
    Recording.objects.filter(pk=row.pk, state=RecordingState.WAITING).update(state=state, audio=audio, trouble=trouble, done_percent=100)
    incoming(row).unlink(missing_ok=True)


def trouble_words(recording: Recording) -> str:
    """Return why a recording could not be read, for people."""
    if recording.trouble == "no_voice":
        return str(_("Nobody can speak here yet: the page of clusters says what is missing."))
    return str(WORDS.get(recording.trouble, ""))


@transaction.atomic
def remove_recording(recording: Recording, *, actor: Actor) -> None:
    """Take a recording out of the list; what is ordered with it is still played.

    Raises:
        Refused: it was removed before.
    """
    if not Recording.objects.filter(pk=recording.pk, removed_at=None).update(removed_at=clock.now()):
        raise Refused(_("This recording was removed before."), code="removed")
    audit.record("broadcast.recording_removed", actor=actor, about=recording, unit=recording.unit_id)


def forget_unused() -> int:
    """Drop orders after their period, removed recordings that no bulletin in force speaks, and sounds that nothing uses any more; of calls after a day."""
    now = clock.now()
    over = Q(ordered_at__lt=now - ORDERS_KEPT) | Q(subject__startswith="incident:", ordered_at__lt=now - ALARM_ORDERS_KEPT)
    gone = PlayOrder.objects.filter(pk__in=list(PlayOrder.objects.filter(over).values_list("pk", flat=True)[:200])).delete()[0]
    named = Bulletin.objects.filter(state__in=(BulletinState.SUBMITTED, BulletinState.APPROVED)).exclude(recording="").values("recording")
    removed = Recording.objects.filter(removed_at__lt=now - UNUSED_FOR, rounds=None).exclude(public_id__in=named)
    gone += Recording.objects.filter(pk__in=list(removed.values_list("pk", flat=True)[:100])).delete()[0]
    unused = Q(used_at__lt=now - UNUSED_FOR) | Q(is_of_call=True, used_at__lt=now - CALLS_KEPT)
    for row in AudioFile.objects.filter(unused, recordings=None, orders=None)[:200]:
        with transaction.atomic():
            row.delete()
        if not AudioFile.objects.filter(sha256=row.sha256).exists():
            store.drop(row.sha256)
        gone += 1
    return gone
