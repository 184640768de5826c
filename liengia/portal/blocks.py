"""The blocks that articles and plain pages are made of.

Caption, maker and alternative text of a picture are three things. A block whose thing is gone, not public, or of a
room that is off prints nothing. Rich text allows no HTML of one's own.
"""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.blocks.struct_block import StructBlockValidationError
from wagtail.contrib.typed_table_block.blocks import TypedTableBlock
from wagtail.documents.blocks import DocumentChooserBlock
from wagtail.images.blocks import ImageChooserBlock

from liengia.core import linked, rooms
from liengia.portal import site_texts

RICH: list[str] = ["h2", "h3", "bold", "italic", "ol", "ul", "link", "document-link"]


class RegistryChoiceBlock(blocks.ChoiceBlock):
    """A choice that rooms fill. Migrations know it as a text, since they import none of our code."""

    def deconstruct(self) -> tuple[str, list[Any], dict[str, Any]]:
        """Describe it to a migration without the registry."""
        return ("wagtail.blocks.CharBlock", [], {})


class FigureValue(blocks.StructValue):
    """A picture with what is said of it; the article's words win over the picture's own."""

    @property
    def alt_text(self) -> str:
        """The alternative text: the block's, else the picture's."""
        return str(self.get("alt") or (self.get("image") and self["image"].default_alt_text) or "")

    @property
    def caption_text(self) -> str:
        """The caption: the block's, else the picture's."""
        return str(self.get("caption") or (self.get("image") and self["image"].caption) or "")

    @property
    def credit_text(self) -> str:
        """Who made it: the block's, else the picture's."""
        return str(self.get("credit") or (self.get("image") and self["image"].credit) or "")


class FigureBlock(blocks.StructBlock):
    """A picture with caption, maker and alternative text."""

    image = ImageChooserBlock(label=_("picture"))
    caption = blocks.CharBlock(label=_("caption"), max_length=300, required=False)
    credit = blocks.CharBlock(label=_("made by"), max_length=120, required=False)
    alt = blocks.CharBlock(
        label=_("what is seen on it"), max_length=300, required=False,
        help_text=_("For those who cannot see it; empty: as the picture says itself."),
    )  # fmt: skip

    class Meta:
        icon = "image"
        label = _("picture")
        template = "portal/blocks/figure.html"
        value_class = FigureValue


class GalleryBlock(blocks.StructBlock):
    """Several pictures beside each other."""

    title = blocks.CharBlock(label=_("title"), max_length=120, required=False)
    figures = blocks.ListBlock(FigureBlock(), label=_("pictures"), min_num=2, max_num=24)

    class Meta:
        icon = "table"
        label = _("gallery")
        template = "portal/blocks/gallery.html"


class QuotationBlock(blocks.StructBlock):
    """What somebody said, who, and as what they said it."""

    text = blocks.TextBlock(label=_("what was said"), rows=3)
    who = blocks.CharBlock(label=_("who said it"), max_length=120, required=False)
    role = blocks.CharBlock(label=_("as what"), max_length=160, required=False)

    class Meta:
        icon = "openquote"
        label = _("quotation")
        template = "portal/blocks/quotation.html"


class TableBlock(blocks.StructBlock):
    """A table: the first column names its rows; numbers stand right; the last row may be the sum."""

    table = TypedTableBlock(
        [("text", blocks.CharBlock(label=_("passage"), required=False)), ("number", blocks.DecimalBlock(label=_("number"), required=False))],
        label=_("table"),
    )
    has_sum = blocks.BooleanBlock(label=_("the last row is the sum"), required=False)
    source = blocks.CharBlock(label=_("source"), max_length=200, required=False)

    class Meta:
        icon = "table"
        label = _("table")
        template = "portal/blocks/table.html"

    def get_context(self, value: Any, parent_context: Any = None) -> dict[str, Any]:
        """Give the rows apart from the sum, each cell with whether it is a number."""
        context: dict[str, Any] = super().get_context(value, parent_context)
        table = value["table"]
        columns = [] if table is None else [(one["heading"], one["block"].name == "number") for one in table.columns]
        rows = [] if table is None else [list(zip(row["values"], (n for _h, n in columns), strict=False)) for row in table.row_data]
        total = rows.pop() if value["has_sum"] and len(rows) > 1 else None
        return context | {"columns": columns, "rows": rows, "total": total}


