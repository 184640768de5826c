"""Accounts, roles, lock-out and second factors."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

from allauth.mfa.models import Authenticator
from django.contrib.auth.models import Group, Permission
from django.core.cache import cache
from django.db import transaction
from django.db.models import F, Q
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from liengia.audit import services as audit
from liengia.core import clock
from liengia.core.actor import Actor
from liengia.core.errors import Invalid, Refused
from liengia.people import capabilities, policies
from liengia.people.backends import sign_in_name
from liengia.people.models import BoundPhone, Role, RoleAssignment, User
from liengia.units.models import Unit

LOCK_AFTER: Final = 8
LOCK_FOR: Final = timedelta(minutes=30)
# How long wrong passwords for a name without an account are counted.
COUNT_FOR: Final = timedelta(days=30)


def _group_name(code: str) -> str:
    return f"role:{code}"


@transaction.atomic
def ensure_default_roles() -> int:
    """Make the shipped roles that are missing, and give each what rooms newly ship to it; return how many changed.

    What an administrator took away stays away: `offered` remembers what was given once. Runs after every migrate.
    """
    changed = 0
    for shipped in capabilities.SHIPPED_ROLES:
        meant = sorted(one.code for one in capabilities.every() if shipped.code in one.shipped_to)
        role = Role.objects.filter(code=shipped.code).first()
        if role is None:
            group, _made = Group.objects.get_or_create(name=_group_name(shipped.code))
            Role.objects.create(
                code=shipped.code,
                label=str(shipped.label),
                capabilities=meant,
                offered=meant,
                needs_second_factor=shipped.needs_second_factor,
                group=group,
            )
            changed += 1
        elif fresh := [code for code in meant if code not in role.offered]:
            role.capabilities = sorted({*role.capabilities, *fresh})
            role.offered = sorted({*role.offered, *fresh})
            role.save(update_fields=["capabilities", "offered"])
            changed += 1
    sync_permissions()
    return changed


def sync_permissions() -> None:
    """Give each role's group the back-office permissions of its capabilities."""
    known = {
        f"{p.content_type.app_label}.{p.codename}": p
        for p in Permission.objects.select_related("content_type")
    }
    for role in Role.objects.select_related("group"):
        names = {
            name
            for code in role.capabilities
            if (one := capabilities.get(code)) is not None
            for name in one.permissions
        }
        role.group.permissions.set([known[name] for name in sorted(names) if name in known])


_followers: list[Callable[[list[User] | None], int]] = []


def follow_roles(follower: Callable[[list[User] | None], int]) -> None:
    """Have a higher room told whenever roles of users, or of everybody (None), may have begun or ended."""
    if follower not in _followers:
        _followers.append(follower)


_enders: list[Callable[[User, BoundPhone | None], object]] = []


def follow_endings(ender: Callable[[User, BoundPhone | None], object]) -> None:
    """Have a higher room told when what a bound phone opened ends, or (None) all that was opened by a password which holds no more."""
    if ender not in _enders:
        _enders.append(ender)


def tell_ended(user: User, phone: BoundPhone | None = None) -> None:
    """Tell the higher rooms that sessions end; call in the transaction that ends them."""
    for ender in _enders:
        ender(user, phone)


def sync_groups(users: list[User] | None = None) -> int:
    """Put users into the groups of the roles they hold now, and out of the others; return how many moved."""
    if users is not None and not users:
        return 0
    now = clock.now()
    held = RoleAssignment.objects.at(now).filter(user__is_active=True)
    member = User.groups.through.objects.filter(group__role__isnull=False)
    if users is not None:
        held, member = held.filter(user__in=users), member.filter(user__in=users)
    meant = set(held.values_list("user_id", "role__group_id"))
    present = set(member.values_list("user_id", "group_id"))
    through = User.groups.through
    with transaction.atomic():
        through.objects.bulk_create(
            [through(user_id=u, group_id=g) for u, g in meant - present], ignore_conflicts=True
        )
        for user_id, group_id in present - meant:
            through.objects.filter(user_id=user_id, group_id=group_id).delete()
        if users is not None:  # everybody's is each room's own chore
            for follower in _followers:
                follower(users)
    return len(meant ^ present)


