"""Push messages in a real browser: the page that asks, and the service worker's notification as a push makes it.

A browser without a network gets no subscription from its maker; so the message that our push service opened is handed to the
service worker by the browser's own protocol, as the maker's connection would.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from liengia.broadcast.channels.base import Recipient
from liengia.broadcast.channels.webpush.channel import CHANNEL
from liengia.broadcast.models import Delivery, PushSubscription
from liengia.broadcast.services import outbox, push
from liengia.core.actor import Actor
from tests.broadcast.webpush.conftest import service  # noqa: F401  (the push service on loopback)
from tests.broadcast.webpush.service import PushService
from tests.broadcast.webpush.test_transport import message
from tests.cast import Cast, assemble
from tests.e2e.reading import faults
from tests.harness.processes import wait_until

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
COUNTS_WHAT_STANDS = """() => { self.reallyShow ??= registration.showNotification.bind(registration); self.standing = 0;
    registration.showNotification = async (...said) => { await self.reallyShow(...said); self.standing += 1; }; }"""
ALL = {"wants_alarms": True, "wants_warnings": True, "wants_news": True}


@pytest.fixture
def scene(transactional_db: None) -> Iterator[Cast]:
    return assemble()


def subscribed(cast: Cast, service: PushService) -> tuple[PushSubscription, Any]:  # noqa: F811
    browser = service.subscribe()
    made = push.subscribe(
        cast.lua, keys=push.Keys.checked(**browser.fields), device="Chrome trên Android", wishes=ALL, mark="s", actor=Actor.of(cast.lua)
    )
    return made, browser


def titles(page: Page) -> list[str]:
    """Return the titles of what the phone shows now."""
    return list(page.evaluate("navigator.serviceWorker.ready.then(r => r.getNotifications()).then(all => all.map(one => one.title))"))


def delivered(page: Page, data: str) -> dict[str, Any]:
    """Hand a message to the service worker as the push connection would; return the notification that it showed."""
    page.context.grant_permissions(["notifications"])
    page.evaluate("url => navigator.serviceWorker.register(url, {scope: '/'}).then(() => navigator.serviceWorker.ready)", page.locator("#may-nay").get_attribute("data-worker"))
    page.reload()
    page.wait_for_function("navigator.serviceWorker.controller !== null")
    session = page.context.new_cdp_session(page)
    found: list[str] = []
    session.on("ServiceWorker.workerRegistrationUpdated", lambda event: found.extend(one["registrationId"] for one in event["registrations"]))
    session.send("ServiceWorker.enable")
    wait_until(lambda: bool(found) or page.wait_for_timeout(50) is not None, within_s=10, why=lambda: "no registration")
    origin = page.evaluate("location.origin")
    # Who asks what is shown while one is being put up makes this browser forget it: first it must stand.
    (worker,) = page.context.service_workers
    worker.evaluate(COUNTS_WHAT_STANDS)
    session.send("ServiceWorker.deliverPushMessage", {"origin": origin, "registrationId": found[-1], "data": data})
    wait_until(lambda: worker.evaluate("self.standing") == 1, within_s=10, why=lambda: "nothing was shown")
    wait_until(lambda: bool(titles(page)), within_s=10, why=lambda: "it did not stay")
    return dict(page.evaluate(
        """navigator.serviceWorker.ready.then(r => r.getNotifications()).then(all => { const one = all[all.length - 1];
        return {title: one.title, body: one.body, tag: one.tag, stays: one.requireInteraction, silent: one.silent, shake: one.vibrate ?? [],
                actions: one.actions.map(a => [a.action, a.title]), data: one.data}; })"""
    ))  # fmt: skip


def test_the_page_is_readable_by_everybody(scene: Cast, service: PushService, opened: Callable[..., Page]) -> None:  # noqa: F811
    subscribed(scene, service)
    page = opened(scene.lua, "/nha/thong-bao/")
    expect(page.get_by_role("heading", name="Nhận tin trên máy này")).to_be_visible()
    expect(page.get_by_text("không bao giờ là cách báo duy nhất")).to_be_visible()
    assert page.locator("#bat input:checked").count() == 0
    assert not faults(page, ["/nha/thong-bao/", "/thong-bao/"], {})


def test_a_push_becomes_a_notification_that_answers_without_a_page(
    scene: Cast, service: PushService, opened: Callable[..., Page]  # noqa: F811
) -> None:
    made, browser = subscribed(scene, service)
    said = outbox.say(message(subject="incident:abcde12345", kind="fire", mode="drill", headline="Cháy tại nhà số 9", data={"answers": [["coming", "Tôi đến"], ["safe", "Tôi an toàn"]]}))
    outbox.enqueue(CHANNEL, said, [Recipient(made.public_id, made.service, user_id=scene.lua.pk)], keeps_person=True)
    assert outbox.send_due("webpush") == 1
    plain = service.to(browser)[0].plain.decode()

    page = opened(scene.lua, "/nha/thong-bao/")
    shown = delivered(page, plain)
    assert shown["title"] == "DIỄN TẬP: Cháy tại nhà số 9" and "Đây là diễn tập." in shown["body"]
    assert shown["stays"] is True and shown["silent"] is False and shown["tag"] == "incident:abcde12345"
    assert shown["actions"] == [["coming", "Tôi đến"], ["safe", "Tôi an toàn"]]
    row = Delivery.objects.get()
    wait_until(lambda: Delivery.objects.get().shown_at is not None, within_s=10, why=lambda: "the phone did not report")

    (worker,) = page.context.service_workers
    worker.evaluate(
        """async () => { const [one] = await registration.getNotifications();
        dispatchEvent(new NotificationEvent("notificationclick", {notification: one, action: "coming"})); }"""
    )
    wait_until(lambda: Delivery.objects.get().answered_at is not None, within_s=10, why=lambda: "the answer did not arrive")
    wait_until(lambda: worker.evaluate("self.standing") == 2, within_s=10, why=lambda: "the phone was not told")
    assert any(one.endswith(": Tôi đến") for one in titles(page))
    row.refresh_from_db()
    assert row.user_id == scene.lua.pk and row.shown_at is not None


def test_what_is_not_ours_or_too_late_is_shown_harmlessly(scene: Cast, opened: Callable[..., Page]) -> None:
    page = opened(scene.lua, "/nha/thong-bao/")
    assert delivered(page, "\x00 not json")["title"] == "Có tin của xã. Mở trang để đọc."
    late = json.dumps({"title": "Triều cường", "body": "<b>x</b>", "tag": "t", "until": 1000, "stays": True, "url": "https://evil.example/", "shake": [400], "actions": [{"action": "a", "title": "b"}]})
    page.evaluate("navigator.serviceWorker.ready.then(r => r.getNotifications()).then(all => all.forEach(one => one.close()))")
    wait_until(lambda: not titles(page), within_s=10, why=lambda: "it was not closed")
    shown = delivered(page, late)
    assert shown["title"] == "ĐÃ HẾT HẠN: Triều cường" and shown["stays"] is False and not shown["actions"] and shown["body"] == "<b>x</b>"


def test_signing_out_closes_what_is_shown(scene: Cast, opened: Callable[..., Page]) -> None:
    page = opened(scene.lua, "/nha/thong-bao/")
    delivered(page, json.dumps({"title": "Cháy", "body": "nhà số 9", "tag": "t", "url": "/nha/"}))
    page.goto("/tai-khoan/")
    page.get_by_role("button", name="Đăng xuất").click()
    page.wait_for_url("/")
    wait_until(lambda: not titles(page), within_s=10, why=lambda: "a message is left on the phone")
