"""The demonstration's news: portals of six communes, and articles of the year 2023 and of the present.

Texts stand in `data/demo/*.toml`, drawn pictures beside them. Loading twice adds only what is missing; each article
is its own small transaction.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

from django.core.files import File
from wagtail import hooks
from wagtail.models import Collection
from wagtail.rich_text import RichText

from liengia.core import clock, codes
from liengia.core.actor import Actor
from liengia.portal import requests, services
from liengia.portal.models import (
    AreaHomePage,
    ArticlePage,
    Author,
    Byline,
    ChosenArticle,
    CommunePortalPage,
    Erratum,
    NewsIndexPage,
    PortalDocument,
    PortalImage,
    Topic,
)
from liengia.portal.queries import communes
from liengia.units.models import Unit

DATA: Final = Path(__file__).parent / "data" / "demo"
ACTOR: Final = Actor.system("demo")
CREDIT: Final = "Tranh: Liên Gia"


def is_loaded() -> bool:
    """Tell whether there is an article, the demonstration's or a real one."""
    return ArticlePage.objects.exists()


def load() -> int:
    """Load what is missing and return how many articles came new."""
    hooks.search_for_hooks()  # else Wagtail imports its admin inside the first write transaction
    texts = {name: tomllib.loads((DATA / f"{name}.toml").read_text(encoding="utf-8")) for name in ("common", "2023", "now")}
    for order, (slug, name, words) in enumerate(texts["common"]["topics"], start=1):
        Topic.objects.get_or_create(slug=slug, defaults={"name": name, "words": words, "order": order * 10})
    loader = _Loader(texts["common"])
    for unit in communes():
        if not CommunePortalPage.objects.filter(unit__in=unit.lineage_ids()).exists():
            services.open_commune_portal(unit, actor=ACTOR)
    articles = [*texts["2023"]["article"], *texts["now"]["article"]]
    known = set(ArticlePage.objects.values_list("slug", flat=True))
    fresh = [facts for facts in articles if facts["slug"] not in known]
    for facts in fresh:
        loader.article(facts)
    for facts in fresh:
        _relate(facts)
    if fresh:
        _ask(texts["common"]["requests"])
    return len(fresh)


def _ask(texts: list[dict[str, str]]) -> None:
    """File what invented people ask to have corrected, each under a code that nobody knows."""
    for facts in texts:
        page = ArticlePage.objects.get(slug=facts["article"])
        asked = requests.Asked(page, facts["kind"], passage=facts["passage"], words=facts["words"], name=facts.get("name", ""))
        requests.file_request(asked, code=codes.new_code())


def _relate(facts: dict[str, Any]) -> None:
    """Set the related articles beside one, once all are there."""
    if not facts.get("related"):
        return
    page = ArticlePage.objects.get(slug=facts["slug"])
    for order, slug in enumerate(facts["related"]):
        chosen = ArticlePage.objects.get(slug=slug)
        ChosenArticle.objects.get_or_create(article=page, chosen=chosen, defaults={"sort_order": order})


