"""SMS counted as 3GPP TS 23.038 says."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from liengia.broadcast.gateway.segments import EXTENDED, GSM, clean, count, without_marks


@pytest.mark.parametrize(
    "text, alphabet, length, pieces",
    [
        ("a" * 160, "GSM-7", 160, 1), ("a" * 161, "GSM-7", 161, 2), ("a" * 306, "GSM-7", 306, 2), ("a" * 307, "GSM-7", 307, 3),
        ("€" * 80, "GSM-7", 160, 1), ("€" * 81, "GSM-7", 162, 2), ("a" * 152 + "€" * 5, "GSM-7", 162, 2), ("ế" * 70, "UCS-2", 70, 1),
        ("ế" * 71, "UCS-2", 71, 2), ("ế" * 134, "UCS-2", 134, 2), ("ế" * 135, "UCS-2", 135, 3), ("😀" * 35, "UCS-2", 70, 1), ("😀" * 36, "UCS-2", 72, 2),
        ("à" * 160, "GSM-7", 160, 1), ("", "GSM-7", 0, 1),
    ],
)  # fmt: skip
def test_counts(text: str, alphabet: str, length: int, pieces: int) -> None:
    found = count(text)
    assert (found.alphabet, found.length, found.pieces) == (alphabet, length, pieces)


def test_parts_neither_an_escape_nor_a_surrogate_pair() -> None:
    escape = count("a" * 152 + "€" * 5)
    assert [len(part) for part in escape.parts] == [152, 5]  # 153 would fall into the middle of the first €
    pair = count("a" * 66 + "😀" * 3)
    assert pair.parts[0] == "a" * 66 and pair.parts[1] == "😀" * 3  # 67 would halve the first


@settings(max_examples=60)
@given(st.text(max_size=500))
def test_parts_are_the_text_and_fit(text: str) -> None:
    found = count(text)
    assert "".join(found.parts) == text
    for part in found.parts:
        size = len(part.encode("utf-16-be", "surrogatepass")) // 2 if found.alphabet == "UCS-2" else sum(2 if c in EXTENDED else 1 for c in part)
        assert size <= ((160 if found.pieces == 1 else 153) if found.alphabet == "GSM-7" else (70 if found.pieces == 1 else 67))


@given(st.text(max_size=300))
def test_without_marks_is_plain_and_one_alphabet(text: str) -> None:
    found = without_marks(text)
    assert all(char in GSM or char in EXTENDED or char == "`" for char in found)
    assert without_marks(found) == found


def test_words_without_marks() -> None:
    assert without_marks("Đường Nguyễn Huệ: cấm xe “tải” – 500 ₫…") == 'Duong Nguyen Hue: cam xe "tai" - 500 d...'
    assert without_marks("Khẩn 🚨 cấp") == "Khan cap"


def test_control_and_direction_characters_go() -> None:
    assert clean("a\x00b\u202ec\u200b\r\nd") == "abc\nd"
