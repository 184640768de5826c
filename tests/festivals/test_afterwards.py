"""What the office says after the day, and numbers of people that are asked about before they are believed."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from liengia.core.errors import Invalid, Refused
from liengia.festivals import crowds, drafts
from liengia.festivals.models import DayEvent, FestivalDay, ProgrammeItem
from liengia.festivals.services import afterwards, days, pledges, results, seasons
from liengia.festivals.services.days import Host
from liengia.festivals.services.pledges import Promise
from liengia.organisations import services as organisations
from liengia.organisations.models import OrganisationKind
from liengia.reports.services import keep_size
from liengia.units.models import Succession
from tests import factories
from tests.cast import TESTER
from tests.festivals.given import PROGRAMME, Season1, at, fresh, say, told
from tests.festivals.test_tell import send
from tests.people.conftest import signed_in


def held(scene: Season1, title: str) -> bool | None:
    """Return what is known of an item of the hamlet's day."""
    return ProgrammeItem.objects.get(day=scene.hamlet_day, title=title).was_held


def test_what_nobody_tapped_is_not_known_and_results_say_that_it_was_held(scene: Season1) -> None:
    say(scene, "begun")
    results.set_results(scene.item("Kéo co"), [(1, "Đội Ấp 1", "")], told=told("result"), actor=scene.phone)
    assert (held(scene, "Kéo co"), held(scene, "Chào cờ")) == (True, None)


def test_a_day_of_long_ago_is_noted_as_held_in_the_office(scene: Season1) -> None:
    clerk, day = signed_in(scene.here.duyen, second_factor=True), scene.hamlet_day
    address = f"/quan-tri/ngay-hoi/ngay/{day.public_id}/"
    assert "Ngày này đã qua" not in clerk.get(address).content.decode()
    with pytest.raises(Refused):
        afterwards.note_held(day, number=None, is_sure=False, actor=scene.clerk)
    with time_machine.travel(day.starts_at + timedelta(days=30), tick=False):
        assert "Ngày này đã qua" in clerk.get(address).content.decode()
        refused = clerk.post(f"{address}da-lam/", {"number": "85000"})
        assert refused.status_code == 422 and "85000" in refused.content.decode() and fresh(day).state == "announced"
        assert clerk.post(f"{address}da-lam/", {"number": "85"}).status_code == 302
        now = fresh(day)
        assert (now.state, now.attendance, now.began_at) == ("ended", 85, day.starts_at)
        assert now.ended_at is not None and now.ended_at == (day.ends_at or day.starts_at + afterwards.USUAL_LENGTH)
        assert "da-lam" in clerk.get(address).content.decode() and "Chào cờ" in clerk.get(f"{address}da-lam/").content.decode()
        with pytest.raises(Refused):
            afterwards.note_held(day, number=85, is_sure=False, actor=scene.clerk)


def test_the_office_says_item_by_item_what_was_held_and_why_not(scene: Season1) -> None:
    clerk, day = signed_in(scene.here.duyen, second_factor=True), scene.hamlet_day
    address = f"/quan-tri/ngay-hoi/ngay/{day.public_id}/da-lam/"
    items = {one.title: one for one in day.items.all()}
    said = {f"course_{one.pk}": "" for one in items.values()} | {f"course_{items['Chào cờ'].pk}": "held", f"course_{items['Diễu hành'].pk}": "not_held"}
    assert clerk.post(address, said).status_code == 422, "the day has not begun"
    say(scene, "begun")
    results.set_results(scene.item("Kéo co"), [(1, "Đội Ấp 1", "")], told=told("result"), actor=scene.phone)
    assert "Chưa ghi nhận" in (page := clerk.get(address).content.decode()) or "chưa ghi nhận" in page
    refused = clerk.post(address, said)
    assert refused.status_code == 422 and "lý do không làm “Diễu hành”" in refused.content.decode()
    said[f"reason_{items['Diễu hành'].pk}"] = "Mưa lớn"
    assert clerk.post(address, said).status_code == 302
    assert (held(scene, "Chào cờ"), held(scene, "Diễu hành"), held(scene, "Diễn đàn")) == (True, False, None)
    assert "Mưa lớn" in clerk.get(f"/quan-tri/ngay-hoi/ngay/{day.public_id}/").content.decode()
    values = drafts.draft(fresh(day), "results", actor=scene.clerk).values
    assert "Không thực hiện: Diễu hành, lý do: Mưa lớn." in values["chưa đạt"] and "Chào cờ" in values["kết quả"]
    with pytest.raises(Invalid, match="kết quả"):
        afterwards.set_course(day, {items["Kéo co"].pk: ("not_held", "Mưa")}, actor=scene.clerk)
    other = scene.item("Chào cờ", scene.commune_day)
    for wrong in ({other.pk: ("held", "")}, {items["Chào cờ"].pk: ("maybe", "")}):
        with pytest.raises(Invalid):
            afterwards.set_course(day, wrong, actor=scene.clerk)
    assert clerk.get(f"/quan-tri/ngay-hoi/ngay/{day.public_id}x/da-lam/").status_code == 404


