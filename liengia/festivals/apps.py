"""The festivals room's configuration."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class FestivalsConfig(AppConfig):
    """The Festival: seasons, days, the day itself live, pledges."""

    name = "liengia.festivals"
    label = "festivals"
    verbose_name = _("Festivals")

    def ready(self) -> None:
        """Register what lower rooms ask for: audit kinds, capabilities, menus, front page, search, movers, health, chores."""
        from liengia.commendations import watchers
        from liengia.core import health, search
        from liengia.festivals import (  # noqa: F401
            audit_kinds,
            capabilities,
            chores,
            counts,
            feed,
            front,
            index,
            menus,
            paper_kinds,
            reform,
            reporting,
            supervision,
        )
        from liengia.festivals import tasks as _tasks  # noqa: F401  (registers its chores)
        from liengia.festivals.services.follow import follow_hand_out
        from liengia.festivals.services.guests import PERIODS
        from liengia.festivals.tied import remark
        from liengia.papers import remarks
        from liengia.people import menu
        from liengia.people.services.retention import register_period
        from liengia.units import succession

        for period in PERIODS:
            register_period(*period)
        audit_kinds.register_all()
        capabilities.register_all()
        menus.register_all()
        paper_kinds.register_all()
        front.register_own()
        reporting.register_own()
        counts.register_own()
        watchers.register(follow_hand_out)
        remarks.register(remark)
        menu.register_today(chores.today)
        for mover in (reform.move_days, reform.move_seasons, reform.move_pledges):
            succession.register(mover)
        search.register_source(index.KIND, index.entries, name=_("Festival days"))
        health.register("festivals.boards", supervision.boards_follow)
