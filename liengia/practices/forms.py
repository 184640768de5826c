"""The office's forms: a practice, its revisions, and one small form for each thing that is done about it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from liengia.audit.office import day_input
from liengia.core import clock, counts
from liengia.core.text import fold
from liengia.organisations.models import Agreement, Organisation
from liengia.papers.models import Paper, PaperState
from liengia.practices.models import (
    Basis,
    Campaign,
    Material,
    Practice,
    PracticeKind,
    ReviewDecision,
    Revision,
)
from liengia.practices.models.practices import LONGEST_NAME
from liengia.practices.services import Facts, NeedLine, Text
from liengia.practices.services.writing import units_before
from liengia.units.choices import UnitChoiceField
from liengia.units.models import Unit

LONG: Final = 8_000
# The words by which a line says what it is counted by.
_BASES: Final[dict[str, Any]] = {
    Basis.ONCE.value: pgettext_lazy("counted by", "once"), Basis.HOUSEHOLD.value: pgettext_lazy("counted by", "household"),
    Basis.GROUP.value: pgettext_lazy("counted by", "group"), Basis.POINT.value: pgettext_lazy("counted by", "point"),
    Basis.MONTH.value: pgettext_lazy("counted by", "month"),
}  # fmt: skip


def _area(rows: int) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows})


def _day(label: Any, *, required: bool = True, **options: Any) -> forms.DateField:
    return forms.DateField(label=label, required=required, widget=day_input(), **options)


class NeedsField(forms.CharField):
    """Needs, one a line: what | how many | counted by | counted on the platform as. The last three may be left out."""

    def __init__(self, **options: Any) -> None:
        """Explain the lines."""
        options.setdefault("label", _("What it needs"))
        help_text = _("One thing a line. After a bar, if wanted: how many | once, household, group, point or month | what the platform counts.")
        super().__init__(required=False, widget=_area(6), help_text=help_text, **options)

    def clean(self, value: Any) -> Any:
        """Return `NeedLine`s."""
        lines = []
        for row in str(super().clean(value)).splitlines():
            if row.strip():
                what, quantity, basis, count = ([part.strip() for part in row.split("|")] + ["", "", ""])[:4]
                if quantity and not (quantity.isascii() and quantity.isdigit() and len(quantity) < 8):
                    raise forms.ValidationError(_("“%(row)s”: how many is a whole number."), params={"row": row[:80]})
                by = _meant(basis, _BASES) if basis else Basis.ONCE.value
                if not by:
                    raise forms.ValidationError(_("“%(row)s”: counted by is once, household, group, point or month."), params={"row": row[:80]})
                known = {one.code: one.label for one in counts.every()}
                lines.append(NeedLine(what, int(quantity or 1), by, (_meant(count, known) or count) if count else ""))
        return lines

    @staticmethod
    def typed(revision: Revision) -> str:
        """Return the lines of a revision, as somebody would type them."""
        known = {one.code: str(one.label) for one in counts.every()}
        rows = ([one.what, str(one.quantity), str(_BASES[one.basis]), known.get(one.count, one.count)] for one in revision.needs.all())
        return "\n".join(" | ".join(row[:4] if row[3] else row[:3]) for row in rows)


def _meant(typed: str, among: Mapping[str, Any]) -> str:
    """Return the code that was typed, or whose words were, with diacritics or without; nothing for no such one."""
    return next((code for code, label in among.items() if fold(typed) in (fold(code), fold(str(label)))), "")


class FactsForm(forms.Form):
    """What stands about a practice beside its text."""

    name = forms.CharField(label=_("Name"), max_length=LONGEST_NAME)
    kind = forms.ChoiceField(label=_("Area of work"), choices=PracticeKind.choices)
    summary = forms.CharField(label=_("In one sentence"), max_length=300)
    institution = forms.ModelChoiceField(
        label=_("Institution where it runs"), queryset=Organisation.objects.none(), required=False,
        help_text=_("A school, a firm, a place of worship; nothing when it runs in the whole unit."),
    )  # fmt: skip
    leading = forms.ModelMultipleChoiceField(
        label=_("Who leads"), queryset=Organisation.objects.none(), required=False, help_text=_("Institutions, never persons. Several with Ctrl.")
    )
    agreement = forms.ModelChoiceField(label=_("Coordination agreement"), queryset=Agreement.objects.none(), required=False)
    agreement_words = forms.CharField(
        label=_("Coordination, in words"), max_length=300, required=False, help_text=_("Where the agreement is in no register here.")
    )
    decision_paper = forms.ModelChoiceField(label=_("Founding decision issued here"), queryset=Paper.objects.none(), required=False)
    decision_number = forms.CharField(label=_("Founding decision, number"), max_length=60, required=False)
    decision_on = _day(_("Founding decision, date"), required=False)
    office = forms.CharField(label=_("Office that answers questions"), max_length=200, required=False)
    office_phone = forms.CharField(label=_("Phone of the office"), max_length=20, required=False, help_text=_("The fixed line of an office, not of a person."))

    def __init__(self, units: Any, *args: Any, practice: Practice | None = None, **options: Any) -> None:
        """Offer bodies, agreements and papers of the user's units."""
        if practice is not None:
            options["initial"] = {name: getattr(practice, name) for name in self.base_fields if name not in ("leading", "unit")}
            options["initial"]["leading"] = list(practice.leading.all())
        super().__init__(*args, **options)
        offer_bodies(self, ("institution", "leading"), Organisation.objects.current().filter(unit__in=units))
        self.fields["agreement"].queryset = Agreement.objects.filter(unit__in=units)  # type: ignore[attr-defined]
        self.fields["decision_paper"].queryset = issued_papers(units)  # type: ignore[attr-defined]

    def facts(self) -> Facts:
        """Return what was typed."""
        data = {name: value for name, value in self.cleaned_data.items() if name in Facts.__dataclass_fields__}
        return Facts(**{**data, "leading": list(data["leading"])})


