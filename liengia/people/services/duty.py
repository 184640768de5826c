"""The rota and the handover of shifts."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime, time, timedelta
from typing import Final

from django.db import IntegrityError, transaction
from django.utils.timezone import get_current_timezone
from django.utils.translation import gettext_lazy as _

from liengia.audit import services as audit
from liengia.core import clock
from liengia.core.actor import Actor
from liengia.core.errors import Forbidden, Invalid, Refused
from liengia.people import handover as registry
from liengia.people import policies
from liengia.people.models import DutyPost, DutyShift, Handover, User

LONGEST: Final = timedelta(hours=48)
WEEK: Final = timedelta(days=7)


def at_local(day: date, clock_time: time) -> datetime:
    """Return the instant of a local day and time."""
    return datetime.combine(day, clock_time, tzinfo=get_current_timezone())


@transaction.atomic
def set_shift(
    post: DutyPost,
    user: User,
    *,
    actor: Actor,
    starts_at: datetime,
    ends_at: datetime,
    role: str = DutyShift.Role.OFFICER,
) -> DutyShift:
    """Put somebody on duty.

    Raises:
        Invalid: it ends before it begins, lasts over 48 hours, or this person is not of the duty staff.
        Refused: this person is on duty here at that time already.
    """
    if ends_at <= starts_at:
        raise Invalid(
            _("The shift ends before it begins. A night shift ends on the next day."), code="shift_span"
        )
    if ends_at - starts_at > LONGEST:
        raise Invalid(_("A shift lasts at most 48 hours. Write two shifts."), code="shift_long")
    if not policies.can(user, "people.duty", post.unit):
        raise Invalid(
            _("%(who)s does not belong to the duty staff of this commune. Give the role first.")
            % {"who": user},
            code="not_duty_staff",
        )
    if DutyShift.objects.filter(post=post, user=user).overlapping(starts_at, ends_at).exists():
        raise Refused(_("%(who)s is on duty at that time already.") % {"who": user}, code="shift_overlaps")
    shift = DutyShift.objects.create(post=post, user=user, role=role, starts_at=starts_at, ends_at=ends_at)
    audit.record(
        "people.shift_set",
        actor=actor,
        about=post,
        unit=post.unit,
        facts={"shift": shift.pk, "user": user.pk},
    )
    return shift


@transaction.atomic
def remove_shift(shift: DutyShift, *, actor: Actor) -> None:
    """Take a shift off the rota; one that has begun ends now instead, since it happened.

    Raises:
        Refused: it is over.
    """
    now = clock.now()
    if shift.ends_at <= now:
        raise Refused(_("This shift is over; the rota keeps who was on duty."), code="shift_over")
    facts = {"shift": shift.pk, "user": shift.user_id}
    if shift.starts_at < now:
        DutyShift.objects.filter(pk=shift.pk).update(ends_at=now)
    else:
        shift.delete()
    audit.record("people.shift_removed", actor=actor, about=shift.post, unit=shift.post.unit, facts=facts)


@transaction.atomic
def copy_week(post: DutyPost, monday: date, *, actor: Actor) -> int:
    """Copy the shifts of the week before into a week, where nothing stands in the way; return how many."""
    start = at_local(monday, time.min)
    copied = 0
    before = DutyShift.objects.filter(post=post, starts_at__gte=start - WEEK, starts_at__lt=start)
    for shift in before.select_related("user"):
        begins, ends = shift.starts_at + WEEK, shift.ends_at + WEEK
        standing = DutyShift.objects.filter(post=post).overlapping(begins, ends)
        if standing.filter(user=shift.user).exists() or standing.filter(role=shift.role).exists():
            continue
        if not policies.can(shift.user, "people.duty", post.unit):
            continue
        DutyShift.objects.create(post=post, user=shift.user, role=shift.role, starts_at=begins, ends_at=ends)
        copied += 1
    if copied:
        audit.record("people.week_copied", actor=actor, about=post, unit=post.unit, facts={"shifts": copied})
    return copied


@transaction.atomic
def offer_handover(post: DutyPost, *, actor: Actor, to_user: User, note: str = "") -> Handover:
    """Sign a shift over; it waits for the other's signature, which freezes what is open then.

    Raises:
        Forbidden: the actor is no user.
        Invalid: to oneself, or to somebody who is not of the duty staff.
        Refused: another handover of this post waits for its signature.
    """
    if actor.user_id is None:
        raise Forbidden(_("Only a duty officer hands over."))
    if actor.user_id == to_user.pk:
        raise Invalid(_("Choose the one who takes over, not yourself."), code="handover_to_self")
    if not policies.can(to_user, "people.duty", post.unit):
        raise Invalid(
            _("%(who)s does not belong to the duty staff of this commune. Give the role first.")
            % {"who": to_user}
        )
    items = [item.as_json() for item in registry.open_items(post, clock.now())]
    try:
        with transaction.atomic():
            made = Handover.objects.create(
                post=post, from_user_id=actor.user_id, to_user=to_user, note=note.strip(), open_items=items
            )
    except IntegrityError as error:
        raise Refused(
            _("A handover of this post waits for its second signature."), code="handover_waits"
        ) from error
    audit.record(
        "people.handover_offered",
        actor=actor,
        about=post,
        unit=post.unit,
        facts={"handover": made.pk, "open": len(items)},
    )
    return made


@transaction.atomic
def accept_handover(handover: Handover, *, seen: Collection[str], actor: Actor) -> None:
    """Sign that one has taken over, with all that is open at this moment, which is frozen into it.

    `seen` are the keys (`OpenItem.key`) of what stood on the page that was signed.

    Raises:
        Forbidden: it was offered to somebody else.
        Refused: it was signed already, or something has come up since the page was drawn.
    """
    if actor.user_id != handover.to_user_id:
        raise Forbidden(_("This handover was offered to somebody else."))
    now, post = clock.now(), handover.post
    items, hidden = registry.open_items(post, now), registry.hidden_from(actor.user_id)
    if any(item.key not in seen for item in items if not item.url or item.url not in hidden):
        raise Refused(_("Something has come up since this page was drawn. Read what is open now, then sign."), code="more_is_open")
    frozen = [item.as_json() for item in items]
    if not Handover.objects.filter(pk=handover.pk, accepted_at=None).update(accepted_at=now, open_items=frozen):
        raise Refused(_("This handover was signed already."), code="handover_signed")
    handover.refresh_from_db()
    registry.tell_signed(post, actor, now)
    audit.record(
        "people.handover_accepted", actor=actor, about=post, unit=post.unit, facts={"handover": handover.pk, "open": len(items)}
    )


@transaction.atomic
def withdraw_handover(handover: Handover, *, actor: Actor) -> None:
    """Take back a handover that nobody has signed (the wrong person was chosen), by who offered it.

    Who writes the rota of the post may too: the giver's role may have ended and the taker be gone, and only one waits at a time.

    Raises:
        Forbidden: somebody else offered it.
        Refused: it was signed already.
    """
    user = User.objects.filter(pk=actor.user_id).first() if actor.user_id is not None else None
    if user is None or (user.pk != handover.from_user_id and not policies.can(user, "people.duty_rota", handover.post.unit)):
        raise Forbidden(_("Somebody else offered this handover."))
    gone, _by_model = Handover.objects.filter(pk=handover.pk, accepted_at=None).delete()
    if not gone:
        raise Refused(_("This handover was signed already."), code="handover_signed")
    post = handover.post
    audit.record("people.handover_offered", actor=actor, about=post, unit=post.unit, facts={"withdrawn": True})
