"""Search over 100,000 public texts: how long a page of results takes, beside the least that any answer costs.

    python -m benchmarks.search [--texts N] [--database URL]

The texts are invented from the syllables of our own catalogues, in the frequencies in which they stand there.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
# What people ask: a place, a common pair, one syllable in every text, a rare name, a long question, nothing at all.
QUESTIONS = [
    "cần đước", "can duoc", "xã", "đèn đường", "den duong tat", "công an xã", "của", "long sơn", "mỹ lệ trước là long sơn",
    "bà con gọi số nào khi cháy", "không có gì như vậy đâu", "xyzzy", "báo động", "giấy khen", "ap 1", "người được", "va khong",
]  # fmt: skip


def measure(*, texts: int = 100_000, database: str = "", rounds: int = 12) -> dict[str, Any]:
    """Fill an installation of its own with texts, then ask; times in milliseconds."""
    with tempfile.TemporaryDirectory() as folder:
        environment = {
            **os.environ, "LIENGIA_DATA": folder, "DATABASE_URL": database, "DJANGO_SETTINGS_MODULE": "liengia.settings",
            "LIENGIA_NATS_PORT": "9",
        }  # fmt: skip
        done = subprocess.run(
            [sys.executable, "-m", "benchmarks.search", "--inside", str(texts), str(rounds)],
            env=environment, cwd=ROOT, check=True, stdout=subprocess.PIPE,
        )  # fmt: skip
        found: dict[str, Any] = json.loads(done.stdout)
        return found


def inside(texts: int, rounds: int) -> dict[str, Any]:
    """Fill and ask, in the process whose environment names the installation."""
    import time
    from datetime import timedelta

    import django

    django.setup()
    from django.core.management import call_command
    from django.db import connection

    from benchmarks.stage import percentile
    from liengia.core import clock, search
    from liengia.core.models import SearchEntry

    call_command("migrate", verbosity=0)
    chance = random.Random(17)
    pool = _syllables()
    began = time.perf_counter()
    now = clock.now()

    def invented() -> Iterator[search.Entry]:
        for number in range(texts):
            words = chance.choices(pool, k=chance.randint(60, 240))
            yield search.Entry(
                kind="article" if number % 2 else "opinion", key=str(number), title=" ".join(words[:9]), body=" ".join(words[9:]),
                url=f"/{number}/", published_at=now - timedelta(minutes=texts - number), unit_ids=(number % 17, 100 + number % 90),
                place_names=(f"Xã {pool[number % 50]} {pool[number % 31]}",),
            )  # fmt: skip

    search.register_source("invented", invented, name="")
    search.rebuild("invented", chunk=100)
    filled_s = time.perf_counter() - began
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
    times: list[float] = []
    floor: list[float] = []
    slowest = ("", 0.0)
    for _ in range(rounds):
        for question in QUESTIONS:
            narrow: dict[str, Any] = chance.choice([{}, {"kinds": ["opinion"]}, {"unit_ids": [3]}])
            began = time.perf_counter()
            search.find(question, **narrow)
            took = (time.perf_counter() - began) * 1000
            times.append(took)
            slowest = max(slowest, (f"{question} {narrow}", took), key=lambda one: one[1])
            began = time.perf_counter()
            list(SearchEntry.objects.order_by("-place")[:20])
            floor.append((time.perf_counter() - began) * 1000)
    return {
        "database": connection.vendor,
        "texts": texts,
        "put_a_second": texts / filled_s,
        "p50_ms": percentile(times, 0.5),
        "p95_ms": percentile(times, 0.95),
        "slowest": slowest,
        "floor_p95_ms": percentile(floor, 0.95),
    }


def _syllables() -> list[str]:
    """Return the syllables of the Vietnamese catalogues as often as they stand there, and 3,000 names that are rare."""
    text = " ".join(path.read_text(encoding="utf-8") for path in sorted(ROOT.glob("liengia/*/locale/vi/LC_MESSAGES/django.po")))
    pool = re.findall(r"[^\W\d_]+", " ".join(re.findall(r'^msgstr "(.*)"$', text, re.MULTILINE)).lower())
    chance = random.Random(5)
    letters = "bcdđghklmnpqrstvx"
    rare = ["".join((chance.choice(letters), chance.choice("aăâeêioôơuưáàảãạ"), chance.choice(letters))) for _ in range(3000)]
    return pool + rare


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--texts", type=int, default=100_000)
    parser.add_argument("--database", default="")
    parser.add_argument("--inside", nargs=2, type=int, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.inside:
        print(json.dumps(inside(*options.inside)))
        return
    print(json.dumps(measure(texts=options.texts, database=options.database), indent=2, ensure_ascii=False))


if __name__ == "__main__":
    main()
