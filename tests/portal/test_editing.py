"""Editing in the back office: each commune's pages are its own editors', and it takes two to publish."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from wagtail.models import TaskState

from liengia.audit.models import Entry
from liengia.comments.models import Thread
from liengia.core import clock, worker
from liengia.people import services as people
from liengia.people.models import RoleAssignment, User
from liengia.portal import permissions, services, workflow
from liengia.portal.models import ArticlePage, CommunePortalPage, NewsIndexPage, PortalDocument
from tests import factories
from tests.cast import TESTER
from tests.harness.factor import give_second_factor
from tests.portal import pages_scene
from tests.portal.pages_scene import Scene, picture

pytestmark = pytest.mark.django_db
EDITS = "wagtailadmin_pages"


@dataclass(slots=True)
class Office:
    """Two communes with portals, an editor and an approver of each, and the area's."""

    area: Scene
    here: CommunePortalPage
    there: CommunePortalPage
    editor: User
    approver: User
    stranger: User
    strange_approver: User
    of_area: User
    page: ArticlePage
    foreign: ArticlePage


def browser(user: User) -> Client:
    """Return a browser of somebody who has shown a second factor."""
    client = Client()
    client.force_login(user, backend="liengia.people.backends.PhoneBackend")
    give_second_factor(client, user)
    return client


@pytest.fixture(scope="module")
def lay() -> Callable[[], Office]:
    return two_offices


@pytest.fixture
def office(scene: Office) -> Office:
    return scene


def two_offices() -> Office:
    area = pages_scene.scene()
    area.portal.collection = None
    area.portal.save()
    cast = area.cast
    root = permissions.Collection.get_first_root_node()
    area.portal.collection = root.add_child(name="Cần Đước")
    area.portal.save()
    there = services.open_commune_portal(cast.other_commune, actor=TESTER)

    def holds(name: str, role: str, unit: Any) -> User:
        user = factories.user(name, name.title())
        people.assign_role(user, role, unit, actor=TESTER)
        return user

    index = NewsIndexPage.objects.child_of(there).get()
    return Office(
        area, area.portal, there,
        holds("bien", "commune_editor", cast.commune), holds("duyet", "commune_approver", cast.commune),
        holds("la", "commune_editor", cast.other_commune), holds("duyet la", "commune_approver", cast.other_commune),
        holds("vung", "area_admin", cast.province),
        area.article("Cống Ấp 3 đã thông", live=False, under=area.portal_news),
        area.article("Chuyện riêng của Rạch Kiến", live=False, under=index),
    )  # fmt: skip


def form_of(page: ArticlePage, **changes: Any) -> dict[str, Any]:
    """Return an article's form as the editor sends it."""
    block = {"body-0-type": "paragraph", "body-0-order": "0", "body-0-id": "", "body-0-deleted": ""}
    words = {"entityMap": {}, "blocks": [{"key": "a", "text": "Một đoạn.", "type": "unstyled", "depth": 0, "inlineStyleRanges": [], "entityRanges": []}]}
    inlines = {f"{name}-{part}": "0" for name in ("bylines", "errata", "chosen_articles", "comments") for part in ("TOTAL_FORMS", "INITIAL_FORMS", "MIN_NUM_FORMS")}
    inlines |= {f"{name}-MAX_NUM_FORMS": "4" for name in ("bylines", "errata", "chosen_articles")}
    return {"title": page.title, "slug": page.slug, "lead": page.lead, "place": "", "body-count": "1", "body-0-value": json.dumps(words), **block, **inlines, **changes}


