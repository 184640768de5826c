"""Addresses of the portal that have names: fixed pages, copies of pictures, files. All others stand in the page tree."""

from __future__ import annotations

from django.urls import path

from liengia.portal.views import files, pages, requests, search

app_name = "portal"
urlpatterns = [
    path("", pages.page, name="home"),
    path("tin-tuc/", pages.page, {"path": "tin-tuc/"}, name="news"),
    path("tin-tuc/yeu-cau/", requests.index, name="requests"),
    path("tin-tuc/yeu-cau/theo-doi/", requests.follow, name="request_follow"),
    path("tin-tuc/yeu-cau/<int:page_id>/", requests.new, name="request_new"),
    path("xa/", pages.page, {"path": "xa/"}, name="communes"),
    path("gioi-thieu/", pages.page, {"path": "gioi-thieu/"}, name="about"),
    path("quyen-rieng-tu/", pages.page, {"path": "quyen-rieng-tu/"}, name="privacy"),
    path("tro-nang/", pages.page, {"path": "tro-nang/"}, name="accessibility"),
    path("tim/", search.find, name="search"),
    path("hinh/<int:pk>-<slug:version>/<int:width>.<slug:form>", files.picture, name="picture"),
]
