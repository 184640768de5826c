"""Recordings made ready by the worker, and sounds that go when nothing uses them."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine

from liengia.broadcast.audio import store
from liengia.broadcast.audio.errors import BadSound
from liengia.broadcast.models import AudioFile, Bulletin, PlayOrder, Recording
from liengia.broadcast.services import recordings
from liengia.core.errors import Invalid, Refused
from tests.broadcast.audio.signals import tone
from tests.broadcast.audio.test_making import packed
from tests.broadcast.speakers.given import NOW, Place, loud, parcel
from tests.cast import TESTER


def add(here: Place, data: bytes, title: str = "Tiếng loa") -> Recording:
    return recordings.add_recording(here.commune, title=title, data=data, actor=TESTER)


def test_a_recording_is_made_ready_once(here: Place) -> None:
    data = packed(tone(2, -30), "FLAC")
    row, again = add(here, data), add(here, data, "Lần nữa")
    assert (row.state, recordings.incoming(row).exists()) == ("waiting", True)
    assert recordings.prepare_due() + recordings.prepare_due() + recordings.prepare_due() == 2
    row.refresh_from_db()
    again.refresh_from_db()
    assert row.state == again.state == "ready"
    assert row.audio == again.audio
    assert row.audio is not None
    assert (row.done_percent, len(row.audio.peaks)) == (100, 160)
    assert not recordings.incoming(row).exists()


def test_a_text_is_spoken_as_a_recording(here: Place) -> None:
    row = recordings.speak_recording(here.commune, title="Nhắc khóa cửa", text="22h, bà con khóa cửa.", actor=TESTER)
    recordings.prepare_due()
    row.refresh_from_db()
    assert row.audio is not None
    assert row.audio.seconds > 3


def test_what_cannot_be_read_says_why_and_holds_up_no_other(here: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    broken, good = add(here, b"OggS" + bytes(500)), add(here, packed(tone(1, -20), "FLAC"))
    silent = add(here, packed(tone(1, -90), "FLAC", subtype="PCM_24"))
    spoken = recordings.speak_recording(here.commune, title="x", text="xin chào", actor=TESTER)
    for _turn in range(3):
        recordings.prepare_due()
    monkeypatch.setenv("PATH", "/nowhere")
    recordings.prepare_due()
    found = {row.pk: (row.state, row.trouble) for row in Recording.objects.all()}
    assert found == {broken.pk: ("failed", "broken"), good.pk: ("ready", ""), silent.pk: ("failed", "too_short"), spoken.pk: ("failed", "no_voice")}
    for row in Recording.objects.filter(state="failed"):
        assert recordings.trouble_words(row)


@pytest.mark.parametrize(("data", "code"), [(b"", "empty"), (b"hello", "unknown"), (b"#EXTM3U\n/etc/passwd", "unknown")])
def test_what_is_no_recording_is_refused_at_the_door(data: bytes, code: str, here: Place) -> None:
    with pytest.raises(BadSound) as caught:
        add(here, data)
    assert caught.value.detail_code == code
    assert not Recording.objects.exists()


def test_titles_and_texts_have_bounds(here: Place) -> None:
    for title in ("", " ", "x" * 121):
        with pytest.raises(Invalid):
            add(here, packed(tone(1, -20), "FLAC"), title)
    for text in ("", "x" * 2001):
        with pytest.raises(Invalid):
            recordings.speak_recording(here.commune, title="x", text=text, actor=TESTER)


def test_sounds_go_when_nothing_uses_them_any_more(here: Place) -> None:
    loud().send([parcel(here.market), parcel(here.bridge, subject="incident:bbbbbbbbbb", kind="fire", spoken_text="Có cháy.")])
    row = add(here, packed(tone(2, -30), "FLAC"))
    recordings.prepare_due()
    hashes = set(AudioFile.objects.values_list("sha256", flat=True))
    assert len(hashes) == 3
    with time_machine.travel(NOW + timedelta(days=31), tick=False):
        recordings.forget_unused()
        assert list(PlayOrder.objects.values_list("subject", flat=True)) == ["bulletin:aaaaaaaaaa"]
        assert AudioFile.objects.count() == 2
        recordings.remove_recording(row, actor=TESTER)
        with pytest.raises(Refused):
            recordings.remove_recording(row, actor=TESTER)
    weekly = Bulletin.objects.create(unit=here.commune, headline="Khóa cửa", text="Khóa cửa.", state="approved", sealed="x", recording=row.public_id)
    with time_machine.travel(NOW + timedelta(days=401), tick=False):
        recordings.forget_unused()
        assert Recording.objects.filter(pk=row.pk).exists(), "a bulletin in force speaks it still"
        Bulletin.objects.filter(pk=weekly.pk).update(state="finished")
        recordings.forget_unused()
        recordings.forget_unused()
    assert not AudioFile.objects.exists()
    assert not any(store.get(one) for one in hashes)
