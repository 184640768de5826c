"""Posting by hand: the register, ticks, withdrawal, reform, the spreadsheet, the picture; calls by people."""

from __future__ import annotations

import io
from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from openpyxl import load_workbook
from PIL import Image

from liengia.alarms import services as alarms
from liengia.alarms.models import NeighbourGroup
from liengia.broadcast import channels, posting, zalo_spreadsheet
from liengia.broadcast.audiences import audience_of
from liengia.broadcast.channels.phone_tree.channel import script
from liengia.broadcast.channels.zalo import picture
from liengia.broadcast.models import Delivery, DeliveryState, Dispatch, MsgType, ZaloGroup, ZaloPost
from liengia.broadcast.services import bulletins, by_hand, phone_tree, planning, zalo
from liengia.core import clock
from liengia.core.errors import Invalid, Refused
from liengia.people.models import HouseholdPhone
from tests import factories
from tests.broadcast.gateway.given import message
from tests.broadcast.given import Voice, approved
from tests.cast import TESTER
from tests.people.conftest import signed_in
from tests.texts import pdf_text


def group(scene: Voice, name: str = "Nhóm Khu phố 5", **values: Any) -> ZaloGroup:
    unit = values.pop("unit", scene.cast.hamlet)
    return zalo.keep_group(ZaloGroup(unit=unit, name=name), actor=TESTER, members=214, members_on=date(2026, 11, 1), **values)


def sent(scene: Voice, channel: str = "zalo", **values: Any) -> Dispatch:
    row = approved(scene, channels=[channel], **values)
    planning.plan_due()
    return Dispatch.objects.get(bulletin=row)


def test_a_tick_settles_the_delivery_and_keeps_who_and_how_many(scene: Voice) -> None:
    here, there = group(scene), group(scene, "Nhóm xã", unit=scene.cast.commune)
    dispatch = sent(scene)
    assert Delivery.objects.waiting().filter(dispatch=dispatch).count() == 2
    post = zalo.tick(dispatch, here, members=220, actor=scene.by(scene.cast.huynh))
    assert (post.by, post.members, post.is_posted) == (scene.cast.huynh, 220, True)
    zalo.tick(dispatch, here, actor=scene.by(scene.editor))
    assert ZaloPost.objects.count() == 1
    zalo.tick(dispatch, there, why_not="closed", actor=scene.by(scene.editor))
    assert sorted(Delivery.objects.filter(dispatch=dispatch).values_list("state", "address")) == [("accepted", ""), ("failed", "")]
    here.refresh_from_db()
    assert here.members == 220


def test_a_wrong_tick_is_taken_back(scene: Voice) -> None:
    here = group(scene)
    dispatch = sent(scene)
    zalo.tick(dispatch, here, actor=TESTER)
    zalo.untick(dispatch, here, actor=TESTER)
    row = Delivery.objects.get(dispatch=dispatch)
    assert (row.state, row.address, row.accepted_at) == (DeliveryState.WAITING, here.public_id, None)
    zalo.tick(dispatch, here, actor=TESTER)
    assert ZaloPost.objects.get().is_posted


def test_pages_on_the_phone(scene: Voice) -> None:
    here = group(scene)
    dispatch = sent(scene, headline="Cảnh giác <b>giả danh</b>")
    phone = signed_in(scene.cast.huynh)
    page = f"/nha/zalo/{dispatch.bulletin.public_id}/1/"
    assert "Cảnh giác" in phone.get("/nha/zalo/").content.decode()
    text = phone.get(page).content.decode()
    assert "Nhóm Khu phố 5" in text and "<b>giả danh" not in text
    assert phone.get(f"{page}anh.png")["Content-Type"] == "image/png"
    answer = phone.post(f"{page}{here.public_id}/da-dang/", {"members": "230", "back": "nhom"})
    assert answer.status_code == 302 and answer["Location"].startswith(page)
    assert ZaloPost.objects.get().members == 230
    phone.post(f"{page}{here.public_id}/so-lieu/", {"seen": "180", "reactions": "12", "replies": ""})
    assert (ZaloPost.objects.get().seen, ZaloPost.objects.get().replies) == (180, None)
    for who in (signed_in(scene.cast.khach), signed_in(scene.cast.moc_mien)):
        assert who.get(page).status_code == who.post(f"{page}{here.public_id}/da-dang/").status_code == 404


