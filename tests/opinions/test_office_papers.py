"""What leaves the office: redacted lists, the case sheet, the month; and what a commune sets."""

from __future__ import annotations

import io

from openpyxl import load_workbook

from liengia.audit.models import Entry
from liengia.core import clock
from liengia.core.actor import Actor
from liengia.opinions import office_papers, services
from liengia.opinions.models import Opinion, OpinionRules, RefusalReason, Topic
from liengia.people import services as people
from liengia.people.models import User
from tests.cast import TESTER
from tests.opinions.given import LAMP, Office, answered, filed, public, sorted_, topic
from tests.people.conftest import signed_in

QUEUE = "/quan-tri/gop-y/"
SECRET = "Nhà bà Phạm Thị Kín, gọi 0909 111 222"


def test_who_may_not_count_is_offered_no_numbers(here: Office) -> None:
    for user, is_offered in ((here.tho, False), (here.front, False), (here.duyen, True), (here.chairman, True)):
        browser = signed_in(user, second_factor=True)
        assert ("/quan-tri/gop-y/thang/" in browser.get(QUEUE).content.decode()) is is_offered
        assert (browser.get(f"{QUEUE}thang/").status_code == 200) is is_offered


def test_a_table_holds_redacted_copies_only(here: Office) -> None:
    hidden = sorted_(here, text=SECRET, is_anonymous=False, contact_name="Ông Bảy", contact_phone="0909333444")
    shown = public(here, title="=CMD|' /C calc'!A0", text="Đèn đường số mười bốn tắt")
    client = signed_in(here.duyen, second_factor=True)
    as_csv = client.get(f"{QUEUE}xuat.csv").content.decode()
    book = load_workbook(io.BytesIO(client.get(f"{QUEUE}xuat.xlsx").content))
    as_xlsx = "\n".join(str(cell.value) for row in book.active.rows for cell in row)  # type: ignore[union-attr]
    for table in (as_csv, as_xlsx):
        assert hidden.public_id in table and shown.public_id in table and "mười bốn" in table
        for private in ("Kín", "0909", "Bảy", "333444"):
            assert private not in table
        assert "\n=" not in table and ",=" not in table, "no cell is taken for a formula"
    assert Entry.objects.filter(kind="opinions.exported").exists()


def test_the_case_sheet_is_a_reading_and_a_pdf(here: Office) -> None:
    opinion = answered(here)
    response = signed_in(here.duyen, second_factor=True).get(f"{QUEUE}{opinion.public_id}/phieu.pdf")
    assert response.content.startswith(b"%PDF-") and "no-store" in response["Cache-Control"]
    assert Entry.objects.filter(kind="opinions.read", about_id=opinion.public_id).count() == 1


def test_the_month_counts_by_offices_and_never_by_persons(here: Office) -> None:
    late = sorted_(here, text="Ống nước bể giữa đường cái")
    services.assign(late, person=here.tho, actor=TESTER)
    Opinion.all_.filter(pk=late.pk).update(due_at=late.due_at.replace(year=2020))
    answered(here)
    services.refer_to_officials(filed(here, text="Cán bộ hẹn tới hẹn lui"), words="ai đó", actor=TESTER)
    counted = office_papers.month(Opinion.all_.all(), clock.today().replace(day=1))
    assert (counted.total.filed, counted.total.answered, counted.total.overdue) == (2, 1, 1)
    offices = {one.label: one.overdue for one in counted.offices}
    assert offices[here.commune.display_name] == 1 and not any("Thợ" in label for label in offices)
    client = signed_in(here.chairman, second_factor=True)
    text = client.get(f"{QUEUE}thang/").content.decode()
    assert LAMP not in text and "Thợ" not in text
    assert client.get(f"{QUEUE}thang.pdf").content.startswith(b"%PDF-")
    assert client.get(f"{QUEUE}thang/?thang=2026-13").status_code == 200


def test_a_commune_puts_its_own_topic_in_place_of_a_shipped_one(here: Office) -> None:
    client = signed_in(here.cast.quan, second_factor=True)
    facts = {"name": "Đèn đường", "intake_hours": 8, "answer_days": 3, "urgent_hours": 4, "order": 10, "is_active": "on"}
    shipped = topic("lighting")
    client.post(f"/quan-tri/linh-vuc-gop-y/edit/{shipped.pk}/", facts)
    shipped.refresh_from_db()
    assert shipped.answer_days == 5, "everybody's stays"
    response = client.post("/quan-tri/linh-vuc-gop-y/new/", {"unit": here.commune.pk, "code": "lighting", **facts})
    assert response.status_code == 302, response.content.decode()[-2000:]
    own = Topic.objects.all().of(here.commune).get(code="lighting")
    assert own.answer_days == 3 and Entry.objects.filter(kind="opinions.topic_set").exists()
    other = client.post("/quan-tri/linh-vuc-gop-y/new/", {"unit": here.cast.other_commune.pk, "code": "waste", **facts})
    assert other.status_code == 200 and not Topic.objects.filter(unit=here.cast.other_commune).exists()


def test_a_commune_takes_named_opinions_only(here: Office) -> None:
    client = signed_in(here.cast.quan, second_factor=True)
    response = client.post("/quan-tri/quy-tac-gop-y/new/", {"unit": here.commune.pk, "reopen_days": 10, "reception": ""})
    assert response.status_code == 302, response.content.decode()[-2000:]
    assert OpinionRules.objects.get(unit=here.commune).allows_anonymous is False
    assert Entry.objects.filter(kind="opinions.rules_set").exists()


def test_reasons_are_the_installations(here: Office) -> None:
    first = RefusalReason.objects.order_by("pk").first()
    assert first is not None
    facts = {"code": first.code, "name": first.name, "words": "Lời mới.", "order": 1, "is_active": "on", "is_elsewhere": "on"}
    signed_in(here.cast.quan, second_factor=True).post(f"/quan-tri/ly-do-gop-y/edit/{first.pk}/", facts)
    first.refresh_from_db()
    assert first.words != "Lời mới."
    root = User.objects.create_superuser("goc", full_name="Người Cài Đặt", password="x")
    people.assign_role(root, "area_admin", here.cast.province, actor=TESTER)
    signed_in(root, second_factor=True).post(f"/quan-tri/ly-do-gop-y/edit/{first.pk}/", facts)
    first.refresh_from_db()
    assert first.words == "Lời mới." and Entry.objects.filter(kind="opinions.reason_set").exists()
    assert Actor.of(root).user_id == root.pk
