"""Loudspeakers: clusters and their players, sounds and recordings, what was ordered and played; the programme "Tiếng loa ANTT".

Nothing here names a person: a cluster hangs somewhere, a post writes, a team drives. A play report says what was played,
when and by which cluster.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, ClassVar

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from liengia.core import clock
from liengia.core.fields import EncryptedTextField, NameField, TextField, public_id
from liengia.organisations.models import Organisation
from liengia.units.models import Unit

if TYPE_CHECKING:
    from django.db.models.manager import Manager


class ClusterMake(models.TextChoices):
    """How a cluster gets what it plays."""

    OURS = "ours", _("our player")
    WEBHOOK = "webhook", _("another make, by its address")
    BY_HAND = "by_hand", _("another make, by hand")


class SpeakerClusterQuerySet(models.QuerySet["SpeakerCluster"]):
    """Reads of clusters."""

    def standing(self) -> SpeakerClusterQuerySet:
        """Those that were not taken down."""
        return self.filter(removed_at=None)

    def on(self) -> SpeakerClusterQuerySet:
        """Those that speak."""
        return self.standing().filter(is_on=True)

    def ours(self) -> SpeakerClusterQuerySet:
        """Those with our player."""
        return self.filter(make=ClusterMake.OURS)


class SpeakerCluster(models.Model):
    """A cluster of loudspeakers (cụm loa) in a hamlet. What its player last said of itself stands here.

    `say_rev` rises with every change of what the player is to hold; the bridge publishes until the broker has it.
    """

    public_id = models.CharField(max_length=10, unique=True, default=public_id, editable=False)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="speaker_clusters", verbose_name=_("unit"))
    name = NameField(_("name"), max_length=80)
    place = NameField(_("where it hangs"), max_length=120, blank=True)
    make = models.CharField(_("make"), max_length=10, choices=ClusterMake, default=ClusterMake.OURS)
    volume = models.PositiveSmallIntegerField(
        _("volume"), default=70, validators=[MinValueValidator(0), MaxValueValidator(100)], help_text=_("0 is silent, 100 the loudest.")
    )
    is_on = models.BooleanField(_("switched on"), default=True)
    webhook_url = models.URLField(_("address of the other make's webhook"), max_length=300, blank=True)
    webhook_secret = EncryptedTextField(blank=True, default="", editable=False)
    added_at = models.DateTimeField(default=clock.now, editable=False)
    removed_at = models.DateTimeField(null=True, blank=True, editable=False)
    first_seen_at = models.DateTimeField(null=True, blank=True, editable=False)
    last_seen_at = models.DateTimeField(null=True, blank=True, editable=False)
    last_played_at = models.DateTimeField(null=True, blank=True, editable=False)
    test_asked_at = models.DateTimeField(null=True, blank=True, editable=False)
    test_heard_at = models.DateTimeField(null=True, blank=True, editable=False)
    firmware = models.CharField(max_length=40, blank=True, editable=False)
    say_rev = models.PositiveBigIntegerField(default=1, editable=False)
    say_published_rev = models.PositiveBigIntegerField(default=0, editable=False)
    say_print = models.CharField(max_length=64, blank=True, editable=False)

    IMPERSONAL: ClassVar = {"public_id", "name", "place", "make", "webhook_url", "webhook_secret", "firmware", "say_print"}

    objects: ClassVar[Manager[SpeakerCluster] | SpeakerClusterQuerySet] = SpeakerClusterQuerySet.as_manager()

    class Meta:
        verbose_name = _("loudspeaker cluster")
        verbose_name_plural = _("loudspeaker clusters")
        ordering: ClassVar = ["unit__code", "name", "pk"]
        default_permissions = ("view", "add", "change")
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(volume__lte=100), name="a_volume_is_at_most_100"),
            models.CheckConstraint(condition=~Q(make="webhook") | ~Q(webhook_url=""), name="a_cluster_by_webhook_has_an_address"),
        ]

    def __str__(self) -> str:
        """Return its name."""
        return self.name


class SpeakerCredential(models.Model):
    """A player's name and hashed password at the broker and for fetching sounds, bound to one cluster's own topics."""

    cluster = models.ForeignKey(SpeakerCluster, models.CASCADE, related_name="credentials")
    device = models.CharField(max_length=10, unique=True, default=public_id, editable=False)
    password_hash = models.CharField(max_length=80)
    made_at = models.DateTimeField(default=clock.now)
    revoked_at = models.DateTimeField(null=True, blank=True)

    IMPERSONAL: ClassVar = {"device", "password_hash"}

    class Meta:
        verbose_name = _("credential of a loudspeaker")
        verbose_name_plural = _("credentials of loudspeakers")
        default_permissions = ()
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["cluster"], condition=Q(revoked_at=None), name="a_cluster_has_one_good_credential"),
        ]

    def __str__(self) -> str:
        """Return the device."""
        return self.device


class SpeakerFaultKind(models.TextChoices):
    """What can be wrong with a player."""

    NO_BEAT = "no_beat", _("no sign of life")
    NO_SOUND = "no_sound", _("its sound card does not play")
    NO_FETCH = "no_fetch", _("it cannot fetch what it is to play")
    NO_SPACE = "no_space", _("its disk is full")
    WRONG_CLOCK = "wrong_clock", _("its clock is wrong")


class SpeakerFault(models.Model):
    """A fault of a cluster, from when to when."""

    cluster = models.ForeignKey(SpeakerCluster, models.CASCADE, related_name="faults")
    kind = models.CharField(max_length=12, choices=SpeakerFaultKind)
    since = models.DateTimeField()
    cleared_at = models.DateTimeField(null=True, blank=True)

    IMPERSONAL: ClassVar = {"kind"}

    class Meta:
        verbose_name = _("fault of a loudspeaker")
        verbose_name_plural = _("faults of loudspeakers")
        default_permissions = ()
        ordering: ClassVar = ["-since", "-pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["cluster", "kind"], condition=Q(cleared_at=None), name="a_fault_of_a_loudspeaker_is_open_once"),
        ]

    def __str__(self) -> str:
        """Return the kind."""
        return self.kind


class AudioFile(models.Model):
    """A sound that loudspeakers can play, kept by its content; `recipe` says of what it was made, so that it is made once."""

    recipe = models.CharField(max_length=64, unique=True)
    sha256 = models.CharField(max_length=64, db_index=True)
    size = models.PositiveIntegerField()
    seconds = models.FloatField()
    loudness_lufs = models.FloatField()
    peaks = models.JSONField(default=list)
    made_at = models.DateTimeField(default=clock.now)
    used_at = models.DateTimeField(default=clock.now)
    # Of an alarm it names a house's place: it goes a day after its last use.
    is_of_call = models.BooleanField(default=False)

    IMPERSONAL: ClassVar = {"recipe", "sha256", "peaks"}

    class Meta:
        verbose_name = _("sound file")
        verbose_name_plural = _("sound files")
        default_permissions = ()

    def __str__(self) -> str:
        """Return the beginning of its hash."""
        return self.sha256[:12]


class RecordingState(models.TextChoices):
    """Where a recording stands."""

    WAITING = "waiting", _("is being prepared")
    READY = "ready", _("ready")
    FAILED = "failed", _("could not be read")


class Recording(models.Model):
    """What somebody recorded, or had spoken from a text, for loudspeakers: trimmed and levelled by the worker."""

    public_id = models.CharField(max_length=10, unique=True, default=public_id, editable=False)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="recordings", verbose_name=_("unit"))
    title = NameField(_("title"), max_length=120)
    spoken_text = TextField(_("spoken text"), max_length=2000, blank=True)
    state = models.CharField(_("state"), max_length=8, choices=RecordingState, default=RecordingState.WAITING, editable=False)
    done_percent = models.PositiveSmallIntegerField(default=0, editable=False)
    trouble = models.CharField(max_length=20, blank=True, editable=False)
    audio = models.ForeignKey(AudioFile, models.PROTECT, null=True, blank=True, related_name="recordings", editable=False)
    added_at = models.DateTimeField(default=clock.now, editable=False)
    removed_at = models.DateTimeField(null=True, blank=True, editable=False)

    PERSONAL: ClassVar = {"spoken_text": "only where a bulletin names a private person, with its legal basis"}
    IMPERSONAL: ClassVar = {"public_id", "title", "state", "trouble"}

    class Meta:
        verbose_name = _("recording")
        verbose_name_plural = _("recordings")
        ordering: ClassVar = ["-pk"]
        default_permissions = ()
        constraints: ClassVar = [
            models.CheckConstraint(condition=~Q(state="ready") | Q(audio__isnull=False), name="a_ready_recording_has_a_sound"),
        ]

    def __str__(self) -> str:
        """Return the title."""
        return self.title


class PlayOrder(models.Model):
    """One thing that one cluster is to play. `key` is the delivery's, so that handing over twice orders once."""

    public_id = models.CharField(max_length=10, unique=True, default=public_id, editable=False)
    key = models.CharField(max_length=64, unique=True)
    cluster = models.ForeignKey(SpeakerCluster, models.CASCADE, related_name="orders")
    audio = models.ForeignKey(AudioFile, models.PROTECT, related_name="orders")
    subject = models.CharField(max_length=40, db_index=True)
    headline = NameField(max_length=160, blank=True)
    mode = models.CharField(max_length=8, default="real")
    priority = models.CharField(max_length=10, default="normal")
    volume = models.PositiveSmallIntegerField(null=True, blank=True)
    times = models.PositiveSmallIntegerField(default=1)
    pause_s = models.PositiveSmallIntegerField(default=4)
    play_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    ordered_at = models.DateTimeField(default=clock.now)
    # When another make took it at its address; a player of ours holds it from its row.
    told_at = models.DateTimeField(null=True, blank=True)
    fetched_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    PERSONAL: ClassVar = {"headline": "of an alarm: the place as its neighbours hear it; goes with the order after its period"}
    IMPERSONAL: ClassVar = {"public_id", "key", "subject", "mode", "priority"}

    class Meta:
        verbose_name = _("order to play")
        verbose_name_plural = _("orders to play")
        ordering: ClassVar = ["play_at", "pk"]
        default_permissions = ()
        indexes: ClassVar = [
            models.Index(fields=["cluster", "play_at"], condition=Q(ended_at=None, withdrawn_at=None), name="orders_still_to_play"),
        ]

    def __str__(self) -> str:
        """Return cluster and subject."""
        return f"{self.cluster_id} {self.subject}"

    def is_open_at(self, moment: datetime) -> bool:
        """Whether it may still be played."""
        return self.ended_at is None and self.withdrawn_at is None and self.expires_at > moment


