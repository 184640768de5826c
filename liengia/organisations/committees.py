"""Committees: members by post, the year's plan, meetings, conclusions that become tasks. Part of `models`."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from liengia.core import clock
from liengia.core.fields import NameField, TextField, public_id
from liengia.units.models import Unit, valid_on

if TYPE_CHECKING:
    from django.db.models.manager import Manager


class CommitteeQuerySet(models.QuerySet["Committee"]):
    """Reads of committees."""

    def at(self, day: date) -> CommitteeQuerySet:
        """Committees that stand on a day."""
        return self.filter(valid_on(day))

    def current(self) -> CommitteeQuerySet:
        """Committees that stand today."""
        return self.at(clock.today())

    def within(self, first: date, last: date) -> CommitteeQuerySet:
        """Committees that stand on any day from the first to the last."""
        begins = Q(valid_from__isnull=True) | Q(valid_from__lte=last)
        return self.filter(begins & (Q(valid_to__isnull=True) | Q(valid_to__gt=first)))

    def in_unit(self, unit: Unit) -> CommitteeQuerySet:
        """Committees of a unit and of everything below it."""
        return self.filter(unit__in=Unit.objects.all().below(unit))


class Committee(models.Model):
    """A body that institutions send their posts to: steering committee, organising committee, council."""

    class Kind(models.TextChoices):
        """What a committee is for."""

        STEERING = "steering", _("steering committee")
        ORGANISING = "organising", _("organising committee")
        COUNCIL = "council", _("council")
        WORKING_GROUP = "working_group", _("working group")

    public_id = models.CharField(max_length=10, unique=True, default=public_id, editable=False)
    kind = models.CharField(_("kind"), max_length=15, choices=Kind.choices)
    name = NameField(_("name"), max_length=250)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="committees", verbose_name=_("unit"))
    decision_number = NameField(_("number of the decision"), max_length=60, blank=True)
    decision_on = models.DateField(_("decision of"), null=True, blank=True)
    valid_from = models.DateField(_("stands from"), null=True, blank=True)
    valid_to = models.DateField(_("ended on"), null=True, blank=True, help_text=_("The first day without it."))
    successor = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="predecessors", verbose_name=_("followed by")
    )

    objects: ClassVar[Manager[Committee] | CommitteeQuerySet] = CommitteeQuerySet.as_manager()

    IMPERSONAL: ClassVar = {"public_id", "kind", "name", "decision_number"}

    class Meta:
        verbose_name = _("committee")
        verbose_name_plural = _("committees")
        ordering: ClassVar = ["name", "pk"]
        default_permissions = ("view", "add", "change")
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(valid_from__isnull=True) | Q(valid_to__isnull=True) | Q(valid_from__lt=F("valid_to")),
                name="committee_ends_after_it_begins",
            ),
        ]

    def __str__(self) -> str:
        """Return the name."""
        return self.name


class MemberPost(models.TextChoices):
    """Posts in a committee."""

    CHAIR = "chair", _("chair")
    STANDING_DEPUTY = "standing_deputy", _("standing deputy chair")
    DEPUTY = "deputy", _("deputy chair")
    SECRETARY = "secretary", _("secretary")
    MEMBER = "member", _("member")


class CommitteeMember(models.Model):
    """A seat by post: an office of an institution holds it, whoever fills that office.

    `holder` is the user who fills the seat now, where one has an account; no name is stored.
    """

    committee = models.ForeignKey(Committee, models.CASCADE, related_name="members")
    post = models.CharField(_("post"), max_length=20, choices=MemberPost.choices, default=MemberPost.MEMBER)
    organisation = models.ForeignKey(
        "organisations.Organisation", models.PROTECT, related_name="seats", verbose_name=_("institution")
    )
    office_title = NameField(_("office"), max_length=120, help_text=_("For example: Head of the commune police."))
    duty = NameField(_("in charge of"), max_length=250, blank=True)
    holder = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="committee_seats",
        verbose_name=_("filled now by"),
    )  # fmt: skip
    valid_from = models.DateField(_("from"), null=True, blank=True)
    valid_to = models.DateField(_("until"), null=True, blank=True)

    IMPERSONAL: ClassVar = {"post", "office_title", "duty"}

    class Meta:
        verbose_name = _("member of a committee")
        verbose_name_plural = _("members of a committee")
        ordering: ClassVar = ["pk"]
        default_permissions = ("view", "add", "change")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["committee"],
                condition=Q(post="chair", valid_to__isnull=True),
                name="committee_has_one_chair",
            ),
        ]

    def __str__(self) -> str:
        """Return office and institution, once: "Đại diện Công an xã Cần Đước" says both."""
        named = str(self.organisation)
        return self.office_title if named.casefold() in self.office_title.casefold() else f"{self.office_title} ({named})"


class PlanState(models.TextChoices):
    """States of a year's plan."""

    DRAFT = "draft", _("draft")
    ADOPTED = "adopted", _("adopted")


class YearPlan(models.Model):
    """What a committee means to do in a year; its lines are tasks."""

    committee = models.ForeignKey(Committee, models.CASCADE, related_name="plans", verbose_name=_("committee"))
    year = models.PositiveSmallIntegerField(_("year"))
    title = NameField(_("title"), max_length=250)
    aims = TextField(_("aims"), blank=True)
    state = models.CharField(_("state"), max_length=10, choices=PlanState.choices, default=PlanState.DRAFT)
    number = NameField(_("number"), max_length=60, blank=True)
    adopted_on = models.DateField(_("adopted on"), null=True, blank=True)

    IMPERSONAL: ClassVar = {"title", "aims", "state", "number"}

    class Meta:
        verbose_name = _("year's plan")
        verbose_name_plural = _("year's plans")
        ordering: ClassVar = ["-year", "pk"]
        default_permissions = ("view", "add", "change")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["committee", "year"], name="committee_has_one_plan_a_year"),
            models.CheckConstraint(
                condition=Q(state="draft") | Q(adopted_on__isnull=False), name="adopted_plan_has_its_day"
            ),
        ]

    def __str__(self) -> str:
        """Return year and committee."""
        return f"{self.year}: {self.title}"


