"""The office's forms of the dated tables: base salaries, rates of reward money, rights to decide."""

from __future__ import annotations

from typing import Any, ClassVar, Final

from django import forms

from liengia.audit.office import day_input
from liengia.commendations.models import BaseSalary, DecisionRight, RewardRate
from liengia.core.typed_fields import DayField, MoneyField


class _DatedForm(forms.ModelForm[Any]):
    """A row of a dated table."""

    def validate_constraints(self) -> None:
        """Leave them to the service, which says them in words."""

    class Meta:
        widgets: Final = {"valid_from": day_input(), "valid_to": day_input()}


class SalaryForm(_DatedForm):
    """A base salary."""

    class Meta(_DatedForm.Meta):
        model = BaseSalary
        field_classes: ClassVar = {"amount_vnd": MoneyField, "valid_from": DayField, "valid_to": DayField}
        fields = ("amount_vnd", "valid_from", "valid_to", "source", "is_unsure")


class RateForm(_DatedForm):
    """A rate of reward money."""

    class Meta(_DatedForm.Meta):
        model = RewardRate
        field_classes: ClassVar = {"step_vnd": MoneyField, "valid_from": DayField, "valid_to": DayField}
        fields = ("award", "level", "recipient", "coefficient", "step_vnd", "rounding", "valid_from", "valid_to", "source", "is_unsure")


class RightForm(_DatedForm):
    """A right to decide."""

    class Meta(_DatedForm.Meta):
        model = DecisionRight
        fields = ("award", "level", "valid_from", "valid_to", "source", "is_unsure")
