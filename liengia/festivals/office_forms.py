"""The office's forms: a season, days at once, a day's facts, its lists, a pledge."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any, ClassVar, Final

from django import forms
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from liengia.alarms.models import Drill
from liengia.audit.office import day_input, moment_input
from liengia.commendations.models import Decision
from liengia.core import clock
from liengia.core.errors import DomainError
from liengia.core.typed import Heard
from liengia.festivals import policies, queries, rows, times
from liengia.festivals.models import (
    CEREMONY_KINDS,
    Course,
    FestivalDay,
    ItemKind,
    Outcome,
    Part,
    Pledge,
    ProgrammeItem,
    Season,
)
from liengia.festivals.readiness import Readiness
from liengia.festivals.rows_widget import Column, RowsWidget
from liengia.festivals.services.live import MOST_PEOPLE
from liengia.festivals.workflow import DAY
from liengia.opinions import forum_policies
from liengia.opinions.models import ListeningForum
from liengia.organisations.models import Committee, Organisation
from liengia.units.choices import UnitChoiceField, UnitsChoiceField
from liengia.units.models import Level, Unit

# What a seat may be, as `rows.seats` reads it.
POSTS: Final = ("Trưởng ban", "Phó ban thường trực", "Phó ban", "Thư ký", "Thành viên")


def _area(lines: int = 6) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": lines, "spellcheck": "false"})


def _list(label: Any, *columns: Column, **options: Any) -> forms.CharField:
    return forms.CharField(label=label, required=False, strip=False, widget=RowsWidget(columns), max_length=rows.LONGEST, **options)


def _programme(label: Any, kinds: Sequence[ItemKind]) -> forms.CharField:
    return _list(
        label, Column(_("Hour"), "time"), Column(_("Kind"), "choice", [kind.label for kind in kinds]), Column(_("Content of the row"), "long"), Column(_("Who")),
        Column(_("Words of the master of ceremonies"), "long"),
    )  # fmt: skip


class _Parts(forms.Form):
    """A form whose `readers` turn what was typed into rows, and put each fault beside its field; `heard` says how words were understood."""

    def __init__(self, *args: Any, **options: Any) -> None:
        """Have heard nothing yet."""
        super().__init__(*args, **options)
        self.heard = Heard()

    def read(self, name: str, reader: Any) -> Any:
        """Read one list; the fault stands beside it."""
        try:
            return reader(self.cleaned_data.get(name, ""))
        except DomainError as error:
            self.add_error(name, str(error))
            return []


def _with_own(committees: QuerySet[Committee], own: int | None) -> QuerySet[Committee]:
    """Add the committee that is chosen already: a form that does not offer it would take it away unasked."""
    return (committees | Committee.objects.filter(pk__in=[own] if own else [])).order_by("name")


class SeasonForm(forms.ModelForm[Season]):
    """A season."""

    class Meta:
        """The fields."""

        model = Season
        field_classes: ClassVar = {"unit": UnitChoiceField}
        fields = ("unit", "name", "theme", "anniversary", "starts_on", "ends_on", "committee")

    def __init__(self, *args: Any, user: Any, day: date, **options: Any) -> None:
        """Offer the user's areas that stand on the season's first day, and the committees that stand on any of its days: of 2023 those of then."""
        super().__init__(*args, **options)
        standing = policies.units_on(user, day)
        units = standing.exclude(level__in=(Level.HAMLET, Level.SELF_MANAGED_GROUP)).with_ancestors().order_by("level", "code")
        own = Unit.objects.filter(pk=self.instance.unit_id) if self.instance.unit_id else Unit.objects.none()
        self.fields["unit"].queryset = (units | own).distinct()  # type: ignore[attr-defined]
        committees = policies.committees_within(user, day, self._last_day(day))
        self.fields["committee"].queryset = _with_own(committees, self.instance.committee_id)  # type: ignore[attr-defined]
        for name in ("starts_on", "ends_on"):
            self.fields[name].widget = day_input()
        if day < clock.today():
            self.fields["starts_on"].initial = day
        if len(units[:2]) == 1 and not self.instance.pk:
            self.fields["unit"].initial = units[0]

    def _last_day(self, first: date) -> date:
        """Return the season's last day as it is being written or is kept, else its first."""
        try:
            return max(first, date.fromisoformat(self.data.get("ends_on", "")))
        except ValueError:
            return max(first, self.instance.ends_on or first)

    def _post_clean(self) -> None:
        """Leave the row alone: the service checks and saves it."""


