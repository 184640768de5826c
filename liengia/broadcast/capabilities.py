"""What may be allowed in this room."""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext_lazy as _

from liengia.people import capabilities

WRITE: Final = "broadcast.write"
APPROVE: Final = "broadcast.approve"
SEND_ALONE: Final = "broadcast.send_alone"
CONFIGURE: Final = "broadcast.configure"
POST: Final = "broadcast.post"


def register_all() -> None:
    """Register the capabilities; called from `AppConfig.ready`."""
    admins = ("commune_admin", "area_admin")
    capabilities.register(WRITE, _("Write bulletins"), shipped_to=("commune_editor", "commune_approver", "commune_chairman", "front_officer", "specialist", "duty_officer", *admins))
    capabilities.register(APPROVE, _("Approve bulletins of others, withdraw them, review what was sent alone"), shipped_to=("commune_approver", "commune_chairman", "commander"))
    capabilities.register(SEND_ALONE, _("Send an emergency bulletin alone, from a prepared template"), shipped_to=("duty_officer", "commander"))
    capabilities.register(POST, _("Post bulletins in Zalo groups by hand, play them by hand, and tick it"), shipped_to=("commune_editor", "commune_approver", "front_officer", "specialist", "hamlet_head", *admins))
    capabilities.register(CONFIGURE, _("Set up channels, accounts, quiet hours and ready texts"), shipped_to=admins)
