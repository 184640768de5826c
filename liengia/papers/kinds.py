"""The registry of kinds of papers: what each is called, how it is numbered, what its wording can speak of."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.functional import Promise

Words = str | Promise


@dataclass(frozen=True, slots=True)
class Field:
    """A place in a wording, written `{name}`, that is filled with words; `is_long` asks for several lines."""

    name: str
    help: Words
    is_required: bool = False
    is_long: bool = False


@dataclass(frozen=True, slots=True)
class Block:
    """A place for a list or a table, written `[[name]]` alone on its line.

    With `columns` it is a table of them; without, each line is an item. A wording without a block that `is_kept`
    is refused: no office can leave it out. One that `is_counted` has a first column with the number of each row (STT).
    """

    name: str
    help: Words
    columns: tuple[str, ...] = ()
    widths: tuple[int, ...] = ()
    numbers: tuple[int, ...] = ()
    is_kept: bool = False
    is_counted: bool = False


@dataclass(frozen=True, slots=True)
class PaperKind:
    """A kind of paper. `name` is what stands on the paper, in Vietnamese; without `abbreviation` it has no number.

    `wording` is the text that is shipped. `signers` is 2 where the parties, or chair and secretary, sign. `purpose` tells a
    kind from others of its name: its room alone fills it, from records. `is_of_its_head`: the issuer's head decides, not for it.
    `is_signed_by_all`: `signers` is the least; all parties sign.
    """

    code: str
    name: str
    abbreviation: str
    wording: str
    fields: tuple[Field, ...] = ()
    blocks: tuple[Block, ...] = ()
    signers: int = 1
    purpose: Words = ""
    is_of_its_head: bool = False
    is_signed_by_all: bool = False

    def field(self, name: str) -> Field | None:
        """Return a field by its name."""
        return next((one for one in self.fields if one.name == name), None)

    def block(self, name: str) -> Block | None:
        """Return a block by its name."""
        return next((one for one in self.blocks if one.name == name), None)


_kinds: dict[str, PaperKind] = {}


def register(kind: PaperKind) -> PaperKind:
    """Add a kind; called from `AppConfig.ready`.

    Raises:
        Invalid: the wording that it ships does not fit its own fields and blocks.
    """
    from liengia.papers import wording

    wording.check(kind.wording, kind)
    _kinds[kind.code] = kind
    return kind


def get(code: str) -> PaperKind | None:
    """Return a kind, or None when its room is gone."""
    return _kinds.get(code)


def every() -> Iterator[PaperKind]:
    """Yield all kinds in the order in which they were registered."""
    yield from _kinds.values()
