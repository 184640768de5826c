"""The office in a real browser: a page of each kind, read by axe, wide and narrow, light and dark, and never wider than the screen.

Each page is loaded once: colours and widths change under it. What axe finds of Wagtail's own is mended by office.css
and office.js; what cannot be is named in `THEIRS`, so that it is seen when it goes away.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.urls import reverse
from playwright.sync_api import Page

from liengia.alarms import services as alarms
from liengia.alarms.models import Drill, EscalationPlan
from liengia.audit.models import Entry
from liengia.core import clock
from liengia.core.actor import Actor
from liengia.organisations import committee_services
from liengia.organisations import services as organisations
from liengia.organisations.models import Committee
from liengia.people.models import DutyPost, EmergencyNumber, RetentionPeriod, Role, User
from tests.alarms.console_scene import Desk, desk
from tests.e2e.reading import faults

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
BY = Actor.system("test")
# Only shown to the installation's operator: a list in a list, drawn by Wagtail with headings out of order.
THEIRS = {"/quan-tri/workflows/list/": {"heading-order", "list", "listitem"}}


@pytest.fixture
def scene(transactional_db: None) -> Desk:
    """Give every kind of page a row to show."""
    made = desk(houses=3)
    made.press(1)
    Drill.objects.create(group=made.group, kind="fire", planned_at=clock.now())
    school = organisations.create_organisation(kind="school", name="Trường Mẫu", unit=made.commune, actor=BY)
    committee_services.form_committee(kind=Committee.Kind.STEERING, name="Ban chỉ đạo Mẫu", unit=made.commune, actor=BY)
    alarms.note_incident(made.press(2), text=f"xe vào ngõ cạnh {school}", actor=BY)
    return made


@pytest.fixture
def operator(scene: Desk) -> User:
    """Return the installation's operator, who sees every page."""
    return User.objects.create_superuser("goc", full_name="Gốc Quản Trị", password="mat khau dai lam")


def _own(scene: Desk) -> list[str]:
    """Return a page of each kind that is ours."""
    post, house, device = DutyPost.objects.get(), scene.houses[0], scene.buttons[0]
    group = [scene.group.public_id]
    rows: dict[str, object] = {
        "neighbourgroup": scene.group, "device": device, "incident": scene.press(1), "drill": Drill.objects.get(),
        "units": scene.hamlet, "audit": Entry.objects.last(),
    }  # fmt: skip
    looked = [reverse(f"{name}:inspect", args=[row.pk]) for name, row in rows.items()]  # type: ignore[attr-defined]
    lists = ["neighbourgroup", "device", "incident", "units", "audit", "people_roles", "people_periods", "organisations", "committees"]
    forms = [f"{name}:add" for name in ("room_switches", "agreements", "people_numbers")]
    edits = {"people_posts": post, "people_periods": RetentionPeriod.objects.first(), "people_roles": Role.objects.first()}
    return [
        reverse("wagtailadmin_home"), *looked, *(reverse(f"{name}:index") for name in lists), *map(reverse, forms),
        *(reverse(f"{name}:edit", args=[row.pk]) for name, row in edits.items() if row is not None),
        reverse("alarms_office_plans"), reverse("alarms_office_plan", args=[EscalationPlan.objects.first().pk]),  # type: ignore[union-attr]
        reverse("alarms_office_group"), reverse("people_office_accounts"), reverse("people_office_add"),
        reverse("people_office_account", args=[scene.officer.pk]), reverse("alarms:leader_import"),
        reverse("people:posts"), reverse("people:rota", args=[post.public_id]), reverse("people:handover", args=[post.public_id]),
        reverse("people:households"), reverse("people:household", args=[house.public_id]),
        reverse("alarms:leader_devices", args=group), reverse("alarms:leader_device_move", args=[*group, device.public_id]),
    ]  # fmt: skip


def _wagtails(scene: Desk) -> list[str]:
    """Return the pages of Wagtail's own that people meet."""
    names = (
        "wagtailusers_users:index", "wagtailusers_groups:index", "wagtailadmin_account", "wagtailimages:index",
        "wagtailimages:add_multiple", "wagtaildocs:index", "wagtaildocs:add_multiple", "wagtailadmin_explore_root",
        "wagtailadmin_reports:site_history", "wagtailsites:index", "wagtailadmin_workflows:index",
    )  # fmt: skip
    return [reverse(name) for name in names]


@pytest.mark.parametrize("pages", [_own, _wagtails])
def test_every_page_reads_well(scene: Desk, operator: User, opened: Callable[..., Page], pages: Callable[[Desk], list[str]]) -> None:
    assert EmergencyNumber.objects.exists()
    page = opened(operator, "/quan-tri/", viewport={"width": 1280, "height": 800}, reduced_motion="reduce")
    said = faults(page, pages(scene), THEIRS)
    assert not said, said
