"""The demonstration's practices: the eight of Cần Đước in 2023, how they spread, and what became of them.

Names and kinds are those of the district's report; who took what over, when, and all else is invented. Loaded after the
reform, so rows of 2023 are written with the unit they began in and the unit that answers for them today, in bulk.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Final

from django.db import transaction

from liengia.core import clock, official_papers, pagecache
from liengia.core.actor import Actor
from liengia.core.official_papers import Heading, OfficialPaper, Paragraph, Signer
from liengia.core.text import fold
from liengia.organisations import services as organisations
from liengia.organisations.models import Agreement, Organisation, OrganisationKind
from liengia.practices import index, services
from liengia.practices.models import (
    Act,
    ActKind,
    Campaign,
    CampaignState,
    Exemplar,
    Need,
    Practice,
    PracticeState,
    Question,
    Registration,
    Review,
    ReviewDecision,
    Revision,
    Tie,
)
from liengia.practices.services import Text
from liengia.practices.services.lineage import text_of
from liengia.practices.shipped import DISTRICT, SEEN_ON, described, ensure_shipped, settle, uuid_of
from liengia.units.models import Level, Unit

ACTOR: Final = Actor.system("demo")
REFORM: Final = date(2025, 7, 1)
POLICE_REFORM: Final = date(2025, 3, 1)


@dataclass(frozen=True, slots=True)
class Spread:
    """A place that took a practice over: its unit's code (of 2023, or "+" and the code of today), from which place, when, what differs."""

    code: str
    origin: str
    on: date
    changed: str = ""


# From the district ("") to communes, from a commune to its hamlets and to its neighbours, after the reform to the communes of today.
SPREADS: Final[dict[str, tuple[Spread, ...]]] = {
    "to-lien-gia": (
        Spread("28108-05", "", date(2022, 10, 5), "Điểm đầu tiên: mỗi nhà trong hẻm góp 50.000 đồng mua chuông chung."),
        Spread("28108", "28108-05", date(2023, 1, 12)),
        Spread("28111", "", date(2022, 12, 6), "Tổ theo dãy tiệm, nhà có hàng dễ cháy vào trước."),
        Spread("28135", "28111", date(2023, 2, 20)),
        Spread("28138", "", date(2022, 12, 20), "Nhà trọ: chủ nhà trọ làm tổ phó."),
        Spread("28138-01", "28138", date(2023, 4, 8)),
        Spread("28156", "28108", date(2023, 6, 15), "Thêm máy bơm tay ở rạch."),
        Spread("28129-01", "28135", date(2024, 3, 3)),
        Spread("+28126", "28111", date(2025, 9, 15), "Làm lại theo xã mới, gộp ba xã cũ."),
        Spread("+28144", "28156", date(2025, 10, 10), "Ấp ven sông: báo thêm bằng kẻng."),
    ),
    "diem-chua-chay": (
        Spread("28108", "", date(2022, 11, 2), "Đặt ở chợ và đầu hai hẻm."),
        Spread("28108-03", "28108", date(2023, 3, 9)),
        Spread("28123", "", date(2023, 2, 14)),
        Spread("28153", "28123", date(2023, 5, 25), "Thêm máy bơm, lấy nước rạch."),
        Spread("+28132", "28123", date(2025, 11, 4)),
    ),
    "nhom-zalo": (
        Spread("28108", "", date(2022, 4, 1)), Spread("28114", "", date(2022, 5, 10)), Spread("28117", "28114", date(2022, 8, 1)),
        Spread("28150", "", date(2022, 9, 12), "Một nhóm riêng cho nhà trọ."), Spread("+28114", "28114", date(2025, 8, 5), "Gộp nhóm ba xã cũ, nội quy mới."),
    ),
    "tieng-loa": (
        Spread("28108", "", date(2021, 10, 1)), Spread("28147", "28108", date(2022, 3, 1), "Đọc trên xuồng, qua bến."), Spread("+28138", "28108", date(2025, 12, 1)),
    ),
    "camera": (Spread("28120", "", date(2021, 3, 15)), Spread("28126", "28120", date(2021, 9, 20)), Spread("28132", "", date(2022, 2, 8))),
    "anh-sang": (Spread("28141", "", date(2020, 5, 4)), Spread("28141-01", "28141", date(2020, 12, 22)), Spread("28144", "", date(2021, 7, 17)), Spread("+28108", "28141", date(2026, 1, 8))),
    "nam-luc-luong": (Spread("28108", "", date(2018, 6, 1)), Spread("28138", "", date(2019, 3, 1))),
    "chuc-sac": (Spread("28108", "", date(2021, 6, 10)), Spread("28135", "", date(2021, 9, 2)), Spread("+28108", "28108", date(2025, 8, 20), "Ký lại quy chế với Công an xã mới.")),
}  # fmt: skip
AT_ONCE: Final = 10
ENDED: Final = ("camera", "28126", date(2024, 12, 20), "Ba trong năm máy hỏng, hết tiền đường truyền; bà con chuyển sang đèn sáng và tuần tra. Sổ máy đã trả lại chủ.")
STALLED: Final = ("nhom-zalo", "28117")
UPGRADED: Final = ("to-lien-gia", "28108-05", date(2024, 3, 14))


