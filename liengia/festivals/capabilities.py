"""What may be allowed in this room; roles get them as data."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from liengia.people import capabilities

PLAN, RUN = "festivals.plan", "festivals.run"


def register_all() -> None:
    """Register the capabilities; called from `AppConfig.ready`."""
    planners = ("commune_editor", "commune_approver", "commune_chairman", "front_officer", "commander", "commune_admin", "area_admin")
    capabilities.register(PLAN, _("Plan festivals: seasons, days, programmes, guests, pledges"), shipped_to=planners)
    capabilities.register(RUN, _("Say from a phone how a festival day goes"), shipped_to=("hamlet_head", *planners))
