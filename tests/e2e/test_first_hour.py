"""The first hour in a real browser: the template filled in, errors read and corrected, every card and sheet as one PDF."""

from __future__ import annotations

import io
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest
from openpyxl import load_workbook
from playwright.sync_api import Error as PlaywrightError
from playwright.sync_api import Page, expect

from liengia.alarms import bulk
from liengia.alarms.models import BulkJob, NeighbourGroup
from liengia.core import clock
from liengia.people.models import Household, Invitation
from liengia.people.spreadsheet import GROUPS, HOUSE_COLUMNS, HOUSES
from tests.cast import Cast, assemble
from tests.harness.browser import violations
from tests.harness.site import Site

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
COLUMN = {key: n for n, key in enumerate(HOUSE_COLUMNS, start=1)}
# Seven planted errors: what a clerk who types 240 rows gets wrong.
PLANTED: dict[tuple[int, str], object] = {
    (3, "phone_1"): "0900 00",
    (17, "group"): 99,
    (40, "head_name"): "",
    (77, "powder_until"): "31/02/2027",
    (120, "kind"): "lâu đài",
    (200, "powder_extinguisher"): "nhiều",
    (241, "phone_1"): "không có",
}


@pytest.fixture
def scene(transactional_db: None) -> Cast:
    return assemble()


def fill(template: bytes, planted: dict[tuple[int, str], object]) -> bytes:
    """Fill the downloaded template with 20 groups of 12 houses, and plant errors."""
    book = load_workbook(io.BytesIO(template))
    for number in range(1, 21):
        book[GROUPS].append(
            [number, f"Tổ liên gia số {number}", "Khu phố 5", f"Tổ trưởng {number}", f"0901 {number:03} 001", "Sân nhà văn hóa"]
        )
        for house in range(1, 13):
            row = [number, f"Nhà số {house}", "Võ Minh Luân", f"{number}/{house} hẻm {number}", "gần chợ", "Nhà ở"]
            book[HOUSES].append([*row, f"0902 {number:03} {house:03}"])
    for (at, key), value in planted.items():
        book[HOUSES].cell(at, COLUMN[key], value)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


class Clerk:
    """Somebody at a desk: counts what they do, and how long they wait for the page."""

    def __init__(self, page: Page, folder: Path) -> None:
        self.page, self.folder, self.acts, self.waited_s = page, folder, 0, 0.0

    def act(self, do: Callable[[], object]) -> None:
        """Do one thing with the mouse, and wait for what it does."""
        self.acts += 1
        self.wait(do)

    def wait(self, until: Callable[[], object]) -> None:
        """Wait for something."""
        began = time.monotonic()
        until()
        self.waited_s += time.monotonic() - began

    def upload(self, name: str, data: bytes) -> None:
        """Choose a file and send it."""
        path = self.folder / name
        path.write_bytes(data)
        self.act(lambda: self.page.locator("input[type=file]").set_input_files(path))
        self.act(lambda: self.page.locator("form[enctype] button[type=submit]").click())

    def watch(self) -> list[int]:
        """Look at the bar until the work is done; return what it showed."""
        shown: list[int] = []
        began = time.monotonic()
        while (state := self.page.locator("#viec").get_attribute("data-state")) in ("waiting", "running"):
            assert time.monotonic() - began < 200, state
            with suppress(PlaywrightError):
                shown.append(int(self.page.locator("progress").get_attribute("value", timeout=500) or 0))
            self.page.wait_for_timeout(100)
        self.waited_s += time.monotonic() - began
        return shown


def test_twenty_groups_of_twelve_houses_in_the_first_hour(
    opened: Callable[..., Page], scene: Cast, site: Site, tmp_path: Path
) -> None:
    site.start_worker()
    page = opened(scene.quan, "/quan-tri/")
    clerk = Clerk(page, tmp_path)
    clerk.act(lambda: page.locator('.office-links a[href="/nha/nhap/"]').click())
    with page.expect_download() as download:
        clerk.act(lambda: page.locator('a[href$="mau.xlsx"]').click())
    template = Path(download.value.path()).read_bytes()

    clerk.upload("lan-1.xlsx", fill(template, PLANTED))
    expect(page.get_by_role("alert")).to_contain_text("Chưa lưu")
    told = page.locator(".table tbody tr")
    rows = {int(text) for text in told.locator("td.n").all_text_contents()}
    assert rows == {row for row, _key in PLANTED}, "each planted error is told by its row"
    for words in told.locator("td:last-child").all_text_contents():
        assert len(words.strip()) > 5, "each says what to do"
    assert not NeighbourGroup.objects.exists(), "nothing is saved of a file with an error"

    clerk.upload("lan-2.xlsx", fill(template, {}))
    shown = clerk.watch()
    assert shown == sorted(shown) and any(0 < one < 100 for one in shown), f"the bar grows: {shown}"
    expect(page.get_by_role("status").first).to_contain_text("20 tổ")
    assert NeighbourGroup.objects.count() == 20
    assert Household.objects.filter(address_label__contains="/").count() >= 240

    with page.expect_navigation():  # the job before stands on the page too
        clerk.act(lambda: page.locator('form[action$="giay.pdf"] button').click())
    shown = clerk.watch()
    assert shown == sorted(shown) and any(0 < one < 100 for one in shown), f"the bar grows: {shown}"
    link = page.locator('#viec a[href$="giay.pdf"]')
    answer = page.request.get(str(link.get_attribute("href")))
    assert answer.headers["content-type"] == "application/pdf" and answer.body().startswith(b"%PDF")
    assert Invitation.objects.filter(purpose="join").count() == 240
    clerk.act(lambda: expect(link).to_be_visible())
    print(f"acts {clerk.acts}, waiting {clerk.waited_s:.1f} s")
    assert clerk.acts <= 9
    assert clerk.waited_s < 150, "half of five minutes is left for reading and correcting"


@pytest.mark.parametrize(("width", "theme"), [(1280, "light"), (360, "dark")])
def test_the_bar_is_accessible_and_is_drawn_anew_without_scripts(
    opened: Callable[..., Page], scene: Cast, width: int, theme: str
) -> None:
    job = bulk.ask_import(b"", scene.commune, user=scene.quan)
    path = f"/nha/nhap/viec/{job.public_id}/"
    BulkJob.objects.update(state="running", stage="houses", done=120, total=240, beat_at=clock.now())
    page = opened(scene.quan, path, viewport={"width": width, "height": 740}, color_scheme=theme)
    expect(page.locator("#viec")).to_contain_text("120 trên 240")
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    plain = opened(scene.quan, path, java_script_enabled=False)
    expect(plain.locator("progress")).to_have_attribute("value", "30")
    BulkJob.objects.update(done=180)
    expect(plain.locator("progress")).to_have_attribute("value", "45", timeout=10_000)
