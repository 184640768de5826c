"""Papers of a day and of a pledge, filled from the records by one press; the office then reads, signs and issues them (`papers`).

What is not known stays empty: a paper shows dots there, or leaves the line out. The words of papers are Vietnamese.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from django.utils import translation
from django.utils.translation import gettext_lazy as _

from liengia.core import clock
from liengia.core.actor import Actor
from liengia.core.errors import Invalid, NotFound
from liengia.core.templatetags.look import spaced_phone
from liengia.core.text import date_words, list_words
from liengia.festivals import links, rows, times
from liengia.festivals.models import (
    DayState,
    Direction,
    FestivalDay,
    GuestInvitation,
    ItemKind,
    Outcome,
    Part,
    Pledge,
    ProgrammeItem,
)
from liengia.opinions import forum_queries
from liengia.opinions.models import ForumQuestion
from liengia.organisations.models import MemberPost, Organisation, OrganisationKind, Task
from liengia.papers import services as papers
from liengia.papers.models import Issuer, Paper
from liengia.papers.services import LONGEST_VALUE, Draft

BASES: Final = (
    "Căn cứ Quyết định số 521/QĐ-TTg ngày 13/6/2005 của Thủ tướng Chính phủ về Ngày hội toàn dân bảo vệ an ninh Tổ quốc;\n"
    "Căn cứ Thông tư số 124/2021/TT-BCA ngày 28/12/2021 của Bộ trưởng Bộ Công an quy định khu dân cư, xã, phường, thị trấn, cơ quan,"
    " doanh nghiệp, cơ sở giáo dục đạt tiêu chuẩn “An toàn về an ninh, trật tự”;"
)
KINDS: Final = ("plan", "decision", "invitation", "programme", "script", "results")
Table = Sequence[Sequence[str]]


def issuer_for(day: FestivalDay, *, actor: Actor) -> Issuer:
    """Return who issues the papers of a day: the People's Committee of its commune that stands today, or its organising committee.

    Raises:
        Invalid: neither is known.
    """
    commune = day.unit.commune() or day.unit
    bodies = Organisation.objects.current().of_kind(OrganisationKind.PEOPLES_COMMITTEE).filter(unit__in=commune.lineage_ids())
    body = bodies.first() or day.committee
    if body is None:
        raise Invalid(_("Nobody is known who could issue it: enter the commune's People's Committee, or choose an organising committee."), code="no_issuer")
    return papers.issuer_of(body, actor=actor)


def draft(day: FestivalDay, kind: str, *, guest: GuestInvitation | None = None, actor: Actor) -> Paper:
    """Draft a paper of a day from its records.

    Raises:
        NotFound: no such kind. Invalid: nobody could issue it.
    """
    if kind not in KINDS:
        raise NotFound("")
    with translation.override("vi"):
        about, values, blocks = _MAKERS[kind](day) if guest is None else _invitation(day, guest)
        issuer = issuer_for(day, actor=actor)
    clean = {name: value[:LONGEST_VALUE] for name, value in values.items() if value}
    made = Draft(kind=kind, issuer=issuer, about=about[:300], values=clean, blocks={name: found for name, found in blocks.items() if found}, subject=day.subject, recipients="Như trên;\nLưu: VT.")
    return papers.draft_paper(made, actor=actor)


def draft_pledge(pledge: Pledge, *, actor: Actor) -> Paper:
    """Draft the paper of a pledge.

    Raises:
        Invalid: nobody could issue it.
    """
    parties = [str(one) for one in pledge.parties.select_related("organisation", "committee")]
    body = next((one.organisation or one.committee for one in pledge.parties.all()), None)
    if body is None:
        raise Invalid(_("Choose who signs first."), code="no_parties")
    values = {"các bên": "\n".join(parties), "thời hạn": f"từ ngày {pledge.valid_from:%d/%m/%Y} đến ngày {pledge.valid_to:%d/%m/%Y}"}
    lines = [[one.what, one.measure, f"{one.due_on:%d/%m/%Y}"] for one in pledge.promises.all()]
    issuer = papers.issuer_of(body, actor=actor)
    return papers.draft_paper(Draft(kind="pledge", issuer=issuer, about=pledge.title, values=values, blocks={"chỉ tiêu": lines}, subject=pledge.subject), actor=actor)


Made = tuple[str, dict[str, str], dict[str, Table]]


def _when(day: FestivalDay) -> str:
    here = clock.local(day.starts_at)
    until = f" đến {clock.local(day.ends_at):%H giờ %M}" if day.ends_at else ""
    return f"{here:%H giờ %M}{until}, {date_words(day.day)} ({times.lunar_words(day.day)})"


def _name(day: FestivalDay) -> str:
    return f"{day.title} tại {day.host_name}" if day.host_name not in day.title else day.title


def _where(day: FestivalDay) -> str:
    return f"{day.place}, {day.place_name}"


def _hours(item: ProgrammeItem) -> str:
    return f"{item.starts_at:%H:%M}" if item.starts_at else ""


def _part(day: FestivalDay, part: str) -> Table:
    return [[_hours(one), one.title, one.by_whom] for one in day.items.all() if one.part == part]


def _all(day: FestivalDay) -> Table:
    found = sorted(day.items.all(), key=lambda one: (one.starts_at is None, one.starts_at or clock.local(day.starts_at).time(), one.order))
    return [[_hours(one), one.title, one.by_whom] for one in found]


def _tasks(day: FestivalDay) -> Table:
    if day.committee is None:
        return []
    found = Task.objects.of_committee(day.committee).exclude(state="withdrawn").select_related("owner__organisation").order_by("due_on", "pk")
    return [[one.what, one.owner.office_title, f"{one.due_on:%d/%m/%Y}"] for one in found[:60]]


def _money(day: FestivalDay) -> str:
    lines = list(day.budget.select_related("donor"))
    if not lines:
        return ""
    spent = sum(one.planned for one in lines if one.direction == Direction.EXPENSE)
    given = [one for one in lines if one.direction == Direction.INCOME]
    whence = "; ".join(f"{one.what}{f' ({one.from_whom})' if one.from_whom else ''}: {rows.dong(one.planned)} đồng" for one in given)
    return f"Dự toán chi {rows.dong(spent)} đồng. Nguồn: {whence or 'ngân sách'}. Thu, chi công khai tại nơi tổ chức"


def _safety(day: FestivalDay) -> str:
    parade = getattr(day, "parade", None)
    roads = f"\n- Đường tạm cấm khi diễu hành: {parade.roads_closed}" if parade is not None and parade.roads_closed else ""
    return f"{day.safety_plan}{roads}".strip()


def _plan(day: FestivalDay) -> Made:
    invited = day.guests.count()
    values = {
        "căn cứ": BASES,
        "mục đích": "- Báo cáo trước Nhân dân việc đã làm, việc chưa làm trong một năm.\n- Nghe Nhân dân góp ý, trả lời tại chỗ hoặc hẹn ngày trả lời.\n- Biểu dương tập thể, cá nhân; ký kết giao ước thi đua.",
        "chủ đề": day.season.theme, "thời gian": _when(day), "địa điểm": _where(day),
        "thành phần": f"Nhân dân {day.place_name} và {invited} đại biểu được mời" if invited else f"Nhân dân {day.place_name}",
        "kinh phí": _money(day), "phương án mưa": day.rain_plan.rstrip("."), "an toàn": _safety(day),
    }  # fmt: skip
    return f"Tổ chức {_name(day)}", values, {"chương trình": _all(day), "phân công": _tasks(day)}


def _decision(day: FestivalDay) -> Made:
    seats = list(day.committee.members.filter(valid_to=None).select_related("organisation")) if day.committee else []
    order = list(MemberPost)
    seats.sort(key=lambda one: (order.index(MemberPost(one.post)), one.pk))
    people = [[one.office_title, one.organisation.name, f"{MemberPost(one.post).label[:1].upper()}{MemberPost(one.post).label[1:]}{f': {one.duty}' if one.duty else ''}"] for one in seats]
    values = {
        "căn cứ": BASES, "đề nghị": f"Theo đề nghị của Thường trực Ban Chỉ đạo {(day.unit.commune() or day.unit).full_name}",
        "điều 1": f"Thành lập Ban Tổ chức {_name(day)}, {date_words(day.day)}, gồm các thành viên có tên sau:",
        "điều 2": "Ban Tổ chức chuẩn bị, điều hành Ngày hội theo kế hoạch, bảo đảm an toàn, tiết kiệm; tự giải thể sau khi báo cáo kết quả.",
        "thi hành": "Văn phòng, các đơn vị liên quan và các thành viên Ban Tổ chức",
    }  # fmt: skip
    return f"Thành lập Ban Tổ chức {_name(day)}", values, {"danh sách": people}


def _invitation(day: FestivalDay, guest: GuestInvitation | None = None) -> Made:
    whom = " ".join(part for part in (guest.salutation, guest.name) if part) if guest else "Quý đại biểu và bà con"
    ask = ", ".join(part for part in (day.contact_office, spaced_phone(day.contact_phone) if day.contact_phone else "") if part)
    answer = f"tại {links.address(guest)}" if guest else ask
    values = {"kính mời": whom, "dự": _name(day), "thời gian": _when(day), "địa điểm": _where(day), "trả lời": answer}
    return f"Dự {_name(day)}", values, {}


def _programme(day: FestivalDay) -> Made:
    values = {"chủ đề": day.season.theme, "thời gian": _when(day), "địa điểm": _where(day)}
    return _name(day), values, {"chương trình": _part(day, Part.CEREMONY), "phần hội": _part(day, Part.FESTIVITIES)}


def _script(day: FestivalDay) -> Made:
    guests = [one.name for one in day.guests.all()[:40]]
    hello = f"Kính thưa quý vị đại biểu, kính thưa toàn thể bà con! Hôm nay, {date_words(day.day)}, {_name(day)} được tổ chức tại {day.place}."
    if guests:
        hello += f"\nVề dự có: {list_words(guests)}."
    spoken = [[_hours(one), one.title, one.script or f"Xin trân trọng kính mời: {one.by_whom or 'Ban Tổ chức'}."] for one in day.items.all()]
    values = {
        "thời gian": _when(day), "địa điểm": _where(day), "lời chào": hello,
        "lời kết": "Thay mặt Ban Tổ chức, xin cảm ơn quý vị đại biểu và bà con đã về dự. Chúc bà con dồi dào sức khỏe, giữ xóm ấp bình yên.",
    }  # fmt: skip
    return _name(day), values, {"lời dẫn": spoken}


def _results(day: FestivalDay) -> Made:
    items = list(day.items.prefetch_related("results"))
    forum = next((one.forum for one in items if one.kind == ItemKind.FORUM and one.forum is not None), None)
    before = _before(day)
    asked = ForumQuestion.objects.filter(forum=forum).shown().count() if forum else 0
    answered = len(forum_queries.hall(forum).answered) if forum else 0
    figures = [
        ["Số người dự", rows.dong(day.attendance), rows.dong(before.attendance) if before else ""],
        ["Ý kiến của Nhân dân tại diễn đàn", str(asked), ""],
        ["Ý kiến được trả lời tại chỗ", str(answered), ""],
        ["Đại biểu được mời; báo đến dự", f"{day.guests.count()}; {day.guests.filter(answer='comes').count()}", ""],
        ["Giao ước thi đua đã ký", str(day.pledges.exclude(state="draft").count()), ""],
    ]
    spent = [one for one in day.budget.all() if one.direction == Direction.EXPENSE and one.actual is not None]
    if spent:
        figures.append(["Thực chi (đồng)", rows.dong(sum(one.actual or 0 for one in spent)), ""])
    won = [f"- {one.title}: " + "; ".join(f"hạng {row.place} {row.who}{f' ({row.score})' if row.score else ''}" for row in one.results.all()) for one in items if one.results.all()]
    promised = [[task.what, task.owner.office_title, _became(task)] for task in (forum_queries.earlier_promises(forum) if forum else [])]
    values = {"kết quả": _held(day, items, won), "chưa đạt": _missed(day, items)}
    return f"Kết quả {_name(day)}", values, {"số liệu": figures, "việc đã hứa": promised}


def _became(task: Task) -> str:
    words = forum_queries.promise_words(task)[1]
    return f"{words[:1].upper()}{words[1:]}{f'. {task.result}' if task.result else ''}"


def _before(day: FestivalDay) -> FestivalDay | None:
    """Return the unit's festival before this one."""
    found = FestivalDay.objects.all().held().filter(unit__in=day.unit.lineage_ids(), organisation=day.organisation, starts_at__lt=day.starts_at)
    return found.first()


