"""The demonstration's festivals. That all 17 units held theirs on 6 August 2023 is so; hours, counts, results and words are invented, plainly so."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any, Final

from django.utils.timezone import get_current_timezone

from liengia.audit import services as audit
from liengia.commendations import services as commendations
from liengia.commendations.models import Certificate, Decision
from liengia.core import clock, pagecache
from liengia.core.actor import Actor
from liengia.core.geo import Point
from liengia.festivals import demo_pictures, rows, times, usual
from liengia.festivals.models import (
    ContestResult,
    DayEvent,
    EventKind,
    FestivalDay,
    GuestInvitation,
    ItemKind,
    ProgrammeItem,
    Season,
    SeasonState,
)
from liengia.festivals.services import base, days, guests, live, pledges, prepared, seasons
from liengia.festivals.services.days import Host
from liengia.festivals.services.live import Told
from liengia.festivals.services.pledges import Promise
from liengia.opinions.models import ListeningForum
from liengia.organisations.models import Committee, Organisation, OrganisationKind
from liengia.units.models import Unit

ACTOR: Final = Actor.system("demo")
HELD_ON: Final = date(2023, 8, 6)
DISTRICT: Final = "806"
COMMUNE: Final = "28108"
NAME: Final = "Ngày hội toàn dân bảo vệ an ninh Tổ quốc"
# People who came, by unit; invented.
CAME: Final = {
    "28108": 640, "28111": 310, "28114": 220, "28117": 265, "28120": 180, "28123": 240, "28126": 290, "28129": 205, "28132": 190, "28135": 350,
    "28138": 520, "28141": 175, "28144": 330, "28147": 230, "28150": 260, "28153": 210, "28156": 195,
}  # fmt: skip
# Hamlets of 2023 with their own festival, their people, and whether they went on to their commune's yard and are counted there.
HAMLETS: Final = (("28108-05", 96, True), ("28111-01", 74, True), ("28114-02", 58, False))
SAFETY: Final = "Tổ bảo vệ an ninh, trật tự giữ xe và giữ lối ra vào; bình chữa cháy ở hai đầu sân; trạm y tế trực sơ cứu; trẻ em đi cùng người lớn."
RAIN: Final = "Dời vào hội trường, bỏ phần diễu hành và trò chơi ngoài sân"


def load() -> int:
    """Load a season that was held, and one that goes on now; needs units, organisations and forums. Loading twice changes nothing."""
    if Season.objects.exists():
        return 0
    district = Unit.objects.at(HELD_ON).filter(code=DISTRICT).first()
    if district is not None:
        _held(district)
    commune = Unit.objects.current().communes().filter(code=COMMUNE).first()
    if commune is not None:
        _now(commune)
    base.number()
    pagecache.bump()
    return FestivalDay.objects.count()


def _moment(day: date, hour: int, minute: int = 0) -> datetime:
    return times.moment(day, time(hour, minute))


# The season of 2023


def _held(district: Unit) -> None:
    committee = Committee.objects.filter(unit=district).first()
    season = seasons.plan_season(
        unit=district, name=NAME, theme="Bình yên cho Nhân dân, bình yên từ xóm ấp", anniversary=18, starts_on=date(2023, 7, 15), ends_on=date(2023, 8, 20),
        committee=committee, actor=ACTOR,
    )  # fmt: skip
    communes = list(Unit.objects.at(HELD_ON).communes().filter(parent=district).order_by("code"))
    hamlets = {one.code: one for one in Unit.objects.at(HELD_ON).hamlets().filter(code__in=[code for code, _n, _in in HAMLETS])}
    hosts = [Host(one, place=f"Sân Ủy ban nhân dân {one.full_name[:1].lower()}{one.full_name[1:]}") for one in communes]
    hosts += [Host(hamlets[code], place="Nhà văn hóa") for code, _n, _in in HAMLETS if code in hamlets]
    made = days.plan_days(
        season, hosts, place="Sân", starts_at=_moment(HELD_ON, 7), items=usual.PROGRAMME, actor=ACTOR, ends_at=_moment(HELD_ON, 11, 30),
        rain_plan=RAIN, safety_plan=SAFETY, attire="Áo có tay, mũ nón, nước uống",
    )  # fmt: skip
    by_code = {one.unit.code: one for one in made}
    for code, _number, is_in in HAMLETS:
        if is_in and code in by_code:
            whole = by_code[code.partition("-")[0]]
            FestivalDay.objects.filter(pk=by_code[code].pk).update(counted_in=whole)
    for one in made:
        days.announce_day(one, actor=ACTOR)
    counts = {**CAME, **{code: number for code, number, _in in HAMLETS}}
    for number, one in enumerate(made):
        _tell_all(FestivalDay.objects.get(pk=one.pk), counts.get(one.unit.code, 150 + number * 7), number)
    _forum(by_code.get(COMMUNE))
    _awards(made[: len(communes)], Decision.objects.all().in_force().of_season("festival:2023"))
    Season.objects.filter(pk=season.pk).update(state=SeasonState.CLOSED)
    _pledge(season, communes[0], signed_on=HELD_ON, is_over=True)


def _tell_all(day: FestivalDay, came: int, number: int) -> None:
    """Tell a whole day at once, as phones told it: a row an event, then the day folded from them."""
    items = sorted(day.items.all(), key=lambda one: (one.starts_at or time(12), one.order))
    late = timedelta(minutes=number * 3 % 14)
    told = [_event(day, EventKind.BEGUN, 0, day.starts_at + late)]
    told += [_event(day, EventKind.COUNT, 1 + step, day.starts_at + late + timedelta(minutes=35 * (step + 1)), number=round(came * share)) for step, share in enumerate((0.4, 0.8, 1))]
    told += [_event(day, EventKind.ITEM, 10 + place, _planned(day, one) + late, item=one) for place, one in enumerate(items) if one.kind != ItemKind.STAND]
    games = [one for one in items if one.is_contested]
    told += [_event(day, EventKind.RESULT, 40 + place, _planned(day, one) + late + timedelta(minutes=12), item=one, words=_teams(number + place)[0]) for place, one in enumerate(games)]
    told.append(_event(day, EventKind.ENDED, 99, _moment(HELD_ON, 11, 20) + late))
    DayEvent.objects.bulk_create(told)
    ContestResult.objects.bulk_create(
        ContestResult(item=one, place=rank, who=team, score="2–0" if rank == 1 and one.title == "Kéo co" else "", at=_planned(day, one) + late)
        for place, one in enumerate(games) for rank, team in enumerate(_teams(number + place), start=1)
    )  # fmt: skip
    live.refold(day)
    audit.record("festivals.day_told", actor=ACTOR, about=day, at=day.ended_at, unit=day.unit, facts={"events": len(told), "number": came})
    base.tell(FestivalDay.objects.select_related("season", "unit__parent", "organisation").get(pk=day.pk))


def _planned(day: FestivalDay, item: ProgrammeItem) -> datetime:
    return item.planned_at(day) or day.starts_at


def _event(day: FestivalDay, kind: str, place: int, at: datetime, **facts: Any) -> DayEvent:
    return DayEvent(day=day, key=f"demo-{day.public_id}-{place:03}", kind=kind, at=at, recorded_at=at, **facts)


def _teams(number: int) -> Sequence[str]:
    teams = ("Đội Lúa Mùa", "Đội Dừa Nước", "Đội Bông Súng", "Đội Cá Lóc")
    return [teams[(number + step) % len(teams)] for step in range(3)]


def _forum(day: FestivalDay | None) -> None:
    """Make the forum of that day, which the forums' own demonstration tells, an item of the programme."""
    forum = ListeningForum.objects.filter(item_of="festival:2023-08-06").first()
    item = day.items.filter(kind=ItemKind.FORUM).select_related("day").first() if day is not None else None
    if forum is not None and item is not None:
        days.tie_forum(item, forum, actor=ACTOR)


