"""Filing: due times, the code, what is refused, and that nothing tells when an anonymous one came."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.db import IntegrityError, transaction

from liengia.audit.models import Entry
from liengia.core import images
from liengia.core.actor import Actor
from liengia.core.errors import Invalid
from liengia.core.geo import Point
from liengia.opinions import codes, services
from liengia.opinions.models import HeldPhoto, Opinion, OpinionEvent, Photo, RefersToOfficer, Source
from tests.core.test_images import with_exif
from tests.opinions.given import LAMP, Office, filed, topic

HERE = ZoneInfo("Asia/Ho_Chi_Minh")


def at(words: str) -> datetime:
    """Return a local instant."""
    return datetime.fromisoformat(words).replace(tzinfo=HERE)


def test_an_anonymous_one_keeps_its_day_and_a_rounded_due_time(here: Office) -> None:
    found = set()
    for minute in ("08:03:11", "09:41:59", "10:59:00"):
        with time_machine.travel(at(f"2026-11-25T{minute}"), tick=False):
            opinion = filed(here)
        assert (opinion.filed_at, opinion.filed_on) == (None, date(2026, 11, 25))
        found.add((opinion.intake_due_at, opinion.due_at))
    assert found == {(at("2026-11-26T12:00"), at("2026-12-02T17:00"))}, "the minute of filing cannot be read off"


def test_one_with_a_name_keeps_its_instant(here: Office) -> None:
    with time_machine.travel(at("2026-11-25T08:03"), tick=False):
        opinion = filed(here, is_anonymous=False, contact_name="Trần Thị Lụa", contact_phone="0900 000 009")
    assert opinion.filed_at == at("2026-11-25T08:03") and opinion.contact_phone == "+84900000009"
    assert opinion.intake_due_at == at("2026-11-26T08:03")


def test_the_database_itself_refuses_an_instant_of_an_anonymous_one(here: Office) -> None:
    opinion = filed(here)
    with pytest.raises(IntegrityError), transaction.atomic():
        Opinion.all_.filter(pk=opinion.pk).update(filed_at=datetime.now(UTC))


def test_no_table_keeps_an_instant_of_an_anonymous_filing(here: Office) -> None:
    """Every instant column of every table is compared before and after: nothing new is of that minute."""
    from django.apps import apps
    from django.db import models

    def instants() -> set[str]:
        found = set()
        for model in apps.get_models():
            columns = [f for f in model._meta.concrete_fields if isinstance(f, models.DateTimeField)]
            for row in model._base_manager.all().values_list("pk", *[f.name for f in columns]) if columns else ():
                found |= {f"{model._meta.label} {row[0]} {value}" for value in row[1:] if value is not None}
        return found

    with time_machine.travel(at("2026-11-25T08:03:11"), tick=False):
        before = instants()
        clean = images.reencode(with_exif())
        opinion = filed(here, photos=[clean], point=Point(10.5, 106.6))
        new = instants() - before
    stored = Opinion.all_.get(pk=opinion.pk)
    assert new == {f"opinions.Opinion {opinion.pk} {value}" for value in (stored.intake_due_at, stored.due_at)}
    assert not Entry.objects.filter(kind="opinions.filed").exists(), "the audit waits for the day to end"


def test_keys_do_not_tell_the_order(here: Office) -> None:
    keys = [filed(here).pk for _ in range(12)]
    assert keys != sorted(keys), "one chance in 479 million that random keys come sorted"
    assert len({event.pk for event in OpinionEvent.objects.all()}) == 12


def test_the_audit_of_a_day_is_written_the_day_after_in_no_order(here: Office) -> None:
    with time_machine.travel(at("2026-11-25T08:03:11"), tick=False):
        made = [filed(here).public_id for _ in range(9)]
        assert services.audit_past_days() == 0
    with time_machine.travel(at("2026-11-26T00:20:00"), tick=False):
        assert services.audit_past_days() == 9
        assert services.audit_past_days() == 0
    entries = list(Entry.objects.filter(kind="opinions.filed").order_by("pk"))
    assert {entry.at for entry in entries} == {at("2026-11-25T12:00")}
    assert {entry.recorded_at for entry in entries} == {at("2026-11-26T00:20")}
    assert sorted(e.about_id for e in entries) == sorted(made) and {e.actor_kind for e in entries} == {"visitor"}


def test_the_same_form_files_once(here: Office) -> None:
    code = codes.new_code()
    first, again = filed(here, code=code), filed(here, "Nội dung khác", code=code.lower().replace("-", " "))
    assert first.pk == again.pk and Opinion.all_.count() == 1 and again.text == LAMP
    assert OpinionEvent.objects.count() == 1


def test_an_urgent_topic_is_due_in_hours(here: Office) -> None:
    with time_machine.travel(at("2026-11-25T08:03"), tick=False):
        opinion = filed(here, topic=topic("danger"))
    assert opinion.is_urgent and opinion.due_at == opinion.intake_due_at == at("2026-11-25T17:00")


def test_words_and_contact_are_no_plain_text_in_the_database(here: Office) -> None:
    from django.db import connection

    opinion = filed(here, is_anonymous=False, contact_name="Trần Thị Lụa", contact_phone="0900 000 009", point=Point(10.5, 106.6))
    with connection.cursor() as cursor:
        cursor.execute("SELECT text, place_words, contact_name, contact_phone, point, code_hash FROM opinions_opinion")
        stored = " ".join(cursor.fetchone())
    for words in ("Đèn", "Trần", "900000009", "10.5"):
        assert words not in stored
    assert Opinion.all_.get(pk=opinion.pk).text == LAMP


@pytest.mark.parametrize(
    ("facts", "code"),
    [
        ({"text": "  \n "}, "no_text"),
        ({"is_anonymous": False}, "no_name"),
        ({"is_anonymous": False, "contact_name": "Lụa", "contact_phone": "0900 000"}, "phone"),
    ],
)
def test_what_cannot_be_filed_is_refused_and_nothing_is_kept(here: Office, facts: dict[str, object], code: str) -> None:
    with pytest.raises(Invalid) as caught:
        filed(here, **facts)
    assert caught.value.detail_code == code and not Opinion.all_.exists()


def test_a_code_that_is_none_files_nothing(here: Office) -> None:
    for code in ("", "123", "X" * 500, codes.new_code()[:-1] + "?"):
        with pytest.raises(Invalid):
            services.file_opinion(services.Draft(here.commune, LAMP), code=code or " ")
    assert not Opinion.all_.exists()


def test_a_hamlet_of_another_commune_and_a_commune_that_asks_for_names(here: Office) -> None:
    draft = services.Draft(here.cast.other_commune, LAMP, hamlet=here.cast.hamlet)
    with pytest.raises(Invalid):
        services.file_opinion(draft, code=codes.new_code())
    services.set_rules(here.commune, actor=Actor.of(here.cast.quan), allows_anonymous=False)
    with pytest.raises(Invalid) as caught:
        filed(here)
    assert caught.value.detail_code == "named_only"


def test_photos_are_kept_encrypted_in_the_database_and_in_no_file(here: Office, settings: object) -> None:
    clean = images.reencode(with_exif())
    opinion = filed(here, photos=[clean] * 5)
    assert [photo.data for photo in opinion.photos.all()] == [clean.data] * 5
    with pytest.raises(Invalid):
        filed(here, photos=[clean] * 6)
    assert Photo.objects.count() == 5 and not Photo.objects.filter(is_public=True).exists()


def test_pictures_of_a_form_with_an_error_are_held_and_then_gone(here: Office) -> None:
    code, clean = codes.new_code(), images.reencode(with_exif())
    assert len(services.hold_photos(code, [clean] * 3)) == 3
    assert len(services.hold_photos(code, [clean] * 4)) == 5, "five at most"
    services.drop_held(code, [services.held_photos(code)[0].pk])
    assert len(services.held_photos(code)) == 1 and not services.held_photos(codes.new_code())
    filed(here, code=code)
    assert not HeldPhoto.objects.exists()


def test_a_helper_enters_a_slip_once(here: Office) -> None:
    draft = services.Draft(here.commune, LAMP, hamlet=here.cast.hamlet)
    helper = here.cast.huynh
    opinion = services.file_for_another(
        draft, code=codes.new_code(), helper=helper, actor=Actor.of(helper), slip_number="07/2026"
    )
    assert (opinion.entered_by, opinion.source, opinion.slip_number) == (helper, Source.PAPER, "07/2026")
    with pytest.raises(Invalid) as caught:
        services.file_for_another(draft, code=codes.new_code(), helper=helper, actor=Actor.of(helper), slip_number="07/2026")
    assert caught.value.detail_code == "slip_again"


def test_what_was_written_down_offline_is_due_from_then(here: Office) -> None:
    draft = services.Draft(here.commune, LAMP)
    facts = {"helper": here.cast.huynh, "actor": Actor.of(here.cast.huynh)}
    with time_machine.travel(at("2026-11-25T08:00"), tick=False):
        earlier = services.file_for_another(draft, code=codes.new_code(), at=at("2026-11-23T09:00"), **facts)
        ahead = services.file_for_another(draft, code=codes.new_code(), at=at("2027-11-23T09:00"), **facts)
    assert earlier.filed_on == date(2026, 11, 23) and ahead.filed_on == date(2026, 11, 25)


def test_whom_it_concerns_is_kept_apart(here: Office) -> None:
    opinion = filed(here, about_officials=True, officers=[here.tho], officer_words="cán bộ Thợ")
    assert opinion.about_officials and RefersToOfficer.objects.get().words == "cán bộ Thợ"
    assert timedelta(days=4) < opinion.due_at - datetime.now(UTC) < timedelta(days=30)
