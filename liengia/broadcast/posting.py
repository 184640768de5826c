"""What people have to do by hand, read for a page: posts in Zalo groups, calls of a telephone tree."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import Count, Max, Min, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from liengia.broadcast.capabilities import CONFIGURE, POST, SEND_ALONE
from liengia.broadcast.channels.base import Message
from liengia.broadcast.models import Bulletin, Delivery, Dispatch, MsgType, Said, ZaloGroup, ZaloPost
from liengia.broadcast.models.zalo import ZaloGroupQuerySet
from liengia.broadcast.services import by_hand
from liengia.core import clock
from liengia.people import policies as people
from liengia.people import stewards
from liengia.people.menu import Chore
from liengia.people.models import User
from liengia.units import scope

_FARTHEST = 20


# Zalo


@dataclass(slots=True)
class Todo:
    """One dispatch on the list of whoever posts."""

    dispatch: Dispatch
    message: Message
    waiting: int = 0
    posted: int = 0
    late: int = 0
    to_take_down: int = 0

    @property
    def total(self) -> int:
        """How many groups it concerns."""
        return self.waiting + self.posted


@dataclass(slots=True)
class Line:
    """One group on the page of a dispatch: what became of it, and what of the first message still stands there."""

    group: ZaloGroup
    post: ZaloPost | None = None
    is_waiting: bool = False
    is_late: bool = False
    earlier: list[ZaloPost] = field(default_factory=list)


def groups_for(user: Any) -> ZaloGroupQuerySet:
    """Return the groups in which somebody posts: those of their units, and those that they keep."""
    keeps = Q(keeper=user.pk) if getattr(user, "pk", None) else Q(pk__in=[])
    return ZaloGroup.objects.filter(Q(unit__in=scope.units_for(user, POST)) | keeps).select_related("unit", "keeper")


def register_for(user: Any) -> ZaloGroupQuerySet:
    """Return the groups whose entry in the register somebody keeps."""
    units = Q(unit__in=scope.units_for(user, POST)) | Q(unit__in=scope.units_for(user, CONFIGURE))
    return ZaloGroup.objects.active().filter(units).select_related("unit", "keeper", "account")


def todo(user: Any) -> list[Todo]:
    """Return the dispatches that wait for somebody's posts, and those whose posts have to be taken down; the most pressing first."""
    groups = groups_for(user)
    keys = groups.active().values("public_id")
    waiting = Delivery.objects.waiting().filter(channel="zalo", address__in=keys, is_live=True).only("dispatch_id", "created_at", "urgency")
    counts: Counter[int] = Counter()
    late: Counter[int] = Counter()
    for row in waiting:
        counts[row.dispatch_id or 0] += 1
        late[row.dispatch_id or 0] += by_hand.is_late(row)
    down = Counter(standing_posts(groups).values_list("dispatch_id", flat=True))
    found = Dispatch.objects.filter(pk__in=[*counts, *down]).select_related("bulletin__unit", "said").order_by("-due_at")
    posted = Counter(ZaloPost.objects.filter(dispatch__in=[*counts, *down], group__in=groups).values_list("dispatch_id", flat=True))
    rows = [
        Todo(one, Message.from_json(one.said.content), counts[one.pk], posted[one.pk], late[one.pk], down[one.pk])
        for one in found
        if one.said is not None
    ]
    return sorted(rows, key=lambda one: (one.message.priority != "urgent", not (one.late or one.to_take_down), -one.dispatch.due_at.timestamp()))


def standing_posts(groups: QuerySet[ZaloGroup]) -> QuerySet[ZaloPost]:
    """Return posts of withdrawn bulletins that nobody took down yet."""
    return ZaloPost.objects.filter(is_posted=True, removed_at=None, dispatch__bulletin__state="withdrawn", group__in=groups)


def dispatch_for(user: Any, public_id: str, number: int) -> Dispatch | None:
    """Return a dispatch that went to a group in which somebody posts."""
    row = Dispatch.objects.filter(bulletin__public_id=public_id, number=number, bulletin__is_training=False).exclude(said=None)
    dispatch = row.select_related("bulletin__unit", "bulletin__follows", "said").first()
    return dispatch if dispatch is not None and lines(user, dispatch) else None


def lines(user: Any, dispatch: Dispatch) -> list[Line]:
    """Return the groups of a dispatch in which somebody posts: what waits first."""
    groups = {group.public_id: group for group in groups_for(user)}
    found: dict[int, Line] = {}
    for row in Delivery.objects.waiting().filter(dispatch=dispatch, channel="zalo", address__in=list(groups)):
        group = groups[row.address]
        found[group.pk] = Line(group, is_waiting=True, is_late=by_hand.is_late(row))
    for post in ZaloPost.objects.filter(dispatch=dispatch, group__in=groups.values()).select_related("group__unit", "by"):
        found.setdefault(post.group_id, Line(post.group)).post = post
    for post in earlier_posts(dispatch.bulletin, groups.values()):
        found.setdefault(post.group_id, Line(post.group)).earlier.append(post)
    return sorted(found.values(), key=lambda line: (not line.is_waiting, line.group.unit.code, line.group.name))


