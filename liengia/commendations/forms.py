"""The office's forms: a round, a nomination, the acts on them, a session, a decision (certificates: `certificate_forms.py`)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy as _

from liengia.audit.office import day_input
from liengia.commendations import money, papers, queries, services
from liengia.commendations.models import (
    AWARD_WORDS,
    LONGEST_MERIT,
    Award,
    CouncilSession,
    MovementList,
    Nomination,
    Procedure,
    Round,
)
from liengia.commendations.services import Counts, Signing
from liengia.core import clock
from liengia.core.errors import Invalid
from liengia.organisations.models import Committee, CommitteeMember
from liengia.papers import numbers, signing
from liengia.papers.signing import Candidate
from liengia.units.models import Unit

BASES: Final = "Căn cứ Luật Thi đua, khen thưởng ngày 15 tháng 6 năm 2022;"


def area(rows: int) -> forms.Textarea:
    """Return a box for several lines."""
    return forms.Textarea(attrs={"rows": rows})


class RoundForm(forms.ModelForm[Round]):
    """A round; its season by name, an earlier one or a new one."""

    season_name = forms.CharField(label=_("Season"), required=False, max_length=160, help_text=_("Rounds of one season are counted together. For example: Mùa Ngày hội 2023."))

    class Meta:
        model = Round
        fields = ("authority", "movement_list", "procedure", "award", "title", "period_from", "period_to")
        widgets: Final = {"period_from": day_input(), "period_to": day_input(), "movement_list": forms.RadioSelect(), "procedure": forms.RadioSelect()}

    def validate_constraints(self) -> None:
        """Leave them to the service, which says them in words."""

    revision = forms.IntegerField(widget=forms.HiddenInput, required=False)

    field_order = ("authority", "movement_list", "procedure", "award", "title", "season_name", "period_from", "period_to")

    def clean(self) -> dict[str, Any] | None:
        """Look that who decides may give the award: a commune's head gives no “bằng khen”."""
        data = super().clean()
        authority, award = self.cleaned_data.get("authority"), self.cleaned_data.get("award")
        if authority is not None and award and award not in money.awards_of([authority]):
            self.add_error("award", _("The head of this level may not give it. Choose another award, or the authority that may."))
        return data

    def __init__(self, authorities: Any, *args: Any, **options: Any) -> None:
        """Offer the People's Committees of the user's units, those that stand first."""
        super().__init__(*args, **options)
        chosen: Any = self.fields["authority"]
        chosen.queryset = authorities
        self.fields["title"].help_text = _("For example: có thành tích trong phong trào Toàn dân bảo vệ an ninh Tổ quốc năm 2026. Papers say it after “on commending” and who it is: the collectives, households, individuals.")
        self.fields["award"].choices = [(code, Award(code).label) for code in money.awards_of(authorities)]  # type: ignore[attr-defined]
        standing = [one for one in authorities if one.may_issue_on(clock.today())]
        if len(standing) == 1 and not self.instance.pk:
            chosen.initial = standing[0]
        for name, choices in (("movement_list", MovementList), ("procedure", Procedure)):
            self.fields[name].choices = choices.choices  # type: ignore[attr-defined]
        self.fields["revision"].initial = self.instance.revision
        if self.instance.pk and self.instance.season:
            self.fields["season_name"].initial = self.instance.season.name


class TitleForm(forms.Form):
    """What a decision is for, on public pages."""

    title = forms.CharField(
        label=_("Title on public pages"), max_length=250, required=False,
        help_text=_("Left empty, it is the list's own title. No person is named in it. For example: Thành tích đột xuất cứu người đuối nước, ấp 1."),
    )  # fmt: skip


class _NamedForm(forms.ModelForm[Nomination]):
    """Who is commended, with a form of address that whoever types has chosen."""

    def validate_constraints(self) -> None:
        """Leave them to the service, which says them in words."""

    def __init__(self, *args: Any, **options: Any) -> None:
        """Say what a form of address is for."""
        super().__init__(*args, **options)
        self.fields["honorific"].help_text = _("For example: Ông, Bà, Em; for a household that of who heads it: Bà makes “Hộ bà …”. Empty for a collective.")

    def clean(self) -> dict[str, Any] | None:
        """Ask how a person, or who heads a household, is addressed: nobody is “Ông” because nobody looked."""
        data = super().clean()
        written = {name: self.cleaned_data.get(name, "") for name in ("kind", "honorific", "name")}
        if written["kind"] and Nomination(**written).is_unaddressed:
            self.add_error("honorific", _("Write how this person, or who heads the household, is addressed. For example: Ông, Bà, Em."))
        return data