class Meeting(models.Model):
    """A meeting of a committee."""

    committee = models.ForeignKey(Committee, models.CASCADE, related_name="meetings", verbose_name=_("committee"))
    starts_at = models.DateTimeField(_("begins at"))
    place = NameField(_("place"), max_length=200, blank=True)
    agenda = TextField(_("agenda"), blank=True)
    minutes_number = NameField(_("number of the minutes"), max_length=60, blank=True)

    IMPERSONAL: ClassVar = {"place", "agenda", "minutes_number"}

    class Meta:
        verbose_name = _("meeting")
        verbose_name_plural = _("meetings")
        ordering: ClassVar = ["-starts_at"]
        default_permissions = ("view", "add", "change")

    def __str__(self) -> str:
        """Return day and committee."""
        return f"{clock.local(self.starts_at):%d/%m/%Y} {self.committee}"


class Conclusion(models.Model):
    """What a meeting concluded; it becomes tasks."""

    meeting = models.ForeignKey(Meeting, models.CASCADE, related_name="conclusions", verbose_name=_("meeting"))
    order = models.PositiveSmallIntegerField(_("number"))
    text = TextField(_("conclusion"))

    IMPERSONAL: ClassVar = {"text"}

    class Meta:
        verbose_name = _("conclusion")
        verbose_name_plural = _("conclusions")
        ordering: ClassVar = ["meeting", "order"]
        default_permissions = ("view", "add")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["meeting", "order"], name="conclusion_has_its_own_number"),
        ]

    def __str__(self) -> str:
        """Return number and text."""
        return f"{self.order}. {self.text}"


class TaskState(models.TextChoices):
    """States of a task; the table is in workflow.py and in docs/areas/organisations.md."""

    OPEN = "open", _("open")
    DONE = "done", _("done")
    WITHDRAWN = "withdrawn", _("withdrawn")


class TaskQuerySet(models.QuerySet["Task"]):
    """Reads of tasks."""

    def open(self) -> TaskQuerySet:
        """Tasks that are still to be done, the most pressing first."""
        return self.filter(state=TaskState.OPEN).order_by("due_on", "pk")

    def overdue(self, on: date | None = None) -> TaskQuerySet:
        """Open tasks whose day has passed."""
        return self.open().filter(due_on__lt=on or clock.today())

    def due_by(self, day: date) -> TaskQuerySet:
        """Open tasks due on or before a day."""
        return self.open().filter(due_on__lte=day)

    def of_committee(self, committee: Committee) -> TaskQuerySet:
        """Tasks of one committee."""
        return self.filter(committee=committee)

    def owned_by(self, user_id: int) -> TaskQuerySet:
        """Tasks whose owning seat is filled by a user now."""
        return self.filter(owner__holder_id=user_id)


class Task(models.Model):
    """Something to be done by a seat of the committee until a day; from a conclusion or from the year's plan.

    `first_due_on` keeps the day that was given first, so that a postponed task shows that it was.
    """

    public_id = models.CharField(max_length=10, unique=True, default=public_id, editable=False)
    committee = models.ForeignKey(Committee, models.PROTECT, related_name="tasks", verbose_name=_("committee"))
    conclusion = models.ForeignKey(
        Conclusion, models.PROTECT, null=True, blank=True, related_name="tasks", verbose_name=_("conclusion")
    )
    plan = models.ForeignKey(
        YearPlan, models.PROTECT, null=True, blank=True, related_name="tasks", verbose_name=_("year's plan")
    )
    what = TextField(_("what"))
    owner = models.ForeignKey(
        CommitteeMember, models.PROTECT, related_name="tasks", verbose_name=_("owner"),
        help_text=_("A seat of the committee answers for it."),
    )  # fmt: skip
    due_on = models.DateField(_("due on"))
    first_due_on = models.DateField(_("first due on"), editable=False)
    state = models.CharField(_("state"), max_length=10, choices=TaskState.choices, default=TaskState.OPEN)
    closed_on = models.DateField(_("closed on"), null=True, blank=True)
    result = TextField(_("result"), blank=True)

    objects: ClassVar[Manager[Task] | TaskQuerySet] = TaskQuerySet.as_manager()

    IMPERSONAL: ClassVar = {"public_id", "what", "state", "result"}

    class Meta:
        verbose_name = _("task")
        verbose_name_plural = _("tasks")
        ordering: ClassVar = ["due_on", "pk"]
        default_permissions = ("view", "add", "change")
        indexes: ClassVar = [models.Index(fields=["state", "due_on"], name="organisations_task_due")]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(state="open", closed_on__isnull=True) | ~Q(state="open") & Q(closed_on__isnull=False),
                name="task_is_closed_with_its_day",
            ),
        ]

    def __str__(self) -> str:
        """Return what is to be done."""
        return self.what

    @property
    def is_overdue(self) -> bool:
        """Tell whether it is open and its day has passed."""
        return self.state == TaskState.OPEN and self.due_on < clock.today()

    @property
    def days_late(self) -> int:
        """How many days it is late; 0 when it is not."""
        return max(0, (clock.today() - self.due_on).days) if self.is_overdue else 0
