"""Loudspeakers in the back office: clusters, recordings, what is played by hand, the programme with its rota and rounds."""

from __future__ import annotations

from typing import Any, Final

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from liengia.broadcast import complaints, policies, speaker_schedule
from liengia.broadcast import speaker_status as status
from liengia.broadcast.audio import store
from liengia.broadcast.capabilities import CONFIGURE, POST, WRITE
from liengia.broadcast.models import (
    ClusterMake,
    PlayOrder,
    PlayReport,
    Recording,
    SpeakerCluster,
    SpeakerProgramme,
)
from liengia.broadcast.quiet import rules_of
from liengia.broadcast.services import recordings, speakers
from liengia.broadcast.speaker_forms import ClusterForm, ProgrammeForm, RecordingForm, RoundForm, TurnForm
from liengia.broadcast.views.office import _kept, _unit, me
from liengia.core import clock
from liengia.core.errors import DomainError
from liengia.core.sending import SentFile
from liengia.people.policies import requires
from liengia.units import scope
from liengia.units.models import Unit

ORDERS: Final = ("test", "stop")
REPORTS: Final = 20


def clusters_of(unit: Unit) -> Any:
    """Return the clusters of a commune that stand."""
    return SpeakerCluster.objects.standing().filter(unit__in=Unit.objects.below(unit)).select_related("unit")


@requires(WRITE, POST, CONFIGURE)
@never_cache
@require_GET
def clusters(request: HttpRequest) -> HttpResponse:
    """Show the clusters with their faults, what waits to be played by hand, and what was played last."""
    unit, units = _unit(request, _capability(request))
    now = clock.now()
    rows = status.dressed(list(clusters_of(unit).prefetch_related("faults")), now)
    here = SpeakerCluster.objects.filter(unit__in=Unit.objects.below(unit))
    context = {
        "unit": unit, "units": units, "clusters": rows, "summary": status.summary(rows), "coming": status.coming(unit, now), "by_hand": _by_hand(unit),
        "reports": _reports(PlayReport.objects.filter(cluster__in=here)), "tab": "clusters", "may_configure": scope.covers(request.user, CONFIGURE, unit),
        "may_hand": scope.covers(request.user, POST, unit) or scope.covers(request.user, WRITE, unit), "rules": rules_of(unit), "now": now,
    }  # fmt: skip
    return render(request, "broadcast/speakers/clusters.html", context)


def _reports(rows: Any) -> list[PlayReport]:
    """Return the latest reports, each with what it came to in words."""
    found = list(rows.select_related("cluster", "order")[:REPORTS])
    for row in found:
        row.came_to = status.came_to(row)
    return found


def _capability(request: HttpRequest) -> str:
    return next((one for one in (WRITE, CONFIGURE, POST) if policies.speaking_units(request.user, one).exists()), WRITE)


def _by_hand(unit: Unit) -> Any:
    now = clock.now()
    rows = PlayOrder.objects.filter(cluster__in=clusters_of(unit).filter(make=ClusterMake.BY_HAND), ended_at=None, withdrawn_at=None, expires_at__gt=now)
    return rows.select_related("cluster__unit", "audio")


@requires(CONFIGURE)
@never_cache
@require_http_methods(["GET", "POST"])
def cluster(request: HttpRequest, public_id: str = "") -> HttpResponse:
    """Put a cluster up, or change it."""
    unit, units = _unit(request, CONFIGURE)
    row = get_object_or_404(clusters_of(unit), public_id=public_id) if public_id else None
    form = ClusterForm(unit, request.POST or None, instance=row, prefix="cluster")
    kept = _kept(form, lambda: _keep_cluster(request, row, dict(form.cleaned_data))) if form.is_valid() else None
    if kept:
        messages.success(request, _("The cluster is kept."))
        return redirect(f"{reverse('broadcast_office_cluster', args=[kept.public_id])}?unit={unit.pk}")
    return render(request, "broadcast/speakers/cluster.html", {"form": form, "unit": unit, "units": units, "cluster": row, "tab": "clusters", **_about(row)})


