"""Slips of writing: found, shown, and mended where there is one right form."""

from __future__ import annotations

import pytest
from django.urls import reverse
from wagtail.models import TaskState

from liengia.portal import slips, workflow
from liengia.portal.models import ArticlePage
from tests.portal.pages_scene import block
from tests.portal.test_editing import Office, browser, form_of, lay, office  # noqa: F401  (fixtures)


@pytest.mark.parametrize(
    ("text", "right"),
    [
        ('Ông nói: "Bà con cứ hỏi».', "Ông nói: “Bà con cứ hỏi”."),
        ("«Lắng nghe» và \"trả lời\"", "“Lắng nghe” và “trả lời”"),
        ("Công\u00a0an  xã , bà con", "Công an xã, bà con"),
        ("có\u200b dấu ẩn\ufeff", "có dấu ẩn"),
        ("lúc 10 : 50 ; ngày 1.500", "lúc 10 : 50; ngày 1.500".replace("10 : 50", "10: 50")),
        ('màn hình 12" mới', 'màn hình 12" mới'),
        ("Đúng rồi: “như vậy”, 10:50, 1.500 đồng…", "Đúng rồi: “như vậy”, 10:50, 1.500 đồng…"),
        ("", ""),
    ],
)
def test_spaces_and_quotation_marks_have_one_right_form(text: str, right: str) -> None:
    assert slips.mended(text) == right and slips.mended(right) == right


def test_a_text_without_slips_is_left_in_peace() -> None:
    assert not list(slips.slips_in("Lực lượng nòng cốt: “Công an xã”, 10:50, 1.500 đồng. Xong…", "x"))


def test_misspellings_are_named_with_the_right_form_and_come_with_a_source() -> None:
    found = list(slips.slips_in("Phát huy vai trò Nồng cốt", "Lời dẫn"))
    assert len(found) == 1 and "nòng cốt" in str(found[0].says) and not found[0].is_mendable
    assert all(one.source and one.wrong != one.right for one in slips.misspellings())
    for one in slips.misspellings():
        assert not list(slips.slips_in(one.right, "x")), one


def test_the_list_names_only_what_is_wrong_wherever_it_stands() -> None:
    listed = slips.misspellings()
    assert len(listed) > 150 and len({one.wrong for one in listed}) == len(listed)
    assert not {one.wrong for one in listed} & {one.right for one in listed}, "no right form is called wrong"
    right = (
        "Bà con cũng cố gắng hết sức, phân chia sẽ công bằng, học tập chung một lớp. Dấu hiệu xuất hiện từ khả năng xuất hàng. "
        "Xã dành giải thưởng cho ấp, giành cho được lòng dân, để giành lại lối đi. Nói trung thực, kể truyện cổ tích, đóng dấu tên."
    )
    assert not list(slips.slips_in(right, "x"))
    assert [str(one.says) for one in slips.slips_in("Lảnh đạo xã nổ lực sữa chữa vĩa hè.", "x")] and len(list(slips.slips_in("Lảnh đạo xã nổ lực sữa chữa vĩa hè.", "x"))) == 4


def test_markup_is_left_alone() -> None:
    html = '<p>Xem <a href="https://x.vn/?a=1&amp;b=2">"trang  này"</a> &amp; <b>hỏi</b> .</p>'
    assert slips.mended_html(html) == '<p>Xem <a href="https://x.vn/?a=1&amp;b=2">“trang này”</a> &amp; <b>hỏi</b> .</p>'


def test_capitals() -> None:
    assert slips.is_shouted("CÔNG AN XÃ LẮNG NGHE") and not slips.is_shouted("Công an xã") and not slips.is_shouted("UBND")


@pytest.mark.django_db
def test_saving_warns_and_one_act_mends_without_publishing(office: Office) -> None:  # noqa: F811
    client = browser(office.editor)
    answer = client.post(reverse("wagtailadmin_pages:edit", args=[office.page.pk]), form_of(office.page, lead='Nồng cốt  "là dân»'), follow=True)
    html = answer.content.decode()
    address = f"/quan-tri/loi-viet/{office.page.pk}/"
    assert address in html
    listed = client.get(address).content.decode()
    assert "nòng cốt" in listed and "hai dấu cách liền nhau" in listed
    assert "Đã sửa" in client.post(address, follow=True).content.decode()
    office.page.refresh_from_db()
    draft = office.page.get_latest_revision_as_object()
    assert "  " not in draft.lead and draft.lead.startswith("Nồng cốt “là dân”")
    assert ArticlePage.objects.get(pk=office.page.pk).live is False
    foreign = browser(office.stranger)
    assert foreign.get(address).status_code == 404 and foreign.post(address).status_code == 404


@pytest.mark.django_db
def test_the_words_of_blocks_are_mended_too_and_nothing_else(office: Office) -> None:  # noqa: F811
    page = office.area.article(
        "Bài khối", live=False, under=office.area.portal_news,
        body=[block("paragraph", "<p>Một  «đoạn»</p>"), block("quotation", {"text": "Nói  vậy", "who": "Cô  Lụa", "role": ""}), block("linked", {"kind": "x", "key": "a  b"})],
    )  # fmt: skip
    page.save_revision(user=office.editor)
    assert slips.mend(page, user=office.editor) >= 3
    page.refresh_from_db()
    body = page.get_latest_revision_as_object().body.get_prep_value()
    assert body[0]["value"] == "<p>Một “đoạn”</p>" and body[1]["value"]["who"] == "Cô Lụa" and body[2]["value"]["key"] == "a  b"


@pytest.mark.django_db
def test_what_waits_is_not_mended_behind_the_approver(office: Office) -> None:  # noqa: F811
    page = office.page
    page.lead = "Hai  dấu cách"
    page.save_revision(user=office.editor)
    page.get_workflow().start(page, office.editor)
    before = page.revisions.count()
    assert browser(office.editor).post(f"/quan-tri/loi-viet/{page.pk}/").status_code == 302
    assert page.revisions.count() == before
    workflow.take_back(TaskState.objects.get(status="in_progress"), user=office.editor)
    assert browser(office.editor).post(f"/quan-tri/loi-viet/{page.pk}/").status_code == 302
    assert page.revisions.count() == before + 1
