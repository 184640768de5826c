"""Feeds of the newest articles, RSS 2.0 and Atom: of everything, of a topic, of a commune."""

from __future__ import annotations

from typing import Any, Final

from django.db.models import prefetch_related_objects
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.feedgenerator import Atom1Feed, Enclosure, Rss201rev2Feed

from liengia.core import clock
from liengia.portal import contexts, machine, pictures, shelf
from liengia.portal.models import NewsIndexPage, Topic
from liengia.portal.models.shelf import ALL

LENGTH: Final = 30
_FORMS: Final[dict[str, Any]] = {"rss": Rss201rev2Feed, "atom": Atom1Feed}


def respond(request: HttpRequest, page: NewsIndexPage, *, topic: str, form: str) -> HttpResponse:
    """Return a feed. Its items are dated as published; a reader's program asks again after half an hour."""
    place = contexts.place_of(page)
    found = Topic.objects.filter(slug=topic).first() if topic else None
    if topic and found is None:
        raise Http404
    shown = shelf.Shelf(shelf.units_of(place.commune), found.pk if found else ALL)[:LENGTH]
    prefetch_related_objects(shown, "bylines__author", "topics")
    base = f"{page.address}chu-de/{found.slug}/" if found else page.address
    names = [found.name] if found else []
    title = " · ".join([*names, place.context()["site_place"] or page.title, "Liên Gia"])
    feed = _FORMS[form](
        title=title, link=machine.absolute(base), description=title, language="vi",
        feed_url=machine.absolute(f"{base}{form}/"),
    )  # fmt: skip
    for article in shown:
        _add(feed, article)
    response = HttpResponse(content_type=feed.content_type)
    feed.write(response, "utf-8")
    response["Cache-Control"] = "public, max-age=1800"
    return response


def _add(feed: Any, article: Any) -> None:
    image = article.cover if article.cover is not None and article.cover.is_publishable else None
    enclosures = []
    if image is not None:
        width = pictures.widths_of(image)[-1]
        enclosures = [Enclosure(machine.absolute(pictures.address(image, width, "jpg")), "0", "image/jpeg")]
    feed.add_item(
        title=f"{article.place}: {article.title}" if article.place else article.title,
        link=machine.absolute(article.address),
        description=article.lead,
        unique_id=machine.absolute(article.address),
        author_name=" - ".join(one.author.name for one in article.bylines.all()) or None,
        pubdate=clock.local(article.published_at),
        updateddate=clock.local(article.updated_at or article.published_at),
        categories=[topic.name for topic in article.topics.all()],
        enclosures=enclosures,
    )
