"""The commune's desk, what stood before the reform, and one practice that runs in a hamlet."""

from __future__ import annotations

import io
from dataclasses import dataclass
from datetime import date
from typing import Any

from PIL import Image

from liengia.core.actor import Actor
from liengia.organisations import services as organisations
from liengia.organisations.models import Organisation, OrganisationKind
from liengia.practices import services
from liengia.practices.models import Practice
from liengia.practices.services import Facts, NeedLine, Text
from liengia.units.models import Succession, Unit
from tests.cast import TESTER
from tests.papers.given import Desk, desk

REFORM = date(2025, 7, 1)
BEGUN = date(2026, 2, 3)
TEXT = Text(
    problem="Hẻm sâu, xe chữa cháy không vào được.", how="- Mỗi nhà một bình.\n- Ấn một nút, cả tổ cùng nghe.", cost=1_200_000, cost_basis="household",
    needs=(NeedLine("Bình chữa cháy", 1, "household"), NeedLine("Tổ có tổ trưởng", 1, "group", "alarms.groups")),
)  # fmt: skip
PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"


@dataclass(slots=True)
class Place:
    """The desk; the district and the two old communes whose ground Cần Đước took over; a practice of Khu phố 5."""

    desk: Desk
    long_an: Unit
    district: Unit
    town: Unit
    phuoc_tuy: Unit
    district_committee: Organisation
    provincial: Organisation
    practice: Practice

    @property
    def commune(self) -> Unit:
        return self.desk.here.commune

    @property
    def hamlet(self) -> Unit:
        return self.desk.here.cast.hamlet

    @property
    def other(self) -> Unit:
        return self.desk.here.cast.other_commune

    @property
    def clerk(self) -> Actor:
        return self.desk.clerk


def facts(name: str = "Tổ liên gia Khu phố 5", **changes: Any) -> Facts:
    """Return what stands about a practice."""
    return Facts(**{"name": name, "kind": "fire", "summary": "Nhà này kêu, nhà kia đến.", **changes})


def place() -> Place:
    """Make everything."""
    here = desk()
    cast = here.here.cast
    long_an = Unit.objects.create(code="80", name="Long An", kind="Tỉnh", level="province", valid_to=REFORM)
    district = Unit.objects.create(code="806", name="Cần Đước", kind="Huyện", level="district", parent=long_an, valid_to=REFORM)
    town = Unit.objects.create(code="28108", name="Cần Đước", kind="Thị trấn", level="commune", parent=district, valid_to=REFORM)
    phuoc_tuy = Unit.objects.create(code="28141", name="Phước Tuy", kind="Xã", level="commune", parent=district, valid_to=REFORM)
    for old in (town, phuoc_tuy):
        Succession.objects.create(old=old, new=cast.commune, kind="merge", on=REFORM)
    old_hamlet = Unit.objects.create(code="28108-05", name="Khu phố 5", kind="Khu phố", level="hamlet", parent=town, valid_to=REFORM)
    Succession.objects.create(old=old_hamlet, new=cast.hamlet, kind="continue", on=REFORM)
    committee = OrganisationKind.PEOPLES_COMMITTEE
    of_district = organisations.create_organisation(kind=committee, name="Ủy ban nhân dân huyện Cần Đước", unit=district, valid_to=REFORM, actor=TESTER)
    of_province = organisations.create_organisation(kind=committee, name="Ủy ban nhân dân tỉnh Tây Ninh", unit=cast.province, valid_from=REFORM, actor=TESTER)
    practice = services.create(cast.hamlet, facts(), TEXT, actor=TESTER)
    services.start(practice, on=BEGUN, actor=TESTER)
    practice = services.publish(practice, actor=TESTER)
    return Place(here, long_an, district, town, phuoc_tuy, of_district, of_province, practice)


def running(scene: Place, unit: Unit | None = None, *, of: Practice | None = None, **changes: Any) -> Practice:
    """Replicate the practice in a unit, begin it and show it."""
    made = services.replicate(of or scene.practice, unit or scene.other, changed="Góp theo chợ.", actor=TESTER, **changes)
    services.start(made, on=BEGUN, actor=TESTER)
    return services.publish(made, actor=TESTER)


def picture(colour: str = "red") -> bytes:
    """Return a JPEG that carries more than points."""
    out = io.BytesIO()
    exif = Image.Exif()
    exif[0x010F] = "Nha may anh"
    Image.new("RGB", (40, 30), colour).save(out, "JPEG", exif=exif)
    return out.getvalue()
