"""A listening forum from its plan to its signed minutes: questions, floor, answers, promises, slips."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from liengia.audit.models import Entry
from liengia.core import clock
from liengia.core.actor import Actor
from liengia.core.errors import Invalid, NotFound, Refused
from liengia.opinions import codes, forum_policies
from liengia.opinions.forum_forms import ConclusionForm
from liengia.opinions.models import AnswerKind, Opinion, Source, State, Topic
from liengia.opinions.models.forums import (
    CameBy,
    ForumQuestion,
    ForumState,
    ListeningForum,
    QuestionState,
    SurveyCount,
)
from liengia.opinions.services import (
    answers,
    filing,
    forum_minutes,
    forum_questions,
    forum_survey,
    forums,
    office,
)
from liengia.opinions.services.defaults import set_rules
from liengia.organisations import committee_services
from liengia.organisations import services as organisations
from liengia.organisations.committee_services import Assignment
from liengia.organisations.models import Committee, OrganisationKind, Task
from tests.cast import TESTER
from tests.opinions.given import Office, topic

LAMP = "Đèn hẻm 14 tắt cả tháng, con nít đi học về tối thui."
PIPE = "Cống trước chợ nghẹt, mưa xuống là ngập tới đầu gối."
SIGNED = {"signer_name": "Đặng Văn Trưởng", "signer_office": "Trưởng Công an xã Cần Đước"}


def by(here: Office) -> Actor:
    """Return the moderator's hand."""
    return Actor.of(here.duyen)


def planned(here: Office, **facts: Any) -> ListeningForum:
    """Plan a session held by police and Front, with a committee."""
    hosts = [
        organisations.create_organisation(kind=kind, name=name, unit=here.commune, actor=TESTER)
        for kind, name in ((OrganisationKind.POLICE, "Công an xã Cần Đước"), (OrganisationKind.FATHERLAND_FRONT, "UBMTTQ xã Cần Đước"))
    ]
    committee = committee_services.form_committee(
        kind=Committee.Kind.STEERING, name="Ban Chỉ đạo xã Cần Đước", unit=here.commune, actor=TESTER
    )
    committee_services.seat_member(committee=committee, organisation=hosts[0], office_title="Trưởng Công an xã", actor=TESTER)
    return forums.plan_forum(
        unit=here.cast.hamlet, title="Đèn, cống và trộm vặt", place="Nhà văn hóa Khu phố 5", starts_at=clock.now(), hosts=hosts,
        actor=by(here), committee=committee, topic=topic(), **facts,
    )  # fmt: skip


def live(here: Office) -> ListeningForum:
    """Return a session that goes on."""
    return forums.begin_forum(forums.open_forum(planned(here), actor=by(here)), actor=by(here))


def asked(forum: ListeningForum, text: str = LAMP, came_by: str = CameBy.PHONE, **facts: Any) -> ForumQuestion:
    """Ask, without a name."""
    opinion = forum_questions.ask(forum, text=text, code=codes.new_code(), came_by=came_by, **facts)
    return ForumQuestion.objects.get(opinion=opinion)


def queued(here: Office, forum: ListeningForum, text: str = LAMP) -> ForumQuestion:
    """Ask, and let it into the hall."""
    question = asked(forum, text)
    title, words = forum_questions.suggested(question)
    return forum_questions.let_in(question, title=title, text=words, actor=by(here))


def again(question: ForumQuestion) -> ForumQuestion:
    """Return the row as it stands."""
    return ForumQuestion.objects.select_related("opinion").get(pk=question.pk)


