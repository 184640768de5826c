"""What may be allowed in this room; roles get them as data."""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext_lazy as _

from liengia.people import capabilities

EDIT: Final = "portal.edit"
APPROVE: Final = "portal.approve"
TOPICS: Final = "portal.topics"
AUTHORS: Final = ("portal.view_author", "portal.add_author", "portal.change_author")


def register_own() -> None:
    """Register the capabilities; called from `AppConfig.ready`."""
    admins = ("commune_admin", "area_admin")
    capabilities.register(EDIT, _("Write news and pages of the commune's portal"), shipped_to=("commune_editor", *admins), permissions=AUTHORS)
    capabilities.register(APPROVE, _("Approve, take down and schedule pages of the commune's portal"), shipped_to=("commune_approver", *admins))
    capabilities.register(
        TOPICS, _("Set the topics of news for the whole area"), shipped_to=("area_admin",),
        permissions=("portal.view_topic", "portal.add_topic", "portal.change_topic"),
    )  # fmt: skip