def _held(day: FestivalDay, items: Sequence[ProgrammeItem], won: Sequence[str]) -> str:
    if day.state not in (DayState.LIVE, DayState.ENDED) or day.began_at is None:
        return ""
    span = f"Ngày hội bắt đầu lúc {clock.local(day.began_at):%H giờ %M}"
    span += f", kết thúc lúc {clock.local(day.ended_at):%H giờ %M}" if day.ended_at else ""
    done = [one.title for one in items if one.began_at is not None]
    people = f" Có {rows.dong(day.attendance)} người dự." if day.attendance is not None else ""
    lines = [f"{span}, {date_words(day.day)}, tại {_where(day)}.{people}"]
    lines += [f"Đã thực hiện: {list_words(done)}."] if done else []
    return "\n".join([*lines, *(["Kết quả hội thi, trò chơi:", *won] if won else [])])


def _missed(day: FestivalDay, items: Sequence[ProgrammeItem]) -> str:
    """Say what was planned and not held, what was late, and what was promised and not kept; an office adds its own."""
    found = [f"- Không thực hiện: {one.title}." for one in items if day.began_at is not None and one.began_at is None]
    if day.began_at is not None and (late := int((day.began_at - day.starts_at).total_seconds() // 60)) > 10:
        found.append(f"- Bắt đầu trễ {late} phút.")
    if day.first_starts_at is not None:
        found.append(f"- Đã dời từ {date_words(clock.local(day.first_starts_at).date())}: {day.state_reason}")
    found += [f"- Chưa có: {one.what} ({one.brought_by})." for one in day.equipment.all() if not one.is_ready]
    broken = day.season.pledges.filter(unit=day.unit, promises__progress__outcome=Outcome.NOT_KEPT).distinct()
    found += [f"- Giao ước chưa giữ được: {one.title}." for one in broken]
    return "\n".join(found)


_MAKERS: Final[dict[str, Callable[[FestivalDay], Made]]] = {
    "plan": _plan, "decision": _decision, "invitation": _invitation, "programme": _programme, "script": _script, "results": _results,
}  # fmt: skip
