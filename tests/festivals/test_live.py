"""The day itself: what phones say, in whatever order it comes in."""

from __future__ import annotations

import itertools
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from hypothesis import given as examples
from hypothesis import settings as budget
from hypothesis import strategies as some

from liengia.core.errors import Invalid, NotFound, Refused
from liengia.festivals.models import (
    ContestResult,
    DayEvent,
    DayPicture,
    DayState,
    EventKind,
    FestivalDay,
    ProgrammeItem,
)
from liengia.festivals.services import days, live, results
from tests.festivals.given import Season1, at, fresh, say, told

KEY = "k" * 32


def state(scene: Season1) -> tuple[str, int | None]:
    """Return the hamlet's day as it is now."""
    row = fresh(scene.hamlet_day)
    return row.state, row.attendance


def test_a_day_begins_goes_on_and_ends(scene: Season1) -> None:
    flag, report = scene.item("Chào cờ"), scene.item("Báo cáo một năm")
    say(scene, "begun", age_s=1500)
    say(scene, "count", number=240)
    say(scene, "item", flag, age_s=900)
    say(scene, "item", report)
    assert state(scene) == ("live", 240)
    flag.refresh_from_db()
    report.refresh_from_db()
    assert (flag.is_on, report.is_on) == (False, True)
    assert flag.ended_at == report.began_at
    say(scene, "ended")
    report.refresh_from_db()
    assert state(scene)[0] == "ended" and report.ended_at is not None
    say(scene, "reopened")
    assert state(scene)[0] == "live"


def test_what_is_sent_twice_is_one(scene: Season1) -> None:
    first = say(scene, "count", number=10, key=KEY)
    again = say(scene, "count", number=9999, key=KEY)
    assert first.pk == again.pk and DayEvent.objects.filter(day=scene.hamlet_day).count() == 1
    assert state(scene)[1] == 10
    with pytest.raises(Invalid, match="ngày khác"):
        live.tell_event(scene.commune_day, told("count", number=1, key=KEY), actor=scene.phone)


def test_a_phone_that_was_without_a_network_catches_up(scene: Season1) -> None:
    say(scene, "count", number=300)
    say(scene, "item", scene.item("Diễn đàn"))
    say(scene, "begun", age_s=1800)
    say(scene, "count", number=50, age_s=1700)
    say(scene, "item", scene.item("Chào cờ"), age_s=1600)
    row = fresh(scene.hamlet_day)
    assert (row.state, row.attendance) == ("live", 300), "an older count does not undo a newer one"
    assert row.began_at == at(8), "it began when it was said to begin, half an hour ago"
    assert scene.item("Diễn đàn").is_on and scene.item("Chào cờ").ended_at == at(8, 30)


@budget(max_examples=60, deadline=None)
@examples(some.data())
def test_the_day_is_the_same_in_whatever_order_it_is_told(data: Any) -> None:
    items = [ProgrammeItem(pk=number, day_id=1, title=str(number)) for number in (1, 2, 3)]
    kinds = some.sampled_from(["begun", "item", "count", "ended", "reopened", "note"])
    story = [
        DayEvent(
            day_id=1, key=f"{number:08}", kind=(kind := data.draw(kinds)), item=data.draw(some.sampled_from(items)) if kind == "item" else None,
            number=data.draw(some.integers(0, 500)) if kind == "count" else None, at=at(8) + timedelta(minutes=data.draw(some.integers(0, 30))),
        )
        for number in range(data.draw(some.integers(1, 7)))
    ]  # fmt: skip

    def told_in(order: list[DayEvent]) -> object:
        known: list[DayEvent] = []
        course: Any = live.Course(DayState.ANNOUNCED)
        for one in order:  # folded after each, as phones send them
            known = live.in_time([*known, one])
            course = live.fold(known, course.state)
        return course, live.spans_of(known, course)

    first = told_in(story)
    for order in itertools.islice(itertools.permutations(story), 24):
        assert told_in(list(order)) == first


def test_what_one_phone_says_keeps_its_order_however_long_the_way_took(scene: Season1) -> None:
    flag, report = scene.item("Chào cờ"), scene.item("Báo cáo một năm")
    say(scene, "item", flag, age_s=10, key=KEY)
    second = live.Told("r" * 32, "item", report, age_s=12, after=KEY)
    live.tell_event(scene.hamlet_day, second, actor=scene.phone)
    events = list(DayEvent.objects.filter(day=scene.hamlet_day).order_by("at").values_list("item__title", flat=True))
    assert events == [flag.title, report.title], "the first took two seconds longer to the server"
    report.refresh_from_db()
    assert report.is_on
    live.tell_event(scene.hamlet_day, live.Told("c" * 32, "count", number=5, age_s=600, after="unknown"), actor=scene.phone)
    won = results.set_results(scene.item("Kéo co"), [(1, "Đội Ấp 1", "")], told=live.Told("w" * 32, "result", age_s=900, after="r" * 32), actor=scene.phone)
    shown = live.add_picture(scene.hamlet_day, _picture(), caption="Kéo co", agreed=True, told=live.Told("p" * 32, "picture", age_s=900, after="w" * 32), actor=scene.phone)
    assert DayEvent.objects.get(key="r" * 32).at < won.at < shown.at, "results and pictures keep a phone's order too"
    assert DayEvent.objects.filter(day=scene.hamlet_day).earliest("at").kind == "count"


def test_a_phone_with_a_wrong_clock_tells_how_long_it_waited_and_nonsense_is_now(scene: Season1) -> None:
    assert say(scene, "note", words="Mưa nhỏ", age_s=60).at == at(8, 29)
    for age in (-5, 10**9, float("inf"), float("nan")):
        assert say(scene, "note", words="Tạnh", age_s=age).at == at(8, 30)


