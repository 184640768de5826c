"""Papers of a day and of a pledge, filled from the records by one press; the office then reads, signs and issues them (`papers`).

What is not known stays empty: a paper shows dots there, or leaves the line out. The words of papers are Vietnamese.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Final

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from liengia.core import clock
from liengia.core.actor import Actor
from liengia.core.errors import Invalid, NotFound
from liengia.core.templatetags.look import spaced_phone
from liengia.core.text import date_words, list_words
from liengia.festivals import awards, links, queries, rows, said, tied, times
from liengia.festivals.counts import attendance
from liengia.festivals.models import (
    DayEvent,
    DayState,
    Direction,
    EventKind,
    FestivalDay,
    GuestInvitation,
    ItemKind,
    Outcome,
    Part,
    Pledge,
    PledgeProgress,
    ProgrammeItem,
)
from liengia.festivals.paper_kinds import COMMITTEE
from liengia.festivals.services import live
from liengia.festivals.services.base import take_day
from liengia.opinions import forum_queries
from liengia.opinions.models import ForumQuestion
from liengia.organisations.models import (
    Committee,
    CommitteeMember,
    MemberPost,
    Organisation,
    OrganisationKind,
    Task,
)
from liengia.papers import services as papers
from liengia.papers.models import Issuer, Paper, PaperState
from liengia.papers.services import LONGEST_VALUE, Draft
from liengia.units.models import Unit

BASES: Final = (
    "Căn cứ Quyết định số 521/QĐ-TTg ngày 13/6/2005 của Thủ tướng Chính phủ về Ngày hội toàn dân bảo vệ an ninh Tổ quốc;\n"
    "Căn cứ Thông tư số 124/2021/TT-BCA ngày 28/12/2021 của Bộ trưởng Bộ Công an quy định khu dân cư, xã, phường, thị trấn, cơ quan,"
    " doanh nghiệp, cơ sở giáo dục đạt tiêu chuẩn “An toàn về an ninh, trật tự”;"
)
# Communes that were merged since held the days of one season within so many days of each other.
SAME_SEASON: Final = timedelta(days=60)
MOST_BEFORE: Final = 100
# Kept for the line that says what was left out.
CUT_ROOM: Final = 80
KINDS: Final = ("plan", COMMITTEE.code, "invitation", "programme", "script", "minutes", "results")
# Where each goes; an office changes it before it issues the paper.
RECIPIENTS: Final = {
    "plan": "Thường trực Đảng ủy, Hội đồng nhân dân (để báo cáo);\nCác cơ quan, đoàn thể, ấp, khu phố (để thực hiện);\nLưu: VT.",
    COMMITTEE.code: "Như Điều 3;\nLưu: VT.", "invitation": "Như trên;\nLưu: VT.", "programme": "Đại biểu dự;\nBan Tổ chức;\nLưu: VT.", "script": "",
    "minutes": "Ban Tổ chức;\nLưu: VT.", "results": "Thường trực Đảng ủy, Hội đồng nhân dân (để báo cáo);\nCác cơ quan, đoàn thể, ấp, khu phố;\nLưu: VT.",
}  # fmt: skip
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


@transaction.atomic
def open_or_draft(day: FestivalDay, kind: str, *, guest: GuestInvitation | None = None, actor: Actor) -> tuple[Paper, bool]:
    """Return the draft of a paper that lies there, or draft it, and whether it is new: pressed twice, also by two at once, it is one.

    Raises:
        NotFound, Invalid: as `draft`.
    """
    row = take_day(day)
    found = tied.lying(row, kind, guest)
    return (found, False) if found is not None else (draft(day, kind, guest=guest, actor=actor), True)


@transaction.atomic
def open_or_draft_pledge(pledge: Pledge, *, actor: Actor) -> tuple[Paper, bool]:
    """Return the draft of a pledge's paper that lies there, or draft it, and whether it is new.

    Raises:
        Invalid: as `draft_pledge`.
    """
    row = Pledge.objects.select_for_update(of=("self",)).get(pk=pledge.pk)
    found = Paper.objects.all().about_subject(row.subject).filter(kind="pledge", state=PaperState.DRAFT).order_by("-pk").first()
    return (found, False) if found is not None else (draft_pledge(pledge, actor=actor), True)


@transaction.atomic
def draft(day: FestivalDay, kind: str, *, guest: GuestInvitation | None = None, actor: Actor) -> Paper:
    """Draft a paper of a day from its records.

    Raises:
        NotFound: no such kind. Invalid: nobody could issue it; or it forms a committee without members (code "no_members").
    """
    if kind not in KINDS:
        raise NotFound("")
    if kind == COMMITTEE.code and not _seats(day):
        where = _("This decision names the members of the organising committee, and none is entered. Enter them here first.") if day.committee is None else _("This decision names the committee's members, and none is entered. Enter them under Committees first.")
        raise Invalid(where, code="no_members")
    with translation.override("vi"):
        about, values, blocks = _MAKERS[kind](day) if guest is None else _invitation(day, guest)
        issuer = issuer_for(day, actor=actor)
    clean = {name: _cut(value) for name, value in values.items() if value}
    made = Draft(kind=kind, issuer=issuer, about=about[:300], values=clean, blocks={name: found for name, found in blocks.items() if found}, subject=day.subject, recipients=RECIPIENTS[kind], signers=_signers(kind, issuer))
    paper = papers.draft_paper(made, actor=actor)
    tied.tie(day, paper, guest)
    return paper


def _cut(value: str) -> str:
    """Leave out whole lines for which a paper has no room, and say how many: what is missing must not look as if it had never been."""
    if len(value) <= LONGEST_VALUE:
        return value
    lines = value.split("\n")
    kept = next((n for n in range(len(lines), 0, -1) if len("\n".join(lines[:n])) <= LONGEST_VALUE - CUT_ROOM), 0)
    if not kept:
        return f"{value[: LONGEST_VALUE - CUT_ROOM].rstrip()}… (quá dài, chưa ghi hết)"
    return "\n".join([*lines[:kept], f"(Còn {len(lines) - kept} dòng ở cuối không đủ chỗ, chưa ghi ở đây.)"])


def _signers(kind: str, issuer: Issuer) -> list[tuple[str, str]]:
    """Return the offices that sign; the office writes their names."""
    if kind == "minutes":
        return [("Thư ký", ""), ("Chủ trì", "")]
    is_committee_s = issuer.organisation is not None and issuer.organisation.kind == OrganisationKind.PEOPLES_COMMITTEE
    return [("Chủ tịch" if is_committee_s else "Trưởng ban", "")]


def draft_pledge(pledge: Pledge, *, actor: Actor) -> Paper:
    """Draft the paper of a pledge.

    Raises:
        Invalid: nobody could issue it.
    """
    parties = [str(one) for one in pledge.parties.select_related("organisation", "committee")]
    body = next((one.organisation or one.committee for one in pledge.parties.all()), None)
    if body is None:
        raise Invalid(_("Choose who signs first."), code="no_parties")
    values = {"các bên": "\n".join(f"- {one}" for one in parties), "thời hạn": f"từ ngày {pledge.valid_from:%d/%m/%Y} đến ngày {pledge.valid_to:%d/%m/%Y}"}
    lines = [[one.what, one.measure, f"{one.due_on:%d/%m/%Y}"] for one in pledge.promises.all()]
    issuer = papers.issuer_of(body, actor=actor)
    # The kind stands above it already: "GIAO ƯỚC THI ĐUA / Giữ xóm ấp bình yên".
    short = pledge.title.removeprefix("Giao ước thi đua").strip() or pledge.title
    signers = [(f"Đại diện {one}"[:120], "") for one in parties] if len(parties) <= papers.MOST_SIGNERS else []
    made = Draft(
        kind="pledge", issuer=issuer, about=f"{short[:1].upper()}{short[1:]}", values=values, blocks={"chỉ tiêu": lines}, subject=pledge.subject,
        signers=signers if len(signers) > 1 else [],
    )  # fmt: skip
    return papers.draft_paper(made, actor=actor)


Made = tuple[str, dict[str, str], dict[str, Table]]


def _hours(item: ProgrammeItem) -> str:
    return f"{item.starts_at:%H:%M}" if item.starts_at else ""


def _in_time(day: FestivalDay, part: str = "") -> list[ProgrammeItem]:
    return queries.in_order(one for one in day.items.all() if part in ("", one.part))


def _table(items: Sequence[ProgrammeItem]) -> Table:
    return [[_hours(one), one.title, one.by_whom] for one in items]


def _tasks(day: FestivalDay) -> Table:
    if day.committee is None:
        return []
    found = Task.objects.of_committee(day.committee).exclude(state="withdrawn").select_related("owner__organisation").order_by("due_on", "pk")
    if day.committee.kind != Committee.Kind.ORGANISING:
        # A standing committee has much else to do: only what it was given for these weeks, and not by a meeting.
        found = found.filter(conclusion=None, due_on__gte=day.season.starts_on, due_on__lte=day.season.ends_on)
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
        "chủ đề": day.season.theme, "thời gian": said.when(day), "địa điểm": said.where(day),
        "thành phần": f"Nhân dân {said.spoken(day.place_name)} và {invited} đại biểu được mời." if invited else f"Nhân dân {said.spoken(day.place_name)}.",
        "kinh phí": _money(day), "phương án mưa": day.rain_plan.rstrip("."), "an toàn": _safety(day),
    }  # fmt: skip
    return f"Tổ chức {said.name(day)}", values, {"chương trình": _table(_in_time(day)), "phân công": _tasks(day)}


def _decision(day: FestivalDay) -> Made:
    seats = _seats(day)
    people = [[one.office_title, one.organisation.name, f"{MemberPost(one.post).label[:1].upper()}{MemberPost(one.post).label[1:]}{f': {said.spoken(one.duty)}' if one.duty else ''}"] for one in seats]
    commune = day.unit.commune() or day.unit
    values = {
        "người quyết định": f"Chủ tịch Ủy ban nhân dân {said.spoken(commune.full_name)}".upper(), "căn cứ": BASES,
        "đề nghị": f"Thường trực Ban Chỉ đạo phong trào Toàn dân bảo vệ an ninh Tổ quốc {said.spoken(commune.full_name)}",
        "thành lập": f"Ban Tổ chức {said.name(day)}, {date_words(day.day)}",
        "nhiệm vụ": "Ban Tổ chức chuẩn bị, điều hành Ngày hội theo kế hoạch, bảo đảm an toàn, tiết kiệm; tự giải thể sau khi báo cáo kết quả.",
        "thi hành": "Văn phòng, các đơn vị liên quan",
    }  # fmt: skip
    return f"Về việc thành lập Ban Tổ chức {said.name(day)}", values, {"thành viên": people}


def _seats(day: FestivalDay) -> list[CommitteeMember]:
    """Return the seats of a day's committee, the chair first."""
    seats = list(day.committee.members.filter(valid_to=None).select_related("organisation")) if day.committee else []
    order = list(MemberPost)
    return sorted(seats, key=lambda one: (order.index(MemberPost(one.post)), one.pk))


