"""A bulletin's two people, what is frozen, what follows, what may not go out."""

from __future__ import annotations

from datetime import time, timedelta
from typing import Any

import pytest
import time_machine
from django.db import IntegrityError, transaction

from liengia.audit.models import Entry
from liengia.broadcast import audiences, policies
from liengia.broadcast.audiences import audience_of
from liengia.broadcast.channels.base import Accepted, Audience, DeliveryError, Failure
from liengia.broadcast.models import (
    Bulletin,
    BulletinState,
    Delivery,
    DeliveryState,
    Dispatch,
    MsgType,
    ReadyText,
    VoiceRules,
)
from liengia.broadcast.services import bulletins, outbox, planning
from liengia.broadcast.wording import fingerprint
from liengia.core import clock
from liengia.core.actor import Actor
from liengia.core.errors import Invalid, Refused
from liengia.people import services as people
from liengia.people.models import Household, Membership
from tests import factories
from tests.broadcast.given import Notes, Voice, approved, drafted
from tests.cast import TESTER

# Of the cast: the members of two houses, and the head of the hamlet.
EVERYBODY = 3


def out(notes: Notes) -> None:
    """Plan what is due, and send it."""
    planning.plan_due()
    while outbox.send_due("notes"):
        pass
    planning.settle_finished()


def test_whoever_wrote_a_bulletin_never_approves_it(scene: Voice, notes: Notes) -> None:
    row = bulletins.submit(drafted(scene), actor=scene.by(scene.editor))
    with pytest.raises(Refused) as refused:
        bulletins.approve(row, actor=scene.by(scene.editor))
    assert refused.value.detail_code == "own_bulletin"
    row = bulletins.approve(row, actor=scene.by(scene.chairman))
    assert row.state == BulletinState.APPROVED and row.approved_by == scene.chairman
    with pytest.raises(IntegrityError), transaction.atomic():
        Bulletin.objects.filter(pk=row.pk).update(approved_by=scene.editor)
    assert list(Entry.objects.filter(kind__startswith="broadcast.").order_by("pk").values_list("kind", flat=True)) == [
        "broadcast.bulletin_written", "broadcast.bulletin_submitted", "broadcast.bulletin_approved",
    ]  # fmt: skip


def test_whoever_put_words_into_it_never_approves_it_either(scene: Voice, notes: Notes) -> None:
    row = drafted(scene)
    bulletins.change(row, [scene.cast.commune], actor=scene.by(scene.chairman), headline="Lời khác hẳn", text="Chữ khác hẳn.")
    bulletins.submit(row, actor=scene.by(scene.chairman))
    assert not policies.may_approve(scene.chairman, row)
    with pytest.raises(Refused) as refused:
        bulletins.approve(row, actor=scene.by(scene.chairman))
    assert refused.value.detail_code == "own_bulletin"
    # What a feed brought is nobody's: whoever takes it on, even by handing it in alone, has written it.
    brought = bulletins.write(scene.cast.commune, [scene.cast.commune], actor=Actor.system("worker"), headline="Tin báo", text="Có mưa lớn.", channels=["notes"])
    bulletins.submit(brought, actor=scene.by(scene.chairman))
    with pytest.raises(Refused):
        bulletins.approve(brought, actor=scene.by(scene.chairman))
    bulletins.take_back(brought, actor=scene.by(scene.chairman))
    bulletins.change(brought, [scene.cast.commune], actor=scene.by(scene.editor), text="Có mưa rất lớn.")
    bulletins.submit(brought, actor=scene.by(scene.editor))
    for who in (scene.chairman, scene.editor):
        with pytest.raises(Refused):
            bulletins.approve(brought, actor=scene.by(who))


def test_what_was_sent_is_frozen(scene: Voice, notes: Notes) -> None:
    row = approved(scene)
    with pytest.raises(Refused):
        bulletins.change(row, [scene.cast.hamlet], actor=scene.by(scene.editor), headline="Khác")
    out(notes)
    said = Dispatch.objects.get().said
    assert said is not None and said.content["text"] == row.text and len(said.fingerprint) == 64
    row.refresh_from_db()
    assert row.state == BulletinState.FINISHED and row.sealed == fingerprint(row)


