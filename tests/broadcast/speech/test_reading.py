"""What an office writes is read as a person would: a table of cases (cases.tsv), and what holds for any text."""

from __future__ import annotations

import string
from pathlib import Path

import pytest
import regex
from hypothesis import given
from hypothesis import strategies as st

from liengia.broadcast.speech.numbers import cardinal, roman
from liengia.broadcast.speech.reading import LONGEST, read_words, shipped_words, speakable

CASES = [
    line.split("\t")
    for line in Path(__file__).with_name("cases.tsv").read_text(encoding="utf-8").splitlines()
    if line and not line.startswith("#")
]


def test_the_table_is_large_enough() -> None:
    assert len({written for written, _spoken in CASES}) >= 300


@pytest.mark.parametrize("start", range(0, len(CASES), 50))
def test_it_reads_the_table(start: int) -> None:
    """In fifties, so that a failing line is found quickly and the suite does not count hundreds of tests."""
    wrong = [
        f"{written!r} is read {speakable(written)!r}, not {spoken!r}"
        for written, spoken in CASES[start : start + 50]
        if speakable(written) != spoken
    ]
    assert not wrong, "\n".join(wrong)


def test_an_installations_own_words_win() -> None:
    words = read_words("# ours\nBKP\tban khu phố\nCA\tca\n")
    assert speakable("BKP và CA", words=words) == "ban khu phố và ca"


@pytest.mark.parametrize("line", ["ANTT an ninh", "\tan ninh", "ANTT\t"])
def test_a_line_without_two_parts_is_named(line: str) -> None:
    with pytest.raises(ValueError, match="line 2"):
        read_words(f"A\ta\n{line}")


def test_shipped_words_speak_in_words() -> None:
    """An abbreviation that is read as an abbreviation would be spelled or read wrongly."""
    wrong = {w: s for w, s in shipped_words().items() if regex.search(r"[^\p{L}\p{M} ]", s)}
    assert not wrong


@given(st.text(max_size=200))
def test_nothing_but_letters_and_rests_is_left(text: str) -> None:
    assert regex.fullmatch(r"[\p{L}\p{M}\s.,;:!?…]*", speakable(text))


@given(st.text(alphabet=string.digits + ".,/-:h%đm ()+ACKPQVX<>[]&\n\x00\x1b", max_size=80))
def test_no_heap_of_figures_and_signs_breaks_it(text: str) -> None:
    said = speakable(text)
    assert not regex.search(r"[\d<>\[\]&/\x00-\x08\x1b]", said)


def test_a_long_text_is_read_in_time_and_a_longer_one_refused() -> None:
    assert len(speakable("07h30 ngày 06/8/2023, UBND xã. " * 600)) > 10_000
    with pytest.raises(ValueError, match="longer"):
        speakable("a" * (LONGEST + 1))


@given(st.integers(min_value=0, max_value=10**15 - 1))
def test_a_number_is_read_so_that_it_can_be_written_again(number: int) -> None:
    assert _written(cardinal(number)) == number


_WORDS = {"không": 0, "một": 1, "mốt": 1, "hai": 2, "ba": 3, "bốn": 4, "tư": 4, "năm": 5, "lăm": 5, "sáu": 6, "bảy": 7, "tám": 8, "chín": 9}  # fmt: skip


def _written(said: str) -> int:
    """Return the number of words: the opposite of `cardinal`, written apart from it."""
    total = group = digit = 0
    for word in said.split():
        if word in _WORDS:
            group, digit = group + _WORDS[word], _WORDS[word]
        elif word == "mười":
            group += 10
        elif word == "mươi":
            group += digit * 9
        elif word == "trăm":
            group += digit * 99
        elif word in ("nghìn", "triệu"):
            total, group = total + group * {"nghìn": 1000, "triệu": 1_000_000}[word], 0
        elif word == "tỷ":
            total, group = (total + group) * 1_000_000_000, 0
    return total + group


@pytest.mark.parametrize(("text", "value"), [("XIV", 14), ("IIII", 0), ("IC", 0), ("XXXIX", 39), ("", 0), ("A", 0)])
def test_only_proper_roman_numerals_count(text: str, value: int) -> None:
    assert roman(text) == value
