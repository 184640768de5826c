"""What a process does once, before its work begins, so that the first who needs it does not wait for it.

Django loads addresses at the first `reverse()` (half a second, since they import every view), templates' tags and
catalogues at the first page. Inside a write transaction that would hold everybody else's writes.
"""

from __future__ import annotations

import gc

from django.apps import apps
from django.conf import settings
from django.contrib.auth.hashers import get_hashers
from django.template import engines
from django.urls import get_resolver
from django.utils import translation


def up(*, with_addresses: bool = True) -> None:
    """Load languages, models, hashers, templates' tags and addresses; then spare all of it the garbage collector.

    Without addresses it is for a process that never makes one: they cost 40 MB. Asks nothing of the database, so
    that a process may fork afterwards.

    The collector walks whatever lives at each full collection (0.15 s for the loaded code alone), and all threads
    wait meanwhile; what is frozen is never walked again, and a fork shares its memory.
    """
    get_hashers()
    for model in apps.get_models(include_auto_created=True):
        model._meta.related_objects  # noqa: B018  (a cached property, as are the others here)
        model._meta.fields_map  # noqa: B018
    for language, _name in settings.LANGUAGES:
        with translation.override(language):  # reads the catalogues
            if with_addresses:
                get_resolver()._populate()
    if with_addresses:
        for engine in engines.all():
            engine.from_string("")  # imports the tags of all rooms
    gc.collect()
    gc.freeze()
