"""A session as its form gives it: the facts, and the report's file with them, in one write."""

from __future__ import annotations

from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from liengia.core.actor import Actor
from liengia.core.errors import Invalid
from liengia.opinions import documents
from liengia.opinions.models.forums import ListeningForum
from liengia.opinions.services import forum_report, forums


def plan(*, actor: Actor, report_file: UploadedFile[Any] | None = None, drop_report: bool = False, **facts: Any) -> ListeningForum:
    """Plan a session with its report. Errors as `plan_forum` and `put_report`; then nothing is saved."""
    data = _read(report_file)
    with transaction.atomic():
        made = forums.plan_forum(actor=actor, **facts)
        if data is not None:
            forum_report.put_report(made, data=data, actor=actor)
    return made


def correct(
    forum: ListeningForum, *, actor: Actor, report_file: UploadedFile[Any] | None = None, drop_report: bool = False, **facts: Any
) -> ListeningForum:
    """Correct a session, put another report in its place or take it away. Errors as `change_forum` and `put_report`."""
    data = _read(report_file)
    with transaction.atomic():
        row = forums.change_forum(forum, actor=actor, **facts)
        if data is not None:
            forum_report.put_report(row, data=data, actor=actor)
        elif drop_report:
            forum_report.drop_report(row, actor=actor)
    return row


def _read(upload: UploadedFile[Any] | None) -> bytes | None:
    """Return an upload's bytes once they were looked at; a large one is not read at all."""
    if upload is None:
        return None
    if (upload.size or 0) > documents.LARGEST:
        raise Invalid(_("This document is larger than 10 MB."), code="document_large", field="report_file")
    data = bytes(upload.read())
    documents.check_pdf(data, field="report_file")
    return data
