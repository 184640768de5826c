"""The form of consents: a row of kinds a channel, nothing ticked at first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy as _

KINDS: Final = (
    ("alarm", _("Alarm of my neighbours, drills")),
    ("alert", _("Warnings: storm, flood, fire, fraud")),
    ("notice", _("Notices of the commune")),
    ("reminder", _("Reminders")),
    ("law", _("Law and prevention")),
)


def _kinds(label: Any, help_text: Any) -> forms.MultipleChoiceField:
    return forms.MultipleChoiceField(label=label, help_text=help_text, choices=KINDS, required=False, widget=forms.CheckboxSelectMultiple)


class ConsentForm(forms.Form):
    """What somebody wants by SMS, by a call, by e-mail."""

    sms = _kinds(_("By SMS"), _("Short messages to your phone. The commune pays for them."))
    voice = _kinds(_("By a call"), _("A machine calls and reads the message; press 1 to say that you heard it. Rings at night only for an alarm."))
    email = _kinds(_("By e-mail"), _("Each message has a link to end it."))

    def __init__(self, standing: Mapping[str, Sequence[str]], offered: Sequence[str], *args: Any, **kwargs: Any) -> None:
        """Begin with what stands; a channel that is not offered is no field, so that sending the form changes nothing of it."""
        super().__init__(*args, **{**kwargs, "initial": dict(standing)})
        # No alarm goes by e-mail: it is too slow.
        self.fields["email"].choices = KINDS[1:]  # type: ignore[attr-defined]
        for name in set(self.fields) - set(offered):
            del self.fields[name]
