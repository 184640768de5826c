"""Nominations from a spreadsheet: looked at first, written by the worker in small transactions while a page watches; all or none.

1. `look` reads the file, keeps it encrypted and shows rows, errors and doubts; nothing is saved of them.
2. `ask` confirms; the worker claims the job and writes chunks, saying in each how far it is.
3. A worker that died stops beating: whoever claims the job after that goes on behind the last chunk that was written, for clerks work on those rows already.
   The last chunk and the end are one transaction.
4. A file that cannot be written to its end is taken back, but no row that somebody has worked on since.
"""

from __future__ import annotations

import io
import logging
from datetime import date, timedelta
from typing import Final

from django.db import transaction
from django.db.models import Max, Q
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from liengia.audit import services as audit
from liengia.commendations import doubts, spreadsheet
from liengia.commendations.doubts import Doubt
from liengia.commendations.models import (
    ImportJob,
    ImportState,
    Nomination,
    NominationState,
    RollConsent,
    Round,
)
from liengia.commendations.services.rounds import check_open, locked
from liengia.commendations.spreadsheet import NominationRow, Read
from liengia.core import clock
from liengia.core.actor import Actor
from liengia.core.bus import get_bus
from liengia.core.db import bulk
from liengia.core.errors import Refused
from liengia.people.models import User

logger = logging.getLogger(__name__)
POKE: Final = "commendations.imports"
BEAT_LATE: Final = timedelta(seconds=60)
CHUNK: Final = 50
CONSENT_HOW: Final = "Đánh dấu trong danh sách đề nghị"


def look(row: Round, file: bytes, *, user: User) -> tuple[ImportJob, Read]:
    """Read a file and keep it for the confirmation; its rows are not saved.

    Raises:
        Invalid: it cannot be read at all. Refused: the list of the round is closed.
    """
    check_open(row)
    found = spreadsheet.read(io.BytesIO(file), row)
    job = ImportJob.objects.create(
        round=row, user=user, language=translation.get_language() or "vi", file=file, total=len(found.rows), errors=[str(one) for one in found.errors[:200]]
    )
    return job, found


def again(job: ImportJob) -> Read:
    """Read a looked-at file again."""
    return spreadsheet.read(io.BytesIO(job.file or b""), job.round)


def doubts_about(row: Round, rows: list[NominationRow]) -> dict[int, list[Doubt]]:
    """Return what looks doubtful about rows that are looked at, by their place in the file; among themselves and with what is kept."""
    found = doubts.of_round(row, list(spreadsheet.numbered(rows, row, 1))) if rows else {}
    return {-key - 1: several for key, several in found.items() if key < 0}


@transaction.atomic
def ask(job: ImportJob) -> ImportJob:
    """Confirm what was looked at.

    Raises:
        Refused: the file has errors, or nothing in it, or was confirmed already; or the list is closed.
    """
    check_open(locked(job.round))
    found = ImportJob.objects.select_for_update(of=("self",)).get(pk=job.pk)
    if found.state != ImportState.PREVIEW:
        raise Refused(_("This import was started already."), code="started")
    if found.errors or not found.total:
        raise Refused(_("Correct the file first: nothing is saved while it has an error, or no row."), code="has_errors")
    found.state = ImportState.WAITING
    found.save(update_fields=["state"])
    transaction.on_commit(lambda: get_bus().poke_now(POKE))
    return found


def run_due() -> int:
    """Do all that waits, and what a dead worker left; return how many."""
    done = 0
    while (job := _claim()) is not None:
        with translation.override(job.language):
            _run(job)
        done += 1
    return done


@transaction.atomic
def _claim() -> ImportJob | None:
    now = clock.now()
    due = Q(state=ImportState.WAITING) | Q(state=ImportState.RUNNING, beat_at__lt=now - BEAT_LATE)
    job = ImportJob.objects.select_for_update(skip_locked=True, of=("self",)).filter(due).first()
    if job is not None:
        job.state, job.beat_at = ImportState.RUNNING, now
        job.save(update_fields=["state", "beat_at"])
    return job


def _run(job: ImportJob) -> None:
    """Do one import to its end; whatever goes wrong ends the job, never the worker."""
    try:
        found = spreadsheet.read(io.BytesIO(job.file or b""), job.round)
        if not found.errors:
            _write(job, found.rows)
            return
        state, errors = ImportState.REFUSED, [str(one) for one in found.errors[:200]]
    except Refused as refused:
        state, errors = ImportState.REFUSED, [str(refused)]
    except Exception:
        logger.exception("import %s failed", job.pk)
        state, errors = ImportState.FAILED, job.errors
    take_back(job)
    job.errors = errors
    _end(job, state)


def _end(job: ImportJob, state: ImportState) -> None:
    job.state, job.ended_at, job.file = state, clock.now(), None
    job.save(update_fields=["state", "errors", "done", "ended_at", "file"])


def _write(job: ImportJob, rows: list[NominationRow]) -> None:
    """Write what is not written yet; whoever finds that another went on in its place stops."""
    today = clock.today()
    for start in range(job.done, max(len(rows), job.done + 1), CHUNK):
        some = rows[start : start + CHUNK]
        with transaction.atomic():
            kept = ImportJob.objects.select_for_update(of=("self",)).get(pk=job.pk)
            if (kept.state, kept.done) != (ImportState.RUNNING, start):
                return
            row = locked(job.round)
            check_open(row)
            first = (row.nominations.aggregate(last=Max("place"))["last"] or 0) + 1
            made = list(spreadsheet.numbered(some, row, first))
            for one in made:
                one.batch = job
            bulk.insert(made)
            _consents(job, made, some, today)
            job.done, job.beat_at = start + len(some), clock.now()
            job.save(update_fields=["done", "beat_at"])
            if job.done >= len(rows):
                _end(job, ImportState.DONE)
                audit.record("commendations.nominations_imported", actor=Actor.of(job.user), about=job.round, unit=job.round.unit_id, facts={"rows": len(rows)})


def _consents(job: ImportJob, made: list[Nomination], rows: list[NominationRow], today: date) -> None:
    wanted = {one.public_id for one, row in zip(made, rows, strict=True) if row.consents and row.kind != "collective"}
    if wanted:
        keys = Nomination.objects.filter(batch=job, public_id__in=wanted).values_list("pk", flat=True)
        bulk.insert([RollConsent(nomination_id=key, how=CONSENT_HOW, given_on=today, recorded_by=job.user) for key in keys])


def take_back(job: ImportJob) -> None:
    """Take back what an import wrote before it failed, in small transactions; never what somebody worked on: changed, moved, answered, with a file or a consent of its own."""
    touched = Q(evidence__isnull=False) | (Q(consents__isnull=False) & ~Q(consents__how=CONSENT_HOW)) | Q(consents__withdrawn_on__isnull=False) | Q(votes__isnull=False)
    untouched = Nomination.objects.filter(batch=job, revision=1, state=NominationState.LISTED, is_pursuit_deed=False, doubts_answered=[])
    while keys := list(untouched.exclude(pk__in=Nomination.objects.filter(touched, batch=job).values("pk")).values_list("pk", flat=True)[:CHUNK]):
        Nomination.objects.filter(pk__in=keys).delete()
    job.done = 0


def discard(job: ImportJob) -> None:
    """Throw away a file that was looked at and not confirmed."""
    ImportJob.objects.filter(pk=job.pk, state=ImportState.PREVIEW).delete()
