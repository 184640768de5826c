"""The one form of the room: a room of a commune, on or off."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from liengia.units import services
from liengia.units.models import RoomSwitch


class RoomSwitchForm(forms.ModelForm[RoomSwitch]):
    """Choose commune and room by their words; the service keeps one row for each pair."""

    room = forms.ChoiceField(
        label=_("room"),
        help_text=_("Units, institutions and people cannot be off in one commune: the other rooms stand on them."),
    )

    class Meta:
        model = RoomSwitch
        fields = ("unit", "room", "is_on")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Offer the rooms that can be off."""
        super().__init__(*args, **kwargs)
        self.fields["room"].choices = services.room_choices()  # type: ignore[attr-defined]

    def _get_validation_exclusions(self) -> set[str]:
        """Let a pair be given again: it is switched, not doubled."""
        return {*super()._get_validation_exclusions(), "unit"}  # type: ignore[misc]