def test_a_bulletin_reaches_everybody_of_its_units_once_and_forgets_them(scene: Voice, notes: Notes) -> None:
    row = approved(scene)
    out(notes)
    assert len(notes.got) == EVERYBODY and {parcel.message.subject for parcel in notes.got} == {f"bulletin:{row.public_id}"}
    assert not Delivery.objects.exclude(user=None).exists() and not Delivery.objects.exclude(address="").exists()
    dispatch = Dispatch.objects.get()
    assert dispatch.meant == {"notes": EVERYBODY} and dispatch.salt == "" and dispatch.state == "settled"


def test_planning_begins_again_after_a_kill_and_writes_nobody_twice(scene: Voice, notes: Notes) -> None:
    approved(scene)
    dispatch = Dispatch.objects.get()
    said = planning._freeze(dispatch, clock.now())
    first = next(notes.recipients(audience_of(dispatch.bulletin), "law"))
    outbox.enqueue(notes, said, [first], dispatch=dispatch)  # killed after the first part
    out(notes)
    assert len(notes.got) == EVERYBODY and Delivery.objects.count() == EVERYBODY


def test_training_goes_the_whole_way_and_nowhere(scene: Voice, notes: Notes) -> None:
    VoiceRules.objects.create(unit=scene.cast.commune, is_training=True)
    row = drafted(scene)
    VoiceRules.objects.update(is_training=False)
    row = bulletins.submit(row, actor=scene.by(scene.editor))
    bulletins.approve(row, actor=scene.by(scene.chairman))
    out(notes)
    assert not notes.got and set(Delivery.objects.values_list("state", flat=True)) == {"rehearsed"}
    said = Dispatch.objects.get().said
    assert said is not None and said.content["headline"].startswith("TẬP HUẤN: ") and not Bulletin.objects.live().exists()
    later = bulletins.follow(row, MsgType.UPDATE, actor=scene.by(scene.editor))
    assert later.is_training, "what follows training is training"


def test_a_correction_goes_to_the_channels_of_the_first_and_says_so_in_front(scene: Voice, notes: Notes) -> None:
    row = approved(scene)
    out(notes)
    notes.got.clear()
    new = bulletins.follow(row, MsgType.CORRECTION, actor=scene.by(scene.editor), text="Số đúng là 113.")
    with pytest.raises(Refused):
        bulletins.approve(bulletins.submit(new, actor=scene.by(scene.editor)), actor=scene.by(scene.editor))
    bulletins.approve(new, actor=scene.by(scene.chairman))
    out(notes)
    said = notes.got[0].message
    assert len(notes.got) == EVERYBODY and said.headline == "ĐÍNH CHÍNH: Cảnh giác cuộc gọi giả danh Công an" and said.msg_type == "update"
    assert said.data["follows"] == [row.public_id]


def test_what_follows_a_bulletin_stands_in_its_place(
    scene: Voice, notes: Notes, today: time_machine.Coordinates, django_capture_on_commit_callbacks: Any
) -> None:
    row = approved(scene, repeats="weekly", weekdays=[5], at_time=time(10, 30), expires_at=clock.now() + timedelta(days=30))
    today.shift(timedelta(minutes=31))
    notes.answer = lambda parcel: DeliveryError(Failure.TEMPORARY, "máy bận")
    planning.plan_due()
    outbox.send_due("notes")
    assert Delivery.objects.waiting().count() == EVERYBODY and Dispatch.objects.filter(state="due").count() == 1
    new = bulletins.submit(bulletins.follow(row, MsgType.CORRECTION, actor=scene.by(scene.editor), text="Số đúng là 113."), actor=scene.by(scene.editor))
    with django_capture_on_commit_callbacks(execute=True):
        bulletins.approve(new, actor=scene.by(scene.chairman))
    assert notes.withdrawn == [f"bulletin:{row.public_id}"]
    notes.got.clear()
    notes.answer = lambda parcel: Accepted()
    for _week in range(3):
        out(notes)
        today.shift(timedelta(days=7))
    assert {parcel.message.subject for parcel in notes.got} == {f"bulletin:{new.public_id}"} and len(notes.got) == EVERYBODY, "the wrong words go no more"
    row.refresh_from_db()
    assert row.state == BulletinState.FINISHED
    # Killed between the approval and the taking back: the chore does it.
    Delivery.objects.filter(subject=f"bulletin:{row.public_id}").update(state=DeliveryState.WAITING)
    assert planning.take_back_withdrawn() == EVERYBODY and not Delivery.objects.waiting().exists()


