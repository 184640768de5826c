"""The live order of this room: to whom each line goes, and what it says."""

from __future__ import annotations

from django.test import Client
from pytest_django import DjangoAssertNumQueries

from liengia.alarms import feed, policies, services
from liengia.alarms.models import GroupHousehold, GroupRing, IncidentEvent
from liengia.core import clock, live
from liengia.core.actor import Actor
from liengia.core.live import Message
from liengia.people.models import Membership, User
from tests.alarms.console_scene import Desk
from tests.alarms.given import incident, member


def told() -> list[Message]:
    live.sequence(IncidentEvent)
    return list(feed.describe(list(IncidentEvent.objects.order_by("position"))))


def test_a_line_goes_to_the_group_the_desk_and_the_hamlet(scene: Desk) -> None:
    one = incident(scene)
    message = told()[0]
    for user in (scene.officer, scene.leader, member(scene, 2)):
        assert message.audience & policies.audience_of(user)
    assert not message.audience & policies.audience_of(scene.elsewhere)
    assert message.data["incident"] == one.public_id
    assert (message.data["incident_kind"], message.data["mode"], message.data["sounding"]) == ("fire", "real", True)


def test_a_silent_calls_lines_go_to_the_desk_alone(scene: Desk) -> None:
    one = incident(scene, kind="help", is_silent=True)
    services.note_incident(one, text="đi kín", actor=Actor.of(scene.officer))
    services.acknowledge_incident(one, actor=Actor.of(scene.officer))
    messages = told()
    assert len(messages) == 3
    for message in messages:
        assert all(key.startswith("desk:") for key in message.audience)


def test_nobody_of_the_house_that_called_silently_hears_a_line(scene: Desk) -> None:
    for user in (scene.officer, scene.leader):
        Membership.objects.create(user=user, household=scene.houses[2], confirmed_at=clock.now())
    boss = User.objects.create_superuser("goc", full_name="Người Cài Đặt", password="x")
    one = incident(scene, house=3, kind="help", is_silent=True)
    services.run_due_steps()
    services.note_incident(one, text="đi kín", actor=Actor.of(scene.second))
    messages = told()
    assert len(messages) >= 2
    for message in messages:
        assert not any(message.audience & policies.audience_of(user) for user in (scene.officer, scene.leader))
        assert message.audience & policies.audience_of(scene.second) and message.audience & policies.audience_of(boss)
    incident(scene, house=2)
    assert told()[-1].audience & policies.audience_of(scene.officer), "a loud one of another house they hear"


def test_neighbours_hear_a_real_alarm_that_rings_them_and_no_drill(scene: Desk) -> None:
    other = services.create_group(scene.hamlet, actor=Actor.system("test"))
    for mode, heard in (("drill", False), ("real", True)):
        one = incident(scene, mode=mode)
        GroupRing.objects.create(incident=one, group=other, since=clock.now())
        last = next(message for message in reversed(told()) if message.kind == "opened")
        assert (f"group:{other.pk}" in last.audience) is heard


def test_the_invited_hear_the_drill(scene: Desk) -> None:
    drill = services.plan_drill(
        scene.group, planned_at=clock.now(), invited=[scene.elsewhere], actor=Actor.of(scene.leader)
    )
    services.start_drill(drill, actor=Actor.of(scene.leader))
    assert told()[0].audience & policies.audience_of(scene.elsewhere)


def test_whom_a_step_names_hears_it(scene: Desk) -> None:
    incident(scene)
    services.run_due_steps()
    called = [message for message in told() if message.data.get("called")]
    assert any(f"user:{scene.leader.pk}" in message.audience for message in called)


def test_a_stream_hangs_on_rights_and_on_the_group_of_ones_house(scene: Desk) -> None:
    user = member(scene, 2)
    mark = feed.listener(user).mark
    assert feed.marks([user.pk]) == {user.pk: mark}
    other = services.create_group(scene.hamlet, actor=Actor.system("test"))
    GroupHousehold.objects.filter(household=scene.houses[1]).update(group=other)
    assert feed.marks([user.pk])[user.pk] != mark


def test_what_streams_hang_on_is_read_for_all_at_once(
    scene: Desk, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    users = [scene.leader, scene.officer, scene.elsewhere, *(member(scene, house) for house in (1, 2, 3, 3, 3))]
    alone = {user.pk: feed.listener(user).mark for user in users}
    with django_assert_max_num_queries(10):
        assert feed.marks([user.pk for user in users]) == alone
    users[-1].is_active = False
    users[-1].save()
    assert feed.marks([user.pk for user in users]).keys() == alone.keys() - {users[-1].pk}


def test_nobody_listens_without_signing_in(scene: Desk) -> None:
    assert Client().get("/song/").status_code == 302
