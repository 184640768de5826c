"""Addresses of the machinery."""

from __future__ import annotations

from django.urls import path

from liengia.core import gallery, views

urlpatterns = [
    path("ngon-ngu/", views.set_language, name="set_language"),
    path("co-chu/", views.set_text_size, name="set_text_size"),
    path("manifest.webmanifest", views.manifest, name="manifest"),
    path("thanh-phan/", gallery.components, name="components"),
]
