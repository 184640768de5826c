"""Institutions in time, and the agreements between them. Committees stand in `committees.py`, re-exported here."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, ClassVar

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from liengia.core import clock
from liengia.core.fields import NameField, PhoneField, TextField, public_id
from liengia.core.text import fold
from liengia.units.models import Unit, valid_on

if TYPE_CHECKING:
    from django.db.models.manager import Manager


class OrganisationKind(models.TextChoices):
    """What an institution is."""

    MINISTRY = "ministry", _("ministry or department")
    PEOPLES_COMMITTEE = "peoples_committee", _("People's Committee")
    POLICE = "police", _("police")
    POLICE_POST = "police_post", _("police post")
    MILITARY_COMMAND = "military_command", _("military command")
    FATHERLAND_FRONT = "fatherland_front", _("Fatherland Front committee")
    MASS_ORGANISATION = "mass_organisation", _("mass organisation")
    SCHOOL = "school", _("school")
    HEALTH_STATION = "health_station", _("health station")
    UTILITY = "utility", _("electricity, water, telecommunications")
    PLACE_OF_WORSHIP = "place_of_worship", _("place of worship")
    FIRM = "firm", _("firm")
    DONOR = "donor", _("donor")
    OTHER = "other", _("other")


# Bodies of a commune's government end with the commune; all others stay where they stand and only get a new address.
OF_GOVERNMENT = frozenset(
    {
        OrganisationKind.PEOPLES_COMMITTEE,
        OrganisationKind.POLICE,
        OrganisationKind.MILITARY_COMMAND,
        OrganisationKind.FATHERLAND_FRONT,
        OrganisationKind.MASS_ORGANISATION,
    }
)


class OrganisationQuerySet(models.QuerySet["Organisation"]):
    """Reads of organisations."""

    def at(self, day: date) -> OrganisationQuerySet:
        """Organisations that stand on a day."""
        return self.filter(valid_on(day))

    def current(self) -> OrganisationQuerySet:
        """Organisations that stand today."""
        return self.at(clock.today())

    def of_kind(self, kind: str) -> OrganisationQuerySet:
        """Organisations of one kind."""
        return self.filter(kind=kind)

    def in_unit(self, unit: Unit) -> OrganisationQuerySet:
        """Organisations of a unit and of everything below it."""
        return self.filter(unit__in=Unit.objects.all().below(unit))

    def search(self, text: str) -> OrganisationQuerySet:
        """Organisations whose name holds all words; diacritics do not matter."""
        found = self.all()
        for word in fold(text).split():
            found = found.filter(folded_name__contains=word)
        return found


class Organisation(models.Model):
    """An institution from a day to a day, with its successor; never a person.

    There is no field for a contact person, a number of members or followers, or a religion, on purpose
    (docs/privacy.md). A place of worship has an office phone (a fixed line) and no notes at all.
    """

    public_id = models.CharField(max_length=10, unique=True, default=public_id, editable=False)
    kind = models.CharField(_("kind"), max_length=20, choices=OrganisationKind)
    name = NameField(_("name"), max_length=200)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="organisations", verbose_name=_("unit"))
    phone = PhoneField(_("office phone"), blank=True, help_text=_("The number of the office, not of a person."))
    address = NameField(_("address of the office"), max_length=250, blank=True)
    note = TextField(_("notes"), blank=True, help_text=_("About the institution; nothing about persons."))
    valid_from = models.DateField(_("stands from"), null=True, blank=True)
    valid_to = models.DateField(_("ended on"), null=True, blank=True, help_text=_("The first day without it."))
    legal_basis = NameField(_("legal basis"), max_length=250, blank=True)
    successor = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="predecessors", verbose_name=_("followed by")
    )
    folded_name = models.CharField(max_length=260, editable=False, db_index=True)

    objects: ClassVar[Manager[Organisation] | OrganisationQuerySet] = (
        OrganisationQuerySet.as_manager()
    )

    IMPERSONAL: ClassVar = {
        "public_id", "kind", "name", "phone", "address", "note", "legal_basis", "folded_name"
    }  # fmt: skip

    class Meta:
        verbose_name = _("organisation")
        verbose_name_plural = _("organisations")
        ordering: ClassVar = ["folded_name", "pk"]
        default_permissions = ("view", "add", "change")
        indexes: ClassVar = [models.Index(fields=["kind", "unit"], name="organisations_kind_unit")]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(valid_from__isnull=True) | Q(valid_to__isnull=True) | Q(valid_from__lt=F("valid_to")),
                name="organisation_ends_after_it_begins",
            ),
            models.CheckConstraint(
                condition=Q(successor__isnull=True) | Q(valid_to__isnull=False),
                name="organisation_is_followed_only_when_it_has_ended",
            ),
            models.CheckConstraint(
                condition=~Q(kind="place_of_worship") | Q(note=""),
                name="place_of_worship_has_no_notes",
            ),
        ]

    def __str__(self) -> str:
        """Return the name."""
        return self.name

    def clean(self) -> None:
        """Hold a place of worship to its office phone; no notes (design: it takes part as an institution only)."""
        super().clean()
        if self.kind != OrganisationKind.PLACE_OF_WORSHIP:
            return
        if self.note:
            raise ValidationError(
                {"note": _("Of a place of worship only name, address and office phone are kept. Clear the notes.")}
            )
        if self.phone and is_mobile(self.phone):
            raise ValidationError(
                {"phone": _("This is a mobile number, so a person's. Give the office's fixed line, or leave it empty.")}
            )

    def save(self, *args: object, **kwargs: object) -> None:
        """Keep the folded name equal to the name."""
        self.folded_name = fold(self.name)[:260]
        super().save(*args, **kwargs)  # type: ignore[arg-type]

    @property
    def is_current(self) -> bool:
        """Tell whether it stands today."""
        today = clock.today()
        begun = self.valid_from is None or self.valid_from <= today
        return begun and (self.valid_to is None or self.valid_to > today)

    def current(self) -> Organisation:
        """Return the institution that answers for this one today, along its successors."""
        body, seen = self, {self.pk}
        while not body.is_current and body.successor is not None and body.successor.pk not in seen:
            body = body.successor
            seen.add(body.pk)
        return body


def is_mobile(phone: str) -> bool:
    """Tell whether an E.164 number is that of a mobile phone."""
    import phonenumbers

    number = phonenumbers.parse(phone)
    kind = phonenumbers.number_type(number)
    return kind in (phonenumbers.PhoneNumberType.MOBILE, phonenumbers.PhoneNumberType.FIXED_LINE_OR_MOBILE)


class AgreementQuerySet(models.QuerySet["Agreement"]):
    """Reads of agreements."""

    def at(self, day: date) -> AgreementQuerySet:
        """Agreements in force on a day."""
        return self.filter(valid_on(day))

    def current(self) -> AgreementQuerySet:
        """Agreements in force today."""
        return self.at(clock.today())

    def to_review(self, by: date | None = None) -> AgreementQuerySet:
        """Agreements in force whose review is due by a day (today)."""
        return self.current().filter(review_on__lte=by or clock.today()).order_by("review_on")


class Agreement(models.Model):
    """A coordination agreement (quy chế phối hợp) between institutions: parties, duties, term, review."""

    public_id = models.CharField(max_length=10, unique=True, default=public_id, editable=False)
    name = NameField(_("name"), max_length=250)
    number = NameField(_("number"), max_length=60, blank=True)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="agreements", verbose_name=_("unit"))
    signed_on = models.DateField(_("signed on"), null=True, blank=True)
    valid_from = models.DateField(_("in force from"))
    valid_to = models.DateField(_("in force until"), null=True, blank=True, help_text=_("The first day without it."))
    review_on = models.DateField(_("next review on"))
    subject = TextField(_("what it is about"), blank=True)
    follows = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="followed_by", verbose_name=_("replaces")
    )
    parties = models.ManyToManyField(Organisation, through="AgreementParty", related_name="agreements")

    objects: ClassVar[Manager[Agreement] | AgreementQuerySet] = AgreementQuerySet.as_manager()

    IMPERSONAL: ClassVar = {"public_id", "name", "number", "subject"}

    class Meta:
        verbose_name = _("coordination agreement")
        verbose_name_plural = _("coordination agreements")
        ordering: ClassVar = ["-valid_from", "pk"]
        default_permissions = ("view", "add", "change")
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_from__lt=F("valid_to")),
                name="agreement_ends_after_it_begins",
            ),
        ]

    def __str__(self) -> str:
        """Return the name."""
        return self.name

    @property
    def is_review_late(self) -> bool:
        """Tell whether it is in force and should have been reviewed."""
        today = clock.today()
        return self.review_on < today and (self.valid_to is None or self.valid_to > today)


class AgreementParty(models.Model):
    """One institution of an agreement, and what it is bound to do."""

    agreement = models.ForeignKey(Agreement, models.CASCADE, related_name="party_rows")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="party_rows")
    order = models.PositiveSmallIntegerField(default=0)

    class Meta:
        verbose_name = _("party of an agreement")
        verbose_name_plural = _("parties of an agreement")
        ordering: ClassVar = ["order", "pk"]
        default_permissions = ()
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["agreement", "organisation"], name="agreement_names_a_party_once"),
        ]

    def __str__(self) -> str:
        """Return the institution."""
        return self.organisation.name


class AgreementDuty(models.Model):
    """One duty of one party."""

    party = models.ForeignKey(AgreementParty, models.CASCADE, related_name="duties")
    order = models.PositiveSmallIntegerField(default=0)
    text = TextField(_("duty"))

    IMPERSONAL: ClassVar = {"text"}

    class Meta:
        verbose_name = _("duty of a party")
        verbose_name_plural = _("duties of a party")
        ordering: ClassVar = ["order", "pk"]
        default_permissions = ()

    def __str__(self) -> str:
        """Return the text."""
        return self.text


class AgreementReview(models.Model):
    """What a review of an agreement found, and when the next one is."""

    agreement = models.ForeignKey(Agreement, models.CASCADE, related_name="reviews")
    held_on = models.DateField(_("held on"))
    finding = TextField(_("finding"))
    next_on = models.DateField(_("next review on"))

    IMPERSONAL: ClassVar = {"finding"}

    class Meta:
        verbose_name = _("review of an agreement")
        verbose_name_plural = _("reviews of agreements")
        ordering: ClassVar = ["-held_on", "-pk"]
        default_permissions = ("view", "add")

    def __str__(self) -> str:
        """Return day and agreement."""
        return f"{self.held_on:%d/%m/%Y}: {self.agreement}"


from liengia.organisations.committees import (  # noqa: E402  (a part of this module that stands in its own file)
    Committee,
    CommitteeMember,
    Conclusion,
    Meeting,
    MemberPost,
    PlanState,
    Task,
    TaskState,
    YearPlan,
)
from liengia.organisations.officehours import OfficeHours, SpecialDay  # noqa: E402  (likewise)

__all__ = [
    "Agreement",
    "AgreementDuty",
    "AgreementParty",
    "AgreementReview",
    "Committee",
    "CommitteeMember",
    "Conclusion",
    "Meeting",
    "MemberPost",
    "OfficeHours",
    "Organisation",
    "OrganisationKind",
    "PlanState",
    "SpecialDay",
    "Task",
    "TaskState",
    "YearPlan",
]
