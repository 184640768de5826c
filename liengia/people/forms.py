"""Forms of the room's pages."""

from __future__ import annotations

from datetime import time, timedelta
from typing import Any

from allauth.account.forms import LoginForm
from allauth.core.internal.cryptokit import normalize_user_code
from allauth.mfa import app_settings
from allauth.mfa.adapter import get_adapter
from allauth.mfa.base.forms import AuthenticateForm, BaseAuthenticateForm, ReauthenticateForm
from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn.forms import AddWebAuthnForm
from django import forms
from django.contrib.auth.password_validation import validate_password
from django.core.cache import cache
from django.utils.translation import gettext_lazy as _

from liengia.core.fields import parse_phone
from liengia.core.text import nfc
from liengia.people import policies
from liengia.people.models import DutyPost, DutyShift, Household, KitItem, Role, User
from liengia.people.services import KitLine, PhoneLine, accounts
from liengia.people.services.duty import at_local
from liengia.units.models import Unit

PHONE_ROWS = 5
KIT_ROWS = 8


class PhoneInput(forms.CharField):
    """A phone in any usual writing; E.164 comes out."""

    def __init__(self, **kwargs: Any) -> None:
        """Ask for digits on a phone's keyboard."""
        kwargs.setdefault("max_length", 24)
        kwargs.setdefault("widget", forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "tel"}))
        super().__init__(**kwargs)

    def clean(self, value: Any) -> str:
        """Return E.164, or nothing."""
        text = super().clean(value)
        return parse_phone(text) if text else ""


class JoinForm(forms.Form):
    """Who joins: a name is enough."""

    full_name = forms.CharField(
        label=_("Your full name"), max_length=120, widget=forms.TextInput(attrs={"autocomplete": "name"})
    )
    phone = PhoneInput(
        label=_("Phone"),
        required=False,
        help_text=_(
            "You may leave it out. It becomes your name for signing in, and the group may call it in an alarm."
        ),
    )

    def clean_full_name(self) -> str:
        """Return the name in the one form that is stored."""
        return nfc(self.cleaned_data["full_name"]).strip()


class PinForm(forms.Form):
    """Six digits."""

    pin = forms.CharField(
        label=_("PIN, 6 digits"),
        max_length=6,
        widget=forms.PasswordInput(
            attrs={
                "inputmode": "numeric",
                "autocomplete": "current-password",
                "pattern": "[0-9]{6}",
                "maxlength": 6,
            }
        ),
    )


class BindForm(PinForm):
    """A new PIN, twice, and what this phone is called."""

    again = forms.CharField(
        label=_("The same PIN again"),
        max_length=6,
        widget=forms.PasswordInput(
            attrs={"inputmode": "numeric", "autocomplete": "new-password", "maxlength": 6}
        ),
    )
    label = forms.CharField(
        label=_("Name of this phone"),
        max_length=80,
        required=False,
        help_text=_("For example: the red phone."),
    )

    def clean(self) -> dict[str, Any]:
        """Compare the two."""
        data = super().clean() or {}
        if data.get("pin") and data.get("again") and data["pin"] != data["again"]:
            self.add_error("again", _("The two PINs differ. Type the same six digits in both."))
        return data


class PasskeyForm(AddWebAuthnForm):  # type: ignore[misc]
    """A passkey that opens the account by itself, unless one says otherwise; without a password it has to."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Tick the box, and keep it ticked where the key is the only way in."""
        super().__init__(*args, **kwargs)
        self.fields["passwordless"].initial = True
        self.fields["passwordless"].disabled = not self.user.has_usable_password()


class _CodeOnce(BaseAuthenticateForm):  # type: ignore[misc]
    """A code of an app is good once, for as long as it is accepted (RFC 6238, section 5.2); allauth's own mark lasts one period."""

    def clean_code(self) -> str:
        """Refuse a code that this account has used; count a wrong one, and refuse all after too many."""
        if accounts.are_codes_locked(self.user):
            raise get_adapter().validation_error("codes_locked")
        try:
            code = str(super().clean_code())
        except forms.ValidationError as error:
            if error.code == "incorrect_code":
                accounts.note_wrong_code(self.user)
            raise
        accounts.note_right_code(self.user)
        if self.authenticator.type == Authenticator.Type.TOTP:
            accepted_s = app_settings.TOTP_PERIOD * (2 * app_settings.TOTP_TOLERANCE + 1)
            if not cache.add(f"people.code:{self.user.pk}:{normalize_user_code(code)}", True, timeout=accepted_s):
                raise get_adapter().validation_error("incorrect_code")
        return code


