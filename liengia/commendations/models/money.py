"""Dated tables: who may decide, the base salary, what an award brings. A date in none of them is refused."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from liengia.commendations.models.rounds import Award, RecipientKind
from liengia.core.fields import NameField
from liengia.units.models import Level, valid_on

if TYPE_CHECKING:
    from django.db.models.manager import Manager


class DatedQuerySet(models.QuerySet[models.Model]):
    """Reads of what holds from a day to a day."""

    def at(self, day: date) -> DatedQuerySet:
        """Rows that hold on a day."""
        return self.filter(valid_on(day))


class Dated(models.Model):
    """What holds from a day to a day, with its source; `is_unsure` says that it waits to be compared with the text of the law."""

    valid_from = models.DateField(_("holds from"), null=True, blank=True)
    valid_to = models.DateField(_("holds until"), null=True, blank=True, help_text=_("The first day without it."))
    source = NameField(_("source"), max_length=250, help_text=_("The law or decree with its article."))
    is_unsure = models.BooleanField(_("to be compared with the text of the law"), default=False)

    objects: ClassVar[Manager[models.Model] | DatedQuerySet] = DatedQuerySet.as_manager()

    class Meta:
        abstract = True

    @property
    def unsure_words(self) -> str:
        """What a list says of whether it waits to be compared."""
        return str(_("to be compared")) if self.is_unsure else "–"


def _ends_after_it_begins(name: str) -> models.CheckConstraint:
    return models.CheckConstraint(condition=Q(valid_from__isnull=True) | Q(valid_to__isnull=True) | Q(valid_from__lt=F("valid_to")), name=name)


class BaseSalary(Dated):
    """The base salary (lương cơ sở) of a time, in đồng."""

    amount_vnd = models.PositiveIntegerField(_("dong a month"))

    IMPERSONAL: ClassVar = {"source"}

    class Meta:
        verbose_name = _("base salary")
        verbose_name_plural = _("base salaries")
        ordering: ClassVar = ["-valid_from"]
        default_permissions = ("view", "add", "change")
        constraints: ClassVar = [_ends_after_it_begins("base_salary_ends_after_it_begins")]

    def __str__(self) -> str:
        """Return the amount."""
        return f"{self.amount_vnd:,}".replace(",", ".")


class RewardRate(Dated):
    """How many times the base salary an award brings, and how the product is rounded."""

    class Rounding(models.TextChoices):
        """Which way to the step."""

        UP = "up", _("up")
        NEAREST = "nearest", _("to the nearest")
        DOWN = "down", _("down")

    award = models.CharField(_("award"), max_length=12, choices=Award)
    level = models.CharField(_("level of who decides"), max_length=20, choices=Level)
    recipient = models.CharField(_("who"), max_length=12, choices=RecipientKind)
    coefficient = models.DecimalField(_("times the base salary"), max_digits=6, decimal_places=3)
    step_vnd = models.PositiveIntegerField(_("rounded to"), default=10_000)
    rounding = models.CharField(_("rounded"), max_length=8, choices=Rounding, default=Rounding.UP)

    IMPERSONAL: ClassVar = {"source"}

    class Meta:
        verbose_name = _("rate of reward money")
        verbose_name_plural = _("rates of reward money")
        ordering: ClassVar = ["-valid_from", "award", "level", "recipient"]
        default_permissions = ("view", "add", "change")
        constraints: ClassVar = [
            _ends_after_it_begins("reward_rate_ends_after_it_begins"),
            models.CheckConstraint(condition=Q(coefficient__gt=0) & Q(step_vnd__gt=0), name="reward_rate_is_above_nothing"),
        ]

    def __str__(self) -> str:
        """Return award, level, who and coefficient."""
        return f"{self.get_award_display()}, {self.get_level_display()}, {self.get_recipient_display()}: {self.coefficient.normalize():f}".replace(".", ",")


class DecisionRight(Dated):
    """Which level's head may give an award, and how that head is called on the paper."""

    award = models.CharField(_("award"), max_length=12, choices=Award)
    level = models.CharField(_("level"), max_length=20, choices=Level)

    IMPERSONAL: ClassVar = {"source"}

    class Meta:
        verbose_name = _("right to decide")
        verbose_name_plural = _("rights to decide")
        ordering: ClassVar = ["award", "level", "-valid_from"]
        default_permissions = ("view", "add", "change")
        constraints: ClassVar = [_ends_after_it_begins("decision_right_ends_after_it_begins")]

    def __str__(self) -> str:
        """Return award and level."""
        return f"{self.get_award_display()}: {self.get_level_display()}"
