"""What may be allowed in this room."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from liengia.people import capabilities

WRITE, PUBLISH, SAFETY = "reports.write", "reports.publish", "reports.safety"


def register_all() -> None:
    """Register the capabilities; called from `AppConfig.ready`."""
    admins = ("commune_admin", "area_admin")
    writers = ("commune_editor", "commune_approver", "commune_chairman", "specialist", *admins)
    capabilities.register(WRITE, _("Write reports to the people, targets and sizes of units"), shipped_to=writers)
    capabilities.register(PUBLISH, _("Publish and correct reports to the people"), shipped_to=("commune_approver", "commune_chairman", "commune_admin"))
    capabilities.register(
        SAFETY, _("Keep the register of the safety standard"), shipped_to=writers,
        permissions=tuple(f"reports.{verb}_safetycriterion" for verb in ("view", "add", "change")),
    )  # fmt: skip
