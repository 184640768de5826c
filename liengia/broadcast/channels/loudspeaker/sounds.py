"""The sound of a message: somebody's recording, or its words spoken; made once and kept by its content."""

from __future__ import annotations

import hashlib
import json
import threading
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

from django.conf import settings

from liengia.broadcast.audio import LEVEL_LUFS, store
from liengia.broadcast.audio.errors import BadSound
from liengia.broadcast.channels.base import DeliveryError, Failure, Message
from liengia.broadcast.models import AudioFile, Recording, RecordingState
from liengia.broadcast.speech import engines
from liengia.broadcast.speech.engines import Speaker, SpeechError
from liengia.broadcast.speech.reading import read_words, speakable
from liengia.core import clock

if TYPE_CHECKING:
    from liengia.broadcast.audio.sound import Sound

SURE_ENGINE: Final = "espeak_ng"
CALL_RATE: Final = 8_000
CALL_PAUSE_S: Final = 0.6
# A hundred clusters of one message wait for one voice, instead of starting a hundred.
_speaking = threading.Lock()


def own_words_file() -> Path:
    """Return where an installation keeps its own abbreviations."""
    return Path(settings.DATA) / "speech" / "words.tsv"


@lru_cache(maxsize=2)
def _own_words(path: Path, changed_ns: int) -> dict[str, str]:
    return read_words(path.read_text(encoding="utf-8"))


def own_words() -> dict[str, str]:
    """Return the installation's own abbreviations; none when there is no file.

    Raises:
        SpeechError: the file cannot be read; the sentence names the line.
    """
    path = own_words_file()
    try:
        return _own_words(path, path.stat().st_mtime_ns)
    except FileNotFoundError:
        return {}
    except (ValueError, OSError) as error:
        raise SpeechError(f"{path}: {error}") from error


def words_of(text: str) -> str:
    """Return a text as it will be spoken, in words.

    Raises:
        SpeechError: the installation's own table is wrong, or the text is too long.
    """
    try:
        return speakable(text, words=own_words())
    except ValueError as error:
        raise SpeechError(str(error)) from error


def chime_of(priority: str, mode: str) -> str:
    """Return which chime stands before a message; what is urgent and real sounds unlike anything else."""
    return "urgent" if priority == "urgent" and mode == "real" else "bulletin"


def of_message(message: Message) -> AudioFile:
    """Return a message's sound, made now when it is not there yet.

    Raises:
        DeliveryError: the recording is not ready or gone; nobody can speak here; the text is empty. Never of the kind that sets
            a provider aside: what an ordinary message lacks, our own voice, an urgent one may do without.
    """
    if message.recording:
        return _of_recording(message)
    try:
        chime = chime_of(message.priority if message.msg_type != "all_clear" else "normal", message.mode)
        return spoken(message.spoken_text or message.text or message.headline, chime=chime, is_urgent=message.priority == "urgent")
    except SpeechError as error:
        raise DeliveryError(Failure.TEMPORARY, str(error)) from error
    except BadSound as error:
        raise DeliveryError(Failure.PERMANENT, str(error)) from error


def _of_recording(message: Message) -> AudioFile:
    row = Recording.objects.filter(public_id=message.recording).select_related("audio").first()
    if row is None or row.state == RecordingState.FAILED:
        raise DeliveryError(Failure.PERMANENT, "its recording cannot be played")
    if row.audio is None or not store.path_of(row.audio.sha256).is_file():
        raise DeliveryError(Failure.TEMPORARY, "its recording is being prepared")
    return row.audio


