"""What everybody gets of forums besides the pages: the report's file, calendars; what lists cost; the office; a reform."""

from __future__ import annotations

import zlib
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from icalendar import Calendar

from liengia.audit.models import Entry
from liengia.core import clock, pagecache
from liengia.core.errors import Invalid, Refused
from liengia.core.models import Sequence
from liengia.opinions import documents, forum_policies
from liengia.opinions.models import ListeningForum, ReportFile
from liengia.opinions.services import forum_minutes, forum_report, forums
from liengia.organisations.committee_services import Assignment
from liengia.units.models import RoomSwitch, Unit
from liengia.units.plans import NewUnit, Passing, ReformPlan
from liengia.units.reforms import apply_reform
from tests.alarms.console_scene import sign_in
from tests.cast import TESTER
from tests.harness.factor import give_second_factor
from tests.opinions.given import Office
from tests.opinions.test_forum import LAMP, asked, by, live, planned, queued

PLAIN = b"%PDF-1.7\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"


def packed(inside: bytes) -> bytes:
    """Return a PDF whose objects stand in a compressed part."""
    part = zlib.compress(inside)
    return PLAIN.replace(b"trailer", b"3 0 obj<</Type/ObjStm/Filter/FlateDecode>>stream\n" + part + b"\nendstream endobj\ntrailer")


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"<html>", "document_kind"),
        (b"%PDF-1.7 cut", "document_kind"),
        (b"MZ" + PLAIN, "document_kind"),
        (PLAIN.replace(b"/Count 0", b"/OpenAction<</S/JavaScript/JS(app.alert(1))>>"), "document_acts"),
        (PLAIN.replace(b"/Count 0", b"/AA<</S/J#61vaScript>>"), "document_acts"),
        (PLAIN.replace(b"/Root", b"/Encrypt 9 0 R/Root"), "document_acts"),
        (packed(b"4 0 <</S/Launch/F(cmd.exe)>>"), "document_acts"),
        (PLAIN.replace(b"%%EOF", b"x" * documents.LARGEST + b"%%EOF"), "document_large"),
    ],
)
def test_what_is_no_plain_document_is_refused(data: bytes, code: str) -> None:
    with pytest.raises(Invalid) as caught:
        documents.check_pdf(data, field="report_file")
    assert caught.value.detail_code == code


def test_a_document_that_unpacks_without_end_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(documents, "MOST_UNPACKED", 10_000)
    documents.check_pdf(packed(b"4 0 <</Type/Page>>"), field="report_file")
    with pytest.raises(Invalid):
        documents.check_pdf(packed(b"4 0 <<" + b" " * 20_000), field="report_file")


def test_the_report_is_a_download_that_cannot_act(here: Office, client: Client) -> None:
    forum = live(here)
    address = f"/dien-dan/{forum.public_id}/bao-cao.pdf"
    assert client.get(address).status_code == 404
    forum_report.put_report(forum, data=PLAIN, actor=by(here))
    answer = client.get(address)
    assert answer.content == PLAIN and answer["Content-Disposition"].startswith("attachment;")
    assert answer["X-Content-Type-Options"] == "nosniff" and "sandbox" in answer["Content-Security-Policy"]
    assert address in client.get(f"/dien-dan/{forum.public_id}/").content.decode()
    forum = forums.close_forum(forum, attendance=60, actor=by(here))
    forum = forums.change_forum(forum, actor=by(here), chair_name="Đặng Văn Trưởng", clerk_name="Mai Thị Thư")
    forum_minutes.sign_minutes(forum, signed_on=forum.day, actor=by(here))
    for act in (lambda: forum_report.put_report(forum, data=PLAIN, actor=by(here)), lambda: forum_report.drop_report(forum, actor=by(here))):
        with pytest.raises(Refused):
            act()
    assert Entry.objects.filter(kind="opinions.forum_report").count() == 1


def test_the_form_takes_the_report_and_says_what_is_wrong_with_it(here: Office) -> None:
    other = planned(here)
    clerk = Client()
    clerk.force_login(here.duyen)
    give_second_factor(clerk, here.duyen)

    def form(data: bytes, **more: Any) -> dict[str, Any]:
        facts = {"title": "Đèn, cống", "place": "Nhà văn hóa", "starts_at": "2027-01-20T19:00", "hosts": [one.pk for one in other.hosts.all()]}
        return {**facts, "report_file": SimpleUploadedFile("bao-cao.pdf", data, "application/pdf"), **more}

    edit = f"/dien-dan/{other.public_id}/sua/"
    refused = clerk.post(edit, form(b"<html>"))
    assert refused.status_code == 200 and "Đèn, cống" in refused.content.decode() and not ReportFile.objects.exists()
    other.refresh_from_db()
    assert other.title != "Đèn, cống", "nothing is half saved"
    assert clerk.post(edit, form(PLAIN)).status_code == 302 and ReportFile.objects.get().size == len(PLAIN)
    assert clerk.post(edit, {**form(PLAIN), "report_file": "", "drop_report": "on"}).status_code == 302
    assert not ReportFile.objects.exists()


