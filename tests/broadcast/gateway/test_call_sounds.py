"""The sound of a call: made where the template asks for it, fetched by the provider for an hour, by an address that tells nothing."""

from __future__ import annotations

import io
import urllib.request
import wave
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import time_machine
from django.test import Client

from liengia.broadcast import channels, supervision
from liengia.broadcast.audio import store
from liengia.broadcast.channels.base import Accepted, DeliveryError, Failure, Recipient
from liengia.broadcast.channels.loudspeaker import sounds
from liengia.broadcast.channels.voice import channel as voice
from liengia.broadcast.models import AudioFile, ProviderState, Recording
from liengia.broadcast.services import outbox, recordings
from liengia.broadcast.speech.engines import SpeechError, espeak_ng
from liengia.core import clock
from tests.broadcast.gateway.given import account, message, parcel
from tests.broadcast.gateway.simulator import Asked, Provider, Said
from tests.broadcast.given import Voice

PLAYS = '{"to": "{to_local}", "play": "{audio_url}"}'
WORDS = "Có cháy ở nhà số 9, hẻm 42."


@pytest.fixture(autouse=True)
def _own_folder(settings: Any, tmp_path: Path) -> None:
    settings.DATA = tmp_path


def called(row: Any, **values: Any) -> Any:
    found = channels.get("voice")
    assert found is not None
    return next(iter(found.send([parcel(row, spoken_text=WORDS, priority="urgent", **values)])))


def test_a_provider_fetches_what_it_plays(scene: Voice, provider: Provider, live_server: Any, settings: Any) -> None:
    settings.PUBLIC_URL = live_server.url
    heard: list[bytes] = []

    def answer(asked: Asked) -> Said:
        """Do as a gateway does: take the call when its sound can be fetched and played on a telephone line."""
        with urllib.request.urlopen(asked.json["play"], timeout=5) as found:
            heard.append(found.read())
        return Said(body={"status": "0", "id": "m1"})

    provider.answer = answer
    assert called(account(scene.cast.commune, provider.url, "voice", body=PLAYS)) == Accepted("m1")
    with wave.open(io.BytesIO(heard[0])) as file:
        assert (file.getnchannels(), file.getsampwidth(), file.getframerate()) == (1, 2, 8_000)
        assert 3 < file.getnframes() / 8_000 < 20


def test_its_address_tells_nothing_and_ends(scene: Voice, provider: Provider, client: Client) -> None:
    row = account(scene.cast.commune, provider.url, "voice", body=PLAYS)
    called(row)
    path = urlsplit(provider.asked[0].json["play"]).path
    answer = client.get(path)
    assert answer.status_code == 200 and answer["Cache-Control"] == "private, no-store" and answer["X-Robots-Tag"] == "noindex"
    assert b"".join(answer.streaming_content)[:4] == b"RIFF"  # type: ignore[attr-defined]
    for word in ("ch", "nha", "42", "900000009"):
        assert word not in path.partition("am-thanh/")[2] or len(word) < 3
    for wrong in (path.replace(".wav", "0.wav"), "/noi/am-thanh/.wav", "/noi/am-thanh/", f"/noi/am-thanh/{'0' * 64}.wav", f"/noi/am-thanh/{'a' * 9000}.wav"):
        assert client.get(wrong).status_code == 404
    assert client.post(path).status_code == 405
    with time_machine.travel(datetime.now().astimezone() + timedelta(seconds=voice.AUDIO_HOLDS_S + 5)):
        assert client.get(path).status_code == 404
    digest = voice.sound_of(path.rpartition("/")[2].removesuffix(".wav"))
    assert digest is not None
    store.drop(digest)
    assert client.get(path).status_code == 404


def test_a_token_of_loudspeakers_opens_no_call(scene: Voice, client: Client) -> None:
    from liengia.broadcast.channels.loudspeaker import webhook

    digest = store.put(b"RIFF")
    assert client.get(f"/noi/am-thanh/{webhook.sound_token(digest)}.wav").status_code == 404


