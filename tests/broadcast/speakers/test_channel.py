"""The channel: whom it reaches, what it orders, what it refuses, what it takes back."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from liengia.broadcast.audio import store
from liengia.broadcast.channels.base import Accepted, Audience, DeliveryError, Failure
from liengia.broadcast.channels.loudspeaker import channel as module
from liengia.broadcast.channels.loudspeaker import programme, sounds
from liengia.broadcast.models import AudioFile, Bulletin, Dispatch, PlayOrder, PlayReport, SpeakerCluster
from liengia.broadcast.services import planning, recordings, speakers
from liengia.broadcast.speech.engines import SpeechError, espeak_ng
from tests.broadcast.audio.signals import tone
from tests.broadcast.audio.test_making import packed
from tests.broadcast.speakers.given import NOW, Place, loud, message, parcel
from tests.cast import TESTER


def addresses(audience: Audience) -> set[str]:
    return {one.address for one in loud().recipients(audience, "notice")}


def test_it_reaches_the_clusters_of_the_audiences_hamlets_that_are_on(here: Place) -> None:
    assert addresses(Audience(unit_ids=(here.hamlet.pk,))) == {here.market.public_id, here.bridge.public_id}
    assert len(addresses(Audience(unit_ids=(here.commune.pk,)))) == loud().count(Audience(unit_ids=(here.commune.pk,)), "notice") == 3
    speakers.change_cluster(here.bridge, is_on=False, actor=TESTER)
    speakers.remove_cluster(here.hand, actor=TESTER)
    assert addresses(Audience(unit_ids=(here.commune.pk,))) == {here.market.public_id}
    assert addresses(Audience(role_codes=("hamlet_head",))) == set()
    assert list(loud().to_users([1, 2], "fire")) == []


def test_one_message_is_spoken_once_for_all_clusters_and_ordered_once_a_key(here: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    spoken: list[str] = []
    speak = espeak_ng.Engine.speak
    monkeypatch.setattr(espeak_ng.Engine, "speak", lambda self, text: spoken.append(text) or speak(self, text))
    parcels = [parcel(here.market), parcel(here.bridge)]
    first, second = loud().send(parcels), loud().send(parcels)
    assert [type(one) for one in first] == [Accepted, Accepted]
    assert first == second
    assert spoken == ["Mời bà con dự Ngày hội mười chín tháng tám."]
    order = PlayOrder.objects.get(cluster=here.market)
    assert (order.times, order.volume, order.expires_at) == (1, None, NOW + timedelta(hours=3))
    assert store.get(order.audio.sha256) is not None
    assert order.audio.loudness_lufs == pytest.approx(-16.3, abs=0.8)


def test_an_order_raises_what_the_player_is_to_hold(here: Place) -> None:
    before = SpeakerCluster.objects.get(pk=here.market.pk).say_rev
    loud().send([parcel(here.market)])
    assert SpeakerCluster.objects.get(pk=here.market.pk).say_rev == before + 1
    assert SpeakerCluster.objects.get(pk=here.bridge.pk).say_rev == here.bridge.say_rev


@pytest.mark.parametrize(("kind", "msg_type", "is_played"), [
    ("fire", "alert", True), ("intruder", "alert", False), ("help", "alert", False), ("medical", "alert", False), ("intruder", "all_clear", True), ("all_clear", "alert", True),
])  # fmt: skip
def test_an_alarm_speaks_of_fire_only(kind: str, msg_type: str, is_played: bool, here: Place) -> None:
    (outcome,) = loud().send([parcel(here.market, subject="incident:bbbbbbbbbb", kind=kind, msg_type=msg_type, priority="urgent")])
    assert isinstance(outcome, Accepted) is is_played
    if not is_played:
        assert isinstance(outcome, DeliveryError)
        assert outcome.failure is Failure.PERMANENT
        assert not PlayOrder.objects.exists()


def test_the_word_after_what_was_spoken_is_none_of_the_days_plays(here: Place) -> None:
    facts: dict[str, Any] = {"unit": here.commune, "headline": "Cúp nước", "text": "Cúp nước.", "sealed": "x"}
    first = Bulletin.objects.create(state="withdrawn", **facts)
    last = Bulletin.objects.create(state="approved", msg_type="cancel", follows=first, **facts)
    assert planning._counts(last, NOW), "nobody heard the first"
    loud().send([parcel(here.market, "one", subject=f"bulletin:{first.public_id}"), parcel(here.market, "two", subject=f"bulletin:{last.public_id}")])
    assert planning._counts(first, NOW) and not planning._counts(last, NOW)
    for one in (first, last):
        Dispatch.objects.create(bulletin=one, number=1, due_at=NOW, planned_at=NOW, meant={"loudspeaker": 1})
    assert planning.plays_today(here.commune.pk, NOW) == 1
    assert [one.get("uncounted") for one in programme.contents([here.market], NOW)[here.market.pk]["orders"]] == [None, True]
    PlayReport.objects.create(report="r", cluster=here.market, order=PlayOrder.objects.get(key="one"), outcome="left_out", began_at=NOW, ended_at=NOW, received_at=NOW)
    assert planning._counts(last, NOW)


def test_a_cluster_that_moves_leaves_what_was_ordered_ahead_for_the_old_place(here: Place) -> None:
    loud().order_ahead([(parcel(here.market, "ahead"), NOW + timedelta(days=1)), (parcel(here.bridge, "other"), NOW + timedelta(days=1))])
    loud().send([parcel(here.market, "now", priority="urgent"), parcel(here.market, "alarm", subject="incident:aaaaaaaaaa", kind="fire")])
    speakers.change_cluster(here.market, unit=here.hamlet, volume=50, actor=TESTER)
    assert not PlayOrder.objects.exclude(withdrawn_at=None).exists()
    speakers.change_cluster(here.market, unit=here.other, actor=TESTER)
    assert [one.key for one in PlayOrder.objects.exclude(withdrawn_at=None)] == ["ahead"]


def test_training_is_never_played_nor_is_what_has_no_cluster(here: Place) -> None:
    speakers.change_cluster(here.bridge, is_on=False, actor=TESTER)
    outcomes = loud().send([parcel(here.market, mode="training"), parcel(here.bridge), parcel("nowhere000")])
    assert [one.failure for one in outcomes if isinstance(one, DeliveryError)] == [Failure.PERMANENT] * 3


def test_without_a_voice_the_channel_waits_and_says_why(here: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    (outcome,) = loud().send([parcel(here.market)])
    assert isinstance(outcome, DeliveryError)
    assert outcome.failure is Failure.TEMPORARY, "its clusters are not set aside: what is urgent may be spoken otherwise"
    assert "apt install espeak-ng" in outcome.words


def test_what_is_urgent_is_spoken_plainly_when_the_chosen_voice_fails(here: Place, settings: Any) -> None:
    settings.SPEECH_ENGINE = "piper"
    ordinary, urgent = loud().send([parcel(here.market), parcel(here.bridge, priority="urgent")])
    assert isinstance(ordinary, DeliveryError)
    assert isinstance(urgent, Accepted)
    assert PlayOrder.objects.get().times == 3


@pytest.mark.parametrize("text", ["", "…", "🔥🔥", "<>", "\x00\x01"])
def test_a_text_without_a_word_is_given_up(text: str, here: Place) -> None:
    (outcome,) = loud().send([parcel(here.market, spoken_text=text or " ", text="", headline="!")])
    assert isinstance(outcome, DeliveryError)
    assert outcome.failure is Failure.PERMANENT


@pytest.mark.parametrize("text", ["-w /tmp/x xin chào", "<speak><break time='9s'/>xin chào</speak>", "[[h@loU]] xin chào", "xin chào " * 2000])
def test_hostile_words_are_only_words(text: str, here: Place) -> None:
    (outcome,) = loud().send([parcel(here.market, spoken_text=text[:1000])])
    assert isinstance(outcome, Accepted)


def test_a_megabyte_is_refused(here: Place) -> None:
    (outcome,) = loud().send([parcel(here.market, spoken_text="a " * 500_000)])
    assert isinstance(outcome, DeliveryError)


def test_an_installations_own_words_are_read(here: Place, settings: Any) -> None:
    path = sounds.own_words_file()
    path.parent.mkdir()
    path.write_text("BKP\tban khu phố\n", encoding="utf-8")
    assert sounds.words_of("BKP họp") == "ban khu phố họp"
    path.write_text("BKP ban khu phố\n", encoding="utf-8")
    import os

    os.utime(path, ns=(1, 1))
    with pytest.raises(SpeechError, match="line 1"):
        sounds.words_of("BKP họp")


def test_a_recording_is_played_when_it_is_ready(here: Place) -> None:
    row = recordings.add_recording(here.commune, title="Tiếng loa tuần này", data=packed(tone(2, -30), "OGG", subtype="VORBIS"), actor=TESTER)
    (waiting,) = loud().send([parcel(here.market, recording=row.public_id)])
    assert isinstance(waiting, DeliveryError)
    assert waiting.failure is Failure.TEMPORARY
    recordings.prepare_due()
    (outcome,) = loud().send([parcel(here.market, recording=row.public_id)])
    assert isinstance(outcome, Accepted)
    row.refresh_from_db()
    assert PlayOrder.objects.get().audio == row.audio
    (gone,) = loud().send([parcel(here.bridge, recording="nothing000")])
    assert isinstance(gone, DeliveryError)
    assert gone.failure is Failure.PERMANENT


def test_a_withdrawal_takes_back_what_was_not_played(here: Place) -> None:
    loud().send([parcel(here.market), parcel(here.bridge), parcel(here.market, key="other", subject="bulletin:cccccccccc")])
    PlayOrder.objects.filter(cluster=here.bridge).update(ended_at=NOW)
    rev = SpeakerCluster.objects.get(pk=here.market.pk).say_rev
    loud().withdraw("bulletin:aaaaaaaaaa")
    assert list(PlayOrder.objects.exclude(withdrawn_at=None).values_list("cluster", "subject")) == [(here.market.pk, "bulletin:aaaaaaaaaa")]
    assert SpeakerCluster.objects.get(pk=here.market.pk).say_rev == rev + 1


def test_an_order_ends_with_its_message_and_never_later_than_it_holds(here: Place) -> None:
    loud().send([parcel(here.market, expires_at=None, priority="urgent"), parcel(here.bridge, expires_at=NOW + timedelta(days=9))])
    ends = dict(PlayOrder.objects.values_list("cluster", "expires_at"))
    assert ends == {here.market.pk: NOW + module.HOLDS["urgent"], here.bridge.pk: NOW + module.HOLDS["normal"]}


@pytest.mark.parametrize(("given", "taken"), [(30, 30), (-5, 0), (900, 100), (True, None), ("loud", None), (None, None)])
def test_a_volume_of_a_message_is_held_within_bounds(given: object, taken: int | None, here: Place) -> None:
    loud().send([parcel(here.market, data={"volume": given, "times": 99})])
    order = PlayOrder.objects.get()
    assert (order.volume, order.times) == (taken, module.TIMES_MOST)


def test_a_preview_shows_the_words_and_their_length(here: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    shown = loud().preview(message())
    assert shown.body == "Mời bà con dự Ngày hội mười chín tháng tám."
    assert 3 <= shown.length <= 8
    assert shown.unit == "seconds"
    assert not shown.warnings
    assert loud().preview(message(spoken_text="bà con " * 500)).warnings
    monkeypatch.setenv("PATH", "/nowhere")
    assert "apt install espeak-ng" in loud().preview(message()).warnings[0]


def test_a_length_told_beforehand_is_near_the_real_one(here: Place) -> None:
    text = "Tối nay lúc 22h, bà con khóa cửa, tắt bếp, rút sạc xe điện. Có việc gấp gọi công an xã 0272 3881 234."
    loud().send([parcel(here.market, spoken_text=text)])
    assert loud().preview(message(spoken_text=text)).length == pytest.approx(AudioFile.objects.get().seconds, rel=0.35)


def test_a_withdrawal_is_spoken_where_the_first_was_or_may_have_been(here: Place) -> None:
    bulletin = Bulletin.objects.create(unit=here.commune, headline="Ngày hội", text="Lời")
    subject = f"bulletin:{bulletin.public_id}"
    speakers.add_cluster(here.hamlet, name="Mới treo", actor=TESTER)
    loud().send([parcel(one, subject=subject) for one in (here.market, here.bridge, here.hand)])
    order = PlayOrder.objects.get(cluster=here.bridge)
    PlayReport.objects.create(report="bao-cao-0001", cluster=here.bridge, order=order, outcome="left_out", began_at=NOW, ended_at=NOW)
    told = Audience(unit_ids=(here.hamlet.pk,), chain=(bulletin.pk,), told=(NOW, NOW), only_told=True)
    assert addresses(told) == {here.market.public_id, here.hand.public_id}, "what was left out was heard by nobody; who moved out of the audience heard it"
    assert len(addresses(replace(told, only_told=False))) == 4
    PlayOrder.objects.filter(cluster=here.market).update(play_at=NOW + timedelta(days=1))
    assert addresses(told) == {here.hand.public_id}, "ordered ahead, and not yet come to its time"
