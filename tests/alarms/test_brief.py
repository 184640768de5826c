"""What the alarms say in the chairman's month."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import time_machine

from liengia.alarms.models import DeviceFault, Incident
from liengia.papers import brief
from liengia.papers.brief import ALARMS, BROKEN, Month
from tests.alarms import console_scene

NOW = datetime(2026, 8, 10, 3, 0, tzinfo=UTC)
AUGUST = Month(2026, 8)


@time_machine.travel(NOW, tick=False)
def test_alarms_by_kind_how_soon_taken_on_and_faults(db: None) -> None:
    desk = console_scene.desk(houses=3)
    first = desk.press(1)
    Incident.objects.filter(pk=first.pk).update(acknowledged_at=first.opened_at + timedelta(seconds=21))
    desk.press(2, mode="drill")
    desk.press(3, kind="medical")
    DeviceFault.objects.create(device=desk.buttons[0], kind="no_beat", since=NOW)
    found = brief.gather(desk.commune, AUGUST)
    heads = [(one.head, one.words) for one in found[ALARMS]]
    assert heads[0] == ("Chưa ai nhận", "1 lần"), "what is late stands first"
    assert any("nhận sau 21 giây" in words for _head, words in heads)
    assert ("Diễn tập", "1 lần") in heads
    assert [one.words for one in found[BROKEN]] == [f"1 thiết bị: {desk.group.name} (1)"]
    july = brief.gather(desk.commune, Month(2026, 7))
    assert not any(july[ALARMS]) and not july[BROKEN], "it was not broken then"
    DeviceFault.objects.update(since=NOW - timedelta(days=20), cleared_at=NOW - timedelta(days=1))
    assert not brief.gather(desk.commune, AUGUST)[BROKEN]
    assert len(brief.gather(desk.commune, Month(2026, 7))[BROKEN]) == 1, "it was broken when that month ended"
