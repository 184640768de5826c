"""The room's part of the back office: the queue and its pages, topics, reasons, communes' rules."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.db.models import Model, Q, QuerySet
from django.http import HttpRequest
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from wagtail import hooks
from wagtail.admin.menu import MenuItem
from wagtail.admin.viewsets.base import ViewSetGroup

from liengia.audit import scope as audit_scope
from liengia.audit.office import Column, OfficeViewSet
from liengia.core import rooms
from liengia.core.actor import Actor
from liengia.opinions import forum_office, office_queue, office_verbs, policies, services
from liengia.opinions.capabilities import SETTINGS
from liengia.opinions.models import Opinion, OpinionRules, RefusalReason, Topic
from liengia.opinions.views import office, office_acts, office_papers, office_text
from liengia.people import menu
from liengia.people import policies as people
from liengia.people.models import User
from liengia.units import scope


def office_urls() -> list[URLPattern]:
    """Return the addresses of the office's pages."""
    one = "gop-y/<slug:public_id>/"
    return [
        path("gop-y/", office.queue, name="opinions_office_queue"),
        path("gop-y/xuat.<slug:kind>", office_papers.export, name="opinions_office_export"),
        path("gop-y/thang/", office_papers.month, name="opinions_office_month"),
        path("gop-y/thang.pdf", office_papers.month_sheet, name="opinions_office_month_sheet"),
        path(one, office.case, name="opinions_office_case"),
        path(f"{one}anh/<int:key>/", office.photo, name="opinions_office_photo"),
        path(f"{one}bang-chung/<int:key>/", office.evidence, name="opinions_office_evidence"),
        path(f"{one}ban-cong-khai/", office_text.edit, name="opinions_office_text"),
        path(f"{one}ban-cong-khai/xem/", office_text.preview, name="opinions_office_preview"),
        path(f"{one}ban-cong-khai/rut/", office_text.withdraw, name="opinions_office_withdraw"),
        path(f"{one}gop/", office_acts.merge, name="opinions_office_merge"),
        path(f"{one}phieu.pdf", office_papers.sheet, name="opinions_office_sheet"),
        path(f"{one}<slug:what>/", office_acts.act, name="opinions_office_act"),
    ]


def _works_here(user: Any) -> bool:
    return rooms.is_on("opinions") and any(people.can(user, one) for one in office_verbs.EVERYBODY)


class QueueItem(MenuItem):
    """The menu's word, for those who handle opinions."""

    def is_shown(self, request: HttpRequest) -> bool:
        """Ask for a capability."""
        return _works_here(request.user)

    def render_component(self, request: HttpRequest) -> Any:
        """Say how many wait to be taken in, of those that the reader may see."""
        waiting = policies.visible_to(request.user).filter(state="received", erased_at=None).count()
        component = super().render_component(request)
        if waiting:
            component.label = f"{component.label} ({waiting})"
        return component


def queue_item() -> MenuItem:
    """Return the menu's item."""
    return QueueItem(_("Opinions"), reverse("opinions_office_queue"), name="opinions", icon_name="mail", order=300)


def chores(user: User) -> Iterable[menu.Chore]:
    """Put what waits in the queue on the list of the day's work; what concerns an officer is in no count of theirs."""
    if not _works_here(user):
        return
    numbers = office_queue.counts(policies.handled_by(user).filter(erased_at=None), user)
    labels = {code: label for code, label, _help in office_queue.PARTS}
    for part in office_queue.COUNTED:
        if numbers[part]:
            words = ngettext("%(what)s: %(n)s opinion", "%(what)s: %(n)s opinions", numbers[part])
            url = f"{reverse('opinions_office_queue')}?phan={part}"
            yield menu.Chore(words % {"what": labels[part], "n": numbers[part]}, url, is_urgent=part == "qua-han")


def hidden_entries(user: Any) -> Q | None:
    """Hide in the audit log whatever is about an opinion that concerns an officer from all who may not open it."""
    special = Opinion.all_.filter(about_officials=True).exclude(policies.visible(user))
    return Q(about_type=Opinion._meta.label, about_id__in=special.values("public_id"))


class TopicForm(forms.ModelForm[Topic]):
    """A topic of a commune."""

    class Meta:
        """The fields."""

        model = Topic
        fields = ("unit", "code", "name", "is_urgent", "intake_hours", "answer_days", "urgent_hours", "organisation", "order", "is_active", "source")


class TopicChangeForm(forms.ModelForm[Topic]):
    """What of a topic may change: not its code, not its commune."""

    class Meta:
        """The fields."""

        model = Topic
        fields = TopicForm.Meta.fields[2:]


class _InCommunes(OfficeViewSet):
    """Rows of the reader's communes."""

    inspect_view_enabled = False

    def fit(self, form: Any, user: Any) -> None:
        """Offer the reader's communes that stand today."""
        if "unit" in form.fields:
            form.fields["unit"].queryset = scope.units_for(user, SETTINGS).current().communes().order_by("code")
            form.fields["unit"].required = not user.is_superuser


