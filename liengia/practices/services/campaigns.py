"""The yearly campaign ("Dân vận khéo"): registration, exemplars with their agreement, what is recognised."""

from __future__ import annotations

from datetime import date
from typing import Final

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from liengia.audit import services as audit
from liengia.core import clock, pagecache
from liengia.core.actor import Actor
from liengia.core.errors import Invalid, Refused
from liengia.organisations.models import Organisation
from liengia.people.services.retention import period
from liengia.practices.models import Campaign, CampaignState, Exemplar, Practice, Registration
from liengia.practices.services.common import past_day, words
from liengia.practices.workflow import CAMPAIGN
from liengia.units.models import Unit

PERIODS: Final = (
    ("exemplar", _("An exemplar of a campaign"), 1826, _("Counted from the day it was entered; so long an example is told.")),
    ("exemplar_without_consent", _("An exemplar who has not agreed to be named"), 365, _("Counted from the day it was entered.")),
)
AT_ONCE: Final = 50


@transaction.atomic
def open_campaign(unit: Unit, *, year: int, name: str, registers_until: date, text: str = "", led_by: Organisation | None = None, actor: Actor) -> Campaign:
    """Open a year's campaign.

    Raises:
        Invalid: a year or day that cannot be. Refused: one of this name and year is there (code "already").
    """
    if not 2000 <= year <= clock.today().year + 1 or registers_until.year != year:
        raise Invalid(_("Registration ends in the year of the campaign, this year or next."), code="bad_year", field="registers_until")
    facts = {"words": words(text, "text", longest=4_000, required=False), "led_by": led_by, "registers_until": registers_until}
    made, is_new = Campaign.objects.get_or_create(unit=unit, year=year, name=words(name, "name", longest=160), defaults=facts)
    if not is_new:
        raise Refused(_("A campaign of this name and year is there already."), code="already", field="name")
    audit.record("practices.campaign_opened", actor=actor, about=made, unit=unit, facts={"year": year})
    pagecache.bump()
    return made


@transaction.atomic
def enter_exemplar(unit: Unit, *, name: str, deed: str, is_collective: bool = False, actor: Actor) -> Exemplar:
    """Enter whose example is to be told; nobody is named in public by this.

    Raises:
        Invalid: no name, or nothing that they did.
    """
    made = Exemplar.objects.create(
        unit=unit, name=words(name, "name", longest=160), deed=words(deed, "deed", longest=4_000), is_collective=is_collective
    )
    audit.record("practices.exemplar_entered", actor=actor, about=made, unit=unit, facts={"collective": is_collective})
    return made


@transaction.atomic
def consent(exemplar: Exemplar, *, on: date, how: str, actor: Actor) -> Exemplar:
    """Record that they agreed to be named in public, and how ("signed sheet of 12/10").

    Raises:
        Refused: it was taken back, or is recorded already. Invalid: a day to come, or nothing said of how.
    """
    row = Exemplar.objects.select_for_update(of=("self",)).get(pk=exemplar.pk)
    if row.erased or row.consented_on is not None:
        raise Refused(_("This is recorded already, or was taken back."), code="already", field="on")
    row.consented_on, row.consent_how = past_day(on, "on"), words(how, "how", longest=160)
    row.save(update_fields=["consented_on", "consent_how"])
    audit.record("practices.exemplar_consented", actor=actor, about=row, unit=row.unit_id, facts={"on": on})
    pagecache.bump()
    return row


@transaction.atomic
def withdraw(exemplar: Exemplar, *, actor: Actor) -> Exemplar:
    """Take an exemplar from every page and erase name and deed at once: the agreement was taken back, or never given.

    Raises:
        Refused: it is erased already.
    """
    row = Exemplar.objects.select_for_update(of=("self",)).get(pk=exemplar.pk)
    if row.erased:
        raise Refused(_("This is erased already."), code="already")
    return _erased(row, actor)


def _erased(row: Exemplar, actor: Actor) -> Exemplar:
    row.withdrawn_on = clock.today() if row.consented_on is not None else None
    row.name, row.deed, row.consent_how, row.erased = "", "", "", True
    row.save()
    row.registrations.update(finding="")
    row.acts.update(words="")
    audit.record("practices.exemplar_withdrawn", actor=actor, about=row, unit=row.unit_id, facts={})
    pagecache.bump()
    return row


