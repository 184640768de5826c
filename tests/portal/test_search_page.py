"""The search page: what it finds, for whom, and what it keeps to itself."""

from __future__ import annotations

import re

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from liengia.core import pagecache, search
from liengia.portal import services
from tests.cast import TESTER
from tests.portal.pages_scene import Scene

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("bare_index")]


def test_it_finds_without_accents_and_shows_where(client: Client, area: Scene) -> None:
    article = area.article("Cống Ấp 3 đã thông", live=False, place="Tân Ân", under=area.portal_news)
    article.save_revision(user=area.cast.quan).publish()
    page = client.get("/tim/?q=cong+ap+3").content.decode()
    assert "<mark>Cống Ấp 3</mark> đã thông" in page
    assert client.get("/tim/?q=ap+3+cong&loai=article").content.decode().count("<li><h2") == 1
    assert "Không tìm thấy gì" in client.get("/tim/?q=cong+ap+3&loai=page").content.decode()


def test_every_kind_has_a_name_for_readers(client: Client, area: Scene) -> None:
    offered = re.findall(r'<option value="([^"]+)"[^>]*>([^<]+)</option>', client.get("/tim/").content.decode())
    names = dict(offered)
    assert set(search.kinds()) <= set(names) and {names[kind] for kind in search.kinds()} >= {"Tin tức", "Khen thưởng", "Mô hình", "Báo cáo trước dân"}
    assert not [name for name in names.values() if "." in name or name in search.kinds()]


@pytest.mark.parametrize(
    "query", ["", "?q=", "?q=%00", "?q=<script>alert(1)</script>", "?q=%22+OR+1", "?trang=x", "?trang=999", "?loai=x&xa=y&q=a", "?q=" + "a" * 5000]
)
def test_whatever_is_asked_gets_a_page(client: Client, area: Scene, query: str) -> None:
    answer = client.get(f"/tim/{query}")
    assert answer.status_code == 200
    assert "<script>alert" not in answer.content.decode()


def test_it_is_the_same_for_everybody(client: Client, area: Scene) -> None:
    answer = client.get("/tim/?q=cống")
    assert answer[pagecache.MARK] == "120"
    assert not answer.cookies
    assert "csrfmiddlewaretoken" not in answer.content.decode()


def test_results_cost_a_constant_number_of_queries(
    client: Client, area: Scene, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(15):
        article = area.article(f"Tin đèn đường {number}", live=False, under=area.portal_news)
        article.save_revision(user=area.cast.quan).publish()
    assert client.get("/tim/?q=den+duong").content.decode().count("<li><h2") == 15
    with django_assert_max_num_queries(12):
        client.get("/tim/?q=den+duong")


def test_an_article_carries_the_comments_of_its_commune(client: Client, area: Scene) -> None:
    page = area.article("Ngày hội ở xã", live=False, under=area.portal_news)
    page.save_revision(user=area.cast.quan).publish()
    page.refresh_from_db()
    html = client.get(page.address).content.decode()
    assert "Ý kiến bạn đọc (0)" in html
    assert "csrfmiddlewaretoken" not in html
    address = html.partition('hx-get="')[2].partition('"')[0]
    assert client.get(address).status_code == 200
    page.unpublish()
    assert client.get(address).status_code == 404


def test_a_communes_own_page_comes_before_newer_articles_with_its_name_in_their_titles(client: Client, area: Scene) -> None:
    portal = services.open_commune_portal(area.cast.other_commune, actor=TESTER)
    article = area.article("Đường về Rạch Kiến", live=False, under=area.portal_news)
    article.save_revision(user=area.cast.quan).publish()
    for query in ("rach kien", "Rạch Kiến", "xã rạch kiến"):
        page = client.get("/tim/", {"q": query}).content.decode()
        assert page.index(f'href="{portal.address}"') < page.index(f'href="{article.address}"'), query


@pytest.mark.parametrize("query", ["rach kien", "Rạch Kiến", "RẠCH KIẾN"])
def test_a_communes_own_page_comes_first_by_its_name(client: Client, area: Scene, query: str) -> None:
    portal = services.open_commune_portal(area.cast.other_commune, actor=TESTER)
    article = area.article("Đường về chợ", live=False, place="Rạch Kiến", under=area.portal_news)
    article.save_revision(user=area.cast.quan).publish()
    page = client.get("/tim/", {"q": query}).content.decode()
    assert page.index(f'href="{portal.address}"') < page.index(f'href="{article.address}"')
