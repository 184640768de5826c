"""From receiving to closing: who may do what when, what is needed for it, and that two cannot do it at once."""

from __future__ import annotations

import io
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
from PIL import Image

from liengia.audit.models import Entry
from liengia.core import clock
from liengia.core.actor import Actor
from liengia.core.errors import Invalid, NotFound, Refused
from liengia.opinions import codes, policies, services
from liengia.opinions.capabilities import MODERATE
from liengia.opinions.models import (
    AnswerKind,
    AppendOnly,
    EvidenceKind,
    Opinion,
    OpinionEvent,
    RefersToOfficer,
    Satisfaction,
    State,
    ToldHow,
)
from liengia.opinions.supervision import overdue_escalated
from liengia.opinions.workflow import OPINION
from liengia.organisations.models import Organisation
from tests.opinions.given import LAMP, Office, answered, filed, public, reason, sorted_, topic

HERE = ZoneInfo("Asia/Ho_Chi_Minh")


def at(words: str) -> datetime:
    """Return a local instant."""
    return datetime.fromisoformat(words).replace(tzinfo=HERE)


def again(opinion: Opinion) -> Opinion:
    """Return the row as it stands."""
    return Opinion.all_.get(pk=opinion.pk)


def by(here: Office, who: str = "duyen") -> Actor:
    """Return an actor of the office."""
    return Actor.of(getattr(here, who))


def picture() -> bytes:
    """Return a small picture."""
    out = io.BytesIO()
    Image.new("RGB", (8, 8), "green").save(out, format="PNG")
    return out.getvalue()


ANSWER = {"signer_name": "Ông Võ Văn Chủ Tịch", "signer_office": "UBND xã Cần Đước"}


def test_from_the_slip_to_the_end(here: Office) -> None:
    opinion = public(here)
    clerk = by(here)
    services.assign(opinion, person=here.tho, actor=clerk)
    services.verify(opinion, actor=by(here, "tho"))
    services.answer(opinion, kind=AnswerKind.IN_WRITING, text="Điện lực thay bóng trong tuần này.", actor=by(here, "tho"), **ANSWER)
    services.publish(opinion, actor=clerk)
    services.follow_up(opinion, actor=clerk)
    services.add_evidence(opinion, title="Đèn số 14 đã sáng", data=picture(), actor=by(here, "tho"))
    services.close(opinion, actor=clerk)
    events = OpinionEvent.objects.filter(opinion=opinion)
    assert [event.verb for event in events] == [
        "filed", "sorted", "text_published", "assigned", "verifying", "answered_in_writing", "published", "following_up",
        "evidence_added", "closed",
    ]  # fmt: skip
    assert [event.number for event in events] == list(range(1, 11))
    assert again(opinion).state == State.CLOSED and not opinion.assignments.filter(ended_at=None).exists()
    kinds = set(Entry.objects.filter(about_id=opinion.public_id).values_list("kind", flat=True))
    assert kinds == {f"opinions.{event.verb}" for event in events} - {"opinions.filed"}, "each verb ends in the audit"


def test_the_history_is_never_changed(here: Office) -> None:
    event = OpinionEvent.objects.get(opinion=filed(here))
    event.verb = "closed"
    with pytest.raises(AppendOnly):
        event.save()


VERBS: dict[str, Any] = {
    "answer_on_spot": lambda o, a: services.answer(o, kind=AnswerKind.ON_SPOT, text="Đã trả lời tại chỗ.", actor=a, **ANSWER),
    "answer_in_writing": lambda o, a: services.answer(
        o, kind=AnswerKind.IN_WRITING, text="Trả lời bằng văn bản.", actor=a, **ANSWER
    ),
    "forward": lambda o, a: services.forward(o, organisation=Organisation.objects.get(), actor=a),
    "verify": lambda o, a: services.verify(o, actor=a),
    "follow_up": lambda o, a: services.follow_up(o, actor=a),
    "refuse": lambda o, a: services.refuse(o, reason=reason("not_enough"), words="Chưa rõ chỗ nào.", actor=a),
    "move_out": lambda o, a: services.move_out(o, reason=reason("complaint"), actor=a),
    "sort": lambda o, a: services.sort(o, topic=topic(), actor=a),
}


