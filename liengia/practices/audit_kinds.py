"""The kinds of audit entries that this room writes."""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext_lazy as _

from liengia.audit.kinds import Kind, register

_NONE: Final = "Holds no personal data: what a practice is, its days, its papers' numbers, counts."
_EXEMPLAR: Final = "Holds no name and no deed: the exemplar's number only; the row is erased when the agreement is taken back."


def register_all() -> None:
    """Register every kind; called from `AppConfig.ready`."""
    for code, label in (
        ("created", _("practice entered")),
        ("changed", _("practice changed")),
        ("started", _("practice begun")),
        ("ended", _("practice ended")),
        ("publication_asked", _("asked to show a practice to everybody")),
        ("published", _("practice shown to everybody")),
        ("hidden", _("practice taken from the public pages")),
        ("revised", _("practice revised")),
        ("replicated", _("practice replicated")),
        ("relinked", _("origin of a practice set")),
        ("material_added", _("file of a practice added")),
        ("material_removed", _("file of a practice taken away")),
        ("tied", _("counted figure of a practice added")),
        ("untied", _("counted figure of a practice taken away")),
        ("claimed", _("reported figure of a practice entered")),
        ("acted", _("act of a body entered")),
        ("asked", _("practice asked about")),
        ("answered", _("question about a practice answered")),
        ("reviewed", _("practice reviewed")),
        ("imported", _("practice taken from a file")),
        ("campaign_opened", _("campaign opened")),
        ("campaign_closed", _("campaign closed")),
        ("registered", _("registered in a campaign")),
        ("registration_reviewed", _("registration in a campaign reviewed")),
    ):
        register(Kind(f"practices.{code}", label=label, erase=_NONE))
    for code, label in (
        ("exemplar_entered", _("exemplar entered")),
        ("exemplar_consented", _("exemplar agreed to be named")),
        ("exemplar_withdrawn", _("exemplar took the agreement back, or was erased")),
    ):
        register(Kind(f"practices.{code}", label=label, erase=_EXEMPLAR))
