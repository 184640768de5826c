"""The writes of this room: verbs, by subject. Other rooms and views import them from here."""

from __future__ import annotations

from liengia.opinions.services.answers import add_evidence, answer, close, follow_up, has_proof, publish
from liengia.opinions.services.defaults import ensure_defaults, set_rules
from liengia.opinions.services.filing import (
    LONGEST_PLACE,
    LONGEST_TEXT,
    MOST_PHOTOS,
    Draft,
    drop_held,
    file_for_another,
    file_opinion,
    filed_before,
    held_photos,
    hold_photos,
)
from liengia.opinions.services.history import audit_past_days, due_times, rules_of
from liengia.opinions.services.office import (
    ask_writer,
    assign,
    escalate_overdue,
    forward,
    mark_told,
    merge,
    move_out,
    refer_to_officials,
    refuse,
    sort,
    verify,
)
from liengia.opinions.services.publication import (
    marked_words,
    marks_of,
    officers_names,
    publish_text,
    withdraw_text,
)
from liengia.opinions.services.retention import keep_periods
from liengia.opinions.services.settings import add_reason, add_topic, change_reason, change_topic
from liengia.opinions.services.writer import find_by_code, may_reopen, rate, reopen, reply_by_code, support

__all__ = [
    "LONGEST_PLACE",
    "LONGEST_TEXT",
    "MOST_PHOTOS",
    "Draft",
    "add_evidence",
    "add_reason",
    "add_topic",
    "answer",
    "ask_writer",
    "assign",
    "audit_past_days",
    "change_reason",
    "change_topic",
    "close",
    "drop_held",
    "due_times",
    "ensure_defaults",
    "escalate_overdue",
    "file_for_another",
    "file_opinion",
    "filed_before",
    "find_by_code",
    "follow_up",
    "forward",
    "has_proof",
    "held_photos",
    "hold_photos",
    "keep_periods",
    "mark_told",
    "marked_words",
    "marks_of",
    "may_reopen",
    "merge",
    "move_out",
    "officers_names",
    "publish",
    "publish_text",
    "rate",
    "refer_to_officials",
    "refuse",
    "reopen",
    "reply_by_code",
    "rules_of",
    "set_rules",
    "sort",
    "support",
    "verify",
    "withdraw_text",
]
