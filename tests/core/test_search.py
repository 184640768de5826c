"""The search index: diacritics, order, what narrows it down, what leaves it; on both databases."""

from __future__ import annotations

import unicodedata
from datetime import UTC, datetime, timedelta

import pytest
from django.core.management import CommandError, call_command
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from liengia.core import search
from liengia.core.models import SearchEntry

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("bare_index")]
BEGAN = datetime(2023, 8, 6, tzinfo=UTC)


def put(key: str, title: str, body: str = "", *, kind: str = "article", days: int = 0, **more: object) -> None:
    entry = search.Entry(
        kind=kind, key=key, title=title, body=body, url=f"/tin-tuc/{key}/", published_at=BEGAN + timedelta(days=days),
        **more,  # type: ignore[arg-type]
    )  # fmt: skip
    search.put(entry)


def keys(question: str, **narrow: object) -> list[str]:
    return [hit.key for hit in search.find(question, **narrow).hits]  # type: ignore[arg-type]


def test_it_finds_without_diacritics_and_in_either_normal_form() -> None:
    put("a", "Ngày hội ở Cần Đước")
    for question in ("can duoc", "Cần Đước", "CẦN ĐƯỚC", unicodedata.normalize("NFD", "Cần Đước"), "cần duoc"):
        assert keys(question) == ["a"], question
    put("b", unicodedata.normalize("NFD", "Đèn đường Long Hựu"))
    assert keys("đèn") == ["b"]
    assert keys("den duong") == ["b"]


def test_exact_ones_come_first_and_then_the_newest() -> None:
    put("title", "Cần Đước mở hội", days=0)
    put("text", "Mở hội", "Bà con Cần Đước cùng về.", days=1)
    put("folded", "Căn được sửa", days=2)
    put("apart", "Được mùa", "Ai cũng cần.", days=3)
    put("newer", "Xã Cần Đước làm đường", days=4)
    assert keys("Cần Đước") == ["newer", "title", "text", "folded", "apart"]
    assert keys("can duoc") == ["newer", "folded", "title", "text", "apart"], "without diacritics nothing tells them apart"


def test_what_is_called_so_comes_before_newer_titles_that_hold_the_words() -> None:
    put("page", "Cổng xã", known_as=("Xã Cần Đước", "Cần Đước"), days=0)
    put("whole", "Cần Đước", days=1)
    put("title", "Đường về Cần Đước", days=2)
    put("folded", "Căn được sửa", days=3)
    assert keys("Cần Đước") == ["whole", "page", "title", "folded"]
    assert keys("CAN DUOC!") == ["whole", "page", "folded", "title"]
    assert keys("xã cần đước")[0] == keys("xa can duoc")[0] == "page"
    long = "dài " * 40
    put("long", long, days=4)
    assert keys(long) == ["long"]


def test_without_diacritics_titles_come_before_texts() -> None:
    put("text", "Tin mới", "can duoc chu y", days=5)
    put("title", "Về Cần Đước", days=1)
    assert keys("can duoc") == ["title", "text"]


def test_a_family_stands_once_on_a_page_with_the_others_beside_it(monkeypatch: pytest.MonkeyPatch) -> None:
    for days, key in enumerate(("a1", "b", "a2", "a3")):
        put(key, "Camera an ninh", kind="practice", days=days)
    monkeypatch.setitem(search._kin, "practice", lambda asked: {key: (key[0], f"Xã {key}") for key in asked})
    hits = search.find("camera").hits
    assert [(hit.key, [other.label for other in hit.others]) for hit in hits] == [("a3", ["Xã a2", "Xã a1"]), ("b", [])]
    assert hits[0].others[0].url == "/tin-tuc/a2/"


def test_one_syllable_prefers_its_own_tone() -> None:
    put("ma", "Chuyện con ma", days=9)
    put("mạ", "Mùa gieo mạ", days=1)
    assert keys("mạ") == ["mạ", "ma"]


def test_old_and_new_names_of_a_place_find_it() -> None:
    put("a", "Đường mới", place_names=("Xã Mỹ Lệ", "Xã Long Sơn"), unit_ids=(7, 3))
    assert keys("long son") == keys("Mỹ Lệ") == ["a"]
    assert keys("le xa") == ["a"]  # the syllables alone, in any order
    assert search.find("duong moi my le").hits[0].key == "a"


def test_kinds_and_units_narrow_it_down() -> None:
    put("a", "Cống nghẹt", unit_ids=(1, 10))
    put("b", "Cống nghẹt nữa", kind="opinion", unit_ids=(2,))
    assert keys("cống", kinds=["opinion"]) == ["b"]
    assert keys("cống", unit_ids=[10]) == ["a"]
    assert keys("cống", unit_ids=[10, 2]) == ["b", "a"] or keys("cống", unit_ids=[10, 2]) == ["a", "b"]
    assert keys("cống", kinds=["article"], unit_ids=[2]) == []