def _invitation(day: FestivalDay, guest: GuestInvitation | None = None) -> Made:
    whom = said.whom(guest)
    ask = ", ".join(part for part in (day.contact_office, spaced_phone(day.contact_phone) if day.contact_phone else "") if part)
    values = {"kính mời": whom, "dự": said.name(day), "thời gian": said.when(day), "địa điểm": said.where(day), "trả lời": links.address(guest) if guest else ask}
    return f"Dự {said.name(day)}", values, {}


def _programme(day: FestivalDay) -> Made:
    values = {"chủ đề": day.season.theme, "thời gian": said.when(day), "địa điểm": said.where(day)}
    return said.name(day), values, {"chương trình": _table(_in_time(day, Part.CEREMONY)), "phần hội": _table(_in_time(day, Part.FESTIVITIES))}


# What a master of ceremonies says where the programme has no words of its own; {0} is who, {1} what.
SPOKEN: Final = {
    ItemKind.WELCOME: "Mở đầu Ngày hội, xin mời {0} trình bày các tiết mục văn nghệ chào mừng.",
    ItemKind.FLAG: "Xin mời quý vị đại biểu và bà con đứng dậy, chỉnh đốn trang phục, làm lễ chào cờ. Nghiêm! Chào cờ, chào! Thôi! Xin mời an tọa.",
    ItemKind.OPENING: "Sau đây, xin mời {0} tuyên bố lý do, giới thiệu đại biểu và thông qua chương trình.",
    ItemKind.ADDRESS: "Trân trọng kính mời {0} đọc diễn văn kỷ niệm. Xin cảm ơn.",
    ItemKind.REPORT: "Trân trọng kính mời {0} báo cáo trước bà con việc đã làm, việc chưa làm trong một năm qua.",
    ItemKind.FORUM: "Xin mời {0} chủ trì phần lắng nghe ý kiến. Bà con hỏi tại chỗ hoặc gửi câu hỏi ở bàn ghi; câu nào chưa trả lời được thì có ngày hẹn.",
    ItemKind.AWARDS: "Trân trọng kính mời {0} công bố quyết định và trao thưởng. Xin mời các tập thể, cá nhân có tên lần lượt lên nhận theo thứ tự gọi.",
    ItemKind.SUPERIOR: "Trân trọng kính mời {0} phát biểu với bà con.",
    ItemKind.REPLY: "Xin mời {0} đáp từ.",
    ItemKind.PLEDGE: "Xin mời đại diện {0} lên ký kết giao ước thi đua trước sự chứng kiến của bà con.",
    ItemKind.CLOSING: "Xin mời {0} tuyên bố bế mạc phần lễ. Phần hội xin được bắt đầu.",
    ItemKind.PARADE: "Đoàn diễu hành của {0} xin mời vào vị trí, nghe hiệu lệnh thì xuất phát.",
    ItemKind.DRILL: "Xin mời {0} vào vị trí thực tập. Đây là diễn tập; bà con đứng ngoài vạch và làm theo người hướng dẫn.",
    ItemKind.STAND: "Xin mời bà con ghé gian hàng của {0}.",
}  # fmt: skip