def _about(row: SpeakerCluster | None) -> dict[str, Any]:
    """Return what a standing cluster's page tells: how it stands, its faults, what it holds and what it played."""
    if row is None:
        return {}
    now = clock.now()
    status.dressed([row], now)
    return {
        "complain": _sticker(row), "report_address": f"{settings.PUBLIC_URL}{reverse('speakers:outside_report', args=[row.public_id])}",
        "orders": row.orders.filter(ended_at=None, withdrawn_at=None, expires_at__gt=now)[:REPORTS], "reports": _reports(row.reports.all()),
        "over": row.faults.exclude(cleared_at=None)[:5], "has_credential": row.credentials.filter(revoked_at=None).exists(),
    }  # fmt: skip


def _sticker(row: SpeakerCluster | None) -> str:
    if row is None or not complaints.address_for(row):
        return ""
    return f"{settings.PUBLIC_URL}{reverse('speakers:complain', args=[row.public_id])}"


def _keep_cluster(request: HttpRequest, row: SpeakerCluster | None, data: dict[str, Any]) -> Any:
    if row is None:
        return speakers.add_cluster(data.pop("unit"), actor=me(request), **data)
    return speakers.change_cluster(row, actor=me(request), **data)


def _one(request: HttpRequest, public_id: str, capability: str = CONFIGURE) -> SpeakerCluster:
    row = get_object_or_404(SpeakerCluster.objects.standing().select_related("unit"), public_id=public_id)
    if not scope.covers(request.user, capability, row.unit):
        raise Http404
    return row


@requires(CONFIGURE)
@never_cache
@require_POST
def credential(request: HttpRequest, public_id: str) -> HttpResponse:
    """Make the credential of a player, or the secret of another make, and show it this once."""
    row = _one(request, public_id)
    told: dict[str, str] = {}
    secret = ""
    try:
        if row.make == ClusterMake.WEBHOOK:
            secret = speakers.renew_webhook_secret(row, actor=me(request))
        else:
            told = speakers.mint_credential(row, actor=me(request)).as_settings()
    except DomainError as error:
        messages.error(request, str(error))
        return redirect(_page_of(row))
    return render(request, "broadcast/speakers/credential.html", {"cluster": row, "told": told, "secret": secret, "unit": row.unit.commune() or row.unit})


def _page_of(row: SpeakerCluster) -> str:
    """Return a cluster's page, with its commune: who speaks for several would else be led to the first."""
    return f"{reverse('broadcast_office_cluster', args=[row.public_id])}?unit={(row.unit.commune() or row.unit).pk}"


@requires(CONFIGURE, WRITE)
@require_POST
def tell(request: HttpRequest, public_id: str, what: str) -> HttpResponse:
    """Have a player sound a chime, or be silent at once."""
    row = _one(request, public_id, _capability(request))
    if what not in ORDERS:
        raise Http404
    words = {
        "test": _("A chime was asked for. Somebody near the loudspeaker tells you whether it was heard."), "stop": _("It was told to be silent at once.")
    }[what]  # fmt: skip
    _tried(request, lambda: speakers.tell_player(row, {"do": what}, actor=me(request)), words)
    return redirect(_page_of(row) if request.POST.get("back") == "cluster" else "broadcast_office_clusters")


@requires(CONFIGURE)
@require_POST
def remove(request: HttpRequest, public_id: str) -> HttpResponse:
    """Take a cluster down for good."""
    row = _one(request, public_id)
    _tried(request, lambda: speakers.remove_cluster(row, actor=me(request)), _("The cluster is taken down. What it played stays on record."))
    return redirect("broadcast_office_clusters")


def _tried(request: HttpRequest, work: Any, words: str) -> None:
    try:
        work()
    except DomainError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, words)


# By hand


@requires(POST, WRITE)
@require_POST
def played(request: HttpRequest, public_id: str) -> HttpResponse:
    """Tick that an order was played by hand."""
    row = get_object_or_404(PlayOrder.objects.select_related("cluster__unit"), public_id=public_id)
    if not (scope.covers(request.user, POST, row.cluster.unit) or scope.covers(request.user, WRITE, row.cluster.unit)):
        raise Http404
    _tried(request, lambda: speakers.tick_played(row, actor=me(request)), _("Ticked as played."))
    return redirect("broadcast_office_clusters")


