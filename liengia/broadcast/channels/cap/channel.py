"""The channel that puts warnings into the feed which other programs read."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import ClassVar, Final
from urllib.parse import urlsplit

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from liengia.broadcast.channels.base import (
    Accepted,
    Audience,
    Channel,
    DeliveryError,
    Failure,
    Message,
    Outcome,
    Parcel,
    Preview,
    Recipient,
)
from liengia.broadcast.channels.cap import document, words
from liengia.broadcast.models import Bulletin, CapAlert, MsgType
from liengia.core import clock, pagecache
from liengia.people.models import DutyPost
from liengia.units.models import Level, Unit

KINDS: Final = frozenset({"alert", "all_clear"})
ADDRESS: Final = "feed"
HOLDS: Final = timedelta(hours=24)
TRIAL_HOLDS: Final = timedelta(hours=1)
STATUS: Final = {"real": "Actual", "drill": "Exercise", "test": "Test", "training": "Exercise"}
MSG_TYPES: Final = {
    MsgType.ALERT: "Alert", MsgType.UPDATE: "Update", MsgType.CORRECTION: "Update", MsgType.CANCEL: "Cancel", MsgType.ALL_CLEAR: "Update",
}  # fmt: skip


class Cap(Channel):
    """The public feed of warnings (CAP 1.2): what it holds is there when it has been accepted."""

    name: ClassVar = "cap"
    label: ClassVar = gettext_lazy("Warning feed (CAP)")
    help: ClassVar = gettext_lazy("Other programs and the province read warnings there. Only alerts and their all-clears go into it.")
    icon: ClassVar = "antenna"
    receipts: ClassVar = frozenset({"accepted"})
    is_idempotent: ClassVar = True

    def recipients(self, audience: Audience, kind: str) -> Iterator[Recipient]:
        """Yield the feed, for warnings alone."""
        if kind in KINDS:
            yield Recipient(ADDRESS)

    def send(self, parcels: Sequence[Parcel]) -> Sequence[Outcome]:
        """Put each warning into the feed, once."""
        return [self._one(parcel) for parcel in parcels]

    def rehearse(self, message: Message) -> None:
        """Make the warning with the status Exercise: it stands at its own address and never in the feed."""
        bulletin = _bulletin(message)
        if bulletin is not None and bulletin.is_training and bulletin.is_public and message.kind in KINDS and not _takes_nothing_back(bulletin):
            publish(bulletin, message)

    def _one(self, parcel: Parcel) -> Outcome:
        bulletin = _bulletin(parcel.message)
        if bulletin is None:
            return DeliveryError(Failure.PERMANENT, _("This is no bulletin."))
        if not bulletin.is_public:
            return DeliveryError(Failure.PERMANENT, _("It is not for the public page, so it is not for the feed either."))
        if _takes_nothing_back(bulletin):
            return DeliveryError(Failure.PERMANENT, _("The warning never stood in the feed: there is nothing to take back."))
        return Accepted(publish(bulletin, parcel.message).identifier)

    def preview(self, message: Message) -> Preview:
        """Return headline and words as receivers show them."""
        size = len(message.headline) + len(message.text)
        return Preview(message.headline, message.text, size, document.MOST["description"], "characters")


def _bulletin(message: Message) -> Bulletin | None:
    return Bulletin.objects.select_related("unit", "follows").filter(public_id=message.subject.removeprefix("bulletin:")).first()


def _takes_nothing_back(bulletin: Bulletin) -> bool:
    """Tell whether a withdrawal follows what was never published: its words as a new warning would be a false one."""
    return bulletin.msg_type == MsgType.CANCEL and not CapAlert.objects.filter(chain=first_of(bulletin).public_id).exists()


@transaction.atomic
def publish(bulletin: Bulletin, message: Message) -> CapAlert:
    """Freeze a bulletin as a warning and put it into the feed; one that stands there stays as it is."""
    standing = CapAlert.objects.filter(bulletin=bulletin).first()
    if standing is not None:
        return standing
    facts = facts_of(bulletin, message)
    made = CapAlert.objects.create(
        identifier=document.name(facts.identifier), bulletin=bulletin, chain=first_of(bulletin).public_id,
        sender=document.name(facts.sender), sent=document.time(facts.sent_at), is_actual=facts.status == "Actual",
        document=document.build(facts).decode(), sent_at=facts.sent_at, expires_at=facts.expires_at,
    )  # fmt: skip
    pagecache.bump()
    return made


def first_of(bulletin: Bulletin) -> Bulletin:
    """Return the bulletin that a chain began with."""
    found = bulletin
    for _step in range(100):
        if found.follows is None:
            break
        found = found.follows
    return found


def facts_of(bulletin: Bulletin, message: Message) -> document.Facts:
    """Return what a bulletin says as a warning."""
    host = urlsplit(settings.PUBLIC_URL).hostname or "localhost"
    earlier = CapAlert.objects.filter(chain=first_of(bulletin).public_id).exclude(bulletin=bulletin).order_by("sent_at", "pk")
    said = words.of(bulletin.event or _event_of_chain(bulletin), bulletin.priority)
    is_all_clear = bulletin.msg_type == MsgType.ALL_CLEAR or message.kind == "all_clear"
    is_over = is_all_clear or bulletin.msg_type == MsgType.CANCEL
    last = earlier.last()
    now = clock.now()
    expires_at = message.expires_at or (last.expires_at if last is not None and last.expires_at > now else now + HOLDS)
    return document.Facts(
        identifier=f"{host}.{bulletin.public_id}", sender=f"{bulletin.unit.code}@{host}", sent_at=now,
        status=STATUS[message.mode], msg_type=MSG_TYPES[MsgType(bulletin.msg_type)] if earlier else "Alert",
        words=said, sender_name=_sender_name(bulletin), headline=message.headline, text=message.text,
        instruction="" if is_over else said.do_vi, effective_at=now, expires_at=expires_at, areas=areas_of(bulletin),
        web=message.url, contact=_contact(bulletin.unit), source=f"{bulletin.issuing_body} {bulletin.issuing_number}".strip(),
        references=[one.reference for one in earlier], is_all_clear=is_all_clear,
    )  # fmt: skip


def trial() -> bytes:
    """Return a warning with the status Test, made anew at each asking and kept nowhere: who builds a reader tries it on this, and no feed has it."""
    host, now = urlsplit(settings.PUBLIC_URL).hostname or "localhost", clock.now()
    communes = Unit.objects.current().filter(level=Level.COMMUNE).order_by("code").with_ancestors()[:200]
    with translation.override(settings.LANGUAGE_CODE):
        headline, text = _("Test: this is no warning"), _("Made for trying programs that read warnings. Nothing has happened.")
    facts = document.Facts(
        identifier=f"{host}.test.{int(now.timestamp())}", sender=f"test@{host}", sent_at=now, status=STATUS["test"], msg_type="Alert", words=words.of("", "normal"),
        sender_name="Liên Gia", headline=headline, text=text, effective_at=now, expires_at=now + TRIAL_HOLDS, areas=[document.Area(one.place_name, one.code, _box(one)) for one in communes],
    )  # fmt: skip
    return document.build(facts)


def _event_of_chain(bulletin: Bulletin) -> str:
    return first_of(bulletin).event


def _sender_name(bulletin: Bulletin) -> str:
    return bulletin.unit.full_name


def _contact(unit: Unit) -> str:
    """Return the phone of the unit's duty post: of an office, never of a person."""
    post = DutyPost.objects.filter(unit=unit, is_active=True).exclude(phone="").first()
    return f"{post.name}: {post.phone}" if post is not None else ""


def areas_of(bulletin: Bulletin) -> list[document.Area]:
    """Return the units that a bulletin is for; the speaking unit when it names none."""
    chosen = list(Unit.objects.filter(pk__in=bulletin.areas.values("unit")).with_ancestors()) or [bulletin.unit]
    return [document.Area(unit.place_name, unit.code, _box(unit)) for unit in chosen[:200]]


def _box(unit: Unit) -> tuple[float, float, float, float] | None:
    """Return the box in which a unit is known to lie; of one of which only a point is known nothing is made up."""
    sides = [side for side in (unit.south, unit.west, unit.north, unit.east) if side is not None]
    if len(sides) < 4 or sides[0] >= sides[2] or sides[1] >= sides[3]:
        return None
    return sides[0], sides[1], sides[2], sides[3]


def address(alert: CapAlert) -> str:
    """Return where a warning stands."""
    return f"{settings.PUBLIC_URL}{reverse('broadcast:cap_alert', args=[alert.bulletin.public_id])}"


CHANNEL: Final = Cap()
