"""System checks that refuse to start an unsafe installation; each says what to do."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error
from django.core.checks import register as register_check

from liengia.env import is_loopback

# Rooms on which no other stands: an installation may do without them.
OPTIONAL_ROOMS = ("alarms", "organisations")


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


def register() -> None:
    """Register the checks."""
    register_check(exposure)
    register_check(rooms)
