"""Invitations, memberships, and the phones that leaders sign in with."""

from __future__ import annotations

import hashlib
import itertools
import secrets
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from django.contrib.auth.hashers import check_password, make_password
from django.db import IntegrityError, transaction
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.translation import gettext_lazy as _

from liengia.audit import services as audit
from liengia.core import clock
from liengia.core.actor import Actor
from liengia.core.errors import Invalid, NotFound, Refused
from liengia.core.fields import public_id
from liengia.people.models import BoundPhone, Household, HouseholdRoom, Invitation, Membership, User
from liengia.people.services import accounts

JOIN_FOR: Final = timedelta(days=14)
BIND_FOR: Final = timedelta(days=3)
PIN_TRIES: Final = 5
PIN_LOCK: Final = timedelta(minutes=15)
# No 0 O 1 I L: a code is also read from paper and typed.
_CODE_LETTERS: Final = "abcdefghjkmnpqrstuvwxyz23456789"


@dataclass(frozen=True, slots=True)
class Issued:
    """A fresh invitation and its code; the code is never kept, so it is shown or printed now or never."""

    invitation: Invitation
    code: str

    @property
    def path(self) -> str:
        """The address on this site."""
        return f"/vao/{self.code}/"


def _hashed(code: str) -> str:
    return hashlib.sha256(code.strip().lower().replace("-", "").encode()).hexdigest()


def _issue(*, actor: Actor, kind: str, lasts: timedelta, **fields: object) -> Issued:
    code = "".join(secrets.choice(_CODE_LETTERS) for _n in range(16))
    invitation = Invitation.objects.create(
        code_hash=_hashed(code),
        purpose=kind,
        invited_by_id=actor.user_id,
        expires_at=clock.now() + lasts,
        **fields,
    )
    about = invitation.household or invitation.user
    if about is None:
        raise ValueError("an invitation is for a household or a user")
    audit.record(
        "people.invited", actor=actor, about=about, facts={"purpose": kind, "invitation": invitation.pk}
    )
    return Issued(invitation, code)


@transaction.atomic
def invite_household(
    household: Household, *, actor: Actor, room: HouseholdRoom | None = None, lasts: timedelta = JOIN_FOR
) -> Issued:
    """Make a single-use invitation to a household (or one room of a boarding house).

    Raises:
        Refused: the household has left.
    """
    if not household.is_active:
        raise Refused(_("This household has left, so nobody can be invited to it."), code="household_left")
    return _issue(actor=actor, kind=Invitation.Purpose.JOIN, lasts=lasts, household=household, room=room)


@transaction.atomic
def invite_to_bind(user: User, *, actor: Actor, lasts: timedelta = BIND_FOR) -> Issued:
    """Make a single-use invitation by which a leader binds a phone and chooses a PIN; earlier ones no longer work."""
    _withdraw(Invitation.objects.filter(user=user, purpose=Invitation.Purpose.BIND), actor=actor)
    return _issue(actor=actor, kind=Invitation.Purpose.BIND, lasts=lasts, user=user)


@transaction.atomic
def invite_to_office(user: User, *, actor: Actor, lasts: timedelta = BIND_FOR) -> Issued:
    """Make a single-use link by which somebody of the office chooses a password; earlier ones no longer work."""
    _withdraw(Invitation.objects.filter(user=user, purpose=Invitation.Purpose.OFFICE), actor=actor)
    return _issue(actor=actor, kind=Invitation.Purpose.OFFICE, lasts=lasts, user=user)


def _withdraw(invitations: object, *, actor: Actor) -> None:
    for one in invitations.filter(used_at=None, revoked_at=None):  # type: ignore[attr-defined]
        one.revoked_at = clock.now()
        one.save(update_fields=["revoked_at"])
        audit.record("people.invitation_revoked", actor=actor, about=one)


@transaction.atomic
def revoke_invitation(invitation: Invitation, *, actor: Actor) -> None:
    """Withdraw an invitation that was not used.

    Raises:
        Refused: it was used or withdrawn already.
    """
    changed = Invitation.objects.filter(pk=invitation.pk, used_at=None, revoked_at=None)
    if not changed.update(revoked_at=clock.now()):
        raise Refused(_("This invitation was used or withdrawn already."), code="invitation_gone")
    audit.record("people.invitation_revoked", actor=actor, about=invitation)


def find_invitation(code: str) -> Invitation:
    """Return what a code stands for, without using it up: a preview never consumes.

    Raises:
        NotFound: no such code.
    """
    found = Invitation.objects.select_related("household__hamlet", "room", "user", "invited_by")
    invitation = found.filter(code_hash=_hashed(code)).first()
    if invitation is None:
        raise NotFound(_("This invitation does not exist."))
    return invitation


