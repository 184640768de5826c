"""The demonstration's commendations: the season of 2023 with its 376, and what communes commend today. All names are invented,
plainly so: they are those of plants of the delta.

The lists of 2023 are those of the seed scene (5 + 15, 22 + 37, 29 + 268); no total is written down anywhere but as the
lengths of these lists.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import count, cycle
from typing import Any, Final

from django.db import transaction

from liengia.commendations import services
from liengia.commendations.models import (
    Certificate,
    Decision,
    MovementList,
    Nomination,
    Procedure,
    RecipientKind,
    RollConsent,
    Round,
    Season,
)
from liengia.commendations.services import Counts, Signing
from liengia.core import clock
from liengia.core.actor import Actor
from liengia.core.db import bulk
from liengia.organisations import committee_services
from liengia.organisations.models import (
    Committee,
    CommitteeMember,
    MemberPost,
    Organisation,
    OrganisationKind,
)
from liengia.papers import services as papers
from liengia.papers.models import Issuer, Paper, Signatory
from liengia.units.models import Unit

ACTOR: Final = Actor.system("demo")
FESTIVAL: Final = date(2023, 8, 6)
DECIDED: Final = date(2023, 8, 4)
REFORM: Final = date(2025, 7, 1)
# Hamlets whose festivals the festivals' demonstration holds today.
FESTIVE: Final = ("Khu phố 1", "Khu phố 2", "Khu phố 3", "Khu phố 5")
# Collectives and individuals of each list of 2023 (docs: the seed scene).
LISTS: Final = ((MovementList.PURSUIT_EXCELLENT, 5, 15), (MovementList.PURSUIT_EXTRAORDINARY, 22, 37), (MovementList.MOVEMENT, 29, 268))
TITLES: Final = {
    MovementList.PURSUIT_EXCELLENT: "các tập thể, cá nhân có thành tích xuất sắc trong truy bắt đối tượng phạm tội năm 2023",
    MovementList.PURSUIT_EXTRAORDINARY: "các tập thể, cá nhân có thành tích đột xuất trong truy bắt đối tượng phạm tội năm 2023",
    MovementList.MOVEMENT: "các tập thể, cá nhân có thành tích xuất sắc trong phong trào Toàn dân bảo vệ an ninh Tổ quốc năm 2023",
}
MERITS: Final = {
    MovementList.PURSUIT_EXCELLENT: ("Có thành tích xuất sắc trong truy bắt đối tượng phạm tội năm 2023",),
    MovementList.PURSUIT_EXTRAORDINARY: (
        "Có thành tích đột xuất trong truy bắt đối tượng trộm cắp tài sản", "Có thành tích đột xuất trong phát hiện, cùng Công an truy bắt đối tượng phạm tội",
    ),
    MovementList.MOVEMENT: (
        "Có thành tích xuất sắc trong phong trào Toàn dân bảo vệ an ninh Tổ quốc năm 2023",
        "Có thành tích xuất sắc trong xây dựng Tổ liên gia an toàn phòng cháy, chữa cháy năm 2023",
        "Đã vận động bà con gắn đèn, camera, góp phần giữ gìn an ninh trật tự ở xóm ấp năm 2023",
        "Đã kịp thời báo tin, cùng bà con dập tắt đám cháy, không để cháy lan",
    ),
}  # fmt: skip
_FAMILY: Final = ("Nguyễn", "Trần", "Lê", "Phạm", "Huỳnh", "Võ", "Đặng", "Bùi", "Hồ", "Ngô", "Trương", "Phan", "Đỗ")
_MEN: Final = ("Văn", "Tấn", "Hữu", "Thanh", "Minh")
_WOMEN: Final = ("Thị", "Ngọc", "Mỹ", "Kim")
_PLANTS: Final = (
    "Mù U", "Bình Bát", "Ô Môi", "Điên Điển", "Lục Bình", "Bần", "Tràm", "Sậy", "Trâm Bầu", "So Đũa", "Cà Na", "Lá Dừa", "Bông Súng", "Rau Mác", "Năn",
    "Lác", "Gừa", "Mai Vàng", "Ô Rô", "Choại", "Cóc Kèn", "Mắm", "Vẹt",
)  # fmt: skip
_OFFICES: Final = ("Tổ trưởng tổ liên gia", "Tổ phó tổ liên gia", "Hội viên phụ nữ", "Cựu chiến binh", "Đoàn viên", "Người dân")


@dataclass(slots=True)
class _People:
    """Gives names that nobody else of the demonstration's commendations bears."""

    turn: Iterator[int]

    def one(self) -> tuple[str, str, int]:
        """Return honorific, name, year of birth."""
        n = next(self.turn)
        is_man = n % 3 != 0
        middles = _MEN if is_man else _WOMEN
        name = f"{_FAMILY[n % len(_FAMILY)]} {middles[(n // 7) % len(middles)]} {_PLANTS[(n * 5 + n // 23) % len(_PLANTS)]}"
        return ("Ông" if is_man else "Bà"), name, 1950 + (n * 11) % 52


