"""An area with a commune's portal and a few articles, for the tests of the portal."""

from __future__ import annotations

import io
import json
import uuid
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.core.files.base import ContentFile
from PIL import Image
from wagtail import hooks
from wagtail.models import Collection

from liengia.core import clock
from liengia.portal.models import (
    AreaHomePage,
    ArticlePage,
    Author,
    Byline,
    CommuneListPage,
    CommunePortalPage,
    NewsIndexPage,
    PortalImage,
    Topic,
)
from tests.cast import Cast, assemble


def picture(title: str = "Nhà văn hóa", *, width: int = 1280, height: int = 720, **facts: Any) -> PortalImage:
    """Make a picture of one colour."""
    buffer = io.BytesIO()
    Image.new("RGB", (width, height), (43, 71, 158)).save(buffer, "JPEG")
    return PortalImage.objects.create(
        title=title, file=ContentFile(buffer.getvalue(), f"{uuid.uuid4().hex}.jpg"), **facts
    )


def closed(answer: Any) -> Any:
    """Read an answer to its end, so that its file is closed as when a server has sent it."""
    if answer.streaming:
        b"".join(answer.streaming_content)
    return answer


def block(kind: str, value: Any) -> dict[str, Any]:
    """Return a block as a body stores it."""
    return {"type": kind, "value": value, "id": str(uuid.uuid4())}


@dataclass(slots=True)
class Scene:
    """Everybody and every page."""

    cast: Cast
    home: AreaHomePage
    news: NewsIndexPage
    portal: CommunePortalPage
    portal_news: NewsIndexPage
    topic: Topic
    author: Author
    articles: list[ArticlePage] = field(default_factory=list)

    def article(
        self, title: str = "Diễn đàn tháng 11", *, at: datetime | None = None, under: NewsIndexPage | None = None,
        body: list[dict[str, Any]] | None = None, live: bool = True, **facts: Any,
    ) -> ArticlePage:  # fmt: skip
        """Publish an article; without a body it has one paragraph."""
        page = ArticlePage(
            title=title, slug=f"bai-{len(self.articles) + 1}", lead="Bà con hỏi, công an xã trả lời.", live=live,
            published_at=at or clock.now(), **facts,
        )  # fmt: skip
        page.body = json.dumps(body if body is not None else [block("paragraph", "<p>Một đoạn.</p>")])
        (under or self.news).add_child(instance=page)
        page.topics.add(self.topic)
        page.bylines.add(Byline(author=self.author))
        page.save()
        self.articles.append(page)
        return page


def scene() -> Scene:
    """Make the cast, and a portal of its commune."""
    hooks.search_for_hooks()  # a web process has imported Wagtail's admin before it writes
    cast = assemble()
    home, communes = AreaHomePage.objects.get(), CommuneListPage.objects.get()
    portal = CommunePortalPage(
        title="Xã Cần Đước", slug="can-duoc", unit=cast.commune, collection=Collection.get_first_root_node()
    )
    communes.add_child(instance=portal)
    portal_news = NewsIndexPage(title="Tin tức", slug="tin-tuc")
    portal.add_child(instance=portal_news)
    return Scene(
        cast, home, NewsIndexPage.objects.child_of(home).get(), portal, portal_news,
        Topic.objects.create(name="Ngày hội", slug="ngay-hoi"), Author.objects.create(name="Minh Thư"),
    )  # fmt: skip
