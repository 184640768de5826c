"""A silent call for help: nobody in the house or the group hears it, and yet somebody learns of it, with proof."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.translation import gettext

from liengia.alarms import policies, services, supervision, tasks
from liengia.alarms.console_words import Teller
from liengia.alarms.feed import describe
from liengia.alarms.models import GroupRing, Incident, IncidentEvent, IncidentState, NeighbourGroup, Press
from liengia.alarms.services.step_batch import steps_without_anybody
from liengia.audit import scope
from liengia.audit.models import Entry
from liengia.core import clock, live
from liengia.core.actor import Actor
from liengia.core.errors import Refused
from liengia.people import handover
from liengia.people.models import DutyPost, DutyShift, Handover, Membership, User
from liengia.people.services import duty
from tests.alarms.console_scene import Desk, _give, sign_in
from tests.alarms.given import incident, member, press, state

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


def test_it_reaches_the_desk_however_late_and_from_a_device_set_apart(scene: Desk, deputy: User) -> None:
    services.set_device_apart(scene.buttons[2], minutes=60, actor=Actor.of(scene.leader))
    two_hours = 7200.0
    late, apart = call_late(scene, age_s=5000.0, waited_s=two_hours - 5000.0), press(scene, 3, kind="help", is_silent=True)
    one = late.incident
    assert one is not None and apart.incident == one and (late.is_stale, apart.is_apart, apart.needs_publishing) == (True, True, False)
    assert state(scene.group)["state"] == "quiet" and not Incident.objects.exclude(pk=one.pk).exists()
    run(one, 121)
    assert reached(one)["duty_post"] == [scene.officer.full_name] and reached(one)["leader"] == [scene.leader.full_name]
    said = {line.kind: line.detail for line in Teller({}, "real").lines(one.events.order_by("id"))}
    assert "2 giờ" in said["opened"] and "tách riêng" in said["pressed"]
    when = f"{clock.local(late.pressed_at):%H:%M}"
    for page in (sign_in(Client(), scene.officer).get(f"/truc/?mo={one.public_id}").content.decode(), get(scene.leader, reverse("alarms:silent_call", args=[one.public_id]))[1]):
        assert f"Đã bấm lúc {when}" in page
    assert call_late(scene, mode="test").incident is None, "a test is no call"


def call_late(scene: Desk, **facts: object) -> Press:
    return press(scene, HOUSE, **{"kind": "help", "is_silent": True, "age_s": 301.0, **facts})


def test_a_phone_set_apart_is_told_sent_only_since_it_was(scene: Desk) -> None:
    user = member(scene, HOUSE)
    press = partial(services.raise_from_phone, scene.houses[HOUSE - 1], user=user, is_silent=True, kind="help", actor=Actor.of(user))
    first = press(press_id="mot")
    services.resolve_incident(first.incident, actor=Actor.of(scene.officer))
    services.set_device_apart(first.device, minutes=60, actor=Actor.of(scene.officer))
    again = press(press_id="hai")
    assert again.is_apart and again.incident is not None and again.incident.is_open and not again.needs_publishing


def test_the_link_in_a_message_leads_each_reader_to_their_page_and_nobody_of_the_house_anywhere(scene: Desk, deputy: User) -> None:
    one, at_home = call(scene), member(scene, HOUSE)
    _give(at_home, "duty_officer", scene.commune)
    link = reverse("alarms:alarm", args=[one.public_id])
    assert get(scene.leader, link)[0] == 404, "not before a step has told them"
    run(one, 121)
    desk, led = reverse("alarms:console_incident", args=[one.public_id]), reverse("alarms:silent_call", args=[one.public_id])
    for user, page in ((scene.officer, desk), (scene.second, desk), (scene.leader, led), (deputy, led)):
        assert sign_in(Client(), user).get(link)["Location"] == page
    for user in (at_home, member(scene, 2)):
        assert sign_in(Client(), user).get(link).status_code == 404
    asked = [sign_in(Client(), at_home, second_factor=False).get(path) for path in (link, reverse("alarms:alarm", args=["zzzzzzzzzz"]))]
    assert all(answer["Location"].startswith(reverse("people:second_factor")) for answer in asked), "there or not, alike"
    services.resolve_incident(one, actor=Actor.of(scene.officer))
    client = sign_in(Client(), scene.leader, second_factor=False)
    ended = client.get(link, follow=True)
    assert ended.redirect_chain[0][0] == reverse("alarms:leader_group", args=[scene.group.public_id]) and "đã kết thúc" in ended.content.decode()
    assert sign_in(Client(), scene.officer).get(link)["Location"] == desk
    assert {sign_in(Client(), user).get(link).status_code for user in (at_home, member(scene, 2))} == {404}


def test_an_officer_of_the_calling_house_reads_of_it_neither_in_handovers_nor_in_logs_nor_in_the_audit(scene: Desk) -> None:
    at_home = member(scene, HOUSE, "Cao Văn Sĩ")
    _give(at_home, "duty_officer", scene.commune)
    one, loud, post = call(scene), incident(scene, 1, kind="medical"), DutyPost.objects.get()
    run(one, 0)
    folder = f"/truc/lich/{post.public_id}"
    url = reverse("alarms:console_incident", args=[one.public_id])

    def read(user: User) -> str:
        client = sign_in(Client(), user)
        return "".join(client.get(path).content.decode() for path in (f"{folder}/giao-ca/", f"{folder}/so-truc/"))

    assert "Nhà số 4" in read(scene.officer) and url in read(scene.officer)
    assert "Nhà số 4" not in read(at_home) and url not in read(at_home) and "Nhà số 1" in read(at_home)
    offered = duty.offer_handover(post, actor=Actor.of(scene.officer), to_user=at_home)
    seen = [item.key for item in handover.open_items(post, clock.now(), reader=at_home.pk)]
    assert len(seen) == 1
    duty.accept_handover(offered, seen=seen, actor=Actor.of(at_home))
    assert len(Handover.objects.get().open_items) == 2, "the record keeps both"
    assert loud.events.filter(kind="handed_over").exists() and not one.events.filter(kind="handed_over").exists()
    assert "2 việc" in read(scene.officer) and "2 việc" not in read(at_home)
    entries = Entry.objects.filter(kind__startswith="alarms.")
    about = {user: set(scope.readable_by(user, entries).values_list("about_id", flat=True)) for user in (at_home, scene.officer)}
    mine = policies.hidden_entries(at_home)
    assert mine is not None and policies.hidden_entries(scene.officer) is None
    assert not entries.exclude(mine).filter(about_id=one.public_id).exists() and entries.exclude(mine).filter(about_id=loud.public_id).exists()
    assert one.public_id not in about[at_home]
    User.objects.filter(pk=at_home.pk).update(is_superuser=True)
    read_as_root = scope.readable_by(User.objects.get(pk=at_home.pk), Entry.objects.all())
    assert not read_as_root.filter(about_id=one.public_id).exists() and read_as_root.filter(about_id=loud.public_id).exists()


def test_whoever_asks_how_the_site_is_learns_nothing_of_a_call_that_waits(scene: Desk, settings: Any) -> None:
    settings.METRICS_TOKEN = "mot-hai-ba"
    one = call(scene)
    Incident.objects.filter(pk=one.pk).update(opened_at=clock.now() - timedelta(seconds=61))
    far: dict[str, Any] = {"REMOTE_ADDR": "203.0.113.7"}
    before = Client(**far).get("/health").content.decode()
    assert "alarms.calls" not in before and "alarms.steps" in before
    for asked in (Client().get("/health"), Client(**far).get("/health", headers={"Authorization": "Bearer mot-hai-ba"})):
        assert asked.json()["components"]["alarms.calls"]["ok"] is False and asked.status_code == 503
    tasks.audit_steps()
    assert supervision.calls_waiting._value.get() == 1, "counted though nobody asks"


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