class PlayOutcome(models.TextChoices):
    """What became of an order on the player."""

    PLAYED = "played", _("played")
    STOPPED = "stopped", _("stopped on the way")
    LEFT_OUT = "left_out", _("not played")
    FAILED = "failed", _("failed")


class PlayReport(models.Model):
    """What a cluster says that it played, once a report; `why` of one that was left out: quiet, too_many, expired, withdrawn."""

    report = models.CharField(max_length=32, unique=True)
    cluster = models.ForeignKey(SpeakerCluster, models.CASCADE, related_name="reports")
    order = models.ForeignKey(PlayOrder, models.SET_NULL, null=True, blank=True, related_name="reports")
    outcome = models.CharField(max_length=8, choices=PlayOutcome)
    why = models.CharField(max_length=12, blank=True)
    times = models.PositiveSmallIntegerField(default=1)
    began_at = models.DateTimeField()
    ended_at = models.DateTimeField()
    received_at = models.DateTimeField(default=clock.now)

    IMPERSONAL: ClassVar = {"report", "outcome", "why"}

    class Meta:
        verbose_name = _("play report")
        verbose_name_plural = _("play reports")
        ordering: ClassVar = ["-began_at", "-pk"]
        default_permissions = ()

    def __str__(self) -> str:
        """Return outcome and instant."""
        return f"{self.outcome} {self.began_at:%Y-%m-%d %H:%M}"


