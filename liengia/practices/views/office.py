"""Practices in the back office: the register, a practice with all that can be done about it, files in and out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import F
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from liengia.core.actor import Actor
from liengia.core.errors import DomainError
from liengia.people import policies as people
from liengia.people.models import User
from liengia.people.policies import requires
from liengia.practices import act_forms, forms, policies, portable, queries, services
from liengia.practices.capabilities import DECIDE, EDIT
from liengia.practices.models import NO_FIGURES, ImportFile, Practice, PracticeState
from liengia.practices.services.transfer import CHANGED, HERE, NEW, SAME, TAKES, Planned, plan_import

PAGE: Final = 50
MOST_ELSEWHERE: Final = 30


@dataclass(frozen=True, slots=True)
class Verb:
    """One thing that is done about a practice: who may, its form, its service, its words."""

    code: str
    title: str | Promise
    capability: str
    form: Callable[[Practice, Any, Any, str], Any]
    do: Callable[[Practice, dict[str, Any], Actor], object]
    done: str | Promise
    states: tuple[str, ...] = ("planned", "running")
    help: str | Promise = ""


def _plain(form: Any) -> Callable[[Practice, Any, Any, str], Any]:
    return lambda practice, data, files, auto_id: form(data, files, auto_id=auto_id)


def _about(form: Any) -> Callable[[Practice, Any, Any, str], Any]:
    return lambda practice, data, files, auto_id: form(practice, data, files, auto_id=auto_id)


_ALL: Final = ("planned", "running", "ended")
MOST_NAMED: Final = 5
SHOWING: Final = {
    "show": (services.publish, gettext_lazy("Everybody can read it now.")),
    "hide": (services.hide, gettext_lazy("It is off the public pages; nothing of it is lost.")),
}
# What taking a file does with those in it, as the preview's headings.
GROUPS: Final = {
    NEW: gettext_lazy("Will be added to %(site)s"), CHANGED: gettext_lazy("Known at %(site)s from before, running elsewhere: will be changed to what the file says"),
    SAME: gettext_lazy("Known at %(site)s from before, the same as in the file: nothing is done"), HERE: gettext_lazy("Run at %(site)s itself: not taken, for no file changes them"),
}  # fmt: skip
VERBS: Final = {
    verb.code: verb
    for verb in (
        Verb("tra-loi", gettext_lazy("Answer the question"), EDIT, _plain(forms.AnswerForm),
             lambda p, d, a: services.answer_question(p, **d, actor=a), gettext_lazy("The answer is kept.")),
        Verb("bat-dau", gettext_lazy("It has begun"), EDIT, _about(forms.StartForm),
             lambda p, d, a: services.start(p, **d, actor=a), gettext_lazy("It runs."), ("planned",)),
        Verb("tep", gettext_lazy("Add a file"), EDIT, _plain(forms.MaterialForm),
             lambda p, d, a: services.add_material(p, title=d["title"], data=d["file"].read(), is_evidence=d["is_evidence"], actor=a),
             gettext_lazy("The file is kept.")),
        Verb("dem", gettext_lazy("Let a figure be counted"), EDIT, _plain(forms.TieForm),
             lambda p, d, a: services.add_tie(p, **d, actor=a), gettext_lazy("It is counted from now on, in this practice's own place.")),
        Verb("so-bao-cao", gettext_lazy("Enter a reported figure"), EDIT, _about(forms.ClaimForm),
             lambda p, d, a: services.claim(p, **d, actor=a), gettext_lazy("The figure is kept, with its evidence.")),
        Verb("bieu-duong", gettext_lazy("Enter praise or an order to replicate"), DECIDE, _about(act_forms.ActForm),
             lambda p, d, a: services.act(p, **{**d, "addressed": list(d["addressed"])}, actor=a), gettext_lazy("The act is kept."), _ALL),
        Verb("xem-lai", gettext_lazy("Enter the year's review"), DECIDE, _plain(forms.ReviewForm),
             lambda p, d, a: services.review(p, **d, actor=a), gettext_lazy("The review is kept.")),
        Verb("nguon-goc", gettext_lazy("Set where it came from"), DECIDE, _about(forms.OriginForm),
             lambda p, d, a: services.relink(p, d["parent"], actor=a), gettext_lazy("Its origin is set."), _ALL),
        Verb("ket-thuc", gettext_lazy("End it"), DECIDE, _plain(forms.EndForm),
             lambda p, d, a: services.end(p, **d, actor=a), gettext_lazy("It has ended, and stays readable.")),
    )
}  # fmt: skip


def me(request: HttpRequest) -> Actor:
    """Return who acts."""
    assert isinstance(request.user, User)
    return Actor.of(request.user)


def kept(form: Any, work: Callable[[], Any]) -> Any:
    """Do the work, or put what the domain refuses beside its field: what was typed stays."""
    try:
        return work() or True
    except DomainError as error:
        field = str(error.data.get("field", ""))
        form.add_error(field if field in form.fields else None, str(error))
        return None


def _one(request: HttpRequest, public_id: str) -> Practice:
    return get_object_or_404(policies.practices_of(request.user), public_id=public_id)


@requires(EDIT)
@never_cache
@require_GET
def register(request: HttpRequest) -> HttpResponse:
    """Show the practices of the user's units: those asked about first; found by words and state."""
    asked = {name: request.GET.get(name, "") for name in ("q", "state")}
    rows: Any = policies.practices_of(request.user).search(asked["q"][:100]).with_office_news()
    if asked["state"] in PracticeState.values:
        rows = rows.filter(state=asked["state"])
    page = Paginator(rows.order_by("-is_asked", F("publication_asked_on").asc(nulls_last=True), F("ended_on").desc(nulls_first=True), "folded_name", "pk"), PAGE).get_page(request.GET.get("page"))
    words = asked["q"].strip()[:100]
    elsewhere = queries.shown().search(words).exclude(pk__in=policies.practices_of(request.user).values("pk")).order_by("folded_name", "pk")
    offered = list(elsewhere[:MOST_ELSEWHERE]) if words else [one.first for one in queries.families()]
    context = {"page": page, "asked": asked, "states": PracticeState.choices, "offered": offered, "may_take": people.can(request.user, DECIDE)}
    return render(request, "practices/office/register.html", context)


