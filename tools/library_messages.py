"""Keep the Vietnamese words of the libraries that the office shows: theirs lack most, and some are wrong.

    tools/library_messages.py                list what a library shows and neither it nor we have in Vietnamese
    tools/library_messages.py --check        fail on that, and on wrong placeholders or words that a library has dropped
    tools/library_messages.py --set FILE     set translations from a JSON object {"msgid": "translation"}
    tools/library_messages.py --prune        forget the words that no library has any more

They stand in liengia/locale/vi/LC_MESSAGES/ (django.po for pages, djangojs.po for scripts), which LOCALE_PATHS puts
before the libraries' own. After an upgrade, the list says what is new. A msgid with a context is written
"context|msgid" with the character U+0004 in place of the bar.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections.abc import Callable
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import messages as ours
import polib
from django.utils.translation.trans_real import CONTEXT_SEPARATOR

Key = ours.Key
DOMAINS = ("django", "djangojs")
# Which of a library's files show words here. The rest is shown nowhere: names of languages, pages for developers,
# sign-in by e-mail or by other sites.
DJANGO = re.compile(r"(^|/)(forms|core|db|utils|contrib/messages)/")
ALLAUTH = re.compile(r"(^|/)(account|mfa)/.*\.py$")


@dataclass(frozen=True)
class Library:
    """A package with catalogues: the folder, the catalogue that lists its msgids, and which of them count."""

    package: str
    listed_in: str = "en"
    shown: Callable[[str], object] = lambda _file: True


LIBRARIES = (
    *(
        Library(f"wagtail{part}")
        for part in (
            "", ".admin", ".images", ".documents", ".users", ".snippets", ".search", ".sites", ".embeds",
            ".contrib.forms", ".contrib.redirects", ".contrib.settings",
        )
    ),
    Library("taggit"),
    Library("django_filters", listed_in="fr"),
    Library("allauth", shown=ALLAUTH.search),
    Library("django.contrib.auth"),
    Library("django.contrib.contenttypes"),
    Library("django.conf", shown=DJANGO.search),
)  # fmt: skip


def folder(package: str) -> Path:
    """Return where a package's catalogues stand, without importing more than its parents."""
    spec = find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        raise SystemExit(f"{package} is not installed")
    return Path(next(iter(spec.submodule_search_locations))) / "locale"


def catalogue(package: str, language: str, domain: str) -> polib.POFile:
    """Return one of a library's catalogues, empty when it has none."""
    path = folder(package) / language / "LC_MESSAGES" / f"{domain}.po"
    return polib.pofile(str(path)) if path.exists() else polib.POFile()


def theirs(domain: str) -> tuple[dict[Key, polib.POEntry], set[Key]]:
    """Return what the libraries show, and what of it they have in Vietnamese themselves."""
    shown: dict[Key, polib.POEntry] = {}
    done: set[Key] = set()
    for library in LIBRARIES:
        translated = {ours.key_of(e) for e in catalogue(library.package, "vi", domain) if ours.is_done(e)}
        for entry in catalogue(library.package, library.listed_in, domain):
            files = [file for file, _line in entry.occurrences] or [""]
            if entry.obsolete or not any(library.shown(file) for file in files):
                continue
            known = shown.setdefault(ours.key_of(entry), entry)
            if entry.msgid_plural and not known.msgid_plural:
                shown[ours.key_of(entry)] = entry
            if ours.key_of(entry) in translated:
                done.add(ours.key_of(entry))
    return shown, done


def path_of(domain: str) -> Path:
    """Return where our words for the libraries stand."""
    return ours.PACKAGE / "locale" / "vi" / "LC_MESSAGES" / f"{domain}.po"


def load(domain: str) -> polib.POFile:
    """Return our words for the libraries."""
    path = path_of(domain)
    found = polib.pofile(str(path), wrapwidth=110) if path.exists() else polib.POFile(wrapwidth=110)
    found.metadata = dict(ours.HEADER)
    return found


def save(domain: str, found: polib.POFile) -> None:
    """Write them, in the order of the English."""
    found.sort(key=lambda entry: (entry.msgid.casefold(), entry.msgid, entry.msgctxt or ""))
    path_of(domain).parent.mkdir(parents=True, exist_ok=True)
    path_of(domain).write_text(str(found).rstrip("\n") + "\n", encoding="utf-8")