def _awards(held: Sequence[FestivalDay], decisions: Iterable[Decision]) -> None:
    """Tie the decisions that the commendations' demonstration tells of to the awards of some days."""
    chosen = list(decisions)
    for item in ProgrammeItem.objects.filter(day__in=held, kind=ItemKind.AWARDS):
        item.decisions.set(chosen)


def _given(made: dict[str, FestivalDay]) -> None:
    """Hand out at two of today's days what the commune has decided for its hamlets: all but one at one, half at the other."""
    commune = next(iter(made.values())).unit.parent
    waiting = Decision.objects.all().in_force().filter(round__unit=commune, certificates__hand_over="waiting", round__movement_list="movement").distinct()
    _awards(list(made.values()), waiting)
    for name, kept_back in (("Khu phố 5", 1), ("Khu phố 1", 2)):
        if name in made:
            rows = list(Certificate.objects.filter(decision__in=waiting, unit=made[name].unit).waiting().in_calling_order())
            commendations.hand_over(rows[: max(0, len(rows) - kept_back)], on=clock.today(), actor=ACTOR)


# The season that goes on now


def _now(commune: Unit) -> None:
    today = clock.today()
    season = seasons.plan_season(
        unit=commune, name=NAME, theme="Xóm ấp bình yên, nhà nhà hạnh phúc", anniversary=max(1, today.year - 2005), starts_on=today - timedelta(days=12),
        ends_on=today + timedelta(days=40), committee=Committee.objects.current().filter(unit=commune).first(), actor=ACTOR,
    )  # fmt: skip
    hamlets = {one.name: one for one in Unit.objects.current().hamlets().below(commune).order_by("-code")}
    begins = _soon_ago()
    hosts = [Host(hamlets[name], place=f"Nhà văn hóa {name}") for name in ("Khu phố 5", "Khu phố 1", "Khu phố 2", "Khu phố 3") if name in hamlets]
    shared: dict[str, Any] = {
        "rain_plan": RAIN, "safety_plan": SAFETY, "attire": "Áo có tay, mũ nón, nước uống", "contact_office": f"Văn phòng Ủy ban nhân dân xã {commune.name}",
        "contact_phone": "+842763700101", "committee": season.committee,
    }  # fmt: skip
    items = usual.beginning(clock.local(begins).time())
    made = {one.unit.name: one for one in days.plan_days(season, hosts, place="Nhà văn hóa", starts_at=begins, items=items, actor=ACTOR, **shared)}
    for one in made.values():
        days.announce_day(one, actor=ACTOR)
    _goes_on(made)
    if made:
        _given(made)
    coming = _moment(today + timedelta(days=9), 7)
    main = days.plan_days(season, [Host(commune, place="Sân vận động xã")], place="", starts_at=coming, items=usual.PROGRAMME, actor=ACTOR, ends_at=coming + timedelta(hours=4, minutes=30), **shared)[0]
    _prepare(main)
    school = Organisation.objects.current().filter(unit=commune, kind=OrganisationKind.SCHOOL).first()
    if school is not None:
        days.plan_days(season, [Host(commune, school, place="Sân trường")], place="", starts_at=coming + timedelta(days=3), items=usual.PROGRAMME[1:9], actor=ACTOR, **shared)
    days.announce_day(main, actor=ACTOR)
    _pledge(season, commune, signed_on=today, day=made.get("Khu phố 5"))