def addresses(page: ArticlePage) -> Iterator[str]:
    """Yield every address of the back office that names a page."""
    for name in ("edit", "view_draft", "delete", "unpublish", "copy", "history", "history_results", "usage", "lock", "unlock", "set_privacy",
                 "workflow_history", "confirm_workflow_cancellation", "revisions_index", "preview_on_edit"):  # fmt: skip
        yield reverse(f"{EDITS}:{name}", args=[page.pk])
    yield reverse(f"{EDITS}:move", args=[page.pk])
    yield reverse(f"{EDITS}:add_subpage", args=[page.get_parent().pk])
    yield reverse(f"{EDITS}:add", args=["portal", "articlepage", page.get_parent().pk])
    yield reverse("wagtailadmin_explore", args=[page.get_parent().pk])
    yield reverse("wagtailadmin_choose_page_child", args=[page.get_parent().pk])
    yield reverse("wagtail_bulk_action", args=["wagtailcore", "page", "delete"]) + f"?id={page.pk}&next=/quan-tri/"
    yield reverse("wagtail_bulk_action", args=["wagtailcore", "page", "publish"]) + f"?id={page.pk}&next=/quan-tri/"


def test_another_communes_pages_do_not_exist_at_any_address(office: Office) -> None:
    mine, foreign = browser(office.editor), browser(office.stranger)
    for address in addresses(office.page):
        assert foreign.get(address).status_code == 404, address
        assert foreign.post(address, {"title": "Chiếm"}).status_code == 404, address
    opened = [mine.get(address).status_code for address in addresses(office.page)]
    assert opened.count(404) <= 1 and opened[0] == 200, opened  # otherwise the walk would prove nothing
    office.page.refresh_from_db()
    assert office.page.title == "Cống Ấp 3 đã thông"


def test_an_editor_sees_own_pages_alone_in_lists_and_choosers(office: Office) -> None:
    client = browser(office.editor)
    own, foreign = office.page.title, office.foreign.title
    lists = [
        reverse("wagtailadmin_explore", args=[office.page.get_parent().pk]),
        reverse("wagtailadmin_pages:search") + "?q=c",
        reverse("wagtailadmin_choose_page_search") + "?q=Rạch",
        reverse("wagtailadmin_choose_page") + "?page_type=portal.articlepage",
        "/quan-tri/reports/site-history/", "/quan-tri/reports/workflow/", "/quan-tri/reports/workflow_tasks/", "/quan-tri/reports/aging-pages/",
        "/quan-tri/reports/locked/", "/quan-tri/pages/usage/portal/articlepage/", "/quan-tri/", "/quan-tri/cho-duyet/",
        f"/quan-tri/api/main/pages/?child_of={office.foreign.get_parent().pk}&for_explorer=1", f"/quan-tri/api/main/pages/{office.foreign.pk}/", "/quan-tri/api/main/pages/?limit=50", "/quan-tri/api/main/pages/?search=R%E1%BA%A1ch",
    ]  # fmt: skip
    office.foreign.save_revision(user=office.stranger)
    for address in lists:
        answer = client.get(address)
        assert answer.status_code in (200, 302, 400, 404), address
        assert foreign not in answer.content.decode(), address
    assert own in client.get(lists[0]).content.decode()
    assert client.get("/quan-tri/reports/page-types-usage/").status_code == 404


def test_nothing_is_carried_into_another_commune(office: Office) -> None:
    client = browser(office.editor)
    away = NewsIndexPage.objects.child_of(office.there).get()
    before = away.get_children().count()
    moved = client.post(reverse(f"{EDITS}:move_confirm", args=[office.page.pk, away.pk]))
    assert moved.status_code == 404
    copied = {"new_title": "Bản chép", "new_slug": "ban-chep", "new_parent_page": away.pk, "copy_subpages": "", "publish_copies": ""}
    client.post(reverse(f"{EDITS}:copy", args=[office.page.pk]), copied)
    away.refresh_from_db()
    assert away.get_children().count() == before
    copied["new_parent_page"] = office.page.get_parent().pk
    client.post(reverse(f"{EDITS}:copy", args=[office.page.pk]), copied | {"publish_copies": "on"})
    assert not ArticlePage.objects.get(slug="ban-chep").live


