"""An address, a user agent and a place planted with an anonymous opinion are searched for everywhere: no hit."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client

from liengia.core.metrics import exposition
from liengia.opinions.models import HeldPhoto, Opinion, Photo
from tests.core.test_images import PLANTED, with_exif
from tests.opinions.given import Office
from tests.opinions.test_pages import FORM, shown_code, ticket, typed

ADDRESS = "203.0.113.77"
AGENT = "PLANTED-agent/7.7"
NEEDLES = (ADDRESS, AGENT, "PLANTED", "10.527734", "106.601234")


def database_text() -> str:
    """Return every value of every table as the database gives it, encrypted ones as they are stored."""
    found = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{table}"')
            found += [repr(bytes(v) if isinstance(v, memoryview) else v) for row in cursor.fetchall() for v in row]
    return "\n".join(found)


@pytest.mark.parametrize("way", ["sent at once", "with an error first"])
def test_nothing_planted_is_found_anywhere(here: Office, caplog: Any, way: str) -> None:
    caplog.set_level(logging.DEBUG)
    client = Client(REMOTE_ADDR=ADDRESS, headers={"user-agent": AGENT, "x-forwarded-for": ADDRESS, "referer": f"http://x/{AGENT}"})
    client.get(FORM)
    facts = typed(ticket=ticket(), photos=[SimpleUploadedFile("PLANTED.jpg", with_exif())])
    assert PLANTED in with_exif(), "what is planted is there"
    if way == "with an error first":
        client.post(FORM, {**facts, "place_words": ""})
        held = HeldPhoto.objects.get()
        facts = {**typed(ticket=facts["ticket"]), "held": "1", "keep": [held.pk]}
    code = shown_code(client.post(FORM, facts))
    client.post("/gop-y/theo-doi/", {"code": code})
    client.post("/gop-y/theo-doi/", {"code": "wrong"})
    opinion = Opinion.all_.get()

    stored = database_text()
    assert opinion.public_id in stored, "the search finds what is there"
    places = {
        "database": stored,
        "logs": "\n".join(record.getMessage() + str(record.__dict__.get("args")) for record in caplog.records),
        "metrics": exposition().decode(),
        "photo": repr(bytes(Photo.objects.get().data or b"")),
    }
    for folder in (Path(settings.MEDIA_ROOT), Path(settings.DATA) / "nats", Path(settings.DATA) / "run"):
        for path in folder.rglob("*") if folder.exists() else ():
            if path.is_file():
                places[str(path)] = f"{path.name} {path.read_bytes()!r}"
    for place, text in places.items():
        assert not [needle for needle in NEEDLES if needle in text], place
    assert code.replace("-", "") not in stored and code not in stored, "the code itself is not stored"
    media = Path(settings.MEDIA_ROOT)
    assert not (media.exists() and [path for path in media.rglob("*") if path.is_file()]), "no file, so no date of a file"