@transaction.atomic
def make_user(
    *,
    actor: Actor,
    username: str,
    full_name: str = "",
    phone: str | None = None,
    email: str | None = None,
    password: str | None = None,
    is_staff: bool = False,
) -> User:
    """Make an account; without a password it is entered by invitation, passkey or bound phone.

    Raises:
        Invalid: the sign-in name is taken.
    """
    name = sign_in_name(username)
    if User.objects.filter(username=name).exists():
        raise Invalid(
            _("There is already an account with this sign-in name. Choose another, or look for the account."),
            code="username_taken",
        )
    user = User.objects.create_user(
        name,
        password,
        full_name=full_name.strip(),
        phone=phone or None,
        email=email or None,
        is_staff=is_staff,
    )
    audit.record(
        "people.user_made", actor=actor, about=user, personal={"full_name": full_name, "phone": phone or ""}
    )
    return user


@transaction.atomic
def change_user(user: User, *, actor: Actor, full_name: str, phone: str | None, email: str | None) -> None:
    """Correct an account's name, phone and e-mail address."""
    user.full_name, user.email = full_name.strip(), email or None
    user.phone = phone or None  # type: ignore[assignment]
    user.save(update_fields=["full_name", "phone", "email"])
    audit.record(
        "people.user_changed",
        actor=actor,
        about=user,
        personal={"full_name": full_name, "phone": phone or ""},
    )


@transaction.atomic
def assign_role(
    user: User,
    role: Role | str,
    unit: Unit,
    *,
    actor: Actor,
    valid_from: datetime | None = None,
    valid_to: datetime | None = None,
) -> RoleAssignment:
    """Give a user a role in a unit for a time; one that stands already is returned as it is.

    Raises:
        Invalid: it would end before it begins.
    """
    chosen = role if isinstance(role, Role) else Role.objects.get(code=role)
    begins = valid_from or clock.now()
    if valid_to is not None and valid_to <= begins:
        raise Invalid(_("The role would end before it begins. Nothing was changed; correct the last day."))
    standing = RoleAssignment.objects.at(begins).filter(user=user, role=chosen, unit=unit).first()
    if standing is not None:
        return standing
    given = RoleAssignment.objects.create(
        user=user, role=chosen, unit=unit, valid_from=begins, valid_to=valid_to
    )
    policies.forget_grants(user)
    sync_groups([user])
    audit.record("people.role_given", actor=actor, about=user, unit=unit, facts={"role": chosen.code})
    return given


@transaction.atomic
def end_role(assignment: RoleAssignment, *, actor: Actor, at: datetime | None = None) -> None:
    """End an assignment; open live pages of the user close within 60 s.

    Raises:
        Refused: it has ended already.
    """
    moment = max(at or clock.now(), assignment.valid_from)
    changed = RoleAssignment.objects.filter(pk=assignment.pk)
    changed = changed.filter(Q(valid_to=None) | Q(valid_to__gt=moment))
    if not changed.update(valid_to=moment):
        raise Refused(_("This role has ended already."), code="role_ended")
    assignment.valid_to = moment
    policies.forget_grants(assignment.user)
    sync_groups([assignment.user])
    audit.record(
        "people.role_ended",
        actor=actor,
        about=assignment.user,
        unit=assignment.unit,
        facts={"role": assignment.role.code},
    )


@transaction.atomic
def set_capabilities(role: Role, codes: list[str], *, actor: Actor, label: str | None = None) -> None:
    """Say what a role may do.

    Raises:
        Invalid: a capability that no room knows.
    """
    unknown = [code for code in codes if not capabilities.is_known(code)]
    if unknown:
        raise Invalid(_("No part of the platform knows “%(what)s”.") % {"what": ", ".join(unknown)})
    gone = sorted(set(role.capabilities) - set(codes))
    new = sorted(set(codes) - set(role.capabilities))
    role.capabilities = sorted(set(codes))
    role.label = label or role.label
    role.save(update_fields=["capabilities", "label"])
    sync_permissions()
    for follower in _followers:
        follower(None)
    audit.record("people.role_changed", actor=actor, about=role, facts={"given": new, "taken": gone})


# Lock-out


def _stranger(name: str) -> str:
    return "sign-in:" + salted_hmac("liengia.people.sign_in", name).hexdigest()


