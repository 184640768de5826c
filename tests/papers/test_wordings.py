"""What an office writes to change a paper: what becomes of each line, and what is refused in which words."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from liengia.core.errors import Invalid, NotFound, Refused
from liengia.core.official_papers import Annex, Heading, Item, Paragraph, Table
from liengia.papers import kinds, sample, services, shipped, wording
from liengia.papers.kinds import Block, Field, PaperKind
from tests.papers.given import Desk

KIND = PaperKind(
    "trial", "Thử", "T", wording="{nội dung}\n[[bảng]]",
    fields=(Field("nội dung", ""), Field("kinh phí", "")),
    blocks=(Block("bảng", "", ("A", "B"), is_kept=True), Block("việc", "")),
)  # fmt: skip


def body(text: str, **filled: str) -> list[object]:
    return list(wording.body(text, KIND, {name.replace("_", " "): value for name, value in filled.items()}, {"bảng": [["1"], ["2", "3", "4"]], "việc": [["quét sân"], []]}))


def test_each_kind_of_line() -> None:
    assert body("# QUYẾT ĐỊNH:\nTặng") == [Heading("QUYẾT ĐỊNH:", is_centred=True), Paragraph("Tặng")]
    assert body("Căn cứ Luật;\nTheo đề nghị của ông A.\nCăn nhà") == [
        Paragraph("Căn cứ Luật;", is_slanted=True), Paragraph("Theo đề nghị của ông A.", is_slanted=True), Paragraph("Căn nhà")
    ]
    assert body("- Một việc") == [Item("Một việc")]
    assert body("**Điều 1.** Tặng") == [Paragraph("Tặng", "Điều 1.")]
    assert body("- **Thứ nhất:** làm") == [Item("làm", "Thứ nhất:")]
    assert body("[[bảng]]") == [Table(("A", "B"), [["1", ""], ["2", "3"]], (1, 1), ())]
    assert body("[[việc]]") == [Item("quét sân")]
    assert body("Chi {kinh phí}.", kinh_phí="5 triệu") == [Paragraph("Chi 5 triệu.")]
    assert body("Chi {kinh phí}.") == [Paragraph("Chi …………."),], "dots to write on"
    assert body("? Chi {kinh phí}.") == []
    assert body("? Chi {kinh phí}.", kinh_phí="5 triệu") == [Paragraph("Chi 5 triệu.")]
    assert body("{nội dung}", nội_dung="Một\n\n- Hai\nBa") == [Paragraph("Một"), Item("Hai"), Paragraph("Ba")]


def test_an_annex_begins_by_the_wording_and_never_by_what_is_filled_in() -> None:
    assert body("# TRỐNG\n=== DANH SÁCH {kinh phí}\n[[việc]]", kinh_phí="1") == [Annex("DANH SÁCH 1"), Item("quét sân")]
    assert body("{nội dung}", nội_dung="=== DANH SÁCH") == [Paragraph("=== DANH SÁCH")]


def test_a_heading_with_nothing_under_it_is_left_out_and_the_next_takes_its_number() -> None:
    text = "#. MỤC ĐÍCH\nmột\n#. KINH PHÍ\n? {kinh phí}\n#. THỰC HIỆN\nhai\n#. CUỐI"
    assert body(text) == [Heading("I. MỤC ĐÍCH"), Paragraph("một"), Heading("II. THỰC HIỆN"), Paragraph("hai")]
    many = [one.text.partition(".")[0] for one in body("#. A\nx\n" * 14) if isinstance(one, Heading)]
    assert [many[n] for n in (3, 8, 13)] == ["IV", "IX", "XIV"]


def test_what_is_filled_in_is_never_read_as_wording() -> None:
    assert body("{nội dung}", nội_dung="[[việc]] {kinh phí}", kinh_phí="5") == [Paragraph("[[việc]] {kinh phí}")]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "Xin viết lời văn"),
        ("[[bảng]]\n{không có}", "Dòng 2: loại văn bản này không có ô “không có”"),
        ("[[bảng]]\n[[lạ]]", "Dòng 2: loại văn bản này không có khối “lạ”"),
        ("[[bảng]]\nxem [[việc]] nhé", "Dòng 2: khối phải đứng một mình"),
        ("[[bảng]]\n\nChi {kinh phí", "Dòng 3: dấu ngoặc chưa đóng"),
        ("{nội dung}", "không được bỏ khối"),
        ("[[bảng]]\n**Nơi:** A. **Giờ:** 7", "Dòng 2: hai dấu sao chỉ in đậm phần đầu dòng"),
        ("x" * 20_001, "dài quá"),
    ],
)
def test_a_wording_that_no_paper_could_be_made_of_is_refused(text: str, words: str) -> None:
    with pytest.raises(Invalid, match=words):
        wording.check(text, KIND)


@settings(max_examples=60, deadline=None)
@given(st.text(alphabet=st.sampled_from("{}[]?#-* \nnội dungbảng"), max_size=120))
def test_whatever_passes_the_check_makes_a_paper(text: str) -> None:
    try:
        wording.check(text, KIND)
    except Invalid:
        return
    assert wording.body(text, KIND, {"nội dung": "x"}, {"bảng": [["1", "2"]]})


def test_rows_are_read_as_typed_or_pasted() -> None:
    table, plain = KIND.blocks
    assert wording.read_rows("a | b\n\nc\td\ne", table) == [["a", "b"], ["c", "d"], ["e"]]
    assert wording.read_rows("quét | sân\nlau", plain) == [["quét | sân"], ["lau"]]
    with pytest.raises(Invalid, match="Dòng 2 có 3 ô"):
        wording.read_rows("a|b\nc|d|e", table)
    with pytest.raises(Invalid, match="nhiều nhất"):
        wording.read_rows("a\n" * (wording.MOST_ROWS + 1), plain)


def test_every_shipped_wording_holds(scene: Desk) -> None:
    assert {kind.code for kind in kinds.every()} >= {one.code for one in shipped.SHIPPED}
    for kind in kinds.every():
        assert len(sample.paper(kind, kind.wording, scene.here.commune).body) > 2


def test_the_nearest_wording_holds(scene: Desk) -> None:
    commune, province, kind = scene.here.commune, scene.here.cast.province, shipped.INVITATION
    assert services.wording_of(kind, commune) == (kind.wording, None)
    services.change_wording("invitation", province, text="Tỉnh mời {kính mời}", revision=0, actor=scene.clerk)
    assert services.wording_of(kind, commune)[0] == "Tỉnh mời {kính mời}\n"
    own = services.change_wording("invitation", commune, text="Xã mời {kính mời}", revision=0, actor=scene.clerk)
    assert services.wording_of(kind, commune) == ("Xã mời {kính mời}\n", own)
    with pytest.raises(Refused) as refused:
        services.change_wording("invitation", commune, text="Ai đó sửa trước", revision=0, actor=scene.clerk)
    assert refused.value.detail_code == "changed"
    services.restore_wording("invitation", commune, actor=scene.clerk)
    assert services.wording_of(kind, commune)[0] == "Tỉnh mời {kính mời}\n"
    with pytest.raises(NotFound):
        services.restore_wording("invitation", commune, actor=scene.clerk)
    with pytest.raises(NotFound):
        services.change_wording("no-such", commune, text="x", revision=0, actor=scene.clerk)
