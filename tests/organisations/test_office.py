"""The pages of the back office: they open, write through services, show refusals, and keep to the user's units."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.http import HttpRequest
from django.test import RequestFactory

from liengia.audit.models import Entry
from liengia.core import clock
from liengia.organisations import wagtail_hooks
from liengia.organisations.models import Agreement, Conclusion, Organisation, Task
from liengia.units import scope
from liengia.units import wagtail_hooks as units_hooks
from liengia.units.models import RoomSwitch, Unit

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin(demonstration: None, db: None) -> Any:
    return get_user_model().objects.create_superuser("quan.tri", password="mat khau dai lam")


def page(viewset: Any, name: str, user: Any, data: dict[str, Any] | None = None, **kwargs: Any) -> Any:
    """Run a page of a viewset as this user, without the site's addresses and middleware."""
    from django.contrib.messages.storage.fallback import FallbackStorage

    request: HttpRequest = RequestFactory().post("/", data) if data is not None else RequestFactory().get("/", kwargs.pop("get", {}))
    request.user = user
    request.session = {}  # type: ignore[assignment]
    request._messages = FallbackStorage(request)  # type: ignore[attr-defined]
    response = getattr(viewset, f"{name}_view")(request, **kwargs)
    return response.render() if hasattr(response, "render") else response


ALL = [
    *wagtail_hooks.OrganisationsGroup.items,
    *wagtail_hooks.CommitteesGroup.items,
    *wagtail_hooks.CalendarGroup.items,
    *units_hooks.UnitsGroup.items,
]


def test_every_list_and_form_opens_in_vietnamese(admin: Any) -> None:
    for viewset in ALL:
        listed = page(viewset, "index", admin)
        assert listed.status_code == 200, viewset.name
        assert str(viewset.model._meta.verbose_name_plural)[1:] in listed.content.decode(), viewset.name
        if "add" in viewset.actions:
            assert page(viewset, "add", admin).status_code == 200, viewset.name
        row = viewset.model._default_manager.first()
        if row is not None and "change" in viewset.actions:
            assert page(viewset, "edit", admin, pk=str(row.pk)).status_code == 200, viewset.name
        if row is not None and viewset.inspect_view_enabled:
            assert page(viewset, "inspect", admin, pk=str(row.pk)).status_code == 200, viewset.name


def viewset(name: str) -> Any:
    return next(v for v in ALL if v.name == name)


def test_an_institution_is_entered_and_ended_through_the_services(admin: Any) -> None:
    commune = Unit.objects.current().get(code="28132")
    data = {"kind": "school", "name": "Trường Mẫu Mới", "unit": commune.pk, "phone": "", "address": "", "note": ""}
    assert page(viewset("organisations"), "add", admin, data).status_code == 302
    row = Organisation.objects.get(name="Trường Mẫu Mới")
    assert Entry.objects.about(row).get().actor_id == str(admin.pk)
    data |= {"valid_to": clock.today().isoformat(), "successor": ""}
    assert page(viewset("organisations"), "edit", admin, data, pk=str(row.pk)).status_code == 302
    row.refresh_from_db()
    assert row.valid_to == clock.today()
    assert list(Entry.objects.about(row).values_list("kind", flat=True)) == [
        "organisations.organisation_created", "organisations.organisation_ended",
    ]  # fmt: skip


def test_a_refusal_stands_beside_its_field_and_keeps_what_was_typed(admin: Any) -> None:
    commune = Unit.objects.current().get(code="28132")
    data = {"kind": "place_of_worship", "name": "Chùa Mẫu Hai", "unit": commune.pk, "phone": "0912345678", "note": ""}
    answer = page(viewset("organisations"), "add", admin, data)
    assert answer.status_code == 200
    assert "Đây là số di động" in answer.content.decode()
    assert "Chùa Mẫu Hai" in answer.content.decode()
    assert not Organisation.objects.filter(name="Chùa Mẫu Hai").exists()


