"""Publication in two steps: a text is asked for by its writer, and approved or sent back by somebody else.

Wagtail's workflow keeps the state; who may decide is ours (`portal.approve` in the page's commune, never a writer of what
waits). Each step is in the audit log.
"""

from __future__ import annotations

from typing import Final

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from wagtail.models import Page, TaskState, Workflow, WorkflowPage, WorkflowState, WorkflowTask

from liengia.audit import services as audit
from liengia.core.actor import Actor
from liengia.core.errors import Invalid, Refused
from liengia.people.models import User
from liengia.portal import permissions
from liengia.portal.capabilities import APPROVE, EDIT
from liengia.portal.models import ApprovalTask, AreaHomePage

NAME: Final = "Biên tập và duyệt"
STEP: Final = "Lãnh đạo duyệt"


@transaction.atomic
def ensure_workflow() -> bool:
    """Set the two steps above all pages, once; return whether they were set now. Runs after every migrate."""
    home = AreaHomePage.objects.first()
    if home is None or WorkflowPage.objects.filter(page=home).exists():
        return False
    task = ApprovalTask.objects.first() or ApprovalTask.objects.create(name=STEP)
    workflow = Workflow.objects.create(name=NAME)
    WorkflowTask.objects.create(workflow=workflow, task=task, sort_order=0)
    WorkflowPage.objects.create(workflow=workflow, page=home)
    return True


def writers_of(page: Page) -> set[int]:
    """Return who wrote what waits: every revision since the one that is live, and who asked for its publication."""
    revisions = page.revisions.exclude(user=None)
    if page.live_revision_id:
        revisions = revisions.filter(pk__gt=page.live_revision_id)
    found = set(revisions.values_list("user_id", flat=True))
    state = page.current_workflow_state
    if state is not None and state.requested_by_id:
        found.add(state.requested_by_id)
    return found


def may_decide(user: User, page: Page) -> bool:
    """Tell whether a user may approve or send back what waits; nobody approves their own words, not the operator either."""
    return permissions.can(user, APPROVE, page) and user.pk not in writers_of(page)


def may_take_back(user: User, page: Page) -> bool:
    """Tell whether a user may take back what waits: who asked for it, and each of its writers."""
    return user.pk in writers_of(page) and permissions.can(user, EDIT, page)


def waiting_everywhere() -> QuerySet[TaskState]:
    """Return what waits, the oldest first."""
    found = TaskState.objects.filter(status=TaskState.STATUS_IN_PROGRESS, workflow_state__status=WorkflowState.STATUS_IN_PROGRESS)
    return found.select_related("workflow_state__requested_by", "revision__user").order_by("started_at", "pk")


def _only(states: list[TaskState]) -> QuerySet[TaskState]:
    return TaskState.objects.filter(pk__in=[state.pk for state in states])


def waiting_for(user: User) -> QuerySet[TaskState]:
    """Return what waits for a user's decision."""
    return _only([state for state in waiting_everywhere() if may_decide(user, state.workflow_state.content_object)])


def seen_by(user: User) -> list[TaskState]:
    """Return all that waits where a user writes or approves."""
    pages = [(state, state.workflow_state.content_object) for state in waiting_everywhere()]
    return [state for state, page in pages if any(permissions.can(user, code, page) for code in (APPROVE, EDIT))]


def visible_to(user: User) -> QuerySet[TaskState]:
    """Return the same for a look-up: what waits elsewhere does not exist."""
    return _only(seen_by(user))


@transaction.atomic
def approve(state: TaskState, *, user: User, words: str = "") -> None:
    """Approve and publish, now or when its date comes.

    Raises:
        Refused: a writer, or somebody without the right.
    """
    _take_turn(state, user)
    state.task.specific.on_action(state, user, "approve", comment=words)


@transaction.atomic
def send_back(state: TaskState, *, user: User, words: str) -> None:
    """Send back to the writer with words.

    Raises:
        Refused: a writer, or somebody without the right.
        Invalid: no words, which leave the writer guessing.
    """
    if not words.strip():
        raise Invalid(_("Say what should be changed."), code="words")
    _take_turn(state, user)
    state.task.specific.on_action(state, user, "reject", comment=words.strip())


@transaction.atomic
def take_back(state: TaskState, *, user: User) -> None:
    """Take back what waits, to write on.

    Raises:
        Refused: somebody else's text.
    """
    page = state.workflow_state.content_object
    if not _is_waiting(state) or not may_take_back(user, page):
        raise Refused(_("This text waits no longer, or it is not yours."), code="not_waiting")
    state.workflow_state.cancel(user=user)
    audit.record("portal.taken_back", actor=Actor.of(user), about=page, unit=permissions.unit_of(page))


def publish_approved(state: WorkflowState, user: User | None = None) -> None:
    """Publish what was approved, now or at its date; Wagtail calls it when the last step is taken (settings).

    Raises:
        Refused: it shows what may not be shown, such as a child without a guardian's consent.
    """
    revision = state.content_object.get_latest_revision()
    problems: list[str] = getattr(revision.as_object(), "publication_problems", list)()
    if problems:
        raise Refused(" ".join(problems), code="not_publishable")
    revision.publish(user=user, skip_permission_checks=True)


def _is_waiting(state: TaskState) -> bool:
    TaskState.objects.select_for_update().get(pk=state.pk)
    state.refresh_from_db()
    return state.status == TaskState.STATUS_IN_PROGRESS


def _take_turn(state: TaskState, user: User) -> None:
    if not _is_waiting(state):
        raise Refused(_("Somebody has decided on this text already."), code="not_waiting")
    if not may_decide(user, state.workflow_state.content_object):
        raise Refused(_("Nobody approves their own text. Ask another who may approve."), code="own_text")


def note_step(state: TaskState, kind: str, user: User | None) -> None:
    """Record a step of the workflow, whichever page it was taken on."""
    page = state.workflow_state.content_object
    actor = Actor.of(user) if user is not None else Actor.system("portal")
    audit.record(kind, actor=actor, about=page, unit=permissions.unit_of(page), facts={"revision": state.revision_id})