def _script(day: FestivalDay) -> Made:
    guests = [one.name for one in day.guests.all()[:40]]
    hello = f"Kính thưa quý vị đại biểu, kính thưa toàn thể bà con! Hôm nay, {date_words(day.day)}, {said.name(day)} được tổ chức tại {said.where(day)}."
    if guests:
        hello += f"\nVề dự có: {list_words(guests)}."
    spoken = [[_hours(one), one.title, one.script or _words_for(one)] for one in _in_time(day)]
    values = {
        "thời gian": said.when(day), "địa điểm": said.where(day), "lời chào": hello,
        "lời kết": "Thay mặt Ban Tổ chức, xin cảm ơn quý vị đại biểu và bà con đã về dự. Chúc bà con dồi dào sức khỏe, giữ xóm ấp bình yên.",
    }  # fmt: skip
    return said.name(day), values, {"lời dẫn": spoken}


def _words_for(item: ProgrammeItem) -> str:
    who = item.by_whom or "Ban Tổ chức"
    words = SPOKEN.get(ItemKind(item.kind), "Sau đây là {1}. Xin mời {0}.").format(said.spoken(who) if who.startswith(("Các ", "Đội ", "Đơn ")) else who, said.spoken(item.title))
    signs = list_words([f"Quyết định số {one.paper.sign}" for one in item.decisions.filter(awards.told()).select_related("paper__issuer").order_by("pk")])
    return f"{words} ({signs})" if signs else words


