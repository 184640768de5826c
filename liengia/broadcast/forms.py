"""The office's forms: a bulletin, a ready text, an emergency from a template, the rules of a commune's voice."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy as _

from liengia.audit.office import day_input
from liengia.broadcast import audiences, channels, files, schedule, wording
from liengia.broadcast.models import (
    Bulletin,
    Event,
    Kind,
    Priority,
    ReadyText,
    Recording,
    RecordingState,
    Repeats,
    VoiceRules,
)
from liengia.broadcast.models.bulletins import LONGEST_HEADLINE, LONGEST_SHORT, LONGEST_SPOKEN, LONGEST_TEXT
from liengia.core import clock
from liengia.core.errors import Invalid
from liengia.people.models import Role
from liengia.units.models import Unit

WEEKDAYS: Final = [(1, _("Monday")), (2, _("Tuesday")), (3, _("Wednesday")), (4, _("Thursday")), (5, _("Friday")), (6, _("Saturday")), (7, _("Sunday"))]


def _area(rows: int, **attrs: Any) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows, **attrs})


def channel_choices(unit: Unit) -> list[tuple[str, Any]]:
    """Return the channels for the editor's choice, in the order of their names for people; each says what is not set up yet for the unit."""
    found = [(one.name, f"{one.label} ({missing})" if (missing := one.missing(unit.pk)) else one.label) for one in channels.every().values()]
    return sorted(found, key=lambda pair: str(pair[1]))


