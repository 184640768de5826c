"""What is told of services and opinions, in the fields and the order of GeoReport v2.

Of an opinion only what its public page shows: the redacted copy, the published answer, days. No coordinates: an opinion
has no public ones. Source: wiki.open311.org/GeoReport_v2.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from liengia.api.queries import CLOSED, midnight
from liengia.core import clock
from liengia.opinions import queries as opinions
from liengia.opinions import screens
from liengia.opinions.models import Answer, Kind, OfficialsTo, Opinion, State, Topic
from liengia.units.models import Unit

SPECIFICATION: Final = "http://wiki.open311.org/GeoReport_v2"
CHANGESET: Final = "2026-11-25T00:00:00+07:00"
LONGEST: Final = 4000


def w3(at: datetime) -> str:
    """Return an instant as the W3C's note writes it, in local time with its zone."""
    return clock.local(at).replace(microsecond=0).isoformat()


def service(topic: Topic) -> dict[str, Any]:
    """Return a topic as a service; each takes the same further fields, and gives its number once it is public (batch)."""
    return {
        "service_code": topic.code, "service_name": topic.name, "description": _promise(topic), "metadata": True, "type": "batch",
        "keywords": topic.name.lower(), "group": _("Opinions"),
    }  # fmt: skip


def _promise(topic: Topic) -> str:
    if topic.is_urgent:
        return ngettext("Answered within %(n)s office hour.", "Answered within %(n)s office hours.", topic.urgent_hours) % {"n": topic.urgent_hours}
    return ngettext("Answered within %(n)s working day.", "Answered within %(n)s working days.", topic.answer_days) % {"n": topic.answer_days}


def definition(topic: Topic, commune: Unit) -> dict[str, Any]:
    """Return what may be told besides: the kind, the hamlet, whether it concerns an officer, and who is to handle it then. None is required."""
    kinds = [{"key": key, "name": str(label)} for key, label in Kind.choices]
    hamlets = [{"key": one.code, "name": one.name} for one in opinions.hamlets(commune)]  # type: ignore[attr-defined]
    sides = [{"key": key, "name": str(label)} for key, label in OfficialsTo.choices]
    yes = [{"key": "yes", "name": _("yes")}, {"key": "no", "name": _("no")}]
    asked = [
        ("kind", "singlevaluelist", _("What it is"), kinds),
        ("hamlet", "singlevaluelist", _("Hamlet"), hamlets),
        ("about_officials", "singlevaluelist", _("Whether it concerns an officer of the commune or the police: then those named do not see it"), yes),
        ("officer", "string", _("Who, or which office"), []),
        ("officials_to", "singlevaluelist", _("Who handles it when it concerns an officer; without it, either of the two"), sides),
    ]
    attributes = [
        {
            "variable": True, "code": code, "datatype": datatype, "required": False, "datatype_description": None, "order": order,
            "description": words, "values": values,
        }
        for order, (code, datatype, words, values) in enumerate(asked, start=1)
    ]  # fmt: skip
    return {"service_code": topic.code, "attributes": attributes}


def told(opinion: Opinion) -> dict[str, Any]:
    """Return a public opinion as a service request. Days are told as their midnight: no instant is known of them."""
    text, answer, photo = opinion.current_text, opinion.public_answer, next(iter(opinion.photos.all()), None)
    assert text is not None, "what is public has a public text"
    topic = opinion.topic
    return {
        "service_request_id": opinion.public_id,
        "status": "closed" if opinion.state in CLOSED else "open",
        "status_notes": _notes(opinion, answer),
        "service_name": topic.name if topic else None,
        "service_code": topic.code if topic else None,
        "description": f"{text.title}\n\n{text.text}"[:LONGEST],
        "agency_responsible": _agency(opinion, answer),
        "service_notice": _due(opinion),
        "requested_datetime": w3(midnight(opinion.filed_on)),
        "updated_datetime": _updated(opinion),
        "expected_datetime": w3(opinion.due_at),
        "address": ", ".join(part for part in (text.place_words, opinion.hamlet.name if opinion.hamlet else "", opinion.commune.full_name) if part),
        "address_id": None,
        "zipcode": None,
        "lat": None,
        "long": None,
        "media_url": settings.PUBLIC_URL + reverse("opinions:photo", args=[opinion.public_id, photo.pk]) if photo else None,
    }


def _notes(opinion: Opinion, answer: Answer | None) -> str:
    words = opinion.get_state_display()
    if opinion.state == State.REFUSED and opinion.reason:
        return f"{words}. {opinion.reason.words}"
    return f"{words}. {answer.public_text}" if answer else words


def _agency(opinion: Opinion, answer: Answer | None) -> str:
    forwarded = [str(event.data.get("office") or "") for event in opinion.events.all() if event.verb == "forwarded"]
    if answer:
        return answer.signer_office
    return next((office for office in reversed(forwarded) if office), _committee(opinion.commune))


def _committee(commune: Unit) -> str:
    name = commune.full_name
    return _("People's Committee of %(commune)s") % {"commune": name[:1].lower() + name[1:]}


def _due(opinion: Opinion) -> str | None:
    due = screens.due(opinion)
    return f"{due.title}: {due.day}" if due else None


def _updated(opinion: Opinion) -> str:
    if opinion.state in CLOSED and opinion.ended_at:
        return w3(opinion.ended_at)
    seen = [event.at or midnight(event.on) for event in opinion.events.all() if event.verb not in screens.INNER]
    return w3(max(seen, default=midnight(opinion.filed_on)))
