"""What may be allowed in this room."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from liengia.people import capabilities

KEEP, COUNCIL, DECIDE, HAND_OUT, TABLES = (
    "commendations.keep", "commendations.council", "commendations.decide", "commendations.hand_out", "commendations.tables",
)  # fmt: skip
DATED = ("basesalary", "rewardrate", "decisionright")


def register_all() -> None:
    """Register the capabilities; called from `AppConfig.ready`."""
    admins = ("commune_admin", "area_admin")
    heads = ("commune_approver", "commune_chairman")
    register = capabilities.register
    register(KEEP, _("Keep nominations for commendations, print certificates"), shipped_to=("commune_editor", "front_officer", *heads, *admins))
    register(COUNCIL, _("Keep the sessions and votes of the council for commendations"), shipped_to=("commune_editor", *heads, *admins))
    register(DECIDE, _("Sign decisions of commendation, revoke them and certificates"), shipped_to=(*heads, "commune_admin"))
    register(HAND_OUT, _("Mark certificates as handed out"), shipped_to=("commune_editor", "front_officer", "hamlet_head", *heads, *admins))
    register(
        TABLES, _("Keep the dated tables of reward money and rights to decide"), shipped_to=("area_admin",),
        permissions=tuple(f"commendations.{verb}_{model}" for model in DATED for verb in ("view", "add", "change")),
    )  # fmt: skip