@pytest.mark.parametrize("state", State.values)
def test_no_verb_works_outside_its_states(here: Office, state: str) -> None:
    """Each verb is tried in each state: it does what the table says, or is refused and changes nothing."""
    Organisation.objects.create(kind="utility", name="Điện lực Cần Đước", unit=here.commune)
    other = filed(here)
    for verb, act in VERBS.items():
        opinion = filed(here)
        joined = {"merged_into": other} if state == State.MERGED else {}
        Opinion.all_.filter(pk=opinion.pk).update(state=state, **joined)
        if OPINION.allows(state, verb):
            act(opinion, by(here))
            assert again(opinion).state == OPINION.after(state, verb)
        else:
            with pytest.raises(Refused):
                act(opinion, by(here))
            assert again(opinion).state == state and opinion.events.count() == 1


def test_closing_needs_something_that_shows_it(here: Office) -> None:
    opinion = sorted_(here)
    services.answer(opinion, kind=AnswerKind.ON_SPOT, text="Sẽ thay bóng tuần này.", actor=by(here), **ANSWER)
    with pytest.raises(Refused) as caught:
        services.close(opinion, actor=by(here))
    assert caught.value.detail_code == "no_evidence"
    services.add_evidence(opinion, title="Biên bản", data=b"%PDF-1.7 ...", kind=EvidenceKind.DOCUMENT, actor=by(here))
    services.close(opinion, actor=by(here))
    assert again(opinion).ended_at is not None
    services.reopen(again(opinion), words="Vẫn tối")
    services.answer(opinion, kind=AnswerKind.ON_SPOT, text="Sẽ thay lại.", actor=by(here), is_paste_meant=True, **ANSWER)
    with pytest.raises(Refused):
        services.close(opinion, actor=by(here))


@pytest.mark.parametrize("end", ["merge", "refuse", "move_out"])
def test_whoever_had_the_work_reads_nothing_more_once_it_is_taken_away(here: Office, end: str) -> None:
    opinion, clerk = sorted_(here), by(here)
    services.assign(opinion, person=here.tho, actor=clerk)
    assert policies.visible_to(here.tho).filter(pk=opinion.pk).exists()
    if end == "merge":
        services.merge(opinion, into=filed(here), actor=clerk)
    else:
        VERBS[end](opinion, clerk)
    assert not policies.visible_to(here.tho).filter(pk=opinion.pk).exists()


@pytest.mark.parametrize(
    ("kind", "data", "code"),
    [
        (EvidenceKind.DOCUMENT, b"PK\x03\x04 a document of another kind", "document_kind"),
        (EvidenceKind.DOCUMENT, b"%PDF-" + b"0" * (10 * 1024 * 1024), "document_large"),
        (EvidenceKind.PHOTO, b"%PDF-1.7", "image_broken"),
    ],
)
def test_evidence_that_is_none(here: Office, kind: str, data: bytes, code: str) -> None:
    opinion = sorted_(here)
    with pytest.raises(Invalid) as caught:
        services.add_evidence(opinion, title="Ảnh", data=data, kind=kind, actor=by(here))
    assert caught.value.detail_code == code and not opinion.evidence.exists()


def test_the_same_answer_again_is_asked_about(here: Office) -> None:
    words = "Xã đã ghi nhận ý kiến, sẽ phối hợp ngành điện kiểm tra và thay bóng đèn hư trong thời gian sớm nhất."
    first = answered(here, words)
    second = sorted_(here)
    near = words.upper().replace(", ", " , ").replace("SỚM NHẤT", "TỚI")
    for text in (words, near):
        with pytest.raises(Refused) as caught:
            services.answer(second, kind=AnswerKind.IN_WRITING, text=text, actor=by(here), **ANSWER)
        assert caught.value.detail_code == "pasted" and caught.value.data["other"] == first.public_id
    assert again(second).state == State.SORTED
    services.answer(second, kind=AnswerKind.IN_WRITING, text=words, actor=by(here), is_paste_meant=True, **ANSWER)
    assert OpinionEvent.objects.get(opinion=second, verb="answered_in_writing").data == {"pasted_from": first.public_id}
    third = sorted_(here)
    own = "Đèn số 14 do cháy chấn lưu; tổ điện của ấp thay chiều 25/11, bà con thấy tắt lại thì báo số 0272 3000 113."
    services.answer(third, kind=AnswerKind.IN_WRITING, text=own, actor=by(here), **ANSWER)


def test_refusing_needs_words_and_moving_out_a_law(here: Office) -> None:
    opinion = sorted_(here)
    with pytest.raises(Invalid):
        services.refuse(opinion, reason=reason("not_enough"), words=" ", actor=by(here))
    with pytest.raises(Invalid):
        services.refuse(opinion, reason=reason("complaint"), words="Xin gửi đơn.", actor=by(here))
    with pytest.raises(Invalid):
        services.move_out(opinion, reason=reason("not_enough"), actor=by(here))
    assert again(opinion).state == State.SORTED


