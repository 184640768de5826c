"""What devices send: strict where it matters, kind where it does not."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from liengia.alarms.messages import Rejection, read_beat, read_press, read_rang

NOW = datetime(2026, 3, 1, 7, 30, 15, tzinfo=UTC)
PRESS = "$MQTT.msgs.lg.aaaaaaaaaa.press.button0001"
STILL = "lg.aaaaaaaaaa.still.button0001"
RANG = "lg.aaaaaaaaaa.rang.siren00001"
BEAT = "lg.aaaaaaaaaa.beat.siren00001"


def read(body: object, subject: str = PRESS, *, stored_at: datetime | None = NOW) -> Any:
    payload = body if isinstance(body, bytes) else json.dumps(body).encode()
    return read_press(subject, payload, received_at=NOW, stored_at=stored_at)


def test_a_press_is_read() -> None:
    found = read({"id": "7f", "kind": "medical", "mode": "drill", "age_s": 4.5, "at": "2031-01-01"})
    assert (found.group, found.device, found.press_id) == ("aaaaaaaaaa", "button0001", "7f")
    assert (found.kind, found.mode, found.age_s, found.is_silent) == ("medical", "drill", 4.5, False)
    assert found.claimed_at == "2031-01-01"
    assert not found.is_stale


@pytest.mark.parametrize("word", ["fire", "intruder", "medical", "help", " fire\n"])
def test_the_bare_word_of_a_kind_is_a_real_press_of_that_minute(word: str) -> None:
    found = read(word.encode())
    assert (found.kind, found.mode) == (word.strip(), "real")
    assert found.press_id == f"button0001:{word.strip()}:20260301T0730"


def test_without_an_id_a_drill_does_not_swallow_the_real_press_of_its_minute() -> None:
    assert read({"kind": "fire", "mode": "drill"}).press_id != read({"kind": "fire"}).press_id
    assert read(b"help", STILL).press_id != read(b"help").press_id


@pytest.mark.parametrize(
    "body, reason",
    [
        (b"", "malformed"),
        (b"{", "malformed"),
        (b"[1]", "malformed"),
        (b"7", "malformed"),
        (b'"fire"', "malformed"),
        (b"flood", "malformed"),
        (b"\xff\xfe", "not_utf8"),
        (b"fire" + b" " * 4093, "oversized"),
        ({"kind": "flood"}, "unknown_kind"),
        ({"kind": ["fire"]}, "unknown_kind"),
        ({"kind": None}, "unknown_kind"),
        ({}, "unknown_kind"),
        ({"kind": "fire", "mode": "war"}, "unknown_mode"),
        ({"kind": "fire", "mode": {"real": 1}}, "unknown_mode"),
        ({"kind": "fire", "mode": None}, "unknown_mode"),
        ({"kind": "fire", "id": 7}, "bad_id"),
        ({"kind": "fire", "id": ""}, "bad_id"),
        ({"kind": "fire", "id": "a b"}, "bad_id"),
        ({"kind": "fire", "id": "\0"}, "bad_id"),
        ({"kind": "fire", "id": "x" * 65}, "bad_id"),
    ],
)
def test_what_cannot_be_used_is_refused_by_its_reason(body: object, reason: str) -> None:
    with pytest.raises(Rejection) as refused:
        read(body)
    assert refused.value.reason == reason


@pytest.mark.parametrize(
    "subject", ["lg.a.press.b", "lg.aaaaaaaaaa.press", "lg.AAAAAAAAAA.press.button0001", RANG, BEAT, "lg.aaaaaaaaaa.state", ""]
)
def test_a_press_comes_on_a_devices_own_topic(subject: str) -> None:
    with pytest.raises(Rejection) as refused:
        read(b"fire", subject)
    assert refused.value.reason == "topic"


def test_exactly_4_kib_are_read() -> None:
    assert read(b'{"kind": "fire", "x": "' + b"a" * (4096 - 25) + b'"}').kind == "fire"


@pytest.mark.parametrize(
    "nonsense",
    [
        {"age_s": "soon"}, {"age_s": -5}, {"age_s": True}, {"age_s": None}, {"age_s": [1]},
        {"at": 10**400}, {"at": {"a": ["b"]}}, {"at": "\ud800\0\x1b[31m"}, {"at": "x" * 3000},
        {"lat": "?", "": None, "kind ": 1},
    ],
)  # fmt: skip
def test_nonsense_in_further_fields_is_ignored(nonsense: dict[str, object]) -> None:
    found = read({"id": "a", "kind": "fire", "mode": "real", **nonsense})
    assert (found.kind, found.age_s, found.is_stale) == ("fire", 0.0, False)
    assert len(found.claimed_at) <= 40
    assert all(char.isprintable() for char in found.claimed_at)


@pytest.mark.parametrize("number", [b"NaN", b"Infinity", b"-Infinity", b"1e999", b"9" * 4000])
def test_a_number_that_is_none_makes_no_press_old_for_ever(number: bytes) -> None:
    found = read(b'{"kind": "fire", "age_s": %s}' % number)
    assert 0 <= found.age_s <= 1e9


def test_stale_is_age_plus_waiting_over_five_minutes_and_at_is_never_used() -> None:
    assert not read({"kind": "fire", "age_s": 300}).is_stale
    assert read({"kind": "fire", "age_s": 301}).is_stale
    assert read({"kind": "fire", "age_s": 200}, stored_at=NOW - timedelta(seconds=101)).is_stale
    assert not read({"kind": "fire", "at": "1970-01-01T00:00:00Z"}).is_stale
    assert not read({"kind": "fire", "at": "2999-01-01T00:00:00Z"}).is_stale


def test_in_doubt_a_press_is_fresh() -> None:
    assert not read(b"fire", stored_at=None).is_stale
    assert read(b"fire", stored_at=NOW + timedelta(hours=3)).waited_s == 0


def test_only_help_is_silent() -> None:
    assert read(b"help", STILL).is_silent
    with pytest.raises(Rejection):
        read(b"fire", STILL)


@pytest.mark.parametrize("said", [{"press": "\0"}, {"press": "\ud800"}, {"press": 7}, {"press": "a" * 65}, {"from": "\0"}, 5, "fire"])
def test_a_siren_that_says_nonsense_still_says_that_it_sounds(said: object) -> None:
    payload = json.dumps(said).encode() if said != "fire" else b"fire"
    if said == 5:
        with pytest.raises(Rejection):
            read_rang(RANG, payload, received_at=NOW)
        return
    found = read_rang(RANG, payload, received_at=NOW)
    assert (found.device, found.press_id, found.from_device) == ("siren00001", "", "")


def test_a_siren_names_the_press_or_the_device() -> None:
    assert read_rang(RANG, b'{"press": "7f"}', received_at=NOW).press_id == "7f"
    assert read_rang(RANG, b'{"from": "button0001"}', received_at=NOW).from_device == "button0001"


@pytest.mark.parametrize("payload", [b"", b"\xff", b"{", b"[]", b"fire", b'{"battery_mv": "full", "mains": 1, "firmware": 3}'])
def test_an_unreadable_beat_is_still_a_sign_of_life(payload: bytes) -> None:
    found = read_beat(BEAT, payload)
    assert not found.is_gone
    assert found.battery_mv is found.mains is found.rssi_dbm is found.firmware is None


def test_a_beat_says_battery_mains_radio_and_firmware() -> None:
    found = read_beat(BEAT, b'{"battery_mv": 2900, "mains": false, "rssi_dbm": -70, "firmware": "1.4\\u0000b"}')
    assert (found.battery_mv, found.mains, found.rssi_dbm, found.firmware) == (2900, False, -70, "1.4b")
    assert read_beat(BEAT, b'{"gone": true}').is_gone
    assert not read_beat(BEAT, b'{"gone": "true"}').is_gone


def test_an_oversized_beat_is_refused() -> None:
    with pytest.raises(Rejection) as refused:
        read_beat(BEAT, b" " * 4097)
    assert refused.value.reason == "oversized"
