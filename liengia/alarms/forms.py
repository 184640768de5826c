"""Forms of the leader's pages; the duty console has its own."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from liengia.alarms.models import AnswerKind, DeviceKind, GroupHousehold, Kind, NeighbourGroup
from liengia.alarms.services import DISMISS_REASONS, OVER
from liengia.people.models import Household, User
from liengia.units.models import Unit

FILE_MOST = 8 * 1024 * 1024
FILE_KINDS = frozenset({"pdf", "jpg", "jpeg", "png"})
APART_MINUTES = ((10, _("10 minutes")), (30, _("30 minutes")), (120, _("2 hours")), (720, _("12 hours")))


class _Day(forms.DateInput):
    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


class _Moment(forms.DateTimeInput):
    input_type = "datetime-local"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%dT%H:%M")


class EndForm(forms.Form):
    """The end of a real alarm, by who keeps the group where nobody is at a duty post."""

    outcome = forms.ChoiceField(
        label=_("How did it end?"),
        choices=[
            ("", _("Choose one")),
            (OVER, _("It is over, what was to be done is done")),
            (_("It was a mistaken alarm"), list(DISMISS_REASONS.items())),
        ],
        error_messages={"required": _("Choose how it ended. Nothing was changed.")},
    )
    note = forms.CharField(
        label=_("Short note"), max_length=300, required=False, help_text=_("What it was, what was done. It stands in the report.")
    )


class GroupForm(forms.ModelForm[NeighbourGroup]):
    """What is written of a group."""

    class Meta:
        """The facts that `change_group` takes."""

        model = NeighbourGroup
        fields: ClassVar[list[str]] = [
            "name", "leader", "deputy", "assembly_point", "lane_note", "water_note", "power_note", "drill_every_days",
            "decision_number", "decision_on", "decision_file", "rules",
        ]  # fmt: skip
        widgets: ClassVar[dict[str, Any]] = {
            "decision_on": _Day(),
            "decision_file": forms.FileInput,
            "rules": forms.Textarea(attrs={"rows": 8}),
            "power_note": forms.Textarea(attrs={"rows": 3}),
        }
        help_texts: ClassVar[dict[str, Any]] = {
            "assembly_point": _("Where all meet and are counted. For example: the yard of the culture house."),
            "power_note": _("Only what devices cannot report: who has a generator, where the gong hangs."),
            "decision_file": _("A PDF or a photo of the commune's decision."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Offer as leaders those who live in the group's houses, and those who lead it now."""
        super().__init__(*args, **kwargs)
        group = self.instance
        living = User.objects.filter(memberships__household__group_places__group=group, memberships__ended_at=None)
        leading = [key for key in (group.leader_id, group.deputy_id) if key is not None]
        keys = [*living.values_list("pk", flat=True), *leading]
        for name in ("leader", "deputy"):
            field = self.fields[name]
            if isinstance(field, forms.ModelChoiceField):
                field.queryset = User.objects.filter(pk__in=keys, is_active=True).order_by("full_name")
                field.empty_label = str(_("nobody yet"))


    def clean_decision_file(self) -> Any:
        """Take PDF and pictures up to 8 MB."""
        file = self.cleaned_data.get("decision_file")
        if file and "decision_file" in self.changed_data:
            if file.size > FILE_MOST:
                raise forms.ValidationError(_("The file is larger than 8 MB. Scan it in black and white, or send a photo."))
            if file.name.rsplit(".", 1)[-1].lower() not in FILE_KINDS:
                raise forms.ValidationError(_("Only PDF, JPG and PNG files are kept here."))
        return file


class DrillForm(forms.Form):
    """A drill to come."""

    kind = forms.ChoiceField(label=_("What is practised"), choices=Kind.choices, initial=Kind.FIRE, widget=forms.RadioSelect)
    household = forms.ModelChoiceField(
        Household.objects.none(), label=_("Supposed at"), required=False, empty_label=_("the first house of the group")
    )
    planned_at = forms.DateTimeField(label=_("When"), widget=_Moment(), input_formats=["%Y-%m-%dT%H:%M", "%d/%m/%Y %H:%M"])
    scenario = forms.CharField(
        label=_("Scenario"), required=False, max_length=300, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("For example: fire in the kitchen, thick smoke, the front door cannot be used."),
    )  # fmt: skip

    def __init__(self, *args: Any, group: NeighbourGroup, **kwargs: Any) -> None:
        """Offer the houses of the group."""
        super().__init__(*args, **kwargs)
        field = self.fields["household"]
        if isinstance(field, forms.ModelChoiceField):
            field.queryset = Household.objects.filter(group_places__group=group, group_places__left_on=None).order_by(
                "group_places__seat"
            )


