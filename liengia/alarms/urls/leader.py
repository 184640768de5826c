"""Addresses of the leader's pages, of the hamlet's day, of the spreadsheet and of papers."""

from __future__ import annotations

from django.urls import URLPattern, path

from liengia.alarms.views import (
    leader,
    leader_devices,
    leader_drills,
    leader_import,
    leader_papers,
    leader_silent,
    leader_today,
)

urlpatterns: list[URLPattern] = [
    path("nha/hom-nay/", leader_today.today, name="today"),
    path("nha/hom-nay/giay.pdf", leader_today.paper, name="today_paper"),
    path("nha/nhap/", leader_import.upload, name="leader_import"),
    path("nha/nhap/mau.xlsx", leader_import.template, name="leader_import_template"),
    path("nha/nhap/viec/<slug:public_id>/", leader_import.watch, name="leader_bulk"),
    path("nha/nhap/viec/<slug:public_id>/giay.pdf", leader_import.paper, name="leader_bulk_paper"),
    path("nha/nhap/giay.pdf", leader_import.papers_of_all, name="leader_import_papers"),
    path("truc/su-viec/<slug:public_id>/bao-cao.pdf", leader_papers.incident, name="incident_paper"),
    path("nha/im-lang/<slug:public_id>/", leader_silent.silent_call, name="silent_call"),
    path("nha/to/truong/", leader.home, name="leader_home"),
    path("nha/to/<slug:public_id>/", leader.group, name="leader_group"),
    path("nha/to/<slug:public_id>/nha/", leader.houses, name="leader_houses"),
    path("nha/to/<slug:public_id>/nha/them/", leader.add_house, name="leader_add_house"),
    path("nha/to/<slug:public_id>/nha/<slug:household>/bo/", leader.remove_house, name="leader_remove_house"),
    path("nha/to/<slug:public_id>/quy-che/", leader.rules, name="leader_rules"),
    path("nha/to/<slug:public_id>/quy-che/quyet-dinh/", leader.decision, name="leader_decision"),
    path("nha/to/<slug:public_id>/goi/", leader.calls, name="leader_calls"),
    path("nha/to/<slug:public_id>/phieu.pdf", leader_papers.sheet, name="leader_sheet"),
    path("nha/to/<slug:public_id>/the-moi.pdf", leader_papers.cards, name="leader_cards"),
    path("nha/to/<slug:public_id>/thiet-bi/", leader_devices.devices, name="leader_devices"),
    path("nha/to/<slug:public_id>/thiet-bi/them/", leader_devices.provision, name="leader_provision"),
    path("nha/to/<slug:public_id>/thiet-bi/<slug:device>/thu/", leader_devices.test, name="leader_device_test"),
    path("nha/to/<slug:public_id>/thiet-bi/<slug:device>/tach/", leader_devices.apart, name="leader_device_apart"),
    path("nha/to/<slug:public_id>/thiet-bi/<slug:device>/tra/", leader_devices.give_back, name="leader_device_return"),
    path("nha/to/<slug:public_id>/thiet-bi/<slug:device>/cap-lai/", leader_devices.renew, name="leader_device_renew"),
    path("nha/to/<slug:public_id>/thiet-bi/<slug:device>/chuyen/", leader_devices.move, name="leader_device_move"),
    path("nha/to/<slug:public_id>/thiet-bi/<slug:device>/goi-lai/", leader_devices.call_again, name="leader_device_call"),
    path("nha/to/<slug:public_id>/thiet-bi/<slug:device>/thu-hoi/", leader_devices.revoke, name="leader_device_revoke"),
    path("nha/to/<slug:public_id>/thu-chuong/", leader_drills.bell_test, name="leader_bell_test"),
    path("nha/to/<slug:public_id>/dien-tap/", leader_drills.drills, name="leader_drills"),
    path("nha/to/<slug:public_id>/dien-tap/<int:pk>/", leader_drills.drill, name="leader_drill"),
    path("nha/to/<slug:public_id>/dien-tap/<int:pk>/mo/", leader_drills.start, name="leader_drill_start"),
    path("nha/to/<slug:public_id>/dien-tap/<int:pk>/ket-thuc/", leader_drills.end, name="leader_drill_end"),
    path("nha/to/<slug:public_id>/dien-tap/<int:pk>/huy/", leader_drills.cancel, name="leader_drill_cancel"),
]