class _Loader:
    """Makes pages of the facts, and pictures and files of what they name, each once."""

    def __init__(self, common: dict[str, Any]) -> None:
        self.alts: dict[str, str] = common["pictures"]
        self.collection = Collection.get_first_root_node()

    def article(self, facts: dict[str, Any]) -> ArticlePage:
        """Write and publish one article at its own time."""
        at = facts["at"] if "at" in facts else _at(facts["ago"])
        self.collection = _collection(_unit(facts["unit"]))
        page = ArticlePage(
            title=facts["title"], slug=facts["slug"], place=facts["place"], lead=facts["lead"], unit=_unit(facts["unit"]),
            cover=self.picture(facts["cover"]), cover_caption=facts.get("caption", ""), contributors=facts.get("contributors", ""), source=facts.get("source", ""),
            published_at=at, live=False,
        )  # fmt: skip
        page.body = list(self.blocks(facts["b"]))
        home = CommunePortalPage.objects.filter(unit__code=facts.get("portal", "")).select_related("unit").first()
        unit = home.unit if home is not None else None
        page.bylines = [Byline(author=Author.objects.get_or_create(name=name, unit=unit)[0]) for name in facts["authors"]]
        page.errata = [Erratum(words=words, corrected_at=at + timedelta(hours=3)) for words in facts.get("errata", [])]
        page.topics = Topic.objects.filter(slug__in=facts["topics"])
        _index(facts.get("portal")).add_child(instance=page)
        page.save_revision(clean=False).publish()
        changed = at + timedelta(hours=3) if facts.get("errata") else at
        ArticlePage.objects.filter(pk=page.pk).update(first_published_at=at, last_published_at=changed)
        return page

    def blocks(self, parts: list[dict[str, Any]]) -> Iterator[tuple[str, Any]]:
        """Yield the blocks of a body."""
        for part in parts:
            for kind, value in part.items():
                yield getattr(self, f"_{kind}")(value)

    def picture(self, name: str) -> PortalImage:
        """Return a drawn picture, made once for each commune whose articles show it."""
        found = PortalImage.objects.filter(title=name, collection=self.collection).first()
        if found is None:
            with (DATA / "pictures" / f"{name}.webp").open("rb") as file:
                found = PortalImage.objects.create(
                    title=name, description=self.alts[name], credit=CREDIT, file=File(file, name=f"{name}.webp"), collection=self.collection
                )  # fmt: skip
        return found

    def file(self, name: str, title: str) -> PortalDocument:
        """Return a file, made once for each commune."""
        found = PortalDocument.objects.filter(title=title, collection=self.collection).first()
        if found is None:
            with (DATA / "files" / name).open("rb") as file:
                found = PortalDocument.objects.create(title=title, file=File(file, name=name), collection=self.collection)
        return found

    def _p(self, value: str) -> tuple[str, Any]:
        return "paragraph", RichText(value)

    def _figure(self, value: list[str]) -> tuple[str, Any]:
        return "figure", {"image": self.picture(value[0]), "caption": value[1], "credit": "", "alt": ""}

    def _gallery(self, value: dict[str, Any]) -> tuple[str, Any]:
        return "gallery", {"title": value["title"], "figures": [self._figure(one)[1] for one in value["figures"]]}

    def _quote(self, value: list[str]) -> tuple[str, Any]:
        return "quotation", {"text": value[0], "who": value[1], "role": value[2]}

    def _table(self, value: dict[str, Any]) -> tuple[str, Any]:
        columns = [{"type": "number" if head.startswith("#") else "text", "heading": head.lstrip("#")} for head in value["head"]]
        rows = [{"values": [Decimal(cell) if isinstance(cell, int) else cell for cell in row]} for row in value["rows"]]
        block = ArticlePage.body.field.stream_block.child_blocks["table"].child_blocks["table"]
        table = block.to_python({"columns": columns, "rows": rows, "caption": value["caption"]})
        return "table", {"table": table, "has_sum": value["sum"], "source": value.get("source", "")}

    def _file(self, value: list[str]) -> tuple[str, Any]:
        return "file", {"document": self.file(value[0], value[1]), "title": value[1]}

    def _video(self, value: dict[str, str]) -> tuple[str, Any]:
        return "video", {
            "document": self.file(value["file"], value["title"]),
            "captions": self.file(value["captions"], f"{value['title']}: phụ đề"),
            "poster": self.picture(value["poster"]),
            "caption": value["caption"],
            "credit": CREDIT.replace("Tranh", "Phim"),
            "transcript": value["transcript"],
        }

    def _linked(self, value: list[str]) -> tuple[str, Any]:
        return "linked", {"kind": value[0], "key": value[1]}


def _at(days_ago: int) -> datetime:
    """Return a morning so many days ago; each article has its own minute."""
    here = clock.local(clock.now()) - timedelta(days=days_ago)
    return here.replace(hour=7 + days_ago % 9, minute=(days_ago * 17) % 60, second=(days_ago * 7) % 60, microsecond=0)


def _unit(code: str) -> Unit:
    """Return a unit by its code: "28108*" is the one of 2023, "28108" the one of today."""
    rows = Unit.objects.filter(code=code.rstrip("*")).order_by("valid_from")
    found = rows.filter(valid_to__isnull=False).first() if code.endswith("*") else rows.last()
    if found is None:
        raise LookupError(f"the demonstration's units lack {code}")
    return found


def _collection(unit: Unit) -> Collection:
    """Return the collection of the commune in which an article happened, where its editors find the pictures."""
    standing = unit.current()
    commune = standing.commune() or standing
    portal = CommunePortalPage.objects.filter(unit__in=commune.lineage_ids()).select_related("collection").first()
    return portal.collection if portal is not None and portal.collection is not None else Collection.get_first_root_node()


def _index(code: str | None) -> NewsIndexPage:
    """Return the news of the area, or of a commune."""
    above: AreaHomePage | CommunePortalPage = (
        AreaHomePage.objects.get() if code is None else CommunePortalPage.objects.get(unit__code=code)
    )
    return NewsIndexPage.objects.child_of(above).get()
