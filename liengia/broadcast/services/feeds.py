"""Outside feeds of warnings: looked at by the worker, each warning taken in once, as a draft that a person decides on.

1. A feed is due at `next_at`: every five minutes, later after failures. The network is asked with no transaction open.
2. An entry is read once for each `updated` that its feed gives it; a warning is known by sender, identifier and time. What is not `Actual`, not `Public` or has ended is left out, and said so.
3. A new one becomes a draft of the feed's unit, with its source; nothing goes out without the two people that every bulletin needs.
4. An update or a cancellation flags what it refers to: drafts and bulletins alike show it, and a person does what follows.

Source: OASIS CAP 1.2 §3.2.1 (msgType, references).
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import timedelta
from typing import Final

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import override

from liengia.audit import services as audit
from liengia.broadcast import schedule, wording
from liengia.broadcast.channels.cap import reading
from liengia.broadcast.models import Bulletin, CapFeed, CapItem, Event, Kind, Priority
from liengia.broadcast.models.bulletins import LONGEST_HEADLINE, LONGEST_TEXT
from liengia.broadcast.services import bulletins
from liengia.core import clock, outside
from liengia.core.actor import Actor
from liengia.core.errors import Invalid
from liengia.core.text import fold
from liengia.units.models import Unit

logger = logging.getLogger(__name__)
EVERY: Final = timedelta(minutes=5)
LONGEST: Final = timedelta(hours=2)
WITHIN_S: Final = 15.0
client: Final = outside.Client(at_once=4)
_WORKER: Final = Actor.system("worker")
# By CAP's category; by words where one category holds several events.
_EVENTS: Final = {"Fire": Event.FIRE, "Health": Event.EPIDEMIC, "Security": Event.SECURITY, "Transport": Event.TRAFFIC}
_WORDS: Final = (
    (Event.FLOOD, ("lu", "ngap", "trieu cuong", "flood", "tide")), (Event.DROUGHT, ("han", "man", "drought", "salin")),
    (Event.STORM, ("bao", "giong", "loc", "ap thap", "storm", "typhoon", "cyclone", "thunder", "wind")), (Event.FIRE, ("chay", "fire")),
)  # fmt: skip


@transaction.atomic
def keep_feed(unit: Unit, *, name: str, url: str, is_on: bool, actor: Actor, feed: CapFeed | None = None) -> CapFeed:
    """Set a feed up, or change it; switched on, it is looked at within seconds.

    Raises:
        Invalid: an address that is never asked, or that the unit looks at already.
    """
    _checked(url)
    if CapFeed.objects.filter(unit=unit, url=url).exclude(pk=feed.pk if feed else 0).exists():
        raise Invalid(_("This feed is looked at already."), code="feed_twice", field="url")
    row = feed or CapFeed(unit=unit)
    row.name, row.url, row.is_on, row.next_at, row.failures = " ".join(name.split())[:120], url, is_on, clock.now(), 0
    row.save()
    audit.record("broadcast.feed_kept", actor=actor, about=row, unit=unit, facts={"on": is_on})
    return row


@transaction.atomic
def remove_feed(feed: CapFeed, *, actor: Actor) -> None:
    """Look at a feed no more; drafts made of it stay."""
    unit = feed.unit
    audit.record("broadcast.feed_removed", actor=actor, about=feed, unit=unit)
    feed.delete()


def _checked(url: str) -> None:
    try:
        outside.checked(url, hosts=settings.CAP_HOSTS or None, loopback=settings.OUTSIDE_LOOPBACK)
    except outside.RefusedAddress:
        raise Invalid(_("Only an https address of a public machine is asked."), code="feed_url", field="url") from None


def look_due(most: int = 5) -> int:
    """Look at the feeds that are due; return how many were looked at."""
    due = list(CapFeed.objects.filter(is_on=True, next_at__lte=clock.now()).select_related("unit").order_by("next_at")[:most])
    for feed in due:
        CapFeed.objects.filter(pk=feed.pk).update(next_at=clock.now() + EVERY)  # whatever comes, the next turn is the next feed's
        try:
            look(feed)
        except Exception as error:  # noqa: BLE001  (one feed keeps no other from being looked at; its words may be anything)
            logger.error("feed %s could not be looked at: %s", feed.pk, type(error).__name__)
    return len(due)


def look(feed: CapFeed) -> int:
    """Look at one feed; return how many warnings were taken in as drafts."""
    try:
        result, found = CapFeed.Result.READ, _fetch_all(feed)
    except outside.RefusedAddress:
        result, found = CapFeed.Result.REFUSED, []
    except outside.Unanswered:
        result, found = CapFeed.Result.UNANSWERED, []
    except reading.Unreadable:
        result, found = CapFeed.Result.UNREADABLE, []
    made = 0
    for entry, warning in found:
        try:
            made += take_in(feed, warning, link=entry.link, updated=entry.updated)
        except Exception as error:  # noqa: BLE001  (one warning keeps no other from being taken in; its words may be anything)
            logger.error("a warning of feed %s could not be taken in: %s", feed.pk, type(error).__name__)
    now = clock.now()
    feed.result, feed.looked_at = result, now
    feed.failures = 0 if result == CapFeed.Result.READ else feed.failures + 1
    feed.read_at = now if result == CapFeed.Result.READ else feed.read_at
    feed.next_at = now + min(LONGEST, EVERY * 2 ** min(feed.failures, 6))
    feed.save(update_fields=["result", "looked_at", "read_at", "next_at", "failures"])
    return made


def _fetch_all(feed: CapFeed) -> list[tuple[reading.Entry, reading.Outside]]:
    """Return the warnings of a feed that are not known yet, or changed since; a link that cannot be read keeps no other from being read."""
    (answer,) = _ask([feed.url])
    root = reading.tree(_body(answer))
    lines = reading.entries(root)
    if lines is None:
        return [(reading.Entry(feed.url, ""), reading.warning(root))]
    fresh = _fresh(feed, lines)
    found = []
    for entry, reply in zip(fresh, _ask([one.link for one in fresh]) if fresh else [], strict=True):
        try:
            found.append((entry, reading.warning(reading.tree(_body(reply)))))
        except (outside.Unanswered, reading.Unreadable):
            continue
    return sorted(found, key=lambda one: one[1].sent_at)


def _fresh(feed: CapFeed, lines: Sequence[reading.Entry]) -> list[reading.Entry]:
    """Return the entries to be read: not those read already as of the time that the feed gives; never an address that is not asked.

    Of several with one link the first counts: feeds begin with the newest.
    """
    first: dict[str, reading.Entry] = {}
    for one in lines:
        first.setdefault(one.link, one)
    known = set(CapItem.objects.filter(feed=feed, link__in=first).values_list("link", "updated"))
    found = []
    for one in first.values():
        if (one.link, one.updated) in known:
            continue
        try:
            outside.checked(one.link, hosts=settings.CAP_HOSTS or None, loopback=settings.OUTSIDE_LOOPBACK)
        except outside.RefusedAddress:
            continue
        found.append(one)
    return found


def _ask(urls: Sequence[str]) -> list[outside.Answer | outside.Unanswered]:
    for url in urls:
        outside.checked(url, hosts=settings.CAP_HOSTS or None, loopback=settings.OUTSIDE_LOOPBACK)
    return client.ask([outside.Asking(url, within_s=WITHIN_S, most_bytes=reading.MOST_BYTES) for url in urls])


def _body(answer: outside.Answer | outside.Unanswered) -> bytes:
    if isinstance(answer, outside.Unanswered):
        raise answer
    if answer.status != 200:
        raise outside.Unanswered("another status")
    if answer.is_cut:
        raise reading.Unreadable("longer than 1 MB")
    return answer.body


@transaction.atomic
def take_in(feed: CapFeed, warning: reading.Outside, *, link: str = "", updated: str = "") -> int:
    """Take one warning in, once; return 1 when it became a draft."""
    key = {"sender": warning.sender, "identifier": warning.identifier, "sent": warning.sent}
    known = CapItem.objects.filter(feed=feed, **key)
    if known.exists():
        known.filter(link=link[:500]).update(updated=updated)  # the same warning under a newer time is not read again
        return 0
    why = _left_out(warning)
    flagged = _flag(feed, warning) if not why else 0
    if not why and warning.msg_type == "Cancel":
        why = "cancels" if flagged else "unknown"
    bulletin = None
    if not why:
        try:
            bulletin = _draft(feed, warning)
        except Invalid:
            why = "unusable"
    CapItem.objects.create(
        feed=feed, **key, msg_type=warning.msg_type, link=link[:500], updated=updated, why=why, bulletin=bulletin, taken_at=clock.now(),
        state=CapItem.State.DRAFTED if bulletin is not None else CapItem.State.LEFT,
    )  # fmt: skip
    if bulletin is not None:
        audit.record("broadcast.feed_item_taken", actor=_WORKER, about=bulletin, unit=feed.unit, facts={"feed": feed.pk})
    return int(bulletin is not None)


def _left_out(warning: reading.Outside) -> str:
    if warning.status != "Actual":
        return "not_actual"
    if warning.scope != "Public":
        return "not_public"
    return "ended" if warning.expires_at is not None and warning.expires_at <= clock.now() else ""


def _flag(feed: CapFeed, warning: reading.Outside) -> int:
    """Mark what an update or a cancellation refers to: of the same sender alone, for nobody takes back another's."""
    if warning.msg_type == "Alert":
        return 0
    state = CapItem.State.CANCELLED if warning.msg_type == "Cancel" else CapItem.State.UPDATED
    flagged = 0
    for sender, identifier in reading.reference_keys(warning.references):
        if sender == warning.sender:
            rows = CapItem.objects.filter(feed=feed, sender=sender, identifier=identifier).exclude(bulletin=None)
            flagged += rows.update(state=state, flagged_at=clock.now())
    return flagged


