"""The opinions room's configuration."""

from __future__ import annotations

from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class OpinionsConfig(AppConfig):
    """What people suggest, report and ask for, answered in public by a date."""

    name = "liengia.opinions"
    label = "opinions"
    verbose_name = _("Opinions")

    def ready(self) -> None:
        """Register what lower rooms ask for: audit kinds, capabilities, menus, front page, movers, health, chores."""
        from liengia.broadcast import complaints
        from liengia.core import health, search
        from liengia.opinions import (
            audit_kinds,
            brief,
            capabilities,
            counts,
            front,
            index,
            menus,
            reform,
            reporting,
            supervision,
        )
        from liengia.opinions import tasks as _tasks  # noqa: F401  (registers its chores)
        from liengia.opinions.services.retention import PERIODS
        from liengia.papers import brief as month
        from liengia.people.services.retention import register_period
        from liengia.units import succession

        for period in PERIODS:
            register_period(*period)
        audit_kinds.register_all()
        capabilities.register_all()
        menus.register_all()
        counts.register_all()
        front.register_own()
        complaints.register("opinions", front.complain_about)
        succession.register(reform.move_opinions)
        succession.register(reform.move_arrangements)
        succession.register(reform.move_forums)
        search.register_source(index.KIND, index.entries, name=_("Opinions and answers"), hide=index.switched_off)
        month.register("opinions", brief.lines)
        reporting.register_own()
        health.register("opinions.overdue", supervision.overdue_escalated)
        post_migrate.connect(_ensure_defaults, sender=self)


def _ensure_defaults(**kwargs: object) -> None:
    from liengia.opinions.services import ensure_defaults

    ensure_defaults()
