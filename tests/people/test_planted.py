"""Passwords, PINs, codes and tokens are planted in every way in, then searched for: in no audit, no log, no metric, no row."""

from __future__ import annotations

import logging
from collections.abc import Iterator

import pytest
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP
from django.test import Client

from liengia.alarms import services as alarms
from liengia.audit.models import Entry, PersonalText
from liengia.core.metrics import exposition
from liengia.people import demo_logins, services
from liengia.people.models import User
from tests.cast import TESTER, Cast
from tests.opinions.test_planted import database_text
from tests.people.conftest import signed_in

PASSWORD, WRONG_PASSWORD = "vang trang PLANTED muoi hai", "vang trang WRONGLY muoi ba"
PIN, WRONG_PIN = "193847", "580462"


@pytest.fixture
def heard() -> Iterator[list[str]]:
    """Return all that is logged meanwhile, by any logger from INFO on (Django's own 404s and 403s too), as our own handler would write it."""
    lines: list[str] = []
    ours = logging.getLogger().handlers[0] if logging.getLogger().handlers else None

    class Ear(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            lines.append(self.format(record))

    ear = Ear(level=logging.INFO)
    for one in [*(ours.filters if ours else ()), *configured_filters()]:
        ear.addFilter(one)
    root = logging.getLogger()
    before, chosen = root.level, [logging.getLogger(name) for name in ("django", "django.request", "django.security", "liengia", "allauth")]
    levels = [(logger, logger.level, logger.propagate) for logger in chosen]
    root.setLevel(logging.INFO)
    root.addHandler(ear)
    for logger in chosen:
        logger.setLevel(logging.INFO)
        logger.propagate = True
    yield lines
    root.removeHandler(ear)
    root.setLevel(before)
    for logger, level, propagates in levels:
        logger.setLevel(level)
        logger.propagate = propagates


def configured_filters() -> list[logging.Filter]:
    """Return the filters of the installation's own handler."""
    from django.utils.module_loading import import_string

    from liengia import settings

    named = settings.LOGGING.get("filters", {})
    return [
        import_string(named[name]["()"])(**{key: value for key, value in named[name].items() if key != "()"})
        for name in settings.LOGGING["handlers"]["stderr"].get("filters", ())
    ]


def office_opened(cast: Cast) -> list[str]:
    """Open an office account, sign in rightly and wrongly, with a code app; return the secrets."""
    issued = services.invite_to_office(cast.truc, actor=TESTER)
    code = issued.path.strip("/").split("/")[-1]
    Client(enforce_csrf_checks=True).post(issued.path, {"password": PASSWORD})
    assert Client().post(issued.path, {"password": PASSWORD}).status_code == 302
    assert Client().post(issued.path, {"password": PASSWORD}).status_code >= 400, "used up"
    for name, word in (("truc", WRONG_PASSWORD), (WRONG_PASSWORD, PASSWORD), (PASSWORD, "")):
        Client().post("/tai-khoan/vao/", {"login": name, "password": word})
    TOTP.activate(User.objects.get(pk=cast.truc.pk), demo_logins.TOTP_SECRET)
    client = Client()
    client.post("/tai-khoan/vao/", {"login": "truc", "password": PASSWORD})
    now = demo_logins.code_now()
    client.post("/tai-khoan/bao-mat/ma/", {"code": "000000"})
    assert client.post("/tai-khoan/bao-mat/ma/", {"code": now}).headers["Location"] == "/tai-khoan/sau-khi-vao/"
    shown = RecoveryCodes.activate(User.objects.get(pk=cast.truc.pk)).get_unused_codes()
    other = Client()
    other.post("/tai-khoan/vao/", {"login": "truc", "password": PASSWORD})
    assert other.post("/tai-khoan/bao-mat/ma/", {"code": shown[0]}).status_code == 302
    client.get("/khong-co-trang-nay/")
    return [PASSWORD, WRONG_PASSWORD, demo_logins.TOTP_SECRET, code, client.cookies["sessionid"].value, *shown]


def phone_bound(cast: Cast) -> list[str]:
    """Bind a phone, give the PIN rightly and wrongly; return the secrets."""
    issued = services.invite_to_bind(cast.moc_mien, actor=TESTER)
    code = issued.path.strip("/").split("/")[-1]
    client = Client()
    client.get(issued.path)
    assert client.post(issued.path, {"pin": PIN, "again": PIN, "label": "điện thoại đỏ"}).status_code == 302
    token = next(cookie.value for name, cookie in client.cookies.items() if name not in ("sessionid", "csrftoken", "messages"))
    del client.cookies["sessionid"]
    client.post("/tai-khoan/ma-pin/", {"pin": WRONG_PIN})
    assert client.post("/tai-khoan/ma-pin/", {"pin": PIN}).status_code == 302
    return [PIN, WRONG_PIN, code, token.partition(":")[2] or token, client.cookies["sessionid"].value]


def household_joined(cast: Cast) -> list[str]:
    """Join a household; return the code."""
    issued = services.invite_household(cast.house_9, actor=TESTER)
    assert Client().post(issued.path, {"full_name": "Trần Văn Bần", "phone": "0900 000 055"}).status_code == 302
    return [issued.path.strip("/").split("/")[-1]]


def device_given(cast: Cast) -> list[str]:
    """Provision a device; return its password."""
    group = alarms.create_group(cast.hamlet, name="Tổ 3", number=3, leader=cast.moc_mien, actor=TESTER)
    alarms.add_household(group, household=cast.house_9, seat=1, actor=TESTER)
    made = alarms.provision_device(group, household=cast.house_9, kind="both", actor=TESTER)
    signed_in(cast.moc_mien).get(f"/nha/to/{group.public_id}/thiet-bi/")
    return [made.password]


@pytest.mark.parametrize("way", [office_opened, phone_bound, household_joined, device_given])
def test_no_secret_is_found_anywhere(cast: Cast, heard: list[str], way: object) -> None:
    secrets = [one for one in way(cast) if one]  # type: ignore[operator]
    assert all(len(one) >= 6 for one in secrets), secrets
    audited = "\n".join(
        [repr(row) for row in Entry.objects.values_list()] + [repr(row) for row in PersonalText.objects.values_list()]
    )
    logging.getLogger("liengia.test").warning("the ear hears")
    assert "the ear hears" in "\n".join(heard)
    places = {"audit": audited, "logs": "\n".join(heard), "metrics": exposition().decode()}
    for place, text in places.items():
        assert text, place
        found = [(one, line[:300]) for one in secrets for line in text.splitlines() if one in line]
        assert not found, f"{place}: {found}"
    # Sessions' keys stand in their own table; everything else of a secret is a hash, or encrypted.
    stored = database_text()
    assert not [one for one in secrets if one in stored and len(one) != 32], "in the database"
