"""Kinds of entries of this room; none of them holds personal data: what a page says stands in its revisions."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from liengia.audit.kinds import Kind, register

_NONE = "Holds no personal data: addresses of pages."


def register_own() -> None:
    """Add them; called from `AppConfig.ready`."""
    for code, label in (
        ("portal.opened", _("portal of a commune opened")),
        ("portal.published", _("page published")),
        ("portal.withdrawn", _("page taken down")),
        ("portal.submitted", _("page sent for approval")),
        ("portal.approved", _("page approved")),
        ("portal.sent_back", _("page sent back to its writer")),
        ("portal.mended", _("slips of writing mended")),
        ("portal.taken_back", _("page taken back by its writer")),
    ):
        register(Kind(code, label=label, erase=_NONE))