@transaction.atomic
def register_in(campaign: Campaign, about: Practice | Exemplar, *, on: date | None = None, actor: Actor) -> Registration:
    """Register a practice or an exemplar in a campaign.

    Raises:
        Refused: the campaign is closed, registration is over (code "too_late"), or it is registered. Invalid: of another unit.
    """
    row = Campaign.objects.select_for_update(of=("self",)).get(pk=campaign.pk)
    CAMPAIGN.after(row.state, "register")
    day = past_day(on or clock.today(), "on")
    if day > row.registers_until:
        raise Refused(_("Registration ended on %(day)s.") % {"day": f"{row.registers_until:%d/%m/%Y}"}, code="too_late", field="about")
    if not _is_within(about, row.unit):
        raise Invalid(_("This is not of a unit of the campaign."), code="unit_elsewhere", field="about")
    facts = {"exemplar": about} if isinstance(about, Exemplar) else {"practice": about}
    made, is_new = Registration.objects.get_or_create(campaign=row, **facts, defaults={"registered_on": day})
    if not is_new:
        raise Refused(_("This is registered already."), code="already", field="about")
    audit.record("practices.registered", actor=actor, about=row, unit=row.unit_id, facts={"registration": made.pk})
    pagecache.bump()
    return made


@transaction.atomic
def register_exemplar(
    campaign: Campaign, *, unit: Unit, name: str, deed: str, is_collective: bool = False, consent_how: str = "", actor: Actor
) -> Registration:  # fmt: skip
    """Enter an exemplar, register it, and record the agreement when there is one already; nothing of it if one step fails.

    Raises:
        As `enter_exemplar`, `register_in` and `consent`.
    """
    exemplar = enter_exemplar(unit, name=name, deed=deed, is_collective=is_collective, actor=actor)
    made = register_in(campaign, exemplar, actor=actor)
    if consent_how.strip():
        consent(exemplar, on=clock.today(), how=consent_how, actor=actor)
    return made


def _is_within(about: Practice | Exemplar, unit: Unit) -> bool:
    units = [about.unit] if isinstance(about, Exemplar) else [about.unit, about.founded_in]
    return any(unit.pk in {one.pk, *(above.pk for above in one.ancestors())} for one in units if one is not None)


@transaction.atomic
def review_registration(registration: Registration, *, is_recognised: bool, finding: str, actor: Actor) -> Registration:
    """Enter what the review found of one that registered.

    Raises:
        Refused: the campaign is closed. Invalid: nothing said.
    """
    campaign = Campaign.objects.select_for_update(of=("self",)).get(pk=registration.campaign_id)
    CAMPAIGN.after(campaign.state, "review")
    registration.is_recognised, registration.finding = is_recognised, words(finding, "finding", longest=2_000)
    registration.save(update_fields=["is_recognised", "finding"])
    facts = {"registration": registration.pk, "recognised": is_recognised}
    audit.record("practices.registration_reviewed", actor=actor, about=campaign, unit=campaign.unit_id, facts=facts)
    pagecache.bump()
    return registration


@transaction.atomic
def close_campaign(campaign: Campaign, *, actor: Actor) -> Campaign:
    """Close a campaign whose registrations are all reviewed.

    Raises:
        Refused: it is closed, or one is not reviewed yet (code "not_reviewed").
    """
    row = Campaign.objects.select_for_update(of=("self",)).get(pk=campaign.pk)
    state = CAMPAIGN.after(row.state, "close")
    if row.registrations.filter(is_recognised=None).exists():
        raise Refused(_("Some that registered are not reviewed yet."), code="not_reviewed")
    row.state = CampaignState(state)
    row.save(update_fields=["state"])
    audit.record("practices.campaign_closed", actor=actor, about=row, unit=row.unit_id, facts={"year": row.year})
    pagecache.bump()
    return row


def forget_exemplars() -> int:
    """Erase the exemplars whose period is over, a few at a time; return how many."""
    today = clock.today()
    over = Q(entered_on__lt=today - period("exemplar"))
    over |= Q(entered_on__lt=today - period("exemplar_without_consent"), consented_on=None)
    due = list(Exemplar.objects.filter(over, erased=False).order_by("pk")[:AT_ONCE])
    for row in due:
        withdraw(row, actor=Actor.system("practices.retention"))
    return len(due)
