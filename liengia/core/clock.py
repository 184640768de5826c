"""The one clock: aware UTC instants, and the local calendar of Vietnam."""

from __future__ import annotations

from datetime import date, datetime

from django.utils import timezone


def now() -> datetime:
    """Return the present instant, aware, in UTC."""
    return timezone.now()


def local(at: datetime) -> datetime:
    """Return the instant in the installation's time zone (Asia/Ho_Chi_Minh, +07:00)."""
    return timezone.localtime(at)


def today() -> date:
    """Return the local calendar day."""
    return timezone.localdate()
