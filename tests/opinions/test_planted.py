"""An address, a user agent and a place planted with an anonymous opinion and a comment are searched for everywhere: no hit."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.urls import reverse

from liengia.comments import services as comments
from liengia.comments.forms import SOONEST, seal
from liengia.comments.models import Comment, Reason
from liengia.comments.views import readers
from liengia.core import clock
from liengia.core.bus import Bus
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


def commented(client: Client, here: Office) -> Comment:
    """Comment as a guest, report the comment and ask for it to be shown, with a moderator's help."""
    for limiter in (readers.writes, readers.flags):
        limiter.forget()
    thread = comments.thread_for("test", "planted", unit=here.commune, title="Ngày hội", url="/")
    with time_machine.travel(clock.now() - SOONEST * 2, tick=False):
        facts = {"text": "Đoàn diễu hành đi ngang nhà.", "name": "", "parent": "", "website": "", "seal": seal(thread)}
    address = reverse("comments:thread", args=[thread.public_id])
    assert client.get(address).status_code == 200 and client.post(address, facts).status_code == 302
    comment = Comment.objects.get()
    comments.publish_comment(comment, user=here.duyen)
    assert client.post(reverse("comments:flag", args=[comment.public_id]), {"reason": Reason.values[0]}).status_code < 400 and comment.flags.exists()
    return comment


def _media() -> dict[Path, int]:
    """Return the files of the media folder with the instant of their last change."""
    return {path: path.stat().st_mtime_ns for path in Path(settings.MEDIA_ROOT).rglob("*") if path.is_file()}


@pytest.mark.parametrize("way", ["sent at once", "with an error first"])
def test_nothing_planted_is_found_anywhere(here: Office, caplog: Any, monkeypatch: pytest.MonkeyPatch, way: str) -> None:
    caplog.set_level(logging.DEBUG)
    files = _media()  # what other tests left
    # What the bus is given is all that its store can ever hold.
    bus: list[str] = []
    for name in ("publish", "poke", "poke_now"):
        monkeypatch.setattr(Bus, name, lambda _self, *given, **more: bus.append(repr((given, more))))
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
    opinion, comment = Opinion.all_.get(), commented(client, here)

    stored = database_text()
    assert opinion.public_id in stored and comment.text in stored and bus, "the search finds what is there"
    places = {
        "database": stored,
        "logs": "\n".join(record.getMessage() + str(record.__dict__.get("args")) for record in caplog.records),
        "metrics": exposition().decode(),
        "bus": "\n".join(bus),
        "photo": repr(bytes(Photo.objects.get().data or b"")),
    }
    for place, text in places.items():
        assert not [needle for needle in NEEDLES if needle in text], place
    assert code.replace("-", "") not in stored and code not in stored, "the code itself is not stored"
    assert _media() == files, "no new file, so no date of a file"
