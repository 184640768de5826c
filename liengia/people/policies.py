"""Who may do what where. Code asks for capabilities, never for the name of a role.

A capability holds in the unit of the assignment and in everything below it, and follows the succession of units.
Every view carries a policy: `@public`, `@signed_in` or `@requires("capability")`; a structure test reads it.
"""

from __future__ import annotations

import functools
import hashlib
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, TypeVar, cast
from urllib.parse import urlencode

from allauth.mfa.models import Authenticator
from asgiref.sync import iscoroutinefunction
from django.contrib.auth.models import AnonymousUser
from django.contrib.auth.views import redirect_to_login
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse

from liengia.core import clock
from liengia.core.errors import NotFound
from liengia.people import stewards
from liengia.people.models import (
    BoundPhone,
    EvacuationNeed,
    Household,
    Invitation,
    Membership,
    Role,
    RoleAssignment,
    User,
)
from liengia.units.models import Unit

if TYPE_CHECKING:
    from collections.abc import Iterable

ViewT = TypeVar("ViewT", bound=Callable[..., Any])
# What was read of a user is asked again after this, so that a stream or a test that keeps the object sees changes.
FRESH = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class Grant:
    """What one assignment gives: capabilities at a unit that stands today, and whether a second factor is needed."""

    unit: Unit
    capabilities: frozenset[str]
    needs_second_factor: bool


# What a user may do


def grants(user: User | AnonymousUser) -> list[Grant]:
    """Return the assignments that give something here: in a session without a second factor, those that need none.

    So a password alone, or a bound phone's PIN, opens nothing of the office on any page. A user who comes from no
    request (the worker's, somebody whom a page names) has them all.
    """
    return [one for one in assigned(user) if not (one.needs_second_factor and getattr(user, "lacks_second_factor", False))]


def assigned(user: User | AnonymousUser) -> list[Grant]:
    """Return the assignments in force, read at most once a second for one user object."""
    if not isinstance(user, User) or not user.is_active:
        return []
    now = clock.now()
    read_at, kept = getattr(user, "_grants", (None, []))
    if read_at is not None and timedelta() <= now - read_at < FRESH:
        return cast(list[Grant], kept)
    rows = RoleAssignment.objects.at(now).filter(user=user)
    # Sorted here: to order a query, Django compares each of its 150 columns, and every request of a member asks this.
    rows = rows.select_related("role", "unit__parent__parent__parent__parent").order_by()
    found = [
        Grant(row.unit.current(), frozenset(row.role.capabilities), row.role.needs_second_factor)
        for row in sorted(rows, key=lambda row: row.valid_from, reverse=True)
    ]
    user._grants = (now, found)  # type: ignore[attr-defined]
    return found


def forget_grants(user: User) -> None:
    """Drop what was read of a user; services that change roles call it."""
    user.__dict__.pop("_grants", None)


def _covers(assigned: Unit, unit: Unit) -> bool:
    standing = unit.current()
    return assigned.pk == standing.pk or assigned.pk in {above.pk for above in standing.ancestors()}


def can(user: User | AnonymousUser, capability: str, unit: Unit | None = None) -> bool:
    """Tell whether a user holds a capability, somewhere or in a unit."""
    if not isinstance(user, User) or not user.is_active:
        return False
    if user.is_operator:
        return True
    return any(
        capability in grant.capabilities and (unit is None or _covers(grant.unit, unit))
        for grant in grants(user)
    )


def units_where(user: User | AnonymousUser, capability: str) -> list[Unit]:
    """Return the units in which a user holds a capability: the roots, without what stands below them."""
    if isinstance(user, User) and user.is_operator:
        return _roots(user)
    held = {grant.unit.pk: grant.unit for grant in grants(user) if capability in grant.capabilities}
    return [unit for unit in held.values() if not {above.pk for above in unit.ancestors()} & set(held)]


def _roots(user: User) -> list[Unit]:
    """Return the units that stand below no other, read as often as grants are: a page asks for them many times."""
    now = clock.now()
    read_at, kept = getattr(user, "_roots", (None, []))
    if read_at is None or not timedelta() <= now - read_at < FRESH:
        kept = list(Unit.objects.current().filter(parent=None))
        user._roots = (now, kept)  # type: ignore[attr-defined]
    return list(kept)