def offer_bodies(form: forms.Form, names: tuple[str, ...], bodies: Any) -> None:
    """Offer institutions in some fields, each with its place."""
    for name in names:
        field = form.fields[name]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = bodies.select_related("unit")
        field.label_from_instance = _with_place  # type: ignore[method-assign, assignment]


def _with_place(body: Any) -> str:
    return f"{body.name} ({body.unit.full_name})"


def issued_papers(units: Any) -> Any:
    """Return the papers of some units that are issued and stand."""
    return Paper.objects.filter(issuer__unit__in=units, state=PaperState.ISSUED).select_related("issuer").order_by("-issued_on", "-pk")


class TextForm(forms.Form):
    """What a revision says."""

    problem = forms.CharField(label=_("The problem it answers"), widget=_area(4), max_length=LONG)
    how = forms.CharField(label=_("How it works"), widget=_area(8), max_length=LONG, help_text=_("One step a line, beginning with a dash."))
    cost = forms.IntegerField(label=_("Cost in dong"), min_value=0, required=False)
    cost_basis = forms.ChoiceField(label=_("The cost is counted"), choices=Basis.choices)
    cost_words = forms.CharField(label=_("Who pays, and for what"), max_length=300, required=False)
    needs = NeedsField()

    def text(self) -> Text:
        """Return what was typed."""
        return Text(**{name: value for name, value in self.cleaned_data.items() if name in Text.__dataclass_fields__})


class NewForm(FactsForm, TextForm):
    """A practice that begins a line of its own."""

    unit = UnitChoiceField(label=_("Unit"))
    field_order = ["unit", "name", "kind", "summary", "problem", "how", "cost", "cost_basis", "cost_words", "needs"]

    def __init__(self, units: Any, *args: Any, **options: Any) -> None:
        """Offer the user's units."""
        super().__init__(units, *args, **options)
        self.fields["unit"].queryset = units  # type: ignore[attr-defined]


class ReviseForm(TextForm):
    """An upgrade: begins with the text that stands."""

    changed = forms.CharField(label=_("What changes, and why"), widget=_area(3), max_length=LONG)
    on = _day(_("Holds since"), initial=clock.today)
    field_order = ["changed", "on"]

    def __init__(self, *args: Any, revision: Revision | None = None, **options: Any) -> None:
        """Fill in the text that stands."""
        if revision is not None:
            names = ("problem", "how", "cost", "cost_basis", "cost_words")
            options["initial"] = {name: getattr(revision, name) for name in names} | {"needs": NeedsField.typed(revision)}
        super().__init__(*args, **options)


class ReplicateForm(forms.Form):
    """A practice in another place."""

    unit = UnitChoiceField(label=_("Unit that takes it over"))
    institution = forms.ModelChoiceField(label=_("Institution where it runs"), queryset=Organisation.objects.none(), required=False)
    name = forms.CharField(label=_("Name here"), max_length=LONGEST_NAME, required=False, help_text=_("Empty: the same name."))
    changed = forms.CharField(label=_("What is done differently here"), widget=_area(4), max_length=LONG, required=False)

    def __init__(self, units: Any, *args: Any, **options: Any) -> None:
        """Offer the user's units and the institutions there."""
        super().__init__(*args, **options)
        self.fields["unit"].queryset = units  # type: ignore[attr-defined]
        offer_bodies(self, ("institution",), Organisation.objects.current().filter(unit__in=units))


