"""Gather the texts that people read, one catalogue a room, and keep the Vietnamese ones complete.

    tools/messages.py [ROOM…]            extract, merge into liengia/<room>/locale/vi/LC_MESSAGES/django.po, list what lacks
    tools/messages.py --set FILE ROOM    set translations from a JSON object {"msgid": "translation"} ("-" is standard input)
    tools/messages.py --check [ROOM…]    change nothing; fail on missing, fuzzy, unused, contradicting or badly filled entries
    tools/messages.py --compile          write the .mo files that Django reads
    tools/messages.py --prune [ROOM…]    as the first, and forget the texts that the code no longer has

A text that left the code stays in its catalogue as obsolete (`#~`), so that it keeps its translation when it comes
back; `--prune` forgets it. A text that another room has translated is filled in from there. A msgid with a
context is written "context|msgid" with the character U+0004 in place of the bar.

Python is read by its syntax tree and templates by Django's own lexer, so neither xgettext nor msgfmt is needed.
"""

from __future__ import annotations

import argparse
import ast
import fcntl
import json
import os
import re
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import polib
from django.template.base import Lexer, Token, TokenType
from django.utils.text import smart_split
from django.utils.translation.template import (
    block_re,
    constant_re,
    endblock_re,
    inline_re,
    plural_re,
)
from django.utils.translation.trans_real import CONTEXT_SEPARATOR

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "liengia"
# Where each function keeps its context, its message and its plural among the arguments.
FUNCTIONS: dict[str, tuple[int | None, int, int | None]] = {
    "_": (None, 0, None),
    "gettext": (None, 0, None),
    "gettext_lazy": (None, 0, None),
    "gettext_noop": (None, 0, None),
    "ngettext": (None, 0, 1),
    "ngettext_lazy": (None, 0, 1),
    "pgettext": (0, 1, None),
    "pgettext_lazy": (0, 1, None),
    "npgettext": (0, 1, 2),
    "npgettext_lazy": (0, 1, 2),
}
PLACEHOLDER = re.compile(r"%\((\w+)\)[sd]|(?<!\{)\{(\w+)\}(?!\})")
HEADER = {
    "Project-Id-Version": "liengia",
    "Language": "vi",
    "MIME-Version": "1.0",
    "Content-Type": "text/plain; charset=UTF-8",
    "Content-Transfer-Encoding": "8bit",
    "Plural-Forms": "nplurals=1; plural=0;",
}
Key = tuple[str | None, str]


@dataclass
class Message:
    """One text of the code, with every file that shows it."""

    context: str | None
    text: str
    plural: str | None = None
    files: list[str] = field(default_factory=list)

    @property
    def key(self) -> Key:
        """What a catalogue finds it by."""
        return (self.context, self.text)


class Unreadable(Exception):
    """A text that cannot be translated as it is written; the message names the place."""


def main() -> int:
    """Do what the command line asks."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("rooms", nargs="*", metavar="ROOM", help="rooms; all when none is named")
    what = parser.add_mutually_exclusive_group()
    what.add_argument("--check", action="store_true")
    what.add_argument("--compile", action="store_true")
    what.add_argument("--prune", action="store_true")
    what.add_argument("--set", metavar="FILE")
    asked = parser.parse_args()
    known = rooms()
    wrong = [room for room in asked.rooms if room not in known]
    if wrong:
        parser.error(f"no such room: {', '.join(wrong)}; there are {', '.join(known)}")
    chosen = asked.rooms or known
    try:
        if asked.compile:
            return compile_all(known)
        if asked.set:
            if len(asked.rooms) != 1:
                parser.error("--set needs one room")
            return set_translations(asked.rooms[0], asked.set)
        if asked.check:
            return check(known, chosen)
        return merge_all(known, chosen, prune=asked.prune)
    except Unreadable as error:
        print(error, file=sys.stderr)
        return 1


def rooms() -> list[str]:
    """Return the rooms, in the order of their names."""
    return sorted(path.parent.name for path in PACKAGE.glob("*/__init__.py"))


def catalogue_path(room: str) -> Path:
    """Return where a room keeps its Vietnamese texts."""
    return PACKAGE / room / "locale" / "vi" / "LC_MESSAGES" / "django.po"


# ---------------------------------------------------------------- reading the code


def messages_of(room: str) -> dict[Key, Message]:
    """Return the texts of a room; those of settings and addresses belong to core."""
    folder = PACKAGE / room
    python = sorted(folder.rglob("*.py"))
    if room == "core":
        python = sorted(PACKAGE.glob("*.py")) + python
    found: dict[Key, Message] = {}
    for path in python:
        if "migrations" not in path.parts:
            collect(found, path, python_messages(path))
    for pattern in ("templates/**/*.html", "templates/**/*.txt", "jinja/**/*.html"):
        for path in sorted(folder.glob(pattern)):
            collect(found, path, template_messages(path))
    return found


def collect(found: dict[Key, Message], path: Path, messages: Iterator[Message]) -> None:
    """Add the texts of one file, refusing one text with two plurals."""
    name = path.relative_to(ROOT).as_posix()
    for message in messages:
        known = found.setdefault(message.key, message)
        if message.plural and not known.plural:
            known.plural = message.plural
        elif message.plural and message.plural != known.plural:
            raise Unreadable(f"{name}: {message.text!r} has two plurals: {known.plural!r} and {message.plural!r}")
        if name not in known.files:
            known.files.append(name)


def python_messages(path: Path) -> Iterator[Message]:
    """Yield the texts of calls to gettext's functions, under the names that they are imported as."""
    tree = ast.parse(path.read_text(encoding="utf-8"), str(path))
    names = dict(FUNCTIONS)
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module == "django.utils.translation":
            names |= {a.asname: FUNCTIONS[a.name] for a in node.names if a.asname and a.name in FUNCTIONS}
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        called = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
        if called not in names:
            continue
        places = names[called]
        texts = [None if place is None else literal(node, place, path) for place in places]
        if texts[1] is not None:
            yield Message(texts[0], texts[1], texts[2])