def load() -> int:
    """Load the practices; needs units and organisations. Loading twice changes nothing; returns how many there are here."""
    district = Unit.objects.at(SEEN_ON).filter(code=DISTRICT, level=Level.DISTRICT).first()
    if district is None or Practice.objects.filter(replicated_from__isnull=False).exists():
        return 0
    ensure_shipped()
    settle(district)
    with transaction.atomic():
        rows = _spread()
    with transaction.atomic():
        _stories(rows, district)
    with transaction.atomic():
        _upgrade(rows[UPGRADED[0], UPGRADED[1]])
    with transaction.atomic():
        _campaigns(rows, district)
    shown = list(Practice.objects.filter(is_public=True).values_list("pk", flat=True))
    for start in range(0, len(shown), AT_ONCE):
        with transaction.atomic():
            index.renew_all(shown[start : start + AT_ONCE])
    with transaction.atomic():
        pagecache.bump()
    return Practice.objects.filter(unit__isnull=False).count()


def _spread() -> dict[tuple[str, str], Practice]:
    """Write who took what over; keys are the practice's code and the unit's."""
    then = {unit.code: unit for unit in Unit.objects.at(SEEN_ON).with_ancestors()}
    now = {f"+{unit.code}": unit for unit in Unit.objects.current().with_ancestors()}
    today = {pk: unit.current() for pk, unit in ((one.pk, one) for one in {**then, **now}.values() if _is_used(one))}
    rows: dict[tuple[str, str], Practice] = {}
    origins = {row.uuid: row for row in Practice.objects.filter(uuid__in=[uuid_of(one["code"]) for one in described()]).prefetch_related("revisions__needs", "ties")}
    texts: list[tuple[Practice, Revision, str]] = []
    for code, spreads in SPREADS.items():
        first = origins[uuid_of(code)]
        for one in spreads:
            unit = now[one.code] if one.code.startswith("+") else then[one.code]
            parent = rows[code, one.origin] if one.origin else first
            text = first.current_revision
            assert text is not None
            row = Practice(
                family=first.family, kind=first.kind, name=first.name, summary=first.summary, unit=today[unit.pk], founded_in=unit,
                state=PracticeState.RUNNING, started_on=one.on, is_public=True, last_sign_on=max(one.on, clock.today() - timedelta(days=40)),
                folded_name=fold(first.name)[:260], office=f"Ủy ban nhân dân {_commune(today[unit.pk])}",
            )  # fmt: skip
            row.replicated_from = parent  # saved below, parents before children
            rows[code, one.code] = row
            texts.append((row, text, one.changed))
    for row in rows.values():
        row.replicated_from_id = row.replicated_from.pk if row.replicated_from else None
        row.save(force_insert=True)
    made = Revision.objects.bulk_create(
        Revision(practice=row, number=1, on=row.started_on or SEEN_ON, changed=changed, problem=text.problem, how=text.how, cost=text.cost, cost_basis=text.cost_basis, cost_words=text.cost_words)
        for row, text, changed in texts
    )  # fmt: skip
    Need.objects.bulk_create(
        Need(revision=revision, order=need.order, what=need.what, quantity=need.quantity, basis=need.basis, count=need.count)
        for revision, (_row, text, _changed) in zip(made, texts, strict=True) for need in text.needs.all()
    )  # fmt: skip
    Tie.objects.bulk_create(Tie(practice=row, code=tie.code) for (code, _unit), row in rows.items() for tie in origins[uuid_of(code)].ties.all())
    return rows


