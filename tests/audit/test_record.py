"""Writing entries: kinds, facts and personal text, readings."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine

from liengia.audit import kinds, services
from liengia.audit.models import Entry, PersonalText
from liengia.core import clock
from liengia.core.actor import Actor

pytestmark = pytest.mark.django_db
OFFICER = Actor.system("test")


@pytest.fixture(autouse=True)
def _kinds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kinds, "_kinds", dict(kinds._kinds))
    kinds.register(kinds.Kind("audit.tried", "tried", erase="The text is erased.", keep=timedelta(days=30)))
    kinds.register(kinds.Kind("audit.looked_at", "looked at", erase="None.", is_read=True))


def test_a_kind_without_erasure_is_refused() -> None:
    with pytest.raises(ValueError, match="erased"):
        kinds.register(kinds.Kind("audit.careless", "careless", erase="  "))


def test_a_kind_is_named_by_its_room() -> None:
    with pytest.raises(ValueError, match="room"):
        kinds.register(kinds.Kind("careless", "careless", erase="None."))


def test_a_code_cannot_get_a_second_meaning() -> None:
    with pytest.raises(ValueError, match="already"):
        kinds.register(kinds.Kind("audit.tried", "tried", erase="Another way."))


def test_an_unknown_kind_is_refused() -> None:
    with pytest.raises(kinds.UnknownKind, match="no room"):
        services.record("audit.unheard_of", actor=OFFICER, about=("a", "1"))
    assert not Entry.objects.exists()


def test_personal_facts_stand_apart_encrypted_and_as_a_salted_hash() -> None:
    entry = services.record(
        "audit.tried", actor=OFFICER, about=("a", "1"), facts={"count": 2}, personal={"name": "Bà Tư"}
    )
    entry.refresh_from_db()
    assert entry.facts == {"count": 2}
    assert entry.seq is entry.hash is None
    text = PersonalText.objects.get(entry=entry)
    assert text.values == {"name": "Bà Tư"}
    assert entry.personal_hash == PersonalText.salted_hash(text.salt, text.text)
    assert text.erase_at == entry.at + timedelta(days=30)


def test_a_fact_that_is_personal_by_its_name_never_enters_the_chain() -> None:
    entry = services.record("audit.tried", actor=OFFICER, about=("a", "1"), facts={"phone": "+84900000007", "n": 1})
    entry.refresh_from_db()
    assert entry.facts == {"n": 1}
    assert entry.personal.values == {"phone": "+84900000007"}


def test_odd_text_is_recorded_and_still_verifies() -> None:
    odd = {"nul": "a\0b", "decomposed": "Cần Đước", "lone": 1e20, "deep": [{"x": None}]}
    services.record("audit.tried", actor=OFFICER, about=("a", "1"), facts=odd, personal=odd)
    services.seal()
    assert services.verify().is_whole


def test_a_reading_is_recorded_once_in_five_minutes() -> None:
    with time_machine.travel(clock.now(), tick=False) as traveller:
        assert services.record_read("audit.looked_at", actor=OFFICER, about=("a", "1"))
        assert services.record_read("audit.looked_at", actor=OFFICER, about=("a", "1")) is None
        assert services.record_read("audit.looked_at", actor=OFFICER, about=("a", "2"))
        assert services.record_read("audit.looked_at", actor=Actor.system("other"), about=("a", "1"))
        traveller.shift(timedelta(minutes=6))
        assert services.record_read("audit.looked_at", actor=OFFICER, about=("a", "1"))
    with pytest.raises(ValueError, match="reading"):
        services.record_read("audit.tried", actor=OFFICER, about=("a", "1"))


def test_every_registered_kind_has_words_and_says_how_it_is_erased() -> None:
    for kind in kinds.every():
        assert str(kind.label).strip()
        assert len(kind.erase) > 4
