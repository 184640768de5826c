"""The rates that are shipped: what the law says by day, and what an installation of before gets."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from importlib import import_module

import pytest
from django.apps import apps

from liengia.commendations import money
from liengia.commendations.models import RewardRate
from liengia.core.errors import Invalid
from liengia.people import services as people
from tests.cast import TESTER
from tests.commendations.given import Bureau, nominated, opened, submitted
from tests.people.conftest import signed_in

pytestmark = pytest.mark.django_db

WHO = ("individual", "household", "collective")


@pytest.mark.parametrize(
    ("award", "level", "on", "amounts"),
    [
        ("certificate", "commune", date(2025, 6, 30), (360_000, 530_000, 710_000)),
        ("certificate", "commune", date(2025, 7, 1), (710_000, 1_060_000, 1_410_000)),
        ("merit", "province", date(2026, 8, 3), (3_800_000, 5_700_000, 7_590_000)),
    ],
)
def test_the_money_follows_the_decree_of_the_day(award: str, level: str, on: date, amounts: tuple[int, ...]) -> None:
    found = money.rewards(award, level, on, WHO)
    assert tuple(found[who].amount_vnd for who in WHO) == amounts


def test_what_the_law_is_not_known_to_say_waits_to_be_compared() -> None:
    found = money.rewards("certificate", "commune", date(2026, 1, 5), WHO)
    sure = found["individual"]
    assert found["collective"].is_unsure and "cần đối chiếu" in found["collective"].source
    assert not sure.is_unsure and "152/2025/NĐ-CP" in sure.source
    with pytest.raises(Invalid) as refused:
        money.rewards("merit", "province", date(2020, 1, 5), ("household",))
    assert refused.value.detail_code == "no_rate", "the decree of then knew no household: it is refused with what to enter"


def test_an_installation_of_before_gets_the_rates_since_july_2025_and_keeps_its_own() -> None:
    enter = import_module("liengia.commendations.migrations.0005_rates_since_july_2025").enter_rates
    rates = RewardRate.objects.all()
    shipped = {_told(one) for one in rates}
    before = {"level": "commune", "award": "certificate", "valid_from": date(2024, 1, 1), "source": "Nghị định 98/2023/NĐ-CP, cần đối chiếu", "is_unsure": True}
    rates.delete()
    enter(apps, None)
    assert not rates.exists(), "a new installation reads the table that is shipped"
    RewardRate.objects.create(recipient="individual", coefficient=Decimal("0.15"), **before)
    own = RewardRate.objects.create(recipient="household", coefficient=Decimal("0.4"), **{**before, "source": "Quy chế của xã", "is_unsure": False})
    enter(apps, None)
    enter(apps, None)
    found = money.rewards("certificate", "commune", date(2026, 1, 5), WHO)
    assert [found[who].coefficient for who in WHO] == [Decimal("0.3"), Decimal("0.4"), Decimal("0.6")], "what the office entered itself stays"
    assert money.rewards("certificate", "commune", date(2025, 1, 5), ("individual",))["individual"].coefficient == Decimal("0.15")
    entered = {_told(one) for one in rates.exclude(pk=own.pk).exclude(valid_from=date(2024, 1, 1), award="certificate")}
    assert len(entered) == rates.count() - 2 == 10, "run again it enters nothing twice"
    assert entered <= shipped, "both tell the same law"


def test_who_signs_on_a_day_that_no_table_has_reads_who_enters_it_and_where(scene: Bureau) -> None:
    row = opened(scene)
    nominated(scene, row)
    submitted(scene, row)
    RewardRate.objects.filter(recipient="individual").update(valid_to=date(2026, 7, 1))
    address, ask = f"/quan-tri/khen-thuong/dot/{row.public_id}/ky/", {"look": "1", "on": "2026-08-03"}
    chairman = signed_in(scene.here.chairman, second_factor=True)
    page = chairman.post(address, ask).content.decode()
    assert "chưa có mức cho cá nhân vào ngày 03/08/2026" in page and "do quản trị cấp tỉnh nhập" in page and "/khen-thuong/tien-thuong/" not in page.partition("Tiền thưởng</h2>")[2]
    people.assign_role(scene.here.chairman, "area_admin", scene.here.commune, actor=TESTER)
    assert "/khen-thuong/tien-thuong/" in chairman.post(address, ask).content.decode().partition("Tiền thưởng</h2>")[2]


def _told(rate: RewardRate) -> tuple[object, ...]:
    return rate.award, rate.level, rate.recipient, rate.valid_from, rate.valid_to, rate.coefficient, rate.step_vnd, rate.rounding, rate.source, rate.is_unsure
