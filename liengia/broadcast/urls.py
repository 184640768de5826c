"""The addresses of this room outside of the back office."""

from __future__ import annotations

from django.urls import path

from liengia.broadcast.views import calls, consents, duty, webhooks, zalo

app_name = "broadcast"
urlpatterns = [
    path("truc/khan-cap/", duty.emergencies, name="emergencies"),
    path("truc/khan-cap/<slug:public_id>/", duty.emergency, name="emergency"),
    path("truc/da-phat/<slug:public_id>/", duty.sent, name="sent"),
    path("truc/da-phat/<slug:public_id>/thu-hoi/", duty.withdraw, name="duty_withdraw"),
    *zalo.phone_urls(),
    *calls.phone_urls(),
    *consents.phone_urls(),
    *webhooks.webhook_urls(),
]
