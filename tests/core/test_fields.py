"""Identifiers, telephone numbers, encrypted text."""

from __future__ import annotations

import re

import pytest
from django.core.exceptions import ValidationError
from django.db import connection

from liengia.core.fields import EncryptedTextField, parse_phone, public_id
from liengia.people.models import EvacuationNeed
from tests.alarms.console_scene import desk


def test_ids_are_ten_letters_and_digits() -> None:
    made = {public_id() for _ in range(500)}
    assert len(made) == 500
    assert all(re.fullmatch(r"[a-z0-9]{10}", one) for one in made)


@pytest.mark.parametrize("raw", ["0900 000 007", "+84900000007", "84 900000007", "0900.000.007"])
def test_a_number_typed_the_local_way(raw: str) -> None:
    assert parse_phone(raw) == "+84900000007"


@pytest.mark.parametrize("raw", ["", "abc", "0900", "0900 000 00", "0900 000 000 000 7", "\0"])
def test_what_is_no_number_is_said_in_words(raw: str) -> None:
    with pytest.raises(ValidationError) as error:
        parse_phone(raw)
    assert len(str(error.value.message)) > 10


@pytest.mark.django_db
def test_encrypted_text_stands_unreadable_in_the_database_and_opens_only_in_its_own_column() -> None:
    desk(houses=1)
    need = EvacuationNeed.all_needs.get()
    assert need.text == "một cụ 84 tuổi cần dìu ra"
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT text FROM {EvacuationNeed._meta.db_table}")
        (raw,) = cursor.fetchone()
    assert "84" not in raw[:2] and "cụ" not in raw
    field = EvacuationNeed._meta.get_field("text")
    assert isinstance(field, EncryptedTextField)
    assert field.from_db_value(raw, None, connection) == need.text
    assert field.from_db_value(raw[:-6] + "AAAA==", None, connection) == ""
    assert field.from_db_value("k9:" + raw.partition(":")[2], None, connection) == "", "its key is gone: erased"
