"""Wagtail's own events, which are the only door to what its editor, its schedule and its scripts do."""

from __future__ import annotations

from typing import Any

from django.db.models.signals import post_delete, post_save
from wagtail.models import Page, Revision
from wagtail.signals import page_published, page_slug_changed, page_unpublished, post_page_move

from liengia.core import pagecache
from liengia.core.actor import Actor
from liengia.portal import services
from liengia.portal.models import ArticlePage, PlainPage, PortalImage


def connect() -> None:
    """Follow what happens to pages; called from `AppConfig.ready`."""
    page_published.connect(_published, dispatch_uid="portal.published")
    page_unpublished.connect(_unpublished, dispatch_uid="portal.unpublished")
    page_slug_changed.connect(_moved, dispatch_uid="portal.slug_changed")
    post_page_move.connect(_moved, dispatch_uid="portal.moved")
    for model in (ArticlePage, PlainPage):
        post_delete.connect(_unpublished, sender=model, dispatch_uid=f"portal.deleted.{model.__name__}")
    for event in (post_save, post_delete):
        event.connect(_picture_changed, sender=PortalImage, dispatch_uid=f"portal.picture.{id(event)}")


def _published(sender: Any, instance: Page, revision: Revision | None = None, **kwargs: Any) -> None:
    services.announce(instance, actor=_actor(revision.user if revision is not None else None))


def _unpublished(sender: Any, instance: Page, **kwargs: Any) -> None:
    services.withdraw(instance, actor=_actor(None))


def _moved(sender: Any, instance: Page, **kwargs: Any) -> None:
    services.readdress(instance)


def _picture_changed(sender: Any, instance: PortalImage, **kwargs: Any) -> None:
    """A consent that is taken back must be seen at once."""
    pagecache.bump()


def _actor(user: Any) -> Actor:
    return Actor.of(user) if user is not None else Actor.system("portal")