def _is_used(unit: Unit) -> bool:
    return any(unit.code == one.code.lstrip("+") for spreads in SPREADS.values() for one in spreads)


def _commune(unit: Unit) -> str:
    commune = unit.commune() or unit
    return f"{commune.kind.lower()} {commune.name}"


def _body(kind: str, unit: Unit) -> Organisation | None:
    return Organisation.objects.filter(kind=kind, unit=unit).order_by("pk").first()


def _stories(rows: dict[tuple[str, str], Practice], district: Unit) -> None:
    """Tell what became of some: praised, ordered, ended, quiet, reviewed."""
    firsts = {one["code"]: Practice.objects.get(uuid=uuid_of(one["code"])) for one in described()}
    police, provincial = _body(OrganisationKind.POLICE, district), _body(OrganisationKind.POLICE, district.parent) if district.parent else None
    if police is not None:
        order = Act.objects.create(
            practice=firsts["to-lien-gia"], kind=ActKind.REPLICATE, body=police, on=date(2022, 9, 26), number="118/KH-CAH (mẫu)",
            words="Mỗi xã, thị trấn xây dựng ít nhất một tổ liên gia hoặc một điểm chữa cháy công cộng trong năm 2023.",
        )  # fmt: skip
        order.addressed.set(Unit.objects.at(SEEN_ON).filter(parent=district, level=Level.COMMUNE))
        for first in firsts.values():
            first.leading.add(police)
    if provincial is not None:
        Act.objects.create(practice=firsts["chuc-sac"], kind=ActKind.PRAISE, body=provincial, on=date(2023, 7, 28), number="2456/QĐ-CAT (mẫu)", words="Biểu dương mô hình tại Hội nghị sơ kết phong trào.")
        Act.objects.create(practice=firsts["tieng-loa"], kind=ActKind.PRAISE, body=provincial, on=date(2023, 8, 1), number="2490/QĐ-CAT (mẫu)")
    firsts["chuc-sac"].agreement = _agreement(district, police)
    firsts["chuc-sac"].save(update_fields=["agreement"])
    here = rows["chuc-sac", "+28108"]
    here.agreement = Agreement.objects.filter(unit=here.unit).first()
    here.save(update_fields=["agreement"])
    ended = rows[ENDED[0], ENDED[1]]
    ended.state, ended.ended_on, ended.end_reason, ended.unit, ended.last_sign_on = PracticeState.ENDED, ENDED[2], ENDED[3], ended.founded_in, ENDED[2]
    ended.save()
    quiet, today = rows[STALLED], clock.today()
    quiet.last_sign_on = today - timedelta(days=services.quiet_days() + 12)
    quiet.save(update_fields=["last_sign_on"])
    Question.objects.create(practice=quiet, asked_on=today - timedelta(days=12), quiet_since=quiet.last_sign_on)
    Review.objects.bulk_create([
        Review(practice=rows["to-lien-gia", "28108-05"], year=2023, on=date(2023, 12, 20), decision=ReviewDecision.CHANGE, reasons="Ban đêm có nhà không nghe chuông trong buồng: thêm nút ngoài và chuông thứ hai."),
        Review(practice=rows["to-lien-gia", "28108-05"], year=2024, on=date(2024, 12, 18), decision=ReviewDecision.KEEP, reasons="Hai buổi tập, nhà nào cũng nghe."),
        Review(practice=ended, year=2024, on=ENDED[2], decision=ReviewDecision.END, reasons=ENDED[3]),
        Review(practice=rows["diem-chua-chay", "28108"], year=2025, on=date(2025, 12, 15), decision=ReviewDecision.KEEP, reasons="Dùng hai lần, nạp lại trong ngày."),
    ])  # fmt: skip