class PlanForm(forms.Form):
    """Days for many units at once."""

    units = UnitsChoiceField(label=_("Who holds a day"), widget=forms.CheckboxSelectMultiple, required=False)
    organisations = forms.ModelMultipleChoiceField(label=_("Institutions that hold one"), queryset=Organisation.objects.none(), widget=forms.CheckboxSelectMultiple, required=False)
    starts_at = forms.DateTimeField(label=_("Begins at"), widget=moment_input())
    place = forms.CharField(label=_("Place"), max_length=200, help_text=_("Each day can have its own later."))
    usual = forms.BooleanField(label=_("With the programme that communes usually keep"), required=False, initial=True)

    def __init__(self, *args: Any, user: Any, season: Season, **options: Any) -> None:
        """Offer the user's communes and hamlets inside the season's area."""
        super().__init__(*args, **options)
        inside = Unit.objects.below_any(season.unit.lineage_ids()).values("pk")
        units = policies.units_of_season(user, season).filter(pk__in=inside, level__in=(Level.COMMUNE, Level.HAMLET)).with_ancestors().order_by("level", "code")
        self.fields["units"].queryset = units  # type: ignore[attr-defined]
        holders = Organisation.objects.current().filter(unit__in=units.values("pk"), kind__in=("school", "firm")).order_by("folded_name")
        self.fields["organisations"].queryset = holders  # type: ignore[attr-defined]


class AnnounceForm(forms.Form):
    """Which planned days everybody shall see; those that are held back cannot be chosen, those that want a second look only on purpose."""

    days = forms.ModelMultipleChoiceField(label=_("Days that will be shown to everybody"), queryset=FestivalDay.objects.none(), required=False)

    def __init__(self, *args: Any, rows: Sequence[Readiness], **options: Any) -> None:
        """Offer what may be announced, and choose what needs no second look."""
        super().__init__(*args, **{**options, "initial": {"days": [one.day.pk for one in rows if one.is_usual]}})
        self.offer(rows)

    def offer(self, rows: Sequence[Readiness]) -> None:
        """Offer what may be announced of some days; what was said of the form stays."""
        self.rows = rows
        found = FestivalDay.objects.filter(pk__in=[one.day.pk for one in rows if not one.holds_back])
        self.fields["days"].queryset = found.select_related("unit__parent__parent", "organisation", "season")  # type: ignore[attr-defined]

    @property
    def lines(self) -> list[tuple[Readiness, bool]]:
        """Return each day with whether it is ticked."""
        chosen = {str(key) for key in self["days"].value() or ()}
        return [(one, str(one.day.pk) in chosen) for one in self.rows]


