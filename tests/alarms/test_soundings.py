"""Sirens' own word that they sound."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from liengia.alarms import services
from liengia.alarms.models import DeviceFault, Incident, Sounding
from liengia.alarms.services import soundings
from liengia.core import clock
from liengia.core.actor import Actor
from liengia.core.worker import Apart
from tests.alarms.console_scene import Desk
from tests.alarms.given import incident, kinds, lines, press, rang

TESTER = Actor.system("test")


def test_sirens_are_counted_once_and_one_line_stands_for_a_batch(scene: Desk) -> None:
    one = incident(scene)
    assert rang(scene, 1, 2, 3) == 3
    assert rang(scene, 1, 2, 3, 4) == 1
    assert Sounding.objects.filter(incident=one).count() == 4
    assert kinds(one) == ["opened", "sounded", "sounded"]
    assert lines(one, "sounded")[-1]["sounded"] == 4
    assert lines(one, "sounded")[-1]["expected"] == 5


def test_a_siren_names_the_press_it_rings_for(scene: Desk) -> None:
    incident(scene)
    other = press(scene, kind="medical")
    assert rang(scene, 1, press_id=other.press_id) == 1
    assert Sounding.objects.get().incident == other.incident


def test_a_word_without_a_known_press_counts_for_all_that_sound(scene: Desk) -> None:
    incident(scene)
    quiet = services.quiet_incident(incident(scene, kind="help"), actor=Actor.of(scene.officer))
    incident(scene, kind="medical")
    assert rang(scene, 1, press_id="unknown") == 2
    assert not quiet.soundings.exists()


def test_nothing_is_confirmed_for_a_silent_call_or_by_a_revoked_siren(scene: Desk) -> None:
    incident(scene, kind="help", is_silent=True)
    assert rang(scene, 1) == 0
    services.revoke_device(scene.buttons[0], actor=TESTER)
    incident(scene)
    assert rang(scene, 1) == 0


def test_after_5_s_the_unconfirmed_are_written_down_once_each_a_fault_of_its_own(scene: Desk) -> None:
    one = incident(scene)
    rang(scene, 1, 2, 3)
    assert services.note_unconfirmed(at=one.opened_at + timedelta(seconds=4)) == 0
    assert services.note_unconfirmed(at=one.opened_at + timedelta(seconds=5)) == 1
    assert services.note_unconfirmed(at=one.opened_at + timedelta(seconds=60)) == 0
    assert lines(one, "unconfirmed")[0]["households"] == sorted(house.pk for house in scene.houses[3:])
    silent = DeviceFault.objects.open().filter(kind="did_not_sound")
    assert set(silent.values_list("device", flat=True)) == {device.pk for device in scene.buttons[3:]}
    rang(scene, 4)
    assert DeviceFault.objects.open().get(kind="did_not_sound").device == scene.buttons[4]


def test_an_incident_that_cannot_be_checked_keeps_no_other_waiting(scene: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    broken, good = incident(scene), incident(scene, kind="medical")
    tell = soundings._tell_of_silent

    def fails(one: Incident, *rest: Any, **facts: Any) -> None:
        if one.pk == broken.pk:
            raise OSError
        tell(one, *rest, **facts)

    monkeypatch.setattr(soundings, "_tell_of_silent", fails)
    assert services.note_unconfirmed(at=good.opened_at + timedelta(seconds=5)) == 1
    assert lines(good, "unconfirmed") and not lines(broken, "unconfirmed")
    monkeypatch.setattr(soundings, "_tell_of_silent", tell)
    monkeypatch.setattr(soundings, "_apart", Apart())
    assert services.note_unconfirmed(at=good.opened_at + timedelta(seconds=5)) == 1
    assert lines(broken, "unconfirmed")


def test_one_never_installed_is_not_faulty(scene: Desk) -> None:
    fresh = services.provision_device(scene.group, household=scene.houses[0], kind="siren", actor=TESTER).device
    one = incident(scene)
    rang(scene, 1, 2, 3, 4, 5)
    services.note_unconfirmed(at=one.opened_at + timedelta(seconds=6))
    assert lines(one, "unconfirmed")[0]["devices"] == [fresh.public_id]
    assert not DeviceFault.objects.exists()


def test_a_bell_test_ends_by_itself(scene: Desk) -> None:
    one = incident(scene, mode="test")
    assert services.stop_rung_out(at=one.opened_at + timedelta(seconds=9)) == 0
    assert services.stop_rung_out(at=one.opened_at + timedelta(seconds=10)) == 1
    one.refresh_from_db()
    assert (one.state, one.is_sounding) == ("resolved", False)


def test_a_real_alarm_stays_open_when_its_sirens_have_rung_out(scene: Desk) -> None:
    one = incident(scene)
    services.stop_rung_out(at=clock.now() + timedelta(seconds=601))
    one.refresh_from_db()
    assert one.state == "ringing"
    assert not one.is_sounding
