"""The kinds of audit entries that this room writes, and how the personal data of each is erased."""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext_lazy as _

from liengia.audit.kinds import Kind, register

_NONE: Final = (
    "Holds no personal data: the opinion's public number, state and counts. What an anonymous writer does is written"
    " the day after, in no order, with the day alone."
)
# The verb of a line of the history, and its words; every verb has its kind of entry.
VERBS: Final = {
    "filed": _("opinion filed"),
    "sorted": _("opinion taken in and sorted"),
    "assigned": _("opinion given to somebody"),
    "forwarded": _("opinion forwarded"),
    "verifying": _("opinion being verified"),
    "asked": _("writer asked back"),
    "replied": _("writer replied"),
    "answered_on_spot": _("opinion answered on the spot"),
    "answered_in_writing": _("opinion answered in writing"),
    "text_published": _("public text of an opinion published"),
    "text_withdrawn": _("public text of an opinion withdrawn"),
    "published": _("answer published"),
    "evidence_added": _("evidence added"),
    "following_up": _("opinion being carried out"),
    "closed": _("opinion closed"),
    "refused": _("opinion not taken up"),
    "merged": _("opinion joined with another"),
    "moved_out": _("opinion moved out"),
    "told": _("writer told"),
    "rated": _("answer rated"),
    "reopened": _("opinion opened again"),
    "escalated": _("overdue opinion put before the chairman"),
    "referred": _("opinion given to those who handle what concerns officers"),
}

FORUM_VERBS: Final = {
    "forum_planned": _("listening forum planned"),
    "forum_changed": _("listening forum corrected"),
    "forum_report": _("report of a listening forum put in its place or taken away"),
    "forum_moved": _("state of a listening forum changed"),
    "forum_signed": _("minutes of a listening forum signed"),
    "forum_amended": _("addition to the minutes of a listening forum signed"),
    "forum_question": _("question at a listening forum handled"),
    "forum_survey_counted": _("satisfaction slips counted"),
}


def register_all() -> None:
    """Register every kind; called from `AppConfig.ready`."""
    for verb, label in VERBS.items():
        register(Kind(f"opinions.{verb}", label=label, erase=_NONE))
    register(Kind("opinions.read", label=_("opinion read"), erase=_NONE, is_read=True))
    register(Kind("opinions.exported", label=_("redacted list of opinions exported"), erase=_NONE, is_read=True))
    register(Kind("opinions.topic_set", label=_("topic of opinions set"), erase="Holds no personal data: a topic and its hours."))
    register(Kind("opinions.reason_set", label=_("reason for refusing set"), erase="Holds no personal data: words of a list."))
    register(Kind("opinions.rules_set", label=_("rules for opinions set"), erase=_NONE))
    for verb, label in FORUM_VERBS.items():
        register(Kind(f"opinions.{verb}", label=label, erase="Holds no personal data: a session, a question's public number, counts."))
    register(Kind("opinions.period_kept", label=_("periods of opinions kept"), erase="Holds counts only."))