class TopicViewSet(_InCommunes):
    """Topics with their service objectives: the shipped ones, and those that a commune set in their place."""

    model = Topic
    icon = "list-ul"
    menu_label = _("Topics and due times")
    list_display = [
        "name",
        Column("unit", label=_("commune"), accessor=lambda topic: topic.unit or _("Everybody's")),
        Column("intake", label=_("taken in within (office hours)"), accessor=lambda topic: topic.urgent_hours if topic.is_urgent else topic.intake_hours),
        Column("days", label=_("answered within (working days)"), accessor=lambda topic: "–" if topic.is_urgent else topic.answer_days),
        Column("active", label=_("in use"), accessor=lambda topic: _("yes") if topic.is_active else _("no")),
    ]

    def get_form_class(self, for_update: bool = False) -> type[forms.ModelForm[Topic]]:
        """Use the room's form for each."""
        return TopicChangeForm if for_update else TopicForm

    def visible(self, rows: QuerySet[Any], user: Any) -> QuerySet[Any]:
        """The reader's communes' own, and the shipped ones."""
        return rows.filter(Q(unit=None) | Q(unit__in=scope.units_for(user, SETTINGS))).select_related("unit")

    def create(self, actor: Actor, data: dict[str, Any]) -> Model:
        """Add."""
        return services.add_topic(actor=actor, **data)

    def change(self, actor: Actor, row: Topic, data: dict[str, Any]) -> Model:
        """Change; a shipped one only by who keeps the installation."""
        keeper = User.objects.filter(pk=actor.user_id or 0, is_superuser=True).exists()
        return services.change_topic(row, actor=actor, may_change_shipped=keeper, **data)


class ReasonViewSet(OfficeViewSet):
    """Reasons for refusing and moving out: the installation's, so that every commune says the same."""

    model = RefusalReason
    icon = "list-ul"
    menu_label = _("Reasons for refusing")
    inspect_view_enabled = False
    form_fields = ["code", "name", "words", "is_elsewhere", "order", "is_active"]
    list_display = [
        "name",
        Column("elsewhere", label=_("belongs elsewhere by law"), accessor=lambda row: _("yes") if row.is_elsewhere else "–"),
        Column("active", label=_("in use"), accessor=lambda row: _("yes") if row.is_active else _("no")),
    ]

    def visible(self, rows: QuerySet[Any], user: Any) -> QuerySet[Any]:
        """All for who keeps the installation, or sets opinions for the whole province."""
        whole = any(unit.parent_id is None for unit in people.units_where(user, SETTINGS))
        return rows if whole else rows.none()

    def create(self, actor: Actor, data: dict[str, Any]) -> Model:
        """Add."""
        return services.add_reason(actor=actor, **data)

    def change(self, actor: Actor, row: RefusalReason, data: dict[str, Any]) -> Model:
        """Change."""
        return services.change_reason(row, actor=actor, **data)


class RulesViewSet(_InCommunes):
    """What each commune decides: whether anonymous ones are taken, until when an answer may be opened again."""

    model = OpinionRules
    icon = "cogs"
    menu_label = _("Communes' rules")
    form_fields = ["unit", "allows_anonymous", "reception", "reopen_days"]
    list_display = [
        Column("unit", label=_("commune"), accessor="unit"),
        Column("anonymous", label=_("anonymous opinions are taken"), accessor=lambda row: _("yes") if row.allows_anonymous else _("no")),
        Column("days", label=_("may be opened again within (days)"), accessor="reopen_days"),
    ]

    def visible(self, rows: QuerySet[Any], user: Any) -> QuerySet[Any]:
        """The reader's communes'."""
        return rows.filter(unit__in=scope.units_for(user, SETTINGS)).select_related("unit")

    def create(self, actor: Actor, data: dict[str, Any]) -> Model:
        """Set."""
        commune = data.pop("unit")
        return services.set_rules(commune, actor=actor, **data)

    def change(self, actor: Actor, row: OpinionRules, data: dict[str, Any]) -> Model:
        """Set; the commune stays."""
        data.pop("unit")
        return services.set_rules(row.unit, actor=actor, **data)


class SettingsGroup(ViewSetGroup):
    """The menu's group."""

    menu_label = _("Rules for opinions")
    menu_icon = "cogs"
    menu_order = 305
    items = (
        TopicViewSet("opinions_topics", url_prefix="linh-vuc-gop-y"),
        ReasonViewSet("opinions_reasons", url_prefix="ly-do-gop-y"),
        RulesViewSet("opinions_rules", url_prefix="quy-tac-gop-y"),
    )


def settings_group() -> SettingsGroup:
    """Return the group."""
    return SettingsGroup()


menu.register_today(chores)
audit_scope.hide_by(hidden_entries)
hooks.register("register_admin_urls", office_urls)
hooks.register("register_admin_menu_item", queue_item)
hooks.register("register_admin_viewset", settings_group)
hooks.register("register_admin_viewset", forum_office.viewset)