def _agreement(district: Unit, police: Organisation | None) -> Agreement | None:
    if police is None:
        return None
    board = organisations.create_organisation(
        kind=OrganisationKind.OTHER, name="Ban Trị sự Giáo hội Phật giáo Việt Nam huyện Cần Đước", unit=district, valid_to=REFORM, actor=ACTOR
    )
    return organisations.sign_agreement(
        name="Quy chế phối hợp giữa Ban Trị sự Giáo hội Phật giáo huyện và Công an huyện (mẫu)", unit=district, number="01/QCPH (mẫu)", signed_on=date(2021, 4, 20),
        valid_from=date(2021, 4, 20), valid_to=POLICE_REFORM, review_on=date(2025, 2, 1), subject="Giữ xe, phòng cháy nhang đèn, trật tự ngày lễ.",
        parties=[(police, ["Cử người giữ trật tự ngày lễ lớn."]), (board, ["Nhắc các cơ sở phòng cháy nhang đèn."])], actor=ACTOR,
    )  # fmt: skip


def _upgrade(row: Practice) -> None:
    """Give the first group's practice its second revision, files to copy, a reported figure with its evidence."""
    first = row.revisions.get()
    text = text_of(first)
    how = text.how.replace("một nút ấn trong và một nút ấn ngoài.", "một nút ấn trong, một nút ấn ngoài, và chuông thứ hai trong buồng ngủ.")
    services.revise(
        row, Text(text.problem, how, "Ban đêm có nhà không nghe: thêm chuông trong buồng ngủ, nút ngoài cao 1,5 m có mái che.", 1_450_000, text.cost_basis, text.cost_words, text.needs),
        on=UPGRADED[2], actor=ACTOR,
    )  # fmt: skip
    rules = OfficialPaper(
        kind="Quy chế", about="Hoạt động của tổ liên gia an toàn phòng cháy, chữa cháy (mẫu để chép)", issuer="TỔ LIÊN GIA", superior="", symbol="", number=None,
        place="Cần Đước", on=date(2024, 3, 14), signers=[Signer("Tổ trưởng", "", [])], recipients=[],
        body=[
            Heading("Điều 1. Ai vào tổ"), Paragraph("Các hộ liền nhau tự nguyện; vào hay ra báo tổ trưởng."),
            Heading("Điều 2. Khi có cháy"), Paragraph("Ấn nút, hô hoán, cắt điện, dùng bình, gọi 114, mở lối cho người ra. Không ai vào nhà đang cháy."),
            Heading("Điều 3. Khi không có việc"), Paragraph("Mỗi tháng xem bình, thử chuông; sáu tháng tập một lần; ghi sổ."),
        ],
    )  # fmt: skip
    paper = official_papers.described(rules)
    at = clock.now()
    services.add_material(row, title="Quy chế tổ liên gia, bản để sửa", data=official_papers.as_docx(paper, at=at), actor=ACTOR)
    services.add_material(row, title="Quy chế tổ liên gia, bản in", data=official_papers.as_pdf(paper, at=at), actor=ACTOR)
    minutes = replace(
        rules, kind="Biên bản", about="Nạp lại bình chữa cháy năm 2025 (mẫu)", on=date(2025, 12, 20),
        body=[Paragraph("Trong năm 2025 tổ đã đem nạp lại 14 bình: 9 bình hết hạn, 5 bình đã dùng khi tập. Có phiếu của cơ sở nạp bình kèm theo.")],
    )  # fmt: skip
    shown = services.add_material(row, title="Biên bản nạp lại bình năm 2025", data=official_papers.as_pdf(official_papers.described(minutes), at=at), is_evidence=True, actor=ACTOR)
    services.claim(row, label="Bình đã nạp lại trong năm", value=14, on=date(2025, 12, 20), evidence=shown, actor=ACTOR)


