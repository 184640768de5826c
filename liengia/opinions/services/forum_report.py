"""The police's report before the people, as the file that its author wrote; the text beside it stays what the page shows."""

from __future__ import annotations

import hashlib

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from liengia.audit import services as audit
from liengia.core.actor import Actor
from liengia.core.errors import Refused
from liengia.opinions import documents
from liengia.opinions.models.forum_records import ReportFile
from liengia.opinions.models.forums import ForumState, ListeningForum
from liengia.opinions.services.forums import publish_change, take


def put_report(forum: ListeningForum, *, data: bytes, actor: Actor) -> ReportFile:
    """Keep the report's file, in the place of an earlier one, until the minutes are signed.

    Raises:
        Invalid: as `documents.check_pdf`. Refused: the minutes are signed.
    """
    documents.check_pdf(data, field="report_file")
    fingerprint = hashlib.sha256(data).hexdigest()
    with transaction.atomic():
        row = _open(forum)
        made, _new = ReportFile.objects.update_or_create(
            forum=row, defaults={"data": data, "size": len(data), "sha256": fingerprint}
        )
        audit.record("opinions.forum_report", actor=actor, about=row, unit=row.unit, facts={"sha256": fingerprint, "bytes": len(data)})
        publish_change(row)
    return made


@transaction.atomic
def drop_report(forum: ListeningForum, *, actor: Actor) -> None:
    """Take the report's file away, until the minutes are signed; where there is none nothing happens.

    Raises:
        Refused: the minutes are signed.
    """
    row = _open(forum)
    if ReportFile.objects.filter(forum=row).delete()[0]:
        audit.record("opinions.forum_report", actor=actor, about=row, unit=row.unit, facts={"sha256": ""})
        publish_change(row)


def _open(forum: ListeningForum) -> ListeningForum:
    row = take(forum)
    if row.state == ForumState.SIGNED:
        raise Refused(_("The minutes are signed: nothing of the session changes any more."), code="signed")
    return row
