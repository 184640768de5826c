"""Bulletins in the back office: two people on the pages, what was typed stays, nobody of elsewhere sees anything."""

from __future__ import annotations

import calendar
import io
import json
import re
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import translation
from PIL import Image

from liengia.broadcast import audiences
from liengia.broadcast.models import (
    Bulletin,
    ChannelAccount,
    Delivery,
    ReadyText,
    UnitCost,
    VoiceRules,
    ZaloGroup,
)
from liengia.broadcast.services import bulletins, outbox, planning
from liengia.core import clock
from liengia.people import menu
from liengia.people import services as people
from liengia.people.models import User
from tests import factories
from tests.broadcast.given import Notes, Voice, approved, drafted
from tests.cast import TESTER
from tests.people.conftest import signed_in

BASE = "/quan-tri/ban-tin/"


def into(who: User) -> Client:
    return signed_in(who, second_factor=True)


def typed(scene: Voice, **changes: Any) -> dict[str, Any]:
    return {
        "unit": scene.cast.commune.pk, "kind": "law", "priority": "normal", "headline": "Cảnh giác cuộc gọi lạ", "text": "Bà con không chuyển tiền.",
        "areas": [scene.cast.commune.pk], "channels": ["notes"], "repeats": "once", "is_public": "on", **changes,
    }  # fmt: skip


def test_one_writes_another_approves_and_the_pages_say_what_came_of_it(scene: Voice, notes: Notes) -> None:
    UnitCost.objects.create(unit=scene.cast.commune, channel="notes", amount_vnd=350, source="Hợp đồng số 4")
    editor, chairman = into(scene.editor), into(scene.chairman)
    assert editor.post(f"{BASE}moi/", typed(scene, submit="1")).status_code == 302
    row = Bulletin.objects.get()
    one = f"{BASE}{row.public_id}/"
    page = editor.get(one).content.decode()
    assert "chờ duyệt" in page and "3 nơi nhận" in page and "khoảng 1050 đồng" in page and f"{one}duyet/" not in page
    assert editor.post(f"{one}duyet/").status_code == 404
    assert "Chờ anh/chị duyệt" in chairman.get(BASE).content.decode()
    assert chairman.post(f"{one}tra-lai/", {"words": ""}).status_code == 422
    assert chairman.post(f"{one}tra-lai/", {"words": "Thêm số 113"}).status_code == 302
    assert "Thêm số 113" in editor.get(f"{one}sua/").content.decode()
    assert editor.post(f"{one}sua/", typed(scene, text="Bà con không chuyển tiền, gọi 113.", submit="1")).status_code == 302
    assert chairman.post(f"{one}duyet/").status_code == 302
    planning.plan_due()
    outbox.send_due("notes")
    assert notes.got[0].message.text.endswith("gọi 113.")
    page = editor.get(f"{one}ket-qua/").content.decode()
    assert "dành cho 3 nơi nhận" in page and "đã nhận gửi" in page.lower() and "kênh này không báo lại" in page and "Lụa" not in page
    assert "Theo kênh" in editor.get(f"{BASE}thang/").content.decode()
    assert editor.post(f"{one}tiep-theo/dinh-chinh/").status_code == 302 and Bulletin.objects.filter(msg_type="correction").exists()
    assert chairman.post(f"{one}thu-hoi/", {"why": ""}).status_code == 422
    assert chairman.post(f"{one}thu-hoi/", {"why": "Nhầm số"}).status_code == 302
    assert "Nhầm số" in editor.get(one).content.decode()


def test_a_way_that_reaches_nobody_says_why_before_and_afterwards(scene: Voice, notes: Notes) -> None:
    row = approved(scene, channels=["notes", "sms", "zalo", "phone_tree", "email"], areas=[scene.cast.other_commune])
    editor = into(scene.editor)
    form = editor.get(f"{BASE}moi/").content.decode()
    assert "Tin nhắn SMS (chưa có tài khoản)" in form and "Thư điện tử (chưa có máy chủ thư)" in form and "Loa (" not in form
    page = editor.get(f"{BASE}{row.public_id}/").content.decode()
    assert "Kênh này chưa có tài khoản nào được lập và bật" in page and "chưa có nhóm Zalo nào trong sổ" in page
    assert "Chưa hộ nào trong số đã chọn có số điện thoại" in page and "chưa khai báo máy chủ thư" in page and "/tai-khoan-kenh/" not in page
    planning.plan_due()
    page = editor.get(f"{BASE}{row.public_id}/ket-qua/").content.decode()
    assert page.count("chưa có nơi nhận nào") == 5 and "Kênh này chưa có tài khoản nào được lập và bật" in page
    ChannelAccount.objects.create(unit=scene.cast.commune, channel="sms", name="Tổng đài", is_on=True)
    assert "chưa ai đồng ý nhận qua kênh này" in editor.get(f"{BASE}{row.public_id}/").content.decode()


