"""The devices of a group: tested, set apart, returned by its leader; minted and revoked by those who may."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from liengia.alarms import papers, policies, services
from liengia.alarms.capabilities import MANAGE_DEVICES
from liengia.alarms.forms import ApartForm, DeviceForm, MoveForm
from liengia.alarms.models import BellTest, Device, NeighbourGroup
from liengia.alarms.views.leader import group_of, me, shown
from liengia.alarms.views.leader_papers import pdf_response
from liengia.core.actor import Actor
from liengia.core.errors import DomainError, NotFound
from liengia.people import policies as people
from liengia.people.policies import signed_in


def _device(group: NeighbourGroup, public_id: str) -> Device:
    found = Device.objects.active().on_the_bus().filter(group=group).select_related("group__unit", "household")
    device: Device = get_object_or_404(found, public_id=public_id)
    return device


def _minting_group(request: HttpRequest, public_id: str) -> NeighbourGroup:
    group = group_of(request, public_id)
    if not people.can(me(request), MANAGE_DEVICES, group.unit):
        raise NotFound("")
    return group


def _back(request: HttpRequest, public_id: str, said: str) -> HttpResponse:
    messages.success(request, said)
    return redirect("alarms:leader_devices", public_id)


@signed_in
@never_cache
@require_GET
def devices(request: HttpRequest, public_id: str) -> HttpResponse:
    """Show the devices, the faulty first, and the bell tests that were made."""
    group = group_of(request, public_id)
    tests = BellTest.objects.filter(group=group).select_related("device__household", "asked_by", "incident")[:15]
    return shown(request, group, "devices", "devices", tests=tests, apart_form=ApartForm())


@signed_in
@require_POST
def test(request: HttpRequest, public_id: str, device: str) -> HttpResponse:
    """Test one bell."""
    group = group_of(request, public_id)
    services.test_bell(group, device=_device(group, device), actor=Actor.of(me(request)))
    return _back(request, public_id, _("The bell was told to sound once. Listen; the list shows when it says that it rang."))


@signed_in
@require_POST
def apart(request: HttpRequest, public_id: str, device: str) -> HttpResponse:
    """Set a device apart for a while."""
    group = group_of(request, public_id)
    form = ApartForm(request.POST)
    if not form.is_valid():
        return redirect("alarms:leader_devices", public_id)
    services.set_device_apart(_device(group, device), actor=Actor.of(me(request)), **form.cleaned_data)
    return _back(request, public_id, _("Set apart. All other devices still ring; this one returns by itself."))


@signed_in
@require_POST
def give_back(request: HttpRequest, public_id: str, device: str) -> HttpResponse:
    """Let a device ring again."""
    group = group_of(request, public_id)
    services.return_device(_device(group, device), actor=Actor.of(me(request)))
    return _back(request, public_id, _("The device rings with the group again."))


@signed_in
@never_cache
def provision(request: HttpRequest, public_id: str) -> HttpResponse:
    """Mint a device; the answer is the sheet for flashing, with the password that is shown only now."""
    group = _minting_group(request, public_id)
    form = DeviceForm(request.POST or None, group=group)
    if request.method == "POST" and form.is_valid():
        try:
            minted = services.provision_device(group, actor=Actor.of(me(request)), **form.cleaned_data)
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            return pdf_response(papers.device_sheet([minted]), papers.file_name(f"thiet bi {minted.device.public_id}"))
    return shown(request, group, "devices", "provision", form=form)


@signed_in
@require_POST
def renew(request: HttpRequest, public_id: str, device: str) -> HttpResponse:
    """Give a device a new password; the old one is cut off, the sheet is the answer."""
    group = _minting_group(request, public_id)
    minted = services.renew_credential(_device(group, device), actor=Actor.of(me(request)))
    return pdf_response(papers.device_sheet([minted]), papers.file_name(f"thiet bi {minted.device.public_id}"))


@signed_in
@never_cache
def move(request: HttpRequest, public_id: str, device: str) -> HttpResponse:
    """Move a device to another group that the reader manages; nothing is flashed anew."""
    group = _minting_group(request, public_id)
    found = _device(group, device)
    others = policies.managed_groups(me(request), MANAGE_DEVICES).exclude(pk=group.pk).order_by("unit", "number")
    form = MoveForm(request.POST or None, groups=others)
    if request.method == "POST" and form.is_valid():
        services.move_device(found, group=form.cleaned_data["group"], actor=Actor.of(me(request)))
        return _back(request, public_id, _("The device was told to move. It rings with the new group at once."))
    return shown(request, group, "devices", "move", device=found, form=form)


@signed_in
@require_POST
def call_again(request: HttpRequest, public_id: str, device: str) -> HttpResponse:
    """Tell a device that has not come to this group once more to come; nothing is flashed anew."""
    group = group_of(request, public_id)
    services.reissue_move(_device(group, device), actor=Actor.of(me(request)))
    return _back(request, public_id, _("The device is called again. Switch it on; it comes when it is connected."))


@signed_in
@never_cache
def revoke(request: HttpRequest, public_id: str, device: str) -> HttpResponse:
    """Ask, then cut a device off for good."""
    group = _minting_group(request, public_id)
    found = _device(group, device)
    if request.method == "POST":
        services.revoke_device(found, actor=Actor.of(me(request)))
        return _back(request, public_id, _("The device was revoked. It is cut off within 10 seconds."))
    return shown(request, group, "devices", "revoke", device=found)
