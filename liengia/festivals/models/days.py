"""Seasons and their days, with the programme."""

from __future__ import annotations

from datetime import date, datetime
from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from liengia.alarms.models import Drill
from liengia.commendations.models import Decision
from liengia.core import clock, lunar
from liengia.core.fields import NameField, PhoneField, TextField, public_id
from liengia.festivals import times
from liengia.festivals.models.states import (
    CONTESTED,
    SHOWN,
    Course,
    DayState,
    ItemKind,
    Part,
    Phase,
    SeasonState,
    phase_of,
)
from liengia.opinions.models import ListeningForum
from liengia.opinions.models.forums import ForumState
from liengia.organisations.models import Committee, Organisation
from liengia.units.models import Unit

USUAL_NAME = _("All-People Festival for National Security")


class Season(models.Model):
    """A year's season: theme, anniversary, period, and who plans it."""

    public_id = models.CharField(max_length=10, unique=True, default=public_id, editable=False)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="festival_seasons", verbose_name=_("area"))
    committee = models.ForeignKey(
        Committee, models.PROTECT, null=True, blank=True, related_name="festival_seasons", verbose_name=_("committee that plans it")
    )
    name = NameField(_("name"), max_length=160)
    theme = NameField(_("theme"), max_length=250, blank=True)
    anniversary = models.PositiveSmallIntegerField(_("anniversary (years since 2005)"), null=True, blank=True)
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("until"))
    state = models.CharField(_("state"), max_length=10, choices=SeasonState, default=SeasonState.PLANNED, editable=False)
    revision = models.PositiveIntegerField(default=1, editable=False)

    IMPERSONAL: ClassVar = {"public_id", "name", "theme", "state"}

    class Meta:
        verbose_name = _("festival season")
        verbose_name_plural = _("festival seasons")
        ordering: ClassVar = ["-starts_on", "-pk"]
        default_permissions = ()
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(starts_on__lte=F("ends_on")), name="season_ends_after_it_begins"),
        ]

    def __str__(self) -> str:
        """Return the name."""
        return self.name


class DayQuerySet(models.QuerySet["FestivalDay"]):
    """Reads of days."""

    def shown(self) -> DayQuerySet:
        """Days that everybody sees: one that was called off before anybody was told of it is not among them."""
        return self.filter(state__in=SHOWN).exclude(state=DayState.CANCELLED, announced_at=None)

    def coming(self) -> DayQuerySet:
        """Days announced or going on, from today, the next first."""
        begins, _ends = times.bounds(clock.today())
        return self.filter(state__in=(DayState.ANNOUNCED, DayState.LIVE), starts_at__gte=begins).order_by("starts_at", "pk")

    def held(self) -> DayQuerySet:
        """Days that are over, the newest first."""
        return self.filter(state=DayState.ENDED).order_by("-starts_at", "pk")

    def on(self, day: date) -> DayQuerySet:
        """Days of one local date."""
        begins, ends = times.bounds(day)
        return self.filter(starts_at__gte=begins, starts_at__lt=ends)

    def in_unit(self, unit: Unit) -> DayQuerySet:
        """Days of a unit of any time and of everything below it."""
        return self.filter(unit__in=Unit.objects.below_any(unit.lineage_ids()).values("pk"))


class FestivalDay(models.Model):
    """One day of a season: of a unit, or of an institution in it; others may have joined.

    `counted_in` names the day whose own count holds the people of this one too (a hamlet that came with its people to
    the commune's yard): the sum of an area adds them once. The lunar date is reckoned, never typed.
    """

    public_id = models.CharField(max_length=10, unique=True, default=public_id, editable=False)
    season = models.ForeignKey(Season, models.PROTECT, related_name="days", verbose_name=_("season"))
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="festival_days", verbose_name=_("hamlet, quarter or commune"))
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, null=True, blank=True, related_name="festival_days", verbose_name=_("school, firm or other institution that holds it"),
    )  # fmt: skip
    counted_in = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="parts", verbose_name=_("its people are counted by"),
    )  # fmt: skip
    name = NameField(_("name"), max_length=160, blank=True, help_text=_("Empty: the name of the season."))
    place = NameField(_("place"), max_length=200)
    starts_at = models.DateTimeField(_("begins at"))
    ends_at = models.DateTimeField(_("ends at"), null=True, blank=True)
    committee = models.ForeignKey(
        Committee, models.PROTECT, null=True, blank=True, related_name="festival_days", verbose_name=_("organising committee")
    )
    contact_office = NameField(_("whom to ask (an office)"), max_length=160, blank=True)
    contact_phone = PhoneField(_("office phone"), blank=True, help_text=_("The number of the office, not of a person."))
    attire = NameField(_("what to wear and bring"), max_length=250, blank=True)
    rain_plan = TextField(_("when it rains"), blank=True)
    safety_plan = TextField(_("safety: order, traffic, fire, first aid"), blank=True)
    state = models.CharField(_("state"), max_length=10, choices=DayState, default=DayState.PLANNED, editable=False)
    state_reason = TextField(_("why it was put off or called off"), blank=True, editable=False)
    first_starts_at = models.DateTimeField(null=True, editable=False)
    announced_at = models.DateTimeField(null=True, editable=False)
    began_at = models.DateTimeField(_("began at"), null=True, editable=False)
    ended_at = models.DateTimeField(_("ended at"), null=True, editable=False)
    attendance = models.PositiveIntegerField(_("people who came"), null=True, editable=False)
    revision = models.PositiveIntegerField(default=1, editable=False)

    objects = DayQuerySet.as_manager()

    IMPERSONAL: ClassVar = {
        "public_id", "name", "place", "contact_office", "contact_phone", "attire", "rain_plan", "safety_plan", "state", "state_reason",
    }  # fmt: skip

    class Meta:
        verbose_name = _("festival day")
        verbose_name_plural = _("festival days")
        ordering: ClassVar = ["starts_at", "pk"]
        default_permissions = ()
        indexes: ClassVar = [models.Index(fields=["state", "starts_at"], name="festivals_day_state")]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(ends_at__isnull=True) | Q(ends_at__gt=F("starts_at")), name="day_ends_after_it_begins"),
            models.CheckConstraint(condition=~Q(counted_in=F("id")), name="day_is_not_counted_in_itself"),
        ]

    def __str__(self) -> str:
        """Return host and day."""
        return f"{self.host_name} ({self.day:%d/%m/%Y})"

    @property
    def title(self) -> str:
        """Its own name, or that of the season."""
        return self.name or self.season.name

    @property
    def host_name(self) -> str:
        """Who holds it: the institution, or the unit with its commune, as it was called then."""
        return self.organisation.name if self.organisation is not None else self.unit.place_name

    @property
    def place_name(self) -> str:
        """The unit with its commune, as it was called then."""
        return self.unit.place_name

    @property
    def day(self) -> date:
        """The local day."""
        return clock.local(self.starts_at).date()

    @property
    def lunar(self) -> lunar.LunarDate:
        """The lunar date."""
        return lunar.of(self.day)

    @property
    def subject(self) -> str:
        """The key by which papers and forums name it."""
        return f"festival:{self.public_id}"

    @property
    def is_shown(self) -> bool:
        """Tell whether everybody sees it."""
        return self.state in SHOWN and (self.state != DayState.CANCELLED or self.announced_at is not None)


