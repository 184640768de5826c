"""Names that tell units apart after a merger, kept in columns so that no list needs another query."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from liengia.core.text import fold
from liengia.units.models import Level, Unit


def former_names(name: str, before: Iterable[Unit]) -> list[str]:
    """Return the other names that units had before this one, in the order of their codes, each once."""
    names: list[str] = []
    for unit in sorted(before, key=lambda u: u.code):
        for old in [unit.name, *unit.former_names]:
            if old != name and old not in names:
                names.append(old)
    return names


def mark_namesakes(commune: Unit) -> int:
    """Mark the hamlets of a commune that share a name, so that each shows what tells it apart.

    Two that share the old commune's name as well get their codes into it. Returns how many rows were changed.
    """
    hamlets = list(Unit.objects.filter(parent=commune, level=Level.HAMLET, valid_to=commune.valid_to))
    names = Counter(fold(h.full_name) for h in hamlets)
    twins = Counter((fold(h.full_name), fold(h.origin)) for h in hamlets)
    changed: list[Unit] = []
    for hamlet in hamlets:
        shares = names[fold(hamlet.full_name)] > 1
        is_twin = shares and bool(hamlet.origin) and twins[fold(hamlet.full_name), fold(hamlet.origin)] > 1
        origin = f"{hamlet.origin} {hamlet.code}" if is_twin and hamlet.code not in hamlet.origin else hamlet.origin
        if (shares, origin) != (hamlet.shares_name, hamlet.origin):
            hamlet.shares_name, hamlet.origin = shares, origin
            hamlet.fold()
            changed.append(hamlet)
    Unit.objects.bulk_update(changed, ["shares_name", "origin", "folded_all"])
    return len(changed)
