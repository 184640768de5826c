"""The demonstration loads whole, each room's part on what the rooms before it laid; loading twice changes nothing."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest

from liengia.alarms.models import Incident, NeighbourGroup
from liengia.broadcast.models import MobileRound, PlayReport, RotaTurn, SpeakerCluster, SpeakerFault
from liengia.core import keys, warm
from liengia.festivals import policies as festival_policies
from liengia.festivals.models import FestivalDay, Pledge
from liengia.operate import demo, prepare
from liengia.opinions.models import ListeningForum
from liengia.organisations.models import Committee, Organisation
from liengia.papers.models import Paper
from liengia.people.models import User
from liengia.reports import policies
from liengia.reports.models import Report

pytestmark = pytest.mark.django_db(transaction=True)


def _counts() -> list[int]:
    return [model._default_manager.count() for model in (NeighbourGroup, Incident, ListeningForum, Organisation, Committee, User, Paper, FestivalDay, Pledge)]


@pytest.fixture
def _own_keys(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep the invented devices' passwords out of the other tests' folder."""
    monkeypatch.setattr(keys, "KEYS_DIR", tmp_path)


@pytest.mark.usefixtures("_own_keys")
def test_every_room_has_its_part() -> None:
    warm.up()
    demo.load(groups=7, households=8)
    before = _counts()
    assert all(before), before
    assert (keys.KEYS_DIR / prepare.SIMULATOR_DEVICES).exists()
    players = json.loads((keys.KEYS_DIR / prepare.SIMULATOR_SPEAKERS).read_text(encoding="utf-8"))
    assert len(players) == 3 < SpeakerCluster.objects.count() and SpeakerFault.objects.filter(cleared_at=None).count() == 1
    assert RotaTurn.objects.exists() and MobileRound.objects.filter(is_done=False).exists() and PlayReport.objects.exists()
    beside = User.objects.get(username="rachkien")
    district = Report.objects.get(last_on=date(2023, 8, 6)).said
    assert "groups" not in {one["code"] for one in district["sections"]}, "groups that were entered later are no number of 2023"
    assert {one["state"] for one in district["sections"][0]["pledges"]} == {"open"}, "what came after is not known on its day"
    waits = policies.reports_of(beside).exclude(state="published").get()
    assert waits.unit.code == "28114" and waits.drawn and policies.may_publish(beside, waits), "a newcomer publishes it"
    assert festival_policies.units_on(User.objects.get(username="tinh"), date(2023, 8, 6)).communes().count() == 17
    demo.load_once()
    assert _counts() == before
