"""The office with who decides, a council, and rounds of commendations in all of their states."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from liengia.commendations import services
from liengia.commendations.models import (
    Certificate,
    Decision,
    MovementList,
    Nomination,
    Procedure,
    RecipientKind,
    Round,
)
from liengia.commendations.services import Counts, Signing
from liengia.core.actor import Actor
from liengia.organisations import committee_services
from liengia.organisations import services as organisations
from liengia.organisations.models import (
    Committee,
    CommitteeMember,
    MemberPost,
    Organisation,
    OrganisationKind,
)
from liengia.papers import services as papers
from liengia.papers.models import Issuer, Signatory
from tests.cast import TESTER
from tests.opinions.given import Office, office

ON = date(2026, 8, 3)
HELD = date(2026, 7, 20)
MERIT = "Có thành tích xuất sắc trong phong trào Toàn dân bảo vệ an ninh Tổ quốc năm 2026"


@dataclass(slots=True)
class Bureau:
    """The office, the commune's People's Committee and police as issuers, who signs for them, its council with five seats."""

    here: Office
    committee: Issuer
    police: Issuer
    council: Committee
    seats: list[CommitteeMember]

    @property
    def clerk(self) -> Actor:
        """Who writes."""
        return Actor.of(self.here.duyen)

    @property
    def chairman(self) -> Actor:
        """Who signs."""
        return Actor.of(self.here.chairman)


def bureau(here: Office | None = None, body: Organisation | None = None) -> Bureau:
    """Make them, or what lacks of them."""
    here = here or office()
    begun = date(2025, 7, 1)
    body = body or organisations.create_organisation(kind=OrganisationKind.PEOPLES_COMMITTEE, name="Ủy ban nhân dân xã Cần Đước", unit=here.commune, valid_from=begun, actor=TESTER)
    council = committee_services.form_committee(kind=Committee.Kind.COUNCIL, name="Hội đồng Thi đua, Khen thưởng xã Cần Đước", unit=here.commune, valid_from=begun, actor=TESTER)
    posts = [MemberPost.CHAIR, MemberPost.SECRETARY, *([MemberPost.MEMBER] * 3)]
    seats = [
        committee_services.seat_member(committee=council, organisation=body, office_title=f"Ủy viên {n}", post=post, valid_from=begun, actor=TESTER)
        for n, post in enumerate(posts, start=1)
    ]
    police = Organisation.objects.filter(kind=OrganisationKind.POLICE, unit=here.commune).first() or organisations.create_organisation(
        kind=OrganisationKind.POLICE, name="Công an xã Cần Đước", unit=here.commune, valid_from=begun, actor=TESTER
    )
    made = Bureau(here, papers.issuer_of(body, actor=TESTER), papers.issuer_of(police, actor=TESTER), council, seats)
    signs(made.committee, "Chủ tịch", "Võ Văn Chủ Tịch")
    signs(made.police, "Trưởng Công an xã", "Lê Văn Mẫu")
    return made


def signs(issuer: Issuer, office: str, name: str, **changes: Any) -> Signatory:
    """Enter who signs for an issuer, from the reform on."""
    return papers.keep_signatory(Signatory(**{"issuer": issuer, "office": office, "name": name, "valid_from": date(2025, 7, 1), **changes}), actor=TESTER)


def opened(scene: Bureau, **changes: Any) -> Round:
    """Open a round of the movement."""
    facts: dict[str, Any] = {
        "unit": scene.here.commune, "authority": scene.committee, "title": "phong trào Toàn dân bảo vệ an ninh Tổ quốc năm 2026",
        "movement_list": MovementList.MOVEMENT, "procedure": Procedure.REGULAR, "period_from": date(2026, 1, 1), "period_to": date(2026, 12, 31),
    }  # fmt: skip
    return services.open_round(Round(**{**facts, **changes}), actor=scene.clerk)


def pursuit(scene: Bureau, **changes: Any) -> Round:
    """Open a round of the pursuit, extraordinary."""
    facts = {"movement_list": MovementList.PURSUIT_EXTRAORDINARY, "procedure": Procedure.EXTRAORDINARY, "title": "truy bắt đối tượng phạm tội tháng 7 năm 2026"}
    return opened(scene, **{**facts, **changes})


def nominated(scene: Bureau, row: Round, name: str = "Nguyễn Thị Mẫu", **changes: Any) -> Nomination:
    """Nominate an individual, or whom the changes say."""
    facts: dict[str, Any] = {
        "round": row, "kind": RecipientKind.INDIVIDUAL, "honorific": "Bà", "name": name, "unit": scene.here.cast.hamlet, "merit": MERIT, "nominated_by": "Tập thể Khu phố 5",
    }  # fmt: skip
    if changes.get("kind", RecipientKind.INDIVIDUAL) != RecipientKind.INDIVIDUAL:
        facts["honorific"] = ""
    is_proposal = changes.pop("is_proposal", False)
    return services.nominate(Nomination(**{**facts, **changes}), is_proposal=is_proposal, actor=scene.clerk)


def reviewed(scene: Bureau, row: Round, *, against: Sequence[Nomination] = ()) -> None:
    """Let the council vote for everybody, but against some."""
    session = services.open_session(
        row, committee=scene.council, held_on=HELD, place="Phòng họp", chair=scene.seats[0], clerk=scene.seats[1], present=scene.seats, actor=scene.clerk
    )
    lost = {one.pk for one in against}
    counts = {key: Counts(1, 4) if key in lost else Counts(5) for key in session.votes.values_list("nomination_id", flat=True)}
    services.count_hands(session, counts, actor=scene.clerk)
    services.conclude_session(session, discussion="", begun="8 giờ", ended="9 giờ", actor=scene.clerk)


def submitted(scene: Bureau, row: Round) -> Round:
    """Bring a round before who decides."""
    row.refresh_from_db()
    if row.needs_council and row.state == "open":
        reviewed(scene, row)
    services.submit_round(row, proposer=scene.police, bases="", words="Kính đề nghị xem xét.", signer=("Trưởng Công an xã", "Lê Văn Mẫu"), actor=scene.clerk)
    row.refresh_from_db()
    return row


def signing(**changes: Any) -> Signing:
    """Return the chairman's signature of 3 August 2026."""
    facts: dict[str, Any] = {"on": ON, "signer_office": "Chủ tịch", "signer_name": "Võ Văn Chủ Tịch", "bases": "Căn cứ Luật Thi đua, khen thưởng năm 2022;", "is_on_paper": True}
    return Signing(**{**facts, **changes})


def decided(scene: Bureau, row: Round, **changes: Any) -> Decision:
    """Submit and sign; whoever reads the paper's files makes them, as after a crash."""
    return services.decide(submitted(scene, row), signing(**changes), with_files=False, actor=scene.chairman)


def certified(scene: Bureau, name: str = "Nguyễn Thị Mẫu", **changes: Any) -> Certificate:
    """Return the certificate of one who was commended for the movement."""
    row = opened(scene)
    one = nominated(scene, row, name, **changes)
    decided(scene, row)
    return Certificate.objects.select_related("decision__round", "decision__paper__issuer", "issuer").get(nomination=one)
