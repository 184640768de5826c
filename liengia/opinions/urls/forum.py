"""Addresses of the listening forum."""

from __future__ import annotations

from django.urls import URLPattern, path, re_path

from liengia.opinions.views import forum, forum_desk

urlpatterns: list[URLPattern] = [
    path("dien-dan/", forum.index, name="forums"),
    path("dien-dan/lich.ics", forum.calendar, name="forum_calendar"),
    path("dien-dan/moi/", forum_desk.edit, name="forum_new"),
    path("dien-dan/to-chuc/", forum_desk.mine, name="forum_mine"),
    re_path(r"^dien-dan/(?P<code>[1-9]\d{4})/$", forum.short, name="forum_short"),
    path("dien-dan/<slug:public_id>/", forum.detail, name="forum"),
    path("dien-dan/<slug:public_id>/lich.ics", forum.calendar, name="forum_event"),
    path("dien-dan/<slug:public_id>/bao-cao.pdf", forum.report, name="forum_report"),
    path("dien-dan/<slug:public_id>/hoi/", forum.ask, name="forum_ask"),
    path("dien-dan/<slug:public_id>/khao-sat/<slug:phase>/", forum.survey, name="forum_survey"),
    path("dien-dan/<slug:public_id>/phieu-giay/", forum.sheet, name="forum_sheet"),
    path("dien-dan/<slug:public_id>/man-hinh/", forum.screen, name="forum_screen"),
    path("dien-dan/<slug:public_id>/man-hinh/phan/", forum.wall, name="forum_wall"),
    path("dien-dan/<slug:public_id>/man-hinh/dong/", forum.stream, name="forum_stream"),
    path("dien-dan/<slug:public_id>/bien-ban.pdf", forum.minutes, name="forum_minutes"),
    re_path(
        r"^dien-dan/(?P<public_id>[-a-z0-9]+)/bien-ban-(?P<version>[1-9]\d?)\.(?P<kind>pdf|docx)$", forum.minutes, name="forum_paper"
    ),
    path("dien-dan/<slug:public_id>/sua/", forum_desk.edit, name="forum_edit"),
    path("dien-dan/<slug:public_id>/ban-thu-ky/", forum_desk.desk, name="forum_desk"),
    path("dien-dan/<slug:public_id>/ban-thu-ky/lam/", forum_desk.act, name="forum_act"),
    path("dien-dan/<slug:public_id>/ban-thu-ky/moi/", forum_desk.news, name="forum_news"),
    re_path(r"^dien-dan/(?P<public_id>[-a-z0-9]+)/ban-thu-ky/bien-ban\.(?P<kind>pdf|docx)$", forum_desk.draft, name="forum_draft"),
    path("dien-dan/<slug:public_id>/nhap-phieu/", forum_desk.entry, name="forum_entry"),
    path("dien-dan/<slug:public_id>/nhap-phieu/nhan/", forum_desk.take_slip, name="forum_take_slip"),
]
