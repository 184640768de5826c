"""Two who decide at one instant: one number, one line of the register each, nothing half."""

from __future__ import annotations

import pytest

from liengia.commendations import services
from liengia.commendations.models import Certificate, Decision, HandOver
from liengia.papers.models import Paper
from tests.commendations.given import Bureau, bureau, decided, nominated, opened, signing, submitted
from tests.concurrency.test_alarms import at_once

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def scene(transactional_db: None) -> Bureau:
    return bureau()


def test_one_round_that_two_sign_at_once_is_decided_once(scene: Bureau) -> None:
    row = opened(scene)
    for n in "ABC":
        nominated(scene, row, f"Nguyễn Văn {n}")
    submitted(scene, row)
    results = at_once(*(lambda: services.decide(row, signing(), with_files=False, actor=scene.chairman) for _ in range(3)))
    assert sum(isinstance(result, Exception) for result in results) == 2, results
    assert Decision.objects.count() == 1 and Certificate.objects.count() == 3
    assert list(Paper.objects.filter(kind="commendation").values_list("number", flat=True)) == [1]


def test_rounds_signed_at_once_get_numbers_and_register_lines_without_gap_or_double(scene: Bureau) -> None:
    rows = []
    for n in "ABCD":
        row = opened(scene, title=f"đợt {n}")
        for m in "EF":
            nominated(scene, row, f"Nguyễn {n} {m}", merit=f"Việc {n} {m}")
        rows.append(submitted(scene, row))
    results = at_once(*(lambda row=row: services.decide(row, signing(), with_files=False, actor=scene.chairman) for row in rows))
    assert not [result for result in results if isinstance(result, Exception)], results
    assert sorted(Paper.objects.filter(kind="commendation").values_list("number", flat=True)) == [1, 2, 3, 4]
    assert sorted(Certificate.objects.values_list("register_number", flat=True)) == list(range(1, 9))


def test_a_certificate_that_two_replace_at_once_is_replaced_once(scene: Bureau) -> None:
    row = opened(scene)
    nominated(scene, row)
    decided(scene, row, on=signing().on)
    found = Certificate.objects.get()
    results = at_once(*(lambda: services.replace_certificate(found, reason="Rách.", actor=scene.clerk) for _ in range(2)), lambda: services.hand_over([found], on=signing().on, actor=scene.clerk))
    assert sum(isinstance(result, Exception) for result in results) >= 1
    assert Certificate.objects.filter(state="valid").count() == 1 and Certificate.objects.filter(state="replaced").count() == 1
    assert Certificate.objects.exclude(hand_over=HandOver.WAITING).count() <= 1


def test_ballots_cast_at_once_are_all_counted_and_each_seat_once(scene: Bureau) -> None:
    from tests.commendations.given import HELD

    row = opened(scene)
    one = nominated(scene, row)
    session = services.open_session(
        row, committee=scene.council, held_on=HELD, place="Phòng họp", chair=scene.seats[0], clerk=scene.seats[1], present=scene.seats, is_by_hand=False, actor=scene.clerk
    )
    ballots = [(seat, seat_choice) for seat in scene.seats for seat_choice in ("in_favour", "against")]
    results = at_once(*(lambda seat=seat, choice=choice: services.cast_ballot(session, seat, {one.pk: choice}, actor=scene.clerk) for seat, choice in ballots))
    assert sum(isinstance(result, Exception) for result in results) == 5
    vote = session.votes.get()
    assert vote.in_favour + vote.against == 5
