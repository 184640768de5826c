"""How an address finds its page, all the way down at once, and what a page costs to draw."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from wagtail.models import Page, PageViewRestriction

from liengia.core import clock
from liengia.portal import news
from liengia.portal.models import ChosenArticle, PlainPage
from liengia.units.models import Succession
from tests import factories
from tests.portal.pages_scene import Scene, block, picture

pytestmark = pytest.mark.django_db


def shown(path: str, status: int = 200) -> str:
    answer = Client().get(path)
    assert answer.status_code == status, path
    return answer.content.decode()


def costs(path: str) -> int:
    """Return how many queries a page takes once everything is loaded."""
    shown(path)
    with CaptureQueriesContext(connection) as caught:
        shown(path)
    return len(caught)


def test_pages_are_found_at_every_depth_with_what_is_above_them(area: Scene) -> None:
    above = PlainPage(title="Về xã", slug="ve-xa")
    area.portal.add_child(instance=above)
    below = PlainPage(title="Trụ sở", slug="tru-so")
    above.add_child(instance=below)
    assert below.address == "/xa/can-duoc/ve-xa/tru-so/"
    html = shown(below.address)
    for address, title in (("/xa/", "Các xã"), ("/xa/can-duoc/", "Xã Cần Đước"), ("/xa/can-duoc/ve-xa/", "Về xã")):
        assert f'href="{address}"' in html and title in html
    line = Page.objects.get(pk=below.pk).specific.above
    assert [address for address, _title in line] == ["/xa/", "/xa/can-duoc/", "/xa/can-duoc/ve-xa/"]
    routed = area.home.route(None, ["xa", "can-duoc", "ve-xa", "tru-so"]).page
    assert routed.above == line and routed == below
    for wrong in ("/xa/ve-xa/", "/xa/can-duoc/tru-so/", f"{below.address}bai-1/", "/xa/can-duoc/ve-xa/khong-co/tru-so/", "/XA/can-duoc/"):
        shown(wrong, 404)


def test_a_page_below_one_that_is_taken_down_is_found_and_a_draft_is_not(area: Scene) -> None:
    above = PlainPage(title="Về xã", slug="ve-xa", live=False)
    area.home.add_child(instance=above)
    above.add_child(instance=PlainPage(title="Trụ sở", slug="tru-so"))
    shown("/ve-xa/", 404)
    assert "Trụ sở" in shown("/ve-xa/tru-so/")  # as Wagtail has it


def test_an_address_of_the_news_itself_comes_before_an_article_of_that_name(area: Scene) -> None:
    page = area.article("Bài tên rss")
    Page.objects.filter(pk=page.pk).update(slug="rss", url_path="/trang-nha/tin-tuc/rss/")
    assert "<rss" in shown("/tin-tuc/rss/") and "Bài tên rss" in shown("/tin-tuc/rss/")
    assert "<feed" in shown("/xa/can-duoc/tin-tuc/atom/")
    shown("/tin-tuc/chu-de/", 404)
    shown("/xa/can-duoc/tin-tuc/chu-de/khong-co/", 404)


def test_an_endless_address_is_nobodys_and_costs_no_more(area: Scene, django_assert_max_num_queries: Any) -> None:
    with django_assert_max_num_queries(3):
        shown("/" + "xa/" * 900, 404)


def test_a_page_below_a_restricted_one_is_restricted(area: Scene) -> None:
    page = area.article(under=area.portal_news)
    other = area.article()
    PageViewRestriction.objects.create(page=area.portal, restriction_type="login")
    assert [one.page_id for one in page.get_view_restrictions()] == [area.portal.pk]
    assert not other.get_view_restrictions()


def test_a_place_that_has_ended_is_told_with_its_name_of_today(area: Scene) -> None:
    old, older, standing = (factories.unit(code, name, "commune") for code, name in (("1", "Long Sơn"), ("2", "Tân Trạch"), ("3", "Mỹ Lệ")))
    day = date(2025, 7, 1)
    for unit, new, on in ((older, old, date(2020, 1, 1)), (old, area.cast.commune, day), (standing, area.cast.other_commune, clock.today() + timedelta(days=9))):
        Succession.objects.create(old=unit, new=new, kind="merge", on=on)
        unit.valid_to = on
        unit.save()
    units = [old, older, standing, area.cast.commune, None]
    assert news.present_names(units) == {old.pk: "Cần Đước, trước là Long Sơn", older.pk: "Cần Đước, trước là Tân Trạch"}
    assert "Cần Đước, trước là Tân Trạch · " in shown(area.article(unit=older).address)
    assert "Xã Mỹ Lệ · " in shown(area.article(unit=standing).address)


def test_related_articles_are_the_chosen_ones_then_the_newest(area: Scene) -> None:
    page, *others = (area.article(f"Bài {number}", at=clock.now() - timedelta(days=number)) for number in range(8))
    page.chosen_articles.add(ChosenArticle(chosen=others[6]), ChosenArticle(chosen=others[5]))
    page.save()

    def related() -> list[str]:
        return [one.title for one in news.related(page, [area.topic])]

    assert related() == ["Bài 7", "Bài 6", "Bài 1", "Bài 2"]
    others[6].unpublish()
    assert related() == ["Bài 6", "Bài 1", "Bài 2", "Bài 3"]


def test_pages_take_few_queries(area: Scene) -> None:
    """An article under a commune's portal took 37 until each level of its address was no longer asked for by itself."""
    cover = picture()
    body = [block("paragraph", "<p>Một đoạn.</p>"), block("figure", {"image": cover.pk, "caption": "", "credit": "", "alt": "x"})]
    for number in range(6):
        page = area.article(f"Bài {number}", under=area.portal_news, cover=cover, body=body)
    assert {
        "article": costs(page.address), "news": costs("/tin-tuc/"), "topic": costs("/tin-tuc/chu-de/ngay-hoi/"),
        "commune": costs("/xa/can-duoc/tin-tuc/"), "feed": costs("/tin-tuc/rss/"), "plain": costs("/gioi-thieu/"),
    } == {"article": 16, "news": 15, "topic": 16, "commune": 19, "feed": 11, "plain": 6}  # fmt: skip
