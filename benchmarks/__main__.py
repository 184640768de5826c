"""`make bench`: every figure that the design promises, a line as each ends, then one table with targets and floors.

    python -m benchmarks [--only NAME …] [--quick] [--database URL] [--json FILE]

Each row has an installation of its own, started by `liengia up` in a folder of its own.
"""

from __future__ import annotations

import argparse
import asyncio
import inspect
import json
import logging
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from benchmarks import articles, bulletins, certificates, disk, pages, push, reports, search, speech
from benchmarks.console import recording
from benchmarks.devices import Figures
from benchmarks.festival import festival
from benchmarks.sirens import hundred_groups, press_to_sirens
from benchmarks.stage import Stage, database_of, machine
from benchmarks.storm import WRONG, loss, storm
from benchmarks.streams import streams
from benchmarks.supervision import memory, revocation, silence, starts, steps


async def slow_disk(stage: Stage, *, rounds: int = 30, presses: int = 1_000, groups: int = 50) -> Figures:
    """Measure press → sirens, then a storm, where each synced write takes 8 ms longer."""
    sirens = await asyncio.to_thread(press_to_sirens, stage, rounds=rounds)
    return {"delay_ms": disk.SLOW_MS, "sirens": sirens, "storm": await storm(stage, presses=presses, groups=groups)}


@dataclass(frozen=True, slots=True)
class Row:
    """A row of the table: what is measured, its target, and how its figures read."""

    name: str
    title: str
    target: str
    measure: Callable[..., Any]
    reads: Callable[[Figures], str]
    is_met: Callable[[Figures], bool] | None = None
    beside: Callable[[Figures], str] = lambda figures: ""
    quick: dict[str, Any] = field(default_factory=dict)
    is_demo: bool = False
    is_slow: bool = False
    # Where it is measured, unless a database is named: SQLite, or a PostgreSQL of its own that syncs.
    database: str = ""
    # A row that sets up what it needs by itself gets the address of the database alone.
    has_stage: bool = True
    # Further settings of the installation.
    settings: dict[str, str] = field(default_factory=dict)
    # What is missing on this machine, in words; a row that cannot be measured says so.
    why_not: Callable[[], str] = str


def _flawless(f: Figures) -> bool:
    return not any(f[key] for key in WRONG)


def _faults(f: Figures) -> str:
    return ", ".join(f"{f[key]} {key.replace('_', ' ')}" for key in WRONG)


