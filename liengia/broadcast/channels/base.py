"""What a channel is: one way to reach people, one folder, one small class.

The outbox decides when, to whom and how often; a channel only says where people are (`recipients`), how a message looks
(`preview`) and hands over what it is given (`send`), outside of any transaction. Why something could not be handed over is
one of three kinds, and the outbox alone decides what follows from each.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any, ClassVar, Final

if TYPE_CHECKING:
    from django.forms import Form
    from django.utils.functional import Promise

    from liengia.broadcast.models import ChannelAccount, Delivery

RECEIPTS: Final = ("accepted", "delivered", "shown", "heard", "answered")
# The word before anything of a drill, a bell test or training; on every channel it stands first.
MODES: Final = ("real", "drill", "test", "training")


class Failure(StrEnum):
    """Why a delivery did not go: it decides what follows."""

    TEMPORARY = "temporary"  # this one, now: tried again later, later each time
    PERMANENT = "permanent"  # this one, for ever: given up
    TECHNICAL = "technical"  # the provider or our account there: the provider is set aside, all of its wait


class DeliveryError(Exception):
    """A message was not taken. `words` are for people and hold no address, token or text of the message.

    `is_unclear` says that the request went out and no whole answer came: sent again, it may arrive twice, and is counted so.
    `was_asked` is false of one that only stood behind another that failed: it counts as no attempt and waits for its provider alone.
    """

    def __init__(
        self, failure: Failure, words: str, *, retry_after_s: float | None = None, is_unclear: bool = False, was_asked: bool = True
    ) -> None:
        """Keep what the outbox needs to know."""
        super().__init__(words)
        self.failure, self.words, self.retry_after_s, self.is_unclear, self.was_asked = failure, words[:200], retry_after_s, is_unclear, was_asked


class BadSignature(Exception):
    """What a provider's address was sent is not from the provider: no, an old or a repeated signature."""


@dataclass(frozen=True, slots=True)
class Message:
    """Frozen words, the same for all who get them.

    `subject` is "bulletin:<public_id>" or "incident:<public_id>"; `url` is absolute or empty; `recording` and `picture` are
    keys of files that the room keeps, or empty; `data` is what one channel needs beyond (an alarm's answers).
    """

    subject: str
    msg_type: str
    mode: str
    priority: str
    kind: str
    headline: str
    text: str
    unit_name: str
    sent_at: datetime
    short_text: str = ""
    spoken_text: str = ""
    url: str = ""
    expires_at: datetime | None = None
    recording: str = ""
    picture: str = ""
    data: Mapping[str, Any] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """Return it as it is kept in `Said.content`."""
        found = asdict(self)
        found["sent_at"] = self.sent_at.isoformat()
        found["expires_at"] = self.expires_at.isoformat() if self.expires_at else None
        return found

    @classmethod
    def from_json(cls, content: Mapping[str, Any]) -> Message:
        """Return what `as_json` wrote; fields that a later version added are left at their defaults."""
        known = {name: content[name] for name in cls.__dataclass_fields__ if name in content}
        known["sent_at"] = datetime.fromisoformat(known["sent_at"])
        if known.get("expires_at"):
            known["expires_at"] = datetime.fromisoformat(known["expires_at"])
        return cls(**known)


@dataclass(frozen=True, slots=True)
class Recipient:
    """Where a message goes: an address that only the channel understands, and what may be set aside together."""

    address: str
    provider: str = ""
    user_id: int | None = None
    household_id: int | None = None


@dataclass(frozen=True, slots=True)
class Parcel:
    """One delivery ready to be sent: `key` is the same at each attempt."""

    key: str
    address: str = field(repr=False)
    provider: str
    message: Message = field(repr=False)
    attempt: int


@dataclass(frozen=True, slots=True)
class Accepted:
    """The provider took it. `receipt_key` is its own number of the message, by which it reports later; `told` is what it reported before already."""

    receipt_key: str = ""
    told: Mapping[str, datetime] = field(default_factory=dict, compare=False)


Outcome = Accepted | DeliveryError


@dataclass(frozen=True, slots=True)
class Event:
    """Something that a provider reports: which message, what (one of RECEIPTS, or "failed"), when, a key that was pressed."""

    receipt_key: str
    what: str
    at: datetime
    answer: str = ""


