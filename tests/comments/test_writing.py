"""What a comment may hold: the hostile corpus, the count, the names that nobody may take."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liengia.comments.models import Comment
from liengia.comments.writing import clean_name, clean_text, shown_text
from liengia.core.confusables import skeleton
from liengia.core.errors import Invalid
from liengia.core.text import count_graphemes
from tests.comments.conftest import Scene

MARKUP = [
    "<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "<b>đậm</b>", "< SCRIPT >", "</p>", "<!-- x -->", "<svg/onload=1>",
    "[url=http://x]x[/url]", "javascript:alert(1)", "&#60;script&#62;", "&#x3c;b", "<a href='x'>", "<?php", "<style>p{}</style>",
]  # fmt: skip
PLAIN = ["3 < 5 và 5 > 3", "a<5", "tôi & bạn", "“ngoặc” 'kép'", "x <3 xóm mình", "1. một\n2. hai", "🔥 cháy chợ 👨‍👩‍👧", "Ệ Ẳ Ữ ơi"]


@pytest.mark.parametrize("text", MARKUP)
def test_markup_is_refused(text: str) -> None:
    with pytest.raises(Invalid) as refused:
        clean_text(f"Xem nè {text}")
    assert refused.value.detail_code == "markup"


@pytest.mark.parametrize("text", PLAIN)
def test_plain_words_stay_as_they_are(text: str) -> None:
    assert clean_text(text) == text


@pytest.mark.parametrize("text", [*MARKUP, *PLAIN, "https://a.vn", '" onmouseover="x'])
def test_a_page_holds_paragraphs_and_breaks_alone(text: str) -> None:
    shown = shown_text(text)
    bare = shown.replace("<p>", "").replace("</p>", "").replace("<br>", "")
    assert "<" not in bare
    assert "href" not in bare or "&lt;" in bare or "href" in text
    assert "<a" not in shown


@pytest.mark.parametrize("empty", ["", "   ", "\n\n", "\u200b\u200b", "\u202e", "\x00\x01", "\ufeff"])
def test_nothing_is_nothing(empty: str) -> None:
    with pytest.raises(Invalid) as refused:
        clean_text(empty)
    assert refused.value.detail_code == "empty"


def test_five_hundred_characters_as_a_reader_counts_them() -> None:
    exact = unicodedata.normalize("NFD", "ệ" * 500)
    assert len(exact) == 1500
    assert count_graphemes(clean_text(exact)) == 500
    assert clean_text("👨‍👩‍👧" * 500)
    with pytest.raises(Invalid, match="501"):
        clean_text("ệ" * 501)


def test_a_megabyte_is_refused_at_once() -> None:
    with pytest.raises(Invalid):
        clean_text("a" * 1_000_000)


def test_hidden_signs_piled_marks_and_empty_lines_go() -> None:
    assert clean_text("chào\u200b bà\u202e con\x07") == "chào bà con"
    assert clean_text("một\r\n\r\n\r\n\r\nhai") == "một\n\nhai"
    zalgo = "h" + "\u0335\u0321\u0322\u0327\u0328" * 30 + "i"
    assert len(clean_text(zalgo)) <= 4
    assert clean_text("مرحبا") == "مرحبا"


def test_one_link_stays_text_and_two_are_too_many() -> None:
    assert clean_text("xem https://example.vn/bai") == "xem https://example.vn/bai"
    for text in ("http://a.vn http://b.vn", "www.a.vn và b.com", "mua ở shop.xyz hoặc shop.top"):
        with pytest.raises(Invalid) as refused:
            clean_text(text)
        assert refused.value.detail_code == "links"


@given(st.text(max_size=300))
def test_any_text_is_kept_safe_or_refused(text: str) -> None:
    try:
        kept = clean_text(text)
    except Invalid:
        return
    assert kept == unicodedata.normalize("NFC", kept)
    assert clean_text(kept) == kept
    assert "<" not in shown_text(kept).replace("<p>", "").replace("</p>", "").replace("<br>", "")


POSING = [
    "Công an xã", "CÔNG AN XÃ CẦN ĐƯỚC", "công-an xã", "Cong an", "C\u200bông an", "Cоng аn xa", "Ⅽông an", "Ｃông ａn", "Côиg an xã".replace("и", "n"),
    "Quản trị", "quan tri vien", "Qu\u00e2n Tr\u1ecb".replace("\u00e2", "ả"), "Admin", "ADM1N", "Adrnin", "a d m i n", "Ủy ban nhân dân", "UBND? uỷ ban", "Chủ tịch xã",
    "CônganXã", "C ông A n", "c.ô.n.g a.n", "Cô.ng a.n", "Công_an_xã", "Cộng an xã", "adm!n", "@dmin xã", "congan113", "Bí\u200d thư", "q u ả n t r ị", "Tru\u200dởng CA: công an",
    "Trưởng Công an", "Mặt trận Tổ quốc", "Liên Gia", "𝐀𝐝𝐦𝐢𝐧", "ᴀᴅᴍɪɴ", "Bộ Công\u00ada\u0323n".replace("a\u0323", "a"),
]  # fmt: skip


@pytest.mark.parametrize("name", POSING)
def test_nobody_poses_as_an_office(scene: Scene, name: str) -> None:
    with pytest.raises(Invalid) as refused:
        clean_name(name, scene.thread)
    assert refused.value.detail_code == "name_reserved"


@pytest.mark.parametrize("name", ["Đỗ Thanh Duyệt", "ĐỖ THANH  DUYỆT", "Do Thanh Duyet", "Đỗ Thаnh Duyệt", "Đỗ\u200dThanh Duyệt"])
def test_nobody_poses_as_an_official_of_the_commune(scene: Scene, name: str) -> None:
    with pytest.raises(Invalid):
        clean_name(name, scene.thread)


@pytest.mark.parametrize("name", ["Huỳnh Thị Kim Ngân", "Bà Tư bánh mì", "Chị Công", "Anh An", "Tám Quản", "Lê Thị Út Hiền", "Bảy 🌾", "Nguyễn Công Anh", "Quân Trí", "Thuỳ Băng", "Liên Giang", "Cô Ngân", "Lê Minh Ý", "Trần Công Ân"])
def test_names_of_people_are_theirs(scene: Scene, name: str) -> None:
    assert clean_name(name, scene.thread) == name


def test_a_name_of_nothing_is_a_guest(scene: Scene) -> None:
    assert [clean_name(raw, scene.thread) for raw in ("", "  ", "\u200b", "[]", "()", "***")] == [""] * 6
    assert str(Comment(name="", written_on=scene.write().comment.written_on)).startswith("Khách")
    with pytest.raises(Invalid):
        clean_name("a" * 41, scene.thread)


def test_skeletons() -> None:
    assert skeleton("Công an xã") == skeleton("cоng АN xа") == skeleton("C0ng  4n xã")
    assert skeleton("🔥") == ""
