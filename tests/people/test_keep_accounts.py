"""Accounts in the back office: inside the keeper's units, nobody more powerful, everything by services."""

from __future__ import annotations

from liengia.people import policies, services
from liengia.people.models import DutyPost, Role, RoleAssignment, User
from tests import factories
from tests.cast import TESTER, Cast
from tests.people.conftest import signed_in


def _office(cast: Cast):  # type: ignore[no-untyped-def]
    return signed_in(cast.quan, second_factor=True)


def test_an_administrator_makes_an_account_and_gets_a_link(cast: Cast) -> None:
    role = Role.objects.get(code="duty_officer")
    data = {"full_name": "Phan Văn Canh", "username": "canh", "role": role.pk, "unit": cast.commune.pk}
    page = _office(cast).post("/quan-tri/nguoi/them/", data).content.decode()
    assert "/vao/" in page
    assert RoleAssignment.objects.get(user__username="canh").unit == cast.commune


def test_nobody_gives_the_power_over_roles_without_having_it(cast: Cast) -> None:
    role = Role.objects.get(code="area_admin")
    data = {"full_name": "X", "username": "x", "role": role.pk, "unit": cast.commune.pk}
    _office(cast).post("/quan-tri/nguoi/them/", data)
    assert not User.objects.filter(username="x").exists()


def test_an_administrator_unlocks_revokes_and_ends(cast: Cast) -> None:
    client = _office(cast)
    User.objects.filter(pk=cast.truc.pk).update(failures=8)
    assert client.post(f"/quan-tri/nguoi/{cast.truc.pk}/unlock/").status_code == 302
    cast.truc.refresh_from_db()
    assert cast.truc.failures == 0
    held = RoleAssignment.objects.get(user=cast.truc)
    client.post(f"/quan-tri/nguoi/{cast.truc.pk}/end-role/", {"key": held.pk})
    assert not policies.can(User.objects.get(pk=cast.truc.pk), "people.duty")


def test_accounts_of_elsewhere_and_above_do_not_exist(cast: Cast) -> None:
    above = factories.user("tinh", "Người Của Tỉnh", is_staff=True)
    services.assign_role(above, "area_admin", cast.province, actor=TESTER)
    services.assign_role(above, "duty_officer", cast.commune, actor=TESTER)
    elsewhere = factories.user("kia", "Người Xã Khác", is_staff=True)
    services.assign_role(elsewhere, "duty_officer", cast.other_commune, actor=TESTER)
    for user in (above, elsewhere, cast.khach):
        assert _office(cast).get(f"/quan-tri/nguoi/{user.pk}/").status_code == 404
        assert _office(cast).post(f"/quan-tri/nguoi/{user.pk}/office-link/").status_code == 404


def test_posts_of_another_commune_are_neither_listed_nor_opened(cast: Cast) -> None:
    other = DutyPost.objects.create(unit=cast.other_commune, name="Trực ban xã khác")
    assert "Trực ban xã khác" not in _office(cast).get("/quan-tri/dutypost/").content.decode()
    assert _office(cast).get(f"/quan-tri/dutypost/edit/{other.pk}/").status_code in (302, 404)
    assert _office(cast).get(f"/quan-tri/dutypost/edit/{cast.post.pk}/").status_code == 200


def test_wagtails_own_account_pages_lead_to_ours(cast: Cast) -> None:
    client = _office(cast)
    for path in ("login", "password_reset", "account", "users"):
        assert (
            client.get(f"/quan-tri/{path}/")
            .headers["Location"]
            .startswith(("/tai-khoan/", "/quan-tri/nguoi/"))
        )
