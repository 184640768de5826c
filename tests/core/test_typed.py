"""Amounts and days as an office writes them: what a colleague understands is taken, what has two readings is not."""

from __future__ import annotations

from datetime import date

import pytest
from django import forms
from hypothesis import given
from hypothesis import strategies as some

from liengia.core import typed
from liengia.core.errors import Invalid
from liengia.core.typed import Heard
from liengia.core.typed_fields import DayField, MoneyField, said_back

NEAR = date(2026, 11, 26)


@pytest.mark.parametrize(
    ("cell", "amount"),
    [
        ("", None), ("0", 0), ("1.200.000", 1_200_000), ("1200000", 1_200_000), ("1 200 000", None), ("1.200.000 đồng", 1_200_000), ("1.200.000đ", 1_200_000),
        ("1,200,000", 1_200_000), ("3,5 triệu", 3_500_000), ("3.5 triệu", 3_500_000), ("3,5 tr", 3_500_000), ("3 TRIỆU", 3_000_000), ("500 nghìn", 500_000),
        ("500 ngàn đồng", 500_000), ("500k", 500_000), ("1,2 tỷ", 1_200_000_000), ("1,2 tỉ đồng", 1_200_000_000), ("1 tỷ 200 triệu", 1_200_000_000),
        ("2 triệu rưỡi", 2_500_000), ("3 triệu 500 nghìn", 3_500_000), ("0,25 tỷ", 250_000_000), ("500 đồng", 500), ("500 VND", 500), ("1.500", 1500), ("  3,5   triệu ", 3_500_000),
    ],
)  # fmt: skip
def test_amounts_in_words_of_the_office(cell: str, amount: int | None) -> None:
    if cell == "1 200 000":
        with pytest.raises(Invalid):
            typed.dong(cell)
        return
    assert typed.dong(cell) == amount


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        ("500", "two_readings"), ("1,500", "two_readings"), ("3,5", "two_readings"), ("1.500 triệu", "two_readings"), ("1,500 nghìn", "two_readings"),
        ("nhiều", "bad_number"), ("3,5 triệu mốt", "bad_number"), ("triệu", "bad_number"), ("200 triệu 1 tỷ", "bad_number"), ("-5 triệu", "bad_number"),
        ("2tr5", "bad_number"), ("1..2 tỷ", "bad_number"), ("99999999999999999999", "bad_number"), ("0,0000001 triệu", "bad_number"), ("٣ triệu", "bad_number"), ("5 rưỡi", "bad_number"),
        ("3 triệu - 5 triệu", "bad_number"), ("=1+1", "bad_number"), ("1e9", "bad_number"),
    ],
)  # fmt: skip
def test_amounts_with_two_readings_or_none_are_refused_with_words(cell: str, code: str) -> None:
    with pytest.raises(Invalid) as refused:
        typed.dong(cell)
    assert refused.value.detail_code == code and cell[:10] in str(refused.value)


@pytest.mark.parametrize(
    ("cell", "day"),
    [
        ("6/8/2023", date(2023, 8, 6)), ("2026-11-27", date(2026, 11, 27)), ("27/11", date(2026, 11, 27)), ("27-11", date(2026, 11, 27)), ("27.11", date(2026, 11, 27)),
        ("27/11/26", date(2026, 11, 27)), ("ngày 27 tháng 11", date(2026, 11, 27)), ("27 tháng 11 năm 2026", date(2026, 11, 27)), ("5/1", date(2027, 1, 5)),
        ("20/8", date(2026, 8, 20)), ("29/2/2028", date(2028, 2, 29)), (" 1 / 12 ", date(2026, 12, 1)),
    ],
)  # fmt: skip
def test_days_with_and_without_a_year(cell: str, day: date) -> None:
    assert typed.day(cell, near=NEAR) == day


@pytest.mark.parametrize(
    ("cell", "code"),
    [("11/27", "month_first"), ("27/5", "which_year"), ("31/11", "bad_day"), ("29/2", "bad_day"), ("mai", "bad_day"), ("", "bad_day"), ("27", "bad_day"), ("0/0", "bad_day"), ("32/13/2026", "bad_day"), ("27/11/202", "bad_day")],
)  # fmt: skip
def test_days_that_are_none_or_of_two_years_are_refused(cell: str, code: str) -> None:
    with pytest.raises(Invalid) as refused:
        typed.day(cell, near=NEAR)
    assert refused.value.detail_code == code


def test_what_was_understood_is_said_back() -> None:
    heard = Heard()
    typed.dong("3,5 triệu", heard=heard)
    typed.dong("1.200.000", heard=heard)
    typed.day("27/11", near=NEAR, heard=heard)
    typed.day("6/8/2023", near=NEAR, heard=heard)
    assert heard.said == [("3,5 triệu", "3.500.000 đồng"), ("27/11", "27/11/2026")]
    assert all(typed_ in words for (typed_, _meant), words in zip(heard.said, heard.words(), strict=True))


@given(some.text(max_size=30))
def test_no_text_breaks_it(text: str) -> None:
    for read in (typed.dong, lambda cell: typed.day(cell, near=NEAR)):
        try:
            read(text)
        except Invalid as refused:
            assert str(refused)


@given(some.integers(1000, 10**12))
def test_an_amount_written_with_points_is_itself(amount: int) -> None:
    assert typed.dong(f"{amount:,}".replace(",", ".")) == typed.dong(f"{amount:,} đ".replace(",", ".")) == amount


@pytest.mark.parametrize("cell", ["2 triệu 5", "1 tỷ 2", "2 triệu 500", "2 triệu 5 đồng", "500 nghìn 5", "1 tỷ 200 triệu 5", "1 tỷ 2 rưỡi"])
def test_a_bare_number_after_a_word_of_scale_is_refused(cell: str) -> None:
    with pytest.raises(Invalid) as refused:
        typed.dong(cell)
    assert refused.value.detail_code == "two_readings" and "hai cách" in str(refused.value)


@pytest.mark.parametrize(("cell", "amount"), [("2 triệu 500.000", 2_500_000), ("2 triệu 500 nghìn", 2_500_000), ("1 tỷ 200 triệu 500.000 đồng", 1_200_500_000)])
def test_a_rest_that_is_written_out_is_taken(cell: str, amount: int) -> None:
    assert typed.dong(cell) == amount


def test_fields_say_back_what_they_understood() -> None:
    class Both(forms.Form):
        amount = MoneyField()
        day = DayField()

    form = Both({"amount": "2,34 triệu", "day": "1/7/26"})
    assert form.is_valid() and form.cleaned_data == {"amount": 2_340_000, "day": date(2026, 7, 1)}
    assert [("2.340.000 đồng" in words, "01/07/2026" in words) for words in said_back(form)] == [(True, False), (False, True)]
    plain = Both({"amount": "2.340.000", "day": "2026-07-01"})
    assert plain.is_valid() and not list(said_back(plain))
