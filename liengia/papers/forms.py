"""The office's forms: a paper by its kind, a wording, an issuer, a number book."""

from __future__ import annotations

from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy as _

from liengia.audit.office import day_input
from liengia.core import clock, stale
from liengia.core.errors import Invalid
from liengia.core.stale import revision_field
from liengia.organisations.models import Committee, MemberPost, Organisation
from liengia.papers import signing, ties, wording
from liengia.papers.kinds import PaperKind
from liengia.papers.models import Issuer, Paper, Signatory
from liengia.papers.services import LONGEST_ABOUT, LONGEST_VALUE, Draft

_HEAD: Final = ("issuer", "about")


def _area(rows: int) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows})


class PaperForm(forms.Form):
    """A paper: its fields and blocks come from its kind."""

    issuer = forms.ModelChoiceField(label=_("Who issues it"), queryset=Issuer.objects.none())
    about = forms.CharField(
        label=_("Subject"), max_length=LONGEST_ABOUT,
        help_text=_("What stands under the kind of the paper, as: on holding the festival of the year 2023."),
    )  # fmt: skip

    def __init__(self, kind: PaperKind, issuers: Any, *args: Any, paper: Paper | None = None, **options: Any) -> None:
        """Add the kind's fields, filled from a draft."""
        last = Paper.objects.filter(kind=kind.code, issuer__in=issuers).order_by("-pk").first() if paper is None else None
        if paper is not None:
            options["initial"] = self._initial(paper)
        elif last is not None:
            options["initial"] = self._signed_as(last)
        super().__init__(*args, **options)
        if paper is not None:
            self.fields["revision"] = revision_field()
        self.kind = kind
        self.fields["issuer"].queryset = issuers  # type: ignore[attr-defined]
        if len(issuers) == 1:
            self.fields["issuer"].initial = issuers[0]
        for number, one in enumerate(kind.fields):
            self.fields[f"field_{number}"] = forms.CharField(
                label=one.name[:1].upper() + one.name[1:], required=False, max_length=LONGEST_VALUE, help_text=str(one.help),
                widget=_area(4) if one.is_long else forms.TextInput(),
            )  # fmt: skip
            self.fields[f"field_{number}"].is_needed_to_issue = one.is_required  # type: ignore[attr-defined]
        for number, block in enumerate(kind.blocks):
            self.fields[f"block_{number}"] = forms.CharField(
                label=block.name[:1].upper() + block.name[1:], required=False, widget=_area(6), strip=False,
                help_text=_("%(what)s. One row a line; rows can be pasted from a spreadsheet.") % {"what": block.help},
            )  # fmt: skip
        self._only_read(paper)
        known = paper or last
        self.signing = max(kind.signers, len(known.signers) + 1 if known is not None else 0) if kind.is_signed_by_all else kind.signers
        for number in range(self.signing):
            self.fields[f"office_{number}"] = forms.CharField(label=self._signer(number, _("office")), required=False, max_length=120)
            self.fields[f"signer_{number}"] = forms.CharField(label=self._signer(number, _("name")), required=False, max_length=120)
        self.fields["recipients"] = forms.CharField(
            label=_("Addressees"), required=False, max_length=2000, widget=_area(3), help_text=_("One a line, as they stand at the foot of the paper.")
        )

    def _only_read(self, paper: Paper | None) -> None:
        """Let lists that are another room's records be read here, and say where they are changed."""
        self.paper, tie = paper, ties.of(paper) if paper is not None else None
        for number, block in enumerate(self.kind.blocks):
            if tie is not None and block.name in tie.blocks:
                field = self.fields[f"block_{number}"]
                field.widget.attrs["readonly"], field.help_text = True, str(tie.of_blocks)

    def _signer(self, number: int, what: Any) -> str:
        if self.kind.signers == 1:
            return _("Signed by: %(what)s") % {"what": what}
        return _("Signature %(n)s: %(what)s") % {"n": number + 1, "what": what}

    @staticmethod
    def _signed_as(last: Paper) -> dict[str, Any]:
        """Return what is mostly the same as in the last paper of the kind: who issues it, who signs, where it goes."""
        found: dict[str, Any] = {"issuer": last.issuer_id, "recipients": last.recipients}
        for number, (office, name) in enumerate(last.signers):
            found |= {f"office_{number}": office, f"signer_{number}": name}
        return found

    @staticmethod
    def _initial(paper: Paper) -> dict[str, Any]:
        from liengia.papers import kinds

        kind = kinds.get(paper.kind)
        assert kind is not None
        found: dict[str, Any] = {"issuer": paper.issuer_id, "about": paper.about, "recipients": paper.recipients, "revision": paper.revision}
        found |= {f"field_{n}": paper.values.get(one.name, "") for n, one in enumerate(kind.fields)}
        found |= {f"block_{n}": "\n".join(" | ".join(row) for row in paper.blocks.get(one.name, ())) for n, one in enumerate(kind.blocks)}
        for number, (office, name) in enumerate(paper.signers):
            found |= {f"office_{number}": office, f"signer_{number}": name}
        return found

    def clean(self) -> dict[str, Any] | None:
        """Read the blocks as rows."""
        data = super().clean()
        self.rows: dict[str, list[list[str]]] = {}
        for number, block in enumerate(self.kind.blocks):
            typed = self.cleaned_data.get(f"block_{number}", "")
            if self.paper is not None and typed.split() == str(self.initial[f"block_{number}"]).split():  # read anew, a cell with a bar in it would be two
                self.rows[block.name] = self.paper.blocks.get(block.name, [])
                continue
            try:
                self.rows[block.name] = wording.read_rows(typed, block)
            except Invalid as error:
                self.add_error(f"block_{number}", str(error))
        return data

    def draft(self) -> Draft:
        """Return what was written."""
        data = self.cleaned_data
        signers = [(data[f"office_{n}"], data[f"signer_{n}"]) for n in range(self.signing)]
        if self.kind.is_signed_by_all:
            signers = [one for n, one in enumerate(signers) if n < self.kind.signers or any(one)]
        return Draft(
            kind=self.kind.code, issuer=data["issuer"], about=data["about"], blocks=self.rows, recipients=data["recipients"],
            values={one.name: data[f"field_{n}"] for n, one in enumerate(self.kind.fields)},
            signers=signers if any(name or office for office, name in signers) else (),
        )  # fmt: skip

    def lay_beside(self, paper: Paper) -> None:
        """Put what is kept meanwhile under each field that differs; rows that were pasted are compared as rows."""
        standing = self._initial(paper)
        for number, block in enumerate(self.kind.blocks):
            if self.rows.get(block.name, []) == paper.blocks.get(block.name, []):
                standing[f"block_{number}"] = stale.as_kept(self.cleaned_data.get(f"block_{number}", ""))
        stale.lay_beside(self, standing, revision=paper.revision, say=lambda now: stale.kept_words(self._issuers.get(now, now)))

    @property
    def _issuers(self) -> dict[Any, str]:
        return {one.pk: one.name for one in self.fields["issuer"].queryset}  # type: ignore[attr-defined]

    def name_of(self, field: str) -> str | None:
        """Return the form's name of a field that a service refused."""
        for n, one in enumerate(self.kind.fields):
            if one.name == field:
                return f"field_{n}"
        for n, block in enumerate(self.kind.blocks):
            if block.name == field:
                return f"block_{n}"
        known = {"signers": "signer_0"}.get(field, field)
        return known if known in self.fields else None


