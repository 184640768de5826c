"""Whose opinion was joined with another: what they read, rate, and open again."""

from __future__ import annotations

import importlib
from html import unescape
from types import SimpleNamespace

import pytest
from django.apps import apps
from django.db import connection
from django.test import Client

from liengia.core import clock
from liengia.core.actor import Actor
from liengia.core.errors import Refused
from liengia.opinions import codes, queries, services
from liengia.opinions.models import Opinion, RefersToOfficer, Reopening, State
from tests.opinions.given import Office, filed, public, sorted_
from tests.opinions.test_office import act, address, at, page

PRIVATE = "Kính gửi ông Nguyễn Văn Bảy: chuyện của ông đã xong."
SIGNED = {"signer_name": "Ông Mẫu", "signer_office": "UBND xã", "kind": "in_writing"}


def joined(here: Office, main: Opinion, **facts: object) -> tuple[Opinion, str]:
    """Return an opinion that was joined with another, and its code."""
    code = codes.new_code()
    row = filed(here, code=code, text="Đèn đường số 14 gần miếu vẫn tắt", **facts)
    services.merge(row, into=main, actor=Actor.of(here.duyen if not main.about_officials else here.chairman))
    return Opinion.all_.get(pk=row.pk), code


def read(client: Client, code: str, **data: str) -> str:
    """Return the page of a code."""
    return unescape(client.post("/gop-y/theo-doi/", {"code": code, **data}).content.decode())


def test_whoever_answers_one_without_a_public_copy_is_asked_for_words_to_those_joined(here: Office, client: Client) -> None:
    main = sorted_(here)
    assert "joined_text" not in page(here.duyen, address(main, "tra-loi/")), "nobody was joined"
    _row, code = joined(here, main)
    where = address(main, "tra-loi/")
    assert at(here.duyen).post(where, {**SIGNED, "text": PRIVATE}).status_code == 422
    act(here.duyen, main, "tra-loi", text=PRIVATE, joined_text="Điện lực đã thay bóng ngày 24/11.", **SIGNED)
    seen = read(client, code)
    assert "Điện lực đã thay bóng ngày 24/11." in seen and "Nguyễn Văn Bảy" not in seen
    assert "Điện lực đã thay bóng ngày 24/11." in page(here.duyen, address(main))


def test_one_with_a_public_copy_may_be_answered_without(here: Office) -> None:
    main = public(here)
    joined(here, main)
    act(here.duyen, main, "tra-loi", text=PRIVATE, joined_text="", **SIGNED)


@pytest.mark.parametrize("about_officials", [False, True])
def test_without_such_words_the_page_says_that_it_was_answered_and_how_to_ask(here: Office, client: Client, about_officials: bool) -> None:
    facts = {"about_officials": True, "officer_words": "một cán bộ", "officials_to": "chairman"} if about_officials else {}
    by = Actor.of(here.chairman if about_officials else here.duyen)
    main = sorted_(here) if not about_officials else filed(here, **facts)
    row, code = joined(here, main, **facts)
    assert row.public_id not in read(client, code)
    if about_officials:
        Opinion.all_.filter(pk=main.pk).update(state=State.SORTED)
    services.answer(main, text=PRIVATE, actor=by, **SIGNED)
    seen = read(client, code)
    assert "Nguyễn Văn Bảy" not in seen
    assert row.public_id in seen, "the number to ask with"


def test_whoever_was_joined_rates_the_answer_and_may_stand_by_themselves_again(here: Office, client: Client) -> None:
    main, by = sorted_(here), Actor.of(here.duyen)
    row, code = joined(here, main)
    with pytest.raises(Refused):
        services.rate(row, satisfaction="satisfied")
    services.answer(main, text=PRIVATE, joined_text="Đã thay bóng.", actor=by, **SIGNED)
    read(client, code, do="rate", satisfaction="not_satisfied")
    assert row.ratings.count() == 1
    assert not services.may_reopen(row), "the other has not ended"
    services.close(main, actor=by)
    read(client, code, do="reopen", words="Chỗ tôi vẫn tối")
    row, main = Opinion.all_.get(pk=row.pk), Opinion.all_.get(pk=main.pk)
    assert row.state == State.SORTED and row.merged_into is None and row.topic == main.topic and row.due_at > clock.now()
    assert main.state == State.CLOSED and main.reopened_on is None, "the other keeps its end, and its own time to open it again"
    assert "Đã thay bóng." not in read(client, code)


def test_a_helper_tells_the_answer_to_whom_they_wrote_for_though_it_was_joined(here: Office) -> None:
    main, by = sorted_(here), Actor.of(here.duyen)
    row, _code = joined(here, main)
    Opinion.all_.filter(pk=row.pk).update(entered_by=here.duyen)
    assert list(queries.to_tell(here.duyen)) == []
    services.answer(main, text=PRIVATE, joined_text="Đã thay bóng.", actor=by, **SIGNED)
    assert list(queries.to_tell(here.duyen)) == [row]
    assert services.mark_told(row, how="visit", actor=by).told_on


def test_keys_that_counted_are_drawn_anew(here: Office) -> None:
    draw = importlib.import_module("liengia.opinions.migrations.0010_old_keys_drawn_anew").draw_anew
    rows = [sorted_(here) for _ in range(3)]
    for number, one in enumerate(rows, start=1):
        Reopening.objects.create(pk=number, opinion=one, words=f"lần {number}", on=clock.today())
        RefersToOfficer.objects.create(pk=number, opinion=one, words=f"người {number}")
    new = RefersToOfficer.objects.create(opinion=rows[0], words="mới").pk
    for _ in range(2):
        draw(apps, SimpleNamespace(connection=connection))
    assert not Reopening.objects.filter(pk__lt=2**32).exists() and not RefersToOfficer.objects.filter(pk__lt=2**32).exists()
    assert {one.opinion_id: one.words for one in Reopening.objects.all()} == {one.pk: f"lần {n}" for n, one in enumerate(rows, start=1)}
    assert RefersToOfficer.objects.count() == 4 and RefersToOfficer.objects.get(pk=new).words == "mới"