def test_somebody_of_another_hamlet_sees_nothing(scene: Voice) -> None:
    group(scene, "Nhóm xã", unit=scene.cast.commune)
    dispatch = sent(scene)
    assert signed_in(scene.cast.huynh).get(f"/nha/zalo/{dispatch.bulletin.public_id}/1/").status_code == 404


def test_withdrawal_lists_groups_that_got_it(scene: Voice) -> None:
    here, other = group(scene), group(scene, "Nhóm xã", unit=scene.cast.commune)
    dispatch = sent(scene)
    zalo.tick(dispatch, here, actor=TESTER)
    bulletins.withdraw(dispatch.bulletin, why="sai ngày", actor=scene.by(scene.chairman))
    for one in Delivery.objects.waiting().filter(dispatch=dispatch):
        one.delete()  # what the commit's own call takes back
    todo = {one.dispatch.pk: one for one in posting.todo(scene.cast.quan)}
    assert todo[dispatch.pk].to_take_down == 1
    with pytest.raises(Refused):
        zalo.tick(dispatch, other, actor=TESTER)
    planning.plan_due()
    cancel = Dispatch.objects.exclude(pk=dispatch.pk).get()
    assert list(Delivery.objects.filter(dispatch=cancel).values_list("address", flat=True)) == [here.public_id], "where nothing was posted nothing is withdrawn"
    lines = posting.lines(scene.cast.quan, cancel)
    assert [[post.group for post in line.earlier] for line in lines if line.earlier] == [[here]]
    zalo.take_down(dispatch, here, actor=TESTER)
    assert not posting.standing_posts(posting.groups_for(scene.cast.quan)).exists()


def test_late_posts_are_somebodys_chore(scene: Voice) -> None:
    group(scene)
    sent(scene)
    (chore,) = posting.chores(scene.cast.huynh)
    assert not chore.is_urgent
    with time_machine.travel("2026-11-21T05:00:00+00:00", tick=False):
        (chore,) = posting.chores(scene.cast.huynh)
        assert chore.is_urgent and posting.chores(scene.cast.khach) == []


def test_what_nobody_posted_is_given_up_at_its_end(scene: Voice) -> None:
    from datetime import UTC, datetime

    group(scene)
    dispatch = sent(scene, expires_at=datetime(2026, 11, 21, 3, 0, tzinfo=UTC))
    with time_machine.travel("2026-11-21T04:00:00+00:00", tick=False):
        assert by_hand.expire_manual() == 1
    assert Delivery.objects.get(dispatch=dispatch).state == DeliveryState.EXPIRED


def test_training_gives_nobody_a_task(scene: Voice) -> None:
    from liengia.broadcast.models import VoiceRules

    VoiceRules.objects.create(unit=scene.cast.commune, is_training=True)
    group(scene)
    sent(scene)
    assert posting.todo(scene.cast.huynh) == []


@pytest.mark.parametrize("values", [{"link": "javascript:alert(1)"}, {"link": "https://evil.vn/g/abc"}, {"members": 0}, {"members_on": date(2027, 1, 1)}])
def test_register_refuses(scene: Voice, values: dict[str, Any]) -> None:
    with pytest.raises(Invalid):
        zalo.keep_group(ZaloGroup(unit=scene.cast.hamlet, name="x"), actor=TESTER, **{"members": 5, **values})


def test_register_keeps_one_of_a_name(scene: Voice) -> None:
    group(scene)
    with pytest.raises(Refused):
        group(scene)


def test_groups_follow_their_hamlet(scene: Voice) -> None:
    new = factories.unit("28108-06", "Khu phố 6", "hamlet", parent=scene.cast.commune)
    group(scene)
    group(scene, unit=new)
    while zalo.move_groups(scene.cast.hamlet, new, on=date(2026, 12, 1), actor=TESTER):
        pass
    assert sorted(ZaloGroup.objects.values_list("unit__name", "name")) == [("Khu phố 6", "Nhóm Khu phố 5"), ("Khu phố 6", "Nhóm Khu phố 5 (28108-05)")]


def filled(*rows: tuple[Any, ...]) -> io.BytesIO:
    book = load_workbook(io.BytesIO(zalo_spreadsheet.template()))
    for row in rows:
        book[zalo_spreadsheet.SHEET].append(row)
    out = io.BytesIO()
    book.save(out)
    out.seek(0)
    return out


