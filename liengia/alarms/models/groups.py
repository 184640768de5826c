"""Neighbour groups (tổ liên gia an toàn PCCC) and the households in them."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from liengia.core.fields import NameField, TextField, public_id
from liengia.people.models import Household

if TYPE_CHECKING:
    from liengia.units.models import Unit


class NeighbourGroupQuerySet(models.QuerySet["NeighbourGroup"]):
    """Reads of groups."""

    def active(self) -> NeighbourGroupQuerySet:
        """Groups that stand: not merged, not dissolved."""
        return self.filter(merged_into=None, dissolved_on=None)

    def of_households(self) -> NeighbourGroupQuerySet:
        """Groups of neighbours, without those that hold a duty post's own sirens."""
        return self.filter(duty_post=None)

    def in_unit(self, unit: Unit) -> NeighbourGroupQuerySet:
        """Groups of a unit and of all below it."""
        return self.filter(unit__in=type(unit).objects.below(unit))

    def with_unpublished_state(self) -> NeighbourGroupQuerySet:
        """Groups whose retained state at the broker is older than the database's."""
        return self.filter(state_rev__gt=models.F("state_published_rev"))


class NeighbourGroup(models.Model):
    """Adjacent homes whose alarms ring together; 5 to 15 households are usual, none is forbidden.

    One with a `duty_post` has no households: it is the topic under which the post's own sirens listen.
    `state_rev` rises with each change of what its sirens should do; the bridge publishes the state until
    `state_published_rev` has caught up.
    """

    public_id = models.CharField(max_length=10, unique=True, default=public_id, editable=False)
    unit = models.ForeignKey("units.Unit", models.PROTECT, related_name="neighbour_groups", verbose_name=_("hamlet"))
    number = models.PositiveIntegerField(_("number"))
    name = NameField(_("name"), max_length=120)
    leader = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="led_groups", verbose_name=_("leader")
    )
    deputy = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="deputy_groups", verbose_name=_("deputy")
    )
    decision_number = NameField(_("founding decision"), max_length=60, blank=True)
    decision_on = models.DateField(_("date of the decision"), null=True, blank=True)
    decision_file = models.FileField(_("decision on file"), upload_to="alarms/decisions/", blank=True)
    assembly_point = NameField(_("assembly point"), max_length=200, blank=True)
    rules = TextField(_("rules"), blank=True)
    lane_note = NameField(_("lane: width, where the fire engine is met"), max_length=200, blank=True)
    water_note = NameField(_("water"), max_length=200, blank=True)
    power_note = TextField(_("what still rings without mains or network"), blank=True)
    drill_every_days = models.PositiveIntegerField(_("days between drills"), default=180)
    lat = models.DecimalField(max_digits=9, decimal_places=6, null=True, blank=True)
    lon = models.DecimalField(max_digits=9, decimal_places=6, null=True, blank=True)
    founded_on = models.DateField(_("founded on"), null=True, blank=True)
    dissolved_on = models.DateField(_("dissolved on"), null=True, blank=True)
    merged_into = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="merged_from")
    duty_post = models.OneToOneField(
        "people.DutyPost",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="siren_group",
        verbose_name=_("duty post whose sirens these are"),
    )
    state_rev = models.BigIntegerField(default=1, editable=False)
    state_published_rev = models.BigIntegerField(default=0, editable=False)

    objects: ClassVar[models.Manager[NeighbourGroup]] = NeighbourGroupQuerySet.as_manager()

    IMPERSONAL: ClassVar[set[str]] = {
        "name", "rules", "lane_note", "water_note", "power_note", "assembly_point", "decision_number",
    }

    class Meta:
        """Numbered within a hamlet."""

        verbose_name = _("inter-family fire-safety group")
        verbose_name_plural = _("inter-family fire-safety groups")
        ordering = ["unit_id", "number"]
        constraints = [
            models.UniqueConstraint(
                fields=["unit", "number"],
                condition=models.Q(merged_into=None, dissolved_on=None, duty_post=None),
                name="a_number_is_used_once_in_a_hamlet",
            )
        ]
        indexes = [
            models.Index(
                fields=["id"],
                condition=models.Q(state_rev__gt=models.F("state_published_rev")),
                name="group_state_unpublished",
            )
        ]

    def __str__(self) -> str:
        return self.name


class GroupHouseholdQuerySet(models.QuerySet["GroupHousehold"]):
    """Reads of places in groups."""

    def active(self) -> GroupHouseholdQuerySet:
        """Places that are held now."""
        return self.filter(left_on=None)


class GroupHousehold(models.Model):
    """A household's place in a group; `seat` is the house's number there ("Nhà số 9")."""

    group = models.ForeignKey(NeighbourGroup, models.PROTECT, related_name="places")
    household = models.ForeignKey(Household, models.PROTECT, related_name="group_places")
    seat = models.PositiveIntegerField(_("house number in the group"))
    joined_on = models.DateField(_("joined on"))
    left_on = models.DateField(_("left on"), null=True, blank=True)

    objects: ClassVar[models.Manager[GroupHousehold]] = GroupHouseholdQuerySet.as_manager()

    class Meta:
        """A household is in one group at a time; a seat is held once."""

        verbose_name = _("household of a group")
        verbose_name_plural = _("households of groups")
        ordering = ["group_id", "seat"]
        constraints = [
            models.UniqueConstraint(
                fields=["household"], condition=models.Q(left_on=None), name="a_household_is_in_one_group_at_a_time"
            ),
            models.UniqueConstraint(
                fields=["group", "seat"], condition=models.Q(left_on=None), name="a_seat_is_held_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.group} · {self.seat}"
