"""Start of the room."""

from __future__ import annotations

from typing import Any

from django.apps import AppConfig, apps
from django.conf import settings
from django.db.models.signals import post_migrate
from django.utils import translation
from django.utils.translation import gettext_lazy as _


def fill_defaults(sender: AppConfig, **kwargs: Any) -> None:
    """After the last room has migrated: shipped roles, retention periods, national numbers."""
    last = [config for config in apps.get_app_configs() if config.models_module is not None][-1]
    if sender.label != last.label:
        return
    from liengia.people.services import accounts, numbers, retention

    # Django migrates without translations; what is shipped as data stands in the installation's language.
    with translation.override(settings.LANGUAGE_CODE):
        accounts.ensure_default_roles()
        retention.ensure_periods()
        numbers.ensure_national_numbers()


def note_second_factor(sender: Any, request: Any, user: Any, authenticator: Any, **kwargs: Any) -> None:
    """Who has just set a second factor up has just shown it: it counts for this session, also for what asks again.

    Without that, whoever has only a new passkey is asked for the code of an app before seeing the recovery codes.
    """
    from allauth.account.internal.flows.login import record_authentication

    from liengia.people.services import accounts

    if authenticator.type == "recovery_codes":
        return
    record_authentication(
        request, user, method="mfa", type=str(authenticator.type), id=authenticator.pk, reauthenticated=True
    )
    # The signal comes on commit, which may be after the response's session was written.
    request.session.save()
    accounts.note_second_factor(user, str(authenticator.type))


class PeopleConfig(AppConfig):
    """Registers capabilities, audit kinds, chores, what succession moves, menus, and what /health asks."""

    name = "liengia.people"
    label = "people"
    verbose_name = _("People")

    def ready(self) -> None:
        """Fill the registries of lower rooms; the two signals are Django's and allauth's own."""
        from allauth.mfa import signals

        from liengia.core import health, rooms
        from liengia.people import audit_kinds, capabilities, menu, policies, readers, reform, tasks  # noqa: F401  (each registers itself)
        from liengia.people.health import rota
        from liengia.units import scope, succession

        for model in self.get_models():
            # Wagtail would write reference rows at every save; nothing of ours is looked up by them.
            model.wagtail_reference_index_ignore = True  # type: ignore[attr-defined]
        capabilities.register_own()
        for mover in (reform.move_households, reform.move_roles, reform.move_posts):
            succession.register(mover)
        health.register("rota", rota)
        scope.answer_by(policies.units_where)
        rooms.answer_for_readers_by(readers.keeps_on_for)
        menu.register_own()
        post_migrate.connect(fill_defaults, dispatch_uid="people.fill_defaults")
        signals.authenticator_added.connect(note_second_factor, dispatch_uid="people.note_second_factor")
