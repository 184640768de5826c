"""Search over public texts of all rooms, in an index that the database itself has (FTS5, or tsvector with GIN).

A room puts in what everybody may read, in the transaction that publishes it, and takes it out in the one that
withdraws it; nothing else is ever in the index. Vietnamese is written in syllables, each of which is common, so the
index holds *pairs of neighbouring syllables* beside single ones, each in two forms:

1. exact: NFC, lower case ("cần_đước"); 2. folded: without diacritics, đ as d ("can_duoc").

A question is asked in six steps, each newest first, until the page is full: what is called so (its whole title, or a
name of the place whose page it is), its pairs exactly in the title, exactly anywhere, folded in the title, folded
anywhere, and all its syllables anywhere in any order; one without diacritics is asked of titles before texts. So "can
duoc" finds "Cần Đước", its commune's own page first, and who types "Cần Đước" sees it before "căn được". Texts in NFD
are found by NFC and the other way round. What has kin on a page of results (a practice that runs in many places)
stands there once, the others with it.
"""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import lru_cache
from itertools import pairwise
from typing import Final

from django.db import connection, transaction
from django.utils.functional import Promise
from django.utils.safestring import SafeString, mark_safe

from liengia.core.models import SearchEntry
from liengia.core.text import fold, nfc

WORDS_ASKED: Final = 12
WORDS_KEPT: Final = 4000
EXCERPT_LETTERS: Final = 180
PAGE: Final = 20
# Past so many results people ask anew; counting further costs more than it says.
DEEPEST: Final = 400
# What PostgreSQL may hold of texts that are not in the index yet while all are indexed anew.
MANY: Final = "64MB"
_WORD: Final = re.compile(r"[^\W_]+")
_NO_WORD: Final = re.compile(r"\W")


@dataclass(frozen=True, slots=True)
class Entry:
    """One public text: what it is (`kind`, `key`), where it stands, and what is searched of it.

    `unit_ids` are the units it belongs to (whoever asks for one of them finds it); `place_names` are further names,
    old and new, under which people look for its place; `known_as` are what it is itself called beside its title: who
    asks for exactly that sees it first.
    """

    kind: str
    key: str
    title: str
    body: str
    url: str
    published_at: datetime
    unit_ids: tuple[int, ...] = ()
    place_names: tuple[str, ...] = ()
    known_as: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Other:
    """What is of one family with a result on the same page: how it differs, and where it stands."""

    label: str
    url: str


@dataclass(frozen=True, slots=True)
class Hit:
    """One result: the title, and the place of the text where the question stands, both with <mark>; `others` of its family."""

    kind: str
    key: str
    url: str
    published_at: datetime
    title: SafeString
    excerpt: SafeString
    others: tuple[Other, ...] = ()


@dataclass(frozen=True, slots=True)
class Found:
    """A page of results; `has_more` tells whether another one follows."""

    hits: list[Hit] = field(default_factory=list)
    has_more: bool = False


Source = Callable[[], Iterable[Entry]]
Hide = Callable[[Collection[str]], Collection[str]]
Kin = Callable[[Collection[str]], Mapping[str, tuple[str, str]]]
_sources: dict[str, Source] = {}
_hides: dict[str, Hide] = {}
_kin: dict[str, Kin] = {}
_names: dict[str, str | Promise] = {}


def register_source(kind: str, entries: Source, *, name: str | Promise, hide: Hide | None = None, kin: Kin | None = None) -> None:
    """Say how readers call a kind and where all its entries come from (`liengia reindex`); called from `AppConfig.ready`.

    `hide` returns, of the keys on a page of results, those that nobody reads now (a commune can switch a room off, and on again);
    `kin` returns for them of which family each is, and in a word how it differs from the others (its place).
    """
    _sources[kind], _names[kind] = entries, name
    if hide is not None:
        _hides[kind] = hide
    if kin is not None:
        _kin[kind] = kin


def kinds() -> list[str]:
    """Return the kinds of entries that rooms have registered."""
    return sorted(_sources)


def names() -> list[tuple[str, str | Promise]]:
    """Return each kind with the name that readers know it by, as choices."""
    return sorted(_names.items())


def put(entry: Entry) -> None:
    """Put a public text into the index, in place of an earlier one of the same kind and key; in your transaction."""
    put_all([entry])


