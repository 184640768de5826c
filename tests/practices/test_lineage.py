"""Who came from whom: replications, the tree, and that there is never a circle."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from liengia.core.errors import Refused
from liengia.practices import drawings, queries, services
from liengia.practices.models import Practice
from liengia.practices.services.lineage import descendants
from liengia.units.models import Unit
from tests.cast import TESTER
from tests.practices.given import BEGUN, TEXT, Place, facts, running
from tests.practices.test_practices import code


def test_another_commune_takes_it_over_with_its_changes(scene: Place) -> None:
    made = services.replicate(scene.practice, scene.other, changed="Góp theo chợ.", actor=scene.clerk)
    assert (made.family, made.replicated_from_id, made.state, made.is_public) == (scene.practice.family, scene.practice.pk, "planned", False)
    text = made.revisions.get()
    assert (text.number, text.how, text.changed) == (1, TEXT.how, "Góp theo chợ.")
    assert [need.count for need in text.needs.all()] == ["", "alarms.groups"]
    with pytest.raises(Refused) as caught:
        services.replicate(scene.practice, scene.other, changed="", actor=scene.clerk)
    assert code(caught) == "already_here"
    services.end(made, on=date(2026, 8, 10), reason="Thôi", actor=scene.clerk)
    assert services.replicate(scene.practice, scene.other, changed="", actor=scene.clerk).pk


def test_the_tree_shows_who_came_from_whom_and_leaps_over_what_is_hidden(scene: Place) -> None:
    child = running(scene, scene.other)
    grandchild = running(scene, scene.commune, of=child)
    services.replicate(grandchild, scene.desk.here.cast.province, changed="", actor=TESTER)  # planned, not public: not in the tree
    top = queries.tree(grandchild)
    assert top is not None and [node.practice.pk for node in top.walk()] == [scene.practice.pk, child.pk, grandchild.pk]
    assert [node.depth for node in top.walk()] == [0, 1, 2]
    services.hide(child, actor=TESTER)
    top = queries.tree(grandchild)
    assert top is not None and [(node.practice.pk, node.depth) for node in top.walk()] == [(scene.practice.pk, 0), (grandchild.pk, 1)]
    drawing = drawings.draw_tree(top)
    assert drawing is not None and len(drawing.boxes) == 2 and len(drawing.lines) == 1


def test_boxes_never_lie_over_each_other(scene: Place) -> None:
    rows = [scene.practice]
    for number in range(14):
        made = Practice(
            unit=scene.other, founded_in=scene.other, family=scene.practice.family, replicated_from=rows[number // 2], kind="fire", name=f"Số {number}",
            summary="x", state="running", started_on=BEGUN, is_public=True,
        )  # fmt: skip
        made.save()
        rows.append(made)
    top = queries.tree(scene.practice)
    drawing = drawings.draw_tree(top) if top else None
    assert drawing is not None and len(drawing.boxes) == 15
    spots = [(box.x, box.y) for box in drawing.boxes]
    for number, (x, y) in enumerate(spots):
        assert 0 <= x <= drawing.width - drawings.BOX_W and 0 <= y <= drawing.height - drawings.BOX_H
        assert not [1 for a, b in spots[number + 1 :] if abs(a - x) < drawings.BOX_W and abs(b - y) < drawings.BOX_H]


def test_the_map_places_each_by_its_unit_or_the_one_above(scene: Place) -> None:
    child = running(scene, scene.other)
    for unit, lat, lon in ((scene.commune, 10.50, 106.60), (scene.other, 10.60, 106.50)):
        unit.lat, unit.lon = lat, lon
        unit.save()
    top = queries.tree(child)
    assert top is not None
    drawn = drawings.draw_map(top)
    assert drawn is not None
    first, second = drawn.spots
    assert first.x > second.x and first.y > second.y, "Rạch Kiến lies north-west"
    assert not drawn.unplaced and drawn.scale_km == 10


def test_lines_of_the_map_go_from_who_had_it_to_who_took_it_over(scene: Place) -> None:
    child = running(scene, scene.other)
    running(scene, scene.commune, of=child)
    for unit, lat, lon in ((scene.commune, 10.50, 106.60), (scene.other, 10.60, 106.50)):
        Unit.objects.filter(pk=unit.pk).update(lat=lat, lon=lon)
    drawn = drawings.draw_map(queries.tree(child))
    assert drawn is not None
    first, second = drawn.spots
    assert drawn.lines == [f"M{first.x} {first.y}L{second.x} {second.y}", f"M{second.x} {second.y}L{first.x} {first.y}"], "there and back again"
    services.hide(child, actor=TESTER)
    drawn = drawings.draw_map(queries.tree(scene.practice))
    assert drawn is None or drawn.lines == [], "what is hidden draws no line, and one place draws none to itself"


def test_names_on_the_map_stand_on_no_other_place_and_on_no_other_name(scene: Place) -> None:
    places = [(10.50, 106.60), (10.5004, 106.6004), (10.5008, 106.6002), (10.5012, 106.5996), (10.60, 106.50), (10.40, 106.70)]
    rows = [scene.practice]
    for number, (lat, lon) in enumerate(places):
        unit = Unit.objects.create(code=f"9{number}", name=f"Ấp {number} có tên khá dài", kind="Ấp", level="hamlet", parent=scene.other, lat=lat, lon=lon)
        made = Practice(
            unit=unit, founded_in=unit, family=scene.practice.family, replicated_from=rows[0], kind="fire", name=f"Số {number}", summary="x",
            state="running", started_on=BEGUN, is_public=True,
        )  # fmt: skip
        made.save()
    drawn = drawings.draw_map(queries.tree(scene.practice))
    assert drawn is not None
    named = [spot for spot in drawn.spots if spot.is_named]
    assert 3 <= len(named) < len(drawn.spots), "where there is no room the number stands for it, and the list below has the name"
    boxes = [drawings.name_box(spot) for spot in named]
    for number, one in enumerate(boxes):
        assert not [other for other in boxes[number + 1 :] if one.meets(other)]
        assert not [spot for spot in drawn.spots if spot is not named[number] and one.meets(drawings.circle_box(spot))]


def test_a_root_of_the_area_without_a_place_stands_at_the_mean_of_its_communes(scene: Place) -> None:
    child = running(scene, scene.other)
    area = scene.commune.parent
    assert area is not None and area.point is None
    Practice.objects.filter(pk=scene.practice.pk).update(unit=area, founded_in=area)
    for unit, lat, lon in ((scene.commune, 10.50, 106.60), (scene.other, 10.60, 106.50)):
        Unit.objects.filter(pk=unit.pk).update(lat=lat, lon=lon)
    drawn = drawings.draw_map(queries.tree(child))
    assert drawn is not None and not drawn.unplaced and len(drawn.spots) == 2
    root, other = drawn.spots
    assert root.x > other.x and root.y > other.y, "the middle between both lies south-east of the north-western one"
    Unit.objects.filter(pk__in=[scene.commune.pk]).update(lat=None, lon=None)
    Unit.objects.filter(pk=scene.other.pk).update(lat=None, lon=None)
    assert drawings.draw_map(queries.tree(child)) is None, "with no place known there is no map, and the tree's list stands"


def test_setting_the_origin_right_takes_all_that_came_from_it_along(scene: Place) -> None:
    other = services.publish(services.create(scene.commune, facts("Khởi đầu khác"), TEXT, actor=TESTER), actor=TESTER)
    child = running(scene, scene.other)
    services.relink(scene.practice, other, actor=scene.clerk)
    assert set(Practice.objects.filter(pk__in=[scene.practice.pk, child.pk]).values_list("family", flat=True)) == {other.family}
    with pytest.raises(Refused) as caught:
        services.relink(other, child, actor=scene.clerk)
    assert code(caught) == "circle"
    with pytest.raises(Refused) as caught:
        services.relink(other, other, actor=scene.clerk)
    assert code(caught) == "circle"
    services.relink(Practice.objects.get(pk=scene.practice.pk), None, actor=scene.clerk)
    assert set(Practice.objects.filter(pk__in=[scene.practice.pk, child.pk]).values_list("family", flat=True)) == {scene.practice.uuid}


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(moves=st.lists(st.tuples(st.integers(0, 5), st.integers(-1, 5)), min_size=1, max_size=12))
def test_there_is_never_a_circle_whatever_is_set(scene: Place, moves: list[tuple[int, int]]) -> None:
    Practice.objects.filter(name__startswith="Vòng").update(replicated_from=None)
    Practice.objects.filter(name__startswith="Vòng").delete()
    rows = [_row(scene, number) for number in range(6)]
    for one, above in moves:
        try:
            services.relink(Practice.objects.get(pk=rows[one].pk), None if above < 0 else rows[above], actor=TESTER)
        except Refused as refused:
            assert refused.detail_code == "circle"
    origins = dict(Practice.objects.filter(name__startswith="Vòng").values_list("pk", "replicated_from_id"))
    families = dict(Practice.objects.filter(name__startswith="Vòng").values_list("pk", "family"))
    for pk in origins:
        seen, at = set(), pk
        while origins[at] is not None:
            assert at not in seen, "a circle"
            seen.add(at)
            at = origins[at]
        assert families[pk] == families[at], "one line, one family"
        assert pk in descendants(Practice.objects.get(pk=at))


def _row(scene: Place, number: int) -> Practice:
    row = Practice(unit=scene.commune, founded_in=scene.commune, kind="fire", name=f"Vòng {number}", summary="x")
    row.family = row.uuid
    row.save()
    return row


def test_a_practice_that_counts_what_is_not_here_is_taken_over_all_the_same(scene: Place) -> None:
    origin = Practice.objects.get(name="Điểm chữa cháy công cộng", replicated_from=None)
    assert origin.current_revision is not None and origin.current_revision.needs.exclude(count="").filter(count__startswith="assets.").exists()
    made = services.replicate(origin, scene.other, changed="Đặt ở chợ.", actor=scene.clerk)
    assert made.current_revision is not None and made.current_revision.needs.filter(count__startswith="assets.").exists()


def test_a_hamlet_that_goes_on_is_the_same_place_and_a_former_communes_ground_is_not(scene: Place) -> None:
    Practice.objects.filter(pk=scene.practice.pk).update(founded_in=scene.hamlet.predecessors().get())
    with pytest.raises(Refused) as caught:
        services.replicate(scene.practice, scene.hamlet, changed="", actor=TESTER)
    assert code(caught) == "already_here"
    of_town = services.replicate(scene.practice, scene.commune, changed="", actor=TESTER)
    Practice.objects.filter(pk=of_town.pk).update(founded_in=scene.town)
    assert services.replicate(scene.practice, scene.commune, changed="", actor=TESTER).founded_in == scene.commune
