"""What pages read of comments: a thread as its readers see it, the moderators' queue, the figures by month."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from django.db.models import Count, QuerySet
from django.db.models.functions import TruncMonth

from liengia.comments.models import Comment, CommentState, Flag, Reason, SecondLook, Thread

PAGE: Final = 50


@dataclass(frozen=True, slots=True)
class Shown:
    """A comment with its replies; one that was taken away, and a reply that was, is a stub with its reason."""

    comment: Comment
    replies: list[Comment] = field(default_factory=list)

    @property
    def is_stub(self) -> bool:
        """Whether only the place and the reason are left."""
        return self.comment.state == CommentState.REMOVED


@dataclass(frozen=True, slots=True)
class Conversation:
    """A page of a thread, oldest first: what is shown, and how many comments were not published."""

    items: list[Shown]
    shown: int
    refused: int
    page: int
    pages: int


@dataclass(slots=True)
class Month:
    """A month's figures; `by_reason` counts what was refused or taken away."""

    month: date
    written: int = 0
    shown: int = 0
    refused: int = 0
    removed: int = 0
    second_looks: int = 0
    granted: int = 0
    by_reason: dict[str, int] = field(default_factory=dict)


def conversation(thread: Thread, *, page: int = 1) -> Conversation:
    """Return a page of a thread in four reads, however long it is."""
    counts = dict(thread.comments.values_list("state").annotate(n=Count("pk")).order_by())
    roots = thread.comments.filter(parent=None, state__in=[CommentState.SHOWN, CommentState.REMOVED])
    total = roots.count()
    pages = max(1, -(-total // PAGE))
    page = min(max(1, page), pages)
    shown = list(roots.order_by("pk")[(page - 1) * PAGE : page * PAGE])
    replies: dict[int, list[Comment]] = defaultdict(list)
    for reply in thread.comments.filter(parent__in=shown, state__in=[CommentState.SHOWN, CommentState.REMOVED]).order_by("pk"):
        replies[reply.parent_id or 0].append(reply)
    items = [Shown(one, replies[one.pk]) for one in shown]
    return Conversation(
        items, counts.get(CommentState.SHOWN, 0), counts.get(CommentState.REFUSED, 0), page, pages
    )


def shown_count(thread: Thread) -> int:
    """Return how many comments of a thread are shown."""
    return thread.comments.shown().count()


def queue(comments: QuerySet[Comment], part: str) -> QuerySet[Comment]:
    """Return one part of the moderators' queue, oldest first: waiting, reported, second, shown, refused."""
    if part == "reported":
        found = comments.filter(state=CommentState.SHOWN, pk__in=Flag.objects.filter(is_settled=False).values("comment"))
    elif part == "second":
        found = comments.filter(second_look=SecondLook.ASKED, erased_at=None)
    elif part == "shown":
        found = comments.filter(state=CommentState.SHOWN).order_by("-pk")
    elif part == "refused":
        found = comments.filter(state__in=[CommentState.REFUSED, CommentState.REMOVED]).order_by("-pk")
    else:
        found = comments.filter(state=CommentState.WAITING)
    return found.select_related("thread__unit", "parent", "decided_by").prefetch_related("flags")


def figures(*, months: int = 12) -> list[Month]:
    """Return the last months' figures, newest first, by the day of writing; refusals and removals by reason."""
    found: dict[date, Month] = {}
    rows = (
        Comment.objects.filter(is_official=False)
        .annotate(month=TruncMonth("written_on"))
        .values_list("month", "state", "reason", "second_look")
        .annotate(n=Count("pk"))
        .order_by()
    )
    for month, state, reason, second, count in rows:
        one = found.setdefault(month, Month(month))
        one.written += count
        if state == CommentState.SHOWN:
            one.shown += count
        elif state in (CommentState.REFUSED, CommentState.REMOVED):
            if state == CommentState.REFUSED:
                one.refused += count
            else:
                one.removed += count
            label = str(Reason(reason).label)
            one.by_reason[label] = one.by_reason.get(label, 0) + count
        if second != SecondLook.NONE:
            one.second_looks += count
        if second == SecondLook.GRANTED:
            one.granted += count
    return sorted(found.values(), key=lambda one: one.month, reverse=True)[:months]
