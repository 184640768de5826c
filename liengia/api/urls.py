"""Addresses of the room."""

from __future__ import annotations

from django.urls import re_path

from liengia.api.views import open311

app_name = "api"
_FORM = r"\.(?P<form>json|xml)$"
urlpatterns = [
    re_path(rf"^open311/discovery{_FORM}", open311.discovery, name="discovery"),
    re_path(rf"^open311/v2/services{_FORM}", open311.service_list, name="services"),
    re_path(rf"^open311/v2/services/(?P<code>[a-zA-Z0-9_-]{{1,40}}){_FORM}", open311.service_definition, name="definition"),
    re_path(rf"^open311/v2/requests{_FORM}", open311.service_requests, name="requests"),
    re_path(rf"^open311/v2/requests/(?P<number>[a-z0-9]{{10}}){_FORM}", open311.service_request, name="request"),
    re_path(rf"^open311/v2/tokens/(?P<token>[a-z0-9]{{1,64}}){_FORM}", open311.token, name="token"),
    re_path(rf"^open311/(?:.*){_FORM}", open311.unknown, name="unknown"),
]
