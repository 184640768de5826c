"""What web push, warnings, e-mail and RSS register with lower rooms."""

from __future__ import annotations

from typing import Any

from allauth.account.signals import password_changed, password_set
from django.contrib.auth.signals import user_logged_out
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from liengia.broadcast import front
from liengia.broadcast.services import push
from liengia.core.menus import Item, register
from liengia.people.models import User
from liengia.people.services.accounts import follow_endings, follow_roles


def register_all() -> None:
    """Register menus, and who is told of accounts that close and of signing out; called from `AppConfig.ready`."""
    register(Item("phone", "broadcast", _("Let this phone ring with the page closed"), "broadcast:push", "device-mobile-vibration", 10, shown_to=_is_signed_in))
    register(Item("foot", "broadcast", _("Bulletins"), "broadcast:bulletins", "", 20))
    front.register_own()
    follow_roles(push.forget_closed)
    follow_endings(push.forget_ended)
    user_logged_out.connect(forget_session, dispatch_uid="broadcast.forget_session")
    for changed in (password_changed, password_set):
        changed.connect(forget_others, dispatch_uid="broadcast.forget_others")


def _is_signed_in(request: HttpRequest) -> bool:
    return isinstance(request.user, User)


def forget_session(sender: Any, request: HttpRequest | None, user: Any, **kwargs: Any) -> None:
    """End what a session had switched on, before the session itself goes: Django says so at that moment."""
    if request is not None and isinstance(user, User):
        push.forget_session(user, push.mark_of(request.session))


def forget_others(sender: Any, request: HttpRequest, user: Any, **kwargs: Any) -> None:
    """End what the other sessions had switched on: a new password has ended them."""
    if isinstance(user, User):
        push.forget_ended(user, but=push.mark_of(request.session))
