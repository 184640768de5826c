"""Typed readers of environment variables; each may also come from a file named by `<NAME>_FILE`."""

from __future__ import annotations

import ipaddress
import os
from pathlib import Path

_TRUE = {"1", "true", "yes", "on"}
_FALSE = {"0", "false", "no", "off", ""}


class BadSetting(ValueError):
    """A setting whose value cannot be read; the sentence names it and what was expected."""


def text(name: str, default: str = "") -> str:
    """Return the setting, or the stripped content of the file that `<name>_FILE` names."""
    if path := os.environ.get(f"{name}_FILE"):
        try:
            return Path(path).read_text(encoding="utf-8").strip()
        except OSError as error:
            raise BadSetting(f"{name}_FILE: {path} cannot be read ({error.strerror}).") from error
    return os.environ.get(name, default)


def number(name: str, default: int, *, least: int, most: int) -> int:
    """Return a whole number within bounds."""
    raw = text(name)
    if not raw:
        return default
    try:
        value = int(raw)
    except ValueError as error:
        raise BadSetting(f"{name}: a whole number from {least} to {most} is expected, not {raw!r}.") from error
    if not least <= value <= most:
        raise BadSetting(f"{name}: {value} is not between {least} and {most}.")
    return value


def flag(name: str, default: bool) -> bool:
    """Return a yes/no setting."""
    raw = text(name, "yes" if default else "no").strip().lower()
    if raw in _TRUE:
        return True
    if raw in _FALSE:
        return False
    raise BadSetting(f"{name}: yes or no is expected, not {raw!r}.")


def words(name: str, default: str = "") -> list[str]:
    """Return a comma-separated list without blanks."""
    return [word.strip() for word in text(name, default).split(",") if word.strip()]


def is_loopback(host: str) -> bool:
    """Tell whether a bind address is reachable from this machine alone."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
