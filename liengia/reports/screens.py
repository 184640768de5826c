"""What pages show of a statement: bars drawn on the server, tones of promises, comparison with the period before."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from liengia.core import reporting
from liengia.reports.drawing import OFFICIAL, TARGETS, shown

BAR_WIDTH: Final = 34
BAR_GAP: Final = 18
BAR_HEIGHT: Final = 150
# Promises, targets and opinions with what is owed of each.
TOP: Final = 6
_TONES: Final = {"kept": "info", "kept_late": "attn", "late": "attn", "given_up": "attn", "open": ""}


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar: its place and heights in the drawing, from the top; the second part is the bad one."""

    label: str
    total: str
    bad: float
    x: int
    middle: int
    y: int
    height: int
    bad_y: int
    bad_height: int


def columns(chart: dict[str, Any]) -> list[Bar]:
    """Return the bars of a chart by time."""
    most = max((value + bad for _label, value, bad in chart["rows"]), default=0) or 1
    bars = []
    for number, (label, value, bad) in enumerate(chart["rows"]):
        x = BAR_GAP // 2 + number * (BAR_WIDTH + BAR_GAP)
        good, late = round(BAR_HEIGHT * value / most), round(BAR_HEIGHT * bad / most)
        bars.append(Bar(f"{label[:2]}/{label[-2:]}", shown(value + bad), bad, x, x + BAR_WIDTH // 2, 180 - good, good, 180 - good - late, late))
    return bars


def is_translated() -> bool:
    """Tell whether the reader's language is another than that of the record."""
    return get_language() not in (None, OFFICIAL)


def told(section: dict[str, Any]) -> dict[str, Any]:
    """Return a section in the reader's language, as it was drawn in that one too.

    What was published before sections were drawn in more than one keeps its Vietnamese words, under the platform's title of today.
    """
    if not is_translated():
        return section
    language = get_language()
    provider = reporting.provider_of(section["code"])
    known = {"title": str(provider.title)} if provider is not None else {}
    return {**section, **section.get("told", {}).get(language, known)}


def left_out(said: dict[str, Any]) -> list[str]:
    """Return the titles of the sections that an editor left out, in the reader's language where it is known."""
    return list(said.get("left_out_told", {}).get(get_language(), said["left_out"]))


def sections(said: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the sections as the page shows them; charts and tables with the figures whose records stand behind them."""
    found = []
    read = [told(one) for one in said["sections"]]
    labels = {figure["code"]: figure["label"] for one in read for figure in one["figures"] if figure["value"] is not None}
    for one in read:
        charts = [{**chart, "written": _written(chart), "bars": columns(chart), "width": BAR_GAP + len(chart["rows"]) * (BAR_WIDTH + BAR_GAP), "lines": _lines(chart), "has_bad": any(bad for _l, _v, bad in chart["rows"]), "behind": _behind(chart, labels)} for chart in one["charts"]]
        pledges = [{**pledge, "day": day(pledge["due_on"]), "tone": _TONES[pledge["state"]], "result": pledge_words(pledge)} for pledge in one["pledges"]]
        figures = [_figure(figure, one["code"]) for figure in one["figures"]]
        tables = [{**table, "behind": _behind(table, labels)} for table in one["tables"]]
        found.append({**one, "charts": charts, "tables": tables, "pledges": pledges, "figures": figures, "brief": [figure for figure in figures if figure["is_main"]] or figures[:2]})
    return found


def _figure(figure: dict[str, Any], section: str) -> dict[str, Any]:
    """Return a figure with its trend, and whether records stand behind its numbers for everybody; fewer than five people have none to show."""
    is_traced = reporting.is_traced(section)
    return {
        **figure, "trend": _trend(figure), "is_traced_before": is_traced and figure["before_shown"] != "–",
        "has_records": figure["value"] is not None and (is_traced or section == TARGETS or bool(figure.get("url"))),
        "has_records_before": is_traced and figure["before"] is not None,
    }  # fmt: skip


def _behind(shape: dict[str, Any], labels: dict[str, str]) -> list[tuple[str, str]]:
    """Return code and label of the figures that a chart or table takes apart; reports that were published before name none."""
    return [(code, labels[code]) for code in shape.get("figures", ()) if code in labels]


def main_figures(shown: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the figures that stand on top, each with its section."""
    return [{**figure, "section": one["code"]} for one in shown for figure in one["figures"] if figure["is_main"]][:TOP]


def day(iso: str) -> str:
    """Return "06/08/2023" of an ISO date."""
    return f"{date.fromisoformat(iso):%d/%m/%Y}"


def pledge_words(pledge: dict[str, Any]) -> str:
    """Return what became of a promise, in words."""
    return str(pledge["words"] or {"kept": _("kept"), "kept_late": _("kept late"), "late": _("still owed"), "given_up": _("given up"), "open": _("not due yet")}[pledge["state"]])


def _written(chart: dict[str, Any]) -> list[tuple[str, str, str]]:
    return [(label, shown(value), shown(bad)) for label, value, bad in chart["rows"]]


def _lines(chart: dict[str, Any]) -> list[dict[str, Any]]:
    most = max((value + bad for _label, value, bad in chart["rows"]), default=0) or 1
    return [{"label": label, "total": shown(value + bad), "share": round(100 * (value + bad) / most)} for label, value, bad in chart["rows"]]


def _trend(figure: dict[str, Any]) -> str:
    """Return "better", "worse" or nothing, against the period before."""
    if figure["value"] is None or figure["before"] is None or figure["more_is_better"] is None or figure["value"] == figure["before"]:
        return ""
    return "better" if (figure["value"] > figure["before"]) == figure["more_is_better"] else "worse"
