"""Taking pictures, videos and words off pages for good: off what is public, off what waits, off every earlier version.

A picture that is taken down is shown on no page from that moment (`PortalImage.is_publishable`); its copies are
deleted at once, its own file 30 days later (a mistake can be noticed until then). Blocks that held it go with their
captions, which may name a person. Earlier versions lose it too, so that nobody brings it back by mistake.
"""

from __future__ import annotations

import functools
import json
import re
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from html import escape
from typing import Any, Final

from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.db.models import ProtectedError, Q
from django.utils.text import slugify
from wagtail.contrib.redirects.models import Redirect
from wagtail.models import Page, ReferenceIndex, Revision

from liengia.audit import services as audit
from liengia.core import clock, pagecache
from liengia.core.actor import Actor
from liengia.core.text import fold, nfc
from liengia.portal import services, slips
from liengia.portal.models import (
    ArticlePage,
    Erratum,
    PlainPage,
    PortalDocument,
    PortalImage,
    PortalRendition,
)

# So long the file of a picture that was taken down is kept out of sight, in case the wrong one was chosen.
ORIGINAL_FOR: Final = timedelta(days=30)
TEXTS: Final = ("title", "draft_title", "seo_title", "search_description", "lead", "cover_caption", "contributors", "source")
OF_PICTURES: Final = ("title", "description", "caption", "credit")
# Keys of a block's stored value that hold no words.
_NO_WORDS: Final = frozenset({"id", "type", "kind", "key"})
Content = dict[str, Any]
Change = Callable[[Content], int]


@dataclass(slots=True)
class Taken:
    """What came off: places of words, and the pages that were changed."""

    words: int = 0
    pages: set[int] = field(default_factory=set)


@transaction.atomic
def withdraw_media(images: Collection[PortalImage], videos: Collection[PortalDocument]) -> Taken:
    """Show pictures and videos nowhere any more, and take them off every page that has them."""
    taken, now = Taken(), clock.now()
    keys = {"image": {one.pk for one in images}, "video": {one.pk for one in videos}}
    PortalImage.objects.filter(pk__in=keys["image"]).update(withdrawn_at=now)
    PortalDocument.objects.filter(pk__in=keys["video"]).update(withdrawn_at=now)
    for copy in PortalRendition.objects.filter(image__in=keys["image"]):
        copy.delete()  # one by one: the signal of each deletes its file
    change = functools.partial(_without_media, images=keys["image"], videos=keys["video"])
    for page in _pages_with([*images, *videos]):
        if rewrite(page, change):
            taken.pages.add(page.pk)
    pagecache.bump()
    return taken


def _pages_with(things: Sequence[PortalImage | PortalDocument]) -> Iterator[ArticlePage | PlainPage]:
    """Yield every page that shows one of the things, or has it in what waits."""
    ours = ContentType.objects.get_for_models(ArticlePage, PlainPage).values()
    ids: set[int] = set()
    for thing in things:
        rows = ReferenceIndex.get_references_to(thing).filter(content_type__in=ours)
        ids |= {int(pk) for pk in rows.values_list("object_id", flat=True)}
    covers = ArticlePage.objects.filter(Q(cover__in=[one for one in things if isinstance(one, PortalImage)]))
    ids |= set(covers.values_list("pk", flat=True))
    yield from ArticlePage.objects.filter(pk__in=ids)
    yield from PlainPage.objects.filter(pk__in=ids)


@transaction.atomic
def take_out_words(page: ArticlePage, words: str, *, instead: str) -> Taken:
    """Put neutral words in the place of some everywhere in an article: texts, captions, corrections, its address."""
    change = _replacing(words, instead)
    taken = Taken(pages={page.pk})
    for image in page.pictures():
        taken.words += _change_fields(image, OF_PICTURES, change)
    for erratum in page.errata.all():
        taken.words += _change_fields(erratum, ("words",), change)
    taken.words += rewrite(page, functools.partial(_with_other_words, change=change))
    said = slugify(fold(words))
    if said:
        Redirect.objects.filter(redirect_page=page, old_path__contains=said).delete()
    if said and re.search(rf"(^|-){re.escape(said)}(-|$)", page.slug):
        _readdress(page, said)
    pagecache.bump()
    return taken


def _readdress(page: ArticlePage, said: str) -> None:
    """Take a name out of a page's address too, past what would lead from the old one to the new."""
    found = ArticlePage.objects.get(pk=page.pk)
    rest = re.sub(r"-{2,}", "-", found.slug.replace(said, "")).strip("-")
    found.slug = f"{rest}-{found.pk}".strip("-")
    found.set_url_path(found.get_parent())
    Page.objects.filter(pk=found.pk).update(slug=found.slug, url_path=found.url_path)
    for revision in page.revisions.all():
        Revision.objects.filter(pk=revision.pk).update(content=revision.content | {"slug": found.slug, "url_path": found.url_path})
    services.readdress(found)


@transaction.atomic
def add_erratum(page: ArticlePage, words: str) -> Erratum:
    """Write a correction on the article as it is public, and into every version that may still become public."""
    found = ArticlePage.objects.get(pk=page.pk)
    erratum = Erratum.objects.create(article=found, words=nfc(words), sort_order=found.errata.count())
    row = next(one for one in ArticlePage.objects.get(pk=page.pk).serializable_data()["errata"] if one["pk"] == erratum.pk)
    for revision in found.revisions.all():
        content = revision.content
        Revision.objects.filter(pk=revision.pk).update(content=content | {"errata": [*content.get("errata", []), row]})
    _note_change(found)
    return erratum