class StartForm(forms.Form):
    """The day on which it began; of a practice older than its unit, on which former unit's ground."""

    on = _day(_("Date"), initial=clock.today)
    ground = UnitChoiceField(
        label=_("Former unit where it began"), required=False, help_text=_("Only where it began before this unit stood: it then counts on that former unit's ground.")
    )  # fmt: skip

    def __init__(self, practice: Practice, *args: Any, **options: Any) -> None:
        """Offer the units before the practice's own; none where there are none."""
        super().__init__(*args, **options)
        before = units_before(practice.founded_in) if practice.founded_in is not None else []
        if before:
            self.fields["ground"].queryset = Unit.objects.filter(pk__in=[one.pk for one in before]).with_ancestors().order_by("code")  # type: ignore[attr-defined]
        else:
            del self.fields["ground"]


class EndForm(forms.Form):
    """The end of a practice."""

    on = _day(_("Date"), initial=clock.today)
    reason = forms.CharField(label=_("Why it ends"), widget=_area(3), max_length=2_000, help_text=_("It stays readable: the next one learns from it."))


class MaterialForm(forms.Form):
    """A file to copy, or evidence."""

    title = forms.CharField(label=_("Title"), max_length=160)
    file = forms.FileField(label=_("File"), help_text=_("PDF, DOCX or a picture, at most 10 MB."))
    is_evidence = forms.BooleanField(label=_("Only evidence of a figure, not for copying"), required=False)


class TieForm(forms.Form):
    """A figure that the platform counts."""

    code = forms.ChoiceField(label=_("What is counted"))

    def __init__(self, *args: Any, **options: Any) -> None:
        """Offer what is counted today."""
        super().__init__(*args, **options)
        self.fields["code"].choices = [(one.code, one.label) for one in counts.every()]  # type: ignore[attr-defined]


class ClaimForm(forms.Form):
    """A figure that is reported, with its evidence."""

    label = forms.CharField(label=_("What it counts"), max_length=120)
    value = forms.IntegerField(label=_("Figure"), min_value=0)
    on = _day(_("As of"), initial=clock.today)
    evidence = forms.ModelChoiceField(label=_("Evidence"), queryset=Material.objects.none(), help_text=_("A file of this practice that shows the figure. Add it first."))

    def __init__(self, practice: Practice, *args: Any, **options: Any) -> None:
        """Offer the practice's files."""
        super().__init__(*args, **options)
        self.fields["evidence"].queryset = practice.materials.defer("data")  # type: ignore[attr-defined]


class AnswerForm(forms.Form):
    """The answer to a question."""

    answer = forms.CharField(label=_("What became of it"), widget=_area(3), max_length=2_000)


class ReviewForm(forms.Form):
    """A year's review."""

    year = forms.IntegerField(label=_("Year"))
    on = _day(_("Reviewed on"), initial=clock.today)
    decision = forms.ChoiceField(label=_("Decision"), choices=ReviewDecision.choices)
    reasons = forms.CharField(label=_("Reasons"), widget=_area(3), max_length=2_000)

    def __init__(self, *args: Any, **options: Any) -> None:
        """Begin with this year."""
        super().__init__(*args, **options)
        self.fields["year"].initial = clock.today().year


class OriginForm(forms.Form):
    """Where a practice was really replicated from."""

    parent = forms.ModelChoiceField(label=_("Replicated from"), queryset=Practice.objects.none(), required=False, empty_label=_("nobody: it begins a line"))

    def __init__(self, practice: Practice, *args: Any, **options: Any) -> None:
        """Offer the public practices and those of the same line."""
        options["initial"] = {"parent": practice.replicated_from}
        super().__init__(*args, **options)
        rows = Practice.objects.filter(is_public=True) | Practice.objects.all().of_family(practice.family)
        field: Any = self.fields["parent"]
        field.queryset = rows.exclude(pk=practice.pk).with_places()
        field.label_from_instance = _named


def _named(practice: Any) -> str:
    return f"{practice.name[:70]} – {practice.place}"


class FileForm(forms.Form):
    """A practice that comes as a file."""

    file = forms.FileField(label=_("File of a practice"), help_text=_("A .zip that another installation gave. You see first what it would do."))


class TakeForm(forms.Form):
    """Which practices of a file to take, whose preview was seen; all those that would be added or changed are ticked beforehand."""

    only = forms.TypedMultipleChoiceField(label=_("Practices to take"), required=False, coerce=UUID)

    def __init__(self, offered: list[UUID], *args: Any, **options: Any) -> None:
        """Offer those of the file that would be added or changed."""
        super().__init__(*args, **options)
        self.fields["only"].choices = [(str(one), str(one)) for one in offered]  # type: ignore[attr-defined]

    @property
    def ticked(self) -> set[str]:
        """Return which stand ticked."""
        return set(self.data.getlist("only")) if self.is_bound else {value for value, _label in self.fields["only"].choices}  # type: ignore[attr-defined]


