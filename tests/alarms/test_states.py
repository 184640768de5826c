"""What a group's sirens are told: one retained state, derived from the database."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import Any

from liengia.alarms import services
from liengia.alarms.models import GroupRing, NeighbourGroup
from liengia.alarms.services.soundings import stop_rung_out
from liengia.alarms.services.timeline import STATES, STATES_SOON
from liengia.core import clock
from liengia.core.actor import Actor
from liengia.core.bus import get_bus
from tests.alarms.console_scene import Desk
from tests.alarms.given import incident, member, state

TESTER = Actor.system("test")


def rev(group: NeighbourGroup) -> int:
    return NeighbourGroup.objects.get(pk=group.pk).state_rev


def test_a_quiet_group_says_so(scene: Desk) -> None:
    assert state(scene.group) == {"rev": 1, "state": "quiet", "apart": []}


def test_real_before_drill_before_test_and_fire_first(scene: Desk) -> None:
    for kind, mode in (("fire", "test"), ("medical", "drill"), ("help", "real"), ("fire", "real")):
        incident(scene, kind=kind, mode=mode)
    # The real alarm ended the drill and the test.
    assert (state(scene.group)["kind"], state(scene.group)["mode"]) == ("fire", "real")
    incident(scene, kind="fire", mode="drill")
    assert state(scene.group)["mode"] == "real"


def test_ringing_while_any_of_its_incidents_rings(scene: Desk) -> None:
    fire, medical = incident(scene), incident(scene, kind="medical")
    services.resolve_incident(fire, actor=TESTER)
    assert (state(scene.group)["state"], state(scene.group)["incident"]) == ("ringing", medical.public_id)
    services.quiet_incident(medical, actor=TESTER)
    assert state(scene.group)["state"] == "quiet"


def test_it_rings_for_its_time_and_never_late(scene: Desk) -> None:
    incident(scene)
    assert 590 <= state(scene.group)["for_s"] <= 600
    assert state(scene.group, after_s=601)["state"] == "quiet", "a siren that returns late finds quiet"
    before = rev(scene.group)
    assert stop_rung_out(at=clock.now() + timedelta(seconds=601)) == 1
    assert rev(scene.group) == before + 1
    assert stop_rung_out(at=clock.now() + timedelta(seconds=601)) == 0


def test_after_a_buttons_press_the_state_may_wait_after_a_phones_and_a_quieting_not(
    scene: Desk, django_capture_on_commit_callbacks: Any
) -> None:
    poked: list[str] = []
    forget = [get_bus().on_poke(topic, partial(poked.append, topic)) for topic in (STATES, STATES_SOON)]
    try:
        with django_capture_on_commit_callbacks(execute=True):
            one = incident(scene)
        assert set(poked) == {STATES_SOON}, "the sirens ring by the press itself"
        poked.clear()
        with django_capture_on_commit_callbacks(execute=True):
            services.raise_from_phone(
                scene.houses[1], user=member(scene, 2), kind="fire", press_id="p-1234567", actor=TESTER
            )
        assert poked == [STATES], "it has joined what rings, and no siren has heard of it"
        poked.clear()
        with django_capture_on_commit_callbacks(execute=True):
            services.quiet_incident(one, actor=TESTER)
        assert set(poked) == {STATES}
    finally:
        for one_of_them in forget:
            one_of_them()


def test_the_states_of_many_groups_cost_as_many_queries_as_of_one(
    scene: Desk, django_assert_max_num_queries: Any
) -> None:
    groups = [scene.group, *(services.create_group(scene.hamlet, name=f"Tổ {n}", actor=TESTER) for n in range(5))]
    incident(scene)
    with django_assert_max_num_queries(3):
        said = services.group_states(groups, at=clock.now())
    assert [said[group.pk]["state"] for group in groups] == ["ringing"] + ["quiet"] * 5


def test_the_revision_rises_with_every_change(scene: Desk) -> None:
    seen = [rev(scene.group)]
    one = incident(scene)
    for change in (
        lambda: services.quiet_incident(one, actor=TESTER),
        lambda: incident(scene, 2),
        lambda: services.set_device_apart(scene.buttons[0], minutes=1, actor=TESTER),
        lambda: services.return_device(scene.buttons[0], actor=TESTER),
        lambda: services.resolve_incident(one, actor=TESTER),
    ):
        seen.append(rev(scene.group))
        change()
    seen.append(rev(scene.group))
    assert seen == sorted(set(seen))


def test_a_mode_that_is_not_real_says_so_on_the_sirens_display(scene: Desk) -> None:
    incident(scene, 3, mode="drill")
    said = state(scene.group)
    assert said["mode"] == "drill"
    assert said["label"].count(" · ") == 2
    assert said["label"].endswith("Nhà số 3")


def test_a_merged_group_shows_the_state_of_the_one_it_went_into(scene: Desk) -> None:
    other = services.create_group(scene.hamlet, name="Tổ cũ", actor=TESTER)
    services.merge_groups(other, into=scene.group, actor=TESTER)
    before = rev(other)
    one = incident(scene)
    assert rev(other) > before, "its devices have not moved yet and must hear of it"
    assert state(other)["incident"] == one.public_id


def test_another_group_rings_while_it_is_lent(scene: Desk) -> None:
    other = services.create_group(scene.hamlet, name="Tổ bên", actor=TESTER)
    one = incident(scene)
    GroupRing.objects.create(incident=one, group=other, since=clock.now())
    assert state(other)["incident"] == one.public_id
    before = rev(other)
    services.quiet_incident(one, actor=TESTER)
    assert state(other)["state"] == "quiet"
    assert rev(other) > before


def test_sirens_that_rang_out_are_not_lent_for_ever(scene: Desk) -> None:
    other = services.create_group(scene.hamlet, name="Tổ bên", actor=TESTER)
    one = incident(scene)
    GroupRing.objects.create(incident=one, group=other, since=clock.now())
    before = rev(other)
    stop_rung_out(at=clock.now() + timedelta(seconds=601))
    assert rev(other) > before
    incident(scene)
    assert state(other)["state"] == "quiet", "the plan begins anew, and with it the neighbours' turn"