def rewrite(page: ArticlePage | PlainPage, change: Change) -> int:
    """Change a page as it is public and every version of it; return how many places of the public one changed."""
    found = type(page).objects.get(pk=page.pk)
    content = {name: getattr(found, name) for name in TEXTS if hasattr(found, name)}
    content |= {"body": found.body.get_prep_value(), "cover": getattr(found, "cover_id", None)}
    places = change(content)
    if places:
        found.body = json.dumps(content.pop("body"))
        if isinstance(found, ArticlePage):
            found.cover_id = content.pop("cover")
        for name, value in content.items():
            if name != "cover":
                setattr(found, name, value)
        found.save(clean=False)
    for revision in found.revisions.all():
        stored = revision.content
        opened = stored | {"body": json.loads(stored.get("body") or "[]")}
        if change(opened):
            Revision.objects.filter(pk=revision.pk).update(content=opened | {"body": json.dumps(opened["body"])})
    if places:
        _note_change(found)
    return places


def _note_change(found: ArticlePage | PlainPage) -> None:
    """Let readers see when it was changed, and the search index hold what they see."""
    if found.live:
        type(found).objects.filter(pk=found.pk).update(last_published_at=clock.now())
    services.renew(type(found).objects.get(pk=found.pk))


def _without_media(content: Content, *, images: set[int], videos: set[int]) -> int:
    """Take pictures and videos out of a page's content; return how many places."""
    places = 0
    if content.get("cover") in images:
        content["cover"], content["cover_caption"] = None, ""
        places += 1
    body: list[Any] = []
    for block in content["body"]:
        kind, value = block["type"], block["value"]
        if (kind == "figure" and value.get("image") in images) or (kind == "video" and value.get("document") in videos):
            places += 1
            continue
        if kind == "video" and value.get("poster") in images:
            places += 1
            block = block | {"value": value | {"poster": None}}
        if kind == "gallery":
            left = [one for one in value["figures"] if one.get("value", one).get("image") not in images]
            places += len(value["figures"]) - len(left)
            if not left:
                continue
            block = block | {"value": value | {"figures": left}}
        body.append(block)
    content["body"] = body
    return places


def _replacing(words: str, instead: str) -> Callable[[str], tuple[str, int]]:
    parts = [re.escape(part) for part in nfc(words).split()]
    pattern = re.compile(r"(?<!\w)" + r"[\s\u00a0]+".join(parts) + r"(?!\w)")
    return lambda text: pattern.subn(lambda _found: instead, nfc(text))


def _change_fields(row: Any, names: Sequence[str], change: Callable[[str], tuple[str, int]]) -> int:
    count = 0
    for name in names:
        text, places = change(getattr(row, name))
        count += places
        setattr(row, name, text)
    if count:
        row.save()
    return count


def _with_other_words(content: Content, *, change: Callable[[str], tuple[str, int]]) -> int:
    """Change the words of a page's content, those of earlier versions' corrections too."""
    places = 0
    for name in TEXTS:
        if isinstance(content.get(name), str):
            content[name], found = change(content[name])
            places += found
    body = []
    for block in content["body"]:
        value, found = _in_value(block["value"], change, is_rich=block["type"] == slips.RICH)
        places += found
        body.append(block | {"value": value})
    content["body"] = body
    for row in content.get("errata", []):
        row["words"], found = change(row["words"])
        places += found
    return places


def _in_value(value: Any, change: Callable[[str], tuple[str, int]], *, is_rich: bool = False) -> tuple[Any, int]:
    if isinstance(value, str):
        return _in_html(value, change) if is_rich else change(value)
    if isinstance(value, dict):
        done = {name: (one, 0) if name in _NO_WORDS else _in_value(one, change) for name, one in value.items()}
        return {name: one for name, (one, _count) in done.items()}, sum(count for _one, count in done.values())
    if isinstance(value, list):
        found = [_in_value(one, change) for one in value]
        return [one for one, _count in found], sum(count for _one, count in found)
    return value, 0


def _in_html(html: str, change: Callable[[str], tuple[str, int]]) -> tuple[str, int]:
    """Change the words of rich text and leave its tags alone."""
    parts, places = [], 0
    for is_text, part in slips.parts_of_html(html):
        if is_text:
            text, found = change(part)
            places += found
            part = escape(text, quote=False)
        parts.append(part)
    return "".join(parts), places


@transaction.atomic
def erase_withdrawn(*, chunk: int = 20) -> int:
    """Delete what was taken down 30 days ago, file and all; return how many."""
    before = clock.now() - ORIGINAL_FOR
    gone = 0
    for model in (PortalImage, PortalDocument):
        for thing in model.objects.filter(withdrawn_at__lt=before)[:chunk]:
            try:
                thing.delete()
            except ProtectedError:  # an editor's draft names it as its main picture: hidden as it is, it stays
                continue
            gone += 1
    if gone:
        audit.record("portal.withdrawn_files_erased", actor=Actor.system("worker"), about=("portal.PortalImage", ""), facts={"count": gone})
    return gone
