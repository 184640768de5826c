"""The paper of this room: the slip with the private code, for whoever has no phone to keep it."""

from __future__ import annotations

from django.conf import settings
from django.urls import reverse

from liengia.core import clock, pdf
from liengia.core.templatetags.look import spaced_phone
from liengia.core.text import date_words, time_words
from liengia.opinions import codes, queries
from liengia.opinions.models import Opinion


def slip(opinion: Opinion, code: str) -> bytes:
    """Return the slip as a PDF, in Vietnamese. The QR code carries the code after "#": no log ever has it."""
    follow = settings.PUBLIC_URL + reverse("opinions:follow")
    plain = codes.parse(code) or ""
    data: dict[str, object] = {
        "title": "Phiếu góp ý, phản ánh",
        "place": opinion.commune.full_name[:1].upper() + opinion.commune.full_name[1:],
        "filed_on": f"{opinion.filed_on:%d/%m/%Y}",
        "lines": [codes.shown(plain[:12]), codes.shown(plain[12:])],
        "follow": follow.removeprefix("https://").removeprefix("http://"),
        "qr": pdf.qr_svg(f"{follow}#{plain}"),
        "intake_by": time_words(opinion.intake_due_at),
        "answer_by": date_words(clock.local(opinion.due_at).date()),
        "is_for_another": opinion.entered_by_id is not None,
        "phone": spaced_phone(queries.duty_phone(opinion.commune)),
        "at": f"{clock.today():%d/%m/%Y}",
    }
    return pdf.render("opinions/slip", data, at=clock.now().replace(hour=0, minute=0, second=0, microsecond=0))