def test_what_waits_for_hands_is_said_though_all_else_is_through(scene: Voice, notes: Notes) -> None:
    ZaloGroup.objects.create(unit=scene.cast.hamlet, name="Nhóm Khu phố 5")
    row = approved(scene, channels=["notes", "zalo"])
    planning.plan_due()
    outbox.send_due("notes")
    planning.settle_finished()
    row.refresh_from_db()
    editor = into(scene.editor)
    assert row.state == "finished"
    for where in ("", f"{row.public_id}/", f"{row.public_id}/ket-qua/"):
        assert "còn 1 nhóm Zalo chờ đăng tay" in editor.get(f"{BASE}{where}").content.decode(), where
    page = editor.get(f"{BASE}{row.public_id}/").content.decode()
    assert "đã phát, còn việc làm tay" in page and "Các kênh khác đã phát xong" in page and "Trước mỗi lần phát, hệ thống so lại" in page
    Delivery.objects.waiting().update(state="accepted", address="")
    assert "chờ đăng tay" not in (page := editor.get(BASE).content.decode()) and "đã phát xong" in page


def test_the_months_picture_has_a_bar_a_day_and_tells_them_as_a_table(scene: Voice, notes: Notes) -> None:
    approved(scene)
    planning.plan_due()
    page = into(scene.editor).get(f"{BASE}thang/").content.decode()
    days = calendar.monthrange(clock.today().year, clock.today().month)[1]
    assert page.count('<rect class="part" x="') == days and f'viewBox="0 0 {days}0 100"' in page
    assert f'<th scope="row">{clock.today():%d/%m}</th><td>1</td>' in page and "Nhiều nhất 1 lần phát trong một ngày" in page


def test_what_was_typed_stays_when_it_is_refused(scene: Voice, notes: Notes) -> None:
    editor = into(scene.editor)
    page = editor.post(f"{BASE}moi/", typed(scene, headline="", text="Lời đã gõ", lunar_days="40")).content.decode()
    assert "Lời đã gõ" in page and "Ngày âm lịch từ 1 đến 30" in page and not Bulletin.objects.exists()
    assert editor.post(f"{BASE}moi/", typed(scene, channels=["la"])).status_code == 200 and not Bulletin.objects.exists()


def test_a_picture_is_kept_clean_and_a_file_that_is_none_says_so(scene: Voice, notes: Notes) -> None:
    editor, out = into(scene.editor), io.BytesIO()
    Image.new("RGB", (2000, 900), "navy").save(out, "PNG")
    editor.post(f"{BASE}moi/", typed(scene, picture=SimpleUploadedFile("a.png", out.getvalue())))
    row = Bulletin.objects.get()
    answer = editor.get(f"{BASE}{row.public_id}/hinh.jpg")
    data = b"".join(answer.streaming_content)  # type: ignore[arg-type,attr-defined]
    assert Image.open(io.BytesIO(data)).size[0] == 1600
    page = editor.post(f"{BASE}moi/", typed(scene, headline="Hai", picture=SimpleUploadedFile("a.png", b"<svg>"))).content.decode()
    assert "không phải" in page.lower() or "không đọc được" in page.lower()
    assert Bulletin.objects.count() == 1


def test_nobody_of_another_commune_sees_or_touches_a_bulletin(scene: Voice, notes: Notes) -> None:
    row = approved(scene)
    stranger = factories.user("khachxa", "Người Xã Khác", is_staff=True)
    people.assign_role(stranger, "commune_approver", scene.cast.other_commune, actor=TESTER)
    other, one = into(stranger), f"{BASE}{row.public_id}/"
    assert row.headline not in other.get(BASE).content.decode()
    assert {other.get(one).status_code, other.get(f"{one}ket-qua/").status_code, other.post(f"{one}thu-hoi/", {"why": "x"}).status_code} == {404}
    assert Client().get(one).status_code == 302


