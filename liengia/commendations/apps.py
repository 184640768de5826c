"""The commendations room's configuration."""

from __future__ import annotations

from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class CommendationsConfig(AppConfig):
    """From a nomination to a certificate that anybody can verify."""

    name = "liengia.commendations"
    label = "commendations"
    verbose_name = _("Commendations")

    def ready(self) -> None:
        """Register what lower rooms ask for: audit kinds, capabilities, papers, menus, search, movers, chores, periods."""
        from liengia.commendations import (
            audit_kinds,
            brief,
            capabilities,
            chores,
            index,
            linked,
            menus,
            papers,
            reform,
            reporting,
        )
        from liengia.commendations import tasks as _tasks  # noqa: F401  (registers its chores)
        from liengia.commendations.services.retention import PERIODS
        from liengia.core import search
        from liengia.papers import brief as month
        from liengia.people import menu
        from liengia.people.services.retention import register_period
        from liengia.units import succession

        for period in PERIODS:
            register_period(*period)
        audit_kinds.register_all()
        capabilities.register_all()
        papers.register_all()
        menus.register_all()
        menu.register_today(chores.today)
        linked.register_own()
        search.register_source(index.KIND, index.entries, name=_("Commendations"))
        succession.register(reform.move_rounds)
        month.register("commendations", brief.lines)
        reporting.register_own()
        post_migrate.connect(_ensure_defaults, sender=self)


def _ensure_defaults(**kwargs: object) -> None:
    from liengia.commendations import defaults

    defaults.ensure()
    defaults.renew_keys()
