"""Gỡ ảnh, đính chính: asking without a name, following by a code, what the office does, and what is left afterwards."""

from __future__ import annotations

import json
import logging
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.conf import settings
from django.core.files.base import ContentFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from wagtail.contrib.redirects.models import Redirect
from wagtail.models import Revision

from liengia.audit.models import Entry
from liengia.comments.models import Thread
from liengia.core import clock, search
from liengia.core.errors import Invalid, NotFound, Refused
from liengia.core.metrics import exposition
from liengia.people.menu import today
from liengia.portal import pictures, requests, takedown
from liengia.portal.models import (
    ArticlePage,
    ArticleRequest,
    PortalDocument,
    PortalImage,
    RequestState,
)
from liengia.portal.request_forms import new_ticket
from liengia.portal.views import requests as request_views
from tests.opinions.test_planted import database_text
from tests.portal.pages_scene import block, closed, picture
from tests.portal.test_editing import Office, browser, lay, office
from tests.portal.test_publication import edition

__all__ = ["lay", "office"]
pytestmark = pytest.mark.django_db
HOSTILE = "<script>alert(1)</script>\u202e ẤP\u0300\u0301\u0302 👩‍👩‍👧 {{ 7*7 }} ' OR 1=1 --"


@pytest.fixture(autouse=True)
def limits() -> None:
    request_views.asks.forget()
    request_views.wrong_codes.forget()


def ticket(code: str = "", *, age_s: float = 10) -> str:
    with time_machine.travel(timezone.now() - timedelta(seconds=age_s), tick=False):
        return new_ticket(code)


def published(office: Office, **facts: Any) -> ArticlePage:
    """Publish an article with a cover, a gallery, a figure and a sentence that names somebody."""
    cover, shown, other, third = picture("Bìa"), picture("Chị bán cá", caption="Chị Bảy bán cá"), picture("Bến đò"), picture("Cây cầu")
    figure = {"image": shown.pk, "caption": "Chị Bảy Nhơn đứng giữa chợ", "credit": "", "alt": ""}
    gallery = {"title": "Chợ", "figures": [{"image": one.pk, "caption": f"ảnh {one.title}", "credit": "", "alt": ""} for one in (shown, other, third)]}
    body = [block("paragraph", "<p>Chị <b>Bảy Nhơn</b> nói: Bảy Nhơn ở Ấp 3.</p>"), block("figure", figure), block("gallery", gallery)]
    page = office.area.article("Chợ chiều của Bảy Nhơn", under=office.area.portal_news, body=body, cover=cover, live=False, **facts)
    page.slug = "cho-chieu-cua-bay-nhon"
    page.save_revision(user=office.editor).publish()
    return ArticlePage.objects.get(pk=page.pk)


def send(page: ArticlePage, client: Client | None = None, **facts: Any) -> Any:
    data = {"kind": "picture", "ticket": ticket(), **facts}
    return (client or Client()).post(reverse("portal:request_new", args=[page.pk]), data)


def code_in(response: Any) -> str:
    found = re.search(r'class="private-code num"[^>]*>([^<]+)<', response.content.decode())
    assert found, response.content.decode()[-3000:]
    return found.group(1)


def asked(office: Office, page: ArticlePage, **facts: Any) -> ArticleRequest:
    send(page, **facts)
    row = ArticleRequest.objects.latest("due_at")
    return requests.take_up(row, user=office.editor)


def shown_picture(page: ArticlePage) -> PortalImage:
    return PortalImage.objects.get(title="Chị bán cá")


