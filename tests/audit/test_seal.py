"""Sealing, verifying, erasing; and what the database refuses."""

from __future__ import annotations

import io
import itertools
from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction

from liengia.audit import health, kinds, services
from liengia.audit.models import GENESIS, Entry, PersonalText
from liengia.core import clock
from liengia.core.actor import Actor
from liengia.core.errors import Invalid
from tests.audit.guard import without_guard

pytestmark = pytest.mark.django_db
ACTOR = Actor.system("test")


@pytest.fixture(autouse=True)
def _kinds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kinds, "_kinds", dict(kinds._kinds))
    kinds.register(kinds.Kind("audit.tried", "tried", erase="The text is erased.", keep=timedelta(days=30)))


def write(count: int, about: str = "1") -> list[Entry]:
    return [
        services.record("audit.tried", actor=ACTOR, about=("a", about), facts={"n": n}, personal={"who": f"person {n}"})
        for n in range(count)
    ]


def test_entries_become_one_chain() -> None:
    write(5)
    assert services.seal(limit=3) == 3
    assert services.seal(limit=3) == 2
    assert services.seal() == 0
    chain = list(Entry.objects.sealed())
    assert [e.seq for e in chain] == [1, 2, 3, 4, 5]
    assert chain[0].prev_hash == GENESIS
    assert all(b.prev_hash == a.hash for a, b in itertools.pairwise(chain))
    found = services.verify()
    assert (found.is_whole, found.sealed, found.tail, found.head) == (True, 5, 0, chain[-1].hash)


@pytest.mark.parametrize(
    "change",
    [
        lambda pk: Entry.objects.filter(pk=pk).update(kind="audit.other"),
        lambda pk: Entry.objects.filter(pk=pk).update(facts={}),
        lambda pk: Entry.objects.filter(pk=pk).update(seq=99),
        lambda pk: Entry.objects.filter(pk=pk).update(seq=None, prev_hash=None, hash=None),
        lambda pk: Entry.objects.filter(pk=pk).delete(),
        lambda pk: Entry.objects.filter(pk=pk)._raw_delete("default"),
    ],
)
@pytest.mark.parametrize("sealed", [True, False])
def test_the_database_refuses_change_and_deletion(change: Callable[[int], object], sealed: bool) -> None:
    PersonalText.objects.all().delete()
    entry = services.record("audit.tried", actor=ACTOR, about=("a", "1"), facts={"n": 1})
    if sealed:
        services.seal()
    before = Entry.objects.values().get(pk=entry.pk)
    with pytest.raises(DatabaseError), transaction.atomic():
        change(entry.pk)
        if not sealed:
            raise DatabaseError  # an unsealed row matches seq=None already: nothing was changed
    assert Entry.objects.values().get(pk=entry.pk) == before


def test_a_seal_cannot_carry_a_change_with_it() -> None:
    entry = write(1)[0]
    with pytest.raises(DatabaseError, match="never_changed"), transaction.atomic():
        Entry.objects.filter(pk=entry.pk).update(seq=1, prev_hash=GENESIS, hash="0" * 64, facts={"n": 7})


def test_verify_names_the_first_broken_link() -> None:
    entries = write(6)
    services.seal()
    with without_guard():
        Entry.objects.filter(pk=entries[3].pk).update(facts={"n": 999})
    found = services.verify()
    assert (found.broken_at, found.sealed) == (4, 3)
    with pytest.raises(CommandError, match="broken at entry 4"):
        call_command("audit", "verify", stdout=io.StringIO())


def test_verify_finds_an_entry_that_was_taken_out() -> None:
    entries = write(4)
    services.seal()
    with without_guard(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM audit_personaltext WHERE entry_id = %s", [entries[1].pk])
        cursor.execute("DELETE FROM audit_entry WHERE id = %s", [entries[1].pk])
    assert services.verify().broken_at == 2


def test_an_anchor_shows_a_chain_cut_off_at_its_end() -> None:
    entries = write(4)
    services.seal()
    noted = (4, services.verify().head)
    assert services.verify(anchor=noted).is_whole
    with without_guard(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM audit_personaltext WHERE entry_id = %s", [entries[3].pk])
        cursor.execute("DELETE FROM audit_entry WHERE id = %s", [entries[3].pk])
    assert services.verify().is_whole
    assert services.verify(anchor=noted).broken_at == 4


def test_verify_reports_the_unsealed_tail_and_altered_texts() -> None:
    entries = write(2)
    services.seal()
    write(3)
    PersonalText.objects.filter(pk=entries[0].pk).update(salt="0" * 32)
    found = services.verify()
    assert found.tail == 3
    assert found.oldest_tail is not None
    assert found.altered_texts == [1]
    assert not found.is_whole


def test_erasing_personal_text_keeps_the_chain_whole() -> None:
    write(3, about="person-a")
    write(2, about="person-b")
    services.seal()
    assert services.erase(about=("a", "person-a"), actor=ACTOR, reason="asked for by the person", limit=2) == 2
    assert services.erase(about=("a", "person-a"), actor=ACTOR, reason="asked for by the person", limit=2) == 1
    assert services.erase(about=("a", "person-a"), actor=ACTOR, reason="asked for by the person") == 0
    services.seal()
    found = services.verify()
    assert found.is_whole
    assert found.erased_texts == 3
    assert Entry.objects.filter(kind="audit.personal_text_erased").count() == 2


def test_erasing_needs_a_reason_and_a_scope() -> None:
    write(1)
    with pytest.raises(Invalid):
        services.erase(about=("a", "1"), actor=ACTOR, reason=" ")
    with pytest.raises(Invalid):
        services.erase(actor=ACTOR, reason="because")
    assert PersonalText.objects.count() == 1


def test_the_worker_erases_texts_whose_period_has_ended() -> None:
    write(2)
    assert services.erase_expired() == 0
    with time_machine.travel(clock.now() + timedelta(days=31), tick=False):
        assert services.erase_expired() == 2


def test_health_is_red_when_the_tail_waits_longer_than_30_seconds() -> None:
    assert health.sealed().ok
    write(1)
    assert health.sealed().ok
    with time_machine.travel(clock.now() + timedelta(seconds=31), tick=False):
        assert not health.sealed().ok
        services.seal()
        assert health.sealed().ok


def test_the_command_prints_head_and_tail() -> None:
    write(2)
    services.seal()
    write(1)
    out = io.StringIO()
    call_command("audit", "verify", stdout=out)
    assert "sealed:        2" in out.getvalue()
    assert "unsealed tail: 1" in out.getvalue()
    assert f"2:{services.verify().head}" in out.getvalue()
