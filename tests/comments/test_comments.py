"""Writing, publishing, refusing, taking away, the second look, periods, communes."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine

from liengia.audit.models import Entry
from liengia.comments import policies, queries, services
from liengia.comments.models import Comment, CommentState, Flag, SecondLook, Who
from liengia.comments.reform import move_threads
from liengia.core import clock, pagecache, rooms
from liengia.core.errors import Invalid, NotFound, Refused
from liengia.core.models import Sequence
from liengia.people.models import User
from liengia.units.models import RoomSwitch
from tests.cast import TESTER
from tests.comments.conftest import Scene


def test_a_guest_waits_until_it_is_published(scene: Scene) -> None:
    written = scene.write(name="Kim Ngân")
    assert written.comment.state == CommentState.WAITING
    assert queries.conversation(scene.thread).items == []
    services.publish_comment(written.comment, user=scene.bien)
    talk = queries.conversation(scene.thread)
    assert [one.comment.name for one in talk.items] == ["Kim Ngân"]
    assert talk.shown == 1


def test_a_guest_leaves_the_day_and_nothing_else(scene: Scene) -> None:
    before = Entry.objects.count()
    comment = Comment.objects.get(pk=scene.write().comment.pk)
    assert Entry.objects.count() == before
    assert comment.user is None
    instants = [f.name for f in Comment._meta.concrete_fields if f.get_internal_type() == "DateTimeField" and getattr(comment, f.name)]
    assert instants == []
    assert comment.written_on == clock.today()


def test_the_same_form_is_one_comment(scene: Scene) -> None:
    first = scene.write(form_id="a" * 32)
    again = scene.write("Chữ khác", form_id="a" * 32)
    assert again.comment.pk == first.comment.pk
    assert again.code == first.code and services.written_with(again.code).pk == first.comment.pk, "the first answer may have been lost"
    assert services.code_of("b" * 32) != first.code
    Comment.objects.update(writer_hash=services.hash_of("of an earlier way"))
    assert scene.write("Chữ khác", form_id="a" * 32).code == ""
    assert Comment.objects.count() == 1


def test_a_reason_is_told_by_the_private_link_alone(scene: Scene) -> None:
    written = scene.write("Nhà ông Ba số 12 đường 4 hay nhậu.")
    with pytest.raises(Invalid):
        services.refuse_comment(written.comment, reason="because", user=scene.bien)
    with pytest.raises(Invalid):
        services.refuse_comment(written.comment, reason="other", words=" ", user=scene.bien)
    services.refuse_comment(written.comment, reason="person", words="Xin bỏ số nhà.", user=scene.bien)
    mine = services.written_with(written.code)
    assert (mine.state, mine.reason, mine.reason_words) == ("refused", "person", "Xin bỏ số nhà.")
    assert written.code not in str(list(Comment.objects.values()))
    for wrong in ("", "x", written.code + "x"):
        with pytest.raises(NotFound):
            services.written_with(wrong)


def test_the_writer_asks_once_and_another_moderator_looks(scene: Scene) -> None:
    written = scene.write()
    with pytest.raises(Refused):
        services.ask_second_look(written.code)
    services.refuse_comment(written.comment, reason="off_topic", user=scene.bien)
    services.ask_second_look(written.code)
    with pytest.raises(Refused):
        services.ask_second_look(written.code)
    for decide in (services.publish_comment, services.uphold_decision):
        with pytest.raises(Refused):
            decide(written.comment, user=scene.bien)
    shown = services.publish_comment(written.comment, user=scene.duyet)
    assert (shown.state, shown.second_look) == (CommentState.SHOWN, SecondLook.GRANTED)


def test_an_upheld_decision_stands(scene: Scene) -> None:
    written = scene.write()
    services.refuse_comment(written.comment, reason="abuse", user=scene.bien)
    services.ask_second_look(written.code)
    assert services.uphold_decision(written.comment, user=scene.duyet).second_look == SecondLook.UPHELD
    with pytest.raises(Refused):
        services.ask_second_look(written.code)


def test_a_removed_one_leaves_a_stub_and_its_replies(scene: Scene) -> None:
    root = scene.shown("Bán hàng giá rẻ", name="Shop")
    scene.shown("Đừng quảng cáo ở đây", parent=root)
    services.remove_comment(root, reason="advertising", user=scene.duyet)
    (item,) = queries.conversation(scene.thread).items
    assert item.is_stub
    services.remove_comment(item.replies[0], reason="abuse", user=scene.bien)
    assert [one.state for one in queries.conversation(scene.thread).items[0].replies] == ["removed"], "a reply leaves its stub too"
    assert [reply.text for reply in item.replies] == ["Đừng quảng cáo ở đây"]


def test_replies_are_one_level_deep(scene: Scene) -> None:
    root = scene.shown()
    reply = scene.shown("Tôi cũng thấy vậy", parent=root)
    with pytest.raises(Invalid):
        scene.write("Sâu hơn", parent=reply)
    other = services.write_comment(scene.other, text="Ở xã khác", form_id="b" * 32).comment
    with pytest.raises(Invalid):
        scene.write("Lạc trang", parent=other)


def test_an_official_answer_is_marked_and_signed(scene: Scene) -> None:
    root = scene.shown()
    answer = services.answer_officially(scene.thread, text="Từ 10/8 có bảng hẹn.", parent=root, office="Công an xã Cần Đước", user=scene.duyet)
    assert answer.is_official
    assert answer.name == "Công an xã Cần Đước"
    assert queries.conversation(scene.thread).items[0].replies == [answer]
    with pytest.raises(NotFound):
        services.answer_officially(scene.thread, text="x", parent=None, office="UBND", user=scene.xa_khac)
    with pytest.raises(Invalid):
        services.answer_officially(scene.thread, text="x", parent=None, office=" ", user=scene.duyet)


def test_another_communes_comments_do_not_exist(scene: Scene) -> None:
    written = scene.write()
    assert list(policies.moderated_by(scene.xa_khac)) == []
    assert not policies.moderated_by(scene.cast.lua).exists()
    for verb in (services.publish_comment, services.settle_flags):
        with pytest.raises(NotFound):
            verb(written.comment, user=scene.xa_khac)
    with pytest.raises(NotFound):
        services.set_open(scene.thread, is_open=False, user=scene.xa_khac)


def test_two_moderators_at_once_have_one_outcome(scene: Scene) -> None:
    written = scene.write()
    services.publish_comment(written.comment, user=scene.bien)
    with pytest.raises(Refused):
        services.refuse_comment(written.comment, reason="abuse", user=scene.duyet)


def test_reports_are_counted_and_settled(scene: Scene) -> None:
    comment = scene.shown()
    services.flag_comment(comment, reason="abuse")
    services.flag_comment(comment, reason="advertising")
    assert [one.pk for one in queries.queue(policies.moderated_by(scene.bien), "reported")] == [comment.pk]
    services.settle_flags(comment, user=scene.bien)
    assert not queries.queue(policies.moderated_by(scene.bien), "reported").exists()
    for _ in range(30):
        services.flag_comment(comment, reason="abuse")
    assert Flag.objects.filter(is_settled=False).count() == 20
    with pytest.raises(Invalid):
        services.flag_comment(comment, reason="nothing")


def test_rules_hold_for_a_commune_its_parts_and_until_another_is_set(scene: Scene) -> None:
    assert policies.rule_of(scene.cast.hamlet).who == Who.GUESTS
    services.set_rule(scene.cast.commune, who=Who.NAMED, is_moderated_first=False, actor=TESTER)
    assert policies.rule_of(scene.cast.hamlet).who == Who.NAMED
    with pytest.raises(Refused):
        scene.write()
    named = scene.write(user=scene.cast.lua, name="Người khác").comment
    assert (named.name, named.state) == ("Trần Thị Lụa", CommentState.SHOWN)
    assert Entry.objects.filter(kind="comments.comment_written").count() == 1
    services.set_rule(None, who=Who.OFF, is_moderated_first=True, actor=TESTER)
    assert policies.rule_of(scene.cast.commune).who == Who.NAMED
    with pytest.raises(Refused):
        services.write_comment(scene.other, text="x", form_id="c" * 32)


def test_a_closed_thread_takes_nothing_and_shows_what_it_has(scene: Scene) -> None:
    scene.shown()
    services.set_open(scene.thread, is_open=False, user=scene.bien)
    with pytest.raises(Refused):
        scene.write()
    assert queries.conversation(scene.thread).shown == 1
    services.set_open(scene.thread, is_open=True, user=scene.bien)
    scene.write()


def test_a_full_queue_says_so(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(services, "WAITING_MOST", 2)
    scene.write()
    scene.write()
    with pytest.raises(Refused) as full:
        scene.write()
    assert full.value.detail_code == "full"


def test_texts_go_after_their_period_and_numbers_stay(scene: Scene) -> None:
    kept, gone, asked = scene.shown(), scene.write("Xấu", name="Ai đó"), scene.write("Hỏi lại")
    for written in (gone, asked):
        services.refuse_comment(written.comment, reason="abuse", words="Lời lẽ nặng.", user=scene.bien)
    services.ask_second_look(asked.code)
    assert services.erase_due() == 0
    with time_machine.travel(clock.now() + services.REFUSED_FOR + timedelta(days=1), tick=False):
        assert services.erase_due() == 1
        assert services.erase_due() == 0
        assert queries.queue(Comment.objects.all(), "second").exists()
    row = Comment.objects.get(pk=gone.comment.pk)
    assert (row.text, row.name, row.reason_words, row.writer_hash) == ("", "", "", "")
    assert Comment.objects.get(pk=kept.pk).text
    (month,) = queries.figures()
    assert (month.written, month.shown, month.refused, month.second_looks) == (3, 1, 2, 1)
    assert list(month.by_reason.values()) == [2]
    with pytest.raises(Refused):
        services.publish_comment(row, user=scene.duyet)
    with time_machine.travel(clock.now() + services.REFUSED_FOR * 2 + timedelta(days=1), tick=False):
        assert services.erase_due() == 1, "a second look that nobody gives keeps no text for ever"
    assert not Comment.objects.get(pk=asked.comment.pk).text and not queries.queue(Comment.objects.all(), "second").exists()


def test_what_is_shown_or_gone_empties_kept_pages(scene: Scene) -> None:
    def edition() -> int:
        return Sequence.objects.filter(name=pagecache.EDITION).values_list("last", flat=True).first() or 0

    before = edition()
    written = scene.write()
    assert edition() == before
    services.publish_comment(written.comment, user=scene.bien)
    services.remove_comment(written.comment, reason="abuse", user=scene.bien)
    assert edition() == before + 2


def test_threads_follow_their_unit(scene: Scene) -> None:
    services.set_rule(scene.cast.commune, who=Who.NAMED, is_moderated_first=True, actor=TESTER)
    while move_threads(scene.cast.commune, scene.cast.other_commune, on=clock.today(), actor=TESTER):
        pass
    scene.thread.refresh_from_db()
    assert scene.thread.unit == scene.cast.other_commune
    assert policies.rule_of(scene.cast.other_commune).who == Who.NAMED


def test_a_commune_without_the_room_shows_none(scene: Scene) -> None:
    assert policies.is_on(scene.thread)
    RoomSwitch.objects.create(unit=scene.cast.commune, room="comments", is_on=False)
    assert not rooms.is_on("comments", scene.thread.unit)
    assert not policies.is_on(scene.thread)


def test_a_member_without_a_name_is_not_shown_by_the_phone_they_sign_in_with(scene: Scene) -> None:
    user = User.objects.create_user("+84900000777")
    comment = scene.write(user=user).comment
    assert comment.name == "" and "900000777" not in comment.name
