"""The reports room's configuration."""

from __future__ import annotations

from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class ReportsConfig(AppConfig):
    """The report before the people, and the safety register."""

    name = "liengia.reports"
    label = "reports"
    verbose_name = _("Reports to the people")

    def ready(self) -> None:
        """Register audit kinds, capabilities, menus, the search's source, movers, sizes, and this room's own section."""
        from liengia.core import front, search, sizes
        from liengia.opinions import subjects
        from liengia.reports import about, audit_kinds, capabilities, index, menus, reform, reporting
        from liengia.units import succession

        audit_kinds.register_all()
        capabilities.register_all()
        menus.register_all()
        reporting.register_own()
        sizes.register(reporting.households)
        search.register_source(index.KIND, index.entries, name=_("Reports to the people"))
        front.figures.register("reports", menus.figures)
        subjects.register("report", about.section_words)
        succession.register(reform.move_targets)
        post_migrate.connect(_ensure_criteria, sender=self)


def _ensure_criteria(**kwargs: object) -> None:
    from liengia.reports import safety

    safety.ensure_criteria()
