"""The resident's pages: the quiet page, raising an alarm, the page that rings, the group.

Nobody sees more than their own neighbourhood, and that only while something is open; absent and forbidden look the
same. Every page works without JavaScript; scripts add holding, sound, live counts and the phone tree without network.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Final

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from liengia.alarms import policies, services
from liengia.alarms.console_words import KIND_ICONS
from liengia.alarms.models import GroupHousehold, Incident, Kind, Press
from liengia.alarms.resident_words import joined_words
from liengia.alarms.views import leader_silent, resident_closed
from liengia.alarms.views import resident_alarm as shown
from liengia.alarms.views import resident_screens as screens
from liengia.core.actor import Actor
from liengia.core.errors import DomainError, Invalid, NotFound, Refused
from liengia.core.geo import Point
from liengia.people.models import Membership, User
from liengia.people.policies import signed_in

CHOSEN: Final = "alarms_household"
KEPT_BY: Final = "X-Liengia-Reader"
KINDS: Final = tuple((kind.value, kind.label, KIND_ICONS[kind]) for kind in Kind)


def _user(request: HttpRequest) -> User:
    if not isinstance(request.user, User):
        raise NotFound("")
    return request.user


def _places(request: HttpRequest) -> tuple[GroupHousehold | None, list[GroupHousehold]]:
    """Return the household that the page speaks for, and all that the user may choose from."""
    places = list(policies.places_of(_user(request)))
    chosen = request.session.get(CHOSEN)
    return next((one for one in places if one.household.public_id == chosen), places[0] if places else None), places


def _place_of(request: HttpRequest, public_id: str) -> GroupHousehold:
    """Return one of the user's own places: the one that a form names."""
    place, places = _places(request)
    found = next((one for one in places if one.household.public_id == public_id), None) if public_id else place
    if found is None:
        raise NotFound("")
    return found


