"""Entering for others: the hamlet head's page, the slip, and telling the writer."""

from __future__ import annotations

import pytest
from django.test import Client

from liengia.core.actor import Actor
from liengia.opinions import codes, services
from liengia.opinions.models import AnswerKind, Opinion, Source
from tests.opinions.given import LAMP, Office, topic

ADDRESS = "/gop-y/ghi-ho/"
TYPED = {"kind": "report", "text": LAMP, "place_words": "Cua miếu", "slip_number": "12/2026"}


@pytest.fixture
def head(here: Office, client: Client) -> Client:
    """Return the hamlet head's browser."""
    client.force_login(here.cast.huynh, backend="liengia.people.backends.PhoneBackend")
    return client


def test_a_slip_is_entered_once_and_its_writer_told(here: Office, head: Client) -> None:
    code = codes.new_code()
    for _ in range(2):
        assert code in head.post(ADDRESS, {**TYPED, "code": code, "hamlet": here.cast.hamlet.pk}).content.decode()
    opinion = Opinion.all_.get()
    assert (opinion.source, opinion.slip_number, opinion.entered_by, opinion.filed_at) == (Source.PAPER, "12/2026", here.cast.huynh, None)
    services.sort(opinion, topic=topic(), actor=Actor.of(here.duyen))
    services.answer(
        opinion, kind=AnswerKind.IN_WRITING, text="Đã thay.", signer_name="Ông A", signer_office="UBND xã", actor=Actor.of(here.duyen)
    )
    assert f"{ADDRESS}{opinion.public_id}/da-bao/" in head.get(ADDRESS).content.decode()
    head.post(f"{ADDRESS}{opinion.public_id}/da-bao/", {"how": "visit"})
    assert Opinion.all_.get().told_how == "visit"
    assert f"{ADDRESS}{opinion.public_id}/da-bao/" not in head.get(ADDRESS).content.decode()


def test_a_slip_number_again_keeps_the_words(here: Office, head: Client) -> None:
    head.post(ADDRESS, {**TYPED, "code": codes.new_code()})
    page = head.post(ADDRESS, {**TYPED, "code": codes.new_code()}).content.decode()
    assert "12/2026" in page and LAMP in page and Opinion.all_.count() == 1


def test_for_others_it_is_not_there(here: Office, client: Client) -> None:
    client.force_login(here.cast.lua, backend="liengia.people.backends.PhoneBackend")
    assert client.get(ADDRESS).status_code == 404 and client.post(ADDRESS, TYPED).status_code == 404
    opinion = services.file_opinion(services.Draft(here.commune, LAMP), code=codes.new_code())
    assert client.post(f"{ADDRESS}{opinion.public_id}/da-bao/", {"how": "visit"}).status_code == 404
