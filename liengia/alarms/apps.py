"""The alarms room's configuration."""

from __future__ import annotations

from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class AlarmsConfig(AppConfig):
    """Neighbours who hear each other's alarm."""

    name = "liengia.alarms"
    label = "alarms"
    verbose_name = _("Alarms")

    def ready(self) -> None:
        """Register what lower rooms ask for: audit kinds, capabilities, channels, movers, stewards, health, chores."""
        from liengia.alarms import (
            audit_kinds,
            brief,
            capabilities,
            channels,
            counts,
            handover,
            menus,
            own_house,
            policies,
            queries,
            reporting,
            supervision,
        )
        from liengia.alarms import feed as _feed  # noqa: F401  (registers its order)
        from liengia.alarms import tasks as _tasks  # noqa: F401  (registers its chores)
        from liengia.alarms.services import devices, escalation, groups, outward
        from liengia.audit import scope
        from liengia.broadcast import audiences
        from liengia.broadcast.services import receipts
        from liengia.core import families, health
        from liengia.papers import brief as month
        from liengia.people import stewards
        from liengia.people.services.erasure import hold_while
        from liengia.people.services.households import on_leaving
        from liengia.units import succession, switches

        audit_kinds.register_all()
        capabilities.register_all()
        channels.register(channels.LivePage())
        channels.register(escalation.SirenChannel())
        outward.register_all()
        receipts.listen(outward.hear)
        audiences.register(audiences.Groups(groups.households_of, groups.households_in, groups.choices_in))
        succession.register(groups.move_groups)
        succession.register(groups.move_plans)
        on_leaving(groups.leave_groups)
        hold_while(queries.is_called_for)
        own_house.follow_deletions()
        stewards.register(led_by=policies.households_led_by, leaders_of=policies.leaders_of)
        counts.register_all()
        handover.register_all()
        scope.hide_by(policies.hidden_entries)
        menus.register_all()
        families.on_change(devices.change_broker_users)
        switches.refuse_by("alarms", supervision.why_kept_on)
        month.register("alarms", brief.lines)
        reporting.register_own()
        health.register("alarms.steps", supervision.every_step_ran)
        health.register("alarms.states", supervision.states_published)
        health.register("alarms.calls", supervision.calls_taken_on, for_operators=True)
        post_migrate.connect(_ensure_plans, sender=self)


def _ensure_plans(**kwargs: object) -> None:
    from liengia.alarms.services import ensure_default_plans

    ensure_default_plans()
