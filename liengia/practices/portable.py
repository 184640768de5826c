"""A practice as a file, so that it spreads past one installation: writing it, and reading one that may be hostile.

The file is a ZIP with `manifest.json` and the materials, each under its own SHA-256. The format is described in
docs/areas/practices.md; `VERSION` rises when an older reader could no longer read it. What is read is looked at whole
before anything is kept: sizes while unpacking, names, types, days, and that no practice comes from itself.
"""

from __future__ import annotations

import hashlib
import io
import json
import lzma
import re
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final
from urllib.parse import urlsplit
from uuid import UUID

from django.conf import settings
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from liengia.core import clock
from liengia.core.errors import Invalid
from liengia.core.text import nfc
from liengia.opinions.documents import LARGEST
from liengia.practices import files, queries
from liengia.practices.models import ActKind, Basis, Material, Practice, PracticeKind, PracticeState, Revision

FORMAT: Final = "liengia-practice"
VERSION: Final = 1
LARGEST_FILE: Final = 60 * 2**20
MOST_UNPACKED: Final = 120 * 2**20
LARGEST_MANIFEST: Final = 2 * 2**20
MOST_ENTRIES: Final = 121
MOST_PRACTICES: Final = 50
MOST_LINES: Final = 60
_NAME: Final = re.compile(r"tep/[0-9a-f]{64}\.(pdf|docx|webp)", re.ASCII)