def literal(call: ast.Call, place: int, path: Path) -> str | None:
    """Return an argument's text, None for a name; formatted text cannot be looked up and is refused."""
    if place >= len(call.args):
        return None
    argument = call.args[place]
    if isinstance(argument, ast.JoinedStr) or (
        isinstance(argument, ast.BinOp | ast.Call) and any(isinstance(n, ast.JoinedStr) for n in ast.walk(argument))
    ):
        where = f"{path.relative_to(ROOT)}:{call.lineno}"
        raise Unreadable(f"{where}: a formatted string cannot be translated; use a named placeholder")
    try:
        value = ast.literal_eval(argument)
    except ValueError:
        return None
    return value if isinstance(value, str) else None


def template_messages(path: Path) -> Iterator[Message]:
    """Yield the texts of {% translate %}, {% blocktranslate %} and _("…"), by Django's own lexer."""
    tokens = iter(Lexer(path.read_text(encoding="utf-8")).tokenize())
    for token in tokens:
        contents = token.contents.strip()
        if token.token_type == TokenType.BLOCK and re.match(r"comment\b", contents):
            while not (token.token_type == TokenType.BLOCK and token.contents.strip() == "endcomment"):
                token = next(tokens)
        elif token.token_type == TokenType.BLOCK and block_re.match(contents):
            yield from constants(contents)
            yield block_message(contents, *block_texts(tokens, path))
        elif token.token_type in (TokenType.BLOCK, TokenType.VAR):
            inline = inline_re.match(contents) if token.token_type == TokenType.BLOCK else None
            if inline:
                yield Message(unquoted(inline[3]) if inline[3] else None, doubled(unquoted(inline[1])))
            yield from constants(contents)


def block_texts(tokens: Iterator[Token], path: Path) -> tuple[str, str | None]:
    """Read a blocktranslate to its end; return its singular and its plural."""
    parts: list[list[str]] = [[]]
    for token in tokens:
        where = f"{path.relative_to(ROOT)}:{token.lineno}"
        contents = token.contents.strip()
        if token.token_type == TokenType.BLOCK and endblock_re.match(contents):
            texts = ["".join(part) for part in parts]
            return texts[0], texts[1] if len(texts) > 1 else None
        if token.token_type == TokenType.BLOCK and plural_re.match(contents):
            parts.append([])
        elif token.token_type == TokenType.BLOCK:
            raise Unreadable(f"{where}: {{% {contents} %}} cannot stand in a blocktranslate")
        elif token.token_type == TokenType.VAR:
            if not re.fullmatch(r"\w+", contents):
                raise Unreadable(f"{where}: give {{{{ {contents} }}}} a name in the blocktranslate tag")
            parts[-1].append(f"%({contents})s")
        elif token.token_type == TokenType.TEXT:
            parts[-1].append(doubled(token.contents))
    raise Unreadable(f"{path.relative_to(ROOT)}: a blocktranslate is not closed")


def constants(contents: str) -> Iterator[Message]:
    """Yield the texts of _("…") among the parts of a tag or variable."""
    for part in smart_split(contents):
        for found in constant_re.findall(part):
            yield Message(None, doubled(unquoted(found)))


