"""Addresses of the duty console."""

from __future__ import annotations

from django.urls import path

from liengia.alarms.views import console, console_record

urlpatterns = [
    path("truc/", console.console, name="console"),
    path("truc/bang/", console.fragment, name="console_board"),
    path("truc/lich-su/", console_record.history, name="console_history"),
    path("truc/su-viec/<slug:public_id>/", console_record.record, name="console_incident"),
    path("truc/su-viec/<slug:public_id>/nhan/", console.acknowledge, name="console_acknowledge"),
    path("truc/su-viec/<slug:public_id>/tat-coi/", console.quiet, name="console_quiet"),
    path("truc/su-viec/<slug:public_id>/ket-thuc/", console.resolve, name="console_resolve"),
    path("truc/su-viec/<slug:public_id>/bao-nham/", console.dismiss, name="console_dismiss"),
    path("truc/su-viec/<slug:public_id>/ghi-chu/", console.note, name="console_note"),
    path("truc/su-viec/<slug:public_id>/tra-loi/", console.answer, name="console_answer"),
    path("truc/su-viec/<slug:public_id>/da-goi/", console.call, name="console_call"),
    path("truc/su-viec/<slug:public_id>/tach/", console.apart, name="console_apart"),
    path("truc/su-viec/<slug:public_id>/tach/<slug:device>/tra/", console.give_back, name="console_return"),
]
