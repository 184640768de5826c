"""Addresses of the alarms room: residents and leaders under /nha/, the duty post under /truc/, the live order."""

from __future__ import annotations

from django.urls import path

from liengia.alarms import feed
from liengia.alarms.urls import console, leader, resident

app_name = "alarms"
urlpatterns = [
    path("song/", feed.stream, name="live"),
    *leader.urlpatterns,
    *resident.urlpatterns,
    *console.urlpatterns,
]
