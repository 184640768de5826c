"""Whatever a device sends, it is read or refused by a reason; nonsense beside a valid press never keeps it from ringing."""

from __future__ import annotations

import json
from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from liengia.alarms.messages import Rejection, read_beat, read_press, read_rang
from liengia.alarms.models import Kind, Mode

NOW = datetime(2026, 3, 1, tzinfo=UTC)
REASONS = {"topic", "oversized", "not_utf8", "malformed", "unknown_kind", "unknown_mode", "bad_id"}
words = st.sampled_from(["press", "still", "rang", "beat"])
subjects = st.one_of(
    st.text(max_size=60),
    words.map(lambda word: f"lg.aaaaaaaaaa.{word}.bbbbbbbbbb"),
    words.map(lambda word: f"$MQTT.msgs.lg.aaaaaaaaaa.{word}.bbbbbbbbbb"),
)
anything = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(st.characters(), max_size=80)),
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(st.text(max_size=8), inner, max_size=4)),
    max_leaves=15,
)
fields = st.sampled_from(
    ["id", "kind", "mode", "age_s", "at", "press", "from", "gone", "battery_mv", "mains", "rssi_dbm", "firmware"]
)
payloads = st.one_of(
    st.binary(max_size=5000),
    anything.map(lambda body: json.dumps(body).encode()),
    st.dictionaries(fields, st.one_of(anything, st.sampled_from(["fire", "help", "real"])), max_size=8).map(
        lambda body: json.dumps(body).encode()
    ),
    st.sampled_from([b"fire", b"help", b"[" * 4096, b"{" * 4096, b'{"at":' * 600, b"1" * 4096, b'{"kind":"fire","at":%s}' % (b"9" * 4000)]),
    st.integers(1, 4000).map(lambda depth: b'{"kind":"fire","at":' + b"[" * min(depth, 2000) + b"]" * min(depth, 2000) + b"}"),
)


@given(subjects, payloads, st.one_of(st.none(), st.datetimes(timezones=st.just(UTC))))
def test_nothing_but_a_rejection_is_ever_raised(subject: str, payload: bytes, stored_at: datetime | None) -> None:
    reasons: set[str] = set()
    for read in (
        lambda: read_press(subject, payload, received_at=NOW, stored_at=stored_at),
        lambda: read_rang(subject, payload, received_at=NOW),
        lambda: read_beat(subject, payload),
    ):
        try:
            found = read()
        except Rejection as rejection:
            reasons.add(rejection.reason)
            continue
        # What was read can be asked for in any database: no surrogate, no NUL.
        for name in ("press_id", "claimed_at", "from_device", "firmware"):
            value = getattr(found, name, "") or ""
            assert "\0" not in value
            value.encode()
            assert len(value) <= 64
    assert reasons <= REASONS


@given(
    st.sampled_from(Kind.values), st.sampled_from(Mode.values), st.uuids(),
    st.dictionaries(st.text(max_size=10).filter(lambda name: name not in ("id", "kind", "mode")), anything, max_size=6),
    st.fixed_dictionaries({}, optional={"age_s": anything, "at": anything}),
)  # fmt: skip
def test_a_valid_press_with_any_nonsense_beside_it_is_read(
    kind: str, mode: str, press_id: object, extra: dict[str, object], odd: dict[str, object]
) -> None:
    body = json.dumps({**extra, **odd, "id": str(press_id), "kind": kind, "mode": mode}).encode()
    if len(body) > 4096:
        return
    found = read_press("lg.aaaaaaaaaa.press.bbbbbbbbbb", body, received_at=NOW, stored_at=NOW)
    assert (found.kind, found.mode, found.press_id) == (kind, mode, str(press_id))
    assert 0 <= found.age_s <= 1e9