class DayForm(forms.ModelForm[FestivalDay]):
    """What a day says."""

    units = UnitsChoiceField(label=_("Held together with units"), required=False)
    organisations = forms.ModelMultipleChoiceField(label=_("Held together with institutions"), queryset=Organisation.objects.none(), required=False)
    moves = forms.BooleanField(label=_("Move the hours of the programme along with the beginning"), required=False, initial=True)
    revision = forms.IntegerField(widget=forms.HiddenInput)

    class Meta:
        """The fields."""

        model = FestivalDay
        fields = (
            "name", "place", "starts_at", "ends_at", "committee", "counted_in", "contact_office", "contact_phone", "attire", "rain_plan", "safety_plan",
        )  # fmt: skip

    def __init__(self, *args: Any, **options: Any) -> None:
        """Offer committees and institutions of the commune, and the other days of the date."""
        super().__init__(*args, **options)
        day = self.instance
        commune = day.unit.commune() or day.unit
        inside = Unit.objects.below_any(commune.lineage_ids()).values("pk")
        for name in ("starts_at", "ends_at"):
            self.fields[name].widget = moment_input()
        if day.state != "planned":
            self.fields["starts_at"].disabled = True
            self.fields["starts_at"].help_text = _("Everybody knows this date. Put the day off instead, and say why.") if day.state == "announced" else _("The day has begun; its beginning stays.")
        if day.state != "planned" or not day.items.exclude(starts_at=None).exists():
            del self.fields["moves"]
        if not self.is_open:
            for field in self.fields.values():
                field.disabled = True
        self.fields["committee"].queryset = _with_own(Committee.objects.current().filter(unit__in=inside), day.committee_id)  # type: ignore[attr-defined]
        others = FestivalDay.objects.all().on(day.day).filter(season=day.season, counted_in=None).exclude(pk=day.pk)
        self.fields["counted_in"].queryset = others.select_related("unit", "organisation")  # type: ignore[attr-defined]
        self.fields["counted_in"].help_text = _("Where the people of this day go to another place together and are counted there, so that nobody is counted twice.")
        self.fields["units"].queryset = Unit.objects.all().at(day.day).filter(pk__in=inside).exclude(pk=day.unit_id).with_ancestors().order_by("code")  # type: ignore[attr-defined]
        self.fields["organisations"].queryset = Organisation.objects.current().filter(unit__in=inside).order_by("folded_name")  # type: ignore[attr-defined]
        parties = list(day.parties.all())
        self.fields["units"].initial = [one.unit_id for one in parties if one.unit_id]
        self.fields["organisations"].initial = [one.organisation_id for one in parties if one.organisation_id]
        self.fields["revision"].initial = day.revision

    @property
    def is_open(self) -> bool:
        """Tell whether anything can still be changed: a day that is over or called off stays as everybody read it."""
        return DAY.allows(self.instance.state, "change")

    def _post_clean(self) -> None:
        """Leave the row alone: the service checks and saves it."""

    @property
    def facts(self) -> dict[str, Any]:
        """Return what the service takes: what could be changed on the page."""
        return {name: self.cleaned_data[name] for name in self.Meta.fields if name in self.cleaned_data and not self.fields[name].disabled}


class ProgrammeForm(_Parts):
    """Both parts of a programme."""

    ceremony = _programme(_("Ceremony"), CEREMONY_KINDS)
    festivities = _programme(_("Festivities"), [kind for kind in ItemKind if kind not in CEREMONY_KINDS])
    forum = forms.ModelChoiceField(label=_("The forum's session"), queryset=ListeningForum.objects.none(), required=False, help_text=_("Its queue, questions and minutes are kept there."))
    decisions = forms.ModelMultipleChoiceField(
        label=_("Decisions of commendation that are read out"), queryset=Decision.objects.none(), required=False, widget=forms.CheckboxSelectMultiple,
        help_text=_("The live board counts their certificates while they are handed out."),
    )  # fmt: skip
    drills = forms.ModelMultipleChoiceField(
        label=_("Drills of the groups"), queryset=Drill.objects.none(), required=False, widget=forms.CheckboxSelectMultiple,
        help_text=_("Alarm drills that are planned for this date; what they showed stands in the programme afterwards."),
    )  # fmt: skip
    revision = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, day: FestivalDay, user: Any, **options: Any) -> None:
        """Begin with the programme as it stands."""
        items = list(day.items.prefetch_related("decisions", "drills"))
        tied = next((one.forum_id for one in items if one.forum_id), None)
        options["initial"] = {
            **rows.parts_written(items), "revision": day.revision, "forum": tied,
            "decisions": [row.pk for one in items for row in one.decisions.all()], "drills": [row.pk for one in items for row in one.drills.all()],
        }  # fmt: skip
        super().__init__(*args, **options)
        self._offer("decisions", queries.decisions_for(day, user), lambda row: f"{row.paper.sign}, {row.decided_on:%d/%m/%Y}: {row.round.title}")
        self._offer("drills", queries.drills_for(day), lambda row: f"{row.group.name}, {clock.local(row.planned_at):%H:%M}")
        commune = day.unit.commune() or day.unit
        sessions = ListeningForum.objects.filter(unit__in=Unit.objects.below_any(commune.lineage_ids()).values("pk"))
        start, end = times.bounds(day.day)
        self.fields["forum"].queryset = found = sessions.filter(starts_at__gte=start, starts_at__lt=end)  # type: ignore[attr-defined]
        if not found.exists() and forum_policies.units_of(user).exists():
            self.fields["forum"].help_text = format_html('{} <a href="{}">{}</a>', _("No session is planned on this date yet."), reverse("opinions_forums:add"), _("Plan the forum's session"))

    def _offer(self, name: str, found: Any, words: Any) -> None:
        """Offer what can be tied; the field is left out where there is nothing."""
        if not found.exists():
            del self.fields[name]
            return
        self.fields[name].queryset = found  # type: ignore[attr-defined]
        self.fields[name].label_from_instance = words  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any] | None:
        """Read both lists."""
        data = super().clean()
        self.items = [one for part in Part.values for one in self.read(part, lambda typed, part=part: rows.items(typed, part))]
        return data


