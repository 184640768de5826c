"""Writing, sealing, verifying and erasing. Every service of every room ends in `record`."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from django.db import connection, models, transaction
from django.utils.translation import gettext_lazy as _

from liengia.audit import kinds
from liengia.audit.models import GENESIS, Entry, PersonalText, about_pair, canonical, plain
from liengia.core import clock
from liengia.core.actor import Actor
from liengia.core.db import bulk
from liengia.core.errors import Invalid

SEAL_BATCH: Final = 250
READ_AGAIN_AFTER: Final = timedelta(minutes=5)
# A fact under one of these names is personal by its nature; it goes to the erasable text whoever writes it.
PERSONAL_NAMES: Final = frozenset(
    {"phone", "email", "full_name", "head_name", "person", "address", "address_label", "landmark", "lat", "lon"}
)
ERASED: Final = "audit.personal_text_erased"
_SEAL_LOCK: Final = 0x6C69656E  # "lien", the key of PostgreSQL's advisory lock


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """One act to be recorded with others: as `record` takes it, without personal facts."""

    kind: str
    actor: Actor
    about: models.Model | tuple[str, str]
    at: datetime
    unit: int | None
    facts: Mapping[str, object]


def record(
    kind: str,
    *,
    actor: Actor,
    about: models.Model | tuple[str, str],
    at: datetime | None = None,
    unit: models.Model | int | None = None,
    facts: Mapping[str, object] | None = None,
    personal: Mapping[str, object] | None = None,
) -> Entry:
    """Write one entry in the caller's transaction, unchained; the worker seals it after commit.

    `facts` hold no personal data; `personal` goes into an erasable, encrypted row of which the entry keeps a
    salted hash.

    Raises:
        UnknownKind: no room has registered the kind.
    """
    meaning = kinds.get(kind)
    when = at or clock.now()
    erasable = dict(personal or {})
    kept: dict[str, object] = {}
    for name, value in (facts or {}).items():
        if name in PERSONAL_NAMES:
            erasable[name] = value
        else:
            kept[name] = value
    text = canonical(erasable).decode() if erasable else ""
    salt = secrets.token_hex(16) if text else ""
    key = unit.pk if isinstance(unit, models.Model) else unit
    with transaction.atomic(savepoint=False):
        entry = _entry(kind, actor, about, when, key, kept)
        entry.personal_hash = PersonalText.salted_hash(salt, text) if text else ""
        entry.save(force_insert=True)
        if text:
            PersonalText.objects.create(entry=entry, salt=salt, text=text, erase_at=when + meaning.keep)
    return entry


def record_all(acts: Iterable[Act]) -> None:
    """Write many entries at once in the caller's transaction, each as `record` would.

    Raises:
        UnknownKind: no room has registered a kind.
        ValueError: a fact is personal by its name: that needs `record`.
    """
    entries = []
    for act in acts:
        kinds.get(act.kind)
        if personal := PERSONAL_NAMES & act.facts.keys():
            raise ValueError(f"{act.kind}: {', '.join(sorted(personal))} would not be erasable; use record.")
        entries.append(_entry(act.kind, act.actor, act.about, act.at, act.unit, act.facts))
    bulk.insert(entries)


def _entry(
    kind: str,
    actor: Actor,
    about: models.Model | tuple[str, str],
    at: datetime,
    unit: int | None,
    facts: Mapping[str, object],
) -> Entry:
    type_, id_ = about_pair(about)
    return Entry(
        kind=kind,
        at=at,
        actor_kind=str(actor.kind),
        actor_id=actor.id,
        about_type=type_,
        about_id=id_,
        unit_id=unit,
        facts=plain(facts),
    )


def record_read(
    kind: str,
    *,
    actor: Actor,
    about: models.Model | tuple[str, str],
    unit: models.Model | int | None = None,
    facts: Mapping[str, object] | None = None,
) -> Entry | None:
    """Record that somebody saw sensitive data; a page reloaded within five minutes is one reading.

    Raises:
        UnknownKind: no room has registered the kind.
        ValueError: the kind is not one of reading.
    """
    if not kinds.get(kind).is_read:
        raise ValueError(f"{kind}: this kind of entry is not one of reading (is_read).")
    type_, id_ = about_pair(about)
    since = clock.now() - READ_AGAIN_AFTER
    same = {"actor_kind": str(actor.kind), "actor_id": actor.id, "about_type": type_, "about_id": id_}
    if Entry.objects.filter(kind=kind, at__gte=since, **same).exists():
        return None
    return record(kind, actor=actor, about=about, unit=unit, facts=facts)


def seal(*, limit: int = SEAL_BATCH) -> int:
    """Chain up to `limit` committed entries and return how many; called by the worker alone.

    1. Take the sealers' lock: an advisory lock on PostgreSQL, the write lock on SQLite; another sealer gives way.
    2. Read the head of the chain (the entry with the highest number).
    3. Take the entries without a number that are visible, hence committed, by id. One that commits later with a
       lower id simply gets a later number: the order is that of sealing, and no entry can be jumped over.
    4. Give each its number, the hash before it and its own hash, in one transaction: a kill -9 leaves all or none.
    """
    if not Entry.objects.filter(seq__isnull=True).exists():
        return 0
    with transaction.atomic(), connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [_SEAL_LOCK])
            if not cursor.fetchone()[0]:
                return 0
        head = Entry.objects.filter(seq__isnull=False).order_by("-seq").values_list("seq", "hash").first()
        seq, last = head if head else (0, GENESIS)
        rows: list[tuple[int, str, str, int]] = []
        for entry in Entry.objects.filter(seq__isnull=True).order_by("pk")[:limit]:
            seq = int(seq or 0) + 1
            before, last = str(last), entry.sealed_hash(seq, str(last))
            rows.append((seq, before, last, entry.pk))
        cursor.executemany(
            "UPDATE audit_entry SET seq = %s, prev_hash = %s, hash = %s WHERE id = %s AND seq IS NULL", rows
        )
    return len(rows)


@dataclass(slots=True)
class Verification:
    """What a walk over the chain found."""

    sealed: int = 0
    head: str = GENESIS
    tail: int = 0
    oldest_tail: datetime | None = None
    broken_at: int | None = None
    why: str = ""
    altered_texts: list[int] = field(default_factory=list)
    erased_texts: int = 0

    @property
    def is_whole(self) -> bool:
        """Tell whether no link and no personal text was found changed."""
        return self.broken_at is None and not self.altered_texts


def verify(*, anchor: tuple[int, str] | None = None) -> Verification:
    """Walk the whole chain and compare every link; stop at the first that is broken.

    `anchor` is a (number, hash) noted earlier outside this database: it shows a chain that was cut off at its end
    or written anew from the start, which the chain alone cannot show.
    """
    found = Verification()
    entries = Entry.objects.filter(seq__isnull=False).order_by("seq").select_related("personal")
    for entry in entries.iterator(chunk_size=2000):
        expected = found.sealed + 1
        found.why = _why_broken(entry, expected, found.head, anchor)
        if found.why:
            found.broken_at = expected
            break
        found.sealed, found.head = expected, str(entry.hash)
        _compare_text(entry, found)
    if anchor and found.broken_at is None and found.sealed < anchor[0]:
        found.broken_at = found.sealed + 1
        found.why = str(_("the chain ends before the anchor"))
    tail = Entry.objects.filter(seq__isnull=True)
    found.tail = tail.count()
    found.oldest_tail = tail.order_by("recorded_at").values_list("recorded_at", flat=True).first()
    return found


def _why_broken(entry: Entry, expected: int, head: str, anchor: tuple[int, str] | None) -> str:
    """Say why an entry is not the link that was sealed after `head`; empty when it is."""
    if entry.seq != expected:
        return str(_("entry %(seq)s is missing") % {"seq": expected})
    if entry.prev_hash != head:
        return str(_("it does not follow the entry before it"))
    if entry.hash != entry.sealed_hash(expected, head):
        return str(_("its content is not what was sealed"))
    if anchor and anchor[0] == expected and anchor[1] != entry.hash:
        return str(_("it is not the entry that was noted as anchor"))
    return ""


def _compare_text(entry: Entry, found: Verification) -> None:
    """Note whether an entry's personal text was erased, or altered."""
    if not entry.personal_hash:
        return
    text = getattr(entry, "personal", None)
    if text is None:
        found.erased_texts += 1
    elif PersonalText.salted_hash(text.salt, text.text) != entry.personal_hash:
        found.altered_texts.append(found.sealed)