class StartForm(forms.Form):
    """The second confirmation of a drill."""

    sure = forms.BooleanField(
        label=_("I know that the bells of the whole group will ring. It is a drill; nobody calls 114."),
        error_messages={"required": _("Tick this to start. Nothing was started.")},
    )


class NoteForm(forms.Form):
    """What was learnt."""

    note = forms.CharField(
        label=_("What was learnt"), required=False, max_length=1000, widget=forms.Textarea(attrs={"rows": 4})
    )


class DeviceForm(forms.Form):
    """A device to mint."""

    household = forms.ModelChoiceField(Household.objects.none(), label=_("House"), required=False, empty_label=_("in common"))
    kind = forms.ChoiceField(
        label=_("Kind"), choices=[c for c in DeviceKind.choices if c[0] != DeviceKind.PHONE], widget=forms.RadioSelect
    )
    place = forms.CharField(
        label=_("Where it hangs"), required=False, max_length=120, help_text=_("For example: by the front door, 1.5 m high.")
    )

    def __init__(self, *args: Any, group: NeighbourGroup, **kwargs: Any) -> None:
        """Offer the houses of the group."""
        super().__init__(*args, **kwargs)
        field = self.fields["household"]
        if isinstance(field, forms.ModelChoiceField):
            field.queryset = Household.objects.filter(group_places__group=group, group_places__left_on=None).order_by(
                "group_places__seat"
            )


class MoveForm(forms.Form):
    """Where a device goes."""

    group = forms.ModelChoiceField(NeighbourGroup.objects.none(), label=_("To the group"), empty_label=None)

    def __init__(self, *args: Any, groups: QuerySet[NeighbourGroup], **kwargs: Any) -> None:
        """Offer the groups that the reader manages."""
        super().__init__(*args, **kwargs)
        field = self.fields["group"]
        if isinstance(field, forms.ModelChoiceField):
            field.queryset = groups


class ApartForm(forms.Form):
    """A device to set apart for a while."""

    minutes = forms.TypedChoiceField(label=_("For how long"), choices=APART_MINUTES, coerce=int, initial=30)
    reason = forms.CharField(label=_("Why"), required=False, max_length=200)


class NewHouseForm(forms.Form):
    """A house that joins: one of the hamlet that is in no group, or a new one."""

    known = forms.ModelChoiceField(
        Household.objects.none(), label=_("A house of the hamlet that is in no group"), required=False,
        empty_label=_("none of these, a new one"),
    )  # fmt: skip
    house_label = forms.CharField(label=_("Short name of the house"), required=False, max_length=40, help_text=_("For example: Nhà số 9."))
    head_name = forms.CharField(label=_("Head of the household"), required=False, max_length=120)
    address_label = forms.CharField(label=_("Address"), required=False, max_length=160, help_text=_("As one says it to a driver."))
    phone = forms.CharField(label=_("Phone"), required=False, max_length=20)
    seat = forms.IntegerField(label=_("House number in the group"), required=False, min_value=1, max_value=999)

    def __init__(self, *args: Any, group: NeighbourGroup, **kwargs: Any) -> None:
        """Offer the hamlet's houses without a group."""
        super().__init__(*args, **kwargs)
        field = self.fields["known"]
        taken = GroupHousehold.objects.active().filter(household__hamlet=group.unit_id).values("household")
        if isinstance(field, forms.ModelChoiceField):
            field.queryset = Household.objects.active().filter(hamlet=group.unit_id).exclude(pk__in=taken)

    def clean(self) -> dict[str, Any]:
        """Ask for a name and an address when no house was chosen."""
        data = super().clean() or {}
        if not data.get("known"):
            if not data.get("house_label"):
                self.add_error("house_label", _("Choose a house above, or write the short name of the new one."))
            if not data.get("address_label"):
                self.add_error("address_label", _("The address is missing. Write the street or lane, as one says it to a driver."))
        return data


class ToldForm(forms.Form):
    """What a house said by telephone."""

    household = forms.CharField(max_length=10)
    kind = forms.ChoiceField(choices=AnswerKind.choices)
    note = forms.CharField(required=False, max_length=200)


class ImportForm(forms.Form):
    """A spreadsheet of groups and households."""

    commune = forms.ModelChoiceField(Unit.objects.none(), label=_("Commune"), empty_label=None)
    file = forms.FileField(label=_("Excel file (.xlsx)"), widget=forms.FileInput(attrs={"accept": ".xlsx"}))

    def __init__(self, *args: Any, communes: list[int], **kwargs: Any) -> None:
        """Offer the communes in which the reader may import."""
        super().__init__(*args, **kwargs)
        field = self.fields["commune"]
        if isinstance(field, forms.ModelChoiceField):
            field.queryset = Unit.objects.filter(pk__in=communes).with_ancestors()