def test_a_withdrawal_takes_back_what_waits_and_tells_whoever_may_have_got_it(scene: Voice, notes: Notes) -> None:
    row = approved(scene)
    planning.plan_due()
    notes.batch = 1  # type: ignore[misc]
    outbox.send_due("notes")
    with transaction.atomic():
        told = bulletins.withdraw(row, why="Tin chưa đúng", actor=scene.by(scene.chairman))
    bulletins._take_out(row)  # runs once the withdrawal has committed
    assert Delivery.objects.filter(state=DeliveryState.WITHDRAWN).count() == EVERYBODY - 1 and notes.withdrawn == [f"bulletin:{row.public_id}"]
    assert told is not None and told.msg_type == MsgType.CANCEL
    notes.got.clear()
    notes.batch = 50  # type: ignore[misc]
    out(notes)
    assert len(notes.got) == EVERYBODY and notes.got[0].message.headline.startswith("THU HỒI: ") and "Tin chưa đúng" in notes.got[0].message.text
    row.refresh_from_db()
    assert row.state == BulletinState.WITHDRAWN


@pytest.mark.parametrize("named", (True, False))
def test_a_withdrawal_does_not_name_the_person_again(scene: Voice, notes: Notes, named: bool) -> None:
    values = {"names_a_person": True, "legal_basis": "Quyết định truy nã số 5"} if named else {}
    row = approved(scene, headline="Tìm Nguyễn Văn Thử", spoken_text="Tìm Nguyễn Văn Thử.", **values)
    out(notes)
    notes.got.clear()
    bulletins.withdraw(row, why="Nêu tên không đúng", hides_headline=not named, actor=scene.by(scene.chairman))
    out(notes)
    said = notes.got[0].message
    assert not any("Thử" in words for words in (said.headline, said.text, said.short_text, said.spoken_text)) and "Nêu tên không đúng" in said.text
    assert said.headline == "THU HỒI: Tin của xã ngày 20/11/2026"
    assert not Bulletin.objects.public().filter(pk=row.pk).exists(), "nobody reads the name on the public page"


def test_in_training_nothing_goes_out_in_earnest(scene: Voice, notes: Notes, today: time_machine.Coordinates) -> None:
    weekly = approved(scene, repeats="weekly", weekdays=[5], at_time=time(10, 30), expires_at=clock.now() + timedelta(days=30))
    once = approved(scene)
    before = bulletins.submit(drafted(scene), actor=scene.by(scene.editor))
    out(notes)
    assert len(notes.got) == EVERYBODY
    VoiceRules.objects.create(unit=scene.cast.commune, is_training=True)
    with pytest.raises(Refused) as refused:
        bulletins.approve(before, actor=scene.by(scene.chairman))
    assert refused.value.detail_code == "in_training"
    today.shift(timedelta(minutes=31))
    out(notes)
    assert len(notes.got) == EVERYBODY and [(one.state, one.skipped_why) for one in weekly.dispatches.order_by("number")] == [("skipped", "training"), ("due", "")]
    bulletins.withdraw(once, why="Tin chưa đúng", actor=scene.by(scene.chairman))
    out(notes)
    assert len(notes.got) == 2 * EVERYBODY, "what is out in earnest is withdrawn in earnest"
    VoiceRules.objects.update(is_training=False)
    today.shift(timedelta(days=7))
    out(notes)
    assert len(notes.got) == 3 * EVERYBODY


def test_what_is_not_word_for_word_what_was_approved_does_not_go_out(scene: Voice, notes: Notes) -> None:
    row = approved(scene)
    Bulletin.objects.filter(pk=row.pk).update(text="Chuyển tiền vào tài khoản này.")
    out(notes)
    assert not notes.got and (Dispatch.objects.get().state, Dispatch.objects.get().skipped_why) == ("skipped", "changed")


