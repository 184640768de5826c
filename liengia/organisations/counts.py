"""What other rooms may count of this one: places of worship as institutions, agreements in force."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from django.utils.translation import gettext_lazy as _

from liengia.core.counts import Count, register
from liengia.organisations.models import Agreement, Organisation, OrganisationKind


def register_all() -> None:
    """Register them; called from `AppConfig.ready`."""
    register(
        Count("organisations.worship", "organisations", _("places of worship that take part as institutions"), places_of_worship,
              _("Places of worship in the register of institutions on that day; nothing about their people is kept."))
    )  # fmt: skip
    register(
        Count("organisations.agreements", "organisations", _("coordination agreements in force"), agreements,
              _("Agreements in the register that are in force on that day."))
    )  # fmt: skip


def places_of_worship(unit_ids: Collection[int], day: date) -> int:
    """Count the places of worship that stand on a day."""
    return Organisation.objects.filter(unit__in=unit_ids).at(day).of_kind(OrganisationKind.PLACE_OF_WORSHIP).count()


def agreements(unit_ids: Collection[int], day: date) -> int:
    """Count the agreements in force on a day."""
    return Agreement.objects.filter(unit__in=unit_ids).at(day).count()
