"""A page of the office as axe reads it: wide and narrow, light and dark, and never wider than the screen."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from playwright.sync_api import Page

from tests.harness.browser import AXE, RULES

# Width, colours, and what axe looks for: everything once, then what another width or other colours can spoil.
LOOKS = [
    (1280, "light", RULES), (360, "light", ["color-contrast", "target-size", "scrollable-region-focusable", "label", "button-name"]),
    (360, "dark", ["color-contrast"]), (1280, "dark", ["color-contrast"]),
]  # fmt: skip
LOOK = """only => axe.run(document, {runOnly: only, resultTypes: ["violations"]})
  .then(r => r.violations.map(v => `${v.id}: ${v.nodes.slice(0, 3).map(n => n.html.slice(0, 160) + " " + n.any.map(a => a.message).join(" ").slice(0, 200)).join(" | ")}`))"""

# Buttons fade from colour to colour: painted once in the new colours, and every fade at its end.
SETTLED = """() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))
  .then(() => Promise.allSettled(document.getAnimations().filter((one) => one.effect.getComputedTiming().endTime !== Infinity).map((one) => one.finished)))
  .then(() => true)"""


def faults(page: Page, paths: Iterable[str], but: Mapping[str, Collection[str]]) -> dict[str, list[str]]:
    """Open each page once and return what is wrong with it in each look; `but` names, by page, what cannot be mended."""
    wrong: dict[str, list[str]] = {}
    for path in paths:
        page.set_viewport_size({"width": 1280, "height": 800})
        page.emulate_media(color_scheme="light")
        answer = page.goto(path)
        assert answer is not None and answer.status == 200, path
        page.evaluate(AXE.read_text(encoding="utf-8"))
        for width, scheme, only in LOOKS:
            page.set_viewport_size({"width": width, "height": 800})
            if (width, scheme) == (360, "dark"):
                page.emulate_media(color_scheme="dark")
                page.evaluate(SETTLED)
            found = [one for one in page.evaluate(LOOK, only) if one.partition(":")[0] not in but.get(path, ())]
            if any(one.startswith("color-contrast") for one in found):
                # A busy machine paints late; colours that are wrong stay wrong.
                page.wait_for_timeout(1500)
                found = [one for one in page.evaluate(LOOK, only) if one.partition(":")[0] not in but.get(path, ())]
            wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
            found += [f"wider than the screen by {wide}"] if wide > 0 else []
            wrong.setdefault(path, []).extend(f"{width} {scheme} {one}" for one in found)
    return {path: found for path, found in wrong.items() if found}
