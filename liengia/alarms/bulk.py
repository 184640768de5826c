"""Long work that an office asks for and the worker does: groups from a spreadsheet, the papers of many groups.

1. The page asks (a row), and leads to the page that watches the row.
2. The worker claims the row, writes in small transactions and says in each what it has written and how far it is.
3. A worker that died stops beating: whoever claims the row after that takes back what was written, and begins anew.
"""

from __future__ import annotations

import io
import logging
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction
from django.db.models import Q
from django.utils import translation

from liengia.alarms import leader_import, papers
from liengia.alarms.models import BulkJob, BulkKind, BulkStage, BulkState, NeighbourGroup
from liengia.core import clock
from liengia.core.actor import Actor
from liengia.core.bus import get_bus
from liengia.people import spreadsheet
from liengia.people.models import Household, User
from liengia.people.services.imports import undo_import
from liengia.people.services.joining import Issued
from liengia.units.models import Unit

logger = logging.getLogger(__name__)
POKE: Final = "alarms.bulk"
BEAT_LATE: Final = timedelta(seconds=60)
PAPER_FOR: Final = timedelta(hours=1)
ROW_FOR: Final = timedelta(days=1)


def ask_import(file: bytes, commune: Unit, *, user: User) -> BulkJob:
    """Ask for the import of a file that was read and found right."""
    return _ask(BulkKind.IMPORT, user=user, commune=commune, file=file)


def ask_papers(groups: Sequence[NeighbourGroup], *, user: User) -> BulkJob:
    """Ask for the sheets of groups with fresh cards, as one PDF."""
    return _ask(BulkKind.PAPERS, user=user, groups=[group.public_id for group in groups])


def _ask(kind: BulkKind, *, user: User, **facts: object) -> BulkJob:
    language = translation.get_language() or "vi"
    job = BulkJob.objects.create(kind=kind, user=user, language=language, asked_at=clock.now(), **facts)
    get_bus().poke_now(POKE)
    return job


# The worker


def run_due() -> int:
    """Do all that waits, and what a dead worker left; return how many."""
    done = 0
    while (job := _claim()) is not None:
        with translation.override(job.language):
            _run(job)
        done += 1
    return done


@transaction.atomic
def _claim() -> BulkJob | None:
    now = clock.now()
    due = Q(state=BulkState.WAITING) | Q(state=BulkState.RUNNING, beat_at__lt=now - BEAT_LATE)
    job = BulkJob.objects.select_for_update(skip_locked=True, of=("self",)).filter(due).first()
    if job is not None:
        job.state, job.beat_at, job.done, job.total, job.stage = BulkState.RUNNING, now, 0, 0, ""
        job.save(update_fields=["state", "beat_at", "done", "total", "stage"])
    return job


def _run(job: BulkJob) -> None:
    """Do one piece of work to its end; whatever goes wrong ends the row, never the worker."""
    try:
        _take_back(job)
        if job.kind == BulkKind.IMPORT:
            _import(job)
        else:
            _print(job)
    except Exception:
        logger.exception("bulk job %s failed", job.pk)
        job.state = BulkState.FAILED
    job.ended_at, job.file, job.made = clock.now(), None, {}
    job.save(update_fields=["state", "ended_at", "file", "made", "groups", "errors", "paper"])


def _take_back(job: BulkJob) -> None:
    if not job.made:
        return
    actor = Actor.of(job.user)
    leader_import.undo_groups(list(NeighbourGroup.objects.filter(pk__in=job.made.get("groups", ()))), actor=actor)
    undo_import(list(Household.objects.filter(pk__in=job.made.get("houses", ()))))
    job.made = {}
    job.save(update_fields=["made"])


class _Watched:
    """What the import tells the row: what is written, in the same transaction, and how far it is."""

    def __init__(self, job: BulkJob) -> None:
        self.job = job

    def houses(self, made: Sequence[Household], total: int) -> None:
        """Some more houses are written."""
        self._wrote("houses", [house.pk for house in made], BulkStage.HOUSES, total)

    def group(self, made: NeighbourGroup, total: int) -> None:
        """One more group is founded."""
        self._wrote("groups", [made.pk], BulkStage.GROUPS, total)

    def _wrote(self, kind: str, keys: list[int], stage: BulkStage, total: int) -> None:
        before = self.job.made.get(kind, [])
        self.job.made = {**self.job.made, kind: [*before, *keys]}
        self.at(stage, len(self.job.made[kind]), total, "made")

    def at(self, stage: BulkStage, done: int, total: int, *more: str) -> None:
        """Say how far it is; the page that watches and the next claim read it."""
        self.job.stage, self.job.done, self.job.total, self.job.beat_at = stage, done, total, clock.now()
        self.job.save(update_fields=["stage", "done", "total", "beat_at", *more])


def _import(job: BulkJob) -> None:
    if job.commune is None or job.file is None:
        raise ValueError("an import without a file or a commune")
    sheet = spreadsheet.read(io.BytesIO(job.file))
    outcome = leader_import.import_groups(sheet, job.commune, actor=Actor.of(job.user), watched=_Watched(job))
    job.state = BulkState.REFUSED if outcome.errors else BulkState.DONE
    job.errors = [asdict(error) for error in outcome.errors]
    job.groups = [group.public_id for group in outcome.groups]


def _print(job: BulkJob) -> None:
    found = NeighbourGroup.objects.filter(public_id__in=job.groups, merged_into=None)
    groups = list(found.select_related("unit__parent__parent__parent", "leader").order_by("unit", "number"))
    watched = _Watched(job)
    cards: dict[int, list[Issued]] = {}
    for number, group in enumerate(groups):
        watched.at(BulkStage.CARDS, number, len(groups))
        cards |= leader_import.invite_all([group], actor=Actor.of(job.user))
    watched.at(BulkStage.PAPER, 0, 1)
    job.paper = papers.group_sheets(groups, cards=cards)
    job.state = BulkState.DONE


def forget_old(*, at: datetime | None = None) -> int:
    """Take papers away after an hour (they hold invitations), rows after a day; return how many."""
    moment = at or clock.now()
    done = BulkJob.objects.filter(ended_at__lt=moment - PAPER_FOR).exclude(paper=None).update(paper=None)
    return done + BulkJob.objects.filter(ended_at__lt=moment - ROW_FOR).delete()[0]
