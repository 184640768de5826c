"""Writes of committees: seats, plans, meetings, conclusions and the tasks they become."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from liengia.audit import services as audit
from liengia.core import clock
from liengia.core.actor import Actor
from liengia.core.errors import Invalid, Refused
from liengia.organisations.models import (
    Committee,
    CommitteeMember,
    Conclusion,
    Meeting,
    MemberPost,
    Organisation,
    PlanState,
    Task,
    TaskState,
    YearPlan,
)
from liengia.organisations.services import validate
from liengia.organisations.workflow import PLAN, TASK
from liengia.units.models import Unit


def form_committee(
    *, kind: str, name: str, unit: Unit, actor: Actor, at: datetime | None = None, **facts: Any
) -> Committee:
    """Form a committee by a decision.

    Raises:
        Invalid: a field is refused.
    """
    row = Committee(kind=kind, name=name, unit=unit, **facts)
    with transaction.atomic():
        validate(row)
        row.save(force_insert=True)
        told = {"kind": row.kind, "name": row.name}
        audit.record("organisations.committee_formed", actor=actor, about=row, at=at, unit=unit, facts=told)
    return row


def change_committee(committee: Committee, *, actor: Actor, at: datetime | None = None, **facts: Any) -> Committee:
    """Correct what is known of a committee.

    Raises:
        Invalid: a field is refused.
    """
    with transaction.atomic():
        row = Committee.objects.select_for_update().get(pk=committee.pk)
        changed = [name for name, value in facts.items() if getattr(row, name) != value]
        for name in changed:
            setattr(row, name, facts[name])
        validate(row)
        row.save()
        audit.record(
            "organisations.committee_changed", actor=actor, about=row, at=at, unit=row.unit, facts={"fields": changed}
        )
    return row


def seat_member(
    *,
    committee: Committee,
    organisation: Organisation,
    office_title: str,
    actor: Actor,
    post: str = MemberPost.MEMBER,
    duty: str = "",
    valid_from: date | None = None,
    holder_id: int | None = None,
    at: datetime | None = None,
) -> CommitteeMember:
    """Give an office of an institution a seat.

    Raises:
        Refused: the committee has a chair already.
        Invalid: a field is refused.
    """
    if post == MemberPost.CHAIR and committee.members.filter(post=post, valid_to__isnull=True).exists():
        raise Refused(_("This committee has a chair already. End that seat first."), code="chair_taken")
    row = CommitteeMember(
        committee=committee, organisation=organisation, office_title=office_title, post=post, duty=duty,
        valid_from=valid_from, holder_id=holder_id,
    )  # fmt: skip
    with transaction.atomic():
        validate(row, exclude=["holder"])
        row.save(force_insert=True)
        facts = {"post": row.post, "office": row.office_title, "organisation": organisation.public_id}
        audit.record(
            "organisations.member_seated", actor=actor, about=committee, at=at, unit=committee.unit, facts=facts
        )
    return row


def end_seat(member: CommitteeMember, *, on: date, actor: Actor, at: datetime | None = None) -> None:
    """End a seat; its open tasks must have gone to another first.

    Raises:
        Refused: it has ended already, or still answers for open tasks. Invalid: a day before the seat begins.
    """
    with transaction.atomic():
        row = CommitteeMember.objects.select_for_update(of=("self",)).get(pk=member.pk)
        if row.valid_to is not None:
            raise Refused(_("This seat ended on %(day)s already; that day stays.") % {"day": f"{row.valid_to:%d/%m/%Y}"}, code="seat_ended")
        if row.valid_from is not None and on < row.valid_from:
            raise Invalid(_("This seat began on %(day)s; it cannot end before.") % {"day": f"{row.valid_from:%d/%m/%Y}"}, code="ends_before_it_begins", field="valid_to")
        left = Task.objects.open().filter(owner=member).count()
        if left:
            raise Refused(
                _("This seat still answers for %(count)s open tasks. Give them to another seat first.") % {"count": left},
                code="tasks_left",
            )
        CommitteeMember.objects.filter(pk=member.pk).update(valid_to=on, holder=None)
        committee = member.committee
        facts = {"office": member.office_title, "on": on}
        audit.record("organisations.seat_ended", actor=actor, about=committee, at=at, unit=committee.unit, facts=facts)
    member.refresh_from_db()


def draft_plan(
    *, committee: Committee, year: int, title: str, actor: Actor, aims: str = "", at: datetime | None = None
) -> YearPlan:
    """Draft the plan of a year; its lines are tasks.

    Raises:
        Invalid: the committee has a plan for that year.
    """
    row = YearPlan(committee=committee, year=year, title=title, aims=aims)
    with transaction.atomic():
        validate(row)
        row.save(force_insert=True)
        audit.record(
            "organisations.plan_drafted", actor=actor, about=row, at=at, unit=committee.unit, facts={"year": year}
        )
    return row


def adopt_plan(plan: YearPlan, *, number: str, on: date, actor: Actor, at: datetime | None = None) -> YearPlan:
    """Adopt a drafted plan.

    Raises:
        Refused: it is adopted already.
    """
    with transaction.atomic():
        row = YearPlan.objects.select_for_update().get(pk=plan.pk)
        row.state = PLAN.after(row.state, "adopt")
        row.number, row.adopted_on = number, on
        row.save(update_fields=["state", "number", "adopted_on"])
        facts = {"year": row.year, "number": number, "on": on}
        audit.record(
            "organisations.plan_adopted", actor=actor, about=row, at=at, unit=row.committee.unit, facts=facts
        )
    return row


def call_meeting(
    *, committee: Committee, starts_at: datetime, actor: Actor, at: datetime | None = None, **facts: Any
) -> Meeting:
    """Enter a meeting.

    Raises:
        Invalid: a field is refused.
    """
    row = Meeting(committee=committee, starts_at=starts_at, **facts)
    with transaction.atomic():
        validate(row)
        row.save(force_insert=True)
        audit.record(
            "organisations.meeting_called", actor=actor, about=row, at=at, unit=committee.unit,
            facts={"starts_at": starts_at},
        )  # fmt: skip
    return row


def change_meeting(meeting: Meeting, *, actor: Actor, at: datetime | None = None, **facts: Any) -> Meeting:
    """Correct what is known of a meeting; its conclusions stay as they were written.

    Raises:
        Invalid: a field is refused.
    """
    with transaction.atomic():
        row = Meeting.objects.select_for_update().get(pk=meeting.pk)
        changed = [name for name, value in facts.items() if getattr(row, name) != value]
        for name in changed:
            setattr(row, name, facts[name])
        validate(row)
        row.save()
        unit = row.committee.unit
        audit.record("organisations.meeting_changed", actor=actor, about=row, at=at, unit=unit, facts={"fields": changed})
    return row


def change_plan(plan: YearPlan, *, actor: Actor, at: datetime | None = None, **facts: Any) -> YearPlan:
    """Correct a plan that is still a draft.

    Raises:
        Refused: it is adopted.
        Invalid: a field is refused.
    """
    with transaction.atomic():
        row = YearPlan.objects.select_for_update().get(pk=plan.pk)
        if row.state != PlanState.DRAFT:
            raise Refused(_("An adopted plan is not changed. Its tasks can be postponed or withdrawn."), code="adopted")
        changed = [name for name, value in facts.items() if getattr(row, name) != value]
        for name in changed:
            setattr(row, name, facts[name])
        validate(row)
        row.save()
        unit = row.committee.unit
        audit.record("organisations.plan_changed", actor=actor, about=row, at=at, unit=unit, facts={"fields": changed})
    return row


@dataclass(frozen=True, slots=True)
class Assignment:
    """What a conclusion asks of whom until when."""

    what: str
    owner: CommitteeMember
    due_on: date


def conclude(
    *, meeting: Meeting, text: str, tasks: Sequence[Assignment], actor: Actor, at: datetime | None = None
) -> Conclusion:
    """Write down a conclusion and the tasks that it becomes, in one act.

    Raises:
        Invalid: no words, no task, or a task that is due before the meeting.
    """
    if not text.strip():
        raise Invalid(_("Write what was concluded."), code="text_missing")
    if not tasks:
        raise Invalid(_("A conclusion becomes at least one task, with an owner and a date."), code="tasks_missing")
    with transaction.atomic():
        Meeting.objects.select_for_update().get(pk=meeting.pk)
        last = meeting.conclusions.order_by("-order").values_list("order", flat=True).first() or 0
        conclusion = Conclusion.objects.create(meeting=meeting, order=last + 1, text=text.strip())
        audit.record(
            "organisations.concluded", actor=actor, about=meeting, at=at, unit=meeting.committee.unit,
            facts={"number": conclusion.order, "tasks": len(tasks)},
        )  # fmt: skip
        for task in tasks:
            if task.due_on < clock.local(meeting.starts_at).date():
                raise Invalid(_("A task cannot be due before the meeting that gave it."), code="due_too_early")
            assign_task(
                committee=meeting.committee, what=task.what, owner=task.owner, due_on=task.due_on, actor=actor,
                conclusion=conclusion, at=at,
            )  # fmt: skip
    return conclusion


def assign_task(
    *,
    committee: Committee,
    what: str,
    owner: CommitteeMember,
    due_on: date,
    actor: Actor,
    conclusion: Conclusion | None = None,
    plan: YearPlan | None = None,
    at: datetime | None = None,
) -> Task:
    """Give a seat of the committee something to do until a day.

    Raises:
        Invalid: the owner has no seat here now, or a field is refused.
    """
    if owner.committee_id != committee.pk or (owner.valid_to is not None and owner.valid_to <= clock.today()):
        raise Invalid(_("The owner has no seat in this committee."), code="owner_elsewhere")
    row = Task(
        committee=committee, what=what.strip(), owner=owner, due_on=due_on, first_due_on=due_on,
        conclusion=conclusion, plan=plan,
    )  # fmt: skip
    with transaction.atomic():
        validate(row)
        row.save(force_insert=True)
        facts = {"due_on": due_on, "owner": owner.office_title}
        audit.record("organisations.task_assigned", actor=actor, about=row, at=at, unit=committee.unit, facts=facts)
    return row


def finish_task(task: Task, *, result: str, actor: Actor, at: datetime | None = None) -> Task:
    """Report a task as done, with its result.

    Raises:
        Refused: it is not open.
        Invalid: no result.
    """
    if not result.strip():
        raise Invalid(_("Write what came of it; the task stays open."), code="result_missing")
    return _close(task, "finish", result, actor=actor, at=at)


def withdraw_task(task: Task, *, reason: str, actor: Actor, at: datetime | None = None) -> Task:
    """Withdraw a task, with the reason.

    Raises:
        Refused: it is not open.
        Invalid: no reason.
    """
    if not reason.strip():
        raise Invalid(_("Write why it is withdrawn; the task stays open."), code="reason_missing")
    return _close(task, "withdraw", reason, actor=actor, at=at)


def _close(task: Task, verb: str, result: str, *, actor: Actor, at: datetime | None) -> Task:
    with transaction.atomic():
        row = Task.objects.select_for_update().get(pk=task.pk)
        row.state = TASK.after(row.state, verb)
        row.closed_on, row.result = clock.local(at or clock.now()).date(), result.strip()
        row.save(update_fields=["state", "closed_on", "result"])
        late = max(0, (row.closed_on - row.due_on).days)
        audit.record(
            f"organisations.task_{row.state}", actor=actor, about=row, at=at, unit=row.committee.unit,
            facts={"days_late": late},
        )  # fmt: skip
    return row


def reopen_task(task: Task, *, due_on: date, reason: str, actor: Actor, at: datetime | None = None) -> Task:
    """Open a closed task again, with a new day.

    Raises:
        Refused: it is open.
    """
    return _redate(task, "reopen", due_on, reason, actor=actor, at=at)


def postpone_task(task: Task, *, due_on: date, reason: str, actor: Actor, at: datetime | None = None) -> Task:
    """Give an open task a later day, with the reason; the first day stays on record.

    Raises:
        Refused: it is not open.
        Invalid: no reason, or the new day is not later.
    """
    if due_on <= task.due_on:
        raise Invalid(_("The new day must be later than the one before."), code="not_later")
    return _redate(task, "postpone", due_on, reason, actor=actor, at=at)


def _redate(task: Task, verb: str, due_on: date, reason: str, *, actor: Actor, at: datetime | None) -> Task:
    if not reason.strip():
        raise Invalid(_("Write the reason; the day stays as it was."), code="reason_missing")
    with transaction.atomic():
        row = Task.objects.select_for_update().get(pk=task.pk)
        row.state = TASK.after(row.state, verb)
        before, row.due_on = row.due_on, due_on
        row.closed_on, row.result = None, ""
        row.save(update_fields=["state", "due_on", "closed_on", "result"])
        kind = "organisations.task_reopened" if verb == "reopen" else "organisations.task_postponed"
        facts = {"before": before, "due_on": due_on, "reason": reason.strip()}
        audit.record(kind, actor=actor, about=row, at=at, unit=row.committee.unit, facts=facts)
    return row


def hand_task_over(task: Task, *, owner: CommitteeMember, actor: Actor, at: datetime | None = None) -> Task:
    """Give an open task to another seat of its committee.

    Raises:
        Refused: it is not open.
        Invalid: the owner has no seat here.
    """
    with transaction.atomic():
        row = Task.objects.select_for_update().get(pk=task.pk)
        if row.state != TaskState.OPEN:
            raise Refused(_("Only an open task is handed over."), code="not_open")
        if owner.committee_id != row.committee_id:
            raise Invalid(_("The owner has no seat in this committee."), code="owner_elsewhere")
        row.owner = owner
        row.save(update_fields=["owner"])
        facts = {"owner": owner.office_title}
        audit.record(
            "organisations.task_handed_over", actor=actor, about=row, at=at, unit=row.committee.unit, facts=facts
        )
    return row

