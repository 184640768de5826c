"""Gỡ ảnh, đính chính: comments that name the person too, a commune's own number of days, and `/health`."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from liengia.comments import services as comments
from liengia.comments.capabilities import MODERATE
from liengia.comments.models import Comment, CommentState, Reason, Thread
from liengia.core import clock, health
from liengia.core.errors import Invalid, NotFound
from liengia.people.models import Role, User
from liengia.portal import requests
from liengia.portal.models import ArticlePage, ArticleRequest, CommunePortalPage
from tests.portal.test_editing import Office, browser, lay, office
from tests.portal.test_requests import asked, limits, published, send

__all__ = ["lay", "limits", "office"]
pytestmark = pytest.mark.django_db


def commented(page: ArticlePage, *texts: str) -> list[Comment]:
    """Publish comments under an article."""
    thread = Thread.objects.get(kind="article", key=str(page.pk))
    rows = [Comment(thread=thread, text=text, state=CommentState.SHOWN, shown_at=clock.now()) for text in texts]
    for row in rows:
        row.save()
    return rows


def without_moderating(office: Office) -> User:
    """Return the editor of a commune whose editors do not moderate comments."""
    role = Role.objects.get(code="commune_editor")
    role.capabilities = [code for code in role.capabilities if code != MODERATE]
    role.save()
    return User.objects.get(pk=office.editor.pk)


def test_comments_that_bear_the_name_come_first_and_are_hidden_with_a_reason_told(office: Office) -> None:
    page, editor = published(office), office.editor
    other, named, nickname = commented(page, "Chợ đông quá.", "Chị BẢY  NHƠN (nhà ở Ấp 3) bán mắc.", "Bà nầy là bay nhon đó")
    row = asked(office, page, kind="name", passage="", words="", name="Lê Thị Bảy Nhơn", about_comments="on")
    assert row.about_comments and row.name == "Lê Thị Bảy Nhơn"
    found = requests.named_comments(row, editor)
    assert [(one.comment, one.is_match) for one in found] == [(nickname, True), (named, True), (other, False)]
    shown = browser(editor).get(reverse("portal_office_request", args=[row.pk])).content.decode()
    assert shown.count("checked") == 2 and "Bà nầy là bay nhon" in shown
    done = browser(editor).post(reverse("portal_office_request", args=[row.pk]), {"verb": "remove", "hidden": [named.public_id, nickname.public_id]})
    assert done.status_code == 302
    row.refresh_from_db()
    named.refresh_from_db()
    assert row.state == "removed" and (named.state, named.reason) == (CommentState.REMOVED, Reason.PERSON)
    page_of_comments = Client().get(reverse("comments:thread", args=[named.thread.public_id])).content.decode()
    assert "BẢY" not in page_of_comments and "bay nhon" not in page_of_comments and "Chợ đông quá." in page_of_comments


def test_who_does_not_moderate_sees_and_hides_none(office: Office) -> None:
    page, editor = published(office), without_moderating(office)
    (named,) = commented(page, "Bảy Nhơn ở Ấp 3.")
    row = asked(office, page, kind="name", name="Bảy Nhơn", about_comments="on")
    assert requests.named_comments(row, editor) == []
    shown = browser(editor).get(reverse("portal_office_request", args=[row.pk])).content.decode()
    assert "Ấp 3." not in shown
    with pytest.raises(Invalid):
        requests.remove(row, hidden=[named], user=editor)
    with pytest.raises(NotFound):
        comments.remove_comment(named, reason=Reason.PERSON, user=editor)
    named.refresh_from_db()
    assert named.state == CommentState.SHOWN


def test_a_comment_of_another_article_is_not_chosen_and_nothing_is_half_done(office: Office) -> None:
    page, editor = published(office), office.editor
    (here,) = commented(page, "Bảy Nhơn.")
    other = office.area.article("Bài khác", under=office.area.portal_news, live=False)
    other.save_revision(user=office.editor).publish()
    (elsewhere,) = commented(other, "Bảy Nhơn.")
    row = asked(office, page, kind="name", name="Bảy Nhơn", about_comments="on")
    with pytest.raises(Invalid):
        requests.remove(row, hidden=[here, elsewhere], user=editor)
    assert set(Comment.objects.values_list("state", flat=True)) == {CommentState.SHOWN}


def test_the_form_takes_a_name_instead_of_a_sentence_where_comments_name_somebody(office: Office) -> None:
    page = published(office)
    assert ArticleRequest.objects.count() == 0 and send(page, kind="name", about_comments="on").status_code == 200
    assert ArticleRequest.objects.count() == 0, "without a name nobody can find it"
    send(page, kind="name", about_comments="on", name="Bảy Nhơn")
    assert ArticleRequest.objects.get().about_comments


def test_a_commune_has_its_own_days_and_the_others_the_installations(office: Office, settings: Any) -> None:
    settings.REQUEST_DAYS = 2
    commune = office.area.cast.commune
    before = requests.due_at(commune, is_urgent=False)
    CommunePortalPage.objects.filter(unit=commune).update(request_days=5)
    assert requests.due_at(commune, is_urgent=False) >= before + timedelta(days=3)
    assert requests.due_at(commune, is_urgent=True) == before, "half of five days is two"
    assert requests.due_at(office.area.cast.other_commune, is_urgent=False) == requests.due_at(None, is_urgent=False) == before


def test_health_tells_what_is_overdue_and_is_red_once_it_is_forgotten(office: Office) -> None:
    page = published(office)
    send(page, kind="mistake", passage="Ấp 3", words="Ấp 4")
    assert health.findings()["portal.requests"] == health.Finding(True, "không có yêu cầu gỡ bỏ, đính chính nào quá hạn")
    ArticleRequest.objects.update(due_at=clock.now() - timedelta(hours=1))
    found = health.findings()["portal.requests"]
    assert found.ok and found.says.startswith("1 ")
    ArticleRequest.objects.update(due_at=clock.now() - timedelta(days=8))
    assert not health.findings()["portal.requests"].ok
