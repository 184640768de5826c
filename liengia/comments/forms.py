"""The readers' form with its signed time, the report of a comment, and the moderator's decision."""

from __future__ import annotations

import secrets
from datetime import timedelta
from typing import Any, Final

from django import forms
from django.core import signing
from django.utils.translation import gettext_lazy as _

from liengia.comments.models import LONGEST, LONGEST_NAME, Reason, Rule, Thread

SALT: Final = "comments.form"
# Nobody reads a page and writes a sentence in less; programmes do.
SOONEST: Final = timedelta(seconds=3)
LATEST: Final = timedelta(hours=24)


class CommentForm(forms.Form):
    """A comment: the text, a name if one likes, and what keeps programmes out without a riddle.

    `seal` holds the thread and a number of this form under our signature, with the time at which it was drawn; the
    time is compared and thrown away. `website` is not seen by people: what fills it in is no person.
    """

    text = forms.CharField(
        label=_("Your comment"), widget=forms.Textarea(attrs={"rows": 4, "data-max": LONGEST}), max_length=20_000,
        error_messages={"required": _("Nothing is written yet.")},
    )
    name = forms.CharField(
        label=_("Name"), help_text=_("Left empty it says “Guest”."), required=False, max_length=400,
        widget=forms.TextInput(attrs={"autocomplete": "nickname", "maxlength": LONGEST_NAME * 3}),
    )  # fmt: skip
    parent = forms.CharField(required=False, max_length=10, widget=forms.HiddenInput)
    seal = forms.CharField(max_length=300, widget=forms.HiddenInput, required=False)
    website = forms.CharField(required=False, max_length=200, widget=forms.TextInput(attrs={"tabindex": "-1", "autocomplete": "off"}))

    def __init__(self, *args: Any, thread: Thread, is_named: bool = False, parent: str = "", **kwargs: Any) -> None:
        """Draw the form of a thread; somebody signed in writes under their own name."""
        kwargs["auto_id"] = "yk_%s"
        super().__init__(*args, **kwargs)
        self.thread = thread
        if is_named:
            del self.fields["name"]
        if not self.is_bound:
            self.initial = {"seal": seal(thread), "parent": parent}

    def clean(self) -> dict[str, Any]:
        """Refuse what no person sends: the hidden field, a form that is too quick or too old, or another page's."""
        data = super().clean() or {}
        if data.get("website"):
            raise forms.ValidationError(_("Leave the field that says so empty, then send again."), code="trap")
        form_id = opened(str(data.get("seal", "")), self.thread)
        data["form_id"] = form_id
        return data

    def renew(self) -> None:
        """Give a form that comes back with an error a fresh seal, so that it can be sent again."""
        self.data = {**{name: self.data.get(name, "") for name in self.fields}, "seal": seal(self.thread)}


def seal(thread: Thread) -> str:
    """Return the signed number of a form that is drawn now."""
    return signing.TimestampSigner(salt=SALT).sign(f"{thread.public_id}.{secrets.token_hex(16)}")


def opened(sealed: str, thread: Thread) -> str:
    """Return the number of a form.

    Raises:
        ValidationError: not our seal, another thread's, drawn less than three seconds or more than a day ago.
    """
    signer = signing.TimestampSigner(salt=SALT)
    try:
        value = signer.unsign(sealed, max_age=LATEST)
    except signing.SignatureExpired:
        raise forms.ValidationError(_("The page stood open for long. What you wrote is still here: send it again."), code="old") from None
    except signing.BadSignature:
        raise forms.ValidationError(_("The form came without its seal. What you wrote is still here: send it again."), code="seal") from None
    thread_id, _dot, form_id = value.partition(".")
    if thread_id != thread.public_id:
        raise forms.ValidationError(_("This form is another page's. What you wrote is still here: send it again."), code="seal")
    try:
        signer.unsign(sealed, max_age=SOONEST)
    except signing.SignatureExpired:
        return form_id
    raise forms.ValidationError(_("That was very quick. What you wrote is still here: send it again."), code="quick")


class FlagForm(forms.Form):
    """Why a reader reports a comment."""

    reason = forms.ChoiceField(label=_("What is wrong with it?"), choices=Reason.choices, widget=forms.RadioSelect)


class OfficialForm(forms.Form):
    """An answer in the name of an office."""

    text = forms.CharField(label=_("Answer"), widget=forms.Textarea(attrs={"rows": 4, "data-max": LONGEST}), max_length=20_000)
    office = forms.CharField(label=_("Signed by (office)"), max_length=120)
    parent = forms.CharField(required=False, max_length=10, widget=forms.HiddenInput)


class DecisionForm(forms.Form):
    """A moderator's decision; a refusal has a reason that the writer reads."""

    verb = forms.ChoiceField(choices=[(one, one) for one in ("publish", "refuse", "remove", "uphold", "keep")])
    reason = forms.ChoiceField(label=_("Reason"), choices=[("", _("Choose a reason")), *Reason.choices], required=False)
    words = forms.CharField(label=_("Words to the writer"), max_length=300, required=False)


class RuleForm(forms.ModelForm[Rule]):
    """A commune's rule."""

    class Meta:
        model = Rule
        fields = ["unit", "who", "is_moderated_first"]

    def _get_validation_exclusions(self) -> set[str]:
        """Let a commune be given again: its rule is changed, not doubled."""
        return {*super()._get_validation_exclusions(), "unit"}  # type: ignore[misc]
