"""The installation's settings, with what only makes tests quick."""

from __future__ import annotations

import os

from liengia.settings import *  # noqa: F403
from liengia.settings import DATA, DATABASES, LOGGING, MIDDLEWARE, STORAGES
from tests.harness.slow import SLOW_S

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES = {**STORAGES, "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
WHITENOISE_AUTOREFRESH = True
WHITENOISE_USE_FINDERS = True
if SLOW_S:
    MIDDLEWARE = ["tests.harness.slow.late", *MIDDLEWARE]
ALLOWED_HOSTS = ["localhost", "127.0.0.1", "testserver"]

# Each worker of xdist has a folder of its own for media, keys and SQLite; keys are made once and shared.
WORKER = os.environ.get("PYTEST_XDIST_WORKER", "main")
MEDIA_ROOT = DATA / WORKER / "media"
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    options = dict(DATABASES["default"]["OPTIONS"])  # type: ignore[call-overload]
    options["init_command"] = options["init_command"].replace("synchronous=FULL", "synchronous=OFF")
    DATABASES["default"]["OPTIONS"] = options

# What a test wants to see it takes from caplog; nobody listens on the broker's port, which is no news.
LOGGING["handlers"]["stderr"]["level"] = "CRITICAL"  # type: ignore[index]

# Statements in one write transaction, past which a test fails: the work belongs in chunks.
TRANSACTION_STATEMENTS = 150
