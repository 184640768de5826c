"""The kinds of audit entries that this room writes."""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext_lazy as _

from liengia.audit.kinds import Kind, register

_NONE: Final = "Holds no personal data: kind, number, day and the fingerprints of the files; the reason is about the paper."


def register_all() -> None:
    """Register every kind; called from `AppConfig.ready`."""
    for code, label in (
        ("issuer_kept", _("issuer of papers set")),
        ("signatory_kept", _("signatory of papers set")),
        ("wording_changed", _("wording of a paper changed")),
        ("wording_restored", _("wording of a paper given back to the shipped one")),
        ("book_opened", _("number book set")),
        ("drafted", _("paper drafted")),
        ("draft_changed", _("draft of a paper changed")),
        ("draft_discarded", _("draft of a paper thrown away")),
        ("issued", _("paper issued")),
        ("revoked", _("paper revoked")),
    ):
        register(Kind(f"papers.{code}", label=label, erase=_NONE))
