"""The addresses of this room outside of the back office."""

from __future__ import annotations

from django.urls import path

from liengia.broadcast.views import calls, cap, consents, duty, public, push, webhooks, zalo

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
    path("nha/thong-bao/", push.page, name="push"),
    path("nha/thong-bao/bat/", push.subscribe, name="push_subscribe"),
    path("nha/thong-bao/may/<slug:public_id>/", push.device, name="push_device"),
    path("thong-bao-day/sw.js", push.worker, name="push_worker"),
    path("thong-bao-day/da-hien/", push.shown, name="push_shown"),
    path("thong-bao-day/tra-loi/", push.answer, name="push_answer"),
    path("thong-bao-day/doi/", push.renew, name="push_renew"),
    path("thong-bao/", public.index, name="bulletins"),
    path("thong-bao/rss/", public.rss, name="rss"),
    path("thong-bao/tieng-noi/", public.said, name="voice"),
    path("thong-bao/thoi-thu/<str:token>/", consents.end, name="email_end"),
    path("thong-bao/<slug:public_id>/", public.bulletin, name="bulletin"),
    path("cap/feed.xml", cap.feed, name="cap_feed"),
    path("cap/test.xml", cap.trial, name="cap_test"),
    path("cap/<slug:public_id>.xml", cap.alert, name="cap_alert"),
]
