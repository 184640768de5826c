"""How long is kept what never became a commendation, and the files that were needed to decide."""

from __future__ import annotations

from typing import Final

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from liengia.audit import services as audit
from liengia.commendations.models import DeedEvidence, ImportJob, Nomination, NominationState, RoundState
from liengia.core import clock
from liengia.core.actor import Actor
from liengia.people.services.retention import period

CHUNK: Final = 100
PERIODS: Final = (
    ("nomination_ended", _("Nomination that was left out, withdrawn, or whose round was cancelled"), 365, _("So that who nominated can be answered.")),
    ("merit_evidence", _("Account and evidence of a merit"), 1825, _("Counted from the decision: commendations can be contested.")),
    ("nomination_import", _("Spreadsheet of nominations that was looked at"), 1, _("It is needed until its rows are written.")),
)
ACTOR: Final = Actor.system("commendations.retention")


def keep_periods() -> int:
    """Forget what is past its period, a chunk of each; return how many rows went."""
    return _forget_nominations() + _forget_evidence() + _forget_imports()


@transaction.atomic
def _forget_nominations() -> int:
    """Delete ended nominations: nothing hangs on them but their votes."""
    before = clock.now() - period("nomination_ended")
    ended = Q(state__in=(NominationState.LEFT_OUT, NominationState.WITHDRAWN), ended_at__lt=before)
    cancelled = Q(round__state=RoundState.CANCELLED, made_at__lt=before) & ~Q(state=NominationState.COMMENDED)
    keys = list(Nomination.objects.filter(ended | cancelled, certificates=None).values_list("pk", flat=True)[:CHUNK])
    Nomination.objects.filter(pk__in=keys).delete()
    return _recorded("nomination_ended", len(keys))


@transaction.atomic
def _forget_evidence() -> int:
    before = (clock.now() - period("merit_evidence")).date()
    due = Nomination.objects.filter(round__decision__decided_on__lt=before).filter(~Q(report="") | Q(evidence__isnull=False) | ~Q(doubts_answer=""))
    keys = list(due.values_list("pk", flat=True).distinct()[:CHUNK])
    DeedEvidence.objects.filter(nomination__in=keys).delete()
    Nomination.objects.filter(pk__in=keys).update(report="", doubts_answer="")
    return _recorded("merit_evidence", len(keys))


@transaction.atomic
def _forget_imports() -> int:
    keys = list(ImportJob.objects.filter(asked_at__lt=clock.now() - period("nomination_import")).values_list("pk", flat=True)[:CHUNK])
    ImportJob.objects.filter(pk__in=keys).delete()
    return len(keys)


def _recorded(code: str, rows: int) -> int:
    if rows:
        audit.record("commendations.forgotten", actor=ACTOR, about=("people.RetentionPeriod", code), facts={"rows": rows})
    return rows