def test_pictures_and_files_are_the_communes_own(office: Office) -> None:
    own, foreign = picture("Của mình", collection=office.here.collection), picture("Của xã bên", collection=office.there.collection)
    paper = PortalDocument.objects.create(title="Giấy xã bên", file="documents/x.pdf", collection=office.there.collection)
    client = browser(office.editor)
    assert client.get(reverse("wagtailimages:edit", args=[own.pk])).status_code == 200
    for name, one in (("wagtailimages:edit", foreign), ("wagtailimages:delete", foreign), ("wagtaildocs:edit", paper), ("wagtaildocs:delete", paper),
                      ("wagtailimages_chooser:chosen", foreign), ("wagtaildocs_chooser:chosen", paper)):  # fmt: skip
        assert client.get(reverse(name, args=[one.pk])).status_code == 404, name
    for name in ("wagtailimages:index", "wagtailimages_chooser:choose", "wagtaildocs:index", "wagtaildocs_chooser:choose"):
        html = client.get(reverse(name)).content.decode()
        assert "xã bên" not in html, name
    assert "Của mình" in client.get(reverse("wagtailimages:index")).content.decode()


def test_an_editor_cannot_take_another_communes_collection_or_unit(office: Office) -> None:
    client = browser(office.editor)
    html = client.get(reverse(f"{EDITS}:edit", args=[office.here.pk])).content.decode()
    assert 'name="collection"' not in html and 'name="unit"' not in html
    options = client.get(reverse(f"{EDITS}:edit", args=[office.page.pk])).content.decode()
    assert f'<option value="{office.area.cast.commune.pk}"' in options and f'<option value="{office.area.cast.other_commune.pk}"' not in options


def test_groups_follow_roles_that_begin_and_end(office: Office) -> None:
    client = browser(office.editor)
    edit = reverse(f"{EDITS}:edit", args=[office.page.pk])
    assert client.get(edit).status_code == 200
    people.end_role(RoleAssignment.objects.get(user=office.editor), actor=TESTER)
    assert not office.editor.groups.filter(name__startswith="portal.").exists()
    assert client.get(edit).status_code == 404
    later = factories.user("mai", "Mai")
    people.assign_role(later, "commune_editor", office.area.cast.commune, actor=TESTER, valid_from=clock.now() + timedelta(days=1))
    assert worker.run_once("portal.sync_groups") == 0 and not later.groups.exists()
    RoleAssignment.objects.filter(user=later).update(valid_from=clock.now() - timedelta(minutes=1))
    assert worker.run_once("portal.sync_groups") == 1 and later.groups.filter(name=f"portal.edit:{office.here.unit_id}").exists()


def test_the_area_looks_after_all_and_one_commune_not_after_the_area(office: Office) -> None:
    client = browser(office.of_area)
    for page in (office.page, office.foreign, office.area.home):
        assert client.get(reverse(f"{EDITS}:edit", args=[page.pk])).status_code == 200
    assert browser(office.editor).get(reverse(f"{EDITS}:edit", args=[office.area.home.pk])).status_code == 404


# Two steps


def submit(office: Office) -> TaskState:
    """Have the editor send the article for approval, through the editor's own page."""
    answer = browser(office.editor).post(reverse(f"{EDITS}:edit", args=[office.page.pk]), form_of(office.page, **{"action-submit": "1"}))
    assert answer.status_code == 302, answer.context["form"].errors if answer.context else answer
    return TaskState.objects.get(status="in_progress")


def test_the_editor_asks_the_approver_publishes(office: Office) -> None:
    state = submit(office)
    office.page.refresh_from_db()
    assert not office.page.live and state.task.specific.__class__.__name__ == "ApprovalTask"
    board = browser(office.approver).get("/quan-tri/cho-duyet/").content.decode()
    assert office.page.title in board and "Chờ anh/chị đọc (1)" in board
    answer = browser(office.approver).post(f"/quan-tri/cho-duyet/{state.pk}/", {"verb": "approve"})
    assert answer.status_code == 302
    office.page.refresh_from_db()
    assert office.page.live and Client().get(office.page.address).status_code == 200
    kinds = list(Entry.objects.filter(kind__in=("portal.submitted", "portal.approved", "portal.published")).order_by("pk").values_list("kind", "actor_id"))
    assert ("portal.submitted", str(office.editor.pk)) in kinds and ("portal.approved", str(office.approver.pk)) in kinds
    assert ("portal.published", str(office.approver.pk)) in kinds