@requires(POST, WRITE)
@never_cache
@require_GET
def schedule(request: HttpRequest) -> HttpResponse:
    """Give a ZIP of the schedule (XLSX) and the sounds (MP3) for clusters of other makes."""
    unit, _units = _unit(request, _capability(request))
    answer = HttpResponse(speaker_schedule.packed(list(_by_hand(unit)[:60])), content_type="application/zip")
    answer["Content-Disposition"] = f'attachment; filename="lich-phat-loa-{clock.today():%Y-%m-%d}.zip"'
    return answer


# Recordings


@requires(WRITE)
@never_cache
@require_http_methods(["GET", "POST"])
def library(request: HttpRequest) -> HttpResponse:
    """Show the recordings, and take a new one."""
    unit, units = _unit(request, WRITE)
    form = RecordingForm(request.POST or None, request.FILES or None)
    if form.is_valid() and _kept(form, lambda: _add(request, unit, form.cleaned_data)):
        messages.success(request, _("Taken in. It is ready in a moment; listen to it before you use it."))
        return redirect(f"{request.path}?unit={unit.pk}")
    rows = list(Recording.objects.filter(unit=unit, removed_at=None).select_related("audio")[:60])
    for row in rows:
        row.trouble_said = recordings.trouble_words(row)  # type: ignore[attr-defined]
        row.bars = _bars(row.audio.peaks) if row.audio else []  # type: ignore[attr-defined]
    waits = any(row.state == "waiting" for row in rows)
    return render(request, "broadcast/speakers/recordings.html", {"unit": unit, "units": units, "form": form, "recordings": rows, "waits": waits, "tab": "recordings"})


def _bars(peaks: list[int]) -> list[tuple[int, float, float]]:
    """Return the bars of a wave's picture: where, from which height, how high; the middle is 20."""
    heights = [max(0.6, peak * 0.38) for peak in peaks]
    return [(at, round(20 - height / 2, 2), round(height, 2)) for at, height in enumerate(heights)]


def _add(request: HttpRequest, unit: Unit, data: dict[str, Any]) -> Recording:
    if data["file"]:
        return recordings.add_recording(unit, title=data["title"], data=data["file"].read(), actor=me(request))
    return recordings.speak_recording(unit, title=data["title"], text=data["spoken_text"], actor=me(request))


def _recording(request: HttpRequest, public_id: str) -> Recording:
    row = get_object_or_404(Recording.objects.filter(removed_at=None).select_related("unit", "audio"), public_id=public_id)
    if not scope.covers(request.user, WRITE, row.unit):
        raise Http404
    return row


@requires(WRITE)
@require_GET
def sound(request: HttpRequest, public_id: str) -> HttpResponseBase:
    """Give a recording's sound to be listened to."""
    row = _recording(request, public_id)
    if row.audio is None or not (path_ := store.path_of(row.audio.sha256)).is_file():
        raise Http404
    return SentFile(path_.open("rb"), content_type="audio/wav")


@requires(WRITE)
@require_POST
def remove_recording(request: HttpRequest, public_id: str) -> HttpResponse:
    """Take a recording out of the list."""
    row = _recording(request, public_id)
    _tried(request, lambda: recordings.remove_recording(row, actor=me(request)), _("The recording is out of the list."))
    return redirect(f"{_address('broadcast_office_recordings')}?unit={row.unit_id}")


def _address(name: str) -> str:
    return reverse(name)


# The programme


