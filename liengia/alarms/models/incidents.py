"""Presses, the incidents they open or join, and everything that then happens."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from liengia.alarms.models.devices import Device
from liengia.alarms.models.groups import NeighbourGroup
from liengia.core.fields import NameField, public_id
from liengia.core.live import Positioned
from liengia.people.models import Household

if TYPE_CHECKING:
    from datetime import datetime

    from liengia.units.models import Unit


class Kind(models.TextChoices):
    """What a press says is happening."""

    FIRE = "fire", _("Fire")
    INTRUDER = "intruder", _("Intruder")
    MEDICAL = "medical", _("Medical emergency")
    HELP = "help", _("Need help")


# Which number is called first for what; labels and further numbers are data.
EMERGENCY_NUMBER: Final = {Kind.FIRE: "114", Kind.INTRUDER: "113", Kind.MEDICAL: "115", Kind.HELP: "113"}


class Mode(models.TextChoices):
    """Whether it is real; never changed after the incident has opened."""

    REAL = "real", _("Real alarm")
    DRILL = "drill", _("Drill")
    TEST = "test", _("Bell test")


class IncidentState(models.TextChoices):
    """States of an incident; the table of changes is in `workflow.py`."""

    RINGING = "ringing", _("Ringing")
    ACKNOWLEDGED = "acknowledged", _("Acknowledged")
    RESOLVED = "resolved", _("Resolved")
    DISMISSED = "dismissed", _("Mistaken alarm")


OPEN_STATES = (IncidentState.RINGING, IncidentState.ACKNOWLEDGED)


class IncidentQuerySet(models.QuerySet["Incident"]):
    """Reads of incidents."""

    def open(self) -> IncidentQuerySet:
        """Incidents that have not ended."""
        return self.filter(state__in=OPEN_STATES)

    def ended(self) -> IncidentQuerySet:
        """Incidents that were resolved or dismissed."""
        return self.exclude(state__in=OPEN_STATES)

    def real(self) -> IncidentQuerySet:
        """Real alarms alone."""
        return self.filter(mode=Mode.REAL)

    def in_unit(self, unit: Unit) -> IncidentQuerySet:
        """Incidents of groups of a unit and of all below it."""
        return self.filter(group__unit__in=type(unit).objects.below(unit))


class Incident(models.Model):
    """One happening in one group: presses of the same kind and mode join it while it is open.

    `is_sounding` says whether the group's sirens should ring for it; quieting clears it and leaves the incident
    open. `expected_sirens` is frozen at the opening, so that the report can say which were not confirmed.
    A silent incident (`help` by the topic `still`) is seen by the duty post, and by whom a step has told of it. One
    that was joined with its like when two groups became one has ended, and names the other in `joined_into`.
    """

    public_id = models.CharField(max_length=10, unique=True, default=public_id, editable=False)
    group = models.ForeignKey(NeighbourGroup, models.PROTECT, related_name="incidents")
    household = models.ForeignKey(Household, models.SET_NULL, null=True, blank=True, related_name="incidents")
    kind = models.CharField(max_length=10, choices=Kind)
    mode = models.CharField(max_length=6, choices=Mode)
    state = models.CharField(max_length=12, choices=IncidentState, default=IncidentState.RINGING)
    is_silent = models.BooleanField(default=False)
    is_sounding = models.BooleanField(default=True)
    sounds_until = models.DateTimeField(null=True, blank=True)
    opened_at = models.DateTimeField(db_index=True)
    last_press_at = models.DateTimeField()
    press_count = models.PositiveIntegerField(default=1)
    generation = models.PositiveIntegerField(default=1)
    acknowledged_at = models.DateTimeField(null=True, blank=True)
    acknowledged_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    quieted_at = models.DateTimeField(null=True, blank=True)
    rang_again_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True, db_index=True)
    ended_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    end_reason = models.CharField(max_length=40, blank=True)
    joined_into = models.ForeignKey("self", models.SET_NULL, null=True, blank=True, related_name="joined_from")
    end_note = NameField(max_length=500, blank=True)
    expected_sirens = models.JSONField(default=list, blank=True)
    sirens_checked_at = models.DateTimeField(null=True, blank=True)
    household_count = models.PositiveIntegerField(default=0)
    counts = models.JSONField(default=dict, blank=True)
    names_erased_at = models.DateTimeField(null=True, blank=True)
    # Whose deleted memberships kept a silent call from them (`own_house`).
    kept_from = models.ManyToManyField(settings.AUTH_USER_MODEL, related_name="+", blank=True)

    objects: ClassVar[models.Manager[Incident]] = IncidentQuerySet.as_manager()

    PERSONAL: ClassVar[dict[str, str]] = {"end_note": "why the incident ended, in the officer's words"}
    IMPERSONAL: ClassVar[set[str]] = {"end_reason", "counts", "expected_sirens"}

    class Meta:
        """One open incident of a group, kind and mode; a silent one never joins a loud one."""

        verbose_name = _("incident")
        verbose_name_plural = _("incidents")
        ordering = ["-opened_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["group", "kind", "mode", "is_silent"],
                condition=Q(state__in=["ringing", "acknowledged"]),
                name="one_open_incident_of_a_group_kind_and_mode",
            )
        ]
        indexes = [
            models.Index(fields=["group", "-opened_at"], name="incidents_of_a_group"),
            models.Index(fields=["sounds_until"], condition=Q(is_sounding=True), name="incidents_that_sound"),
            models.Index(fields=["opened_at"], condition=Q(sirens_checked_at=None), name="incidents_not_checked"),
        ]

    def __str__(self) -> str:
        return f"{self.get_mode_display()} · {self.get_kind_display()} · {self.group}"

    @property
    def is_open(self) -> bool:
        """Whether it has not ended."""
        return self.state in OPEN_STATES

    @property
    def rang_at(self) -> datetime:
        """Since when it rings: its opening, or the press that made it ring anew; an answer from before is to another ringing."""
        return self.rang_again_at or self.opened_at


class Press(models.Model):
    """One press, as recorded; a redelivered or replayed one changes nothing (unique by device and id).

    `pressed_at` is reckoned by the server from `age_s` and the waiting time in the stream; what the device said
    of its own clock is kept in `claimed_at` and never used. A phone's press is committed first and published
    after (`published_at`).
    """

    press_id = models.CharField(max_length=64)
    device = models.ForeignKey(Device, models.PROTECT, related_name="presses")
    group = models.ForeignKey(NeighbourGroup, models.PROTECT, related_name="presses")
    incident = models.ForeignKey(Incident, models.CASCADE, null=True, blank=True, related_name="presses")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    kind = models.CharField(max_length=10, choices=Kind)
    mode = models.CharField(max_length=6, choices=Mode)
    is_silent = models.BooleanField(default=False)
    is_stale = models.BooleanField(default=False)
    is_apart = models.BooleanField(default=False)
    needs_publishing = models.BooleanField(default=False)
    age_s = models.FloatField(default=0)
    waited_s = models.FloatField(default=0)
    claimed_at = models.CharField(max_length=40, blank=True)
    pressed_at = models.DateTimeField()
    received_at = models.DateTimeField()
    published_at = models.DateTimeField(null=True, blank=True)
    lat = models.DecimalField(max_digits=9, decimal_places=6, null=True, blank=True)
    lon = models.DecimalField(max_digits=9, decimal_places=6, null=True, blank=True)

    PERSONAL: ClassVar[dict[str, str]] = {
        "lat": "where the person who raised the alarm stood, for those who come to help",
        "lon": "where the person who raised the alarm stood, for those who come to help",
    }
    IMPERSONAL: ClassVar[set[str]] = {"claimed_at", "press_id"}

    class Meta:
        """A press is recorded once."""

        verbose_name = _("press")
        verbose_name_plural = _("presses")
        constraints = [models.UniqueConstraint(fields=["device", "press_id"], name="a_press_is_recorded_once")]
        indexes = [
            models.Index(
                fields=["id"], condition=Q(needs_publishing=True, published_at=None), name="presses_to_publish"
            ),
        ]

    def __str__(self) -> str:
        return self.press_id


class EventKind(models.TextChoices):
    """What can stand in an incident's timeline."""

    OPENED = "opened", _("alarm raised")
    PRESSED = "pressed", _("pressed again")
    RANG_AGAIN = "rang_again", _("rings again")
    STALE_PRESS = "stale_press", _("an old press arrived; nothing rang")
    APART_PRESS = "apart_press", _("a press of a device set apart; nothing rang")
    SOUNDED = "sounded", _("sirens sound")
    UNCONFIRMED = "unconfirmed", _("sirens not confirmed")
    ACKNOWLEDGED = "acknowledged", _("acknowledged")
    QUIETED = "quieted", _("sirens quieted")
    STOPPED = "stopped", _("sirens stopped by themselves")
    ANSWERED = "answered", _("a house answered")
    CALLED = "called", _("emergency number called")
    STEP_RAN = "step_ran", _("escalation step")
    STEPS_ENDED = "steps_ended", _("escalation ended")
    REMINDED = "reminded", _("nobody has ticked the call to 114")
    END_ASKED = "end_asked", _("the household asks to end it")
    APART = "apart", _("device set apart")
    RETURNED = "returned", _("device returned")
    NOTED = "noted", _("note")
    RESOLVED = "resolved", _("resolved")
    DISMISSED = "dismissed", _("mistaken alarm")
    DRILL_ENDED = "drill_ended", _("drill ended by a real alarm")
    HANDED_OVER = "handed_over", _("handed over")
    MOVED = "moved", _("the group moved to another unit")
    JOINED = "joined", _("two alarms became one")
    FAULT = "fault", _("device fault")
    FAULT_CLEARED = "fault_cleared", _("device fault cleared")


