"""Form fields that read amounts and days as an office writes them (`core.typed`)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from liengia.core import typed
from liengia.core.errors import Invalid


def said_back(form: forms.BaseForm) -> Iterator[str]:
    """Return in words how the amounts and days of a form were understood, where they could be said in more than one way."""
    for field in form.fields.values():
        if isinstance(heard := getattr(field, "heard", None), typed.Heard):
            yield from heard.words()


class MoneyField(forms.IntegerField):
    """An amount in dong: "2.340.000" or "2,34 triệu"."""

    widget = forms.TextInput

    def to_python(self, value: Any) -> int | None:
        """Read it.

        Raises:
            ValidationError: no amount, or one that can be read in two ways.
        """
        try:
            self.heard = typed.Heard()
            return typed.dong(value, heard=self.heard) if isinstance(value, str) else value
        except Invalid as error:
            raise ValidationError(str(error), code=error.detail_code) from error

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        """Offer letters and digits, without the arrows of a number field."""
        return {"inputmode": "text", "autocomplete": "off"}


class DayField(forms.DateField):
    """A day; "27/11" is the nearest one."""

    def to_python(self, value: Any) -> date | None:
        """Read it.

        Raises:
            ValidationError: no day, or one of two years.
        """
        if not isinstance(value, str) or not value.strip():
            return super().to_python(value)
        try:
            self.heard = typed.Heard()
            return typed.day(value, heard=self.heard)
        except Invalid as error:
            raise ValidationError(str(error), code=error.detail_code) from error
