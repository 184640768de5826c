"""The practices room's configuration."""

from __future__ import annotations

from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class PracticesConfig(AppConfig):
    """What worked in one place, and how it spreads."""

    name = "liengia.practices"
    label = "practices"
    verbose_name = _("Practices")

    def ready(self) -> None:
        """Fill the registries of lower rooms."""
        from liengia.core import linked, search
        from liengia.papers import brief as month
        from liengia.people import menu
        from liengia.people.services.retention import register_period
        from liengia.practices import (
            audit_kinds,
            brief,
            capabilities,
            chores,
            front,
            index,
            menus,
            reform,
            reporting,
            services,
        )
        from liengia.practices import tasks as _tasks  # noqa: F401  (registers its chores)
        from liengia.units import succession

        for one in services.PERIODS:
            register_period(*one)
        audit_kinds.register_all()
        capabilities.register_all()
        menus.register_all()
        menu.register_today(chores.today)
        front.register_own()
        reporting.register_own()
        linked.register(linked.Kind("practice", "practices", _("Practice"), front.card))
        search.register_source(index.KIND, index.entries, name=_("Practices"), kin=index.kin)
        succession.register(reform.move_practices)
        succession.register(reform.move_campaigns)
        month.register("practices", brief.lines)
        post_migrate.connect(_ensure_shipped, sender=self)


def _ensure_shipped(**kwargs: object) -> None:
    from liengia.practices.shipped import ensure_shipped

    ensure_shipped()