def _minutes(day: FestivalDay) -> Made:
    """Return the minutes of a day: what was told of it, with its hours."""
    seats = _seats(day)
    office = {post: next((one.office_title for one in seats if one.post == post), "") for post in (MemberPost.CHAIR, MemberPost.SECRETARY)}
    items = _with_course(day)
    events = [one for one in live.in_time(day.events.filter(times.of_its_date()).select_related("item")) if one.kind in _TOLD and _told(one)]
    told = [f"- {clock.local(one.at):%H giờ %M}: {_told(one)}." for one in events]
    named = {one.item_id for one in events}
    told += [f"- {one.title.rstrip('.')} (ghi nhận sau, không rõ giờ)." for one in queries.in_order(items) if one.was_held and one.pk not in named]
    values = {
        "bắt đầu": f"{clock.local(day.began_at):%H giờ %M}, {date_words(day.day)}" if day.began_at else "", "địa điểm": said.where(day),
        "thành phần": f"Nhân dân {said.spoken(day.place_name)}, {rows.dong(day.attendance)} người." if day.attendance is not None else "",
        "chủ trì": office[MemberPost.CHAIR], "thư ký": office[MemberPost.SECRETARY], "diễn biến": "\n".join(told),
        "kết luận": "\n".join(_concluded(day, items)), "kết thúc": f"{clock.local(day.ended_at):%H giờ %M}" if day.ended_at else "",
    }  # fmt: skip
    return said.name(day), values, {}