class SpeakerProgramme(models.Model):
    """A regular programme such as "Tiếng loa ANTT": the coordination plan of two institutions, and which post does what."""

    public_id = models.CharField(max_length=10, unique=True, default=public_id, editable=False)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="speaker_programmes", verbose_name=_("unit"))
    title = NameField(_("title"), max_length=160)
    police = models.ForeignKey(Organisation, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("police"))
    youth_union = models.ForeignKey(Organisation, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("Youth Union"))
    plan = NameField(_("coordination plan (number and day)"), max_length=160, blank=True)
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("until"), null=True, blank=True)
    when = NameField(_("when it is played"), max_length=160, blank=True, help_text=_("For example: Thursdays at 17:30"))
    written_by = NameField(_("post that writes"), max_length=120, blank=True, help_text=_("A post, not a name: deputy head of the commune police."))
    checked_by = NameField(_("post that checks"), max_length=120, blank=True)
    recorded_by = NameField(_("post that records"), max_length=120, blank=True)
    note = TextField(_("notes"), max_length=1000, blank=True)

    IMPERSONAL: ClassVar = {"public_id", "title", "plan", "when", "written_by", "checked_by", "recorded_by", "note"}

    class Meta:
        verbose_name = _("loudspeaker programme")
        verbose_name_plural = _("loudspeaker programmes")
        ordering: ClassVar = ["-starts_on", "pk"]
        default_permissions = ("view", "add", "change")

    def __str__(self) -> str:
        """Return the title."""
        return self.title


