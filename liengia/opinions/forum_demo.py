"""The demonstration's listening forums: one of the festival of 2023, one of last month, one to come. Invented throughout."""

from __future__ import annotations

import io
from datetime import date, datetime, time, timedelta
from typing import Final, NamedTuple

from django.utils.timezone import get_current_timezone
from PIL import Image, ImageDraw

from liengia.core import clock
from liengia.core.actor import Actor
from liengia.opinions import codes
from liengia.opinions.demo import date_back
from liengia.opinions.models import AnswerKind, Opinion, OpinionEvent
from liengia.opinions.models.forums import CameBy, ForumQuestion, ListeningForum
from liengia.opinions.services import (
    answers,
    forum_minutes,
    forum_questions,
    forum_survey,
    forums,
    publication,
)
from liengia.organisations import committee_services
from liengia.organisations.committee_services import Assignment
from liengia.organisations.models import Committee, Organisation, OrganisationKind, Task
from liengia.units.models import Unit

ACTOR: Final = Actor.system("demo")
FESTIVAL: Final = date(2023, 8, 6)
LED_BY: Final = {"chair_name": "Đặng Văn Mẫu", "clerk_name": "Mai Thị Thư"}


class Story(NamedTuple):
    """One invented question: how it came, its title and words, and the answer in the hall (none: in writing)."""

    came_by: str
    title: str
    text: str
    answer: str = ""


STORIES: Final = (
    Story(CameBy.PAPER, "Xe ba gác chở tôn chạy giờ học sinh tan trường", "Giờ tan trường xe ba gác chở tôn chạy ẩu quá, lòi cả khúc tôn ra ngoài. Bà con sợ dữ lắm, xin công an đứng chốt giùm.", "Từ thứ Hai tuần tới có tổ bảo vệ đứng chốt ở cổng trường từ 10 giờ 30 tới 11 giờ 15 và từ 16 giờ 30 tới 17 giờ 15."),
    Story(CameBy.SPOKEN, "Trộm gà, trộm mô tơ bơm nước ban đêm", "Hai tháng nay xóm tui mất hoài, bữa thì con gà, bữa thì cái mô tơ. Trình báo rồi mà chưa nghe nói gì.", "Ba vụ báo trong hai tháng đã làm rõ một. Từ nay ai báo mất, trong ba ngày Công an xã gọi lại nói đã làm tới đâu."),
    Story(CameBy.WEB, "Làm căn cước cho người già đi lại khó", "Má tôi hơn tám mươi, đi lại không nổi. Xin hỏi có làm căn cước tại nhà được không?", "Được. Bà con báo trưởng ấp, mỗi chiều thứ Năm cán bộ mang máy tới tận nhà."),
    Story(CameBy.PHONE, "Karaoke kẹo kéo tới mười giờ đêm", "Xe kẹo kéo hát ngoài lộ tới mười giờ đêm, con nít học bài không được.", "Tổ tuần tra nhắc và lập biên bản nếu hát quá giờ. Bà con nghe thì gọi trực ban ngay lúc đó."),
    Story(CameBy.PAPER, "Khúc sông bến đá không có bảng nước sâu", "Năm nào hè cũng có đứa nhỏ xém chết đuối ở bến đá. Sao không cắm bảng, rào lại?"),
    Story(CameBy.PAPER, "Camera đầu xóm hư cả năm", "Camera bà con hùn tiền gắn mà hư cả năm, hỏi ai cũng nói chờ. Giờ ai lo?"),
)  # fmt: skip


