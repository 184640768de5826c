"""A practice from its beginning to its end: states, words, files, revisions, and what is refused."""

from __future__ import annotations

import io
import zipfile
from datetime import date
from typing import Any

import pytest

from liengia.audit.models import Entry
from liengia.core.errors import DomainError, Invalid, Refused
from liengia.organisations import services as organisations
from liengia.practices import services
from liengia.practices.models import Material, Practice
from liengia.practices.services import NeedLine, Text
from liengia.units.models import Unit
from tests.cast import TESTER
from tests.papers.given import issued
from tests.practices.given import BEGUN, PDF, REFORM, TEXT, Place, facts, picture


def code(caught: pytest.ExceptionInfo[DomainError]) -> str:
    """Return the narrow code of a refusal."""
    return caught.value.detail_code


def test_a_commune_enters_its_ninth_without_code(scene: Place) -> None:
    made = services.create(scene.commune, facts("Bếp ăn chung mùa lũ", kind="other"), TEXT, actor=scene.clerk)
    assert (made.state, made.is_public, made.family) == ("planned", False, made.uuid)
    services.start(made, on=date(2026, 8, 1), actor=scene.clerk)
    services.publish(made, actor=scene.clerk)
    row = Practice.objects.get(pk=made.pk)
    assert (row.state, row.started_on, row.is_public) == ("running", date(2026, 8, 1), True)
    assert [need.what for need in row.revisions.get().needs.all()] == ["Bình chữa cháy", "Tổ có tổ trưởng"]
    assert Entry.objects.filter(kind__startswith="practices.").count() >= 3


def test_it_ends_with_a_reason_and_stays_readable(scene: Place) -> None:
    with pytest.raises(Invalid) as caught:
        services.end(scene.practice, on=date(2026, 8, 1), reason="  ", actor=scene.clerk)
    assert code(caught) == "empty"
    with pytest.raises(Invalid) as caught:
        services.end(scene.practice, on=date(2026, 1, 1), reason="Hết người", actor=scene.clerk)
    assert code(caught) == "before_start"
    services.end(scene.practice, on=date(2026, 8, 1), reason="Hẻm đã mở rộng.", actor=scene.clerk)
    row = Practice.objects.get(pk=scene.practice.pk)
    assert (row.state, row.is_public, row.end_reason) == ("ended", True, "Hẻm đã mở rộng.")
    for verb in (
        lambda: services.end(row, on=date(2026, 8, 2), reason="x", actor=scene.clerk), lambda: services.start(row, on=BEGUN, actor=scene.clerk),
        lambda: services.revise(row, TEXT, on=BEGUN, actor=scene.clerk), lambda: services.change(row, facts(), actor=scene.clerk),
    ):  # fmt: skip
        with pytest.raises(DomainError):
            verb()


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"name": ""}, "empty"), ({"name": "x" * 2_000}, "too_long"), ({"kind": "nghe-thuat"}, "bad_kind"), ({"summary": "a\x00b"}, "bad_characters"),
        ({"office_phone": "0900 000 007"}, "mobile"), ({"office_phone": "0900"}, "bad_phone"), ({"decision_number": "12/QĐ-UBND"}, "half_a_decision"),
        ({"decision_number": "12/QĐ", "decision_on": date(2027, 1, 1)}, "future"), ({"decision_number": "1", "decision_on": date(203, 1, 1)}, "too_early"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused_and_nothing_is_kept(scene: Place, changes: dict[str, Any], expected: str) -> None:
    before = Practice.objects.count()
    with pytest.raises(Invalid) as caught:
        services.create(scene.commune, facts(**changes), TEXT, actor=scene.clerk)
    assert code(caught) == expected
    assert Practice.objects.count() == before


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (Text(problem="", how="x"), "empty"), (Text(problem="x", how="x", cost=-1), "bad_cost"), (Text(problem="x", how="x", cost_basis="tuần"), "bad_basis"),
        (Text(problem="x", how="x", needs=[NeedLine("bình", 0)]), "bad_quantity"), (Text(problem="x", how="x", needs=[NeedLine("bình", 1, "once", "khong.co")]), "no_count"),
        (Text(problem="x", how="x", needs=[NeedLine("bình")] * 31), "many_needs"),
    ],
)  # fmt: skip
def test_a_text_that_cannot_be_is_refused(scene: Place, text: Text, expected: str) -> None:
    before = Practice.objects.count()
    with pytest.raises(Invalid) as caught:
        services.create(scene.commune, facts(), text, actor=scene.clerk)
    assert code(caught) == expected
    assert Practice.objects.count() == before


