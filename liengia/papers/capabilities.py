"""What may be allowed in this room."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from liengia.people import capabilities

DRAFT, ISSUE, WORDING, BRIEF = "papers.draft", "papers.issue", "papers.wording", "papers.brief"


def register_all() -> None:
    """Register the capabilities; called from `AppConfig.ready`."""
    admins = ("commune_admin", "area_admin")
    writers = ("commune_editor", "commune_approver", "commune_chairman", "front_officer", "specialist", *admins)
    capabilities.register(DRAFT, _("Draft official papers, and read those that are issued"), shipped_to=writers)
    capabilities.register(ISSUE, _("Issue and revoke official papers"), shipped_to=("commune_approver", "commune_chairman", "commune_admin"))
    capabilities.register(
        WORDING, _("Change the wordings of papers, issuers and number books"), shipped_to=admins,
        permissions=tuple(f"papers.{verb}_issuer" for verb in ("view", "add", "change")),
    )  # fmt: skip
    capabilities.register(BRIEF, _("Read the month's brief for the chairman"), shipped_to=("commune_chairman", "commune_approver", *admins))