class NominationForm(_NamedForm):
    """A nomination."""

    revision = forms.IntegerField(widget=forms.HiddenInput, required=False)

    class Meta:
        model = Nomination
        fields = ("kind", "honorific", "name", "birth_year", "is_police", "words", "unit", "merit", "deed_on", "report", "nominator_kind", "nominated_by")
        widgets: Final = {"merit": area(3), "report": area(8), "deed_on": day_input()}

    def __init__(self, row: Round, *args: Any, **options: Any) -> None:
        """Offer the places of the round's unit; a new one begins with who nominated the last."""
        super().__init__(*args, **options)
        self.fields["revision"].initial = self.instance.revision
        places: Any = self.fields["unit"]
        rows = queries.places_of(row, keep=self.instance.unit_id)
        places.queryset = rows
        names = queries.told_apart(rows)
        places.label_from_instance = lambda unit: names[unit.pk]
        self.fields["merit"].max_length = LONGEST_MERIT  # type: ignore[attr-defined]
        if not self.instance.pk:
            self.initial = {**self.initial, "unit": row.unit_id, "kind": "individual"}
            last = row.nominations.listed().order_by("-pk").first()
            if last is not None:
                self.initial = {**self.initial, "nominated_by": last.nominated_by, "nominator_kind": last.nominator_kind, "merit": last.merit, "kind": last.kind}


class ProposalForm(_NamedForm):
    """What anybody may propose: who, for what, and who proposes."""

    class Meta:
        model = Nomination
        fields = ("round", "kind", "honorific", "name", "birth_year", "words", "unit", "merit", "nominator_kind", "nominated_by")
        widgets: Final = {"merit": area(4)}

    def __init__(self, rounds: Any, *args: Any, **options: Any) -> None:
        """Offer the open rounds and the hamlets of their communes."""
        super().__init__(*args, **options)
        fields: dict[str, Any] = self.fields
        fields["round"].queryset = rounds
        fields["round"].label_from_instance = lambda row: row.public_title
        fields["round"].label, fields["round"].empty_label = _("For which round"), None
        fields["unit"].queryset = Unit.objects.current().filter(level__in=("commune", "hamlet")).below_any([one.unit_id for one in rounds]).with_ancestors().order_by("level", "code")
        fields["unit"].label_from_instance = lambda unit: unit.place_name
        fields["merit"].label, fields["words"].label, fields["nominated_by"].label = _("What they did"), _("Office or address"), _("Who proposes it")
        fields["nominator_kind"].label = _("Proposed by")


class ReasonForm(forms.Form):
    """Why something is done."""

    reason = forms.CharField(label=_("Why"), max_length=1000, widget=area(3))


class AnswerForm(forms.Form):
    """Why a nomination that looked doubtful is right."""

    answer = forms.CharField(label=_("What you found"), max_length=1000, widget=area(3), help_text=_("For example: two people of one name, born 1969 and 1985."))


class EvidenceForm(forms.Form):
    """A file that shows a merit."""

    title = forms.CharField(label=_("What it shows"), max_length=160)
    file = forms.FileField(label=_("Picture or PDF"), help_text=_("At most 8 MB. Where and when a picture was taken is removed from it."))


class ConsentForm(forms.Form):
    """How somebody agreed to stand on the public roll."""

    how = forms.CharField(label=_("How they agreed"), max_length=160, help_text=_("For example: signed slip, in the file of the round."))
    given_on = forms.DateField(label=_("On"), widget=day_input(), initial=clock.today)


class PursuitForm(forms.Form):
    """Whether a deed that reads like a pursuit is one."""

    is_pursuit = forms.TypedChoiceField(choices=[("co", _("yes")), ("khong", _("no"))], coerce=lambda said: said == "co")


class NothingForm(forms.Form):
    """An act that needs no words."""


class _SignedForm(forms.Form):
    """What is signed by one who may on its day; `lacks` tells that nobody is entered."""

    signer = forms.ChoiceField(label=_("Who signs"))

    def __init__(self, among: Sequence[Candidate], *args: Any, **options: Any) -> None:
        """Offer who may sign, each with the days."""
        super().__init__(*args, **options)
        self.among = among
        self.lacks = not among
        self._offer([("", "…"), *self._choices()] if len(among) > 1 else self._choices())

    def _choices(self) -> list[Any]:
        return list(signing.choices(self.among))

    def _offer(self, choices: list[Any]) -> None:
        chosen: Any = self.fields["signer"]
        chosen.choices = choices

    def day(self) -> date:
        """Return the day on which it is signed."""
        return clock.today()

    def clean(self) -> dict[str, Any] | None:
        """Look that who was chosen may sign on the day."""
        data = super().clean()
        if self.cleaned_data.get("signer"):
            try:
                self.signed_by = signing.chosen(self.among, self.cleaned_data["signer"], on=self.day())
            except Invalid as error:
                self.add_error("signer", str(error))
        return data

    def name_of(self, field: str) -> str | None:
        """Return the form's name of a field that a service refused."""
        return {"signer_name": "signer", "proposer": "signer"}.get(field, field)