def test_a_session_goes_its_way_once(here: Office) -> None:
    forum = planned(here)
    assert forum not in ListeningForum.objects.all().shown()
    with pytest.raises(Refused):
        forums.begin_forum(forum, actor=by(here))
    with pytest.raises(Refused):
        asked(forum)
    forum = forums.open_forum(forum, actor=by(here))
    with pytest.raises(Refused):
        forums.open_forum(forum, actor=by(here))
    forum = forums.begin_forum(forum, actor=by(here))
    with pytest.raises(Refused):
        forum_minutes.sign_minutes(forum, signed_on=clock.today(), actor=by(here))
    forum = forums.close_forum(forum, attendance=126, actor=by(here))
    with pytest.raises(Refused):
        asked(forum)
    with pytest.raises(Invalid):
        forum_minutes.sign_minutes(forum, signed_on=clock.today(), actor=by(here))
    forums.change_forum(forum, actor=by(here), chair_name="Đặng Văn Trưởng", clerk_name="Mai Thị Thư")
    with pytest.raises(Invalid):
        forum_minutes.sign_minutes(forum, signed_on=forum.day - timedelta(days=1), actor=by(here))
    forum = forum_minutes.sign_minutes(forum, signed_on=clock.today(), number=7, actor=by(here))
    with pytest.raises(Refused):
        forums.change_forum(forum, actor=by(here), attendance=200)
    assert (forum.state, forum.attendance) == (ForumState.SIGNED, 126)


def test_planning_needs_a_place_of_people_and_hosts(here: Office) -> None:
    facts: dict[str, Any] = {"title": "A", "place": "B", "starts_at": clock.now(), "actor": by(here)}
    with pytest.raises(Invalid):
        forums.plan_forum(unit=here.cast.province, hosts=[object()], **facts)  # type: ignore[list-item]
    with pytest.raises(Invalid):
        forums.plan_forum(unit=here.commune, hosts=[], **facts)
    with pytest.raises(Invalid):
        forums.change_forum(planned(here), actor=by(here), state="signed")


def test_a_question_is_an_anonymous_opinion_with_its_due_time_and_no_instant(here: Office) -> None:
    forum = live(here)
    code = codes.new_code()
    first = forum_questions.ask(forum, text=LAMP, code=code, came_by=CameBy.PHONE)
    second = forum_questions.ask(forum, text=LAMP, code=code, came_by=CameBy.PHONE)
    assert first == second and ForumQuestion.objects.count() == 1
    row = Opinion.all_.get()
    assert (row.source, row.is_anonymous, row.filed_at, row.hamlet) == (Source.FORUM, True, None, here.cast.hamlet)
    assert row.due_at > clock.now() and not row.is_public
    names = {field.get_internal_type() for field in ForumQuestion._meta.get_fields() if field.concrete}
    assert not {"DateTimeField", "DateField", "AutoField", "BigAutoField"} & names, "a question's row tells no time"
    assert ForumQuestion.objects.get().order == 0, "nor in which order questions came"


def test_what_concerns_an_officer_is_no_question_of_the_session(here: Office) -> None:
    forum = live(here)
    opinion = forum_questions.ask(
        forum, text="Anh công an trực nói nặng lời.", code=codes.new_code(), came_by=CameBy.PHONE, about_officials=True
    )
    assert not ForumQuestion.objects.exists() and opinion.about_officials
    question = queued(here, forum)
    office.refer_to_officials(question.opinion, actor=by(here), words="cán bộ trực")
    assert not ForumQuestion.objects.all().standing().exists() and not ForumQuestion.objects.all().shown().exists()
    with pytest.raises(NotFound):
        forum_policies.get_question(forum, question.pk)
    with pytest.raises(NotFound):
        forum_questions.give_floor(question, actor=by(here))


def test_what_is_shown_is_the_covered_copy_on_which_somebody_decided(here: Office) -> None:
    forum = live(here)
    question = asked(forum, "Anh Nguyễn Văn Bảy số 0903 123 456 hát karaoke tới khuya.")
    with pytest.raises(Refused) as caught:
        forum_questions.let_in(question, title="Hát khuya", text=question.opinion.text, actor=by(here))
    assert caught.value.detail_code == "undecided" and again(question).state == QuestionState.WAITING
    title, words = forum_questions.suggested(question)
    assert "0903" not in title + words and "Bảy" not in title + words
    forum_questions.let_in(question, title=title, text=words, actor=by(here))
    assert ForumQuestion.objects.all().shown().get() == question