def test_what_is_moved_out_or_joined_leaves_no_public_copy(here: Office) -> None:
    moved, kept, double = public(here), public(here), public(here)
    services.move_out(moved, reason=reason("denunciation"), actor=by(here))
    services.merge(double, into=kept, actor=by(here))
    assert list(Opinion.public_.all()) == [kept]
    assert not moved.public_texts.exists() and not double.public_texts.exists()
    assert Opinion.public_.get().support_count == 1


def test_joining_follows_and_refuses_what_does_not_fit(here: Office) -> None:
    first, second, third = filed(here), filed(here), filed(here)
    services.merge(first, into=second, actor=by(here))
    services.merge(second, into=third, actor=by(here))
    assert again(first).merged_into == third and again(third).support_count == 2
    with pytest.raises(Invalid):
        services.merge(third, into=third, actor=by(here))
    with pytest.raises(Invalid):
        services.merge(third, into=first, actor=by(here))


def test_a_writer_asked_back_replies_by_the_code(here: Office) -> None:
    code = codes.new_code()
    opinion = services.sort(filed(here, code=code), topic=topic(), actor=by(here))
    services.ask_writer(opinion, text="Trụ đèn nằm trước số nhà nào?", actor=by(here), office="UBND xã Cần Đước")
    with pytest.raises(Refused):
        services.ask_writer(opinion, text="Còn gì nữa?", actor=by(here))
    found = services.find_by_code(code)
    services.reply_by_code(found, text="Trước quán cà phê đầu hẻm.")
    with pytest.raises(Refused):
        services.reply_by_code(found, text="Gửi lần nữa")
    assert opinion.questions.get().reply == "Trước quán cà phê đầu hẻm."
    event = OpinionEvent.objects.get(opinion=opinion, verb="replied")
    assert event.at is None and not event.is_audited


def test_a_wrong_code_is_as_an_absent_one(here: Office) -> None:
    code = codes.new_code()
    opinion = filed(here, code=code)
    Opinion.all_.filter(pk=opinion.pk).update(erased_at=clock.now())
    for typed in (code, codes.new_code(), "", "abc", "' OR 1=1 --", "\0"):
        with pytest.raises(NotFound):
            services.find_by_code(typed)


def test_the_writer_rates_once_and_opens_again_once(here: Office) -> None:
    opinion = answered(here)
    with pytest.raises(Refused):
        services.reopen(opinion, words="Chưa thấy sáng")
    services.close(opinion, actor=by(here))
    services.rate(again(opinion), satisfaction=Satisfaction.NOT, words="Đèn vẫn tắt")
    with pytest.raises(Refused):
        services.rate(again(opinion), satisfaction=Satisfaction.SATISFIED)
    services.reopen(again(opinion), words="Đèn vẫn tắt")
    row = again(opinion)
    assert (row.state, row.answered_at, row.ended_at) == (State.SORTED, None, None) and row.due_at > clock.now()
    services.answer(row, kind=AnswerKind.IN_WRITING, text="Đã thay cả chấn lưu, xin lỗi bà con.", actor=by(here), **ANSWER)
    services.close(row, actor=by(here))
    services.rate(again(row), satisfaction=Satisfaction.SATISFIED)
    with pytest.raises(Refused):
        services.reopen(again(row), words="Lần nữa")


def test_opening_again_ends_with_its_period(here: Office) -> None:
    opinion = answered(here)
    services.close(opinion, actor=by(here))
    with time_machine.travel(clock.now() + timedelta(days=16), tick=False), pytest.raises(Refused):
        services.reopen(again(opinion), words="Trễ rồi")


def test_a_slip_counts_as_answered_when_the_writer_was_told(here: Office) -> None:
    helper = here.cast.huynh
    draft = services.Draft(here.commune, LAMP, hamlet=here.cast.hamlet)
    opinion = services.file_for_another(draft, code=codes.new_code(), helper=helper, actor=Actor.of(helper))
    services.sort(opinion, topic=topic(), actor=by(here))
    with pytest.raises(Refused):
        services.mark_told(opinion, how=ToldHow.VISIT, actor=Actor.of(helper))
    services.answer(opinion, kind=AnswerKind.IN_WRITING, text="Đã thay bóng.", actor=by(here), **ANSWER)
    assert not Opinion.all_.all().answered().exists()
    services.mark_told(opinion, how=ToldHow.VISIT, actor=Actor.of(helper))
    assert Opinion.all_.all().answered().get().told_on == clock.today()