ROWS = (
    Row(
        "memory", "memory of all processes, idle with the demonstration", "≤ 600 MB", memory,
        lambda f: f"{f['total_mb']:.0f} MB",
        lambda f: f["total_mb"] <= 600,
        lambda f: ", ".join(f"{key[:-3]} {f[key]:.0f}" for key in f if key != "total_mb"),
        {"idle_s": 5}, is_demo=True,
    ),
    Row(
        "sirens", "press → last of 100 sirens, p95", "≤ 12 ms", press_to_sirens,
        lambda f: f"{f['last_p95_ms']:.1f} ms (p50 {f['last_p50_ms']:.1f}); PUBACK, press on disk, p95 {f['puback_p95_ms']:.1f}",
        lambda f: f["heard_all"] and f["last_p95_ms"] <= 12,
        lambda f: f"bare hub p95 {f['floor_p95_ms']:.1f} ms (p50 {f['floor_p50_ms']:.1f})",
        {"rounds": 10},
    ),
    Row(
        "groups", "100 groups press at once, 100 sirens each", "10,000 of 10,000, last ≤ 300 ms", hundred_groups,
        lambda f: f"{f['heard_least']:,} of {f['sirens']:,}, last {f['last_median_ms']:.0f} ms (worst of {f['rounds']}: {f['last_worst_ms']:.0f})",
        lambda f: f["heard_least"] == f["sirens"] and f["last_worst_ms"] <= 300,
        lambda f: f"bare hub {f['floor_median_ms']:.0f} ms; last PUBACK {f['puback_last_ms']:.0f} ms",
        {"groups": 10, "sirens": 20, "rounds": 2},
    ),
    Row(
        "console", "press → committed and on an open live stream, p95", "≤ 50 ms", recording,
        lambda f: f"{f['p95_ms']:.1f} ms (p50 {f['p50_ms']:.1f})",
        lambda f: f["p95_ms"] <= 50,
        quick={"rounds": 10},
    ),
    Row(
        "streams", "an event to 5,000 live streams, p99 from its commit", "≤ 250 ms", streams,
        lambda f: f"{f['p99_ms']:.0f} ms (p50 {f['p50_ms']:.0f}) to {f['streams']:,}, {f['missed']} missed",
        lambda f: not f["missed"] and f["p99_ms"] <= 250,
        lambda f: f"opened {f['opened_a_second']:.0f} a second; web {f['web_idle_mb']:.0f} → {f['web_mb']:.0f} MB",
        {"count": 200, "rounds": 3},
    ),
    Row(
        "festival", "the live board of 17 places to 500 watchers, p99 from the commit", "≤ 500 ms", festival,
        lambda f: f"{f['p99_ms']:.0f} ms (p50 {f['p50_ms']:.0f}) to {f['watchers']:,}, {f['missed']} missed",
        lambda f: not f["missed"] and f["p99_ms"] <= 500,
        lambda f: f"bare hub, as many bytes to as many, p99 {f['floor_p99_ms']:.0f} ms; {f['event_bytes']:,} bytes an event; saying it {f['told_p50_ms']:.0f} ms",
        {"watchers": 60, "rounds": 5},
    ),
    Row(
        "steps", "escalation: shortest step, and lateness", "5 s", steps,
        lambda f: f"5 s; late by p50 {f['alone_p50_s'] * 1000:.0f} ms, p99 {f['alone_p99_s'] * 1000:.0f} ms",
        lambda f: not f["early"] and f["ran"] == 2 * f["incidents"],
        lambda f: f"{f['incidents']} incidents at one instant: p50 {f['together_p50_s'] * 1000:.0f}, p99 {f['together_p99_s'] * 1000:.0f} ms",
        {"incidents": 5},
    ),
    Row(
        "storm", "presses recorded under storm", "≥ 1,500 a second", storm,
        lambda f: f"{f['recorded_a_second']:.0f} a second; {_faults(f)}",
        lambda f: _flawless(f) and f["recorded_a_second"] >= 1_500,
        lambda f: (
            f"bare inserts {f['floor_inserts_a_second']:,.0f} a second; {f['acknowledged']:,} presses, acknowledged"
            f" {f['acknowledged_a_second']:,.0f} a second; due steps done after {f['due_steps_done_after_s']:.0f} s"
        ),
        {"presses": 2_000, "groups": 20},
    ),
    Row(
        "slow", f"the same where a synced write takes {disk.SLOW_MS} ms longer", "", slow_disk,
        lambda f: (
            f"last of 100 sirens p95 {f['sirens']['last_p95_ms']:.1f} ms; recorded {f['storm']['recorded_a_second']:.0f} a second;"
            f" {_faults(f['storm'])}"
        ),
        lambda f: _flawless(f["storm"]),
        lambda f: f"PUBACK p95 {f['sirens']['puback_p95_ms']:.1f} ms; acknowledged {f['storm']['acknowledged_a_second']:.0f} a second",
        {"rounds": 10, "presses": 200, "groups": 10}, is_slow=True,
    ),
    Row(
        "loss", "presses lost over kill -9 at random moments", "0", loss,
        lambda f: f"{_faults(f)} of {f['acknowledged']:,}",
        _flawless,
        lambda f: "killed: " + ", ".join(f"{name} {times}" for name, times in f["killed"].items()),
        {"presses": 2_000, "groups": 20},
    ),
    Row(
        "silence", "a silent device is noticed", "≤ 90 s", silence,
        lambda f: f"{f['noticed_after_s']:.1f} s" if f["noticed_after_s"] else "not within 150 s",
        lambda f: f["noticed_after_s"] is not None and f["noticed_after_s"] <= 90,
    ),
    Row(
        "start", "a second start, until /health is green", "≤ 10 s", starts,
        lambda f: f"{f['slowest_s']:.1f} s at worst (p50 {f['median_s']:.1f})",
        lambda f: f["slowest_s"] <= 10,
        lambda f: f"stopping {f['stop_s']:.1f} s at worst",
        {"rounds": 1}, is_demo=True,
    ),
    Row(
        "revoke", "`liengia device revoke`, until the device is out", "≤ 10 s, others untouched", revocation,
        lambda f: f"{f['slowest_s']:.1f} s at worst (p50 {f['median_s']:.1f})",
        lambda f: f["slowest_s"] <= 10 and f["others_stay"],
        quick={"rounds": 2},
    ),
    Row(
        "growth", "pages drawn anew beside 100,000 articles and comments", "p95 ≤ 80 ms, ± 20 % of beside 100", articles.growth,
        lambda f: ", ".join(f"{name} p95 {f[f'{name}_p95_ms']:.0f} ms (x {share:.2f})" for name, share in f["growth"].items()),
        lambda f: f["article_p95_ms"] <= 80 and all(share <= 1.2 for share in f["growth"].values()),
        lambda f: (
            "beside 100, p50: " + ", ".join(f"{name} {f[f'{name}_few_p50_ms']:.0f}" for name in f["growth"])
            + "; processor's time a drawing: " + ", ".join(f"{name} {f['cpu_ms'][name]:.0f} ms (x {share:.2f})" for name, share in f["cpu_growth"].items())
        ),
        {"many": 2_000, "rounds": 10}, is_demo=True,
    ),
    Row(
        "comments", "a guest's comment, sent and answered, p95", "≤ 30 ms", articles.comment_submit,
        lambda f: f"{f['p95_ms']:.1f} ms (p50 {f['p50_ms']:.1f})",
        lambda f: f["p95_ms"] <= 30 and f["kept"] >= f["comments"],
        quick={"comments": 20}, is_demo=True, settings={"LIENGIA_TRUSTED_PROXIES": "127.0.0.1"},
    ),
    Row(
        "article", "anonymous article page, requests a second", "≥ 50 % of nginx; p99 ≤ 20 ms at 1,000", pages.article_page,
        lambda f: f"{f['requests_a_second']:,.0f} a second, {f['share_of_nginx']:.0%} of nginx; at {f['paced_a_second']:,.0f} a second p99 {f['paced_p99_ms']:.1f} ms",
        lambda f: f["share_of_nginx"] >= 0.5 and f["paced_p99_ms"] <= 20 and not f["faults"],
        lambda f: f"nginx, the same {f['bytes']:,} bytes: {f['nginx_a_second']:,.0f} a second; drawn anew p95 {f['uncached_p95_ms']:.0f} ms",
        {"seconds": 2, "uncached": 10}, is_demo=True, why_not=pages.why_not,
    ),
    Row(
        "certificates", "376 certificates with square codes, one PDF", "≤ 2 s, ≤ 300 MB, flat a piece", certificates.print_run,
        lambda f: f"{f['median_s']:.2f} s (worst of 5: {f['worst_s']:.2f}), process at most {f['peak_mb']} MB ({f['after_all_rounds_mb']} after five runs)",
        lambda f: f["median_s"] <= 2 and f["peak_mb"] <= 300 and f["piece_ms"] <= 1.3 * f["piece_ms_of_a_quarter"],
        lambda f: f"{f['piece_ms']:.1f} ms a piece, of a quarter as many {f['piece_ms_of_a_quarter']:.1f}; Typst alone on the same data {f['typst_alone_s']:.2f} s; one PDF each {f['one_pdf_each_s']:.1f} s; {f['bytes'] / 1e6:.1f} MB",
        {"pieces": 40}, has_stage=False,
    ),
    Row(
        "speech", "a text of 300 characters to what a loudspeaker plays", "≤ 1 s", speech.speech,
        lambda f: f"{f['median_s']:.2f} s (worst {f['worst_s']:.2f}, the first of a process {f['first_s']:.2f}) for {f['sounds_s']:.0f} s of sound",
        lambda f: f["worst_s"] <= 1,
        lambda f: f"espeak-ng alone on the same words {f['floor_s']:.2f} s",
        {"rounds": 3}, has_stage=False, why_not=speech.why_not,
    ),
    Row(
        "nominations", "a spreadsheet of 1,000 nominations, looked at and written", "≤ 5 s, with its progress", certificates.spreadsheet,
        lambda f: f"{f['total_s']:.1f} s (looked at {f['looked_s']:.1f}, written {f['wrote_s']:.1f}), progress told {f['told']} times",
        lambda f: f["total_s"] <= 5 and f["kept"] == f["rows"] and f["told"] >= 10,
        lambda f: f"the file read and the rows inserted bare: {f['floor_s']:.1f} s",
        {"rows": 100}, has_stage=False,
    ),
    Row(
        "search", "a page of results of 100,000 public texts, p95", "≤ 50 ms", search.measure,
        lambda f: f"{f['p95_ms']:.1f} ms (p50 {f['p50_ms']:.1f})",
        lambda f: f["p95_ms"] <= 50,
        lambda f: f"indexed {f['put_a_second']:,.0f} texts a second; reading 20 rows by their key p95 {f['floor_p95_ms']:.1f} ms; slowest: {f['slowest'][0]} {f['slowest'][1]:.0f} ms",
        {"texts": 2_000, "rounds": 2}, has_stage=False,
    ),
    Row(
        "bulletin", "a bulletin for 10,000 recipients becomes deliveries", "≤ 2 s, memory flat", bulletins.planned,
        lambda f: f"{f['median_s']:.2f} s (worst of 3: {f['worst_s']:.2f}), the process grew by {f['grew_mb']:.0f} MB at most ({f['few_grew_mb']:.0f} for a tenth as many)",
        lambda f: f["worst_s"] <= 2 and f["meant"] == f["recipients"] and f["grew_mb"] <= 20,
        lambda f: f"a tenth as many {f['few_s']:.2f} s; as many bare inserts {f['floor_s']:.2f} s",
        {"recipients": 1_000}, has_stage=False,
    ),
    Row(
        "alarmpush", "an alarm: from the button's write to the first push taken by its service, p95", "≤ 300 ms after the commit", bulletins.alarm_push,
        lambda f: f"{f['p95_ms']:.0f} ms (p50 {f['p50_ms']:.0f})",
        lambda f: f["p95_ms"] <= 300,
        quick={"rounds": 5}, settings=bulletins.OUTSIDE,
    ),
    Row(
        "report", "a commune's yearly report over 1,000,000 rows", "≤ 5 s counted anew, ≤ 200 ms after", reports.measure,
        lambda f: f"{f['cold_ms'] / 1000:.2f} s over {f['rows']:,} rows; its page p95 {f['page_p95_ms']:.0f} ms",
        lambda f: f["cold_ms"] <= 5_000 and f["page_p95_ms"] <= 200,
        lambda f: f"counting the rows of the four tables {f['floor_count_ms']:.0f} ms; {f['sections']} sections; {f['memory_mb']:.0f} MB",
        {"rows": 20_000}, has_stage=False,
    ),
    Row(
        "push", "10,000 web pushes encrypted and handed over", "≥ 1,000 a second", push.handed_over,
        lambda f: f"{f['a_second']:,.0f} a second, {f['whole']:,} of {f['pushes']:,} opened by the receiver; by the whole outbox {f['outbox_a_second']:,.0f}",
        lambda f: f["a_second"] >= 1_000 and f["whole"] == f["pushes"] == f["outbox_accepted"],
        lambda f: (f"the library’s plain loop {f['library_a_second']:,.0f} a second" if f["library_a_second"] else "pywebpush is not installed")
        + f"; encrypted alone {f['encrypted_alone_a_second']:,.0f} a second; {f['bytes']} bytes each",
        {"pushes": 1_000}, has_stage=False,
    ),
    Row(
        "cap", "a warning, from its approval until it is valid in the feed, p95", "≤ 200 ms", push.warnings,
        lambda f: f"{f['p95_ms']:.0f} ms (p50 {f['p50_ms']:.0f})",
        lambda f: f["p95_ms"] <= 200,
        lambda f: f"writing the document alone {f['build_p50_ms']:.1f} ms",
        {"rounds": 5}, has_stage=False,
    ),
)  # fmt: skip
ROWS = tuple(
    one
    for row in ROWS
    for one in (
        (row, replace(row, name=f"{row.name}-postgresql", title=f"{row.title}; PostgreSQL", database="postgresql"))
        if row.name in ("storm", "loss", "search", "growth", "comments", "report", "nominations", "bulletin", "alarmpush")
        else (row,)
    )
)


