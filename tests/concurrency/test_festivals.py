"""Phones, desks and guests at one instant: nothing is lost, nothing is taken twice, and the day is what all of them said."""

from __future__ import annotations

from datetime import timedelta

import pytest

from liengia.core import clock
from liengia.core.actor import Actor
from liengia.core.errors import Refused
from liengia.festivals.models import DayEvent, FestivalDay, GuestInvitation, Season
from liengia.festivals.services import days, guests, live, seasons
from liengia.festivals.services.days import Host
from liengia.festivals.services.live import Told
from tests.cast import TESTER, assemble
from tests.concurrency.test_alarms import at_once
from tests.festivals.given import PROGRAMME

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def day(transactional_db: None) -> FestivalDay:
    """An announced day of the cast's hamlet, today."""
    cast, today = assemble(), clock.today()
    seasons.plan_season(unit=cast.commune, name="Mùa", starts_on=today - timedelta(days=1), ends_on=today + timedelta(days=1), actor=TESTER)
    made = days.plan_days(Season.objects.get(), [Host(cast.hamlet)], place="Sân", starts_at=clock.now().replace(microsecond=0), items=PROGRAMME, actor=TESTER)[0]
    return days.announce_day(made, actor=TESTER)


def test_phones_that_tell_at_once_lose_nothing(day: FestivalDay) -> None:
    results = at_once(*(lambda number=number: live.tell_event(day, Told(f"phone-{number:04}", "count", number=number, age_s=10 - number), actor=TESTER) for number in range(8)))
    assert not [one for one in results if isinstance(one, Exception)]
    assert DayEvent.objects.filter(day=day).count() == 8
    assert FestivalDay.objects.get(pk=day.pk).attendance == 7, "the one that was counted last"


def test_one_thing_that_is_sent_twice_at_once_is_one(day: FestivalDay) -> None:
    results = at_once(*(lambda: live.tell_event(day, Told("the-same-key", "begun"), actor=TESTER) for _ in range(4)))
    assert not [one for one in results if isinstance(one, Exception)]
    assert DayEvent.objects.filter(day=day).count() == 1


def test_of_two_desks_that_write_the_programme_at_once_one_is_told(day: FestivalDay) -> None:
    seen = FestivalDay.objects.get(pk=day.pk).revision
    results = at_once(*(lambda part=part: days.set_programme(day, part, revision=seen, actor=TESTER) for part in (PROGRAMME[:3], PROGRAMME[:4])))
    refused = [one for one in results if isinstance(one, Exception)]
    assert len(refused) == 1 and isinstance(refused[0], Refused) and refused[0].detail_code == "changed"
    assert day.items.count() in (3, 4)


def test_of_two_who_answer_with_one_link_at_once_one_is_told(day: FestivalDay) -> None:
    guests.invite(day, [("Trường Mẫu", "")], actor=TESTER)
    guest = GuestInvitation.objects.get()
    results = at_once(*(lambda n=n: guests.answer(guest, comes=True, people=n, words="", seen=0, actor=Actor.visitor()) for n in (2, 3)))
    assert sum(isinstance(one, Refused) for one in results) == 1
    guest.refresh_from_db()
    assert guest.answered == 1 and guest.people in (2, 3)
