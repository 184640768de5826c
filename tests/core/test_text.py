"""Vietnamese text."""

from __future__ import annotations

import unicodedata
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liengia.core.text import (
    addressed,
    count_graphemes,
    date_words,
    fold,
    list_words,
    nfc,
    sort_key,
    time_words,
)


def test_folding() -> None:
    assert fold("Cần  Đước") == "can duoc"
    assert fold(unicodedata.normalize("NFD", "Nguyễn Thị Ưng")) == "nguyen thi ung"


def test_what_is_stored_can_stand_in_every_document() -> None:
    assert nfc("Đèn\x0btắt\x0c\x01\x1f\ufffe\tngõ\n14\x7f") == "Đèn\ntắt\n\tngõ\n14"
    assert nfc("Ngày hội\u200b 👩🏽‍🤝‍👨🏻") == "Ngày hội\u200b 👩🏽‍🤝‍👨🏻"


@given(st.text(max_size=40))
def test_both_normal_forms_fold_and_sort_alike(text: str) -> None:
    other = unicodedata.normalize("NFD", nfc(text))
    assert fold(nfc(text)) == fold(other)
    assert sort_key(nfc(text)) == sort_key(other)


def test_names_sort_as_in_a_dictionary() -> None:
    words = ["Ấp 10", "Ấp 2", "Đa", "Dừa", "Ăn", "Ân", "An", "Ưng", "Ung", "ma", "mạ", "má", "mã", "mả", "mà"]
    assert sorted(words, key=sort_key) == [
        "An", "Ăn", "Ân", "Ấp 2", "Ấp 10", "Dừa", "Đa", "ma", "mà", "mả", "mã", "má", "mạ", "Ung", "Ưng",
    ]  # fmt: skip


def test_dates_and_lists_in_words() -> None:
    assert date_words(date(2025, 11, 28)) == "Thứ Sáu 28/11/2025"
    assert time_words(datetime(2025, 11, 28, 9, 40, tzinfo=UTC)) == "16:40 Thứ Sáu 28/11/2025"
    assert [list_words(items) for items in ([], ["a"], ["a", "b", "c"])] == ["", "a", "a, b và c"]


def test_characters_are_counted_as_a_reader_sees_them() -> None:
    assert count_graphemes("Cần Đước") == 8
    assert count_graphemes(unicodedata.normalize("NFD", "Cần Đước")) == 8
    assert count_graphemes("👨‍👩‍👧🇻🇳é\r\n") == 4
    assert count_graphemes("") == 0


@pytest.mark.parametrize(
    ("salutation", "name", "said"),
    [
        ("Ông", "Nguyễn Văn Mẫu", "Ông Nguyễn Văn Mẫu"), ("Ông", "Ông Nguyễn Văn Mẫu", "Ông Nguyễn Văn Mẫu"), ("ông", "ÔNG Nguyễn Văn Mẫu", "ÔNG Nguyễn Văn Mẫu"),
        ("Bà", "Đ/c Lê Thị Mẫu", "Đ/c Lê Thị Mẫu"), ("Đồng chí", "Đồng chí Lê Mẫu", "Đồng chí Lê Mẫu"), ("Ông", "Linh mục Mẫu", "Linh mục Mẫu"), ("Ông", "Thượng toạ Thích Mẫu", "Thượng toạ Thích Mẫu"),
        ("", "Bà Mẫu", "Bà Mẫu"), ("Ông", "Chu Văn Mẫu", "Ông Chu Văn Mẫu"), ("Bà", "Bá Thị Mẫu", "Bà Bá Thị Mẫu"), ("Ông", "Anh Dũng", "Anh Dũng"),
        ("Kính gửi", "Trạm Y tế", "Kính gửi Trạm Y tế"), ("Kính gửi", "Ông Mẫu", "Kính gửi Ông Mẫu"), ("Ông", "  Ông   Mẫu ", "Ông Mẫu"), ("Ông", "Ôngkính", "Ông Ôngkính"),
    ],
)  # fmt: skip
def test_nobody_is_called_mister_mister(salutation: str, name: str, said: str) -> None:
    assert addressed(salutation, name) == said