_TOLD: Final = (EventKind.ITEM, EventKind.RESULT, EventKind.NOTE)


def _told(event: DayEvent) -> str:
    title = event.item.title if event.item is not None else ""
    return {EventKind.ITEM: title, EventKind.RESULT: f"{title}: nhất {event.words}"}.get(EventKind(event.kind), event.words).rstrip(".")


def _with_course(day: FestivalDay) -> list[ProgrammeItem]:
    """Return a day's items with all that tells whether each was held."""
    return list(day.items.select_related("forum").prefetch_related("results", "drills"))


def _not_held(item: ProgrammeItem) -> str:
    return f"{item.title}, lý do: {item.course_reason.rstrip('.')}"


def _concluded(day: FestivalDay, items: Sequence[ProgrammeItem]) -> list[str]:
    if day.began_at is None:
        return []
    asked = ForumQuestion.objects.filter(forum__festival_item__day=day).shown().count()
    given = awards.of_days([day]).by_day.get(day.pk, awards.NONE)
    held, unknown = sum(one.was_held is True for one in items), sum(one.was_held is None for one in items)
    found = [f"- Đã thực hiện {held} trong {len(items)} nội dung của chương trình{f'; {unknown} nội dung chưa ghi nhận' if unknown else ''}."]
    found += [f"- Không thực hiện: {_not_held(one)}." for one in items if one.was_held is False]
    found += [f"- Nhân dân nêu {asked} ý kiến tại diễn đàn; biên bản diễn đàn lập riêng."] if asked else []
    found += [f"- Đã trao {given.handed} trong {given.planned} giấy khen."] if given.planned else []
    return found


def _results(day: FestivalDay) -> Made:
    items = _with_course(day)
    forum = next((one.forum for one in items if one.kind == ItemKind.FORUM and one.forum is not None), None)
    asked = ForumQuestion.objects.filter(forum=forum).shown().count() if forum else 0
    answered = len(forum_queries.hall(forum).answered) if forum else 0
    figures = [
        ["Số người dự", rows.dong(day.attendance), _people_before(day)],
        ["Ý kiến của Nhân dân tại diễn đàn", str(asked), ""],
        ["Ý kiến được trả lời tại chỗ", str(answered), ""],
        ["Đại biểu được mời; báo đến dự", f"{day.guests.count()}; {day.guests.filter(answer='comes').count()}", ""],
        ["Giao ước thi đua đã ký", str(day.pledges.exclude(state="draft").count()), ""],
    ]
    given = awards.of_days([day]).by_day.get(day.pk, awards.NONE)
    if given.planned:
        figures.append(["Giấy khen đã trao; tổng số", f"{given.handed}; {given.planned}", ""])
    spent = [one for one in day.budget.all() if one.direction == Direction.EXPENSE and one.actual is not None]
    if spent:
        figures.append(["Thực chi (đồng)", rows.dong(sum(one.actual or 0 for one in spent)), ""])
    won = [f"- {one.title}: " + "; ".join(f"hạng {row.place} {row.shown}{f' ({row.score})' if row.score else ''}" for row in one.results.all()) for one in items if one.results.all()]
    promised = [[task.what, task.owner.office_title, _became(task)] for task in (forum_queries.earlier_promises(forum) if forum else [])]
    values = {"kết quả": _held(day, items, won), "chưa đạt": _missed(day, items)}
    return f"Kết quả {said.name(day)}", values, {"số liệu": figures, "việc đã hứa": promised}


def _became(task: Task) -> str:
    words = forum_queries.promise_words(task)[1]
    return f"{words[:1].upper()}{words[1:]}{f'. {task.result}' if task.result else ''}"


