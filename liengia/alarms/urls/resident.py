"""Addresses of the resident's pages, and the service worker that keeps them."""

from __future__ import annotations

from django.urls import URLPattern, path

from liengia.alarms.views import resident, resident_end, resident_offline

urlpatterns: list[URLPattern] = [
    path("sw.js", resident_offline.service_worker, name="service_worker"),
    path("nha/", resident.home, name="home"),
    path("nha/chon/", resident.choose, name="choose"),
    path("nha/dang-reo/", resident.ringing, name="ringing"),
    path("nha/to/", resident.group, name="group"),
    path("nha/bao/", resident.raise_alarm, name="raise"),
    path("nha/nghe/", resident.hearing, name="hearing"),
    path("nha/bao-dong/<slug:public_id>/", resident.alarm, name="alarm"),
    path("nha/bao-dong/<slug:public_id>/tra-loi/", resident.answer, name="answer"),
    path("nha/bao-dong/<slug:public_id>/da-goi/", resident.call, name="call"),
    path("nha/bao-dong/<slug:public_id>/xin-dung/", resident.ask_end, name="ask_end"),
    path("nha/bao-dong/<slug:public_id>/ket-thuc/", resident_end.end, name="end"),
    path("nha/bao-dong/<slug:public_id>/tat-coi/", resident.quiet, name="quiet"),
]
