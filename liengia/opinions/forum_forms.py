"""Forms of the listening forum: a question, the satisfaction slip, the session itself, tallies and conclusions."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from liengia.audit.office import day_input, moment_input
from liengia.opinions import services
from liengia.opinions.forms import OfficerForm, OpinionForm
from liengia.opinions.models.forum_records import ReportFile
from liengia.opinions.models.forums import (
    SURVEY_QUESTIONS,
    ForumQuestion,
    ListeningForum,
    SurveyLevel,
    SurveyPhase,
)
from liengia.opinions.services.forum_minutes import CORRECTABLE
from liengia.opinions.services.forum_questions import LONGEST_QUESTION
from liengia.opinions.services.forum_survey import MOST_AT_ONCE
from liengia.organisations.models import Committee, CommitteeMember, Organisation, OrganisationKind
from liengia.units.models import Unit, UnitQuerySet

_NOT_ASKED = ("kind", "place_words", "hamlet", "topic", "photos", "lat", "lon")


class AskForm(OpinionForm):
    """A question before or at a session: the words, and what an opinion asks about name and anonymity."""

    def __init__(self, *args: Any, forum: ListeningForum, **kwargs: Any) -> None:
        """Leave out what a hall does not need."""
        commune = forum.unit.commune() or forum.unit
        super().__init__(*args, commune=commune, rules=services.rules_of(commune), hamlets=Unit.objects.none(), **kwargs)
        for name in _NOT_ASKED:
            del self.fields[name]
        self.fields["text"] = forms.CharField(
            label=_("Your question"), max_length=LONGEST_QUESTION, widget=forms.Textarea(attrs={"rows": 5}),
            error_messages={"required": _("There are no words yet. Write your question.")},
        )  # fmt: skip

    @property
    def facts(self) -> dict[str, Any]:
        """What the service takes."""
        data = self.cleaned_data
        named = data.get("contact") != "anonymous"
        return {
            "text": data["text"],
            "name": data.get("contact_name", "") if named else "",
            "phone": data.get("contact_phone", "") if named else "",
            **self.concern,
        }


class EntryForm(OfficerForm):
    """Whom a paper slip concerns, when it concerns an officer; the clerk's page has its other fields itself."""

    def __init__(self, *args: Any, forum: ListeningForum, **kwargs: Any) -> None:
        """Offer the posts of the session's commune."""
        super().__init__(*args, commune=forum.unit.commune() or forum.unit, **kwargs)


class SlipForm(forms.Form):
    """One satisfaction slip: five questions, three answers."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Ask the five questions."""
        super().__init__(*args, **kwargs)
        for number, words in SURVEY_QUESTIONS.items():
            self.fields[f"q{number}"] = forms.ChoiceField(
                label=words, choices=SurveyLevel.choices, widget=forms.RadioSelect, error_messages={"required": _("Choose one of the three.")}
            )

    @property
    def answers(self) -> dict[int, str]:
        """The answers by the numbers of the questions."""
        return {number: self.cleaned_data[f"q{number}"] for number in SURVEY_QUESTIONS}


