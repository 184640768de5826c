"""Live streams as the server serves them: Django is done with the request while the stream goes on."""

from __future__ import annotations

import asyncio
from collections.abc import MutableMapping
from typing import Any

import pytest
from asgiref.sync import SyncToAsync, sync_to_async
from asgiref.testing import ApplicationCommunicator
from django.test import Client

from liengia.alarms import services
from liengia.alarms.feed import FEED
from liengia.alarms.models import IncidentEvent
from liengia.asgi import application
from liengia.core import live
from liengia.core.actor import Actor
from tests.alarms.console_scene import Desk, desk, sign_in

pytestmark = pytest.mark.django_db(transaction=True)


def _asked(cookies: str = "") -> ApplicationCommunicator:
    headers = [(b"host", b"localhost"), (b"cookie", cookies.encode())]
    return ApplicationCommunicator(
        application,
        {
            "type": "http", "method": "GET", "path": "/song/", "query_string": b"", "headers": headers,
            "http_version": "1.1", "scheme": "http", "server": ("localhost", 80), "asgi": {"version": "3.0"},
        },
    )  # fmt: skip


def _cookies(user: Any) -> str:
    return "; ".join(f"{name}={one.value}" for name, one in sign_in(Client(), user).cookies.items())


async def _until(stream: ApplicationCommunicator, words: bytes) -> bytes:
    found = b""
    while words not in found:
        message: MutableMapping[str, Any] = await stream.receive_output(timeout=8)
        found += message["body"]
    return found


async def test_django_is_done_with_the_request_while_the_stream_goes_on() -> None:
    scene: Desk = await sync_to_async(desk)()
    cookies = await sync_to_async(_cookies)(scene.officer)
    before = len(SyncToAsync.context_to_thread_executor)
    stream = _asked(cookies)
    await stream.send_input({"type": "http.request", "body": b"", "more_body": False})
    head = await stream.receive_output(timeout=8)
    headers = dict(head["headers"])
    assert head["status"] == 200
    assert headers[b"Content-Type"].startswith(b"text/event-stream")
    assert b"content-length" not in {name.lower() for name in headers}
    await _until(stream, b"event: hello")
    assert len(SyncToAsync.context_to_thread_executor) == before, "no thread, so no database connection, is kept"

    def happen() -> None:
        incident = scene.press(9)
        services.note_incident(incident, text="xe tới", actor=Actor.of(scene.officer))
        live.sequence(IncidentEvent)

    await sync_to_async(happen)()
    assert b"event: opened" in await _until(stream, b"event: noted")
    assert FEED.stream_count == 1
    await stream.send_input({"type": "http.disconnect"})
    await stream.wait(timeout=8)
    assert FEED.stream_count == 0
    FEED.close()


async def test_the_end_of_the_process_ends_the_response() -> None:
    scene: Desk = await sync_to_async(desk)()
    stream = _asked(await sync_to_async(_cookies)(scene.officer))
    await stream.send_input({"type": "http.request", "body": b"", "more_body": False})
    await stream.receive_output(timeout=8)
    await _until(stream, b"event: hello")
    live.close_all()
    last = await stream.receive_output(timeout=8)
    assert (last["body"], last["more_body"]) == (b"", False)
    await stream.wait(timeout=8)


async def test_who_is_not_signed_in_gets_djangos_answer_whole() -> None:
    stream = _asked()
    await stream.send_input({"type": "http.request", "body": b"", "more_body": False})
    assert (await stream.receive_output(timeout=8))["status"] == 302
    assert (await stream.receive_output(timeout=8))["type"] == "http.response.body"
    await asyncio.sleep(0)
    await stream.wait(timeout=8)
    assert FEED.stream_count == 0
