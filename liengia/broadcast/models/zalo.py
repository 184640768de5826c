"""Zalo groups as people tell of them, what was posted in them by hand, and reports of providers that were seen already."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from liengia.broadcast.models.accounts import ChannelAccount
from liengia.broadcast.models.deliveries import Dispatch
from liengia.core import clock
from liengia.core.fields import NameField, public_id
from liengia.people.models import User
from liengia.units.models import Unit

if TYPE_CHECKING:
    from django.db.models.manager import Manager

MOST_MEMBERS = 100_000


class ZaloGroupQuerySet(models.QuerySet["ZaloGroup"]):
    """Reads of groups."""

    def active(self) -> ZaloGroupQuerySet:
        """Those that still exist."""
        return self.filter(ended_at=None)

    def by_hand(self) -> ZaloGroupQuerySet:
        """Those in which people post: no official interface reaches them."""
        return self.active().filter(account=None)


class ZaloGroup(models.Model):
    """A Zalo group of a hamlet or a commune: its name, who keeps it, how many members as told on a day.

    There is no list of members, and nothing of what is written in it. A group with an account was made by the commune's Official
    Account, or took its bot in: `remote_key` is the provider's number of it.
    """

    public_id = models.CharField(max_length=10, unique=True, default=public_id, editable=False)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="zalo_groups", verbose_name=_("hamlet, or commune"))
    name = NameField(_("name of the group"), max_length=120)
    keeper = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("who keeps it"))
    members = models.PositiveIntegerField(_("members"), null=True, blank=True)
    members_on = models.DateField(_("as told on"), null=True, blank=True)
    link = models.CharField(_("link to join"), max_length=200, blank=True)
    account = models.ForeignKey(ChannelAccount, models.PROTECT, null=True, blank=True, related_name="zalo_groups", verbose_name=_("through an account"))
    remote_key = models.CharField(_("number of the group at Zalo"), max_length=80, blank=True)
    # None: registered before this was noted; counted as of old.
    kept_since = models.DateTimeField(null=True, blank=True, default=clock.now, editable=False)
    ended_at = models.DateTimeField(null=True, blank=True, editable=False)

    IMPERSONAL: ClassVar = {"public_id", "name", "link", "remote_key"}

    objects: ClassVar[Manager[ZaloGroup] | ZaloGroupQuerySet] = ZaloGroupQuerySet.as_manager()

    class Meta:
        verbose_name = _("Zalo group")
        verbose_name_plural = _("Zalo groups")
        ordering: ClassVar = ["name", "pk"]
        default_permissions = ()
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["unit", "name"], condition=Q(ended_at=None), name="a_zalo_group_of_a_unit_stands_once"),
            models.CheckConstraint(condition=Q(account=None) | ~Q(remote_key=""), name="a_group_of_an_account_has_a_number"),
        ]

    def __str__(self) -> str:
        """Return the name."""
        return self.name


class WhyNot(models.TextChoices):
    """Why a bulletin was not posted in a group."""

    NOT_NEEDED = "not_needed", _("not needed here")
    CLOSED = "closed", _("the group does not let me post")
    AWAY = "away", _("nobody of the group could be reached")
    TOLD = "told", _("told in another way")


class ZaloPost(models.Model):
    """What became of one dispatch in one group: posted or not, by whom, how many members then, what came back as counts."""

    dispatch = models.ForeignKey(Dispatch, models.CASCADE, related_name="zalo_posts")
    group = models.ForeignKey(ZaloGroup, models.PROTECT, related_name="posts")
    is_posted = models.BooleanField(default=True)
    why_not = models.CharField(_("why not"), max_length=12, choices=WhyNot, blank=True)
    by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField(default=clock.now)
    members = models.PositiveIntegerField(_("members then"), null=True, blank=True)
    seen = models.PositiveIntegerField(_("seen by"), null=True, blank=True)
    reactions = models.PositiveIntegerField(_("reactions"), null=True, blank=True)
    replies = models.PositiveIntegerField(_("replies"), null=True, blank=True)
    removed_at = models.DateTimeField(null=True, blank=True)
    removed_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")

    IMPERSONAL: ClassVar = {"why_not"}

    class Meta:
        verbose_name = _("post in a Zalo group")
        verbose_name_plural = _("posts in Zalo groups")
        ordering: ClassVar = ["at", "pk"]
        default_permissions = ()
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["dispatch", "group"], name="a_dispatch_is_posted_in_a_group_once"),
            models.CheckConstraint(condition=Q(is_posted=True, why_not="") | (Q(is_posted=False) & ~Q(why_not="")), name="what_was_not_posted_says_why"),
        ]

    def __str__(self) -> str:
        """Return group and dispatch."""
        return f"{self.group_id} {self.dispatch_id}"


class SeenReport(models.Model):
    """The fingerprint of a signed report that was taken: the same one again is refused. It goes after an hour."""

    account = models.ForeignKey(ChannelAccount, models.CASCADE, related_name="+")
    digest = models.CharField(max_length=64)
    at = models.DateTimeField(default=clock.now)

    IMPERSONAL: ClassVar = {"digest"}

    class Meta:
        verbose_name = _("report seen already")
        verbose_name_plural = _("reports seen already")
        default_permissions = ()
        indexes: ClassVar = [models.Index(fields=["at"], name="seen_reports_by_age")]
        constraints: ClassVar = [models.UniqueConstraint(fields=["account", "digest"], name="a_report_is_taken_once")]

    def __str__(self) -> str:
        """Return the account and when."""
        return f"{self.account_id} {self.at}"
