"""The office's forms: one for each thing that is done with an opinion."""

from __future__ import annotations

from typing import Any, Final

from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from liengia.audit.office import day_input, short
from liengia.core import clock
from liengia.opinions import office_text, officials, services
from liengia.opinions.capabilities import ANSWER
from liengia.opinions.models import (
    AnswerKind,
    EvidenceKind,
    Opinion,
    RefusalReason,
    ToldHow,
    Topic,
)
from liengia.organisations.models import Organisation
from liengia.people import policies as people
from liengia.people.models import RoleAssignment, User
from liengia.units.models import Level, Unit, valid_on


class ActForm(forms.Form):
    """A form for one opinion and one reader; without fields it is a question that is answered by its button."""

    def __init__(self, *args: Any, opinion: Opinion, user: User, **kwargs: Any) -> None:
        """Offer what fits the opinion."""
        super().__init__(*args, **kwargs)
        self.opinion, self.user = opinion, user
        self.fit()
        for field in self.fields.values():
            if isinstance(field, forms.ModelChoiceField):
                field.label_from_instance = short  # type: ignore[method-assign, assignment]

    def fit(self) -> None:
        """Narrow the choices."""

    def choose(self, name: str, rows: Any) -> None:
        """Set the choices of a field."""
        self.fields[name].queryset = rows  # type: ignore[attr-defined]


class SortForm(ActForm):
    """Topic, hamlet, urgency."""

    topic = forms.ModelChoiceField(label=_("Subject field"), queryset=Topic.objects.none(), empty_label=_("Choose from the list"))
    hamlet = forms.ModelChoiceField(label=_("Hamlet"), queryset=Unit.objects.none(), required=False, empty_label=_("Not known"))
    urgency = forms.ChoiceField(
        label=_("Urgency"),
        choices=[("topic", _("As the topic says")), ("urgent", _("Urgent: answered within office hours")), ("ordinary", _("Not urgent"))],
        widget=forms.RadioSelect,
        initial="topic",
    )

    def fit(self) -> None:
        """The commune's topics and hamlets."""
        self.choose("topic", Topic.objects.all().of(self.opinion.commune.current()))
        self.choose("hamlet", _hamlets(self.opinion))
        self.initial.setdefault("topic", self.opinion.topic_id)
        self.initial.setdefault("hamlet", self.opinion.hamlet_id)


class AssignForm(ActForm):
    """Who is to answer: a person, an organisation, or a unit's office."""

    person = forms.ModelChoiceField(label=_("Person"), queryset=User.objects.none(), required=False, empty_label=_("Nobody by name"))
    organisation = forms.ModelChoiceField(
        label=_("Organisation"), queryset=Organisation.objects.none(), required=False, empty_label=_("None")
    )
    unit = forms.ModelChoiceField(label=_("Unit"), queryset=Unit.objects.none(), required=False, empty_label=_("None"))
    note_words = forms.CharField(label=_("Note to them"), required=False, max_length=500, widget=forms.Textarea(attrs={"rows": 3}))

    def fit(self) -> None:
        """Those of the commune; of what concerns an officer only those who handle that, without the officer."""
        commune = self.opinion.commune
        self.choose("person", officials.handlers(self.opinion) if self.opinion.about_officials else people.holders(ANSWER, commune))
        self.choose("organisation", _bodies(commune))
        self.choose("unit", Unit.objects.filter(Q(pk=commune.current().pk) | Q(pk__in=_hamlets(self.opinion).values("pk"))).order_by("code"))
        if self.opinion.topic and not self.is_bound:
            self.initial.setdefault("organisation", self.opinion.topic.organisation_id)


class ForwardForm(ActForm):
    """The body that decides, and the letter."""

    organisation = forms.ModelChoiceField(label=_("Body that decides"), queryset=Organisation.objects.none(), empty_label=_("Choose from the list"))
    document_number = forms.CharField(label=_("Number of the letter"), required=False, max_length=60)
    note_words = forms.CharField(label=_("Note to them"), required=False, max_length=500, widget=forms.Textarea(attrs={"rows": 3}))

    def fit(self) -> None:
        """Those of the commune and of everything above."""
        self.choose("organisation", _bodies(self.opinion.commune))


class WordsForm(ActForm):
    """Words."""

    text = forms.CharField(label=_("Question to the writer"), max_length=2000, widget=forms.Textarea(attrs={"rows": 5}))


