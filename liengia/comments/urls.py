"""Addresses of readers' comments."""

from __future__ import annotations

from django.urls import path

from liengia.comments.views import readers, writer

app_name = "comments"
urlpatterns = [
    path("y-kien-ban-doc/so-lieu/", readers.figures, name="figures"),
    path("y-kien-ban-doc/cua-toi/<str:code>/", writer.mine, name="mine"),
    path("y-kien-ban-doc/bao/<slug:public_id>/", readers.flag, name="flag"),
    path("y-kien-ban-doc/<slug:public_id>/", readers.thread, name="thread"),
    path("y-kien-ban-doc/<slug:public_id>/tra-loi-chinh-thuc/", readers.answer, name="answer"),
]
