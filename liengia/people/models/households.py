"""Households: where they are, how they are reached, what stands ready in them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from liengia.core import clock
from liengia.core.fields import EncryptedTextField, NameField, PhoneField, public_id
from liengia.core.geo import Point
from liengia.core.text import fold, sort_key

if TYPE_CHECKING:
    from liengia.units.models import Unit


# Under which words a family agrees to help to get out being shown: 1, to the group's leader and the duty officer; 2, to the
# neighbours of the group and the duty officer.
NEED_WORDING: Final = 2


class HouseholdQuerySet(models.QuerySet["Household"]):
    """Reads of households."""

    def active(self) -> HouseholdQuerySet:
        """Return those that stand today."""
        return self.filter(is_active=True)

    def below(self, unit: Unit) -> HouseholdQuerySet:
        """Return the households of a unit and of everything below it."""
        from liengia.units.models import Unit as UnitModel

        return self.filter(hamlet__in=UnitModel.objects.below(unit))

    def search(self, text: str) -> HouseholdQuerySet:
        """Return those whose name or address holds the text, typed with or without marks."""
        found = self
        for word in fold(text).split():
            found = found.filter(folded__contains=word)
        return found


class Household(models.Model):
    """One address with its people: a home, a shop, a boarding house with rooms, or an institution."""

    class Kind(models.TextChoices):
        """What stands at the address."""

        HOME = "home", _("Home")
        SHOP = "shop", _("Home with a shop")
        BOARDING_HOUSE = "boarding_house", _("Boarding house")
        INSTITUTION = "institution", _("Institution")

    public_id = models.CharField(max_length=10, unique=True, default=public_id, editable=False)
    hamlet = models.ForeignKey("units.Unit", on_delete=models.PROTECT, related_name="households")
    head_name = NameField(_("Head of the household"), max_length=120, blank=True)
    address_label = NameField(_("Address"), max_length=160)
    house_label = NameField(_("Short name of the house"), max_length=40)
    landmark = NameField(_("Landmark"), max_length=160, blank=True)
    lane_width_m = models.DecimalField(
        _("Width of the lane in metres"), max_digits=4, decimal_places=1, null=True, blank=True
    )
    truck_meets_at = NameField(_("Where somebody meets the fire engine"), max_length=160, blank=True)
    water_source = NameField(_("Nearest water"), max_length=160, blank=True)
    lat = models.DecimalField(max_digits=9, decimal_places=6, null=True, blank=True)
    lon = models.DecimalField(max_digits=9, decimal_places=6, null=True, blank=True)
    kind = models.CharField(_("Kind"), max_length=16, choices=Kind.choices, default=Kind.HOME)
    is_active = models.BooleanField(default=True)
    folded = models.CharField(max_length=330, editable=False, default="")
    created_at = models.DateTimeField(default=clock.now, editable=False)
    left_on = models.DateField(null=True, blank=True, editable=False)
    # Asked for while help was on its way to the house (`services.erasure`).
    erasure_asked_at = models.DateTimeField(null=True, blank=True, editable=False)
    erasure_reason = EncryptedTextField(blank=True, editable=False)
    erased_at = models.DateTimeField(null=True, blank=True, editable=False)

    IMPERSONAL = {"public_id", "kind"}
    objects = HouseholdQuerySet.as_manager()

    class Meta:
        """Names and rules."""

        verbose_name = _("household")
        verbose_name_plural = _("households")
        ordering = ["hamlet", "house_label", "id"]
        indexes = [models.Index(fields=["hamlet", "is_active"], name="people_household_hamlet")]
        constraints = [
            models.CheckConstraint(
                condition=Q(lat=None, lon=None) | Q(lat__isnull=False, lon__isnull=False),
                name="people_household_has_a_whole_point_or_none",
            )
        ]

    def __str__(self) -> str:
        return f"{self.house_label}, {self.head_name}" if self.head_name else self.house_label

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Keep the folded text that searches read."""
        self.folded = fold(f"{self.head_name} {self.house_label} {self.address_label}")[:330]
        if kwargs.get("update_fields") is not None:
            kwargs["update_fields"] = {*kwargs["update_fields"], "folded"}
        super().save(*args, **kwargs)

    @property
    def point(self) -> Point | None:
        """Where the house stands, when somebody has set it."""
        return (
            Point(float(self.lat), float(self.lon)) if self.lat is not None and self.lon is not None else None
        )

    @property
    def sort_key(self) -> tuple[object, ...]:
        """Order of houses in lists: "Nhà số 9" before "Nhà số 12"."""
        return sort_key(self.house_label)


class HouseholdPhone(models.Model):
    """A number of a household; `order` 1 is called first."""

    household = models.ForeignKey(Household, on_delete=models.CASCADE, related_name="phones")
    order = models.PositiveSmallIntegerField(_("Called in this order"), default=1)
    phone = PhoneField(_("Phone"))
    name = NameField(_("Whose"), max_length=80, blank=True)
    relation = NameField(_("In the household"), max_length=40, blank=True)

    class Meta:
        """Calling order."""

        verbose_name = _("household's phone")
        verbose_name_plural = _("household's phones")
        ordering = ["household", "order", "id"]
        constraints = [
            models.UniqueConstraint(fields=["household", "phone"], name="people_household_phone_stands_once")
        ]

    def __str__(self) -> str:
        return self.phone


