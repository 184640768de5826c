"""Reads and doors of the board of approvals: what the pages of the back office show of a text that waits."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from wagtail.models import TaskState, WorkflowState

from liengia.core.errors import Invalid
from liengia.people import policies
from liengia.people.menu import Chore
from liengia.people.models import User
from liengia.portal import permissions, slips, workflow
from liengia.portal.capabilities import APPROVE
from liengia.portal.models import ArticlePage, PlainPage


def board(user: User) -> dict[str, Any]:
    """Return what waits for a user, what waits for others, and what came back to the user."""
    rows = [one(state, user) for state in workflow.seen_by(user)]
    back = WorkflowState.objects.filter(status=WorkflowState.STATUS_NEEDS_CHANGES, requested_by=user).order_by("-created_at")
    return {
        "mine": [row for row in rows if row["may_decide"]],
        "others": [row for row in rows if not row["may_decide"]],
        "back": [_returned(state) for state in back[:30]],
    }


def one(state: TaskState, user: User) -> dict[str, Any]:
    """Return what is shown of a text that waits."""
    page = state.revision.as_object()
    problems: list[str] = getattr(page, "publication_problems", list)()
    return {
        "state": state,
        "text": page,
        "unit": permissions.unit_of(page),
        "asked_by": state.workflow_state.requested_by,
        "problems": problems,
        "slips": slips.of_page(page) if isinstance(page, ArticlePage | PlainPage) else [],
        "may_decide": workflow.may_decide(user, page),
        "may_take_back": workflow.may_take_back(user, page),
        "live_revision": page.live_revision_id,
    }


def today(user: User) -> Iterator[Chore]:
    """Say how many texts wait for a user, among the day's work."""
    if not policies.can(user, APPROVE):
        return
    states = list(workflow.waiting_for(user).order_by("started_at"))
    if states:
        words = ngettext("%(count)d text waits for your approval", "%(count)d texts wait for your approval", len(states))
        yield Chore(words % {"count": len(states)}, reverse("portal_office_waiting"), since=states[0].started_at)


def _returned(state: WorkflowState) -> dict[str, Any]:
    task = state.current_task_state
    return {"text": state.content_object, "words": task.comment if task else "", "by": task.finished_by if task else None, "at": task.finished_at if task else None}


def take(state: TaskState, *, verb: str, words: str, user: User) -> None:
    """Do what the button says.

    Raises:
        Invalid: no such button.
        Refused: as the steps of `workflow` do.
    """
    if verb == "approve":
        workflow.approve(state, user=user, words=words)
    elif verb == "send_back":
        workflow.send_back(state, user=user, words=words)
    elif verb == "take_back":
        workflow.take_back(state, user=user)
    else:
        raise Invalid(_("Choose what to do with the text."), code="verb")