def test_from_the_article_to_the_code_without_a_name_or_a_script(office: Office) -> None:
    page = published(office)
    client = Client()
    article = client.get(page.address).content.decode()
    link = reverse("portal:request_new", args=[page.pk])
    assert f'href="{link}"' in article and "Yêu cầu gỡ ảnh hoặc đính chính" in article
    form = client.get(link).content.decode()
    assert form.count('name="pick"') == 4 and "no-store" in client.get(link)["Cache-Control"]
    sent = ticket()
    response = send(page, pick=[f"p{shown_picture(page).pk}"], ticket=sent)
    code = code_in(response)
    row = ArticleRequest.objects.get()
    assert (row.state, row.unit, row.is_urgent, row.name) == ("received", office.area.cast.commune, False, "")
    assert [one.pk for one in row.pictures.all()] == [shown_picture(page).pk]
    assert code_in(send(page, pick=[f"p{shown_picture(page).pk}"], ticket=sent)) == code and ArticleRequest.objects.count() == 1
    followed = client.post("/tin-tuc/yeu-cau/theo-doi/", {"code": code.lower().replace("-", " ")}).content.decode()
    assert "Đã nhận" in followed and page.title in followed
    wrong = client.post("/tin-tuc/yeu-cau/theo-doi/", {"code": code[:-1] + ("2" if code[-1] != "2" else "3")})
    assert wrong.status_code == 404 and page.title not in wrong.content.decode()


@pytest.mark.parametrize(("facts", "days"), [({}, 2), ({"kind": "child"}, 1)])
def test_it_is_due_in_two_working_days_and_a_childs_in_one(office: Office, facts: dict[str, Any], days: int) -> None:
    page = published(office, at=datetime(2026, 11, 1, tzinfo=UTC))
    with time_machine.travel("2026-11-20T03:00:00Z", tick=False):  # a Friday
        send(page, pick=[f"p{shown_picture(page).pk}"], ticket=ticket(), **facts)
    due = clock.local(ArticleRequest.objects.get().due_at)
    assert (due.day, due.hour) == (20 + 2 + days, 17), "the week-end does not count"
    send(page, kind="name", passage="Bảy Nhơn")
    ArticleRequest.objects.filter(kind="name").update(due_at=due - timedelta(days=9))
    first = requests.visible_to(office.editor).waiting().first()
    assert first is not None and first.is_urgent == (days == 1)


def test_a_picture_marked_as_a_childs_comes_first_whatever_was_ticked(office: Office) -> None:
    page = published(office)
    PortalImage.objects.filter(title="Chị bán cá").update(shows_recognisable_child=True, has_guardian_consent=True)
    send(page, pick=[f"p{shown_picture(page).pk}"])
    assert ArticleRequest.objects.get().is_urgent


@pytest.mark.parametrize(
    ("facts", "says"),
    [
        ({"kind": "picture"}, "Chọn tấm ảnh"),
        ({"kind": "mistake", "words": " "}, "Chép câu đó"),
        ({"kind": "nosuch"}, ""),
        ({"pick": ["p999999"], "words": HOSTILE}, ""),
        ({"website": "http://x", "passage": HOSTILE}, "Để trống ô này"),
        ({"passage": "x" * 1501}, ""),
        ({"passage": HOSTILE, "ticket": "forged:1abc:signature"}, "không còn hợp lệ"),
        ({"passage": HOSTILE, "ticket": ""}, ""),
        ({"passage": "a\x00b"}, ""),
    ],
)
def test_what_cannot_be_taken_comes_back_with_what_was_typed(office: Office, facts: dict[str, Any], says: str) -> None:
    page = published(office)
    response = send(page, **facts)
    text = response.content.decode()
    assert response.status_code == 200 and "private-code" not in text and says in text
    assert ArticleRequest.objects.count() == 0
    assert "<script>alert(1)" not in text
    if HOSTILE in facts.values():
        assert "&lt;script&gt;alert(1)&lt;/script&gt;" in text


def test_a_form_that_is_too_quick_or_too_old_is_sent_again_as_it_is(office: Office) -> None:
    page = published(office)
    for age_s in (0, 60 * 60 * 72):
        text = send(page, passage="Bảy Nhơn", ticket=ticket(age_s=age_s)).content.decode()
        again = re.search(r'name="ticket" value="([^"]+)"', text)
        assert again and "private-code" not in text and "Bảy Nhơn" in text
    with time_machine.travel(timezone.now() + timedelta(seconds=10)):
        code_in(send(page, passage="Bảy Nhơn", ticket=again.group(1)))