class ParadeForm(_Parts):
    """The parade."""

    gathers_at = forms.TimeField(label=_("Gathers at"), required=False, widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"))
    starts_at = forms.TimeField(label=_("Starts at"), required=False, widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"))
    starts_from = forms.CharField(label=_("Starts from"), required=False, max_length=200)
    signal = forms.CharField(label=_("Start signal"), required=False, max_length=200, help_text=_("For example: three beats of the drum, the lead car's horn."))
    groups = _list(_("Order of march"), Column(_("Marching group")), Column(_("People"), "number"), Column(_("Vehicles")))
    points = _list(_("Points of the route, in their order"), Column(_("Point of the route")), Column(_("Latitude, longitude (may be left out)")))
    route = forms.CharField(label=_("Route in words"), required=False, max_length=2000, widget=_area(3))
    roads_closed = forms.CharField(label=_("Roads closed, from when until when, the way round"), required=False, max_length=2000, widget=_area(3))
    notes = forms.CharField(label=_("What else to mind"), required=False, max_length=2000, widget=_area(3))
    revision = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, day: FestivalDay, **options: Any) -> None:
        """Begin with the parade as it stands."""
        parade = getattr(day, "parade", None)
        names = ("gathers_at", "starts_at", "starts_from", "signal", "route", "roads_closed", "notes")
        begin = {name: getattr(parade, name) for name in names} if parade else {}
        options["initial"] = {**begin, **rows.prepared(day), "revision": day.revision}
        super().__init__(*args, **options)

    def clean(self) -> dict[str, Any] | None:
        """Read the lists."""
        data = super().clean()
        self.marchers, self.places = self.read("groups", rows.marchers), self.read("points", rows.points)
        return data


class PreparedForm(_Parts):
    """Things to bring, and money."""

    equipment = _list(_("Things"), Column(_("Content of the row")), Column(_("How many"), "number"), Column(_("Who brings it")), Column(_("There"), "choice", [_("yes")]))
    budget = _list(
        _("Budget, in VND"), Column(_("Way"), "choice", ["thu", "chi"]), Column(_("Content of the row")), Column(_("Planned amount, in figures or words")), Column(_("In fact")), Column(_("Donor")),
    )  # fmt: skip
    revision = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, day: FestivalDay, **options: Any) -> None:
        """Begin with the lists as they stand."""
        self.day = day
        options["initial"] = {**rows.prepared(day), "revision": day.revision}
        super().__init__(*args, **options)

    def clean(self) -> dict[str, Any] | None:
        """Read the lists."""
        data = super().clean()
        self.things = self.read("equipment", lambda typed: rows.things(typed, self.heard))
        self.lines = self.read("budget", lambda typed: rows.budget(typed, self.day.unit, self.heard))
        return data


class GuestsForm(_Parts):
    """More guests."""

    guests = _list(_("Invite"), Column(_("Name of an office, body or person")), Column(_("How they are addressed (may be left out). For example: Ông, Bà")))

    def clean(self) -> dict[str, Any] | None:
        """Read the list."""
        data = super().clean()
        self.rows = self.read("guests", rows.guests)
        return data