@requires(EDIT)
@never_cache
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Enter a practice of the commune's own: a ninth one, with nobody's code."""
    form = forms.NewForm(policies.units_of(request.user), request.POST or None)
    if form.is_valid() and (made := kept(form, lambda: services.create(form.cleaned_data["unit"], form.facts(), form.text(), actor=me(request)))):
        messages.success(request, _("The practice is entered. Show it to everybody when it is ready."))
        return redirect("practices_office_practice", made.public_id)
    return render(request, "practices/office/form.html", {"form": form, "title": _("New practice"), "practice": None})


@requires(EDIT)
@never_cache
@require_http_methods(["GET", "POST"])
def edit(request: HttpRequest, public_id: str) -> HttpResponse:
    """Change what stands about a practice."""
    practice = _one(request, public_id)
    form = forms.FactsForm(policies.units_of(request.user), request.POST or None, practice=practice)
    if form.is_valid() and kept(form, lambda: services.change(practice, form.facts(), actor=me(request))):
        messages.success(request, _("The change is kept."))
        return redirect("practices_office_practice", practice.public_id)
    return render(request, "practices/office/form.html", {"form": form, "title": _("Change what stands about it"), "practice": practice})


@requires(EDIT)
@never_cache
@require_http_methods(["GET", "POST"])
def revise(request: HttpRequest, public_id: str) -> HttpResponse:
    """Upgrade a practice: a new revision of the same one."""
    practice = _one(request, public_id)
    form = forms.ReviseForm(request.POST or None, revision=practice.current_revision)
    if form.is_valid() and kept(form, lambda: services.revise(practice, form.text(), on=form.cleaned_data["on"], actor=me(request))):
        messages.success(request, _("The new revision is kept; the earlier ones stay readable."))
        return redirect("practices_office_practice", practice.public_id)
    return render(request, "practices/office/form.html", {"form": form, "title": _("Upgrade it"), "practice": practice})


@requires(EDIT)
@never_cache
@require_http_methods(["GET", "POST"])
def replicate(request: HttpRequest, public_id: str) -> HttpResponse:
    """Take a practice over, from wherever everybody may read it."""
    origin = queries.shown().filter(public_id=public_id).first() or _one(request, public_id)
    form = forms.ReplicateForm(policies.units_of(request.user), request.POST or None)
    if form.is_valid() and (made := kept(form, lambda: services.replicate(origin, **form.cleaned_data, actor=me(request)))):
        messages.success(request, _("It is entered here as planned. Note when it has begun, and show it to everybody."))
        return redirect("practices_office_practice", made.public_id)
    return render(request, "practices/office/form.html", {"form": form, "title": _("Replicate: %(name)s") % {"name": origin.name}, "practice": None})


@requires(EDIT)
@never_cache
@require_GET
def practice(request: HttpRequest, public_id: str) -> HttpResponse:
    """Show a practice and what can be done about it."""
    return _shown(request, _one(request, public_id))


@requires(EDIT)
@require_POST
def act(request: HttpRequest, public_id: str, code: str) -> HttpResponse:
    """Do one of the things that are done by a small form."""
    row, verb = _one(request, public_id), VERBS.get(code)
    if verb is None or not policies.may(request.user, verb.capability, row):
        raise Http404
    form = verb.form(row, request.POST, request.FILES, f"id_{code}_%s")
    if not form.is_valid() or not kept(form, lambda: verb.do(row, form.cleaned_data, me(request))):
        return _shown(request, row, {code: form}, status=422)
    messages.success(request, str(verb.done))
    return redirect("practices_office_practice", row.public_id)


@requires(DECIDE)
@require_POST
def show(request: HttpRequest, public_id: str) -> HttpResponse:
    """Show a practice to everybody, or take it from the public pages."""
    row = _one(request, public_id)
    if not policies.may(request.user, DECIDE, row):
        raise Http404
    return _as_asked(request, row)


@requires(EDIT)
@require_POST
def ask(request: HttpRequest, public_id: str) -> HttpResponse:
    """Ask those who publish to show a practice to everybody."""
    row = _one(request, public_id)
    return _told(request, row, lambda: services.ask_publication(row, actor=me(request)), _("Asked. It stands first in the register of those who publish."))


@requires(EDIT)
@require_POST
def remove(request: HttpRequest, public_id: str, what: str, key: int) -> HttpResponse:
    """Take away a file or a counted figure."""
    row = _one(request, public_id)
    if what == "tep":
        material = get_object_or_404(row.materials.defer("data"), pk=key)
        return _told(request, row, lambda: services.remove_material(material, actor=me(request)), _("The file is taken away."))
    tie = get_object_or_404(row.ties, pk=key)
    return _told(request, row, lambda: services.remove_tie(tie, actor=me(request)), _("It is counted no longer."))


def _as_asked(request: HttpRequest, row: Practice, to: HttpResponse | None = None) -> HttpResponse:
    """Show or hide as the button said that was pressed: who presses after a colleague undoes nothing."""
    wanted = request.POST.get("do", "")
    if wanted not in SHOWING:
        raise Http404
    verb, done = SHOWING[wanted]
    return _told(request, row, lambda: verb(row, actor=me(request)), str(done), to)


def _told(request: HttpRequest, row: Practice, work: Callable[[], object], done: str, to: HttpResponse | None = None) -> HttpResponse:
    try:
        work()
        messages.success(request, done)
    except DomainError as error:
        messages.error(request, str(error))
    return to or redirect("practices_office_practice", row.public_id)


def _shown(request: HttpRequest, row: Practice, bound: dict[str, Any] | None = None, status: int = 200) -> HttpResponse:
    asked = row.questions.filter(answered_on=None).first()
    verbs = [
        (verb, (bound or {}).get(verb.code) or verb.form(row, None, None, f"id_{verb.code}_%s"), verb.code in (bound or {}))
        for verb in VERBS.values()
        if row.state in verb.states and policies.may(request.user, verb.capability, row) and (verb.code != "tra-loi" or asked)
        and not (row.kind in NO_FIGURES and verb.code in ("dem", "so-bao-cao"))
    ]  # fmt: skip
    context = {
        "practice": row, "revision": row.current_revision, "asked": asked, "verbs": verbs, "may_decide": policies.may(request.user, DECIDE, row),
        "figures": queries.figures(row), "ties": row.ties.all(), "materials": row.materials.defer("data"), "acts": row.acts.select_related("body", "paper__issuer"),
        "reviews": row.reviews.all(), "answered": row.questions.exclude(answered_on=None), "origin": row.replicated_from,
        "different": row.revisions.filter(number=1).values_list("changed", flat=True).first() if row.replicated_from_id else "",
        "replications": row.replications.with_places(), "owes_change": queries.owes_change(row),
        "deciders": [] if row.is_public or row.unit is None else [str(one) for one in people.holders(DECIDE, row.unit)[:MOST_NAMED]],
    }  # fmt: skip
    return render(request, "practices/office/practice.html", context, status=status)


# Files in and out


@requires(EDIT)
@require_GET
def export(request: HttpRequest, public_id: str) -> HttpResponse:
    """Give a practice as a file, whether it is public or not."""
    row = _one(request, public_id)
    response = HttpResponse(portable.export(row), content_type="application/zip")
    response["Content-Disposition"] = f'attachment; filename="mo-hinh-{row.public_id}.zip"'
    return response


@requires(DECIDE)
@never_cache
@require_http_methods(["GET", "POST"])
def take(request: HttpRequest) -> HttpResponse:
    """Take a file in, to see first what it would do; everybody sees what is taken, so who publishes takes it."""
    form = forms.FileForm(request.POST or None, request.FILES or None)
    if form.is_valid() and (held := kept(form, lambda: services.hold_import(form.cleaned_data["file"].read(portable.LARGEST_FILE + 1), actor=me(request)))):
        return redirect("practices_office_import", held.public_id)
    return render(request, "practices/office/take.html", {"form": form, "imported": policies.imported()})


@requires(DECIDE)
@require_POST
def show_imported(request: HttpRequest, public_id: str) -> HttpResponse:
    """Take a practice that came as a file from the public pages, or show it again."""
    row = get_object_or_404(policies.imported(), public_id=public_id)
    return _as_asked(request, row, redirect("practices_office_take"))


@requires(DECIDE)
@never_cache
@require_http_methods(["GET", "POST"])
def preview(request: HttpRequest, public_id: str) -> HttpResponse:
    """Show what a file would do, then do it."""
    held = get_object_or_404(ImportFile, public_id=public_id, made_by_id=me(request).user_id)
    planned, refused = _planned(held)
    form = forms.TakeForm([one.taken.uuid for one in planned if one.does in TAKES], request.POST if request.method == "POST" else None)
    if form.is_valid() and (done := kept(form, lambda: services.take_import(bytes(held.data), only=form.cleaned_data["only"], actor=me(request)))):
        taken = [one for one in done if one.does in TAKES]
        messages.success(request, ngettext("%(n)s practice is taken. Replicate it from its page, where you want it.", "%(n)s practices are taken. Replicate one from its page, where you want it.", len(taken)) % {"n": len(taken)})
        return redirect("practices:detail", queries.public_id_of(taken[-1].taken.uuid))
    context = {"form": form, "groups": _groups(planned), "planned": planned, "refused": refused, "own_site": portable.own_site(), "source": planned[0].taken.source if planned else ""}
    return render(request, "practices/office/preview.html", context)


def _planned(held: ImportFile) -> tuple[list[Planned], str]:
    """Return what a file would do, or why it can no longer be taken: what is here may have changed since it came."""
    try:
        return plan_import(portable.read(bytes(held.data))), ""
    except DomainError as error:
        return [], str(error)


def _groups(planned: list[Planned]) -> list[tuple[str, str, list[tuple[Planned, str]]]]:
    """Return the practices of a file by what taking it does with them, each with the name of the one from which it came."""
    names = {one.taken.uuid: str(one.taken.facts["name"]) for one in planned} | dict(Practice.objects.filter(uuid__in=[one.origin for one in planned if one.origin]).values_list("uuid", "name"))
    places = {one.taken.uuid: str(one.taken.facts["place_words"]) for one in planned}
    rows = {does: [(one, ", ".join(filter(None, (names.get(one.origin), places.get(one.origin)))) if one.origin else "") for one in planned if one.does == does] for does in GROUPS}
    site = portable.own_site()
    return [(does, title % {"site": site}, rows[does]) for does, title in GROUPS.items() if rows[does]]