def test_hostile_words_are_words_everywhere(office: Office) -> None:
    page = published(office)
    code = code_in(send(page, kind="other", passage=HOSTILE, words=HOSTILE, name=HOSTILE[:60], contact=HOSTILE[:60]))
    row = ArticleRequest.objects.get()
    browser(office.editor).post(f"/quan-tri/go-anh-dinh-chinh/{row.pk}/", {"verb": "take_up"})
    pages = [
        browser(office.editor).get(f"/quan-tri/go-anh-dinh-chinh/{row.pk}/"), browser(office.editor).get("/quan-tri/go-anh-dinh-chinh/"),
        Client().post("/tin-tuc/yeu-cau/theo-doi/", {"code": code}), Client().get("/tin-tuc/yeu-cau/"),
    ]  # fmt: skip
    for shown in pages:
        assert shown.status_code == 200 and "<script>alert(1)" not in shown.content.decode()
    assert "&lt;script&gt;" in pages[0].content.decode()


def test_a_limit_stops_a_programme_and_keeps_the_words(office: Office, monkeypatch: Any) -> None:
    page = published(office)
    monkeypatch.setattr(request_views.asks, "most", 2)
    for _turn in range(2):
        code_in(send(page, passage="Bảy Nhơn"))
    text = send(page, passage="Bảy Nhơn ơi").content.decode()
    assert "Bảy Nhơn ơi" in text and ArticleRequest.objects.count() == 2
    monkeypatch.setattr(requests, "WAITING_MOST", 2)
    request_views.asks.forget()
    assert "đang chờ" in send(page, passage="Bảy Nhơn").content.decode() and ArticleRequest.objects.count() == 2


def test_nothing_of_who_asks_is_found_anywhere(office: Office, caplog: Any) -> None:
    page = published(office)
    caplog.set_level(logging.DEBUG)
    address, agent = "203.0.113.78", "PLANTED-agent/7.8"
    client = Client(REMOTE_ADDR=address, headers={"user-agent": agent, "x-forwarded-for": address, "referer": f"http://x/{agent}"})
    client.get(reverse("portal:request_new", args=[page.pk]))
    entries = Entry.objects.count()
    code = code_in(send(page, client, passage="Bảy Nhơn, câu bí mật"))
    client.post("/tin-tuc/yeu-cau/theo-doi/", {"code": code})
    assert Entry.objects.count() == entries, "an entry would keep the moment"
    stored = database_text() + exposition().decode() + "\n".join(record.getMessage() + str(record.args) for record in caplog.records)
    assert str(ArticleRequest.objects.get().pk) in stored
    for needle in (address, agent, "câu bí mật", code, code.replace("-", "")):
        assert needle not in stored
    instants = [field.name for field in ArticleRequest._meta.concrete_fields if field.get_internal_type() == "DateTimeField"]
    row = ArticleRequest.objects.get()
    assert instants == ["due_at", "decided_at"] and row.decided_at is None and clock.local(row.due_at).minute == 0


# What the office does


def test_a_picture_that_is_taken_down_is_gone_from_every_page_and_its_bytes_from_the_server(office: Office) -> None:
    page = published(office)
    image = shown_picture(page)
    elsewhere = office.area.article("Bài khác", under=office.area.portal_news, live=False, cover=image)
    elsewhere.save_revision(user=office.editor).publish()
    client = Client()
    addresses = [pictures.address(image, width, form) for width in (320, 640) for form in ("webp", "jpg")]
    files = []
    for address in addresses:
        answer = client.get(address)
        assert answer.status_code == 200
        closed(answer)
    files = [Path(settings.MEDIA_ROOT) / copy.file.name for copy in image.renditions.all()]
    assert len(files) == 4 and all(file.exists() for file in files)
    assert search.find("đứng giữa chợ").hits
    public = [page.address, elsewhere.address, "/", "/tin-tuc/", "/tin-tuc/rss/", "/tin-tuc/atom/", "/xa/can-duoc/", "/xa/can-duoc/tin-tuc/"]
    part = f"/hinh/{image.pk}-"
    holders = [path for path in public if part in client.get(path).content.decode()]
    assert {page.address, elsewhere.address, "/tin-tuc/rss/", "/"} <= set(holders), "it is there before"
    row = asked(office, page, pick=[f"p{image.pk}"])
    before = edition()
    with_commit(lambda: requests.remove(row, pictures=[image], answer="Ảnh đã gỡ.", user=office.editor))
    assert edition() > before
    for address in addresses:
        assert client.get(address).status_code == 404
    assert not any(file.exists() for file in files) and not image.renditions.exists()
    for path in public:
        text = client.get(path).content.decode()
        assert part not in text and "Chị Bảy Nhơn đứng giữa chợ" not in text, path
    assert not search.find("đứng giữa chợ").hits and search.find("chợ chiều").hits
    page.refresh_from_db()
    assert [len(one.value["figures"]) for one in page.body if one.block_type == "gallery"] == [2]
    for revision in Revision.page_revisions.all():
        assert f'"image": {image.pk}' not in revision.content["body"] and revision.content.get("cover") != image.pk
    row.refresh_from_db()
    assert row.state == RequestState.REMOVED and Entry.objects.get(kind="portal.request_removed").facts["pages"] == 2


