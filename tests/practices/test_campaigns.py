"""The yearly campaign: registration, exemplars with their agreement, review, praise, erasure."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
import time_machine

from liengia.audit.models import Entry
from liengia.core.errors import Invalid, Refused
from liengia.core.worker import run_once
from liengia.practices import services
from liengia.practices.models import Campaign, Exemplar, Registration
from tests.practices.given import Place, running
from tests.practices.test_practices import code

NAME = "Bà Lê Thị Mẫu"


def campaign(scene: Place) -> Campaign:
    """Open this year's."""
    return services.open_campaign(scene.commune, year=2026, name="Dân vận khéo năm 2026", registers_until=date(2026, 9, 30), actor=scene.clerk)


def exemplar(scene: Place, held: Campaign, **changes: object) -> Registration:
    """Register somebody."""
    given = {"unit": scene.hamlet, "name": NAME, "deed": "Vận động mở hẻm.", **changes}
    return services.register_exemplar(held, **given, actor=scene.clerk)  # type: ignore[arg-type]


def test_practices_register_until_the_day_and_only_of_the_campaigns_units(scene: Place) -> None:
    held = campaign(scene)
    made = services.register_in(held, scene.practice, actor=scene.clerk)
    assert made.registered_on == date(2026, 8, 10)
    with pytest.raises(Refused) as caught:
        services.register_in(held, scene.practice, actor=scene.clerk)
    assert code(caught) == "already"
    with pytest.raises(Invalid) as invalid:
        services.register_in(held, running(scene, scene.other), actor=scene.clerk)
    assert code(invalid) == "unit_elsewhere"
    with time_machine.travel(datetime(2026, 10, 2, tzinfo=UTC), tick=False), pytest.raises(Refused) as caught:
        services.register_in(held, running(scene, scene.commune), actor=scene.clerk)
    assert code(caught) == "too_late"
    with pytest.raises(Refused) as caught:
        campaign(scene)
    assert code(caught) == "already"
    with pytest.raises(Invalid) as invalid:
        services.open_campaign(scene.commune, year=2026, name="x", registers_until=date(2025, 1, 1), actor=scene.clerk)
    assert code(invalid) == "bad_year"


def test_nobody_is_public_without_agreement_and_recognition(scene: Place) -> None:
    held = campaign(scene)
    made = exemplar(scene, held)
    assert not Exemplar.objects.all().public().exists()
    services.review_registration(made, is_recognised=True, finding="Hẻm đã mở 3 m.", actor=scene.clerk)
    assert not Exemplar.objects.all().public().exists(), "has not agreed"
    with pytest.raises(Invalid):
        services.consent(made.exemplar, on=date(2026, 8, 9), how=" ", actor=scene.clerk)  # type: ignore[arg-type]
    services.consent(made.exemplar, on=date(2026, 8, 9), how="giấy ký 09/8", actor=scene.clerk)  # type: ignore[arg-type]
    assert [one.name for one in Exemplar.objects.all().public()] == [NAME]
    assert not Entry.objects.filter(kind__startswith="practices.exemplar", facts__icontains="Mẫu").exists()


def test_taking_it_back_erases_at_once(scene: Place) -> None:
    held = campaign(scene)
    made = exemplar(scene, held, consent_how="giấy ký 09/8")
    services.review_registration(made, is_recognised=True, finding="Hẻm đã mở.", actor=scene.clerk)
    praised = services.act(made.exemplar, kind="praise", body=scene.desk.committee.organisation, number="9/QĐ-UBND", on=date(2026, 8, 1), text="Khen bà Mẫu", actor=scene.clerk)  # type: ignore[arg-type]
    services.withdraw(made.exemplar, actor=scene.clerk)  # type: ignore[arg-type]
    row = Exemplar.objects.get()
    praised.refresh_from_db()
    made.refresh_from_db()
    assert (row.name, row.deed, row.consent_how, row.erased, row.withdrawn_on) == ("", "", "", True, date(2026, 8, 10))
    assert (praised.words, made.finding) == ("", "") and not Exemplar.objects.all().public().exists()
    with pytest.raises(Refused):
        services.withdraw(row, actor=scene.clerk)
    with pytest.raises(Refused):
        services.consent(row, on=date(2026, 8, 9), how="x", actor=scene.clerk)


def test_an_exemplar_is_praised_and_never_ordered_to_replicate(scene: Place) -> None:
    made = exemplar(scene, campaign(scene))
    with pytest.raises(Invalid) as caught:
        services.act(made.exemplar, kind="replicate", body=scene.desk.committee.organisation, number="9", on=date(2026, 8, 1), actor=scene.clerk)  # type: ignore[arg-type]
    assert code(caught) == "bad_kind"


def test_the_period_ends_for_whoever_did_not_agree_sooner(scene: Place) -> None:
    held = campaign(scene)
    exemplar(scene, held)
    exemplar(scene, held, name="Ông Trần Văn Mẫu", consent_how="giấy ký")
    with time_machine.travel(datetime(2027, 8, 20, tzinfo=UTC), tick=False):
        assert run_once("practices.retention") == 1
        assert [one.name for one in Exemplar.objects.filter(erased=False)] == ["Ông Trần Văn Mẫu"]
    with time_machine.travel(datetime(2031, 8, 20, tzinfo=UTC), tick=False):
        assert run_once("practices.retention") == 1
    assert not Exemplar.objects.filter(erased=False).exists()


def test_a_campaign_closes_when_all_are_reviewed(scene: Place) -> None:
    held = campaign(scene)
    made = services.register_in(held, scene.practice, actor=scene.clerk)
    with pytest.raises(Refused) as caught:
        services.close_campaign(held, actor=scene.clerk)
    assert code(caught) == "not_reviewed"
    services.review_registration(made, is_recognised=False, finding="Cần thêm một năm.", actor=scene.clerk)
    services.close_campaign(held, actor=scene.clerk)
    for verb in (lambda: services.close_campaign(held, actor=scene.clerk), lambda: exemplar(scene, held), lambda: services.review_registration(made, is_recognised=True, finding="x", actor=scene.clerk)):
        with pytest.raises(Refused):
            verb()


def test_no_field_marks_a_person() -> None:
    names = {field.name for model in (Exemplar, Registration) for field in model._meta.get_fields()}
    assert not names & {"score", "points", "rank", "marks", "grade", "religion", "ethnicity", "birth_year"}