class SubmitForm(_SignedForm):
    """Who proposes and the words of the submission; whom it goes to is who decides, and its head is that of who proposes."""

    bases = forms.CharField(label=_("Legal bases, one a line"), required=False, max_length=3000, widget=area(3), initial=BASES)
    words = forms.CharField(label=_("What is asked for"), max_length=5000, widget=area(4))

    def __init__(self, row: Round, among: Sequence[Candidate], *args: Any, **options: Any) -> None:
        """Begin with the usual words; the signers stand under the body for which they sign."""
        super().__init__(among, *args, **options)
        self.fields["signer"].label = _("Who proposes and signs")
        self.fields["signer"].help_text = _("The submission bears head, symbol and signature of the body under which the name stands.")
        listed = list(row.nominations.listed().in_calling_order().select_related("unit__parent__parent"))
        whom = papers.commended_as(row, listed, listed="(có tên trong danh sách dưới đây)")
        self.fields["words"].initial = f"Kính đề nghị {papers.head_of(row)} xem xét, tặng {AWARD_WORDS[Award(row.award)]} cho {whom}."

    def _choices(self) -> list[Any]:
        groups: dict[str, list[tuple[str, str]]] = {}
        for one in self.among:
            groups.setdefault(str(one.issuer), []).append((one.key, one.words))
        return list(groups.items())


class DecideForm(_SignedForm):
    """What whoever decides adds."""

    on = forms.DateField(label=_("Day of the paper"), widget=day_input(), initial=clock.today)
    bases = forms.CharField(label=_("Legal bases, one a line"), required=False, max_length=3000, widget=area(4), initial=BASES)
    proposed_by = forms.CharField(label=_("At whose request"), required=False, max_length=250)
    carried_out_by = forms.CharField(label=_("Who carries it out"), max_length=250, initial="Chánh Văn phòng, bộ phận tài chính")
    recipients = forms.CharField(label=_("Addressees"), required=False, max_length=2000, widget=area(3), initial="Như Điều 3;\nLưu: VT.")
    number = forms.IntegerField(
        label=_("Number"), required=False, min_value=1, max_value=99_999, help_text=_("Leave it empty: the next one is given. Write it in only where another register counts.")
    )
    is_on_paper = forms.BooleanField(label=_("The file has them on paper, numbered and signed"), required=False)
    field_order = ("on", "signer", "bases", "proposed_by", "carried_out_by", "recipients", "number", "is_on_paper")

    def __init__(self, row: Round, among: Sequence[Candidate], *args: Any, **options: Any) -> None:
        """Begin with who proposed it, by its number; ask for a number only where another register counts, and for what was not issued here."""
        super().__init__(among, *args, **options)
        self.fields["proposed_by"].initial = papers.proposed_by(row)
        self.unnumbered = services.unnumbered(row)
        if not self.unnumbered:
            del self.fields["is_on_paper"]
        if numbers.is_counted_elsewhere(row.authority, papers.DECISION.abbreviation, clock.today().year):
            self.fields["number"].required = True
            self.fields["number"].help_text = _("Another register counts these: write in the number that it gave.")
        self.fields["signer"].help_text = _("Those who may sign for %(who)s, each with the days.") % {"who": row.authority}

    def day(self) -> date:
        """Return the day of the paper."""
        return self.cleaned_data.get("on") or clock.today()

    def signing(self) -> Signing:
        """Return what is signed."""
        facts = {name: value for name, value in self.cleaned_data.items() if name != "signer"}
        return Signing(signer_office=self.signed_by.office, signer_name=self.signed_by.name, **facts)


