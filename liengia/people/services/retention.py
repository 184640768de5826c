"""How long personal data is kept: periods are data, the worker keeps them."""

from __future__ import annotations

from contextlib import suppress
from datetime import date, timedelta
from typing import Final

from django.db import transaction
from django.db.models import ProtectedError, Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from liengia.audit import services as audit
from liengia.core import clock
from liengia.core.actor import Actor
from liengia.people.models import (
    BoundPhone,
    Handover,
    Household,
    Invitation,
    Membership,
    RetentionPeriod,
    User,
)
from liengia.people.services.erasure import erase_household, is_held

CHUNK: Final = 100
PERIODS: Final = (
    (
        "household_left",
        _("A household that has left"),
        180,
        _("So that a report about it can still be answered."),
    ),
    ("membership_ended", _("An ended membership"), 180, _("So that a mistake can be put right.")),
    (
        "join_refused",
        _("An account that no leader confirmed"),
        30,
        _("It saw nothing; there is nothing to keep it for."),
    ),
    ("invitation", _("A used or lapsed invitation"), 90, _("To answer who invited whom.")),
    ("bound_phone", _("A revoked phone"), 90, _("To answer when it was revoked.")),
    (
        "account_closed",
        _("A closed account"),
        365,
        _("Handovers and incidents of the year name who was on duty."),
    ),
    ("handover_note", _("The note of a handover"), 730, _("The duty book is kept two years.")),
)


# What upper rooms keep by rows of the same table: code, label, days, why.
_of_rooms: dict[str, tuple[str, str | Promise, int, str | Promise]] = {}


def register_period(code: str, label: str | Promise, days: int, why: str | Promise) -> None:
    """Add a period of an upper room, which keeps it itself; called from `AppConfig.ready`."""
    _of_rooms[code] = (code, label, days, why)


def ensure_periods() -> None:
    """Make the periods that are missing; what an administrator set stays."""
    for code, label, days, why in (*PERIODS, *_of_rooms.values()):
        RetentionPeriod.objects.get_or_create(
            code=code, defaults={"label": str(label), "days": days, "source": str(why)}
        )


def period(code: str) -> timedelta:
    """Return how long a kind of data is kept."""
    kept = RetentionPeriod.objects.filter(code=code).values_list("days", flat=True).first()
    days = (
        kept if kept is not None else next(default for name, _label, default, _why in (*PERIODS, *_of_rooms.values()) if name == code)
    )
    return timedelta(days=days)


def keep_periods() -> int:
    """Delete what is past its period, in chunks; return how many rows went. The worker calls it until it is 0."""
    now = clock.now()
    actor = Actor.system("worker")
    done = 0
    done += _erase_households((now - period("household_left")).date(), actor)
    done += _delete(Membership, Q(ended_at__lte=now - period("membership_ended")), "membership_ended")
    done += _delete(Invitation, Q(expires_at__lte=now - period("invitation")), "invitation")
    done += _delete(BoundPhone, Q(revoked_at__lte=now - period("bound_phone")), "bound_phone")
    done += _blank_notes(now - period("handover_note"))
    done += _close_unconfirmed(now - period("join_refused"))
    return done + _erase_accounts(now - period("account_closed"))


def _erase_households(left_by: date, actor: Actor) -> int:
    """Delete the data of those who asked while help was on its way to them, and of those who left long ago."""
    gone = Household.objects.filter(is_active=False, erased_at=None).filter(Q(left_on__lte=left_by) | Q(erasure_asked_at__isnull=False))
    due = [household for household in gone.order_by("pk") if not is_held(household)][:CHUNK]
    for household in due:
        erase_household(household, actor=actor, reason=household.erasure_reason or "period ended")
    return len(due)


@transaction.atomic
def _delete(model: type[Membership] | type[Invitation] | type[BoundPhone], condition: Q, code: str) -> int:
    chosen = list(model._default_manager.filter(condition).values_list("pk", flat=True)[:CHUNK])
    if chosen:
        model._default_manager.filter(pk__in=chosen).delete()
    return _recorded(code, len(chosen))


def _recorded(code: str, rows: int) -> int:
    """Write down that a period was kept, if anything went; return how many rows did."""
    if rows:
        audit.record(
            "people.retention_kept",
            actor=Actor.system("worker"),
            about=("people.RetentionPeriod", code),
            facts={"rows": rows},
        )
    return rows


@transaction.atomic
def _blank_notes(before: object) -> int:
    chosen = list(
        Handover.objects.filter(at__lte=before).exclude(note="", open_items=[]).values_list("pk", flat=True)[:CHUNK]
    )
    Handover.objects.filter(pk__in=chosen).update(note="", open_items=[])
    return _recorded("handover_note", len(chosen))


def _close_unconfirmed(before: object) -> int:
    """Delete accounts that joined, were never confirmed, and hold nothing else; the period runs from the last time they joined.

    Who is named by something that is kept longer (a press) goes when that has gone.
    """
    idle = User.objects.filter(created_at__lte=before, is_staff=False, is_superuser=False, erased_at=None)
    idle = idle.filter(role_assignments=None, bound_phones=None, shifts=None)
    idle = idle.filter(memberships__isnull=False).exclude(memberships__confirmed_at__isnull=False)
    idle = idle.exclude(memberships__invited_at__gt=before)
    chosen = list(idle.values_list("pk", flat=True).distinct()[:CHUNK])
    gone = 0
    for user in User.objects.filter(pk__in=chosen):
        with suppress(ProtectedError), transaction.atomic():
            audit.erase(actor=Actor.system("worker"), reason="period ended", about=user)
            user.delete()
            gone += 1
    return _recorded("join_refused", gone)


@transaction.atomic
def _erase_accounts(before: object) -> int:
    """Blank closed accounts: the row stays where a rota or an incident names it, the person does not."""
    chosen = list(User.objects.filter(is_active=False, erased_at=None, closed_at__lte=before)[:CHUNK])
    for user in chosen:
        user.username, user.full_name = f"closed-{user.pk}", str(_("(closed account)"))
        user.phone = user.email = None  # type: ignore[assignment]
        user.erased_at = clock.now()
        user.save(update_fields=["username", "full_name", "phone", "email", "erased_at"])
        audit.erase(actor=Actor.system("worker"), reason="period ended", about=user)
    return len(chosen)
