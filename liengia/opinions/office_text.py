"""From the original to the public copy: decisions on marks, and words hidden by hand. Pure; nothing is written here."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Final

from django.utils.translation import gettext as _

from liengia.opinions import redaction
from liengia.opinions.redaction import Mark

HIDE, KEEP, WRONG = "hide", "keep", "wrong"
DECISIONS: Final = frozenset((HIDE, KEEP, WRONG))
BY_HAND: Final = "by_hand"
_TOKEN: Final = re.compile(r"\w+|[^\w\s]")
_INSTEAD: Final = re.compile(r"\[[^\[\]\n]{1,40}\]")
# Stands for what is hidden while a copy is compared; no text has it.
_NOTHING: Final = "\ue000"


@dataclass(frozen=True, slots=True)
class Decided:
    """A mark of a part of the original, with what was decided; empty while nobody has."""

    part: str
    mark: Mark
    words: str
    decision: str = ""

    @property
    def name(self) -> str:
        """The name of its field: the place itself, so that a decision never slips to another mark."""
        return f"m-{self.part}-{self.mark.kind}-{self.mark.start}-{self.mark.end}"

    @property
    def kind_words(self) -> str:
        """What seems to stand there, for instance "[name]"."""
        return str(redaction.INSTEAD[self.mark.kind])


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of a text: plain words, or a mark."""

    words: str
    mark: Decided | None = None
    number: int = 0


def decide(part: str, text: str, marks: Iterable[Mark], said: Mapping[str, str]) -> list[Decided]:
    """Return the marks of a part with the decisions of a form."""
    found = []
    for mark in marks:
        bare = Decided(part, mark, text[mark.start : mark.end])
        decision = said.get(bare.name, "")
        found.append(Decided(part, mark, bare.words, decision if decision in DECISIONS else ""))
    return found


def by_hand(text: str, words: Iterable[str]) -> list[tuple[int, int]]:
    """Return where words that the moderator wants hidden stand in a text, every time."""
    spans = []
    for one in {word.strip() for word in words if word.strip()}:
        start = text.find(one)
        while start >= 0:
            spans.append((start, start + len(one)))
            start = text.find(one, start + len(one))
    return spans


def compose(text: str, marks: Iterable[Decided], hidden: Iterable[str] = ()) -> str:
    """Return the public copy: what was hidden is replaced by what it was, what was kept stays.

    A mark on which nobody decided stays as it is: the verb that publishes refuses it.
    """
    cuts = [(one.mark.start, one.mark.end, one.mark.kind) for one in marks if one.decision == HIDE]
    cuts += [(start, end, BY_HAND) for start, end in by_hand(text, hidden)]
    joined: list[tuple[int, int, str]] = []
    for start, end, kind in sorted(cuts, key=lambda cut: (cut[0], -cut[1])):
        if joined and start < joined[-1][1]:
            first = joined[-1]
            joined[-1] = (first[0], max(first[1], end), first[2])
        else:
            joined.append((start, end, kind))
    for start, end, kind in reversed(joined):
        instead = _("[hidden]") if kind == BY_HAND else str(redaction.INSTEAD[kind])
        text = f"{text[:start]}{instead}{text[end:]}"
    return text


def hidden_words(text: str, copy: str) -> list[str]:
    """Return what of a text its public copy hides, place by place. In doubt (the same words twice) more, never less."""
    bare = _INSTEAD.sub(lambda found: found[0] if found[0] in text else _NOTHING, copy)
    tokens = list(_TOKEN.finditer(text))
    steps = SequenceMatcher(None, [one[0] for one in tokens], _TOKEN.findall(bare), autojunk=False).get_opcodes()
    return [text[tokens[start].start() : tokens[end - 1].end()] for tag, start, end, *_ in steps if tag != "equal" and end > start]


def begin_from(marks: list[Decided], hidden: Iterable[str], text: str) -> tuple[dict[str, str], list[str]]:
    """Return the decisions that hide again what a copy hid, by the names of their fields, and the lines hidden by hand.

    What the copy showed is decided on anew: nobody's decision is on nothing.
    """
    said: dict[str, str] = {}
    lines: list[str] = []
    for words in hidden:
        inside = [one for one in marks if one.words in words or words in one.words]
        said |= {one.name: HIDE for one in inside}
        left = words
        for one in inside:
            left = left.replace(one.words, " ") if one.words in words else ""
        if re.search(r"\w", left):
            lines += [line.strip() for line in words.splitlines() if line.strip() and line.strip() in text]
    return said, list(dict.fromkeys(lines))


def kept(marks: Iterable[Decided]) -> set[str]:
    """Return the marked words that were left on purpose."""
    return {one.words for one in marks if one.decision in (KEEP, WRONG)}


def pieces(text: str, marks: list[Decided], *, first: int = 1) -> list[Piece]:
    """Cut a text into plain pieces and numbered marks, for the page that shows them."""
    found, at = [], 0
    for number, one in enumerate(marks, start=first):
        found.append(Piece(text[at : one.mark.start]))
        found.append(Piece(one.words, one, number))
        at = one.mark.end
    found.append(Piece(text[at:]))
    return [piece for piece in found if piece.words]