def test_every_vietnamese_letter_and_a_decomposed_name_are_kept_whole(scene: Place) -> None:
    letters = "aàảãáạăằẳẵắặâầẩẫấậbcdđeèẻẽéẹêềểễếệghiìỉĩíịklmnoòỏõóọôồổỗốộơờởỡớợpqrstuùủũúụưừửữứựvxyỳỷỹýỵ"
    made = services.create(scene.commune, facts(letters, summary="Ca\u0302\u0300n Đươ\u0301c"), TEXT, actor=scene.clerk)
    row = Practice.objects.get(pk=made.pk)
    assert row.name == letters and row.summary == "Cần Đước"


def test_a_unit_that_has_ended_begins_nothing(scene: Place) -> None:
    with pytest.raises(Invalid) as caught:
        services.create(scene.phuoc_tuy, facts(), TEXT, actor=scene.clerk)
    assert code(caught) == "unit_ended"
    new = Unit.objects.create(code="28999", name="Mới", kind="Xã", level="commune", parent=scene.commune.parent, valid_from=REFORM)
    made = services.create(new, facts(), TEXT, actor=scene.clerk)
    with pytest.raises(Invalid) as caught:
        services.start(made, on=date(2024, 1, 1), actor=scene.clerk)
    assert code(caught) == "unit_not_standing"


def test_the_institution_is_of_this_commune_and_the_decision_an_issued_paper(scene: Place) -> None:
    school = organisations.create_organisation(kind="school", name="Trường Mẫu", unit=scene.other, actor=TESTER)
    with pytest.raises(Invalid) as caught:
        services.create(scene.commune, facts(institution=school), TEXT, actor=scene.clerk)
    assert code(caught) == "institution_elsewhere"
    paper = issued(scene.desk)
    made = services.create(scene.commune, facts(decision_paper=paper), TEXT, actor=scene.clerk)
    assert (made.decision_words, made.decision_on) == ("01/GM-UBND", paper.issued_on)
    from liengia.papers import services as papers

    papers.revoke_paper(paper, reason="Sai", actor=scene.clerk)
    paper.refresh_from_db()
    with pytest.raises(Invalid) as caught:
        services.create(scene.commune, facts(decision_paper=paper), TEXT, actor=scene.clerk)
    assert code(caught) == "paper_not_issued"


# Revisions


def test_an_upgrade_is_a_revision_of_the_same_one(scene: Place) -> None:
    with pytest.raises(Invalid):
        services.revise(scene.practice, TEXT, on=BEGUN, actor=scene.clerk)
    services.revise(scene.practice, Text(problem="Như trước", how="Thêm nút ngoài", changed="Thêm nút"), on=date(2026, 8, 10), actor=scene.clerk)
    rows = list(scene.practice.revisions.order_by("number"))
    assert [(row.number, row.how) for row in rows] == [(1, TEXT.how), (2, "Thêm nút ngoài")]
    with pytest.raises(Invalid) as caught:
        services.revise(scene.practice, Text(problem="x", how="y", changed="z"), on=date(2026, 3, 1), actor=scene.clerk)
    assert code(caught) == "before_last"


# Files


