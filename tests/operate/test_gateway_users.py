"""What a gateway takes over from the centre: users of sirens and of loudspeakers, what players are to hold; and what it takes from nobody."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from liengia.alarms import broker
from liengia.core import keys
from liengia.operate.gateway import (
    STATES,
    Gateway,
    Settings,
    _others,
)

SIREN = ["group00001", "siren00001", "siren00001", "hash"]
PLAYER = ["player0001", "hash", ["lo.cluster0001.beat.player0001"], ["lo.cluster0001.say"]]


@pytest.fixture
def gateway(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setattr(keys, "KEYS_DIR", keys.KEYS_DIR)
    told = Settings(tmp_path, "ap5", "nats-leaf://127.0.0.1:1", "x", "", "127.0.0.1", 1, 1, "", "", "")
    (tmp_path / "nats").mkdir()

    def then(kept: Any = None) -> Gateway:
        if kept is not None:
            (tmp_path / "nats" / "users.json").write_text(json.dumps(kept))
        return Gateway(told)

    return then


@pytest.mark.parametrize("kept, counts", [([SIREN], (1, 0)), ({"devices": [SIREN], "others": [PLAYER]}, (1, 1)), ({"devices": 1}, (0, 0)), ("x", (0, 0))])
def test_it_starts_with_what_it_kept_also_of_before_there_were_loudspeakers(gateway: Any, kept: Any, counts: tuple[int, int]) -> None:
    found = gateway(kept)
    assert (len(found.credentials), len(found.others)) == counts


@pytest.mark.parametrize("subject", ["lg.group00001.press.x", "lo.>", "lo.*.say", ">", "$SYS.x", "liengia.poke.x"])
def test_no_player_gets_more_than_its_own_topics(subject: str) -> None:
    assert len(_others([PLAYER])) == 1
    assert _others([["player0001", "hash", [subject], []], ["player0001", "hash", [], [subject]]]) == []


def test_what_is_newer_is_held_and_after_a_restored_centre_what_is_older_too(gateway: Any) -> None:
    one = gateway()
    said: list[tuple[str, bytes]] = []
    one._publish_held = lambda subject: said.append((subject, one.held[subject][1]))
    for rev, whole in ((5, False), (5, False), (4, False), (6, False), (6, True), (3, True)):
        one._take_held("lo.cluster0001.say", rev, str(rev).encode(), whole=whole)
    assert [body for _subject, body in said] == [b"5", b"6", b"3"]


async def test_what_came_live_while_the_page_was_read_stays(gateway: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    one = gateway()
    one._publish_held = one._publish_state = lambda _subject: None
    one._take_held("lo.cluster0001.say", 5, b"5", whole=False)
    one._take_state("group00001", {"rev": 5}, whole=False)

    async def late(_client: Any, subject: str, asked: dict[str, int], **_more: Any) -> dict[str, Any]:
        if subject == STATES:
            one._take_state("group00001", {"rev": 6}, whole=False)
            return {"rows": [["group00001", {"rev": 5}], ["group00002", {"rev": 1}]], "total": 2}
        one._take_held("lo.cluster0001.say", 6, b"6", whole=False)
        return {"rows": [] if asked["after"] else [[1, "lo.cluster0001.say", 5, "5"], [2, "lo.cluster0002.say", 1, "1"]]}

    monkeypatch.setattr(broker, "ask", late)
    one.client = None
    await one._fetch_held()
    await one._fetch_states()
    assert one.held == {"lo.cluster0001.say": (6, b"6"), "lo.cluster0002.say": (1, b"1")}
    assert one.states == {"group00001": {"rev": 6}, "group00002": {"rev": 1}}
