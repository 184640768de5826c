"""Forms of the back office whose fields are more, or fewer, than a row's: conclusions, tasks, agreements, ends."""

from __future__ import annotations

from typing import Any, Final

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from liengia.audit.office import day_input, moment_input
from liengia.organisations.models import (
    Agreement,
    AgreementReview,
    Committee,
    CommitteeMember,
    Conclusion,
    Meeting,
    Organisation,
    Task,
    YearPlan,
)
from liengia.organisations.officehours import WEEKDAYS, OfficeHours, SpecialDay

TASKS: Final = 3
PARTIES: Final = 4
DAY: Final = day_input()


class OrganisationForm(forms.ModelForm[Organisation]):
    """An institution; the rules for places of worship are the model's own."""

    class Meta:
        model = Organisation
        fields: tuple[str, ...] = ("kind", "name", "unit", "phone", "address", "note", "valid_from", "legal_basis")
        widgets = {"valid_from": DAY, "note": forms.Textarea(attrs={"rows": 3})}


class OrganisationEndForm(OrganisationForm):
    """The same, with an end and a successor."""

    class Meta(OrganisationForm.Meta):
        fields = (*OrganisationForm.Meta.fields, "valid_to", "successor")
        widgets = {**OrganisationForm.Meta.widgets, "valid_to": DAY}


class CommitteeForm(forms.ModelForm[Committee]):
    """A committee."""

    class Meta:
        model = Committee
        fields = ("kind", "name", "unit", "decision_number", "decision_on", "valid_from", "valid_to")
        widgets = {"decision_on": DAY, "valid_from": DAY, "valid_to": DAY}


class SeatForm(forms.ModelForm[CommitteeMember]):
    """A new seat."""

    class Meta:
        model = CommitteeMember
        fields = ("committee", "post", "organisation", "office_title", "duty", "valid_from")
        widgets = {"valid_from": DAY}


class SeatEndForm(forms.ModelForm[CommitteeMember]):
    """The end of a seat; anything else about it is a new seat."""

    valid_to = forms.DateField(label=_("until"), widget=DAY)

    class Meta:
        model = CommitteeMember
        fields = ("valid_to",)


class PlanForm(forms.ModelForm[YearPlan]):
    """A plan that is drafted."""

    class Meta:
        model = YearPlan
        fields = ("committee", "year", "title", "aims")


class PlanAdoptForm(forms.ModelForm[YearPlan]):
    """A draft that is corrected, or adopted by giving number and day."""

    class Meta:
        model = YearPlan
        fields = ("title", "aims", "number", "adopted_on")
        widgets = {"adopted_on": DAY}


class MeetingForm(forms.ModelForm[Meeting]):
    """A meeting."""

    class Meta:
        model = Meeting
        fields = ("committee", "starts_at", "place", "agenda", "minutes_number")
        widgets = {"starts_at": moment_input(), "agenda": forms.Textarea(attrs={"rows": 4})}