@requires(WRITE)
@never_cache
@require_http_methods(["GET", "POST"])
def programme(request: HttpRequest, public_id: str = "") -> HttpResponse:
    """Show a commune's programmes; write one."""
    unit, units = _unit(request, WRITE)
    rows = SpeakerProgramme.objects.filter(unit=unit).select_related("police", "youth_union").prefetch_related("turns", "rounds__recording")
    row = get_object_or_404(rows, public_id=public_id) if public_id else None
    form = ProgrammeForm(unit, request.POST or None, instance=row)
    if form.is_valid() and _kept(form, lambda: speakers.keep_programme(row or SpeakerProgramme(unit=unit), actor=me(request), **form.cleaned_data)):
        messages.success(request, _("The programme is kept."))
        return redirect(f"{_address('broadcast_office_programmes')}?unit={unit.pk}")
    shown = list(rows)
    for one in shown:
        one.turn_form, one.round_form = TurnForm(auto_id=f"turn{one.pk}_%s"), RoundForm(unit, auto_id=f"round{one.pk}_%s")  # type: ignore[attr-defined]
    context = {"unit": unit, "units": units, "programmes": shown, "programme": row, "form": form, "tab": "programme", "today": clock.today()}
    return render(request, "broadcast/speakers/programme.html", context)


def _programme(request: HttpRequest, public_id: str) -> SpeakerProgramme:
    row = get_object_or_404(SpeakerProgramme.objects.select_related("unit"), public_id=public_id)
    if not scope.covers(request.user, WRITE, row.unit):
        raise Http404
    return row


@requires(WRITE)
@never_cache
@require_POST
def turn(request: HttpRequest, public_id: str) -> HttpResponse:
    """Write a turn of the youth team."""
    return _added(request, _programme(request, public_id), TurnForm(request.POST), speakers.keep_turn)


@requires(WRITE)
@never_cache
@require_POST
def round_(request: HttpRequest, public_id: str) -> HttpResponse:
    """Write a round by motorbike."""
    row = _programme(request, public_id)
    return _added(request, row, RoundForm(row.unit, request.POST), speakers.keep_round)


def _added(request: HttpRequest, row: SpeakerProgramme, form: Any, keep: Any) -> HttpResponse:
    form.instance.programme = row
    if form.is_valid():
        _tried(request, lambda: keep(form.instance, actor=me(request), **form.cleaned_data), _("Written down."))
    else:
        messages.error(request, " ".join(str(error) for errors in form.errors.values() for error in errors))
    return redirect(f"{_address('broadcast_office_programmes')}?unit={row.unit_id}")


@requires(WRITE)
@require_POST
def done(request: HttpRequest, public_id: str, number: int) -> HttpResponse:
    """Tick that a round was driven."""
    row = _programme(request, public_id)
    one = get_object_or_404(row.rounds, pk=number)
    _tried(request, lambda: speakers.keep_round(one, actor=me(request), is_done=True, note=request.POST.get("note", "")[:250]), _("Ticked as driven."))
    return redirect(f"{_address('broadcast_office_programmes')}?unit={row.unit_id}")


def office_urls() -> list[URLPattern]:
    """Return the addresses of these pages."""
    return [
        path("loa/", clusters, name="broadcast_office_clusters"),
        path("loa/moi/", cluster, name="broadcast_office_cluster_new"),
        path("loa/lich.zip", schedule, name="broadcast_office_schedule"),
        path("loa/ban-ghi/", library, name="broadcast_office_recordings"),
        path("loa/ban-ghi/<slug:public_id>.wav", sound, name="broadcast_office_recording_sound"),
        path("loa/ban-ghi/<slug:public_id>/bo/", remove_recording, name="broadcast_office_recording_remove"),
        path("loa/chuong-trinh/", programme, name="broadcast_office_programmes"),
        path("loa/chuong-trinh/<slug:public_id>/", programme, name="broadcast_office_programme"),
        path("loa/chuong-trinh/<slug:public_id>/phien/", turn, name="broadcast_office_turn"),
        path("loa/chuong-trinh/<slug:public_id>/luot/", round_, name="broadcast_office_round"),
        path("loa/chuong-trinh/<slug:public_id>/luot/<int:number>/xong/", done, name="broadcast_office_round_done"),
        path("loa/lenh/<slug:public_id>/da-phat/", played, name="broadcast_office_played"),
        path("loa/<slug:public_id>/", cluster, name="broadcast_office_cluster"),
        path("loa/<slug:public_id>/mat-khau/", credential, name="broadcast_office_credential"),
        path("loa/<slug:public_id>/go/", remove, name="broadcast_office_cluster_remove"),
        path("loa/<slug:public_id>/bao/<slug:what>/", tell, name="broadcast_office_tell"),
    ]
