"""Certificates as one PDF, and a spreadsheet of nominations: each in a process of its own, beside the least that the same work costs.

    python -m benchmarks.certificates [--pieces N] [--rows N] [--database URL]
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
NAMES = (
    "Ông Huỳnh Tấn Bình Bát", "Bà Nguyễn Thị Ngọc Bông Súng", "Tập thể Tổ bảo vệ an ninh, trật tự ấp Nhà Thờ, xã Tân Lân", "Ông Ễnh Ương Ẵm Ỵ",
    "Tập thể Ban Chỉ đạo phòng, chống tội phạm, tệ nạn xã hội và xây dựng phong trào Toàn dân bảo vệ an ninh Tổ quốc xã Long Hựu Đông",
)  # fmt: skip
MERIT = "Đã có thành tích xuất sắc trong phong trào Toàn dân bảo vệ an ninh Tổ quốc năm 2023, kịp thời báo động và cùng bà con dập tắt đám cháy, lần {n}"


def print_run(*, pieces: int = 376, database: str = "", rounds: int = 5) -> dict[str, Any]:
    """Measure certificates with square codes as one PDF: seconds, peak memory of the process, and the floors."""
    return _apart("print", str(pieces), str(rounds), database=database)


def spreadsheet(*, rows: int = 1_000, database: str = "") -> dict[str, Any]:
    """Measure a spreadsheet of nominations from its upload to its last row, and the floor: the file read and the rows inserted bare."""
    return _apart("import", str(rows), "1", database=database)


def _apart(what: str, size: str, rounds: str, *, database: str) -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as folder:
        environment = {**os.environ, "LIENGIA_DATA": folder, "DATABASE_URL": database, "DJANGO_SETTINGS_MODULE": "liengia.settings", "LIENGIA_NATS_PORT": "9"}
        command = [sys.executable, "-m", "benchmarks.certificates", "--inside", what, size, rounds]
        done = subprocess.run(command, env=environment, cwd=ROOT, check=True, stdout=subprocess.PIPE)
        found: dict[str, Any] = json.loads(done.stdout)
        return found


def _resident_mb() -> float:
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 2**20


def _peak_mb() -> float:
    import resource

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _papers(pieces: int) -> tuple[list[Any], Any]:
    """Return certificates that nobody stored, no two alike, and the A4 layout."""
    from datetime import date

    from liengia.commendations import stock
    from liengia.commendations.models import Certificate, Decision, PrintLayout, Round, new_code
    from liengia.papers.models import Issuer, Paper
    from liengia.units.models import Unit

    unit = Unit(code="806", name="Cần Đước", kind="Huyện", level="district")
    issuer = Issuer(name="Ủy ban nhân dân huyện Cần Đước", symbol="UBND", place="Cần Đước", unit=unit)
    decision = Decision(
        round=Round(title="mẫu", movement_list="movement"), paper=Paper(issuer=issuer, number=64, abbreviation="QĐ"), decided_on=date(2023, 8, 4), signer_office="Chủ tịch",
        signer_name="Trần Thanh Mẫu",
    )  # fmt: skip
    rows = [
        Certificate(
            decision=decision, issuer=issuer, unit=unit, kind="individual", award="certificate", name=f"{NAMES[n % 5]} {n}", words=f"Tổ phó tổ liên gia số {n}, ấp Nhà Thờ, xã Tân Lân",
            merit=MERIT.format(n=n), code=new_code(), year=2023, register_number=n + 1, call_order=n + 1,
        )
        for n in range(pieces)
    ]  # fmt: skip
    size = stock.sizes()["a4"]
    return rows, PrintLayout(name="A4", width_mm=size.width_mm, height_mm=size.height_mm, fields=stock.as_data(stock.spots_for(size.width_mm, size.height_mm)))


def _print(pieces: int, rounds: int) -> dict[str, Any]:
    import statistics
    import time

    from liengia.commendations import fitting, sheets
    from liengia.core import clock, pdf

    rows, layout = _papers(pieces)
    at = clock.now()
    sheets.certificates(rows[:1], layout, at=at)  # fonts are read once a process
    before_mb = _resident_mb()
    few, some = rows[: pieces // 4], []
    taken: dict[str, object] = {}
    real = pdf.render
    for number in range(rounds):
        fitting.fit.cache_clear()
        began = time.perf_counter()
        if number == 0:
            pdf.render = lambda template, data, *, at: taken.update(data) or real(template, data, at=at)  # type: ignore[assignment, func-returns-value]
        made = sheets.certificates(rows, layout, at=at)
        some.append(time.perf_counter() - began)
        pdf.render = real
        if number == 0:
            peak_mb = _peak_mb()
    later_mb = _peak_mb()
    fitting.fit.cache_clear()
    began = time.perf_counter()
    sheets.certificates(few, layout, at=at)
    few_s = time.perf_counter() - began
    began = time.perf_counter()
    real("commendations/certificates", taken, at=at)
    typst_s = time.perf_counter() - began
    began = time.perf_counter()
    for one in rows[:40]:
        sheets.certificates([one], layout, at=at)
    each_s = (time.perf_counter() - began) / 40
    return {
        "pieces": pieces, "median_s": round(statistics.median(some), 3), "worst_s": round(max(some), 3), "bytes": len(made), "before_mb": round(before_mb), "peak_mb": round(peak_mb), "after_all_rounds_mb": round(later_mb),
        "piece_ms": round(1000 * statistics.median(some) / pieces, 2), "piece_ms_of_a_quarter": round(1000 * few_s / len(few), 2), "typst_alone_s": round(typst_s, 3),
        "one_pdf_each_s": round(each_s * pieces, 2),
    }  # fmt: skip


def _import(rows: int) -> dict[str, Any]:
    import io
    import time
    from datetime import date

    from django.core.management import call_command
    from openpyxl import Workbook, load_workbook

    from liengia.commendations import imports, services, spreadsheet
    from liengia.commendations.models import ImportJob, Nomination, Round
    from liengia.core import clock
    from liengia.core.actor import Actor
    from liengia.core.db import bulk
    from liengia.organisations import services as organisations
    from liengia.papers import services as papers
    from liengia.people.models import User
    from liengia.units.models import Unit

    call_command("migrate", verbosity=0)
    unit = Unit.objects.create(code="28108", name="Cần Đước", kind="Xã", level="commune")
    actor = Actor.system("bench")
    body = organisations.create_organisation(kind="peoples_committee", name="Ủy ban nhân dân xã Cần Đước", unit=unit, actor=actor)
    facts = {"unit": unit, "authority": papers.issuer_of(body, actor=actor), "movement_list": "movement", "procedure": "regular", "period_from": date(2026, 1, 1), "period_to": date(2026, 12, 31)}
    row = services.open_round(Round(title="phong trào", **facts), actor=actor)
    user = User.objects.create_user("nhap", full_name="Người Nhập")
    book = Workbook(write_only=True)
    sheet = book.create_sheet(spreadsheet.SHEET)
    sheet.append(list(spreadsheet.COLUMNS.values()))
    for n in range(rows):
        sheet.append(["cá nhân", "Ông", f"Trần Văn {n} Bình Bát", 1950 + n % 50, "Tổ trưởng tổ liên gia", "", MERIT.format(n=n), "14/05/2026", "", "Tập thể Khu phố 5", "x"])
    out = io.BytesIO()
    book.save(out)
    began = time.perf_counter()
    job, _found = imports.look(row, out.getvalue(), user=user)
    looked_s = time.perf_counter() - began
    imports.ask(job)
    told: list[int] = []
    save = ImportJob.save
    ImportJob.save = lambda self, *args, **kwargs: (told.append(self.done), save(self, *args, **kwargs))[1]  # type: ignore[method-assign, assignment]
    began = time.perf_counter()
    imports.run_due()
    wrote_s = time.perf_counter() - began
    kept = Nomination.objects.count()
    began = time.perf_counter()
    list(load_workbook(io.BytesIO(out.getvalue()), read_only=True).worksheets[0].iter_rows(values_only=True))
    bare = [Nomination(round=row, kind="individual", name=f"X {n}", unit=unit, merit=MERIT, nominated_by="A", place=n, made_at=clock.now()) for n in range(rows)]
    bulk.insert(bare)
    floor_s = time.perf_counter() - began
    return {"rows": rows, "kept": kept, "looked_s": round(looked_s, 2), "wrote_s": round(wrote_s, 2), "total_s": round(looked_s + wrote_s, 2), "told": len(set(told)), "floor_s": round(floor_s, 2)}


def inside(what: str, size: int, rounds: int) -> dict[str, Any]:
    """Measure, in the process whose environment names the installation."""
    import django

    django.setup()
    return _print(size, rounds) if what == "print" else _import(size)


def main() -> None:
    """Print the figures as JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pieces", type=int, default=376)
    parser.add_argument("--rows", type=int, default=1_000)
    parser.add_argument("--database", default="")
    parser.add_argument("--inside", nargs=3, metavar=("WHAT", "SIZE", "ROUNDS"))
    options = parser.parse_args()
    if options.inside:
        what, size, rounds = options.inside
        print(json.dumps(inside(what, int(size), int(rounds))))
        return
    print(json.dumps({"print": print_run(pieces=options.pieces, database=options.database), "import": spreadsheet(rows=options.rows, database=options.database)}, indent=1))


if __name__ == "__main__":
    main()