class ConclusionForm(forms.ModelForm[Conclusion]):
    """What was concluded, and the tasks that it becomes: at least the first."""

    class Meta:
        model = Conclusion
        fields = ("meeting", "text")
        widgets = {"text": forms.Textarea(attrs={"rows": 3})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Add the rows for tasks."""
        super().__init__(*args, **kwargs)
        for n in range(1, TASKS + 1):
            needed = n == 1
            self.fields[f"what_{n}"] = forms.CharField(label=_("Task %(n)s") % {"n": n}, required=needed)
            self.fields[f"owner_{n}"] = forms.ModelChoiceField(
                CommitteeMember.objects.select_related("organisation"), label=_("Owner %(n)s") % {"n": n}, required=needed
            )
            self.fields[f"due_{n}"] = forms.DateField(label=_("Due %(n)s") % {"n": n}, required=needed, widget=DAY)

    def clean(self) -> dict[str, Any]:
        """Hold every row that was begun to being whole."""
        data: dict[str, Any] = super().clean() or {}
        for n in range(2, TASKS + 1):
            given = [bool(data.get(f"{part}_{n}")) for part in ("what", "owner", "due")]
            if any(given) and not all(given):
                raise ValidationError(_("Task %(n)s needs words, an owner and a day."), params={"n": n})
        return data


class TaskForm(forms.ModelForm[Task]):
    """A task that is given outside a meeting: from the year's plan."""

    class Meta:
        model = Task
        fields = ("committee", "plan", "what", "owner", "due_on")
        widgets = {"due_on": DAY, "what": forms.Textarea(attrs={"rows": 3})}


class TaskStepForm(forms.ModelForm[Task]):
    """One step of a task: done, withdrawn, postponed, opened again, handed over."""

    STEPS: Final = (
        ("finish", _("Done: write the result")),
        ("postpone", _("Postpone: write the reason and a later day")),
        ("withdraw", _("Withdraw: write the reason")),
        ("hand_over", _("Hand over to another seat")),
        ("reopen", _("Open again: write the reason and a day")),
    )
    step = forms.ChoiceField(label=_("step"), choices=STEPS, widget=forms.RadioSelect)
    words = forms.CharField(label=_("result or reason"), required=False, widget=forms.Textarea(attrs={"rows": 3}))
    new_day = forms.DateField(label=_("new day"), required=False, widget=DAY)
    new_owner = forms.ModelChoiceField(CommitteeMember.objects.none(), label=_("new owner"), required=False)

    class Meta:
        model = Task
        fields: tuple[str, ...] = ()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Offer the seats of the task's own committee."""
        super().__init__(*args, **kwargs)
        seats = CommitteeMember.objects.filter(committee=self.instance.committee_id, valid_to__isnull=True)
        self.fields["new_owner"].queryset = seats.select_related("organisation")  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Ask for what the step needs."""
        data: dict[str, Any] = super().clean() or {}
        if data.get("step") in ("postpone", "reopen") and not data.get("new_day"):
            self.add_error("new_day", _("Give the new day."))
        if data.get("step") == "hand_over" and not data.get("new_owner"):
            self.add_error("new_owner", _("Choose the seat that takes over."))
        return data


class AgreementForm(forms.ModelForm[Agreement]):
    """An agreement with its parties; each line of duties is one duty."""

    class Meta:
        model = Agreement
        fields = ("name", "number", "unit", "signed_on", "valid_from", "valid_to", "review_on", "subject", "follows")
        widgets = {
            "signed_on": DAY, "valid_from": DAY, "valid_to": DAY, "review_on": DAY,
            "subject": forms.Textarea(attrs={"rows": 3}),
        }  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Add the rows for parties."""
        super().__init__(*args, **kwargs)
        for n in range(1, PARTIES + 1):
            needed = n <= 2
            self.fields[f"party_{n}"] = forms.ModelChoiceField(
                Organisation.objects.all(), label=_("Party %(n)s") % {"n": n}, required=needed
            )
            self.fields[f"duties_{n}"] = forms.CharField(
                label=_("Duties of party %(n)s") % {"n": n}, required=needed, help_text=_("One duty a line."),
                widget=forms.Textarea(attrs={"rows": 3}),
            )  # fmt: skip


class AgreementChangeForm(forms.ModelForm[Agreement]):
    """What may be corrected; other parties or duties are a new agreement that replaces this one."""

    class Meta:
        model = Agreement
        fields = ("name", "number", "signed_on", "valid_from", "valid_to", "review_on", "subject")
        widgets = AgreementForm.Meta.widgets


class ReviewForm(forms.ModelForm[AgreementReview]):
    """A review of an agreement."""

    class Meta:
        model = AgreementReview
        fields = ("agreement", "held_on", "finding", "next_on")
        widgets = {"held_on": DAY, "next_on": DAY, "finding": forms.Textarea(attrs={"rows": 4})}


class OfficeHoursForm(forms.ModelForm[OfficeHours]):
    """A session of a weekday."""

    weekday = forms.TypedChoiceField(label=_("weekday"), choices=WEEKDAYS, coerce=int)

    class Meta:
        model = OfficeHours
        fields: tuple[str, ...] = ("unit", "weekday", "opens", "closes", "valid_from", "valid_to", "source")
        widgets = {
            "valid_from": DAY, "valid_to": DAY, "opens": forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
            "closes": forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        }  # fmt: skip


class OfficeHoursChangeForm(OfficeHoursForm):
    """The same, without what stays."""

    class Meta(OfficeHoursForm.Meta):
        fields = OfficeHoursForm.Meta.fields[1:]


class SpecialDayForm(forms.ModelForm[SpecialDay]):
    """A day that differs from its weekday."""

    class Meta:
        model = SpecialDay
        fields: tuple[str, ...] = ("unit", "on", "name", "is_working", "is_provisional", "source")
        widgets = {"on": DAY}


class SpecialDayChangeForm(SpecialDayForm):
    """The same, without what stays."""

    class Meta(SpecialDayForm.Meta):
        fields = SpecialDayForm.Meta.fields[2:]
