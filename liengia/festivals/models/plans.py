"""What is prepared for a day: the parade, things to bring, money, guests."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from liengia.core import clock
from liengia.core.fields import NameField, TextField, public_id
from liengia.core.text import addressed
from liengia.festivals.models.days import FestivalDay
from liengia.festivals.models.states import Answer, Direction
from liengia.organisations.models import Organisation
from liengia.papers.models import Paper, PaperState


class Parade(models.Model):
    """The parade of a day: when and by what sign it starts, where it goes, which roads are closed."""

    day = models.OneToOneField(FestivalDay, models.CASCADE, related_name="parade")
    gathers_at = models.TimeField(_("gathers at"), null=True, blank=True)
    starts_at = models.TimeField(_("starts at"), null=True, blank=True)
    starts_from = NameField(_("starts from"), max_length=200, blank=True)
    signal = NameField(_("start signal"), max_length=200, blank=True, help_text=_("For example: three beats of the drum, the lead car's horn."))
    route = TextField(_("route in words"), blank=True)
    roads_closed = TextField(_("roads closed, from when until when, the way round"), blank=True)
    notes = TextField(_("what else to mind"), blank=True)

    IMPERSONAL: ClassVar = {"starts_from", "signal", "route", "roads_closed", "notes"}

    class Meta:
        verbose_name = _("parade")
        verbose_name_plural = _("parades")
        default_permissions = ()

    def __str__(self) -> str:
        """Return the day."""
        return str(self.day_id)


class ParadeGroup(models.Model):
    """One group in the order of march."""

    parade = models.ForeignKey(Parade, models.CASCADE, related_name="groups")
    order = models.PositiveSmallIntegerField(default=0)
    name = NameField(_("group on the march"), max_length=200)
    people = models.PositiveIntegerField(_("people"), null=True, blank=True)
    vehicles = NameField(_("vehicles"), max_length=160, blank=True)

    IMPERSONAL: ClassVar = {"name", "vehicles"}

    class Meta:
        verbose_name = _("group of a parade")
        verbose_name_plural = _("groups of a parade")
        ordering: ClassVar = ["order", "pk"]
        default_permissions = ()

    def __str__(self) -> str:
        """Return the name."""
        return self.name


class RoutePoint(models.Model):
    """A point of a parade's route; drawn where it has a place on the ground."""

    parade = models.ForeignKey(Parade, models.CASCADE, related_name="points")
    order = models.PositiveSmallIntegerField(default=0)
    name = NameField(_("where"), max_length=160)
    latitude = models.FloatField(_("latitude"), null=True, blank=True)
    longitude = models.FloatField(_("longitude"), null=True, blank=True)

    IMPERSONAL: ClassVar = {"name", "latitude", "longitude"}

    class Meta:
        verbose_name = _("point of a route")
        verbose_name_plural = _("points of a route")
        ordering: ClassVar = ["order", "pk"]
        default_permissions = ()
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(latitude__isnull=True, longitude__isnull=True)
                | Q(latitude__gte=-90, latitude__lte=90, longitude__gte=-180, longitude__lte=180),
                name="route_point_is_on_the_ground",
            ),
        ]

    def __str__(self) -> str:
        """Return where."""
        return self.name


class Equipment(models.Model):
    """Something that a day needs, who brings it, and whether it is there."""

    day = models.ForeignKey(FestivalDay, models.CASCADE, related_name="equipment")
    order = models.PositiveSmallIntegerField(default=0)
    what = NameField(_("what"), max_length=160)
    quantity = models.PositiveIntegerField(_("how many"), default=1)
    brought_by = NameField(_("who brings it (office or body)"), max_length=160, blank=True)
    is_ready = models.BooleanField(_("there"), default=False)

    IMPERSONAL: ClassVar = {"what", "brought_by"}

    class Meta:
        verbose_name = _("thing for a festival day")
        verbose_name_plural = _("things for a festival day")
        ordering: ClassVar = ["order", "pk"]
        default_permissions = ()

    def __str__(self) -> str:
        """Return what and how many."""
        return f"{self.what} × {self.quantity}"