class IssueForm(forms.Form):
    """The day, who signs where the draft does not say it, and the number where another register counts."""

    revision = revision_field()
    issued_on = forms.DateField(label=_("Day of the paper"), widget=day_input(), initial=clock.today)
    number = forms.IntegerField(
        label=_("Number"), required=False, min_value=1, max_value=99_999,
        help_text=_("Leave it empty: the next one is given. Write it in only where another register counts."),
    )  # fmt: skip

    def __init__(self, kind: PaperKind, paper: Paper, *args: Any, **options: Any) -> None:
        """Offer who may sign for the paper's issuer; where several sign (who wrote, who presided, the parties), the names that the draft leaves open are typed."""
        super().__init__(*args, **{"initial": {"revision": paper.revision}, **options})
        self.signers = [(office, name) for office, name in paper.signers] or [("", "")] * kind.signers
        self.open = [number for number, (_office, name) in enumerate(self.signers) if not name]
        # Who wrote minutes is no matter of who may sign for their issuer, so that nobody of these stands chosen as the secretary.
        is_one = len(self.signers) == 1
        self.candidates = signing.candidates([paper.issuer]) if self.open and is_one else []
        self.lacks = bool(self.open) and is_one and not self.candidates
        for number in () if is_one else self.open:
            office = self.signers[number][0]
            self.fields[f"signer_{number}"] = forms.CharField(label=_("Who signs as %(office)s") % {"office": office} if office else _("Who signs"), max_length=120, help_text=_("The name as it stands under the signature."))
        for number in self.open if self.candidates else ():
            office = self.signers[number][0]
            self.fields[f"signer_{number}"] = forms.ChoiceField(
                label=_("Who signs as %(office)s") % {"office": office} if office else _("Who signs"), required=False, choices=[("", "…"), *signing.choices(self.candidates)],
                initial=signing.preselected(self.candidates), help_text=_("Those who may sign for %(who)s, each with the days.") % {"who": paper.issuer},
            )  # fmt: skip

    def clean(self) -> dict[str, Any] | None:
        """Look that who was chosen may sign on the day."""
        data = super().clean()
        on = self.cleaned_data.get("issued_on")
        if not self.candidates:
            self.signers = [(office, name or self.cleaned_data.get(f"signer_{number}", "")) for number, (office, name) in enumerate(self.signers)]
        for number in self.open if self.candidates and on is not None else ():
            field = f"signer_{number}"
            try:
                found = signing.chosen(self.candidates, self.cleaned_data.get(field, ""), on=self.cleaned_data["issued_on"], field=field)
            except Invalid as error:
                self.add_error(field, str(error))
                continue
            self.signers[number] = (self._office(self.signers[number][0], found), found.name)
        return data

    def _office(self, drafted: str, found: signing.Candidate) -> str:
        """Return the office above the name: a paper of one signer has that by which they sign ("KT. Chủ tịch / Phó Chủ tịch"), not the head's that the draft guessed."""
        if len(self.signers) == 1 and found.seat != MemberPost.CHAIR:
            return found.office
        return drafted or found.office


