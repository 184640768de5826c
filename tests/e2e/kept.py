"""What a phone keeps while somebody is signed out: told on the page, and sent once they are signed in again."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page, expect


def press_signed_out_and_send_after(phone: Page, press: Callable[[], None]) -> None:
    """Take the session away, press, read that it waits and why; give the session back and send."""
    told, kept = phone.locator("[data-say='signed-out']"), phone.context.cookies()
    expect(told).to_be_hidden()
    phone.context.clear_cookies(name="sessionid")
    press()
    expect(told).to_be_visible()
    expect(phone.locator("[data-waiting]")).to_have_text("1")
    phone.context.add_cookies([one for one in kept if one["name"] == "sessionid"])  # type: ignore[misc]
    phone.locator("[data-send]").click()
    expect(phone.locator("#cho-gui")).to_be_hidden()
    expect(told).to_be_hidden()
