"""What Wagtail calls when a workflow's last step is taken. Its models import this module, so it imports none itself."""

from __future__ import annotations

from typing import Any


def publish_approved(state: Any, user: Any = None) -> None:
    """Publish what was approved (`workflow.publish_approved`)."""
    from liengia.portal import workflow

    workflow.publish_approved(state, user=user)
