"""How many presses one transaction takes, and when the bridge lets the broker ring first (bridge.presses)."""

from __future__ import annotations

from liengia.alarms.bridge.presses import BatchSize, Burst


def test_it_grows_while_presses_cost_little_and_shrinks_when_they_cost_much() -> None:
    size, sizes = BatchSize(), []
    for _ in range(5):
        size.learn(size.most, worked_s=size.most * 0.00025)
        sizes.append(size.most)
    assert sizes == [40, 80, 100, 100, 100], "25 ms of work are a hundred presses at 0.25 ms"
    size.learn(100, worked_s=0.1)
    assert size.most == 25


def test_it_stays_within_bounds_and_begins_small_after_the_storm() -> None:
    size = BatchSize()
    for _ in range(9):
        size.learn(size.most, worked_s=0.0001)
    assert size.most == BatchSize.MOST
    size.learn(20, worked_s=1.0)
    assert size.most == BatchSize.LEAST
    for _ in range(3):
        size.learn(size.most, worked_s=0.001)
    size.learn(3, worked_s=0.004)
    assert size.most == BatchSize.LEAST


def test_the_bridge_rests_once_where_many_press_at_one_instant() -> None:
    burst = Burst()
    assert [burst.rest_s(1, now=0.0), burst.rest_s(19, now=0.1)] == [0, 0], "a single press never waits"
    assert [burst.rest_s(20, now=0.2 + step) for step in range(4)] == [Burst.REST_S, 0, 0, 0]
    assert burst.rest_s(3, now=5.0) == 0
    assert burst.rest_s(150, now=8.0) == 0, "a lull of less than 5 s does not end a storm"
    assert burst.rest_s(150, now=14.0) == Burst.REST_S