class OrganisersForm(_Parts):
    """The organising committee."""

    seats = _list(_("Seats"), Column(_("Seat in the committee"), "choice", POSTS), Column(_("Office held")), Column(_("Institution")), Column(_("In charge of")))

    def clean(self) -> dict[str, Any] | None:
        """Read the list."""
        data = super().clean()
        self.rows = self.read("seats", rows.seats)
        return data


class TasksForm(_Parts):
    """Tasks of the organising committee."""

    tasks = _list(_("New tasks"), Column(_("Content of the row")), Column(_("Office of the committee")), Column(_("By when"), "date"))

    def clean(self) -> dict[str, Any] | None:
        """Read the list."""
        data = super().clean()
        self.rows = self.read("tasks", lambda typed: rows.tasks(typed, self.heard))
        return data


class ReasonForm(forms.Form):
    """Why, and when instead."""

    reason = forms.CharField(label=_("Why"), max_length=500)
    starts_at = forms.DateTimeField(label=_("New beginning"), widget=moment_input(), required=False)
    place = forms.CharField(label=_("New place (empty: the same)"), max_length=200, required=False)
    moves = forms.BooleanField(label=_("Move the hours of the programme along with the beginning"), required=False, initial=True)

    def __init__(self, *args: Any, day: FestivalDay, **options: Any) -> None:
        """Begin with the day's beginning; what is not announced is only called off."""
        super().__init__(*args, **{"initial": {"starts_at": day.starts_at}, **options})
        if day.state == "planned":
            for name in ("starts_at", "place", "moves"):
                del self.fields[name]


class PledgeForm(_Parts):
    """A pledge."""

    unit = UnitChoiceField(label=_("Unit"))
    title = forms.CharField(label=_("What it is about"), max_length=200)
    valid_from = forms.DateField(label=_("From"), widget=day_input())
    valid_to = forms.DateField(label=_("Until"), widget=day_input())
    promises = _list(_("Promises"), Column(_("Content of the row")), Column(_("How it is measured")), Column(_("By when"), "date"))
    organisations = forms.ModelMultipleChoiceField(label=_("Institutions that sign"), queryset=Organisation.objects.none(), required=False, widget=forms.CheckboxSelectMultiple)
    committees = forms.ModelMultipleChoiceField(label=_("Committees that sign"), queryset=Committee.objects.none(), required=False, widget=forms.CheckboxSelectMultiple)
    day = forms.ModelChoiceField(label=_("Signed at"), queryset=FestivalDay.objects.none(), required=False)
    revision = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, user: Any, season: Season, pledge: Pledge | None = None, **options: Any) -> None:
        """Offer the user's units, their institutions and committees."""
        options["initial"] = self._begin(pledge, season)
        super().__init__(*args, **options)
        units = policies.units_of(user).filter(level__in=(Level.COMMUNE, Level.HAMLET)).with_ancestors().order_by("level", "code")
        self.fields["unit"].queryset = units  # type: ignore[attr-defined]
        if pledge is not None:
            del self.fields["unit"]
        self.fields["organisations"].queryset = Organisation.objects.current().filter(unit__in=units).order_by("folded_name")  # type: ignore[attr-defined]
        self.fields["committees"].queryset = Committee.objects.current().filter(unit__in=units).order_by("name")  # type: ignore[attr-defined]
        self.fields["day"].queryset = policies.planned_by(user).filter(season=season).select_related("unit", "organisation")  # type: ignore[attr-defined]

    @staticmethod
    def _begin(pledge: Pledge | None, season: Season) -> dict[str, Any]:
        if pledge is None:
            return {"valid_from": season.starts_on, "valid_to": season.ends_on.replace(year=season.ends_on.year + 1) if season.ends_on.month != 2 else season.ends_on}
        parties = list(pledge.parties.all())
        return {
            "title": pledge.title, "valid_from": pledge.valid_from, "valid_to": pledge.valid_to, "day": pledge.day_id, "revision": pledge.revision,
            "promises": rows.written((one.what, one.measure, f"{one.due_on:%d/%m/%Y}") for one in pledge.promises.all()),
            "organisations": [one.organisation_id for one in parties if one.organisation_id],
            "committees": [one.committee_id for one in parties if one.committee_id],
        }  # fmt: skip

    def clean(self) -> dict[str, Any] | None:
        """Read the promises."""
        data = super().clean()
        self.promised = self.read("promises", lambda typed: rows.promises(typed, self.heard))
        return data

    @property
    def facts(self) -> dict[str, Any]:
        """Return what the service takes."""
        data = self.cleaned_data
        names = ("title", "valid_from", "valid_to", "day")
        return {**{name: data[name] for name in names}, "promises": self.promised, "parties": [*data["organisations"], *data["committees"]]}


