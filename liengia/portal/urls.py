"""Addresses of the public front."""

from __future__ import annotations

from django.urls import path

from liengia.portal import views

app_name = "portal"
urlpatterns = [
    path("", views.home, name="home"),
    path("gioi-thieu/", views.about, name="about"),
    path("quyen-rieng-tu/", views.privacy, name="privacy"),
    path("tro-nang/", views.accessibility, name="accessibility"),
]
