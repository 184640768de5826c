"""Start of the room."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class OrganisationsConfig(AppConfig):
    """Registers the kinds of entries and what moves when units are reformed."""

    name = "liengia.organisations"
    label = "organisations"
    verbose_name = _("Organisations")

    def ready(self) -> None:
        """Fill the registries of lower rooms."""
        from liengia.organisations import audit_kinds, reform  # noqa: F401
        from liengia.units import succession

        succession.register(reform.move_organisations)
        succession.register(reform.move_committees)
