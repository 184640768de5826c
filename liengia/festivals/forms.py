"""The room's forms: a guest's answer, what a phone tells, and the office's."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from liengia.festivals.models import Answer, EventKind, FestivalDay, GuestInvitation, ProgrammeItem, Whose
from liengia.festivals.services.guests import LONGEST_WORDS, MOST_PEOPLE
from liengia.festivals.services.live import LONGEST_KEY, Told
from liengia.festivals.services.live import MOST_PEOPLE as MOST_CAME


class AnswerForm(forms.Form):
    """A guest's answer; `seen` is how many answers the page had seen."""

    comes = forms.ChoiceField(label=_("Do you come?"), choices=[(Answer.COMES, _("Yes, we come")), (Answer.CANNOT, _("No, we cannot come"))], widget=forms.RadioSelect)
    people = forms.IntegerField(label=_("How many come"), min_value=0, max_value=MOST_PEOPLE, required=False)
    words = forms.CharField(label=_("Words to the organisers"), max_length=LONGEST_WORDS, required=False, help_text=_("For example: who comes in whose place."))
    seen = forms.IntegerField(widget=forms.HiddenInput, min_value=0)

    def __init__(self, *args: Any, guest: GuestInvitation, **options: Any) -> None:
        """Begin with the answer that stands."""
        options["initial"] = _as_it_stands(guest)
        super().__init__(*args, **options)

    def show(self, guest: GuestInvitation) -> None:
        """Show what stands now instead of what was typed, which was refused: it was about an older answer or another date."""
        self.data = _as_it_stands(guest)


def _as_it_stands(guest: GuestInvitation) -> dict[str, Any]:
    told = guest.answer != Answer.NONE
    return {"comes": guest.answer if told else "", "people": guest.people or 1, "words": guest.words, "seen": guest.answered}


class ToldForm(forms.Form):
    """What a phone tells of a day."""

    key = forms.CharField(max_length=LONGEST_KEY, min_length=8)
    kind = forms.ChoiceField(choices=EventKind.choices)
    item = forms.CharField(max_length=10, required=False)
    number = forms.IntegerField(
        required=False, min_value=0, max_value=MOST_CAME, error_messages={"invalid": _("Write how many people in digits, for example 320. Nothing was sent.")}
    )
    words = forms.CharField(required=False, max_length=300)
    rows = forms.CharField(required=False, max_length=10_000)
    whose = forms.ChoiceField(choices=Whose.choices, required=False)
    people = forms.CharField(required=False, max_length=20_000)
    age_s = forms.FloatField(required=False)
    after = forms.CharField(max_length=LONGEST_KEY, required=False)
    is_sure = forms.BooleanField(required=False)
    picture = forms.FileField(required=False, max_length=200)
    agreed = forms.BooleanField(required=False)

    def __init__(self, *args: Any, day: FestivalDay, **options: Any) -> None:
        """Know the day's items."""
        super().__init__(*args, **options)
        self.day = day

    def clean_item(self) -> ProgrammeItem | None:
        """Find the item in the day."""
        key = self.cleaned_data["item"]
        if not key:
            return None
        found = ProgrammeItem.objects.filter(day=self.day, public_id=key).select_related("day").first()
        if found is None:
            raise forms.ValidationError(_("This item is no longer in the programme."))
        return found

    @property
    def told(self) -> Told:
        """Return what was told."""
        data = self.cleaned_data
        return Told(data["key"], data["kind"], data["item"], data["number"], data["words"], data["age_s"] or 0.0, data["after"], data["is_sure"])