def test_offices_are_those_of_the_places_named(scene: Voice, notes: Notes) -> None:
    head, far = factories.user("truongap", "Trưởng Ấp"), factories.user("truongapkhac", "Trưởng Ấp Khác")
    people.assign_role(head, "hamlet_head", scene.cast.hamlet, actor=TESTER)
    people.assign_role(far, "hamlet_head", factories.unit("9", "Ấp Xa", "hamlet", parent=scene.cast.other_commune), actor=TESTER)
    house = Household.objects.filter(hamlet=scene.cast.hamlet)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(audiences, "_groups", [audiences.Groups(lambda keys: house.values("pk"), lambda keys, first, last: house.values("pk"), lambda unit: [])])
        found = set(audiences.users(Audience(group_keys=("lien-gia-1",), role_codes=("hamlet_head",))))
    assert head in found and far not in found
    assert not audiences.users(Audience(role_codes=("hamlet_head",))).exists()


def test_what_never_went_out_is_withdrawn_in_silence(scene: Voice, notes: Notes) -> None:
    row = approved(scene, first_on=clock.today() + timedelta(days=2))
    assert bulletins.withdraw(row, why="Dời lịch", actor=scene.by(scene.chairman)) is None
    assert Dispatch.objects.get().state == "withdrawn" and planning.plan_due(at=clock.now() + timedelta(days=3)) == 0


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"text": ""}, "text"),
        ({"channels": []}, "channels"),
        ({"areas": []}, "areas"),
        ({"text": "Cháy tại {nơi}"}, "text"),
        ({"names_a_person": True}, "legal_basis"),
        ({"kind": "alert", "event": "storm"}, "issuing_body"),
        ({"kind": "alert", "event": "flood", "issuing_body": "Đài Khí tượng"}, "issuing_number"),
        ({"repeats": "weekly", "at_time": None, "weekdays": [1]}, "at_time"),
        ({"repeats": "lunar", "at_time": "07:00", "lunar_days": [1]}, "expires_at"),
    ],
)
def test_what_lacks_something_is_not_handed_in_and_says_what(scene: Voice, notes: Notes, values: dict[str, Any], field: str) -> None:
    row = drafted(scene, **values)
    with pytest.raises(Invalid) as invalid:
        bulletins.submit(row, actor=scene.by(scene.editor))
    assert invalid.value.data["field"] == field
    row.refresh_from_db()
    assert row.state == BulletinState.DRAFT, "the draft stays as it was"


def test_a_person_is_named_only_with_the_second_ones_own_tick(scene: Voice, notes: Notes) -> None:
    row = bulletins.submit(drafted(scene, names_a_person=True, legal_basis="Quyết định truy nã số 5"), actor=scene.by(scene.editor))
    with pytest.raises(Invalid):
        bulletins.approve(row, actor=scene.by(scene.chairman))
    assert bulletins.approve(row, naming=True, actor=scene.by(scene.chairman)).naming_approved


@pytest.mark.parametrize("text", ("a\x00b", "dòng\u202eđảo", "x" * 6_000, "\x1b[31m"))
def test_hostile_text_is_cleaned_or_refused_and_nothing_is_half_kept(scene: Voice, notes: Notes, text: str) -> None:
    try:
        row = drafted(scene, text=text)
    except Invalid as error:
        assert error.data["field"] == "text" and not Bulletin.objects.exists()
    else:
        assert not set(row.text) & set("\x00\u202e\x1b")


