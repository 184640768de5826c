"""What neighbours answer: coming, safe, in need of help; not heard from is never "safe"."""

from __future__ import annotations

import pytest

from liengia.alarms import queries, services
from liengia.alarms.models import Answer
from liengia.core.actor import Actor
from liengia.core.errors import Invalid, Refused
from tests.alarms.console_scene import Desk
from tests.alarms.given import incident, member, rang


def test_the_newest_answer_of_a_person_stands_and_the_timeline_keeps_all(scene: Desk) -> None:
    one, user = incident(scene, 3), member(scene, 1)
    for kind in ("coming", "safe"):
        services.answer_incident(one, household=scene.houses[0], kind=kind, user=user, actor=Actor.of(user))
    assert Answer.objects.get().kind == "safe"
    assert one.events.filter(kind="answered").count() == 2


def test_who_needs_help_counts_before_who_is_safe(scene: Desk) -> None:
    one, first, second = incident(scene, 3), member(scene, 1), member(scene, 1)
    services.answer_incident(one, household=scene.houses[0], kind="need_help", user=first, actor=Actor.of(first))
    services.answer_incident(one, household=scene.houses[0], kind="safe", user=second, actor=Actor.of(second))
    counts = queries.answer_counts(one)
    assert (counts["households"], counts["answered"], counts["need_help"], counts["safe"]) == (5, 1, 1, 0)


def test_kit_and_minutes(scene: Desk) -> None:
    one, user = incident(scene, 3), member(scene, 1)
    answer = services.answer_incident(
        one, household=scene.houses[0], kind="coming", minutes=3, kit=["crowbar", "gun"], user=user, actor=Actor.of(user)
    )
    assert (answer.minutes, answer.kit) == (3, ["crowbar"])
    for facts in ({"kind": "asleep"}, {"kind": "coming", "minutes": -1}, {"kind": "coming", "minutes": 601}):
        with pytest.raises(Invalid):
            services.answer_incident(one, household=scene.houses[0], user=user, actor=Actor.of(user), **facts)  # type: ignore[arg-type]


def test_told_by_telephone_is_one_answer_a_house(scene: Desk) -> None:
    one, officer = incident(scene, 3), Actor.of(scene.officer)
    for kind in ("safe", "need_help"):
        services.answer_incident(one, household=scene.houses[0], kind=kind, actor=officer)
    assert Answer.objects.get().entered_by == scene.officer


def test_nobody_answers_a_bell_test_or_what_has_ended(scene: Desk) -> None:
    officer = Actor.of(scene.officer)
    with pytest.raises(Refused):
        services.answer_incident(incident(scene, mode="test"), household=scene.houses[0], kind="safe", actor=officer)
    one = services.resolve_incident(incident(scene), actor=officer)
    with pytest.raises(Refused):
        services.answer_incident(one, household=scene.houses[0], kind="safe", actor=officer)


def test_not_heard_from_is_not_confirmed_and_never_safe(scene: Desk, django_assert_max_num_queries: object) -> None:
    one, user = incident(scene, 3), member(scene, 1)
    services.answer_incident(one, household=scene.houses[0], kind="safe", user=user, actor=Actor.of(user))
    rang(scene, 1, 2)
    with django_assert_max_num_queries(18):  # type: ignore[operator]
        summary = queries.incident_summary(one)
        assert [house.seat for house in summary.unanswered] == [2, 3, 4, 5], "the one that pressed has not answered either"
        assert [house.seat for house in summary.unconfirmed] == [3, 4, 5]
        assert (summary.sirens_expected, summary.sirens_sounded, summary.houses_sounded) == (5, 2, 2)
        assert summary.counts["safe"] == 1
        assert summary.unconfirmed[1].phones[0].phone == "+84900000004"
        assert summary.pressing is not None and summary.pressing.seat == 3


def test_a_house_has_sounded_when_any_of_its_sirens_has(scene: Desk) -> None:
    services.provision_device(scene.group, household=scene.houses[0], kind="siren", actor=Actor.system("test"))
    one = incident(scene, 3)
    rang(scene, 1)
    house = queries.incident_summary(one).houses[0]
    assert house.sounded
    assert len(house.silent_devices) == 1
