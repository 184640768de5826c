"""The demonstration's reports: the district's year to the festival of 06/8/2023, a commune's last year, one that is being written; the year of the commune beside, to be published. Invented words."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Final

from django.utils.timezone import get_current_timezone

from liengia.core import clock
from liengia.core.actor import Actor
from liengia.core.reporting import Period
from liengia.reports import safety, services
from liengia.reports.models import Report, Target
from liengia.reports.services import Text
from liengia.units.models import Level, Unit

ACTOR: Final = Actor.system("demo")
COMMUNE: Final = "28108"
BESIDE: Final = "28114"
FESTIVAL: Final = date(2023, 8, 6)
SOURCE: Final = "số hộ minh họa, không phải số thật"


def load() -> int:
    """Load the reports, targets, sizes and the safety register; loading twice changes nothing. Returns how many reports."""
    if Report.objects.exists():
        return 0
    safety.ensure_criteria()
    district = Unit.objects.at(FESTIVAL).filter(level=Level.DISTRICT, code="806").first()
    if district is not None:
        _district(district)
    commune = Unit.objects.current().communes().filter(code=COMMUNE).first()
    if commune is not None:
        _commune(commune)
    beside = Unit.objects.current().communes().filter(code=BESIDE).first()
    if beside is not None:
        _waiting(beside)
    return Report.objects.count()


def _district(district: Unit) -> None:
    report = services.begin_report(
        district, Period(FESTIVAL - timedelta(days=364), FESTIVAL), title="Một năm phong trào Toàn dân bảo vệ an ninh Tổ quốc ở Cần Đước", actor=ACTOR
    )
    words = Text(
        title=report.title, read_at="Ngày hội ở 17 xã, thị trấn, ngày 06/8/2023",
        intro="Báo cáo đọc trước bà con ở 17 xã, thị trấn cùng một ngày. Con số lấy từ sổ sách của phần mềm; phần nào chưa có sổ thì chưa có số.",
        outlook="Mỗi xã thêm một mô hình có số liệu theo dõi được, và trả lời đủ ý kiến bà con đã nêu ở diễn đàn.",
        # The demonstration's neighbour groups were entered later: "0 households" would be no number of 2023.
        words={one["code"]: ("", True) for one in report.drawn if one["code"] == "groups"},
    )  # fmt: skip
    services.change_report(report, words, actor=ACTOR)
    _published(report, FESTIVAL)


def _commune(commune: Unit) -> None:
    today = clock.today()
    hamlets = list(Unit.objects.all().below(commune).current().of_level(Level.HAMLET).order_by("code"))
    for number, hamlet in enumerate(hamlets[:-1]):
        services.keep_size(hamlet, year=today.year, households=180 + 37 * (number % 9), source=SOURCE, actor=ACTOR)
    _register(hamlets, today)
    last = Period(today - timedelta(days=365), today - timedelta(days=1))
    Target.objects.create(unit=commune, figure="alarms.drills", label="Diễn tập của các tổ liên gia", aim=24, due_on=last.last, source="Kế hoạch năm của xã")
    Target.objects.create(unit=commune, figure="opinions.in_time", label="Góp ý trả lời đúng hẹn, phần trăm", aim=60, due_on=last.last, source="Kế hoạch năm của xã")
    services.set_target(
        commune, figure="groups.households", label="Hộ đã vào tổ liên gia", aim=320, is_at_least=True, due_on=today + timedelta(days=300), source="Kế hoạch năm sau của xã", actor=ACTOR
    )
    report = services.begin_report(commune, last, title="Một năm xã làm được gì, còn nợ gì", actor=ACTOR)
    words = Text(
        title=report.title, read_at="Sân Nhà văn hóa xã", intro="Kính thưa bà con, đây là việc xã đã làm và việc xã còn nợ trong một năm qua.",
        outlook="Làm xong các lời hứa còn nợ trước Tết; thêm các tổ liên gia ở những ấp ven sông.",
        words={"promises": ("Việc đã hứa ở diễn đàn lần trước, xin báo từng việc.", False)},
    )  # fmt: skip
    services.change_report(report, words, actor=ACTOR)
    done = _published(report, last.last)
    services.correct_report(done, section="promises", words="Bản đọc trước dân ghi thiếu tên đơn vị phối hợp của một việc; số liệu không đổi.", actor=ACTOR)
    services.begin_report(commune, Period(today, today), title="Kỳ mới của xã (đang viết)", actor=ACTOR)


def _waiting(commune: Unit) -> None:
    """Begin a year's report that whoever signs in for this commune reads, words and publishes."""
    today = clock.today()
    report = services.begin_report(commune, Period(today - timedelta(days=365), today - timedelta(days=1)), title=f"Một năm ở xã {commune.name}: việc đã làm, việc còn nợ", actor=ACTOR)
    words = Text(title=report.title, read_at="Hội trường Ủy ban nhân dân xã", intro="Kính thưa bà con, đây là việc xã đã làm trong một năm; việc nào chưa xong, xã xin nói rõ.")
    services.change_report(report, words, actor=ACTOR)


def _published(report: Report, on: date) -> Report:
    """Publish it, as of the day on which it was read."""
    done = services.publish_report(report, actor=ACTOR)
    done.published_at = datetime.combine(on, time(10), tzinfo=get_current_timezone())
    done.save(update_fields=["published_at"])
    return done


def _register(hamlets: list[Unit], today: date) -> None:
    """Tell of last year's register: most recognised, one not, one not assessed yet."""
    year = today.year - 1
    for number, hamlet in enumerate(hamlets[:8]):
        households = 180 + 37 * (number % 9)
        row = safety.register_place(
            hamlet, year=year, registered_on=date(year, 2, 3 + number), households=households, households_signed=households - (number % 3), actor=ACTOR
        )
        if number == 7:
            continue
        is_met = number != 5
        answers = {one.pk: (is_met or one.number != 4, "" if is_met or one.number != 4 else "Trộm vặt tăng hai vụ so với năm trước.") for one in safety.criteria_of(row.kind, year)}
        safety.assess(row, answers, on=date(year, 11, 20), actor=ACTOR)
        if is_met:
            safety.decide(row, is_recognised=True, on=date(year, 12, 12), number=f"{310 + number}/QĐ-UBND", actor=ACTOR)
        else:
            safety.decide(row, is_recognised=False, on=date(year, 12, 12), reason="Tiêu chí 4 chưa đạt.", actor=ACTOR)
