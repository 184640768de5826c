"""The bridge between the broker and the database: one process, safe to kill at any moment.

- `presses`: reads presses from the broker's durable log, records them in batches, acknowledges after commit.
- `sirens`: takes sirens' words that they sound.
- `beats`: knows which device lives; opens and clears faults; writes a digest a minute.
- `states`: publishes what each group's sirens should do (retained), and the presses of phones.

Two bridges at once do no harm: presses are unique, states carry a revision.
"""

from __future__ import annotations

from liengia.alarms.bridge.run import main, run

__all__ = ["main", "run"]
