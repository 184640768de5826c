"""Handing over to a service that verifies and decrypts, and to services that misbehave."""

from __future__ import annotations

import logging
import time
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from liengia.broadcast.channels.base import Accepted, DeliveryError, Failure, Message
from liengia.broadcast.channels.webpush import hosts, payload, transport, vapid
from liengia.core import clock, outside
from tests.broadcast.webpush.service import Browser, PushService

AT = datetime(2026, 11, 26, 16, 40, tzinfo=ZoneInfo("Asia/Ho_Chi_Minh"))


def message(**changes: Any) -> Message:
    fields: dict[str, Any] = {
        "subject": "bulletin:abcde12345", "msg_type": "alert", "mode": "real", "priority": "normal", "kind": "notice",
        "headline": "Cúp nước sáng thứ Bảy", "text": "Bà con trữ nước dùng từ 7 giờ đến 11 giờ.", "unit_name": "Xã Cần Đước", "sent_at": AT,
        "url": "http://localhost:8000/thong-bao/abcde12345/",
    }  # fmt: skip
    return Message(**{**fields, **changes})


def push(browser: Browser, plain: bytes = b'{"title":"a"}') -> transport.Push:
    return transport.Push(**browser.fields, plain=plain, receipt_key="k1")


def deliver(*browsers: Browser, headers: dict[str, str] | None = None) -> list[Accepted | DeliveryError]:
    return transport.deliver([push(one) for one in browsers], headers or transport.headers_of(message()))


def test_a_message_arrives_and_opens(service: PushService) -> None:
    browser = service.subscribe()
    said = payload.compose(message())
    assert transport.deliver([push(browser, said)], transport.headers_of(message())) == [Accepted("k1")]
    (got,) = service.received
    assert got.plain == said and not service.refused
    assert got.said["title"] == "Cúp nước sáng thứ Bảy" and "Bà con" in got.said["body"] and "Xã Cần Đước" in got.said["body"]
    assert got.headers["Urgency"] == "normal" and got.headers["TTL"] == "86400" and len(got.headers["Topic"]) == 32


def test_many_go_over_few_connections_with_one_token(service: PushService) -> None:
    browsers = [service.subscribe() for _ in range(300)]
    assert all(isinstance(one, Accepted) for one in deliver(*browsers))
    assert len(service.received) == 300 and len(service.connections) <= outside.AT_ONCE
    assert len({one.headers["Authorization"] for one in service.received}) == 1


def test_the_token_is_renewed_before_it_ends(monkeypatch: pytest.MonkeyPatch, service: PushService) -> None:
    first = vapid.authorization(service.origin)
    assert vapid.authorization(service.origin) == first != vapid.authorization("https://other.example")
    later = clock.now() + timedelta(hours=7)
    monkeypatch.setattr(vapid.clock, "now", lambda: later)
    assert vapid.authorization(service.origin) != first


@pytest.mark.parametrize(
    ("behaviour", "failure", "pause"),
    [
        ("gone", Failure.PERMANENT, None), ("unknown", Failure.PERMANENT, None), ("busy", Failure.TEMPORARY, 17.0),
        ("fault", Failure.TECHNICAL, None), ("later", Failure.TECHNICAL, 3600.0), ("key", Failure.TEMPORARY, 10.0),
        ("long", Failure.PERMANENT, None), ("bad", Failure.PERMANENT, None), ("garbage", Failure.TECHNICAL, None),
        ("redirect", Failure.TECHNICAL, None),
    ],
)  # fmt: skip
def test_failures_are_told_apart(
    service: PushService, caplog: pytest.LogCaptureFixture, behaviour: str, failure: Failure, pause: float | None
) -> None:
    caplog.set_level(logging.DEBUG, logger="liengia")
    bad, good = service.subscribe(behaviour), service.subscribe()
    first, second = deliver(bad, good)
    assert isinstance(first, DeliveryError) and first.failure is failure and first.retry_after_s == pause
    assert isinstance(first, transport.Gone) is (behaviour in ("gone", "unknown"))
    assert second == Accepted("k1"), "others are not touched"
    assert "127.0.0.1" not in first.words and "secret" not in first.words and "secret" not in caplog.text
    assert not service.refused, "no redirect was followed"


def test_a_service_that_hangs_or_floods_holds_nobody_up(service: PushService, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transport, "WITHIN_S", 0.5)
    began = time.monotonic()
    first, second, third = deliver(service.subscribe("hang"), service.subscribe("flood"), service.subscribe())
    assert time.monotonic() - began < 5
    assert isinstance(first, DeliveryError) and first.failure is Failure.TECHNICAL
    assert isinstance(second, Accepted) and isinstance(third, Accepted)


@pytest.mark.parametrize(
    "address",
    [
        "http://fcm.googleapis.com/x", "https://fcm.googleapis.com:8443/x", "https://user:pw@fcm.googleapis.com/x", "https://10.0.0.1/x",
        "https://127.0.0.1/x", "https://localhost/x", "https://[::1]/x", "https://evil.example/x", "https://fcm.googleapis.com.evil.example/x",
        "https://notify.windows.com.evil.example/", "file:///etc/passwd", "https://fcm.googleapis.com\\@evil.example/", "https://evil.example#fcm.googleapis.com",
        "javascript:alert(1)", "https://fcm.googleapis.com/" + "a" * 3000, "https://fcm.googleapis.com/\r\nHost: evil", "",
    ],
)  # fmt: skip
def test_other_addresses_are_never_asked(address: str, settings: Any) -> None:
    settings.OUTSIDE_LOOPBACK = False
    with pytest.raises(outside.RefusedAddress):
        hosts.checked(address)


@pytest.mark.parametrize("address", ["https://fcm.googleapis.com/fcm/send/x", "https://web.push.apple.com/x", "https://wns2-am3p.notify.windows.com/w/?token=x", "https://updates.push.services.mozilla.com/wpush/v2/x"])
def test_known_services_may_be_asked(address: str) -> None:
    assert hosts.checked(address).scheme == "https"


def test_priorities_become_headers() -> None:
    soon = message(priority="urgent", expires_at=clock.now() + timedelta(minutes=5))
    assert transport.headers_of(soon)["Urgency"] == "high" and 295 <= int(transport.headers_of(soon)["TTL"]) <= 300
    alarm = transport.headers_of(message(subject="incident:x", kind="fire"))
    assert alarm["Urgency"] == "high" and alarm["TTL"] == "600"
    update = transport.headers_of(message(subject="bulletin:zzz", data={"chain": "bulletin:abcde12345"}))
    first = transport.headers_of(message())
    assert first["Topic"] == update["Topic"] != transport.headers_of(message(subject="bulletin:other"))["Topic"], "what follows takes its place"
    assert int(transport.headers_of(message(expires_at=AT - timedelta(days=900)))["TTL"]) == 0
