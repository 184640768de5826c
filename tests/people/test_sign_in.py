"""Passwords, second factors, the gate of the back office and the console, lock-out, bound phones."""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value, yield_hotp_counters_from_time
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from liengia.alarms import services as alarms
from liengia.audit.models import Entry
from liengia.core import clock
from liengia.core.errors import DomainError
from liengia.people import demo_logins, policies, services
from liengia.people.adapters import AccountAdapter
from liengia.people.models import BoundPhone, User
from liengia.people.services import accounts
from tests.cast import PASSWORD, TESTER, Cast
from tests.people.conftest import signed_in


def _sign_in(client: Client, name: str, password: str = PASSWORD) -> str:
    answer = client.post("/tai-khoan/vao/", {"login": name, "password": password})
    return answer.headers.get("Location", "")


def _with_password(cast: Cast) -> None:
    for user in (cast.moc_mien, cast.truc):
        user.set_password(PASSWORD)
        user.save()


def test_a_phone_is_a_sign_in_name_in_any_writing(cast: Cast) -> None:
    _with_password(cast)
    for typed in ("0900 000 001", "+84 900 000 001", "0900.000.001"):
        assert _sign_in(Client(), typed) == "/tai-khoan/sau-khi-vao/"


def test_staff_with_a_code_app_give_password_and_code(cast: Cast) -> None:
    _with_password(cast)
    TOTP.activate(cast.truc, demo_logins.TOTP_SECRET)
    client = Client()
    assert _sign_in(client, "truc") == "/tai-khoan/bao-mat/ma/"
    assert client.get("/truc/lich/").status_code == 302, "the password alone opens nothing"
    answer = client.post("/tai-khoan/bao-mat/ma/", {"code": demo_logins.code_now()})
    assert answer.headers["Location"] == "/tai-khoan/sau-khi-vao/"
    assert client.get(f"/truc/lich/{cast.post.public_id}/").status_code == 200


def test_a_code_is_taken_from_a_clock_that_is_off_and_never_twice(cast: Cast) -> None:
    _with_password(cast)
    TOTP.activate(cast.truc, demo_logins.TOTP_SECRET)

    def lands(code: str) -> str:
        client = Client()
        _sign_in(client, "truc")
        return client.post("/tai-khoan/bao-mat/ma/", {"code": code}).headers.get("Location", "")

    with time_machine.travel(datetime(2025, 11, 28, 8, 0, 5, tzinfo=UTC), tick=False) as today:
        early = demo_logins.code_now()
        today.shift(30)
        assert lands(early) == "/tai-khoan/sau-khi-vao/", "typed when its half minute was over"
        now = demo_logins.code_now()
        assert lands(now) == "/tai-khoan/sau-khi-vao/"
        today.shift(31)
        assert lands(now) == "" and lands(f"{now[:3]} {now[3:]}") == "", "it is accepted still, and was used"
        today.shift(30)
        assert lands(now) == ""
        today.shift(30)
        too_late = demo_logins.code_now()
        today.shift(60)
        assert lands(too_late) == ""


def test_the_secret_of_a_code_app_stands_encrypted(cast: Cast) -> None:
    kept = TOTP.activate(cast.truc, demo_logins.TOTP_SECRET).instance
    assert demo_logins.TOTP_SECRET not in str(kept.data)


def test_staff_without_a_second_factor_are_led_to_set_one_up(cast: Cast) -> None:
    client = signed_in(cast.truc)
    answer = client.get("/truc/lich/")
    assert answer.headers["Location"].startswith("/tai-khoan/lop-thu-hai/")
    page = client.get(answer.headers["Location"])
    assert "/tai-khoan/bao-mat/ung-dung/" in page.content.decode()


def test_whose_passkey_is_lost_types_a_recovery_code_in_an_open_session(cast: Cast) -> None:
    client = signed_in(cast.truc)
    step = client.get("/truc/lich/").headers["Location"]
    Authenticator.objects.create(user=cast.truc, type=Authenticator.Type.WEBAUTHN, data={"credential": {}})
    code = RecoveryCodes.activate(cast.truc).get_unused_codes()[0]
    page = client.get(step).content.decode()
    way = re.search(r'href="([^"]*)"[^>]*>(?:(?!</a>).)*Mất điện thoại', page, re.S)
    assert way, page
    assert client.post(way[1], {"code": code}).headers["Location"] == "/truc/lich/"
    assert client.get("/truc/lich/").headers["Location"] == f"/truc/lich/{cast.post.public_id}/"


