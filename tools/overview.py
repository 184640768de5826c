"""Take the README's pictures anew from a running demonstration: an alarm, and the movement's year as anybody reads it.

    make run                                     # in one terminal; wait until it is ready
    .venv/bin/python tools/overview.py           # in another; writes docs/images/overview.png and year.png
    .venv/bin/python tools/overview.py --url http://localhost:8001 --folder /tmp

For the first a house presses, its phone rings, the desk takes it on. It signs in as the demonstration's invented people do and presses an alarm of theirs. The incident stays taken on, to be ended at the
desk. A code is good once: a second run waits for the next half-minute.
"""

from __future__ import annotations

import argparse
import io
import os
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

ROOT = Path(__file__).resolve().parent.parent
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"]
RESIDENT, OFFICER = "+84900000009", "truc1"
EDGE, GROUND = 16, "#6b675e"
# Where each begins, and the links that lead to it.
YEAR = (
    ("/tin-tuc/17-xa-thi-tran-mo-ngay-hoi-toan-dan-bao-ve-an-ninh-to-quoc/",),
    ("/ngay-hoi/", "main a[href*='/truc-tiep/']"),
    ("/mo-hinh/", "main a.cover:has-text('Tổ liên gia'), main a:has-text('Tổ liên gia')", "main a[href$='/lan-toa/']"),
    ("/bao-cao/", "main a[href^='/bao-cao/']:has-text('Một năm')"),
)


def sign_in(browser: Browser, url: str, login: str, *, width: int, height: int, scale: float) -> Page:
    """Sign somebody in with what the demonstration's sign-in page shows, and with its code where one is asked for."""
    context = browser.new_context(
        base_url=url, viewport={"width": width, "height": height}, device_scale_factor=scale, locale="vi-VN", reduced_motion="reduce"
    )
    page = context.new_page()
    page.goto("/tai-khoan/vao/")
    shown = page.locator(f".lines li:has(code:text-is('{login}'))").first
    if not shown.count():
        raise SystemExit("The sign-in page shows no logins of the demonstration.")
    page.locator("#id_login").fill(login)
    page.locator("#id_password").fill(shown.locator("code").nth(1).inner_text())
    code = shown.locator(".num").inner_text() if shown.locator(".num").count() else ""
    page.locator('form[action="/tai-khoan/vao/"] button[type=submit]').click()
    if code:
        page.wait_for_url("**/tai-khoan/bao-mat/ma/", timeout=60_000)
        page.locator("#id_code").fill(code)
        page.locator("form:has(#id_code) button[type=submit]").first.click()
    page.wait_for_url(lambda url: "/tai-khoan/" not in url, timeout=60_000)
    return page


def taken(page: Page) -> Image.Image:
    """Return what the window shows."""
    return Image.open(io.BytesIO(page.screenshot())).convert("RGB")


def hold(page: Page, milliseconds: int) -> None:
    """Hold the large button with the mouse."""
    box = page.locator("#bao").bounding_box()
    if box is None:
        raise SystemExit("The large button is not on the page: is this the demonstration?")
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.down()
    page.wait_for_timeout(milliseconds)
    page.mouse.up()


def scenes(browser: Browser, url: str) -> list[Image.Image]:
    """Play the alarm and return the three pictures."""
    desk = sign_in(browser, url, OFFICER, width=1024, height=1024, scale=0.625)
    desk.goto("/truc/")
    phone = sign_in(browser, url, RESIDENT, width=390, height=844, scale=0.758)
    phone.goto("/nha/")
    phone.wait_for_selector("html[data-stream=online]", state="attached")
    quiet = taken(phone)
    hold(phone, 2400)
    phone.wait_for_url("**/bao-dong/**", timeout=20_000)
    phone.wait_for_timeout(2500)
    ringing = taken(phone)
    desk.wait_for_selector("text=Nhà số 9", timeout=20_000)
    desk.keyboard.press("n")
    desk.wait_for_selector("text=Anh/chị đã nhận", timeout=20_000)
    desk.wait_for_timeout(6000)
    return [quiet, ringing, taken(desk)]


def year(browser: Browser, url: str) -> list[Image.Image]:
    """Open what the year shows to anybody: the article, the day's board, how a practice spread, the report."""
    page = browser.new_context(
        base_url=url, viewport={"width": 1024, "height": 832}, device_scale_factor=0.625, locale="vi-VN", reduced_motion="reduce"
    ).new_page()
    found = []
    for steps in YEAR:
        page.goto(steps[0])
        for step in steps[1:]:
            page.goto(page.locator(step).first.get_attribute("href") or "/")
        page.wait_for_timeout(1500)
        found.append(taken(page))
    return found


def side_by_side(images: list[Image.Image]) -> Image.Image:
    """Lay the pictures on one ground."""
    height = min(image.height for image in images)
    cut = [image.crop((0, 0, image.width, height)) for image in images]
    whole = Image.new("RGB", (sum(image.width for image in cut) + EDGE * (len(cut) + 1), height + 2 * EDGE), GROUND)
    left = EDGE
    for image in cut:
        whole.paste(image, (left, EDGE))
        left += image.width + EDGE
    return whole


def one_under_the_other(rows: list[Image.Image]) -> Image.Image:
    """Lay rows of one width under each other; two edges that meet are one."""
    whole = Image.new("RGB", (rows[0].width, sum(row.height - EDGE for row in rows) + EDGE), GROUND)
    top = 0
    for row in rows:
        whole.paste(row, (0, top))
        top += row.height - EDGE
    return whole


def main() -> None:
    """Take the pictures."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--url", default="http://localhost:8000")
    parser.add_argument("--folder", type=Path, default=ROOT / "docs/images")
    asked = parser.parse_args()
    with sync_playwright() as playwright:
        path = os.environ.get("LIENGIA_CHROMIUM", "/usr/bin/chromium")
        browser = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        shown = year(browser, asked.url)
        pictures = {"year.png": one_under_the_other([side_by_side(shown[:2]), side_by_side(shown[2:])])}
        pictures["overview.png"] = side_by_side(scenes(browser, asked.url))
        browser.close()
    for name, picture in pictures.items():
        picture.quantize(256).save(asked.folder / name, optimize=True)
        print(f"{asked.folder / name}: {picture.width} x {picture.height}")


if __name__ == "__main__":
    main()