class RevokeForm(forms.Form):
    """Why a paper is revoked."""

    reason = forms.CharField(label=_("Why it is revoked"), max_length=1000, widget=_area(3))


class WordingForm(forms.Form):
    """An office's wording of one kind."""

    text = forms.CharField(label=_("Wording"), widget=_area(24), strip=False)
    revision = forms.IntegerField(widget=forms.HiddenInput(), min_value=0)


class BookForm(forms.Form):
    """How a number book is counted."""

    abbreviation = forms.ChoiceField(label=_("Kind of paper"))
    last = forms.IntegerField(
        label=_("Last number that was given before"), min_value=0, max_value=99_999, initial=0,
        help_text=_("The next paper gets the number after it."),
    )  # fmt: skip
    is_kept_elsewhere = forms.BooleanField(label=_("Another register counts these; each number is written in by hand"), required=False)


class IssuerForm(forms.ModelForm[Issuer]):
    """An issuer: the institution or committee, and the words of its head."""

    class Meta:
        model = Issuer
        fields = ("organisation", "committee", "name", "superior", "symbol", "place", "signs_as")

    def __init__(self, *args: Any, **options: Any) -> None:
        """Offer bodies that stand today or stood before: old papers have their issuers too."""
        super().__init__(*args, **options)
        self.fields["organisation"].queryset = Organisation.objects.order_by("folded_name")  # type: ignore[attr-defined]
        self.fields["committee"].queryset = Committee.objects.order_by("name")  # type: ignore[attr-defined]


class IssuerChangeForm(forms.ModelForm[Issuer]):
    """The words of an issuer's head; whose they are stays."""

    class Meta:
        model = Issuer
        fields = ("name", "superior", "symbol", "place", "signs_as")


class SignatoryForm(forms.ModelForm[Signatory]):
    """Who signs for a body, in which office, from when until when."""

    body = forms.ChoiceField(label=_("For which office"))

    class Meta:
        model = Signatory
        fields = ("name", "office", "right", "head_office", "valid_from", "valid_to", "basis")
        widgets: Final = {"valid_from": day_input(), "valid_to": day_input()}

    field_order = ("body", "name", "office", "right", "head_office", "valid_from", "valid_to", "basis")

    def __init__(self, bodies: dict[str, Organisation | Committee], *args: Any, **options: Any) -> None:
        """Offer the bodies; whose an entered signatory is stays."""
        super().__init__(*args, **options)
        chosen: Any = self.fields["body"]
        chosen.choices = [(key, str(body)) for key, body in bodies.items()]
        if self.instance.pk:
            del self.fields["body"]
        else:
            self.fields["valid_from"].initial = clock.today

    def validate_constraints(self) -> None:
        """Leave them to the service, which says them in words."""
