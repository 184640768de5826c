"""Wagtail's acts on many accounts at once: nobody gives a group or closes an account past our own services."""

from __future__ import annotations

from django.contrib.auth.models import Group
from django.test import Client
from django.urls import reverse

from liengia.people.models import User
from tests.cast import Cast
from tests.people.conftest import signed_in


def attacks(cast: Cast) -> list[tuple[str, dict[str, object]]]:
    """Return the requests of somebody who would rise, or shut the others out."""
    area = Group.objects.get(name="role:area_admin")
    found: list[tuple[str, dict[str, object]]] = []
    for app, model in (("people", "user"), ("people", "User"), ("PEOPLE", "USER"), ("auth", "group")):
        acts = (("assign_role", f"id={cast.quan.pk}", {"role": area.pk}), ("set_active_state", "id=all", {"mark_as_active": ""}))
        for act, asked, data in (*acts, ("delete", f"id={cast.khach.pk}", {})):
            found.append((f"/quan-tri/bulk/{app}/{model}/{act}/?{asked}&next=/quan-tri/", data))
    return found


def test_no_bulk_act_reaches_an_account(cast: Cast) -> None:
    assert reverse("wagtail_bulk_action", args=["people", "user", "delete"]) == "/quan-tri/bulk/people/user/delete/"
    operator = User.objects.create_superuser("van.hanh", full_name="Vận Hành")
    before = set(User.objects.values_list("pk", "is_active")), set(User.groups.through.objects.values_list("user", "group"))
    for user in (cast.quan, operator):
        client: Client = signed_in(user, second_factor=True)
        for path, data in attacks(cast):
            assert client.get(path).status_code == client.post(path, data).status_code == 404, path
    assert before == (set(User.objects.values_list("pk", "is_active")), set(User.groups.through.objects.values_list("user", "group")))


def test_who_keeps_accounts_has_none_of_wagtails_rights_over_them(cast: Cast) -> None:
    assert cast.quan.has_perm("people.view_user")
    assert not cast.quan.has_perms(["people.change_user"]) and not cast.quan.has_perm("people.add_user")
    assert signed_in(cast.quan, second_factor=True).get("/quan-tri/nguoi/").status_code == 200