def load() -> int:
    """Load them; needs units and organisations. Loading twice changes nothing; returns how many certificates there are."""
    if Round.objects.exists() or not Unit.objects.at(FESTIVAL).filter(code="806").exists():
        return 0
    people = _People(count())
    _season_of_2023(people)
    _today(people)
    return Certificate.objects.count()


# 2023


def _season_of_2023(people: _People) -> None:
    district = Unit.objects.at(FESTIVAL).get(code="806")
    body = Organisation.objects.get(kind=OrganisationKind.PEOPLES_COMMITTEE, unit=district)
    police = Organisation.objects.get(kind=OrganisationKind.POLICE, unit=district)
    issuer = papers.keep_issuer(papers.issuer_of(body, actor=ACTOR), place="Cần Đước", actor=ACTOR)
    proposer = papers.keep_issuer(papers.issuer_of(police, actor=ACTOR), symbol="CAH", place="Cần Đước", superior="Công an tỉnh Long An", actor=ACTOR)
    papers.open_book(issuer, abbreviation="QĐ", year=2023, last=61, actor=ACTOR)
    council, seats = _council(district, body, [police, body, body], valid_to=REFORM)
    for one, office, name in ((issuer, "Chủ tịch", "Trần Thanh Mẫu"), (proposer, "Trưởng Công an huyện", "Phạm Văn Mẫu")):
        _signs(one, office, name, date(2021, 7, 1), REFORM)
    season = services.season_of(district, name="Mùa Ngày hội 2023", year=2023, subject="festival:2023")
    communes = list(Unit.objects.at(FESTIVAL).communes().filter(parent=district).order_by("code"))
    hamlets = {one.pk: list(Unit.objects.at(FESTIVAL).hamlets().filter(parent=one).order_by("code")) for one in communes}
    for code, collectives, individuals in LISTS:
        procedure = Procedure.EXTRAORDINARY if code == MovementList.PURSUIT_EXTRAORDINARY else Procedure.THEMATIC
        row = services.open_round(
            Round(season=season, unit=district, authority=issuer, title=TITLES[code], movement_list=code, procedure=procedure, period_from=date(2022, 8, 1), period_to=date(2023, 7, 31)),
            actor=ACTOR,
        )  # fmt: skip
        _fill(row, _collectives(code, communes, hamlets, collectives), _individuals(code, people, communes, hamlets, individuals))
        decision = _through(row, council, seats, held=date(2023, 7, 25), signing=_signing(DECIDED, "Chủ tịch", "Trần Thanh Mẫu"), proposer=proposer, chair="Trần Thanh Mẫu", clerk="Lê Thị Mẫu")
        _handed(decision, FESTIVAL)
    wrong = Certificate.objects.filter(decision__round__season=season, kind=RecipientKind.INDIVIDUAL, decision__is_public=True).order_by("register_number")[12]
    services.replace_certificate(wrong, reason="Sai dấu ở chữ lót, người được khen báo lại.", actor=ACTOR)


