"""Names that look like other names: the skeleton that two look-alikes share.

"Công an xã", "CÔNG-AN  XÃ", "Cоng аn xa" with Cyrillic letters, "Cônɡ an xã" and one with zero-width signs inside all
have the skeleton "conganxa". Source: Unicode Technical Standard 39, confusables; the data is that of the package
`confusable_homoglyphs`.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache

from confusable_homoglyphs import confusables

from liengia.core.text import fold

# Digits and signs that stand for letters in a name; the standard's data does not join them.
_STANDS_FOR = str.maketrans({"0": "o", "1": "l", "|": "l", "!": "i", "3": "e", "4": "a", "@": "a", "5": "s", "$": "s", "7": "t"})

# "LATIN LETTER SMALL CAPITAL A" and the like: letters of the alphabet in another dress.
_DRAWN_AS = re.compile(r"LATIN (?:LETTER SMALL CAPITAL|SMALL LETTER|CAPITAL LETTER|SUBSCRIPT SMALL LETTER) ([A-Z])(?: WITH .*)?")


def skeleton(name: str) -> str:
    """Return the letters a to z that a name looks like, without anything else; empty for a name of none."""
    folded = fold(unicodedata.normalize("NFKC", name))
    plain = fold("".join(_latin(char) for char in folded)).translate(_STANDS_FOR)
    return "".join(char for char in plain if "a" <= char <= "z").replace("i", "l").replace("rn", "m")


@cache
def _latin(char: str) -> str:
    """Return the ASCII letter that a character looks like; the character itself when there is none."""
    if char.isascii() or not char.isprintable():
        return char
    drawn = _DRAWN_AS.fullmatch(unicodedata.name(char, ""))
    if drawn:
        return drawn.group(1).lower()
    for other in confusables.confusables_data.get(char, ()):
        if len(other["c"]) == 1 and other["c"].isascii() and other["c"].isalpha():
            return str(other["c"])
    return char
