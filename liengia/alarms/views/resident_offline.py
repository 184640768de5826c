"""The service worker: what a phone keeps for when the network is gone."""

from __future__ import annotations

import hashlib
import json
from functools import cache
from pathlib import Path
from typing import Final

from django.conf import settings
from django.contrib.staticfiles.storage import staticfiles_storage
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_GET

from liengia.broadcast import push_worker
from liengia.core import rooms
from liengia.people.policies import public

STATIC: Final = Path(settings.BASE_DIR) / "static"
_FONTS: Final = tuple(
    f"vendor/be-vietnam-pro/be-vietnam-pro-{script}-{weight}-normal.woff2"
    for weight in (400, 600, 700)
    for script in ("vietnamese", "latin")
)
# What the quiet page, the group's page and the page that rings load.
SHELL: Final = (
    "css/fonts.css",
    "css/tokens.css",
    "css/base.css",
    "css/alarm.css",
    "css/home.css",
    "css/resident.css",
    "css/print.css",
    "js/early.js",
    "js/look.js",
    "js/copy.js",
    "js/clock.js",
    "js/hold.js",
    "js/live.js",
    "js/sound.js",
    "js/resident.js",
    "icons.svg",
    "img/mark.svg",
    *_FONTS,
)
# Modules that others import by their plain name.
IMPORTED: Final = ("js/time.js",)


@cache
def script() -> str:
    """Return the worker with its settings before it; the version changes when anything that it keeps does."""
    digest = hashlib.sha256()
    for name in ("sw.js", *SHELL, *IMPORTED):
        path = STATIC / name
        digest.update(name.encode())
        digest.update(path.read_bytes() if path.exists() else b"")
    config = {
        "version": digest.hexdigest()[:12],
        "shell": [*(staticfiles_storage.url(name) for name in SHELL), *(f"{settings.STATIC_URL}{name}" for name in IMPORTED)],
        "home": reverse("alarms:home"),
        "group": reverse("alarms:group"),
        "ringing": reverse("alarms:alarm", args=["x"]).removesuffix("x/"),
        "signIn": reverse("account_login"),
        "signOut": reverse("account_logout"),
    }
    pushes = push_worker.script() if rooms.is_on("broadcast") else ""
    # The part of pushes stands first: a listener that answers a request hides it from those after it.
    return f"const CONFIG = {json.dumps(config)};\n{pushes}\n{(STATIC / 'sw.js').read_text(encoding='utf-8')}"


@public
@require_GET
@cache_control(no_cache=True)
def service_worker(request: HttpRequest) -> HttpResponse:
    """Hand out the worker for the whole site; it holds nothing of anybody."""
    if settings.DEBUG:
        script.cache_clear()
        push_worker.script.cache_clear()
    response = HttpResponse(script(), content_type="text/javascript; charset=utf-8")
    response["Service-Worker-Allowed"] = "/"
    return response