def is_locked(username: str) -> bool:
    """Tell whether too many wrong passwords were given for a name, be there an account of this name or not."""
    name = sign_in_name(username)
    user = User.objects.filter(username=name).only("locked_until").first()
    if user is not None:
        return user.is_locked
    _failures, until = cache.get(_stranger(name), (0, None))
    return until is not None and until > clock.now()


def note_failed_sign_in(username: str) -> None:
    """Count a wrong password; the eighth in a row locks the account for 30 minutes.

    A name without an account is counted and locked alike, under a hash: else the lock would tell whose phones have one.
    """
    name = sign_in_name(username)
    with transaction.atomic():
        if not User.objects.filter(username=name).update(failures=F("failures") + 1):
            failures, until = cache.get(_stranger(name), (0, None))
            counted = (0, clock.now() + LOCK_FOR) if failures + 1 >= LOCK_AFTER else (failures + 1, until)
            cache.set(_stranger(name), counted, timeout=COUNT_FOR.total_seconds())
            return
        user = User.objects.filter(username=name, failures__gte=LOCK_AFTER).first()
        if user is None:
            return
        user.failures, user.locked_until = 0, clock.now() + LOCK_FOR
        user.save(update_fields=["failures", "locked_until"])
        audit.record("people.user_locked", actor=Actor.visitor(), about=user)


def note_sign_in(user: User) -> None:
    """Forget the wrong attempts before a right one."""
    if user.failures:
        User.objects.filter(pk=user.pk).update(failures=0)


def _codes(user: User) -> str:
    return f"people.wrong_codes:{user.pk}"


def are_codes_locked(user: User) -> bool:
    """Tell whether too many wrong codes of the second factor were typed; a passkey opens even so."""
    return int(cache.get(_codes(user), 0)) >= LOCK_AFTER


def note_wrong_code(user: User) -> None:
    """Count a wrong code: the eighth in a row shuts codes for 30 minutes.

    Apart from the count of wrong passwords: only who gave the password, or has a session, can type one, so that no
    stranger shuts the duty officer's way to what asks for the code again.
    """
    cache.add(_codes(user), 0, timeout=LOCK_FOR.total_seconds())
    if cache.incr(_codes(user)) == LOCK_AFTER:
        cache.touch(_codes(user), timeout=LOCK_FOR.total_seconds())
        audit.record("people.codes_locked", actor=Actor.visitor(), about=user)


def note_right_code(user: User) -> None:
    """Forget the wrong codes before a right one."""
    cache.delete(_codes(user))


@transaction.atomic
def unlock_user(user: User, *, actor: Actor) -> None:
    """Lift a lock-out, of the account and of its bound phones."""
    User.objects.filter(pk=user.pk).update(failures=0, locked_until=None)
    BoundPhone.objects.filter(user=user).update(failures=0, locked_until=None)
    note_right_code(user)
    user.failures, user.locked_until = 0, None
    audit.record("people.user_unlocked", actor=actor, about=user)


@transaction.atomic
def reset_second_factor(user: User, *, actor: Actor) -> int:
    """Take away lost second factors; at the next sign-in the user sets up a new one. Return how many went.

    What sessions had switched on ends too: one of them may be the thief's.
    """
    gone, _by_model = Authenticator.objects.filter(user=user).delete()
    tell_ended(user)
    audit.record("people.second_factor_reset", actor=actor, about=user, facts={"removed": gone})
    return int(gone)


def note_second_factor(user: User, kind: str) -> None:
    """Record that a second factor was set up."""
    audit.record("people.second_factor_added", actor=Actor.of(user), about=user, facts={"kind": kind})


@transaction.atomic
def close_user(user: User, *, actor: Actor) -> None:
    """Close an account: it can no longer sign in, its roles and phones end, its sessions stop at once."""
    now = clock.now()
    user.is_active, user.closed_at = False, now
    user.set_unusable_password()
    user.save(update_fields=["is_active", "closed_at", "password"])
    RoleAssignment.objects.at(now).filter(user=user).update(valid_to=now)
    BoundPhone.objects.active().filter(user=user).update(revoked_at=now)
    user.memberships.filter(ended_at=None).update(ended_at=now)
    policies.forget_grants(user)
    sync_groups([user])
    audit.record("people.user_closed", actor=actor, about=user)
