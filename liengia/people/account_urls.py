"""Signing in and second factors: allauth's pages under our addresses and templates.

Their names are allauth's own, without a namespace, since allauth reverses them. No public sign-up, no e-mail
pages, no password reset by e-mail: those names lead to a page that says whom to ask.
"""

from __future__ import annotations

from allauth.account import views as account
from allauth.mfa.base import views as mfa
from allauth.mfa.recovery_codes import views as recovery
from allauth.mfa.totp import views as totp
from allauth.mfa.webauthn import views as webauthn
from django.urls import path

from liengia.people.policies import public, signed_in
from liengia.people.views import accounts

urlpatterns = [
    path("tai-khoan/vao/", public(account.login), name="account_login"),
    path("tai-khoan/ra/", public(account.logout), name="account_logout"),
    path("tai-khoan/da-dong/", public(account.account_inactive), name="account_inactive"),
    path("tai-khoan/dang-ky/", public(accounts.how_to_join), name="account_signup"),
    path("tai-khoan/quen-mat-khau/", public(accounts.forgotten), name="account_reset_password"),
    path("tai-khoan/thu-dien-tu/", signed_in(accounts.to_account), name="account_email"),
    path(
        "tai-khoan/thu-dien-tu/xac-minh/", public(accounts.to_account), name="account_email_verification_sent"
    ),
    path("tai-khoan/ma-dang-nhap/", public(accounts.to_account), name="account_confirm_login_code"),
    path("tai-khoan/xac-nhan-mat-khau/", signed_in(account.reauthenticate), name="account_reauthenticate"),
    path("tai-khoan/doi-mat-khau/", signed_in(account.password_change), name="account_change_password"),
    path("tai-khoan/dat-mat-khau/", signed_in(account.password_set), name="account_set_password"),
    path("tai-khoan/bao-mat/", signed_in(accounts.to_account), name="mfa_index"),
    path("tai-khoan/bao-mat/ma/", public(mfa.authenticate), name="mfa_authenticate"),
    path("tai-khoan/bao-mat/ma-lai/", signed_in(mfa.reauthenticate), name="mfa_reauthenticate"),
    path("tai-khoan/bao-mat/ung-dung/", signed_in(totp.activate_totp), name="mfa_activate_totp"),
    path("tai-khoan/bao-mat/ung-dung/go/", signed_in(totp.deactivate_totp), name="mfa_deactivate_totp"),
    path(
        "tai-khoan/bao-mat/du-phong/", signed_in(recovery.view_recovery_codes), name="mfa_view_recovery_codes"
    ),
    path(
        "tai-khoan/bao-mat/du-phong/tao/",
        signed_in(recovery.generate_recovery_codes),
        name="mfa_generate_recovery_codes",
    ),
    path(
        "tai-khoan/bao-mat/du-phong/tai/",
        signed_in(recovery.download_recovery_codes),
        name="mfa_download_recovery_codes",
    ),
    path("tai-khoan/bao-mat/khoa/", signed_in(webauthn.list_webauthn), name="mfa_list_webauthn"),
    path("tai-khoan/bao-mat/khoa/them/", signed_in(webauthn.add_webauthn), name="mfa_add_webauthn"),
    path(
        "tai-khoan/bao-mat/khoa/lai/",
        signed_in(webauthn.reauthenticate_webauthn),
        name="mfa_reauthenticate_webauthn",
    ),
    path("tai-khoan/bao-mat/khoa/vao/", public(webauthn.login_webauthn), name="mfa_login_webauthn"),
    path(
        "tai-khoan/bao-mat/khoa/<int:pk>/go/", signed_in(webauthn.remove_webauthn), name="mfa_remove_webauthn"
    ),
    path("tai-khoan/bao-mat/khoa/<int:pk>/sua/", signed_in(webauthn.edit_webauthn), name="mfa_edit_webauthn"),
]
