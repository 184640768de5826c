"""The duty console: the page, its fragment, and each act of the one on duty."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from liengia.alarms import services
from liengia.alarms.models import Device, EventKind, Incident
from liengia.alarms.views import console_forms as forms
from liengia.alarms.views.console_board import board
from liengia.alarms.views.console_cards import desk_incident
from liengia.core.actor import Actor
from liengia.core.errors import DomainError
from liengia.people.policies import requires

CONSOLE: Final = "alarms.console"
Verb = Callable[[Incident, dict[str, Any], Actor], object]


def _context(request: HttpRequest, chosen: str) -> dict[str, object]:
    """Return what the board's template needs."""
    shown = board(request.user, chosen)  # type: ignore[arg-type]
    return {
        "board": shown,
        "event_kinds": " ".join(EventKind.values),
        **_dialogs(shown.detail.incident if shown.detail else None),
    }


def _dialogs(incident: Incident | None) -> dict[str, object]:
    """Return the empty forms of the dialogs; ids differ, since several stand on one page."""
    if incident is None:
        return {}
    return {
        name: form(incident=incident, auto_id=f"{name}_%s")
        for name, form in (
            ("resolve", forms.ResolveForm),
            ("dismiss", forms.DismissForm),
            ("note", forms.NoteForm),
            ("answer", forms.AnswerForm),
            ("apart", forms.ApartForm),
        )
    }


@require_GET
@never_cache
@requires(CONSOLE)
def console(request: HttpRequest) -> HttpResponse:
    """Show the open incidents of the desk and the chosen one; the most pressing when none was chosen."""
    return render(request, "alarms/console/console.html", _context(request, request.GET.get("mo", "")))


@require_GET
@never_cache
@requires(CONSOLE)
def fragment(request: HttpRequest) -> HttpResponse:
    """Return the board alone, for pages that follow the live order."""
    return render(request, "alarms/console/board.html", _context(request, request.GET.get("mo", "")))


# Acts


def _answer(request: HttpRequest, public_id: str) -> HttpResponse:
    """Return the board to a page that runs scripts, else lead back to it."""
    if request.headers.get("HX-Request"):
        return render(request, "alarms/console/board.html", _context(request, public_id))
    return redirect(f"{reverse('alarms:console')}?mo={public_id}")


def _act(
    request: HttpRequest, public_id: str, verb: Verb, said: str | Promise, data: dict[str, Any]
) -> HttpResponse:
    """Run one service and say what happened; a refusal is said in its own words and changes nothing."""
    incident = desk_incident(request.user, public_id)  # type: ignore[arg-type]
    try:
        verb(incident, data, Actor.of(request.user))  # type: ignore[arg-type]
    except DomainError as refusal:
        messages.warning(request, str(refusal), extra_tags="refused")
    else:
        messages.success(request, str(said))
    return _answer(request, public_id)


def _filled(
    request: HttpRequest,
    public_id: str,
    form_class: type[forms.IncidentForm],
    title: str | Promise,
    verb: Verb,
    said: str | Promise,
) -> HttpResponse:
    """Show a form as a page (without scripts), or take it; what was typed stays when it cannot be used."""
    incident = desk_incident(request.user, public_id)  # type: ignore[arg-type]
    form = form_class(request.POST or None, incident=incident)
    if request.method == "POST" and form.is_valid():
        return _act(request, public_id, verb, said, form.cleaned_data)
    if request.method == "POST" and request.headers.get("HX-Request"):
        messages.warning(
            request, " ".join(str(e) for errors in form.errors.values() for e in errors), extra_tags="refused"
        )
        return _answer(request, public_id)
    return render(request, "alarms/console/act.html", {"form": form, "incident": incident, "title": title})


@require_POST
@requires(CONSOLE)
def acknowledge(request: HttpRequest, public_id: str) -> HttpResponse:
    """Take the incident on."""
    said = _("You have taken it on. The escalation has stopped.")
    return _act(request, public_id, lambda i, d, a: services.acknowledge_incident(i, actor=a), said, {})


@require_POST
@requires(CONSOLE)
def quiet(request: HttpRequest, public_id: str) -> HttpResponse:
    """Stop the sirens; the incident stays open."""
    said = _("The sirens are being quieted. The incident stays open.")
    return _act(request, public_id, lambda i, d, a: services.quiet_incident(i, actor=a), said, {})


@requires(CONSOLE)
def resolve(request: HttpRequest, public_id: str) -> HttpResponse:
    """End the incident, with a note."""
    return _filled(
        request,
        public_id,
        forms.ResolveForm,
        _("End the incident"),
        lambda i, d, a: services.resolve_incident(i, note=d["note"], actor=a),
        _("The incident has ended. Its record is kept in the history."),
    )


@requires(CONSOLE)
def dismiss(request: HttpRequest, public_id: str) -> HttpResponse:
    """Say that it was a mistake, and why."""
    return _filled(
        request,
        public_id,
        forms.DismissForm,
        _("A mistaken alarm?"),
        lambda i, d, a: services.dismiss_incident(i, reason=d["reason"], note=d["note"], actor=a),
        _("Written down as a mistaken alarm; the houses are told."),
    )


@requires(CONSOLE)
def note(request: HttpRequest, public_id: str) -> HttpResponse:
    """Write a note into the timeline."""
    return _filled(
        request,
        public_id,
        forms.NoteForm,
        _("Note"),
        lambda i, d, a: services.note_incident(i, text=d["text"], actor=a),
        _("The note stands in the timeline."),
    )


def _tell_answer(incident: Incident, data: dict[str, Any], actor: Actor) -> object:
    place = forms.AnswerForm(incident=incident).places[data["house"]]
    return services.answer_incident(
        incident,
        household=place.household,
        kind=data["kind"],
        minutes=data["minutes"],
        note=data["note"],
        actor=actor,
    )


@requires(CONSOLE)
def answer(request: HttpRequest, public_id: str) -> HttpResponse:
    """Write down what a house said by telephone."""
    return _filled(
        request,
        public_id,
        forms.AnswerForm,
        _("What a house said by telephone"),
        _tell_answer,
        _("The answer stands in the count."),
    )


@require_POST
@requires(CONSOLE)
def call(request: HttpRequest, public_id: str) -> HttpResponse:
    """Tick that an emergency number was called."""
    return _filled(
        request,
        public_id,
        forms.CallForm,
        _("Tick the call"),
        lambda i, d, a: services.tick_emergency_call(i, number=d["number"], actor=a),
        _("Ticked. It is the first line of the report."),
    )


@requires(CONSOLE)
def apart(request: HttpRequest, public_id: str) -> HttpResponse:
    """Set a device that disturbs apart for some minutes."""
    return _filled(
        request,
        public_id,
        forms.ApartForm,
        _("Set a device apart"),
        lambda i, d, a: services.set_device_apart(
            d["device"], minutes=d["minutes"], reason=d["reason"], actor=a
        ),
        _("The device is set apart and returns by itself; all others still ring."),
    )


@require_POST
@requires(CONSOLE)
def give_back(request: HttpRequest, public_id: str, device: str) -> HttpResponse:
    """Let a device that was set apart ring again."""
    incident = desk_incident(request.user, public_id)  # type: ignore[arg-type]
    chosen = Device.objects.filter(group=incident.group, public_id=device).first()
    if chosen is None:
        raise Http404
    said = _("The device rings again.")
    return _act(request, public_id, lambda i, d, a: services.return_device(chosen, actor=a), said, {})
