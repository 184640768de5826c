"""The form of a feed of outside warnings."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _


class FeedForm(forms.Form):
    """Whose feed it is, where it stands, and whether it is looked at."""

    name = forms.CharField(label=_("Whose warnings"), max_length=120)
    url = forms.CharField(label=_("Web address of the feed"), max_length=500, help_text=_("An https address of a CAP feed, for example of the weather service or the province."))
    is_on = forms.BooleanField(label=_("Look at it every five minutes"), required=False)
