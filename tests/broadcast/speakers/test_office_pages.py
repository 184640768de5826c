"""Loudspeakers in the back office: clusters, recordings, what is played by hand, the programme; nobody of elsewhere sees them."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from datetime import time, timedelta
from typing import Any

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from openpyxl import load_workbook

from liengia.broadcast import audiences
from liengia.broadcast import speaker_status as status
from liengia.broadcast.audio.decoding import decode
from liengia.broadcast.models import (
    Bulletin,
    Delivery,
    MobileRound,
    PlayOrder,
    PlayReport,
    Recording,
    RotaTurn,
    SpeakerCluster,
    SpeakerFault,
    SpeakerProgramme,
    VoiceRules,
)
from liengia.broadcast.services import bulletins, outbox, planning, recordings, speakers
from liengia.core import clock
from liengia.people import services as people
from liengia.units.models import Unit
from tests import factories
from tests.broadcast.audio.signals import tone
from tests.broadcast.audio.test_making import packed
from tests.broadcast.given import Voice, approved, voice
from tests.broadcast.speakers.given import NOW, loud, parcel
from tests.cast import TESTER
from tests.people.conftest import signed_in

BASE = "/quan-tri/loa/"


@pytest.fixture(scope="module")
def lay() -> Callable[[], Voice]:
    """Lay the office once; its editor also sets up channels."""

    def then() -> Voice:
        with time_machine.travel(NOW, tick=False):
            here = voice()
            people.assign_role(here.editor, "commune_admin", here.cast.commune, actor=TESTER)
            return here

    return then


def into(who: Any) -> Client:
    return signed_in(who, second_factor=True)


def cluster(scene: Voice, **values: Any) -> SpeakerCluster:
    return speakers.add_cluster(scene.cast.hamlet, **{"name": "Chợ Kinh", **values}, actor=TESTER)


def test_a_cluster_is_put_up_shown_changed_and_taken_down(scene: Voice) -> None:
    desk = into(scene.editor)
    typed = {"cluster-unit": scene.cast.hamlet.pk, "cluster-name": "Chợ Kinh", "cluster-make": "ours", "cluster-volume": "60", "cluster-is_on": "on"}
    assert desk.post(f"{BASE}moi/", {**typed, "cluster-volume": "101"}).status_code == 200
    assert desk.post(f"{BASE}moi/", typed).status_code == 302
    row = SpeakerCluster.objects.get()
    SpeakerFault.objects.create(cluster=row, kind="no_sound", since=NOW)
    page = desk.get(BASE).content.decode()
    assert "Chợ Kinh" in page and "loa không phát được tiếng" in page and "Âm lượng 60" in page
    assert "Anh/chị xem dây nối sang tăng âm" in page, "a fault says what to do"
    assert desk.post(f"{BASE}{row.public_id}/", {**typed, "cluster-volume": "20"}).status_code == 302
    row.refresh_from_db()
    assert row.volume == 20
    assert desk.post(f"{BASE}{row.public_id}/go/").status_code == 302
    row.refresh_from_db()
    assert row.removed_at == NOW
    assert desk.get(f"{BASE}{row.public_id}/").status_code == 404


def test_a_password_is_shown_once_and_a_player_is_told(scene: Voice) -> None:
    desk, row = into(scene.editor), cluster(scene)
    shown = desk.post(f"{BASE}{row.public_id}/mat-khau/")
    assert shown.status_code == 200
    assert "LIENGIA_SPEAKER_PASSWORD" in shown.content.decode() and "no-store" in shown["Cache-Control"]
    assert "LIENGIA_SPEAKER_PASSWORD" not in desk.get(f"{BASE}{row.public_id}/").content.decode()
    assert desk.post(f"{BASE}{row.public_id}/bao/test/").status_code == 302
    assert desk.post(f"{BASE}{row.public_id}/bao/shout/").status_code == 404


def test_who_holds_several_communes_is_led_back_to_the_clusters_page(scene: Voice) -> None:
    people.assign_role(scene.editor, "commune_admin", scene.cast.other_commune, actor=TESTER)
    desk = into(scene.editor)
    for unit in (scene.cast.commune, scene.cast.other_commune):
        row = speakers.add_cluster(unit, name="Trụ sở", make="by_hand", actor=TESTER)
        for what in ("mat-khau/", "bao/test/"):  # neither can be done by hand: the page says so
            answer = desk.post(f"{BASE}{row.public_id}/{what}", {"back": "cluster"}, follow=True)
            assert answer.status_code == 200 and answer.context["unit"] == unit


def test_the_list_says_who_is_heard_what_comes_and_why_something_was_not_played(scene: Voice) -> None:
    desk = into(scene.editor)
    assert "Anh/chị thêm cụm loa đầu tiên" in desk.get(BASE).content.decode() and "Soạn bản tin phát loa" in desk.get(BASE).content.decode()
    heard, silent, new = (cluster(scene, name=name) for name in ("Chợ Kinh", "Cầu Chùa", "Bến đò"))
    SpeakerCluster.objects.filter(pk=heard.pk).update(last_seen_at=NOW - timedelta(seconds=20))
    SpeakerCluster.objects.filter(pk=silent.pk).update(last_seen_at=NOW - timedelta(minutes=3))
    rows = {row.pk: row for row in status.dressed(list(SpeakerCluster.objects.all()), NOW)}
    assert [str(rows[one.pk].standing.words) for one in (heard, silent, new)] == ["đang nối", "mất liên lạc", "chưa nối máy phát"]  # type: ignore[attr-defined]
    assert status.summary(list(rows.values())) == {"all": 3, "joined": 1, "faulty": 0}
    approved(scene, channels=["loudspeaker"], headline="Tối khóa cổng", repeats="weekly", weekdays=[2, 4], at_time=time(17, 30), first_on=NOW.date(), expires_at=NOW + timedelta(days=30))
    loud().send([parcel(heard, headline="Ngày hội")])
    order = PlayOrder.objects.get()
    listed = status.coming(scene.cast.commune, NOW)
    assert [(one.headline, one.waits) for one in listed] == [("Ngày hội", True), ("Tối khóa cổng", False), ("Tối khóa cổng", False)]
    PlayReport.objects.create(report="r1", cluster=heard, order=order, outcome="left_out", why="quiet", times=0, began_at=NOW, ended_at=NOW)
    page = desk.get(BASE).content.decode()
    assert "không phát: đang giờ yên tĩnh" in page and "đang chờ loa" in page and "17:30 Thứ 3 11/08" in page
    one = desk.get(f"{BASE}{heard.public_id}/").content.decode()
    assert "Ngày hội" in one and "Cấp mật khẩu" not in one and "Nối máy phát" in one


def test_hamlets_of_one_name_are_told_apart(scene: Voice) -> None:
    Unit.objects.filter(pk=scene.cast.hamlet.pk).update(name="1", kind="Ấp", origin="Long Sơn", shares_name=True)
    row = cluster(scene)
    desk = into(scene.editor)
    assert "Ấp 1 (Long Sơn cũ)" in desk.get(BASE).content.decode() and "Ấp 1 (Long Sơn cũ)" in desk.get(f"{BASE}{row.public_id}/").content.decode()
    bulletin = approved(scene, channels=["loudspeaker"], areas=[Unit.objects.get(pk=scene.cast.hamlet.pk)])
    assert audiences.words_of(bulletin) == ["Ấp 1 (Long Sơn cũ)"]


def test_another_makes_page_says_what_its_supplier_needs(scene: Voice) -> None:
    desk, row = into(scene.editor), cluster(scene, make="webhook", webhook_url="https://loa.example/nhan")
    page = desk.get(f"{BASE}{row.public_id}/").content.decode()
    assert "https://loa.example/nhan" in page and f"/loa/bao/{row.public_id}/" in page
    shown = desk.post(f"{BASE}{row.public_id}/mat-khau/").content.decode()
    row.refresh_from_db()
    assert "gửi trước tới 12 giờ" in desk.get(f"{BASE}{row.public_id}/").content.decode()
    assert row.webhook_secret in shown and "LIENGIA_SPEAKER" not in shown


def test_recordings_are_taken_listened_to_and_chosen_for_a_bulletin(scene: Voice) -> None:
    desk = into(scene.editor)
    file = SimpleUploadedFile("a.flac", packed(tone(2, -30), "FLAC"))
    assert desk.post(f"{BASE}ban-ghi/", {"title": "Tiếng loa", "file": file}).status_code == 302
    assert "một trong hai" in desk.post(f"{BASE}ban-ghi/", {"title": "x"}).content.decode()
    assert "không phải bản ghi âm" in desk.post(f"{BASE}ban-ghi/", {"title": "x", "file": SimpleUploadedFile("a.mp3", b"hello")}).content.decode()
    assert "đang chuẩn bị" in desk.get(f"{BASE}ban-ghi/").content.decode()
    recordings.prepare_due()
    row = Recording.objects.get()
    page = desk.get(f"{BASE}ban-ghi/").content.decode()
    assert "<audio" in page and page.count("<rect") == 160
    sound = desk.get(f"{BASE}ban-ghi/{row.public_id}.wav")
    assert decode(b"".join(sound.streaming_content)).seconds > 2  # type: ignore[attr-defined]
    assert "Tiếng loa" in desk.get("/quan-tri/ban-tin/moi/").content.decode()
    bulletin = bulletins.write(scene.cast.commune, [], headline="Tin", recording=row.public_id, actor=TESTER)
    assert Bulletin.objects.get(pk=bulletin.pk).recording == row.public_id
    assert desk.post(f"{BASE}ban-ghi/{row.public_id}/bo/").status_code == 302
    assert desk.get(f"{BASE}ban-ghi/{row.public_id}.wav").status_code == 404


def test_what_is_played_by_hand_comes_as_a_schedule_with_sounds_and_is_ticked(scene: Voice) -> None:
    desk, row = into(scene.editor), cluster(scene, make="by_hand", name="=1+1")
    loud().send([parcel(row, priority="priority", headline="Ngày hội toàn dân")])
    order = PlayOrder.objects.get()
    answer = desk.get(f"{BASE}lich.zip")
    archive = zipfile.ZipFile(io.BytesIO(answer.content))
    assert archive.namelist() == ["01-ngay-hoi-toan-dan.mp3", "lich.xlsx"]
    assert decode(archive.read("01-ngay-hoi-toan-dan.mp3")).seconds == pytest.approx(2 * order.audio.seconds + 3, abs=0.3)
    sheet = load_workbook(io.BytesIO(archive.read("lich.xlsx"))).active
    assert sheet is not None
    rows = list(sheet.iter_rows(values_only=True))
    assert (rows[1][0], rows[1][4], rows[1][5]) == ("'=1+1", "Ngày hội toàn dân", "01-ngay-hoi-toan-dan.mp3")
    assert desk.post(f"{BASE}lenh/{order.public_id}/da-phat/").status_code == 302
    assert "đã phát × 2" in desk.get(BASE).content.decode()


def test_what_is_to_come_is_ordered_ahead_and_taken_back_with_its_bulletin(scene: Voice) -> None:
    hand, ours = cluster(scene, make="by_hand", name="Nhà văn hóa"), cluster(scene, name="Chợ Kinh")
    weekly = {"repeats": "weekly", "weekdays": [1, 4], "at_time": time(17, 30), "expires_at": NOW + timedelta(days=60)}
    row = approved(scene, channels=["loudspeaker"], spoken_text="Mời bà con dự Ngày hội 19/8.", **weekly)
    assert planning.order_ahead() == 2 and planning.order_ahead() == 0
    at = NOW + timedelta(hours=7, minutes=30)
    assert set(PlayOrder.objects.values_list("play_at", flat=True)) == {at}
    desk = into(scene.editor)
    sheet = load_workbook(io.BytesIO(zipfile.ZipFile(io.BytesIO(desk.get(f"{BASE}lich.zip").content)).read("lich.xlsx"))).active
    assert sheet is not None and [line[2] for line in sheet.iter_rows(values_only=True)][1:] == ["10/08/2026 17:30"]
    first = PlayOrder.objects.get(cluster=hand)
    page = desk.get(BASE).content.decode()
    assert "17:30 10/08, đến" in page and f"{first.public_id}/da-phat/" not in page, "what is yet to come was not played"
    assert page.count(row.headline) == 1 + len(status.coming(scene.cast.commune, NOW)) and {one.at for one in status.coming(scene.cast.commune, NOW)} == {at, at + timedelta(days=3)}
    PlayOrder.objects.filter(cluster=ours).update(fetched_at=NOW + timedelta(minutes=1))  # the player has it long before
    PlayOrder.objects.filter(cluster=hand).update(expires_at=NOW)  # as if nobody had reached it in its time
    with time_machine.travel(at, tick=False):
        planning.plan_due()
        outbox.send_due("loudspeaker")
        assert PlayOrder.objects.filter(expires_at__gt=at).count() == PlayOrder.objects.count() == 2 and Delivery.objects.filter(state="accepted").count() == 2, "due, each finds its order"
        assert Delivery.objects.filter(delivered_at=NOW + timedelta(minutes=1)).count() == 1
        assert planning.order_ahead() == 2
        VoiceRules.objects.create(unit=scene.cast.commune, is_training=True)
        assert planning.order_ahead() == 0
        assert not PlayOrder.objects.filter(play_at__gt=at, withdrawn_at=None).exists(), "no player keeps what is not to be spoken in training"
        assert VoiceRules.objects.all().delete() and planning.order_ahead() == 2, "and has it again when training ends before"
        VoiceRules.objects.create(unit=scene.cast.commune, is_training=True)
        planning.order_ahead()
    with time_machine.travel(at + timedelta(days=3), tick=False):
        planning.plan_due()
        assert not PlayOrder.objects.filter(play_at__gte=clock.now(), withdrawn_at=None).exists(), "nothing is spoken while the commune is in training"
        VoiceRules.objects.all().delete()
        assert planning.order_ahead() == 2
        bulletins.withdraw(row, why="Đã xong", actor=scene.by(scene.chairman))
        planning.take_back_withdrawn()
        assert not PlayOrder.objects.filter(play_at__gt=clock.now(), withdrawn_at=None).exists()


def test_a_programme_has_its_rota_and_rounds(scene: Voice) -> None:
    desk = into(scene.editor)
    typed = {"title": "Tiếng loa ANTT", "starts_on": "2026-08-01", "when": "thứ Năm, 17 giờ 30", "written_by": "phó trưởng Công an xã"}
    assert desk.post(f"{BASE}chuong-trinh/", {**typed, "ends_on": "2026-07-01"}).status_code == 200
    assert desk.post(f"{BASE}chuong-trinh/", typed).status_code == 302
    row = SpeakerProgramme.objects.get()
    one = f"{BASE}chuong-trinh/{row.public_id}/"
    assert desk.post(f"{one}phien/", {"on": "2026-08-13", "team": "Đội thanh niên Khu phố 5"}).status_code == 302
    assert desk.post(f"{one}phien/", {"on": "2026-08-13", "team": "Đội thanh niên Khu phố 5"}).status_code == 302
    assert RotaTurn.objects.count() == 1
    tomorrow = (NOW + timedelta(days=1)).date().isoformat()
    assert desk.post(f"{one}luot/", {"on": tomorrow, "route": "Chợ Kinh – Cầu Chùa", "team": "Đội 1", "is_done": "on"}).status_code == 302
    assert not MobileRound.objects.exists()
    assert desk.post(f"{one}luot/", {"on": "2026-08-10", "route": "Chợ Kinh – Cầu Chùa", "team": "Đội 1"}).status_code == 302
    assert desk.post(f"{one}luot/{MobileRound.objects.get().pk}/xong/", {"note": "hai lượt"}).status_code == 302
    page = desk.get(f"{BASE}chuong-trinh/").content.decode()
    assert "Đội thanh niên Khu phố 5" in page and "hai lượt" in page and "thứ Năm, 17 giờ 30" in page


def test_nobody_of_elsewhere_and_no_resident_sees_anything(scene: Voice) -> None:
    row = cluster(scene, make="by_hand")
    loud().send([parcel(row)])
    other = factories.user("khacxa", "Biên Tập Xã Khác", is_staff=True)
    for role in ("commune_editor", "commune_admin"):
        people.assign_role(other, role, scene.cast.other_commune, actor=TESTER)
    stranger = into(other)
    assert "Chợ Kinh" not in stranger.get(BASE).content.decode()
    assert stranger.get(f"{BASE}{row.public_id}/").status_code == 404
    for address in (f"{row.public_id}/mat-khau/", f"{row.public_id}/go/", f"{row.public_id}/bao/stop/", f"lenh/{PlayOrder.objects.get().public_id}/da-phat/"):
        assert stranger.post(f"{BASE}{address}").status_code == 404
    assert into(scene.cast.lua).get(BASE).status_code in (302, 404)


def test_a_complaint_begins_under_the_loudspeaker_and_names_it(scene: Voice, client: Client) -> None:
    row = cluster(scene, place="cột điện số 4")
    answer = client.get(f"/loa/{row.public_id}/")
    assert answer.status_code == 302
    page = client.get(answer["Location"]).content.decode()
    assert "Loa: Chợ Kinh, cột điện số 4" in page
    assert f"/loa/{row.public_id}/" in into(scene.editor).get(f"{BASE}{row.public_id}/").content.decode()
    assert client.get("/loa/nothing000/").status_code == 404
    assert client.get(answer["Location"].replace(row.public_id, "nothing000")).status_code == 200
