"""The commune's office with its issuers, and papers of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from liengia.core.actor import Actor
from liengia.organisations import services as organisations
from liengia.organisations.models import OrganisationKind
from liengia.papers import services
from liengia.papers.models import Issuer, Paper
from liengia.papers.services import Draft
from tests.cast import TESTER
from tests.opinions.given import Office, office

ON = date(2026, 8, 3)


@dataclass(slots=True)
class Desk:
    """The office, the commune's People's Committee and its police as issuers."""

    here: Office
    committee: Issuer
    police: Issuer

    @property
    def clerk(self) -> Actor:
        """Who writes."""
        return Actor.of(self.here.duyen)


def desk() -> Desk:
    """Make the office and its issuers."""
    here = office()
    made = {}
    for kind, name in ((OrganisationKind.PEOPLES_COMMITTEE, "Ủy ban nhân dân xã Cần Đước"), (OrganisationKind.POLICE, "Công an xã Cần Đước")):
        body = organisations.create_organisation(
            kind=kind, name=name, unit=here.commune, valid_from=date(2025, 7, 1), actor=TESTER
        )
        made[kind] = services.issuer_of(body, actor=TESTER)
    return Desk(here, made[OrganisationKind.PEOPLES_COMMITTEE], made[OrganisationKind.POLICE])


def draft(scene: Desk, kind: str = "invitation", **changes: Any) -> Draft:
    """Return an invitation that only waits for its number."""
    values = {"kính mời": "Bà con Khu phố 5", "dự": "Ngày hội", "thời gian": "07 giờ 30, ngày 16/8/2026", "địa điểm": "sân đình"}
    facts: dict[str, Any] = {
        "kind": kind, "issuer": scene.committee, "about": "Dự Ngày hội toàn dân bảo vệ an ninh Tổ quốc", "values": values,
        "signers": [("Chủ tịch", "Võ Văn Chủ Tịch")], "recipients": "Như kính mời;\nLưu: VT.",
    }  # fmt: skip
    return Draft(**{**facts, **changes})


def issued(scene: Desk, *, on: date = ON, number: int | None = None, **changes: Any) -> Paper:
    """Draft and issue a paper."""
    return services.issue_paper(services.draft_paper(draft(scene, **changes), actor=scene.clerk), on=on, number=number, actor=scene.clerk)
