"""A form that somebody began from what another has changed since: what was written stays, and what is kept stands beside it.

The form carries the `revision` that the writer began from, hidden; the service refuses another one (code "changed"). Then
`lay_beside` puts what is kept under each field that differs, and the next press goes on from there, made knowing it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext

from liengia.core.text import nfc


def revision_field() -> forms.IntegerField:
    """Return the hidden field of the revision that a writer began from."""
    return forms.IntegerField(widget=forms.HiddenInput, required=False)


def go_on_from(form: forms.BaseForm, revision: int) -> None:
    """Let the next press of a form go on from a revision; all else that was written stays."""
    form.data = {**{name: form.data[name] for name in form.data}, "revision": revision}


def lay_beside(form: forms.BaseForm, standing: Mapping[str, Any], *, revision: int, say: Callable[[Any], str] | None = None) -> None:
    """Put what is kept under each field in which something else was written; `say` puts it into words."""
    written = dict(form.cleaned_data)
    if written.get("revision") in (None, revision):
        return
    go_on_from(form, revision)
    for name, field in form.fields.items():
        if name == "revision" or name not in written:
            continue
        now = standing.get(name, False if isinstance(field, forms.BooleanField) else "")
        if now != as_kept(written[name]):
            form.add_error(name, (say or kept_words)(now))


def as_kept(written: Any) -> Any:
    """Return what somebody wrote as it would be kept."""
    if isinstance(written, str):
        return nfc(written).replace("\r\n", "\n").strip()
    return getattr(written, "pk", written)


def kept_words(now: Any) -> str:
    """Say what is kept."""
    return gettext("Kept at present: “%(words)s”") % {"words": now} if now else gettext("Kept at present: nothing.")
