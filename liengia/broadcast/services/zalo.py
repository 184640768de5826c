"""Zalo groups as people tell of them, and what is posted in them by hand."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Final

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from liengia.audit import services as audit
from liengia.broadcast.models import Delivery, Dispatch, WhyNot, ZaloGroup, ZaloPost
from liengia.broadcast.models.zalo import MOST_MEMBERS
from liengia.broadcast.services import by_hand
from liengia.core import clock
from liengia.core.actor import Actor
from liengia.core.errors import Invalid, Refused
from liengia.people.models import User

CHANNEL: Final = "zalo"
_LINK: Final = re.compile(r"https://zalo\.me/g/[A-Za-z0-9]{4,40}/?")
COUNTS: Final = ("seen", "reactions", "replies")
MOST_IMPORTED: Final = 1_000


# The register


@transaction.atomic
def keep_group(group: ZaloGroup, *, actor: Actor, **values: Any) -> ZaloGroup:
    """Enter a group, or change it. A member count needs the day on which it was told.

    Raises:
        Invalid: a link that is none of Zalo's, a count without its day, an account of another unit or without its number.
        Refused: a group of this name stands there already.
    """
    is_new = group.pk is None
    for name, value in values.items():
        setattr(group, name, value)
    _check(group)
    try:
        with transaction.atomic():
            group.save()
    except IntegrityError:
        raise Refused(_("A group of this name stands in the register already."), code="group_stands") from None
    audit.record("broadcast.zalo_group_kept", actor=actor, about=group, unit=group.unit_id, facts={"new": is_new, "members": group.members})
    return group


def _check(group: ZaloGroup) -> None:
    group.name = " ".join(group.name.split())
    group.link = group.link.strip()
    if group.link and not _LINK.fullmatch(group.link):
        raise Invalid(_("A link to a Zalo group begins with https://zalo.me/g/"), code="link", field="link")
    if group.members is not None:
        if not 1 <= group.members <= MOST_MEMBERS:
            raise Invalid(_("A group has between 1 and 100 000 members."), code="members", field="members")
        group.members_on = group.members_on or clock.today()
        if group.members_on > clock.today():
            raise Invalid(_("This day is yet to come."), code="day", field="members_on")
    if group.account is not None:
        line = {group.unit_id, *(above.pk for above in group.unit.ancestors())}
        if group.account.channel not in ("zalo_oa", "zalo_bot") or group.account.unit_id not in line:
            raise Invalid(_("This account does not serve that unit."), code="account", field="account")
        if not group.remote_key.strip():
            raise Invalid(_("Give the group's number at Zalo: without it the account cannot reach the group."), code="empty", field="remote_key")
    else:
        group.remote_key = ""


@transaction.atomic
def end_group(group: ZaloGroup, *, actor: Actor) -> None:
    """Say that a group is no more: what waits for it is left out, what was posted stays counted."""
    row = ZaloGroup.objects.select_for_update().get(pk=group.pk)
    if row.ended_at is not None:
        return
    row.ended_at = clock.now()
    row.save(update_fields=["ended_at"])
    waiting = list(Delivery.objects.waiting().filter(channel=CHANNEL, address=row.public_id))
    by_hand.settle(CHANNEL, waiting, by_hand.left_out())
    audit.record("broadcast.zalo_group_ended", actor=actor, about=row, unit=row.unit_id)


@transaction.atomic
def import_groups(rows: Sequence[Mapping[str, Any]], *, actor: Actor) -> tuple[int, int]:
    """Take groups from a spreadsheet, all or none: one that stands under its name there is brought up to date. Returns (new, changed)."""
    new = changed = 0
    for values in rows[:MOST_IMPORTED]:
        group = ZaloGroup.objects.active().filter(unit=values["unit"], name=values["name"]).first()
        new, changed = (new, changed + 1) if group is not None else (new + 1, changed)
        keep_group(group or ZaloGroup(), actor=actor, **values)
    return new, changed


# Posting


def post_of(dispatch: Dispatch, group: ZaloGroup) -> ZaloPost | None:
    """Return what became of a dispatch in a group, if somebody said."""
    return ZaloPost.objects.filter(dispatch=dispatch, group=group).first()


@transaction.atomic
def tick(dispatch: Dispatch, group: ZaloGroup, *, actor: Actor, members: int | None = None, why_not: str = "") -> ZaloPost:
    """Tick a group as posted, or as not posted with the reason; ticking again changes nothing.

    Raises:
        Invalid: an unknown reason. Refused: nothing waits for this group (withdrawn, too late, or no such group).
    """
    if why_not and why_not not in WhyNot.values:
        raise Invalid(_("Choose why it was not posted."), code="why_not", field="why_not")
    row = Delivery.objects.waiting().select_for_update().filter(dispatch=dispatch, channel=CHANNEL, address=group.public_id).first()
    if row is None:
        known = post_of(dispatch, group)
        if known is not None:
            return known
        raise Refused(_("Nothing waits for this group any more: the bulletin was withdrawn, or its time is over."), code="nothing_waits")
    told = _count(members) if not why_not else None
    if told is not None and told != group.members:
        ZaloGroup.objects.filter(pk=group.pk).update(members=told, members_on=clock.today())
    post = ZaloPost.objects.create(
        dispatch=dispatch, group=group, is_posted=not why_not, why_not=why_not, by=_user(actor), at=clock.now(), members=None if why_not else told or group.members
    )
    by_hand.settle(CHANNEL, [row], by_hand.left_out() if why_not else by_hand.done())
    _note(post, "zalo_posted" if not why_not else "zalo_not_posted", actor)
    return post


@transaction.atomic
def untick(dispatch: Dispatch, group: ZaloGroup, *, actor: Actor) -> None:
    """Take a wrong tick back: the group waits again."""
    post = ZaloPost.objects.select_for_update().filter(dispatch=dispatch, group=group, removed_at=None).first()
    if post is None:
        return
    if dispatch.state == "withdrawn":
        raise Refused(_("The bulletin was withdrawn: take the post down, and tick that."), code="withdrawn")
    by_hand.reopen(dispatch.pk, CHANNEL, group.public_id)
    _note(post, "zalo_unticked", actor)
    post.delete()


@transaction.atomic
def count_back(dispatch: Dispatch, group: ZaloGroup, *, actor: Actor, **counts: int | None) -> ZaloPost:
    """Write down what came back from a post, as counts: seen, reactions, replies.

    Raises:
        Refused: nothing was posted there.
    """
    post = ZaloPost.objects.select_for_update().filter(dispatch=dispatch, group=group, is_posted=True).first()
    if post is None:
        raise Refused(_("Tick first that it was posted."), code="not_posted")
    for name in COUNTS:
        setattr(post, name, _count(counts.get(name)))
    post.save(update_fields=list(COUNTS))
    _note(post, "zalo_counted", actor)
    return post


@transaction.atomic
def take_down(dispatch: Dispatch, group: ZaloGroup, *, actor: Actor) -> ZaloPost:
    """Tick that a post was taken down from its group.

    Raises:
        Refused: nothing was posted there.
    """
    post = ZaloPost.objects.select_for_update().filter(dispatch=dispatch, group=group, is_posted=True).first()
    if post is None:
        raise Refused(_("Tick first that it was posted."), code="not_posted")
    if post.removed_at is None:
        post.removed_at, post.removed_by = clock.now(), _user(actor)
        post.save(update_fields=["removed_at", "removed_by"])
        _note(post, "zalo_taken_down", actor)
    return post


def _note(post: ZaloPost, kind: str, actor: Actor) -> None:
    facts = {"group": post.group.public_id, "members": post.members, **{name: getattr(post, name) for name in COUNTS}, "why_not": post.why_not}
    audit.record(f"broadcast.{kind}", actor=actor, about=post.dispatch.bulletin, unit=post.group.unit_id, facts={k: v for k, v in facts.items() if v not in (None, "")})


def _count(value: int | None) -> int | None:
    if value is None:
        return None
    if not 0 <= value <= MOST_MEMBERS:
        raise Invalid(_("A count lies between 0 and 100 000."), code="count", field="members")
    return value


def _user(actor: Actor) -> User | None:
    return User.objects.filter(pk=actor.user_id).first() if actor.user_id is not None else None


def move_groups(old: Any, new: Any, *, on: date, actor: Actor) -> int:
    """Move a chunk of a unit's groups to its successor; one whose name stands there already bears the old unit's name as well."""
    chosen = list(ZaloGroup.objects.filter(unit=old).order_by("pk")[:100])
    names = set(ZaloGroup.objects.active().filter(unit=new).values_list("name", flat=True))
    for group in chosen:
        name = group.name if group.ended_at is not None or group.name not in names else f"{group.name} ({old.code})"[:120]
        names.add(name)
        ZaloGroup.objects.filter(pk=group.pk).update(unit=new, name=name)
    return len(chosen)