def measure(row: Row, *, database: str, is_quick: bool) -> Figures:
    """Run a row on an installation of its own."""
    with database_of(database or row.database) as url:
        if not row.has_stage:
            return dict(row.measure(database=url, **(row.quick if is_quick else {})))
        below = disk.slow_below(disk.SLOW_MS) if row.is_slow else ()
        stage = Stage(database_url=url, is_demo=row.is_demo, below=below)
        stage.environment |= row.settings
        stage.start()
        try:
            figures = row.measure(stage, **(row.quick if is_quick else {}))
            if inspect.isawaitable(figures):
                figures = asyncio.run(_whole(figures))
        finally:
            stage.stop()
    return dict(figures)


async def _whole(figures: Any) -> Any:
    return await figures


def main() -> int:
    """Measure and print; 1 when a press was lost, a step not run, or a row could not be measured."""
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("--only", nargs="*", choices=[row.name for row in ROWS], metavar="NAME", help=_names())
    parser.add_argument("--quick", action="store_true", help="smaller numbers, to see that it runs")
    parser.add_argument("--database", default="", help="sqlite, postgresql (a server of its own), or postgresql://…")
    parser.add_argument("--json", type=Path, help="write the figures there")
    options = parser.parse_args()
    chosen = [row for row in ROWS if not options.only or row.name in options.only]
    results: dict[str, Any] = {
        "machine": machine(), "database": options.database.split(":")[0] or "sqlite",
        "measured_at": time.strftime("%Y-%m-%d %H:%M"), "is_quick": options.quick, "rows": {},
    }  # fmt: skip
    failed = False
    for number, row in enumerate(chosen, start=1):
        print(f"[{number}/{len(chosen)}] {row.title} …", end=" ", flush=True)
        began = time.monotonic()
        figures: Figures
        if reason := (disk.why_not() if row.is_slow else row.why_not()):
            figures = {"skipped": reason}
        else:
            try:
                figures = measure(row, database=options.database, is_quick=options.quick)
            except Exception as error:  # one row that fails keeps no other from being measured
                logging.exception("%s could not be measured", row.name)
                figures, failed = {"failed": f"{type(error).__name__}: {error}"[:300]}, True
        results["rows"][row.name] = {
            "title": row.title, "target": row.target, "took_s": round(time.monotonic() - began, 1),
            "verdict": _verdict(row, figures), "figures": figures,
        }  # fmt: skip
        failed |= any(part.get(key) for part in (figures, figures.get("storm", {})) for key in WRONG)
        print(f"{_reads(row, figures)}   ({time.monotonic() - began:.0f} s)", flush=True)
        if options.json:
            options.json.parent.mkdir(exist_ok=True)
            options.json.write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")
    print("\n" + table(results, chosen))
    return 1 if failed else 0


