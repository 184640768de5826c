"""The part of the site's service worker that push messages need; `/sw.js` carries it, or it stands alone without that room."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Final

from django.conf import settings
from django.contrib.staticfiles.storage import staticfiles_storage
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import override

from liengia.broadcast.channels.webpush import vapid

SCRIPT: Final = Path(__file__).parent / "static" / "broadcast" / "push-worker.js"


@cache
def script() -> str:
    """Return the part with its addresses and words before it; it holds nothing of anybody."""
    with override(settings.LANGUAGE_CODE):
        config = {
            "key": vapid.public_key(),
            "icon": staticfiles_storage.url("img/icon-192.png"),
            "badge": staticfiles_storage.url("img/icon-192.png"),
            "home": "/nha/",
            "note": "/thong-bao-day/ghi-nho",
            "signOut": reverse("account_logout"),
            "shown": reverse("broadcast:push_shown"),
            "answer": reverse("broadcast:push_answer"),
            "renew": reverse("broadcast:push_renew"),
            "unread": _("A message of the commune. Open the page to read it."),
            "late": _("EXPIRED"),
            "taken": _("Answered"),
            "notTaken": _("NOT answered"),
            "openPage": _("Open the page and answer there, or call."),
        }
    return f"const PUSH = {json.dumps(config, ensure_ascii=False)};\n{SCRIPT.read_text(encoding='utf-8')}"
