"""Authors and topics in the back office; pages of the site itself that nobody deletes, takes down or moves."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse

from liengia.audit.models import Entry
from liengia.core import clock, search
from liengia.core.errors import Invalid, NotFound
from liengia.people.models import User
from liengia.portal import lists
from liengia.portal.models import (
    AreaHomePage,
    Author,
    CommuneListPage,
    NewsIndexPage,
    PlainPage,
    Topic,
)
from tests.portal.test_editing import Office, browser, lay, office
from tests.portal.test_publication import edition

__all__ = ["lay", "office"]
pytestmark = pytest.mark.django_db


def test_a_communes_editor_keeps_its_authors_and_sees_no_others(office: Office) -> None:
    mine, here = browser(office.editor), office.area.cast.commune
    foreign = Author.objects.create(name="Bút danh nơi khác", unit=office.area.cast.other_commune)
    of_area = Author.objects.create(name="Của cả vùng")
    answer = mine.post("/quan-tri/tac-gia/new/", {"name": "Út Nhỏ", "words": "Đài truyền thanh xã", "unit": here.pk})
    author = Author.objects.get(name="Út Nhỏ")
    assert answer.status_code == 302 and author.unit == here
    entry = Entry.objects.get(kind="portal.author_set")
    assert "Út Nhỏ" not in str(entry.facts), "the name is erasable"
    page = mine.get("/quan-tri/tac-gia/").content.decode()
    assert "Út Nhỏ" in page and foreign.name not in page and of_area.name not in page
    for other in (foreign, of_area):
        assert mine.get(f"/quan-tri/tac-gia/edit/{other.pk}/").status_code == 404
    for wrong in ("", office.area.cast.other_commune.pk):
        assert mine.post("/quan-tri/tac-gia/new/", {"name": "Kẻ lạ", "words": "", "unit": wrong}).status_code == 200
    assert "đã có trong danh sách" in mine.post("/quan-tri/tac-gia/new/", {"name": "Út Nhỏ", "words": "", "unit": here.pk}).content.decode()
    assert not Author.objects.filter(name="Kẻ lạ").exists() and Author.objects.filter(name="Út Nhỏ").count() == 1
    assert browser(office.of_area).get(f"/quan-tri/tac-gia/edit/{of_area.pk}/").status_code == 200


def test_a_new_pen_name_stands_under_every_article_and_in_the_search(office: Office) -> None:
    office.page.save_revision().publish()
    author = office.area.author
    Author.objects.filter(pk=author.pk).update(unit=office.area.cast.commune)
    before = edition()
    lists.change_author(author, name="Minh Thư Mới", words="", unit=office.area.cast.commune, user=office.editor)
    assert edition() > before and search.find("Minh Thư Mới").hits
    assert "Minh Thư Mới" in Client().get(office.page.address).content.decode()
    with pytest.raises(NotFound):
        lists.change_author(author, name="x", words="", unit=office.area.cast.commune, user=office.stranger)
    with pytest.raises(NotFound):
        lists.change_author(author, name="x", words="", unit=office.area.cast.other_commune, user=office.editor)
    Author.objects.create(name="Hai người", unit=office.area.cast.commune)
    with pytest.raises(Invalid):
        lists.change_author(author, name="Hai người", words="", unit=office.area.cast.commune, user=office.editor)


def test_topics_are_set_for_the_whole_area_and_keep_their_address(office: Office) -> None:
    for who in (office.editor, office.approver):
        assert browser(who).get("/quan-tri/chu-de/").status_code in (302, 404)
        with pytest.raises(NotFound):
            lists.add_topic(name="Lén", slug="len", words="", order=1, user=who)
    area = browser(office.of_area)
    assert area.post("/quan-tri/chu-de/new/", {"name": "Chữa cháy", "slug": "chua-chay", "words": "", "order": "5"}).status_code == 302
    topic = Topic.objects.get(slug="chua-chay")
    assert area.post(f"/quan-tri/chu-de/edit/{topic.pk}/", {"name": "Phòng cháy", "slug": "khac", "words": "Một câu", "order": "7"}).status_code == 302
    topic.refresh_from_db()
    assert (topic.name, topic.slug, topic.order) == ("Phòng cháy", "chua-chay", 7)
    assert Entry.objects.filter(kind="portal.topic_set").count() == 2
    assert '"/quan-tri/chu-de/"' in area.get("/quan-tri/").content.decode()


def test_pages_of_the_site_itself_are_not_deleted_taken_down_or_moved(office: Office) -> None:
    root = User.objects.create_superuser("root", password=None)
    fixed = [AreaHomePage.objects.get(), CommuneListPage.objects.get(), NewsIndexPage.objects.child_of(AreaHomePage.objects.get()).get()]
    fixed += list(PlainPage.objects.filter(slug__in=["gioi-thieu", "quyen-rieng-tu", "tro-nang"]))
    assert len(fixed) == 6
    client = browser(root)
    for page in fixed:
        for name, more in (("delete", []), ("unpublish", []), ("move_confirm", [office.foreign.pk])):
            answer = client.post(reverse(f"wagtailadmin_pages:{name}", args=[page.pk, *more]), follow=True)
            assert "không xóa, không gỡ, không dời được" in answer.content.decode(), (page, name)
        for act in ("delete", "unpublish", "move"):
            address = reverse("wagtail_bulk_action", args=["wagtailcore", "page", act]) + f"?id={page.pk}&id={office.page.pk}&next=/quan-tri/"
            answer = client.post(address, {"chooser": office.here.pk})
            assert act == "move" or answer.status_code == 302
        place = page.path
        page.refresh_from_db()
        office.page.refresh_from_db()
        assert page.live and page.path == place and office.page.get_parent().specific == NewsIndexPage.objects.child_of(office.here).get()
        page.expire_at = clock.now() + timedelta(days=1)
        with pytest.raises(ValidationError):
            page.full_clean()
        page.expire_at, page.slug = None, "khac"
        with pytest.raises(ValidationError):
            page.full_clean()
    below = PlainPage(title="Lịch tiếp dân", slug="lich-tiep-dan")
    fixed[0].add_child(instance=below)
    client.post(reverse("wagtailadmin_pages:delete", args=[below.pk]))
    assert not PlainPage.objects.filter(pk=below.pk).exists(), "any other page can be deleted"
