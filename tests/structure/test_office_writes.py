"""Every write in the back office is a service's, and ends in the audit log."""

from __future__ import annotations

import ast
import inspect
import textwrap
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.apps import apps
from django.contrib.auth.models import Permission
from wagtail.admin.viewsets import viewsets
from wagtail.admin.viewsets.model import ModelViewSet
from wagtail.users.views.users import UserViewSet

from liengia.audit.office import OfficeViewSet

WRITES = ("add", "change", "delete")


def ours() -> list[ModelViewSet]:
    """Return the registered viewsets of our models, but Wagtail's of accounts: the gate leads past it to our pages."""
    viewsets.populate()
    found = [one for one in viewsets.viewsets if isinstance(one, ModelViewSet) and not isinstance(one, UserViewSet)]
    return [one for one in found if one.model.__module__.startswith("liengia.")]


def called(function: Callable[..., Any]) -> Iterator[Any]:
    """Yield what a function calls, as far as its module's names tell."""
    tree = ast.parse(textwrap.dedent(inspect.getsource(function)))
    names = inspect.getmodule(function).__dict__  # type: ignore[union-attr]
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id in names:
            yield getattr(names[node.value.id], node.attr, None)
        elif isinstance(node, ast.Name) and node.id in names:
            yield names[node.id]


def records(function: Callable[..., Any], depth: int = 5) -> bool:
    """Tell whether a function, or one that it calls, writes into the audit log."""
    from liengia.audit.services import record

    for one in called(function):
        if one is record:
            return True
        one = inspect.unwrap(one) if callable(one) else one
        if depth and inspect.isfunction(one) and one.__module__.startswith("liengia.") and records(one, depth - 1):
            return True
    return False


def verbs(viewset: ModelViewSet) -> list[str]:
    """Return which of create and change a viewset has of its own."""
    return [
        name for name in ("create", "change") if getattr(type(viewset), name, None) is not getattr(OfficeViewSet, name)
    ]


@pytest.mark.django_db
@pytest.mark.parametrize("viewset", ours(), ids=lambda one: one.model._meta.label)
def test_a_viewset_writes_by_verbs_that_leave_an_entry(viewset: ModelViewSet, admin_user: Any) -> None:
    allowed = {action for action in WRITES if viewset.permission_policy.user_has_permission(admin_user, action)}
    assert "delete" not in allowed, "what stands in an audit entry is ended, never deleted"
    assert "history" not in {pattern.name for pattern in viewset.get_urlpatterns()} or not allowed
    if not isinstance(viewset, OfficeViewSet):
        assert not allowed, "only an OfficeViewSet writes: it calls a service"
        return
    meant = {"create" if action == "add" else action for action in allowed}
    assert meant == set(verbs(viewset)), "its actions and its verbs differ"
    for name in meant:
        assert records(getattr(type(viewset), name)), f"{name} leaves no audit entry"


def test_the_walk_sees_a_verb_that_records_nothing() -> None:
    def silent(self: Any, actor: Any, data: Any) -> Any:
        return apps.get_model("people.DutyPost").objects.create(**data)

    assert not records(silent)


@pytest.mark.django_db
def test_no_role_may_delete_what_the_office_keeps() -> None:
    from liengia.people import capabilities

    given = {name for one in capabilities.every() for name in one.permissions}
    known = {
        f"{p.content_type.app_label}.{p.codename}" for p in Permission.objects.select_related("content_type")
    }
    rooms = {config.label for config in apps.get_app_configs() if config.name.startswith("liengia.")}
    assert not [name for name in given & known if name.split(".")[0] in rooms and ".delete_" in name]
