"""What may be allowed in this room."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from liengia.people import capabilities

EDIT, DECIDE, CAMPAIGN = "practices.edit", "practices.decide", "practices.campaign"


def register_all() -> None:
    """Register the capabilities; called from `AppConfig.ready`."""
    admins = ("commune_admin", "area_admin")
    writers = ("commune_editor", "commune_approver", "commune_chairman", "front_officer", "specialist", *admins)
    capabilities.register(EDIT, _("Write practices, replicate them, give and take them as files"), shipped_to=writers)
    capabilities.register(
        DECIDE, _("Publish and end practices, enter acts of bodies, review them each year"),
        shipped_to=("commune_approver", "commune_chairman", *admins),
    )  # fmt: skip
    capabilities.register(
        CAMPAIGN, _("Hold the yearly campaign: registrations, exemplars, what is recognised"),
        shipped_to=("front_officer", "commune_chairman", *admins),
    )  # fmt: skip
