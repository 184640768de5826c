"""Institutions, agreements, committees, meetings and tasks in the back office."""

from __future__ import annotations

from typing import Any, ClassVar

import django_filters
from django import forms
from django.db.models import Model, QuerySet
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.viewsets.base import ViewSetGroup

from liengia.audit.office import Column, OfficeViewSet
from liengia.core import clock
from liengia.core.actor import Actor
from liengia.core.text import fold
from liengia.organisations import committee_services, services
from liengia.organisations import forms as own
from liengia.organisations.calendar_office import CalendarGroup
from liengia.organisations.committee_services import Assignment
from liengia.organisations.models import (
    Agreement,
    AgreementReview,
    Committee,
    CommitteeMember,
    Conclusion,
    Meeting,
    Organisation,
    OrganisationKind,
    Task,
    TaskState,
    YearPlan,
)
from liengia.units import scope
from liengia.units.models import Level, valid_on

CAPABILITY = "organisations.keep"


class ScopedViewSet(OfficeViewSet):
    """Rows of the user's units; `unit_path` leads from a row to its unit."""

    unit_path: ClassVar[str] = "unit"
    add_form: ClassVar[type[forms.ModelForm[Any]]]
    change_form: ClassVar[type[forms.ModelForm[Any]] | None] = None

    def get_form_class(self, for_update: bool = False) -> type[forms.ModelForm[Any]]:
        """Use the room's form for each."""
        return self.change_form or self.add_form if for_update else self.add_form

    def visible(self, rows: QuerySet[Any], user: Any) -> QuerySet[Any]:
        """Rows of the user's units."""
        return rows.filter(**{f"{self.unit_path}__in": scope.units_for(user, CAPABILITY)}).select_related(self.unit_path)

    def fit(self, form: Any, user: Any) -> None:
        """Offer in every choice only what lies in the user's units."""
        units = scope.units_for(user, CAPABILITY)
        paths = {
            Committee: "unit", Meeting: "committee__unit", YearPlan: "committee__unit", Agreement: "unit",
            CommitteeMember: "committee__unit",
        }  # fmt: skip
        for field in form.fields.values():
            rows = getattr(field, "queryset", None)
            if rows is None:
                continue
            if rows.model is Organisation:
                field.queryset = rows.filter(valid_on(clock.today())).order_by("folded_name")
            elif rows.model in paths:
                field.queryset = rows.filter(**{f"{paths[rows.model]}__in": units})
            elif field.label and rows.model._meta.label == "units.Unit":
                field.queryset = units.current().exclude(level=Level.SELF_MANAGED_GROUP).order_by("code")


def yes(flag: bool) -> str:
    """Say a flag in words."""
    return gettext("yes") if flag else "–"