class SessionForm(forms.Form):
    """A session of the council: who was there."""

    held_on = forms.DateField(label=_("Held on"), widget=day_input(), initial=clock.today)
    place = forms.CharField(label=_("Place"), max_length=160)
    chair = forms.ModelChoiceField(label=_("Presided"), queryset=CommitteeMember.objects.none())
    clerk = forms.ModelChoiceField(label=_("Took the minutes"), queryset=CommitteeMember.objects.none())
    present = forms.ModelMultipleChoiceField(label=_("Present"), queryset=CommitteeMember.objects.none(), widget=forms.CheckboxSelectMultiple)
    is_by_hand = forms.TypedChoiceField(
        label=_("How it votes"), choices=[("hands", _("raised hands, counted together")), ("ballots", _("ballots, one a seat"))], coerce=lambda said: said == "hands", widget=forms.RadioSelect, initial="hands",
    )  # fmt: skip

    def __init__(self, committee: Committee, *args: Any, **options: Any) -> None:
        """Offer the council's seats."""
        super().__init__(*args, **options)
        seats = committee.members.select_related("organisation").order_by("pk")
        for name in ("chair", "clerk", "present"):
            self.fields[name].queryset = seats  # type: ignore[attr-defined]
        by_post = {one.post: one.pk for one in seats}
        self.initial = {"present": [one.pk for one in seats], "chair": by_post.get("chair"), "clerk": by_post.get("secretary"), **self.initial}


class HandsForm(forms.Form):
    """The hands that were counted against each nomination, and without an opinion; the others were in favour."""

    def __init__(self, session: CouncilSession, *args: Any, **options: Any) -> None:
        """Make two fields a nomination."""
        super().__init__(*args, **options)
        self.there = session.seats.count()
        self.votes = list(session.votes.select_related("nomination").order_by("nomination__place", "pk"))
        for vote in self.votes:
            for name, label in (("against", _("against")), ("other", _("no opinion"))):
                self.fields[f"{name}_{vote.nomination_id}"] = forms.IntegerField(
                    label=f"{vote.nomination.called}: {label}", min_value=0, max_value=self.there, initial=getattr(vote, name), widget=forms.NumberInput(attrs={"class": "narrow"})
                )

    def counts(self) -> dict[int, Counts]:
        """Return the counts by nomination."""
        found = {}
        for vote in self.votes:
            against, other = (self.cleaned_data[f"{name}_{vote.nomination_id}"] for name in ("against", "other"))
            found[vote.nomination_id] = Counts(self.there - against - other, against, other)
        return found

    def rows(self) -> list[tuple[Nomination, Any, Any]]:
        """Return the lines of the table."""
        return [(vote.nomination, self[f"against_{vote.nomination_id}"], self[f"other_{vote.nomination_id}"]) for vote in self.votes]


class BallotForm(forms.Form):
    """The ballot of one seat."""

    seat = forms.ModelChoiceField(label=_("Seat"), queryset=CommitteeMember.objects.none())

    def __init__(self, session: CouncilSession, *args: Any, **options: Any) -> None:
        """Make a field a nomination."""
        super().__init__(*args, **options)
        waiting = session.seats.filter(has_voted=False).values("member")
        self.fields["seat"].queryset = CommitteeMember.objects.filter(pk__in=waiting)  # type: ignore[attr-defined]
        self.votes = list(session.votes.select_related("nomination").order_by("nomination__place", "pk"))
        choices = [("in_favour", _("in favour")), ("against", _("against")), ("other", _("no opinion"))]
        for vote in self.votes:
            self.fields[f"choice_{vote.nomination_id}"] = forms.ChoiceField(label=vote.nomination.called, choices=choices)

    def choices(self) -> dict[int, str]:
        """Return what the ballot says, by nomination."""
        return {vote.nomination_id: self.cleaned_data[f"choice_{vote.nomination_id}"] for vote in self.votes}


class ConcludeForm(forms.Form):
    """What the minutes say besides the votes."""

    begun = forms.CharField(label=_("When it began"), max_length=60)
    ended = forms.CharField(label=_("When it ended"), max_length=60)
    chair_name = forms.CharField(label=_("Name of who presided"), required=False, max_length=120)
    clerk_name = forms.CharField(label=_("Name of who took the minutes"), max_length=120)
    discussion = forms.CharField(label=_("What was said"), required=False, max_length=6000, widget=area(5))

    def __init__(self, session: CouncilSession, *args: Any, **options: Any) -> None:
        """Begin with the names of who fills these seats, where they have an account."""
        super().__init__(*args, **options)
        for name, seat in (("chair_name", session.chair), ("clerk_name", session.clerk)):
            self.fields[name].initial = str(seat.holder) if seat.holder else ""
            self.fields[name].help_text = seat.office_title


class UploadForm(forms.Form):
    """A spreadsheet."""

    file = forms.FileField(label=_("Excel file (.xlsx)"))