def test_a_duty_officer_sends_an_emergency_alone_and_the_chairman_reviews_it(scene: Voice, notes: Notes) -> None:
    duty, desk = into(scene.cast.truc), "/truc/khan-cap/"
    text = ReadyText.objects.get(code="alone-fire")
    assert text.headline in duty.get(desk).content.decode()
    page = duty.get(f"{desk}{text.public_id}/").content.decode()
    assert "nơi cháy" in page and "lối xe vào" in page
    asked = {"unit": scene.cast.commune.pk, "blank_0": "chợ Cần Đước", "blank_1": "", "areas": [scene.cast.commune.pk], "channels": ["notes"]}
    assert "chợ Cần Đước" in duty.post(f"{desk}{text.public_id}/", asked).content.decode() and not Bulletin.objects.exists()
    named = {**asked, "blank_1": "cổng nhà ông Nguyễn Văn Tám"}
    page = duty.post(f"{desk}{text.public_id}/", named).content.decode()
    assert "nêu tên" in page and 'name="names_nobody"' in page and not Bulletin.objects.exists()
    answer = duty.post(f"{desk}{text.public_id}/", {**asked, "blank_1": "cổng sau"})
    row = Bulletin.objects.get()
    assert answer["Location"] == f"/truc/da-phat/{row.public_id}/" and row.headline == "Có cháy tại chợ Cần Đước" and row.was_sent_alone
    planning.plan_due()
    outbox.send_due("notes")
    assert "chưa rà soát" in duty.get(answer["Location"]).content.decode()
    assert duty.post(f"{answer['Location']}thu-hoi/", {"why": "x"}).status_code == 404, "a duty officer does not withdraw"
    chairman = into(scene.chairman)
    assert "cần rà soát" in chairman.get(BASE).content.decode()
    assert chairman.post(f"{BASE}{row.public_id}/ra-soat/", {"words": "Đúng"}).status_code == 302
    row.refresh_from_db()
    assert row.reviewed_by == scene.chairman
    assert into(scene.editor).get(desk).status_code == 404


def test_ready_texts_are_kept_shared_and_only_an_approver_lets_one_be_sent_alone(scene: Voice, notes: Notes) -> None:
    editor = into(scene.editor)
    texts = f"{BASE}bai-soan-san/"
    assert "giả danh Công an" in editor.get(texts, {"q": "gia danh cong an"}).content.decode()
    asked = {"unit": scene.cast.commune.pk, "kind": "law", "event": "", "headline": "Bài của xã", "text": "Lời", "may_be_sent_alone": "on"}
    assert "Chỉ người duyệt" in editor.post(f"{texts}moi/", asked).content.decode()
    asked.pop("may_be_sent_alone")
    assert editor.post(f"{texts}moi/", asked).status_code == 302
    mine = ReadyText.objects.get(headline="Bài của xã")
    assert mine.unit == scene.cast.commune
    saved = editor.get(f"{texts}tep.json").content
    assert "Bài của xã" in json.loads(saved)["texts"][-1]["headline"] or "Bài của xã" in saved.decode()
    before = ReadyText.objects.count()
    editor.post(f"{texts}nhan/", {"unit": scene.cast.commune.pk, "file": SimpleUploadedFile("a.json", saved)})
    assert ReadyText.objects.count() == before + 22 and not ReadyText.objects.filter(unit=scene.cast.commune, may_be_sent_alone=True).exists()
    ReadyText.objects.filter(pk=mine.pk).update(may_be_sent_alone=True)
    assert editor.post(f"{texts}{mine.public_id}/bo/").status_code == 404, "what the desk sends alone is taken away by an approver only"
    ReadyText.objects.filter(pk=mine.pk).update(may_be_sent_alone=False)
    assert editor.post(f"{texts}{mine.public_id}/bo/").status_code == 302 and "Bài của xã" not in editor.get(texts, {"q": "bai cua xa"}).content.decode()


