"""Seasons and days: planned for many at once, changed, announced, put off, called off; what cannot be is refused whole."""

from __future__ import annotations

from datetime import date, time, timedelta
from typing import Any

import pytest

from liengia.core.errors import Invalid, Refused
from liengia.core.models import SearchEntry
from liengia.festivals import front, index, reform, rows, supervision, times, usual
from liengia.festivals.models import BoardEdition, FestivalDay, ItemKind, Part, ProgrammeItem, Season
from liengia.festivals.office_forms import ProgrammeForm
from liengia.festivals.services import base, days, prepared, results, seasons
from liengia.festivals.services.days import Host, Item
from liengia.opinions.models import ListeningForum
from liengia.opinions.services import forums
from tests.cast import TESTER
from tests.festivals.given import ON, PROGRAMME, Season1, another_hamlet, at, fresh, say, told
from tests.people.conftest import signed_in

EVERY_LETTER = "Ấp ẢÃÁẠĂẰẲẴẮẶÂẦẨẪẤẬĐÈẺẼÉẸÊỀỂỄẾỆÌỈĨÍỊÒỎÕÓỌÔỒỔỖỐỘƠỜỞỠỚỢÙỦŨÚỤƯỪỬỮỨỰỲỶỸÝỴ"


def plan(scene: Season1, unit: Any = None, **facts: Any) -> FestivalDay:
    """Plan a day of one more hamlet."""
    host = Host(unit or another_hamlet(scene))
    return days.plan_days(scene.season, [host], **{"place": "Sân đình", "starts_at": at(8), "items": PROGRAMME, "actor": TESTER, **facts})[0]


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        ({"ends_on": date(2026, 6, 1)}, "ends_on"), ({"ends_on": date(2028, 6, 1)}, "ends_on"), ({"name": "x" * 2000}, "name"), ({"name": ""}, "name"),
        ({"anniversary": 0}, "anniversary"), ({"anniversary": 5000}, "anniversary"),
    ],
)  # fmt: skip
def test_a_season_that_cannot_be_is_refused(scene: Season1, facts: dict[str, Any], field: str) -> None:
    usual_facts = {"unit": scene.here.commune, "name": "Mùa", "starts_on": date(2026, 7, 1), "ends_on": date(2026, 8, 31)}
    with pytest.raises(Invalid) as refused:
        seasons.plan_season(**{**usual_facts, **facts}, actor=TESTER)
    assert refused.value.data["field"] == field
    assert Season.objects.count() == 1


def test_two_writers_of_a_season(scene: Season1) -> None:
    season = Season.objects.get()
    seasons.change_season(season, theme="Nhà nhà bình yên", revision=season.revision, actor=scene.clerk)
    with pytest.raises(Refused) as late:
        seasons.change_season(season, theme="Khác", revision=season.revision, actor=TESTER)
    assert late.value.detail_code == "changed" and Season.objects.get().theme == "Nhà nhà bình yên"
    with pytest.raises(Invalid, match="ngoài"):
        seasons.change_season(season, starts_on=date(2026, 8, 20), actor=TESTER)
    with pytest.raises(Refused, match="2 ngày"):
        seasons.close_season(season, actor=TESTER)


def test_names_with_every_letter_stay_as_they_are(scene: Season1) -> None:
    day = plan(scene, name=EVERY_LETTER, place=EVERY_LETTER)
    assert (fresh(day).title, fresh(day).place) == (EVERY_LETTER, EVERY_LETTER)


@pytest.mark.parametrize(
    ("facts", "code"),
    [
        ({"starts_at": at(8, on=date(2026, 9, 30))}, "outside_season"), ({"starts_at": at(8, on=date(2025, 8, 16))}, "outside_season"),
        ({"ends_at": at(7)}, "ends_before"), ({"place": "x" * 2000}, "field_invalid"), ({"place": ""}, "field_invalid"),
        ({"items": [Item(Part.CEREMONY, "flag", "x" * 2000)]}, "too_long"), ({"items": [Item(Part.CEREMONY, "flag", " ")]}, "empty_item"),
        ({"items": [Item(Part.CEREMONY, "circus", "Xiếc")]}, "no_such_kind"), ({"items": [Item(Part.CEREMONY, "flag", str(n)) for n in range(81)]}, "too_many"),
    ],
)  # fmt: skip
def test_a_day_that_cannot_be_is_refused_and_nothing_of_it_is_kept(scene: Season1, facts: dict[str, Any], code: str) -> None:
    with pytest.raises(Invalid) as refused:
        plan(scene, **facts)
    assert refused.value.detail_code == code
    assert FestivalDay.objects.count() == 2