def test_spreadsheet(scene: Voice) -> None:
    found = zalo_spreadsheet.read(filled(("Nhóm KP 5", "Khu phố 5", "", 214, "01/11/2026", "")), scene.cast.commune)
    assert not found.errors and zalo.import_groups(found.rows, actor=TESTER) == (1, 0) == (1, zalo.import_groups(found.rows, actor=TESTER)[0])
    wrong = zalo_spreadsheet.read(filled(("=1+1", "Khu phố 5", "", "nhiều", "", ""), ("A", "Nơi khác", "0900", 3, "", "")), scene.cast.commune)
    assert not wrong.rows and {error.row for error in wrong.errors} == {3, 4}


def test_office_pages(scene: Voice) -> None:
    here = group(scene)
    office = signed_in(scene.cast.quan, second_factor=True)
    for path in ("zalo/", "zalo/them/", "zalo/nhap/", f"zalo/{here.public_id}/", "tai-khoan/", "tai-khoan/them/sms/", "tai-khoan/them/voice/", "tai-khoan/them/zalo_bot/", "gia/"):
        assert office.get(f"/quan-tri/kenh/{path}").status_code == 200, path
    answer = office.post("/quan-tri/kenh/zalo/nhap/", {"unit": scene.cast.commune.pk, "file": filled(("Nhóm mới", "Khu phố 5", "", 10, "", ""))})
    assert answer.status_code == 302 and ZaloGroup.objects.filter(name="Nhóm mới").exists()
    office.post("/quan-tri/kenh/gia/", {"unit": scene.cast.commune.pk, "channel": "sms", "amount_vnd": "350", "valid_from": "2026-11-01", "source": "HĐ 12/2026"})
    from liengia.broadcast.queries import cost

    assert cost(scene.cast.commune, "sms", 2) == 700


@pytest.mark.parametrize("text", ["Ngắn", "Từ " * 800, "x" * 5_000, "‮đảo\x00", "😀 cháy", ""])
def test_picture_holds_any_text(text: str) -> None:
    for kind in picture.KINDS:
        said = message(headline=text[:160] or "Tin", text=text, url="https://xa.example.vn/thong-bao/abcdefghij/")
        with Image.open(io.BytesIO(picture.draw(said, kind=kind))) as image:
            assert image.size == (1080, 1080)


def test_consent_page(scene: Voice) -> None:
    lua = scene.cast.lua
    lua.phone = "+84900000009"
    lua.save()
    client: Client = signed_in(lua)
    assert "checked" not in client.get("/nha/nhan-tin/").content.decode()
    assert client.post("/nha/nhan-tin/", {"sms": ["alarm", "alert"]}).status_code == 302
    from liengia.broadcast.services import consents

    assert consents.standing(lua) == {"sms": ["alarm", "alert"]}
    client.post("/nha/nhan-tin/", {})
    assert consents.standing(lua) == {}
    assert client.post("/nha/nhan-tin/", {"sms": ["tat-ca"]}).status_code == 200


def test_telephone_tree(scene: Voice) -> None:
    dispatch = sent(scene, "phone_tree", short_text="Tin thử: không chuyển tiền.")
    subject = f"bulletin:{dispatch.bulletin.public_id}"
    phone = signed_in(scene.cast.huynh)
    page = f"/nha/goi-dien/bulletin/{dispatch.bulletin.public_id}/"
    text = phone.get(page).content.decode()
    assert "Trần Thị Lụa" in text and "Tin thử: không chuyển tiền." in text
    paper = phone.get(f"{page}danh-sach.pdf")
    assert "Trần Thị Lụa" in pdf_text(paper.content)
    first, second = Delivery.objects.of(subject).order_by("pk")
    phone.post(f"{page}{first.key}/", {"what": "nobody"})
    first.refresh_from_db()
    assert (first.state, first.attempts) == (DeliveryState.WAITING, 1) and first.household_id is not None
    phone.post(f"{page}{first.key}/", {"what": "told"})
    first.refresh_from_db()
    assert (first.state, first.household_id, first.address) == (DeliveryState.ACCEPTED, None, "") and first.heard_at is not None
    assert signed_in(scene.cast.khach).get(page).status_code == 404
    with pytest.raises(Refused):
        phone_tree.tick(first.key, "told", actor=TESTER)
    assert script(message(headline="Họp ấp", short_text="Họp ấp", text="Lúc 19h30 tại nhà văn hóa.")) == "Họp ấp. Lúc 19h30 tại nhà văn hóa."
    bulletins.outbox.withdraw(subject)
    second.refresh_from_db()
    assert second.household_id is None and phone.get(page).status_code == 404