class BulletinForm(forms.Form):
    """A bulletin of one unit; what a draft may still lack is asked for when it is handed in."""

    kind = forms.ChoiceField(label=_("Kind of bulletin"), choices=Kind)
    priority = forms.ChoiceField(
        label=_("Priority"), choices=Priority, initial=Priority.NORMAL,
        help_text=_("An emergency (storm, fire, epidemic) goes out at once, in quiet hours too. Source: Circular 39/2020/TT-BTTTT."),
    )  # fmt: skip
    headline = forms.CharField(label=_("Headline"), max_length=LONGEST_HEADLINE)
    text = forms.CharField(label=_("Text"), max_length=LONGEST_TEXT, required=False, widget=_area(8), help_text=_("Needed, unless a recording is chosen below."))
    short_text = forms.CharField(
        label=_("Short text"), max_length=LONGEST_SHORT, required=False, widget=_area(2),
        help_text=_("For SMS and the phone's notification. Left empty, the headline goes out."),
    )  # fmt: skip
    spoken_text = forms.CharField(
        label=_("Spoken text"), max_length=LONGEST_SPOKEN, required=False, widget=_area(4),
        help_text=_("For the loudspeaker and the phone call. Left empty, headline and text are read out."),
    )  # fmt: skip
    recording = forms.ChoiceField(label=_("Own recording for the loudspeakers"), required=False, help_text=_("Played instead of the spoken text."))
    picture = forms.FileField(label=_("Picture"), required=False, help_text=_("JPEG, PNG or WebP, at most 10 MB. What the camera wrote into it is taken out."))
    without_picture = forms.BooleanField(label=_("Take the picture out"), required=False)
    event = forms.ChoiceField(label=_("What an alert is about"), choices=Event, required=False)
    issuing_body = forms.CharField(
        label=_("Who issued the warning"), max_length=200, required=False,
        help_text=_("Storms, floods, drought and epidemics are warned of by a body that the law names; the commune passes it on."),
    )  # fmt: skip
    issuing_number = forms.CharField(label=_("Number of the warning"), max_length=80, required=False)
    names_a_person = forms.BooleanField(label=_("It names a private person"), required=False)
    legal_basis = forms.CharField(label=_("Legal basis for naming them"), max_length=250, required=False)
    areas = forms.ModelMultipleChoiceField(label=_("For whom"), queryset=Unit.objects.none(), required=False, widget=forms.CheckboxSelectMultiple)
    groups = forms.MultipleChoiceField(label=_("Neighbour groups"), required=False, widget=forms.CheckboxSelectMultiple)
    roles = forms.MultipleChoiceField(label=_("And those who hold an office there"), required=False, widget=forms.CheckboxSelectMultiple)
    channels = forms.MultipleChoiceField(label=_("Channels"), required=False, widget=forms.CheckboxSelectMultiple)
    is_public = forms.BooleanField(label=_("Also on the public page of announcements"), required=False, initial=True)
    repeats = forms.ChoiceField(label=_("Goes out"), choices=Repeats, initial=Repeats.ONCE)
    first_on = forms.DateField(label=_("On, or from"), required=False, widget=day_input(), help_text=_("Left empty: at once, when it is approved."))
    at_time = forms.TimeField(label=_("At"), required=False, widget=forms.TimeInput(attrs={"type": "time"}))
    weekdays = forms.TypedMultipleChoiceField(label=_("On these weekdays"), choices=WEEKDAYS, coerce=int, required=False, widget=forms.CheckboxSelectMultiple)
    lunar_days = forms.CharField(label=_("On these days of the lunar month"), required=False, max_length=60, help_text=_("For example: 1, 15."))
    until_on = forms.DateField(label=_("Holds until"), required=False, widget=day_input(), help_text=_("The last day, to its end."))

    SECTIONS: Final = (
        (_("What it says"), ("kind", "priority", "headline", "text", "short_text", "spoken_text", "recording", "picture", "without_picture")),
        (_("For whom, by which ways"), ("areas", "groups", "roles", "channels", "is_public")),
        (_("When"), ("repeats", "first_on", "at_time", "weekdays", "lunar_days", "until_on")),
        (_("Alerts and named persons"), ("event", "issuing_body", "issuing_number", "names_a_person", "legal_basis")),
    )

    def __init__(self, unit: Unit, *args: Any, bulletin: Bulletin | None = None, text: ReadyText | None = None, **options: Any) -> None:
        """Offer the unit's hamlets, groups, offices and channels; begin from a draft or a ready text."""
        if bulletin is not None:
            options["initial"] = _initial(bulletin)
        else:
            said = {name: getattr(text, name) for name in ("kind", "event", "headline", "text", "short_text", "spoken_text")} if text is not None else {}
            # The usual case: the whole commune; who wants less unticks it. A province or district chooses by itself.
            options["initial"] = {"areas": [unit.pk] if unit.level == "commune" else [], **said}
        super().__init__(*args, **options)
        self.unit, self.bulletin = unit, bulletin
        below = Unit.objects.below(unit).current().exclude(level="self_managed_group").order_by("level", "code")
        self.fields["areas"].queryset = below if unit.level == "commune" else below.exclude(level="hamlet")  # type: ignore[attr-defined]
        self.fields["groups"].choices = audiences.group_choices(unit)  # type: ignore[attr-defined]
        self.fields["roles"].choices = [(role.code, role.label) for role in Role.objects.exclude(code="resident")]  # type: ignore[attr-defined]
        self.fields["channels"].choices = channel_choices(unit)  # type: ignore[attr-defined]
        ready = Recording.objects.filter(unit=unit, state=RecordingState.READY, removed_at=None)
        self.fields["recording"].choices = [("", _("none: the text is read out")), *ready.values_list("public_id", "title")]  # type: ignore[attr-defined]
        if not self.fields["groups"].choices:  # type: ignore[attr-defined]
            del self.fields["groups"]
        if bulletin is None or not bulletin.picture:
            del self.fields["without_picture"]
        if bulletin is not None and bulletin.follows_id is not None:
            for name in ("channels", "areas", "roles", "repeats", "weekdays", "lunar_days", "groups"):
                self.fields.pop(name, None)

    def sections(self) -> Iterable[tuple[Any, list[forms.BoundField]]]:
        """Yield the form's parts with their fields."""
        for title, names in self.SECTIONS:
            fields = [self[name] for name in names if name in self.fields]
            if fields:
                yield title, fields

    def clean_lunar_days(self) -> list[int]:
        """Read "1, 15" as numbers of days."""
        found = []
        for word in str(self.cleaned_data["lunar_days"]).replace(",", " ").split():
            if not word.isdecimal() or not 1 <= int(word) <= 30:
                raise forms.ValidationError(_("Days of the lunar month go from 1 to 30."))
            found.append(int(word))
        return sorted(set(found))

    def clean_first_on(self) -> date | None:
        """Refuse a day that no calendar reaches."""
        return _within_years(self.cleaned_data.get("first_on"))

    def clean_until_on(self) -> date | None:
        """Refuse a day that no calendar reaches."""
        return _within_years(self.cleaned_data.get("until_on"))

    def clean_picture(self) -> str:
        """Keep a clean copy; what cannot be read says so beside the field."""
        upload = self.cleaned_data.get("picture")
        if not upload:
            return self.bulletin.picture if self.bulletin is not None else ""
        try:
            return files.keep_picture(upload)
        except Invalid as error:
            raise forms.ValidationError(str(error)) from None

    def values(self) -> dict[str, Any]:
        """Return what the services take."""
        data = dict(self.cleaned_data)
        data.pop("areas", None)
        if data.pop("without_picture", False):
            data["picture"] = ""
        until = data.pop("until_on", None)
        data["expires_at"] = schedule.end_of(until) if until else None
        return data

    def units(self) -> list[Unit]:
        """Return the units that it is for."""
        if "areas" in self.fields:
            return list(self.cleaned_data["areas"])
        assert self.bulletin is not None
        return [area.unit for area in self.bulletin.areas.select_related("unit")]


