"""Public addresses of the room; those of the office stand in wagtail_hooks."""

from __future__ import annotations

from django.urls import path

from liengia.practices.views import public

app_name = "practices"
urlpatterns = [
    path("mo-hinh/", public.index, name="index"),
    path("mo-hinh/dan-van-kheo/", public.campaigns, name="campaigns"),
    path("mo-hinh/dan-van-kheo/<slug:public_id>/", public.campaign, name="campaign"),
    path("mo-hinh/<slug:public_id>/", public.detail, name="detail"),
    path("mo-hinh/<slug:public_id>/lan-toa/", public.spread, name="spread"),
    path("mo-hinh/<slug:public_id>/so-sanh/", public.compare, name="compare"),
    path("mo-hinh/<slug:public_id>/so-sanh.csv", public.compare_csv, name="compare_csv"),
    path("mo-hinh/<slug:public_id>/o-day-can-gi/", public.checklist, name="checklist"),
    path("mo-hinh/<slug:public_id>/tep/<int:key>/", public.material, name="material"),
    path("mo-hinh/<slug:public_id>/mo-hinh.zip", public.package, name="package"),
]
