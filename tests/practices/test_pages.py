"""The pages: what everybody reads, and the office from a new practice to its end."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from datetime import date
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from liengia.core import linked, search
from liengia.core.actor import Actor
from liengia.people.models import User
from liengia.practices import chores, reform, services
from liengia.practices.models import Campaign, Exemplar, Practice
from liengia.units.models import Unit
from tests.cast import TESTER
from tests.people.conftest import signed_in
from tests.practices.given import PDF, TEXT, Place, facts, picture, running
from tests.practices.test_campaigns import NAME, campaign, exemplar
from tests.practices.test_transfer import from_elsewhere

BASE = "/quan-tri/mo-hinh/"


def into(who: User) -> Client:
    """Return a browser in which somebody has signed in with a second factor."""
    return signed_in(who, second_factor=True)


def read(path: str) -> str:
    """Return a public page."""
    answer = Client().get(path)
    assert answer.status_code == 200, path
    return answer.content.decode()


def test_the_list_shows_the_eight_and_finds_by_everything(scene: Place) -> None:
    page = read("/mo-hinh/")
    assert page.count("card link") >= 9 and "Tiếng loa an ninh trật tự" in page and "Tổ liên gia Khu phố 5" in page
    assert "Tổ liên gia Khu phố 5" in read(f"/mo-hinh/?xa={scene.commune.code}&loai=fire&trang-thai=running&q=to lien gia")
    for query in (f"xa={scene.other.code}", "loai=light", "trang-thai=ended", "q=khong co"):
        assert "Tổ liên gia Khu phố 5" not in read(f"/mo-hinh/?{query}")
    assert "csrf" not in page and "nonce" not in page


def test_one_practice_tells_its_figures_acts_and_origin(scene: Place) -> None:
    child = running(scene, scene.other)
    services.add_tie(scene.practice, code="alarms.groups", actor=TESTER)
    own = services.add_material(scene.practice, title="Báo cáo quý", data=PDF, is_evidence=True, actor=TESTER)
    copy = services.add_material(scene.practice, title="Quy chế", data=picture(), actor=TESTER)
    services.claim(scene.practice, label="Bình đã nạp lại", value=1_215, on=date(2026, 6, 1), evidence=own, actor=TESTER)
    services.act(scene.practice, kind="praise", body=scene.provincial, number="99/QĐ-UBND", on=date(2026, 5, 1), actor=TESTER)
    page = read(f"/mo-hinh/{scene.practice.public_id}/")
    for words in ("Theo báo cáo, có minh chứng", "1.215", "Đếm tại đây", "99/QĐ-UBND", "Ủy ban nhân dân tỉnh Tây Ninh", "Quy chế", "1.200.000"):
        assert words in page, words
    assert "Góp theo chợ." in read(f"/mo-hinh/{child.public_id}/")
    base = f"/mo-hinh/{scene.practice.public_id}/tep"
    served = Client().get(f"{base}/{copy.pk}/")
    assert served.content[:4] == b"RIFF" and served["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert served["Content-Disposition"] == f'inline; filename="quy-che-{copy.pk}.webp"'
    assert Client().get(f"{base}/{own.pk}/").status_code == 200, "evidence of a figure that is shown"
    unused = services.add_material(scene.practice, title="Khác", data=picture("blue"), is_evidence=True, actor=TESTER)
    assert Client().get(f"{base}/{unused.pk}/").status_code == 404
    assert Client().get(f"/mo-hinh/{child.public_id}/tep/{copy.pk}/").status_code == 404


def test_tree_map_comparison_and_its_csv_show_the_replication(scene: Place) -> None:
    child = running(scene, scene.other, name="=1+1 tổ")
    page = read(f"/mo-hinh/{scene.practice.public_id}/lan-toa/")
    assert page.count("<rect") == 2 and f"/mo-hinh/{child.public_id}/" in page
    services.add_tie(child, code="alarms.groups", actor=TESTER)
    assert "Rạch Kiến" in read(f"/mo-hinh/{scene.practice.public_id}/so-sanh/")
    rows = list(csv.reader(io.StringIO(Client().get(f"/mo-hinh/{child.public_id}/so-sanh.csv").content.decode("utf-8-sig"))))
    assert len(rows) == 3 and rows[0][-1] == "tổ liên gia an toàn PCCC"
    assert {row[0] for row in rows[1:]} == {scene.practice.name, "'=1+1 tổ"}


def test_the_checklist_works_out_what_was_typed(scene: Place) -> None:
    base = f"/mo-hinh/{scene.practice.public_id}/o-day-can-gi/"
    assert "Bình chữa cháy" in read(base)
    page = read(f"{base}?xa={scene.commune.code}&household=40&group=3")
    assert "48.000.000" in page and ">40<" in page
    for wrong in ("xa=khong", "household=-1", "household=x", "group=99999999999999999999"):
        assert "Bình chữa cháy" in read(f"{base}?{wrong}")


def test_what_is_not_public_is_absent_everywhere(scene: Place) -> None:
    services.hide(scene.practice, actor=TESTER)
    for path in ("", "lan-toa/", "so-sanh/", "so-sanh.csv", "o-day-can-gi/", "mo-hinh.zip"):
        assert Client().get(f"/mo-hinh/{scene.practice.public_id}/{path}").status_code == 404
    assert linked.card("practice", scene.practice.public_id) is None
    assert not search.find("Tổ liên gia Khu phố 5", kinds=["practice"], unit_ids=[scene.hamlet.pk]).hits


def test_search_and_articles_find_a_public_one(scene: Place) -> None:
    card = linked.card("practice", scene.practice.public_id)
    assert card is not None and card.title == scene.practice.name
    assert search.find("to lien gia", kinds=["practice"], unit_ids=[scene.hamlet.pk]).hits


def test_search_shows_a_line_once_with_the_places_where_it_runs(scene: Place) -> None:
    child = running(scene, scene.other, name=scene.practice.name)
    page = read("/tim/?q=to+lien+gia+khu+pho+5")
    assert page.count("<li><h2") == 1 and "Cũng có ở:" in page
    assert all(f'href="/mo-hinh/{one.public_id}/"' in page for one in (scene.practice, child))


def test_a_file_is_fetched_by_everybody(scene: Place) -> None:
    data = Client().get(f"/mo-hinh/{scene.practice.public_id}/mo-hinh.zip").content
    with zipfile.ZipFile(io.BytesIO(data)) as source:
        assert source.namelist() == ["manifest.json"]


def test_an_exemplar_is_named_by_agreement_alone(scene: Place) -> None:
    held = campaign(scene)
    made = exemplar(scene, held)
    services.register_in(held, scene.practice, actor=TESTER)
    services.review_registration(made, is_recognised=True, finding="Hẻm đã mở.", actor=TESTER)
    path = f"/mo-hinh/dan-van-kheo/{held.public_id}/"
    assert NAME not in read(path) and scene.practice.name in read(path) and held.name in read("/mo-hinh/dan-van-kheo/")
    row = Exemplar.objects.get()
    services.consent(row, on=date(2026, 8, 9), how="giấy ký", actor=TESTER)
    assert NAME in read(path)
    services.withdraw(row, actor=TESTER)
    assert NAME not in read(path)


# The office


def typed(scene: Place, **changes: Any) -> dict[str, Any]:
    """Return the form of a new practice."""
    return {
        "unit": scene.hamlet.pk, "name": "Bếp ăn chung mùa lũ", "kind": "other", "summary": "Nước lên, cả xóm ăn chung.", "problem": "Nước lên, nhà neo đơn thiếu ăn.",
        "how": "- Mỗi nhà góp gạo.\n- Đội xuồng đem tới.", "cost": "200000", "cost_basis": "household", "needs": "Nồi lớn | 2 | điểm\nXuồng\nTổ | 1 | tổ | tổ liên gia an toàn PCCC",
        **changes,
    }  # fmt: skip


def test_the_office_from_a_ninth_practice_to_its_end(scene: Place) -> None:
    clerk, chairman = into(scene.desk.here.duyen), into(scene.desk.here.chairman)
    assert "Nhân rộng mô hình đã có" in clerk.get(BASE).content.decode()
    refused = clerk.post(f"{BASE}moi/", typed(scene, needs="Nồi | nhiều"))
    assert refused.status_code == 200 and "bao nhiêu phải là số nguyên" in refused.content.decode() and "Nồi | nhiều" in refused.content.decode()
    answer = clerk.post(f"{BASE}moi/", typed(scene))
    made = Practice.objects.get(name="Bếp ăn chung mùa lũ")
    own = f"{BASE}{made.public_id}/"
    assert answer["Location"] == own
    assert [(one.quantity, one.basis, one.count) for one in made.revisions.get().needs.all()] == [(2, "point", ""), (1, "once", ""), (1, "group", "alarms.groups")]
    page = clerk.get(own).content.decode()
    assert "bieu-duong" not in page and "Đưa ra trang chung" not in page, "a clerk does not decide"
    assert clerk.post(f"{own}hien/").status_code == 404 and clerk.post(f"{own}lam/ket-thuc/", {"on": "2026-08-10", "reason": "x"}).status_code == 404
    assert clerk.post(f"{own}lam/bat-dau/", {"on": "2026-08-11"}).status_code == 422
    assert clerk.post(f"{own}lam/bat-dau/", {"on": "2026-08-01"}).status_code == 302
    assert clerk.post(f"{own}sua/", {**typed(scene), "name": "Bếp chung mùa nước nổi"}).status_code == 302
    assert "Mỗi nhà góp gạo." in clerk.get(f"{own}nang-cap/").content.decode()
    assert clerk.post(f"{own}nang-cap/", {**typed(scene), "changed": "Thêm bếp gas", "on": "2026-08-09"}).status_code == 302
    assert clerk.post(f"{own}lam/tep/", {"title": "Mẫu sổ", "file": SimpleUploadedFile("a.pdf", PDF)}).status_code == 302
    assert clerk.post(f"{own}lam/tep/", {"title": "Xấu", "file": SimpleUploadedFile("a.pdf", b"MZ")}).status_code == 422
    assert clerk.post(f"{own}lam/dem/", {"code": "alarms.groups"}).status_code == 302
    material = made.materials.get()
    assert clerk.post(f"{own}lam/so-bao-cao/", {"label": "Suất ăn", "value": "420", "on": "2026-08-05", "evidence": material.pk}).status_code == 302
    assert clerk.post(f"{own}bo/tep/{material.pk}/").status_code == 302 and made.materials.exists(), "a figure stands on it"
    assert clerk.post(f"{own}bo/dem/{made.ties.get().pk}/").status_code == 302 and not made.ties.exists()
    assert chairman.post(f"{own}hien/", {"do": "show"}).status_code == 302
    body = scene.desk.committee.organisation
    assert body is not None
    act = {"kind": "praise", "body": body.pk, "number": "15/QĐ-UBND", "on": "2026-08-10", "text": "Biểu dương."}
    assert chairman.post(f"{own}lam/bieu-duong/", act).status_code == 302
    assert chairman.post(f"{own}lam/xem-lai/", {"year": "2026", "on": "2026-08-10", "decision": "keep", "reasons": "Còn cần."}).status_code == 302
    assert chairman.post(f"{own}lam/nguon-goc/", {"parent": scene.practice.pk}).status_code == 302
    page = read(f"/mo-hinh/{made.public_id}/")
    for words in ("Bếp chung mùa nước nổi", "15/QĐ-UBND", "Suất ăn", "Còn cần.", "Thêm bếp gas", "Khu phố 5"):
        assert words in page, words
    assert chairman.post(f"{own}lam/ket-thuc/", {"on": "2026-08-10", "reason": "Đê đã xong."}).status_code == 302
    assert "Đê đã xong." in read(f"/mo-hinh/{made.public_id}/") and "Đê đã xong." in clerk.get(own).content.decode()


def test_another_communes_office_replicates_and_touches_nothing_else(scene: Place) -> None:
    from liengia.people import services as people
    from tests import factories

    stranger = factories.user("rachkien", "Người Rạch Kiến", is_staff=True)
    people.assign_role(stranger, "commune_admin", scene.other, actor=TESTER)
    them, own = into(stranger), f"{BASE}{scene.practice.public_id}/"
    for path in ("", "sua/", "nang-cap/", "mo-hinh.zip"):
        assert them.get(f"{own}{path}").status_code == 404
    for path in ("hien/", "lam/ket-thuc/", "bo/tep/1/"):
        assert them.post(f"{own}{path}").status_code == 404
    assert f'href="{own}nhan-rong/"' in them.get(f"{BASE}?q=to lien gia").content.decode(), "who looks for it by name is led there"
    assert f'href="{own}nhan-rong/"' not in into(User.objects.get(pk=scene.clerk.user_id)).get(f"{BASE}?q=to lien gia").content.decode(), "one's own stands in the register"
    assert them.post(f"{own}nhan-rong/", {"unit": scene.commune.pk, "changed": ""}).status_code == 200, "not their unit"
    assert them.post(f"{own}nhan-rong/", {"unit": scene.other.pk, "changed": "Góp theo chợ."}).status_code == 302
    child = Practice.objects.get(unit=scene.other)
    assert child.replicated_from_id == scene.practice.pk
    assert "Góp theo chợ." in them.get(f"{BASE}{child.public_id}/").content.decode(), "who reviews it sees what is done differently"
    services.hide(scene.practice, actor=TESTER)
    assert them.get(f"{own}nhan-rong/").status_code == 404


def test_an_editor_reads_who_publishes_and_asks_them(scene: Place) -> None:
    services.hide(scene.practice, actor=TESTER)
    editor, chairman = signed_in(scene.desk.here.duyen, second_factor=True), signed_in(scene.desk.here.chairman, second_factor=True)
    address = f"/quan-tri/mo-hinh/{scene.practice.public_id}/"
    page = editor.get(address).content.decode()
    assert str(scene.desk.here.chairman) in page and "Đề nghị công khai" in page and "/hien/" not in page
    assert editor.post(f"{address}hien/").status_code == 404
    other = services.create(scene.hamlet, facts("Mô hình thứ chín"), TEXT, actor=scene.clerk)
    for _ in range(2):
        assert editor.post(f"{address}xin-cong-khai/").status_code == 302
    assert "Đã đề nghị ngày" in editor.get(address).content.decode()
    register = chairman.get("/quan-tri/mo-hinh/").content.decode()
    assert "người soạn đề nghị công khai" in register and register.index(scene.practice.name) < register.index(other.name)
    assert "người soạn đề nghị công khai" in chairman.get(address).content.decode()
    assert scene.practice.name in " ".join(str(one.text) for one in chores.today(scene.desk.here.chairman)), "it is on the day's list, though it was hidden on purpose before"
    assert chairman.post(f"{address}hien/").status_code == 404, "it is said whether to show or to hide"
    assert chairman.post(f"{address}hien/", {"do": "show"}).status_code == 302
    scene.practice.refresh_from_db()
    assert scene.practice.is_public and scene.practice.publication_asked_on is None
    assert "người soạn đề nghị" not in chairman.get("/quan-tri/mo-hinh/").content.decode()
    assert "xin-cong-khai" not in editor.get(address).content.decode()


def test_where_no_map_can_be_drawn_it_is_said(scene: Place) -> None:
    page = Client().get(f"/mo-hinh/{scene.practice.public_id}/lan-toa/").content.decode()
    assert "có thêm nơi nhân rộng thì mới vẽ bản đồ" in page and "map-box" not in page


def test_a_file_is_seen_before_it_is_taken(scene: Place) -> None:
    clerk, editor = into(scene.desk.here.chairman), into(scene.desk.here.duyen)
    data, _child = from_elsewhere(scene)
    assert editor.get(f"{BASE}nhan-tep/").status_code == 404 and "nhan-tep/" not in editor.get(BASE).content.decode(), "what is taken in everybody reads: it is for those who publish"
    bad = clerk.post(f"{BASE}nhan-tep/", {"file": SimpleUploadedFile("a.zip", b"PK\x03\x04")})
    assert bad.status_code == 200 and "Không nhận được tệp này" in bad.content.decode()
    answer = clerk.post(f"{BASE}nhan-tep/", {"file": SimpleUploadedFile("a.zip", data)})
    before = Practice.objects.count()
    page = clerk.get(answer["Location"]).content.decode()
    assert ">Nhận các mô hình đã đánh dấu</button>" in page and "Không nhận" in page
    assert "Sẽ thêm vào localhost" in page and "Tệp lấy từ</dt><dd>localhost" in page, "which site is meant is said by its address"
    ticked = re.findall(r'name="only" value="([^"]+)" checked', page)
    assert len(ticked) == 2 and Practice.objects.count() == before, "seeing it takes nothing"
    assert into(scene.desk.here.cast.quan).get(answer["Location"]).status_code == 404, "another's file"
    assert editor.post(answer["Location"], {"only": ticked}).status_code == 404 and Practice.objects.count() == before
    for wrong in ([], ["x"], [str(scene.practice.uuid)]):
        refused = clerk.post(answer["Location"], {"only": wrong})
        assert refused.status_code == 200 and "problems" in refused.content.decode() and Practice.objects.count() == before, "none is ticked, or none of the file"
    assert clerk.post(answer["Location"], {"only": ticked}).status_code == 302
    assert Practice.objects.count() == before + 2
    again = clerk.post(answer["Location"], {"only": ticked})
    assert again.status_code == 200 and Practice.objects.count() == before + 2

    answer = clerk.post(f"{BASE}nhan-tep/", {"file": SimpleUploadedFile("a.zip", data)})
    page = clerk.get(answer["Location"]).content.decode()
    assert "không làm thay đổi gì ở localhost" in page and "giống như trong tệp: không làm gì (2)" in page and "<button class=\"button\">Nhận" not in page, "the same file a second time offers nothing to press"

    taken = Practice.objects.filter(unit=None, replicated_from__isnull=False).latest("pk")
    own = f"{BASE}nhan-tep/{taken.public_id}/hien/"
    assert own in clerk.get(f"{BASE}nhan-tep/").content.decode() and Client().get(f"/mo-hinh/{taken.public_id}/").status_code == 200
    assert editor.post(own).status_code == 404 and clerk.post(f"{BASE}nhan-tep/{scene.practice.public_id}/hien/").status_code == 404, "one that runs here has its own page"
    for wanted, words, status in (("hide", "Đã rút khỏi trang chung", 404), ("hide", "Đã như vậy rồi", 404), ("show", "Mọi người đọc được", 200), ("show", "Đã như vậy rồi", 200)):
        assert f'name="do" value="{"show" if Client().get(f"/mo-hinh/{taken.public_id}/").status_code == 404 else "hide"}"' in clerk.get(f"{BASE}nhan-tep/").content.decode()
        assert words in clerk.post(own, {"do": wanted}, follow=True).content.decode(), "who presses after a colleague undoes nothing, and reads so"
        assert Client().get(f"/mo-hinh/{taken.public_id}/").status_code == status


def test_the_campaign_in_the_office(scene: Place) -> None:
    front = into(scene.desk.here.front)
    form = {"unit": scene.commune.pk, "year": "2026", "name": "Dân vận khéo năm 2026", "registers_until": "2026-09-30"}
    address = front.post(f"{BASE}dan-van-kheo/moi/", form)["Location"]
    assert front.post(f"{address}them/mo-hinh/", {"practice": scene.practice.pk, "on": "2026-08-10"}).status_code == 302
    assert front.post(f"{address}them/guong/", {"unit": scene.hamlet.pk, "name": NAME, "deed": "Mở hẻm."}).status_code == 302
    assert front.post(f"{address}them/guong/", {"unit": scene.hamlet.pk, "name": "", "deed": "x"}).status_code == 422
    row = Exemplar.objects.get()
    key = row.registrations.get().pk
    assert front.post(f"{address}{key}/xet/", {"is_recognised": "1", "finding": "Tốt."}).status_code == 302
    assert front.post(f"{address}{key}/dong-y/", {"on": "2026-08-10", "how": ""}).status_code == 422
    assert front.post(f"{address}{key}/dong-y/", {"on": "2026-08-10", "how": "giấy ký"}).status_code == 302
    body = scene.desk.committee.organisation
    assert body is not None
    assert front.post(f"{address}{key}/khen/", {"body": body.pk, "number": "16/QĐ-UBND", "on": "2026-08-10"}).status_code == 302
    assert front.post(f"{address}dong/").status_code == 302, "the practice is not reviewed: told in words"
    page = front.get(address).content.decode()
    assert NAME in page and "16/QĐ-UBND" in page and "Còn đăng ký chưa xét." in page
    assert front.post(f"{address}{key}/rut/", {"seen": "1"}).status_code == 302
    assert NAME not in front.get(address).content.decode()
    assert front.post(f"{address}{key}/khen/", {}).status_code == 404
    assert into(scene.desk.here.duyen).get(address).status_code in (302, 404), "an editor holds no campaign"


@pytest.mark.parametrize("path", ["", "moi/", "nhan-tep/", "dan-van-kheo/", "dan-van-kheo/moi/"])
def test_residents_find_no_office(scene: Place, path: str) -> None:
    client = Client()
    client.force_login(scene.desk.here.cast.lua, backend="liengia.people.backends.PhoneBackend")
    assert client.get(f"{BASE}{path}").status_code in (302, 404)


# Time and switches


def test_a_reform_takes_it_along_and_keeps_where_it_began(scene: Place) -> None:
    new = Unit.objects.create(code="28109", name="Xã mới", kind="Xã", level="commune", parent=scene.commune.parent, valid_from=date(2027, 1, 1))
    own = services.create(scene.commune, facts("Của xã"), TEXT, actor=TESTER)
    services.start(own, on=date(2026, 3, 1), actor=TESTER)
    over = services.create(scene.commune, facts("Đã xong"), TEXT, actor=TESTER)
    services.start(over, on=date(2026, 3, 1), actor=TESTER)
    services.end(over, on=date(2026, 4, 1), reason="Xong", actor=TESTER)
    held = campaign(scene)
    assert reform.move_practices(scene.commune, new, on=date(2027, 1, 1), actor=TESTER) == 1
    assert reform.move_practices(scene.commune, new, on=date(2027, 1, 1), actor=TESTER) == 0
    Campaign.objects.filter(pk=held.pk).update(name="Dân vận khéo " * 12)
    for old in (scene.other, new):
        Campaign.objects.create(unit=old, year=held.year, name="Dân vận khéo " * 12, registers_until=held.registers_until)
    for old in (scene.commune, scene.other):
        assert reform.move_campaigns(old, new, on=date(2027, 1, 1), actor=TESTER) == 1
    names = list(Campaign.objects.filter(unit=new).values_list("name", flat=True))
    assert len(set(names)) == 3 and all(len(name) <= 160 for name in names) and any(scene.other.full_name in name for name in names)
    own.refresh_from_db()
    over.refresh_from_db()
    held.refresh_from_db()
    assert (own.unit, own.founded_in, over.unit, held.unit) == (new, scene.commune, scene.commune, new)


def test_a_commune_without_the_room_shows_none_of_its_practices(scene: Place) -> None:
    from liengia.units.services import switch_room

    switch_room(unit=scene.commune, room="practices", is_on=False, actor=Actor.system("test"))
    assert Client().get(f"/mo-hinh/{scene.practice.public_id}/").status_code == 404
    assert scene.practice.name not in read("/mo-hinh/")
    assert linked.card("practice", scene.practice.public_id) is None


# What is refused, and choices that are told apart


def test_a_refused_act_is_said_above_all_with_a_way_to_each_field(scene: Place) -> None:
    chairman, own = into(scene.desk.here.chairman), f"{BASE}{scene.practice.public_id}/"
    answer = chairman.post(f"{own}lam/bieu-duong/", {"kind": "replicate", "body": scene.provincial.pk, "number": "", "on": "2026-05-01"})
    page = answer.content.decode()
    assert answer.status_code == 422
    summary = page.index('class="notice problems"')
    assert page.index("Chưa ghi được: Ghi biểu dương hoặc chỉ đạo nhân rộng") < summary < page.index('class="papers-about"'), "above what stands about it"
    assert 'href="#id_bieu-duong_number"' in page[summary : page.index('class="papers-about"')] and 'id="id_bieu-duong_number"' in page
    assert "data-focus" in page and '<details class="portal-act practices-act" id="bieu-duong" open>' in page
    refused = chairman.post(f"{own}lam/bieu-duong/", {"kind": "replicate", "body": scene.provincial.pk, "number": "5", "on": "2026-05-01", "addressed": [scene.hamlet.pk, 999_999]})
    assert 'href="#id_bieu-duong_addressed"' in refused.content.decode() and 'id="id_bieu-duong_addressed"' in refused.content.decode()


def test_an_order_names_units_that_no_two_look_alike(scene: Place) -> None:
    from liengia.practices.act_forms import ActForm

    Unit.objects.create(code="28108-01", name="Ấp 1", kind="Ấp", level="hamlet", parent=scene.commune, origin="Tân Chánh", shares_name=True)
    Unit.objects.create(code="28108-02", name="Ấp 1", kind="Ấp", level="hamlet", parent=scene.commune, origin="Phước Tuy", shares_name=True)
    Unit.objects.create(code="28135-01", name="Ấp 1", kind="Ấp", level="hamlet", parent=scene.other)
    old = Practice.objects.create(unit=scene.commune, founded_in=scene.town, kind="fire", name="Cũ", summary="x", state="running", started_on=date(2023, 1, 5), family=scene.practice.family)
    groups = dict(ActForm(old).fields["addressed"].choices)  # type: ignore[attr-defined]
    labels = [words for units in groups.values() for _pk, words in units]
    assert len(set(labels)) == len(labels) and {"Ấp 1 (Tân Chánh cũ), xã Cần Đước", "Ấp 1 (Phước Tuy cũ), xã Cần Đước"} <= set(labels)
    assert "Ấp 1, xã Rạch Kiến" not in labels, "hamlets of another commune are not named one by one"
    assert {"Thị trấn Cần Đước, huyện Cần Đước (đến 30/06/2025)", "Xã Cần Đước"} <= set(labels)
    assert all("đến 30/06/2025" not in words for units in dict(ActForm(scene.practice).fields["addressed"].choices).values() for _pk, words in units), (  # type: ignore[attr-defined]
        "it began after the reform"
    )


def test_units_of_an_order_are_told_apart_on_the_public_page(scene: Place) -> None:
    hamlet = Unit.objects.create(code="28108-01", name="Ấp 1", kind="Ấp", level="hamlet", parent=scene.commune, origin="Tân Chánh", shares_name=True)
    services.act(scene.practice, kind="replicate", body=scene.provincial, number="9/KH", on=date(2026, 5, 1), addressed=[hamlet], actor=TESTER)
    assert "Ấp 1 (Tân Chánh cũ), xã Cần Đước" in read(f"/mo-hinh/{scene.practice.public_id}/")


def test_a_practice_of_a_merged_commune_is_told_from_that_of_its_namesake(scene: Place) -> None:
    old = Practice.objects.create(unit=scene.commune, founded_in=scene.town, kind="fire", name="Cũ", summary="x", state="running", started_on=date(2023, 1, 5), family=scene.practice.family)
    assert old.short_place == "Thị trấn Cần Đước (cũ)"
    old.unit = scene.town
    assert old.place == "Thị trấn Cần Đước (cũ)"
    assert scene.practice.short_place == "Khu phố 5"


def test_what_a_campaign_refuses_is_said_above_with_the_words_still_there(scene: Place) -> None:
    front, held = into(scene.desk.here.front), campaign(scene)
    address = f"{BASE}dan-van-kheo/{held.public_id}/"
    key = exemplar(scene, held).pk
    services.review_registration(Exemplar.objects.get().registrations.get(), is_recognised=True, finding="Tốt.", actor=TESTER)
    answer = front.post(f"{address}{key}/khen/", {"body": scene.district_committee.pk, "number": "7/QĐ-UBND", "on": "2026-05-01"})
    page = answer.content.decode()
    assert answer.status_code == 422 and f'href="#id_p{key}_body"' in page[: page.index("<article")] and "7/QĐ-UBND" in page
    assert "Ngày 01/05/2026 không có cơ quan này (cơ quan có đến 30/06/2025)." in page


def test_practices_to_choose_from_are_told_apart_by_their_commune(scene: Place) -> None:
    from liengia.practices.forms import OriginForm

    for commune in (scene.commune, scene.other):
        hamlet = Unit.objects.create(code=f"{commune.code}-91", name="Ấp 9", kind="Ấp", level="hamlet", parent=commune)
        services.create(hamlet, facts("Bếp chung"), TEXT, actor=TESTER)
        Practice.objects.filter(name="Bếp chung").update(is_public=True)
    labels = [words for _pk, words in OriginForm(scene.practice).fields["parent"].choices]  # type: ignore[attr-defined]
    assert {"Bếp chung – Ấp 9, xã Cần Đước", "Bếp chung – Ấp 9, xã Rạch Kiến"} <= set(labels)
