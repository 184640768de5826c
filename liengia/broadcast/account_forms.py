"""Forms around accounts: their frame, a test message, a price."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from liengia.audit.office import day_input, short
from liengia.broadcast import channels
from liengia.broadcast.capabilities import CONFIGURE
from liengia.core.fields import parse_phone
from liengia.units import scope
from liengia.units.models import Unit


class _Place(forms.ModelChoiceField[Unit]):
    """A unit by its short words."""

    def label_from_instance(self, obj: Any) -> str:
        """Return its short words."""
        return short(obj)


def units_for(user: Any) -> Any:
    """Return the units for which somebody may set channels up: communes that stand today, and above."""
    return scope.units_for(user, CONFIGURE).current().filter(level__in=("province", "district", "commune")).order_by("level", "code")


class FrameForm(forms.Form):
    """Whose account it is, and its name here."""

    unit = _Place(queryset=Unit.objects.none(), label=_("Commune, or unit above"))
    account_name = forms.CharField(label=_("Name of the account here"), max_length=80, help_text=_("For example: SMS, contract 12/2026"))

    def __init__(self, user: Any, *args: Any, **kwargs: Any) -> None:
        """Offer the reader's units."""
        super().__init__(*args, **kwargs)
        self.fields["unit"].queryset = units_for(user)  # type: ignore[attr-defined]


class TestForm(forms.Form):
    """Where a test message goes."""

    __test__ = False
    address = forms.CharField(label=_("Send a test to"), max_length=80, help_text=_("Your own phone; of a Zalo account, the number of a group."))

    def __init__(self, is_phone: bool, *args: Any, **kwargs: Any) -> None:
        """Ask for a phone, or for anything."""
        super().__init__(*args, **kwargs)
        self.is_phone = is_phone

    def clean_address(self) -> str:
        """Return a phone in E.164, or a group's number in letters and digits."""
        value = str(self.cleaned_data["address"]).strip()
        if self.is_phone:
            return parse_phone(value)
        if not value.isascii() or not value.replace("-", "").replace("_", "").isalnum():
            raise forms.ValidationError(_("A group's number holds letters and digits only."))
        return value


class CostForm(forms.Form):
    """What one piece costs from a day on."""

    unit = _Place(queryset=Unit.objects.none(), label=_("Commune, or unit above"))
    channel = forms.ChoiceField(label=_("Channel"))
    amount_vnd = forms.IntegerField(label=_("Dong for one message or call"), min_value=0, max_value=100_000)
    valid_from = forms.DateField(label=_("From"), widget=day_input())
    source = forms.CharField(label=_("Contract or source"), max_length=200)

    def __init__(self, user: Any, *args: Any, **kwargs: Any) -> None:
        """Offer the reader's units, and the channels that cost."""
        super().__init__(*args, **kwargs)
        self.fields["unit"].queryset = units_for(user)  # type: ignore[attr-defined]
        paid = [one for one in channels.every().values() if one.needs_account]
        self.fields["channel"].choices = [(one.name, one.label) for one in paid]  # type: ignore[attr-defined]
