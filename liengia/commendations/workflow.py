"""The states of a round, of a nomination, of a council's session and of a certificate, as in docs/areas/commendations.md."""

from __future__ import annotations

from liengia.core.workflow import Workflow

ROUND = Workflow(
    "commendations.round",
    {
        "open": {"change": "open", "review": "reviewed", "submit": "submitted", "cancel": "cancelled"},
        "reviewed": {"reopen": "open", "submit": "submitted"},
        "submitted": {"reopen": "open", "decide": "decided"},
        "decided": {"revoke": "revoked"},
        "revoked": {},
        "cancelled": {},
    },
)

NOMINATION = Workflow(
    "commendations.nomination",
    {
        "proposed": {"change": "proposed", "accept": "listed", "leave_out": "left_out", "withdraw": "withdrawn"},
        "listed": {"change": "listed", "leave_out": "left_out", "withdraw": "withdrawn", "commend": "commended"},
        "left_out": {"accept": "listed"},
        "withdrawn": {},
        "commended": {},
    },
)

SESSION = Workflow(
    "commendations.session",
    {
        "held": {"vote": "held", "conclude": "concluded", "break_off": "broken_off"},
        "concluded": {},
        "broken_off": {},
    },
)

CERTIFICATE = Workflow(
    "commendations.certificate",
    {
        "valid": {"hand_over": "valid", "replace": "replaced", "revoke": "revoked"},
        "replaced": {},
        "revoked": {},
    },
)