def test_a_session_goes_into_a_calendar_at_its_hour_here(here: Office, client: Client) -> None:
    forum = planned(here)
    address = f"/dien-dan/{forum.public_id}/lich.ics"
    assert client.get(address).status_code == 404, "planned sessions are seen by nobody else"
    ListeningForum.objects.filter(pk=forum.pk).update(starts_at=datetime(2027, 1, 20, 12, tzinfo=UTC))
    forums.open_forum(forum, actor=by(here))
    answer = client.get(address)
    assert answer["Content-Type"].startswith("text/calendar") and b"DTSTART;TZID=Asia/Ho_Chi_Minh:20270120T190000" in answer.content
    read = Calendar.from_ical(answer.content)
    (event,) = read.walk("VEVENT")
    assert event["SUMMARY"].endswith(forum.title) and event["LOCATION"].startswith(forum.place)
    assert event.decoded("DTSTART").utcoffset() == timedelta(hours=7) and event.decoded("DTEND") > event.decoded("DTSTART")
    assert read.walk("VTIMEZONE"), "a phone that does not know the zone is told it"
    assert client.get(address).content == answer.content


def test_a_communes_calendar_holds_its_own(here: Office, client: Client) -> None:
    mine = forums.open_forum(planned(here), actor=by(here))
    other = forums.plan_forum(
        unit=here.cast.other_commune, title="Ở xã khác", place="Hội trường", starts_at=clock.now(), hosts=mine.hosts.all(), actor=by(here)
    )  # fmt: skip
    forums.open_forum(other, actor=by(here))

    def titles(query: str = "") -> set[str]:
        read = Calendar.from_ical(client.get(f"/dien-dan/lich.ics{query}").content)
        return {str(event["SUMMARY"]).partition(": ")[2] for event in read.walk("VEVENT")}

    assert titles() == {mine.title, other.title}
    assert titles(f"?xa={here.commune.code}") == {mine.title}
    RoomSwitch.objects.create(unit=here.cast.other_commune, room="opinions", is_on=False)
    assert titles() == {mine.title}
    listed = client.get("/dien-dan/").content.decode()
    assert mine.title in listed and other.title not in listed
    assert other.title not in client.get(f"/dien-dan/?xa={here.commune.code}&trang=zz").content.decode()


def count(path: str) -> int:
    """Count the queries of a page that an anonymous reader gets."""
    Client().get(path)
    with CaptureQueriesContext(connection) as caught:
        assert Client().get(path).status_code == 200
    return len(caught)


def test_pages_cost_the_same_however_long(here: Office) -> None:
    forum = live(here)
    queued(here, forum)

    def another(number: int) -> None:
        made = forums.plan_forum(
            unit=here.commune, title=f"Lần {number}", place="Hội trường", starts_at=clock.now(), hosts=forum.hosts.all(), actor=by(here)
        )  # fmt: skip
        forums.open_forum(made, actor=by(here))
        if number % 2:
            forums.close_forum(forums.begin_forum(made, actor=by(here)), attendance=9, actor=by(here))

    another(1)
    paths = ("/dien-dan/", "/dien-dan/lich.ics", f"/dien-dan/{forum.public_id}/", f"/dien-dan/{forum.public_id}/man-hinh/phan/")
    few = {path: count(path) for path in paths}
    for number in range(6):
        queued(here, forum, f"{LAMP} Lần {number}")
        another(number)
    assert {path: count(path) for path in paths} == few


def test_pages_are_kept_for_all_and_emptied_by_each_act(here: Office, client: Client) -> None:
    forum = live(here)
    for path in ("", f"{forum.public_id}/", f"{forum.public_id}/man-hinh/phan/", f"{forum.public_id}/phieu-giay/", "lich.ics"):
        answer = client.get(f"/dien-dan/{path}")
        assert answer[pagecache.MARK] and not answer.cookies, path

    def edition() -> int:
        return Sequence.objects.filter(name=pagecache.EDITION).values_list("last", flat=True).first() or 0

    before = edition()
    question = asked(forum)
    assert edition() == before, "a question that comes in changes nothing that is public"
    assert question
    for act in (lambda: queued(here, forum), lambda: forums.change_forum(forum, actor=by(here), place="Nơi khác")):
        act()
        assert edition() > before
        before = edition()


