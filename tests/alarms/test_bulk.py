"""Long work: asked for on a page, done by the worker, watched to its end; a worker that dies leaves nothing half done."""

from __future__ import annotations

import io
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import models
from django.test import Client

from liengia.alarms import bulk, leader_import, services
from liengia.alarms.models import BulkJob, BulkState, GroupHousehold, NeighbourGroup
from liengia.core import clock
from liengia.core.actor import Actor
from liengia.people import spreadsheet
from liengia.people.models import Household, Invitation
from liengia.people.services.imports import import_households, match_hamlets
from tests.alarms.console_scene import sign_in
from tests.alarms.test_import_groups import workbook
from tests.cast import Cast, assemble

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def cast() -> Cast:
    return assemble()


def asked(cast: Cast, groups: int = 3, houses: int = 5) -> tuple[Client, str]:
    """Send a file as an administrator; return the browser and the page that watches."""
    client = sign_in(Client(), cast.quan)
    file = SimpleUploadedFile("to.xlsx", workbook(groups, houses))
    answer = client.post("/nha/nhap/", {"commune": cast.commune.pk, "file": file})
    assert answer.status_code == 302
    return client, answer["Location"]


def test_it_is_watched_from_the_first_row_to_the_pdf(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    client, watching = asked(cast)
    page = client.get(watching).content.decode()
    assert "<progress" in page and 'hx-trigger="every 1s"' in page
    assert '<noscript><meta http-equiv="refresh"' in page, "without scripts it is drawn anew too"
    seen: list[int] = []
    real = models.Model.save

    def noting(self: models.Model, *args: Any, **facts: Any) -> None:
        real(self, *args, **facts)
        if isinstance(self, BulkJob) and self.state == BulkState.RUNNING and self.stage:
            seen.append(self.percent)

    monkeypatch.setattr(models.Model, "save", noting)
    assert bulk.run_due() == 1
    assert seen == sorted(seen) and len(set(seen)) > 3, "it only ever grows"
    page = client.get(watching).content.decode()
    assert "<progress" not in page and "hx-trigger" not in page, "an ended one is not asked for any more"
    groups = NeighbourGroup.objects.filter(number__in=(1, 2, 3))
    assert groups.count() == 3 and GroupHousehold.objects.filter(group__in=groups).count() == 15
    printing = client.post("/nha/nhap/giay.pdf", {"group": [one.public_id for one in groups]})["Location"]
    assert client.get(f"{printing}giay.pdf").status_code == 404, "not there before it is made"
    bulk.run_due()
    assert f"{printing}giay.pdf" in client.get(printing).content.decode()
    assert client.get(f"{printing}giay.pdf").content.startswith(b"%PDF")
    assert Invitation.objects.filter(purpose="join").count() == 15
    other = sign_in(Client(), cast.huynh)
    assert {other.get(watching).status_code, other.get(f"{printing}giay.pdf").status_code} == {404}


def test_a_worker_that_dies_half_way_leaves_nothing_twice(cast: Cast) -> None:
    before = Household.objects.count()
    client, watching = asked(cast)
    job = BulkJob.objects.get()
    # What stands in the database when the power goes in the middle.
    job.state, job.beat_at = BulkState.RUNNING, clock.now() - bulk.BEAT_LATE / 2
    job.save()
    sheet = spreadsheet.read(io.BytesIO(bytes(job.file or b"")))
    hamlets, _errors = match_hamlets(sheet, cast.commune)
    watched = bulk._Watched(job)
    import_households(sheet.households[:10], hamlets, actor=Actor.of(cast.quan), wrote=watched.houses)
    watched.group(services.create_group(cast.hamlet, name="Tổ 1", number=1, actor=Actor.of(cast.quan)), 3)
    BulkJob.objects.update(beat_at=clock.now() - bulk.BEAT_LATE / 2)
    assert bulk.run_due() == 0, "it may still be at work"
    BulkJob.objects.update(beat_at=clock.now() - bulk.BEAT_LATE - timedelta(seconds=1))
    assert bulk.run_due() == 1
    assert BulkJob.objects.get().state == BulkState.DONE
    assert NeighbourGroup.objects.filter(duty_post=None).count() == 3
    assert Household.objects.count() == before + 15
    assert "Đã lưu: 3 tổ" in client.get(watching).content.decode()


def test_what_fails_is_said_and_nothing_stays(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    before = Household.objects.count()
    client, watching = asked(cast)

    def fails(*args: Any, **facts: Any) -> None:
        raise RuntimeError("the disk is full")

    monkeypatch.setattr(services, "add_household", fails)
    assert bulk.run_due() == 1
    job = BulkJob.objects.get()
    assert (job.state, job.file) == (BulkState.FAILED, None)
    assert not NeighbourGroup.objects.exists() and Household.objects.count() == before
    assert "không giữ lại gì" in client.get(watching).content.decode()


def test_what_came_to_stand_meanwhile_is_refused_in_words(cast: Cast) -> None:
    client, watching = asked(cast)
    services.create_group(cast.hamlet, name="Tổ 2", number=2, actor=Actor.of(cast.quan))
    bulk.run_due()
    assert BulkJob.objects.get().state == BulkState.REFUSED
    page = client.get(watching).content.decode()
    assert "đã có tổ số 2" in page and "/nha/nhap/" in page


def test_file_paper_and_row_have_their_periods(cast: Cast) -> None:
    client, _watching = asked(cast, 1, 2)
    bulk.run_due()
    group = NeighbourGroup.objects.get()
    client.post("/nha/nhap/giay.pdf", {"group": [group.public_id]})
    bulk.run_due()
    assert not BulkJob.objects.exclude(file=None).exists()
    paper = BulkJob.objects.exclude(paper=None).get()
    bulk.forget_old(at=clock.now() + timedelta(minutes=59))
    assert BulkJob.objects.exclude(paper=None).exists()
    bulk.forget_old(at=clock.now() + timedelta(minutes=61))
    paper.refresh_from_db()
    assert paper.paper is None
    assert "không được giữ" in client.get(f"/nha/nhap/viec/{paper.public_id}/").content.decode()
    bulk.forget_old(at=clock.now() + timedelta(hours=25))
    assert not BulkJob.objects.exists()


def test_the_check_writes_nothing(cast: Cast) -> None:
    sheet = spreadsheet.read(io.BytesIO(workbook(2, 2)))
    assert leader_import.check(sheet, cast.commune) == []
    assert not NeighbourGroup.objects.exists()
