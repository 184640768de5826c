"""What neighbours answer: coming, safe, in need of help; not heard from is never "safe"."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from liengia.alarms import queries, services
from liengia.alarms.models import Answer, GroupHousehold, NeighbourGroup
from liengia.alarms.services import outward
from liengia.alarms.views.resident_alarm import alarm_screen
from liengia.alarms.views.resident_screens import ringing_here
from liengia.core import clock
from liengia.core.actor import Actor
from liengia.core.errors import Invalid, Refused
from liengia.people.models import Household
from tests.alarms.console_scene import Desk, sign_in
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


def a_neighbour_across_the_lane(scene: Desk) -> Household:
    """Return a house of another group of the hamlet."""
    house = Household.objects.create(hamlet=scene.hamlet, head_name="ông Lý Văn Hai", house_label="Nhà số 61")
    group = NeighbourGroup.objects.create(unit=scene.hamlet, number=5, name="Tổ 5", leader=scene.leader)
    GroupHousehold.objects.create(group=group, household=house, seat=1, joined_on=clock.today())
    return house


def test_a_neighbour_of_another_group_who_comes_is_seen_and_hides_no_house_of_this_one(scene: Desk, client: Client) -> None:
    one, far, user = incident(scene, 3), a_neighbour_across_the_lane(scene), member(scene, 1)
    services.answer_incident(one, household=far, kind="coming", minutes=2, kit=["powder_extinguisher"], actor=Actor.of(scene.officer))
    services.answer_incident(one, household=scene.houses[0], kind="safe", user=user, actor=Actor.of(user))
    counts = queries.answer_counts(one)
    assert (counts["households"], counts["answered"], counts["neighbours"], counts["coming"]) == (5, 1, 1, 1)
    page = sign_in(client, scene.officer).get(reverse("alarms:console_incident", args=[one.public_id])).content.decode()
    assert "Nhà số 61, Tổ 5: Tôi đến" in page
    assert "Nhà số 61, Tổ 5" in client.get(reverse("alarms:console_board"), {"mo": one.public_id}).content.decode()
    services.resolve_incident(one, actor=Actor.of(scene.officer))
    one.refresh_from_db()
    assert (one.counts["answered"], one.counts["neighbours"]) == (1, 1)


def test_an_answer_to_the_first_ringing_silences_no_later_one(scene: Desk) -> None:
    one, user, officer = incident(scene, 3), member(scene, 1), Actor.of(scene.officer)
    services.answer_incident(one, household=scene.houses[0], kind="safe", user=user, actor=Actor.of(user))
    assert ringing_here(user) is None
    services.quiet_incident(one, actor=officer)
    one = incident(scene, 4)
    assert ringing_here(user) == one and alarm_screen(user, one).sound == "real"
    assert user in outward.unanswered(one)
    services.answer_incident(one, household=scene.houses[0], kind="safe", user=user, actor=Actor.of(user))
    assert ringing_here(user) is None and alarm_screen(user, one).sound == ""
    assert user not in outward.unanswered(one)