def _within_years(day: date | None) -> date | None:
    if day is not None and day > clock.today() + schedule.LONGEST:
        raise forms.ValidationError(_("Ten years ahead at most."))
    return day


def _initial(bulletin: Bulletin) -> dict[str, Any]:
    names = (
        "kind", "priority", "headline", "text", "short_text", "spoken_text", "recording", "event", "issuing_body", "issuing_number", "names_a_person", "legal_basis",
        "groups", "roles", "channels", "is_public", "repeats", "first_on", "at_time", "weekdays",
    )  # fmt: skip
    found = {name: getattr(bulletin, name) for name in names}
    found["areas"] = list(bulletin.areas.values_list("unit_id", flat=True))
    found["lunar_days"] = ", ".join(str(day) for day in bulletin.lunar_days)
    found["until_on"] = schedule.last_day(bulletin.expires_at) if bulletin.expires_at else None
    return found


class ApproveForm(forms.Form):
    """The second person's word; with a private person named, a tick of its own."""

    naming = forms.BooleanField(label=_("I have looked at the legal basis for naming this person"), required=False)


class WordsForm(forms.Form):
    """Why something is sent back, or what a review found."""

    words = forms.CharField(label=_("What is to be changed"), max_length=500, required=False, widget=_area(3))


class WithdrawForm(forms.Form):
    """Why a bulletin is withdrawn."""

    why = forms.CharField(
        label=_("Why it is withdrawn"), max_length=250, help_text=_("It is told to all who may have got the first message."),
        error_messages={"required": _("Say why it is withdrawn: it stands beside it from now on.")},
    )  # fmt: skip
    hides_headline = forms.BooleanField(
        label=_("Do not repeat its headline"), required=False, help_text=_("When it names somebody. It leaves the public page as well."),
    )  # fmt: skip


class ReadyTextForm(forms.ModelForm):  # type: ignore[type-arg]
    """A prepared text; blanks stand in braces, as {place}."""

    class Meta:
        model = ReadyText
        fields = ("kind", "event", "headline", "text", "short_text", "spoken_text", "source", "as_of", "needs_check", "season", "may_be_sent_alone")
        widgets = {"text": _area(8), "short_text": _area(2), "spoken_text": _area(4), "as_of": day_input()}


class AloneForm(forms.Form):
    """An emergency by one alone: the template's blanks, where, and by which ways."""

    areas = forms.ModelMultipleChoiceField(label=_("For whom"), queryset=Unit.objects.none(), widget=forms.CheckboxSelectMultiple)
    channels = forms.MultipleChoiceField(label=_("Channels"), widget=forms.CheckboxSelectMultiple)
    names_nobody = forms.BooleanField(label=_("What I filled in names no private person"), required=False)

    def __init__(self, template: ReadyText, unit: Unit, *args: Any, **options: Any) -> None:
        """Ask for the template's blanks."""
        super().__init__(*args, **options)
        self.names = wording.blanks("\n".join((template.headline, template.text, template.short_text, template.spoken_text)))
        first = {f"blank_{n}": forms.CharField(label=name[:1].upper() + name[1:], max_length=80) for n, name in enumerate(self.names)}
        self.fields = {**first, **self.fields}
        self.fields["areas"].queryset = Unit.objects.below(unit).current().exclude(level="self_managed_group").order_by("level", "code")  # type: ignore[attr-defined]
        self.fields["channels"].choices = [one for one in channel_choices(unit) if not channels.every()[one[0]].is_manual]  # type: ignore[attr-defined]
        if not self.is_bound:
            self.initial = {"areas": [unit.pk], "channels": [name for name, _label in self.fields["channels"].choices if not channels.every()[name].missing(unit.pk)]}  # type: ignore[attr-defined]

    def blanks(self) -> dict[str, str]:
        """Return what was filled in, by the blanks' names."""
        return {name: self.cleaned_data.get(f"blank_{n}", "") for n, name in enumerate(self.names)}


class RulesForm(forms.ModelForm):  # type: ignore[type-arg]
    """Quiet hours, plays a day, training."""

    class Meta:
        model = VoiceRules
        fields = ("quiet_from", "quiet_to", "most_a_day", "is_training")
        widgets = {name: forms.TimeInput(attrs={"type": "time"}, format="%H:%M") for name in ("quiet_from", "quiet_to")}


class TextsFileForm(forms.Form):
    """Ready texts from a file that another commune shared."""

    file = forms.FileField(label=_("File"), help_text=_("As it was saved by “Save as a file”: JSON, at most 1 MB."))


def month_asked(raw: str) -> Any:
    """Return the first day of an asked month ("2026-11"), else of this one."""
    today = clock.today()
    try:
        year, number = (int(part) for part in raw.split("-"))
        return today.replace(year=year, month=number, day=1)
    except ValueError:
        return today.replace(day=1)
