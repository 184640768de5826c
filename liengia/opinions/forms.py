"""The public forms: filing, the code, and what a writer does by it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any, Final

from django import forms
from django.core import signing
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from liengia.core.errors import Invalid
from liengia.core.geo import Point
from liengia.core.images import EncodedImage, reencode
from liengia.opinions import codes, officials, services
from liengia.opinions.models import HeldPhoto, Kind, OfficialsTo, OpinionRules, Satisfaction, Topic
from liengia.units.models import Unit

SOONEST_S: Final = 3
LATEST: Final = timedelta(days=2)
_signer = signing.TimestampSigner(salt="opinions.form")


def new_ticket(code: str = "") -> str:
    """Return a form's ticket: its code and the instant, signed; it is stored nowhere."""
    return _signer.sign(code or codes.new_code())


class PhotosInput(forms.ClearableFileInput):
    """An input for several pictures."""

    allow_multiple_selected = True


class PhotosField(forms.FileField):
    """Several pictures, each made anew from its points; the first error in plain words."""

    def clean(self, data: Any, initial: Any = None) -> list[EncodedImage]:
        """Return clean pictures.

        Raises:
            ValidationError: one is no picture, or too large, or they are too many.
        """
        files: Sequence[UploadedFile[bytes]] = [one for one in data or () if one]
        if len(files) > services.MOST_PHOTOS:
            raise ValidationError(_("At most five pictures can be sent."), code="photos_many")
        try:
            return [reencode(one) for one in files]
        except Invalid as error:
            raise ValidationError(str(error), code=error.detail_code) from None


class OfficerForm(forms.Form):
    """Whom it concerns, when it concerns an officer, and who is to handle it; left empty it concerns none."""

    officer = forms.ChoiceField(label=_("Officer, by office"), required=False)
    officer_words = forms.CharField(label=_("Who, or which office"), max_length=200, required=False)
    officials_to = forms.ChoiceField(
        label=_("Who handles it?"), required=False, choices=[("", _("Either of the two")), *OfficialsTo.choices], widget=forms.RadioSelect, initial=""
    )

    def __init__(self, *args: Any, commune: Unit, **kwargs: Any) -> None:
        """Offer the commune's posts by their titles."""
        super().__init__(*args, **kwargs)
        self.commune = commune
        self._posts = {post.key: post for post in officials.posts(commune)}
        titles = [(key, post.title) for key, post in self._posts.items()]
        self.fields["officer"].choices = [("", _("None, or one who is not in this list")), *titles]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any] | None:
        """Ask whom it concerns when only who handles it was chosen."""
        data = super().clean()
        if not self._names_somebody and (self.cleaned_data.get("officials_to") or self.data.get("about_officials")):
            self.add_error("officer_words", _("Say whom it concerns: choose the office, or write it."))
        return data

    @property
    def _names_somebody(self) -> bool:
        return bool(self.cleaned_data.get("officer") or self.cleaned_data.get("officer_words", "").strip())

    @property
    def concern(self) -> dict[str, Any]:
        """What a draft takes of it."""
        data = self.cleaned_data
        post = self._posts.get(data.get("officer", ""))
        words = [post.title if post else "", data.get("officer_words", "").strip()]
        return {
            "about_officials": self._names_somebody,
            "officers": post.holders if post else (),
            "officer_words": ". ".join(filter(None, words)),
            "officials_to": data.get("officials_to", "") if self._names_somebody else "",
        }


