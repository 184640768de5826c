"""Authors and topics: what editors choose from. Authors are a commune's own or the area's; topics are the area's alone.

An author's new name stands at once under every article: pages that are kept are forgotten, and the search follows.
"""

from __future__ import annotations

from django.contrib.auth.models import AnonymousUser
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from liengia.audit import services as audit
from liengia.core import pagecache, search
from liengia.core.actor import Actor
from liengia.core.errors import Invalid, NotFound
from liengia.people import policies
from liengia.people.models import User
from liengia.portal import permissions, services
from liengia.portal.capabilities import EDIT, TOPICS
from liengia.portal.models import AreaHomePage, ArticlePage, Author, Topic
from liengia.units.models import Unit


def edits_area(user: User | AnonymousUser) -> bool:
    """Tell whether a user writes the area's own pages."""
    home = AreaHomePage.objects.first()
    return home is not None and permissions.can(user, EDIT, home)


def own_authors(user: User | AnonymousUser) -> QuerySet[Author]:
    """Return the authors whom a user may rename: those of the communes where they write; the area's, for its editors."""
    if edits_area(user):
        return Author.objects.all()
    roots = [unit.pk for unit in policies.units_where(user, EDIT)]
    return Author.objects.filter(unit__in=Unit.objects.below_any(roots)) if roots else Author.objects.none()


def own_topics(user: User | AnonymousUser) -> QuerySet[Topic]:
    """Return the topics, for whoever sets them for the whole area."""
    return Topic.objects.all() if any(unit.parent_id is None for unit in policies.units_where(user, TOPICS)) else Topic.objects.none()


@transaction.atomic
def add_author(*, name: str, words: str, unit: Unit | None, user: User) -> Author:
    """Add an author, who needs no account.

    Raises:
        NotFound: a commune where the user does not write, or the area without its right.
        Invalid: this commune has an author of this name.
    """
    _may_have(user, unit)
    _refuse_twice(name, unit)
    author = Author.objects.create(name=name, words=words, unit=unit)
    audit.record("portal.author_set", actor=Actor.of(user), about=author, unit=unit, personal={"name": name})
    return author


def change_author(author: Author, *, name: str, words: str, unit: Unit | None, user: User) -> Author:
    """Change an author's name, sentence or commune; their articles show it at once.

    Raises:
        NotFound: somebody else's author, or a commune where the user does not write.
        Invalid: this commune has another author of this name.
    """
    if not own_authors(user).filter(pk=author.pk).exists():
        raise NotFound(_("This page does not exist."))
    _may_have(user, unit)
    _refuse_twice(name, unit, besides=author.pk)
    is_renamed = name != author.name
    with transaction.atomic():
        author.name, author.words, author.unit = name, words, unit
        author.save()
        audit.record("portal.author_set", actor=Actor.of(user), about=author, unit=unit, personal={"name": name})
        pagecache.bump()
    # Each in a short transaction of its own: an author may have written for years.
    for article in ArticlePage.objects.live().filter(bylines__author=author).iterator(chunk_size=50) if is_renamed else ():
        if (entry := services.entry_of(article)) is not None:
            search.put(entry)
    return author


def _may_have(user: User, unit: Unit | None) -> None:
    may = policies.can(user, EDIT, unit) if unit is not None else edits_area(user)
    if not may:
        raise NotFound(_("This page does not exist."))


def _refuse_twice(name: str, unit: Unit | None, besides: int = 0) -> None:
    if Author.objects.filter(name=name, unit=unit).exclude(pk=besides).exists():
        raise Invalid(_("This author stands in the list already."), code="author_twice", field="name")


@transaction.atomic
def add_topic(*, name: str, slug: str, words: str, order: int, user: User) -> Topic:
    """Add a topic; its address stays.

    Raises:
        NotFound: the user sets no topics for the area.
    """
    _may_set(user)
    topic = Topic.objects.create(name=name, slug=slug, words=words, order=order)
    _note(topic, user)
    return topic


@transaction.atomic
def change_topic(topic: Topic, *, name: str, words: str, order: int, user: User) -> Topic:
    """Change a topic's name, sentence and place in the list; its address stays, since others link to it.

    Raises:
        NotFound: the user sets no topics for the area.
    """
    _may_set(user)
    topic.name, topic.words, topic.order = name, words, order
    topic.save()
    _note(topic, user)
    return topic


def _may_set(user: User) -> None:
    if not any(unit.parent_id is None for unit in policies.units_where(user, TOPICS)):
        raise NotFound(_("This page does not exist."))


def _note(topic: Topic, user: User) -> None:
    audit.record("portal.topic_set", actor=Actor.of(user), about=topic, facts={"slug": topic.slug, "order": topic.order})
    pagecache.bump()