def missing(domain: str) -> list[polib.POEntry]:
    """Return what a page of a library would show in English."""
    shown, done = theirs(domain)
    own = {ours.key_of(entry) for entry in load(domain) if ours.is_done(entry)}
    if domain == "django":
        own |= set(ours.translations(ours.rooms()))
    return [entry for key, entry in shown.items() if key not in done and key not in own]


def faults(domain: str) -> list[str]:
    """Return what is wrong with our words: not a library's any more, other placeholders, other than a room's own."""
    shown, _done = theirs(domain)
    rooms = ours.translations(ours.rooms()) if domain == "django" else {}
    wrong = []
    for entry in load(domain):
        text = entry.msgstr or entry.msgstr_plural.get(0, "")
        if ours.key_of(entry) not in shown:
            wrong.append(f"no library says {ours.shown(entry)} any more (--prune)")
        if not text:
            wrong.append(f"{ours.shown(entry)} has no translation")
        one, many = placeholders(entry.msgid), placeholders(entry.msgid_plural or entry.msgid)
        if not one & many <= placeholders(text) <= one | many:
            wrong.append(f"{ours.shown(entry)}: the placeholders differ in {text!r}")
        room = rooms.get(ours.key_of(entry))
        if room is not None and (room.msgstr or room.msgstr_plural.get(0, "")) != text:
            wrong.append(f"{ours.shown(entry)}: a room says {room.msgstr!r}, here stands {text!r}")
    return wrong


def placeholders(text: str) -> set[str]:
    """Return a text's placeholders; each may stand more than once, since Vietnamese has other orders."""
    return set(re.findall(r"%\(\w+\)[a-z]|%[sd]|(?<!\{)\{\w*\}(?!\})", text))


def set_words(source: str) -> int:
    """Set translations from a file in both catalogues, wherever a library shows them."""
    given: dict[str, str] = json.loads(Path(source).read_text(encoding="utf-8"))
    unknown = set(given)
    for domain in DOMAINS:
        shown, _done = theirs(domain)
        found = load(domain)
        entries = {ours.key_of(entry): entry for entry in found}
        rooms = ours.translations(ours.rooms()) if domain == "django" else {}
        for name, text in given.items():
            context, _, msgid = name.rpartition(CONTEXT_SEPARATOR)
            key = (context or None, msgid)
            if key not in shown:
                continue
            unknown.discard(name)
            if key in rooms:
                continue
            entry = entries.get(key)
            if entry is None:
                like = shown[key]
                entry = polib.POEntry(msgctxt=key[0], msgid=msgid, msgid_plural=like.msgid_plural, flags=like.flags)
                found.append(entry)
            ours.take_translation(entry, polib.POEntry(msgstr=text))
        save(domain, found)
    for name in sorted(unknown):
        print(f"    no library shows {name!r}")
    return 1 if unknown else 0


def prune() -> int:
    """Forget what no library shows any more."""
    for domain in DOMAINS:
        shown, _done = theirs(domain)
        found = load(domain)
        found[:] = [entry for entry in found if ours.key_of(entry) in shown]
        save(domain, found)
    return 0


def report(*, check: bool) -> int:
    """Print what is missing and, when checking, what is wrong."""
    lacking = {domain: missing(domain) for domain in DOMAINS}
    wrong = [fault for domain in DOMAINS for fault in faults(domain)] if check else []
    for domain, entries in lacking.items():
        print(f"libraries, {domain}: {len(load(domain))} words of ours, {len(entries)} to translate")
        for entry in entries:
            print(f"    {ours.shown(entry)}")
    for fault in wrong:
        print(f"    {fault}")
    return 3 if any(lacking.values()) or wrong else 0


def main() -> int:
    """Do what the command line asks."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    what = parser.add_mutually_exclusive_group()
    what.add_argument("--check", action="store_true")
    what.add_argument("--prune", action="store_true")
    what.add_argument("--set", metavar="FILE")
    asked = parser.parse_args()
    if asked.set:
        return set_words(asked.set)
    return prune() if asked.prune else report(check=asked.check)


if __name__ == "__main__":
    sys.exit(main())
