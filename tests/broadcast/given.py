"""The commune's office that speaks, its people, and a channel that notes what it is handed."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from liengia.broadcast import audiences, channels
from liengia.broadcast.channels.base import Accepted, Audience, Channel, Outcome, Parcel, Recipient
from liengia.broadcast.models import Bulletin
from liengia.broadcast.services import bulletins
from liengia.core.actor import Actor
from liengia.people import services
from liengia.people.models import User
from tests import cast, factories
from tests.cast import TESTER, Cast

TEXT = "Kẻ gian gọi điện xưng là Công an, đòi chuyển tiền để “chứng minh trong sạch”. Bà con không chuyển, gọi 113."


class Notes(Channel):
    """Goes to every account of the audience and keeps what it is handed; `answer` decides what becomes of each."""

    name: ClassVar[str] = "notes"
    label: ClassVar[str] = "sổ tay"
    receipts: ClassVar[frozenset[str]] = frozenset({"accepted", "shown", "answered"})
    batch: ClassVar[int] = 50

    def __init__(self, *, name: str = "notes", noisy: bool = False, idempotent: bool = False) -> None:
        self.name, self.is_noisy, self.is_idempotent = name, noisy, idempotent  # type: ignore[misc]
        self.got: list[Parcel] = []
        self.withdrawn: list[str] = []
        self.answer: Callable[[Parcel], Outcome] = lambda parcel: Accepted(f"no-{parcel.key[:20]}")

    def recipients(self, audience: Audience, kind: str) -> Iterator[Recipient]:
        for user in audiences.users(audience).order_by("pk"):
            yield Recipient(f"ghi:{user.pk}", "giay", user_id=user.pk)

    def to_users(self, user_ids: Collection[int], kind: str) -> Iterator[Recipient]:
        for pk in user_ids:
            yield Recipient(f"ghi:{pk}", "giay", user_id=pk)

    def send(self, parcels: Sequence[Parcel]) -> Sequence[Outcome]:
        self.got.extend(parcels)
        return [self.answer(parcel) for parcel in parcels]

    def withdraw(self, subject: str) -> None:
        self.withdrawn.append(subject)


@dataclass(slots=True)
class Voice:
    """The cast, with an editor who writes, a chairman who approves, and a duty officer."""

    cast: Cast
    editor: User
    chairman: User

    def by(self, who: User) -> Actor:
        return Actor.of(who)


def voice() -> Voice:
    """Assemble the cast and its office."""
    here = cast.assemble()
    editor = factories.user("bientap", "Nguyễn Thị Biên Tập", is_staff=True)
    chairman = factories.user("chutich", "Võ Văn Chủ Tịch", is_staff=True)
    for who, role in ((editor, "commune_editor"), (chairman, "commune_approver")):
        services.assign_role(who, role, here.commune, actor=TESTER)
    return Voice(here, editor, chairman)


def drafted(scene: Voice, **values: Any) -> Bulletin:
    """Write a draft for the whole commune."""
    areas = values.pop("areas", [scene.cast.commune])
    said = {"headline": "Cảnh giác cuộc gọi giả danh Công an", "text": TEXT, "channels": ["notes"], "kind": "law", **values}
    return bulletins.write(scene.cast.commune, areas, actor=scene.by(scene.editor), **said)


def approved(scene: Voice, **values: Any) -> Bulletin:
    """Write, hand in and approve."""
    row = bulletins.submit(drafted(scene, **values), actor=scene.by(scene.editor))
    return bulletins.approve(row, naming=True, actor=scene.by(scene.chairman))


def known(*those: Channel) -> dict[str, Channel]:
    """Make channels known beside the shipped ones; the fixture `notes` takes them back."""
    every = channels.every()
    every.update({one.name: one for one in those})
    return every
