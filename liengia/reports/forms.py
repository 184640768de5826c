"""The office's forms: a report's period, its words, errata, targets, sizes of units, the safety register."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from liengia.audit.office import day_input
from liengia.core import clock, stale
from liengia.core.reporting import Period
from liengia.core.stale import revision_field
from liengia.organisations.models import Organisation
from liengia.reports import screens
from liengia.reports.models import Report, SafetyCriterion
from liengia.reports.services import LONGEST_TITLE, LONGEST_WORDS, Text, usual_period
from liengia.units.choices import UnitChoiceField


def _area(rows: int) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows})


class BeginForm(forms.Form):
    """A unit and a period."""

    unit = UnitChoiceField(label=_("Unit"), help_text=_("A unit that stands on the last day; what its predecessors did counts as its own."))
    first_on = forms.DateField(label=_("From"), widget=day_input(), required=False, help_text=_("Left empty: from the day after the unit's last report, or from its last day of reporting."))
    last_on = forms.DateField(label=_("To, this day too"), widget=day_input(), required=False, help_text=_("Left empty: until today."))
    title = forms.CharField(label=_("Title of the report"), max_length=LONGEST_TITLE, help_text=_("For example: What the commune did in a year, and what it still owes."))
    again = forms.BooleanField(label=_("Begin another one all the same"), required=False, widget=forms.HiddenInput)

    def __init__(self, units: Any, *args: Any, **options: Any) -> None:
        """Offer the writer's units."""
        super().__init__(*args, **options)
        self.fields["unit"].queryset = units  # type: ignore[attr-defined]
        self.like: list[Report] = []

    def clean(self) -> dict[str, Any]:
        """Fill in the period that is due; ask once where the unit has a report of nearly these days."""
        data = super().clean() or {}
        if (unit := data.get("unit")) is None or {"first_on", "last_on"} & set(self.errors):
            return data
        usual = usual_period(unit)
        period = Period(data.get("first_on") or usual.first, data.get("last_on") or usual.last)
        self.like = Report.objects.all().like(unit, period) if period.first <= period.last else []
        if self.like and not data.get("again"):
            self.fields["again"].widget = forms.CheckboxInput()
            self.add_error(None, _("This unit has a report of nearly the same days already. Go on with that one, or tick below that another one is begun."))
        return {**data, "first_on": period.first, "last_on": period.last}


class TextForm(forms.Form):
    """The editor's words: one field a section, and whether it is left out."""

    revision = revision_field()
    title = forms.CharField(label=_("Title of the report"), max_length=LONGEST_TITLE)
    read_at = forms.CharField(label=_("Read before the people at"), max_length=200, required=False, help_text=_("For example: the festival of 06/8/2023, at the hamlet's house."))
    intro = forms.CharField(label=_("Words at the beginning"), max_length=LONGEST_WORDS, required=False, widget=_area(4))

    def __init__(self, report: Report, *args: Any, **options: Any) -> None:
        """Add the sections that were drawn."""
        options["initial"] = _words_of(report)
        super().__init__(*args, **options)
        self.codes = [one["code"] for one in report.drawn]
        for one in map(screens.told, report.drawn):
            self.fields[f"words_{one['code']}"] = forms.CharField(label=one["title"], max_length=LONGEST_WORDS, required=False, widget=_area(3), help_text=_("Your words before the numbers of this section."))
            if not one["is_fixed"]:
                self.fields[f"out_{one['code']}"] = forms.BooleanField(label=_("Leave “%(title)s” out; the report says that it is left out") % {"title": one["title"]}, required=False)
        self.fields["outlook"] = forms.CharField(label=_("What comes after this"), max_length=LONGEST_WORDS, required=False, widget=_area(4))

    def text(self) -> Text:
        """Return what was written."""
        data = self.cleaned_data
        words = {code: (data[f"words_{code}"], bool(data.get(f"out_{code}"))) for code in self.codes}
        return Text(title=data["title"], intro=data["intro"], outlook=data["outlook"], read_at=data["read_at"], words=words)

    def lay_beside(self, report: Report) -> None:
        """Put what is kept meanwhile under each field that differs, and go on from there: who writes decides field by field, and presses once more."""
        stale.lay_beside(self, _words_of(report), revision=report.revision, say=_beside)

    def name_of(self, field: str) -> str:
        """Return the form's name of what a service refused."""
        return f"words_{field}" if f"words_{field}" in self.fields else field


def _words_of(report: Report) -> dict[str, Any]:
    """Return the words that are kept, by the names of the form's fields."""
    found: dict[str, Any] = {"title": report.title, "intro": report.intro, "outlook": report.outlook, "read_at": report.read_at, "revision": report.revision}
    for one in report.words.all():
        found |= {f"words_{one.section}": one.text, f"out_{one.section}": one.is_left_out}
    return found


def _beside(now: str | bool) -> str:
    if isinstance(now, bool):
        return gettext("Kept at present: the section is left out.") if now else gettext("Kept at present: the section stands in the report.")
    return stale.kept_words(now)


