"""The demonstration's institutions: bodies that every commune has, the rest invented and named so ("mẫu")."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any, Final

from django.utils.timezone import get_current_timezone

from liengia.core import clock
from liengia.core.actor import Actor
from liengia.organisations import committee_services, services
from liengia.organisations.committee_services import Assignment
from liengia.organisations.models import Committee, MemberPost, Organisation, OrganisationKind
from liengia.units.models import Unit

ACTOR: Final = Actor.system("demo")
REFORM: Final = date(2025, 7, 1)
POLICE_REFORM: Final = date(2025, 3, 1)
FESTIVAL: Final = date(2023, 8, 6)
SAMPLE: Final = "Dữ liệu mẫu."
STEERING: Final = (
    "Ban chỉ đạo phòng, chống tội phạm, tệ nạn xã hội và xây dựng phong trào Toàn dân bảo vệ an ninh Tổ quốc"
)
# Kind, name with the commune in it, whether every commune has one of this very name.
BODIES: Final = (
    (OrganisationKind.PEOPLES_COMMITTEE, "Ủy ban nhân dân {place}"),
    (OrganisationKind.POLICE, "Công an {place}"),
    (OrganisationKind.MILITARY_COMMAND, "Ban Chỉ huy Quân sự {place}"),
    (OrganisationKind.FATHERLAND_FRONT, "Ủy ban Mặt trận Tổ quốc Việt Nam {place}"),
    (OrganisationKind.MASS_ORGANISATION, "Hội Liên hiệp Phụ nữ {place}"),
    (OrganisationKind.MASS_ORGANISATION, "Đoàn Thanh niên {place}"),
    (OrganisationKind.HEALTH_STATION, "Trạm Y tế {place}"),
    (OrganisationKind.SCHOOL, "Trường Trung học cơ sở Mẫu {name}"),
    (OrganisationKind.FIRM, "Cửa hàng vật tư Mẫu {name}"),
    (OrganisationKind.PLACE_OF_WORSHIP, "Chùa Mẫu {name}"),
)


def load() -> int:
    """Load institutions, committees and one agreement; needs `units.demo.load()`. Loading twice changes nothing."""
    before = Organisation.objects.count()
    _police_in_time()
    _above()
    for number, commune in enumerate(Unit.objects.at(REFORM).communes().order_by("code"), start=1):
        bodies = _bodies(commune, number)
        if not Committee.objects.filter(unit=commune).exists():
            _committee(commune, bodies)
            _agreement(commune, bodies)
    return Organisation.objects.count() - before


def _organisation(kind: str, name: str, unit: Unit, **facts: Any) -> Organisation:
    known = Organisation.objects.filter(kind=kind, name=name, unit=unit).first()
    return known or services.create_organisation(kind=kind, name=name, unit=unit, actor=ACTOR, **facts)


def _police_in_time() -> None:
    """The district's police ended before the district; the province's goes on under a new name after the reform."""
    district = Unit.objects.at(FESTIVAL).get(code="806")
    long_an, tay_ninh = Unit.objects.at(FESTIVAL).get(code="80"), Unit.objects.at(REFORM).get(code="80")
    police = OrganisationKind.POLICE
    provincial_before = _organisation(police, "Công an tỉnh Long An", long_an)
    provincial = _organisation(police, "Công an tỉnh Tây Ninh", tay_ninh, valid_from=REFORM)
    of_district = _organisation(police, "Công an huyện Cần Đước", district)
    if of_district.successor_id is None:
        services.end_organisation(
            of_district, on=POLICE_REFORM, successor=provincial_before, actor=ACTOR,
            legal_basis="Không tổ chức Công an cấp huyện từ ngày 01/3/2025",
        )  # fmt: skip
        services.end_organisation(provincial_before, on=REFORM, successor=provincial, actor=ACTOR)
    _organisation(OrganisationKind.MASS_ORGANISATION, "Huyện đoàn Cần Đước", district, valid_to=REFORM)
    if not Committee.objects.filter(unit=district).exists():
        committee_services.form_committee(
            kind=Committee.Kind.STEERING, name=f"{STEERING} huyện Cần Đước", unit=district, actor=ACTOR,
            valid_to=REFORM,
        )  # fmt: skip


def _above() -> None:
    """The People's Committees above the communes, each in its time, and the ministry's department for the movement."""
    district = Unit.objects.at(FESTIVAL).get(code="806")
    long_an, tay_ninh = Unit.objects.at(FESTIVAL).get(code="80"), Unit.objects.at(REFORM).get(code="80")
    committee = OrganisationKind.PEOPLES_COMMITTEE
    _organisation(committee, "Ủy ban nhân dân huyện Cần Đước", district, valid_to=REFORM)
    now = _organisation(committee, "Ủy ban nhân dân tỉnh Tây Ninh", tay_ninh, valid_from=REFORM)
    before = _organisation(committee, "Ủy ban nhân dân tỉnh Long An", long_an)
    if before.valid_to is None:
        services.end_organisation(before, on=REFORM, successor=now, actor=ACTOR, legal_basis="Nghị quyết 202/2025/QH15")
    _organisation(OrganisationKind.MINISTRY, "Cục Xây dựng phong trào toàn dân bảo vệ an ninh Tổ quốc, Bộ Công an", tay_ninh)


def _bodies(commune: Unit, number: int) -> list[Organisation]:
    found: list[Organisation] = []
    for order, (kind, name) in enumerate(BODIES, start=1):
        text = name.format(place=f"xã {commune.name}", name=commune.name)
        note = "" if kind == OrganisationKind.PLACE_OF_WORSHIP else SAMPLE
        phone = f"+84276{3_700_000 + number * 100 + order}"
        found.append(_organisation(kind, text, commune, valid_from=REFORM, phone=phone, note=note))
    return found


def _committee(commune: Unit, bodies: list[Organisation]) -> None:
    committee = committee_services.form_committee(
        kind=Committee.Kind.STEERING, name=f"{STEERING} xã {commune.name}", unit=commune, actor=ACTOR,
        decision_number="01/QĐ-UBND (mẫu)", decision_on=date(2025, 7, 15), valid_from=date(2025, 7, 15),
    )  # fmt: skip
    posts = (
        (MemberPost.CHAIR, bodies[0], "Chủ tịch Ủy ban nhân dân xã", "Phụ trách chung"),
        (MemberPost.STANDING_DEPUTY, bodies[1], "Trưởng Công an xã", "Thường trực"),
        (MemberPost.DEPUTY, bodies[3], "Chủ tịch Ủy ban Mặt trận Tổ quốc xã", "Vận động Nhân dân"),
        (MemberPost.MEMBER, bodies[2], "Chỉ huy trưởng Ban Chỉ huy Quân sự xã", ""),
        (MemberPost.MEMBER, bodies[4], "Chủ tịch Hội Liên hiệp Phụ nữ xã", "Gia đình, trẻ em"),
        (MemberPost.SECRETARY, bodies[5], "Bí thư Đoàn Thanh niên xã", "Tuyên truyền"),
    )
    seats = [
        committee_services.seat_member(
            committee=committee, organisation=body, office_title=title, post=post, duty=duty,
            valid_from=date(2025, 7, 15), actor=ACTOR,
        )
        for post, body, title, duty in posts
    ]  # fmt: skip
    today = clock.today()
    plan = committee_services.draft_plan(
        committee=committee, year=today.year, title=f"Kế hoạch xây dựng phong trào năm {today.year}", actor=ACTOR,
        aims="Mỗi ấp có ít nhất một tổ liên gia an toàn phòng cháy, chữa cháy; mỗi tổ diễn tập sáu tháng một lần.",
    )  # fmt: skip
    committee_services.adopt_plan(plan, number="12/KH-BCĐ (mẫu)", on=date(today.year, 1, 20), actor=ACTOR)
    committee_services.assign_task(
        committee=committee, plan=plan, what="Tổng kết phong trào cả năm, báo cáo trước Nhân dân", owner=seats[1],
        due_on=date(today.year, 12, 15), actor=ACTOR,
    )  # fmt: skip
    held = datetime.combine(today - timedelta(days=40), time(8), tzinfo=get_current_timezone())
    meeting = committee_services.call_meeting(
        committee=committee, starts_at=held, place="Hội trường Ủy ban nhân dân xã", minutes_number="07/BB-BCĐ (mẫu)",
        agenda="Kết quả quý; việc kiểm tra bình chữa cháy ở các ấp.", actor=ACTOR,
    )  # fmt: skip
    committee_services.conclude(
        meeting=meeting, text="Rà soát bình chữa cháy hết hạn ở tất cả các tổ liên gia.", actor=ACTOR,
        tasks=[
            Assignment("Lập danh sách bình hết hạn theo ấp", seats[1], today - timedelta(days=8)),
            Assignment("Vận động mạnh thường quân thay bình cho hộ khó khăn", seats[2], today + timedelta(days=20)),
        ],
    )  # fmt: skip
    drill = committee_services.conclude(
        meeting=meeting, text="Mỗi ấp diễn tập ít nhất một lần trước Tết.", actor=ACTOR,
        tasks=[Assignment("Gửi lịch diễn tập cho các ấp", seats[5], today - timedelta(days=20))],
    )  # fmt: skip
    committee_services.finish_task(drill.tasks.get(), result="Đã gửi lịch cho tất cả các ấp.", actor=ACTOR)


def _agreement(commune: Unit, bodies: list[Organisation]) -> None:
    services.sign_agreement(
        name=f"Quy chế phối hợp giữ gìn an ninh trật tự xã {commune.name} (mẫu)", unit=commune, number="03/QC-PH (mẫu)",
        signed_on=date(2025, 8, 1), valid_from=date(2025, 8, 1), valid_to=date(2028, 8, 1),
        review_on=clock.today() + timedelta(days=30), subject="Phối hợp trong ngày hội, diễn tập và chữa cháy.",
        parties=[
            (bodies[1], ["Hướng dẫn diễn tập, sáu tháng một lần.", "Trả lời góp ý trong 10 ngày làm việc."]),
            (bodies[9], ["Cho mượn sân làm điểm tập kết khi có cháy."]),
            (bodies[7], ["Cho học sinh tham gia diễn tập thoát nạn mỗi học kỳ."]),
        ],
        actor=ACTOR,
    )  # fmt: skip


__all__ = ["load"]