def holders(capability: str, unit: Unit, at: datetime | None = None) -> QuerySet[User]:
    """Return the active users who hold a capability in a unit at a moment (now)."""
    moment = at or clock.now()
    standing = unit.current()
    places: set[int] = set()
    for place in (standing, *standing.ancestors()):
        places.update(place.lineage_ids() if place.valid_from is not None else [place.pk])
    roles = [role.pk for role in Role.objects.all().with_capability(capability)]
    held = RoleAssignment.objects.at(moment).filter(role__in=roles, unit__in=places)
    return User.objects.filter(is_active=True, pk__in=held.values("user")).order_by("full_name", "pk")


def held_until(capability: str, users: Collection[int], unit: Unit) -> dict[int, datetime | None]:
    """Return until when each of some users holds or held a capability in a unit, None for ever; who never did is left out."""
    rows = RoleAssignment.objects.filter(user__in=users).select_related("role", "unit__parent__parent__parent__parent").order_by()
    found: dict[int, datetime | None] = dict.fromkeys(User.objects.filter(pk__in=users, is_superuser=True).values_list("pk", flat=True))
    for row in rows:
        if capability in row.role.capabilities and _covers(row.unit.current(), unit):
            known = found.get(row.user_id, row.valid_to)
            found[row.user_id] = None if known is None or row.valid_to is None else max(known, row.valid_to)
    return found


def needs_second_factor(user: User | AnonymousUser) -> bool:
    """Tell whether a user works in the office: the back office and the duty console open to nobody else."""
    if not isinstance(user, User) or not user.is_active:
        return False
    return user.is_superuser or user.is_staff or any(grant.needs_second_factor for grant in assigned(user))


def sleeps(user: User | AnonymousUser) -> bool:
    """Tell whether a user works in the office, and nothing of it opens until this session gives a second factor."""
    return isinstance(user, User) and user.lacks_second_factor and needs_second_factor(user)


def fingerprint(user_id: int) -> str | None:
    """Return a short text that changes when anything of a user's rights does; None when the user may not sign in."""
    return fingerprints([user_id]).get(user_id)


def fingerprints(user_ids: Collection[int]) -> dict[int, str]:
    """Return the fingerprints of users, read for all of them at once; who may not sign in is left out.

    Open streams compare them every 30 s, so that a role that ends closes the stream within 60 s.
    """
    users = User.objects.filter(pk__in=user_ids, is_active=True).in_bulk()
    now = clock.now()
    parts: dict[int, list[object]] = {
        key: [user.password[-12:], user.is_staff, user.is_superuser] for key, user in users.items()
    }
    held = RoleAssignment.objects.at(now).filter(user__in=users).select_related("role", "unit").order_by("pk")
    for row in held:
        parts[row.user_id].append((row.pk, row.unit.current().pk, sorted(row.role.capabilities)))
    members = Membership.objects.active().filter(user__in=users).order_by("pk")
    for user_id, *membership in members.values_list("user_id", "pk", "household"):
        parts[user_id].append(("member", *membership))
    for user_id, phone in BoundPhone.objects.active().filter(user__in=users).order_by("pk").values_list("user_id", "pk"):
        parts[user_id].append(("phone", phone))
    # A stream that began with a second factor closes when it is taken away, one without begins anew when it is given.
    for user_id, factor in Authenticator.objects.filter(user__in=users).order_by("pk").values_list("user_id", "pk"):
        parts[user_id].append(("factor", factor))
    for user_id, households in stewards.led_by_each(users).items():
        parts[user_id].append(("leads", sorted(households)))
    return {key: hashlib.sha256(repr(found).encode()).hexdigest()[:16] for key, found in parts.items()}


# Households: the one door


def households_of(user: User | AnonymousUser) -> Q:
    """Return the condition on households that a user may open."""
    if not isinstance(user, User) or not user.is_active:
        return Q(pk__in=[])
    roots = [unit.pk for unit in units_where(user, "people.households")]
    allowed = Q(pk__in=Membership.objects.active().filter(user=user).values("household"))
    if roots:
        allowed |= Q(hamlet__in=Unit.objects.below_any(roots))
    led = stewards.led_by(user)
    return allowed | Q(pk__in=led) if led else allowed


def leads(user: User | AnonymousUser, household: Household) -> bool:
    """Tell whether a user answers for a household: as its group's leader, or by a capability in its unit."""
    if not isinstance(user, User):
        return False
    return can(user, "people.households", household.hamlet) or household.pk in stewards.led_by(user)


def may_edit(user: User | AnonymousUser, household: Household) -> bool:
    """Tell whether a user may correct a household: a confirmed member, or one who leads it."""
    if not isinstance(user, User) or not user.is_active:
        return False
    is_member = Membership.objects.active().filter(user=user, household=household).exists()
    return is_member or leads(user, household)