def test_setting_a_second_factor_up_counts_for_this_session(
    cast: Cast, django_capture_on_commit_callbacks: Callable[..., AbstractContextManager[object]]
) -> None:
    client = signed_in(cast.truc)
    page = client.get("/tai-khoan/bao-mat/ung-dung/").content.decode()
    secret = re.search(r'class="secret">([A-Z2-7]+)<', page)
    assert secret
    code = format_hotp_value(hotp_value(secret[1], list(yield_hotp_counters_from_time())[1]))
    with django_capture_on_commit_callbacks(execute=True):
        assert client.post("/tai-khoan/bao-mat/ung-dung/", {"code": code}).status_code == 302
    assert client.get("/truc/lich/").headers["Location"] == f"/truc/lich/{cast.post.public_id}/"


def _gated_paths() -> list[str]:
    """Return an address for every pattern below /quan-tri/ and /truc/."""
    found: list[str] = []

    def walk(patterns: list[URLPattern | URLResolver], prefix: str) -> None:
        for pattern in patterns:
            route = prefix + re.sub(r"\(\?P<\w+>[^)]*\)|\([^)]*\)", "1", str(pattern.pattern)).strip(
                "^$"
            ).replace("\\Z", "")
            route = re.sub(r"<[^>]+>", "1", route).replace("^", "").replace("$", "").replace("\\", "")
            if isinstance(pattern, URLResolver):
                walk(pattern.url_patterns, route)
            else:
                found.append("/" + route)

    walk(get_resolver().url_patterns, "")
    return [path for path in found if path.startswith(("/quan-tri/", "/truc/"))]


@pytest.mark.parametrize("who", ["anonymous", "lua", "moc_mien", "staff_without_factor"])
def test_no_address_of_the_office_opens_without_a_second_factor(cast: Cast, who: str) -> None:
    clients = {
        "anonymous": Client(),
        "lua": signed_in(cast.lua),
        "moc_mien": signed_in(cast.moc_mien),
        "staff_without_factor": signed_in(cast.truc),
    }
    paths = _gated_paths()
    assert len(paths) > 5
    for path in paths:
        answer = clients[who].get(path)
        assert answer.status_code in (302, 404), f"{path}: {answer.status_code}"
        if answer.status_code == 302:
            assert answer.headers["Location"].startswith(
                ("/tai-khoan/vao/", "/tai-khoan/lop-thu-hai/", "/truc/")
            ), path
            assert who not in ("lua", "moc_mien"), f"{path} shows itself to {who}"


def test_eight_wrong_passwords_lock_and_an_administrator_unlocks(cast: Cast) -> None:
    _with_password(cast)
    for _n in range(accounts.LOCK_AFTER):
        assert _sign_in(Client(), "truc", "wrong-password") == ""
    assert _sign_in(Client(), "truc") == ""
    cast.truc.refresh_from_db()
    services.unlock_user(cast.truc, actor=TESTER)
    assert _sign_in(Client(), "truc") == "/tai-khoan/sau-khi-vao/"


def test_eight_wrong_codes_shut_codes_and_an_administrator_opens_them(cast: Cast) -> None:
    _with_password(cast)
    TOTP.activate(cast.truc, demo_logins.TOTP_SECRET)
    client = Client()
    _sign_in(client, "truc")
    wrong = ["Mã chưa đúng" in client.post("/tai-khoan/bao-mat/ma/", {"code": "000000"}).content.decode() for _n in range(accounts.LOCK_AFTER)]
    assert all(wrong)
    shut = client.post("/tai-khoan/bao-mat/ma/", {"code": demo_logins.code_now()})
    assert shut.status_code == 200 and "Sai mã quá nhiều lần" in shut.content.decode()
    assert Entry.objects.filter(kind="people.codes_locked").count() == 1
    services.unlock_user(cast.truc, actor=TESTER)
    assert client.post("/tai-khoan/bao-mat/ma/", {"code": demo_logins.code_now()}).status_code == 302


def test_a_lock_does_not_end_a_session_that_is_open(cast: Cast) -> None:
    _with_password(cast)
    client = signed_in(cast.moc_mien)
    for _n in range(accounts.LOCK_AFTER):
        _sign_in(Client(), "0900000001", "wrong-password")
    assert client.get("/tai-khoan/").status_code == 200


def test_each_lands_where_they_work(cast: Cast) -> None:
    def landing(who: User) -> str:
        return signed_in(who).get("/tai-khoan/sau-khi-vao/").headers["Location"]

    assert (landing(cast.lua), landing(cast.khach)) == ("/nha/", "/tai-khoan/")
    assert landing(cast.huynh) == "/nha/hom-nay/", "who heads the hamlet has the day's work"
    assert signed_in(cast.huynh).get("/nha/hom-nay/").status_code == 200
    group = alarms.create_group(cast.hamlet, name="Tổ 1", actor=TESTER)
    alarms.add_household(group, household=cast.house_9, actor=TESTER)
    type(group).objects.filter(pk=group.pk).update(leader=cast.khach)
    assert landing(cast.khach) == "/nha/to/truong/", "a leader who lives elsewhere"
    assert signed_in(cast.khach).get("/nha/to/truong/").status_code in (200, 302)


