"""A choice of units in which no two look alike: hamlets with their commune, those that have ended with their parent and last day."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext as _

from liengia.units.models import Level, Unit


def label(unit: Unit) -> str:
    """Return "Ấp 3, xã Cần Đước"; of one that has ended "Xã Long Sơn, huyện Cần Đước (until 30/06/2025)"."""
    words = unit.place_name
    above = unit.parent
    if unit.level == Level.COMMUNE and above is not None and above.level != Level.PROVINCE:
        words = f"{words}, {above.kind.lower()} {above.name}"
    if unit.valid_to is not None and not unit.is_current:
        return _("%(name)s (until %(day)s)") % {"name": words, "day": f"{unit.valid_to - timedelta(days=1):%d/%m/%Y}"}
    return words


class UnitChoiceField(forms.ModelChoiceField[Unit]):
    """One unit."""

    def __init__(self, queryset: Any = None, **options: Any) -> None:
        """Offer nothing until the form knows whose units."""
        super().__init__(queryset=Unit.objects.none() if queryset is None else queryset, **options)

    def label_from_instance(self, obj: Any) -> str:
        """Tell it apart."""
        return label(obj)


class UnitsChoiceField(forms.ModelMultipleChoiceField[Unit]):
    """Several units."""

    def __init__(self, queryset: Any = None, **options: Any) -> None:
        """Offer nothing until the form knows whose units."""
        super().__init__(queryset=Unit.objects.none() if queryset is None else queryset, **options)

    def label_from_instance(self, obj: Any) -> str:
        """Tell it apart."""
        return label(obj)