def block_message(opened: str, singular: str, plural: str | None) -> Message:
    """Return the text of a blocktranslate, trimmed when its tag says so."""
    texts = [singular] if plural is None else [singular, plural]
    if "trimmed" in opened.split():
        texts = [" ".join(filter(None, map(str.strip, text.split("\n")))) for text in texts]
    tag = block_re.match(opened)
    context = unquoted(tag[2]) if tag and tag[2] else None
    return Message(context, texts[0], texts[1] if plural is not None else None)


def unquoted(text: str) -> str:
    """Return a template's quoted text without its quotes and escapes."""
    quote = text[0]
    return text[1:-1].replace(f"\\{quote}", quote).replace("\\\\", "\\")


def doubled(text: str) -> str:
    """Return a text with its percent signs doubled, as Django looks it up."""
    return text.replace("%", "%%")


# ---------------------------------------------------------------- catalogues


@contextmanager
def alone() -> Iterator[None]:
    """Let one process at a time write catalogues."""
    with (Path(tempfile.gettempdir()) / f"liengia-messages-{os.getuid()}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def load(room: str) -> polib.POFile:
    """Return a room's catalogue, empty when it has none."""
    path = catalogue_path(room)
    catalogue = polib.pofile(str(path), wrapwidth=110) if path.exists() else polib.POFile(wrapwidth=110)
    catalogue.metadata = dict(HEADER)
    return catalogue


def save(room: str, catalogue: polib.POFile) -> None:
    """Write a catalogue at one stroke, and only when it says something new."""
    path = catalogue_path(room)
    text = str(catalogue).rstrip("\n") + "\n"
    if path.exists() and path.read_text(encoding="utf-8") == text:
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    new = path.with_suffix(f".{os.getpid()}.new")
    new.write_text(text, encoding="utf-8")
    new.replace(path)


def is_done(entry: polib.POEntry) -> bool:
    """Tell whether an entry has its translation."""
    if "fuzzy" in entry.flags:
        return False
    return all(entry.msgstr_plural.values()) and bool(entry.msgstr_plural) if entry.msgid_plural else bool(entry.msgstr)


def key_of(entry: polib.POEntry) -> Key:
    """Return what a message finds an entry by."""
    return (entry.msgctxt, entry.msgid)


def translations(known: list[str]) -> dict[Key, polib.POEntry]:
    """Return a finished entry for every text that some room has translated."""
    done: dict[Key, polib.POEntry] = {}
    for room in known:
        for entry in load(room):
            if is_done(entry) and not entry.obsolete:
                done.setdefault(key_of(entry), entry)
    return done


def merged(old: polib.POFile, found: dict[Key, Message], elsewhere: dict[Key, polib.POEntry]) -> polib.POFile:
    """Return the catalogue of the texts found, with the translations that the old one or another room has."""
    new = polib.POFile(wrapwidth=110)
    new.metadata = dict(HEADER)
    known = {key_of(entry): entry for entry in reversed(old)}
    for message in found.values():
        flags = ["python-format"] if re.search(r"%\(\w+\)[sd]", message.text + (message.plural or "")) else []
        entry = polib.POEntry(
            msgctxt=message.context,
            msgid=message.text,
            msgid_plural=message.plural or "",
            occurrences=[(name, "") for name in message.files],
            flags=flags,
        )
        was = known.pop(message.key, None)
        source = was if was is not None and (was.msgstr or was.msgstr_plural) else elsewhere.get(message.key)
        take_translation(entry, source)
        new.append(entry)
    for entry in known.values():
        if entry.msgstr or any(entry.msgstr_plural.values()):
            entry.obsolete = True
            entry.occurrences = []
            new.append(entry)
    return new


def take_translation(entry: polib.POEntry, source: polib.POEntry | None) -> None:
    """Give an entry the translation of another one, across a change from or to a plural."""
    text = source.msgstr or source.msgstr_plural.get(0, "") if source is not None else ""
    if entry.msgid_plural:
        entry.msgstr_plural = {0: text}
    else:
        entry.msgstr = text


def merge_all(known: list[str], chosen: list[str], *, prune: bool) -> int:
    """Merge the chosen rooms' texts into their catalogues and print what lacks a translation."""
    lacking = 0
    with alone():
        elsewhere = translations(known)
        for room in chosen:
            found = messages_of(room)
            catalogue = merged(load(room), found, elsewhere)
            if prune:
                catalogue[:] = [entry for entry in catalogue if not entry.obsolete]
            if catalogue or catalogue_path(room).exists():
                save(room, catalogue)
            missing = [entry for entry in catalogue if not entry.obsolete and not is_done(entry)]
            gone = sum(1 for entry in catalogue if entry.obsolete)
            lacking += len(missing)
            print(f"{room}: {len(found)} texts, {len(missing)} to translate" + (f", {gone} obsolete" if gone else ""))
            for entry in missing:
                print(f"    {shown(entry)}")
    return 0 if not lacking else 3


def shown(entry: polib.POEntry) -> str:
    """Return an entry as the lists print it."""
    context = f"[{entry.msgctxt}] " if entry.msgctxt else ""
    return f"{context}{entry.msgid!r}" + (f" / {entry.msgid_plural!r}" if entry.msgid_plural else "")


def set_translations(room: str, source: str) -> int:
    """Set translations from JSON; a text that the room does not have is named and left out."""
    given: dict[str, str] = json.loads(sys.stdin.read() if source == "-" else Path(source).read_text(encoding="utf-8"))
    with alone():
        catalogue = merged(load(room), messages_of(room), {})
        entries = {key_of(entry): entry for entry in catalogue if not entry.obsolete}
        unknown = []
        for text, translation in given.items():
            context, _, msgid = text.rpartition(CONTEXT_SEPARATOR)
            entry = entries.get((context or None, msgid))
            if entry is None:
                unknown.append(text)
                continue
            entry.flags = [flag for flag in entry.flags if flag != "fuzzy"]
            take_translation(entry, polib.POEntry(msgstr=translation))
        save(room, catalogue)
    missing = sum(1 for entry in catalogue if not entry.obsolete and not is_done(entry))
    print(f"{room}: {len(given) - len(unknown)} set, {missing} to translate")
    for text in unknown:
        print(f"    not a text of this room: {text!r}")
    return 1 if unknown else 0


def compile_all(known: list[str]) -> int:
    """Write a .mo beside every catalogue, the words for the libraries too, where it is older or missing."""
    for path in (*map(catalogue_path, known), *PACKAGE.glob("locale/vi/LC_MESSAGES/*.po")):
        target = path.with_suffix(".mo")
        if path.exists() and not (target.exists() and target.stat().st_mtime >= path.stat().st_mtime):
            new = target.with_suffix(f".{os.getpid()}.new")
            polib.pofile(str(path)).save_as_mofile(str(new))
            new.replace(target)
    return 0


# ---------------------------------------------------------------- checking


def check(known: list[str], chosen: list[str]) -> int:
    """Print everything that is wrong with the chosen rooms' catalogues."""
    wrong = faults(known, chosen)
    for line in wrong:
        print(line)
    print(f"{len(wrong)} faults in the catalogues of {', '.join(chosen)}" if wrong else "The catalogues are complete.")
    return 1 if wrong else 0


def faults(known: list[str], chosen: list[str]) -> list[str]:
    """Return what is wrong: missing, fuzzy, unused, contradicting, or filled with other placeholders."""
    wrong = []
    everywhere = translations(known)
    for room in chosen:
        found = messages_of(room)
        catalogue = load(room)
        entries = {key_of(entry): entry for entry in catalogue if not entry.obsolete}
        wrong += [f"{room}: not in the catalogue: {key[1]!r}" for key in found if key not in entries]
        for entry in catalogue:
            if entry.obsolete or key_of(entry) not in found:
                wrong.append(f"{room}: no longer in the code: {shown(entry)}")
            elif not is_done(entry):
                wrong.append(f"{room}: {'fuzzy' if 'fuzzy' in entry.flags else 'no translation'}: {shown(entry)}")
            elif said(entry) != said(everywhere[key_of(entry)]):
                wrong.append(f"{room}: another room says it differently (give one a context): {shown(entry)}")
            else:
                wrong += [f"{room}: {fault}: {shown(entry)}" for fault in form_faults(entry)]
    return wrong


def said(entry: polib.POEntry) -> str:
    """Return the Vietnamese of an entry."""
    text: str = entry.msgstr_plural.get(0, "") if entry.msgid_plural else entry.msgstr
    return text


def form_faults(entry: polib.POEntry) -> list[str]:
    """Return what is wrong with the form of one translation."""
    text = said(entry)
    original = entry.msgid_plural or entry.msgid
    wrong = []
    if placeholders(text) != placeholders(original):
        wrong.append(f"placeholders {sorted(placeholders(text))} instead of {sorted(placeholders(original))}")
    if (text[:1].isspace(), text[-1:].isspace()) != (original[:1].isspace(), original[-1:].isspace()):
        wrong.append("begins or ends with other white space")
    return wrong


def placeholders(text: str) -> set[str]:
    """Return the names that a text is filled with."""
    return {first or second for first, second in PLACEHOLDER.findall(text)}


if __name__ == "__main__":
    sys.exit(main())
