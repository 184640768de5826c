"""What one alone sends: words that look as though they named somebody."""

from __future__ import annotations

import pytest

from liengia.broadcast.naming import looks_named


@pytest.mark.parametrize(
    "text",
    ["gần nhà ông Tám", "nhà ông Nguyễn Văn Tám", "Bà Sáu", "Trần Thị Lụa", "nhà chị Hai Lúa", "hộ Nguyễn Văn A", "gọi 0900 000 009", "+84900000009", "079 123 456 789"],
)
def test_a_persons_name_or_number_is_seen(text: str) -> None:
    assert looks_named(text)


@pytest.mark.parametrize(
    "text",
    ["cầu Ông Thìn", "đường Nguyễn Văn Linh", "Đường Trần Hưng Đạo", "chợ Bà Chiểu", "hẻm 42 đường Lê Lợi", "trường Nguyễn Đình Chiểu", "Khu phố 5, cổng sau chợ", "gọi 114", "rạch Bà Chủ"],
)
def test_a_place_is_no_person(text: str) -> None:
    assert not looks_named(text)


def test_a_long_text_is_quick() -> None:
    assert not looks_named("Đường " * 20_000)