def table(results: dict[str, Any], rows: list[Row]) -> str:
    """Return the figures as docs/benchmarks.md shows them."""
    facts = results["machine"]
    lines = [
        f"{facts['cpu']}, {facts['cores']} cores, {facts['memory_gib']} GiB, Python {facts['python']}, {results['database']},"
        f" a synced write in {facts['synced_write_ms']} ms; {results['measured_at']}",
        "",
        "| what | target | measured | floor, and what else was seen |",
        "| --- | --- | --- | --- |",
    ]
    for row in rows:
        figures = results["rows"][row.name]["figures"]
        is_measured = "skipped" not in figures and "failed" not in figures
        short = ": **short of the target**" if results["rows"][row.name]["verdict"] == "short" else ""
        lines.append(
            f"| {row.title} | {row.target} | {_reads(row, figures)}{short} | {row.beside(figures) if is_measured else ''} |"
        )
    return "\n".join(lines)


def _reads(row: Row, figures: Figures) -> str:
    if "skipped" in figures:
        return f"not measured: {figures['skipped']}"
    return f"failed: {figures['failed']}" if "failed" in figures else row.reads(figures)


def _verdict(row: Row, figures: Figures) -> str:
    if "skipped" in figures or "failed" in figures or row.is_met is None:
        return "none"
    return "met" if row.is_met(figures) else "short"


def _names() -> str:
    return "rows to measure: " + ", ".join(row.name for row in ROWS)


if __name__ == "__main__":
    sys.exit(main())