# What the fields of a file are called where one of them is refused; the rest keep the name they have in it.
_LABELS: Final[Mapping[str, Any]] = {
    "name": _("name"), "kind": _("area of work"), "summary": _("in one sentence"), "place": _("where it runs"), "state": _("state"), "started_on": _("runs since"),
    "ended_on": _("ended on"), "end_reason": _("why it ended"), "decision_number": _("founding decision, number"), "decision_on": _("founding decision, date"),
    "leading": _("who leads"), "agreement": _("coordination, in words"), "office": _("office that answers questions"), "office_phone": _("phone of the office"),
    "problem": _("the problem it answers"), "how": _("how it works"), "changed": _("what changed, and why"), "cost": _("cost (dong)"), "cost_words": _("who pays, and for what"),
    "title": _("title"), "what": _("what is needed"), "body": _("body that acts"), "on": _("date of the paper"), "words": _("what it says, in short"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class TakenFile:
    """A material of a file: its title, the fingerprint it came under, and what was looked at."""

    title: str
    source_sha256: str
    checked: files.Checked


@dataclass(frozen=True, slots=True)
class Taken:
    """One practice of a file, looked at; `notes` say what of it is left out, `source` from which site the file says that it came."""

    uuid: UUID
    parent: UUID | None
    family: UUID
    facts: Mapping[str, Any]
    revisions: tuple[Mapping[str, Any], ...]
    acts: tuple[Mapping[str, Any], ...]
    materials: tuple[TakenFile, ...] = field(default=())
    notes: tuple[str, ...] = field(default=())
    source: str = ""


# Writing


def export(practice: Practice) -> bytes:
    """Return a practice with its files, and those it came from in short, as one file; the same rows give the same bytes."""
    line = _line(practice)
    materials = list(practice.materials.filter(is_evidence=False))
    manifest = {
        "format": FORMAT, "version": VERSION, "subject": str(practice.uuid), "source": own_site(),
        "practices": [_described(one, materials if one.pk == practice.pk else []) for one in line],
    }  # fmt: skip
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        target.writestr(_entry("manifest.json"), json.dumps(manifest, ensure_ascii=False, indent=1, sort_keys=True).encode())
        for one in materials:
            target.writestr(_entry(f"tep/{one.sha256}.{one.ending}"), bytes(one.data))
    return out.getvalue()


def own_site() -> str:
    """Return the address by which people know this installation, without its scheme."""
    return urlsplit(str(settings.PUBLIC_URL)).netloc


def _entry(name: str) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
    entry.compress_type = zipfile.ZIP_DEFLATED
    return entry


def _line(practice: Practice) -> list[Practice]:
    """Return those it came from that everybody may read, the first one first, and itself."""
    found, one = [practice], _above(practice)
    while one is not None and len(found) < MOST_PRACTICES:
        found.insert(0, one)
        one = _above(one)
    return found


def _above(practice: Practice) -> Practice | None:
    """Return the nearest that it came from and that everybody may read."""
    one = practice.replicated_from
    while one is not None and not queries.shown().filter(pk=one.pk).exists():
        one = one.replicated_from
    return one


def _described(practice: Practice, materials: list[Material]) -> dict[str, Any]:
    origin = _above(practice)
    return {
        "uuid": str(practice.uuid), "family": str(practice.family), "parent": str(origin.uuid) if origin else None,
        "name": practice.name, "kind": practice.kind, "summary": practice.summary, "place": practice.place, "state": practice.state,
        "started_on": _iso(practice.started_on), "ended_on": _iso(practice.ended_on), "end_reason": practice.end_reason,
        "decision_number": practice.decision_words, "decision_on": _iso(practice.decision_on),
        "leading": practice.who_leads[:300], "agreement": practice.coordination[:300], "office": practice.office, "office_phone": practice.office_phone,
        "revisions": [_revision(one) for one in practice.revisions.order_by("number").prefetch_related("needs")],
        "acts": [
            {"kind": one.kind, "body": one.body_name, "on": _iso(one.on), "number": one.sign, "words": one.words}
            for one in practice.acts.select_related("body", "paper__issuer") if one.paper is None or one.paper.state == "issued"
        ],
        "materials": [{"title": one.title, "file": f"tep/{one.sha256}.{one.ending}", "sha256": one.sha256, "size": one.size} for one in materials],
    }  # fmt: skip


def _revision(one: Revision) -> dict[str, Any]:
    return {
        "number": one.number, "on": _iso(one.on), "changed": one.changed, "problem": one.problem, "how": one.how,
        "cost": one.cost, "cost_basis": one.cost_basis, "cost_words": one.cost_words,
        "needs": [{"what": need.what, "quantity": need.quantity, "basis": need.basis, "count": need.count} for need in one.needs.all()],
    }  # fmt: skip


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day is not None else None


# Reading


def read(data: bytes) -> list[Taken]:
    """Return the practices of a file, each after the one it came from.

    Raises:
        Invalid: no such file, too large, packed to burst, with other names in it, altered, of a later version, with
            values that cannot be, or with a circle (code "bad_file").
    """
    if len(data) > LARGEST_FILE:
        raise bad(_("it is larger than 60 MB"))
    manifest, parts = _unpacked(data)
    if not isinstance(manifest, dict) or manifest.get("format") != FORMAT:
        raise bad(_("it holds no practice"))
    if manifest.get("version") != VERSION:
        raise bad(_("it was written by a later version"))
    rows = _list(manifest, "practices", MOST_PRACTICES)
    if not rows:
        raise bad(_("it holds no practice"))
    source = _text(manifest, "source", 200, required=False)
    taken = [_taken(row, parts, source) for row in rows]
    used = {f"tep/{one.source_sha256}" for row in taken for one in row.materials}
    if used != {name.rpartition(".")[0] for name in parts}:
        raise bad(_("it holds files that belong to no practice"))
    return _in_order(taken)


def bad(why: Any) -> Invalid:
    """Return the refusal of a file, with the reason."""
    return Invalid(_("This file cannot be taken: %(why)s. Nothing was kept.") % {"why": why}, code="bad_file", field="file")


def _unpacked(data: bytes) -> tuple[Any, dict[str, bytes]]:
    broken = bad(_("it is no whole ZIP file"))
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as source:
            entries = source.infolist()
            names = [entry.filename for entry in entries]
            if len(entries) > MOST_ENTRIES or len(set(names)) != len(names):
                raise bad(_("it holds too many files, or one twice"))
            if "manifest.json" not in names or any(name != "manifest.json" and not _NAME.fullmatch(name) for name in names):
                raise bad(_("it holds a file that does not belong into it"))
            if any(entry.flag_bits & 1 or entry.is_dir() or entry.external_attr >> 28 == 0xA for entry in entries):
                raise bad(_("it holds something locked, or a link"))
            parts, left = {}, MOST_UNPACKED
            for entry in entries:
                most = LARGEST_MANIFEST if entry.filename == "manifest.json" else LARGEST
                # What is told of the size may be a lie: what really comes is counted.
                with source.open(entry) as stream:
                    parts[entry.filename] = stream.read(most + 1)
                left -= len(parts[entry.filename])
                if len(parts[entry.filename]) > most or left < 0:
                    raise bad(_("unpacked it is too large"))
    except (zipfile.BadZipFile, zlib.error, lzma.LZMAError, RuntimeError, NotImplementedError, EOFError, OSError, ValueError, OverflowError, MemoryError) as error:
        raise broken from error
    try:
        return json.loads(parts.pop("manifest.json").decode()), parts
    except (ValueError, RecursionError) as error:
        raise bad(_("its description cannot be read")) from error


def _in_order(taken: list[Taken]) -> list[Taken]:
    """Put each after the one it came from; refuse the same one twice, a circle, or two lines in one file."""
    by_uuid = {one.uuid: one for one in taken}
    if len(by_uuid) != len(taken):
        raise bad(_("a practice stands in it twice"))
    if len({one.family for one in taken}) != 1:
        raise bad(_("it holds more than one line of practices"))
    ordered: dict[UUID, Taken] = {}
    while len(ordered) < len(taken):
        ready = [one for one in taken if one.uuid not in ordered and (one.parent not in by_uuid or one.parent in ordered)]
        if not ready:
            raise bad(_("a practice in it comes from itself"))
        ordered.update({one.uuid: one for one in ready})
    return list(ordered.values())


def _taken(row: Any, parts: dict[str, bytes], source: str) -> Taken:
    if not isinstance(row, dict):
        raise bad(_("its description cannot be read"))
    state = _choice(row, "state", PracticeState.values, None)
    started, ended = _day(row, "started_on"), _day(row, "ended_on")
    reason = _text(row, "end_reason", 2_000, required=state == PracticeState.ENDED)
    if (state == PracticeState.RUNNING and started is None) or (state == PracticeState.ENDED) != (ended is not None) or (started and ended and ended < started):
        raise bad(_("the days of a practice in it cannot be"))
    facts = {
        "name": _text(row, "name", 160), "kind": _choice(row, "kind", PracticeKind.values, PracticeKind.OTHER), "summary": _text(row, "summary", 300),
        "place_words": _text(row, "place", 200), "state": state, "started_on": started, "ended_on": ended,
        "end_reason": reason if state == PracticeState.ENDED else "", "decision_number": _text(row, "decision_number", 60, required=False),
        "decision_on": _day(row, "decision_on"), "leading_words": _text(row, "leading", 300, required=False),
        "agreement_words": _text(row, "agreement", 300, required=False), "office": _text(row, "office", 200, required=False), "office_phone": _phone(row),
    }  # fmt: skip
    revisions = tuple(_taken_revision(one) for one in _list(row, "revisions", MOST_LINES))
    if not revisions or len({one["number"] for one in revisions}) != len(revisions):
        raise bad(_("the revisions of a practice in it cannot be"))
    acts = tuple(_taken_act(one) for one in _list(row, "acts", MOST_LINES))
    materials = tuple(_taken_file(one, parts) for one in _list(row, "materials", MOST_LINES))
    if len({one.source_sha256 for one in materials}) != len(materials):
        raise bad(_("a file stands in it twice"))
    own, parent = _uuid(row, "uuid"), _uuid(row, "parent") if row.get("parent") is not None else None
    # The first of its line need not be in the file: one whose page is hidden is never in it.
    family = _uuid(row, "family")
    if parent == own:
        raise bad(_("a practice in it comes from itself"))
    return Taken(own, parent, family, facts, revisions, acts, materials, _left_out(row, facts), source)


def _left_out(row: Any, facts: Mapping[str, Any]) -> tuple[str, ...]:
    """Say what of a row is not taken as it stands in the file."""
    found = []
    if row.get("office_phone") and not facts["office_phone"]:
        found.append(gettext("its phone number, for it is no fixed line of an office"))
    if row["kind"] != facts["kind"]:
        found.append(gettext("its area of work, which is not known here: it stands under “another field”"))
    return tuple(found)


def _taken_revision(row: Any) -> Mapping[str, Any]:
    needs = [
        {"what": _text(one, "what", 200), "quantity": _number(one, "quantity", 1, 1_000_000), "basis": _choice(one, "basis", Basis.values, None),
         "count": _text(one, "count", 60, required=False)}
        for one in _list(row, "needs", 30)
    ]  # fmt: skip
    return {
        "number": _number(row, "number", 1, 999), "on": _day(row, "on", required=True), "changed": _text(row, "changed", 8_000, required=False),
        "problem": _text(row, "problem", 8_000), "how": _text(row, "how", 8_000),
        "cost": None if row.get("cost") is None else _number(row, "cost", 0, 10**12), "cost_basis": _choice(row, "cost_basis", Basis.values, None),
        "cost_words": _text(row, "cost_words", 300, required=False), "needs": needs,
    }  # fmt: skip


def _taken_act(row: Any) -> Mapping[str, Any]:
    return {
        "kind": _choice(row, "kind", ActKind.values, None), "body_words": _text(row, "body", 200), "on": _day(row, "on", required=True),
        "number": _text(row, "number", 60), "words": _text(row, "words", 2_000, required=False),
    }  # fmt: skip


def _taken_file(row: Any, parts: dict[str, bytes]) -> TakenFile:
    name, told = _text(row, "file", 80), _text(row, "sha256", 64)
    data = parts.get(name)
    if data is None or name.partition("/")[2].partition(".")[0] != told or hashlib.sha256(data).hexdigest() != told:
        raise bad(_("a file in it is missing or was altered"))
    checked = files.check(data)
    if name.rpartition(".")[2] != checked.ending:
        raise bad(_("a file in it is not what it is named"))
    return TakenFile(_text(row, "title", 160), told, checked)


def _list(row: Any, name: str, most: int) -> list[Any]:
    found = row.get(name, []) if isinstance(row, dict) else None
    if not isinstance(found, list) or len(found) > most:
        raise _cannot_be(name)
    return found


def _text(row: Any, name: str, longest: int, *, required: bool = True) -> str:
    found = row.get(name, "") if isinstance(row, dict) else None
    if not isinstance(found, str):
        raise _cannot_be(name)
    if any(_is_bad(sign) for sign in found):
        raise bad(_("“%(name)s” of a practice in it holds signs that no text has") % {"name": _said(name)})
    text = nfc(found).strip()
    if len(text) > longest:
        raise bad(_("“%(name)s” of a practice in it is longer than %(most)s characters") % {"name": _said(name), "most": longest})
    if required and not text:
        raise bad(_("“%(name)s” of a practice in it is empty") % {"name": _said(name)})
    return text


def _is_bad(sign: str) -> bool:
    """Tell of controls, halves of letters, and signs that turn the writing round, by which a name would be read as another."""
    return (sign < " " and sign not in "\n\t") or "\x7f" <= sign <= "\x9f" or "\ud800" <= sign <= "\udfff" or sign in "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"


def _said(name: str) -> Any:
    return _LABELS.get(name, name)


def _cannot_be(name: str) -> Invalid:
    return bad(_("“%(name)s” in its description cannot be") % {"name": _said(name)})


def _number(row: Any, name: str, least: int, most: int) -> int:
    found = row.get(name) if isinstance(row, dict) else None
    if type(found) is not int or not least <= found <= most:
        raise _cannot_be(name)
    return found


def _choice(row: Any, name: str, among: list[str], otherwise: str | None) -> str:
    found = _text(row, name, 40)
    if found in among:
        return found
    if otherwise is None:
        raise _cannot_be(name)
    return otherwise


def _day(row: Any, name: str, *, required: bool = False) -> date | None:
    found = row.get(name) if isinstance(row, dict) else None
    if found is None and not required:
        return None
    try:
        day = date.fromisoformat(found if isinstance(found, str) else "")
    except ValueError:
        day = date.max
    if clock.today() < day < date.max:
        raise bad(_("“%(name)s” of a practice in it is a day that has not come yet") % {"name": _said(name)})
    if not date(1975, 4, 30) <= day <= clock.today():
        raise _cannot_be(name)
    return day


def _uuid(row: Any, name: str) -> UUID:
    try:
        return UUID(_text(row, name, 36))
    except ValueError:
        raise _cannot_be(name) from None


def _phone(row: Any) -> str:
    """Return an office's phone; a mobile number is a person's and is left out."""
    from django.core.exceptions import ValidationError

    from liengia.core.fields import parse_phone
    from liengia.organisations.models import is_mobile

    raw = _text(row, "office_phone", 16, required=False)
    try:
        number = parse_phone(raw) if raw else ""
    except ValidationError:
        return ""
    return "" if number and is_mobile(number) else number
