"""The kinds of audit entries that this room writes."""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext_lazy as _

from liengia.audit.kinds import Kind, register

_NONE: Final = "Holds no personal data: random ids, counts, days, and reasons about papers; names stand in the room's rows."


def register_all() -> None:
    """Register every kind; called from `AppConfig.ready`."""
    for code, label in (
        ("round_opened", _("round of commendations opened")),
        ("round_changed", _("round of commendations changed")),
        ("round_reopened", _("round of commendations opened again")),
        ("round_cancelled", _("round of commendations cancelled")),
        ("round_submitted", _("round of commendations submitted")),
        ("round_moved", _("round of commendations taken over by the following unit")),
        ("nominated", _("nomination entered")),
        ("nomination_changed", _("nomination changed")),
        ("nomination_accepted", _("nomination put on the list")),
        ("nomination_left_out", _("nomination left out")),
        ("nomination_withdrawn", _("nomination withdrawn")),
        ("doubts_answered", _("doubts about a nomination answered")),
        ("pursuit_confirmed", _("nomination said to be of the pursuit, or not")),
        ("evidence_added", _("evidence added to a nomination")),
        ("evidence_removed", _("evidence taken from a nomination")),
        ("nominations_imported", _("nominations imported")),
        ("session_opened", _("session of the council opened")),
        ("votes_counted", _("votes of the council counted")),
        ("ballot_cast", _("a seat of the council has voted")),
        ("session_concluded", _("session of the council concluded")),
        ("decided", _("decision of commendation signed")),
        ("decision_opened", _("decision of commendation opened to the public, or closed")),
        ("decision_revoked", _("decision of commendation revoked")),
        ("printed", _("certificates printed")),
        ("handed_over", _("certificates marked as handed out or absent")),
        ("replaced", _("certificate replaced")),
        ("revoked", _("certificate revoked")),
        ("consented", _("consent to the public roll recorded")),
        ("consent_withdrawn", _("consent to the public roll taken back")),
        ("titled", _("title of a decision on public pages")),
        ("name_hidden", _("name on a certificate hidden, or shown again")),
        ("layout_kept", _("layout of certificates changed")),
        ("salary_kept", _("base salary set")),
        ("rate_kept", _("rate of reward money set")),
        ("right_kept", _("right to decide set")),
        ("forgotten", _("old nominations forgotten")),
    ):
        register(Kind(f"commendations.{code}", label=label, erase=_NONE))
    for code, label in (("evidence_read", _("evidence of a merit opened")), ("exported", _("list of commendations exported"))):
        register(Kind(f"commendations.{code}", label=label, erase=_NONE, is_read=True))