@dataclass(frozen=True, slots=True)
class Audience:
    """Whom a message is for: units with all below them, neighbour groups by public id, roles by code; any of them.

    Of what follows another, `chain` are the bulletins before it and `told` when the first and the last of them went out: who belonged to the
    audience then may have got it and is told, wherever they belong now. `only_told`: nobody else (a withdrawal says nothing to others).
    """

    unit_ids: tuple[int, ...] = ()
    group_keys: tuple[str, ...] = ()
    role_codes: tuple[str, ...] = ()
    chain: tuple[int, ...] = ()
    told: tuple[datetime, datetime] | None = None
    only_told: bool = False


@dataclass(frozen=True, slots=True)
class Preview:
    """How a message looks on a channel, exactly; `length` is in `unit` ("characters", "bytes", "seconds")."""

    title: str
    body: str
    length: int
    most: int | None
    unit: str
    pieces: int = 1
    warnings: tuple[str, ...] = ()


class Channel:
    """One way to reach people. A folder `channels/<name>/channel.py` holds one as `CHANNEL`.

    `receipts` are those that it can ever report. `is_idempotent` says that the provider drops what it gets twice with one
    key: if not, a send whose end nobody saw is counted as perhaps double. `is_noisy` ones keep the quiet hours.
    `is_manual` ones wait for a person's hand. `per_second` limits a provider, None is no limit; `batch` is how many parcels one
    `send` takes. Providers whose names begin with `apart` have a thread of their own, so that none of theirs holds the rest up.
    """

    name: ClassVar[str]
    label: ClassVar[str | Promise]
    help: ClassVar[str | Promise] = ""
    icon: ClassVar[str] = "link"
    receipts: ClassVar[frozenset[str]] = frozenset({"accepted"})
    is_idempotent: ClassVar[bool] = False
    is_noisy: ClassVar[bool] = False
    is_manual: ClassVar[bool] = False
    is_untried: ClassVar[bool] = False
    needs_account: ClassVar[bool] = False
    per_second: ClassVar[float | None] = None
    batch: ClassVar[int] = 100
    apart: ClassVar[str] = ""
    config_form: ClassVar[type[Form] | None] = None
    # What it means that it reaches nobody of an audience, in words for whoever writes.
    nobody: ClassVar[str | Promise] = ""

    def missing(self, unit_id: int) -> str:
        """Return what is not set up yet for a unit, in a word or two for the editor's choice; empty when nothing is missing."""
        return ""

    def why_nobody(self, unit_id: int) -> str:
        """Return why it may reach nobody when a unit speaks, and what helps."""
        return str(self.nobody)

    def left_by_hand(self, count: int) -> str:
        """Return in words what so many waiting deliveries of a channel by hand are."""
        return ""

    def recipients(self, audience: Audience, kind: str) -> Iterator[Recipient]:
        """Yield where those of an audience are who want this kind by this channel; in chunks, never all in memory."""
        raise NotImplementedError

    def to_users(self, user_ids: Collection[int], kind: str) -> Iterator[Recipient]:
        """Yield where these people are who want this kind by this channel (alarms name people)."""
        return iter(())

    def to_households(self, household_ids: Collection[int]) -> Iterator[Recipient]:
        """Yield where these households are told, whether or not anybody there has an account; nowhere by most channels."""
        return iter(())

    def to_duty(self, user_ids: Collection[int], kind: str) -> Iterator[Recipient]:
        """Yield where these people are while they hold a duty: their office asks them, so a channel may go without their consent."""
        return self.to_users(user_ids, kind)

    def count(self, audience: Audience, kind: str) -> int:
        """Return how many `recipients` yields."""
        return sum(1 for _one in self.recipients(audience, kind))

    def send(self, parcels: Sequence[Parcel]) -> Sequence[Outcome]:
        """Hand parcels over and return what became of each, in their order; never raises for one of them."""
        raise NotImplementedError

    def places(self, rows: Sequence[Delivery]) -> dict[str, int]:
        """Return by key the unit where deliveries are heard, whose quiet hours a noisy channel keeps; who is left out keeps the speaker's."""
        return {}

    def rehearse(self, message: Message) -> None:
        """Make of training what only those who train look at; nothing by default."""

    def withdraw(self, subject: str) -> None:
        """Take back what this channel holds of a subject beyond the outbox (a loudspeaker's store); nothing by default."""

    def preview(self, message: Message) -> Preview:
        """Return how a message looks here."""
        text = f"{message.headline}\n\n{message.text}".strip()
        return Preview(message.headline, message.text, len(text), None, "characters")

    def webhook(self, account: ChannelAccount, body: bytes, headers: Mapping[str, str], query: Mapping[str, str]) -> list[Event]:
        """Return what a provider reports.

        Raises:
            BadSignature: it is not the provider's, or it is old.
        """
        raise BadSignature
