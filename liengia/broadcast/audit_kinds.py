"""The kinds of audit entries that this room writes."""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext_lazy as _

from liengia.audit.kinds import Kind, register

_NONE: Final = "Holds no personal data: the bulletin's number, its state, channels and counts; the actor is a key."


def register_all() -> None:
    """Register every kind; called from `AppConfig.ready`."""
    for code, label in (
        ("bulletin_written", _("bulletin written")),
        ("bulletin_changed", _("draft of a bulletin changed")),
        ("bulletin_submitted", _("bulletin handed in for approval")),
        ("bulletin_sent_back", _("bulletin sent back to its writer")),
        ("bulletin_taken_back", _("bulletin taken back by its writer")),
        ("bulletin_discarded", _("draft of a bulletin thrown away")),
        ("bulletin_approved", _("bulletin approved")),
        ("bulletin_sent_alone", _("emergency bulletin sent by one alone")),
        ("bulletin_reviewed", _("emergency bulletin reviewed afterwards")),
        ("bulletin_withdrawn", _("bulletin withdrawn")),
        ("dispatch_planned", _("bulletin on its way")),
        ("dispatch_skipped", _("going-out of a bulletin left out")),
        ("ready_text_kept", _("ready text kept")),
        ("ready_text_withdrawn", _("ready text no longer offered")),
        ("ready_texts_imported", _("ready texts taken from a file")),
        ("rules_changed", _("quiet hours and limits changed")),
        ("account_kept", _("account of a channel set up")),
        ("account_switched", _("account of a channel switched on or off")),
        ("cost_kept", _("cost of a channel set")),
        ("consent_given", _("consent to a channel given")),
        ("consent_withdrawn", _("consent to a channel withdrawn")),
        ("zalo_group_kept", _("Zalo group entered or changed")),
        ("zalo_group_ended", _("Zalo group closed in the register")),
        ("zalo_posted", _("bulletin ticked as posted in a Zalo group")),
        ("zalo_not_posted", _("bulletin ticked as not posted in a Zalo group")),
        ("zalo_unticked", _("tick of a Zalo group taken back")),
        ("zalo_counted", _("counts of a Zalo post written down")),
        ("zalo_taken_down", _("Zalo post taken down")),
        ("call_ticked", _("call of a telephone tree ticked")),
        ("push_given", _("push messages switched on for a device")),
        ("push_withdrawn", _("push messages switched off for a device")),
        ("feed_kept", _("feed of outside warnings set up")),
        ("feed_removed", _("feed of outside warnings taken away")),
        ("feed_item_taken", _("warning of an outside feed taken in as a draft")),
        ("cluster_added", _("loudspeaker cluster put up")),
        ("cluster_changed", _("loudspeaker cluster changed")),
        ("cluster_removed", _("loudspeaker cluster taken down")),
        ("speaker_credential_made", _("credential of a loudspeaker made")),
        ("speaker_told", _("loudspeaker told to test or be silent")),
        ("played_by_hand", _("play by hand ticked")),
        ("recording_added", _("recording added")),
        ("recording_removed", _("recording removed")),
        ("speaker_programme_kept", _("loudspeaker programme kept")),
        ("speaker_turn_kept", _("turn of the youth team kept")),
        ("speaker_round_kept", _("round by motorbike kept")),
    ):
        register(Kind(f"broadcast.{code}", label=label, erase=_NONE))
