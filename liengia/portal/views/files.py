"""Copies of pictures and public files. Originals, which may hold a place in the camera's data, are never sent."""

from __future__ import annotations

from typing import Final

from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe
from wagtail.models import CollectionViewRestriction

from liengia.core.sending import SentFile
from liengia.people.policies import public, signed_in
from liengia.portal import pictures, ranges
from liengia.portal.models import PortalDocument, PortalImage, PortalRendition

# What a browser may show in its window; all else is saved, so that no file becomes a page of this site.
SHOWN: Final = {"pdf": "application/pdf", "mp4": "video/mp4", "webm": "video/webm", "vtt": "text/vtt"}


@public
@require_safe
def picture(request: HttpRequest, pk: int, version: str, width: int, form: str) -> HttpResponseBase:
    """Send a copy of a picture; 404 for a width that no page asks for, and for what may not be shown."""
    image = get_object_or_404(PortalImage, pk=pk)
    if width not in pictures.WIDTHS or form not in pictures.FORMS or version != pictures.version_of(image) or not image.is_publishable:
        raise Http404
    copy = pictures.copy_of(image, width, form)
    response = SentFile(copy.file.open("rb"), content_type=pictures.FORMS[form])
    response["Cache-Control"] = pictures.CACHED
    return response


@signed_in
@require_safe
def thumbnail(request: HttpRequest, name: str) -> HttpResponseBase:
    """Send one of the copies that the back office shows; readers have their own addresses of copies (`picture`)."""
    if not request.user.has_perm("wagtailadmin.access_admin"):
        raise Http404
    found = get_object_or_404(PortalRendition, file=f"images/{name}")
    return SentFile(found.file.open("rb"))


@public
@require_safe
def document(request: HttpRequest, pk: int, name: str) -> HttpResponseBase:
    """Send a file, or the part of it that a player asks for."""
    found = get_object_or_404(PortalDocument.objects.select_related("collection"), pk=pk)
    if found.filename != name or found.withdrawn_at is not None or _is_private(found):
        raise Http404
    kind = SHOWN.get(found.file_extension.lower(), "")
    response = ranges.respond(request, found.file, content_type=kind or "application/octet-stream")
    response["Content-Disposition"] = content_disposition_header(not kind, found.filename) or "attachment"
    response["Cache-Control"] = pictures.CACHED
    return response


def _is_private(found: PortalDocument) -> bool:
    """Tell whether the file's collection is kept from the public."""
    above = found.collection.get_ancestors(inclusive=True)
    return CollectionViewRestriction.objects.filter(collection__in=above).exists()


