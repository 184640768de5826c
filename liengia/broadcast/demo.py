"""The demonstration's bulletins: what has gone out with its counts, what waits for approval, what comes each week. Invented throughout.

Nothing of it is ever sent: what has gone out is written as it would stand after its period, in sums.
"""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any, Final

from django.db import transaction

from liengia.broadcast import channels, wording
from liengia.broadcast.models import (
    Bulletin,
    BulletinState,
    BulletinUnit,
    Dispatch,
    DispatchState,
    MsgType,
    ReadyText,
    Tally,
    UnitCost,
)
from liengia.broadcast.services import bulletins, outbox
from liengia.core import clock
from liengia.core.actor import Actor
from liengia.people.models import User
from liengia.units.models import Unit

COMMUNE: Final = "28108"
# What came back a channel in the minutes after it went out: of (meant for), what, and in which minute how many.
_COURSES: Final[dict[str, tuple[int, dict[str, tuple[int, ...]]]]] = {
    "webpush": (212, {"accepted": (188, 17), "shown": (71, 34, 22, 11, 6, 3)}),
    "sms": (640, {"accepted": (610, 22), "delivered": (402, 151, 38, 12)}),
    "loudspeaker": (6, {"accepted": (6,), "delivered": (5, 1), "heard": (0, 4, 2)}),
    "email": (58, {"accepted": (58,)}),
}


def load() -> int:
    """Load the bulletins; needs units and people. Loading twice changes nothing; returns how many."""
    commune = Unit.objects.current().communes().filter(code=COMMUNE).first()
    writer, approver = (User.objects.filter(username=name).first() for name in ("bientap", "chutich"))
    if commune is None or writer is None or approver is None or Bulletin.objects.exists():
        return 0
    now = clock.now()
    with transaction.atomic():
        UnitCost.objects.create(unit=commune, channel="sms", amount_vnd=350, source="Hợp đồng tin nhắn số 04 (số liệu minh họa)")
        scam = _past(commune, (writer, approver), "scam-police", at=now - timedelta(days=9))
        _past(
            commune, (writer, approver), "scam-police", at=now - timedelta(days=9) + timedelta(hours=3), follows=scam, msg_type=MsgType.CORRECTION,
            text="Tin sáng nay ghi thiếu số trực ban Công an xã. Số đúng có trên bảng tin khu phố. Bà con vẫn gọi 113 khi cần.",
        )  # fmt: skip
    with transaction.atomic():
        _past(commune, (writer, approver), "fire-electricity", at=now - timedelta(days=4))
        _past(commune, (writer, approver), "law-alcohol", at=now - timedelta(days=2))
    with transaction.atomic():
        waiting = _written(commune, writer, "law-temporary-stay")
        bulletins.submit(waiting, actor=Actor.of(writer))
        _written(commune, writer, "fire-dry-season")
        _weekly(commune, writer, approver)
    return Bulletin.objects.count()


def _known(*names: str) -> list[str]:
    return [name for name in names if channels.get(name) is not None]


def _words(code: str) -> dict[str, Any]:
    text = ReadyText.objects.get(unit=None, code=code)
    return {"ready_text": text, **{name: getattr(text, name) for name in ("kind", "event", "headline", "text", "short_text", "spoken_text")}}


def _written(commune: Unit, writer: User, code: str) -> Bulletin:
    return bulletins.write(commune, [commune], actor=Actor.of(writer), channels=_known("webpush", "sms", "email", "rss", "zalo"), **_words(code))


def _weekly(commune: Unit, writer: User, approver: User) -> None:
    row = bulletins.write(
        commune, [commune], actor=Actor.of(writer), channels=_known("loudspeaker", "rss"), repeats="weekly", weekdays=[2, 5], at_time=time(17, 30),
        first_on=clock.today() + timedelta(days=1), expires_at=clock.now() + timedelta(days=60), **_words("reminder-lock-gate"),
    )  # fmt: skip
    if row.channels:
        bulletins.approve(bulletins.submit(row, actor=Actor.of(writer)), actor=Actor.of(approver))


def _past(
    commune: Unit, people: tuple[User, User], code: str, *, at: datetime, follows: Bulletin | None = None, msg_type: str = MsgType.ALERT, text: str = ""
) -> Bulletin:
    """Write a bulletin that has gone out, with the sums of what came of it."""
    words = _words(code)
    if text:
        words |= {"text": text, "short_text": "", "spoken_text": ""}
    names = _known("webpush", "sms", "loudspeaker", "email", "rss", "zalo")
    row = Bulletin(
        unit=commune, state=BulletinState.FINISHED, channels=names, written_by=people[0], written_at=at - timedelta(hours=2), approved_by=people[1],
        approved_at=at, submitted_at=at - timedelta(hours=1), follows=follows, msg_type=msg_type, sealed="0", **words,
    )  # fmt: skip
    row.save()
    BulletinUnit.objects.create(bulletin=row, unit=commune)
    row.sealed = wording.fingerprint(row)
    row.save(update_fields=["sealed"])
    counted = {name: course for name, course in _COURSES.items() if name in names}
    dispatch = Dispatch.objects.create(
        bulletin=row, due_at=at, state=DispatchState.SETTLED, said=outbox.say(wording.message_of(row, at=at)), salt="", planned_at=at,
        settled_at=at + timedelta(minutes=2), meant={name: meant for name, (meant, _course) in counted.items()},
    )  # fmt: skip
    Tally.objects.bulk_create(_tallies(dispatch, counted, at.replace(second=0, microsecond=0)))
    return row


def _tallies(dispatch: Dispatch, counted: dict[str, tuple[int, dict[str, tuple[int, ...]]]], minute: datetime) -> list[Tally]:
    found = []
    for name, (meant, courses) in counted.items():
        found.append(Tally(dispatch=dispatch, channel=name, what="meant", minute=minute, count=meant))
        lost = meant - sum(courses["accepted"])
        if lost:
            found.append(Tally(dispatch=dispatch, channel=name, what="failed", minute=minute, count=lost))
        for what, counts in courses.items():
            found += [
                Tally(dispatch=dispatch, channel=name, what=what, minute=minute + timedelta(minutes=step), count=count)
                for step, count in enumerate(counts, start=1)
                if count
            ]
    return found

