"""The kinds of audit entries that this room writes. What a guest does is never one: it would keep the moment."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from liengia.audit.kinds import Kind, register

_NONE = "Holds no personal data: the comment's own number, the reason's code."
_WORDS = "The moderator's words stand in the erasable text and go with its period."


def register_all() -> None:
    """Register every kind; called from `AppConfig.ready`."""
    for code, label, erase in (
        ("comment_written", _("comment written by somebody signed in"), _NONE),
        ("comment_published", _("comment published"), _NONE),
        ("comment_refused", _("comment not published"), _WORDS),
        ("comment_removed", _("comment taken away"), _WORDS),
        ("decision_upheld", _("decision on a comment upheld by a second moderator"), _NONE),
        ("flags_settled", _("readers' reports of a comment settled"), _NONE),
        ("officially_answered", _("official answer under a page"), _NONE),
        ("thread_opened", _("comments opened"), _NONE),
        ("thread_closed", _("comments closed"), _NONE),
        ("rule_set", _("rule for comments set"), _NONE),
        ("texts_erased", _("texts of refused comments erased"), _NONE),
    ):
        register(Kind(f"comments.{code}", label=label, erase=erase))
