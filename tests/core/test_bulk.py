"""Many rows in one statement: the same rows as Django's own methods write."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from liengia.alarms.models import Incident, IncidentEvent, Press
from liengia.audit import services as audit
from liengia.audit.models import Entry
from liengia.core import clock
from liengia.core.actor import Actor
from liengia.core.db import bulk
from tests.alarms.console_scene import Desk, desk

pytestmark = pytest.mark.django_db


@pytest.fixture
def scene() -> Desk:
    return desk(houses=3)


def made(scene: Desk, press_id: str) -> Press:
    at = clock.now()
    return Press(
        press_id=press_id, device=scene.buttons[0], group=scene.group, kind="fire", mode="real", is_stale=True, age_s=1.5,
        pressed_at=at - timedelta(seconds=1), received_at=at, lat="10.500001", lon=None,
    )  # fmt: skip


def test_it_writes_what_save_would_write(scene: Desk) -> None:
    one, other = made(scene, "one"), made(scene, "other")
    other.received_at, other.pressed_at = one.received_at, one.pressed_at
    one.save()
    bulk.insert([other])
    unlike = {"id", "press_id"}
    first, second = ({**row} for row in Press.objects.order_by("id").values())
    assert {k: v for k, v in first.items() if k not in unlike} == {k: v for k, v in second.items() if k not in unlike}


def test_texts_and_json_pass_through_their_fields(scene: Desk) -> None:
    decomposed = "Nhà ba\N{COMBINING GRAVE ACCENT}"
    line = IncidentEvent(group=scene.group, kind="noted", at=clock.now(), actor_kind="user", actor_label=decomposed, data={"a": ["ạ"]})
    bulk.insert([line])
    found = IncidentEvent.objects.get(kind="noted")
    assert (found.actor_label, found.data) == ("Nhà bà", {"a": ["ạ"]})


def test_a_broken_constraint_writes_none(scene: Desk) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        bulk.insert([made(scene, "a"), made(scene, "b"), made(scene, "a")])
    assert not Press.objects.exists()


def test_columns_of_many_rows_are_changed_and_no_others(scene: Desk) -> None:
    at = clock.now()
    rows = [
        Incident.objects.create(group=scene.group, kind=kind, mode="real", opened_at=at, last_press_at=at)
        for kind in ("fire", "medical", "help")
    ]
    later = at + timedelta(seconds=5)
    names = ["press_count", "last_press_at", "household_id", "ended_at", "is_sounding", "state"]
    bulk.update(
        Incident,
        names,
        [(rows[0].pk, 7, later, scene.houses[0].pk, None, False, "ringing"), (rows[1].pk, 8, later, None, later, True, "resolved")],
    )
    found = {one.kind: tuple(getattr(one, name) for name in names) for one in Incident.objects.all()}
    assert found == {
        "fire": (7, later, scene.houses[0].pk, None, False, "ringing"),
        "medical": (8, later, None, later, True, "resolved"),
        "help": (1, at, None, None, True, "ringing"),
    }


def test_it_finds_pairs_not_single_values(scene: Desk) -> None:
    bulk.insert([made(scene, "one")])
    device, other = scene.buttons[0].pk, scene.buttons[1].pk
    asked = [(device, "one"), (other, "one"), (device, "two")]
    assert bulk.present(Press, ("device_id", "press_id"), asked) == {(device, "one")}
    assert bulk.present(Press, ("device_id", "press_id"), []) == set()


def test_many_acts_are_recorded_as_one_would_be(scene: Desk) -> None:
    actor, at = Actor.device("abcdefghij"), clock.now()
    facts = {"kind": "fire", "mode": "real", "group": scene.group.public_id}
    kind, about = "alarms.incident_raised", scene.group
    audit.record(kind, actor=actor, about=about, at=at, unit=scene.hamlet, facts=facts)
    audit.record_all([audit.Act(kind=kind, actor=actor, about=about, at=at, unit=scene.hamlet.pk, facts=facts)])
    own = ("kind", "at", "actor_kind", "actor_id", "about_type", "about_id", "unit_id", "facts", "personal_hash", "seq", "hash")
    first, second = Entry.objects.filter(kind=kind).order_by("id").values(*own)
    assert first == second
    audit.seal()
    assert audit.verify().is_whole


def test_a_personal_fact_is_not_recorded_in_bulk(scene: Desk) -> None:
    act = audit.Act(
        kind="alarms.incident_raised", actor=Actor.system("test"), about=scene.group, at=clock.now(), unit=None,
        facts={"phone": "+84900000007"},
    )  # fmt: skip
    with pytest.raises(ValueError, match="phone"):
        audit.record_all([act])


def test_more_rows_than_a_batch_of_presses_go_in_a_few_statements(scene: Desk, django_assert_max_num_queries: Any) -> None:
    with django_assert_max_num_queries(3):
        bulk.insert([made(scene, f"many-{number}") for number in range(320)])
    keys = list(Press.objects.order_by("pk").values_list("pk", flat=True))
    later = clock.now() + timedelta(hours=1)
    with django_assert_max_num_queries(3):
        bulk.update(Press, ["kind", "published_at", "is_stale"], [(key, "medical", later, False) for key in keys[:-1]])
    assert Press.objects.filter(kind="medical", published_at=later, is_stale=False).count() == 319
    assert Press.objects.get(pk=keys[-1]).kind == "fire"