class OrganisationFilter(WagtailFilterSet):
    """By kind, and whether those that have ended are shown too."""

    kind = django_filters.ChoiceFilter(label=_("kind"), choices=OrganisationKind.choices)
    ended = django_filters.ChoiceFilter(label=_("ended ones too"), choices=[("1", _("yes"))], method="with_ended")

    class Meta:
        model = Organisation
        fields = ["kind"]

    def with_ended(self, queryset: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        """Leave the list as it is; without the choice only those that stand today are kept."""
        return queryset

    def filter_queryset(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Keep those that stand today unless all are wanted."""
        found = super().filter_queryset(queryset)
        return found if self.form.cleaned_data.get("ended") else found.filter(valid_on(clock.today()))


class OrganisationViewSet(ScopedViewSet):
    """Institutions."""

    model = Organisation
    icon = "group"
    menu_label = _("Institutions")
    add_form, change_form = own.OrganisationForm, own.OrganisationEndForm
    filterset_class = OrganisationFilter
    is_searchable = True
    list_display = [
        "name",
        Column("kind", label=_("kind"), accessor=lambda o: o.get_kind_display()),
        Column("unit", label=_("unit"), accessor="unit"),
        Column("phone", label=_("office phone"), accessor="phone"),
        Column("valid_to", label=_("ended on"), accessor=lambda o: o.valid_to or "–"),
    ]
    list_export = ["name", "kind", "unit", "phone", "address", "valid_from", "valid_to", "successor", "legal_basis"]
    inspect_view_fields = [*list_export, "note"]

    def find(self, rows: QuerySet[Any], text: str) -> QuerySet[Any]:
        """Find without diacritics."""
        for word in fold(text).split():
            rows = rows.filter(folded_name__contains=word)
        return rows

    def create(self, actor: Actor, data: dict[str, Any]) -> Model:
        """Enter."""
        return services.create_organisation(actor=actor, **data)

    def change(self, actor: Actor, row: Organisation, data: dict[str, Any]) -> Model:
        """Correct, or end with a successor."""
        ends, successor = data.pop("valid_to"), data.pop("successor")
        changed = services.change_organisation(row, actor=actor, **data)
        if ends is None or (ends, successor) == (row.valid_to, row.successor):
            return changed
        return services.end_organisation(changed, on=ends, successor=successor, actor=actor)


class AgreementViewSet(ScopedViewSet):
    """Coordination agreements."""

    model = Agreement
    icon = "doc-full"
    menu_label = _("Agreements")
    add_form, change_form = own.AgreementForm, own.AgreementChangeForm
    list_display = [
        "name",
        Column("unit", label=_("unit"), accessor="unit"),
        Column("valid_from", label=_("in force from"), accessor="valid_from"),
        Column("valid_to", label=_("in force until"), accessor=lambda a: a.valid_to or "–"),
        Column("review_on", label=_("next review on"), accessor="review_on", sort_key="review_on"),
        Column("late", label=_("review is late"), accessor=lambda a: yes(a.is_review_late)),
    ]
    inspect_view_fields = ["name", "number", "unit", "signed_on", "valid_from", "valid_to", "review_on", "subject", "parties"]

    def create(self, actor: Actor, data: dict[str, Any]) -> Model:
        """Sign."""
        parties = []
        for n in range(1, own.PARTIES + 1):
            party, duties = data.pop(f"party_{n}"), data.pop(f"duties_{n}")
            if party is not None:
                parties.append((party, duties.splitlines()))
        return services.sign_agreement(parties=parties, actor=actor, **data)

    def change(self, actor: Actor, row: Agreement, data: dict[str, Any]) -> Model:
        """Correct."""
        return services.change_agreement(row, actor=actor, **data)


class ReviewViewSet(ScopedViewSet):
    """Reviews of agreements: written once."""

    model = AgreementReview
    icon = "glasses"
    menu_label = _("Reviews")
    add_form = own.ReviewForm
    unit_path = "agreement__unit"
    actions = frozenset({"view", "add"})
    list_display = ["agreement", "held_on", "next_on"]
    inspect_view_fields = ["agreement", "held_on", "finding", "next_on"]

    def create(self, actor: Actor, data: dict[str, Any]) -> Model:
        """Record."""
        return services.review_agreement(data.pop("agreement"), actor=actor, **data)


class CommitteeViewSet(ScopedViewSet):
    """Committees."""

    model = Committee
    icon = "group"
    menu_label = _("Committees")
    add_form = own.CommitteeForm
    list_display = [
        "name",
        Column("kind", label=_("kind"), accessor=lambda c: c.get_kind_display()),
        Column("unit", label=_("unit"), accessor="unit"),
        Column("valid_to", label=_("ended on"), accessor=lambda c: c.valid_to or "–"),
    ]
    inspect_view_fields = ["name", "kind", "unit", "decision_number", "decision_on", "valid_from", "valid_to", "successor", "members"]

    def create(self, actor: Actor, data: dict[str, Any]) -> Model:
        """Form."""
        return committee_services.form_committee(actor=actor, **data)

    def change(self, actor: Actor, row: Committee, data: dict[str, Any]) -> Model:
        """Correct."""
        return committee_services.change_committee(row, actor=actor, **data)


class SeatViewSet(ScopedViewSet):
    """Seats by post."""

    model = CommitteeMember
    icon = "user"
    menu_label = _("Seats")
    add_form, change_form = own.SeatForm, own.SeatEndForm
    unit_path = "committee__unit"
    inspect_view_enabled = False
    list_display = [
        "__str__",
        Column("post", label=_("post"), accessor=lambda m: m.get_post_display()),
        Column("committee", label=_("committee"), accessor="committee"),
        Column("duty", label=_("in charge of"), accessor="duty"),
        Column("valid_to", label=_("until"), accessor=lambda m: m.valid_to or "–"),
    ]

    def visible(self, rows: QuerySet[Any], user: Any) -> QuerySet[Any]:
        """Seats of the user's committees."""
        return super().visible(rows, user).select_related("organisation", "committee__unit")

    def create(self, actor: Actor, data: dict[str, Any]) -> Model:
        """Seat."""
        return committee_services.seat_member(actor=actor, **data)

    def change(self, actor: Actor, row: CommitteeMember, data: dict[str, Any]) -> Model:
        """End."""
        committee_services.end_seat(row, on=data["valid_to"], actor=actor)
        return row


class PlanViewSet(ScopedViewSet):
    """The year's plans."""

    model = YearPlan
    icon = "calendar"
    menu_label = _("Year's plans")
    add_form, change_form = own.PlanForm, own.PlanAdoptForm
    unit_path = "committee__unit"
    list_display = [
        "title",
        Column("year", label=_("year"), accessor="year", sort_key="year"),
        Column("committee", label=_("committee"), accessor="committee"),
        Column("state", label=_("state"), accessor=lambda p: p.get_state_display()),
    ]
    inspect_view_fields = ["title", "year", "committee", "aims", "state", "number", "adopted_on", "tasks"]

    def create(self, actor: Actor, data: dict[str, Any]) -> Model:
        """Draft."""
        return committee_services.draft_plan(actor=actor, **data)

    def change(self, actor: Actor, row: YearPlan, data: dict[str, Any]) -> Model:
        """Correct a draft, and adopt it when number and day are given."""
        number, on = data.pop("number"), data.pop("adopted_on")
        plan = committee_services.change_plan(row, actor=actor, **data)
        return committee_services.adopt_plan(plan, number=number, on=on, actor=actor) if on else plan


class MeetingViewSet(ScopedViewSet):
    """Meetings."""

    model = Meeting
    icon = "date"
    menu_label = _("Meetings")
    add_form = own.MeetingForm
    unit_path = "committee__unit"
    list_display = ["committee", Column("starts_at", label=_("begins at"), accessor="starts_at", sort_key="starts_at"), "place"]
    inspect_view_fields = ["committee", "starts_at", "place", "agenda", "minutes_number", "conclusions"]

    def create(self, actor: Actor, data: dict[str, Any]) -> Model:
        """Enter."""
        return committee_services.call_meeting(actor=actor, **data)

    def change(self, actor: Actor, row: Meeting, data: dict[str, Any]) -> Model:
        """Correct."""
        return committee_services.change_meeting(row, actor=actor, **data)


class ConclusionViewSet(ScopedViewSet):
    """Conclusions: written once, with their tasks."""

    model = Conclusion
    icon = "check"
    menu_label = _("Conclusions")
    add_form = own.ConclusionForm
    unit_path = "meeting__committee__unit"
    actions = frozenset({"view", "add"})
    list_display = ["__str__", Column("meeting", label=_("meeting"), accessor="meeting")]
    inspect_view_fields = ["meeting", "order", "text", "tasks"]

    def create(self, actor: Actor, data: dict[str, Any]) -> Model:
        """Conclude."""
        tasks = [
            Assignment(data[f"what_{n}"], data[f"owner_{n}"], data[f"due_{n}"])
            for n in range(1, own.TASKS + 1)
            if data[f"what_{n}"]
        ]
        return committee_services.conclude(meeting=data["meeting"], text=data["text"], tasks=tasks, actor=actor)


class TaskFilter(WagtailFilterSet):
    """By state, and only those that are late."""

    state = django_filters.ChoiceFilter(label=_("state"), choices=TaskState.choices)
    late = django_filters.ChoiceFilter(label=_("late ones only"), choices=[("1", _("yes"))], method="only_late")

    class Meta:
        model = Task
        fields = ["state"]

    def only_late(self, queryset: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        """Keep what is open and past its day."""
        return queryset.filter(state=TaskState.OPEN, due_on__lt=clock.today())


class TaskViewSet(ScopedViewSet):
    """Tasks, the most pressing first; a step is taken in the form."""

    model = Task
    icon = "tasks"
    menu_label = _("Tasks")
    add_form, change_form = own.TaskForm, own.TaskStepForm
    unit_path = "committee__unit"
    filterset_class = TaskFilter
    ordering = "due_on"
    list_display = [
        "what",
        Column("owner", label=_("owner"), accessor="owner"),
        Column("due_on", label=_("due on"), accessor="due_on", sort_key="due_on"),
        Column("late", label=_("days late"), accessor=lambda t: t.days_late or "–"),
        Column("state", label=_("state"), accessor=lambda t: t.get_state_display()),
    ]
    list_export = ["what", "committee", "owner", "due_on", "first_due_on", "state", "closed_on", "result"]
    inspect_view_fields = [*list_export, "conclusion", "plan"]

    def visible(self, rows: QuerySet[Any], user: Any) -> QuerySet[Any]:
        """Tasks of the user's committees."""
        return super().visible(rows, user).select_related("owner__organisation", "committee")

    def create(self, actor: Actor, data: dict[str, Any]) -> Model:
        """Assign."""
        return committee_services.assign_task(actor=actor, **data)

    def change(self, actor: Actor, row: Task, data: dict[str, Any]) -> Model:
        """Take the step."""
        words, day = data["words"], data["new_day"]
        if data["step"] == "finish":
            return committee_services.finish_task(row, result=words, actor=actor)
        if data["step"] == "withdraw":
            return committee_services.withdraw_task(row, reason=words, actor=actor)
        if data["step"] == "hand_over":
            return committee_services.hand_task_over(row, owner=data["new_owner"], actor=actor)
        move = committee_services.postpone_task if data["step"] == "postpone" else committee_services.reopen_task
        return move(row, due_on=day, reason=words, actor=actor)


class OrganisationsGroup(ViewSetGroup):
    """The menu of institutions."""

    menu_label = _("Institutions")
    menu_icon = "group"
    menu_order = 600
    items = (
        OrganisationViewSet("organisations", url_prefix="to-chuc"),
        AgreementViewSet("agreements", url_prefix="quy-che"),
        ReviewViewSet("agreement_reviews", url_prefix="xem-xet-quy-che"),
    )


class CommitteesGroup(ViewSetGroup):
    """The menu of committees."""

    menu_label = _("Committees")
    menu_icon = "tasks"
    menu_order = 610
    items = (
        TaskViewSet("tasks", url_prefix="viec"),
        CommitteeViewSet("committees", url_prefix="ban"),
        SeatViewSet("committee_seats", url_prefix="thanh-vien-ban"),
        PlanViewSet("year_plans", url_prefix="ke-hoach"),
        MeetingViewSet("meetings", url_prefix="cuoc-hop"),
        ConclusionViewSet("conclusions", url_prefix="ket-luan"),
    )


@hooks.register("register_admin_viewset")  # type: ignore[untyped-decorator]
def register_organisations() -> list[ViewSetGroup]:
    """Put the pages into the back office."""
    return [OrganisationsGroup(), CommitteesGroup(), CalendarGroup()]
