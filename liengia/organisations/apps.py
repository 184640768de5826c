"""Start of the room."""

from __future__ import annotations

from importlib import import_module

from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class OrganisationsConfig(AppConfig):
    """Registers the kinds of entries and what moves when units are reformed."""

    name = "liengia.organisations"
    label = "organisations"
    verbose_name = _("Organisations")

    def ready(self) -> None:
        """Fill the registries of lower rooms."""
        from liengia.organisations import counts, reform
        from liengia.units import succession

        import_module(f"{self.name}.audit_kinds")
        counts.register_all()
        succession.register(reform.move_organisations)
        succession.register(reform.move_committees)
        post_migrate.connect(_ensure_workdays, sender=self)


def _ensure_workdays(**kwargs: object) -> None:
    from liengia.organisations.workdays import ensure_workdays

    ensure_workdays()