class OpinionForm(OfficerForm):
    """What a writer fills in; every error keeps what was typed."""

    kind = forms.ChoiceField(label=_("You want to"), choices=Kind.choices, initial=Kind.REPORT, widget=forms.RadioSelect)
    text = forms.CharField(
        label=_("What it is about"),
        max_length=services.LONGEST_TEXT,
        widget=forms.Textarea(attrs={"rows": 6}),
        error_messages={"required": _("There are no words yet. Write what happened.")},
    )
    place_words = forms.CharField(
        label=_("Where"),
        max_length=services.LONGEST_PLACE,
        error_messages={"required": _("There is no place yet. Write the road, the lane or the hamlet.")},
    )
    hamlet = forms.ModelChoiceField(
        label=_("Hamlet"), queryset=Unit.objects.none(), required=False, empty_label=_("I am not sure")
    )
    topic = forms.ModelChoiceField(
        label=_("Topic of the opinion"), queryset=Topic.objects.none(), required=False, empty_label=_("Let the commune sort it")
    )
    photos = PhotosField(label=_("Photos"), required=False, widget=PhotosInput(attrs={"accept": "image/jpeg,image/png,image/webp"}))
    contact = forms.ChoiceField(
        label=_("Whom does the commune contact?"),
        choices=[("named", _("Let the commune know a name and a phone number")), ("anonymous", _("Anonymous"))],
        initial="anonymous",
        widget=forms.RadioSelect,
    )
    contact_name = forms.CharField(label=_("Name"), max_length=120, required=False)
    contact_phone = forms.CharField(label=_("Phone"), max_length=30, required=False)
    lat = forms.FloatField(required=False, min_value=-90, max_value=90, widget=forms.HiddenInput)
    lon = forms.FloatField(required=False, min_value=-180, max_value=180, widget=forms.HiddenInput)
    about = forms.CharField(required=False, widget=forms.HiddenInput)
    website = forms.CharField(required=False, label=_("Leave this empty"), widget=forms.TextInput(attrs={"tabindex": "-1", "autocomplete": "off"}))
    ticket = forms.CharField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, commune: Unit, rules: OpinionRules, hamlets: Any, **kwargs: Any) -> None:
        """Offer what the commune offers; without anonymous ones there is no choice of contact."""
        super().__init__(*args, commune=commune, **kwargs)
        self.rules, self.code = rules, ""
        self.fields["hamlet"].queryset = hamlets  # type: ignore[attr-defined]
        self.fields["topic"].queryset = Topic.objects.all().of(commune)  # type: ignore[attr-defined]
        if not rules.allows_anonymous:
            del self.fields["contact"]

    def _held(self) -> list[HeldPhoto]:
        try:
            code = _signer.unsign(self.data.get("ticket", ""))
        except signing.BadSignature:
            return []
        return services.held_photos(code)

    def clean(self) -> dict[str, Any] | None:
        """Say when a picture that was to be kept is gone: they are held for a day. What was filed with it already is sent twice."""
        data = super().clean()
        gone = "photos" in self.fields and len(self._kept()) < len(self._wanted())
        if gone and not (self.code and services.filed_before(self.code)):
            self.add_error("photos", _("The photos were kept for a day only, and are gone. Choose them again."))
        return data

    def clean_website(self) -> str:
        """Refuse what only a machine fills in."""
        if self.cleaned_data.get("website"):
            raise ValidationError(_("Leave this field empty, then send again."), code="honeypot")
        return ""

    def clean_ticket(self) -> str:
        """Return the form's code.

        Raises:
            ValidationError: sent sooner than anybody types, after two days, or not by a form of ours.
        """
        ticket = str(self.cleaned_data["ticket"])
        try:
            code = _signer.unsign(ticket, max_age=LATEST)
        except signing.SignatureExpired:
            raise ValidationError(_("This form was open for long. It is valid again now: send it once more."), code="late") from None
        except signing.BadSignature:
            raise ValidationError(_("This form is not valid any more. Send it once more."), code="ticket") from None
        self.code = code
        if self._age_s(ticket) < SOONEST_S:
            raise ValidationError(_("That was quick. Look it over once more, then send."), code="soon")
        return code

    @staticmethod
    def _age_s(ticket: str) -> float:
        try:
            _signer.unsign(ticket, max_age=SOONEST_S)
        except signing.SignatureExpired:
            return SOONEST_S
        return 0.0

    def next_ticket(self) -> str:
        """Return a ticket for the form shown again: of the same code, and with the instant at which it was first shown."""
        ticket = str(self.data.get("ticket", ""))
        try:
            code = _signer.unsign(ticket)
        except signing.BadSignature:
            return new_ticket()
        try:
            _signer.unsign(ticket, max_age=LATEST)
        except signing.SignatureExpired:
            return new_ticket(code)
        return ticket

    def hold(self) -> list[HeldPhoto]:
        """Keep the good pictures of a form that has another error; return what is held."""
        try:
            code = _signer.unsign(str(self.data.get("ticket", "")))
        except signing.BadSignature:
            return []
        if self.is_bound and "held" in self.data:
            services.drop_held(code, self._kept())
        return services.hold_photos(code, self.cleaned_data.get("photos") or [])

    def _wanted(self) -> set[str]:
        return set(self.data.getlist("keep"))  # type: ignore[attr-defined]

    def _kept(self) -> list[int]:
        wanted = self._wanted()
        return [one.pk for one in self._held() if str(one.pk) in wanted]

    def draft(self) -> services.Draft:
        """Return what was written, with the pictures that were held before those chosen now."""
        data = self.cleaned_data
        kept = set(self._kept())
        held = [
            EncodedImage(bytes(one.data or b""), "image/webp", one.width, one.height) for one in self._held() if one.pk in kept
        ]
        has_point = data.get("lat") is not None and data.get("lon") is not None
        return services.Draft(
            commune=self.commune,
            text=data["text"],
            kind=data["kind"],
            place_words=data["place_words"],
            hamlet=data.get("hamlet"),
            point=Point(data["lat"], data["lon"]) if has_point else None,
            topic=data.get("topic"),
            is_anonymous=data.get("contact") == "anonymous",
            contact_name=data.get("contact_name", ""),
            contact_phone=data.get("contact_phone", ""),
            about=data.get("about", ""),
            **self.concern,
            photos=[*held, *(data.get("photos") or [])],
        )


