"""Push messages: the page on which a phone is asked to be told, and what phones send back by token."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control, never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_POST

from liengia.broadcast import devices, push_worker
from liengia.broadcast.channels.webpush import vapid
from liengia.broadcast.models import PushSubscription
from liengia.broadcast.services import push
from liengia.core import rooms
from liengia.core.actor import Actor
from liengia.core.errors import Invalid, NotFound
from liengia.people.models import User
from liengia.people.policies import public, signed_in, sleeps, to_second_factor


def _user(request: HttpRequest) -> User:
    if not isinstance(request.user, User):
        raise NotFound("")
    return request.user


def _wishes(request: HttpRequest) -> dict[str, bool]:
    return {name: name in request.POST for name in push.WISHES}


def _worker_url(request: HttpRequest) -> str:
    """Return the service worker of the whole site: the alarm pages' where there are any, which carries this part too."""
    return reverse("alarms:service_worker") if rooms.is_on_in("alarms", request) else reverse("broadcast:push_worker")


@signed_in
@never_cache
@require_GET
def page(request: HttpRequest) -> HttpResponseBase:
    """Show where this account is told, and switch it on here; an office's calls come too, so its people give their second factor first."""
    user = _user(request)
    if sleeps(user):
        return to_second_factor(request)
    context = {
        "devices": PushSubscription.objects.of(user), "key": vapid.public_key(), "worker": _worker_url(request),
        "has_alarms": rooms.is_on_in("alarms", request),
    }  # fmt: skip
    return render(request, "broadcast/push.html", context)


@signed_in
@require_POST
def subscribe(request: HttpRequest) -> JsonResponse:
    """Take what a browser gave; the answer holds the token by which it tells of new keys."""
    user = _user(request)
    if sleeps(user):
        raise NotFound("")
    given = push.Keys.checked(*(request.POST.get(name, "") for name in ("endpoint", "p256dh", "auth")))
    device = devices.name_of(request.headers.get("User-Agent", ""))
    made = push.subscribe(
        user, keys=given, device=device, wishes=_wishes(request), mark=push.mark_of(request.session), actor=Actor.of(user)
    )
    return JsonResponse({"renew": push.renewal_token(made)})


@signed_in
@require_POST
def device(request: HttpRequest, public_id: str) -> HttpResponse:
    """Change what one device is told, end it, or send it a test."""
    user = _user(request)
    found = PushSubscription.objects.of(user).filter(public_id=public_id).first()
    if found is None:
        raise NotFound("")
    try:
        messages.success(request, _act(request, found, Actor.of(user)))
    except Invalid as error:
        messages.error(request, str(error))
    return redirect("broadcast:push")


def _act(request: HttpRequest, found: PushSubscription, actor: Actor) -> str:
    if "test" in request.POST:
        push.send_test(found, url=request.build_absolute_uri(reverse("broadcast:push")))
        return _("A test is on its way. If nothing comes within a minute, read below what may hold it back.")
    if "end" in request.POST:
        push.unsubscribe(found, actor=actor)
        return _("That device is told nothing any more.")
    push.change(found, wishes=_wishes(request), actor=actor)
    return _("Saved.")


# Asked for by service workers: nobody is signed in there, a token says what it is about


@public
@require_GET
@cache_control(no_cache=True)
def worker(request: HttpRequest) -> HttpResponse:
    """Hand out the service worker of push messages alone, where there are no alarm pages."""
    start = 'addEventListener("install", () => skipWaiting());\naddEventListener("activate", (event) => event.waitUntil(clients.claim()));\n'
    response = HttpResponse(start + push_worker.script(), content_type="text/javascript; charset=utf-8")
    response["Service-Worker-Allowed"] = "/"
    return response


@public
@csrf_exempt  # no cookie is read: the signed token is what allows it
@require_POST
def shown(request: HttpRequest) -> HttpResponse:
    """Take the word of a phone that it has shown a message."""
    push.note_shown(request.POST.get("token", ""))
    return HttpResponse(status=204)


@public
@csrf_exempt  # no cookie is read: the signed token, used once, is what allows it
@require_POST
def answer(request: HttpRequest) -> HttpResponse:
    """Take an answer that was pressed in a notification."""
    push.answer(request.POST.get("token", ""), request.POST.get("action", "")[:40])
    return HttpResponse(status=204)


@public
@csrf_exempt  # no cookie is read: the signed token is what allows it
@require_POST
def renew(request: HttpRequest) -> HttpResponse:
    """Take the new keys of a browser."""
    given = push.Keys.checked(*(request.POST.get(name, "") for name in ("endpoint", "p256dh", "auth")))
    push.renew(request.POST.get("token", ""), keys=given)
    return HttpResponse(status=204)
