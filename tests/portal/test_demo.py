"""The demonstration's news: loaded once, true to the report on the festival of 06/8/2023, every page whole."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from django.test import Client

from liengia.portal import demo
from liengia.portal.models import ArticlePage, ArticleRequest, Author, CommunePortalPage, PortalImage
from liengia.units import demo as units
from tests.portal.pages_scene import closed

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def lay() -> Callable[[], int]:
    return units_and_news


def units_and_news() -> int:
    units.load()
    return demo.load()


@pytest.fixture
def loaded(scene: int) -> int:
    return scene


def test_it_is_whole_and_loading_twice_changes_nothing(loaded: int) -> None:
    assert loaded == 30 and CommunePortalPage.objects.count() == 6
    pictures = PortalImage.objects.count()
    assert demo.load() == 0 and ArticlePage.objects.count() == 30 and PortalImage.objects.count() == pictures
    client = Client()
    kinds: set[str] = set()
    links: dict[str, str] = {}
    for page in ArticlePage.objects.all():
        answer = client.get(page.address)
        assert answer.status_code == 200, page.address
        kinds |= {block.block_type for block in page.body}
        for link in set(re.findall(r'href="(/(?:tin-tuc|xa|tep)/[^"#?]*)"', answer.content.decode())):
            links[link] = page.address
    for link, where in links.items():
        assert closed(client.get(link)).status_code == 200, (where, link)
    assert kinds == {"paragraph", "figure", "gallery", "quotation", "table", "file", "video", "linked"}


def test_a_communes_editors_find_its_pictures_and_requests(loaded: int) -> None:
    portal = CommunePortalPage.objects.get(unit__code="28108")
    page = ArticlePage.objects.descendant_of(portal).get(slug="hem-42-co-diem-chua-chay-cong-cong")
    assert page.cover is not None and page.cover.collection == portal.collection
    assert {one.unit.code for one in ArticleRequest.objects.all()} == {"28108", "28114"}
    assert {"Út Nhỏ", "Minh Thư"} <= set(Author.objects.filter(unit=portal.unit).values_list("name", flat=True))
    demo.load()
    assert ArticleRequest.objects.count() == 2


def test_the_report_of_2023_holds_the_facts(loaded: int) -> None:
    html = Client().get("/tin-tuc/17-xa-thi-tran-mo-ngay-hoi-toan-dan-bao-ve-an-ninh-to-quoc/").content.decode()
    for words in (
        "Thứ 2, 07/08/2023 | 10:50:01 [GMT +7]", "Ngày 06/8/2023", "17 xã, thị trấn", "16 xã và một thị trấn", "376 giấy khen",
        "56 tập thể và 320 cá nhân", "Minh Thư - Hải Đăng", "Công an xã lắng nghe ý kiến của Nhân dân",
    ):  # fmt: skip
        assert words in html, words
    cells = re.findall(r'<td class="n">(?:<b>)?([\d.]+)', html)
    assert cells == ["5", "15", "22", "37", "29", "268", "56", "320"]
    models = re.search(r"<ol>(.*?)</ol>", html, re.DOTALL)
    assert models is not None and models[1].count("<li>") == 8


def test_old_places_are_shown_with_their_names_of_today(loaded: int) -> None:
    client = Client()
    assert "Mỹ Lệ, trước là Long Sơn" in client.get("/tin-tuc/?nam=2023&thang=5").content.decode()
    own = client.get("/xa/my-le/tin-tuc/").content.decode()
    assert "Camera của nhà dân" in own, "news of the old communes belong to the one that followed them"


def test_no_text_has_the_slips_of_hasty_typing() -> None:
    for name in ("common", "2023", "now"):
        text = (demo.DATA / f"{name}.toml").read_text(encoding="utf-8")
        for slip in ("\u00a0", "nồng cốt", "“ ", " ”", " ,", "…"):
            assert slip not in text, (name, slip)
