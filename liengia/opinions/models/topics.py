"""What a commune promises and by when, as data: topics, rules, reasons for refusing."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from liengia.core.fields import NameField, TextField
from liengia.organisations.models import Organisation
from liengia.units.models import Unit


class TopicQuerySet(models.QuerySet["Topic"]):
    """Reads of topics."""

    def of(self, commune: Unit | None) -> TopicQuerySet:
        """Topics in use in a commune: its own, and the shipped ones that it has not replaced."""
        own = self.filter(unit=commune) if commune is not None else self.none()
        shipped = self.filter(unit=None).exclude(code__in=list(own.values_list("code", flat=True)))
        return (own | shipped).filter(is_active=True).order_by("order", "pk")


class Topic(models.Model):
    """A field of life with its service objective; a commune's own row replaces the shipped one of the same code.

    The objective counts office hours (`intake_hours`) and working days (`answer_days`); an urgent topic is taken in
    and answered within `urgent_hours` office hours. Source: Hanoi's Decision 1207/QĐ-UBND of 2025 is the pattern.
    """

    unit = models.ForeignKey(
        Unit, models.CASCADE, null=True, blank=True, related_name="opinion_topics", verbose_name=_("commune")
    )
    code = models.SlugField(_("code"), max_length=40)
    name = NameField(_("name"), max_length=80)
    is_urgent = models.BooleanField(_("urgent"), default=False)
    intake_hours = models.PositiveSmallIntegerField(_("taken in within (office hours)"), default=8)
    answer_days = models.PositiveSmallIntegerField(_("answered within (working days)"), default=5)
    urgent_hours = models.PositiveSmallIntegerField(_("urgent: within (office hours)"), default=4)
    organisation = models.ForeignKey(
        Organisation, models.SET_NULL, null=True, blank=True, related_name="opinion_topics",
        verbose_name=_("usually answered by"),
    )  # fmt: skip
    order = models.PositiveSmallIntegerField(_("order"), default=100)
    is_active = models.BooleanField(_("in use"), default=True)
    source = NameField(_("source"), max_length=200, blank=True)

    objects = TopicQuerySet.as_manager()

    IMPERSONAL: ClassVar = {"code", "name", "source"}

    class Meta:
        verbose_name = _("topic of opinions")
        verbose_name_plural = _("topics of opinions")
        ordering: ClassVar = ["order", "pk"]
        default_permissions = ("view", "add", "change")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["unit", "code"], name="topic_stands_once_a_commune"),
            models.UniqueConstraint(fields=["code"], condition=Q(unit__isnull=True), name="topic_is_shipped_once"),
        ]

    def __str__(self) -> str:
        """Return the name."""
        return self.name


class OpinionRules(models.Model):
    """What one commune decides about its opinions; without a row the defaults hold."""

    unit = models.OneToOneField(Unit, models.CASCADE, related_name="opinion_rules", verbose_name=_("commune"))
    allows_anonymous = models.BooleanField(
        _("anonymous opinions are taken"), default=True, help_text=_("Without it a name and a phone number are asked for.")
    )
    reception = NameField(
        _("when citizens are received"), max_length=200, blank=True, help_text=_("For example: Tuesday and Thursday.")
    )
    reopen_days = models.PositiveSmallIntegerField(_("may be opened again within (days)"), default=15)

    IMPERSONAL: ClassVar = {"reception"}

    class Meta:
        verbose_name = _("rules for opinions")
        verbose_name_plural = _("rules for opinions")
        default_permissions = ("view", "add", "change")

    def __str__(self) -> str:
        """Return the commune."""
        return self.unit.full_name


class RefusalReason(models.Model):
    """A reason for not taking an opinion up, or for moving it out, with the words that tell where it belongs."""

    code = models.SlugField(_("code"), max_length=40, unique=True)
    name = NameField(_("reason"), max_length=120)
    words = TextField(_("words to the writer"))
    is_elsewhere = models.BooleanField(
        _("belongs elsewhere by law"), default=False, help_text=_("Complaints, denunciations, reports of crimes.")
    )
    order = models.PositiveSmallIntegerField(_("order"), default=100)
    is_active = models.BooleanField(_("in use"), default=True)

    IMPERSONAL: ClassVar = {"code", "name", "words"}

    class Meta:
        verbose_name = _("reason for refusing")
        verbose_name_plural = _("reasons for refusing")
        ordering: ClassVar = ["order", "pk"]
        default_permissions = ("view", "add", "change")

    def __str__(self) -> str:
        """Return the name."""
        return self.name
