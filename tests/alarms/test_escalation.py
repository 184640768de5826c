"""Escalation: frozen when the incident opens, resolved at the second a step runs."""

from __future__ import annotations

from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.db import IntegrityError, transaction

from liengia.alarms import channels, queries, services
from liengia.alarms.models import (
    EscalationPlan,
    GroupRing,
    Incident,
    IncidentEvent,
    IncidentStep,
    NeighbourGroup,
    PlanStep,
)
from liengia.alarms.services import clock_steps, step_batch
from liengia.alarms.services.escalation import DEFAULT_PLANS, next_due_at
from liengia.alarms.supervision import every_step_ran
from liengia.audit.models import Entry
from liengia.core import clock
from liengia.core.actor import Actor
from liengia.people.models import DutyPost, DutyShift
from tests.alarms.console_scene import Desk, _give
from tests.alarms.given import incident, kinds, lines, state

TESTER = Actor.system("test")


def run(one: Incident, after_s: float) -> int:
    """Run what is due some seconds after the incident opened."""
    return services.run_due_steps(at=one.opened_at + timedelta(seconds=after_s))


def ran(one: Incident) -> list[str]:
    return list(one.steps.exclude(ran_at=None).order_by("ran_at", "order").values_list("target", flat=True))


class Broken:
    """A channel that cannot be used."""

    name = label = "broken"

    def enqueue(self, notice: channels.Notice) -> int:
        raise OSError


def test_the_plan_is_frozen_when_the_incident_opens(scene: Desk) -> None:
    one = incident(scene)
    PlanStep.objects.all().delete()
    EscalationPlan.objects.update(is_active=False)
    assert [
        (step.target, (step.due_at - one.opened_at).total_seconds()) for step in one.steps.order_by("order")
    ] == [(target, after) for after, target, _through, _radius in DEFAULT_PLANS["fire"]]  # type: ignore[index]


def test_the_nearest_plan_is_taken(scene: Desk) -> None:
    plan = EscalationPlan.objects.create(unit=scene.commune, kind="fire", name="Cần Đước")
    PlanStep.objects.create(plan=plan, order=1, after_s=5, target="deputy", channels=["page"])
    assert list(incident(scene).steps.values_list("target", flat=True)) == ["deputy"]


def test_the_shortest_step_is_five_seconds_or_at_once(scene: Desk) -> None:
    plan = EscalationPlan.objects.create(unit=scene.commune, kind="fire", name="Cần Đước")
    PlanStep.objects.create(plan=plan, order=1, after_s=0, target="deputy")
    with pytest.raises(IntegrityError), transaction.atomic():
        PlanStep.objects.create(plan=plan, order=2, after_s=4, target="deputy")


def test_steps_run_once_in_order_and_never_before_they_are_due(scene: Desk) -> None:
    one = incident(scene)
    assert run(one, -1) == 0
    assert run(one, 0) == 3
    assert run(one, 0) == 0
    assert ran(one) == ["duty_post", "group", "leader"]
    assert run(one, 14.9) == 0
    assert run(one, 61) == 7
    assert ran(one)[3:] == ["deputy", "security_team", "unanswered", "next_on_duty", "hamlet", "remind_114", "neighbour_groups"]
    step = one.steps.get(target="deputy")
    assert step.ran_at is not None
    assert lines(one, "step_ran")[3]["late_s"] == 46.0


def test_a_step_names_whoever_is_on_duty_at_that_second(scene: Desk) -> None:
    one = incident(scene)
    _give(scene.elsewhere, "duty_officer", scene.commune)
    DutyShift.objects.filter(role="officer").update(user=scene.elsewhere)
    run(one, 0)
    assert [who["name"] for who in one.steps.get(target="duty_post").reached] == [scene.elsewhere.full_name]
    assert lines(one, "step_ran")[0]["users"] == [scene.elsewhere.pk]


def test_the_posts_own_siren_rings_until_acknowledged(scene: Desk) -> None:
    post = services.ensure_post_group(DutyPost.objects.get(), actor=TESTER)
    one = incident(scene)
    run(one, 0)
    assert state(post)["incident"] == one.public_id
    services.acknowledge_incident(one, actor=Actor.of(scene.officer))
    assert state(post)["state"] == "quiet"
    assert state(scene.group)["state"] == "ringing"


def test_acknowledging_ends_the_steps_but_not_the_reminder_of_114(scene: Desk) -> None:
    one = incident(scene)
    run(one, 0)
    services.acknowledge_incident(one, actor=Actor.of(scene.officer))
    assert run(one, 100) == 1
    assert ran(one) == ["duty_post", "group", "leader", "remind_114"]
    assert set(one.steps.exclude(cancelled_at=None).values_list("cancel_reason", flat=True)) == {"acknowledged"}


