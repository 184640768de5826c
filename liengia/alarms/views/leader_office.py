"""Pages of the back office that write: escalation plans with their steps, a group founded."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from liengia.alarms import channels, services
from liengia.alarms.capabilities import MANAGE_GROUPS, MANAGE_PLANS
from liengia.alarms.models import EscalationPlan, Kind, PlanStep, Target
from liengia.alarms.services.plans import StepLine, write_plan
from liengia.alarms.views.leader import me
from liengia.core.actor import Actor
from liengia.core.errors import DomainError
from liengia.people import policies as people
from liengia.people.models import User
from liengia.people.policies import requires
from liengia.units.models import Unit


class PlanForm(forms.Form):
    """A plan's name and whether it holds."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=120)
    is_active = forms.BooleanField(label=gettext_lazy("In force"), required=False)


class StepForm(forms.Form):
    """One step; a line without seconds is left out."""

    after_s = forms.IntegerField(label=gettext_lazy("After seconds"), required=False, min_value=0, max_value=86_400)
    target = forms.ChoiceField(label=gettext_lazy("Whom"), choices=Target.choices, required=False)
    channels = forms.MultipleChoiceField(label=gettext_lazy("By"), required=False, widget=forms.CheckboxSelectMultiple)
    radius_m = forms.IntegerField(label=gettext_lazy("Radius in metres"), required=False, min_value=0, max_value=5000)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Offer the channels that are there."""
        super().__init__(*args, **kwargs)
        field = self.fields["channels"]
        if isinstance(field, forms.MultipleChoiceField):
            field.choices = [(name, getattr(channels.get(name), "label", name)) for name in channels.names()]


StepFormSet = forms.formset_factory(StepForm, extra=2, max_num=20)


class NewGroupForm(forms.Form):
    """A group to found."""

    unit = forms.ModelChoiceField(Unit.objects.none(), label=gettext_lazy("Hamlet"))
    number = forms.IntegerField(label=gettext_lazy("Number"), required=False, min_value=1, max_value=999)
    name = forms.CharField(label=gettext_lazy("Name"), required=False, max_length=120)
    assembly_point = forms.CharField(label=gettext_lazy("Assembly point"), required=False, max_length=200)

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        """Offer the hamlets of the reader's units."""
        super().__init__(*args, **kwargs)
        roots = [unit.pk for unit in people.units_where(user, MANAGE_GROUPS)]
        field = self.fields["unit"]
        if isinstance(field, forms.ModelChoiceField):
            field.queryset = Unit.objects.current().hamlets().below_any(roots).with_ancestors()


def _plans(user: User) -> QuerySet[EscalationPlan]:
    """Return the plans that a reader may see: the default ones, and those of their units."""
    roots = [unit.pk for unit in people.units_where(user, MANAGE_PLANS)]
    mine = Q(unit__in=Unit.objects.below_any(roots))
    return EscalationPlan.objects.filter(mine | Q(unit=None)).select_related("unit").prefetch_related("steps").order_by("unit", "kind")


def _may_write(user: User, plan: EscalationPlan) -> bool:
    return user.is_superuser if plan.unit is None else people.can(user, MANAGE_PLANS, plan.unit)


@requires(MANAGE_PLANS)
@never_cache
def plans(request: HttpRequest) -> HttpResponse:
    """List the plans, the default ones first."""
    communes = [unit for unit in people.units_where(me(request), MANAGE_PLANS) if unit.level == "commune"]
    return render(request, "alarms/leader/office_plans.html", {"plans": _plans(me(request)), "communes": communes, "kinds": Kind.choices})


@requires(MANAGE_PLANS)
@never_cache
def plan(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a plan with its steps, and change it where the reader may."""
    found = get_object_or_404(_plans(me(request)), pk=pk)
    form = PlanForm(request.POST or None, initial={"name": found.name, "is_active": found.is_active})
    rows = StepFormSet(request.POST or None, initial=list(found.steps.values("after_s", "target", "channels", "radius_m")))
    may_write = _may_write(me(request), found)
    if request.method == "POST" and may_write and form.is_valid() and rows.is_valid():
        try:
            found.name, found.is_active = form.cleaned_data["name"], form.cleaned_data["is_active"]
            write_plan(found, steps=_lines(rows), actor=Actor.of(me(request)))
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("The plan was saved. Alarms that are open go on by the plan they were opened with."))
            return redirect("alarms_office_plans")
    return render(request, "alarms/leader/office_plan.html", {"plan": found, "form": form, "rows": rows, "may_write": may_write})


def _lines(rows: Any) -> list[StepLine]:
    given = [row.cleaned_data for row in rows if row.cleaned_data.get("after_s") is not None]
    return [StepLine(one["after_s"], one["target"], tuple(one["channels"]), one["radius_m"] or 0) for one in given]


@requires(MANAGE_PLANS)
@require_POST
def copy(request: HttpRequest) -> HttpResponse:
    """Make a commune's own plan out of the default one of a kind."""
    communes = {unit.pk: unit for unit in people.units_where(me(request), MANAGE_PLANS)}
    unit = communes.get(int(request.POST.get("unit", "0") or 0) if request.POST.get("unit", "").isdigit() else 0)
    source = get_object_or_404(EscalationPlan, unit=None, kind=request.POST.get("kind", ""), is_active=True)
    if unit is None:
        return redirect("alarms_office_plans")
    steps = [StepLine(s.after_s, s.target, tuple(s.channels), s.radius_m) for s in PlanStep.objects.filter(plan=source)]
    try:
        made = write_plan(EscalationPlan(unit=unit, kind=source.kind, name=f"{source.name}, {unit.display_name}"[:120]), steps=steps, actor=Actor.of(me(request)))
    except DomainError as error:
        messages.error(request, str(error))
        return redirect("alarms_office_plans")
    return redirect("alarms_office_plan", made.pk)


@requires(MANAGE_GROUPS)
@never_cache
def new_group(request: HttpRequest) -> HttpResponse:
    """Found a group, then go to its pages."""
    form = NewGroupForm(request.POST or None, user=me(request))
    if request.method == "POST" and form.is_valid():
        data = dict(form.cleaned_data)
        try:
            made = services.create_group(data.pop("unit"), actor=Actor.of(me(request)), **data)
        except DomainError as error:
            form.add_error("number", str(error))
        else:
            messages.success(request, _("The group is founded. Add its houses, then choose a leader among them."))
            return redirect("alarms:leader_group", made.public_id)
    return render(request, "alarms/leader/office_group.html", {"form": form})
