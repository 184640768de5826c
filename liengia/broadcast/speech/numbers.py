"""Numbers as they are read aloud in the south of Việt Nam ("lẻ", "mốt", "tư", "lăm")."""

from __future__ import annotations

from typing import Final

DIGITS: Final = ("không", "một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín")
_SCALES: Final = ("", " nghìn", " triệu")
BILLION: Final = 1_000_000_000
# What a person no longer hears as a number is read digit by digit.
MOST: Final = 10**15


def cardinal(number: int) -> str:
    """Return a whole number in words.

    A group of three that is not the first is read whole, "không trăm" included, as newsreaders do: 1.021 is
    "một nghìn không trăm hai mươi mốt".
    """
    if number < 0:
        return f"âm {cardinal(-number)}"
    if number >= MOST:
        return digits(str(number))
    if number >= BILLION:
        head, rest = divmod(number, BILLION)
        tail = f" {_below_billion(rest, is_first=False)}" if rest else ""
        return f"{_below_billion(head)} tỷ{tail}"
    return _below_billion(number)


def _below_billion(number: int, *, is_first: bool = True) -> str:
    if number < 1000 and is_first:
        return _three(number, is_whole=False)
    words: list[str] = []
    for place in (2, 1, 0):
        group = number // 1000**place % 1000
        if group:
            words.append(_three(group, is_whole=bool(words) or not is_first) + _SCALES[place])
    return " ".join(words)


def _three(number: int, *, is_whole: bool) -> str:
    hundreds, rest = divmod(number, 100)
    words = [f"{DIGITS[hundreds]} trăm"] if hundreds or is_whole else []
    if rest or not words:
        words.append(_two(rest, follows=bool(words)))
    return " ".join(words)


def _two(number: int, *, follows: bool) -> str:
    tens, ones = divmod(number, 10)
    if tens == 0:
        return f"lẻ {DIGITS[ones]}" if follows else DIGITS[ones]
    last = {0: "", 1: "mốt" if tens > 1 else "một", 4: "tư" if tens > 1 else "bốn", 5: "lăm"}.get(ones, DIGITS[ones])
    return f"{'mười' if tens == 1 else f'{DIGITS[tens]} mươi'} {last}".rstrip()


def digits(text: str) -> str:
    """Return digits one by one; what is no digit is left out."""
    return " ".join(DIGITS[int(sign)] for sign in text if sign.isascii() and sign.isdigit())


def decimal(whole: str, fraction: str, *, mark: str = "phẩy") -> str:
    """Return a decimal number: up to two digits behind the mark as a number, more of them one by one."""
    behind = cardinal(int(fraction)) if len(fraction) <= 2 and fraction[0] != "0" else digits(fraction)
    return f"{cardinal(int(whole))} {mark} {behind}"


_ROMAN: Final = {"I": 1, "V": 5, "X": 10, "L": 50, "C": 100}


def roman(text: str) -> int:
    """Return what a Roman numeral says; 0 when it is none in its proper form."""
    values = [_ROMAN.get(sign, 0) for sign in text]
    if not values or not all(values):
        return 0
    total = sum(-one if one < after else one for one, after in zip(values, [*values[1:], 0], strict=True))
    return total if _to_roman(total) == text else 0


def _to_roman(number: int) -> str:
    steps = ((100, "C"), (90, "XC"), (50, "L"), (40, "XL"), (10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I"))
    found = ""
    for value, signs in steps:
        while number >= value:
            found, number = found + signs, number - value
    return found