def _consume(code: str, purpose: str) -> Invitation:
    """Use an invitation up: one conditional update, so that of two at once only one succeeds."""
    invitation = find_invitation(code)
    now = clock.now()
    usable = Invitation.objects.filter(
        pk=invitation.pk, purpose=purpose, used_at=None, revoked_at=None, expires_at__gt=now
    )
    if not usable.update(used_at=now):
        raise Refused(
            _("This invitation has been used or has run out. Ask the one who gave it for a new one."),
            code="invitation_gone",
        )
    invitation.used_at = now
    return invitation


@transaction.atomic
def join(
    code: str, *, actor: Actor, user: User | None = None, full_name: str = "", phone: str | None = None
) -> Membership:
    """Use an invitation to a household: make the account (or take the signed-in one) and wait for the leader.

    Raises:
        Refused: the invitation is used, withdrawn or past its day; or this person is of the household already.
        Invalid: no name, or the phone belongs to another account.
    """
    invitation = _consume(code, Invitation.Purpose.JOIN)
    household = invitation.household
    if household is None:
        raise NotFound(_("This invitation does not exist."))
    if user is None:
        if not full_name.strip():
            raise Invalid(
                _("Your name is missing. Write it as the neighbours know you."), code="name_missing"
            )
        if phone and User.objects.filter(username=phone).exists():
            raise Invalid(
                _(
                    "This phone number has an account already. Sign in with it and open the invitation again, or leave"
                    " the number empty. The invitation was not used."
                ),
                code="phone_taken",
            )
        user = accounts.make_user(
            actor=actor, username=phone or public_id(), full_name=full_name, phone=phone
        )
    invitation.used_by = user
    invitation.save(update_fields=["used_by"])
    try:
        with transaction.atomic():
            membership = Membership.objects.create(user=user, household=household, room=invitation.room)
    except IntegrityError as error:
        raise Refused(_("You belong to this household already."), code="member_already") from error
    audit.record("people.joined", actor=Actor.of(user), about=household, facts={"membership": membership.pk})
    return membership


@transaction.atomic
def confirm_membership(membership: Membership, *, actor: Actor, is_head: bool = False) -> None:
    """Say that the one who joined is of the house; only now do they see anything of it.

    Raises:
        Refused: somebody answered already.
    """
    waiting = Membership.objects.waiting().filter(pk=membership.pk)
    if not waiting.update(confirmed_at=clock.now(), confirmed_by=actor.user_id, is_head=is_head):
        raise Refused(_("Somebody answered this already."), code="membership_answered")
    membership.refresh_from_db()
    audit.record(
        "people.membership_confirmed",
        actor=actor,
        about=membership.household,
        facts={"membership": membership.pk},
    )


@transaction.atomic
def set_head(membership: Membership, *, actor: Actor, is_head: bool) -> None:
    """Say, or say no longer, that somebody confirmed speaks for the household.

    Raises:
        Refused: the membership waits or has ended.
    """
    if not Membership.objects.active().filter(pk=membership.pk).update(is_head=is_head):
        raise Refused(_("This membership waits to be confirmed, or has ended; nothing was changed."), code="membership_not_active")
    audit.record(
        "people.membership_head_set",
        actor=actor,
        about=membership.household,
        facts={"membership": membership.pk, "is_head": is_head},
    )


@transaction.atomic
def end_membership(membership: Membership, *, actor: Actor) -> None:
    """Refuse one who waits, or end a membership; live pages close within 60 s.

    Raises:
        Refused: it has ended already.
    """
    if not Membership.objects.filter(pk=membership.pk, ended_at=None).update(ended_at=clock.now()):
        raise Refused(_("This membership has ended already."), code="membership_ended")
    membership.refresh_from_db()
    audit.record(
        "people.membership_ended",
        actor=actor,
        about=membership.household,
        facts={"membership": membership.pk},
    )


# Bound phones and their PIN


def check_pin_is_strong(pin: str) -> None:
    """Refuse a PIN that a neighbour would guess.

    Raises:
        Invalid: not six digits, one digit repeated, a row of digits, or one half twice.
    """
    if len(pin) != 6 or not (pin.isascii() and pin.isdigit()):
        raise Invalid(_("The PIN is six digits."), code="pin_form")
    steps = {int(b) - int(a) for a, b in itertools.pairwise(pin)}
    if len(set(pin)) == 1 or steps in ({1}, {-1}) or pin[:3] == pin[3:] or pin[:2] * 3 == pin:
        raise Invalid(_("This PIN is too easy to guess. Choose other digits, not in a row."), code="pin_weak")


def _peppered(pin: str) -> str:
    return salted_hmac("liengia.people.pin", pin).hexdigest()


def _token_hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def bind_phone(code: str, *, pin: str, label: str = "") -> tuple[BoundPhone, str]:
    """Use an invitation to bind a phone; return it with the token that its cookie keeps.

    Raises:
        Refused: the invitation is used, withdrawn or past its day.
        Invalid: the PIN is too easy.
    """
    check_pin_is_strong(pin)
    return _bind(code, make_password(_peppered(pin)), label.strip()[:80])  # a hash takes 0.2 s, which no lock waits for