def test_the_reminder_nags_each_minute_until_somebody_ticks_and_five_times_at_most(scene: Desk) -> None:
    one = incident(scene)
    for minute in range(1, 12):
        run(one, 60 * minute + minute)
    assert kinds(one).count("reminded") == 5
    other = incident(scene, kind="fire", mode="real") if not one.is_open else one
    assert other == one


def test_a_call_to_another_number_leaves_the_reminder_of_114(scene: Desk) -> None:
    one, officer = incident(scene), Actor.of(scene.officer)
    services.tick_emergency_call(one, number="113", actor=officer)
    assert queries.incident_summary(one).is_uncalled
    for minute in (1, 2, 3):
        services.run_due_steps(at=one.opened_at + timedelta(minutes=minute, seconds=1))
    assert kinds(one).count("reminded") == 3
    services.tick_emergency_call(one, number="114", actor=officer)
    assert not queries.incident_summary(one).is_uncalled
    services.run_due_steps(at=one.opened_at + timedelta(minutes=10))
    assert kinds(one).count("reminded") == 3


def test_a_ticked_call_ends_the_reminder_for_this_and_the_next_ring(scene: Desk) -> None:
    one = incident(scene)
    services.tick_emergency_call(one, number="114", actor=Actor.of(scene.leader))
    services.quiet_incident(one, actor=Actor.of(scene.officer))
    assert incident(scene).generation == 2
    run(one, 4000)
    assert "reminded" not in kinds(one)


def test_the_end_cancels_everything(scene: Desk) -> None:
    one = services.resolve_incident(incident(scene), actor=Actor.of(scene.officer))
    assert run(one, 1000) == 0
    assert not one.steps.filter(ran_at=None, cancelled_at=None).exists()


def near(scene: Desk) -> NeighbourGroup:
    NeighbourGroup.objects.filter(pk=scene.group.pk).update(lat="10.530000", lon="106.600000")
    services.create_group(scene.hamlet, name="Tổ xa", lat="10.540000", lon="106.600000", actor=TESTER)
    return services.create_group(scene.hamlet, name="Tổ gần", lat="10.530900", lon="106.600000", actor=TESTER)


def test_a_fire_rings_neighbouring_groups_within_the_radius(scene: Desk) -> None:
    close = near(scene)
    one = incident(scene)
    run(one, 61)
    assert list(GroupRing.objects.values_list("group", flat=True)) == [close.pk]
    assert state(close)["incident"] == one.public_id
    services.resolve_incident(one, actor=Actor.of(scene.officer))
    assert state(close)["state"] == "quiet"


def test_neighbours_do_not_ring_for_what_was_quieted(scene: Desk) -> None:
    close = near(scene)
    one = incident(scene)
    services.quiet_incident(one, actor=Actor.of(scene.officer))
    run(one, 61)
    assert state(close)["state"] == "quiet"
    incident(scene)
    assert state(close)["state"] == "quiet"


@pytest.mark.parametrize("kind", ["intruder", "medical", "help"])
def test_refuses_07_only_fire_leaves_its_group_whatever_the_plan_says(scene: Desk, kind: str) -> None:
    near(scene)
    plan = EscalationPlan.objects.create(unit=scene.commune, kind=kind, name="thử")
    PlanStep.objects.create(plan=plan, order=1, after_s=0, target="neighbour_groups", channels=["page", "siren"], radius_m=5000)
    one = incident(scene, kind=kind)
    assert run(one, 0) == 1
    assert not GroupRing.objects.exists()
    assert one.steps.get().reached == []


def test_drills_and_tests_never_leave_the_group(scene: Desk) -> None:
    assert list(incident(scene, mode="drill").steps.values_list("target", "channels")) == [("group", ["webpush"])]
    assert not incident(scene, mode="test").steps.exists()


def test_a_channel_whose_room_is_off_is_named_and_the_others_go_on(scene: Desk) -> None:
    plan = EscalationPlan.objects.create(unit=scene.commune, kind="fire", name="thử")
    PlanStep.objects.create(plan=plan, order=1, after_s=0, target="leader", channels=["pigeon", "page"])
    one = incident(scene)
    run(one, 0)
    assert lines(one, "step_ran")[0]["channels"] == ["page"]
    assert lines(one, "step_ran")[0]["missing_channels"] == ["pigeon"]