def _kept(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """Mark a page that a phone may keep for when the network is gone, with whose it is: never shown to another."""
    mark = salted_hmac("alarms.kept", f"{request.user.pk}:{request.session.session_key}").hexdigest()[:20]
    response[KEPT_BY] = mark
    return response


def _screen(request: HttpRequest, incident: Incident) -> shown.AlarmScreen:
    return shown.alarm_screen(_user(request), incident, chosen=request.session.get(CHOSEN, ""))


def _wants_parts(request: HttpRequest) -> bool:
    return request.headers.get("X-Parts") == "1"


# The quiet page


@signed_in
@never_cache
@require_GET
def home(request: HttpRequest) -> HttpResponseBase:
    """Show the quiet page; an alarm that rings takes it over."""
    user = _user(request)
    place, places = _places(request)
    ringing = None if "o-lai" in request.GET else screens.ringing_here(user)
    if ringing is not None:
        return redirect("alarms:alarm", ringing.public_id)
    if place is None:
        return _without_a_place(request)
    screen = screens.home_screen(user, place, places)
    calls = list(policies.silent_calls(user))
    page = render(request, "alarms/resident/home.html", {"screen": screen, "kinds": KINDS, "silent_calls": calls})
    return page if calls else _kept(request, page)  # a silent call stays in no phone's memory


def _without_a_place(request: HttpRequest) -> HttpResponseBase:
    """Lead somebody without a house in a group to where they belong, or say plainly that there is nothing to see."""
    user = _user(request)
    if Membership.objects.waiting().filter(user=user).exists():
        return redirect("people:waiting")
    if policies.led_groups(user).exists():
        return redirect("alarms:leader_home")
    is_ungrouped = Membership.objects.active().filter(user=user).exists()
    return render(request, "alarms/resident/nothing.html", {"is_ungrouped": is_ungrouped})


@signed_in
@require_POST
def choose(request: HttpRequest) -> HttpResponse:
    """Choose for which of one's households the page speaks."""
    place = _place_of(request, request.POST.get("household", "-"))
    request.session[CHOSEN] = place.household.public_id
    return redirect(f"{reverse('alarms:home')}?o-lai=1")


@signed_in
@never_cache
@require_GET
def ringing(request: HttpRequest) -> JsonResponse:
    """Say where an open page should go: to the alarm that rings, or nowhere."""
    found = screens.ringing_here(_user(request))
    if found is None:
        call = policies.silent_calls(_user(request)).filter(acknowledged_at=None).first()
        return JsonResponse({"url": reverse("alarms:silent_call", args=[call.public_id]) if call else None})
    return JsonResponse({"url": reverse("alarms:alarm", args=[found.public_id])})


@signed_in
@never_cache
@require_GET
def group(request: HttpRequest) -> HttpResponseBase:
    """Show the group: its people, phones and kit, and what still rings without mains or network."""
    place, places = _places(request)
    if place is None:
        raise NotFound("")
    screen = screens.group_screen(_user(request), place, places)
    return _kept(request, render(request, "alarms/resident/group.html", {"screen": screen}))


# Raising


@dataclass(frozen=True, slots=True)
class _Asked:
    """What a page asks for. Nonsense beside the kind is dropped: it must ring."""

    kind: str
    press_id: str
    is_silent: bool
    point: Point | None

    @classmethod
    def read(cls, data: QueryDict) -> _Asked:
        """Read a form."""
        kind = data.get("kind", "")
        typed = "".join(char for char in data.get("press_id", "")[:64] if char.isascii() and (char.isalnum() or char in "-:"))
        return cls(kind, typed or str(uuid.uuid4()), kind == Kind.HELP and bool(data.get("silent")), _point(data))


def _point(data: QueryDict) -> Point | None:
    try:
        point = Point(float(data.get("lat", "")), float(data.get("lon", "")))
    except ValueError:
        return None
    return point if -90 <= point.lat <= 90 and -180 <= point.lon <= 180 else None


@signed_in
@never_cache
@require_POST
def raise_alarm(request: HttpRequest) -> HttpResponseBase:
    """Raise an alarm, or ask once more when the two-press form was used. The same press id is the same press."""
    place = _place_of(request, request.POST.get("household", ""))
    asked = _Asked.read(request.POST)
    if request.POST.get("step") == "confirm" and asked.kind in Kind.values:
        return render(request, "alarms/resident/confirm.html", _confirmation(place, asked))
    user = _user(request)
    press = services.raise_from_phone(
        place.household,
        user=user,
        kind=asked.kind,
        is_silent=asked.is_silent,
        press_id=asked.press_id,
        point=asked.point,
        actor=Actor.of(user),
    )
    return _after_press(request, press)


def _confirmation(place: GroupHousehold, asked: _Asked) -> dict[str, object]:
    kind = Kind(asked.kind)
    count = GroupHousehold.objects.active().filter(group=place.group_id).count()
    return {
        "place": place,
        "kind": kind,
        "icon": KIND_ICONS[kind],
        "press_id": str(uuid.uuid4()),
        "is_silent": asked.is_silent,
        "count": count,
    }


def _after_press(request: HttpRequest, press: Press) -> HttpResponseBase:
    """Answer a press: to the alarm; nowhere at all when it was silent."""
    wants_json = request.headers.get("Accept", "").startswith("application/json")
    if press.is_silent:
        return JsonResponse({"silent": True}) if wants_json else render(request, "alarms/resident/sent.html")
    url = reverse("alarms:alarm", args=[press.incident.public_id]) if press.incident else reverse("alarms:home")
    if press.is_apart or press.incident is None:
        messages.error(request, _("This phone was set apart by your leader, so nothing rang. Call by the phone tree."))
    elif words := joined_words(press.incident, press):
        messages.info(request, words)
    return JsonResponse({"url": url}) if wants_json else redirect(url)


# The page that rings


def _incident(request: HttpRequest, public_id: str) -> Incident:
    """Return an open incident of the reader's neighbourhood; a silent one is on no resident's page."""
    incident = policies.get_incident(_user(request), public_id)
    if incident.is_silent or not incident.is_open:
        raise NotFound("")
    return incident


@signed_in
@never_cache
@require_GET
def alarm(request: HttpRequest, public_id: str) -> HttpResponseBase:
    """Show the alarm while it is open; for a short while after, what it was; then nothing."""
    user = _user(request)
    try:
        incident = _incident(request, public_id)
    except NotFound:
        return _ended(request, public_id)
    data: dict[str, object] = {"screen": _screen(request, incident)}
    if _wants_parts(request):
        return render(request, "alarms/resident/alarm_parts.html", data)
    return render(request, "alarms/resident/alarm.html", data | {"needs": shown.needs_words(incident, reader=user)})


def _ended(request: HttpRequest, public_id: str) -> HttpResponse:
    """Show for a short while what an ended alarm was; lead to one that it was joined with, or to a silent call's own page."""
    closed = resident_closed.just_closed(_user(request), public_id)
    if closed is None:
        return leader_silent.lead_on(request, public_id)
    if closed.joined_into is not None:
        return redirect("alarms:alarm", closed.joined_into.public_id)
    return render(request, "alarms/resident/closed.html", {"screen": resident_closed.ClosedScreen.of(_user(request), closed)})


def _back(request: HttpRequest, incident: Incident, fragment: str = "") -> HttpResponse:
    """Lead back to the alarm; a script gets the parts that changed at once."""
    if _wants_parts(request):
        data = {"screen": _screen(request, incident)}
        return render(request, "alarms/resident/alarm_parts.html", data)
    return redirect(reverse("alarms:alarm", args=[incident.public_id]) + fragment)


def _say(request: HttpRequest, error: DomainError) -> None:
    messages.error(request, str(error))


def _minutes(text: str) -> int | None:
    """Return in how many minutes somebody comes, None when it was not said or is no such number."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 4 else None


@signed_in
@never_cache
@require_POST
def answer(request: HttpRequest, public_id: str) -> HttpResponse:
    """Answer for one's household; a second answer takes the place of the first, details come after."""
    user, incident = _user(request), _incident(request, public_id)
    place = _screen(request, incident).place
    if place is None:
        raise NotFound("")
    minutes = _minutes(request.POST.get("minutes", ""))
    said, kit = request.POST.get("answer", ""), request.POST.getlist("kit")
    try:
        services.answer_incident(
            incident, household=place.household, kind=said, minutes=minutes, kit=kit, user=user, actor=Actor.of(user)
        )
    except (Invalid, Refused) as error:
        _say(request, error)
    return _back(request, incident)


@signed_in
@never_cache
@require_POST
def call(request: HttpRequest, public_id: str) -> HttpResponse:
    """Tick that one has called an emergency number; the software itself calls nobody."""
    user, incident = _user(request), _incident(request, public_id)
    screen = _screen(request, incident)
    number = request.POST.get("number", "")
    if number not in {screen.number, *(one.number for one in screen.numbers)}:
        raise NotFound("")
    try:
        services.tick_emergency_call(
            incident, number=number, household=screen.place.household if screen.place else None, actor=Actor.of(user)
        )
    except Refused as error:
        _say(request, error)
    return _back(request, incident)


@signed_in
@never_cache
@require_POST
def ask_end(request: HttpRequest, public_id: str) -> HttpResponse:
    """Ask for the end, by somebody of the house that pressed; the duty post decides."""
    user, incident = _user(request), _incident(request, public_id)
    screen = _screen(request, incident)
    if not screen.is_mine or screen.place is None:
        raise NotFound("")
    try:
        services.ask_to_end(
            incident, household=screen.place.household, note=request.POST.get("note", "")[:300], actor=Actor.of(user)
        )
    except Refused as error:
        _say(request, error)
    return _back(request, incident)


@signed_in
@never_cache
@require_POST
def quiet(request: HttpRequest, public_id: str) -> HttpResponse:
    """Stop the group's sirens, by its leader; the incident stays open."""
    user, incident = _user(request), _incident(request, public_id)
    if not policies.may(user, "quiet", incident):
        raise NotFound("")
    try:
        services.quiet_incident(incident, actor=Actor.of(user))
    except Refused as error:
        _say(request, error)
    incident.refresh_from_db()
    return _back(request, incident)


# Hearing


@signed_in
@require_POST
def hearing(request: HttpRequest) -> HttpResponse:
    """Keep the answer to "did you hear it?"; for one's own phone, of one's own household."""
    user, place = _user(request), _place_of(request, request.POST.get("household", ""))
    heard = request.POST.get("heard") == "1"
    browser = _browser(request.headers.get("User-Agent", ""))
    services.record_hearing(user, household=place.household, heard=heard, browser=browser, actor=Actor.of(user))
    if heard:
        messages.success(request, _("Noted: this phone was heard. The leader sees that your house can hear."))
    else:
        messages.error(
            request,
            _("Noted: not heard. Turn the phone's silent mode off and the media volume up, then try again."),
        )
    return redirect(f"{reverse('alarms:home')}?o-lai=1#thu-chuong")


def _browser(agent: str) -> str:
    """Return which browser it was, in one word: no version, no device."""
    for mark, name in (("Zalo", "Zalo"), ("Firefox", "Firefox"), ("Edg", "Edge"), ("SamsungBrowser", "Samsung"),
                       ("Chrome", "Chrome"), ("Safari", "Safari")):  # fmt: skip
        if mark in agent:
            return name
    return ""
