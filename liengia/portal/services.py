"""Writes of the portal: opening a commune's portal, and what follows when a page goes public or is taken down.

Pages themselves are written by Wagtail's editor; its own signals call `announce` and `withdraw`, so that the search
index and the page cache follow whoever publishes: a person, a schedule, a script.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, time

from django.db import transaction
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _
from wagtail.models import Collection, Page, Revision

from liengia.audit import services as audit
from liengia.comments import services as comments
from liengia.comments.models import Thread
from liengia.core import clock, pagecache, search
from liengia.core.actor import Actor
from liengia.core.errors import Invalid
from liengia.core.text import fold
from liengia.portal import news, permissions, shelf
from liengia.portal.models import ArticlePage, CommuneListPage, CommunePortalPage, NewsIndexPage, PlainPage
from liengia.units.models import Unit

ARTICLE = "article"
PLAIN = "page"


def open_commune_portal(unit: Unit, *, actor: Actor) -> CommunePortalPage:
    """Open a commune's portal with its news and its own collection of pictures and files.

    Raises:
        Invalid: the commune has one already, or the unit is no commune that stands.
    """
    portal = _open(unit, actor=actor)
    permissions.sync_groups()  # by itself: it looks at every commune
    return portal


@transaction.atomic
def _open(unit: Unit, *, actor: Actor) -> CommunePortalPage:
    if unit.level != "commune" or not unit.is_current:
        raise Invalid(_("A portal belongs to a commune."), code="not_a_commune")
    if CommunePortalPage.objects.filter(unit__in=unit.lineage_ids()).exists():
        raise Invalid(_("This commune has its portal already."), code="portal_exists")
    root = Collection.get_first_root_node()
    collection = root.add_child(name=f"{unit.full_name} ({unit.code})")
    portal = CommunePortalPage(
        title=unit.full_name, slug=slugify(fold(unit.name)), unit=unit, collection=collection
    )
    CommuneListPage.objects.get().add_child(instance=portal)
    portal.add_child(instance=NewsIndexPage(title="Tin tức", slug="tin-tuc"))
    search.put(_commune(portal))
    audit.record("portal.opened", actor=actor, about=portal, unit=unit, facts={"slug": portal.slug})
    pagecache.bump()
    return portal


@transaction.atomic
def announce(page: Page, *, actor: Actor) -> None:
    """Put what went public into the search index, forget the kept pages, and record that it was published.

    Wagtail calls it too when a date to come was approved: then nothing of the page is public, nor any longer.
    """
    if not page.live:
        _leave(page)
        return
    entry = entry_of(page)
    if entry is not None:
        search.put(entry)
    if isinstance(page, ArticlePage):
        thread_of(page)
    pagecache.bump()
    audit.record("portal.published", actor=actor, about=page, facts={"address": page.url_path})


@transaction.atomic
def renew(page: Page) -> None:
    """Let search, comments and kept pages follow what was changed on a public page without publishing it anew."""
    entry = entry_of(page)
    if entry is not None:
        search.put(entry)
        if isinstance(page, ArticlePage):
            thread_of(page)
    pagecache.bump()


@transaction.atomic
def withdraw(page: Page, *, actor: Actor) -> None:
    """Take what is public no longer out of the index, forget the kept pages, and record that it was taken down."""
    _leave(page)
    audit.record("portal.withdrawn", actor=actor, about=page, facts={"address": page.url_path})


def _leave(page: Page) -> None:
    search.remove(ARTICLE if isinstance(page, ArticlePage) else PLAIN, str(page.pk))
    if isinstance(page, ArticlePage):
        comments.withdraw_thread(ARTICLE, str(page.pk))
        shelf.keep(page.pk)  # Wagtail takes down by the page without what makes it an article
    pagecache.bump()


@transaction.atomic
def readdress(page: Page, *, came_from: Page | None = None) -> None:
    """Renew the addresses in the index of what lies at or below a page that moved; an article goes over to its new commune."""
    if came_from is not None:
        _change_commune(page, _portal_at(came_from), _portal_at(page))
    for below in Page.objects.descendant_of(page, inclusive=True).live().type(ArticlePage, PlainPage):
        if (entry := entry_of(below)) is not None:
            search.put(entry)
            if entry.kind == ARTICLE:
                thread_of(below.specific)
    pagecache.bump()


def _change_commune(page: Page, old: CommunePortalPage | None, new: CommunePortalPage | None) -> None:
    """Give a moved article the unit that its new place gives, in every version; one that was chosen, such as a hamlet, stays."""
    if new is None or new == old:
        return
    was = old.unit_id if old is not None else None
    if not ArticlePage.objects.filter(pk=page.pk, unit=was).update(unit=new.unit_id):
        return
    for revision in page.revisions.filter(content__unit=was):
        Revision.objects.filter(pk=revision.pk).update(content=revision.content | {"unit": new.unit_id})
    shelf.keep(page.pk)


def _portal_at(page: Page) -> CommunePortalPage | None:
    return CommunePortalPage.objects.ancestor_of(page, inclusive=True).select_related("unit").first()


def thread_of(page: ArticlePage) -> Thread:
    """Open or renew the comments of an article; those of a hamlet's article are read by its commune."""
    unit = page.unit.current() if page.unit is not None else None
    commune = (unit.commune() or unit) if unit is not None else None
    if commune is None:
        portal = _portal_at(page)
        commune = portal.unit.current() if portal is not None else None
    return comments.thread_for(ARTICLE, str(page.pk), unit=commune, title=page.title, url=page.address)