def with_commit(act: Any) -> None:
    """Run what waits for the commit, as the deletion of a file does."""
    from django.test import TestCase

    with TestCase.captureOnCommitCallbacks(execute=True):
        act()


def test_an_editor_cannot_bring_back_what_was_taken_down(office: Office) -> None:
    page = published(office)
    draft = page.get_latest_revision_as_object()
    draft.lead = "Một bản nháp còn dở"
    draft.save_revision(user=office.editor)
    image = shown_picture(page)
    requests.remove(asked(office, page, pick=[f"p{image.pk}"]), pictures=[image], user=office.editor)
    page = ArticlePage.objects.get(pk=page.pk)
    assert page.lead != "Một bản nháp còn dở", "what is not approved stays a draft"
    page.get_latest_revision().publish()
    text = Client().get(page.address).content.decode()
    assert "Một bản nháp còn dở" in text and f"/hinh/{image.pk}-" not in text
    chooser = browser(office.editor).get("/quan-tri/images/chooser/").content.decode()
    assert "Chị bán cá" not in chooser
    page.cover = PortalImage.objects.get(pk=image.pk)
    assert page.publication_problems()


def test_a_video_is_taken_down_too(office: Office) -> None:
    film = PortalDocument.objects.create(title="Phim chợ", file=ContentFile(b"x" * 99, "cho.webm"))
    value = {"document": film.pk, "captions": None, "poster": None, "caption": "Phim", "credit": "", "transcript": "Bảy Nhơn rao cá"}
    page = office.area.article("Có phim", under=office.area.portal_news, body=[block("video", value), block("paragraph", "<p>Hết.</p>")])
    assert closed(Client().get(film.url)).status_code == 200
    row = asked(office, page, pick=[f"v{film.pk}"])
    requests.remove(row, videos=[film], user=office.editor)
    assert Client().get(film.url).status_code == 404
    text = Client().get(page.address).content.decode()
    assert "Bảy Nhơn rao cá" not in text and "Hết." in text


def test_a_name_leaves_texts_captions_address_search_and_earlier_versions(office: Office, django_capture_on_commit_callbacks: Any) -> None:
    page = published(office)
    Redirect.objects.create(old_path="/tin-tuc/bay-nhon-ban-ca", redirect_page=page)
    assert Client().get("/tin-tuc/bay-nhon-ban-ca/").status_code == 301
    page.errata.create(words="Bảy Nhơn, không phải Bảy Nhân", sort_order=0)
    row = asked(office, page, kind="name", passage="Bảy Nhơn")
    with pytest.raises(Invalid):
        requests.remove(row, words="Tám Nhơn", user=office.editor)
    row.refresh_from_db()
    assert row.state == RequestState.LOOKING, "nothing half done"
    with django_capture_on_commit_callbacks(execute=True):
        requests.remove(row, words="Bảy  Nhơn", instead="person", user=office.editor)
    page = ArticlePage.objects.get(pk=page.pk)
    assert "bay-nhon" not in page.slug and page.title == "Chợ chiều của một người dân"
    text = Client().get(page.address).content.decode()
    assert "Nhơn" not in text and "<b>một người dân</b>" in text
    assert not search.find("Bảy Nhơn").hits and search.find("chợ chiều").hits[0].url == page.address
    assert Thread.objects.get(key=str(page.pk)).title == page.title
    assert not any("Nhơn" in json.dumps(one.content, ensure_ascii=False) for one in page.revisions.all())
    for earlier in ("/xa/can-duoc/tin-tuc/cho-chieu-cua-bay-nhon/", "/tin-tuc/bay-nhon-ban-ca/"):
        assert Client().get(earlier).status_code == 404