class BudgetLine(models.Model):
    """One line of a day's budget, in đồng. A donor is an institution, or people as a body; nobody is named as a private person."""

    day = models.ForeignKey(FestivalDay, models.CASCADE, related_name="budget")
    order = models.PositiveSmallIntegerField(default=0)
    direction = models.CharField(_("income or expense"), max_length=8, choices=Direction)
    what = NameField(_("what"), max_length=200)
    planned = models.PositiveBigIntegerField(_("planned (VND)"))
    actual = models.PositiveBigIntegerField(_("in fact (VND)"), null=True, blank=True)
    donor = models.ForeignKey(Organisation, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("donor"))
    donor_words = NameField(_("donors as a body"), max_length=160, blank=True)

    IMPERSONAL: ClassVar = {"what", "donor_words"}

    class Meta:
        verbose_name = _("line of a budget")
        verbose_name_plural = _("lines of a budget")
        ordering: ClassVar = ["order", "pk"]
        default_permissions = ()

    def __str__(self) -> str:
        """Return what and how much."""
        return f"{self.what}: {self.planned}"

    @property
    def from_whom(self) -> str:
        """The donor's name, or the donors as a body."""
        return self.donor.name if self.donor is not None else self.donor_words


class GuestInvitation(models.Model):
    """Somebody who is invited: an office, or a person by name. They answer by a private link, which is made of a key and kept nowhere.

    `round` is part of the link: another one makes the old link worthless. `answered` counts the answers, so that two
    who hold one link do not overwrite each other unseen. Where the day moved after an answer, that answer stands as
    `earlier_answer` with the date that it was given for, and another is asked for.
    """

    public_id = models.CharField(max_length=10, unique=True, default=public_id, editable=False)
    day = models.ForeignKey(FestivalDay, models.CASCADE, related_name="guests")
    name = NameField(_("who is invited"), max_length=200, help_text=_("An office or a body; a person by name where it must be."))
    salutation = NameField(_("how they are addressed"), max_length=60, blank=True)
    round = models.PositiveSmallIntegerField(default=1, editable=False)
    answer = models.CharField(_("answer"), max_length=8, choices=Answer, default=Answer.NONE, editable=False)
    people = models.PositiveSmallIntegerField(_("how many come"), default=0, editable=False)
    words = NameField(_("words to the organisers"), max_length=300, blank=True, editable=False)
    answered = models.PositiveIntegerField(default=0, editable=False)
    answered_on = models.DateField(null=True, editable=False)
    earlier_answer = models.CharField(max_length=8, choices=Answer, default=Answer.NONE, editable=False)
    earlier_for = models.DateField(null=True, editable=False)
    made_at = models.DateTimeField(default=clock.now, editable=False)

    IMPERSONAL: ClassVar = {"public_id", "salutation", "answer", "earlier_answer"}

    class Meta:
        verbose_name = _("guest of a festival day")
        verbose_name_plural = _("guests of a festival day")
        ordering: ClassVar = ["pk"]
        default_permissions = ()

    def __str__(self) -> str:
        """Return who is invited."""
        return self.name

    @property
    def addressed(self) -> str:
        """Name with how they are addressed, once."""
        return addressed(self.salutation, self.name)


class DayPaper(models.Model):
    """A paper that was drafted from a day, for everybody or for one guest, with what it says of when and where: so it is found again, and told of when the day moves."""

    day = models.ForeignKey(FestivalDay, models.CASCADE, related_name="paper_ties")
    paper = models.OneToOneField(Paper, models.CASCADE, related_name="festival_tie")
    guest = models.ForeignKey(GuestInvitation, models.CASCADE, null=True, blank=True, related_name="paper_ties")
    on = models.DateField(_("date that it says"))
    said_when = TextField(_("hours and date that it says"))
    said_where = TextField(_("place that it says"))

    IMPERSONAL: ClassVar = {"said_when", "said_where"}

    class Meta:
        verbose_name = _("paper of a festival day")
        verbose_name_plural = _("papers of festival days")
        ordering: ClassVar = ["pk"]
        default_permissions = ()

    def __str__(self) -> str:
        """Return the paper."""
        return str(self.paper)

    @property
    def is_draft(self) -> bool:
        """Tell whether it can still be written anew."""
        return self.paper.state == PaperState.DRAFT