def _draft(feed: CapFeed, warning: reading.Outside) -> Bulletin:
    with override(settings.LANGUAGE_CODE):
        places = ", ".join(one for one in warning.areas if one)
        parts = [warning.text, warning.instruction, _("Where: %(places)s") % {"places": places} if places else ""]
        source = _("%(feed)s: warning %(number)s of %(sender)s") % {"feed": feed.name, "number": warning.identifier, "sender": warning.sender}
    text = "\n\n".join(part for part in parts if part)
    headline = next((words for words in map(wording.clean, (warning.headline, warning.event, warning.identifier)) if words), "")
    return bulletins.write(
        feed.unit.current(), _areas(feed, warning), actor=_WORKER, source=source,
        kind=Kind.ALERT, priority=Priority.PRIORITY, event=_event(warning), headline=headline[: LONGEST_HEADLINE - 10],
        text=text[: LONGEST_TEXT - 10], issuing_body=(warning.sender_name or warning.sender)[:200], issuing_number=warning.identifier[:80],
        expires_at=min(warning.expires_at, clock.now() + schedule.LONGEST) if warning.expires_at is not None else None,
    )  # fmt: skip


def _areas(feed: CapFeed, warning: reading.Outside) -> list[Unit]:
    """Return the feed's unit, or the units below it whose codes the warning names."""
    unit = feed.unit.current()
    named = list(Unit.objects.current().below(unit).filter(code__in=warning.codes)[:50]) if warning.codes else []
    return named or [unit]


def _event(warning: reading.Outside) -> Event:
    words = f" {fold(f'{warning.event} {warning.headline}')} "
    for event, marks in _WORDS:
        if any(f" {mark}" in words for mark in marks):
            return event
    return _EVENTS.get(warning.category, Event.OTHER)
