"""Ways in which an escalation step reaches people: a registry that later rooms fill.

A channel's `enqueue` runs inside the step's transaction: it only writes rows (an outbox), and never talks to a
network. The live page and the sirens are the first two; web push, SMS, voice and loudspeakers plug in here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from datetime import datetime

    from django.utils.functional import Promise

    from liengia.alarms.models import Incident, IncidentStep, NeighbourGroup
    from liengia.people.models import User


@dataclass(frozen=True, slots=True)
class Notice:
    """What a step tells, and whom: people resolved at the second it runs, and groups (neighbours, a post)."""

    incident: Incident
    step: IncidentStep
    people: Sequence[User]
    groups: Sequence[NeighbourGroup]
    at: datetime


class Channel(Protocol):
    """One way to reach people."""

    @property
    def name(self) -> str:
        """The word by which plans name it."""
        ...

    @property
    def label(self) -> str | Promise:
        """What people read."""
        ...

    def enqueue(self, notice: Notice) -> int:
        """Write what is to be sent, in the caller's transaction; return how many it is meant for."""
        ...


_channels: dict[str, Channel] = {}


def register(channel: Channel) -> None:
    """Make a channel known; called from `AppConfig.ready`."""
    _channels[channel.name] = channel


def get(name: str) -> Channel | None:
    """Return a channel, or None when its room is off: the step then says so and the others go on."""
    return _channels.get(name)


def names() -> list[str]:
    """Return the names of all channels."""
    return list(_channels)


class LivePage:
    """Open pages: the step's own line in the timeline is the message, sent to those whom the step names."""

    name = "page"
    label = _("open pages")

    def enqueue(self, notice: Notice) -> int:
        """Nothing to write: the event that records the step is what pages show."""
        return len(notice.people) + len(notice.groups)