FESTIVAL_STORIES: Final = (
    Story(CameBy.PAPER, "Thanh niên nẹt pô, rượt nhau trên lộ ban đêm", "Tối thứ Bảy nào cũng có mấy chục đứa nẹt pô, rượt nhau trên lộ. Người già giật mình mất ngủ. Công an có cách gì không?", "Từ tuần này Công an các xã giáp ranh chốt chung ba tối cuối tuần, mời cả cha mẹ các cháu lên làm cam kết."),
    Story(CameBy.SPOKEN, "Gọi điện giả làm công an đòi chuyển tiền", "Má tui bị gọi nói dính vô vụ án, biểu chuyển hai chục triệu. Hên là hỏi cháu trước. Bà con gặp vậy phải làm sao?", "Công an không làm việc qua điện thoại, không đòi chuyển tiền. Bà con cúp máy, gọi trực ban xã; Công an xã phát tờ dặn dò tới từng hộ."),
    Story(CameBy.PAPER, "Đèn lộ đầu xóm tắt ba tháng", "Đèn lộ khúc đầu xóm tắt ba tháng, con nít đi học thêm về tối thui. Báo hoài chưa ai thay.", "Sáng mai tổ điện xã đi coi. Đèn thuộc xã thì thay trong tuần, thuộc điện lực thì Ủy ban có văn bản và dán ở nhà văn hóa cho bà con biết."),
    Story(CameBy.WEB, "Tổ liên gia xin thêm bình chữa cháy", "Tổ liên gia mười hai hộ mà có hai bình, một bình hết hạn. Xin xã coi lại giùm.", "Xã hỗ trợ mỗi tổ một bình, phần còn lại vận động mạnh thường quân. Trước mắt bình hết hạn đem lên xã đổi ngay."),
    Story(CameBy.PHONE, "Xe tải đậu lấn lề trước cổng chợ", "Sáng nào xe tải cũng đậu lấn hết lề trước cổng chợ, người đi bộ phải xuống lộ. Xin cắm bảng cấm đậu giờ chợ."),
)  # fmt: skip
# What was answered in writing afterwards, and carried out.
FESTIVAL_IN_WRITING: Final = "Xã đã thống nhất với Ban quản lý chợ: cấm xe tải đậu trước cổng chợ từ 5 giờ tới 9 giờ. Bảng cấm đậu sẽ cắm trước ngày 05/9/2023."


def load() -> int:
    """Load three sessions; needs units, organisations and opinions. Loading twice changes nothing."""
    if ListeningForum.objects.exists():
        return 0
    commune = Unit.objects.current().communes().order_by("code").first()
    if commune is None:
        return 0
    _festival(commune)
    _last_month(commune)
    _to_come(commune)
    return ListeningForum.objects.count()


def _moment(day: date, hour: int, minute: int = 0) -> datetime:
    return datetime.combine(day, time(hour, minute), tzinfo=get_current_timezone())


def _hosts(unit: Unit) -> list[Organisation]:
    kinds = (OrganisationKind.POLICE, OrganisationKind.FATHERLAND_FRONT)
    return list(Organisation.objects.filter(unit=unit, kind__in=kinds).order_by("kind", "pk").reverse())


def _festival(commune: Unit) -> None:
    """Tell of the forum at the festival of 6 August 2023: its questions and conclusions are invented."""
    before = [one for one in Unit.objects.at(FESTIVAL).filter(pk__in=commune.lineage_ids()) if one.pk != commune.pk]
    unit = before[0] if before else commune
    hosts = _hosts(unit) or _hosts(commune)
    committee = Committee.objects.filter(unit=commune).first()
    forum = forums.plan_forum(
        unit=commune, title="Công an lắng nghe ý kiến Nhân dân trong Ngày hội", place="Sân vận động huyện, cùng các xã bạn",
        starts_at=_moment(FESTIVAL, 8), hosts=hosts, actor=ACTOR, item_of="festival:2023-08-06", committee=committee,
        report="Sáu tháng đầu năm 2023, các xã giảm số vụ trộm so với cùng kỳ. Tổ liên gia và điểm chữa cháy công cộng được bà con góp công, góp của dựng lên. Việc còn làm chưa tốt: thanh niên tụ tập chạy xe ban đêm, đèn đường hư lâu mới thay.",
        chair_office="Trưởng ban tổ chức", **LED_BY,
    )  # fmt: skip
    forum = forums.begin_forum(forums.open_forum(forum, actor=ACTOR), actor=ACTOR, at=_moment(FESTIVAL, 8, 5))
    days = (clock.today() - FESTIVAL).days
    asked = [_ask(forum, story, days=days) for story in FESTIVAL_STORIES]
    _conclude_festival(forum)
    # As a reform leaves it: what was asked belongs to the commune of today, the session to the unit that held it.
    ListeningForum.objects.filter(pk=forum.pk).update(unit=unit)
    _hold(forum, attendance=420, began=_moment(FESTIVAL, 8, 5), ended=_moment(FESTIVAL, 10, 40), slips=(212, 61, 17), signed=FESTIVAL + timedelta(days=1))
    _answer_afterwards(asked[-1], forum, days=days)


