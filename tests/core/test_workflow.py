"""State as one table."""

from __future__ import annotations

import pytest

from liengia.core.errors import Refused
from liengia.core.workflow import Workflow

DOOR = Workflow("test.door", {"open": {"close": "closed"}, "closed": {"open": "open", "lock": "locked"}})


def test_a_verb_leads_on_or_is_refused() -> None:
    assert DOOR.after("open", "close") == "closed"
    assert DOOR.allows("closed", "lock")
    assert DOOR.states == {"open", "closed", "locked"}
    for state, verb in (("locked", "open"), ("open", "lock"), ("burnt", "close")):
        assert not DOOR.allows(state, verb)
        with pytest.raises(Refused) as refused:
            DOOR.after(state, verb)
        assert refused.value.data == {"workflow": "test.door", "state": state, "verb": verb}