def test_no_unit_holds_two_on_one_day_nor_one_that_does_not_stand(scene: Season1) -> None:
    with pytest.raises(Invalid) as refused:
        plan(scene, scene.here.cast.hamlet)
    assert refused.value.detail_code == "double"
    gone = another_hamlet(scene, "28108-78", "Ấp Tám")
    type(gone).objects.filter(pk=gone.pk).update(valid_to=date(2026, 8, 1))
    gone.refresh_from_db()
    with pytest.raises(Invalid, match="16/08/2026"):
        plan(scene, gone)
    school = Host(scene.here.cast.hamlet, organisation=scene.ubnd)
    days.plan_days(scene.season, [school], place="Sân trường", starts_at=at(14), actor=TESTER)
    assert FestivalDay.objects.count() == 3, "an institution of the hamlet holds its own on the same day"


def test_an_announced_date_is_put_off_with_a_reason_not_changed(scene: Season1) -> None:
    with pytest.raises(Refused) as refused:
        days.change_day(scene.hamlet_day, starts_at=at(9), actor=scene.clerk)
    assert refused.value.detail_code == "announced"
    with pytest.raises(Invalid):
        days.postpone_day(scene.hamlet_day, starts_at=at(8) + timedelta(days=1), reason=" ", actor=scene.clerk)
    days.postpone_day(scene.hamlet_day, starts_at=at(8) + timedelta(days=1), reason="Mưa lớn.", actor=scene.clerk)
    row = fresh(scene.hamlet_day)
    assert (row.state, row.first_starts_at, row.state_reason) == ("announced", at(8), "Mưa lớn.")
    days.cancel_day(row, reason="Bão.", actor=scene.clerk)
    with pytest.raises(Refused):
        days.change_day(row, place="Nơi khác", actor=scene.clerk)


def test_what_is_tied_to_a_day_comes_along_when_it_is_put_off(scene: Season1) -> None:
    commune, hamlet = scene.commune_day, scene.hamlet_day
    days.change_day(hamlet, ends_at=at(11), counted_in=commune, actor=scene.clerk)
    forum = forums.plan_forum(unit=scene.here.cast.hamlet, title="Công an lắng nghe", place="Sân", starts_at=at(8, 40), hosts=[scene.ubnd], actor=TESTER)
    days.tie_forum(scene.item("Diễn đàn"), forum, actor=scene.clerk)
    days.postpone_day(hamlet, starts_at=at(9, on=ON.replace(day=23)), reason="Mưa lớn.", actor=scene.clerk)
    row = fresh(hamlet)
    assert (row.ends_at, row.counted_in) == (at(12, on=ON.replace(day=23)), None), "as long as before, and counted by itself"
    assert ListeningForum.objects.get(pk=forum.pk).starts_at == at(8, 40, on=ON.replace(day=23))
    assert scene.item("Diễn đàn").forum_id == forum.pk and ProgrammeForm(day=row, user=scene.here.duyen).fields["forum"].queryset.filter(pk=forum.pk).exists()  # type: ignore[attr-defined]
    days.change_day(row, place="Sân đình", actor=scene.clerk)

    days.postpone_day(row, starts_at=at(9), reason="Trời lại tốt.", actor=scene.clerk)
    days.change_day(row, counted_in=commune, actor=scene.clerk)
    days.postpone_day(commune, starts_at=at(8, on=ON.replace(day=22)), reason="Bận.", actor=scene.clerk)
    days.change_day(row, place="Nhà văn hóa", actor=scene.clerk)
    assert fresh(row).counted_in is None, "the yard in which they were counted is another day's"


def test_no_host_is_put_off_onto_its_own_other_day(scene: Season1) -> None:
    other = days.plan_days(scene.season, [Host(scene.here.cast.hamlet)], place="Sân", starts_at=at(8, on=ON.replace(day=23)), items=PROGRAMME, actor=TESTER)[0]
    for move in (
        lambda: days.postpone_day(scene.hamlet_day, starts_at=at(15, on=ON.replace(day=23)), reason="Mưa.", actor=scene.clerk),
        lambda: days.change_day(other, starts_at=at(15), actor=scene.clerk),
    ):
        with pytest.raises(Invalid) as refused:
            move()
        assert refused.value.detail_code == "double"
    assert fresh(scene.hamlet_day).day == ON and fresh(other).day == ON.replace(day=23)


def test_a_day_without_a_programme_is_not_announced(scene: Season1) -> None:
    day = plan(scene, items=())
    with pytest.raises(Refused, match="chương trình"):
        days.announce_day(day, actor=scene.clerk)


