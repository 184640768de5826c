"""The office's forms of certificates: printing, handing out, replacing and revoking, a layout of paper."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from liengia.audit.office import day_input
from liengia.commendations import stock
from liengia.commendations.forms import area
from liengia.commendations.models import LONGEST_MERIT, HandOver, PrintLayout
from liengia.core import clock
from liengia.units.models import Unit


class PrintForm(forms.Form):
    """On which layout, and why again."""

    layout = forms.ModelChoiceField(label=_("Print layout"), queryset=PrintLayout.objects.none())
    which = forms.ChoiceField(label=_("Which"), choices=[("new", _("those never printed")), ("all", _("all")), ("some", _("those ticked below"))])
    reason = forms.CharField(label=_("Why printed again"), required=False, max_length=500)

    def __init__(self, layouts: Sequence[PrintLayout], *args: Any, **options: Any) -> None:
        """Offer the unit's layouts."""
        super().__init__(*args, **options)
        chosen: Any = self.fields["layout"]
        chosen.queryset = PrintLayout.objects.filter(pk__in=[one.pk for one in layouts])
        chosen.initial = layouts[0] if layouts else None


class HandOverForm(forms.Form):
    """Who came and who did not."""

    on = forms.DateField(label=_("On"), widget=day_input(), initial=clock.today)
    mark = forms.ChoiceField(label=_("Mark those ticked as"), choices=[("handed", _("handed out")), ("absent", _("was absent, is kept"))])
    taken_by = forms.CharField(label=_("Who took it, when somebody else did"), required=False, max_length=160)


class HandedForm(forms.Form):
    """One mark from a phone."""

    mark = forms.ChoiceField(choices=HandOver.choices)
    age_s = forms.FloatField(required=False)
    taken_by = forms.CharField(required=False, max_length=160)


class OpenForm(forms.Form):
    """Why a decision of the pursuit is opened."""

    reason = forms.CharField(label=_("Who decided it, and why"), required=False, max_length=500)


class ReplaceForm(forms.Form):
    """Why a certificate is replaced, and what is put right."""

    reason = forms.CharField(label=_("Why it is replaced"), max_length=500, help_text=_("Lost, torn, a wrong letter."))
    name = forms.CharField(label=_("Name"), max_length=190)
    words = forms.CharField(label=_("Office or address"), required=False, max_length=200)
    merit = forms.CharField(label=_("Merit"), max_length=LONGEST_MERIT, widget=area(3))


class RevokeForm(forms.Form):
    """Why a certificate is revoked."""

    reason = forms.CharField(label=_("Why it is revoked"), max_length=1000, widget=area(3), help_text=_("For the office's record; the public page says only that it is revoked."))
    by_decision = forms.CharField(label=_("Number and day of the decision that revokes it"), required=False, max_length=120)


class LayoutForm(forms.ModelForm[PrintLayout]):
    """A layout: the paper, what the printer is off by, and where each line stands."""

    class Meta:
        model = PrintLayout
        fields = ("name", "size", "width_mm", "height_mm", "is_overlay", "shift_x_mm", "shift_y_mm")

    revision = forms.IntegerField(widget=forms.HiddenInput(), min_value=0)

    def validate_constraints(self) -> None:
        """Leave them to the service, which says them in words."""

    def __init__(self, *args: Any, **options: Any) -> None:
        """Make five fields a line."""
        super().__init__(*args, **options)
        own = [("own", str(_("own measures")))]
        self.fields["size"] = forms.ChoiceField(label=_("Size of the paper"), choices=[(one.code, f"{one.name} ({one.width_mm:g} × {one.height_mm:g} mm)") for one in stock.sizes().values()] + own)
        self.fields["width_mm"] = forms.DecimalField(label=_("Width (mm)"), max_digits=5, decimal_places=1, localize=True)
        self.fields["height_mm"] = forms.DecimalField(label=_("Height (mm)"), max_digits=5, decimal_places=1, localize=True)
        self.fields["revision"].initial = self.instance.revision
        for name in stock.FIELDS:
            spot = self.instance.fields.get(name, {})
            for part, label in (("x", _("from the left")), ("y", _("from the top")), ("w", _("width of the line")), ("size", _("height of type"))):
                self.fields[f"{name}_{part}"] = forms.FloatField(
                    label=f"{stock.LABELS[name]}: {label}", initial=spot.get(part), min_value=0, max_value=600, widget=forms.NumberInput(attrs={"step": "0.5" if part != "size" else "0.1", "class": "narrow"})
                )
            self.fields[f"{name}_is_shown"] = forms.BooleanField(label=f"{stock.LABELS[name]}: {_('printed')}", required=False, initial=spot.get("is_shown", True))

    def lines(self) -> Iterable[tuple[str, Any]]:
        """Yield each line's label with its five fields."""
        for name in stock.FIELDS:
            yield str(stock.LABELS[name]), [self[f"{name}_{part}"] for part in ("x", "y", "w", "size", "is_shown")]

    def spots(self) -> dict[str, Mapping[str, Any]]:
        """Return the lines' places as they are stored."""
        data = self.cleaned_data
        return {
            name: {
                **{part: data[f"{name}_{part}"] for part in ("x", "y", "w", "size")}, "is_shown": data[f"{name}_is_shown"],
                "align": self.instance.fields.get(name, {}).get("align", "center"),
            }
            for name in stock.FIELDS
        }  # fmt: skip

    def name_of(self, field: str) -> str | None:
        """Return the form's name of a field that a service refused."""
        return f"{field}_y" if field in stock.FIELDS else field if field in self.fields else None


class NewLayoutForm(forms.Form):
    """A new layout of a size."""

    name = forms.CharField(label=_("Name"), max_length=120)
    size = forms.ChoiceField(label=_("Size of the paper"))
    is_overlay = forms.BooleanField(label=_("text only, on pre-printed stock"), required=False)
    unit = forms.ModelChoiceField(label=_("Unit"), queryset=Unit.objects.none())

    def __init__(self, units: Any, *args: Any, **options: Any) -> None:
        """Offer the sizes and the units."""
        super().__init__(*args, **options)
        self.fields["size"].choices = [(one.code, f"{one.name} ({one.width_mm:g} × {one.height_mm:g} mm)") for one in stock.sizes().values()]  # type: ignore[attr-defined]
        chosen: Any = self.fields["unit"]
        chosen.queryset = units
        chosen.initial = units[0] if len(units) == 1 else None
