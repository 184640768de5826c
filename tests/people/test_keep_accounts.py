"""Accounts in the back office: inside the keeper's units, nobody more powerful, everything by services."""

from __future__ import annotations

from liengia.audit.models import Entry
from liengia.people import policies, services
from liengia.people.models import DutyPost, RetentionPeriod, Role, RoleAssignment, User
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
    assert "Trực ban xã khác" not in _office(cast).get("/quan-tri/noi-truc/").content.decode()
    assert _office(cast).get(f"/quan-tri/noi-truc/edit/{other.pk}/").status_code in (302, 404)
    assert _office(cast).get(f"/quan-tri/noi-truc/edit/{cast.post.pk}/").status_code == 200


def test_wagtails_own_account_pages_lead_to_ours(cast: Cast) -> None:
    client = _office(cast)
    for path in ("login", "password_reset", "account", "users"):
        assert (
            client.get(f"/quan-tri/{path}/")
            .headers["Location"]
            .startswith(("/tai-khoan/", "/quan-tri/nguoi/"))
        )


def test_posts_numbers_roles_and_periods_are_set_in_the_office_and_leave_entries(cast: Cast) -> None:
    services.assign_role(cast.quan, "area_admin", cast.province, actor=TESTER)
    client = _office(cast)
    post = {"unit": cast.commune.pk, "name": "Trực ban đêm", "phone": "02723000114", "is_active": "on"}
    assert client.post("/quan-tri/noi-truc/new/", post).status_code == 302
    made = DutyPost.objects.get(name="Trực ban đêm")
    change = {**post, "name": "Trực ban đêm xã", "is_active": ""}
    assert client.post(f"/quan-tri/noi-truc/edit/{made.pk}/", change).status_code == 302
    number = {"unit": cast.commune.pk, "label": "Trạm y tế", "number": "02723000115", "order": 60}
    wrong = {**number, "valid_from": "2026-01-01", "valid_to": "2025-01-01"}
    assert "Ngày cuối của số này đứng trước ngày đầu" in client.post("/quan-tri/so-khan-cap/new/", wrong).content.decode()
    assert client.post("/quan-tri/so-khan-cap/new/", {**number, "valid_from": "2026-01-01"}).status_code == 302
    period = RetentionPeriod.objects.get(code="invitation")
    longer = client.post(f"/quan-tri/thoi-han-luu/edit/{period.pk}/", {"days": period.days + 1, "source": ""})
    assert "phải có lý do" in longer.content.decode()
    client.post(f"/quan-tri/thoi-han-luu/edit/{period.pk}/", {"days": 30, "source": "Ít đi cho gọn"})
    role = Role.objects.get(code="duty_officer")
    given = {"label": role.label, "capabilities": [*role.capabilities, "people.households"]}
    assert client.post(f"/quan-tri/vai/edit/{role.pk}/", given).status_code == 302
    mine = Entry.objects.filter(actor_kind="user", actor_id=str(cast.quan.pk)).order_by("pk")
    kinds = mine.values_list("kind", flat=True)
    assert [kind for kind in kinds if kind != "people.role_given"] == [
        "people.post_opened", "people.post_changed", "people.number_added", "people.period_changed", "people.role_changed",
    ]  # fmt: skip
    for path in ("noi-truc", "so-khan-cap", "vai", "thoi-han-luu"):
        assert client.get(f"/quan-tri/{path}/").status_code == 200
        assert client.get(f"/quan-tri/{path}/delete/{made.pk}/").status_code == 404
