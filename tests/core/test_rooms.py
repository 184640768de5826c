"""Rooms that are off leave nothing behind."""

from __future__ import annotations

import pytest
from django.test import Client

from liengia.core import rooms


def test_a_room_is_on_unless_it_is_off(settings: object) -> None:
    assert rooms.is_on("alarms")
    settings.ROOMS_OFF = ["alarms"]  # type: ignore[attr-defined]
    assert not rooms.is_on("alarms")
    assert rooms.is_on("people")


@pytest.mark.django_db
def test_pages_of_a_room_that_is_off_do_not_exist(settings: object, client: Client) -> None:
    assert client.get("/song/").status_code == 302
    settings.ROOMS_OFF = ["alarms"]  # type: ignore[attr-defined]
    for path in ("/song/", "/nha/", "/truc/"):
        assert client.get(path).status_code == 404
