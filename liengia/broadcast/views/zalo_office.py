"""The register of Zalo groups in the back office, with its spreadsheet."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from liengia.broadcast import posting, zalo_spreadsheet
from liengia.broadcast.capabilities import CONFIGURE, POST
from liengia.broadcast.models import ZaloGroup
from liengia.broadcast.services import zalo
from liengia.broadcast.zalo_forms import GroupForm, UploadForm
from liengia.core.actor import Actor
from liengia.core.errors import DomainError
from liengia.core.text import fold
from liengia.people.models import User
from liengia.people.policies import requires

PAGE = 100
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def office_urls() -> list[URLPattern]:
    """Return the addresses of the register."""
    return [
        path("kenh/zalo/", index, name="broadcast_office_zalo"),
        path("kenh/zalo/them/", add, name="broadcast_office_zalo_add"),
        path("kenh/zalo/nhap/", upload, name="broadcast_office_zalo_upload"),
        path("kenh/zalo/mau.xlsx", template, name="broadcast_office_zalo_template"),
        path("kenh/zalo/<slug:public_id>/", change, name="broadcast_office_zalo_group"),
        path("kenh/zalo/<slug:public_id>/ket-thuc/", end, name="broadcast_office_zalo_end"),
    ]


def _me(request: HttpRequest) -> Actor:
    assert isinstance(request.user, User)
    return Actor.of(request.user)


@requires(POST, CONFIGURE)
@never_cache
@require_GET
def index(request: HttpRequest) -> HttpResponse:
    """List the groups of the reader's units."""
    rows: Any = posting.register_for(request.user).order_by("unit__code", "name")
    words = fold(request.GET.get("q", "")).split()
    if words:
        rows = [row for row in rows if all(word in fold(f"{row.name} {row.unit}") for word in words)]
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    return render(request, "broadcast/zalo/office.html", {"page": page, "q": request.GET.get("q", "")})


@requires(POST, CONFIGURE)
@never_cache
@require_http_methods(["GET", "POST"])
def add(request: HttpRequest) -> HttpResponse:
    """Enter a group."""
    return _edit(request, ZaloGroup())


@requires(POST, CONFIGURE)
@never_cache
@require_http_methods(["GET", "POST"])
def change(request: HttpRequest, public_id: str) -> HttpResponse:
    """Change a group's entry."""
    return _edit(request, get_object_or_404(posting.register_for(request.user), public_id=public_id))


def _edit(request: HttpRequest, group: ZaloGroup) -> HttpResponse:
    form = GroupForm(request.POST or None, instance=group)
    form.offer(request.user)
    if request.method == "POST" and form.is_valid():
        try:
            zalo.keep_group(form.instance, actor=_me(request))
        except DomainError as error:
            field = str(error.data.get("field", ""))
            form.add_error(field if field in form.fields else None, str(error))
        else:
            messages.success(request, _("The group is kept."))
            return redirect("broadcast_office_zalo")
    return render(request, "broadcast/zalo/group.html", {"form": form, "group": group})


@requires(POST, CONFIGURE)
@require_POST
def end(request: HttpRequest, public_id: str) -> HttpResponse:
    """Say that a group is no more."""
    zalo.end_group(get_object_or_404(posting.register_for(request.user), public_id=public_id), actor=_me(request))
    messages.success(request, _("The group is closed in the register; what was posted in it stays counted."))
    return redirect("broadcast_office_zalo")


@requires(POST, CONFIGURE)
@never_cache
@require_http_methods(["GET", "POST"])
def upload(request: HttpRequest) -> HttpResponse:
    """Take groups from a spreadsheet: all of them, or none and what is wrong."""
    form = UploadForm(request.user, request.POST or None, request.FILES or None)
    errors: list[Any] = []
    if request.method == "POST" and form.is_valid():
        errors, done = _import(form, request)
        if done is not None:
            messages.success(request, _("%(new)s new groups, %(changed)s brought up to date.") % {"new": done[0], "changed": done[1]})
            return redirect("broadcast_office_zalo")
    context = {"form": form, "errors": errors, "columns": zalo_spreadsheet.COLUMNS.values()}
    return render(request, "broadcast/zalo/upload.html", context, status=422 if errors else 200)


def _import(form: UploadForm, request: HttpRequest) -> tuple[list[Any], tuple[int, int] | None]:
    try:
        found = zalo_spreadsheet.read(form.cleaned_data["file"], form.cleaned_data["unit"])
        if found.errors:
            return found.errors, None
        if not found.rows:
            return [_("The file holds no group.")], None
        return [], zalo.import_groups(found.rows, actor=_me(request))
    except DomainError as error:
        return [error], None


@requires(POST, CONFIGURE)
@require_GET
def template(request: HttpRequest) -> HttpResponse:
    """Return the empty workbook."""
    answer = HttpResponse(zalo_spreadsheet.template(), content_type=XLSX)
    answer["Content-Disposition"] = 'attachment; filename="nhom-zalo.xlsx"'
    return answer
