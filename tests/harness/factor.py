"""A browser whose session has given a second factor, as allauth notes it, without its pages."""

from __future__ import annotations

import time

from allauth.mfa.models import Authenticator
from django.test import Client

from liengia.people.models import User


def give_second_factor(client: Client, user: User) -> Client:
    """Note in the session of a signed-in user that a factor which stands was given; lay one when there is none."""
    factor = Authenticator.objects.filter(user=user).first() or Authenticator.objects.create(user=user, type="totp", data={})
    session = client.session
    session["account_authentication_methods"] = [{"method": "mfa", "type": factor.type, "id": factor.pk, "at": time.time()}]
    session["account_authentication_methods_user"] = str(user.pk)
    session.save()
    return client
