"""The audit log in the back office: read only, within the user's units, and looking is recorded."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.contrib.messages.storage.fallback import FallbackStorage
from django.core.exceptions import PermissionDenied
from django.test import RequestFactory
from django.urls import reverse

from liengia.audit import scope, services, wagtail_hooks
from liengia.audit.models import Entry
from liengia.core.actor import Actor

pytestmark = pytest.mark.django_db
KIND = "audit.personal_text_erased"
PAGES: Any = wagtail_hooks.register_entries()


@pytest.fixture
def admin() -> Any:
    return get_user_model().objects.create_superuser("kiem.tra", password="mat khau dai lam")


def page(name: str, user: Any, get: dict[str, str] | None = None, **kwargs: Any) -> Any:
    request = RequestFactory().get("/", get or {})
    request.user = user
    request.session = {}  # type: ignore[assignment]
    request._messages = FallbackStorage(request)  # type: ignore[attr-defined]
    response = getattr(PAGES, f"{name}_view")(request, **kwargs)
    return response.render() if hasattr(response, "render") else response


def test_the_log_is_listed_filtered_and_exported_and_each_look_is_an_entry(admin: Any) -> None:
    services.record(KIND, actor=Actor.of(admin), about=("a", "1"), facts={"texts": 3}, personal={"reason": "bà Tư xin"})
    listed = page("index", admin).content.decode()
    assert "đã xóa phần riêng tư" in listed
    assert str(admin) in listed
    assert "bà Tư" not in listed
    assert "texts: 3" not in page("index", admin, {"kind": "audit.entries_read"}).content.decode()
    exported = page("index", admin, {"export": "csv"})
    body = b"".join(exported.streaming_content).decode() if exported.streaming else exported.content.decode()
    assert KIND in body
    assert Entry.objects.filter(kind="audit.entries_read", actor_id=str(admin.pk)).count() == 2


def test_a_page_of_many_entries_costs_as_many_queries_as_one_of_few(
    admin: Any, django_assert_max_num_queries: Any
) -> None:
    for n in range(40):
        services.record(KIND, actor=Actor.of(admin), about=("a", str(n)))
    page("index", admin)
    with django_assert_max_num_queries(14):
        page("index", admin)


def test_one_entry_shows_its_personal_text_until_it_is_erased(admin: Any) -> None:
    entry = services.record(KIND, actor=Actor.system("demo"), about=("b", "2"), personal={"reason": "bà Tư xin"})
    assert "bà Tư xin" in page("inspect", admin, pk=str(entry.pk)).content.decode()
    assert Entry.objects.filter(kind="audit.entries_read", about_id=str(entry.pk)).exists()
    services.erase(entries=[entry.pk], actor=Actor.of(admin), reason="theo yêu cầu")
    shown = page("inspect", admin, pk=str(entry.pk)).content.decode()
    assert "bà Tư xin" not in shown
    assert "mã băm là" in shown


def test_nobody_can_add_change_or_delete_even_a_superuser(admin: Any) -> None:
    assert {p.name for p in PAGES.get_urlpatterns()} == {"index", "index_results", "inspect"}
    for action in ("add", "change", "delete"):
        assert not PAGES.permission_policy.user_has_permission(admin, action)
    assert reverse("audit:index") == "/quan-tri/nhat-ky-kiem-tra/"


def test_others_entries_are_absent(admin: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    mine = services.record(KIND, actor=Actor.of(admin), about=("a", "mine"), unit=1)
    other = services.record(KIND, actor=Actor.of(admin), about=("a", "other"), unit=2)
    user = get_user_model().objects.create_user("nguoi.xa", password="mat khau dai lam")
    with pytest.raises(PermissionDenied):
        page("index", user)
    monkeypatch.setattr(type(user), "has_perm", lambda self, perm, obj=None: True)
    monkeypatch.setattr(scope, "_answers", [lambda who: [1]])
    assert list(scope.readable_by(user, Entry.objects.filter(pk__in=[mine.pk, other.pk]))) == [mine]
    monkeypatch.setattr(scope, "_answers", [])
    assert not scope.readable_by(user, Entry.objects.all()).exists()