def _campaigns(rows: dict[tuple[str, str], Practice], district: Unit) -> None:
    """Tell of the campaign of 2023, and of this year's in the commune of today."""
    front = _body(OrganisationKind.FATHERLAND_FRONT, rows["anh-sang", "+28108"].unit) if rows["anh-sang", "+28108"].unit else None
    then = Campaign.objects.create(
        unit=district, year=2023, name="Dân vận khéo năm 2023 huyện Cần Đước", registers_until=date(2023, 3, 31), state=CampaignState.CLOSED,
        words="Mỗi xã, thị trấn đăng ký ít nhất một mô hình hoặc một gương, gắn với phong trào Toàn dân bảo vệ an ninh Tổ quốc.",
    )  # fmt: skip
    firsts = Practice.objects.filter(uuid__in=[uuid_of(one["code"]) for one in described()])
    registered = [Registration(campaign=then, practice=one, registered_on=date(2023, 3, 15), is_recognised=True, finding="Biểu dương tại Ngày hội 06/8/2023.") for one in firsts]
    registered.append(Registration(campaign=then, practice=rows["camera", "28126"], registered_on=date(2023, 3, 20), is_recognised=False, finding="Chưa lo được tiền đường truyền, năm sau xét lại."))
    unit = rows["anh-sang", "+28108"].unit
    assert unit is not None
    today = clock.today()
    now = Campaign.objects.create(
        unit=unit, year=today.year, name=f"Dân vận khéo năm {today.year} xã {unit.name}", registers_until=date(today.year, 12, 20), led_by=front,
        words="- Mỗi khu phố, ấp đăng ký một việc làm được trong năm.\n- Gương thì hỏi ý người được kể trước khi nêu tên.",
    )  # fmt: skip
    begun = max(date(today.year, 1, 10), today - timedelta(days=30)) if today.month > 1 else today
    registered += [
        Registration(campaign=now, practice=rows["anh-sang", "+28108"], registered_on=begun, is_recognised=None),
        Registration(campaign=now, practice=rows["to-lien-gia", "28108-05"], registered_on=begun, is_recognised=True, finding="Bền bốn năm, nơi khác đến học."),
    ]  # fmt: skip
    hamlet = rows["to-lien-gia", "28108-05"].unit
    assert hamlet is not None
    exemplars = [
        Exemplar(unit=hamlet, is_collective=True, name="Tổ liên gia số 7 (mẫu)", deed="Bốn năm không bỏ buổi tập nào, giúp ba khu phố lập tổ mới.", consented_on=begun, consent_how="biên bản họp tổ", entered_on=begun),
        Exemplar(unit=hamlet, name="Bà Nguyễn Thị Mẫu", deed="Vận động tám nhà lùi rào mở hẻm cho xe cứu thương vào.", consented_on=begun, consent_how="giấy đồng ý ký tại khu phố", entered_on=begun),
        Exemplar(unit=hamlet, name="Ông Trần Văn Mẫu", deed="Giữ tủ chữa cháy đầu hẻm ba năm.", entered_on=begun),
    ]  # fmt: skip
    for one in exemplars:
        one.save(force_insert=True)
    registered += [Registration(campaign=now, exemplar=one, registered_on=begun, is_recognised=one.consented_on is not None, finding="Bà con khu phố đồng tình.") for one in exemplars]
    Registration.objects.bulk_create(registered)
