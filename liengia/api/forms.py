"""What programs send: a query, and a report; and the form that makes a key."""

from __future__ import annotations

import re
from typing import Any, Final

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from liengia.api.queries import MOST_DAYS, MOST_ROWS, Asked, w3_day
from liengia.core.geo import Point
from liengia.opinions import queries as opinions
from liengia.opinions import services
from liengia.opinions.forms import PhotosField, PhotosInput
from liengia.opinions.models import Kind, OfficialsTo, Topic
from liengia.units.models import Unit

LONGEST: Final = 4000
_NUMBER: Final = re.compile(r"^[a-z0-9]{10}$", re.ASCII)
_CODE: Final = re.compile(r"^[\w-]{1,40}$", re.ASCII)
_YES: Final = frozenset({"yes", "true", "1"})


def _words(raw: str) -> list[str]:
    return [part.strip() for part in raw.split(",") if part.strip()]


class DayField(forms.CharField):
    """A date and time of the W3C's note, of which the local day is used."""

    def clean(self, value: Any) -> Any:
        """Return the day, or None.

        Raises:
            ValidationError: it is none, or has no zone.
        """
        raw = super().clean(value)
        try:
            return w3_day(raw) if raw else None
        except (ValueError, OverflowError):
            raise ValidationError(_("A date and time with its zone is expected, such as 2026-01-31T00:00:00+07:00.")) from None


class QueryForm(forms.Form):
    """The arguments of GET requests; an empty one is as none, as the standard says."""

    service_request_id = forms.CharField(required=False, max_length=12_000)
    service_code = forms.CharField(required=False, max_length=2000)
    start_date = DayField(required=False)
    end_date = DayField(required=False)
    status = forms.CharField(required=False, max_length=40)
    page = forms.IntegerField(required=False, min_value=1, max_value=100_000)
    page_size = forms.IntegerField(required=False, min_value=1, max_value=MOST_ROWS)

    def clean_status(self) -> frozenset[str]:
        """Return the statuses.

        Raises:
            ValidationError: one is neither open nor closed.
        """
        asked = frozenset(_words(self.cleaned_data["status"]))
        if not asked <= {"open", "closed"}:
            raise ValidationError(_("A status is open or closed."))
        return asked

    def clean(self) -> dict[str, Any] | None:
        """Refuse a range that ends before it begins, or is longer than the standard allows."""
        data = super().clean()
        start, end = self.cleaned_data.get("start_date"), self.cleaned_data.get("end_date")
        if start and end and not 0 <= (end - start).days <= MOST_DAYS:
            raise ValidationError(_("A range begins before it ends, and spans at most %(n)s days.") % {"n": MOST_DAYS})
        return data

    def asked(self) -> Asked:
        """Return what was asked for; a number that cannot be one is nobody's."""
        data = self.cleaned_data
        numbers = _words(data["service_request_id"])[:MOST_ROWS]
        return Asked(
            numbers=tuple(one if _NUMBER.match(one) else "-" for one in numbers),
            topics=tuple(one for one in _words(data["service_code"]) if _CODE.match(one)) or (("-",) if data["service_code"] else ()),
            statuses=data["status"], start=data["start_date"], end=data["end_date"],
            page=data["page"] or 1, page_size=data["page_size"] or MOST_ROWS,
        )  # fmt: skip


class ReportForm(forms.Form):
    """The arguments of POST requests that are kept. E-mail, device and account are read by nobody, and stored nowhere."""

    service_code = forms.SlugField(max_length=40)
    description = forms.CharField(max_length=LONGEST)
    address_string = forms.CharField(required=False, max_length=services.LONGEST_PLACE)
    lat = forms.FloatField(required=False, min_value=-90, max_value=90)
    long = forms.FloatField(required=False, min_value=-180, max_value=180)
    first_name = forms.CharField(required=False, max_length=60)
    last_name = forms.CharField(required=False, max_length=60)
    phone = forms.CharField(required=False, max_length=30)
    kind = forms.ChoiceField(required=False, choices=[("", ""), *Kind.choices])
    hamlet = forms.CharField(required=False, max_length=40)
    about_officials = forms.CharField(required=False, max_length=5)
    officer = forms.CharField(required=False, max_length=200)
    officials_to = forms.ChoiceField(required=False, choices=[("", ""), *OfficialsTo.choices])
    photos = PhotosField(required=False, widget=PhotosInput)

    def __init__(self, data: Any, files: Any, *, commune: Unit) -> None:
        """Read the further fields by their names: attribute[kind]=report."""
        sent = {**data.dict(), **{name[10:-1]: data[name] for name in data if name.startswith("attribute[") and name.endswith("]")}}
        super().__init__(sent, files)
        self.commune, self.topic = commune, Topic.objects.all().of(commune).filter(code=sent.get("service_code", "-")[:40].replace("\0", "")).first()

    def add_prefix(self, field_name: str) -> str:
        """Take pictures from the files named `media`, as programs of this standard send them; a form's own `media` is Django's."""
        return "media" if field_name == "photos" else field_name

    def clean(self) -> dict[str, Any] | None:
        """Ask for a place, by words or by both coordinates; find the hamlet."""
        data = super().clean()
        kept = self.cleaned_data
        has_point = kept.get("lat") is not None and kept.get("long") is not None
        if not has_point and not kept.get("address_string"):
            raise ValidationError(_("A place is needed: lat and long, or address_string."))
        code = kept.get("hamlet") or ""
        kept["hamlet"] = opinions.hamlets(self.commune).filter(code=code).first() if code else None  # type: ignore[attr-defined]
        if code and kept["hamlet"] is None:
            self.add_error("hamlet", _("This commune has no such hamlet."))
        return data

    def draft(self) -> services.Draft:
        """Return what was reported; without a name it is anonymous."""
        data = self.cleaned_data
        name = f"{data['last_name']} {data['first_name']}".strip()
        has_point = data["lat"] is not None and data["long"] is not None
        # Naming somebody is enough, as on the web's own form.
        concerns = data["about_officials"].lower() in _YES or bool(data["officer"].strip() or data["officials_to"])
        return services.Draft(
            commune=self.commune, text=data["description"], kind=data["kind"] or Kind.REPORT, place_words=data["address_string"],
            hamlet=data["hamlet"], point=Point(data["lat"], data["long"]) if has_point else None, topic=self.topic,
            is_anonymous=not name, contact_name=name, contact_phone=data["phone"], about_officials=concerns,
            officer_words=data["officer"], officials_to=data["officials_to"] if concerns else "", photos=data["photos"],
        )  # fmt: skip


class KeyForm(forms.Form):
    """A key for a program."""

    unit = forms.ModelChoiceField(label=_("Commune"), queryset=Unit.objects.none())
    name = forms.CharField(label=_("Program"), max_length=80, help_text=_("For example: the province's 1022 switchboard."))