def test_a_conclusion_with_two_tasks_is_written_in_one_form(admin: Any) -> None:
    meeting = Conclusion.objects.first().meeting  # type: ignore[union-attr]
    seat = meeting.committee.members.first()
    due = (clock.today() + timedelta(days=9)).isoformat()
    data: dict[str, Any] = {"meeting": meeting.pk, "text": "Kết luận mới"}
    for n in (1, 2):
        data |= {f"what_{n}": f"Việc {n}", f"owner_{n}": seat.pk, f"due_{n}": due}
    assert page(viewset("conclusions"), "add", admin, data).status_code == 302
    assert Conclusion.objects.get(text="Kết luận mới").tasks.count() == 2
    data |= {"what_3": "thiếu ngày"}
    assert page(viewset("conclusions"), "add", admin, data).status_code == 200


def test_a_task_takes_its_steps_in_its_form(admin: Any) -> None:
    task = Task.objects.overdue().first()
    assert task is not None
    late = page(viewset("tasks"), "index", admin, get={"late": "1"}).content.decode()
    assert task.what in late
    assert page(viewset("tasks"), "edit", admin, {"step": "postpone", "words": "mưa"}, pk=str(task.pk)).status_code == 200
    assert page(viewset("tasks"), "edit", admin, {"step": "finish", "words": ""}, pk=str(task.pk)).status_code == 200
    assert page(viewset("tasks"), "edit", admin, {"step": "finish", "words": "xong"}, pk=str(task.pk)).status_code == 302
    task.refresh_from_db()
    assert task.state == "done"


def test_an_agreement_is_signed_with_parties_and_duties(admin: Any) -> None:
    commune = Unit.objects.current().get(code="28132")
    one, two = Organisation.objects.filter(unit=commune)[:2]
    data = {
        "name": "Quy chế thử", "number": "", "unit": commune.pk, "valid_from": "2026-01-01", "review_on": "2027-01-01",
        "subject": "", "party_1": one.pk, "duties_1": "một\nhai", "party_2": two.pk, "duties_2": "ba",
    }  # fmt: skip
    assert page(viewset("agreements"), "add", admin, data).status_code == 302
    assert sum(p.duties.count() for p in Agreement.objects.get(name="Quy chế thử").party_rows.all()) == 3


def test_search_finds_units_by_old_names_without_diacritics(admin: Any) -> None:
    listed = page(viewset("units"), "index", admin, get={"q": "long son", "level": "commune"}).content.decode()
    assert "Mỹ Lệ, trước là Long Sơn và Tân Trạch" in listed
    assert "Rạch Kiến" not in listed
    listed = page(viewset("units"), "index", admin, get={"q": "long son", "day": "2023-08-06"}).content.decode()
    assert "28129" in listed


def test_switching_a_room_twice_keeps_one_row(admin: Any) -> None:
    commune = Unit.objects.current().get(code="28132")
    for _time in range(2):
        assert page(viewset("room_switches"), "add", admin, {"unit": commune.pk, "room": "alarms"}).status_code == 302
    assert RoomSwitch.objects.get().is_on is False


def test_another_communes_rows_are_absent(admin: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    user = get_user_model().objects.create_user("nguoi.xa", password="mat khau dai lam")
    monkeypatch.setattr(type(user), "has_perm", lambda self, perm, obj=None: True)
    mine = Unit.objects.current().get(code="28132")
    monkeypatch.setattr(scope, "_answers", [lambda who, capability: [mine]])
    listed = page(viewset("organisations"), "index", user).content.decode()
    assert "Công an xã Mỹ Lệ" in listed
    assert "Công an xã Tân Lân" not in listed
    other = Organisation.objects.get(name="Công an xã Tân Lân")
    from django.http import Http404

    for name in ("edit", "inspect"):
        with pytest.raises(Http404):
            page(viewset("organisations"), name, user, pk=str(other.pk))
    data = {"kind": "school", "name": "Lạc", "unit": other.unit_id, "valid_from": date(2026, 1, 1).isoformat()}
    assert page(viewset("organisations"), "add", user, data).status_code == 200
    assert not Organisation.objects.filter(name="Lạc").exists()
