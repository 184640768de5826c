"""The finder of what could make a person known: better one mark too many than one too few, but not everything."""

from __future__ import annotations

import time
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from liengia.opinions import redaction
from liengia.opinions.redaction import EMAIL, HOUSE, NAME, NUMBER, PHONE, PLATE

FOUND = [
    ("gọi 0909123456 nghen", PHONE, "0909123456"),
    ("gọi 0909 123 456.", PHONE, "0909 123 456"),
    ("gọi 0909.123.456", PHONE, "0909.123.456"),
    ("gọi 090-912-3456", PHONE, "090-912-3456"),
    ("gọi +84 909 123 456", PHONE, "+84 909 123 456"),
    ("gọi (+84)909123456", PHONE, "(+84)909123456"),
    ("gọi 84909123456", PHONE, "84909123456"),
    ("máy bàn 0272 3880 113", PHONE, "0272 3880 113"),
    ("0 9 0 9 1 2 3 4 5 6", PHONE, "0 9 0 9 1 2 3 4 5 6"),
    ("xe 51F-123.45 đậu", PLATE, "51F-123.45"),
    ("xe 62-B1 123.45 chạy", PLATE, "62-B1 123.45"),
    ("xe 62B1-12345", PLATE, "62B1-12345"),
    ("xe 62b1 123 45", PLATE, "62b1 123 45"),
    ("xe 62LD-123.45", PLATE, "62LD-123.45"),
    ("xe 62F1-1234", PLATE, "62F1-1234"),
    ("giấy 301234567 của", NUMBER, "301234567"),
    ("căn cước 080123456789", NUMBER, "080123456789"),
    ("căn cước 080 123 456 789", NUMBER, "080 123 456 789"),
    ("thư lua.tran@example.com nha", EMAIL, "lua.tran@example.com"),
    ("trước số nhà 12/3A đó", HOUSE, "số nhà 12/3A"),
    ("nhà số 7 kêu", HOUSE, "nhà số 7"),
    ("hẻm nhà 42/9 đường", HOUSE, "42/9"),
    ("số 15 đường Trần Hưng Đạo", HOUSE, "số 15"),
    ("anh Tèo nhậu hoài", NAME, "Tèo"),
    ("bà Nguyễn Thị Bông nói", NAME, "Nguyễn Thị Bông"),
    ("Trần Văn Tèo làm ồn", NAME, "Trần Văn Tèo"),
    ("hồi qua Phạm Bông tới", NAME, "Phạm Bông"),
    ("chú Bảy Lúa đổ rác", NAME, "Bảy Lúa"),
    ("nhà Tư Còm mở loa", NAME, "Còm"),
    ("ông Cao Văn Lâu", NAME, "Cao Văn Lâu"),
    ("nhà 45 nuôi chó dữ", HOUSE, "nhà 45"),
    ("căn 12B mở nhạc", HOUSE, "căn 12B"),
    ("ở 45 đường Trần Hưng Đạo mở loa", HOUSE, "45"),
    ("ở 12/3A, hẻm 14 mở loa", HOUSE, "12/3A"),
    ("ở 7b hẻm Bà Chủ Kiểu", HOUSE, "7b"),
    ("ông nguyễn văn tèo nhậu ồn", NAME, "nguyễn văn tèo"),
    ("nguyễn thị bông đổ rác", NAME, "nguyễn thị bông"),
    ("ong nguyen van teo nhau on", NAME, "nguyen van teo"),
    ("chi tran ngoc mai doi dat", NAME, "tran ngoc mai"),
    ("Nguyen Van Teo đậu xe", NAME, "Nguyen Van Teo"),
    ("Tran Minh Duc đậu xe", NAME, "Tran Minh Duc"),
    ("bà lê thị út", NAME, "lê thị út"),
    ("anh phạm tèo chạy ẩu", NAME, "phạm tèo"),
    ("ông tèo nhậu ồn", NAME, "tèo"),
    ("nhà bà tư đầu hẻm", NAME, "tư"),
    ("Bà năm nói chị hai cãi hoài", NAME, "hai"),
    ("anh đức đậu xe", NAME, "đức"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "kind", "words"), FOUND, ids=[words for _, _, words in FOUND])