@transaction.atomic
def put_all(entries: Sequence[Entry]) -> None:
    """Put public texts of one kind into the index, each in place of an earlier one of the same key; a few statements for all of them."""
    for kind in {entry.kind for entry in entries}:
        _remove(kind, [entry.key for entry in entries if entry.kind == kind])
    free = _free_places([entry.published_at for entry in entries])
    rows = [
        SearchEntry(
            place=place,
            kind=entry.kind,
            key=entry.key,
            title=nfc(entry.title),
            body=nfc(entry.body)[:60_000],
            url=entry.url,
            published_at=entry.published_at,
        )
        for place, entry in zip(free, entries, strict=True)
    ]
    SearchEntry.objects.bulk_create(rows)
    _index().add([(place, _tokens_of(entry)) for place, entry in zip(free, entries, strict=True)])


def remove(kind: str, key: str) -> None:
    """Take a text out of the index; nothing happens when it is not there."""
    with transaction.atomic():
        _remove(kind, [key])


def _remove(kind: str, keys: Sequence[str]) -> None:
    places = list(SearchEntry.objects.filter(kind=kind, key__in=keys).values_list("place", flat=True))
    if places:
        _index().remove(places)
        SearchEntry.objects.filter(place__in=places).delete()


def rebuild(kind: str, *, chunk: int = 20) -> int:
    """Index all entries of a kind anew, in small transactions; return how many there are. Readers miss nothing meanwhile."""
    known = set(SearchEntry.objects.filter(kind=kind).values_list("key", flat=True))
    count = 0
    with _index().for_many():
        for part in _chunks(_sources[kind](), chunk):
            put_all(part)
            known.difference_update(entry.key for entry in part)
            count += len(part)
    for key in known:
        remove(kind, key)
    return count


def find(
    question: str, *, kinds: Collection[str] = (), unit_ids: Collection[int] = (), offset: int = 0, limit: int = PAGE
) -> Found:
    """Return a page of results, exact ones first, then newest first; nothing for a question without a word.

    `kinds` and `unit_ids` narrow it down to any of them. Costs six reads of the index at most.
    """
    words = words_of(question)[:WORDS_ASKED]
    if not words or offset >= DEEPEST:
        return Found()
    marks = [[_kind_mark(kind) for kind in sorted(kinds)], [f"u_{pk}" for pk in sorted(unit_ids)]]
    wanted = min(offset + limit, DEEPEST) + 1
    places: dict[int, bool] = {}  # whether the words of the question stand in it together, or each for itself
    for step, is_together in _steps(words):
        if len(places) >= wanted:
            break
        for place in _index().find(step, [one for one in marks if one], limit=wanted):
            places.setdefault(place, is_together)
    shown = list(places)[offset : offset + limit]
    rows = {row.place: row for row in _readable(list(SearchEntry.objects.filter(place__in=shown)))}
    hits = [_hit(rows[place], words, are_pairs=places[place]) for place in shown if place in rows]
    return Found(_gathered(hits), has_more=len(places) > offset + limit and offset + limit < DEEPEST)


def _gathered(hits: Sequence[Hit]) -> list[Hit]:
    """Return the results with each family once, where its first stands."""
    kin: dict[tuple[str, str], tuple[str, str]] = {}
    for kind, of in _kin.items():
        if len(keys := [hit.key for hit in hits if hit.kind == kind]) > 1:
            kin |= {(kind, key): found for key, found in of(keys).items()}
    first: dict[tuple[str, str], Hit] = {}
    for hit in hits:
        family, label = kin.get((hit.kind, hit.key), (hit.key, ""))
        known = first.get((hit.kind, family))
        first[hit.kind, family] = hit if known is None else replace(known, others=(*known.others, Other(label, hit.url)))
    return list(first.values())


def _readable(rows: Sequence[SearchEntry]) -> list[SearchEntry]:
    hidden = {(kind, key) for kind, hide in _hides.items() if (keys := [row.key for row in rows if row.kind == kind]) for key in hide(keys)}
    return [row for row in rows if (row.kind, row.key) not in hidden]


def words_of(text: str) -> list[str]:
    """Return the syllables and numbers of a text, in NFC and lower case."""
    return _WORD.findall(nfc(unicodedata.normalize("NFKC", text)).casefold())