def test_one_question_has_the_floor(here: Office) -> None:
    forum = live(here)
    first, second = queued(here, forum), queued(here, forum, PIPE)
    forum_questions.give_floor(first, actor=by(here))
    forum_questions.give_floor(second, actor=by(here))
    assert (again(first).state, again(second).state) == (QuestionState.QUEUED, QuestionState.FLOOR)
    with pytest.raises(IntegrityError), transaction.atomic():
        ForumQuestion.objects.filter(pk=first.pk).update(state=QuestionState.FLOOR)


def test_the_queue_is_put_in_order(here: Office) -> None:
    forum = live(here)
    rows = [queued(here, forum, text) for text in (LAMP, PIPE, "Trộm vặt nhiều quá, xin tuần tra thêm.")]
    forum_questions.reorder(rows[2], step=-1, actor=by(here))
    forum_questions.reorder(rows[2], step=-1, actor=by(here))
    forum_questions.reorder(rows[2], step=-1, actor=by(here))
    found = ForumQuestion.objects.filter(state=QuestionState.QUEUED).order_by("order")
    assert [one.pk for one in found] == [rows[2].pk, rows[0].pk, rows[1].pk]


@pytest.mark.parametrize("was_heard", [True, False])
def test_an_answer_on_the_spot_is_public_and_tells_who_handed_in_a_slip_and_was_there(here: Office, was_heard: bool) -> None:
    forum = live(here)
    question = asked(forum, came_by=CameBy.PAPER, helper=here.cast.huynh, actor=Actor.of(here.cast.huynh), slip_number="07")
    forum_questions.let_in(question, title="Đèn tắt", text=LAMP, actor=by(here))
    forum_questions.answer_now(question, text="Tối mai đèn sáng lại, tổ điện đã có bóng.", actor=by(here), was_heard=was_heard, **SIGNED)
    row = again(question)
    assert (row.state, row.opinion.state) == (QuestionState.ANSWERED, State.PUBLISHED)
    assert row.opinion.told_on == (clock.today() if was_heard else None) and row.answer_text.startswith("Tối mai") and row.is_answered_on_spot
    assert Opinion.all_.all().answered().count() == was_heard
    with pytest.raises(Refused):
        forum_questions.answer_now(question, text="Lần nữa", actor=by(here), **SIGNED)


def test_nobody_answers_in_the_hall_what_is_not_shown(here: Office) -> None:
    question = asked(live(here))
    with pytest.raises(Refused):
        forum_questions.answer_now(question, text="Tối mai sáng lại.", actor=by(here), **SIGNED)
    assert again(question).opinion.state == State.RECEIVED and not again(question).opinion.answers.exists()


def test_what_is_left_at_the_end_is_answered_in_writing(here: Office) -> None:
    forum = live(here)
    question, promised = queued(here, forum), queued(here, forum, PIPE)
    forum_questions.promise(promised, actor=by(here))
    assert again(promised).opinion.state == State.SORTED
    forums.close_forum(forum, attendance=90, actor=by(here))
    assert {again(question).state, again(promised).state} == {QuestionState.IN_WRITING}
    opinion = office.sort(again(question).opinion, topic=topic(), actor=by(here))
    answers.answer(opinion, kind=AnswerKind.IN_WRITING, text="Đã thay bóng.", actor=by(here), **SIGNED)
    assert again(question).answer_text == "", "not published yet"
    answers.publish(opinion, actor=by(here))
    assert again(question).answer_text == "Đã thay bóng."


