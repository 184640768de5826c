"""Addresses for players of loudspeakers and for clusters of other makes."""

from __future__ import annotations

from django.urls import path, register_converter

from liengia.broadcast.views import speakers


class Sha256:
    """A hash in an address."""

    regex = "[0-9a-f]{64}"

    def to_python(self, value: str) -> str:
        """Return it."""
        return value

    def to_url(self, value: str) -> str:
        """Return it."""
        return value


register_converter(Sha256, "sha256")

app_name = "speakers"
urlpatterns = [
    path("loa/am-thanh/<sha256:sha256>.wav", speakers.sound, name="sound"),
    path("loa/ngoai/<str:token>.wav", speakers.outside_sound, name="outside_sound"),
    path("loa/<slug:public_id>/", speakers.complain, name="complain"),
    path("loa/bao/<slug:public_id>/", speakers.outside_report, name="outside_report"),
]