class CodeForm(_CodeOnce, AuthenticateForm):  # type: ignore[misc]
    """The second factor at sign-in."""


class CodeAgainForm(_CodeOnce, ReauthenticateForm):  # type: ignore[misc]
    """The second factor before something that matters."""


class OfficePasswordForm(forms.Form):
    """The first password of somebody who works for the commune."""

    password = forms.CharField(
        label=_("Password, at least 10 characters"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def __init__(self, *args: Any, user: User | None = None, **kwargs: Any) -> None:
        """Keep whose it is, for the comparison with the name."""
        super().__init__(*args, **kwargs)
        self.user = user

    def clean_password(self) -> str:
        """Refuse a weak one."""
        password: str = self.cleaned_data["password"]
        validate_password(password, self.user)
        return password


class AccountForm(forms.ModelForm[User]):
    """What one says of oneself."""

    phone = PhoneInput(label=_("Phone"), required=False)

    class Meta:
        """Own name, phone, e-mail."""

        model = User
        fields = ["full_name", "phone", "email"]


class HouseholdForm(forms.ModelForm[Household]):
    """Where a house is and how help gets there."""

    class Meta:
        """All that may be corrected."""

        model = Household
        fields = [
            "house_label",
            "head_name",
            "kind",
            "address_label",
            "landmark",
            "lane_width_m",
            "truck_meets_at",
            "water_source",
            "lat",
            "lon",
        ]
        help_texts = {
            "house_label": _("Short, as it stands on the sheet. For example: House 9."),
            "landmark": _("What a driver sees: the temple gate, the yellow shop."),
            "lane_width_m": _("A fire engine needs about 3.5 m."),
            "truck_meets_at": _("For example: mouth of lane 42, in front of the coffee shop."),
            "water_source": _("For example: hydrant at number 30; the canal behind the house."),
        }
        labels = {"lat": _("Latitude"), "lon": _("Longitude")}

    def clean(self) -> dict[str, Any]:
        """Take both coordinates or none."""
        data = super().clean() or {}
        if (data.get("lat") is None) != (data.get("lon") is None):
            self.add_error("lon", _("Write both coordinates, or neither."))
        return data


class PhoneRow(forms.Form):
    """One number of a household."""

    phone = PhoneInput(label=_("Phone"), required=False)
    name = forms.CharField(label=_("Whose"), max_length=80, required=False)
    relation = forms.CharField(label=_("In the household"), max_length=40, required=False)


class KitRow(forms.Form):
    """One line of kit."""

    kind = forms.ChoiceField(label=_("What"), choices=[("", "—"), *KitItem.Kind.choices], required=False)
    count = forms.IntegerField(label=_("How many"), min_value=1, max_value=99, initial=1, required=False)
    expires_on = forms.DateField(
        label=_("Good until"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )


PhoneRows = forms.formset_factory(PhoneRow, extra=0, min_num=PHONE_ROWS, max_num=12)
KitRows = forms.formset_factory(KitRow, extra=0, min_num=KIT_ROWS, max_num=20)


def phone_lines(rows: Any) -> list[PhoneLine]:
    """Return what was filled in, in order."""
    return [PhoneLine(**row) for row in rows.cleaned_data if row.get("phone")]


def kit_lines(rows: Any) -> list[KitLine]:
    """Return what was filled in."""
    return [
        KitLine(row["kind"], row.get("count") or 1, row.get("expires_on"))
        for row in rows.cleaned_data
        if row.get("kind")
    ]


class RoomsForm(forms.Form):
    """Rooms of a boarding house, one a line."""

    rooms = forms.CharField(
        label=_("Rooms, one a line"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 8}),
    )


class NeedForm(forms.Form):
    """Who needs help to get out, with the family's consent."""

    text = forms.CharField(
        label=_("Who needs help, and with what"),
        max_length=400,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_(
            "For example: one person in a wheelchair, ground floor, back room. No name of an illness."
        ),
    )
    how = forms.CharField(
        label=_("Who agreed, and how"),
        max_length=160,
        help_text=_("For example: the eldest son, spoken, at home."),
    )
    agrees = forms.BooleanField(
        label=_(
            "The family agrees that this is shown to the neighbours of their group and the duty officer while an alarm of"
            " their house is open, and at no other time."
        )
    )


class ShiftForm(forms.Form):
    """One shift: a person, a day, from when to when; an end before the beginning is the next day."""

    user = forms.ModelChoiceField(label=_("Who"), queryset=User.objects.none())
    role = forms.ChoiceField(label=_("Duty"), choices=DutyShift.Role.choices)
    day = forms.DateField(label=_("Day"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    begins = forms.TimeField(
        label=_("Begins"), initial=time(7), widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
    )
    ends = forms.TimeField(
        label=_("Ends"),
        initial=time(7),
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        help_text=_("An hour at or before the beginning means the next day."),
    )

    def __init__(self, *args: Any, post: DutyPost, **kwargs: Any) -> None:
        """Offer the duty staff of the post's commune."""
        super().__init__(*args, **kwargs)
        field = self.fields["user"]
        if isinstance(field, forms.ModelChoiceField):
            field.queryset = policies.holders("people.duty", post.unit)

    def clean(self) -> dict[str, Any]:
        """Turn day and hours into instants."""
        data = super().clean() or {}
        day, begins, ends = data.get("day"), data.get("begins"), data.get("ends")
        if day and begins and ends:
            last = day if ends > begins else day + timedelta(days=1)
            data["starts_at"], data["ends_at"] = at_local(day, begins), at_local(last, ends)
        return data


class HandoverForm(forms.Form):
    """To whom, and what they should know."""

    to_user = forms.ModelChoiceField(label=_("Who takes over"), queryset=User.objects.none())
    note = forms.CharField(
        label=_("What the next shift should know"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
    )

    def __init__(self, *args: Any, post: DutyPost, giver: User, **kwargs: Any) -> None:
        """Offer the duty staff but oneself."""
        super().__init__(*args, **kwargs)
        field = self.fields["to_user"]
        if isinstance(field, forms.ModelChoiceField):
            field.queryset = policies.holders("people.duty", post.unit).exclude(pk=giver.pk)


class SignInForm(LoginForm):  # type: ignore[misc]
    """Allauth's form without its link to a reset by e-mail, which we do not have."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Leave the words to our template."""
        super().__init__(*args, **kwargs)
        for name in ("login", "password"):
            self.fields[name].help_text = ""
            self.fields[name].widget.attrs.pop("placeholder", None)


class NewAccountForm(forms.Form):
    """Somebody who works for the commune or in a hamlet, with a first role."""

    full_name = forms.CharField(label=_("Full name"), max_length=120)
    username = forms.CharField(
        label=_("Sign-in name"), max_length=150, help_text=_("A phone number, an e-mail address, or a word.")
    )
    phone = PhoneInput(label=_("Phone"), required=False)
    role = forms.ModelChoiceField(label=_("Role"), queryset=Role.objects.all())
    unit = forms.ModelChoiceField(label=_("Where"), queryset=Unit.objects.none())
    until = forms.DateField(
        label=_("Last day"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )

    def __init__(self, *args: Any, keeper: User, **kwargs: Any) -> None:
        """Offer the units that the keeper keeps."""
        super().__init__(*args, **kwargs)
        self.keeper = keeper
        roots = [unit.pk for unit in policies.units_where(keeper, "people.accounts")]
        field = self.fields["unit"]
        if isinstance(field, forms.ModelChoiceField):
            field.queryset = Unit.objects.current().below_any(roots).order_by("code")

    def clean(self) -> dict[str, Any]:
        """Refuse a role that the keeper may not give, and turn the last day into an instant."""
        data = super().clean() or {}
        role, unit = data.get("role"), data.get("unit")
        if role and unit and not policies.may_give(self.keeper, role, unit):
            self.add_error("role", _("Only who may change roles gives this one."))
        if data.get("until"):
            data["valid_to"] = at_local(data["until"] + timedelta(days=1), time.min)
        return data


class GiveRoleForm(NewAccountForm):
    """A further role for an account that stands."""

    full_name = username = phone = None  # type: ignore[assignment]


class EraseForm(forms.Form):
    """Why a household's data is deleted."""

    reason = forms.CharField(label=_("Why"), max_length=200)
    sure = forms.BooleanField(label=_("I know that this cannot be undone."))
