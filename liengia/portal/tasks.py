"""The room's chores: pages that come and go by their dates, and groups that follow roles."""

from __future__ import annotations

from datetime import timedelta

from django.core.management import call_command

from liengia.core.worker import chore
from liengia.portal import permissions, requests, shelf, takedown


@chore("portal.sync_groups", every=timedelta(seconds=30))
def sync_groups() -> int:
    """Follow roles that began or ended by the calendar, and portals that were opened."""
    return permissions.sync_groups()


@chore("portal.publish_scheduled", every=timedelta(seconds=30))
def publish_scheduled() -> int:
    """Publish what was approved for a date that has come, take down what has run out; return how many there were."""
    from django.utils import timezone
    from wagtail.models import Page, Revision

    now = timezone.now()
    due = Page.objects.filter(live=True, expire_at__lt=now).count() + Revision.objects.filter(approved_go_live_at__lt=now).count()
    if due:
        call_command("publish_scheduled")
    return due


@chore("portal.requests_overdue", every=timedelta(minutes=1))
def count_overdue_requests() -> int:
    """Tell `/metrics` how many requests about articles are overdue; nothing is written."""
    requests.overdue_count()
    return 0


@chore("portal.keep_periods", every=timedelta(minutes=30))
def keep_periods() -> int:
    """Erase the words of decided requests, and the files of what was taken down, after their periods."""
    return requests.erase_words() + takedown.erase_withdrawn()


@chore("portal.mend_shelf", every=timedelta(days=1))
def mend_shelf() -> int:
    """Put right the lists of articles and their counts where something was written past them."""
    return shelf.mend()
