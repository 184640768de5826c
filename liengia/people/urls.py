"""Addresses of the room."""

from __future__ import annotations

from django.urls import path

from liengia.people.views import accounts, duty, households, joining

app_name = "people"
urlpatterns = [
    path("vao/<slug:code>/", joining.enter, name="enter"),
    path("tai-khoan/", accounts.account, name="account"),
    path("tai-khoan/sau-khi-vao/", accounts.after_login, name="after_login"),
    path("tai-khoan/cho-xac-nhan/", joining.waiting, name="waiting"),
    path("tai-khoan/ma-pin/", joining.pin, name="pin"),
    path("tai-khoan/lop-thu-hai/", accounts.second_factor, name="second_factor"),
    path("tai-khoan/may/<int:pk>/thu-hoi/", accounts.revoke_phone, name="revoke_phone"),
    path("nha/ho/", households.listing, name="households"),
    path("nha/ho/cho/", joining.waiting_members, name="waiting_members"),
    path("nha/ho/cho/<int:pk>/", joining.answer_member, name="answer_member"),
    path("nha/ho/<slug:public_id>/", households.detail, name="household"),
    path("nha/ho/<slug:public_id>/sua/", households.edit, name="household_edit"),
    path("nha/ho/<slug:public_id>/dien-thoai/", households.phones, name="household_phones"),
    path("nha/ho/<slug:public_id>/do-chua-chay/", households.kit, name="household_kit"),
    path("nha/ho/<slug:public_id>/phong/", households.rooms, name="household_rooms"),
    path("nha/ho/<slug:public_id>/can-giup/", households.need, name="household_need"),
    path("nha/ho/<slug:public_id>/moi/", households.invite, name="household_invite"),
    path("nha/ho/<slug:public_id>/du-lieu/", households.data, name="household_data"),
    path("nha/ho/<slug:public_id>/du-lieu/tai/", households.export, name="household_export"),
    path("nha/ho/<slug:public_id>/thanh-vien/<int:pk>/", households.end_member, name="household_end_member"),
    path("nha/ho/<slug:public_id>/thanh-vien/<int:pk>/noi-thay/", households.set_head, name="household_set_head"),
    path("truc/lich/", duty.posts, name="posts"),
    path("truc/lich/<slug:public_id>/", duty.rota, name="rota"),
    path("truc/lich/<slug:public_id>/ca/<int:pk>/bo/", duty.remove, name="rota_remove"),
    path("truc/lich/<slug:public_id>/chep/", duty.copy, name="rota_copy"),
    path("truc/lich/<slug:public_id>/giao-ca/", duty.handover, name="handover"),
    path("truc/lich/<slug:public_id>/giao-ca/<int:pk>/", duty.sign, name="handover_sign"),
    path("truc/lich/<slug:public_id>/so-truc/", duty.log, name="shift_log"),
]
