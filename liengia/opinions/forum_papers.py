"""Papers of a listening forum in the layout of Decree 30/2020, from the record alone: the minutes, and an addition to them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from django.utils import translation

from liengia.core import clock
from liengia.core.official_papers import (
    Heading,
    Item,
    OfficialPaper,
    Paragraph,
    Piece,
    Signer,
    Table,
    number_words,
)
from liengia.core.text import date_words
from liengia.opinions import forum_queries
from liengia.opinions.models.forums import ForumQuestion, ListeningForum
from liengia.organisations.models import OrganisationKind, Task
from liengia.units.models import Level

_SYMBOL: Final = "BB-DĐ"
# What each kind of a commune's host stands under, in the province.
_SUPERIOR: Final = {OrganisationKind.POLICE: "Công an ", OrganisationKind.FATHERLAND_FRONT: "Ủy ban Mặt trận Tổ quốc Việt Nam\n"}
_ROMAN: Final = ("I", "II", "III", "IV", "V")
_FACT_WORDS: Final = {
    "attendance": "Số người dự", "place": "Địa điểm", "chair_name": "Chủ trì", "chair_office": "Chức vụ của người chủ trì",
    "clerk_name": "Thư ký",
}  # fmt: skip


def minutes(forum: ListeningForum) -> OfficialPaper:
    """Return the minutes: who held it and how many came, each question with its answer or its date, what was concluded.

    Questions stand as their redacted copies; nobody who asked is named.
    """
    with translation.override("vi"):
        return _minutes(forum)


def _minutes(forum: ListeningForum) -> OfficialPaper:
    superior, issuer = _head(forum)
    return OfficialPaper(
        kind="Biên bản",
        about=f"Diễn đàn “Công an xã lắng nghe ý kiến của Nhân dân”\n{forum.title}",
        superior=superior,
        issuer=issuer,
        symbol=_SYMBOL,
        number=forum.minutes_number,
        body=[*_beginning(forum), *_parts(forum), *_end(forum)],
        signers=_signers(forum),
        recipients=_recipients(forum),
    )


def addition(
    before: ListeningForum, after: ListeningForum, changed: Sequence[str], *, words: str, number: int
) -> OfficialPaper:
    """Return an addition to signed minutes: which ones, why, and each fact as it was and as it is to read."""
    with translation.override("vi"):
        return _addition(before, after, changed, words=words, number=number)


def _addition(
    before: ListeningForum, after: ListeningForum, changed: Sequence[str], *, words: str, number: int
) -> OfficialPaper:
    superior, issuer = _head(after)
    which = number_words(before.minutes_number, _SYMBOL).replace("Số: ", "số ") if before.minutes_number else ""
    signed = f"ngày {before.signed_on:%d/%m/%Y}" if before.signed_on else ""
    rows = [[_FACT_WORDS[name], str(getattr(before, name) or "(trống)"), str(getattr(after, name) or "(trống)")] for name in changed]
    facts: list[Piece] = [Table(["Nội dung", "Đã ghi", "Đọc lại là"], rows, [4, 5, 5])] if rows else []
    return OfficialPaper(
        kind="Biên bản bổ sung",
        about=f"Biên bản diễn đàn “Công an xã lắng nghe ý kiến của Nhân dân”\n{after.title}",
        superior=superior,
        issuer=issuer,
        symbol=_SYMBOL,
        number=None,
        body=[
            Paragraph(f"Lần bổ sung thứ {number}, cho Biên bản {which} ký {signed}.".replace("  ", " ")),
            Paragraph(words, lead="Nội dung và lý do:"),
            *facts,
            Paragraph("Biên bản đã ký được giữ nguyên; bản bổ sung này là một phần của hồ sơ diễn đàn."),
        ],
        signers=_signers(after),
        recipients=_recipients(after),
    )


def _head(forum: ListeningForum) -> tuple[str, str]:
    """Return who stands directly above the first host, and the host: the commune's police stand under the province's, not under the commune.

    Who holds it alone, or with nobody of these, is the People's Committee of the commune, which names nobody above it.

    Source: Decree 30/2020/NĐ-CP, annex I, part II.2 (the directly superior body, if there is one).
    """
    commune = forum.unit.commune() or forum.unit
    host = forum.hosts.first()
    if host is None or host.kind == OrganisationKind.PEOPLES_COMMITTEE:
        return "", f"Ủy ban nhân dân\n{commune.full_name}"
    above = _SUPERIOR.get(OrganisationKind(host.kind), "")
    province = commune.parent.full_name if commune.parent is not None else ""
    is_communes = host.unit_id is not None and host.unit.level == Level.COMMUNE
    return f"{above}{province[:1].lower()}{province[1:]}" if above and province and is_communes else "", host.name


def _signers(forum: ListeningForum) -> list[Signer]:
    return [Signer("Thư ký", forum.clerk_name), Signer("Chủ trì", forum.chair_name, [forum.chair_office] if forum.chair_office else [])]


def _recipients(forum: ListeningForum) -> list[str]:
    commune = forum.unit.commune() or forum.unit
    return [*(f"{one.name};" for one in forum.hosts.all()), f"Ủy ban nhân dân {commune.full_name[:1].lower()}{commune.full_name[1:]} (báo cáo);", "Lưu: VT, hồ sơ diễn đàn."]


def _parts(forum: ListeningForum) -> list[Piece]:
    """Number the parts that there are; what was promised last time comes first."""
    every = (_earlier(forum), _report(forum), _questions(forum), _conclusions(forum))
    found: list[Piece] = []
    for number, part in zip(_ROMAN, [one for one in every if one], strict=False):
        head = part[0]
        assert isinstance(head, Heading)
        found += [Heading(f"{number}. {head.text}"), *part[1:]]
    return found


def _earlier(forum: ListeningForum) -> list[Piece]:
    rows = [
        [str(number), task.what, str(task.owner.office_title), f"{task.due_on:%d/%m/%Y}", _became(task)]
        for number, task in enumerate(forum_queries.earlier_promises(forum), start=1)
    ]
    if not rows:
        return []
    head = ["TT", "Việc đã hứa", "Người chịu trách nhiệm", "Hạn", "Kết quả"]
    return [Heading("Việc đã hứa ở diễn đàn trước"), Table(head, rows, [1, 6, 4, 3, 4], numbers=[0])]


def _became(task: Task) -> str:
    words = forum_queries.promise_words(task)[1]
    return f"{words[:1].upper()}{words[1:]}" + (f". {task.result}" if task.result else "")


def _report(forum: ListeningForum) -> list[Piece]:
    return [Heading("Báo cáo của Công an trước Nhân dân"), Paragraph(forum.report)] if forum.report else []


def _hours(at: object) -> str:
    here = clock.local(at)  # type: ignore[arg-type]
    return f"{here:%H} giờ {here:%M}, {date_words(here.date())}"


def _beginning(forum: ListeningForum) -> list[Piece]:
    began = _hours(forum.began_at or forum.starts_at)
    led = ", ".join(part for part in (forum.chair_name, forum.chair_office) if part)
    return [
        Paragraph(f"{began}.", lead="Thời gian bắt đầu:"),
        Paragraph(f"{forum.place}, {forum.unit.place_name}.", lead="Địa điểm:"),
        Paragraph(f"{', '.join(one.name for one in forum.hosts.all())}.", lead="Đơn vị tổ chức:"),
        Paragraph(f"{forum.attendance or 0} người dự.", lead="Thành phần tham dự:"),
        Paragraph(f"{led}.", lead="Chủ trì:"),
        Paragraph(f"{forum.clerk_name}.", lead="Thư ký:"),
    ]


def _one(number: int, question: ForumQuestion) -> list[Piece]:
    text = question.opinion.current_text
    asked = Paragraph(f"{text.title}. {text.text}" if text else "", lead=f"{number}.")
    if question.answer_text:
        kind = "Trả lời tại chỗ:" if question.is_answered_on_spot else "Trả lời bằng văn bản:"
        return [asked, Paragraph(question.answer_text, lead=kind)]
    return [asked, Paragraph(f"trước hết ngày {clock.local(question.opinion.due_at):%d/%m/%Y}.", lead="Sẽ trả lời bằng văn bản")]


def _questions(forum: ListeningForum) -> list[Piece]:
    found = forum_queries.hall(forum)
    every = [*found.answered, *([found.floor] if found.floor else []), *found.queue, *found.in_writing]
    answered, later = len(found.answered), found.count - len(found.answered)
    counts = Paragraph(f"Có {found.count} ý kiến; {answered} ý kiến được trả lời tại chỗ, {later} ý kiến được trả lời bằng văn bản.")
    return [
        Heading("Ý kiến của Nhân dân và trả lời"),
        counts,
        *(piece for number, one in enumerate(every, start=1) for piece in _one(number, one)),
    ]


def _conclusions(forum: ListeningForum) -> list[Piece]:
    found = forum_queries.conclusions(forum)
    if not found:
        return []
    rows = [
        [str(number), task.what, str(task.owner.office_title), f"{task.due_on:%d/%m/%Y}"]
        for number, task in enumerate((task for one in found for task in one.tasks.all()), start=1)
    ]
    return [
        Heading("Kết luận"),
        *(Item(one.text) for one in found),
        Table(["TT", "Việc phải làm", "Người chịu trách nhiệm", "Hạn"], rows, [1, 7, 5, 3], numbers=[0]),
    ]


def _end(forum: ListeningForum) -> list[Piece]:
    ended = _hours(forum.ended_at) if forum.ended_at else "…… giờ ……"
    return [Paragraph(f"Diễn đàn kết thúc lúc {ended}. Biên bản được đọc lại trước hội trường và mọi người thống nhất.")]