class ReportForm(forms.Form):
    """What became of each promise, at one time."""

    def __init__(self, *args: Any, pledge: Pledge, at: str, **options: Any) -> None:
        """Have an outcome and words for each promise."""
        super().__init__(*args, **options)
        self.promises = list(pledge.promises.prefetch_related("progress"))
        for one in self.promises:
            said = next((progress for progress in one.progress.all() if progress.at == at), None)
            self.fields[f"outcome_{one.pk}"] = forms.ChoiceField(label=one.what, choices=[("", "–"), *Outcome.choices], initial=said.outcome if said else "", required=False)
            self.fields[f"words_{one.pk}"] = forms.CharField(
                label=_("What was reached, or why not"), initial=said.words if said else "", required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 2})
            )

    @property
    def outcomes(self) -> dict[int, tuple[str, str]]:
        """Return what the service takes."""
        data = self.cleaned_data
        return {one.pk: (data[f"outcome_{one.pk}"], data[f"words_{one.pk}"]) for one in self.promises if data[f"outcome_{one.pk}"]}

    @property
    def pairs(self) -> list[tuple[forms.BoundField, forms.BoundField]]:
        """Return the fields of each promise together."""
        return [(self[f"outcome_{one.pk}"], self[f"words_{one.pk}"]) for one in self.promises]


class HeldForm(forms.Form):
    """That a day of some time ago took place."""

    number = forms.IntegerField(label=_("How many people came"), required=False, min_value=0, max_value=MOST_PEOPLE, help_text=_("Empty: nobody counted."))
    is_sure = forms.BooleanField(label=_("This number is right, however large"), required=False)


class CourseForm(forms.Form):
    """What became of each item of a day."""

    def __init__(self, *args: Any, day: FestivalDay, **options: Any) -> None:
        """Have a choice and a reason for each item; what phones told stands beside it."""
        super().__init__(*args, **options)
        self.items = queries.in_order(day.items.select_related("forum").prefetch_related("results", "drills"))
        for one in self.items:
            told = {True: _("as told: held"), None: _("nothing was noted"), False: _("nothing was noted")}[_told(one)]
            self.fields[f"course_{one.pk}"] = forms.ChoiceField(label=one.title, choices=[("", told), *Course.choices], initial=one.course, required=False)
            self.fields[f"reason_{one.pk}"] = forms.CharField(label=_("Why it was not held"), initial=one.course_reason, required=False, max_length=500)

    @property
    def said(self) -> dict[int, tuple[str, str]]:
        """Return what the service takes."""
        data = self.cleaned_data
        return {one.pk: (data[f"course_{one.pk}"], data[f"reason_{one.pk}"]) for one in self.items}

    @property
    def pairs(self) -> list[tuple[ProgrammeItem, forms.BoundField, forms.BoundField]]:
        """Return each item with its fields."""
        return [(one, self[f"course_{one.pk}"], self[f"reason_{one.pk}"]) for one in self.items]


def _told(item: ProgrammeItem) -> bool | None:
    """Return what is known of an item without the office's word."""
    said, item.course = item.course, ""
    told = item.was_held
    item.course = said
    return told


class SignForm(forms.Form):
    """On which day all parties signed."""

    signed_on = forms.DateField(label=_("Signed on"), widget=day_input())