def entry_of(page: Page) -> search.Entry | None:
    """Return what the search index holds of a page: nothing of drafts, nothing but what its readers see."""
    found = page.specific
    if not found.live:
        return None
    if isinstance(found, ArticlePage):
        return _article(found)
    if isinstance(found, PlainPage):
        at = found.last_published_at or found.latest_revision_created_at
        return None if at is None else search.Entry(PLAIN, str(found.pk), found.title, found.plain_text, found.address, at)
    return _commune(found) if isinstance(found, CommunePortalPage) else None


def _commune(page: CommunePortalPage) -> search.Entry:
    """Return a commune's own front page, found by its name and by those of the communes that it followed."""
    at = page.last_published_at or timezone.make_aware(datetime.combine(page.unit.valid_from or clock.today(), time()))
    units = Unit.objects.filter(pk__in=page.unit.lineage_ids()).order_by("pk")
    names = tuple(dict.fromkeys(unit.full_name for unit in units))
    known_as = (*names, *dict.fromkeys(unit.name for unit in units))
    ids = (page.unit_id, *(above.pk for above in page.unit.ancestors()))
    return search.Entry(PLAIN, str(page.pk), page.title, ", ".join(names), page.address, at, ids, names, known_as)


def _article(page: ArticlePage) -> search.Entry | None:
    if page.published_at is None or page.published_at > clock.now():
        return None
    unit = page.unit
    places = [page.place]
    ids: tuple[int, ...] = ()
    if unit is not None:
        heirs = [above for heir in unit.heirs() for above in (heir, *heir.ancestors())]
        ids = tuple({unit.pk, *(above.pk for above in heirs), *(above.pk for above in unit.ancestors())})
        places += [unit.full_name, news.present_name(unit, news.present_names([unit])), *(above.full_name for above in heirs)]
    authors = [one.author.name for one in page.bylines.select_related("author")]
    body = " ".join([page.plain_text, *authors, page.contributors])
    return search.Entry(
        ARTICLE, str(page.pk), page.title, body, page.address, page.published_at, ids, tuple(dict.fromkeys(filter(None, places)))
    )


def entries_of_articles() -> Iterator[search.Entry]:
    """Yield every public article, for a search index that is made anew."""
    for page in ArticlePage.objects.all().published().iterator(chunk_size=100):
        if (entry := _article(page)) is not None:
            yield entry


def entries_of_pages() -> Iterator[search.Entry]:
    """Yield every public plain page, and the communes' own front pages."""
    for page in (*PlainPage.objects.live(), *CommunePortalPage.objects.live().select_related("unit")):
        if (entry := entry_of(page)) is not None:
            yield entry
