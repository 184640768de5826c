"""Two who write at one time: clerks on one list or nomination, and a worker that died beside a clerk who went on."""

from __future__ import annotations

import io
from datetime import timedelta
from typing import Any

import pytest

from liengia.commendations import imports, spreadsheet
from liengia.commendations.models import ImportJob, Nomination
from liengia.commendations.services import change_nomination, withdraw_consent
from liengia.core import clock
from liengia.people.models import User
from tests.commendations.given import Bureau, nominated, opened
from tests.commendations.test_office import book, line
from tests.people.conftest import signed_in

BASE = "/quan-tri/khen-thuong/"


def into(who: User) -> Any:
    return signed_in(who, second_factor=True)


def form_of(page: Any) -> dict[str, Any]:
    """Return what a browser would send back."""
    form = page.context["form"]
    values = {name: form[name].value() for name in form.fields}
    return {name: "" if value is None else value for name, value in values.items() if value is not False}


def test_the_second_clerk_is_told_and_keeps_the_text(scene: Bureau) -> None:
    row = opened(scene)
    one = nominated(scene, row)
    clerk = into(scene.here.duyen)
    for address, field, stored in (
        (f"{BASE}de-nghi/{one.public_id}/sua/", "merit", one), (f"{BASE}dot/{row.public_id}/sua/", "title", row),
    ):  # fmt: skip
        first = form_of(clerk.get(address))
        assert clerk.post(address, {**first, field: "Cứu hai người bị nước cuốn ở ấp 1"}).status_code == 302
        answer = clerk.post(address, {**first, field: "Giữ gìn trật tự đường làng"})
        page = answer.content.decode()
        assert answer.status_code == 200 and "Có người vừa sửa" in page and "Giữ gìn trật tự đường làng" in page
        stored.refresh_from_db()
        assert getattr(stored, field) == "Cứu hai người bị nước cuốn ở ấp 1"
        assert clerk.post(address, {**form_of(clerk.get(address)), field: "Giữ gìn trật tự đường làng"}).status_code == 302


class Killed(BaseException):
    """What ends a process ends no job."""


def asked(scene: Bureau, monkeypatch: pytest.MonkeyPatch) -> ImportJob:
    monkeypatch.setattr(imports, "CHUNK", 2)
    job, _found = imports.look(opened(scene), book([line(f"Người Thứ {name}") for name in ("Một", "Hai", "Ba", "Bốn", "Năm")]).getvalue(), user=scene.here.duyen)
    return imports.ask(job)


@pytest.mark.parametrize("at", [2, 3])
def test_a_killed_import_goes_on_and_what_a_clerk_did_meanwhile_stays(scene: Bureau, monkeypatch: pytest.MonkeyPatch, at: int) -> None:
    job = asked(scene, monkeypatch)
    real, calls = imports._consents, []

    def killed(*facts: Any) -> None:
        calls.append(1)
        if len(calls) == at:
            raise Killed
        real(*facts)

    monkeypatch.setattr(imports, "_consents", killed)
    with pytest.raises(Killed):
        imports.run_due()
    written = Nomination.objects.order_by("place").first()
    assert written is not None
    change_nomination(written, merit="Cứu hai người bị nước cuốn", actor=scene.clerk)
    withdraw_consent(written, actor=scene.clerk)
    ImportJob.objects.filter(pk=job.pk).update(beat_at=clock.now() - timedelta(minutes=5))
    assert imports.run_due() == 1
    job.refresh_from_db()
    assert (job.state, job.done, job.file) == ("done", 5, None)
    assert sorted(Nomination.objects.values_list("place", flat=True)) == [1, 2, 3, 4, 5]
    written.refresh_from_db()
    assert written.merit == "Cứu hai người bị nước cuốn" and not written.consents.filter(withdrawn_on=None).exists(), "what was taken back is not given again"


def test_a_killed_end_writes_nothing_twice(scene: Bureau, monkeypatch: pytest.MonkeyPatch) -> None:
    job = asked(scene, monkeypatch)
    real = imports.audit.record

    def killed(kind: str, **facts: Any) -> None:
        if kind == "commendations.nominations_imported":
            raise Killed
        real(kind, **facts)

    monkeypatch.setattr(imports.audit, "record", killed)
    with pytest.raises(Killed):
        imports.run_due()
    monkeypatch.setattr(imports.audit, "record", real)
    kept = set(Nomination.objects.values_list("pk", flat=True))
    ImportJob.objects.filter(pk=job.pk).update(beat_at=clock.now() - timedelta(minutes=5))
    imports.run_due()
    job.refresh_from_db()
    assert job.state == "done" and len(kept) == 4 and kept < set(Nomination.objects.values_list("pk", flat=True)) and Nomination.objects.count() == 5


def test_a_failed_import_takes_back_what_nobody_worked_on(scene: Bureau, monkeypatch: pytest.MonkeyPatch) -> None:
    asked(scene, monkeypatch)
    real, calls = imports._consents, []

    def fails(*facts: Any) -> None:
        calls.append(1)
        if len(calls) == 2:
            change_nomination(Nomination.objects.get(place=1), merit="Cứu hai người bị nước cuốn", actor=scene.clerk)
        if len(calls) == 3:
            raise RuntimeError("gone")
        real(*facts)

    monkeypatch.setattr(imports, "_consents", fails)
    imports.run_due()
    assert [one.merit for one in Nomination.objects.all()] == ["Cứu hai người bị nước cuốn"]


def test_an_exported_list_comes_back_the_same(scene: Bureau) -> None:
    row = opened(scene)
    nominated(scene, row, merit="- Có thành tích xuất sắc", nominated_by="+ Ấp 1", words="=tổ 3", honorific="Bà")
    found = spreadsheet.read(io.BytesIO(spreadsheet.list_of(row.nominations.select_related("unit__parent"))), row)
    assert not found.errors
    assert [(one.merit, one.nominated_by, one.words) for one in found.rows] == [("- Có thành tích xuất sắc", "+ Ấp 1", "=tổ 3")]