def test_it_is_made_once_and_only_where_it_is_asked_for(scene: Voice, provider: Provider, monkeypatch: pytest.MonkeyPatch) -> None:
    silent = account(scene.cast.other_commune, provider.url, "voice", body='{"to": "{to_local}", "say": "{text}"}')
    assert isinstance(called(silent), Accepted) and not AudioFile.objects.exists()
    row = account(scene.cast.commune, provider.url, "voice", body=PLAYS)
    called(row)
    monkeypatch.setattr(espeak_ng.Engine, "speak", lambda self, text: 1 / 0)
    assert isinstance(called(row), Accepted), "the second call plays the same sound"


def test_a_recording_is_played_and_then_how_to_acknowledge(scene: Voice, provider: Provider) -> None:
    audio = sounds.spoken("Tiếng loa An ninh trật tự.")
    recording = Recording.objects.create(unit=scene.cast.commune, title="x", state="ready", audio=audio)
    called(account(scene.cast.commune, provider.url, "voice", body=PLAYS), recording=recording.public_id)
    digest = voice.sound_of(provider.asked[0].json["play"].rpartition("/")[2].removesuffix(".wav"))
    made = AudioFile.objects.get(sha256=digest)
    assert audio.seconds + 2 < made.seconds < audio.seconds + 12


def test_without_a_voice_no_silent_call_is_made(scene: Voice, provider: Provider, monkeypatch: pytest.MonkeyPatch) -> None:
    def mute(self: espeak_ng.Engine, text: str) -> bytes:
        raise SpeechError("espeak-ng is not installed")

    monkeypatch.setattr(espeak_ng.Engine, "speak", mute)
    found = called(account(scene.cast.commune, provider.url, "voice", body=PLAYS), sent_at=clock.now())
    assert isinstance(found, DeliveryError) and found.failure is Failure.TEMPORARY and not provider.asked


def waits(row: Any, **values: Any) -> None:
    outbox.enqueue(voice.CHANNEL, outbox.say(message(**values)), [Recipient("+84900000009", row.public_id)], keeps_person=True)


def test_our_own_voices_fault_holds_up_no_urgent_call(scene: Voice, provider: Provider, settings: Any) -> None:
    settings.SPEECH_ENGINE = "piper"  # without its voice
    row = account(scene.cast.commune, provider.url, "voice", body=PLAYS)
    waits(row, spoken_text="Mai cúp nước.")
    outbox.send_due("voice")
    assert not provider.asked and not ProviderState.objects.filter(aside_until__isnull=False).exists()
    waits(row, spoken_text=WORDS, priority="urgent")
    outbox.send_due("voice")
    assert len(provider.asked) == 1, "spoken by espeak-ng"


def test_health_says_that_a_call_waits_for_a_voice_where_no_loudspeaker_hangs(scene: Voice, provider: Provider, monkeypatch: pytest.MonkeyPatch) -> None:
    reads = account(scene.cast.other_commune, provider.url, "voice", body='{"to": "{to_local}", "say": "{text}"}')
    row = account(scene.cast.commune, provider.url, "voice", body=PLAYS)
    monkeypatch.setenv("PATH", "/nowhere")
    waits(reads)
    assert supervision.loudspeakers().ok, "the provider itself reads it"
    waits(row)
    found = supervision.loudspeakers()
    assert not found.ok and "apt install espeak-ng" in found.says


def test_the_sounds_of_a_call_go_after_a_day_and_its_recording_stays(scene: Voice, provider: Provider) -> None:
    audio = sounds.spoken("Tiếng loa An ninh trật tự.")
    recording = Recording.objects.create(unit=scene.cast.commune, title="x", state="ready", audio=audio)
    row = account(scene.cast.commune, provider.url, "voice", body=PLAYS)
    called(row)
    called(row, recording=recording.public_id)
    made = set(AudioFile.objects.exclude(pk=audio.pk).values_list("sha256", flat=True))
    assert len(made) == 4 and all(store.get(one) for one in made)
    assert recordings.forget_unused() == 0
    with time_machine.travel(datetime.now().astimezone() + timedelta(hours=25)):
        recordings.forget_unused()
    assert list(AudioFile.objects.all()) == [audio] and not any(store.get(one) for one in made) and store.get(audio.sha256)