def spoken(text: str, *, chime: str = "bulletin", is_urgent: bool = False, is_of_call: bool = False) -> AudioFile:
    """Return the sound of a text. What is urgent is spoken by espeak-ng when the chosen voice fails: late is worse than plain.

    Raises:
        SpeechError: nobody can speak here. BadSound: there is nothing to say.
    """
    words = words_of(text)
    if not any(sign.isalpha() for sign in words):
        raise BadSound("too_short")
    chosen = engines.load(settings.SPEECH_ENGINE)
    try:
        return _made(chosen, words, chime, is_of_call)
    except SpeechError:
        if not is_urgent or chosen.name == SURE_ENGINE:
            raise
        return _made(engines.load(SURE_ENGINE), words, chime, is_of_call)


def _made(engine: Speaker, words: str, chime: str, is_of_call: bool) -> AudioFile:
    from liengia.broadcast.audio import making, sound

    recipe = _recipe("spoken", making.RECIPE, engine.mark(), words, chime, LEVEL_LUFS)
    with _speaking:
        if (found := kept(recipe)) is not None:
            return found
        voice = sound.resampled(sound.read_wav(engine.speak(words)))
        return keep(making.finished(voice, chime_name=chime), recipe, is_of_call=is_of_call)


def of_call(message: Message, words: str) -> AudioFile:
    """Return the sound of an automatic call: the message's recording when it has one, then the words; without a chime, 16 bits at 8 kHz.

    Telephone lines carry no more than 8 kHz, and every gateway plays it; the same call is made once, and its sounds go a day after
    they were last used (`recordings.forget_unused`): an alarm's words name a house's place.

    Raises:
        DeliveryError: as `of_message`.
    """
    from liengia.broadcast.audio import making, sound

    try:
        spoken_words = words_of(words)
        recorded = _of_recording(message) if message.recording else None
        recipe = _recipe("call", making.RECIPE, settings.SPEECH_ENGINE, engines.load(settings.SPEECH_ENGINE).mark(), spoken_words, recorded.sha256 if recorded else "", LEVEL_LUFS)
        if (found := kept(recipe)) is not None:
            return found
        voice = spoken(words, chime="", is_urgent=message.priority == "urgent", is_of_call=True)
        parts = [sound.read_wav(data) for one in (recorded, voice) if one is not None and (data := store.get(one.sha256)) is not None]
        whole = making.joined(parts[0], *(piece for part in parts[1:] for piece in (making.silence(CALL_PAUSE_S), part)))
        return keep(sound.resampled(whole, CALL_RATE), recipe, is_of_call=True)
    except SpeechError as error:
        raise DeliveryError(Failure.TEMPORARY, str(error)) from error
    except BadSound as error:
        raise DeliveryError(Failure.PERMANENT, str(error)) from error


def recipe_of_recording(data: bytes) -> str:
    """Return what the sound of a recording depends on."""
    from liengia.broadcast.audio import making

    return _recipe("recorded", making.RECIPE, hashlib.sha256(data).hexdigest(), "bulletin", LEVEL_LUFS)


def _recipe(*parts: object) -> str:
    return hashlib.sha256(json.dumps(parts, ensure_ascii=False).encode()).hexdigest()


def kept(recipe: str) -> AudioFile | None:
    """Return a sound that was made before and still stands on the disk."""
    row = AudioFile.objects.filter(recipe=recipe).first()
    if row is None or not store.path_of(row.sha256).is_file():
        return None
    AudioFile.objects.filter(pk=row.pk).update(used_at=clock.now())
    return row


def keep(sound: Sound, recipe: str, *, is_of_call: bool = False) -> AudioFile:
    """Keep a finished sound and its row."""
    from liengia.broadcast.audio import loudness
    from liengia.broadcast.audio import sound as sounds

    data = sounds.write_wav(sound)
    facts = {
        "sha256": store.put(data), "size": len(data), "seconds": round(sound.seconds, 2), "peaks": sounds.peaks(sound),
        "loudness_lufs": round(max(loudness.integrated(sound), -99.0), 1), "used_at": clock.now(), "is_of_call": is_of_call,
    }  # fmt: skip
    row, _is_new = AudioFile.objects.update_or_create(recipe=recipe, defaults=facts)
    return row
