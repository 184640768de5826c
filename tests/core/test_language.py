"""Vietnamese first, whatever the phone's maker has set."""

from __future__ import annotations

import pytest
from django.test import Client

pytestmark = pytest.mark.django_db


def test_a_phone_set_to_english_reads_vietnamese() -> None:
    answer = Client(headers={"Accept-Language": "en-US,en;q=0.9"}).get("/")
    assert answer.headers["Content-Language"] == "vi"


def test_whoever_chose_english_reads_english() -> None:
    client = Client()
    client.cookies["django_language"] = "en"
    assert client.get("/").headers["Content-Language"] == "en"


def test_an_unknown_language_is_vietnamese() -> None:
    client = Client()
    client.cookies["django_language"] = "xx"
    assert client.get("/").headers["Content-Language"] == "vi"