@transaction.atomic
def _bind(code: str, pin_hash: str, label: str) -> tuple[BoundPhone, str]:
    invitation = _consume(code, Invitation.Purpose.BIND)
    user = invitation.user
    if user is None or not user.is_active:
        raise NotFound(_("This invitation does not exist."))
    token = secrets.token_urlsafe(32)
    phone = BoundPhone.objects.create(
        user=user,
        token_hash=_token_hash(token),
        pin_hash=pin_hash,
        label=label,
    )
    invitation.used_by = user
    invitation.save(update_fields=["used_by"])
    audit.record("people.phone_bound", actor=Actor.of(user), about=user, facts={"phone_key": phone.pk})
    return phone, token


def find_bound_phone(key: int, token: str) -> BoundPhone | None:
    """Return the phone that a cookie speaks of, if it is bound still."""
    phone = BoundPhone.objects.active().select_related("user").filter(pk=key, user__is_active=True).first()
    return (
        phone if phone is not None and constant_time_compare(phone.token_hash, _token_hash(token)) else None
    )


def enter_pin(phone: BoundPhone, pin: str) -> User:
    """Check the PIN of a bound phone; five wrong ones in a row lock it for 15 minutes.

    Raises:
        Refused: locked, revoked, or wrong; the words say how many tries are left.
    """
    kept = BoundPhone.objects.select_related("user").get(pk=phone.pk)
    _check_may_try(kept)
    # Compared before the row is locked; what came of it is told and counted under the lock, one try after another.
    is_right = check_password(_peppered(pin), kept.pin_hash)
    with transaction.atomic():
        kept = BoundPhone.objects.select_for_update().select_related("user").get(pk=phone.pk)
        now = clock.now()
        _check_may_try(kept)
        if is_right:
            kept.failures, kept.locked_until, kept.last_used_at = 0, None, now
            kept.save(update_fields=["failures", "locked_until", "last_used_at"])
            return kept.user
        kept.failures += 1
        left = PIN_TRIES - kept.failures
        if left <= 0:
            kept.failures, kept.locked_until = 0, now + PIN_LOCK
        kept.save(update_fields=["failures", "locked_until"])
        audit.record(
            "people.pin_failed", actor=Actor.visitor(), about=kept.user, facts={"phone_key": kept.pk}
        )
    if left <= 0:
        raise Refused(_("Too many wrong PINs. This phone is locked for 15 minutes."), code="pin_locked")
    raise Refused(_("This PIN is not right. Tries left: %(left)s.") % {"left": left}, code="pin_wrong")


def _check_may_try(phone: BoundPhone) -> None:
    """Refuse a phone that is bound no longer, or locked."""
    now = clock.now()
    if phone.revoked_at is not None or not phone.user.is_active:
        raise Refused(_("This phone is no longer bound. Ask the commune for a new invitation."), code="phone_revoked")
    if phone.locked_until is not None and phone.locked_until > now:
        minutes = int((phone.locked_until - now).total_seconds() // 60) + 1
        raise Refused(
            _("Too many wrong PINs. Wait %(minutes)s minutes, or ask the commune to unlock this phone.") % {"minutes": minutes},
            code="pin_locked",
        )


@transaction.atomic
def revoke_phone(phone: BoundPhone, *, actor: Actor) -> None:
    """Cut a bound phone off: its session ends with its next page, its live pages within 60 s.

    Raises:
        Refused: it was revoked already.
    """
    if not BoundPhone.objects.active().filter(pk=phone.pk).update(revoked_at=clock.now()):
        raise Refused(_("This phone was revoked already."), code="phone_revoked")
    accounts.tell_ended(phone.user, phone)
    audit.record("people.phone_revoked", actor=actor, about=phone.user, facts={"phone_key": phone.pk})


def open_office_account(code: str, *, password: str) -> User:
    """Use an office invitation: set the password of the one it was made for.

    Raises:
        Refused: the invitation is used, withdrawn or past its day.
    """
    return _open_account(code, make_password(password))


@transaction.atomic
def _open_account(code: str, password_hash: str) -> User:
    invitation = _consume(code, Invitation.Purpose.OFFICE)
    user = invitation.user
    if user is None or not user.is_active:
        raise NotFound(_("This invitation does not exist."))
    user.password = password_hash
    user.failures, user.locked_until = 0, None
    user.save(update_fields=["password", "failures", "locked_until"])
    accounts.tell_ended(user)
    invitation.used_by = user
    invitation.save(update_fields=["used_by"])
    audit.record("people.user_changed", actor=Actor.of(user), about=user, facts={"what": "password"})
    return user