class TallyForm(forms.Form):
    """Counts of a heap of paper slips: fifteen numbers."""

    phase = forms.ChoiceField(label=_("Slips filled in"), choices=SurveyPhase.choices)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Ask a number for each answer of each question."""
        super().__init__(*args, **kwargs)
        for number in SURVEY_QUESTIONS:
            for level, words in SurveyLevel.choices:
                self.fields[f"n{number}_{level}"] = forms.IntegerField(
                    label=words, min_value=0, max_value=MOST_AT_ONCE, required=False, widget=forms.NumberInput(attrs={"inputmode": "numeric"})
                )

    @property
    def rows(self) -> list[tuple[int, str, list[forms.BoundField]]]:
        """The questions with their three fields."""
        return [(n, str(words), [self[f"n{n}_{level}"] for level in SurveyLevel.values]) for n, words in SURVEY_QUESTIONS.items()]

    @property
    def tally(self) -> dict[tuple[int, str], int]:
        """The counts."""
        return {(n, level): self.cleaned_data[f"n{n}_{level}"] or 0 for n in SURVEY_QUESTIONS for level in SurveyLevel.values}


class ForumForm(forms.ModelForm[ListeningForum]):
    """The session; its unit is chosen once. Whoever shows it says of which units (`offer`)."""

    report_file = forms.FileField(
        label=_("The report as a file"), required=False, widget=forms.FileInput(attrs={"accept": "application/pdf"}),
        help_text=_("A PDF, at most 10 MB, without scripts or a password. Everybody can download it."),
    )  # fmt: skip
    drop_report = forms.BooleanField(label=_("Take the present file away"), required=False)

    class Meta:
        model = ListeningForum
        fields = ("unit", "title", "place", "starts_at", "hosts", "committee", "topic", "report", "chair_name", "chair_office", "clerk_name")
        widgets = {"starts_at": moment_input(), "report": forms.Textarea(attrs={"rows": 8}), "hosts": forms.CheckboxSelectMultiple}

    field_order = (*Meta.fields[:8], "report_file", "drop_report", *Meta.fields[8:])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Leave out what does not apply."""
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            del self.fields["unit"]
        if not self.instance.pk or not ReportFile.objects.filter(forum=self.instance).exists():
            del self.fields["drop_report"]

    def offer(self, units: UnitQuerySet) -> None:
        """Offer the user's units, and the bodies and committees of them."""
        if "unit" in self.fields:
            self._among("unit", units)
        near = Unit.objects.filter(pk__in={key for unit in units for key in (unit.pk, unit.parent_id)})
        kinds = (OrganisationKind.POLICE, OrganisationKind.FATHERLAND_FRONT, OrganisationKind.PEOPLES_COMMITTEE)
        self._among("hosts", Organisation.objects.current().filter(unit__in=near, kind__in=kinds))
        self._among("committee", Committee.objects.filter(unit__in=near))

    def _among(self, name: str, rows: Any) -> None:
        self.fields[name].queryset = rows  # type: ignore[attr-defined]


class AmendForm(forms.ModelForm[ListeningForum]):
    """An addition to signed minutes: the words, the day, and the facts as they are to read."""

    words = forms.CharField(label=_("What is corrected or added, and why"), widget=forms.Textarea(attrs={"rows": 3}))
    signed_on = forms.DateField(label=_("Signed on"), widget=day_input())
    field_order = ("words", *CORRECTABLE, "signed_on")

    class Meta:
        model = ListeningForum
        fields = CORRECTABLE


class _QuestionField(forms.ModelChoiceField[ForumQuestion]):
    """A choice of questions by the title that everybody reads."""

    def label_from_instance(self, obj: ForumQuestion) -> str:
        """Return place and public title."""
        text = obj.opinion.current_text
        return f"{obj.order}. {text.title if text else ''}"


class ConclusionForm(forms.Form):
    """A conclusion with its task: what, who, by when."""

    text = forms.CharField(label=_("Conclusion"), widget=forms.Textarea(attrs={"rows": 2}))
    what = forms.CharField(label=_("What is to be done"), max_length=300)
    owner = forms.ModelChoiceField(label=_("Who answers for it"), queryset=CommitteeMember.objects.none())
    due_on = forms.DateField(label=_("Due on"), widget=day_input())
    asked = _QuestionField(
        label=_("From the question"), queryset=ForumQuestion.objects.none(), required=False, empty_label=_("none in particular"),
        help_text=_("The task counts as done when that opinion is closed."),
    )  # fmt: skip

    def __init__(self, *args: Any, forum: ListeningForum, **kwargs: Any) -> None:
        """Offer the seats of the session's committee, and the questions that everybody may read."""
        super().__init__(*args, **kwargs)
        self.fields["asked"].queryset = forum.questions.shown().filter(task=None).with_words()  # type: ignore[attr-defined]
        self.fields["owner"].queryset = CommitteeMember.objects.filter(committee=forum.committee_id, valid_to=None)  # type: ignore[attr-defined]


