"""The eight practices that are there from the start, as they ran in Cần Đước in 2023; a commune replicates any of them.

They stand as practices from elsewhere, unless the installation knows the district: then they are its own. Names and
kinds are those of the report of 2023-08-06; the texts are written for this project from what is known of each.
"""

from __future__ import annotations

import json
import uuid
from datetime import date
from importlib.resources import files
from typing import Any, Final

from django.db import transaction

from liengia.practices import index
from liengia.practices.models import Need, Practice, PracticeState, Revision, Tie
from liengia.units.models import Level, Unit

NAMESPACE: Final = uuid.UUID("5b1f6c1e-3c0a-5c1d-9d0a-6f3b1b0f8a01")
PLACE: Final = "Huyện Cần Đước, tỉnh Long An"
DISTRICT: Final = "806"
SEEN_ON: Final = date(2023, 8, 6)
END_REASON: Final = "Cấp huyện kết thúc; các xã chạy tiếp mô hình ở nơi mình."


def described() -> list[dict[str, Any]]:
    """Return the eight as they are shipped."""
    found: list[dict[str, Any]] = json.loads(files("liengia.practices").joinpath("data/eight.json").read_text(encoding="utf-8"))
    return found


def uuid_of(code: str) -> uuid.UUID:
    """Return the identity of a shipped practice, the same in every installation."""
    return uuid.uuid5(NAMESPACE, code)


@transaction.atomic
def ensure_shipped() -> int:
    """Make the shipped practices that are missing; what was changed stays. Return how many were made."""
    known = set(Practice.objects.filter(uuid__in=[uuid_of(one["code"]) for one in described()]).values_list("uuid", flat=True))
    missing = [one for one in described() if uuid_of(one["code"]) not in known]
    if not missing:
        return 0
    district = Unit.objects.at(SEEN_ON).filter(code=DISTRICT, level=Level.DISTRICT).first()
    rows = [_row(one, district) for one in missing]
    for row in rows:
        row.save(force_insert=True)
    texts = Revision.objects.bulk_create(_revision(row, one) for row, one in zip(rows, missing, strict=True))
    Need.objects.bulk_create(
        Need(revision=text, order=order, **need) for text, one in zip(texts, missing, strict=True) for order, need in enumerate(one["needs"])
    )
    Tie.objects.bulk_create(Tie(practice=row, code=code) for row, one in zip(rows, missing, strict=True) for code in one["ties"])
    index.renew_all([row.pk for row in rows])
    return len(rows)


def _row(one: dict[str, Any], district: Unit | None) -> Practice:
    own = uuid_of(one["code"])
    end = _end_with(district)
    return Practice(
        uuid=own, family=own, kind=one["kind"], name=one["name"], summary=one["summary"], unit=district, founded_in=district, place_words=PLACE,
        leading_words="; ".join(one["leading"]), agreement_words=one["agreement"], started_on=date.fromisoformat(one["started_on"]), **end, is_public=True, last_sign_on=SEEN_ON,
    )  # fmt: skip


def _end_with(district: Unit | None) -> dict[str, Any]:
    """Say that a practice of the district ended with it; as long as the district is not known here, it runs as it was seen."""
    if district is None or district.is_current or district.valid_to is None:
        return {"state": PracticeState.RUNNING}
    return {"state": PracticeState.ENDED, "ended_on": district.valid_to, "end_reason": END_REASON}


def _revision(row: Practice, one: dict[str, Any]) -> Revision:
    assert row.started_on is not None
    return Revision(
        practice=row, number=1, on=row.started_on, problem=one["problem"], how=one["how"], cost=one["cost"], cost_basis=one["cost_basis"],
        cost_words=one["cost_words"],
    )  # fmt: skip


@transaction.atomic
def settle(district: Unit) -> int:
    """Give the eight to the district that the installation has come to know; return how many were given."""
    return Practice.objects.filter(uuid__in=[uuid_of(one["code"]) for one in described()], unit=None).update(
        unit=district, founded_in=district, **_end_with(district)
    )  # fmt: skip