def _soon_ago() -> datetime:
    """Return a moment about an hour ago, on today's date: what is told of it stands on today's board."""
    here = clock.local(clock.now())
    ago = here - timedelta(minutes=70)
    begins = ago if ago.date() == here.date() else here.replace(hour=0, minute=0)
    return begins.replace(minute=begins.minute // 5 * 5, second=0, microsecond=0).astimezone(get_current_timezone())


def _goes_on(made: dict[str, FestivalDay]) -> None:
    """Tell how three of today's days go; of the fourth nobody has heard."""
    now = clock.now()
    for name, came, until in (("Khu phố 5", 128, 7), ("Khu phố 1", 92, 8), ("Khu phố 3", 61, 5)):
        day = made.get(name)
        if day is None:
            continue
        items = [one for one in sorted(day.items.all(), key=lambda one: (one.starts_at is None, one.starts_at, one.order)) if one.kind != ItemKind.STAND][:until]
        say = [Told(f"demo-{day.public_id}-begun", EventKind.BEGUN, age_s=_age(now, day.starts_at)), Told(f"demo-{day.public_id}-count", EventKind.COUNT, number=came, age_s=600)]
        step = (now - day.starts_at).total_seconds() / (until + 1)
        say += [Told(f"demo-{day.public_id}-{place:02}", EventKind.ITEM, one, age_s=step * (until - place)) for place, one in enumerate(items)]
        for one in say:
            live.tell_event(day, one, actor=ACTOR)
    five = made.get("Khu phố 5")
    if five is not None:
        for place, (caption, data) in enumerate(demo_pictures.drawn()):
            live.add_picture(five, data, caption=caption, agreed=True, told=Told(f"demo-{five.public_id}-pic{place}", EventKind.PICTURE, age_s=300 - place * 60), actor=ACTOR)
        live.tell_event(five, Told(f"demo-{five.public_id}-note", EventKind.NOTE, words="Bà con hỏi về đèn đường cua gần miếu, Công an xã trả lời tại chỗ", age_s=90), actor=ACTOR)


def _age(now: datetime, at: datetime) -> float:
    return max(0.0, (now - at).total_seconds())


def _prepare(day: FestivalDay) -> None:
    prepared.set_parade(
        day, prepared.March(
            time(6, 15), time(6, 45), "Cổng chợ Cần Đước", "ba hồi trống", "Chợ, đường Trần Hưng Đạo, cầu, về sân vận động; không chạy xe vượt đoàn.",
            "Đường Trần Hưng Đạo từ 6:40 đến 7:30; xe đi vòng đường Hồ Văn Huê.", "Trẻ em đi giữa đoàn; xe dẫn đầu và xe cuối đoàn bật đèn.",
            [("Đội lân, trống", 14, "1 xe tải nhỏ"), ("Khối cờ", 40, ""), ("Ủy ban, Mặt trận, đoàn thể", 60, ""), ("Tổ bảo vệ an ninh, trật tự", 36, "6 xe máy"), ("Các tổ liên gia", 120, ""), ("Học sinh", 90, "")],
            [("Cổng chợ Cần Đước", Point(10.5029, 106.6049)), ("Ngã ba Trần Hưng Đạo", Point(10.5057, 106.6031)), ("Đầu cầu", Point(10.5081, 106.6058)), ("Trường học", Point(10.5102, 106.6027)), ("Sân vận động xã", Point(10.5077, 106.5998))],
        ), actor=ACTOR,
    )  # fmt: skip
    prepared.set_equipment(day, rows.things("Sân khấu, âm thanh | 1 | Văn phòng Ủy ban nhân dân xã | có\nGhế nhựa | 400 | Các ấp, khu phố | có\nRạp che | 4 | Ban Chỉ huy Quân sự xã |\nBình chữa cháy | 12 | Công an xã | có\nDây kéo co | 2 | Đoàn Thanh niên xã | có"), actor=ACTOR)
    prepared.set_budget(day, rows.budget("thu | Ngân sách xã | 18.000.000 | | \nthu | Đóng góp | 9.500.000 | 7.200.000 | Bà con các khu phố\nchi | Sân khấu, âm thanh, rạp | 14.000.000 |\nchi | Nước uống | 3.200.000 |\nchi | Quà trò chơi | 5.000.000 |\nchi | In áp phích, giấy mời | 1.800.000 | 1.750.000", day.unit), actor=ACTOR)
    names = ("Đảng ủy, Hội đồng nhân dân xã", "Ủy ban Mặt trận Tổ quốc xã", "Trường Trung học cơ sở Mẫu Cần Đước", "Cửa hàng vật tư Mẫu Cần Đước", "Chùa Mẫu Cần Đước", "Trạm Y tế xã")
    guests.invite(day, [(name, "") for name in names], actor=ACTOR)
    for place, guest in enumerate(GuestInvitation.objects.filter(day=day)[:4]):
        guests.answer(guest, comes=place != 3, people=2 + place, words="" if place else "Cử phó chủ tịch dự", seen=0, actor=Actor.visitor())


def _pledge(season: Season, unit: Unit, *, signed_on: date, is_over: bool = False, day: FestivalDay | None = None) -> None:
    today_unit = unit.current()
    bodies = list(Organisation.objects.filter(unit=today_unit).exclude(kind=OrganisationKind.PLACE_OF_WORSHIP).order_by("pk")[:4])
    if len(bodies) < 2:
        return
    promises = (
        Promise("Không để xảy ra cháy do bất cẩn", "số vụ cháy", signed_on + timedelta(days=364)),
        Promise("Mỗi tổ liên gia diễn tập hai lần một năm", "số lần diễn tập", signed_on + timedelta(days=330)),
        Promise("Mọi ý kiến của bà con được trả lời đúng hẹn", "tỷ lệ đúng hẹn", signed_on + timedelta(days=364)),
    )
    made = pledges.draft_pledge(
        season, unit=unit, title=f"Giao ước thi đua giữ xóm ấp bình yên năm {signed_on.year}–{signed_on.year + 1}", valid_from=signed_on,
        valid_to=signed_on + timedelta(days=365), promises=promises, parties=bodies, day=day, actor=ACTOR,
    )  # fmt: skip
    made = pledges.sign_pledge(made, on=signed_on, actor=ACTOR)
    if not is_over:
        return
    keys = list(made.promises.values_list("pk", flat=True))
    half = (("kept", ""), ("on_way", "31 trong 48 tổ đã diễn tập lần một."), ("kept", ""))
    end = (("kept", "Không có vụ cháy nào do bất cẩn."), ("not_kept", "41 trong 48 tổ đủ hai lần; bảy tổ thiếu bình tập, hẹn quý một."), ("kept", ""))
    for at, said in (("half_year", half), ("year_end", end)):
        made = pledges.report(made, at=at, outcomes=dict(zip(keys, said, strict=True)), actor=ACTOR)
    pledges.close_pledge(made, actor=ACTOR)
