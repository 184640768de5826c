"""What the report to the people counts of this room: no number about fewer than five people, nor one that tells it by what is left over."""

from __future__ import annotations

from datetime import date

from liengia.commendations import queries, reporting, services
from liengia.commendations.models import Certificate, Nomination, Round
from liengia.core.reporting import Period
from tests.commendations.given import Bureau, decided, nominated, opened, pursuit

PERIOD = Period(date(2026, 1, 1), date(2026, 8, 10))
ALL = ["people", "collectives", "civilians", "money"]


def told(scene: Bureau) -> tuple[list[str], list[str]]:
    """Return the figures that stand in the report, and the people of each line of its table."""
    part = reporting.commended(scene.here.commune, PERIOD)
    assert part is not None
    return [one.code.removeprefix("commendations.") for one in part.figures], [str(row[2]) for table in part.tables for row in table.rows]


def count(scene: Bureau, code: str) -> float | None:
    """Return a number as its records give it."""
    found = reporting.trace(scene.here.commune, PERIOD, f"commendations.{code}", None)
    assert found is not None and sum(one.amount for one in found.rows) + found.hidden == found.value
    return found.value


def of(scene: Bureau, row: Round, count: int) -> Round:
    for number in range(count):
        nominated(scene, row, f"Nguyễn Thị {'ABCDEFGH'[number]}{row.pk}")
    return row


def test_what_is_left_over_tells_of_nobody(scene: Bureau) -> None:
    decided(scene, of(scene, opened(scene), 6))
    assert told(scene) == (ALL, ["6"])

    first = Nomination.objects.order_by("pk")[0]
    Nomination.objects.filter(pk=first.pk).update(is_police=True)
    assert told(scene) == (["people", "collectives", "money"], ["6"]), "six less five members of the public: one of the police"
    Nomination.objects.update(is_police=False)

    closed = decided(scene, of(scene, pursuit(scene), 1))
    assert told(scene) == (ALL, ["6"]) and count(scene, "people") == 6, "the public roll has six: a seventh would tell of the one of the pursuit"
    services.open_decision(closed, is_public=True, reason="Chủ tịch quyết định.", actor=scene.chairman)
    assert told(scene) == (ALL, []) and count(scene, "people") == 7, "seven less six in a table would be the one of the list that is left out"

    Certificate.objects.filter(decision__round__movement_list="movement").exclude(nomination=first).update(state="revoked", ended_on=date(2026, 8, 9))
    assert told(scene) == (["people", "collectives", "civilians"], []), "by its dated table the money would tell how many"


def test_members_of_the_public_are_not_listed_by_decision_where_the_others_are_few(scene: Bureau) -> None:
    decided(scene, of(scene, opened(scene), 6))
    second = of(scene, opened(scene, title="đợt hai"), 7)
    decided(scene, second)
    few = [one.pk for one in Nomination.objects.order_by("pk")]
    Nomination.objects.filter(pk__in=[*few[:3], *few[6:9]]).update(is_police=True)
    assert told(scene)[0] == ALL and count(scene, "civilians") == 7
    found = reporting.trace(scene.here.commune, PERIOD, "commendations.civilians", None)
    assert found is not None and not found.rows and found.why


def test_a_district_leaves_out_whom_its_communes_leave_out(scene: Bureau) -> None:
    cast, period = scene.here.cast, Period(date(2026, 1, 1), date(2026, 8, 10))
    for number in (3, 6):
        row = of(scene, pursuit(scene), number)
        decided(scene, row)
        if number == 6:
            Round.objects.filter(pk=row.pk).update(unit=cast.other_commune)
    people = {}
    for unit in (cast.commune, cast.other_commune, cast.province):
        part = reporting.commended(unit, period)
        people[unit.name] = part.figures[0].value if part is not None else 0
    assert people == {cast.commune.name: 0, cast.other_commune.name: 6, cast.province.name: 6}, "nine less six would tell of three"


def test_a_season_tells_nothing_of_the_few_that_were_taken_off_the_roll(scene: Bureau) -> None:
    season = services.season_of(scene.here.commune, name="Mùa 2026", year=2026)
    decided(scene, of(scene, opened(scene, season=season), 6))
    other = decided(scene, of(scene, opened(scene, season=season, title="đợt hai"), 2))
    assert (queries.season_told(season)[0]["movement"].people, queries.season_told(season)[1].people) == (8, 8)
    services.open_decision(other, is_public=False, reason="", actor=scene.chairman)
    told, total = queries.season_told(season)
    assert (told["movement"].people, total.people) == (6, 6), "the roll has six: eight would tell of two"
    more = decided(scene, of(scene, opened(scene, season=season, title="đợt ba"), 5))
    services.open_decision(more, is_public=False, reason="", actor=scene.chairman)
    told, total = queries.season_told(season)
    assert (told["movement"].people, total.people) == (13, 13), "seven are no few"
