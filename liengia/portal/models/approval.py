"""The two steps of publication: who writes asks, somebody else approves."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from wagtail.models import Page, PagePermissionTester, Task, TaskState

# Who may decide on a page that waits ("decides": (user, page) → bool; "waiting": user → task states). Filled in by
# `AppConfig.ready`, since what knows roles stands on models.
DECIDED_BY: dict[str, Callable[..., Any]] = {}


class ApprovalTask(Task):
    """A step that is taken by whoever holds `portal.approve` where the page lies and did not write what waits.

    While a page waits nobody changes it: what is published is what was approved. The writer may take it back.
    """

    IMPERSONAL: ClassVar = {"name"}

    class Meta:
        verbose_name = _("approval by another than the writer")
        verbose_name_plural = _("approvals by another than the writer")
        default_permissions = ()

    def locked_for_user(self, obj: Any, user: Any) -> bool:
        """Lock it for everybody."""
        return True

    def get_actions(self, obj: Any, user: Any) -> list[tuple[str, Any, bool]]:
        """Return what the user may do with what waits."""
        if not DECIDED_BY["decides"](user, obj):
            return []
        return [("reject", _("Send back"), True), ("approve", _("Approve and publish"), False)]

    def on_action(self, task_state: TaskState, user: Any, action_name: str, **kwargs: Any) -> None:
        """Refuse whoever may not decide, whatever page they came by."""
        from django.http import Http404

        if not DECIDED_BY["decides"](user, task_state.workflow_state.content_object):
            raise Http404
        super().on_action(task_state, user, action_name, **kwargs)

    def get_task_states_user_can_moderate(self, user: Any, **kwargs: Any) -> QuerySet[TaskState]:
        """Return what waits for the user."""
        return DECIDED_BY["waiting"](user)

    @classmethod
    def get_description(cls) -> Any:
        """Say who takes the step."""
        return _("Approved by whoever may do so in the page's commune, but never by its writer.")


class TwoStepTester(PagePermissionTester):
    """Lets nobody but the operator publish at one stroke: pages go public by the workflow, and leave by an approver."""

    def can_publish(self) -> bool:
        """Tell whether the user may publish past the workflow."""
        return bool(super().can_publish() and self.user.is_superuser)

    def can_publish_subpage(self) -> bool:
        """Tell whether the user may publish a page while making it."""
        return bool(super().can_publish_subpage() and self.user.is_superuser)

    def can_unschedule(self) -> bool:
        """Tell whether the user may stop a publication that was approved for later."""
        return bool(super().can_publish())


def tester(page: Page, user: Any) -> TwoStepTester:
    """Return what a user may do with a page."""
    return TwoStepTester(user, page)