class IncidentEvent(Positioned):
    """One line of the timeline, append-only; its position is the place that live pages resume from.

    Faults of devices stand in the same order without an incident (`group` alone).
    """

    incident = models.ForeignKey(Incident, models.CASCADE, null=True, blank=True, related_name="events")
    group = models.ForeignKey(NeighbourGroup, models.CASCADE, related_name="+")
    kind = models.CharField(max_length=16, choices=EventKind)
    at = models.DateTimeField()
    actor_kind = models.CharField(max_length=8)
    actor_id = models.CharField(max_length=20, blank=True)
    actor_label = NameField(max_length=120, blank=True)
    household = models.ForeignKey(Household, models.SET_NULL, null=True, blank=True, related_name="+")
    device = models.ForeignKey(Device, models.SET_NULL, null=True, blank=True, related_name="+")
    is_for_duty_only = models.BooleanField(default=False)
    data = models.JSONField(default=dict, blank=True)

    PERSONAL: ClassVar[dict[str, str]] = {
        "actor_label": "who did it, shown in the open incident and for 30 days after",
        "data": "what was answered or noted; names leave it after 30 days",
    }
    IMPERSONAL: ClassVar[set[str]] = {"actor_id"}

    class Meta:
        """Oldest first."""

        verbose_name = _("event of an incident")
        verbose_name_plural = _("events of incidents")
        ordering = ["id"]
        indexes = [
            models.Index(fields=["incident", "id"], name="events_of_an_incident"),
            models.Index(fields=["id"], condition=Q(position=None), name="events_without_position"),
        ]

    def __str__(self) -> str:
        return f"{self.at:%H:%M:%S} {self.kind}"