def test_the_programme_keeps_items_that_stay_and_what_has_begun(scene: Season1) -> None:
    rope = scene.item("Kéo co")
    days.set_programme(scene.hamlet_day, [*PROGRAMME[:4], Item(Part.FESTIVITIES, ItemKind.GAME, "Kéo co", "Đoàn Thanh niên", time(11))], actor=scene.clerk)
    again = scene.item("Kéo co")
    assert (again.pk, again.by_whom, again.starts_at) == (rope.pk, "Đoàn Thanh niên", time(11))
    with pytest.raises(Invalid, match="hai lần"):
        days.set_programme(scene.hamlet_day, [PROGRAMME[0], PROGRAMME[0]], actor=scene.clerk)
    results.set_results(again, [(1, "Khu phố 5", "")], told=told("result"), actor=scene.phone)
    with pytest.raises(Refused, match="Kéo co"):
        days.set_programme(scene.hamlet_day, PROGRAMME[:4], actor=scene.clerk)
    days.set_programme(scene.hamlet_day, [PROGRAMME[0], PROGRAMME[4]], actor=scene.clerk)
    assert list(ProgrammeItem.objects.filter(day=scene.hamlet_day).values_list("title", flat=True)) == ["Chào cờ", "Kéo co"]


def test_two_writers_of_a_programme(scene: Season1) -> None:
    seen = fresh(scene.hamlet_day).revision
    days.set_programme(scene.hamlet_day, PROGRAMME[:2], revision=seen, actor=scene.clerk)
    with pytest.raises(Refused) as late:
        days.set_programme(scene.hamlet_day, PROGRAMME, revision=seen, actor=TESTER)
    assert late.value.detail_code == "changed" and scene.hamlet_day.items.count() == 2


def test_a_forum_is_an_item_with_its_own_queue(scene: Season1) -> None:
    forum = forums.plan_forum(unit=scene.here.cast.hamlet, title="Công an lắng nghe", place="Sân", starts_at=at(8, 40), hosts=[scene.ubnd], actor=TESTER)
    item = scene.item("Diễn đàn")
    days.tie_forum(item, forum, actor=scene.clerk)
    assert ListeningForum.objects.get(pk=forum.pk).item_of == scene.hamlet_day.subject
    with pytest.raises(Invalid, match="ngày hội khác"):
        days.tie_forum(scene.item("Diễn đàn", scene.commune_day), forum, actor=scene.clerk)
    with pytest.raises(Invalid):
        days.tie_forum(scene.item("Chào cờ"), forum, actor=scene.clerk)
    with pytest.raises(Invalid) as refused:
        days.write_programme(scene.hamlet_day, [one for one in PROGRAMME if one.kind != ItemKind.FORUM], days.Ties(forum), actor=scene.clerk)
    assert (refused.value.detail_code, scene.item("Diễn đàn").forum_id) == ("no_item", forum.pk), "said, and nothing is kept"
    days.tie_forum(item, None, actor=scene.clerk)
    assert ListeningForum.objects.get(pk=forum.pk).item_of == ""


def test_what_is_prepared_goes_there_and_back_as_it_is_typed(scene: Season1) -> None:
    groups, points = "Đội lân | 12 | 1 xe tải\nĐoàn học sinh | 80", "Sân đình | 10.5034, 106.6026\nCầu Cần Đước"
    march = prepared.March(time(6, 30), time(7), "Sân đình", "ba hồi trống", "", "Đường 23", "", rows.marchers(groups), rows.points(points))
    prepared.set_parade(scene.hamlet_day, march, actor=scene.clerk)
    prepared.set_equipment(scene.hamlet_day, rows.things("Ghế nhựa | 200 | Ấp | có\nRạp che | 2 | Xã"), actor=scene.clerk)
    money = "thu | Mạnh thường quân | 5.000.000 | | Bà con đóng góp\nchi | Nước uống | 1.200.000 đồng | 1.150.000\nthu | Ngân sách | 2000000 | | uy ban nhan dan xa can duoc"
    prepared.set_budget(scene.hamlet_day, rows.budget(money, scene.here.commune), actor=scene.clerk)
    found = rows.prepared(FestivalDay.objects.get(pk=scene.hamlet_day.pk))
    assert found["groups"] == groups and found["points"] == points
    assert found["equipment"] == "Ghế nhựa | 200 | Ấp | có\nRạp che | 2 | Xã"
    assert found["budget"].splitlines()[2] == "thu | Ngân sách | 2.000.000 |  | Ủy ban nhân dân xã Cần Đước", "a donor that is an institution is tied to it"
    with pytest.raises(Invalid, match="trước khi"):
        prepared.set_parade(scene.hamlet_day, prepared.March(time(8), time(7)), actor=scene.clerk)
    with pytest.raises(Invalid, match="Dòng 1"):
        prepared.set_parade(scene.hamlet_day, prepared.March(groups=[("x" * 2000, None, "")]), actor=scene.clerk)
    assert scene.hamlet_day.parade.groups.count() == 2, "nothing half saved"


