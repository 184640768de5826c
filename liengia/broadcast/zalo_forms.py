"""Forms of the Zalo pages: ticks, counts, the register and its spreadsheet."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from liengia.audit.office import day_input, short
from liengia.broadcast.capabilities import POST
from liengia.broadcast.models import ChannelAccount, ZaloGroup
from liengia.broadcast.models.zalo import MOST_MEMBERS
from liengia.people.models import RoleAssignment, User
from liengia.units import scope
from liengia.units.models import Unit


def _count(label: Any) -> forms.IntegerField:
    return forms.IntegerField(label=label, required=False, min_value=0, max_value=MOST_MEMBERS, widget=forms.NumberInput(attrs={"inputmode": "numeric"}))


class TickForm(forms.Form):
    """How many members a group has now."""

    members = _count(_("members"))


class CountsForm(forms.Form):
    """What came back from a post."""

    seen = _count(_("seen by"))
    reactions = _count(_("reactions"))
    replies = _count(_("replies"))


class _Place(forms.ModelChoiceField[Unit]):
    """A unit by its short words."""

    def label_from_instance(self, obj: Any) -> str:
        """Return its short words."""
        return short(obj)


class GroupForm(forms.ModelForm[ZaloGroup]):
    """A group of the register."""

    unit = _Place(queryset=Unit.objects.none(), label=_("Hamlet, or commune"))
    keeper = forms.ModelChoiceField(queryset=User.objects.none(), required=False, label=_("Who keeps it"), help_text=_("Somebody with a post here, who posts in it."))

    class Meta:
        """All that people tell of a group."""

        model = ZaloGroup
        fields = ["unit", "name", "keeper", "members", "members_on", "link", "account", "remote_key"]
        widgets = {"members_on": day_input()}
        help_texts = {
            "members": _("As the group shows it. No list of members is kept."),
            "link": _("Begins with https://zalo.me/g/. May be left out."),
            "account": _("Only for a group that the Official Account made, or that took the bot in. Otherwise people post by hand."),
        }

    def offer(self, user: Any) -> None:
        """Offer only what is the reader's own: units, holders of posts in them, accounts that serve them."""
        units = scope.units_for(user, POST)
        self.fields["unit"].queryset = units.current().filter(level__in=("commune", "hamlet")).order_by("code")  # type: ignore[attr-defined]
        held = RoleAssignment.objects.current().filter(unit__in=units).values("user")
        self.fields["keeper"].queryset = User.objects.filter(pk__in=held, is_active=True).order_by("full_name", "pk")  # type: ignore[attr-defined]
        accounts = ChannelAccount.objects.filter(channel__in=("zalo_oa", "zalo_bot"), unit__in=units)
        self.fields["account"].queryset = accounts  # type: ignore[attr-defined]


class UploadForm(forms.Form):
    """A spreadsheet of groups."""

    unit = _Place(queryset=Unit.objects.none(), label=_("Commune"))
    file = forms.FileField(label=_("Excel file (.xlsx)"))

    def __init__(self, user: Any, *args: Any, **kwargs: Any) -> None:
        """Offer the reader's communes."""
        super().__init__(*args, **kwargs)
        units = scope.units_for(user, POST).current()
        communes = Unit.objects.filter(pk__in=[found.pk for unit in units if (found := unit.commune()) is not None])
        self.fields["unit"].queryset = communes  # type: ignore[attr-defined]
        if communes.count() == 1:
            self.fields["unit"].initial = communes.first()
