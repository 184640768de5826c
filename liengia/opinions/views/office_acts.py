"""What is done with an opinion: one page a verb, with its form; and joining two, with both side by side."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from liengia.core.actor import Actor
from liengia.core.errors import DomainError, NotFound
from liengia.opinions import office_case, office_forms, office_verbs, policies, services
from liengia.opinions.capabilities import ABOUT_OFFICIALS, ABOUT_OFFICIALS_FRONT, MODERATE
from liengia.opinions.models import Opinion
from liengia.opinions.office_verbs import Verb
from liengia.opinions.views.office import me
from liengia.people.policies import requires


@requires(*office_verbs.EVERYBODY)
@never_cache
def act(request: HttpRequest, public_id: str, what: str) -> HttpResponse:
    """Show a verb's form, do it, and go back to the opinion, or to the queue when it is out of sight."""
    opinion = policies.get_for(request.user, public_id)
    verb = office_verbs.find(what, me(request), opinion)
    posted = request.method == "POST"
    form = verb.form(request.POST if posted else None, request.FILES if posted else None, opinion=opinion, user=me(request))
    if posted and form.is_valid() and _done(request, verb, opinion, form):
        messages.success(request, _("Done: %(what)s.") % {"what": verb.label})
        return _back(request, opinion)
    reason = office_verbs.why_not(verb, opinion)
    context = {"opinion": opinion, "verb": verb, "form": form, "reason": reason, "other": getattr(form, "other", None)}
    return render(request, "opinions/office/act.html", context, status=422 if posted else 200)


def _done(request: HttpRequest, verb: Verb, opinion: Opinion, form: office_forms.ActForm) -> bool:
    """Do it; what the domain refuses is shown beside the field it names."""
    try:
        verb.run(opinion, form.cleaned_data, Actor.of(me(request)), office_case.office_of(opinion))
    except DomainError as error:
        if error.status == 404:
            raise
        if error.detail_code == "pasted" and isinstance(form, office_forms.AnswerForm):
            form.ask_whether_meant()
            # Another opinion is named only to who may open it.
            form.other = policies.visible_to(request.user).filter(public_id=error.data["other"]).first()  # type: ignore[attr-defined]
        field = str(error.data.get("field", ""))
        form.add_error(field if field in form.fields else None, str(error))
        return False
    return True


def _back(request: HttpRequest, opinion: Opinion) -> HttpResponse:
    seen = policies.visible_to(request.user).filter(pk=opinion.pk).exists()
    return redirect("opinions_office_case", opinion.public_id) if seen else redirect("opinions_office_queue")


@requires(MODERATE, ABOUT_OFFICIALS, ABOUT_OFFICIALS_FRONT)
@never_cache
def merge(request: HttpRequest, public_id: str) -> HttpResponse:
    """Show both opinions side by side and what joining them does; join them."""
    opinion, other = _pair(request, public_id)
    posted = request.method == "POST"
    form = office_forms.SureForm(request.POST if posted else None, opinion=opinion, user=me(request))
    if posted and other is not None and form.is_valid():
        try:
            services.merge(opinion, into=other, actor=Actor.of(me(request)), office=office_case.office_of(opinion))
            messages.success(request, _("Joined. The writer's code leads to %(number)s.") % {"number": other.public_id})
            return redirect("opinions_office_case", other.public_id)
        except DomainError as error:
            form.add_error(None, str(error))
    context = {"opinion": opinion, "other": other, "form": form, "asked": _asked(request)}
    return render(request, "opinions/office/merge.html", context, status=422 if posted else 200)


def _asked(request: HttpRequest) -> str:
    return str(request.POST.get("vao", "") or request.GET.get("vao", "")).strip()[:10]


def _pair(request: HttpRequest, public_id: str) -> tuple[Opinion, Opinion | None]:
    """Return the opinion and the one that stays; both are read, and both readings recorded."""
    opinion = policies.get_for(request.user, public_id)
    if not policies.may(request.user, MODERATE, opinion):
        raise NotFound("")
    asked = policies.visible_to(request.user).filter(public_id=_asked(request)).select_related("commune", "topic").first()
    other = asked if asked and asked.pk != opinion.pk and policies.may(request.user, MODERATE, asked) else None
    for one in (opinion, other):
        if one is not None:
            office_case.record_read(one, me(request))
    return opinion, other
