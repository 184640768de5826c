"""The gallery: every component in every tone, for those who build pages and for the tests of the look."""

from __future__ import annotations

from datetime import timedelta
from types import SimpleNamespace

from django import forms
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from liengia.core import clock
from liengia.core.views import for_everybody

TONES = [
    ("info", "info-circle", _("For information")),
    ("attn", "alert-circle", _("Needs a look")),
    ("danger", "flame", _("Danger")),
    ("drill", "flag-2", _("Drill")),
    ("safe", "shield-check", _("Safe")),
]


class SampleForm(forms.Form):
    """A form with each kind of field, as the pages have them."""

    name = forms.CharField(label=_("Name"), required=False, help_text=_("As on the board at the door."))
    phone = forms.CharField(label=_("Phone number"))
    words = forms.CharField(label=_("Your words"), widget=forms.Textarea, max_length=500, required=False)
    kind = forms.ChoiceField(
        label=_("What is the matter?"),
        widget=forms.RadioSelect,
        initial="fire",
        choices=[
            ("fire", _("Fire")),
            ("intruder", _("Burglar")),
            ("medical", _("First aid")),
            ("help", _("Need help")),
        ],
    )
    kit = forms.MultipleChoiceField(
        label=_("What do you bring?"),
        widget=forms.CheckboxSelectMultiple,
        required=False,
        choices=[("powder", _("Powder extinguisher")), ("crowbar", _("Crowbar")), ("ladder", _("Ladder"))],
    )
    hamlet = forms.ChoiceField(
        label=_("Hamlet"),
        choices=[("", _("Choose a hamlet")), ("5", "Khu phố 5"), ("lang", "Ấp Lăng")],
        required=False,
    )
    agrees = forms.BooleanField(
        label=_("The family agrees that neighbours are told in an alarm"), required=False
    )

    def clean_phone(self) -> str:
        """Refuse a number that lacks a digit, as the real field does."""
        digits = "".join(c for c in self.cleaned_data["phone"] if c.isdigit())
        if len(digits) != 10:
            raise forms.ValidationError(_("This number lacks a digit. For example: 0900 000 007."))
        return digits


@for_everybody
@require_GET
def components(request: HttpRequest) -> HttpResponse:
    """Show every component."""
    now = clock.now()
    context = {
        "tones": TONES,
        "form": SampleForm(),
        "wrong": SampleForm({"wrong-phone": "0900 000 00"}, prefix="wrong"),
        "since": now - timedelta(minutes=2, seconds=14),
        "numbers": [
            SimpleNamespace(number=number, label=label)
            for number, label in (
                ("113", _("Police")),
                ("114", _("Fire brigade")),
                ("115", _("Ambulance")),
                ("02723000113", _("Commune duty post")),
            )
        ],
        "page": Paginator(range(120), 10).page(2),
        "houses": range(1, 16),
        "sounds": [
            ("real", _("Real alarm")),
            ("drill", _("Drill")),
            ("test", _("Bell test")),
            ("console", _("Duty console")),
        ],
    }
    return render(request, "core/gallery.html", context)
