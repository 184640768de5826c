"""Comments in templates: `{% comments thread %}` below what an upper room publishes."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import template
from django.utils.safestring import SafeString

from liengia.comments import policies, queries
from liengia.comments.models import Comment, Thread, Who
from liengia.comments.writing import shown_text
from liengia.core import clock

register = template.Library()


@register.inclusion_tag("comments/embed.html")
def comments(thread: Thread | None) -> dict[str, Any]:
    """Show the place into which a thread is loaded after the page; nothing where comments are off.

    What stands in the page is the same for everybody, so that the page can be kept; a link leads to the thread's own
    page, which works without JavaScript.
    """
    is_on = thread is not None and policies.is_on(thread) and policies.rule_of(thread.unit).who != Who.OFF
    return {"thread": thread if is_on else None, "count": queries.shown_count(thread) if is_on and thread else 0}


@register.filter
def comment_text(comment: Comment) -> SafeString:
    """Return a comment's text, safe for a page."""
    return shown_text(comment.text)


@register.filter
def shown_time(comment: Comment) -> str:
    """Return "07/08/2023, 11:32", when it was shown; of a guest, and where nobody read it before, the day of writing alone."""
    at: datetime | None = comment.shown_at if comment.user_id else None
    return f"{clock.local(at):%d/%m/%Y, %H:%M}" if at else f"{comment.written_on:%d/%m/%Y}"