class RotaTurn(models.Model):
    """Which team of the Youth Union has the programme on a day; a team's name, never a person's."""

    programme = models.ForeignKey(SpeakerProgramme, models.CASCADE, related_name="turns", verbose_name=_("programme"))
    on = models.DateField(_("day"))
    team = NameField(_("team"), max_length=120, help_text=_("The team's name, not its members'."))
    task = NameField(_("task"), max_length=160, blank=True)

    IMPERSONAL: ClassVar = {"team", "task"}

    class Meta:
        verbose_name = _("turn of the youth team")
        verbose_name_plural = _("rota of the youth team")
        ordering: ClassVar = ["-on", "team"]
        default_permissions = ("view", "add", "change")
        constraints: ClassVar = [models.UniqueConstraint(fields=["programme", "on", "team"], name="a_team_has_one_turn_a_day")]

    def __str__(self) -> str:
        """Return day and team."""
        return f"{self.on:%d/%m/%Y} {self.team}"


class MobileRound(models.Model):
    """A round by motorbike with a loudspeaker: the route, the team, what is played, and whether it was done."""

    public_id = models.CharField(max_length=10, unique=True, default=public_id, editable=False)
    programme = models.ForeignKey(SpeakerProgramme, models.CASCADE, related_name="rounds", verbose_name=_("programme"))
    on = models.DateField(_("day"))
    route = NameField(_("route"), max_length=250, help_text=_("Hamlets and roads in order."))
    team = NameField(_("team"), max_length=120, help_text=_("The team's name, not its members'."))
    recording = models.ForeignKey(Recording, models.PROTECT, null=True, blank=True, related_name="rounds", verbose_name=_("recording"))
    is_done = models.BooleanField(_("done"), default=False)
    note = NameField(_("what came of it"), max_length=250, blank=True, help_text=_("Nothing about persons."))

    IMPERSONAL: ClassVar = {"public_id", "route", "team", "note"}

    class Meta:
        verbose_name = _("round by motorbike")
        verbose_name_plural = _("rounds by motorbike")
        ordering: ClassVar = ["-on", "pk"]
        default_permissions = ("view", "add", "change")

    def __str__(self) -> str:
        """Return day and route."""
        return f"{self.on:%d/%m/%Y} {self.route}"
