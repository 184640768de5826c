"""What may be allowed in this room."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from liengia.people import capabilities

KEYS = "api.keys"


def register_all() -> None:
    """Register the capability; called from `AppConfig.ready`."""
    capabilities.register(KEYS, _("Give programs keys with which they may file opinions, and take them away"), shipped_to=("commune_admin", "area_admin"))
