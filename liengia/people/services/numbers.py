"""Emergency numbers: the national ones are shipped as dated rows, the commune writes its own."""

from __future__ import annotations

from datetime import date
from typing import Final

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from liengia.people.models import EmergencyNumber

_OF_OLD: Final = date(2000, 1, 1)
# The order is that of the alarm pages: fire first.
NATIONAL: Final = (
    ("114", _("Fire and rescue"), 10, _OF_OLD, "Luật 55/2024/QH15"),
    ("113", _("Police"), 20, _OF_OLD, ""),
    ("115", _("Ambulance"), 30, _OF_OLD, ""),
    ("112", _("Search and rescue, disasters"), 40, date(2025, 9, 15), "Thủ tướng, 15/9/2025"),
    ("111", _("Child protection"), 50, _OF_OLD, ""),
)


@transaction.atomic
def ensure_national_numbers() -> int:
    """Make the national numbers that never stood; one that an administrator ended stays ended."""
    made = 0
    for number, label, order, since, source in NATIONAL:
        if not EmergencyNumber.objects.filter(unit=None, number=number).exists():
            EmergencyNumber.objects.create(
                number=number, label=str(label), order=order, valid_from=since, source=source
            )
            made += 1
    return made
