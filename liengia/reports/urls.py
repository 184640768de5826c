"""Addresses of the room's public pages."""

from __future__ import annotations

from django.urls import path

from liengia.reports.views import public

app_name = "reports"
urlpatterns = [
    path("bao-cao/", public.index, name="index"),
    path("bao-cao/an-toan/", public.safety_register, name="safety"),
    path("bao-cao/tu-dien.csv", public.dictionary, name="dictionary"),
    path("bao-cao/<slug:public_id>/", public.report, name="report"),
    path("bao-cao/<slug:public_id>/bao-cao.pdf", public.pdf_file, name="pdf"),
    path("bao-cao/<slug:public_id>/doc-truoc-dan.pdf", public.sheet, name="sheet"),
    path("bao-cao/<slug:public_id>/so-lieu.csv", public.data, name="data"),
    path("bao-cao/<slug:public_id>/so-lieu/<str:code>/", public.figure, name="figure"),
]
