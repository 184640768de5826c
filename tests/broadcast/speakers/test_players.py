"""Players on the bus: rights, what the broker keeps for them, beats, faults, reports."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import time, timedelta
from typing import Any

import pytest
import time_machine

from liengia.alarms import broker
from liengia.alarms.models import BrokerUsers
from liengia.broadcast.models import (
    Delivery,
    PlayOrder,
    PlayReport,
    SpeakerCluster,
    SpeakerFault,
    VoiceRules,
)
from liengia.broadcast.services import outbox, players, speakers
from liengia.broadcast.services.players import Players
from liengia.core import families
from liengia.core.families import Heard
from tests.broadcast.speakers.given import NOW, Place, loud, message, parcel
from tests.cast import TESTER


def beat(cluster: SpeakerCluster, device: str, at: Any = NOW, **body: Any) -> Heard:
    return Heard(f"lo.{cluster.public_id}.beat.{device}", json.dumps({"clock": at.timestamp(), **body}).encode(), at)


def report(cluster: SpeakerCluster, device: str, at: Any = NOW, **body: Any) -> Heard:
    whole = {"report": "report-0001", "began": NOW.timestamp(), "ended": NOW.timestamp(), "times": 1, **body}
    return Heard(f"lo.{cluster.public_id}.report.{device}", json.dumps(whole).encode(), at)


def held(cluster: SpeakerCluster) -> dict[str, Any]:
    due = {one.key: one for one in Players().retained_due()}
    found: dict[str, Any] = json.loads(due[cluster.pk].body)
    return found


# Rights


def test_a_player_reaches_its_own_four_topics_and_nothing_more(here: Place) -> None:
    minted = speakers.mint_credential(here.market, actor=TESTER)
    (user,) = Players().users()
    mine = f"lo.{here.market.public_id}"
    assert user.publish == (f"{mine}.beat.{minted.device}", f"{mine}.report.{minted.device}")
    assert user.subscribe == (f"{mine}.say", f"{mine}.to.{minted.device}")
    assert minted.password not in user.password_hash
    assert minted.password not in repr(minted)


def test_a_new_credential_cuts_the_old_one_off_and_the_broker_is_told(here: Place) -> None:
    first = speakers.mint_credential(here.market, actor=TESTER)
    before = BrokerUsers.objects.get().wanted_rev
    second = speakers.mint_credential(here.market, actor=TESTER)
    assert [user.username for user in Players().users()] == [second.device]
    assert first.device != second.device
    assert BrokerUsers.objects.get().wanted_rev == before + 1
    speakers.remove_cluster(here.market, actor=TESTER)
    assert list(Players().users()) == []


class Greedy(Players):
    """A family that asks for more than its own."""

    def __init__(self, subject: str) -> None:
        super().__init__()
        self.subject = subject

    def users(self) -> Iterator[families.User]:
        yield families.User("greedy", "x", publish=(self.subject,), subscribe=())


@pytest.mark.parametrize("subject", ["lg.group00001.press.x", "lo.>", "lo.*.say", ">", "lo", "$SYS.x", "lo.a b", "lo.a\n.b", "liengia.poke.x", "loud.x"])
def test_no_family_widens_a_right(subject: str) -> None:
    family = Greedy(subject)
    with pytest.raises(ValueError, match="may not have"):
        [families.checked(family, user) for user in family.users()]


@pytest.mark.parametrize("prefix", ["lg", "liengia", "l.o", "", "LO", "$sys"])
def test_no_family_takes_a_prefix_of_others(prefix: str) -> None:
    family = Players()
    family.prefix = prefix
    with pytest.raises(ValueError, match="not free"):
        families.register(family)


def test_loudspeakers_change_nothing_of_a_sirens_line(here: Place) -> None:
    speakers.mint_credential(here.market, actor=TESTER)
    plan = broker.Plan(folder=None, run=None, nats_port=1, mqtt_host="x", mqtt_port=1, server_hash="s", system_hash="y", leaf_port=7)  # type: ignore[arg-type]
    siren = broker.Credential("group00001", "siren00001", "siren00001", "hash")
    without, with_them = broker.users(plan, [siren]), broker.users(plan, [siren], (), families.users())
    assert [line for line in with_them.splitlines() if line not in without.splitlines()] == [broker.other_user(next(Players().users()))]
    gateway = broker.users(plan, [], [broker.GatewayCredential("ap-5", "hash")])
    denied = json.loads(gateway.splitlines()[2])["permissions"]
    assert {"lo.*.say", "lo.*.to.*"} <= set(denied["publish"]["deny"]), "a gateway has no say in what is spoken"
    assert not [subject for subject in denied["subscribe"]["deny"] if subject.startswith("lo.")], "what players are to hold crosses the link"


# What the broker keeps


def test_the_programme_holds_what_is_still_to_be_played(here: Place) -> None:
    loud().send([parcel(here.market), parcel(here.market, key="urgent", priority="urgent", subject="bulletin:uuuuuuuuuu")])
    loud().send([parcel(here.market, key="alarm", priority="urgent", kind="fire", subject="incident:aaaaaaaaaa")])
    assert [one.get("alarm") for one in held(here.market)["orders"]] == [True, None, None]
    loud().withdraw("incident:aaaaaaaaaa")
    said = held(here.market)
    assert (said["volume"], said["quiet"], said["most_a_day"], said["offset_min"]) == (70, ["21:00", "06:00"], 6, 420)
    assert [one["priority"] for one in said["orders"]] == ["urgent", "normal"]
    order = PlayOrder.objects.get(priority="normal")
    assert said["orders"][1]["url"] == f"/loa/am-thanh/{order.audio.sha256}.wav"
    PlayOrder.objects.filter(priority="urgent").update(ended_at=NOW)
    loud().withdraw("bulletin:aaaaaaaaaa")
    assert held(here.market)["orders"] == []


def test_what_the_broker_holds_is_not_due_until_it_changes(here: Place) -> None:
    family = Players()
    family.retained_done(family.retained_due())
    assert family.retained_due() == []
    due = speakers.change_cluster(here.market, volume=20, actor=TESTER)
    assert [(one.topic, json.loads(one.body)["volume"]) for one in family.retained_due()] == [(f"lo/{due.public_id}/say", 20)]
    family.retained_done(family.retained_due())
    family.retain_again()
    assert len(family.retained_due()) == 2


def test_a_change_between_reading_and_publishing_stays_due(here: Place) -> None:
    family = Players()
    read = family.retained_due()
    speakers.change_cluster(here.market, volume=20, actor=TESTER)
    family.retained_done(read)
    assert [one.key for one in family.retained_due()] == [here.market.pk]


def test_a_cluster_that_is_off_is_told_to_hold_nothing(here: Place) -> None:
    loud().send([parcel(here.market)])
    speakers.change_cluster(here.market, is_on=False, actor=TESTER)
    assert held(here.market)["orders"] == []


def test_quiet_hours_that_change_reach_the_players(here: Place) -> None:
    family = Players()
    family.retained_done(family.retained_due())
    assert players.refresh(NOW) == 0
    VoiceRules.objects.create(unit=here.commune, quiet_from=time(20), quiet_to=time(7), most_a_day=2)
    assert players.refresh(NOW) == 2
    said = held(here.market)
    assert (said["quiet"], said["most_a_day"]) == (["20:00", "07:00"], 2)


def test_the_programme_is_a_fixed_number_of_questions(here: Place, django_assert_max_num_queries: Any) -> None:
    for number in range(6):
        speakers.add_cluster(here.hamlet, name=f"Cụm {number}", actor=TESTER)
    family = Players()
    family.retained_due()
    with django_assert_max_num_queries(20):
        family.retained_due()


# Beats and faults


def test_a_beat_is_seen_and_names_faults_that_clear_by_themselves(here: Place) -> None:
    device = speakers.mint_credential(here.market, actor=TESTER).device
    family = Players()
    family.hear([beat(here.market, device, faults=["no_sound", "made_up", "no_beat"], firmware="x" * 99)])
    here.market.refresh_from_db()
    assert (here.market.first_seen_at, here.market.last_seen_at, here.market.firmware) == (NOW, NOW, "x" * 40)
    assert list(SpeakerFault.objects.filter(cleared_at=None).values_list("kind", flat=True)) == ["no_sound"]
    family.hear([beat(here.market, device, at=NOW + timedelta(seconds=30), faults=[])])
    assert not SpeakerFault.objects.filter(cleared_at=None).exists()


def test_a_clock_that_is_wrong_is_a_fault(here: Place) -> None:
    device = speakers.mint_credential(here.market, actor=TESTER).device
    Players().hear([Heard(f"lo.{here.market.public_id}.beat.{device}", json.dumps({"clock": NOW.timestamp() - 3600}).encode(), NOW)])
    assert SpeakerFault.objects.get().kind == "wrong_clock"


def test_silence_for_90_s_is_a_fault_once_and_nobody_is_blamed_before(here: Place) -> None:
    device = speakers.mint_credential(here.market, actor=TESTER).device
    family = Players()
    family.retained_due()
    family.look(NOW)
    family.hear([beat(here.market, device)])
    assert family.look(NOW + timedelta(seconds=89)) == 0
    later = NOW + timedelta(seconds=95)
    with time_machine.travel(later, tick=False):
        assert family.look(later) == 1
        assert family.look(later) == 0
        assert [(fault.cluster, fault.kind, fault.since) for fault in players.open_faults()] == [(here.market, "no_beat", NOW)]
        family.hear([beat(here.market, device, at=later)])
        assert players.open_faults() == []
    restarted = Players()
    restarted.look(later + timedelta(days=1))
    assert players.open_faults() == []


def test_the_will_is_no_sign_of_life(here: Place) -> None:
    device = speakers.mint_credential(here.market, actor=TESTER).device
    Players().hear([Heard(f"lo.{here.market.public_id}.beat.{device}", b'{"gone":true}', NOW)])
    here.market.refresh_from_db()
    assert here.market.last_seen_at is None


# Reports


def ordered(here: Place) -> tuple[PlayOrder, str, Delivery]:
    device = speakers.mint_credential(here.market, actor=TESTER).device
    said = outbox.say(message())
    outbox.enqueue(loud(), said, [one for one in loud().recipients(_audience(here), "notice") if one.address == here.market.public_id])
    outbox.send_due("loudspeaker")
    delivery = Delivery.objects.get()
    return PlayOrder.objects.get(), device, delivery


def _audience(here: Place) -> Any:
    from liengia.broadcast.channels.base import Audience

    return Audience(unit_ids=(here.hamlet.pk,))


def test_fetched_is_delivered_and_played_is_heard(here: Place) -> None:
    order, device, delivery = ordered(here)
    assert (delivery.state, delivery.receipt_key) == ("accepted", order.public_id)
    family = Players()
    answers = family.hear([report(here.market, device, what="fetched", order=order.public_id)])
    delivery.refresh_from_db()
    assert (delivery.delivered_at, delivery.heard_at) == (NOW, None)
    assert [(one.subject, json.loads(one.body)) for one in answers] == [(f"lo.{here.market.public_id}.to.{device}", {"do": "ack", "report": "report-0001"})]
    family.hear([report(here.market, device, report="report-0002", what="played", order=order.public_id, times=2)])
    delivery.refresh_from_db()
    order.refresh_from_db()
    assert (delivery.heard_at, order.ended_at) == (NOW, NOW)
    assert held(here.market)["orders"] == []


def test_a_report_counts_once_and_is_answered_each_time(here: Place) -> None:
    order, device, _delivery = ordered(here)
    said = report(here.market, device, what="played", order=order.public_id)
    assert len(Players().hear([said, said])) == 2
    assert PlayReport.objects.count() == 1


@pytest.mark.parametrize("wrong", ['"\\ud800"', '"\\u0000"', '"\\u0000aaaaaaaaa"', "7", "null"])
def test_a_report_of_no_order_is_answered_and_harms_no_other(wrong: str, here: Place) -> None:
    order, device, _delivery = ordered(here)
    bad = Heard(f"lo.{here.market.public_id}.report.{device}", b'{"report":"report-0009","what":"played","order":' + wrong.encode() + b"}", NOW)
    answers = Players().hear([bad, report(here.market, device, what="played", order=order.public_id)])
    assert len(answers) == 2 and PlayReport.objects.get().order == order


def test_a_message_that_breaks_off_spoils_no_other_of_its_batch(here: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    order, device, _delivery = ordered(here)
    take = players._take_report
    monkeypatch.setattr(players, "_take_report", lambda cluster, body, at: 1 / 0 if body["order"] == "x" else take(cluster, body, at))
    answers = Players().hear([report(here.market, device, order="x"), report(here.market, device, what="played", order=order.public_id)])
    assert len(answers) == 1 and PlayReport.objects.get().order == order


def test_what_was_left_out_is_not_heard(here: Place) -> None:
    order, device, delivery = ordered(here)
    Players().hear([report(here.market, device, what="left_out", why="quiet", order=order.public_id, times=0)])
    delivery.refresh_from_db()
    order.refresh_from_db()
    assert (delivery.heard_at, order.ended_at) == (None, NOW)
    assert PlayReport.objects.get().why == "quiet"


def test_a_players_clock_moves_no_report_before_its_order_or_into_the_future(here: Place) -> None:
    order, device, _delivery = ordered(here)
    Players().hear([report(here.market, device, what="played", order=order.public_id, began=12, ended=9e9)])
    row = PlayReport.objects.get()
    assert (row.began_at, row.ended_at) == (order.ordered_at, NOW)


def test_no_player_reports_for_another(here: Place) -> None:
    order, device, _delivery = ordered(here)
    other = speakers.mint_credential(here.bridge, actor=TESTER).device
    family = Players()
    assert family.hear([report(here.market, other, what="played", order=order.public_id)]) == []
    answers = family.hear([report(here.bridge, other, what="played", order=order.public_id)])
    assert len(answers) == 1  # told that it need not say it again: the order is none of its own
    order.refresh_from_db()
    assert order.ended_at is None
    speakers.mint_credential(here.market, actor=TESTER)
    assert family.hear([report(here.market, device, what="played", order=order.public_id)]) == []


@pytest.mark.parametrize("body", [b"", b"[]", b"{", b"\xff\xfe", b'{"report":7}', b'{"report":"x"}', b'{"report":"report-0001","what":{},"order":[]}', b"[" * 3000, b'{"clock":1e400,"faults":{}}'])
def test_nonsense_of_a_player_harms_nothing(body: bytes, here: Place) -> None:
    device = speakers.mint_credential(here.market, actor=TESTER).device
    for word in ("beat", "report"):
        Players().hear([Heard(f"lo.{here.market.public_id}.{word}.{device}", body, NOW), Heard("lo.x.y", body, NOW)])
    assert not PlayReport.objects.exists()


def test_a_reform_moves_clusters_and_leaves_topics_and_credentials(here: Place) -> None:
    device = speakers.mint_credential(here.market, actor=TESTER).device
    assert speakers.move_clusters(here.hamlet, here.other, on=NOW.date(), actor=TESTER) == 2
    assert speakers.move_clusters(here.hamlet, here.other, on=NOW.date(), actor=TESTER) == 0
    here.market.refresh_from_db()
    assert here.market.unit == here.other
    assert [user.username for user in Players().users()] == [device]


def test_a_chime_that_was_asked_for_is_reported_once_it_has_sounded(here: Place) -> None:
    device = speakers.mint_credential(here.market, actor=TESTER).device
    speakers.tell_player(here.market, {"do": "test"}, actor=TESTER)
    here.market.refresh_from_db()
    asked = here.market.test_asked_at
    assert asked is not None
    number = players.test_number(asked)
    Players().hear([beat(here.market, device, tested=number - 60)])
    here.market.refresh_from_db()
    assert here.market.test_heard_at is None, "an earlier chime is not this one"
    Players().hear([beat(here.market, device, tested=number)])
    here.market.refresh_from_db()
    assert here.market.test_heard_at is not None and here.market.test_heard_at >= asked