@pytest.mark.parametrize(
    ("kind", "facts", "words"),
    [
        ("count", {"number": None}, "bao nhiêu"), ("count", {"number": 10**9}, "bao nhiêu"), ("note", {"words": "  "}, "vài lời"),
        ("note", {"words": "x" * 2000}, "300"), ("item", {}, "mục"), ("giờ", {}, "loại"),
    ],
)  # fmt: skip
def test_what_cannot_be_told_is_refused_and_nothing_is_kept(scene: Season1, kind: str, facts: dict[str, Any], words: str) -> None:
    with pytest.raises(Invalid, match=words):
        say(scene, kind, **facts)
    assert not DayEvent.objects.filter(day=scene.hamlet_day).exists()
    with pytest.raises(NotFound):
        say(scene, "item", scene.item("Chào cờ", scene.commune_day))


def test_nothing_is_told_before_its_day_or_long_after(scene: Season1) -> None:
    FestivalDay.objects.filter(pk=scene.hamlet_day.pk).update(starts_at=at(8) + timedelta(days=2), ends_at=None)
    with pytest.raises(Refused, match="sớm"):
        say(scene, "begun")
    FestivalDay.objects.filter(pk=scene.hamlet_day.pk).update(starts_at=at(8) - timedelta(days=8))
    with pytest.raises(Refused, match="muộn"):
        say(scene, "begun")
    days.cancel_day(scene.commune_day, reason="Bão số 3", actor=scene.clerk)
    with pytest.raises(Refused):
        say(scene, "begun", day=scene.commune_day)


def test_events_are_never_changed(scene: Season1) -> None:
    one = say(scene, "note", words="Đông vui")
    one.words = "Vắng"
    with pytest.raises(ValueError, match="never"):
        one.save()
    with pytest.raises(IntegrityError), transaction.atomic():
        DayEvent.objects.bulk_create([DayEvent(day=scene.hamlet_day, key=one.key, kind="note", words="x", at=at(9))])


def test_results_are_of_teams_and_the_later_word_holds(scene: Season1) -> None:
    rope = scene.item("Kéo co")
    results.set_results(rope, [(1, "Khu phố 5", "2–0"), (2, "Khu phố 6", "")], told=told("result"), actor=scene.phone)
    results.set_results(rope, [(1, "Khu phố 9", "")], told=told("result", age_s=600), actor=scene.phone)
    assert [(one.place, one.who) for one in ContestResult.objects.filter(item=rope)] == [(1, "Khu phố 5"), (2, "Khu phố 6")]
    results.set_results(rope, [(1, "Khu phố 6", "2–1")], told=told("result", key="later-key-1"), actor=scene.phone)
    assert ContestResult.objects.get(item=rope).who == "Khu phố 6"


@pytest.mark.parametrize("rows", [[], [(0, "A", "")], [(51, "A", "")], [(1, " ", "")], [(1, "x" * 161, "")], [(1, "A", ""), (2, " A ", "")]])
def test_bad_results_are_refused(scene: Season1, rows: list[tuple[int, str, str]]) -> None:
    with pytest.raises(Invalid):
        results.set_results(scene.item("Kéo co"), rows, told=told("result"), actor=scene.phone)
    with pytest.raises(Invalid, match="thắng"):
        results.set_results(scene.item("Chào cờ"), [(1, "A", "")], told=told("result"), actor=scene.phone)
    assert not ContestResult.objects.exists() and not DayEvent.objects.filter(day=scene.hamlet_day).exists()


def _picture(size: tuple[int, int] = (900, 600)) -> bytes:
    import io

    from PIL import Image

    out = io.BytesIO()
    exif = Image.Exif()
    exif[0x9286] = "bí mật"
    Image.new("RGB", size, "#88aa88").save(out, "JPEG", exif=exif)
    return out.getvalue()


def test_a_picture_is_points_alone_and_can_be_taken_down(scene: Season1) -> None:
    with pytest.raises(Invalid, match="đồng ý"):
        live.add_picture(scene.hamlet_day, _picture(), caption="Kéo co", agreed=False, told=told("picture"), actor=scene.phone)
    with pytest.raises(Invalid):
        live.add_picture(scene.hamlet_day, b"<svg onload=alert(1)>", caption="Kéo co", agreed=True, told=told("picture"), actor=scene.phone)
    assert not DayPicture.objects.exists() and not DayEvent.objects.filter(day=scene.hamlet_day).exists()
    same = told("picture")
    made = live.add_picture(scene.hamlet_day, _picture(), caption="Kéo co ở sân đình", agreed=True, told=same, actor=scene.phone)
    again = live.add_picture(scene.hamlet_day, _picture(), caption="Kéo co ở sân đình", agreed=True, told=same, actor=scene.phone)
    assert made.pk == again.pk and bytes(made.data)[:4] == b"RIFF" and "bí mật".encode() not in bytes(made.data)
    with pytest.raises(Invalid):
        live.withdraw_picture(made, reason=" ", actor=scene.clerk)
    live.withdraw_picture(made, reason="Người trong ảnh xin gỡ.", actor=scene.clerk)
    made.refresh_from_db()
    assert not bytes(made.data) and not bytes(made.thumbnail) and made.caption == "–"
    assert DayEvent.objects.get(key=made.key).words == ""
    with pytest.raises(Refused):
        live.withdraw_picture(made, reason="Nữa.", actor=scene.clerk)


def test_kinds_of_events_have_words(scene: Season1) -> None:
    from liengia.festivals.board import words_of

    for kind in EventKind.values:
        assert words_of(DayEvent(kind=kind, words="A", number=3, item=scene.item("Kéo co")))
