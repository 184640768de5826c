"""Entering for others: the hamlet head's page, the slip, and telling the writer."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client

from liengia.core import clock
from liengia.core.actor import Actor
from liengia.opinions import codes, papers, services
from liengia.opinions.models import AnswerKind, Opinion, Source
from tests.opinions.given import LAMP, Office, sorted_, topic
from tests.opinions.given import public as published

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


SYNC = "/gop-y/ghi-ho/dong-bo/"


def test_an_entry_that_waited_in_a_phone_is_filed_once_with_its_day(here: Office, head: Client) -> None:
    code, at = codes.new_code(), clock.now() - timedelta(days=2)
    facts = {**TYPED, "code": code, "written_at": at.isoformat()}
    answers = [head.post(SYNC, facts) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [200, 200] and answers[0].json() == answers[1].json()
    opinion = Opinion.all_.get()
    assert opinion.filed_on == clock.local(at).date() and opinion.entered_by == here.cast.huynh and opinion.filed_at is None
    assert code not in answers[0].content.decode(), "the answer holds no code"


@pytest.mark.parametrize("written", ["", "hôm qua", "2001-01-01T00:00:00+07:00", "2026-01-01T00:00:00", "9999-01-01T00:00:00+00:00"])
def test_an_instant_that_nobody_can_mean_is_now(here: Office, head: Client, written: str) -> None:
    assert head.post(SYNC, {**TYPED, "code": codes.new_code(), "written_at": written}).status_code == 200
    assert Opinion.all_.get().filed_on == clock.today()


def test_what_is_not_taken_is_said_and_nothing_is_saved(here: Office, head: Client) -> None:
    head.post(SYNC, {**TYPED, "code": codes.new_code()})
    again = head.post(SYNC, {**TYPED, "code": codes.new_code()})
    assert again.status_code == 422 and "12/2026" in again.json()["problem"]
    assert head.post(SYNC, {**TYPED, "slip_number": "", "text": " ", "code": codes.new_code()}).status_code == 422
    assert head.post(SYNC, {**TYPED, "slip_number": "", "code": "no code"}).status_code == 422
    assert Opinion.all_.count() == 1


def test_a_page_that_another_account_left_open_files_nothing_in_this_ones_name(here: Office, head: Client) -> None:
    facts = {**TYPED, "code": codes.new_code()}
    assert head.post(SYNC, {**facts, "who": str(here.duyen.pk)}).status_code == 404 and not Opinion.all_.exists()
    assert head.post(SYNC, {**facts, "who": str(here.cast.huynh.pk)}).status_code == 200


def test_others_find_no_such_address(here: Office, client: Client) -> None:
    client.force_login(here.cast.lua, backend="liengia.people.backends.PhoneBackend")
    assert client.post(SYNC, {**TYPED, "code": codes.new_code()}).status_code == 404 and not Opinion.all_.exists()


def test_the_hamlet_heads_day_leads_there(here: Office, head: Client) -> None:
    assert f'href="{ADDRESS}"' in head.get("/nha/hom-nay/").content.decode()


def test_the_slip_is_printed_by_the_code_alone(here: Office, client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    said: list[str] = []
    real = papers.pdf.render
    monkeypatch.setattr(papers.pdf, "render", lambda name, data, at: (said.append(str(data)), real(name, data, at=at))[1])
    code = codes.new_code()
    services.file_opinion(services.Draft(here.commune, LAMP), code=code)
    paper = client.post("/gop-y/phieu.pdf", {"code": code.lower()})
    assert paper["Content-Type"] == "application/pdf" and "no-store" in paper["Cache-Control"]
    assert paper.content.startswith(b"%PDF-") and code[:14] in said[0] and code[15:] in said[0] and LAMP[:12] not in said[0]
    assert [client.post("/gop-y/phieu.pdf", {"code": other}).status_code for other in (codes.new_code(), "", "x")] == [404, 404, 404]


def test_like_ones_are_public_ones_and_the_words_are_kept_nowhere(here: Office, client: Client) -> None:
    published(here)
    sorted_(here, text=f"{LAMP} chưa công khai")
    page = client.post("/gop-y/gan-giong/", {"xa": "28108", "text": LAMP, "place_words": ""})
    assert page.content.decode().count("<li>") == 1 and "chưa công khai" not in page.content.decode() and "no-store" in page["Cache-Control"]
    for text in ("", "Đèn", "x " * 3000, "\0 <b>" * 9):
        assert client.post("/gop-y/gan-giong/", {"xa": "28108", "text": text}).content.strip() == b""
    assert client.get("/gop-y/gan-giong/").status_code == 405 and Opinion.all_.count() == 2
