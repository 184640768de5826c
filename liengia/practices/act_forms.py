"""The forms of acts: a body that praises, or orders to replicate, by its paper."""

from __future__ import annotations

from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from liengia.audit.office import day_input
from liengia.organisations.models import Organisation
from liengia.papers.models import Paper
from liengia.practices import bodies
from liengia.practices.forms import issued_papers
from liengia.practices.models import ActKind, Exemplar, Practice
from liengia.units.choices import UnitsChoiceField, label
from liengia.units.models import Unit


class BodyField(forms.ModelChoiceField[Organisation]):
    """A body that may act: from the commune up, above what the act is about, each with the days in which it stands."""

    def __init__(self, **options: Any) -> None:
        """Offer nothing until the form knows what it is about."""
        help_text = _("Of the commune, the district (until 30/06/2025), the province or a ministry. One that is missing is entered under “Institutions” first.")
        super().__init__(queryset=Organisation.objects.none(), label=_("Body that acts"), help_text=help_text, **options)

    def offer(self, about: Practice | Exemplar) -> None:
        """Offer the bodies above a practice or exemplar, in groups."""
        self.queryset = bodies.bodies_for(about)
        self.choices = [("", self.empty_label), *bodies.grouped_bodies(about)]


class ActForm(forms.Form):
    """An act of a body, with its paper."""

    kind = forms.ChoiceField(label=_("What is done"), choices=ActKind.choices)
    body = BodyField()
    paper = forms.ModelChoiceField(label=_("Paper issued here"), queryset=Paper.objects.none(), required=False, help_text=_("Its date is the date of the act."))
    number = forms.CharField(label=_("Or number of a paper issued elsewhere"), max_length=60, required=False)
    on = forms.DateField(label=_("Date of that paper"), required=False, widget=day_input())
    text = forms.CharField(label=_("What it says, in short"), widget=forms.Textarea(attrs={"rows": 2}), max_length=2_000, required=False)
    addressed = UnitsChoiceField(
        label=_("Units that are to replicate it"), required=False, widget=forms.CheckboxSelectMultiple,
        help_text=_("For an order to replicate alone: units of the body that acts, which stood on the day of the paper."),
    )  # fmt: skip

    def __init__(self, practice: Practice, *args: Any, **options: Any) -> None:
        """Offer the bodies above the practice, their papers, and the units below them."""
        super().__init__(*args, **options)
        cast(BodyField, self.fields["body"]).offer(practice)
        cast(forms.ModelChoiceField[Paper], self.fields["paper"]).queryset = issued_papers(sorted(bodies.units_above(practice)))
        groups = bodies.addressable(practice)
        addressed = cast(UnitsChoiceField, self.fields["addressed"])
        addressed.queryset = Unit.objects.filter(pk__in=[unit.pk for _title, units in groups for unit in units])
        addressed.choices = [(title, [(unit.pk, label(unit)) for unit in units]) for title, units in groups]


class PraiseForm(forms.Form):
    """Praise of an exemplar."""

    body = BodyField()
    number = forms.CharField(label=_("Number of the paper"), max_length=60)
    on = forms.DateField(label=_("Date of that paper"), widget=day_input())

    def __init__(self, exemplar: Exemplar, *args: Any, **options: Any) -> None:
        """Offer the bodies above."""
        super().__init__(*args, **options)
        cast(BodyField, self.fields["body"]).offer(exemplar)
