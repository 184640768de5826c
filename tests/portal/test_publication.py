"""What follows a publication: the search index, the page cache, the log; and portals of communes."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client

from liengia.audit.models import Entry
from liengia.comments.models import Thread
from liengia.core import clock, search, worker
from liengia.core.errors import Invalid
from liengia.core.models import Sequence
from liengia.portal import services
from liengia.portal.models import ArticlePage, CommunePortalPage, NewsIndexPage, PlainPage
from liengia.portal.shelf import Shelf, units_of
from tests.cast import TESTER
from tests.portal.pages_scene import Scene, block

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("bare_index")]


def edition() -> int:
    found = Sequence.objects.filter(name="pagecache").first()
    return found.last if found else 0


def titles(query: str, **facts: Any) -> list[str]:
    return [str(hit.title).replace("<mark>", "").replace("</mark>", "") for hit in search.find(query, **facts).hits]


def test_a_published_article_is_found_and_a_withdrawn_one_is_not(area: Scene) -> None:
    page = area.article("Cống Ấp 3 đã thông", live=False, place="Tân Ân", under=area.portal_news)
    assert titles("cong ap 3") == []
    before = edition()
    page.save_revision(user=area.cast.quan).publish()
    assert titles("cong ap 3") == ["Cống Ấp 3 đã thông"] and edition() > before
    assert titles("Tân Ân") and titles("cong ap", unit_ids=[area.cast.commune.pk])
    entry = Entry.objects.filter(kind="portal.published").last()
    assert entry is not None and entry.actor_id == str(area.cast.quan.pk)
    before = edition()
    page.refresh_from_db()
    page.unpublish()
    assert titles("cong ap 3") == [] and edition() > before
    assert Entry.objects.filter(kind="portal.withdrawn").exists()


def test_an_article_that_is_deleted_or_moved_is_not_found_where_it_was(area: Scene) -> None:
    page = area.article("Đèn đường đê", live=False)
    page.save_revision().publish()
    page.move(area.portal_news, pos="last-child")
    assert search.find("den duong de").hits[0].url == "/xa/can-duoc/tin-tuc/bai-1/"
    page.refresh_from_db()
    page.delete()
    assert titles("den duong de") == []


def test_a_link_to_a_page_that_moved_leads_to_where_it_stands_now(area: Scene, django_capture_on_commit_callbacks: Any) -> None:
    page = area.article("Đèn đường đê", live=False)
    page.slug = "den-duong-de"
    page.save_revision().publish()
    page = ArticlePage.objects.get(pk=page.pk)
    page.slug = "den-duong-de-ap-3"
    with django_capture_on_commit_callbacks(execute=True):
        page.save_revision().publish()
    page.move(area.portal_news, pos="last-child")
    now = "/xa/can-duoc/tin-tuc/den-duong-de-ap-3/"
    for earlier in ("/tin-tuc/den-duong-de/", "/tin-tuc/den-duong-de/?fbclid=abc", "/tin-tuc/den-duong-de-ap-3/"):
        answer = Client().get(earlier)
        assert (answer.status_code, answer.get("Location"), answer.get("Cache-Control")) == (301, now, "no-cache"), earlier
    assert Client().get(now).status_code == 200 and Client().get("/tin-tuc/den-duong/").status_code == 404
    page.refresh_from_db()
    page.unpublish()
    assert Client().get("/tin-tuc/den-duong-de/").status_code == 404  # nor its new name is told


def test_an_article_that_moves_goes_over_to_its_new_commune_and_stays_there(area: Scene) -> None:
    there = NewsIndexPage.objects.child_of(services.open_commune_portal(area.cast.other_commune, actor=TESTER)).get()
    page, chosen = (area.article(title, live=False, under=area.portal_news, unit=unit) for title, unit in (("Đèn đường đê", None), ("Cống Ấp 3", area.cast.hamlet)))
    for one in (page, chosen):
        one.save_revision().publish()
        one.move(there, pos="last-child")
    here, moved = area.cast.commune, area.cast.other_commune
    assert titles("den duong de", unit_ids=[moved.pk]) and titles("den duong de", unit_ids=[here.pk]) == []
    assert [row.title for row in Shelf(units_of(moved))[:9]] == ["Đèn đường đê"] and [row.title for row in Shelf(units_of(here))[:9]] == ["Cống Ấp 3"]
    assert Thread.objects.get(key=str(page.pk)).unit == moved
    ArticlePage.objects.get(pk=page.pk).get_latest_revision().publish()
    assert ArticlePage.objects.get(pk=page.pk).unit == moved and ArticlePage.objects.get(pk=chosen.pk).unit == area.cast.hamlet


def test_an_article_dated_ahead_is_nowhere_until_its_hour(area: Scene) -> None:
    page = area.article("Bắn pháo hoa đêm mai", at=clock.now() + timedelta(hours=1), live=False)
    page.save_revision().publish()
    page.refresh_from_db()
    assert not page.live and titles("phao hoa") == [] and not Thread.objects.filter(key=str(page.pk), is_public=True).exists()
    assert Client().get(page.address).status_code == 404
    before = edition()
    with time_machine.travel(clock.now() + timedelta(hours=1, seconds=1), tick=False):
        assert worker.run_once("portal.publish_scheduled") == 1
        assert Client().get(page.address).status_code == 200 and titles("phao hoa") and edition() > before
        assert Shelf()[:1][0].pk == page.pk and Thread.objects.get(key=str(page.pk)).is_public
    # One that is public already stays as it is until then; one that a script loaded live is not there either.
    public, loaded = area.article("Lịch họp ấp", live=False), area.article("Nạp sẵn", at=clock.now() + timedelta(days=1))
    public.save_revision().publish()
    public = ArticlePage.objects.get(pk=public.pk)
    public.title, public.published_at = "Lịch họp ấp tháng sau", clock.now() + timedelta(days=1)
    public.save_revision().publish()
    assert titles("lich hop ap") == ["Lịch họp ấp"] and Client().get(public.address).status_code == 200
    assert Client().get(loaded.address).status_code == 404 and services.entry_of(loaded) is None


def test_the_words_of_blocks_are_found_but_not_a_draft_of_them(area: Scene) -> None:
    body = [block("quotation", {"text": "Hẻm rộng hai thước rưỡi", "who": "", "role": ""})]
    page = area.article("Điểm chữa cháy", body=body, live=False)
    page.save_revision().publish()
    assert titles("hai thuoc ruoi")
    page.lead = "Câu chưa ai được đọc"
    page.save_revision()
    assert titles("chua ai duoc doc") == []


def test_a_taken_back_consent_empties_the_cache(area: Scene) -> None:
    from tests.portal.pages_scene import picture

    image = picture(shows_recognisable_child=True, has_guardian_consent=True)
    before = edition()
    image.has_guardian_consent = False
    image.save()
    assert edition() > before


def test_a_commune_has_one_portal(area: Scene) -> None:
    with pytest.raises(Invalid):
        services.open_commune_portal(area.cast.commune, actor=TESTER)
    with pytest.raises(Invalid):
        services.open_commune_portal(area.cast.hamlet, actor=TESTER)
    made = services.open_commune_portal(area.cast.other_commune, actor=TESTER)
    assert made.address == "/xa/rach-kien/" and made.collection is not None
    assert Client().get("/xa/rach-kien/tin-tuc/").status_code == 200
    assert CommunePortalPage.objects.count() == 2


def test_what_must_be_told_cannot_be_taken_off_its_page(area: Scene) -> None:
    from django.core.exceptions import ValidationError

    page = PlainPage.objects.get(slug="quyen-rieng-tu")
    kept = [(one.block_type, one.value) for one in page.body]
    page.body = [one for one in kept if one[1]["text"] != "never_stored"]
    with pytest.raises(ValidationError, match="không bao giờ lưu"):
        page.save()
    page.refresh_from_db()
    page.body = [*kept, ("quotation", {"text": "Phòng tiếp dân: thứ Ba", "who": "", "role": ""})]
    page.save()
    assert "Phòng tiếp dân" in Client().get("/quyen-rieng-tu/").content.decode()


@pytest.mark.parametrize("is_off", [False, True])
def test_a_portal_that_is_off_leaves_no_page(area: Scene, settings: Any, is_off: bool) -> None:
    page = area.article()
    settings.ROOMS_OFF = ["portal"] if is_off else []
    for path in ("/", "/tin-tuc/", page.address, "/xa/", "/tin-tuc/rss/", "/gioi-thieu/"):
        assert Client().get(path).status_code == (404 if is_off else 200), path


def test_a_linked_thing_shows_only_while_its_room_is_on(area: Scene, settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from liengia.core import linked

    card = linked.Card("Ngày hội 2023", "/ngay-hoi/2023/")
    monkeypatch.setitem(
        linked._kinds, "festival", linked.Kind("festival", "alarms", "ngày hội", lambda key: card if key == "2023" else None)
    )
    page = area.article(body=[block("linked", {"kind": "festival", "key": "2023"}), block("linked", {"kind": "nothing", "key": "x"})])
    assert "/ngay-hoi/2023/" in Client().get(page.address).content.decode()
    settings.ROOMS_OFF = ["alarms"]
    html = Client().get(page.address).content.decode()
    assert "/ngay-hoi/2023/" not in html and 'class="card link linked"' not in html