def test_a_channel_that_fails_keeps_the_step_due(scene: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(channels._channels, "broken", Broken())
    plan = EscalationPlan.objects.create(unit=scene.commune, kind="fire", name="thử")
    PlanStep.objects.create(plan=plan, order=1, after_s=0, target="leader", channels=["broken"])
    PlanStep.objects.create(plan=plan, order=2, after_s=0, target="deputy", channels=["page"])
    one = incident(scene)
    assert run(one, 1) == 1, "the other step runs"
    assert list(one.steps.filter(ran_at=None).values_list("target", flat=True)) == ["leader"]


def test_steps_that_fail_again_and_again_take_no_place_from_others(scene: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(channels._channels, "broken", Broken())
    plan = EscalationPlan.objects.create(unit=scene.commune, kind="fire", name="thử")
    for order in range(1, 5):
        PlanStep.objects.create(plan=plan, order=order, after_s=0, target="leader", channels=["broken"])
    PlanStep.objects.create(plan=plan, order=5, after_s=5, target="deputy", channels=["page"])
    one = incident(scene)
    at = one.opened_at + timedelta(seconds=6)
    assert services.run_due_steps(at=at, most=4) == 0
    assert services.run_due_steps(at=at, most=4) == 1
    assert ran(one) == ["deputy"]
    assert one.steps.filter(ran_at=None, cancelled_at=None).count() == 4, "they stay due"


def test_what_a_failed_batch_had_done_is_not_done_twice(scene: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(channels._channels, "broken", Broken())
    close = near(scene)
    plan = EscalationPlan.objects.create(unit=scene.commune, kind="fire", name="thử")
    PlanStep.objects.create(plan=plan, order=1, after_s=0, target="neighbour_groups", channels=["siren"], radius_m=150)
    PlanStep.objects.create(plan=plan, order=2, after_s=0, target="leader", channels=["broken"])
    one = incident(scene)
    assert run(one, 0) == 1
    assert [ring.group for ring in GroupRing.objects.filter(incident=one)] == [close]
    assert len(lines(one, "step_ran")) == 1
    assert Entry.objects.filter(kind="alarms.step_ran").count() == 1


def test_steps_of_many_incidents_share_a_transaction(scene: Desk, django_assert_max_num_queries: object) -> None:
    post = services.ensure_post_group(DutyPost.objects.get(), actor=TESTER)
    kinds_of_alarm = ("fire", "medical", "intruder", "help")
    found = [incident(scene, kind=kind) for kind in kinds_of_alarm]
    with django_assert_max_num_queries(70):  # type: ignore[operator]
        assert services.run_due_steps(at=found[-1].opened_at) == 11
    assert all(one.steps.exclude(ran_at=None).exists() for one in found)
    assert GroupRing.objects.filter(group=post).count() == 4
    assert not IncidentEvent.objects.filter(position=None).exists()


def test_a_batch_ends_when_it_has_worked_long_enough(scene: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(step_batch, "WORK_S", 0.0)
    one = incident(scene)
    assert run(one, 61) == 1
    assert [run(one, 61) for _ in range(9)] == [1] * 9
    assert run(one, 61) == 0


def test_the_auditor_is_red_while_a_step_is_overdue(scene: Desk) -> None:
    one = incident(scene)
    assert every_step_ran().ok
    IncidentStep.objects.update(due_at=clock.now() - timedelta(seconds=11))
    assert len(services.overdue_steps()) == len(DEFAULT_PLANS["fire"])  # type: ignore[index]
    assert not every_step_ran().ok
    run(one, 61)
    services.run_due_steps()
    assert every_step_ran().ok


def test_shipped_plans_stand_once(scene: Desk) -> None:
    services.ensure_default_plans()
    assert EscalationPlan.objects.filter(unit=None).count() == 4


def test_the_worker_is_told_of_the_next_step_alone(scene: Desk) -> None:
    one = incident(scene)
    after = one.opened_at
    assert next_due_at(after) == one.opened_at + timedelta(seconds=15)
    one.steps.filter(target="deputy").update(cancelled_at=after)
    one.steps.filter(due_at=after + timedelta(seconds=30)).update(ran_at=after)
    assert next_due_at(after) == one.opened_at + timedelta(seconds=45)
    assert next_due_at(after + timedelta(seconds=120)) is None


def test_a_clock_that_is_set_back_takes_the_waiting_steps_with_it_once(scene: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine whose clock was five minutes fast is corrected during an alarm: nobody waits five minutes longer."""
    one = incident(scene)
    run(one, 0)
    before = dict(one.steps.values_list("pk", "due_at"))
    hands = SimpleNamespace(time=lambda: 1_000_000.0, monotonic=lambda: 500.0)
    monkeypatch.setattr(clock_steps, "time", hands)
    watches = [clock_steps.SetBack(), clock_steps.SetBack()]
    assert [watch.follow() for watch in watches] == [0, 0]
    hands.time = lambda: 1_000_000.0 - 300
    waiting = one.steps.filter(ran_at=None).count()
    assert [watch.follow() for watch in watches] == [waiting, 0], "one worker of two"
    ago = {pk: (before[pk] - due).total_seconds() for pk, due in one.steps.values_list("pk", "due_at")}
    assert ago == {pk: 0.0 if ran_at else 300.0 for pk, ran_at in one.steps.values_list("pk", "ran_at")}
    assert Entry.objects.get(kind="alarms.steps_set_back").facts == {"back_s": 300.0, "steps": waiting}
    hands.time = lambda: 1_000_000.0 + 900
    assert watches[0].follow() == 0, "a clock that jumps forward makes them due, which is the safe side"
