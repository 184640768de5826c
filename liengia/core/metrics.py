"""Counters of all our processes, summed for `/metrics` (Prometheus, multi-process mode)."""

from __future__ import annotations

import os

from django.conf import settings

_DIRECTORY = settings.DATA / "run" / "metrics"
_DIRECTORY.mkdir(parents=True, exist_ok=True)
os.environ.setdefault("PROMETHEUS_MULTIPROC_DIR", str(_DIRECTORY))

from prometheus_client import (  # noqa: E402  (the library reads the variable when it is imported)
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    generate_latest,
)
from prometheus_client.multiprocess import MultiProcessCollector  # noqa: E402

__all__ = ["Counter", "Gauge", "Histogram", "exposition"]

_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.2, 0.5, 1, 2.5, 5, 10, 30)

chore_seconds = Histogram("liengia_chore_seconds", "Time that one turn of a chore took.", ["chore"], buckets=_SECONDS)
chore_failures = Counter("liengia_chore_failures_total", "Turns of a chore that ended in an error.", ["chore"])
slow_transactions = Counter("liengia_slow_transactions_total", "Write transactions held longer than 50 ms.")
bus_failures = Counter("liengia_bus_failures_total", "Messages that could not be handed to the bus.")


def exposition() -> bytes:
    """Return all processes' figures in Prometheus' text format."""
    registry = CollectorRegistry()
    MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    return generate_latest(registry)