class AnswerForm(ActForm):
    """The answer, how it was given, and who signs; confirmed when its words are those of an earlier one."""

    kind = forms.ChoiceField(label=_("How it is answered"), choices=AnswerKind.choices, widget=forms.RadioSelect, initial=AnswerKind.IN_WRITING)
    text = forms.CharField(label=_("Answer"), max_length=10_000, widget=forms.Textarea(attrs={"rows": 10}))
    signer_name = forms.CharField(label=_("Signed by"), max_length=120)
    signer_office = forms.CharField(label=_("Office of who signs"), max_length=160)
    joined_text = forms.CharField(
        label=_("Words to those whose opinions were joined with this one"), max_length=10_000, widget=forms.Textarea(attrs={"rows": 6}),
        help_text=_("They do not read the answer itself: it was written to somebody else. Say what was found and done, and nothing of who wrote first."),
    )  # fmt: skip
    document_number = forms.CharField(label=_("Number of the letter"), required=False, max_length=60)
    promised_on = forms.DateField(
        label=_("To be done by"), required=False, widget=day_input(),
        help_text=_("Only when something is promised: it is followed until it is shown."),
    )  # fmt: skip
    is_paste_meant = forms.BooleanField(
        label=_("Yes, the same words fit here; I have read both opinions"), required=False, widget=forms.HiddenInput
    )

    def fit(self) -> None:
        """Who signs is most often whoever writes. Those joined read the public copy; without one they are written to."""
        if Opinion.all_.filter(merged_into=self.opinion).exists():
            self.fields["joined_text"].required = not self.opinion.is_public
        else:
            del self.fields["joined_text"]
        self.initial.setdefault("signer_name", self.user.full_name)
        self.initial.setdefault("signer_office", officials.answering_office(self.opinion, self.user))
        if self.opinion.state != "sorted":
            self.fields["kind"].choices = [(AnswerKind.IN_WRITING, AnswerKind.IN_WRITING.label)]  # type: ignore[attr-defined]

    def ask_whether_meant(self) -> None:
        """Show the box to tick: the words are those of an earlier answer."""
        self.fields["is_paste_meant"].widget = forms.CheckboxInput()


class PublishForm(ActForm):
    """What everybody reads of the answer: each marked place hidden or kept, and more words hidden by hand."""

    hidden = forms.CharField(
        label=_("Hide these words too"), required=False, widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("One a line, exactly as they stand in the answer."),
    )  # fmt: skip
    began_from = forms.CharField(required=False, widget=forms.HiddenInput)

    def fit(self) -> None:
        """Ask about each mark of the newest answer, by its place; what the copy that was made before hides is hidden again."""
        given = list(self.opinion.answers.all())
        self.answer = given[0].text if given else ""
        self.marks = office_text.decide("a", self.answer, services.marks_of(self.opinion, self.answer), {})
        former, out = next((one for one in given if one.public_text), None), self.opinion.public_answer
        hidden = office_text.hidden_words(former.text, former.public_text) if former else []
        said, self.lines = office_text.begin_from(self.marks, hidden, self.answer)
        self.stands, self.stand = out.public_text if out else "", services.stand_of(self.opinion)
        self.initial.update(said, hidden="\n".join(self.lines), began_from=self.stand)
        asked = {
            one.name: forms.ChoiceField(
                label=f"{one.kind_words} “{one.words}”", choices=[(office_text.HIDE, _("Hide")), (office_text.KEEP, _("Keep"))], widget=forms.RadioSelect,
                error_messages={"required": _("Decide on each marked place first.")},
            )
            for one in self.marks
        }  # fmt: skip
        self.fields = {**asked, **self.fields}

    def clean(self) -> dict[str, Any]:
        """Make the copy; what hiding has left over is asked about by the service.

        Raises:
            ValidationError: somebody changed what stands meanwhile; the form keeps what was typed, and hides what they hid.
        """
        if self.cleaned_data.get("began_from", "") != self.stand:
            typed = self.cleaned_data.get("hidden", "").splitlines()
            now = {"hidden": "\n".join([*typed, *(line for line in self.lines if line not in typed)]), "began_from": self.stand}
            self.data = {**{name: self.data.get(name) for name in self.data}, **now}
            raise forms.ValidationError(services.CHANGED)
        said = {name: str(value) for name, value in self.cleaned_data.items()}
        decided = office_text.decide("a", self.answer, [one.mark for one in self.marks], said)
        text = office_text.compose(self.answer, decided, self.cleaned_data.get("hidden", "").splitlines())
        return {**self.cleaned_data, "copy": {"text": text, "kept": office_text.kept(decided), "began_from": self.stand}}