def _collectives(code: str, communes: Sequence[Unit], hamlets: dict[int, list[Unit]], number: int) -> list[Nomination]:
    """Return the collectives of a list: bodies of communes first, then groups of hamlets."""
    bodies = ("Công an {place}", "Ban Chỉ đạo phong trào {place}", "Tổ bảo vệ an ninh, trật tự {hamlet}", "Nhân dân và Ban nhân dân {hamlet}")
    made = []
    for n in range(number):
        commune = communes[n % len(communes)]
        hamlet = hamlets[commune.pk][(n // len(communes)) % len(hamlets[commune.pk])] if hamlets[commune.pk] else commune
        which = bodies[0 if code != MovementList.MOVEMENT and n < len(communes) else (1 + n // len(communes)) % len(bodies)]
        place = f"{commune.kind.lower()} {commune.name}"
        name = which.format(place=place, hamlet=f"{hamlet.full_name[:1].lower()}{hamlet.full_name[1:]}, {place}")
        made.append(Nomination(kind=RecipientKind.COLLECTIVE, name=name, words=place, unit=commune, merit=_merit(code, n), nominated_by="Công an huyện Cần Đước"))
    return made


def _individuals(code: str, people: _People, communes: Sequence[Unit], hamlets: dict[int, list[Unit]], number: int) -> list[Nomination]:
    made = []
    for n in range(number):
        commune = communes[n % len(communes)]
        some = hamlets[commune.pk]
        unit = some[(n // len(communes)) % len(some)] if some else commune
        honorific, name, year = people.one()
        is_police = code != MovementList.MOVEMENT and n % 3 == 1
        place = f"{unit.full_name[:1].lower()}{unit.full_name[1:]}, {commune.kind.lower()} {commune.name}"
        words = f"Cán bộ Công an {commune.kind.lower()} {commune.name}" if is_police else f"{_OFFICES[n % len(_OFFICES)]}, {place}"
        made.append(
            Nomination(
                kind=RecipientKind.INDIVIDUAL, honorific=honorific, name=name, birth_year=year, words=words, unit=unit, merit=_merit(code, n), is_police=is_police,
                nominated_by=f"Ủy ban nhân dân {commune.kind.lower()} {commune.name}",
            )
        )  # fmt: skip
    return made


def _merit(code: str, n: int) -> str:
    return MERITS[MovementList(code)][n % len(MERITS[MovementList(code)])]


# What both have in common


def _fill(row: Round, *lists: Sequence[Nomination]) -> None:
    """Write the nominations, and the consents of about half of the persons, a few statements each."""
    made = [one for several in lists for one in several]
    for place, one in enumerate(made, start=1):
        one.round, one.place = row, place
        services.check(one, row)
        one.fold()
    with transaction.atomic():
        bulk.insert(made)
    keys = dict(Nomination.objects.filter(round=row).values_list("public_id", "pk"))
    agreed = [keys[one.public_id] for n, one in enumerate(made) if one.kind != RecipientKind.COLLECTIVE and not row.is_pursuit and n % 9 < 5]
    given = min(row.period_to, clock.today())
    with transaction.atomic():
        bulk.insert([RollConsent(nomination_id=key, how="Phiếu đồng ý có ký tên, trong hồ sơ đợt (mẫu)", given_on=given) for key in agreed])


def _council(unit: Unit, chair: Organisation, others: Sequence[Organisation], *, valid_from: date | None = None, valid_to: date | None = None) -> tuple[Committee, list[CommitteeMember]]:
    place = f"{unit.kind.lower()} {unit.name}"
    council = committee_services.form_committee(kind=Committee.Kind.COUNCIL, name=f"Hội đồng Thi đua, Khen thưởng {place}", unit=unit, valid_from=valid_from, valid_to=valid_to, actor=ACTOR)
    posts = [(MemberPost.CHAIR, chair, f"Chủ tịch Ủy ban nhân dân {place}"), (MemberPost.SECRETARY, chair, "Công chức phụ trách thi đua, khen thưởng")]
    posts += [(MemberPost.MEMBER, one, f"Đại diện {one.name}" if one != chair else f"Phó Chủ tịch Ủy ban nhân dân {place} ({n})") for n, one in enumerate(others, start=1)]
    seats = [committee_services.seat_member(committee=council, organisation=one, office_title=title, post=post, valid_from=valid_from, actor=ACTOR) for post, one, title in posts]
    return council, seats


def _signs(issuer: Issuer, office: str, name: str, valid_from: date, valid_to: date | None = None, *, right: str = "head", head: str = "") -> None:
    papers.keep_signatory(Signatory(issuer=issuer, office=office, name=name, right=right, head_office=head, valid_from=valid_from, valid_to=valid_to), actor=ACTOR)


def _signing(on: date, office: str, name: str) -> Signing:
    return Signing(
        on=on, signer_office=office, signer_name=name, bases="Căn cứ Luật Thi đua, khen thưởng;\nCăn cứ Luật Tổ chức chính quyền địa phương;", proposed_by="Công an và Hội đồng Thi đua, Khen thưởng",
        carried_out_by="Chánh Văn phòng, bộ phận tài chính", recipients="Như Điều 3;\nLưu: VT.",
    )  # fmt: skip


def _review(row: Round, council: Committee, seats: Sequence[CommitteeMember], *, held: date, chair: str, clerk: str, place: str) -> None:
    session = services.open_session(row, committee=council, held_on=held, place=place, chair=seats[0], clerk=seats[1], present=seats, actor=ACTOR)
    services.count_hands(session, {key: Counts(len(seats)) for key in session.votes.values_list("nomination_id", flat=True)}, actor=ACTOR)
    minutes = services.conclude_session(session, discussion="", begun="8 giờ", ended="10 giờ 30", chair_name=chair, clerk_name=clerk, actor=ACTOR)
    papers.number_paper(minutes, on=held, actor=ACTOR)


def _submit(row: Round, *, on: date, proposer: Issuer, signer: tuple[str, str]) -> Paper:
    paper = services.submit_round(
        row, proposer=proposer, signer=signer, bases="Căn cứ Luật Thi đua, khen thưởng;", words=f"Kính đề nghị Chủ tịch {row.authority.name} xem xét, tặng giấy khen cho {row.title}.", actor=ACTOR
    )
    return papers.number_paper(paper, on=on, actor=ACTOR)


def _through(
    row: Round, council: Committee, seats: Sequence[CommitteeMember], *, held: date, signing: Signing, proposer: Issuer, chair: str, clerk: str
) -> Decision:  # fmt: skip
    """Bring a round through council and submission to its decision; the papers' files are made by the worker."""
    if row.needs_council:
        _review(row, council, seats, held=held, chair=chair, clerk=clerk, place="Phòng họp Ủy ban nhân dân")
    row.refresh_from_db()
    _submit(row, on=held + timedelta(days=2), proposer=proposer, signer=(f"Trưởng Công an {row.unit.kind.lower()}", "Phạm Văn Mẫu"))
    row.refresh_from_db()
    return services.decide(row, signing, with_files=False, actor=ACTOR)


def _handed(decision: Decision, on: date) -> None:
    """Hand out at the festival; one in about thirty was absent, and some of these came later."""
    rows = services.of_decision(decision)
    absent = [one for n, one in enumerate(rows) if n % 31 == 9]
    services.hand_over([one for one in rows if one not in absent], on=on, actor=ACTOR)
    if absent:
        services.mark_absent(absent, on=on, actor=ACTOR)
        services.hand_over(absent[::2], on=on + timedelta(days=5), taken_by="người nhà nhận thay, có giấy báo", actor=ACTOR)


# Today


def _today(people: _People) -> None:
    """What communes commend now: last summer's festival in three of them; in one also what is under way."""
    today = clock.today()
    year = today.year if today >= date(today.year, 9, 1) else today.year - 1
    begun = max(REFORM, date(year - 1, 8, 1))
    festival = date(year, 8, 16)
    if festival <= REFORM:
        return
    for code, individuals in (("28108", 14), ("28114", 6), ("28138", 8)):
        commune = Unit.objects.at(festival).communes().filter(code=code).first()
        body = Organisation.objects.at(festival).filter(kind=OrganisationKind.PEOPLES_COMMITTEE, unit=commune).first() if commune else None
        if commune is None or body is None:
            continue
        _commune(people, commune, body, begun=begun, festival=festival, individuals=individuals, is_busy=code == "28108")


def _commune(people: _People, commune: Unit, body: Organisation, *, begun: date, festival: date, individuals: int, is_busy: bool) -> None:
    others = list(Organisation.objects.at(festival).filter(unit=commune, kind__in=(OrganisationKind.POLICE, OrganisationKind.FATHERLAND_FRONT, OrganisationKind.MASS_ORGANISATION)).order_by("pk")[:3])
    issuer = papers.issuer_of(body, actor=ACTOR)
    police = next((one for one in others if one.kind == OrganisationKind.POLICE), body)
    council, seats = _council(commune, body, others, valid_from=REFORM)
    season = services.season_of(commune, name=f"Mùa Ngày hội {festival.year}", year=festival.year, subject=f"festival:{festival.year}")
    row = _open(commune, issuer, season, f"các tập thể, hộ gia đình, cá nhân có thành tích trong phong trào Toàn dân bảo vệ an ninh Tổ quốc năm {festival.year}", begun, festival)
    hamlets = list(Unit.objects.at(festival).hamlets().filter(parent=commune).order_by("code"))
    _fill(row, _some(people, commune, hamlets, individuals, f"Có thành tích xuất sắc trong phong trào Toàn dân bảo vệ an ninh Tổ quốc năm {festival.year}"))
    proposer = papers.issuer_of(police, actor=ACTOR)
    _signs(issuer, "Chủ tịch", "Đặng Văn Mẫu", REFORM)
    _signs(issuer, "Phó Chủ tịch", "Nguyễn Thị Thay Mặt Mẫu", REFORM, right="deputy", head="Chủ tịch")
    _signs(proposer, "Trưởng Công an xã", "Phạm Văn Mẫu", REFORM)
    _signs(papers.issuer_of(council, actor=ACTOR), "Phó Chủ tịch Hội đồng", "Nguyễn Thị Thay Mặt Mẫu", REFORM, right="deputy", head="Chủ tịch Hội đồng")
    way: dict[str, Any] = {"proposer": proposer, "chair": "Đặng Văn Mẫu", "clerk": "Lê Thị Mẫu"}
    decision = _through(row, council, seats, held=festival - timedelta(days=20), signing=_signing(festival - timedelta(days=9), "Chủ tịch", "Đặng Văn Mẫu"), **way)
    _handed(decision, festival)
    if is_busy:
        wrong = services.of_decision(decision)[-1]
        services.revoke_certificate(wrong, reason="Báo cáo thành tích không đúng; tiền thưởng đã nộp lại.", by_decision="Quyết định thu hồi của Chủ tịch Ủy ban nhân dân xã", actor=ACTOR)
        _under_way(people, commune, issuer, hamlets, council, seats, festival, way)


def _open(commune: Unit, issuer: Issuer, season: Season | None, title: str, begun: date, until: date, **changes: Any) -> Round:
    facts: dict[str, Any] = {"movement_list": MovementList.MOVEMENT, "procedure": Procedure.REGULAR, **changes}
    return services.open_round(Round(season=season, unit=commune, authority=issuer, title=title, period_from=begun, period_to=until, **facts), actor=ACTOR)


def _some(people: _People, commune: Unit, hamlets: Sequence[Unit], number: int, merit: str) -> list[Nomination]:
    """Return three collectives, two households and some people of a commune."""
    places = cycle(hamlets or [commune])
    made = []
    for name in ("Tổ liên gia an toàn số 3, {0}", "Ban nhân dân {0}", "Chi hội Phụ nữ {0}"):
        unit = next(places)
        made.append(Nomination(kind=RecipientKind.COLLECTIVE, name=name.format(unit.full_name), words=commune.full_name, unit=unit, merit=merit, nominated_by=f"Công an xã {commune.name}"))
    for kind in (RecipientKind.HOUSEHOLD, RecipientKind.HOUSEHOLD, *[RecipientKind.INDIVIDUAL] * number):
        unit = next(places)
        honorific, name, born = people.one()
        is_person = kind == RecipientKind.INDIVIDUAL
        made.append(
            Nomination(
                kind=kind, honorific=honorific if is_person else "", name=name if is_person else f"Hộ {honorific.lower()} {name}", birth_year=born if is_person else None,
                words=unit.place_name, unit=unit, merit=merit, nominated_by=f"Ban nhân dân {unit.full_name}", nominator_kind=RecipientKind.COLLECTIVE,
            )
        )  # fmt: skip
    return made


def _under_way(
    people: _People, commune: Unit, issuer: Issuer, hamlets: Sequence[Unit], council: Committee, seats: Sequence[CommitteeMember], festival: date, way: dict[str, Any]
) -> None:  # fmt: skip
    """What is handed out at the hamlets' festivals of these days, a pursuit that is signed and not public, a round before the chairman, an open one with a doubt and a proposal."""
    today = clock.today()
    begun = festival + timedelta(days=1)
    pursuit = _open(commune, issuer, None, "quần chúng có thành tích đột xuất trong truy bắt đối tượng phạm tội", begun, today, movement_list=MovementList.PURSUIT_EXTRAORDINARY, procedure=Procedure.EXTRAORDINARY)
    _fill(pursuit, [one for one in _some(people, commune, hamlets, 2, "Có thành tích đột xuất trong phát hiện, cùng Công an truy bắt đối tượng trộm cắp") if one.kind == RecipientKind.INDIVIDUAL])
    _through(pursuit, council, seats, held=max(begun, today - timedelta(days=12)), signing=_signing(max(begun + timedelta(days=3), today - timedelta(days=8)), "Chủ tịch", "Đặng Văn Mẫu"), **way)

    hamlets_own = _open(commune, issuer, None, "bà con giữ gìn an ninh, trật tự ở các khu phố, ấp", begun, today, procedure=Procedure.THEMATIC)
    _fill(hamlets_own, _some(people, commune, [one for one in hamlets if one.name in FESTIVE] or hamlets, 19, "Có thành tích xuất sắc trong giữ gìn an ninh, trật tự ở khu phố, ấp"))
    _through(hamlets_own, council, seats, held=max(begun, today - timedelta(days=7)), signing=_signing(max(begun + timedelta(days=4), today - timedelta(days=4)), "Chủ tịch", "Đặng Văn Mẫu"), **way)

    waiting = _open(commune, issuer, None, "các tổ liên gia an toàn phòng cháy, chữa cháy hoạt động tốt", begun, today, procedure=Procedure.THEMATIC)
    _fill(waiting, _some(people, commune, hamlets, 4, "Có thành tích xuất sắc trong xây dựng Tổ liên gia an toàn phòng cháy, chữa cháy"))
    held = max(begun, today - timedelta(days=5))
    _review(waiting, council, seats, held=held, chair=way["chair"], clerk=way["clerk"], place="Phòng họp Ủy ban nhân dân")
    waiting.refresh_from_db()
    _submit(waiting, on=max(held, today - timedelta(days=2)), proposer=way["proposer"], signer=("Trưởng Công an xã", "Phạm Văn Mẫu"))

    open_one = _open(commune, issuer, None, f"phong trào Toàn dân bảo vệ an ninh Tổ quốc quý IV năm {today.year}", begun, today)
    _fill(open_one, _some(people, commune, hamlets, 5, f"Có thành tích trong phong trào Toàn dân bảo vệ an ninh Tổ quốc quý IV năm {today.year}"))
    first = open_one.nominations.filter(kind=RecipientKind.INDIVIDUAL).order_by("place")[0]
    twin = Nomination(
        round=open_one, kind=RecipientKind.INDIVIDUAL, honorific=first.honorific, name=first.name.upper(), unit=first.unit, words=first.words, merit="Đã vận động bà con gắn đèn đầu hẻm",
        nominated_by="Chi hội Phụ nữ khu phố",
    )  # fmt: skip
    services.nominate(twin, actor=ACTOR)
    honorific, name, born = people.one()
    proposal = Nomination(
        round=open_one, kind=RecipientKind.INDIVIDUAL, honorific=honorific, name=name, birth_year=born, unit=first.unit, words=first.unit.place_name,
        merit="Đã báo tin sớm để bà con kịp dập lửa", nominated_by="Hộ bà Trần Thị Lụa, Nhà số 9", nominator_kind=RecipientKind.HOUSEHOLD,
    )  # fmt: skip
    services.nominate(proposal, is_proposal=True, actor=ACTOR)