class SeenForm(forms.Form):
    """The word to do what was read."""

    seen = forms.BooleanField(initial=True, widget=forms.HiddenInput)


class CampaignForm(forms.Form):
    """A year's campaign."""

    unit = UnitChoiceField(label=_("Unit"))
    year = forms.IntegerField(label=_("Year"))
    name = forms.CharField(label=_("Name"), max_length=160)
    text = forms.CharField(label=_("What it asks for"), widget=_area(4), max_length=4_000, required=False)
    led_by = forms.ModelChoiceField(label=_("Who leads"), queryset=Organisation.objects.none(), required=False)
    registers_until = _day(_("Registration until"))

    def __init__(self, units: Any, *args: Any, **options: Any) -> None:
        """Offer the user's units."""
        super().__init__(*args, **options)
        self.fields["year"].initial = clock.today().year
        self.fields["unit"].queryset = units  # type: ignore[attr-defined]
        offer_bodies(self, ("led_by",), Organisation.objects.current().filter(unit__in=units))


class RegisterForm(forms.Form):
    """A practice in a campaign."""

    practice = forms.ModelChoiceField(label=_("Practice"), queryset=Practice.objects.none())
    on = _day(_("Registered on"), initial=clock.today)

    def __init__(self, campaign: Campaign, *args: Any, **options: Any) -> None:
        """Offer the practices of the campaign's units."""
        super().__init__(*args, **options)
        below = Unit.objects.all().below_any(campaign.unit.lineage_ids())
        field: Any = self.fields["practice"]
        field.queryset = Practice.objects.filter(unit__in=below).exclude(registrations__campaign=campaign).with_places()
        field.label_from_instance = _named


class ExemplarForm(forms.Form):
    """A person or collective in a campaign; the agreement can be recorded at once or later."""

    unit = UnitChoiceField(label=_("Unit"))
    name = forms.CharField(label=_("Name"), max_length=160)
    is_collective = forms.BooleanField(label=_("A collective"), required=False)
    deed = forms.CharField(label=_("Deed"), widget=_area(4), max_length=4_000, help_text=_("The deed and what came of it. No marks, no ranking, nothing about belief or family."))
    consent_how = forms.CharField(
        label=_("How they agreed to be named in public"), max_length=160, required=False,
        help_text=_("For example: signed sheet of 12/10. Empty: not asked yet, and nobody sees them."),
    )  # fmt: skip

    def __init__(self, campaign: Campaign, *args: Any, **options: Any) -> None:
        """Offer the campaign's units."""
        super().__init__(*args, **options)
        units = Unit.objects.all().below_any(campaign.unit.lineage_ids()).current().filter(level__in=("commune", "hamlet"))
        self.fields["unit"].queryset = units.with_ancestors().order_by("level", "code")  # type: ignore[attr-defined]


class FindingForm(forms.Form):
    """What a review found of one that registered."""

    is_recognised = forms.TypedChoiceField(label=_("Result"), choices=[("1", _("recognised")), ("0", _("not recognised this year"))], coerce=lambda value: value == "1")
    finding = forms.CharField(label=_("What the review found"), widget=_area(2), max_length=2_000)


class ConsentForm(forms.Form):
    """An agreement to be named."""

    on = _day(_("Agreed on"), initial=clock.today)
    how = forms.CharField(label=_("How they agreed"), max_length=160)


class NumbersForm(forms.Form):
    """What a commune types to see what a practice would take there; nothing of it is kept."""

    xa = forms.ModelChoiceField(label=_("Commune, to see what it has already"), queryset=Unit.objects.none(), to_field_name="code", required=False)
    household = forms.IntegerField(label=_("Number of households"), min_value=0, max_value=10_000_000, required=False)
    group = forms.IntegerField(label=_("Number of groups"), min_value=0, max_value=1_000_000, required=False)
    point = forms.IntegerField(label=_("Points or places"), min_value=0, max_value=1_000_000, required=False)
    month = forms.IntegerField(label=_("Months"), min_value=0, max_value=1_200, required=False)

    def __init__(self, communes: list[Unit], *args: Any, **options: Any) -> None:
        """Offer the communes that stand."""
        super().__init__(*args, **options)
        self.fields["xa"].queryset = Unit.objects.current().filter(pk__in=[one.pk for one in communes]).order_by("name")  # type: ignore[attr-defined]