def speaks_for(user: User | AnonymousUser, household: Household) -> bool:
    """Tell whether a user may take along, or delete, all that is kept of a household: who leads it or is of its family.

    Behind the doors of a boarding house strangers live: there only who speaks for the house may.
    """
    if not isinstance(user, User) or not user.is_active:
        return False
    mine = Membership.objects.active().filter(user=user, household=household)
    if household.kind == Household.Kind.BOARDING_HOUSE or household.rooms.exists():
        mine = mine.filter(is_head=True)
    return mine.exists() or leads(user, household)


# Accounts: who keeps whose


def managed_users(user: User | AnonymousUser) -> QuerySet[User]:
    """Return the accounts that a user keeps: those with a role or a household in the units, nobody more powerful."""
    roots = [unit.pk for unit in units_where(user, "people.accounts")]
    if not roots:
        return User.objects.none()
    below = Unit.objects.below_any(roots).values("pk")
    found = User.objects.filter(is_superuser=False)
    inside = Q(role_assignments__unit__in=below) | Q(memberships__household__hamlet__in=below)
    return found.filter(inside).distinct().order_by("full_name", "pk")


def may_manage(user: User, target: User) -> bool:
    """Tell whether a user may unlock, reset or close an account: all its rights lie inside what the user keeps."""
    if user.is_operator:
        return True
    if target.is_superuser or not managed_users(user).filter(pk=target.pk).exists():
        return False
    return all(can(user, "people.accounts", grant.unit) for grant in assigned(target))


def may_give(user: User, role: Role, unit: Unit) -> bool:
    """Tell whether a user may give a role in a unit; nobody gives the power over roles without having it."""
    if not can(user, "people.accounts", unit):
        return False
    return "people.roles" not in role.capabilities or can(user, "people.roles", unit)


# Policies of views


@dataclass(frozen=True, slots=True)
class Policy:
    """What a view asks of its reader; tests and documentation read it from `view.policy`."""

    kind: str
    capability: str = ""


def to_second_factor(request: HttpRequest) -> HttpResponseBase:
    """Lead who works in the office to the page that asks for the second factor, and from there back."""
    return HttpResponseRedirect(f"{reverse('people:second_factor')}?{urlencode({'next': request.get_full_path()})}")


def _may_be_there_after_the_factor(request: HttpRequest, policy: Policy) -> bool:
    """Tell whether to ask for the second factor instead of saying that there is nothing: of a page, and of all that an office does."""
    is_page = request.method == "GET" and "HX-Request" not in request.headers
    return (is_page or policy.kind == "requires") and sleeps(request.user)


def _refusal(request: HttpRequest, allows: Callable[[Any], bool]) -> HttpResponseBase | None:
    if not request.user.is_authenticated:
        return redirect_to_login(request.get_full_path())
    if allows(request.user):
        return None
    if sleeps(request.user):
        return to_second_factor(request)
    raise Http404


def _guarded(view: ViewT, policy: Policy, allows: Callable[[Any], bool]) -> ViewT:
    @functools.wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            answer: HttpResponseBase = _refusal(request, allows) or view(request, *args, **kwargs)
        except (Http404, NotFound):
            if _may_be_there_after_the_factor(request, policy):
                return to_second_factor(request)
            raise
        return answer

    @functools.wraps(view)
    async def guarded_async(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        from asgiref.sync import sync_to_async

        return await sync_to_async(_refusal)(request, allows) or await view(request, *args, **kwargs)

    chosen: Any = guarded_async if iscoroutinefunction(view) else guarded
    chosen.policy = policy
    return cast(ViewT, chosen)


def public(view: ViewT) -> ViewT:
    """Everybody may open the view."""
    view.policy = Policy("public")  # type: ignore[attr-defined]
    return view


def signed_in(view: ViewT) -> ViewT:
    """Whoever is signed in may open the view; it looks itself at what they may see."""
    return _guarded(view, Policy("signed_in"), lambda user: True)


def requires(*capabilities: str, or_leads: bool = False) -> Callable[[ViewT], ViewT]:
    """Only those who hold one of the capabilities somewhere may open the view; for others it does not exist.

    With `or_leads` whoever leads households (their group of neighbours) may as well: the view looks itself for which.
    """

    def decorate(view: ViewT) -> ViewT:
        policy = Policy("requires", " ".join(capabilities))
        return _guarded(view, policy, lambda user: any(can(user, capability) for capability in capabilities) or (or_leads and bool(stewards.led_by(user))))

    return decorate


# What tests and the register of personal data ask for
CONFIDENTIAL: Iterable[type[Any]] = (EvacuationNeed, Invitation)
