"""The console's live order: resumed by position, nothing missed, nothing of another commune."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.test import AsyncClient, Client

from liengia.alarms import policies, services
from liengia.alarms.feed import FEED
from liengia.alarms.models import IncidentEvent
from liengia.core import live
from liengia.core.actor import Actor
from liengia.people import services as people_services
from liengia.people.models import BoundPhone, RoleAssignment
from tests.alarms.console_scene import Desk, desk, sign_in

pytestmark = pytest.mark.django_db(transaction=True)


def _signed_in(user: Any) -> AsyncClient:
    client = AsyncClient()
    client.cookies = sign_in(Client(), user).cookies
    return client


async def _read(
    client: AsyncClient, since: int, *, until: str = "hello", seconds: float = 8
) -> list[tuple[str, dict[str, Any]]]:
    """Return the events of a stream that resumes after a position, up to one of a kind."""
    answer = await client.get("/song/", headers={"Last-Event-ID": str(since)})
    assert answer.status_code == 200 and answer["Content-Type"].startswith("text/event-stream")
    found: list[tuple[str, dict[str, Any]]] = []

    async def read() -> None:
        async for chunk in answer.streaming_content:  # type: ignore[attr-defined]
            for block in chunk.decode().split("\n\n"):
                fields = dict(
                    line.split(": ", 1) for line in block.splitlines() if ": " in line and line[0] != ":"
                )
                if "event" in fields:
                    found.append((fields["event"], json.loads(fields["data"])))
            if found and found[-1][0] == until:
                return

    await asyncio.wait_for(read(), seconds)
    await answer.streaming_content.aclose()  # type: ignore[attr-defined]
    FEED.close()
    return found


async def test_a_page_that_comes_back_gets_all_that_it_missed_once_and_in_order() -> None:
    scene: Desk = await sync_to_async(desk)()

    def happen() -> int:
        incident = scene.press(9)
        live.sequence(IncidentEvent)
        seen = IncidentEvent.objects.latest("position").position or 0
        scene.ring(1, 2, 3)
        services.acknowledge_incident(incident, actor=Actor.of(scene.second))
        services.note_incident(incident, text="xe tới", actor=Actor.of(scene.second))
        live.sequence(IncidentEvent)
        return seen

    seen = await sync_to_async(happen)()
    client = await sync_to_async(_signed_in)(scene.officer)
    events = await _read(client, seen)
    assert [kind for kind, _data in events] == ["sounded", "acknowledged", "noted", "hello"]
    positions = [data["position"] for _kind, data in events[:-1]]
    assert positions == list(range(seen + 1, seen + 4))


async def test_the_desk_of_another_commune_hears_nothing() -> None:
    scene: Desk = await sync_to_async(desk)()

    def happen() -> None:
        scene.press(9)
        live.sequence(IncidentEvent)

    await sync_to_async(happen)()
    client = await sync_to_async(_signed_in)(scene.elsewhere)
    assert [kind for kind, _data in await _read(client, 0)] == ["hello"]


async def test_a_silent_call_reaches_the_desk_and_not_the_groups_leader() -> None:
    scene: Desk = await sync_to_async(desk)()

    def happen() -> None:
        scene.press(9, kind="help", silent=True)
        live.sequence(IncidentEvent)

    await sync_to_async(happen)()
    officer = await sync_to_async(_signed_in)(scene.officer)
    assert "opened" in [kind for kind, _data in await _read(officer, 0)]
    leader = await sync_to_async(_signed_in)(scene.leader)
    assert [kind for kind, _data in await _read(leader, 0)] == ["hello"]


async def test_a_role_that_ends_closes_the_stream_that_is_open(monkeypatch: pytest.MonkeyPatch) -> None:
    assert live.RECHECK_S + live.KEEP_ALIVE_S < 60, "rights are looked at again often enough"
    monkeypatch.setattr(live, "KEEP_ALIVE_S", 0.05)
    monkeypatch.setattr(live, "RECHECK_S", 0.1)
    scene: Desk = await sync_to_async(desk)()
    client = await sync_to_async(_signed_in)(scene.officer)
    answer = await client.get("/song/")
    chunks = aiter(answer.streaming_content)  # type: ignore[attr-defined]

    async def hear(word: bytes) -> None:
        async for chunk in chunks:
            if word in chunk:
                return
        raise AssertionError(f"the stream ended before {word!r}")

    async def rest() -> None:
        async for _chunk in chunks:
            pass

    def end() -> None:
        held = RoleAssignment.objects.select_related("user", "role", "unit").get(user=scene.officer)
        people_services.end_role(held, actor=Actor.system("test"))

    await asyncio.wait_for(hear(b"hello"), 8)
    await asyncio.sleep(0.4)
    await sync_to_async(end)()
    await asyncio.wait_for(hear(b"event: gone"), 8)
    await asyncio.wait_for(rest(), 8)
    FEED.close()
    again = await client.get("/song/", headers={"Last-Event-ID": "0"})
    audience = await sync_to_async(policies.audience_of)(scene.officer)
    assert not [key for key in audience if key.startswith("desk:")], again.status_code
    if hasattr(again, "streaming_content"):
        await again.streaming_content.aclose()  # type: ignore[union-attr]
    FEED.close()


async def test_a_password_alone_hears_nothing_of_the_desk() -> None:
    scene: Desk = await sync_to_async(desk)()

    def happen() -> AsyncClient:
        scene.press(9, kind="help", silent=True)
        scene.press(9)
        live.sequence(IncidentEvent)
        client = AsyncClient()
        client.cookies = sign_in(Client(), scene.officer, second_factor=False).cookies
        return client

    client = await sync_to_async(happen)()
    assert [kind for kind, _data in await _read(client, 0)] == ["hello"]


async def test_a_phone_that_was_revoked_opens_no_stream() -> None:
    scene: Desk = await sync_to_async(desk)()

    def happen() -> AsyncClient:
        path = people_services.invite_to_bind(scene.leader, actor=Actor.system("test")).path
        phone = Client()
        assert phone.post(path, {"pin": "193847", "again": "193847", "label": ""}).status_code == 302
        people_services.revoke_phone(BoundPhone.objects.get(user=scene.leader), actor=Actor.system("test"))
        client = AsyncClient()
        client.cookies = phone.cookies
        return client

    client = await sync_to_async(happen)()
    assert (await client.get("/song/")).status_code == 302