def test_a_picture_is_drawn_anew_and_a_document_kept_as_it_is(scene: Place) -> None:
    made = services.add_material(scene.practice, title="Ảnh tủ", data=picture(), actor=scene.clerk)
    assert made.ending == "webp" and b"Nha may anh" not in bytes(made.data)
    document = services.add_material(scene.practice, title="Quy chế", data=PDF, actor=scene.clerk)
    assert bytes(Material.objects.get(pk=document.pk).data) == PDF
    for again in (PDF, picture()):
        with pytest.raises(Refused) as caught:
            services.add_material(scene.practice, title="Lần nữa", data=again, actor=scene.clerk)
        assert code(caught) == "same_file"


def docx(**parts: bytes) -> bytes:
    """Return a document with further parts."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        target.writestr("[Content_Types].xml", b"<Types/>")
        target.writestr("word/document.xml", b"<w:document/>")
        for name, data in parts.items():
            target.writestr(name.replace("__", "/"), data)
    return out.getvalue()


FETCHES = b'<Relationships><Relationship Id="a" Type="x/attachedTemplate" Target="http://x/" TargetMode="External"/></Relationships>'
LINKS = b'<Relationships><Relationship Id="a" Type="x/relationships/hyperlink" Target="http://x/" TargetMode="External"/></Relationships>'


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"", "file_kind"), (b"MZ\x90", "file_kind"), (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "file_kind"), (b"PK\x03\x04 not one", "file_kind"),
        (docx(**{"word__vbaProject.bin": b"x"}), "file_acts"), (docx(**{"word___rels__settings.xml.rels": FETCHES}), "file_acts"),
        (docx(**{"word__embeddings__oleObject1.bin": b"x"}), "file_acts"), (docx(**{"big.bin": b"0" * (41 * 2**20)}), "file_kind"),
        (PDF.replace(b"/Catalog", b"/Catalog/OpenAction<</JS(x)>>"), "document_acts"), (b"0" * (10 * 2**20 + 1), "file_large"),
    ],
    ids=["empty", "program", "svg", "zip", "macro", "template", "inside", "bomb", "script", "large"],
)  # fmt: skip
def test_a_file_that_does_harm_is_not_kept(scene: Place, data: bytes, expected: str) -> None:
    with pytest.raises(Invalid) as caught:
        services.add_material(scene.practice, title="Tệp", data=data, actor=scene.clerk)
    assert code(caught) == expected
    assert not scene.practice.materials.exists()


def test_a_plain_document_with_a_link_is_kept(scene: Place) -> None:
    made = services.add_material(scene.practice, title="Mẫu", data=docx(**{"word___rels__document.xml.rels": LINKS}), actor=scene.clerk)
    assert made.ending == "docx"


def test_one_older_than_its_unit_began_on_a_former_units_ground(scene: Place) -> None:
    """A hamlet goes on under the new commune; a commune was merged from two, and it is said from which."""
    of_hamlet = services.create(scene.hamlet, facts("Của khu phố"), TEXT, actor=TESTER)
    Unit.objects.filter(pk__in=(scene.hamlet.pk, scene.commune.pk)).update(valid_from=REFORM)
    assert services.start(of_hamlet, on=date(2023, 3, 1), actor=TESTER).founded_in == scene.hamlet.predecessors().get()
    of_commune = services.create(scene.commune, facts("Của xã"), TEXT, actor=TESTER)
    for ground, expected in ((None, "which_ground"), (scene.other, "ground_not_standing")):
        with pytest.raises(Invalid) as caught:
            services.start(of_commune, on=date(2023, 3, 1), ground=ground, actor=TESTER)
        assert code(caught) == expected
    begun = services.start(of_commune, on=date(2023, 3, 1), ground=scene.phuoc_tuy, actor=TESTER)
    assert (begun.founded_in, begun.unit, begun.revisions.get().on) == (scene.phuoc_tuy, scene.commune, date(2023, 3, 1))
    assert services.act(begun, kind="praise", body=scene.district_committee, number="7/QĐ-UBND", on=date(2024, 1, 5), actor=TESTER).pk
