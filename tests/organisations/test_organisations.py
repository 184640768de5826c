"""Institutions in time, places of worship, agreements, and what a reform does to them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

import pytest
from django.db import IntegrityError, models, transaction
from pytest_django.plugin import DjangoDbBlocker

from liengia.core import clock
from liengia.core.actor import Actor
from liengia.core.errors import Invalid, Refused
from liengia.organisations import committee_services, services
from liengia.organisations.committee_services import Assignment
from liengia.organisations.models import Agreement, Committee, Organisation, Task
from liengia.units import demo as units_demo
from liengia.units.models import Unit

pytestmark = pytest.mark.django_db
ACTOR = Actor.system("test")
DAY = date(2025, 7, 1)


@pytest.fixture(scope="module")
def year_2023(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    with django_db_blocker.unblock(), transaction.atomic():
        units_demo.load(reform=False)
        yield
        transaction.set_rollback(True)


@pytest.fixture
def long_son(year_2023: None, db: None) -> Unit:
    return Unit.objects.get(code="28129")


def enter(unit: Unit, kind: str, name: str, **facts: object) -> Organisation:
    return services.create_organisation(kind=kind, name=name, unit=unit, actor=ACTOR, **facts)


def test_design_1_3_no_field_for_a_religion_a_contact_person_or_a_count() -> None:
    forbidden = {"religion", "faith", "belief", "ethnic", "party_member", "contact", "follower", "dignitar", "monk", "count"}
    for model in (Organisation, Agreement, Committee):
        for field in model._meta.get_fields():
            assert not any(word in field.name for word in forbidden - {"party_member"}), field.name
    numbers = [f.name for f in Organisation._meta.fields if isinstance(f, models.IntegerField) and not f.primary_key]
    assert numbers == []


def test_design_1_3_a_place_of_worship_has_an_office_phone_and_nothing_else(long_son: Unit) -> None:
    body = enter(long_son, "place_of_worship", "Chùa Mẫu", phone="0272 3700 100")
    with pytest.raises(Invalid) as refused:
        services.change_organisation(body, actor=ACTOR, note="120 phật tử, liên hệ thầy trụ trì")
    assert refused.value.data["field"] == "note"
    with pytest.raises(Invalid) as refused:
        services.change_organisation(body, actor=ACTOR, phone="0912345678")
    assert refused.value.data["field"] == "phone"
    with pytest.raises(IntegrityError, match="place_of_worship_has_no_notes"), transaction.atomic():
        Organisation.objects.filter(pk=body.pk).update(note="x")
    assert enter(long_son, "firm", "Cửa hàng Mẫu", phone="0912345678", note="mở cửa cả đêm").pk


def test_an_institution_ends_once_and_never_follows_itself(long_son: Unit) -> None:
    first, second = enter(long_son, "school", "Trường A"), enter(long_son, "school", "Trường B")
    services.end_organisation(first, on=date(2024, 9, 1), successor=second, actor=ACTOR)
    with pytest.raises(Refused):
        services.end_organisation(first, on=date(2024, 9, 1), successor=second, actor=ACTOR)
    with pytest.raises(Invalid):
        services.end_organisation(second, on=date(2024, 10, 1), successor=first, actor=ACTOR)
    gone = enter(long_son, "school", "Trường C", valid_to=date(2020, 1, 1))
    with pytest.raises(Invalid, match="Trường C"):
        services.end_organisation(second, on=date(2024, 10, 1), successor=gone, actor=ACTOR)


def test_search_ignores_diacritics(long_son: Unit) -> None:
    enter(long_son, "school", "Trường Tiểu học Mẫu Đồng Tháp")
    assert Organisation.objects.search("dong thap mau").count() == 1


def test_an_agreement_has_parties_with_duties_a_term_and_a_review(long_son: Unit) -> None:
    police, school = enter(long_son, "police", "Công an xã Long Sơn"), enter(long_son, "school", "Trường A")
    terms = {"name": "Quy chế", "unit": long_son, "valid_from": date(2024, 1, 1), "actor": ACTOR}
    soon = clock.today() - timedelta(days=1)
    for parties in ([(police, ["x"])], [(police, ["x"]), (police, ["y"])], [(police, ["x"]), (school, [" "])]):
        with pytest.raises(Invalid):
            services.sign_agreement(parties=parties, review_on=soon, **terms)  # type: ignore[arg-type]
    row = services.sign_agreement(parties=[(police, ["a", "b"]), (school, ["c"])], review_on=soon, **terms)  # type: ignore[arg-type]
    assert [d.text for p in row.party_rows.all() for d in p.duties.all()] == ["a", "b", "c"]
    assert list(Agreement.objects.to_review()) == [row]
    assert row.is_review_late
    services.review_agreement(row, held_on=clock.today(), finding="Tốt", next_on=date(2099, 1, 1), actor=ACTOR)
    assert not Agreement.objects.to_review().exists()
    with pytest.raises(Invalid):
        services.review_agreement(row, held_on=clock.today(), finding="Tốt", next_on=clock.today(), actor=ACTOR)


def committee_with_task(unit: Unit) -> Task:
    police = enter(unit, "police", f"Công an xã {unit.name}")
    committee = committee_services.form_committee(kind="steering", name=f"Ban chỉ đạo xã {unit.name}", unit=unit, actor=ACTOR)
    seat = committee_services.seat_member(
        committee=committee, organisation=police, office_title="Trưởng Công an xã", post="chair", actor=ACTOR
    )
    meeting = committee_services.call_meeting(committee=committee, starts_at=clock.now() - timedelta(days=9), actor=ACTOR)
    with pytest.raises(Invalid):
        committee_services.conclude(meeting=meeting, text="Kết luận", tasks=[], actor=ACTOR)
    with pytest.raises(Invalid):
        early = Assignment("Việc", seat, clock.today() - timedelta(days=30))
        committee_services.conclude(meeting=meeting, text="Kết luận", tasks=[early], actor=ACTOR)
    assert not meeting.conclusions.exists()
    task = Assignment("Việc", seat, clock.today() - timedelta(days=2))
    return committee_services.conclude(meeting=meeting, text="Kết luận", tasks=[task], actor=ACTOR).tasks.get()


def test_a_conclusion_becomes_a_task_with_owner_and_date_that_is_listed_when_late(long_son: Unit) -> None:
    task = committee_with_task(long_son)
    assert list(Task.objects.overdue()) == [task]
    assert (task.is_overdue, task.days_late) == (True, 2)
    later = clock.today() + timedelta(days=5)
    with pytest.raises(Invalid):
        committee_services.postpone_task(task, due_on=later, reason=" ", actor=ACTOR)
    moved = committee_services.postpone_task(task, due_on=later, reason="mưa lớn", actor=ACTOR)
    assert (moved.due_on, moved.first_due_on) == (later, task.due_on)
    assert not Task.objects.overdue().exists()
    with pytest.raises(Invalid):
        committee_services.finish_task(task, result="", actor=ACTOR)
    done = committee_services.finish_task(task, result="Đã xong", actor=ACTOR)
    with pytest.raises(Refused):
        committee_services.withdraw_task(done, reason="x", actor=ACTOR)
    assert committee_services.reopen_task(done, due_on=later, reason="còn sót", actor=ACTOR).state == "open"


def test_a_committee_has_one_chair_and_a_seat_with_tasks_stays(long_son: Unit) -> None:
    task = committee_with_task(long_son)
    with pytest.raises(Refused):
        committee_services.seat_member(
            committee=task.committee, organisation=task.owner.organisation, office_title="x", post="chair", actor=ACTOR
        )
    with pytest.raises(Refused):
        committee_services.end_seat(task.owner, on=clock.today(), actor=ACTOR)


def test_a_seat_ends_once_and_not_before_it_begins(long_son: Unit) -> None:
    committee = committee_with_task(long_son).committee
    seat = committee_services.seat_member(
        committee=committee, organisation=committee.members.get().organisation, office_title="Phó Trưởng Công an xã", valid_from=date(2023, 3, 1), actor=ACTOR
    )  # fmt: skip
    with pytest.raises(Invalid, match="01/03/2023") as early:
        committee_services.end_seat(seat, on=date(2023, 2, 28), actor=ACTOR)
    assert early.value.detail_code == "ends_before_it_begins"
    seat.refresh_from_db()
    assert seat.valid_to is None
    committee_services.end_seat(seat, on=date(2023, 6, 1), actor=ACTOR)
    with pytest.raises(Refused, match="01/06/2023") as again:
        committee_services.end_seat(seat, on=date(2024, 6, 1), actor=ACTOR)
    seat.refresh_from_db()
    assert (again.value.detail_code, seat.valid_to) == ("seat_ended", date(2023, 6, 1))


def test_a_reform_ends_bodies_of_government_and_keeps_the_others_where_they_stand(long_son: Unit) -> None:
    task = committee_with_task(long_son)
    police = task.owner.organisation
    school = enter(long_son, "school", "Trường A")
    agreement = services.sign_agreement(
        name="Quy chế", unit=long_son, valid_from=date(2024, 1, 1), review_on=date(2099, 1, 1), actor=ACTOR,
        parties=[(police, ["a"]), (school, ["b"])],
    )  # fmt: skip
    units_demo.apply_reforms()
    for row in (police, school, task, agreement):
        row.refresh_from_db()
    my_le = Unit.objects.current().get(code="28132")
    assert (police.valid_to, police.unit) == (DAY, long_son)
    assert police.current().name == "Công an xã Mỹ Lệ"
    assert (school.unit, school.valid_to) == (my_le, None)
    assert agreement.unit == my_le
    assert task.committee.unit == my_le
    assert task.committee.name == "Ban chỉ đạo xã Mỹ Lệ"
    assert task.owner.organisation == police.current()
    assert Committee.objects.get(unit=long_son).valid_to == DAY
