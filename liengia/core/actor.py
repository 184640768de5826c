"""Who acts: every service takes one `Actor`, and nothing else says who did it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from django.contrib.auth.base_user import AbstractBaseUser


class ActorKind(StrEnum):
    """The four kinds of those who act."""

    USER = "user"
    DEVICE = "device"
    SYSTEM = "system"
    VISITOR = "visitor"


@dataclass(frozen=True, slots=True)
class Actor:
    """One who acts: `id` is a user's key, a device's public id or a process's name; `label` is shown to people."""

    kind: ActorKind
    id: str
    label: str = ""

    @classmethod
    def of(cls, user: AbstractBaseUser) -> Actor:
        """Return the actor of a signed-in user."""
        return cls(ActorKind.USER, str(user.pk), str(user))

    @classmethod
    def device(cls, public_id: str, label: str = "") -> Actor:
        """Return the actor of a device."""
        return cls(ActorKind.DEVICE, public_id, label)

    @classmethod
    def system(cls, process: str) -> Actor:
        """Return the actor of one of our own processes."""
        return cls(ActorKind.SYSTEM, process)

    @classmethod
    def visitor(cls) -> Actor:
        """Return the actor of someone unknown, of whom nothing is kept."""
        return cls(ActorKind.VISITOR, "")

    @property
    def user_id(self) -> int | None:
        """The user's key, when a user acts."""
        return int(self.id) if self.kind is ActorKind.USER else None
