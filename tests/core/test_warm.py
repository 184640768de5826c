"""A process that was warmed up loads nothing more when it makes its first address, in any language."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent.parent
PROBE = """
import gc, json, sys
import django; django.setup()
from django.db.backends.base.base import BaseDatabaseWrapper
def refuse(*_): raise AssertionError("the database was asked before the fork")
BaseDatabaseWrapper.connect = refuse
from liengia.core import warm
warm.up(with_addresses={with_addresses})
before = set(sys.modules)
told = {{"frozen": gc.get_freeze_count(), "views": "liengia.urls" in before}}
if {with_addresses}:
    from django.template import engines
    from django.urls import get_resolver, reverse
    from django.utils import translation
    for language in ("vi", "en"):
        with translation.override(language):
            assert get_resolver()._populated, language
            reverse("people:rota", args=["00000000-0000-0000-0000-000000000000"])
    engines["django"].from_string("{{% load wagtailadmin_tags people %}}")
    told["later"] = sorted(set(sys.modules) - before)
print(json.dumps(told))
"""


def _warmed(*, with_addresses: bool) -> dict[str, Any]:
    code = PROBE.format(with_addresses=with_addresses)
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    told: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return told


def test_the_first_address_loads_nothing_more() -> None:
    told = _warmed(with_addresses=True)
    assert told["later"] == []
    assert told["frozen"] > 100_000


def test_a_process_without_addresses_stays_small() -> None:
    told = _warmed(with_addresses=False)
    assert not told["views"]
    assert told["frozen"] > 100_000
