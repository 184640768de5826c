"""A silent call for help: nobody in the house or the group hears it, and yet somebody learns of it, with proof."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.translation import gettext

from liengia.alarms import policies, services, supervision
from liengia.alarms.feed import describe
from liengia.alarms.models import GroupRing, Incident, IncidentEvent, IncidentState, NeighbourGroup
from liengia.alarms.services.step_batch import steps_without_anybody
from liengia.core import clock, live
from liengia.core.actor import Actor
from liengia.core.errors import Refused
from liengia.people.models import DutyPost, DutyShift, Membership, User
from tests.alarms.console_scene import Desk, sign_in
from tests.alarms.given import incident, member

HOUSE = 4


@pytest.fixture
def deputy(scene: Desk) -> User:
    user = member(scene, 5, "Hồ Thị Gấm")
    NeighbourGroup.objects.filter(pk=scene.group.pk).update(deputy=user)
    return user


@pytest.fixture
def empty(scene: Desk) -> Desk:
    """Let nobody be on duty now; the second officer comes in two hours."""
    DutyShift.objects.all().delete()
    later = clock.now() + timedelta(hours=2)
    post = DutyPost.objects.get()
    DutyShift.objects.create(post=post, user=scene.second, role="commander", starts_at=later, ends_at=later + timedelta(hours=8))
    return scene


def call(scene: Desk, house: int = HOUSE) -> Incident:
    return incident(scene, house, kind="help", is_silent=True)


def run(one: Incident, after_s: float) -> None:
    services.run_due_steps(at=one.opened_at + timedelta(seconds=after_s))


def reached(one: Incident) -> dict[str, list[str]]:
    steps = one.steps.exclude(ran_at=None)
    return {target: [who["name"] for who in names] for target, names in steps.values_list("target", "reached")}


def get(user: User, path: str) -> tuple[int, str]:
    answer = sign_in(Client(), user, second_factor=False).get(path)
    return answer.status_code, answer.content.decode()


def test_with_nobody_at_a_desk_it_reaches_the_leaders_and_who_is_next_in_the_rota(empty: Desk, deputy: User) -> None:
    one = call(empty)
    run(one, 0)
    assert not policies.silent_calls(empty.leader).exists(), "not before its second"
    run(one, 20)
    assert reached(one) == {
        "duty_post": [], "next_on_duty": [empty.second.full_name], "leader": [empty.leader.full_name], "deputy": [deputy.full_name],
    }  # fmt: skip
    for user in (empty.leader, deputy):
        assert policies.silent_calls(user).get() == one
    neighbour = member(empty, 2)
    assert not policies.visible_incidents(neighbour).filter(pk=one.pk).exists()


def test_a_staffed_desk_has_two_minutes_before_a_leader_learns_of_it(scene: Desk, deputy: User) -> None:
    one = call(scene)
    run(one, 119)
    assert {"leader", "deputy"}.isdisjoint(reached(one))
    services.acknowledge_incident(one, actor=Actor.of(scene.officer))
    run(one, 300)
    assert {"leader", "deputy"}.isdisjoint(reached(one)), "who takes it on keeps it"
    Incident.objects.filter(pk=one.pk).update(state="resolved")
    two = call(scene)
    run(two, 121)
    assert reached(two)["leader"] == [scene.leader.full_name]


def test_nobody_of_the_calling_house_is_told_though_they_lead_the_group(empty: Desk, deputy: User) -> None:
    Membership.objects.create(user=empty.leader, household=empty.houses[HOUSE - 1], confirmed_at=clock.now())
    one = call(empty)
    before = steps_without_anybody._value.get()
    run(one, 20)
    assert reached(one)["leader"] == [] and reached(one)["deputy"] == [deputy.full_name]
    assert steps_without_anybody._value.get() == before + 2, "the post and the leader: counted"
    assert get(empty.leader, reverse("alarms:silent_call", args=[one.public_id]))[0] == 404
    line = IncidentEvent.objects.get(incident=one, kind="step_ran", data__target="leader")
    assert line.data["names"] == []


def test_the_leaders_open_page_shows_it_without_a_telephone_of_the_house(empty: Desk) -> None:
    one = call(empty)
    path = reverse("alarms:silent_call", args=[one.public_id])
    group = reverse("alarms:leader_group", args=[empty.group.public_id])
    assert path not in get(empty.leader, group)[1]
    run(one, 20)
    live.sequence(IncidentEvent)
    told = [m for m in describe(list(IncidentEvent.objects.filter(incident=one))) if f"user:{empty.leader.pk}" in m.audience]
    assert told and all(not key.startswith("group:") for message in told for key in message.audience)
    assert path in get(empty.leader, group)[1]
    assert get(empty.leader, reverse("alarms:ringing"))[1] == f'{{"url": "{path}"}}'
    status, page = get(empty.leader, path)
    assert status == 200 and "Nhà số 4" in page and empty.second.full_name in page
    for phone in empty.houses[HOUSE - 1].phones.values_list("phone", flat=True):
        assert phone not in page and phone[-6:] not in page.replace(" ", "")
    assert not GroupRing.objects.exists()


def test_the_leader_takes_it_on_and_ends_it_where_nobody_is_at_a_desk(empty: Desk) -> None:
    one = call(empty)
    run(one, 20)
    client = sign_in(Client(), empty.leader, second_factor=False)
    client.post(reverse("alarms:silent_call", args=[one.public_id]))
    one.refresh_from_db()
    assert one.state == IncidentState.ACKNOWLEDGED and one.acknowledged_by == empty.leader
    answer = client.post(reverse("alarms:end", args=[one.public_id]), {"outcome": "over", "note": "đã đưa ra ngoài"})
    assert answer.status_code == 302
    one.refresh_from_db()
    assert not one.is_open
    assert get(empty.leader, reverse("alarms:silent_call", args=[one.public_id]))[0] == 404


def test_the_page_that_ends_it_sends_nobody_to_the_house_and_leads_back_to_the_call(empty: Desk) -> None:
    one, ringing = call(empty), incident(empty, 1, kind="medical")
    run(one, 20)
    status, page = get(empty.leader, reverse("alarms:end", args=[one.public_id]))
    assert status == 200
    forbid = gettext("Do not telephone this house, do not ring there, do not go alone.")
    assert "Nhà số 4 · " in page and forbid in page and gettext("End the alarm for all houses") not in page
    assert reverse("alarms:silent_call", args=[one.public_id]) in page
    assert reverse("alarms:alarm", args=[one.public_id]) + '"' not in page
    loud = get(empty.leader, reverse("alarms:end", args=[ringing.public_id]))[1]
    assert forbid not in loud and gettext("End the alarm for all houses") in loud


def test_with_somebody_at_the_desk_the_leader_looks_on(scene: Desk) -> None:
    one = call(scene)
    run(one, 121)
    client = sign_in(Client(), scene.leader, second_factor=False)
    client.post(reverse("alarms:silent_call", args=[one.public_id]))
    one.refresh_from_db()
    assert one.state == IncidentState.RINGING
    with pytest.raises(Refused):
        services.end_without_desk(one, outcome="over", actor=Actor.of(scene.leader))


def test_one_that_nobody_takes_on_is_red_and_stays_on_top(scene: Desk) -> None:
    one = call(scene)
    assert supervision.calls_taken_on().ok, "a minute's grace"
    Incident.objects.filter(pk=one.pk).update(opened_at=clock.now() - timedelta(seconds=61))
    found = supervision.calls_taken_on()
    assert not found.ok
    assert not any(word in str(found.says).lower() for word in ("im lặng", "nhà", "cần giúp", scene.group.name.lower())), "to whom it may concern"
    scene.press(3, kind="fire")
    desk = sign_in(Client(), scene.officer).get("/truc/").content.decode()
    assert desk.index(one.public_id) < desk.index(Incident.objects.get(kind="fire").public_id)
    services.acknowledge_incident(one, actor=Actor.of(scene.officer))
    assert supervision.calls_taken_on().ok
