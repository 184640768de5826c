"""The leader's and the hamlet head's pages in a real browser: accessible, within the screen, live during a drill."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from liengia.alarms import services
from liengia.alarms.models import FaultKind
from liengia.core import clock
from liengia.core.actor import Actor
from liengia.people.models import User
from tests.alarms.console_scene import Desk, _give
from tests.e2e.test_console import scene, told
from tests.harness.browser import violations

__all__ = ["scene"]
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
TABS = ("", "nha/", "nha/them/", "thiet-bi/", "dien-tap/", "quy-che/", "thu-chuong/")


@pytest.mark.parametrize(("width", "theme"), [(1280, "light"), (360, "dark"), (320, "light")])
def test_pages_are_accessible_and_stay_within_the_screen(
    opened: Callable[..., Page], scene: Desk, width: int, theme: str
) -> None:
    services.open_fault(scene.buttons[6], FaultKind.LOW_BATTERY, at=clock.now())
    page = opened(
        scene.leader, f"/nha/to/{scene.group.public_id}/", viewport={"width": width, "height": 740}, color_scheme=theme
    )
    for tab in TABS:
        page.goto(f"/nha/to/{scene.group.public_id}/{tab}")
        assert page.evaluate("document.documentElement.scrollWidth") <= width, tab
        assert violations(page) == [], tab


def test_the_hamlet_heads_day_is_accessible(opened: Callable[..., Page], scene: Desk) -> None:
    head = User.objects.create_user("truong.kp", full_name="Trưởng Khu Phố")
    _give(head, "hamlet_head", scene.hamlet)
    services.open_fault(scene.buttons[6], FaultKind.NO_BEAT, at=clock.now())
    page = opened(head, "/nha/hom-nay/", viewport={"width": 360, "height": 740})
    expect(page.get_by_text("mất liên lạc")).to_be_visible()
    assert violations(page) == []


def test_a_drill_is_started_twice_confirmed_and_followed_without_a_reload(
    opened: Callable[..., Page], scene: Desk
) -> None:
    drill = services.plan_drill(
        scene.group, kind="fire", planned_at=clock.now(), household=scene.houses[8], actor=Actor.of(scene.leader)
    )
    page = opened(scene.leader, f"/nha/to/{scene.group.public_id}/dien-tap/{drill.pk}/")
    page.get_by_role("button", name="Mở diễn tập ngay").click()
    expect(page.get_by_role("alert")).to_contain_text("Chưa mở gì cả")
    page.get_by_role("checkbox").check()
    page.get_by_role("button", name="Mở diễn tập ngay").click()
    expect(page.get_by_text("Đang diễn tập.")).to_be_visible()
    told()
    page.reload()
    expect(page.locator("html")).to_have_attribute("data-stream", "online")
    scene.ring(*(n for n in range(1, 16) if n != 7))
    told()
    expect(page.locator("#dien-bien")).to_contain_text("14 trên 15", timeout=8000)
    expect(page.locator("#dien-bien")).to_contain_text("Nhà số 7")
    assert violations(page) == []
    page.get_by_label("Rút kinh nghiệm").fill("Nhà số 7 thay pin.")
    page.get_by_role("button", name="Kết thúc diễn tập").click()
    expect(page.locator(".scores")).to_contain_text("14/15")