def _steps(words: Sequence[str]) -> Iterator[tuple[list[str], bool]]:
    """Return the tokens of each step, and whether they are pairs of neighbours."""
    folded = [fold(word) for word in words]
    exact_form, folded_form = _joined(words), _joined(folded)
    are_pairs, is_plain = len(words) > 1, list(words) == folded
    exact = [[f"{where}_{one}" for one in exact_form] for where in ("te", "e")]
    loose = [[f"{where}_{one}" for one in folded_form] for where in ("tf", "f")]
    yield [_whole("wf" if is_plain else "we", words)], are_pairs
    for step in (exact[0], loose[0], exact[1], loose[1]) if is_plain else (*exact, *loose):
        yield step, are_pairs
    if are_pairs:
        yield [f"f_{one}" for one in folded], False


def _whole(form: str, words: Sequence[str]) -> str:
    """Return the token of a whole name, no longer than an index holds."""
    return f"{form}_{'_'.join(words)}"[:400]


def _joined(words: Sequence[str]) -> list[str]:
    """Return the pairs of neighbours, each once; the word itself where there is one alone."""
    return list(dict.fromkeys(f"{a}_{b}" for a, b in pairwise(words))) or list(words)


def _tokens_of(entry: Entry) -> set[str]:
    title = words_of(entry.title)
    tokens = {_kind_mark(entry.kind), *(f"u_{pk}" for pk in entry.unit_ids)}
    tokens |= _forms(title, "te_", "tf_")
    for name in (title, *(words_of(name) for name in entry.known_as)):
        if 0 < len(name) <= WORDS_ASKED:
            tokens |= {_whole("we", name), _whole("wf", [_folded(word) for word in name])}
    # Pairs are taken within a part, so that the end of one and the beginning of the next do not meet.
    for part in (title, *(words_of(name) for name in entry.place_names), words_of(entry.body)[:WORDS_KEPT]):
        tokens |= _forms(part, "e_", "f_")
    return tokens


def _kind_mark(kind: str) -> str:
    """Return the token of a kind: rooms name theirs with a dot, which FTS5 would take for the end of a word."""
    return f"k_{_NO_WORD.sub('_', kind)}"


def _forms(words: Sequence[str], exact: str, folded: str) -> set[str]:
    plain = [_folded(word) for word in words]
    return (
        {f"{exact}{one}" for one in (*words, *_joined(words))} | {f"{folded}{one}" for one in (*plain, *_joined(plain))}
    )  # fmt: skip


@lru_cache(maxsize=8192)
def _folded(word: str) -> str:
    """Fold one syllable; there are some 7,000 of them, and a text has the same again and again."""
    return fold(word)


def _free_places(dates: Sequence[datetime]) -> list[int]:
    """Return numbers that grow with the times of publication and that no other entry has."""
    found: list[int] = []
    wanted = [int(at.timestamp() * 1_000_000) for at in dates]
    taken = set(SearchEntry.objects.filter(place__in=wanted).values_list("place", flat=True))
    for place in wanted:
        while place in taken or (place not in wanted and SearchEntry.objects.filter(place=place).exists()):
            place += 1
        taken.add(place)
        found.append(place)
    return found


def _chunks(entries: Iterable[Entry], size: int) -> Iterator[list[Entry]]:
    part: list[Entry] = []
    for entry in entries:
        part.append(entry)
        if len(part) == size:
            yield part
            part = []
    if part:
        yield part


# Results


def _hit(row: SearchEntry, words: Sequence[str], *, are_pairs: bool) -> Hit:
    return Hit(
        row.kind, row.key, row.url, row.published_at, _marked(row.title, words, are_pairs=are_pairs),
        _excerpt(row.body, words, are_pairs=are_pairs),
    )  # fmt: skip


def _places(text: str, words: Sequence[str], *, are_pairs: bool) -> list[tuple[int, int]]:
    """Return from where to where the words of the question stand; of pairs, only where two neighbours do."""
    asked = [fold(word) for word in words]
    found = [(fold(match.group()), match.span()) for match in _WORD.finditer(text)]
    if not are_pairs:
        return [span for word, span in found if word in asked]
    pairs = set(pairwise(asked))
    kept = {span: None for (a, first), (b, second) in pairwise(found) if (a, b) in pairs for span in (first, second)}
    return list(kept)