def erase(
    *,
    actor: Actor,
    reason: str,
    about: models.Model | tuple[str, str] | None = None,
    entries: Iterable[int] | None = None,
    limit: int = 500,
) -> int:
    """Erase the personal text of entries, with its salt, and record that it was done; the chain stays whole.

    Give what the entries are about, or their ids. At most `limit` texts go in one call: call again until it
    returns 0.

    Raises:
        Invalid: no reason, or nothing to erase is named.
    """
    if not reason.strip():
        raise Invalid(_("Say why the personal data is erased; nothing was erased."), code="reason_missing")
    texts = PersonalText.objects.all()
    if about is not None:
        type_, id_ = about_pair(about)
        texts = texts.filter(entry__about_type=type_, entry__about_id=id_).exclude(entry__kind=ERASED)
    if entries is not None:
        texts = texts.filter(pk__in=list(entries))
    if about is None and entries is None:
        raise Invalid(_("Say whose entries are meant; nothing was erased."), code="scope_missing")
    return _erase(texts, actor=actor, reason=reason, limit=limit, about=about or ("audit.Entry", ""))


def erase_expired(*, at: datetime | None = None, limit: int = 500) -> int:
    """Erase personal texts whose period has ended; called by the worker."""
    texts = PersonalText.objects.filter(erase_at__lte=at or clock.now())
    about = ("audit.Entry", "")
    return _erase(texts, actor=Actor.system("worker"), reason="period ended", limit=limit, about=about)


def _erase(
    texts: models.QuerySet[PersonalText],
    *,
    actor: Actor,
    reason: str,
    limit: int,
    about: models.Model | tuple[str, str],
) -> int:
    with transaction.atomic():
        chosen = list(texts.order_by("pk").values_list("pk", flat=True)[:limit])
        if not chosen:
            return 0
        PersonalText.objects.filter(pk__in=chosen).delete()
        facts = {"texts": len(chosen), "first": chosen[0], "last": chosen[-1]}
        record(ERASED, actor=actor, about=about, facts=facts, personal={"reason": reason})
    return len(chosen)