def test_nobody_publishes_at_one_stroke(office: Office) -> None:
    for who in (office.editor, office.approver, office.of_area):
        client = browser(who)
        client.post(reverse(f"{EDITS}:edit", args=[office.page.pk]), form_of(office.page, **{"action-publish": "1"}))
        client.post(reverse("wagtail_bulk_action", args=["wagtailcore", "page", "publish"]) + f"?id={office.page.pk}&next=/quan-tri/")
        office.page.refresh_from_db()
        assert not office.page.live, who


def test_the_operators_button_holds_what_is_dated_ahead_and_an_earlier_date_brings_it_forward(office: Office) -> None:
    operator = factories.user("van_hanh", "Người Vận Hành", is_staff=True)
    User.objects.filter(pk=operator.pk).update(is_superuser=True)
    operator.refresh_from_db()
    address = reverse(f"{EDITS}:edit", args=[office.page.pk])
    evening, earlier = (clock.now().replace(second=0, microsecond=0) + timedelta(hours=hours) for hours in (9, 7))

    def published(dated: datetime | None) -> ArticlePage:
        """Take it off the schedule, date it in the editor, which shows the hour of going live as it was kept, and press Publish."""
        page = ArticlePage.objects.get(pk=office.page.pk)
        if waits := page.scheduled_revision:
            assert browser(operator).post(reverse(f"{EDITS}:revisions_unschedule", args=[page.pk, waits.pk])).status_code == 302
        kept = page.get_latest_revision_as_object()
        shown = {name: f"{clock.local(at):%Y-%m-%d %H:%M}" if at else "" for name, at in (("published_at", dated), ("go_live_at", kept.go_live_at))}
        answer = browser(operator).post(address, form_of(office.page, **shown, **{"action-publish": "1"}))
        assert answer.status_code == 302, answer.context["form"].errors if answer.context else answer
        return ArticlePage.objects.get(pk=office.page.pk)

    held = published(evening)
    assert not held.live and not Thread.objects.filter(key=str(held.pk), is_public=True).exists()
    assert held.get_latest_revision_as_object().go_live_at == evening
    assert published(earlier).get_latest_revision_as_object().go_live_at == earlier
    with time_machine.travel(earlier + timedelta(minutes=1), tick=False):
        worker.run_once("portal.publish_scheduled")
        assert Client().get(office.page.address).status_code == 200
    office.page.refresh_from_db()
    office.page.unpublish()
    published(clock.now() + timedelta(days=2))
    assert published(None).live, "without a date it goes out now"


def test_a_child_without_consent_is_not_published_though_approved(office: Office) -> None:
    from liengia.core.errors import Refused

    image = picture("Lớp mẫu giáo", shows_recognisable_child=True, has_guardian_consent=True, collection=office.here.collection)
    office.page.cover = image
    office.page.save_revision(user=office.editor)
    state = submit_draft(office)
    image.has_guardian_consent = False
    image.save()
    with pytest.raises(Refused, match="Lớp mẫu giáo"):
        workflow.approve(state, user=office.approver)
    html = browser(office.approver).get(f"/quan-tri/cho-duyet/{state.pk}/").content.decode()
    assert "Lớp mẫu giáo" in html and 'value="approve"' not in html
    office.page.refresh_from_db()
    assert not office.page.live


def test_who_wrote_it_cannot_approve_it_and_the_neighbour_neither(office: Office) -> None:
    people.assign_role(office.editor, "commune_approver", office.area.cast.commune, actor=TESTER)
    state = submit(office)
    for who, seen in ((office.editor, 200), (office.strange_approver, 404), (office.stranger, 404)):
        client = browser(who)
        assert client.post(f"/quan-tri/cho-duyet/{state.pk}/", {"verb": "approve"}).status_code == seen
        client.post(reverse(f"{EDITS}:workflow_action", args=[office.page.pk, "approve", state.pk]))
        client.post(reverse(f"{EDITS}:edit", args=[office.page.pk]), form_of(office.page, **{"action-workflow-action": "1", "workflow-action-name": "approve"}))
        office.page.refresh_from_db()
        state.refresh_from_db()
        assert not office.page.live and state.status == "in_progress", who