@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_it_is_found(text: str, kind: str, words: str, form: str) -> None:
    given_ = unicodedata.normalize(form, text)
    marks = redaction.find(unicodedata.normalize("NFC", given_))
    wanted = unicodedata.normalize("NFC", words)
    text = unicodedata.normalize("NFC", given_)
    assert any(wanted in text[mark.start : mark.end] for mark in marks), marks
    assert wanted not in redaction.redact(text, marks)
    if kind not in (PHONE, NUMBER):
        assert kind in {mark.kind for mark in marks}


@pytest.mark.parametrize(
    "text",
    [
        "Đèn đường số 14 tắt một tuần nay, đoạn cua gần miếu tối thui.",
        "Ngày 25/11 và 2/9/2026 nước ngập tới đầu gối.",
        "Đường Trần Hưng Đạo, đường Nguyễn Huệ, chợ Cần Đước ngập.",
        "Công an xã, Ủy ban nhân dân xã, Điện lực Cần Đước chưa tới.",
        "Loa phát từ 4 giờ 30 tới 6 giờ, kéo dài 15 phút.",
        "Gọi 113, 114, 115 đều được.",
        "Tốn 1.250.000 đồng, đường rộng 2,5 m, dài 450 m.",
        "bà con ấp 3 mong xã sửa cầu",
        "Nhà 2 tầng, nhà 3 gian, mỗi nhà 5 người, căn 2 phòng đều ngập",
        "hộ vẫn chưa có nước, ho van chua co nuoc, la thi phai sua, con đường này, anh đỗ xe, cao lắm",
        "Năm 2023 đường làm xong, 3 con hẻm, 14 hẻm còn tối, đo van con dot",
        "Ông năm nay bảy mươi tuổi, bà ba con nhỏ, anh em, cô chú bác trong ấp, chị hai lần gọi, tấm gương anh hùng, các anh chị đi làm",
        "Một hộ nhậu ồn cả đêm, con đường ở đó tối, ông đó nói năm ấy ngập",
    ],
)
def test_ordinary_words_are_left_alone(text: str) -> None:
    assert redaction.find(text) == []


def test_known_names_are_found_however_they_are_written() -> None:
    names = ["Lê Văn Thợ"]
    for text in ("gặp lê văn thợ", "gap le van tho", "LÊ VĂN THỢ nói", "văn thợ nói", "lê  văn\nthợ"):
        assert redaction.find(text, names=names), text
    assert not redaction.find("thợ hồ làm cầu", names=names)


@given(st.text(max_size=400))
@settings(max_examples=200, deadline=None)
def test_marks_lie_in_the_text_in_order_and_apart(text: str) -> None:
    marks = redaction.find(text, names=["Lê Văn Thợ", "", "  "])
    last = 0
    for mark in marks:
        assert last <= mark.start < mark.end <= len(text)
        last = mark.end


@given(st.integers(0, 10**9 - 1).map(lambda n: f"0{n:09}"), st.lists(st.sampled_from(["", " ", ".", "-"]), min_size=9, max_size=9))
@settings(max_examples=200, deadline=None)
def test_every_phone_however_spaced_is_found(number: str, gaps: list[str]) -> None:
    spaced = "".join(d + gap for d, gap in zip(number, [*gaps, ""], strict=True))
    redacted = redaction.redact(f"gọi {spaced} nha", redaction.find(f"gọi {spaced} nha"))
    assert sum(c.isdigit() for c in redacted) == 0


@pytest.mark.parametrize("evil", ["0", "0 ", "ông ", "A", "1/", "a@", "a.", "Nguyễn ", "62B1-"])
def test_no_text_makes_it_slow(evil: str) -> None:
    """Twice the text takes some twice the work, where a careless pattern takes four times (work of this thread alone)."""

    def work(times: int) -> float:
        began = time.thread_time()
        redaction.find(evil * times)
        return time.thread_time() - began

    assert work(20_000) < 3 * work(10_000) + 0.05