class RefuseForm(ActForm):
    """A reason of the list, and words."""

    reason = forms.ModelChoiceField(label=_("Reason"), queryset=RefusalReason.objects.none(), empty_label=_("Choose a reason"))
    words = forms.CharField(
        label=_("What you say to the writer"), max_length=2000, widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_("Why it is not taken up, and where the writer can turn to. The writer reads them with the reason."),
    )  # fmt: skip

    def fit(self) -> None:
        """Reasons in use that do not lead elsewhere by law."""
        self.choose("reason", RefusalReason.objects.filter(is_active=True, is_elsewhere=False))


class MoveOutForm(ActForm):
    """Where it belongs by law; the writer reads the explanation of the list."""

    reason = forms.ModelChoiceField(
        label=_("What it is by law"), queryset=RefusalReason.objects.none(), empty_label=None, widget=forms.RadioSelect
    )
    words = forms.CharField(
        label=_("More words to the writer"), required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 3})
    )

    def fit(self) -> None:
        """Only what belongs elsewhere by law; each choice shows what the writer reads."""
        self.choose("reason", RefusalReason.objects.filter(is_active=True, is_elsewhere=True))
        self.readings = list(RefusalReason.objects.filter(is_active=True, is_elsewhere=True))


class ReferForm(ActForm):
    """Whom it concerns: by account, or in words."""

    officer = forms.ModelChoiceField(label=_("Officer"), queryset=User.objects.none(), required=False, empty_label=_("No account, or not known"))
    words = forms.CharField(label=_("Who, or which office"), required=False, max_length=200)

    def fit(self) -> None:
        """Those who hold a role of the office in the commune."""
        held = RoleAssignment.objects.at(clock.now()).filter(
            unit__in=Unit.objects.below_any(self.opinion.commune.lineage_ids()).values("pk")
        )
        self.choose("officer", User.objects.filter(pk__in=held.values("user"), is_active=True).order_by("full_name", "pk"))


_EVERYBODY: Final = "everybody"
_SEEN_BY: Final = [
    (_EVERYBODY, _("Everybody: no face, name, phone number or plate of a private person is in it")),
    ("office", _("Only those who handle this opinion")),
]


class EvidenceForm(ActForm):
    """A photo or a document, and what it shows."""

    kind = forms.ChoiceField(label=_("What you send"), choices=EvidenceKind.choices, widget=forms.RadioSelect, initial=EvidenceKind.PHOTO)
    file = forms.FileField(
        label=_("File"), widget=forms.FileInput(attrs={"accept": "image/jpeg,image/png,image/webp,application/pdf"}),
        help_text=_("A photo (JPEG, PNG, WebP) or a PDF, at most 10 MB. Where it was taken is removed from a photo."),
    )  # fmt: skip
    title = forms.CharField(label=_("What it shows"), max_length=160)
    # Asked for, and not ticked beforehand: a letter shows names as easily as a photo shows a lamp.
    seen_by = forms.ChoiceField(label=_("Who may see it"), choices=_SEEN_BY, widget=forms.RadioSelect)

    def fit(self) -> None:
        """What is never public stays among those who handle it."""
        if self.opinion.about_officials or self.opinion.is_private_person:
            del self.fields["seen_by"]

    def clean(self) -> dict[str, Any] | None:
        """Tell the service whether it is public."""
        self.cleaned_data["is_public"] = self.cleaned_data.pop("seen_by", "") == _EVERYBODY
        return None


class ToldForm(ActForm):
    """How the writer was told."""

    how = forms.ChoiceField(label=_("How the writer was told"), choices=ToldHow.choices, widget=forms.RadioSelect)


class SureForm(ActForm):
    """A box to tick before what cannot be undone."""

    is_sure = forms.BooleanField(label=_("Yes, I have read both and they are about the same thing"))


def _hamlets(opinion: Opinion) -> Any:
    return Unit.objects.current().filter(parent=opinion.commune.current(), level=Level.HAMLET).order_by("code")


def _bodies(commune: Unit) -> Any:
    above = [unit.pk for unit in (commune.current(), *commune.current().ancestors())]
    inside = Unit.objects.below_any(commune.lineage_ids()).values("pk")
    standing = Organisation.objects.filter(valid_on(clock.today()))
    return standing.filter(Q(unit__in=above) | Q(unit__in=inside)).order_by("folded_name", "pk")