def earlier_posts(bulletin: Bulletin, groups: Iterable[ZaloGroup]) -> list[ZaloPost]:
    """Return what of the messages that this one replaces still stands in groups: of the whole chain before it."""
    if bulletin.msg_type not in (MsgType.CORRECTION, MsgType.CANCEL):
        return []
    chain: list[int] = []
    first = bulletin.follows
    while first is not None and len(chain) < _FARTHEST:
        chain.append(first.pk)
        first = first.follows
    rows = ZaloPost.objects.filter(dispatch__bulletin__in=chain, is_posted=True, removed_at=None, group__in=list(groups))
    return list(rows.select_related("group__unit", "dispatch__bulletin").order_by("at"))


# Calls


@dataclass(slots=True)
class CallList:
    """One list of calls: what to say, how many are still to be called, and (on its own page) who."""

    subject: str
    message: Message
    waiting: int
    since: datetime
    is_late: bool
    rows: list[Delivery] = field(default_factory=list)
    told: int = 0
    left: int = 0

    @property
    def kind(self) -> str:
        """What it belongs to: "bulletin" or "incident"."""
        return self.subject.partition(":")[0]

    @property
    def public_id(self) -> str:
        """The number of the bulletin or incident in an address; that of an incident's end has "-end"."""
        return self.subject.partition(":")[2].replace(":", "-")


def may_call(user: Any) -> bool:
    """Tell whether somebody calls lists at all: for a unit, or as leader for the houses of the own group."""
    return people.can(user, POST) or people.can(user, SEND_ALONE) or (isinstance(user, User) and bool(stewards.led_by(user)))


def _to_call(user: Any) -> QuerySet[Delivery]:
    here = Q(household__hamlet__in=scope.units_for(user, POST)) | Q(household__hamlet__in=scope.units_for(user, SEND_ALONE))
    here |= Q(household__in=stewards.led_by(user)) if isinstance(user, User) else Q()
    return Delivery.objects.waiting().filter(here, channel="phone_tree", is_live=True)


def call_url(user: Any, subject: str) -> str:
    """Return where somebody calls what waits of a bulletin or an incident; empty when nothing of it waits for them."""
    kind, _colon, public_id = subject.partition(":")
    return reverse("broadcast:calls", args=[kind, public_id]) if _to_call(user).filter(subject=subject).exists() else ""


def calls(user: Any) -> list[CallList]:
    """Return the lists of calls of somebody's units, and of the groups that they lead, without their rows."""
    sums = _to_call(user).values("subject").annotate(count=Count("pk"), since=Min("created_at"), words=Max("said"), urgency=Min("urgency"))
    said = Said.objects.in_bulk([row["words"] for row in sums])
    now = clock.now()
    return [
        CallList(
            row["subject"], Message.from_json(said[row["words"]].content), row["count"], row["since"],
            now - row["since"] > (by_hand.LATE_URGENT if row["urgency"] == 0 else by_hand.LATE),
        )
        for row in sorted(sums, key=lambda one: (one["urgency"], one["since"]))
    ]  # fmt: skip


def call_list(user: Any, subject: str, *, most: int | None = None) -> CallList | None:
    """Return one list with who waits, those not tried yet first; None when nothing of it waits for this reader."""
    found = next((one for one in calls(user) if one.subject == subject), None)
    if found is None:
        return None
    order = ("attempts", "household__hamlet__code", "household__folded", "pk")
    rows = _to_call(user).filter(subject=subject).select_related("household__hamlet").prefetch_related("household__phones").order_by(*order)
    found.rows = list(rows[:most] if most is not None else rows)
    ended = Delivery.objects.of(subject).filter(channel="phone_tree")
    found.told, found.left = ended.filter(state="accepted").count(), ended.filter(state="failed").count()
    return found


def is_on_list(user: Any, key: str) -> bool:
    """Tell whether an entry is on a list that this reader calls."""
    return _to_call(user).filter(key=key).exists()


# The day's work


def chores(user: User) -> list[Chore]:
    """Return what is to be posted, taken down or called: late ones are pressing."""
    if not may_call(user):
        return []
    found = [_post_chore(one) for one in todo(user)] if people.can(user, POST) else []
    for one in calls(user):
        words = _("Call %(count)s households: “%(headline)s”") % {"count": one.waiting, "headline": one.message.headline}
        url = reverse("broadcast:calls", args=[one.kind, one.public_id])
        found.append(Chore(words, url, is_urgent=one.is_late, since=one.since))
    return found


def _post_chore(one: Todo) -> Chore:
    says = {"headline": one.message.headline, "waiting": one.waiting, "late": one.late, "down": one.to_take_down}
    if one.to_take_down:
        words = _("Take “%(headline)s” down in %(down)s Zalo groups: it was withdrawn") % says
    elif one.late:
        words = _("Not posted in time in %(late)s Zalo groups: “%(headline)s”") % says
    else:
        words = _("Post in %(waiting)s Zalo groups: “%(headline)s”") % says
    url = reverse("broadcast:zalo_post", args=[one.dispatch.bulletin.public_id, one.dispatch.number])
    return Chore(words, url, is_urgent=bool(one.late or one.to_take_down), since=one.dispatch.planned_at)
