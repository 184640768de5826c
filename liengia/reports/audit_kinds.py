"""The kinds of audit entries that this room writes."""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext_lazy as _

from liengia.audit.kinds import Kind, register

_NONE: Final = "Holds no personal data: unit, period, section, counts and fingerprints."


def register_all() -> None:
    """Register every kind; called from `AppConfig.ready`."""
    for code, label in (
        ("begun", _("report begun")),
        ("changed", _("report changed")),
        ("counted", _("report counted anew")),
        ("discarded", _("draft of a report thrown away")),
        ("published", _("report published")),
        ("corrected", _("report corrected")),
        ("target_set", _("target set")),
        ("target_dropped", _("target dropped")),
        ("size_kept", _("size of a unit entered")),
        ("safety_registered", _("registered for the safety standard")),
        ("safety_assessed", _("assessed for the safety standard")),
        ("safety_decided", _("result of the safety standard")),
        ("criterion_kept", _("criterion of safety entered")),
    ):
        register(Kind(f"reports.{code}", label=label, erase=_NONE))