def test_nobody_signs_up(cast: Cast) -> None:
    answer = Client().post("/tai-khoan/dang-ky/", {"username": "mallory", "password1": PASSWORD})
    assert answer.status_code == 200
    assert not type(cast.lua).objects.filter(username="mallory").exists()


def _bind(cast: Cast, pin: str = "193847") -> Client:
    issued = services.invite_to_bind(cast.moc_mien, actor=TESTER)
    client = Client()
    answer = client.post(issued.path, {"pin": pin, "again": pin, "label": "điện thoại đỏ"})
    assert answer.status_code == 302, answer.content.decode()
    return client


def test_a_bound_phone_signs_in_by_pin_and_is_no_second_factor(cast: Cast) -> None:
    services.assign_role(cast.moc_mien, "duty_officer", cast.commune, actor=TESTER)
    client = _bind(cast)
    del client.cookies["sessionid"]
    assert client.get("/tai-khoan/ma-pin/").status_code == 200
    assert client.post("/tai-khoan/ma-pin/", {"pin": "193847"}).status_code == 302
    assert client.get("/tai-khoan/").status_code == 200
    assert client.get("/truc/lich/").headers["Location"].startswith("/tai-khoan/lop-thu-hai/")


def test_a_revoked_phone_ends_its_session_at_once(cast: Cast) -> None:
    client = _bind(cast)
    assert client.get("/tai-khoan/").status_code == 200
    services.revoke_phone(BoundPhone.objects.get(), actor=TESTER)
    assert client.get("/tai-khoan/").status_code == 302
    assert client.get("/tai-khoan/ma-pin/").headers["Location"] == "/tai-khoan/vao/"


def test_five_wrong_pins_lock_for_a_quarter_of_an_hour(cast: Cast) -> None:
    _bind(cast)
    phone = BoundPhone.objects.get()
    for _n in range(5):
        with pytest.raises(DomainError):
            services.enter_pin(phone, "000001")
    with pytest.raises(DomainError, match=r"\d"):
        services.enter_pin(phone, "193847")
    with time_machine.travel(clock.now() + timedelta(minutes=16), tick=True):
        assert services.enter_pin(phone, "193847") == cast.moc_mien


@pytest.mark.parametrize("pin", ["123456", "654321", "111111", "123123", "12345", "12a456", "121212"])
def test_a_pin_that_a_neighbour_guesses_is_refused(cast: Cast, pin: str) -> None:
    issued = services.invite_to_bind(cast.moc_mien, actor=TESTER)
    with pytest.raises(DomainError):
        services.bind_phone(issued.code, pin=pin)
    services.bind_phone(issued.code, pin="193847")


def test_a_second_factor_that_was_taken_away_opens_nothing_any_more(cast: Cast) -> None:
    thief = signed_in(cast.truc, second_factor=True)
    mark = policies.fingerprint(cast.truc.pk)
    assert thief.get(f"/truc/lich/{cast.post.public_id}/").status_code == 200
    services.reset_second_factor(cast.truc, actor=TESTER)
    assert thief.get(f"/truc/lich/{cast.post.public_id}/").headers["Location"].startswith("/tai-khoan/lop-thu-hai/")
    assert policies.fingerprint(cast.truc.pk) != mark, "open streams close"
    TOTP.activate(cast.truc, demo_logins.TOTP_SECRET)
    assert thief.get(f"/truc/lich/{cast.post.public_id}/").status_code == 302, "the owner's new factor is not the thief's"


def test_the_lock_does_not_tell_whose_phone_has_an_account(cast: Cast) -> None:
    _with_password(cast)

    locked = str(AccountAdapter.error_messages["account_locked"])

    def says(name: str, times: int) -> list[bool]:
        sent = [Client().post("/tai-khoan/vao/", {"login": name, "password": "wrong-password"}) for _n in range(times)]
        return [locked in page.content.decode() for page in sent]

    known, unknown = (says(name, accounts.LOCK_AFTER + 1) for name in ("0900000001", "0900 000 444"))
    assert known == unknown == [False] * accounts.LOCK_AFTER + [True]
    with time_machine.travel(clock.now() + accounts.LOCK_FOR + timedelta(minutes=1), tick=True):
        assert says("0900000001", 1) == says("0900000444", 1) == [False]