def test_a_slip_found_afterwards_is_taken_and_answered_in_writing(here: Office) -> None:
    forum = forums.close_forum(live(here), attendance=90, actor=by(here))
    question = asked(forum, came_by=CameBy.PAPER, helper=here.cast.huynh, actor=Actor.of(here.cast.huynh))
    assert question.state == QuestionState.IN_WRITING
    forum_questions.let_in(question, title="Đèn tắt", text=LAMP, actor=by(here))
    assert again(question).state == QuestionState.IN_WRITING and ForumQuestion.objects.all().shown().exists()


def test_what_is_said_aloud_is_in_the_queue_at_once_but_where_somebody_decides_on_a_name(here: Office) -> None:
    forum = live(here)
    plain = forum_questions.take_spoken(forum, text="Đèn hẻm tắt hoài", code=codes.new_code(), actor=by(here))
    assert plain is not None and again(plain).state == QuestionState.QUEUED
    question = forum_questions.take_spoken(forum, text="Chị Trần Thị Tám hỏi đèn hẻm", code=codes.new_code(), actor=by(here))
    assert question is not None and again(question).state == QuestionState.WAITING and again(question).opinion.current_text is None
    title, words = forum_questions.suggested(question)
    forum_questions.let_in(question, title=title, text=words, actor=by(here))
    assert again(question).state == QuestionState.QUEUED
    text = again(question).opinion.current_text
    assert text is not None and "Tám" not in text.text + text.title


def test_who_speaks_is_asked_for_no_name_and_is_answered_without_a_topic_of_its_own(here: Office) -> None:
    set_rules(here.commune, actor=by(here), allows_anonymous=False)
    forum = live(here)
    forums.change_forum(forum, actor=by(here), topic=None)
    Topic.objects.create(unit=here.commune, code="other", name="Khác", is_active=False)
    question = forum_questions.take_spoken(forum, text="Đèn hẻm tắt hoài", code=codes.new_code(), actor=by(here))
    assert question is not None and again(question).state == QuestionState.QUEUED
    forum_questions.promise(question, actor=by(here))
    assert again(question).state == QuestionState.IN_WRITING and again(question).opinion.topic == topic("other")
    with pytest.raises(Invalid) as caught:
        asked(forum)
    assert caught.value.detail_code == "named_only"


def test_questions_that_ask_the_same_are_joined(here: Office) -> None:
    forum = live(here)
    first, second = queued(here, forum), queued(here, forum, LAMP)
    with pytest.raises(Invalid):
        forum_questions.join(first, into=first, actor=by(here))
    forum_questions.join(second, into=first, actor=by(here))
    assert ForumQuestion.objects.all().shown().get() == first and again(first).opinion.support_count == 1


def test_a_conclusion_becomes_tasks_of_the_committee(here: Office) -> None:
    forum = live(here)
    assert forum.committee is not None
    seat = forum.committee.members.get()
    due = clock.today() + timedelta(days=14)
    forums.conclude(forum, text="Thay đèn hẻm 14", tasks=[Assignment("Thay 3 bóng đèn", seat, due)], actor=by(here))
    forum.refresh_from_db()
    forums.conclude(forum, text="Tuần tra đêm", tasks=[Assignment("Thêm ca 23 giờ", seat, due)], actor=by(here))
    assert forum.meeting is not None and forum.meeting.conclusions.count() == 2
    assert Task.objects.filter(conclusion__meeting=forum.meeting).count() == 2


def test_a_task_that_a_question_became_is_done_when_its_last_opinion_closes(here: Office) -> None:
    forum = live(here)
    assert forum.committee is not None
    seat, due = forum.committee.members.get(), clock.today() + timedelta(days=14)
    first, second = queued(here, forum), queued(here, forum, LAMP)
    forums.conclude(forum, text="Thay đèn", tasks=[Assignment("Thay 3 bóng đèn", seat, due)], actor=by(here), question=first)
    task = Task.objects.get()
    ForumQuestion.objects.filter(pk=second.pk).update(task=task)
    for question, state in ((first, "open"), (second, "done")):
        opinion = forum_questions.promise(question, actor=by(here)).opinion
        answers.answer(opinion, kind=AnswerKind.IN_WRITING, text=f"Đã làm {question.pk}.", signer_name="A", signer_office="B", actor=by(here), is_paste_meant=True)
        answers.close(opinion, actor=by(here))
        task.refresh_from_db()
        assert task.state == state
    assert "đã đóng" in task.result


