"""Addresses of the operation."""

from __future__ import annotations

from django.urls import path

from liengia.operate import views

app_name = "operate"
urlpatterns = [
    path("health", views.health, name="health"),
    path("metrics", views.metrics, name="metrics"),
]