class ErratumForm(forms.Form):
    """A correction."""

    section = forms.ChoiceField(label=_("Section of the report"), required=False)
    words = forms.CharField(label=_("What is corrected"), max_length=LONGEST_WORDS, widget=_area(3))

    def __init__(self, report: Report, *args: Any, **options: Any) -> None:
        """Offer the report's sections."""
        super().__init__(*args, **options)
        sections = report.said.get("sections", []) if report.said else []
        self.fields["section"].choices = [("", _("the whole report")), *((one["code"], one["title"]) for one in map(screens.told, sections))]  # type: ignore[attr-defined]


class TargetForm(forms.Form):
    """A target."""

    unit = UnitChoiceField(label=_("Unit"))
    figure = forms.ChoiceField(label=_("Figure"))
    is_at_least = forms.ChoiceField(label=_("At least or at most"), choices=[("yes", _("at least")), ("no", _("at most"))])
    aim = forms.FloatField(label=_("Aim"), min_value=0, max_value=10**9)
    due_on = forms.DateField(label=_("To be reached by"), widget=day_input())
    source = forms.CharField(label=_("Set in"), max_length=200, required=False, help_text=_("For example: plan 12/KH-UBND."))
    reason = forms.CharField(label=_("Why it is changed"), max_length=300, required=False, help_text=_("Only where a target for this figure and day stands already."))

    def __init__(self, units: Any, figures: Iterable[tuple[str, str]], *args: Any, **options: Any) -> None:
        """Offer the writer's units and the figures that reports have."""
        super().__init__(*args, **options)
        self.fields["unit"].queryset = units  # type: ignore[attr-defined]
        self.labels = dict(figures)
        self.fields["figure"].choices = list(self.labels.items())  # type: ignore[attr-defined]


class SizeForm(forms.Form):
    """How many households a unit has."""

    unit = UnitChoiceField(label=_("Unit"))
    year = forms.IntegerField(label=_("Year"), min_value=1990, max_value=2200, initial=lambda: clock.today().year)
    households = forms.IntegerField(label=_("Number of households"), min_value=1, max_value=10_000_000)
    source = forms.CharField(label=_("Source"), max_length=200, help_text=_("For example: the commune's yearly statistics."))

    def __init__(self, units: Any, *args: Any, **options: Any) -> None:
        """Offer the writer's units."""
        super().__init__(*args, **options)
        self.fields["unit"].queryset = units  # type: ignore[attr-defined]


class RegisterForm(forms.Form):
    """A registration for the safety standard."""

    unit = UnitChoiceField(label=_("Unit"))
    organisation = forms.ModelChoiceField(label=_("Institution, if it is one"), queryset=Organisation.objects.none(), required=False)
    year = forms.IntegerField(label=_("Year"), min_value=2022, max_value=2200, initial=lambda: clock.today().year)
    registered_on = forms.DateField(label=_("Registered on"), widget=day_input(), help_text=_("In the first quarter of the year."))
    households = forms.IntegerField(label=_("Number of households"), min_value=0, max_value=1_000_000, required=False)
    households_signed = forms.IntegerField(label=_("Households that signed"), min_value=0, max_value=1_000_000, required=False)

    def __init__(self, units: Any, *args: Any, **options: Any) -> None:
        """Offer the keeper's units and the institutions in them; a place of worship does not register."""
        super().__init__(*args, **options)
        self.fields["unit"].queryset = units  # type: ignore[attr-defined]
        known = Organisation.objects.all().current().filter(unit__in=units, kind__in=("school", "firm", "health_station", "utility", "other"))
        self.fields["organisation"].queryset = known  # type: ignore[attr-defined]


class AssessForm(forms.Form):
    """A place's own assessment: each criterion met or not, with words where it is not."""

    assessed_on = forms.DateField(label=_("Assessed on"), widget=day_input(), initial=clock.today)

    def __init__(self, criteria: Iterable[SafetyCriterion], *args: Any, **options: Any) -> None:
        """Add the criteria of the year."""
        super().__init__(*args, **options)
        self.criteria = list(criteria)
        for one in self.criteria:
            self.fields[f"criterion_{one.pk}"] = forms.ChoiceField(label=f"{one.number}. {one.text}", choices=[("", "—"), ("yes", _("met")), ("no", _("not met"))])
            self.fields[f"words_{one.pk}"] = forms.CharField(label=_("In a few words, where it is not met"), max_length=1000, required=False)

    def answers(self) -> dict[int, tuple[bool, str]]:
        """Return the answers by criterion."""
        data = self.cleaned_data
        return {one.pk: (data[f"criterion_{one.pk}"] == "yes", data[f"words_{one.pk}"]) for one in self.criteria}


class DecideForm(forms.Form):
    """The result."""

    is_recognised = forms.ChoiceField(label=_("Result"), choices=[("yes", _("recognised")), ("no", _("not recognised"))])
    decided_on = forms.DateField(label=_("Day of the decision"), widget=day_input(), initial=clock.today)
    decision_number = forms.CharField(label=_("Number of the decision"), max_length=60, required=False)
    reason = forms.CharField(label=_("Why not"), max_length=1000, required=False, widget=_area(2))
