"""A provider that fails for an hour, or hangs, or talks nonsense: nothing is lost, nothing goes twice uncounted, others go on.

The hour is the clock's alone; the providers are real ones on loopback. `Hour` does what the worker does: it sends what is due, and
sleeps until the next is.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
import time_machine

from liengia.broadcast import channels
from liengia.broadcast.channels.base import Recipient
from liengia.broadcast.channels.webpush import transport, vapid
from liengia.broadcast.gateway import http
from liengia.broadcast.models import (
    ChannelAccount,
    Delivery,
    DeliveryState,
    ProviderState,
    PushSubscription,
    Said,
)
from liengia.broadcast.services import outbox, push
from liengia.core import clock
from tests.broadcast.gateway.given import account, message
from tests.broadcast.gateway.simulator import Asked, Provider, running
from tests.broadcast.gateway.simulator import Said as Answered
from tests.broadcast.given import Voice
from tests.broadcast.webpush.service import Browser, PushService

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)
LONGEST = timedelta(seconds=max(outbox.LONGEST_PAUSE_S, outbox.ASIDE_LONGEST_S))


class Hour:
    """The worker's turns on a clock that only it moves."""

    def __init__(self, machine: time_machine.Coordinates) -> None:
        self.machine = machine
        self.began = clock.now()

    @property
    def minutes(self) -> float:
        """How long it has been."""
        return (clock.now() - self.began).total_seconds() / 60

    def run(self, channel: str, until: datetime) -> None:
        """Send all that is due, and sleep until something is, up to an instant."""
        while clock.now() <= until:
            while outbox.send_due(channel):
                pass
            due = self._next(channel)
            if due is None or due > until:
                break
            self.machine.move_to(max(due, clock.now() + timedelta(seconds=1)))
        self.machine.move_to(until)

    def _next(self, channel: str) -> datetime | None:
        aside = dict(ProviderState.objects.filter(channel=channel).values_list("provider", "aside_until"))
        rows = Delivery.objects.waiting().filter(channel=channel).values_list("provider", "next_attempt_at")
        return min((max(at, aside.get(provider) or at) for provider, at in rows), default=None)


@pytest.fixture
def hour(today: time_machine.Coordinates) -> Hour:
    return Hour(today)


@pytest.fixture
def providers(settings: Any) -> Iterator[tuple[Provider, Provider]]:
    settings.GATEWAY_LOOPBACK = True
    with running() as bad, running() as good:
        yield bad, good


@pytest.fixture(autouse=True)
def random_by_lot(monkeypatch: pytest.MonkeyPatch) -> None:
    """Draw the same lots each time."""
    import random

    monkeypatch.setattr(outbox, "random", random.Random(19))


def sms(scene: Voice, where: Provider, count: int, *, place: Any = None, first: int = 0) -> tuple[ChannelAccount, Said]:
    row = account(place or scene.cast.commune, where.url, per_second=10_000_000)
    said = outbox.say(message())
    outbox.enqueue(channels.get("sms"), said, [Recipient(f"+8490{first + n:07d}", row.public_id) for n in range(count)])  # type: ignore[arg-type]
    return row, said


def states(said: Said) -> Counter[str]:
    return Counter(Delivery.objects.filter(said=said).values_list("state", flat=True))


def asked_of(provider: Provider) -> Counter[str]:
    return Counter(one.json["to"] for one in provider.asked)


@pytest.mark.parametrize(
    ("answer", "sooner_than_s", "many"),
    [(Answered(500, b"<html>oops"), 0.0, 500), (Answered(429, headers={"Retry-After": "120"}), 120.0, 60), (Answered(429, headers={"Retry-After": "1"}), 0.0, 60)],
    ids=["500", "429, two minutes", "429, a second"],
)
def test_an_hour_of_errors_loses_nothing_and_asks_less_and_less(
    scene: Voice, hour: Hour, providers: tuple[Provider, Provider], answer: Answered, sooner_than_s: float, many: int
) -> None:
    bad, good = providers
    asked_at: list[datetime] = []

    def fails(asked: Asked) -> Answered:
        asked_at.append(clock.now())
        return answer

    works, bad.answer = bad.answer, fails
    _row, said = sms(scene, bad, many)
    _other, unharmed = sms(scene, good, 20, place=scene.cast.other_commune, first=5_000_000)
    hour.run("sms", hour.began + timedelta(seconds=5))
    assert states(unharmed) == {"accepted": 20}, "another provider's go at once"
    hour.run("sms", hour.began + HOUR)
    assert states(said) == {"waiting": many}
    pauses = [(after - before).total_seconds() for before, after in pairwise(asked_at)]
    assert 8 <= len(asked_at) <= 30, f"asked {len(asked_at)} times in an hour"
    assert min(pauses) >= max(sooner_than_s, outbox.ASIDE_FIRST_S) and pauses == sorted(pauses) and pauses[-1] >= outbox.ASIDE_LONGEST_S
    assert sum(Delivery.objects.filter(said=said).values_list("attempts", flat=True)) == len(asked_at), "who only stood behind another was not tried"

    bad.answer = works
    before = asked_of(bad)
    hour.run("sms", clock.now() + LONGEST)
    assert states(said) == {"accepted": many}, "all within one pause"
    twice = {number for number, count in asked_of(bad).items() if count > 1}
    assert asked_of(bad) - before == Counter({f"8490{n:07d}": 1 for n in range(many)}), "each once after it works again"
    counted = Delivery.objects.filter(said=said, is_perhaps_double=True).count()
    assert counted == (len(twice) if answer.status == 500 else 0), "what may have arrived twice is counted"
    assert not ProviderState.objects.filter(failures__gt=0).exists()