@pytest.mark.parametrize(
    "data", (b"", b"{}", b"[" * 50_000, b'{"format":"liengia-ready-texts/1","texts":[1]}', b'{"format":"liengia-ready-texts/1","texts":[{"headline":"a","text":"b","kind":"sai"}]}', b"x" * 1_100_000)
)
def test_a_hostile_file_of_texts_changes_nothing(scene: Voice, notes: Notes, data: bytes) -> None:
    before = ReadyText.objects.count()
    into(scene.editor).post(f"{BASE}bai-soan-san/nhan/", {"unit": scene.cast.commune.pk, "file": SimpleUploadedFile("a.json", data)})
    assert ReadyText.objects.count() == before


def test_quiet_hours_are_set_by_who_sets_up_the_commune(scene: Voice, notes: Notes) -> None:
    quan = into(scene.cast.quan)
    assert into(scene.editor).get(f"{BASE}quy-dinh/").status_code == 404
    answer = quan.post(f"{BASE}quy-dinh/", {"unit": scene.cast.commune.pk, "quiet_from": "20:30", "quiet_to": "06:30", "most_a_day": "3"})
    assert answer.status_code == 302 and VoiceRules.objects.get(unit=scene.cast.commune).most_a_day == 3


def test_the_day_s_work_names_what_waits_for_whom(scene: Voice, notes: Notes) -> None:
    row = bulletins.submit(drafted(scene), actor=scene.by(scene.editor))

    def words(who: User) -> list[str]:
        with translation.override("vi"):
            return [str(one.text) for one in menu.today(who) if row.public_id in one.url]

    assert words(scene.chairman) == [f"Bản tin “{row.headline}” chờ duyệt"] and words(scene.editor) == []
    bulletins.send_back(row, words="Ghi rõ giờ", actor=scene.by(scene.chairman))
    assert words(scene.chairman) == [] and words(scene.editor) == [f"Bị trả lại, cần sửa: “{row.headline}”"]
    bulletins.approve(bulletins.submit(Bulletin.objects.get(pk=row.pk), actor=scene.by(scene.editor)), actor=scene.by(scene.chairman))
    assert words(scene.chairman) == words(scene.editor) == []


def test_a_new_bulletin_begins_with_the_whole_commune_and_what_lacks_something_stays_in_the_form(scene: Voice, notes: Notes) -> None:
    editor = into(scene.editor)
    page = editor.get(f"{BASE}moi/").content.decode()
    assert re.search(rf'name="areas" value="{scene.cast.commune.pk}"[^>]*checked', page)
    answer = editor.post(f"{BASE}moi/", typed(scene, submit="1", areas=[]))
    row = Bulletin.objects.get()
    assert answer.status_code == 302 and answer["Location"].endswith(f"{row.public_id}/sua/") and row.state == "draft"


def test_the_verbs_of_a_bulletin_in_force_are_no_change_of_a_draft(scene: Voice, notes: Notes) -> None:
    page = into(scene.editor).get(f"{BASE}{approved(scene).public_id}/").content.decode()
    assert "Phát đính chính</button>" in page and "Phát tin cập nhật</button>" in page and ">Sửa<" not in page
    assert "chờ phát" in page and ": hạn" not in page


def test_whom_it_is_for_is_said_of_groups_and_offices_too_and_the_voice_is_heard_before(scene: Voice, notes: Notes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(audiences, "group_choices", lambda unit: [("to-3", "Tổ liên gia số 3")])
    row = drafted(scene, areas=[], groups=["to-3"], roles=["hamlet_head"], channels=["loudspeaker"])
    chairman, one = into(scene.chairman), f"{BASE}{row.public_id}/"
    page = chairman.get(one).content.decode()
    assert "Tổ liên gia số 3, Trưởng ấp" in page and f"{one}nghe.wav" in page
    sound = chairman.get(f"{one}nghe.wav")
    assert sound["Content-Type"] == "audio/wav" and b"".join(sound).startswith(b"RIFF")
    assert Client().get(f"{one}nghe.wav").status_code == 302


def test_who_only_sends_emergencies_reads_the_library_and_changes_nothing(scene: Voice, notes: Notes) -> None:
    for role in ("commander", "auditor"):  # the second lets them into the office, and gives nothing here
        people.assign_role(scene.cast.khach, role, scene.cast.commune, actor=TESTER)
    scene.cast.khach.is_staff = True
    scene.cast.khach.save()
    page = into(scene.cast.khach).get(f"{BASE}bai-soan-san/")
    assert page.status_code == 200 and f"{BASE}bai-soan-san/moi/" not in page.content.decode() and "được một mình phát" in page.content.decode()
