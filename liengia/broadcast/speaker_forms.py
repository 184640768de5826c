"""Forms of the loudspeakers' pages."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from liengia.audit.office import day_input
from liengia.broadcast.models import (
    MobileRound,
    Recording,
    RecordingState,
    RotaTurn,
    SpeakerCluster,
    SpeakerProgramme,
)
from liengia.core import clock
from liengia.organisations.models import Organisation, OrganisationKind
from liengia.units.models import Unit


class ClusterForm(forms.ModelForm[SpeakerCluster]):
    """A cluster."""

    class Meta:
        model = SpeakerCluster
        fields: ClassVar = ["unit", "name", "place", "make", "volume", "is_on", "webhook_url"]

    def __init__(self, commune: Unit, *args: Any, **options: Any) -> None:
        """Offer the commune and its hamlets."""
        super().__init__(*args, **options)
        self.fields["make"].help_text = _("Our player is a small box that runs “liengia speaker”. By hand: somebody plays the file and ticks it here.")
        self.fields["webhook_url"].help_text = _("Only for another make that takes orders by itself; its supplier gives the address.")
        self.fields["is_on"].help_text = _("Switched off it plays nothing, not even an alarm.")
        field = self.fields["unit"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = Unit.objects.below(commune).current().filter(level__in=("commune", "hamlet")).order_by("level", "code")


class RecordingForm(forms.Form):
    """A file, or a text to be spoken."""

    title = forms.CharField(label=_("Title"), max_length=120)
    file = forms.FileField(
        label=_("Recording"), required=False, help_text=_("WAV, MP3, OGG, FLAC or M4A, at most 15 minutes and 40 MB. Silence at both ends is cut, the loudness set.")
    )
    spoken_text = forms.CharField(
        label=_("Or a text to be spoken"), required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("Numbers, dates, telephone numbers and abbreviations are read as a person reads them."),
    )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        """Want one of the two."""
        data = super().clean() or {}
        if bool(data.get("file")) == bool(str(data.get("spoken_text", "")).strip()):
            raise forms.ValidationError(_("Choose a file, or write a text: one of the two."))
        return data


class ProgrammeForm(forms.ModelForm[SpeakerProgramme]):
    """A programme."""

    class Meta:
        model = SpeakerProgramme
        fields: ClassVar = ["title", "police", "youth_union", "plan", "starts_on", "ends_on", "when", "written_by", "checked_by", "recorded_by", "note"]
        widgets: ClassVar = {"starts_on": day_input(), "ends_on": day_input(), "note": forms.Textarea(attrs={"rows": 3})}

    def __init__(self, commune: Unit, *args: Any, **options: Any) -> None:
        """Offer the commune's police and mass organisations; a new one begins today."""
        super().__init__(*args, **options)
        if self.instance.pk is None:
            self.initial.setdefault("starts_on", clock.today())
        here = Organisation.objects.current().filter(unit__in=Unit.objects.below(commune)).order_by("name")
        for name, kinds in (("police", (OrganisationKind.POLICE, OrganisationKind.POLICE_POST)), ("youth_union", (OrganisationKind.MASS_ORGANISATION,))):
            field = self.fields[name]
            assert isinstance(field, forms.ModelChoiceField)
            field.queryset = here.filter(kind__in=kinds)


class TurnForm(forms.ModelForm[RotaTurn]):
    """A turn of the youth team."""

    class Meta:
        model = RotaTurn
        fields: ClassVar = ["on", "team", "task"]
        widgets: ClassVar = {"on": day_input()}

    def __init__(self, *args: Any, **options: Any) -> None:
        """Begin with today."""
        super().__init__(*args, **options)
        self.initial.setdefault("on", clock.today())


class RoundForm(forms.ModelForm[MobileRound]):
    """A round by motorbike."""

    class Meta:
        model = MobileRound
        fields: ClassVar = ["on", "route", "team", "recording", "is_done", "note"]
        widgets: ClassVar = {"on": day_input()}

    def __init__(self, unit: Unit, *args: Any, **options: Any) -> None:
        """Begin with today; offer the commune's recordings."""
        super().__init__(*args, **options)
        self.initial.setdefault("on", clock.today())
        field = self.fields["recording"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = ready_recordings(unit)


def ready_recordings(unit: Unit) -> Any:
    """Return the recordings of a unit that can be played."""
    return Recording.objects.filter(unit=unit, state=RecordingState.READY, removed_at=None)
