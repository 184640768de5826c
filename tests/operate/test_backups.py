"""What follows a restore outside of the database."""

from __future__ import annotations

from pathlib import Path

import pytest

from liengia.core import live
from liengia.core.models import Sequence
from liengia.operate import backups
from tests.alarms.console_scene import desk
from tests.alarms.given import incident


@pytest.mark.django_db
def test_a_page_left_open_over_a_restore_hears_what_comes_after_it(settings: object, tmp_path: Path) -> None:
    settings.DATA = tmp_path  # type: ignore[attr-defined]
    scene = desk(houses=1)
    incident(scene, 1)
    seen_by_the_page = Sequence.objects.get(name="alarms.incidentevent").last + 5_000  # what happened after the backup
    backups._after()
    fresh = incident(scene, 1, kind="medical").events.get(kind="opened")
    live.sequence(type(fresh))
    fresh.refresh_from_db()
    assert fresh.position is not None and fresh.position > seen_by_the_page
