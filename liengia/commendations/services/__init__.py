"""The writes of this room; each part stands in its own module."""

from __future__ import annotations

from liengia.commendations.services.certificates import (
    hand_over,
    hide_name,
    mark_absent,
    mark_one,
    of_decision,
    replace_certificate,
    revoke_certificate,
    undo_hand_over,
)
from liengia.commendations.services.council import (
    Counts,
    cast_ballot,
    conclude_session,
    count_hands,
    members_of,
    open_session,
)
from liengia.commendations.services.decisions import (
    Signing,
    decide,
    open_decision,
    revoke_decision,
    rewards_of,
    title_in_public,
    unnumbered,
)
from liengia.commendations.services.nominations import (
    EVIDENCE_MOST,
    accept_nomination,
    add_evidence,
    answer_doubts,
    change_nomination,
    check,
    confirm_pursuit,
    leave_out,
    nominate,
    record_consent,
    remove_evidence,
    withdraw_consent,
    withdraw_nomination,
)
from liengia.commendations.services.printing import ensure_layouts, keep_layout, print_certificates, to_print
from liengia.commendations.services.rounds import (
    cancel_round,
    change_round,
    counts_of,
    open_round,
    reopen_round,
    season_of,
    submit_round,
)
from liengia.commendations.services.tables import keep_row

__all__ = [
    "EVIDENCE_MOST", "Counts", "Signing", "accept_nomination", "add_evidence", "answer_doubts", "cancel_round", "cast_ballot", "change_nomination", "change_round", "check",
    "conclude_session", "confirm_pursuit", "count_hands", "counts_of", "decide", "ensure_layouts", "hand_over", "hide_name", "keep_layout", "keep_row", "leave_out",
    "mark_absent", "mark_one", "members_of", "nominate", "of_decision", "open_decision", "open_round", "open_session", "print_certificates", "record_consent",
    "remove_evidence", "reopen_round", "replace_certificate", "revoke_certificate", "revoke_decision", "rewards_of", "season_of", "submit_round", "title_in_public", "to_print",
    "undo_hand_over", "unnumbered", "withdraw_consent", "withdraw_nomination",
]  # fmt: skip
