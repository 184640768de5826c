"""What the duty officer types: reasons, notes, answers by telephone, devices to set apart, filters."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import Case, When
from django.utils.translation import gettext_lazy as _

from liengia.alarms.models import (
    AnswerKind,
    Device,
    DeviceKind,
    GroupHousehold,
    Incident,
    IncidentState,
    Kind,
    Mode,
)
from liengia.alarms.services.incidents import DISMISS_REASONS, NOTE_MOST

APART_MINUTES = (
    (5, _("5 minutes")),
    (15, _("15 minutes")),
    (30, _("30 minutes")),
    (60, _("1 hour")),
    (480, _("8 hours")),
)


class IncidentForm(forms.Form):
    """A form about one incident."""

    def __init__(self, *args: Any, incident: Incident, **kwargs: Any) -> None:
        """Keep the incident, for fields that choose among its houses or devices."""
        super().__init__(*args, **kwargs)
        self.incident = incident


class ResolveForm(IncidentForm):
    """The end of an incident."""

    note = forms.CharField(
        label=_("Short note"),
        max_length=NOTE_MOST,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("What it was, what was done. It stands in the report."),
    )


class DismissForm(IncidentForm):
    """A mistaken alarm, with its reason."""

    reason = forms.ChoiceField(
        label=_("Reason"),
        choices=[("", _("Choose a reason")), *DISMISS_REASONS.items()],
        error_messages={"required": _("Choose why it was a mistake. Nothing was changed.")},
    )
    note = forms.CharField(label=_("Short note"), max_length=NOTE_MOST, required=False)


class NoteForm(IncidentForm):
    """A note in the timeline."""

    text = forms.CharField(
        label=_("Note"),
        max_length=NOTE_MOST,
        error_messages={"required": _("The note is empty. Write what happened, then save.")},
    )


class AnswerForm(IncidentForm):
    """What a house said by telephone."""

    house = forms.ChoiceField(
        label=_("Which house"), error_messages={"required": _("Choose the house that you called.")}
    )
    kind = forms.ChoiceField(
        label=_("What they say"),
        choices=AnswerKind.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose one of the three answers.")},
    )
    minutes = forms.IntegerField(
        label=_("Minutes until they are there"), required=False, min_value=0, max_value=600
    )
    note = forms.CharField(label=_("Short note"), max_length=200, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Offer the houses of the group, by their seats."""
        super().__init__(*args, **kwargs)
        places = (
            GroupHousehold.objects.active().filter(group=self.incident.group_id).select_related("household")
        )
        self.places = {str(place.seat): place for place in places.order_by("seat")}
        self.fields["house"].choices = [  # type: ignore[attr-defined]
            (seat, f"{seat} · {place.household}") for seat, place in self.places.items()
        ]


class ApartForm(IncidentForm):
    """A device that disturbs, set apart for some minutes."""

    device = forms.ModelChoiceField(
        label=_("Device"),
        queryset=Device.objects.none(),
        to_field_name="public_id",
        empty_label=_("Choose a device"),
        error_messages={"required": _("Choose the device. Nothing was changed.")},
    )
    minutes = forms.TypedChoiceField(label=_("For how long"), choices=APART_MINUTES, coerce=int, initial=15)
    reason = forms.CharField(label=_("Reason"), max_length=200, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Offer what can press in the group, those that pressed in this incident first."""
        super().__init__(*args, **kwargs)
        pressed = Case(When(pk__in=self.incident.presses.values("device"), then=0), default=1)
        buttons = Device.objects.active().filter(group=self.incident.group_id).exclude(kind=DeviceKind.SIREN)
        devices = buttons.order_by(pressed, "household__house_label").select_related("household")
        field = self.fields["device"]
        field.queryset = devices  # type: ignore[attr-defined]
        field.label_from_instance = device_words  # type: ignore[attr-defined]


def device_words(device: Device) -> str:
    """Return a device as people know it: what it is, in which house, where it hangs."""
    where = device.household.house_label if device.household else ""
    return " · ".join(part for part in (str(device.get_kind_display()), where, device.place) if part)


class CallForm(IncidentForm):
    """The tick that somebody has called an emergency number."""

    number = forms.RegexField(label=_("Number"), regex=r"^\+?[0-9 .]{3,16}$")


class HistoryFilter(forms.Form):
    """What the history shows."""

    since = forms.DateField(label=_("From"), required=False, widget=forms.DateInput(attrs={"type": "date"}))
    until = forms.DateField(label=_("Until"), required=False, widget=forms.DateInput(attrs={"type": "date"}))
    mode = forms.ChoiceField(label=_("Mode"), required=False, choices=[("", _("All")), *Mode.choices])
    kind = forms.ChoiceField(label=_("Kind"), required=False, choices=[("", _("All")), *Kind.choices])
    state = forms.ChoiceField(
        label=_("State"), required=False, choices=[("", _("All")), *IncidentState.choices]
    )
    place = forms.CharField(label=_("Hamlet or group"), required=False, max_length=80)
