"""Files: parts for players, nothing of a private collection, no page of this site out of an upload."""

from __future__ import annotations

import pytest
from django.core.files.base import ContentFile
from django.test import Client
from wagtail.models import Collection, CollectionViewRestriction

from liengia.portal.models import PortalDocument
from tests.portal.pages_scene import closed

pytestmark = pytest.mark.django_db


def document(name: str = "phim.webm", content: bytes = bytes(range(256)) * 4) -> PortalDocument:
    return PortalDocument.objects.create(title=name, file=ContentFile(content, name))


def test_a_player_gets_the_part_that_it_asks_for() -> None:
    file = document()
    whole = closed(Client().get(file.url))
    assert whole.status_code == 200 and whole["Accept-Ranges"] == "bytes" and whole["Content-Type"] == "video/webm"
    for asked, first, last in (("bytes=0-9", 0, 9), ("bytes=1000-", 1000, 1023), ("bytes=-24", 1000, 1023), ("bytes=1020-9999", 1020, 1023)):
        part = Client().get(file.url, headers={"range": asked})
        assert part.status_code == 206 and part["Content-Range"] == f"bytes {first}-{last}/1024"
        assert b"".join(part.streaming_content) == (bytes(range(256)) * 4)[first : last + 1]  # type: ignore[attr-defined]
    assert Client().get(file.url, headers={"range": "bytes=2000-"}).status_code == 416
    assert closed(Client().get(file.url, headers={"range": "bytes=0-1,5-6"})).status_code == 200


def test_what_no_browser_should_open_is_saved() -> None:
    answer = closed(Client().get(document("mau.docx", b"x").url))
    assert answer["Content-Disposition"].startswith("attachment") and answer["Content-Type"] == "application/octet-stream"
    assert closed(Client().get(document("to.pdf", b"x").url))["Content-Disposition"].startswith("inline")


def test_a_private_collection_and_a_wrong_name_are_absent() -> None:
    file = document("to.pdf", b"x")
    assert Client().get(file.url.replace("to", "khac")).status_code == 404
    private = Collection.get_first_root_node().add_child(name="Nội bộ")
    CollectionViewRestriction.objects.create(collection=private, restriction_type="login")
    PortalDocument.objects.filter(pk=file.pk).update(collection=private)
    assert Client().get(file.url).status_code == 404


def test_the_back_offices_thumbnails_are_for_those_who_work_there() -> None:
    from tests.cast import assemble
    from tests.portal.pages_scene import picture

    cast = assemble()
    address = picture().get_rendition("max-165x165").url
    assert address.startswith("/media/images/")
    assert Client().get(address).status_code == 302
    for who, status in ((cast.khach, 404), (cast.quan, 200)):
        client = Client()
        client.force_login(who, backend="liengia.people.backends.PhoneBackend")
        assert closed(client.get(address)).status_code == status, who