def test_75_000_people_of_a_hamlet_are_asked_about_and_taken_when_it_is_sure(scene: Season1) -> None:
    keep_size(scene.here.cast.hamlet, year=2026, households=250, source="UBND xã", actor=TESTER)
    phone = signed_in(scene.head)
    asked = send(phone, scene, "count", number="75000")
    assert asked.status_code == 422 and asked.json()["code"] == "unlikely" and asked.json()["meant"] == 750
    assert "250 hộ" in asked.json()["problem"] and "75.000 người dự, hay là 750?" in asked.json()["problem"]
    assert not DayEvent.objects.filter(day=scene.hamlet_day).exists() and fresh(scene.hamlet_day).attendance is None
    assert send(phone, scene, "count", number="75000", is_sure="1").json()["attendance"] == 75000, "the same key: nothing was kept of it before"
    assert send(phone, scene, "count", number="750", key="phone-key-0002").json()["attendance"] == 750
    assert 'data-most="1250"' in phone.get("/ngay-hoi/ghi/").content.decode(), "a phone without a network asks by the same limit"


@pytest.mark.parametrize(("number", "meant"), [(75_000, 750), (12_345, None), (10_000, 1000), (1_251, None)])
def test_the_likely_slip_is_offered(number: int, meant: int | None) -> None:
    assert crowds.Crowd("Ấp 1", 250, 1250).meant(number) == meant


def test_without_a_size_the_limit_is_that_of_the_level(scene: Season1) -> None:
    limits: dict[str, Any] = crowds._settings()["most_by_level"]
    assert crowds.crowd_of(scene.hamlet_day).most == limits["hamlet"] < crowds.crowd_of(scene.commune_day).most == limits["commune"]
    with pytest.raises(Refused):
        crowds.check(scene.hamlet_day, limits["hamlet"] + 1)
    keep_size(scene.here.commune, year=2026, households=9000, source="UBND xã", actor=TESTER)
    assert crowds.crowd_of(scene.commune_day).most == 45_000
    keep_size(scene.here.commune, year=2025, households=1, source="UBND xã", actor=TESTER)
    assert crowds.crowd_of(scene.commune_day).most == 45_000, f"the last count before {date(2026, 8, 16)}"


def test_the_size_of_a_predecessor_is_of_another_area(scene: Season1) -> None:
    commune = scene.here.commune
    old = factories.unit("28999", "Long Sơn", "commune", parent=commune.parent)
    Succession.objects.create(old=old, new=commune, kind="merge", on=date(2025, 7, 1))
    keep_size(old, year=2026, households=40, source="UBND xã", actor=TESTER)
    assert crowds.crowd_of(scene.commune_day).households is None, "the limit of the level holds"
    keep_size(commune, year=2025, households=9000, source="UBND xã", actor=TESTER)
    assert crowds.crowd_of(scene.commune_day).households == 9000


def test_the_phone_page_asks_once_for_a_unit_and_not_for_days_that_are_over(scene: Season1) -> None:
    phone = signed_in(scene.head)
    with CaptureQueriesContext(connection) as before:
        phone.get("/ngay-hoi/ghi/")
    for name in ("Trường Mẫu", "Trạm Y tế"):
        body = organisations.create_organisation(kind=OrganisationKind.SCHOOL, name=name, unit=scene.here.cast.hamlet, valid_from=date(2025, 7, 1), actor=TESTER)
        (made,) = days.plan_days(scene.season, [Host(scene.here.cast.hamlet, body)], place="Sân trường", starts_at=at(9), items=PROGRAMME, actor=TESTER)
        days.announce_day(made, actor=TESTER)
    with CaptureQueriesContext(connection) as after:
        assert phone.get("/ngay-hoi/ghi/").content.decode().count("data-most=") == 3
    assert len(after) <= len(before), "two more days of the unit cost no query"
    FestivalDay.objects.update(state="ended")
    with CaptureQueriesContext(connection) as over:
        assert "data-most=" not in phone.get("/ngay-hoi/ghi/").content.decode()
    assert len(over) < len(before)


def test_the_results_say_what_last_years_pledges_did_not_keep(scene: Season1) -> None:
    season = seasons.plan_season(unit=scene.here.commune, name="Mùa 2025", starts_on=date(2025, 7, 1), ends_on=date(2025, 8, 31), actor=TESTER)
    promises = [Promise("Không để cháy", "số vụ", date(2026, 6, 30)), Promise("Mỗi hộ một bình", "số hộ", date(2026, 6, 30))]
    pledge = pledges.draft_pledge(
        season, unit=scene.here.commune, title="Xóm ấp bình yên", valid_from=date(2025, 8, 6), valid_to=date(2026, 8, 5), promises=promises, parties=[scene.ubnd, organisations.create_organisation(kind=OrganisationKind.SCHOOL, name="Trường Mẫu", unit=scene.here.commune, actor=TESTER)], actor=TESTER,
    )  # fmt: skip
    pledges.sign_pledge(pledge, on=date(2025, 8, 6), actor=TESTER)
    first, second = pledge.promises.all()
    broken, kept = ("not_kept", "Một vụ tháng 4."), ("kept", "")
    pledges.report(pledge, at="half_year", outcomes={first.pk: kept, second.pk: ("not_kept", "Chưa đủ tiền.")}, actor=TESTER)
    pledges.report(pledge, at="year_end", outcomes={first.pk: broken, second.pk: kept}, actor=TESTER)
    missed = drafts.draft(fresh(scene.commune_day), "results", actor=scene.clerk).values["chưa đạt"]
    assert "- Giao ước chưa giữ được: Xóm ấp bình yên, “Không để cháy”: Một vụ tháng 4." in missed
    assert "Mỗi hộ một bình" not in missed, "it was kept by the year's end"
