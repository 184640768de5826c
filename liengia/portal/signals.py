"""Wagtail's own events, which are the only door to what its editor, its schedule and its scripts do."""

from __future__ import annotations

import functools
from typing import Any, Final

from django.db.models.signals import post_delete, post_save
from wagtail.log_actions import get_active_log_context
from wagtail.models import Page, Revision, TaskState
from wagtail.signals import (
    page_published,
    page_slug_changed,
    page_unpublished,
    post_page_move,
    task_approved,
    task_rejected,
    task_submitted,
)

from liengia.core import pagecache
from liengia.core.actor import Actor
from liengia.portal import services, workflow
from liengia.portal.models import ArticlePage, PlainPage, PortalImage

STEPS: Final = ((task_submitted, "portal.submitted"), (task_approved, "portal.approved"), (task_rejected, "portal.sent_back"))


def connect() -> None:
    """Follow what happens to pages; called from `AppConfig.ready`."""
    page_published.connect(_published, dispatch_uid="portal.published")
    page_unpublished.connect(_unpublished, dispatch_uid="portal.unpublished")
    page_slug_changed.connect(_moved, dispatch_uid="portal.slug_changed")
    post_page_move.connect(_moved, dispatch_uid="portal.moved")
    for event, kind in STEPS:
        event.connect(functools.partial(_stepped, kind), weak=False, dispatch_uid=kind)
    for model in (ArticlePage, PlainPage):
        post_delete.connect(_unpublished, sender=model, dispatch_uid=f"portal.deleted.{model.__name__}")
    for event in (post_save, post_delete):
        event.connect(_picture_changed, sender=PortalImage, dispatch_uid=f"portal.picture.{id(event)}")


def _published(sender: Any, instance: Page, revision: Revision | None = None, **kwargs: Any) -> None:
    services.announce(instance, actor=_actor(revision.user if revision is not None else None))


def _stepped(kind: str, sender: Any, instance: TaskState, user: Any = None, **kwargs: Any) -> None:
    workflow.note_step(instance, kind, user)


def _unpublished(sender: Any, instance: Page, **kwargs: Any) -> None:
    services.withdraw(instance, actor=_actor(None))


def _moved(sender: Any, instance: Page, **kwargs: Any) -> None:
    services.readdress(instance, came_from=kwargs.get("parent_page_before"))


def _picture_changed(sender: Any, instance: PortalImage, **kwargs: Any) -> None:
    """A consent that is taken back must be seen at once."""
    pagecache.bump()


def _actor(writer: Any) -> Actor:
    """Return who acts: whoever stands at the back office now, else the writer, else the clock."""
    user = get_active_log_context().user or writer
    return Actor.of(user) if user is not None else Actor.system("portal")
