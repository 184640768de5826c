"""What may be allowed in this room; roles get them as data."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from liengia.people import capabilities

MODERATE = "comments.moderate"
ANSWER = "comments.answer_officially"
RULES = "comments.rules"


def register_all() -> None:
    """Register the capabilities; called from `AppConfig.ready`."""
    admins = ("commune_admin", "area_admin")
    office = ("commune_editor", "commune_approver", *admins)
    capabilities.register(MODERATE, _("Read, publish and refuse readers' comments"), shipped_to=office)
    capabilities.register(ANSWER, _("Answer readers' comments in the name of the office"), shipped_to=office)
    capabilities.register(
        RULES,
        _("Set who may comment"),
        shipped_to=admins,
        permissions=("comments.view_rule", "comments.add_rule", "comments.change_rule"),
    )
