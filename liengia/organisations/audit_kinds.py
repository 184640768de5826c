"""Kinds of entries of this room."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from liengia.audit.kinds import Kind, register

_NONE = "Holds no personal data: names of institutions and offices, numbers of documents, dates."

for _code, _label in (
    ("organisation_created", _("organisation entered")),
    ("organisation_changed", _("organisation corrected")),
    ("organisation_ended", _("organisation ended")),
    ("organisations_moved", _("organisations moved with their unit")),
    ("agreement_signed", _("agreement signed")),
    ("agreement_changed", _("agreement corrected")),
    ("agreement_reviewed", _("agreement reviewed")),
    ("committee_formed", _("committee formed")),
    ("committee_changed", _("committee corrected")),
    ("committee_followed", _("committee followed by another")),
    ("member_seated", _("seat given in a committee")),
    ("seat_ended", _("seat in a committee ended")),
    ("plan_drafted", _("year's plan drafted")),
    ("plan_adopted", _("year's plan adopted")),
    ("plan_changed", _("year's plan corrected")),
    ("meeting_changed", _("meeting corrected")),
    ("meeting_called", _("meeting entered")),
    ("concluded", _("conclusion written")),
    ("task_assigned", _("task assigned")),
    ("task_done", _("task done")),
    ("task_withdrawn", _("task withdrawn")),
    ("task_reopened", _("task opened again")),
    ("task_postponed", _("task postponed")),
    ("special_day_set", _("day off or swapped day set")),
    ("office_hours_set", _("office hours set")),
    ("task_handed_over", _("task handed over")),
):
    register(Kind(f"organisations.{_code}", label=_label, erase=_NONE))
