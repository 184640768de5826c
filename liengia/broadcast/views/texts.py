"""Ready texts and the rules of a commune's voice in the back office."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from liengia.broadcast import policies
from liengia.broadcast.capabilities import APPROVE, CONFIGURE, SEND_ALONE, WRITE
from liengia.broadcast.forms import ReadyTextForm, RulesForm, TextsFileForm
from liengia.broadcast.models import Kind, ReadyText
from liengia.broadcast.quiet import rules_of
from liengia.broadcast.services import texts
from liengia.broadcast.views.office import _kept, _unit, me
from liengia.core.text import fold
from liengia.people.policies import requires
from liengia.units import scope


@requires(WRITE, APPROVE, SEND_ALONE)
@never_cache
@require_GET
def library(request: HttpRequest) -> HttpResponse:
    """Show the ready texts by kind, found by words."""
    unit, units = _unit(request, WRITE, APPROVE, SEND_ALONE)
    asked = request.GET.get("q", "").strip()
    found = list(policies.ready_texts_for(unit).select_related("unit"))
    if asked:
        words = fold(asked).split()
        found = [row for row in found if all(word in fold(f"{row.headline} {row.text} {row.season}") for word in words)]
    shelves = [(label, [row for row in found if row.kind == kind]) for kind, label in Kind.choices]
    context = {"unit": unit, "units": units, "asked": asked, "shelves": [(label, rows) for label, rows in shelves if rows], "form": TextsFileForm(), "may_write": scope.covers(request.user, WRITE, unit)}
    return render(request, "broadcast/office/texts.html", context)


@requires(WRITE)
@never_cache
@require_http_methods(["GET", "POST"])
def text(request: HttpRequest, public_id: str = "") -> HttpResponse:
    """Keep a ready text of a unit; one that was shipped is copied."""
    unit, units = _unit(request, WRITE)
    row, was_alone = _row(request, unit, public_id)
    form = ReadyTextForm(request.POST or None, instance=row)
    allowed = scope.covers(request.user, APPROVE, unit)
    if form.is_valid() and _kept(form, lambda: texts.keep(form.save(commit=False), actor=me(request), may_allow_alone=allowed, was_alone=was_alone)):
        messages.success(request, _("The ready text is kept."))
        return redirect("broadcast_office_texts")
    return render(request, "broadcast/office/text.html", {"form": form, "unit": unit, "units": units, "text": row if public_id else None})


def _row(request: HttpRequest, unit: Any, public_id: str) -> tuple[ReadyText, bool]:
    if not public_id:
        return ReadyText(unit=unit), False
    row = get_object_or_404(policies.ready_texts_for(unit), public_id=public_id)
    if row.unit_id == unit.pk:
        return row, row.may_be_sent_alone
    return ReadyText(unit=unit, **{name: getattr(row, name) for name in ReadyTextForm.Meta.fields if name != "may_be_sent_alone"}), False


@requires(WRITE)
@require_POST
def remove(request: HttpRequest, public_id: str) -> HttpResponse:
    """Offer a ready text no longer."""
    row = get_object_or_404(ReadyText, public_id=public_id, unit__in=policies.speaking_units(request.user))
    if row.may_be_sent_alone and not (row.unit is not None and scope.covers(request.user, APPROVE, row.unit)):
        raise Http404  # a text for emergencies is taken from the desk by whoever may put it there
    texts.withdraw_text(row, actor=me(request))
    messages.success(request, _("It is no longer offered. Bulletins made from it stay."))
    return redirect("broadcast_office_texts")


@requires(WRITE)
@never_cache
@require_GET
def save(request: HttpRequest) -> HttpResponse:
    """Save a unit's ready texts as a file."""
    unit, _units = _unit(request, WRITE)
    answer = HttpResponse(texts.as_file(policies.ready_texts_for(unit)), content_type="application/json")
    answer["Content-Disposition"] = 'attachment; filename="bai-soan-san.json"'
    return answer


@requires(WRITE)
@require_POST
def take(request: HttpRequest) -> HttpResponse:
    """Take ready texts from a file."""
    unit, _units = _unit(request, WRITE)
    form = TextsFileForm(request.POST, request.FILES)
    count = _kept(form, lambda: (texts.take_file(form.cleaned_data["file"].read(texts.LARGEST_BYTES + 1), unit=unit, actor=me(request)),)) if form.is_valid() else None
    if count is None:
        messages.error(request, " ".join(str(error) for errors in form.errors.values() for error in errors))
    else:
        messages.success(request, _("%(count)s ready texts were taken in. None of them may be sent alone yet.") % {"count": count[0]})
    return redirect("broadcast_office_texts")


@requires(CONFIGURE)
@never_cache
@require_http_methods(["GET", "POST"])
def rules(request: HttpRequest) -> HttpResponse:
    """Set quiet hours, plays a day, training."""
    unit, units = _unit(request, CONFIGURE)
    form = RulesForm(request.POST or None, instance=rules_of(unit))
    if form.is_valid() and _kept(form, lambda: texts.set_rules(form.save(commit=False), actor=me(request))):
        messages.success(request, _("The rules are kept. They hold from the next bulletin on."))
        return redirect(request.get_full_path())
    return render(request, "broadcast/office/rules.html", {"form": form, "unit": unit, "units": units})


def office_urls() -> list[URLPattern]:
    """Return the addresses of these pages."""
    return [
        path("ban-tin/bai-soan-san/", library, name="broadcast_office_texts"),
        path("ban-tin/bai-soan-san/moi/", text, name="broadcast_office_text_new"),
        path("ban-tin/bai-soan-san/tep.json", save, name="broadcast_office_texts_file"),
        path("ban-tin/bai-soan-san/nhan/", take, name="broadcast_office_texts_take"),
        path("ban-tin/bai-soan-san/<slug:public_id>/", text, name="broadcast_office_text"),
        path("ban-tin/bai-soan-san/<slug:public_id>/bo/", remove, name="broadcast_office_text_remove"),
        path("ban-tin/quy-dinh/", rules, name="broadcast_office_rules"),
    ]