def test_a_telephone_tree_follows_those_who_were_called_first(scene: Voice) -> None:
    tree = channels.get("phone_tree")
    assert tree is not None
    group = alarms.create_group(scene.cast.hamlet, name="Tổ 1", actor=TESTER)
    left, stays, came = scene.cast.house_1, scene.cast.house_9, factories.household(scene.cast.hamlet, 30)
    for place, house in enumerate((left, stays, came)):
        HouseholdPhone.objects.get_or_create(household=house, phone=f"+8490000010{place}")
    for house in (left, stays):
        alarms.add_household(group, household=house, actor=TESTER)
    dispatch = sent(scene, "phone_tree", areas=[], groups=[group.public_id])
    first = Delivery.objects.of(f"bulletin:{dispatch.bulletin.public_id}")
    assert {row.household_id for row in first} == {left.pk, stays.pk}
    with time_machine.travel(clock.now() + timedelta(days=1), tick=False):
        alarms.remove_household(group, household=left, actor=TESTER)
        alarms.add_household(group, household=came, actor=TESTER)
        followed = bulletins.follow(dispatch.bulletin, MsgType.CORRECTION, actor=TESTER, text="Sai ngày.")
        assert {one.household_id for one in tree.recipients(audience_of(followed), "notice")} == {left.pk, stays.pk, came.pk}
        bulletins.withdraw(dispatch.bulletin, why="Sai", actor=scene.by(scene.chairman))
        planning.plan_due()
        said = Delivery.objects.filter(dispatch__bulletin__msg_type=MsgType.CANCEL)
        assert {row.household_id for row in said} == {left.pk, stays.pk}, "a withdrawal tells nobody else of it"


def test_a_groups_leader_calls_the_houses_of_the_own_group(scene: Voice) -> None:
    group = alarms.create_group(scene.cast.hamlet, name="Tổ 1", actor=TESTER)
    alarms.add_household(group, household=scene.cast.house_9, actor=TESTER)
    NeighbourGroup.objects.filter(pk=group.pk).update(leader=scene.cast.lua)
    dispatch = sent(scene, "phone_tree")
    assert Delivery.objects.waiting().count() == 2
    phone, page = signed_in(scene.cast.lua), f"/nha/goi-dien/bulletin/{dispatch.bulletin.public_id}/"
    assert [one.rows for one in [posting.call_list(scene.cast.lua, f"bulletin:{dispatch.bulletin.public_id}")] if one] == [[Delivery.objects.get(household=scene.cast.house_9)]]
    text = phone.get(page).content.decode()
    assert scene.cast.house_9.head_name in text and scene.cast.house_1.head_name not in text, "of other groups nobody's telephone"
    assert [one.url for one in posting.chores(scene.cast.lua)] == [page] and page in (listed := phone.get("/nha/goi-dien/").content.decode()) and 'class="more" href="/nha/zalo/"' not in listed
    other = Delivery.objects.get(household=scene.cast.house_1)
    phone.post(f"{page}{other.key}/", {"what": "told"})
    phone.post(f"{page}{Delivery.objects.get(household=scene.cast.house_9).key}/", {"what": "told"})
    other.refresh_from_db()
    assert other.state == DeliveryState.WAITING and Delivery.objects.waiting().count() == 1
    assert phone.get(page).status_code == 404 and signed_in(scene.cast.moc_mien).get("/nha/goi-dien/").status_code == 404


def test_every_account_channel_is_off_by_default_and_says_if_untried() -> None:
    for name in ("zalo_oa", "zalo_bot"):
        channel = channels.get(name)
        assert channel is not None and channel.is_untried and channel.needs_account
    zalo_hand = channels.get("zalo")
    assert zalo_hand is not None and zalo_hand.is_manual and not zalo_hand.is_untried