def _people_before(day: FestivalDay) -> str:
    """Return how many came to the festival before this one; where several communes were merged since, to those of all of them, each person once.

    Where one of them held none then, or nobody counted, the sum would be of a smaller area: that is said instead.
    """
    lineage = day.unit.lineage_ids()
    held = list(FestivalDay.objects.all().held().filter(unit__in=lineage, organisation=day.organisation, starts_at__lt=day.starts_at)[:MOST_BEFORE])
    if not held:
        return ""
    last = held[0]
    standing = set() if last.unit_id == day.unit_id or day.organisation_id else set(Unit.objects.filter(pk__in=lineage, level=day.unit.level).at(last.day).values_list("pk", flat=True))
    if len(standing) < 2:
        return rows.dong(last.attendance)
    latest: dict[int, FestivalDay] = {}
    for one in held:
        if one.unit_id in standing and last.starts_at - one.starts_at <= SAME_SEASON:
            latest.setdefault(one.unit_id, one)
    counted = {one.pk: (one.counted_in_id, one.attendance) for one in latest.values()}
    if len(latest) < len(standing) or any(one.attendance is None and one.counted_in_id not in counted for one in latest.values()):
        return "không đủ số của các đơn vị trước sáp nhập"
    return rows.dong(attendance(counted))


def _held(day: FestivalDay, items: Sequence[ProgrammeItem], won: Sequence[str]) -> str:
    if day.state not in (DayState.LIVE, DayState.ENDED) or day.began_at is None:
        return ""
    span = f"Ngày hội bắt đầu lúc {clock.local(day.began_at):%H giờ %M}"
    span += f", kết thúc lúc {clock.local(day.ended_at):%H giờ %M}" if day.ended_at else ""
    done = [one.title for one in items if one.was_held is True]
    people = f" Có {rows.dong(day.attendance)} người dự." if day.attendance is not None else ""
    lines = [f"{span}, {date_words(day.day)}, tại {said.where(day)}.{people}"]
    lines += [f"Đã thực hiện: {list_words(done)}."] if done else []
    drills = [f"- Diễn tập {words}." for one in queries.lines(day, items) for words in one.drills]
    return "\n".join([*lines, *drills, *(["Kết quả hội thi, trò chơi:", *won] if won else [])])


def _missed(day: FestivalDay, items: Sequence[ProgrammeItem]) -> str:
    """Say what was not held and why, what nobody noted, what was late, and what was promised and not kept; an office adds its own."""
    found = [f"- Không thực hiện: {_not_held(one)}." for one in items if one.was_held is False]
    unknown = [one.title for one in items if one.was_held is None and one.kind != ItemKind.STAND]
    if day.began_at is not None and unknown:
        found.append(f"- Chưa ghi nhận có thực hiện hay không: {'; '.join(unknown)}.")
    if day.began_at is not None and (late := int((day.began_at - day.starts_at).total_seconds() // 60)) > 10:
        found.append(f"- Bắt đầu trễ {late} phút.")
    if day.first_starts_at is not None:
        found.append(f"- Đã dời từ {date_words(clock.local(day.first_starts_at).date())}: {day.state_reason}")
    found += [f"- Chưa có: {one.what} ({one.brought_by})." for one in day.equipment.all() if not one.is_ready]
    found += [f"- Giao ước chưa giữ được: {one.promise.pledge.title}, “{one.promise.what}”: {one.words}" for one in _broken(day)]
    return "\n".join(found)


def _broken(day: FestivalDay) -> list[PledgeProgress]:
    """Return what was last said of promises that were not kept, in the year up to a day: of pledges that its unit signed before it."""
    said = PledgeProgress.objects.filter(promise__pledge__unit__in=day.unit.lineage_ids(), promise__pledge__signed_on__lt=day.day, reported_on__gt=day.day - timedelta(days=366))
    last = {one.promise_id: one for one in said.select_related("promise__pledge").order_by("promise__pledge__signed_on", "promise__order", "promise", "reported_on", "at", "pk")}
    return [one for one in last.values() if one.outcome == Outcome.NOT_KEPT]


_MAKERS: Final[dict[str, Callable[[FestivalDay], Made]]] = {
    "plan": _plan, COMMITTEE.code: _decision, "invitation": _invitation, "programme": _programme, "script": _script, "minutes": _minutes, "results": _results,
}  # fmt: skip