def test_kinds_of_rooms_are_named_with_a_dot_and_narrow_it_down_all_the_same() -> None:
    put("a", "Cống nghẹt", kind="opinions.opinion")
    put("b", "Cống mới", kind="opinions.forum")
    put("c", "Cống cũ", kind="festivals.day")
    assert keys("cống", kinds=["opinions.opinion"]) == ["a"]
    assert set(keys("cống", kinds=["opinions.opinion", "festivals.day"])) == {"a", "c"}
    assert keys("cống", kinds=["opinions"]) == []


def test_every_registered_kind_is_one_word_of_the_index() -> None:
    for kind in search.kinds():
        put("a", "Cầu treo", kind=kind)
        assert keys("cầu treo", kinds=[kind]) == ["a"], kind
        search.remove(kind, "a")


def test_what_is_taken_out_or_changed_is_gone() -> None:
    put("a", "Trụ điện nghiêng")
    put("a", "Trụ điện đã dựng lại")
    assert keys("nghiêng") == []
    assert keys("dựng lại") == ["a"]
    search.remove("article", "a")
    search.remove("article", "a")
    assert keys("trụ điện") == []
    assert not SearchEntry.objects.exists()


def test_pages_follow_each_other_without_gap_or_double() -> None:
    for number in range(45):
        put(str(number), f"Bài {number}", "Ấp 2 họp dân", days=number)
    seen: list[str] = []
    for page in range(3):
        found = search.find("họp dân", offset=page * 20)
        seen += [hit.key for hit in found.hits]
        assert found.has_more == (page < 2)
    assert seen == [str(number) for number in reversed(range(45))]


def test_two_of_one_instant_both_stand() -> None:
    put("a", "Giờ này")
    put("b", "Giờ này")
    assert sorted(keys("giờ này")) == ["a", "b"]


@pytest.mark.parametrize("question", ["", "   ", "!!!", "\x00", "🔥", "_", "__"])
def test_a_question_without_words_finds_nothing(question: str) -> None:
    put("a", "Gì cũng có")
    assert search.find(question) == search.Found()


@pytest.mark.parametrize("question", ['"', "' OR 1=1 --", 'can" OR "x', "NEAR(a b)", "tokens:x", "a*", "(", "a & b | !c", "\\", "%_%"])
def test_a_question_is_never_a_query(question: str) -> None:
    put("a", "Gì cũng có")
    assert search.find(question).hits == []


def test_results_are_escaped_and_marked() -> None:
    put("a", "Hẻm <b>3</b> & chợ", "x " * 200 + "<script>alert(1)</script> cống nghẹt ba ngày " + "y " * 200)
    hit = search.find("cong nghet").hits[0]
    assert "<mark>cống nghẹt</mark>" in hit.excerpt
    assert "<script>" not in hit.excerpt
    assert hit.excerpt.startswith("… ")
    assert hit.excerpt.endswith(" …")
    assert hit.title == "Hẻm &lt;b&gt;3&lt;/b&gt; &amp; chợ"


def test_only_words_that_were_found_together_are_marked() -> None:
    put("a", "Họp ở Cần Đước", "Ai cần thì được giúp. Bà con Cần Đước, căn nhà được sửa.")
    put("b", "Được mùa", "Ai cũng cần.")
    together, apart = search.find("can duoc").hits
    assert together.title == "Họp ở <mark>Cần Đước</mark>"
    assert together.excerpt.count("<mark>") == 1 and "Bà con <mark>Cần Đước</mark>" in together.excerpt
    assert apart.title == "<mark>Được</mark> mùa" and "<mark>cần</mark>" in apart.excerpt


def test_reindex_brings_it_to_what_the_room_holds(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    put("gone", "Đã rút")
    held = [
        search.Entry(kind="article", key=str(n), title=f"Tin {n}", body="", url="/", published_at=BEGAN) for n in range(30)
    ]
    monkeypatch.setattr(search, "_sources", {"article": lambda: held})
    call_command("reindex")
    assert "article: 30" in capsys.readouterr().out
    assert keys("rút") == []
    assert len(search.find("tin", limit=50).hits) == 30
    with pytest.raises(CommandError, match="Not known: nothing"):
        call_command("reindex", "nothing")


class Anything(TestCase):
    """Any text can be put in, asked for and taken out."""

    @settings(max_examples=60, deadline=None)
    @given(st.text(max_size=60), st.text(max_size=60))
    def test_any_text(self, title: str, question: str) -> None:
        title = title.replace("\x00", "").encode("utf-8", "ignore").decode()
        question = question.encode("utf-8", "ignore").decode()
        put("any", title, title)
        search.find(question)
        if search.words_of(title)[: search.WORDS_ASKED]:
            assert keys(" ".join(search.words_of(title)[: search.WORDS_ASKED])) == ["any"]
        search.remove("article", "any")
        assert keys(title) == []