def test_sessions_are_planned_in_the_back_office_in_vietnamese(here: Office) -> None:
    other = planned(here)
    clerk = sign_in(Client(), here.duyen)
    listed = clerk.get("/quan-tri/dien-dan/").content.decode()
    assert other.title in listed and "Diễn đàn" in listed and f"/dien-dan/{other.public_id}/ban-thu-ky/" in listed
    facts = {"title": "Giữ xe chợ hoa", "place": "Hội trường xã", "starts_at": "2027-01-20T19:00", "hosts": [one.pk for one in other.hosts.all()]}
    made = clerk.post("/quan-tri/dien-dan/new/", {**facts, "unit": here.commune.pk})
    assert made.status_code == 302, made.context["form"].errors
    row = ListeningForum.objects.get(title="Giữ xe chợ hoa")
    edit = f"/quan-tri/dien-dan/edit/{row.pk}/"
    changed = clerk.post(edit, {**facts, "place": "Nhà lồng chợ", "report_file": SimpleUploadedFile("a.pdf", PLAIN)})
    assert changed.status_code == 302, changed.context["form"].errors
    row.refresh_from_db()
    assert row.place == "Nhà lồng chợ" and ReportFile.objects.get().forum == row
    assert clerk.post(edit, {**facts, "report_file": SimpleUploadedFile("a.pdf", b"<html>")}).status_code == 200
    foreign = ListeningForum.objects.create(unit=here.cast.other_commune, title="Của xã khác", place="x", starts_at=clock.now())
    assert clerk.get(f"/quan-tri/dien-dan/edit/{foreign.pk}/").status_code == 404
    assert "Của xã khác" not in clerk.get("/quan-tri/dien-dan/").content.decode()
    stranger = sign_in(Client(), here.tho).get("/quan-tri/dien-dan/")
    assert stranger.status_code in (302, 404) and other.title not in stranger.content.decode()


def test_a_reform_leads_sessions_and_promises_to_the_successor(here: Office, client: Client) -> None:
    first = live(here)
    assert first.committee is not None
    task = Assignment("Thay 3 bóng đèn", first.committee.members.get(), clock.today() + timedelta(days=14))
    forums.conclude(first, text="Thay đèn", tasks=[task], actor=by(here))
    forums.close_forum(first, attendance=60, actor=by(here))
    forums.change_forum(first, actor=by(here), chair_name="Đặng Văn Trưởng", clerk_name="Mai Thị Thư")
    forum_minutes.sign_minutes(first, signed_on=first.day, actor=by(here))
    coming = forums.open_forum(
        forums.plan_forum(
            unit=here.cast.hamlet, title="Sau sáp nhập", place="Nhà văn hóa", starts_at=clock.now() + timedelta(days=9),
            hosts=first.hosts.all(), actor=by(here),
        ), actor=by(here),
    )  # fmt: skip
    signed = client.get(f"/dien-dan/{first.public_id}/bien-ban.pdf").content
    plan = ReformPlan(
        "merger", "Sáp nhập", clock.today(), "Nghị quyết thử", new=(NewUnit("99108", "Long Cần", "Xã", "commune", "80"),),
        passings=(Passing("28108", "99108"), Passing(here.cast.other_commune.code, "99108")),
    )  # fmt: skip
    apply_reform(plan, actor=TESTER)
    new = Unit.objects.current().get(code="99108")
    coming.refresh_from_db()
    first.refresh_from_db()
    assert coming.unit.current() == coming.unit and coming.unit.parent == new
    assert first.unit == here.cast.hamlet, "what is signed stays where it was held"
    assert forum_policies.held_by(here.duyen).count() == 2, "and with the officers who follow"
    listed = client.get("/dien-dan/?xa=99108").content.decode()
    assert first.title in listed and coming.title in listed
    assert "Thay 3 bóng đèn" in client.get(f"/dien-dan/{coming.public_id}/").content.decode()
    assert client.get(f"/dien-dan/{first.public_id}/bien-ban.pdf").content == signed
    forums.begin_forum(coming, actor=by(here))
    assert queued(here, coming).opinion.commune == new