class Sounding(models.Model):
    """A siren's own word that it sounds in an incident; none means "not confirmed", never "silent"."""

    incident = models.ForeignKey(Incident, models.CASCADE, related_name="soundings")
    device = models.ForeignKey(Device, models.CASCADE, related_name="soundings")
    first_at = models.DateTimeField()
    last_at = models.DateTimeField()

    class Meta:
        """One row a siren."""

        verbose_name = _("sounding")
        verbose_name_plural = _("soundings")
        constraints = [
            models.UniqueConstraint(fields=["incident", "device"], name="a_siren_is_confirmed_once_in_an_incident")
        ]

    def __str__(self) -> str:
        return f"{self.device} {self.first_at:%H:%M:%S}"


class AnswerKind(models.TextChoices):
    """What a neighbour answers."""

    COMING = "coming", _("I'm coming")
    SAFE = "safe", _("I'm safe")
    NEED_HELP = "need_help", _("Need help")


class Answer(models.Model):
    """What one person (or whoever called the house) answered; the newest stands, the timeline keeps all."""

    incident = models.ForeignKey(Incident, models.CASCADE, related_name="answers")
    household = models.ForeignKey(Household, models.CASCADE, related_name="+")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    entered_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    kind = models.CharField(max_length=10, choices=AnswerKind)
    minutes = models.PositiveIntegerField(null=True, blank=True)
    kit = models.JSONField(default=list, blank=True)
    note = NameField(max_length=200, blank=True)
    at = models.DateTimeField()

    PERSONAL: ClassVar[dict[str, str]] = {"note": "what the person who answered wrote; erased after 30 days"}
    IMPERSONAL: ClassVar[set[str]] = {"kit"}

    class Meta:
        """One standing answer of a person in an incident."""

        verbose_name = _("answer of a neighbour")
        verbose_name_plural = _("answers of neighbours")
        constraints = [
            models.UniqueConstraint(fields=["incident", "household", "user"], name="one_standing_answer_of_a_person"),
            models.UniqueConstraint(
                fields=["incident", "household"], condition=Q(user=None), name="one_standing_answer_by_telephone"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} ({self.household_id})"


class EmergencyCall(models.Model):
    """Somebody ticked that they called an emergency number; the software itself calls nobody."""

    incident = models.ForeignKey(Incident, models.CASCADE, related_name="emergency_calls")
    number = models.CharField(max_length=16)
    called_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    household = models.ForeignKey(Household, models.SET_NULL, null=True, blank=True, related_name="+")
    called_at = models.DateTimeField()

    IMPERSONAL: ClassVar[set[str]] = {"number"}

    class Meta:
        """First call first."""

        verbose_name = _("emergency call")
        verbose_name_plural = _("emergency calls")
        ordering = ["called_at"]

    def __str__(self) -> str:
        return f"{self.number} {self.called_at:%H:%M:%S}"
