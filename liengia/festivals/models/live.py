"""The day itself: its events, results, pictures, and its place in the live order."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from liengia.core import clock
from liengia.core.fields import NameField, TextField, public_id
from liengia.core.live import Positioned
from liengia.festivals.models.days import FestivalDay, ProgrammeItem
from liengia.festivals.models.states import Agreed, EventKind, Whose
from liengia.people.models import User


class DayEvent(models.Model):
    """Something that happened on the day, as a phone or a desk said it. Never changed; what a day is follows from all of its events.

    `key` is made where it is typed in: sent twice, it is one event. `at` is when it happened: the server's clock less the
    seconds that it waited in the phone, since a phone's own clock may be wrong.
    """

    day = models.ForeignKey(FestivalDay, models.CASCADE, related_name="events")
    key = models.CharField(max_length=40, unique=True, editable=False)
    kind = models.CharField(_("what"), max_length=10, choices=EventKind)
    item = models.ForeignKey(ProgrammeItem, models.CASCADE, null=True, blank=True, related_name="+")
    number = models.PositiveIntegerField(_("number"), null=True, blank=True)
    words = NameField(_("words"), max_length=300, blank=True)
    at = models.DateTimeField(_("happened at"))
    recorded_at = models.DateTimeField(default=clock.now)
    by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")

    IMPERSONAL: ClassVar = {"key", "kind"}

    class Meta:
        verbose_name = _("event of a festival day")
        verbose_name_plural = _("events of festival days")
        ordering: ClassVar = ["at", "key"]
        default_permissions = ()
        indexes: ClassVar = [models.Index(fields=["day", "at"], name="festivals_events_in_time")]

    def __str__(self) -> str:
        """Return kind and moment."""
        return f"{self.kind} {self.at:%H:%M}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Write a new event; one that is there stays as it is.

        Raises:
            ValueError: it has been written before.
        """
        if not self._state.adding:
            raise ValueError("an event of a day is never changed")
        super().save(*args, **kwargs)


class ContestResult(models.Model):
    """Who came where in an item: a team, a hamlet, a house, a school; or a person, whose name is kept only where they, or of a child a parent, agreed."""

    item = models.ForeignKey(ProgrammeItem, models.CASCADE, related_name="results")
    place = models.PositiveSmallIntegerField(_("place"))
    whose = models.CharField(_("whose result it is"), max_length=6, choices=Whose, default=Whose.TEAM)
    who = NameField(_("team, hamlet, house or school; a person only with consent"), max_length=160, blank=True)
    of = NameField(_("hamlet, team or school of a person"), max_length=160, blank=True)
    agreed = models.CharField(_("who agreed to the name"), max_length=6, choices=Agreed, blank=True)
    agreed_at = models.DateTimeField(null=True, editable=False)
    score = NameField(_("score"), max_length=60, blank=True)
    at = models.DateTimeField(default=clock.now)

    IMPERSONAL: ClassVar = {"whose", "of", "agreed", "score"}

    class Meta:
        verbose_name = _("result of a contest")
        verbose_name_plural = _("results of contests")
        ordering: ClassVar = ["place", "who", "pk"]
        default_permissions = ()
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["item", "who"], condition=Q(whose="team"), name="team_has_one_place_in_a_contest"),
            models.CheckConstraint(condition=Q(place__gte=1, place__lte=50), name="place_is_from_1_to_50"),
            models.CheckConstraint(condition=Q(whose="team") | Q(who="", agreed="") | ~Q(who="") & ~Q(agreed=""), name="person_is_named_with_consent_only"),
        ]

    def __str__(self) -> str:
        """Return place and who."""
        return f"{self.place}. {self.shown}"

    @property
    def shown(self) -> str:
        """Who, as everybody may read it."""
        return shown_as(self.whose, self.who, self.of)

    @property
    def is_named(self) -> bool:
        """Tell whether a person is named."""
        return self.whose == Whose.PERSON and bool(self.who)


def shown_as(whose: str, who: str, of: str) -> str:
    """Return a team's name; a person's with where they are from; without consent, a player of there."""
    if whose == Whose.TEAM:
        return who
    if who:
        return f"{who} ({of})" if of else who
    return gettext("a player of %(of)s") % {"of": of} if of else gettext("a player")


class DayPicture(models.Model):
    """A picture of the day, made anew from its points alone. Whoever sent it said that those who can be recognised agreed."""

    public_id = models.CharField(max_length=10, unique=True, default=public_id, editable=False)
    day = models.ForeignKey(FestivalDay, models.CASCADE, related_name="pictures")
    key = models.CharField(max_length=40, unique=True, editable=False)
    data = models.BinaryField()
    thumbnail = models.BinaryField()
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    caption = NameField(_("what it shows"), max_length=200)
    at = models.DateTimeField(default=clock.now)
    withdrawn_at = models.DateTimeField(null=True, editable=False)
    withdrawn_reason = TextField(_("why it was taken down"), blank=True, editable=False)

    IMPERSONAL: ClassVar = {"public_id", "key", "withdrawn_reason"}

    class Meta:
        verbose_name = _("picture of a festival day")
        verbose_name_plural = _("pictures of festival days")
        ordering: ClassVar = ["at", "pk"]
        default_permissions = ()

    def __str__(self) -> str:
        """Return the caption."""
        return self.caption


class BoardEdition(Positioned):
    """The place of a day in the live order of boards: one row a day, moved to the end whenever its tile changes."""

    day = models.OneToOneField(FestivalDay, models.CASCADE, related_name="board_edition")

    class Meta:
        verbose_name = _("edition of a day on the board")
        verbose_name_plural = _("editions of days on the board")
        default_permissions = ()

    def __str__(self) -> str:
        """Return day and place."""
        return f"{self.day_id}: {self.position}"