def _answer_afterwards(opinion: Opinion, forum: ListeningForum, *, days: int) -> None:
    """Answer in writing what the hall did not, and follow it to its end; the minutes stay as they were signed."""
    answers.answer(
        opinion, kind=AnswerKind.IN_WRITING, text=FESTIVAL_IN_WRITING, signer_name=forum.chair_name, signer_office=forum.chair_office, actor=ACTOR
    )  # fmt: skip
    answers.publish(opinion, kept=publication.marked_words(opinion, FESTIVAL_IN_WRITING), actor=ACTOR)
    answers.follow_up(opinion, actor=ACTOR)
    answers.add_evidence(opinion, title="Bảng cấm đậu trước cổng chợ (hình vẽ)", data=_sign(), actor=ACTOR)
    answers.close(opinion, actor=ACTOR)
    date_back(opinion, days, was_late=False)
    done = _moment(date(2023, 9, 4), 9)
    OpinionEvent.objects.filter(opinion=opinion, verb__in=("evidence_added", "closed")).update(on=done.date(), at=done)
    Opinion.all_.filter(pk=opinion.pk).update(ended_at=done)


def _sign() -> bytes:
    """Draw the sign that the evidence shows; no photo of a real place."""
    made = Image.new("RGB", (960, 640), "#dfe9ee")
    draw = ImageDraw.Draw(made)
    draw.rectangle((0, 470, 960, 640), fill="#8a8f94")
    draw.rectangle((0, 455, 960, 475), fill="#c9c4b6")
    draw.rectangle((468, 250, 492, 600), fill="#5b6066")
    draw.ellipse((360, 60, 600, 300), fill="#b3261e")
    draw.ellipse((388, 88, 572, 272), fill="#1f5fa8")
    draw.line((412, 112, 548, 248), fill="#b3261e", width=26)
    out = io.BytesIO()
    made.save(out, "PNG")
    return out.getvalue()


def _conclude_festival(forum: ListeningForum) -> None:
    """Conclude three things: one kept, one kept late, one that was given up with its reason."""
    seats = list(forum.committee.members.order_by("pk")[:3]) if forum.committee else []
    if not seats:
        return
    names = ("Chốt chung ba tối cuối tuần trên lộ giáp ranh", "Phát tờ dặn dò lừa đảo qua điện thoại tới từng hộ", "Gắn camera ở bốn đầu xóm")
    dues = (FESTIVAL + timedelta(days=14), FESTIVAL + timedelta(days=30), date(2023, 12, 31))
    tasks = [Assignment(what, seats[place % len(seats)], due) for place, (what, due) in enumerate(zip(names, dues, strict=True))]
    forums.conclude(forum, text="Giữ lộ yên ban đêm, giữ bà con khỏi bị lừa.", tasks=tasks[:2], actor=ACTOR)
    forums.conclude(forum, text="Camera đầu xóm: vận động, gắn trong năm.", tasks=tasks[2:], actor=ACTOR)
    kept, late, given_up = (Task.objects.get(what=name) for name in names)
    committee_services.finish_task(kept, result="Chốt từ 11/8/2023, số vụ gọi báo còn một phần ba.", actor=ACTOR, at=_moment(date(2023, 8, 18), 16))
    committee_services.finish_task(late, result="Phát xong 2.140 hộ, trễ vì in lại.", actor=ACTOR, at=_moment(date(2023, 9, 19), 10))
    committee_services.withdraw_task(given_up, reason="Không đủ tiền trong năm; đưa vào dự án của huyện.", actor=ACTOR, at=_moment(date(2024, 1, 3), 9))


def _last_month(commune: Unit) -> None:
    day = clock.today() - timedelta(days=28)
    hamlet = Unit.objects.current().filter(parent=commune).order_by("code").first() or commune
    forum = forums.plan_forum(
        unit=hamlet, title="Trộm vặt, xe chạy ẩu và giấy tờ", place="Nhà văn hóa ấp", starts_at=_moment(day, 19), hosts=_hosts(commune),
        actor=ACTOR, committee=Committee.objects.filter(unit=commune).first(), chair_office=f"Trưởng Công an {commune.full_name.lower().replace(commune.name.lower(), commune.name)}",
        report="Từ đầu quý, địa bàn ấp có ba vụ trộm tài sản nhỏ, đã làm rõ một vụ; hai vụ đánh nhau sau khi nhậu được hòa giải. Chín mươi sáu hộ vào tổ liên gia an toàn phòng cháy, chữa cháy.", **LED_BY,
    )  # fmt: skip
    forum = forums.begin_forum(forums.open_forum(forum, actor=ACTOR), actor=ACTOR, at=_moment(day, 19, 5))
    for story in STORIES:
        _ask(forum, story, days=28)
    _conclude(forum, day)
    _hold(forum, attendance=126, began=_moment(day, 19, 5), ended=_moment(day, 21, 10), slips=(74, 21, 8), signed=day + timedelta(days=2))