def test_a_correction_takes_two_and_stays_through_the_next_publication(office: Office) -> None:
    page = published(office)
    page.get_latest_revision_as_object().save_revision(user=office.editor)
    row = asked(office, page, kind="mistake", words="Chợ họp buổi sáng")
    with pytest.raises(Refused):
        requests.correct(row, user=office.approver)
    requests.propose_correction(row, words="Chợ họp buổi sáng, không phải buổi chiều.", user=office.editor)
    with pytest.raises(Refused):
        requests.correct(row, user=office.editor)
    requests.propose_correction(row, words="Chợ họp buổi sáng, không phải chiều.", user=office.approver)
    with pytest.raises(Refused):
        requests.correct(row, user=office.approver)
    requests.propose_correction(row, words="Chợ họp buổi sáng, không phải buổi chiều.", user=office.editor)
    before = edition()
    requests.correct(row, answer="Cảm ơn anh/chị.", user=office.approver)
    assert "Chợ họp buổi sáng, không phải buổi chiều." in Client().get(page.address).content.decode() and edition() > before
    ArticlePage.objects.get(pk=page.pk).get_latest_revision().publish()
    page = ArticlePage.objects.get(pk=page.pk)
    assert page.errata.count() == 1 and "không phải buổi chiều" in Client().get(page.address).content.decode()


def test_a_refusal_needs_a_reason_and_words_and_is_read_by_the_code(office: Office) -> None:
    page = published(office)
    code = code_in(send(page, kind="mistake", words="Sai hết"))
    row = requests.take_up(ArticleRequest.objects.get(), user=office.editor)
    for facts in ({"reason": "accurate", "answer": " "}, {"reason": "", "answer": "Không"}, {"reason": "nosuch", "answer": "Không"}):
        with pytest.raises(Invalid):
            requests.refuse(row, user=office.editor, **facts)
    requests.refuse(row, reason="accurate", answer="Đã đối chiếu biên bản.", user=office.editor)
    with pytest.raises(Refused):
        requests.take_up(row, user=office.editor)
    text = Client().post("/tin-tuc/yeu-cau/theo-doi/", {"code": code}).content.decode()
    assert "Đã đối chiếu biên bản." in text and "Từ chối" in text


def test_another_communes_requests_do_not_exist(office: Office) -> None:
    row = asked(office, published(office), passage="Bảy Nhơn")
    address = f"/quan-tri/go-anh-dinh-chinh/{row.pk}/"
    for who in (office.stranger, office.strange_approver):
        assert browser(who).get(address).status_code == 404 == browser(who).post(address, {"verb": "refuse"}).status_code
        assert "Bảy Nhơn" not in browser(who).get("/quan-tri/go-anh-dinh-chinh/").content.decode()
        assert not list(requests.today(who))
        for act in (requests.take_up, lambda one, user: requests.remove(one, words="Bảy Nhơn", user=user)):
            with pytest.raises(NotFound):
                act(row, user=who)
    assert browser(office.area.cast.khach).get(address).status_code in (302, 404)
    assert browser(office.approver).get(address).status_code == 200 == browser(office.of_area).get(address).status_code
    of_area = office.area.article("Của vùng")
    send(of_area, passage="Một câu")
    assert not requests.visible_to(office.editor).filter(article=of_area).exists()
    assert requests.visible_to(office.of_area).filter(article=of_area).exists()


