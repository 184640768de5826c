"""Papers of a listening forum: the minutes in the layout of Decree 30/2020, from the record alone."""

from __future__ import annotations

from django.utils import translation

from liengia.core import clock
from liengia.core.official_papers import Heading, Item, OfficialPaper, Paragraph, Piece, Signer, Table
from liengia.core.text import date_words
from liengia.opinions import forum_queries
from liengia.opinions.models.forums import ForumQuestion, ListeningForum


def minutes(forum: ListeningForum) -> OfficialPaper:
    """Return the minutes: who held it and how many came, each question with its answer or its date, what was concluded.

    Questions stand as their redacted copies; nobody who asked is named.
    """
    with translation.override("vi"):
        return _minutes(forum)


def _minutes(forum: ListeningForum) -> OfficialPaper:
    hosts = list(forum.hosts.all())
    commune = forum.unit.commune() or forum.unit
    lead = hosts[0].name if hosts else commune.full_name
    office = forum.chair_office or "Người chủ trì"
    return OfficialPaper(
        kind="Biên bản",
        about=f"Diễn đàn “Công an xã lắng nghe ý kiến của Nhân dân”\n{forum.title}",
        superior=f"Ủy ban nhân dân\n{commune.full_name}",
        issuer=lead,
        symbol="BB-DĐ",
        number=forum.minutes_number,
        body=[*_beginning(forum), *_questions(forum), *_conclusions(forum), *_end(forum)],
        signers=[Signer("Thư ký", forum.clerk_name), Signer("Chủ trì", forum.chair_name, [office] if forum.chair_office else [])],
        recipients=[*(f"{one.name};" for one in hosts), f"{commune.full_name} (báo cáo);", "Lưu: VT, hồ sơ diễn đàn."],
    )


def _hours(at: object) -> str:
    here = clock.local(at)  # type: ignore[arg-type]
    return f"{here:%H} giờ {here:%M}, {date_words(here.date())}"


def _beginning(forum: ListeningForum) -> list[Piece]:
    began = _hours(forum.began_at or forum.starts_at)
    led = ", ".join(part for part in (forum.chair_name, forum.chair_office) if part)
    report: list[Piece] = [Heading("I. Báo cáo của Công an trước Nhân dân"), Paragraph(forum.report)] if forum.report else []
    return [
        Paragraph(f"{began}.", lead="Thời gian bắt đầu:"),
        Paragraph(f"{forum.place}, {forum.unit.place_name}.", lead="Địa điểm:"),
        Paragraph(f"{', '.join(one.name for one in forum.hosts.all())}.", lead="Đơn vị tổ chức:"),
        Paragraph(f"{forum.attendance or 0} người dự.", lead="Thành phần tham dự:"),
        Paragraph(f"{led}.", lead="Chủ trì:"),
        Paragraph(f"{forum.clerk_name}.", lead="Thư ký:"),
        *report,
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
        Heading("II. Ý kiến của Nhân dân và trả lời"),
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
        Heading("III. Kết luận"),
        *(Item(one.text) for one in found),
        Table(["TT", "Việc phải làm", "Người chịu trách nhiệm", "Hạn"], rows, [1, 7, 5, 3], numbers=[0]),
    ]


def _end(forum: ListeningForum) -> list[Piece]:
    ended = _hours(forum.ended_at) if forum.ended_at else "…… giờ ……"
    return [Paragraph(f"Diễn đàn kết thúc lúc {ended}. Biên bản được đọc lại trước hội trường và mọi người thống nhất.")]
