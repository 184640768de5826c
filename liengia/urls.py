"""All addresses of the site; each room brings its own, and each view declares its policy."""

from __future__ import annotations

from django.conf import settings
from django.conf.urls.static import static
from django.urls import include, path, re_path
from wagtail.admin import urls as wagtail_admin
from wagtail.urls import serve_pattern

from liengia.portal.views import files, pages

urlpatterns = [
    path("", include("liengia.operate.urls")),
    path("", include("liengia.core.urls")),
    path("", include("liengia.people.account_urls")),
    path("", include("liengia.people.urls")),
    path("quan-tri/", include(wagtail_admin)),
    path("", include("liengia.broadcast.urls")),
    path("", include("liengia.broadcast.speaker_urls")),
    path("", include("liengia.commendations.urls")),
    path("", include("liengia.alarms.urls")),
    path("", include("liengia.comments.urls")),
    path("", include("liengia.opinions.urls")),
    path("", include("liengia.festivals.urls")),
    path("", include("liengia.practices.urls")),
    path("", include("liengia.reports.urls")),
    path("", include("liengia.portal.urls")),
    path("", include("liengia.api.urls")),
    # Wagtail asks for these two by name. The tree of pages comes last: every other address wins over it.
    path("tep/<int:pk>/<path:name>", files.document, name="wagtaildocs_serve"),
    path("media/images/<str:name>", files.thumbnail),
    *static(settings.MEDIA_URL, document_root=settings.MEDIA_ROOT),
    re_path(serve_pattern, pages.page, name="wagtail_serve"),
]