class HouseholdRoom(models.Model):
    """A room of a boarding house: one address, many doors."""

    household = models.ForeignKey(Household, on_delete=models.CASCADE, related_name="rooms")
    label = NameField(_("Room"), max_length=40)

    class Meta:
        """Names."""

        verbose_name = _("room")
        verbose_name_plural = _("rooms")
        ordering = ["household", "label"]
        constraints = [
            models.UniqueConstraint(fields=["household", "label"], name="people_room_label_stands_once")
        ]

    def __str__(self) -> str:
        return self.label


class KitItem(models.Model):
    """Something that stands ready in a house against fire."""

    class Kind(models.TextChoices):
        """Kinds of kit. Source: the movement's practice (docs/areas/people.md)."""

        POWDER_EXTINGUISHER = "powder_extinguisher", _("Powder extinguisher")
        CO2_EXTINGUISHER = "co2_extinguisher", _("CO₂ extinguisher")
        CROWBAR = "crowbar", _("Crowbar")
        BOLT_CUTTER = "bolt_cutter", _("Bolt cutter")
        HAMMER = "hammer", _("Hammer")
        AXE = "axe", _("Axe")
        SECOND_EXIT = "second_exit", _("Second exit")
        SMOKE_DETECTOR = "smoke_detector", _("Smoke detector")
        LADDER = "ladder", _("Ladder")
        HOSE = "hose", _("Hose")

    household = models.ForeignKey(Household, on_delete=models.CASCADE, related_name="kit")
    kind = models.CharField(_("Kind"), max_length=24, choices=Kind.choices)
    count = models.PositiveSmallIntegerField(_("How many"), default=1)
    expires_on = models.DateField(_("Good until"), null=True, blank=True)

    IMPERSONAL = {"kind"}

    class Meta:
        """Names."""

        verbose_name = _("piece of kit")
        verbose_name_plural = _("kit")
        ordering = ["household", "kind", "expires_on"]

    def __str__(self) -> str:
        return f"{self.count} {self.get_kind_display()}"


class Consent(models.Model):
    """What somebody agreed to, when, and how it was given; kept as proof after it is withdrawn."""

    household = models.ForeignKey(
        Household, on_delete=models.CASCADE, null=True, blank=True, related_name="consents"
    )
    user = models.ForeignKey(
        "people.User", on_delete=models.CASCADE, null=True, blank=True, related_name="consents"
    )
    purpose = models.CharField(max_length=40)
    how = NameField(_("How it was given"), max_length=160, blank=True)
    given_at = models.DateTimeField(default=clock.now)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    wording = models.PositiveSmallIntegerField(_("under which words"), default=1)

    IMPERSONAL = {"purpose"}

    class Meta:
        """Rules."""

        verbose_name = _("consent")
        verbose_name_plural = _("consents")
        constraints = [
            models.CheckConstraint(
                condition=Q(household__isnull=False) | Q(user__isnull=False),
                name="people_consent_is_somebodys",
            )
        ]

    def __str__(self) -> str:
        return f"{self.purpose} {self.given_at:%d/%m/%Y}"

    @property
    def is_of_older_words(self) -> bool:
        """Whether the words for help to get out have widened since: until the family is asked anew, the older ones hold."""
        return self.wording < NEED_WORDING


class OpenNeedManager(models.Manager["EvacuationNeed"]):
    """Counts and existence only; the text is read through `queries.evacuation_needs`."""

    def get_queryset(self) -> models.QuerySet[EvacuationNeed]:
        """Return the needs in force without their text."""
        return super().get_queryset().filter(is_open=True, consent__withdrawn_at=None).defer("text")


class EvacuationNeed(models.Model):
    """Who in a house needs help to get out; encrypted, by consent, read only inside an open incident, never printed."""

    household = models.ForeignKey(Household, on_delete=models.CASCADE, related_name="evacuation_needs")
    text = EncryptedTextField(_("Who needs help, and with what"))
    consent = models.ForeignKey(Consent, on_delete=models.PROTECT, related_name="evacuation_needs")
    is_open = models.BooleanField(default=True)
    written_at = models.DateTimeField(default=clock.now)

    standing = OpenNeedManager()
    all_needs = models.Manager["EvacuationNeed"]()

    class Meta:
        """One standing need a household."""

        verbose_name = _("help needed to get out")
        verbose_name_plural = _("help needed to get out")
        constraints = [
            models.UniqueConstraint(
                fields=["household"], condition=Q(is_open=True), name="people_household_has_one_standing_need"
            )
        ]

    def __str__(self) -> str:
        return f"#{self.pk}"
