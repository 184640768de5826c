"""Any name, any merit: set without losing a letter, inside the paper; and the same person found under any spelling."""

from __future__ import annotations

import unicodedata
from decimal import Decimal

from hypothesis import example, given, settings
from hypothesis import strategies as st

from liengia.commendations import fitting, money, wording
from liengia.commendations.models import BaseSalary, RewardRate, name_key
from liengia.core.errors import Invalid
from liengia.core.text import nfc

LETTERS = "aăâbcdđeêghiklmnoôơpqrstuưvxyàảãáạằẳẵắặầẩẫấậèẻẽéẹềểễếệìỉĩíịòỏõóọồổỗốộờởỡớợùủũúụừửữứựỳỷỹýỵ"
WORD = st.text(LETTERS, min_size=1, max_size=7).map(str.capitalize)
NAME = st.lists(WORD, min_size=1, max_size=24).map(" ".join)


@settings(max_examples=150, deadline=None)
@given(NAME, st.floats(60, 260), st.integers(1, 3), st.sampled_from(["bold", "italic", "regular"]))
@example("Nguyễn" * 40, 225.0, 2, "bold")
@example("Ẵ", 225.0, 1, "bold")
def test_what_is_fitted_keeps_every_letter_inside_the_width_and_breaks_no_word(text: str, width: float, most_lines: int, style: str) -> None:
    found = fitting.fit(text, width=width, size_mm=8, least_mm=4.8, most_lines=most_lines, style=style)
    if found is None:
        # Refused only where no way to set it exists: even word by word at the least size.
        assert fitting.width_mm(text, 4.8, style) > width
        return
    assert " ".join(found.lines) == " ".join(text.split())
    assert len(found.lines) <= most_lines and 4.8 <= found.size_mm <= 8
    assert all(fitting.width_mm(line, found.size_mm, style) <= width + 0.05 for line in found.lines)


@settings(max_examples=80, deadline=None)
@given(NAME)
def test_a_shorter_line_is_better_than_a_broken_one(text: str) -> None:
    found = fitting.fit(text, width=225, size_mm=8, least_mm=4.8, most_lines=2)
    if fitting.width_mm(text, 8 * fitting.SMALLER_FIRST) <= 225:
        assert found is not None and len(found.lines) == 1


@settings(max_examples=150, deadline=None)
@given(NAME, st.sampled_from(["", "Ông ", "Bà ", "Anh ", "đồng chí "]), st.booleans())
def test_one_person_is_found_under_another_spelling(name: str, called: str, is_upper: bool) -> None:
    other = unicodedata.normalize("NFD", f"  {called}{name.upper() if is_upper else name}  ".replace(" ", "  "))
    plain = name_key(name)
    if not any(plain.startswith(word) for word in ("ong ", "ba ", "anh ", "chi ", "em ", "co ", "chu ", "bac ", "ho ")):
        assert name_key(other) == plain
    assert name_key(name_key(name)) == name_key(name)


@settings(max_examples=100, deadline=None)
@given(NAME, st.booleans())
def test_texts_come_back_as_they_were_or_are_refused(text: str, is_pursuit: bool) -> None:
    try:
        assert wording.check(text, is_pursuit=is_pursuit) == nfc(text)
    except Invalid as refused:
        assert refused.detail_code == "names_somebody"


@settings(max_examples=150, deadline=None)
@given(st.integers(1, 9_999), st.integers(1, 99_999_999), st.sampled_from([1, 1_000, 10_000, 100_000]), st.sampled_from(["up", "down", "nearest"]))
def test_money_is_a_multiple_of_its_step_and_no_further_from_the_product(thousandths: int, base: int, step: int, way: str) -> None:
    rate = RewardRate(recipient="individual", coefficient=Decimal(thousandths) / 1000, step_vnd=step, rounding=way)
    found = money.reckoned(rate, BaseSalary(amount_vnd=base))
    assert found.amount_vnd % step == 0
    off = found.amount_vnd - found.exact_vnd
    assert abs(off) < step and (off >= 0 if way == "up" else off <= 0 if way == "down" else abs(off) * 2 <= step)
