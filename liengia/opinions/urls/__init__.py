"""Addresses of the room."""

from __future__ import annotations

from django.urls import path

from liengia.opinions.urls import forum
from liengia.opinions.views import filing, follow, helper, public

app_name = "opinions"
urlpatterns = [
    *forum.urlpatterns,
    path("gop-y/", public.index, name="index"),
    path("gop-y/gui/", filing.new, name="new"),
    path("gop-y/gan-giong/", filing.alike, name="alike"),
    path("gop-y/phieu.pdf", follow.paper, name="paper"),
    path("gop-y/theo-doi/", follow.follow, name="follow"),
    path("gop-y/bang-theo-doi/", public.board, name="board"),
    path("gop-y/ghi-ho/", helper.enter, name="enter"),
    path("gop-y/ghi-ho/sw.js", helper.worker, name="worker"),
    path("gop-y/ghi-ho/dong-bo/", helper.sync, name="sync"),
    path("gop-y/ghi-ho/<slug:public_id>/da-bao/", helper.told, name="told"),
    path("gop-y/<slug:public_id>/", public.detail, name="detail"),
    path("gop-y/<slug:public_id>/toi-cung-vay/", public.support, name="support"),
    path("gop-y/<slug:public_id>/anh/<int:key>/", public.photo, name="photo"),
    path("gop-y/<slug:public_id>/bang-chung/<int:key>/", public.evidence, name="evidence"),
]