def test_one_alone_sends_only_from_a_template_and_is_reviewed_by_another(scene: Voice, notes: Notes) -> None:
    duty = scene.by(scene.cast.truc)
    template = ReadyText.objects.create(headline="Cháy tại {nơi}", text="Đang có cháy tại {nơi}. Bà con tránh đường cho xe chữa cháy.", kind="alert", event="fire")
    with pytest.raises(Refused):
        bulletins.send_alone(template, {"nơi": "chợ"}, unit=scene.cast.commune, areas=[scene.cast.commune], through=["notes"], actor=duty)
    template.may_be_sent_alone = True
    with pytest.raises(Invalid):
        bulletins.send_alone(template, {"nơi": " "}, unit=scene.cast.commune, areas=[scene.cast.commune], through=["notes"], actor=duty)
    row = bulletins.send_alone(template, {"nơi": "chợ {giờ}"}, unit=scene.cast.commune, areas=[scene.cast.commune], through=["notes"], actor=duty)
    out(notes)
    assert notes.got[0].message.headline == "Cháy tại chợ giờ" and notes.got[0].message.priority == "urgent"
    assert row.needs_review and row.expires_at == clock.now() + bulletins.URGENT_HOLDS
    with pytest.raises(Refused):
        bulletins.review(row, actor=duty)
    assert not bulletins.review(row, words="Đúng quy trình", actor=scene.by(scene.chairman)).needs_review
    with pytest.raises(Refused):
        bulletins.review(row, actor=scene.by(scene.chairman))


def test_quiet_hours_hold_what_is_noisy_until_they_end_and_let_emergencies_pass(
    scene: Voice, notes: Notes, today: time_machine.Coordinates
) -> None:
    notes.is_noisy = True  # type: ignore[misc]
    today.shift(timedelta(hours=12, minutes=30))  # 22.30 here
    approved(scene)
    approved(scene, headline="Khẩn", priority="urgent", kind="alert", event="fire")
    out(notes)
    assert {parcel.message.headline for parcel in notes.got} == {"Khẩn"}
    held = Delivery.objects.waiting().values_list("next_attempt_at", flat=True)
    assert {clock.local(at).strftime("%d/%m %H:%M") for at in held} == {"21/11 06:00"}
    today.shift(timedelta(hours=7, minutes=31))
    out(notes)
    assert len(notes.got) == 2 * EVERYBODY


def test_quiet_hours_are_asked_again_before_each_attempt_where_it_is_heard(scene: Voice, notes: Notes, today: time_machine.Coordinates) -> None:
    notes.is_noisy = True  # type: ignore[misc]
    notes.places = lambda rows: {row.key: scene.cast.other_commune.pk for row in rows if row.user_id == scene.cast.lua.pk}  # type: ignore[method-assign]
    VoiceRules.objects.create(unit=scene.cast.other_commune, quiet_from=time(19), quiet_to=time(5))
    notes.answer = lambda parcel: DeliveryError(Failure.TEMPORARY, "máy bận", retry_after_s=1800)
    today.shift(timedelta(hours=10, minutes=45))  # 20.45 here: quiet in the one commune, not yet in the speaker's
    approved(scene)
    planning.plan_due()
    outbox.send_due("notes")
    assert len(notes.got) == EVERYBODY - 1
    today.shift(timedelta(minutes=45))
    notes.answer = lambda parcel: Accepted()
    outbox.send_due("notes")
    assert len(notes.got) == EVERYBODY - 1, "the call that found nobody is not made again at half past nine"
    assert sorted(f"{clock.local(row.next_attempt_at):%d %H:%M}" for row in Delivery.objects.waiting()) == ["21 05:00", "21 06:00", "21 06:00"][-EVERYBODY:]


def test_a_weekly_and_a_lunar_bulletin_come_again_until_they_end(
    scene: Voice, notes: Notes, today: time_machine.Coordinates
) -> None:
    from datetime import time

    approved(scene, repeats="weekly", weekdays=[1, 5], at_time=time(17), expires_at=clock.now() + timedelta(days=8))
    approved(scene, headline="Rằm", repeats="lunar", lunar_days=[1, 15], at_time=time(7), expires_at=clock.now() + timedelta(days=31))
    days: dict[str, list[str]] = {}
    for _ in range(40):
        due = planning.next_due_at(clock.now())
        if due is None:
            break
        today.move_to(due)
        for dispatch in Dispatch.objects.filter(state="due", due_at__lte=clock.now()).select_related("bulletin"):
            days.setdefault(dispatch.bulletin.headline, []).append(f"{clock.local(dispatch.due_at):%d/%m %H:%M}")
        out(notes)
    assert days == {
        "Cảnh giác cuộc gọi giả danh Công an": ["20/11 17:00", "23/11 17:00", "27/11 17:00"],
        "Rằm": ["23/11 07:00", "09/12 07:00"],
    }
    planning.settle_finished()
    assert set(Bulletin.objects.values_list("state", flat=True)) == {"finished"}


