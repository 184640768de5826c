"""Chores: repeated, woken, and tried again when they fail."""

from __future__ import annotations

import threading
from datetime import datetime, timedelta

import pytest

from liengia.core import clock, worker
from liengia.core.bus import get_bus
from liengia.core.models import Heartbeat

DAY = timedelta(days=1)


def run(chore: worker.Chore, until: threading.Event) -> bool:
    stopping = threading.Event()
    thread = threading.Thread(target=worker._Loop(chore, stopping).run, daemon=True)
    thread.start()
    came = until.wait(5)
    stopping.set()
    thread.join(0.1)
    return came


def test_it_goes_on_at_once_while_there_is_work(monkeypatch: pytest.MonkeyPatch) -> None:
    done, left = threading.Event(), [3, 2, 1]

    def turn() -> int:
        if not left:
            done.set()
            return 0
        return left.pop()

    assert run(worker.Chore("x", DAY, turn), done)


def test_a_chore_that_fails_is_tried_again_and_no_other_waits() -> None:
    turns, again = [], threading.Event()

    def turn() -> int:
        turns.append(1)
        if len(turns) == 1:
            raise OSError("away")
        again.set()
        return 0

    assert run(worker.Chore("x", timedelta(seconds=0.01), turn), again)


def test_it_wakes_at_its_next_deadline() -> None:
    due_at, ran = clock.now() + timedelta(seconds=0.1), threading.Event()

    def turn() -> int:
        if clock.now() >= due_at:
            ran.set()
        return 0

    def next_due(after: datetime) -> datetime | None:
        return due_at if due_at > after else None

    assert run(worker.Chore("x", DAY, turn, next_due=next_due), ran)


def test_a_deadline_that_came_during_the_turn_is_met_at_once_and_a_later_one_no_later_than_the_next_look() -> None:
    began = clock.now()
    asked: list[datetime] = []

    def next_due(after: datetime) -> datetime:
        asked.append(after)
        return due_at

    chore = worker.Chore("x", timedelta(seconds=0.25), lambda: 0, next_due=next_due)
    due_at = began
    assert chore.pause_s(0, began=began) == 0
    due_at = began + timedelta(hours=1)
    assert chore.pause_s(0, began=began) == 0.25
    # Asked for what comes after the turn began: a row that failed waits for the next look, without a busy loop.
    assert asked == [began, began]
    assert chore.pause_s(1, began=began) == worker.GIVE_WAY_S


@pytest.mark.django_db(transaction=True)
def test_a_poke_wakes_it_and_it_beats() -> None:
    turns, woken, stopping = [], threading.Event(), threading.Event()

    def turn() -> int:
        turns.append(1)
        if len(turns) > 1:
            woken.set()
        return 0

    thread = threading.Thread(target=worker.run, args=([worker.Chore("x", DAY, turn, ("test.poke",))], stopping))
    thread.start()
    while not turns:
        stopping.wait(0.01)
    get_bus().poke_now("test.poke")
    assert woken.wait(30)
    stopping.set()
    thread.join(30)
    assert not thread.is_alive()
    assert Heartbeat.objects.filter(process="worker").exists()


def test_one_turn_runs_here_and_now() -> None:
    worker.chore("test.once", every=DAY)(lambda: 7)
    try:
        assert worker.run_once("test.once") == 7
        assert "test.once" in {one.name for one in worker.chores()}
    finally:
        del worker._chores["test.once"]
