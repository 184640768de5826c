"""System checks that refuse to start an unsafe installation; each says what to do."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags
from django.core.checks import register as register_check
from django.db import connections
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder

from liengia.env import is_loopback

# Rooms on which no other stands: an installation may do without them.
OPTIONAL_ROOMS = ("alarms", "broadcast", "organisations", "opinions", "comments", "commendations", "festivals", "practices", "reports")


def exposure(app_configs: Sequence[Any] | None, **kwargs: Any) -> list[CheckMessage]:
    """Refuse a bind beyond this machine without TLS or a trusted proxy, and with demonstration or debug on."""
    found: list[CheckMessage] = []
    wide_web = not is_loopback(settings.HOST)
    wide_mqtt = not is_loopback(settings.MQTT_HOST)
    has_tls = bool(settings.TLS_CERT and settings.TLS_KEY)
    if wide_web and not (has_tls or settings.TRUSTED_PROXIES):
        found.append(
            Error(
                "LIENGIA_HOST is reachable from other machines, but passwords would travel in the clear.",
                hint="Set LIENGIA_TLS_CERT and LIENGIA_TLS_KEY, or LIENGIA_TRUSTED_PROXIES for a proxy that ends TLS.",
                id="liengia.E001",
            )
        )
    if wide_mqtt and not has_tls:
        found.append(
            Error(
                "LIENGIA_MQTT_HOST is reachable from other machines, but device passwords would travel in the clear.",
                hint="Set LIENGIA_TLS_CERT and LIENGIA_TLS_KEY; the MQTT listener uses them too.",
                id="liengia.E002",
            )
        )
    if (wide_web or wide_mqtt) and (settings.DEBUG or settings.DEMO):
        found.append(
            Error(
                "LIENGIA_DEBUG or LIENGIA_DEMO is on while the installation is reachable from other machines.",
                hint="Unset both; the demonstration's passwords are known to everybody.",
                id="liengia.E003",
            )
        )
    if wide_web and settings.OUTSIDE_LOOPBACK:
        found.append(
            Error(
                "LIENGIA_OUTSIDE_LOOPBACK is on while the installation is reachable from other machines.",
                hint="Unset it: a browser or a feed could have this machine ask itself.",
                id="liengia.E009",
            )
        )
    if bool(settings.TLS_CERT) != bool(settings.TLS_KEY):
        found.append(
            Error(
                "Only one of LIENGIA_TLS_CERT and LIENGIA_TLS_KEY is set.",
                hint="Set both, or neither.",
                id="liengia.E004",
            )
        )
    return found


def rooms(app_configs: Sequence[Any] | None, **kwargs: Any) -> list[CheckMessage]:
    """Refuse to switch off a room that is none, or on which others stand."""
    wrong = sorted(set(settings.ROOMS_OFF) - set(OPTIONAL_ROOMS))
    if not wrong:
        return []
    return [
        Error(
            f"LIENGIA_ROOMS_OFF names what cannot be switched off: {', '.join(wrong)}.",
            hint=f"Rooms that can be off: {', '.join(OPTIONAL_ROOMS)}.",
            id="liengia.E005",
        )
    ]


def shortened_chains(
    app_configs: Sequence[Any] | None, databases: Sequence[str] | None = None, **kwargs: Any
) -> list[CheckMessage]:
    """Refuse a database from the midst of a chain of migrations that has been shortened since: Django passes it over."""
    found: list[CheckMessage] = []
    for database in databases or ():
        applied = MigrationRecorder(connections[database]).applied_migrations()
        replacing = MigrationLoader(None).replacements
        for (room, name), migration in sorted(replacing.items()):
            missing = [old for label, old in migration.replaces if (label, old) not in applied]
            if not migration.__module__.startswith("liengia.") or len(missing) in (0, len(migration.replaces)):
                continue
            found.append(
                Error(
                    f"The tables of {room} are older than {name} can take up: {', '.join(missing)} never ran.",
                    hint="Bring the database up to date with the version before this one first, then start this one.",
                    id="liengia.E006",
                )
            )
    return found


def register() -> None:
    """Register the checks."""
    register_check(shortened_chains, Tags.database)
    register_check(exposure)
    register_check(rooms)