class CodeForm(forms.Form):
    """The private code."""

    code = forms.CharField(
        label=_("Private code"),
        max_length=60,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}),
        error_messages={"required": _("Type the code of your slip.")},
    )


class WordsForm(forms.Form):
    """A reply, or why it is to be opened again."""

    words = forms.CharField(max_length=services.LONGEST_TEXT, widget=forms.Textarea(attrs={"rows": 4}))


class RatingForm(forms.Form):
    """What the writer thinks of the answer."""

    satisfaction = forms.ChoiceField(label=_("Are you satisfied?"), choices=Satisfaction.choices, widget=forms.RadioSelect)
    words = forms.CharField(label=_("In a few words"), max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 3}))


class HelperForm(OfficerForm):
    """What a helper writes down for somebody without a phone: few fields, the paper's number, a code made beforehand."""

    kind = forms.ChoiceField(label=_("It is a"), choices=Kind.choices, initial=Kind.REPORT, widget=forms.RadioSelect)
    text = forms.CharField(
        label=_("Their words"), max_length=services.LONGEST_TEXT, widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": _("There are no words yet. Write what happened.")},
    )  # fmt: skip
    place_words = forms.CharField(label=_("Where"), max_length=services.LONGEST_PLACE)
    hamlet = forms.ModelChoiceField(label=_("Hamlet"), queryset=Unit.objects.none(), required=False)
    contact_name = forms.CharField(label=_("Name of the writer"), max_length=120, required=False)
    contact_phone = forms.CharField(label=_("Phone"), max_length=30, required=False)
    slip_number = forms.CharField(label=_("Number of the paper slip"), max_length=40, required=False)
    code = forms.CharField(max_length=60, widget=forms.HiddenInput)

    def __init__(self, *args: Any, hamlets: Any, **kwargs: Any) -> None:
        """Offer the commune's hamlets."""
        super().__init__(*args, **kwargs)
        self.fields["hamlet"].queryset = hamlets  # type: ignore[attr-defined]

    def draft(self) -> services.Draft:
        """Return what was written down; without a name it is anonymous."""
        data = self.cleaned_data
        return services.Draft(
            commune=self.commune, text=data["text"], kind=data["kind"], place_words=data["place_words"], hamlet=data["hamlet"],
            is_anonymous=not data["contact_name"].strip(), contact_name=data["contact_name"], contact_phone=data["contact_phone"],
            **self.concern,
        )  # fmt: skip
