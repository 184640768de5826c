"""Two at once about one line of practices: no circle that neither sees, no practice twice in one place, a file taken once."""

from __future__ import annotations

import pytest

from liengia.practices import portable, services
from liengia.practices.models import Practice
from tests.cast import TESTER
from tests.concurrency.test_alarms import at_once
from tests.practices.given import TEXT, Place, facts, place
from tests.practices.test_transfer import moved

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def scene(transactional_db: None) -> Place:
    return place()


def test_two_who_set_each_others_origin_close_no_circle(scene: Place) -> None:
    one, two = (services.create(scene.commune, facts(name), TEXT, actor=TESTER) for name in ("Một", "Hai"))
    results = at_once(lambda: services.relink(one, two, actor=TESTER), lambda: services.relink(two, one, actor=TESTER))
    assert sum(isinstance(result, Exception) for result in results) == 1
    rows = {row.pk: row for row in Practice.objects.filter(pk__in=[one.pk, two.pk])}
    assert [row.replicated_from_id for row in rows.values()].count(None) == 1
    assert len({row.family for row in rows.values()}) == 1


def test_a_place_takes_a_practice_over_once(scene: Place) -> None:
    results = at_once(*(lambda: services.replicate(scene.practice, scene.other, changed="", actor=TESTER) for _ in range(4)))
    assert sum(isinstance(result, Exception) for result in results) == 3
    assert Practice.objects.filter(unit=scene.other).count() == 1


def test_a_file_that_two_take_at_once_comes_once(scene: Place) -> None:
    data = moved(portable.export(scene.practice))
    results = at_once(*(lambda: services.take_import(data, actor=TESTER) for _ in range(3)))
    assert sum(isinstance(result, Exception) for result in results) == 2
    assert Practice.objects.filter(unit=None, name=scene.practice.name).count() == 1
