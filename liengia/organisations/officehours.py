"""Office hours and days off as dated data, of the nation or of one unit; `workdays` computes with them."""

from __future__ import annotations

from typing import ClassVar, Final

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from liengia.core.fields import NameField
from liengia.units.models import Unit

WEEKDAYS: Final = (
    (0, _("Monday")), (1, _("Tuesday")), (2, _("Wednesday")), (3, _("Thursday")), (4, _("Friday")), (5, _("Saturday")), (6, _("Sunday")),
)  # fmt: skip

class OfficeHours(models.Model):
    """One session of one weekday (0 is Monday), of the nation or of a unit, in local time, from a day to a day.

    A unit with sessions of its own on a day uses only these; otherwise those of the unit above, at last the nation's.
    """

    unit = models.ForeignKey(
        Unit, models.CASCADE, null=True, blank=True, related_name="office_hours", verbose_name=_("unit")
    )
    weekday = models.PositiveSmallIntegerField(_("weekday"), help_text=_("0 is Monday, 6 Sunday."))
    opens = models.TimeField(_("opens"))
    closes = models.TimeField(_("closes"))
    valid_from = models.DateField(_("holds from"), null=True, blank=True)
    valid_to = models.DateField(_("ended on"), null=True, blank=True, help_text=_("The first day without it."))
    source = NameField(_("source"), max_length=200, blank=True)

    IMPERSONAL: ClassVar = {"source"}

    class Meta:
        verbose_name = _("office hours")
        verbose_name_plural = _("office hours")
        ordering: ClassVar = ["weekday", "opens"]
        default_permissions = ("view", "add", "change")
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(opens__lt=F("closes")), name="office_closes_after_it_opens"),
            models.CheckConstraint(condition=Q(weekday__lte=6), name="office_weekday_is_one_of_seven"),
        ]

    def __str__(self) -> str:
        """Return weekday and session."""
        return f"{self.weekday_name}: {self.opens:%H:%M} - {self.closes:%H:%M}"

    @property
    def weekday_name(self) -> str:
        """The weekday in words."""
        return str(WEEKDAYS[self.weekday][1])


class SpecialDay(models.Model):
    """A day on which the office is closed (a holiday, Tết, a flood), or works although it is a weekend (a swap).

    Of the nation (no unit) or of a unit and all below it; a unit's own word beats the one from above.
    """

    unit = models.ForeignKey(
        Unit, models.CASCADE, null=True, blank=True, related_name="special_days", verbose_name=_("unit")
    )
    on = models.DateField(_("day"), db_index=True)
    name = NameField(_("name"), max_length=120)
    is_working = models.BooleanField(
        _("the office works"), default=False, help_text=_("A weekend day worked in exchange; otherwise the office is closed.")
    )
    is_provisional = models.BooleanField(
        _("provisional"), default=False,
        help_text=_("Reckoned ahead of the year's decision (Labour Code 2019, article 112, clause 3). Correct it when that has come."),
    )  # fmt: skip
    source = NameField(_("source"), max_length=200, blank=True)

    IMPERSONAL: ClassVar = {"name", "source"}

    class Meta:
        verbose_name = _("holiday or swapped day")
        verbose_name_plural = _("holidays and swapped days")
        ordering: ClassVar = ["-on"]
        default_permissions = ("view", "add", "change", "delete")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["unit", "on"], name="special_day_is_told_once_a_unit"),
            models.UniqueConstraint(
                fields=["on"], condition=Q(unit__isnull=True), name="special_day_is_told_once_of_the_nation"
            ),
        ]

    def __str__(self) -> str:
        """Return day and name."""
        return f"{self.on:%d/%m/%Y} {self.name}"