@pytest.mark.parametrize(
    ("read", "typed", "words"),
    [
        (lambda text: rows.items(text, "ceremony"), "25:00 | chào cờ | Chào cờ", "25:00"), (lambda text: rows.items(text, "ceremony"), "8:00 | xiếc | Xiếc", "xiếc"),
        (lambda text: rows.items(text, "ceremony"), "8:00 | chào cờ", "Dòng 1"), (lambda text: rows.items(text, "ceremony"), "a | b | c | d | e | f", "nhiều hơn 5"),
        (rows.marchers, "ok\n | 5", "Dòng 2"), (rows.marchers, "Đội lân | rất đông", "rất đông"), (rows.points, "Đình | 95, 106", "95, 106"),
        (rows.things, "Ghế | 99999999999", "99999999999"), (rows.promises, "Không trộm | | 31/02/2026", "31/02/2026"), (rows.results, "1|a|b|c", "nhiều hơn 3"),
        (rows.guests, "\n".join(f"Khách {n}" for n in range(1001)), "1000"), (rows.guests, "x" * 200_001, "dài"),
    ],
)  # fmt: skip
def test_a_list_that_cannot_be_read_says_where(read: Any, typed: str, words: str) -> None:
    with pytest.raises(Invalid, match=words):
        read(typed)


def test_kinds_are_read_with_or_without_accents() -> None:
    found = rows.items("7h30 | chao co | Chào cờ | Ban Tổ chức\n8 giờ | Diễn đàn | Lắng nghe\n | | Việc khác", "ceremony")
    assert [(one.kind, one.starts_at) for one in found] == [("flag", time(7, 30)), ("forum", time(8)), ("other", None)]
    assert len(usual.PROGRAMME) == len(days._checked(usual.PROGRAMME))


def test_search_front_page_and_articles_know_only_what_is_announced(scene: Season1) -> None:
    hidden = plan(scene)
    assert {one.key for one in index.entries()} == {scene.commune_day.public_id, scene.hamlet_day.public_id}
    assert SearchEntry.objects.filter(kind=index.KIND).count() == 2
    assert [one.place for one in front.events(scene.here.commune)] == ["Sân vận động xã, Xã Cần Đước", "Nhà văn hóa Khu phố 5, Khu phố 5, xã Cần Đước"]
    assert front.card(hidden.public_id) is None and front.card("khong-co") is None
    card = front.card(scene.hamlet_day.public_id)
    assert card is not None and "Khu phố 5" in card.words


def test_what_is_to_come_follows_a_merger_and_what_was_held_stays(scene: Season1) -> None:
    old, new = scene.here.cast.hamlet, another_hamlet(scene)
    held = scene.hamlet_day
    say(scene, "begun")
    coming = days.plan_days(scene.season, [Host(old)], place="Sân", starts_at=at(8, on=date(2026, 8, 30)), actor=TESTER)[0]
    assert reform.move_days(old, new, on=date(2026, 8, 20), actor=TESTER) == 1
    assert reform.move_days(old, new, on=date(2026, 8, 20), actor=TESTER) == 0
    assert (fresh(coming).unit, fresh(held).unit) == (new, old)
    assert reform.move_seasons(scene.here.commune, scene.here.cast.other_commune, on=date(2026, 8, 20), actor=TESTER) == 1


def test_boards_get_their_place_and_health_tells_when_they_do_not(scene: Season1) -> None:
    assert BoardEdition.objects.filter(position=None).count() == 2, "each announcement moves its day to the end of the order"
    assert base.number() == 2 and base.position() > 0
    say(scene, "begun")
    assert supervision.boards_follow().ok
    later = at(8, 30) + timedelta(minutes=5)
    import time_machine

    with time_machine.travel(later, tick=False):
        assert not supervision.boards_follow().ok
        base.number()
        assert supervision.boards_follow().ok


def test_the_lunar_date_stands_beside_the_solar_one() -> None:
    assert times.lunar_words(date(2023, 8, 6)) == "20/6 âm lịch"


def test_the_office_is_asked_whether_a_hamlets_people_are_counted_by_the_commune(scene: Season1) -> None:
    clerk, asked = signed_in(scene.here.duyen, second_factor=True), "không ai bị đếm hai lần"
    page = f"/quan-tri/ngay-hoi/ngay/{scene.hamlet_day.public_id}/"
    assert asked in clerk.get(page).content.decode()
    assert asked not in clerk.get(f"/quan-tri/ngay-hoi/ngay/{scene.commune_day.public_id}/").content.decode()
    days.change_day(scene.hamlet_day, counted_in=scene.commune_day, actor=scene.clerk)
    assert asked not in clerk.get(page).content.decode()