def _ask(forum: ListeningForum, story: Story, *, days: int) -> Opinion:
    """Ask, let in, answer or promise."""
    opinion = forum_questions.ask(forum, text=story.text, code=codes.new_code(), came_by=story.came_by, actor=ACTOR)
    question = ForumQuestion.objects.get(opinion=opinion)
    _title, text = forum_questions.suggested(question)
    question = forum_questions.let_in(question, title=story.title, text=text, actor=ACTOR)
    if story.answer:
        forum_questions.answer_now(
            question, text=story.answer, signer_name=forum.chair_name, signer_office=forum.chair_office, actor=ACTOR, is_paste_meant=True,
            kept=publication.marked_words(opinion, story.answer),
        )  # fmt: skip
    elif days:
        forum_questions.promise(question, actor=ACTOR)
    if days:
        date_back(opinion, days, was_late=False)
        # What was asked then was due then: two of them are late by now, and everybody sees it.
        then, day = timedelta(days=days), clock.today() - timedelta(days=days)
        Opinion.all_.filter(pk=opinion.pk).update(due_at=opinion.due_at - then, intake_due_at=opinion.intake_due_at - then, filed_on=day)
    return Opinion.all_.get(pk=opinion.pk)


def _conclude(forum: ListeningForum, day: date) -> None:
    seat = forum.committee.members.order_by("pk")[1] if forum.committee else None
    if seat is None:
        return
    kept = Assignment("Đứng chốt cổng trường giờ tan học, mỗi ngày hai lượt", seat, day + timedelta(days=7))
    late = Assignment("Cắm bảng nước sâu và rào bến đá", seat, day + timedelta(days=21))
    forums.conclude(forum, text="Giữ an toàn cho học trò trên lộ và dưới sông.", tasks=[kept, late], actor=ACTOR)
    forums.conclude(
        forum, text="Camera bà con hùn tiền phải có người lo.",
        tasks=[Assignment("Kiểm lại 12 camera, sửa hoặc trả lời từng cái", seat, clock.today() + timedelta(days=12))], actor=ACTOR,
    )  # fmt: skip
    task = Task.objects.get(what=kept.what)
    committee_services.finish_task(task, result="Đã đứng chốt từ ngày thứ năm, có sổ ghi.", actor=ACTOR, at=_moment(day + timedelta(days=5), 11))


def _hold(forum: ListeningForum, *, attendance: int, began: datetime, ended: datetime, slips: tuple[int, int, int], signed: date) -> None:
    """Take a session to its signed minutes."""
    if forum.state == "planned":
        forum = forums.begin_forum(forums.open_forum(forum, actor=ACTOR), actor=ACTOR, at=began)
    forum = forums.close_forum(forum, attendance=attendance, actor=ACTOR, at=ended)
    for number in range(1, 6):
        satisfied, so_so, not_satisfied = slips
        tally = {(number, "satisfied"): satisfied - 3 * number, (number, "so_so"): so_so + 2 * number, (number, "not_satisfied"): not_satisfied + number}
        forum_survey.count_paper(forum, phase="after", tally=tally, actor=ACTOR)
    forum_minutes.sign_minutes(forum, signed_on=signed, number=forum.pk, actor=ACTOR)


def _to_come(commune: Unit) -> None:
    hamlet = Unit.objects.current().filter(parent=commune).order_by("code").first() or commune
    forum = forums.plan_forum(
        unit=hamlet, title="Giữ xóm ấp yên những ngày giáp Tết", place="Nhà văn hóa ấp", starts_at=_moment(clock.today() + timedelta(days=9), 19),
        hosts=_hosts(commune), actor=ACTOR, committee=Committee.objects.filter(unit=commune).first(), **LED_BY,
    )  # fmt: skip
    forum = forums.open_forum(forum, actor=ACTOR)
    for story in (
        Story(CameBy.WEB, "Pháo nổ cuối năm", "Mấy năm nay cứ gần Tết là có đứa đốt pháo trong xóm. Năm nay công an tính sao?"),
        Story(CameBy.WEB, "Giữ xe chợ hoa", "Chợ hoa năm rồi mất xe mấy chiếc. Xin có chỗ giữ xe đàng hoàng, giá ghi rõ."),
    ):
        _ask(forum, story, days=0)