def test_a_unit_of_the_past_stands_for_those_that_followed_it(scene: Voice, notes: Notes) -> None:
    from datetime import date

    from liengia.units.models import Succession
    from tests import factories

    old = factories.unit("28106", "Cần Đước cũ", "hamlet", valid_from=date(2020, 1, 1))
    Succession.objects.create(old=old, new=scene.cast.hamlet, on=date(2025, 7, 1), is_principal=True)
    approved(scene, areas=[old])
    out(notes)
    assert len(notes.got) == EVERYBODY


def test_receipts_of_bulletins_become_sums_and_the_rows_go(scene: Voice, notes: Notes, today: time_machine.Coordinates) -> None:
    from liengia.broadcast.models import Tally
    from liengia.broadcast.services import receipts, retention

    approved(scene)
    out(notes)
    receipts.receive("notes", Delivery.objects.exclude(receipt_key="")[0].receipt_key, "shown")
    assert retention.fold_old() == 0
    today.shift(timedelta(days=8))
    assert retention.fold_old() == EVERYBODY and not Delivery.objects.exists() and retention.fold_old() == 0
    assert dict(Tally.objects.values_list("what", "count")) == {"meant": EVERYBODY, "accepted": EVERYBODY, "shown": 1}


def test_a_correction_does_not_send_the_old_short_and_spoken_words_again(scene: Voice, notes: Notes) -> None:
    row = approved(scene, short_text="Số trực ban là 0272 3881 001.", spoken_text="Số trực ban là không hai bảy hai.")
    new = bulletins.follow(row, MsgType.CORRECTION, actor=scene.by(scene.editor), text="Số đúng là 113.")
    assert (new.text, new.short_text, new.spoken_text) == ("Số đúng là 113.", "", "")


def test_what_follows_goes_to_who_was_there_then_and_a_withdrawal_to_nobody_else(scene: Voice, notes: Notes, today: time_machine.Coordinates) -> None:
    first = approved(scene)
    out(notes)
    today.shift(timedelta(hours=1))
    Membership.objects.filter(user=scene.cast.lua).update(ended_at=clock.now())
    newcomer = factories.user("+84900000077", "Người Mới", scene.cast.house_9)
    there_then = {f"ghi:{one.pk}" for one in (scene.cast.moc_mien, scene.cast.lua, scene.cast.huynh)}
    notes.got.clear()
    correction = bulletins.submit(bulletins.follow(first, MsgType.CORRECTION, actor=scene.by(scene.editor)), actor=scene.by(scene.editor))
    bulletins.approve(correction, actor=scene.by(scene.chairman))
    out(notes)
    assert {one.address for one in notes.got} == {*there_then, f"ghi:{newcomer.pk}"}, "a correction stands on its own, and reaches who left since"
    today.shift(timedelta(hours=1))
    late = factories.user("+84900000078", "Người Mới Hơn", scene.cast.house_9)
    notes.got.clear()
    bulletins.withdraw(correction, why="Vẫn sai", actor=scene.by(scene.chairman))
    out(notes)
    assert {one.address for one in notes.got} == {*there_then, f"ghi:{newcomer.pk}"}, f"{late.pk} never got anything that is withdrawn"
    assert "Vẫn sai" in notes.got[0].message.short_text, "a phone says why"


def test_whoever_heads_a_hamlet_is_of_its_audience_wherever_they_live(scene: Voice, notes: Notes) -> None:
    other = factories.unit("9", "Ấp Xa", "hamlet", parent=scene.cast.other_commune)
    assert scene.cast.huynh in audiences.users(Audience(unit_ids=(scene.cast.hamlet.pk,))) and scene.cast.huynh in audiences.users(Audience(unit_ids=(scene.cast.commune.pk,)))
    assert not audiences.users(Audience(unit_ids=(other.pk,))).exists()