def _marked(text: str, words: Sequence[str], *, are_pairs: bool) -> SafeString:
    """Return the text escaped, with the words of the question in <mark>."""
    parts, end = [], 0
    for begin, after in _places(text, words, are_pairs=are_pairs):
        parts += [html.escape(text[end:begin]), f"<mark>{html.escape(text[begin:after])}</mark>"]
        end = after
    marked = "".join([*parts, html.escape(text[end:])]).replace("</mark> <mark>", " ")
    return mark_safe(marked)  # noqa: S308  (every part is escaped above)


def _excerpt(body: str, words: Sequence[str], *, are_pairs: bool) -> SafeString:
    """Return the part of the text where most words of the question stand together."""
    places = [begin for begin, _after in _places(body, words, are_pairs=are_pairs)]
    if not places:
        return _marked(_cut(body, 0), words, are_pairs=are_pairs)
    begin = max(places, key=lambda at: sum(at <= other < at + EXCERPT_LETTERS for other in places))
    return _marked(_cut(body, max(0, begin - EXCERPT_LETTERS // 4)), words, are_pairs=are_pairs)


def _cut(body: str, begin: int) -> str:
    if begin:
        blank = body.find(" ", begin)
        begin = blank + 1 if 0 <= blank < begin + 30 else begin
    end = begin + EXCERPT_LETTERS
    if end < len(body):
        blank = body.rfind(" ", begin, end)
        end = blank if blank > begin else end
    return ("… " if begin else "") + " ".join(body[begin:end].split()) + (" …" if end < len(body) else "")


# The two indexes: a set of tokens for each place


class _Fts5:
    """SQLite: a full-text table that keeps no positions, since pairs are tokens of their own."""

    def for_many(self) -> AbstractContextManager[None]:
        return nullcontext()

    def add(self, rows: list[tuple[int, set[str]]]) -> None:
        with connection.cursor() as cursor:
            cursor.executemany(
                "INSERT INTO core_search_index (rowid, tokens) VALUES (%s, %s)",
                [(place, " ".join(sorted(tokens))) for place, tokens in rows],
            )

    def remove(self, places: list[int]) -> None:
        with connection.cursor() as cursor:
            cursor.executemany("DELETE FROM core_search_index WHERE rowid = %s", [[place] for place in places])

    def find(self, tokens: list[str], marks: list[list[str]], *, limit: int) -> list[int]:
        asked = " AND ".join(
            [*(f'"{one}"' for one in tokens), *("(" + " OR ".join(f'"{m}"' for m in one) + ")" for one in marks)]
        )
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT rowid FROM core_search_index WHERE core_search_index MATCH %s ORDER BY rowid DESC LIMIT %s",
                [asked, limit],
            )
            return [place for (place,) in cursor.fetchall()]


class _TsVector:
    """PostgreSQL: a tsvector of the same tokens, unweighted and without positions."""

    @contextmanager
    def for_many(self) -> Iterator[None]:
        """Sort texts into the index by thousands rather than by hundreds, and at the end whatever still waits."""
        with connection.cursor() as cursor:
            cursor.execute(f"SET gin_pending_list_limit = '{MANY}'; SET work_mem = '{MANY}'")
            try:
                yield
            finally:
                cursor.execute("RESET gin_pending_list_limit; RESET work_mem")
        with connection.cursor() as cursor:
            cursor.execute("SELECT gin_clean_pending_list('core_search_index_tokens')")

    def add(self, rows: list[tuple[int, set[str]]]) -> None:
        # Tokens are letters, digits and low lines alone (_WORD): a text of them is read faster than an array is sent.
        with connection.cursor() as cursor:
            cursor.executemany(
                "INSERT INTO core_search_index (place, tokens) VALUES (%s, array_to_tsvector(string_to_array(%s, ' ')))",
                [(place, " ".join(tokens)) for place, tokens in rows],
            )

    def remove(self, places: list[int]) -> None:
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM core_search_index WHERE place = ANY(%s)", [places])

    def find(self, tokens: list[str], marks: list[list[str]], *, limit: int) -> list[int]:
        # Quoting tokens is enough.
        asked = " & ".join(
            [*(f"'{one}'" for one in tokens), *("(" + " | ".join(f"'{m}'" for m in one) + ")" for one in marks)]
        )
        with connection.cursor() as cursor:
            cursor.execute("SELECT core_search_find(%s::tsquery, %s)", [asked, limit])
            return [place for (place,) in cursor.fetchall()]


def _index() -> _Fts5 | _TsVector:
    return _Fts5() if connection.vendor == "sqlite" else _TsVector()