class FileBlock(blocks.StructBlock):
    """A file to take home."""

    document = DocumentChooserBlock(label=_("file"))
    title = blocks.CharBlock(label=_("title"), max_length=160, required=False)

    class Meta:
        icon = "doc-full"
        label = _("file")
        template = "portal/blocks/file.html"


class VideoBlock(blocks.StructBlock):
    """A video of our own, with captions, and what is said in it as a text."""

    document = DocumentChooserBlock(label=_("video file (MP4 or WebM)"))
    captions = DocumentChooserBlock(label=_("captions (WebVTT)"), required=False)
    poster = ImageChooserBlock(label=_("first picture"), required=False)
    caption = blocks.CharBlock(label=_("caption"), max_length=300, required=False)
    credit = blocks.CharBlock(label=_("made by"), max_length=120, required=False)
    transcript = blocks.TextBlock(label=_("what is said, as a text"), required=False)

    class Meta:
        icon = "media"
        label = _("video")
        template = "portal/blocks/video.html"

    def clean(self, value: Any) -> Any:
        """Refuse a file that no browser plays, and a video that a deaf reader cannot follow."""
        cleaned = super().clean(value)
        errors: dict[str, ValidationError] = {}
        if cleaned["document"].file_extension.lower() not in ("mp4", "webm"):
            errors["document"] = ValidationError(_("Phones play MP4 and WebM only. Choose such a file."))
        if cleaned["captions"] and cleaned["captions"].file_extension.lower() != "vtt":
            errors["captions"] = ValidationError(_("Captions are a file that ends in .vtt."))
        if not cleaned["captions"] and not cleaned["transcript"]:
            errors["transcript"] = ValidationError(_("Add captions or write what is said: not everybody hears it."))
        if errors:
            raise StructBlockValidationError(block_errors=errors)
        return cleaned


class LinkedThingBlock(blocks.StructBlock):
    """A practice, a festival day, a list of commendations: whatever rooms have registered (`core.linked`)."""

    kind = RegistryChoiceBlock(label=_("what"), choices=linked.choices)
    key = blocks.CharBlock(label=_("its code"), max_length=80, help_text=_("The last part of its address."))

    class Meta:
        icon = "link"
        label = _("linked practice, festival, list")
        template = "portal/blocks/linked.html"

    def get_context(self, value: Any, parent_context: Any = None) -> dict[str, Any]:
        """Give what the public may see of it, or nothing."""
        context: dict[str, Any] = super().get_context(value, parent_context)
        return context | {"card": linked.card(value["kind"], value["key"])}


class SiteTextBlock(blocks.StructBlock):
    """A section that comes with the platform, in both languages, true to what this version does."""

    text = RegistryChoiceBlock(label=_("section"), choices=site_texts.choices)

    class Meta:
        icon = "doc-full-inverse"
        label = _("section of the platform")
        template = "portal/blocks/site_text.html"

    def get_context(self, value: Any, parent_context: Any = None) -> dict[str, Any]:
        """Give the section's template; none while its room is off."""
        context: dict[str, Any] = super().get_context(value, parent_context)
        found = site_texts.SECTIONS.get(value["text"])
        shown = found is not None and (not found.room or rooms.is_on(found.room, context.get("commune")))
        return context | {"section": found.template if found is not None and shown else ""}


class ArticleBlocks(blocks.StreamBlock):
    """The body of an article."""

    paragraph = blocks.RichTextBlock(label=_("passage"), icon="pilcrow", features=RICH, template="portal/blocks/paragraph.html")
    figure = FigureBlock()
    gallery = GalleryBlock()
    quotation = QuotationBlock()
    table = TableBlock()
    file = FileBlock()
    video = VideoBlock()
    linked = LinkedThingBlock()


class PlainBlocks(ArticleBlocks):
    """The body of a plain page: besides, the sections that come with the platform."""

    site_text = SiteTextBlock()