def test_a_text_that_was_corrected_by_the_approver_needs_another(office: Office) -> None:
    office.page.save_revision(user=office.approver)
    state = submit(office)
    assert not workflow.may_decide(office.approver, office.page) and workflow.may_decide(office.of_area, office.page)
    assert browser(office.of_area).post(f"/quan-tri/cho-duyet/{state.pk}/", {"verb": "approve"}).status_code == 302
    office.page.refresh_from_db()
    assert office.page.live


def test_sent_back_with_words_taken_back_without(office: Office) -> None:
    state = submit(office)
    client = browser(office.approver)
    assert client.post(f"/quan-tri/cho-duyet/{state.pk}/", {"verb": "send_back"}).status_code == 200
    assert client.post(f"/quan-tri/cho-duyet/{state.pk}/", {"verb": "send_back", "words": "Ghi rõ ngày."}).status_code == 302
    assert "Ghi rõ ngày." in browser(office.editor).get("/quan-tri/cho-duyet/").content.decode()
    assert Entry.objects.filter(kind="portal.sent_back", actor_id=str(office.approver.pk)).exists()
    again = submit(office)
    assert browser(office.editor).post(f"/quan-tri/cho-duyet/{again.pk}/", {"verb": "take_back"}).status_code == 302
    again.refresh_from_db()
    assert again.status == "cancelled" and Entry.objects.filter(kind="portal.taken_back").exists()
    assert client.get(f"/quan-tri/cho-duyet/{again.pk}/").status_code == 404


def test_while_it_waits_nobody_changes_it(office: Office) -> None:
    submit(office)
    for who in (office.editor, office.approver):
        browser(who).post(reverse(f"{EDITS}:edit", args=[office.page.pk]), form_of(office.page, title="Đổi sau lưng"))
    assert office.page.get_latest_revision_as_object().title == "Cống Ấp 3 đã thông"


def test_an_approver_takes_down_and_an_editor_cannot(office: Office) -> None:
    workflow.approve(submit(office), user=office.approver)
    down = reverse(f"{EDITS}:unpublish", args=[office.page.pk])
    browser(office.editor).post(down)
    office.page.refresh_from_db()
    assert office.page.live
    assert browser(office.approver).post(down).status_code == 302
    office.page.refresh_from_db()
    assert not office.page.live
    assert Entry.objects.filter(kind="portal.withdrawn", actor_id=str(office.approver.pk)).exists()


def test_what_is_approved_for_later_comes_and_goes_by_itself(office: Office) -> None:
    page = office.page
    page.go_live_at, page.expire_at = clock.now() + timedelta(hours=1), clock.now() + timedelta(hours=2)
    page.save_revision(user=office.editor)
    workflow.approve(submit_draft(office), user=office.approver)
    page.refresh_from_db()
    assert not page.live and worker.run_once("portal.publish_scheduled") == 0
    revision = page.revisions.exclude(approved_go_live_at=None).get()
    revision.approved_go_live_at = clock.now() - timedelta(minutes=1)
    revision.content["go_live_at"] = (clock.now() - timedelta(minutes=1)).isoformat()
    revision.save()
    assert worker.run_once("portal.publish_scheduled") == 1
    page.refresh_from_db()
    assert page.live
    ArticlePage.objects.filter(pk=page.pk).update(expire_at=clock.now() - timedelta(minutes=1))
    assert worker.run_once("portal.publish_scheduled") == 1
    page.refresh_from_db()
    assert not page.live and page.expired


def submit_draft(office: Office) -> TaskState:
    """Send the standing draft for approval."""
    office.page.get_workflow().start(office.page, office.editor)
    return TaskState.objects.get(status="in_progress")