def test_the_desk_offers_the_questions_that_everybody_reads(here: Office) -> None:
    forum = live(here)
    shown = queued(here, forum)
    asked(forum)
    form = ConclusionForm(forum=forum)
    assert list(form.fields["asked"].queryset) == [shown]  # type: ignore[attr-defined]


def test_slips_are_counts_and_nothing_else(here: Office) -> None:
    forum = live(here)
    before = Entry.objects.count()
    forum_survey.count_slip(forum, phase="after", answers=dict.fromkeys(range(1, 6), "satisfied"))
    assert Entry.objects.count() == before, "an entry would tell the minute"
    assert sorted(SurveyCount.objects.values_list("question", "level", "count")) == [(n, "satisfied", 1) for n in range(1, 6)]
    names = {field.name for field in SurveyCount._meta.get_fields()}
    assert names == {"id", "forum", "phase", "question", "level", "count"}
    for wrong in ({1: "satisfied"}, dict.fromkeys(range(1, 6), "superb")):
        with pytest.raises(Invalid):
            forum_survey.count_slip(forum, phase="after", answers=wrong)
    forum_survey.count_paper(forum, phase="before", tally={(1, "so_so"): 41}, actor=by(here))
    assert SurveyCount.objects.get(phase="before").count == 41
    with pytest.raises(Invalid):
        forum_survey.count_paper(forum, phase="before", tally={(1, "so_so"): -1}, actor=by(here))
    assert not forum_survey.published(forum), "not while two readings could tell of one slip"
    forum = forums.close_forum(forum, attendance=60, actor=by(here))
    assert forum_survey.takes_slips(forum, "after") and not forum_survey.published(forum)
    forums.change_forum(forum, actor=by(here), chair_name="Đặng Văn Trưởng", clerk_name="Mai Thị Thư")
    forum = forum_minutes.sign_minutes(forum, signed_on=forum.day, actor=by(here))
    assert forum_survey.published(forum) and not any(forum_survey.takes_slips(forum, phase) for phase in ("before", "after"))


@pytest.mark.parametrize(
    "counts, shown",
    [
        ((2, 1, 1), (None, None, None, None)),
        ((0, 0, 0), (None, None, None, None)),
        ((5, 0, 0), (5, 5, 0, 0)),
        ((40, 12, 8), (60, 40, 12, 8)),
        ((40, 12, 1), (53, 40, None, None)),
        ((40, 3, 1), (44, None, None, None)),
        ((40, 3, 2), (45, 40, None, None)),
        ((3, 40, 0), (43, None, None, 0)),
    ],
)
def test_no_sum_under_five_is_shown_or_can_be_reckoned(counts: tuple[int, ...], shown: tuple[int | None, ...]) -> None:
    levels = ("satisfied", "so_so", "not_satisfied")
    total, found = forum_survey.protected(dict(zip(levels, counts, strict=True)))
    assert (total, *(found[level] for level in levels)) == shown


def test_who_holds_and_who_helps(here: Office) -> None:
    forum = live(here)
    for who, holds, enters in (
        (here.duyen, True, True), (here.front, True, True), (here.cast.huynh, False, True), (here.tho, False, False),
        (here.cast.khach, False, False),
    ):  # fmt: skip
        assert forum_policies.held_by(who).exists() is holds, who
        assert forum_policies.may_enter(who, forum) is enters, who
    with pytest.raises(NotFound):
        forum_policies.get_held(here.cast.huynh, forum.public_id)
    assert filing.LONGEST_TEXT >= forum_questions.LONGEST_QUESTION
