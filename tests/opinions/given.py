"""Makers of opinions for tests, and the office that handles them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from liengia.core.actor import Actor
from liengia.opinions import codes, services
from liengia.opinions.models import AnswerKind, Opinion, RefusalReason, Topic
from liengia.people import services as people
from liengia.people.models import User
from tests import factories
from tests.cast import TESTER, Cast, assemble

LAMP = "Đèn đường số 14 tắt một tuần nay, đoạn cua gần miếu tối thui, hôm qua có người té xe."


@dataclass(slots=True)
class Office:
    """The cast, with those who work on opinions: a moderator, a specialist, the chairman, the Front's officer."""

    cast: Cast
    duyen: User
    tho: User
    chairman: User
    front: User

    @property
    def commune(self) -> Any:
        """The commune of all of them."""
        return self.cast.commune


def office() -> Office:
    """Make the cast and the office."""
    cast = assemble()
    made = {}
    for name, full_name, role in (
        ("duyen", "Đỗ Thị Duyên", "commune_editor"),
        ("tho", "Lê Văn Thợ", "specialist"),
        ("chairman", "Võ Văn Chủ Tịch", "commune_chairman"),
        ("front", "Mai Thị Mặt Trận", "front_officer"),
    ):
        made[name] = factories.user(name, full_name, is_staff=True)
        people.assign_role(made[name], role, cast.commune, actor=TESTER)
    return Office(cast, **made)


def topic(code: str = "lighting") -> Topic:
    """Return a shipped topic."""
    return Topic.objects.get(unit=None, code=code)


def reason(code: str = "crime_report") -> RefusalReason:
    """Return a shipped reason."""
    return RefusalReason.objects.get(code=code)


def filed(here: Office, text: str = LAMP, *, code: str = "", **facts: Any) -> Opinion:
    """File an opinion from the web."""
    draft = services.Draft(here.commune, text, **{"place_words": "đường Trần Hưng Đạo", **facts})
    return services.file_opinion(draft, code=code or codes.new_code())


def sorted_(here: Office, **facts: Any) -> Opinion:
    """File an opinion and sort it."""
    return services.sort(filed(here, **facts), topic=topic(), actor=Actor.of(here.duyen))


def answered(here: Office, text: str = "Điện lực đã thay bóng đèn số 14 chiều ngày 24/11, đèn sáng lại.", **facts: Any) -> Opinion:
    """File, sort and answer in writing."""
    opinion = sorted_(here, **facts)
    services.answer(
        opinion, kind=AnswerKind.IN_WRITING, text=text, signer_name="Ông Võ Văn Chủ Tịch", signer_office="UBND xã Cần Đước",
        actor=Actor.of(here.duyen),
    )  # fmt: skip
    return Opinion.all_.get(pk=opinion.pk)


def public(here: Office, title: str = "Đèn đường số 14 tắt", text: str = LAMP, **facts: Any) -> Opinion:
    """File, sort, and publish the redacted copy."""
    opinion = sorted_(here, text=text, **facts)
    services.publish_text(opinion, title=title, text=text, place_words="đường Trần Hưng Đạo", actor=Actor.of(here.duyen))
    return Opinion.all_.get(pk=opinion.pk)
