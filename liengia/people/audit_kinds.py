"""The kinds of audit entries that this room writes."""

from __future__ import annotations

from datetime import timedelta

from django.utils.translation import gettext_lazy as _

from liengia.audit.kinds import Kind, register

_TEXT = "Names and numbers stand in the erasable text, which goes with the household or the account."
_NONE = "Holds no personal data but the keys of rows."

register(Kind("people.user_made", label=_("Account made"), erase=_TEXT))
register(Kind("people.user_changed", label=_("Account changed"), erase=_TEXT))
register(Kind("people.user_closed", label=_("Account closed"), erase=_TEXT))
register(Kind("people.user_unlocked", label=_("Account unlocked"), erase=_NONE))
register(Kind("people.user_locked", label=_("Account locked after wrong attempts"), erase=_NONE))
register(Kind("people.codes_locked", label=_("Codes of the second factor shut after wrong ones"), erase=_NONE))
register(Kind("people.second_factor_added", label=_("Second factor set up"), erase=_NONE))
register(Kind("people.second_factor_reset", label=_("Second factor taken away"), erase=_NONE))
register(Kind("people.role_given", label=_("Role given"), erase=_NONE))
register(Kind("people.role_ended", label=_("Role ended"), erase=_NONE))
register(Kind("people.role_changed", label=_("What a role may do was changed"), erase=_NONE))
register(Kind("people.household_made", label=_("Household added"), erase=_TEXT))
register(Kind("people.household_changed", label=_("Household corrected"), erase=_TEXT))
register(Kind("people.household_left", label=_("Household left"), erase=_TEXT))
register(Kind("people.household_erasure_asked", label=_("Household's data to be deleted"), erase=_NONE))
register(Kind("people.household_erased", label=_("Household's data deleted"), erase=_NONE))
register(Kind("people.household_exported", label=_("Household's data handed out"), erase=_NONE, is_read=True))
register(Kind("people.households_imported", label=_("Households imported"), erase=_NONE))
register(
    Kind(
        "people.need_written",
        label=_("Help to get out written down"),
        erase="The text stands only in the encrypted row.",
    )
)
register(Kind("people.need_agreed", label=_("Help to get out agreed to under the present words"), erase=_NONE))
register(Kind("people.need_withdrawn", label=_("Help to get out withdrawn"), erase=_NONE))
register(Kind("people.needs_read", label=_("Help to get out read in an incident"), erase=_NONE, is_read=True))
register(Kind("people.invited", label=_("Invitation made"), erase=_NONE))
register(Kind("people.invitation_revoked", label=_("Invitation withdrawn"), erase=_NONE))
register(Kind("people.joined", label=_("Invitation used"), erase=_TEXT))
register(Kind("people.membership_confirmed", label=_("Membership confirmed"), erase=_NONE))
register(Kind("people.membership_head_set", label=_("Who speaks for a household was set"), erase=_NONE))
register(Kind("people.membership_ended", label=_("Membership ended"), erase=_NONE))
register(Kind("people.phone_bound", label=_("Leader's phone bound"), erase=_NONE))
register(Kind("people.phone_revoked", label=_("Leader's phone revoked"), erase=_NONE))
register(Kind("people.pin_failed", label=_("Wrong PIN"), erase=_NONE, keep=timedelta(days=90)))
register(Kind("people.shift_set", label=_("Shift written"), erase=_NONE))
register(Kind("people.shift_removed", label=_("Shift removed"), erase=_NONE))
register(Kind("people.week_copied", label=_("Week of the rota copied"), erase=_NONE))
register(
    Kind(
        "people.handover_offered",
        label=_("Shift handed over"),
        erase="The note stands in the handover's row.",
    )
)
register(Kind("people.handover_accepted", label=_("Shift taken over"), erase=_NONE))
register(Kind("people.retention_kept", label=_("Data past its period deleted"), erase=_NONE))
register(Kind("people.shift_log_read", label=_("Shift's log printed"), erase=_NONE, is_read=True))
register(Kind("people.post_opened", label=_("Duty post set up"), erase=_NONE))
register(Kind("people.post_changed", label=_("Duty post changed"), erase=_NONE))
register(Kind("people.number_added", label=_("Emergency number written"), erase=_NONE))
register(Kind("people.number_changed", label=_("Emergency number changed"), erase=_NONE))
register(Kind("people.period_changed", label=_("Retention period changed"), erase=_NONE))