def test_the_office_decides_on_its_pages_and_reading_is_recorded(office: Office) -> None:
    page = published(office)
    image = shown_picture(page)
    send(page, pick=[f"p{image.pk}"])
    row = ArticleRequest.objects.get()
    mine, address = browser(office.editor), f"/quan-tri/go-anh-dinh-chinh/{row.pk}/"
    assert Entry.objects.filter(kind="portal.request_read").count() == 0
    mine.get(address)
    assert Entry.objects.filter(kind="portal.request_read").count() == 1
    mine.post(address, {"verb": "take_up"})
    assert f'value="p{image.pk}"' in mine.get(address).content.decode()
    foreign = picture("Không của bài này")
    assert mine.post(address, {"verb": "remove", "pick": [f"p{foreign.pk}"]}).status_code == 200
    assert PortalImage.objects.get(pk=foreign.pk).is_publishable
    assert mine.post(address, {"verb": "remove", "pick": [f"p{image.pk}"], "instead": "removed"}).status_code == 302
    assert not PortalImage.objects.get(pk=image.pk).is_publishable
    assert {e.kind for e in Entry.objects.filter(kind__startswith="portal.request_")} == {"portal.request_read", "portal.request_taken_up", "portal.request_removed"}


def test_what_is_overdue_is_red_counted_and_pressing(office: Office) -> None:
    page = published(office)
    send(page, passage="Bảy Nhơn")
    assert requests.overdue_count() == 0
    assert [chore.is_urgent for chore in today(office.editor) if "go-anh" in chore.url] == [False]
    ArticleRequest.objects.update(due_at=clock.now() - timedelta(hours=1))
    assert requests.overdue_count() == 1 and "liengia_article_requests_overdue" in exposition().decode()
    assert [chore.is_urgent for chore in today(office.editor) if "go-anh" in chore.url] == [True]
    assert 'class="overdue"' in browser(office.editor).get("/quan-tri/go-anh-dinh-chinh/").content.decode()
    assert "1 yêu cầu đã quá hạn" in Client().get("/tin-tuc/yeu-cau/").content.decode()


def test_the_public_sees_counts_only(office: Office) -> None:
    page = published(office)
    requests.refuse(asked(office, page, passage="Bảy Nhơn", name="Tư Lành"), reason="accurate", answer="Đúng rồi", user=office.editor)
    send(page, passage="Bảy Nhơn")
    text = Client().get("/tin-tuc/yeu-cau/").content.decode()
    assert re.findall(r'data-label="[^"]+">(\d+)<', text) == ["2", "0", "0", "1", "1"]
    assert not any(word in text for word in ("Nhơn", "Tư Lành", "Đúng rồi", page.title))


def test_periods_are_kept(office: Office) -> None:
    page = published(office)
    image = shown_picture(page)
    code = code_in(send(page, pick=[f"p{image.pk}"], name="Tư Lành", contact="0900000001", passage="câu", words="vì sao"))
    row = requests.take_up(ArticleRequest.objects.get(), user=office.editor)
    requests.remove(row, pictures=[image], answer="Xong", user=office.editor)
    file = Path(settings.MEDIA_ROOT) / image.file.name
    with time_machine.travel(timezone.now() + timedelta(days=29)):
        assert takedown.erase_withdrawn() == 0 == requests.erase_words() and file.exists()
    with time_machine.travel(timezone.now() + timedelta(days=31)):
        with_commit(takedown.erase_withdrawn)
        assert not file.exists() and not PortalImage.objects.filter(pk=image.pk).exists()
        assert requests.find_by_code(code).answer == "Xong"
    with time_machine.travel(timezone.now() + timedelta(days=91)):
        assert requests.erase_words() == 1 and requests.erase_words() == 0
        row.refresh_from_db()
        assert (row.passage, row.words, row.name, row.contact, row.answer, row.code_hash) == ("", "", "", "", "", None)
        with pytest.raises(NotFound):
            requests.find_by_code(code)
    assert requests.figures()[0].removed == 1, "the count stays"


def test_a_draft_takes_no_request_and_a_deleted_article_leaves_the_code_alive(office: Office) -> None:
    assert Client().get(reverse("portal:request_new", args=[office.page.pk])).status_code == 404
    page = published(office)
    code = code_in(send(page, passage="Bảy Nhơn"))
    page.delete()
    assert "Đã nhận" in Client().post("/tin-tuc/yeu-cau/theo-doi/", {"code": code}).content.decode()
    row = requests.take_up(ArticleRequest.objects.get(), user=office.editor)
    assert browser(office.editor).get(f"/quan-tri/go-anh-dinh-chinh/{row.pk}/").status_code == 200
    with pytest.raises(Refused):
        requests.remove(row, words="Bảy Nhơn", user=office.editor)