def test_what_is_overdue_goes_to_the_chairman_once(here: Office) -> None:
    with time_machine.travel(at("2026-11-25T08:00"), tick=False):
        opinion = filed(here)
        in_time = answered(here)
        assert services.escalate_overdue() == 0
    with time_machine.travel(at("2026-11-27T08:00"), tick=False):
        assert services.escalate_overdue() == 1 and services.escalate_overdue() == 0
        row = again(opinion)
        assert row.is_overdue and row.was_late and row.escalated_at and not again(in_time).escalated_at
    assert OpinionEvent.objects.get(opinion=opinion, verb="escalated").data == {"was": "intake"}


def test_late_taken_in_and_late_answered_is_put_before_the_chairman_twice(here: Office) -> None:
    with time_machine.travel(at("2026-11-25T08:00"), tick=False):
        opinion = filed(here)
    with time_machine.travel(at("2026-11-27T08:00"), tick=False):
        assert services.escalate_overdue() == 1
        services.sort(opinion, topic=topic("roads"), actor=by(here))
        assert services.escalate_overdue() == 0 and overdue_escalated().ok
    with time_machine.travel(at("2026-12-07T08:00"), tick=False):
        assert not overdue_escalated().ok, "health says that it was forgotten"
        assert services.escalate_overdue() == 1 and services.escalate_overdue() == 0
        services.sort(opinion, topic=topic("roads"), actor=by(here))
        assert services.escalate_overdue() == 0 and overdue_escalated().ok, "sorted again under the same due time it is not put there anew"
    assert [one.data["was"] for one in OpinionEvent.objects.filter(opinion=opinion, verb="escalated")] == ["intake", "answer"]


def test_sorting_late_says_so_and_an_urgent_one_is_due_in_hours(here: Office) -> None:
    with time_machine.travel(at("2026-11-25T08:00"), tick=False):
        opinion = filed(here)
    with time_machine.travel(at("2026-11-27T08:00"), tick=False):
        row = services.sort(opinion, topic=topic("danger"), actor=by(here))
    assert again(row).was_late and again(row).due_at == at("2026-11-27T17:00")


def test_the_officer_concerned_and_all_below_the_chairman_find_nothing(here: Office) -> None:
    opinion = sorted_(here)
    services.assign(opinion, person=here.tho, actor=by(here))
    services.refer_to_officials(opinion, officer=here.chairman, words="", actor=by(here))
    for who in (here.duyen, here.tho, here.chairman, here.cast.quan, here.cast.huynh, here.cast.truc):
        assert not policies.visible_to(who).exists(), who
        with pytest.raises(NotFound):
            policies.get_for(who, opinion.public_id)
        with pytest.raises(NotFound):
            services.verify(opinion, actor=Actor.of(who))
    here.cast.quan.is_superuser = True
    here.cast.quan.save()
    assert not policies.visible_to(here.cast.quan).exists(), "power over the machine is no power over this"
    assert policies.get_for(here.front, opinion.public_id) == opinion
    assert policies.may(here.front, MODERATE, opinion)
    assert not Entry.objects.filter(kind="opinions.referred").exclude(unit_id=None).exists(), "not in the unit's audit either"
    with pytest.raises(Invalid):
        services.assign(opinion, person=here.chairman, actor=by(here, "front"))
    with pytest.raises(Invalid):
        services.assign(opinion, person=here.tho, actor=by(here, "front"))
    services.verify(opinion, actor=by(here, "front"))
    with pytest.raises(Refused):
        services.publish_text(opinion, title="Thái độ", text="Thái độ phục vụ", actor=by(here, "front"))


def test_one_filed_as_about_an_officer_is_seen_by_the_chairman_and_the_front(here: Office) -> None:
    opinion = filed(here, about_officials=True, officer_words="cán bộ một cửa")
    assert policies.visible_to(here.chairman).get() == opinion == policies.visible_to(here.front).get()
    assert not policies.visible_to(here.duyen).exists() and RefersToOfficer.objects.get().officer is None


def test_each_sees_what_is_theirs(here: Office) -> None:
    opinion = sorted_(here)
    seen = {name: policies.visible_to(getattr(here, name)).exists() for name in ("duyen", "tho", "chairman", "front")}
    assert seen == {"duyen": True, "tho": False, "chairman": True, "front": False}
    services.assign(opinion, person=here.tho, actor=by(here))
    assert policies.visible_to(here.tho).get() == opinion
    assert policies.may(here.duyen, MODERATE, opinion) and not policies.may(here.tho, MODERATE, opinion)
