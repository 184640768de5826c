"""Lists of articles and their counts follow every way in which an article comes, changes and goes."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from wagtail.models import Page

from liengia.core import clock
from liengia.core.worker import run_once
from liengia.portal import news, shelf
from liengia.portal.models import ArticlePage, ShelfCount, ShelfRow, Topic
from liengia.portal.shelf import Shelf
from tests.portal.pages_scene import Scene

pytestmark = pytest.mark.django_db
MAY, JUNE = datetime(2026, 5, 9, 3, tzinfo=UTC), datetime(2026, 6, 1, 1, tzinfo=UTC)


def titles(which: Shelf) -> list[str]:
    found = [one.title for one in which[:50]]
    assert which.count() == len(found), (which, found)
    return found


def counted() -> dict[Any, int]:
    """Return every count that is not nothing, and make sure that it is what the rows say."""
    found = {(one.topic_key, one.unit_key, one.month): one.count for one in ShelfCount.objects.exclude(count=0)}
    again: dict[Any, int] = {}
    for row in ShelfRow.objects.all():
        for unit_key in {row.unit_key, 0}:
            key = row.topic_key, unit_key, clock.local(row.published_at).date().replace(day=1)
            again[key] = again.get(key, 0) + 1
    assert found == again
    return found


def test_an_article_stands_in_each_of_its_lists(area: Scene) -> None:
    area.article("Tháng năm", at=MAY, unit=area.cast.commune)
    area.article("Tháng sáu", at=JUNE, unit=area.cast.hamlet)
    area.article("Không nơi nào", at=JUNE + timedelta(hours=1))
    units = shelf.units_of(area.cast.commune)
    assert titles(Shelf()) == ["Không nơi nào", "Tháng sáu", "Tháng năm"]
    assert titles(Shelf(units)) == ["Tháng sáu", "Tháng năm"]
    assert titles(Shelf(units, area.topic.pk, date(2026, 5, 1), date(2026, 6, 1))) == ["Tháng năm"]
    assert titles(Shelf(topic_key=Topic.objects.create(name="Khác", slug="khac").pk)) == []
    assert shelf.months(None) == {date(2026, 6, 1): 2, date(2026, 5, 1): 1}
    assert shelf.months(units) == {date(2026, 6, 1): 1, date(2026, 5, 1): 1}
    assert news.topics(units) == [(area.topic, 2)] and counted()


def test_the_month_is_the_one_of_the_place(area: Scene) -> None:
    area.article("Rạng sáng", at=datetime(2026, 5, 31, 18, tzinfo=UTC))  # 01:00 on 1 June there
    assert shelf.months(None) == {date(2026, 6, 1): 1}
    assert titles(Shelf(since=date(2026, 6, 1), before=date(2026, 7, 1))) == ["Rạng sáng"]


def test_what_changes_moves_and_what_a_draft_says_does_not(area: Scene) -> None:
    page = area.article("Bài", at=MAY, unit=area.cast.commune)
    other = Topic.objects.create(name="An toàn", slug="an-toan")
    page.published_at, page.topics, page.title = JUNE, [other], "Bản nháp"
    revision = page.save_revision()
    assert shelf.months(None) == {date(2026, 5, 1): 1} and shelf.topics(None) == {area.topic.pk: 1}
    revision.publish()
    assert shelf.months(None) == {date(2026, 6, 1): 1} and shelf.topics(None) == {other.pk: 1}
    counted()


def test_what_is_taken_down_or_deleted_stands_nowhere(area: Scene) -> None:
    pages = [area.article(f"Bài {n}", at=MAY) for n in range(3)]
    Page.objects.get(pk=pages[0].pk).unpublish()
    assert len(titles(Shelf())) == 2
    ArticlePage.objects.get(pk=pages[1].pk).delete()
    assert titles(Shelf()) == ["Bài 2"] and shelf.topics(None) == {area.topic.pk: 1}
    ArticlePage.objects.get(pk=pages[0].pk).save_revision().publish()
    assert len(titles(Shelf())) == 2
    Page.objects.filter(pk=pages[2].pk).delete()
    assert titles(Shelf()) == ["Bài 0"]
    counted()


def test_one_that_is_dated_ahead_waits_for_its_hour(area: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    area.article("Hôm nay")
    area.article("Mai", at=clock.now() + timedelta(days=1))
    assert titles(Shelf()) == ["Hôm nay"] and sum(shelf.months(None).values()) == 1 and shelf.topics(None) == {area.topic.pk: 1}
    later = clock.now() + timedelta(days=2)
    monkeypatch.setattr(clock, "now", lambda: later)
    assert titles(Shelf()) == ["Mai", "Hôm nay"] and shelf.topics(None) == {area.topic.pk: 2}


def test_the_worker_mends_what_was_written_past_it(area: Scene) -> None:
    right = [area.article(f"Bài {n}", at=MAY, unit=area.cast.commune) for n in range(3)]
    before = counted()
    ArticlePage.objects.filter(pk=right[0].pk).update(published_at=JUNE)
    ShelfRow.objects.filter(article=right[1]).delete()
    Page.objects.filter(pk=right[2].pk).update(live=False)
    ShelfCount.objects.filter(topic_key=area.topic.pk).update(count=7)
    assert run_once("portal.mend_shelf") and run_once("portal.mend_shelf") == 0
    assert titles(Shelf()) == ["Bài 0", "Bài 1"] and shelf.months(None) == {date(2026, 6, 1): 1, date(2026, 5, 1): 1}
    assert counted() != before


def test_pages_of_a_list_hold_every_article_once(area: Scene) -> None:
    for number in range(14):
        area.article(f"Bài số {number:02}", at=MAY)  # all of one instant
    shown = [Client().get(f"/tin-tuc/?trang={page}").content.decode() for page in (1, 2)]
    for number in range(14):
        assert sum(f"Bài số {number:02}<" in html for html in shown) == 1, number
    assert "?trang=3" not in shown[0]


def test_another_commune_is_no_choice_within_a_portal(area: Scene) -> None:
    area.article("Bài", unit=area.cast.commune, under=area.portal_news)
    assert Client().get(f"{area.portal_news.address}?noi={area.cast.commune.code}").status_code == 200
    assert Client().get(f"{area.portal_news.address}?noi=00000").status_code == 404
