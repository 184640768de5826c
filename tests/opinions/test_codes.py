"""The private code: long enough, typed by people, forgiving what looks alike, found by a keyed hash alone."""

from __future__ import annotations

from math import log2

from hypothesis import given
from hypothesis import strategies as st

from liengia.core import keys
from liengia.opinions import codes

made = st.builds(codes.new_code)


def test_it_has_at_least_a_hundred_bits_and_no_letter_that_vietnamese_keyboards_change() -> None:
    assert log2(len(codes.SYMBOLS)) * (codes.LENGTH - 1) >= 100
    assert not set(codes.SYMBOLS) & set("AEIOUYDW01"), "Telex and VNI make one letter of a vowel, D or W and a mark"
    assert len({codes.new_code() for _ in range(500)}) == 500


@given(made)
def test_it_is_read_as_people_type_it(code: str) -> None:
    plain = code.replace("-", "")
    for typed in (code, code.lower(), plain, f"  {code} ", code.replace("-", " "), code.replace("-", "–"), "\u00a0".join(plain)):
        assert codes.parse(typed) == plain
    assert codes.parse(code.replace("8", "B").replace("L", "1").replace("5", "s").replace("2", "z").replace("6", "g")) == plain


@given(made, st.integers(0, codes.LENGTH - 1), st.sampled_from(codes.SYMBOLS))
def test_one_wrong_symbol_is_found(code: str, place: int, symbol: str) -> None:
    plain = code.replace("-", "")
    if plain[place] != symbol:
        assert codes.parse(plain[:place] + symbol + plain[place + 1 :]) is None


@given(st.text(max_size=300))
def test_anything_typed_is_a_code_or_none(raw: str) -> None:
    assert codes.parse(raw) is None or len(codes.parse(raw) or "") == codes.LENGTH


def test_the_hash_hangs_on_a_key_outside_the_database(tmp_path: object, monkeypatch: object) -> None:
    code = codes.new_code().replace("-", "")
    here = codes.hash_of(code)
    assert codes.hash_of(code) == here and len(here) == 64
    monkeypatch.setattr(keys, "KEYS_DIR", tmp_path)  # type: ignore[attr-defined]
    assert codes.hash_of(code) != here
