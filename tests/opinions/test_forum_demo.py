"""The demonstration's forums: the festival's with promises kept and not, one to come; what was signed stands."""

from __future__ import annotations

import pytest

from liengia.opinions import forum_demo, forum_queries
from liengia.opinions.models import ForumQuestion, ForumState, ListeningForum, Opinion
from liengia.organisations import committee_services
from liengia.organisations import services as organisations
from liengia.organisations.models import Committee, OrganisationKind
from tests.cast import TESTER
from tests.opinions.given import Office


@pytest.fixture
def loaded(here: Office) -> Office:
    """Load the forums into the cast's commune, which has a committee."""
    police = organisations.create_organisation(kind=OrganisationKind.POLICE, name="Công an xã", unit=here.commune, actor=TESTER)
    committee = committee_services.form_committee(kind=Committee.Kind.STEERING, name="Ban Chỉ đạo", unit=here.commune, actor=TESTER)
    for title in ("Chủ tịch", "Trưởng Công an xã", "Chủ tịch Mặt trận"):
        committee_services.seat_member(committee=committee, organisation=police, office_title=title, actor=TESTER)
    assert forum_demo.load() == 3
    assert forum_demo.load() == 0, "loading twice changes nothing"
    return here


def test_the_festivals_forum_was_answered_and_its_promises_are_told(loaded: Office) -> None:
    festival = ListeningForum.objects.get(starts_at__year=2023)
    assert (festival.day, festival.state, festival.signed_papers.count()) == (forum_demo.FESTIVAL, ForumState.SIGNED, 1)
    states = list(ForumQuestion.objects.filter(forum=festival).values_list("state", flat=True))
    assert sorted(states) == ["answered"] * 4 + ["in_writing"]
    tasks = [task for one in forum_queries.conclusions(festival) for task in one.tasks.all()]
    words = [forum_queries.promise_words(task)[1] for task in tasks]
    assert words == ["đã giữ lời", "đã làm, trễ 14 ngày", "thôi làm, có nêu lý do"]
    followed = Opinion.all_.get(question__forum=festival, question__state="in_writing")
    assert followed.state == "closed" and followed.evidence.get().kind == "photo"
    assert followed.ended_at is not None and followed.ended_at.year == 2023
    coming = ListeningForum.objects.get(state=ForumState.ASKING)
    assert {forum_queries.promise_words(task)[1] for task in forum_queries.earlier_promises(coming)} >= {"đã giữ lời", "trễ 7 ngày"}
    assert not Opinion.all_.all().overdue().filter(question__forum=festival).exists(), "nothing of 2023 is owed any more"
