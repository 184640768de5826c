"""The public addresses of this room; the office's stand in `wagtail_hooks`."""

from __future__ import annotations

from django.urls import path

from liengia.commendations.views import handing, proposals, public, verify

app_name = "commendations"
urlpatterns = [
    path("khen-thuong/", public.roll, name="roll"),
    path("khen-thuong/danh-sach.csv", public.roll_csv, name="roll_csv"),
    path("khen-thuong/tin.xml", public.feed, name="feed"),
    path("khen-thuong/de-nghi/", proposals.propose, name="propose"),
    path("khen-thuong/trao/", handing.handing, name="handing"),
    path("khen-thuong/trao/sw.js", handing.worker, name="handing_worker"),
    path("khen-thuong/trao/<slug:public_id>/", handing.mark, name="mark"),
    path("khen-thuong/<slug:public_id>/", public.decision, name="decision"),
    path("xac-minh/", verify.ask, name="verify"),
    path("xac-minh/<str:code>/", verify.code, name="code"),
    path("xac-minh/<str:code>", verify.code),
    path("xac-minh/<str:code>/an-ten/", verify.hide, name="hide"),
]