class DayParty(models.Model):
    """A unit or an institution that holds a day together with its host."""

    day = models.ForeignKey(FestivalDay, models.CASCADE, related_name="parties")
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("unit"))
    organisation = models.ForeignKey(Organisation, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("institution"))

    class Meta:
        verbose_name = _("party of a festival day")
        verbose_name_plural = _("parties of a festival day")
        ordering: ClassVar = ["pk"]
        default_permissions = ()
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(unit__isnull=True) ^ Q(organisation__isnull=True), name="party_is_one_unit_or_institution"),
            models.UniqueConstraint(fields=["day", "unit"], name="unit_joins_a_day_once"),
            models.UniqueConstraint(fields=["day", "organisation"], name="institution_joins_a_day_once"),
        ]

    def __str__(self) -> str:
        """Return the name."""
        return self.organisation.name if self.organisation is not None else str(self.unit)


class ProgrammeItem(models.Model):
    """One item of the programme, planned, and then on and over.

    `by_whom` is an office or a body ("Chủ tịch Ủy ban nhân dân xã"). The forum is its session, `decisions` are read out
    in it and their certificates handed out, `drills` are the alarm drills that groups of households hold in it.
    """

    public_id = models.CharField(max_length=10, unique=True, default=public_id, editable=False)
    day = models.ForeignKey(FestivalDay, models.CASCADE, related_name="items")
    order = models.PositiveSmallIntegerField(default=0)
    part = models.CharField(_("part"), max_length=12, choices=Part)
    kind = models.CharField(_("kind"), max_length=12, choices=ItemKind)
    title = NameField(_("what"), max_length=200)
    by_whom = NameField(_("who (office or body)"), max_length=200, blank=True)
    starts_at = models.TimeField(_("at"), null=True, blank=True)
    script = TextField(_("words of the master of ceremonies"), blank=True)
    forum = models.OneToOneField(
        ListeningForum, models.SET_NULL, null=True, blank=True, related_name="festival_item", verbose_name=_("listening forum")
    )
    decisions = models.ManyToManyField(Decision, blank=True, related_name="festival_items", verbose_name=_("decisions of commendation"))
    drills = models.ManyToManyField(Drill, blank=True, related_name="festival_items", verbose_name=_("drills of the groups"))
    began_at = models.DateTimeField(null=True, editable=False)
    ended_at = models.DateTimeField(null=True, editable=False)
    course = models.CharField(_("what became of it"), max_length=10, choices=Course, blank=True, editable=False)
    course_reason = TextField(_("why it was not held"), blank=True, editable=False)

    IMPERSONAL: ClassVar = {"public_id", "part", "kind", "title", "by_whom", "script", "course", "course_reason"}

    class Meta:
        verbose_name = _("item of a programme")
        verbose_name_plural = _("items of a programme")
        ordering: ClassVar = ["order", "pk"]
        default_permissions = ()

    def __str__(self) -> str:
        """Return what it is."""
        return self.title

    @property
    def phase(self) -> Phase:
        """The part of the day on the board."""
        return phase_of(self.kind)

    @property
    def is_on(self) -> bool:
        """Tell whether it goes on now."""
        return self.began_at is not None and self.ended_at is None

    @property
    def is_contested(self) -> bool:
        """Tell whether somebody wins in it."""
        return self.kind in CONTESTED

    @property
    def was_held(self) -> bool | None:
        """Tell whether it was held; None when nobody said so: an item that nobody tapped is no item that failed.

        What the office said afterwards decides. Without it an item was held that began on a phone, has results, a forum that is over or counted
        its people, or a drill that is over.
        """
        if self.course:
            return self.course == Course.HELD
        forum = self.forum
        has_forum = forum is not None and (forum.attendance is not None or forum.state in (ForumState.CLOSED, ForumState.SIGNED))
        is_told = self.began_at is not None or bool(self.results.all()) or has_forum
        return True if is_told or any(one.ended_at is not None for one in self.drills.all()) else None

    def planned_at(self, day: FestivalDay) -> datetime | None:
        """Return the moment at which it is planned."""
        return times.moment(day.day, self.starts_at) if self.starts_at else None