@pytest.mark.parametrize("answer", [Answered(fault="hang"), Answered(200, b"<html>\x00 welcome to our portal"), Answered(fault="cut", body={"status": "0"})], ids=["hangs", "garbage", "cuts off"])
def test_one_that_hangs_or_talks_nonsense_is_set_aside_and_what_it_may_have_taken_is_counted(
    scene: Voice, hour: Hour, providers: tuple[Provider, Provider], answer: Answered, monkeypatch: pytest.MonkeyPatch
) -> None:
    bad, good = providers
    monkeypatch.setitem(http.call.__kwdefaults__, "timeout_s", 0.05)
    works, bad.answer = bad.answer, lambda asked: answer
    _row, said = sms(scene, bad, 40)
    _other, unharmed = sms(scene, good, 5, place=scene.cast.other_commune, first=5_000_000)
    hour.run("sms", hour.began + timedelta(minutes=2))
    assert states(unharmed) == {"accepted": 5} and states(said) == {"waiting": 40}
    doubtful = asked_of(bad)
    assert 2 <= sum(doubtful.values()) <= 8
    assert Delivery.objects.filter(said=said, is_perhaps_double=True).count() == len(doubtful)
    bad.answer = works
    hour.run("sms", clock.now() + LONGEST)
    assert states(said) == {"accepted": 40} and sum(asked_of(bad).values()) == 40 + sum(doubtful.values())


@pytest.fixture
def service(settings: Any) -> Iterator[PushService]:
    settings.OUTSIDE_LOOPBACK = True
    settings.PUSH_CONTACT = "mailto:truc@example.org"
    vapid.forget()
    found = PushService(key=vapid.public_key()).start()
    yield found
    transport.client.close()
    found.stop()
    vapid.forget()


def phones(scene: Voice, service: PushService, count: int) -> list[Browser]:
    found = []
    for n in range(count):
        browser = service.subscribe()
        keys = push.Keys.checked(*(browser.fields[name] for name in ("endpoint", "p256dh", "auth")))
        owner = (scene.cast.lua, scene.cast.moc_mien)[n % 2]
        push.subscribe(owner, keys=keys, device=f"Máy {n}", wishes={"wants_news": True}, mark=None, actor=scene.by(owner))
        found.append(browser)
    return found


@pytest.mark.parametrize("how", ["busy", "fault", "garbage"])
def test_a_push_service_that_fails_for_an_hour(scene: Voice, hour: Hour, service: PushService, how: str) -> None:
    browsers = phones(scene, service, 5)
    said = outbox.say(message(kind="notice"))
    outbox.enqueue(channels.get("webpush"), said, [Recipient(row.public_id, row.service, user_id=row.user_id) for row in PushSubscription.objects.all()])  # type: ignore[arg-type]
    for one in browsers:
        one.behaviour = how
    hour.run("webpush", hour.began + HOUR)
    assert states(said) == {"waiting": 5} and not service.received
    attempts = list(Delivery.objects.filter(said=said).values_list("attempts", flat=True))
    assert max(attempts) <= 25, f"each phone's service was asked {max(attempts)} times in an hour"
    for one in browsers:
        one.behaviour = "ok"
    hour.run("webpush", clock.now() + LONGEST)
    assert states(said) == {"accepted": 5} and Counter(one.browser for one in service.received) == {one.name: 1 for one in browsers}
    assert Delivery.objects.filter(said=said, is_perhaps_double=True).count() == (0 if how == "busy" else 5)


def test_one_phone_that_is_asked_too_often_holds_no_other_back(scene: Voice, hour: Hour, service: PushService) -> None:
    """Several phones at one service: the one that it asks to wait is tried later, the rest go, and nobody is set aside."""
    browsers = phones(scene, service, 4)
    browsers[0].behaviour = "busy"
    said = outbox.say(message(kind="notice"))
    outbox.enqueue(channels.get("webpush"), said, [Recipient(row.public_id, row.service, user_id=row.user_id) for row in PushSubscription.objects.all()])  # type: ignore[arg-type]
    outbox.send_due("webpush")
    assert states(said) == {"accepted": 3, DeliveryState.WAITING.value: 1} and not ProviderState.objects.exclude(aside_until=None).exists()
    row = Delivery.objects.waiting().get(said=said)
    assert row.next_attempt_at - clock.now() >= timedelta(seconds=17)
