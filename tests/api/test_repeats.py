"""A report that is sent again is the first one, and nothing is kept by which its hour could be found."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from liengia.api import services
from liengia.api.models import ApiKey, RepeatSalt, ReportToken
from liengia.core import clock
from liengia.core.worker import run_once
from liengia.opinions import codes
from liengia.opinions import services as opinions
from liengia.opinions.models import Opinion
from tests.api.asking import V2
from tests.api.test_file import REPORT, post
from tests.cast import TESTER
from tests.opinions.given import Office


def send(secret: str, word: str = "", **more: Any) -> Any:
    """Send a report with an Idempotency-Key."""
    return Client().post(f"{V2}/requests.json", {**REPORT, "api_key": secret, **more}, headers={"Idempotency-Key": word} if word else None)


def later(monkeypatch: pytest.MonkeyPatch, **time: int) -> None:
    then = clock.now() + timedelta(**time)
    monkeypatch.setattr(clock, "now", lambda: then)


def test_the_same_report_again_is_the_first_one_with_its_token_and_code(here: Office, secret: str) -> None:
    first, again = post(secret), post(secret)
    assert (first.status_code, again.status_code) == (201, 200) and first.json() == again.json()
    assert Opinion.all_.count() == ReportToken.objects.count() == ApiKey.objects.get().filed_count == 1
    code = next(word.rstrip(".") for word in first.json()[0]["service_notice"].split() if codes.parse(word.rstrip(".")))
    assert opinions.find_by_code(code) == Opinion.all_.get()


@pytest.mark.parametrize("other", [{"description": "Đèn số 15 tắt."}, {"address_string": "Chợ"}, {"lat": "10.5", "long": "106.6"}])
def test_another_text_or_place_is_another_report(here: Office, secret: str, other: dict[str, str]) -> None:
    assert post(secret).status_code == post(secret, **other).status_code == 201
    assert Opinion.all_.count() == 2


def test_without_a_word_it_is_the_same_for_some_minutes_only(here: Office, secret: str, monkeypatch: pytest.MonkeyPatch) -> None:
    post(secret)
    later(monkeypatch, minutes=9)
    assert post(secret).status_code == 200
    later(monkeypatch, minutes=20)
    assert post(secret).status_code == 201 and Opinion.all_.count() == 2


def test_with_a_word_it_is_the_same_for_good(here: Office, secret: str, monkeypatch: pytest.MonkeyPatch) -> None:
    first = send(secret, "7f1c-0042")
    later(monkeypatch, days=2)
    assert send(secret, "7f1c-0042").json() == first.json() and Opinion.all_.count() == 1
    assert send(secret, "7f1c-0043").status_code == 201 and Opinion.all_.count() == 2


def test_a_word_for_another_report_is_refused_and_files_nothing(here: Office, secret: str) -> None:
    send(secret, "7f1c-0042")
    refused = send(secret, "7f1c-0042", description="Một chuyện khác.")
    assert refused.status_code == 422 and refused.json()[0]["code"] == 422
    assert Opinion.all_.count() == ReportToken.objects.count() == 1


@pytest.mark.parametrize("word", ["x" * 201, "a\x7fb"])
def test_what_is_no_word_is_refused(here: Office, secret: str, word: str) -> None:
    assert send(secret, word).status_code == 400 and not Opinion.all_.exists()


def test_another_program_has_words_of_its_own(here: Office, secret: str) -> None:
    other = services.mint_key(here.commune, name="Ứng dụng khác", actor=TESTER)[1]
    tokens = {send(one, "1").json()[0]["token"] for one in (secret, other)}
    assert len(tokens) == Opinion.all_.count() == 2


def test_the_salt_goes_so_that_nobody_finds_the_hour(here: Office, secret: str, monkeypatch: pytest.MonkeyPatch) -> None:
    post(secret)
    assert RepeatSalt.objects.count() == 1 and run_once("api.forget_salts") == 0
    later(monkeypatch, minutes=21)
    assert run_once("api.forget_salts") == 1 and not RepeatSalt.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_the_same_report_at_one_instant_is_one(secret: str) -> None:
    def sending(_number: int) -> Any:
        try:
            return post(secret)
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(sending, range(4)))
    assert sorted(one.status_code for one in answers) == [200, 200, 200, 201]
    assert len({one.json()[0]["token"] for one in answers}) == Opinion.all_.count() == 1
