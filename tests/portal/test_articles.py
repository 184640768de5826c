"""Articles: what stands on the page, what is refused, and that lists cost the same however long they are."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.test import Client

from liengia.core import clock
from liengia.portal.models import Erratum
from tests.portal.pages_scene import Scene, block, picture

pytestmark = pytest.mark.django_db
AT = datetime(2023, 8, 7, 3, 50, 1, tzinfo=UTC)


def shown(path: str, status: int = 200) -> str:
    answer = Client().get(path)
    assert answer.status_code == status, path
    return answer.content.decode()


def test_an_article_shows_place_title_time_authors_and_source(area: Scene) -> None:
    page = area.article("17 xã cùng mở Ngày hội", at=AT, place="Cần Đước", source="Trang tin huyện", contributors="Bút Tre")
    html = shown(page.address)
    assert page.address == "/tin-tuc/bai-1/"
    for words in ("Cần Đước:", "Thứ 2, 07/08/2023 | 10:50:01 [GMT +7]", "Minh Thư", "Cộng tác: Bút Tre", "Nguồn: Trang tin huyện"):
        assert words in html


def test_the_time_of_change_is_shown_only_when_it_was_changed(area: Scene) -> None:
    page = area.article(at=AT)
    assert "cập nhật lúc" not in shown(page.address)
    page.first_published_at, page.last_published_at = AT, AT + timedelta(hours=2)
    page.save()
    assert "cập nhật lúc" in shown(page.address) and "12:50:01" in shown(page.address)


def test_corrections_stay_visible(area: Scene) -> None:
    page = area.article()
    page.errata.add(Erratum(words="Bản đầu ghi 375 giấy khen; đúng là 376."))
    page.save()
    assert "đúng là 376" in shown(page.address)


def test_a_figure_has_caption_maker_and_alternative_text(area: Scene) -> None:
    image = picture(description="Hội trường đông người")
    figure = {"image": image.pk, "caption": "Diễn đàn ở ấp", "credit": "Tranh: Liên Gia", "alt": ""}
    html = shown(area.article(body=[block("figure", figure)]).address)
    assert 'alt="Hội trường đông người"' in html and "Diễn đàn ở ấp <cite>Tranh: Liên Gia</cite>" in html
    assert 'type="image/avif"' in html and 'type="image/webp"' in html
    assert re.search(r'<img [^>]*width="1280" height="720"[^>]*loading="lazy"', html)


def test_a_recognisable_child_without_consent_cannot_be_published(area: Scene) -> None:
    image = picture(shows_recognisable_child=True)
    with pytest.raises(ValidationError, match="giám hộ"):
        area.article(body=[block("figure", {"image": image.pk, "caption": "", "credit": "", "alt": ""})])
    draft = area.article(live=False, cover=image)
    assert draft.publication_problems()
    image.has_guardian_consent = True
    image.save()
    assert shown(area.article(cover=image).address)


def test_a_picture_whose_consent_is_taken_back_disappears(area: Scene) -> None:
    image = picture(shows_recognisable_child=True, has_guardian_consent=True, description="Các em múa lân")
    page = area.article(cover=image, body=[block("figure", {"image": image.pk, "caption": "", "credit": "", "alt": ""})])
    address = re.search(r'src="(/hinh/[^"]+)"', shown(page.address))
    assert address is not None and Client().get(address[1]).status_code == 200
    type(image).objects.filter(pk=image.pk).update(has_guardian_consent=False)
    assert "Các em múa lân" not in shown(page.address) and "/hinh/" not in shown("/") + shown("/tin-tuc/")
    assert Client().get(address[1]).status_code == 404


def test_pictures_come_in_few_widths_and_never_as_the_original(area: Scene) -> None:
    page = area.article(cover=picture())
    found = sorted(set(re.findall(r"/hinh/[^ ,\"]+", shown(page.address))))
    assert len(found) == 12
    for address in (one for one in found if "/320." in one):
        answer = Client().get(address)
        assert answer.status_code == 200 and answer["Content-Type"].startswith("image/")
        assert "max-age=86400" in answer["Cache-Control"]
    assert Client().get(found[0].replace("/1280.", "/1281.")).status_code == 404
    assert Client().get(re.sub(r"-[0-9a-f]{8}/", "-00000000/", found[0])).status_code == 404


def test_drafts_and_articles_of_the_future_are_not_in_lists(area: Scene) -> None:
    draft = area.article("Bản nháp", live=False)
    area.article("Ngày mai", at=clock.now() + timedelta(days=1))
    assert shown(draft.address, 404)
    for path in ("/", "/tin-tuc/", "/tin-tuc/rss/"):
        assert "Bản nháp" not in shown(path) and "Ngày mai" not in shown(path)


def test_a_communes_news_stand_under_its_own_path_and_in_the_areas_list(area: Scene) -> None:
    page = area.article("Cống Ấp 3 đã thông", under=area.portal_news)
    assert page.address == "/xa/can-duoc/tin-tuc/bai-1/" and page.unit == area.cast.commune
    other = area.article("Tin của vùng")
    for path in ("/tin-tuc/", "/xa/can-duoc/tin-tuc/", "/xa/can-duoc/", "/"):
        assert "Cống Ấp 3 đã thông" in shown(path)
    assert other.title in shown("/tin-tuc/") and other.title not in shown("/xa/can-duoc/tin-tuc/")
    assert "Xã Cần Đước, Tỉnh Tây Ninh" in shown(page.address)
    assert "/xa/can-duoc/" in shown("/xa/")


def test_the_index_is_chosen_by_topic_place_and_month(area: Scene) -> None:
    area.article("Tin tháng tám", at=AT)
    area.article("Tin hôm nay", unit=area.cast.other_commune)
    page = shown("/tin-tuc/?nam=2023&thang=8")
    assert "Tin tháng tám" in page and "Tin hôm nay" not in page
    page = shown("/tin-tuc/?noi=28114")
    assert "Tin hôm nay" in page and "Tin tháng tám" not in page
    assert "Tin tháng tám" in shown("/tin-tuc/chu-de/ngay-hoi/")
    for wrong in ("?noi=x", "?chu-de=khong-co", "?nam=abc", "?thang=13", "?nam=99999999999999", "chu-de/khong-co/"):
        assert shown(f"/tin-tuc/{wrong}", 404)
    assert shown("/tin-tuc/?trang=99999") and shown("/tin-tuc/?trang=x")


def test_lists_cost_the_same_however_long(area: Scene, django_assert_num_queries: Any) -> None:
    def count(path: str) -> int:
        from django.db import connection
        from django.test.utils import CaptureQueriesContext

        Client().get(path)
        with CaptureQueriesContext(connection) as caught:
            Client().get(path)
        return len(caught)

    image = picture()
    area.article(cover=image, unit=area.cast.commune)
    paths = ("/", "/tin-tuc/", "/tin-tuc/rss/", "/tin-tuc/atom/", "/xa/can-duoc/tin-tuc/")
    few = {path: count(path) for path in paths}
    for number in range(9):
        area.article(f"Bài {number}", cover=image, unit=area.cast.commune)
    assert {path: count(path) for path in paths} == few
    assert max(few.values()) <= 30, few


def test_machines_read_the_article_and_a_title_cannot_end_the_data_block(area: Scene) -> None:
    page = area.article("Hỏi </script><script>alert(1)</script> & đáp", cover=picture(), at=AT)
    html = shown(page.address)
    data = re.search(r'<script type="application/ld\+json">(.*?)</script>', html, re.DOTALL)
    assert data is not None
    found = json.loads(data[1])
    assert found["@type"] == "NewsArticle" and found["headline"] == page.title
    assert found["datePublished"] == "2023-08-07T10:50:01+07:00" and found["author"][0]["name"] == "Minh Thư"
    assert "<script>alert" not in html
    assert '<meta property="og:title"' in html and '<meta name="twitter:card"' in html


def test_what_an_editor_types_is_never_run(area: Scene) -> None:
    evil = "<script>alert(1)</script><img src=x onerror=alert(2)>"
    body = [
        block("quotation", {"text": evil, "who": evil, "role": evil}),
        block("figure", {"image": picture(title=evil, description=evil).pk, "caption": evil, "credit": evil, "alt": evil}),
        block("table", {"table": {"caption": evil, "columns": [{"type": "text", "heading": evil}], "rows": [{"values": [evil]}]}, "has_sum": False, "source": evil}),
    ]  # fmt: skip
    page = area.article(evil, place="<b>x", source=evil, contributors=evil, body=body)
    for path in (page.address, "/", "/tin-tuc/", "/tin-tuc/rss/", "/tin-tuc/atom/"):
        html = shown(path)
        assert "<script>alert" not in html and "<img src=x" not in html and "<b>x" not in html


def test_a_public_page_holds_nothing_of_one_person(area: Scene) -> None:
    page = area.article()
    for path in ("/", "/tin-tuc/", page.address, "/xa/can-duoc/", "/gioi-thieu/", "/quyen-rieng-tu/", "/tro-nang/", "/xa/"):
        signed_in = Client()
        signed_in.force_login(area.cast.lua, backend="liengia.people.backends.PhoneBackend")
        alone, known = Client().get(path), signed_in.get(path)
        assert not alone.cookies and "csrf" not in alone.content.decode().lower()
        assert "nonce" not in alone.content.decode() and "nonce-" not in alone["Content-Security-Policy"]
        assert "Cookie" not in alone.get("Vary", ""), path
        assert alone.content == known.content, path
