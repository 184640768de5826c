"""What programs read: the standard's fields, both forms alike, and only what everybody may see."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings as conf
from django.test import Client

from liengia.core import clock, pagecache
from liengia.core.actor import Actor
from liengia.core.geo import Point
from liengia.core.images import reencode
from liengia.opinions import services as opinions
from liengia.opinions.models import AnswerKind, Opinion, Photo
from liengia.units.services import switch_room
from tests.api.asking import COMMUNE, V2, as_json, as_xml, plain, spark
from tests.cast import TESTER
from tests.core.test_images import picture
from tests.opinions.given import Office, filed, public, reason, sorted_

FIELDS = [
    "service_request_id", "status", "status_notes", "service_name", "service_code", "description", "agency_responsible",
    "service_notice", "requested_datetime", "updated_datetime", "expected_datetime", "address", "address_id", "zipcode", "lat",
    "long", "media_url",
]  # fmt: skip


def test_services_and_what_may_be_told_besides(here: Office) -> None:
    services = as_json("services")
    assert [list(one) for one in services[:1]] == [["service_code", "service_name", "description", "metadata", "type", "keywords", "group"]]
    lamp = next(one for one in services if one["service_code"] == "lighting")
    assert lamp["service_name"] == "Đèn đường, điện" and lamp["metadata"] is True and lamp["type"] == "batch"
    assert "5 ngày làm việc" in lamp["description"]
    told = as_json("services/lighting")
    assert {one["code"]: len(one["values"]) for one in told["attributes"]} == {"kind": 3, "hamlet": 1, "about_officials": 2, "officer": 0, "officials_to": 2}
    assert plain(services) == spark(as_xml("services")) and plain(told) == spark(as_xml("services/lighting"))


def test_an_opinion_is_told_in_the_fields_of_the_standard(here: Office) -> None:
    opinion = public(here, hamlet=here.cast.hamlet, point=Point(10.52773, 106.60123), photos=[reencode(picture())])
    [told] = as_json("requests")
    assert list(told) == FIELDS
    assert told["service_request_id"] == opinion.public_id and told["status"] == "open" and told["service_code"] == "lighting"
    assert told["requested_datetime"] == f"{opinion.filed_on}T00:00:00+07:00", "of an opinion the day is told, and no instant"
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+07:00", told["expected_datetime"])
    assert told["address"] == "đường Trần Hưng Đạo, Khu phố 5, Xã Cần Đước" and (told["lat"], told["long"], told["media_url"]) == (None, None, None)
    assert plain([told]) == spark(as_xml("requests"))
    assert as_json(f"requests/{opinion.public_id}") == [told] and plain([told]) == spark(as_xml(f"requests/{opinion.public_id}"))
    assert "106.6" not in str(told) and "10.527" not in str(told)
    Photo.objects.update(is_public=True)
    assert as_json("requests")[0]["media_url"] == f"{conf.PUBLIC_URL}/gop-y/{opinion.public_id}/anh/{Photo.objects.get().pk}/"


def test_an_answer_is_told_once_it_is_published(here: Office) -> None:
    opinion, duyen = public(here), Actor.of(here.duyen)
    opinions.answer(
        opinion, kind=AnswerKind.IN_WRITING, text="Đã thay bóng đèn số 14.", signer_name="Ông Mẫu", signer_office="UBND xã Cần Đước", actor=duyen
    )
    assert "Đã thay bóng" not in str(as_json("requests"))
    opinions.publish(opinion, actor=duyen)
    [told] = as_json("requests")
    assert told["status_notes"].endswith("Đã thay bóng đèn số 14.") and told["agency_responsible"] == "UBND xã Cần Đước" and told["status"] == "open"
    opinions.close(opinion, actor=duyen)
    [told] = as_json("requests")
    ended = Opinion.all_.get(pk=opinion.pk).ended_at
    assert told["status"] == "closed" and told["updated_datetime"] == clock.local(ended).replace(microsecond=0).isoformat()


def test_only_the_redacted_copy_is_told(here: Office) -> None:
    opinion = sorted_(here, text="Nhà bà Trần Thị Mẫu, số 0900 000 007, xả nước ra đường.", contact_name="Người Viết", contact_phone="0900000008", is_anonymous=False)
    opinions.publish_text(opinion, title="Nước thải", text="Có nhà xả nước ra đường.", actor=Actor.of(here.duyen))
    told = str(as_json("requests"))
    assert "Có nhà xả nước ra đường." in told
    assert not [one for one in ("Mẫu", "0900", "Người Viết", "+84") if one in told]


def test_what_is_not_public_is_nowhere(here: Office) -> None:
    hidden = [filed(here), sorted_(here), filed(here, about_officials=True, officers=[here.tho], officer_words="cán bộ Thợ")]
    gone = public(here, "Sẽ rút")
    opinions.withdraw_text(gone, actor=Actor.of(here.duyen), is_private_person=True)
    moved = public(here, "Sẽ chuyển")
    opinions.move_out(moved, reason=reason(), actor=Actor.of(here.duyen))
    numbers = [one.public_id for one in (*hidden, gone, moved)]
    assert as_json("requests") == [] and as_json("requests", service_request_id=",".join(numbers)) == []
    absent = as_json("requests/0000000000", status=404)
    for number in numbers:
        assert as_json(f"requests/{number}", status=404) == absent, "absent and not public look the same"


def test_a_refused_one_is_closed_with_the_words_of_the_list(here: Office) -> None:
    opinion = public(here)
    opinions.refuse(opinion, reason=reason("not_enough"), words="riêng cho người viết", actor=Actor.of(here.duyen))
    [told] = as_json("requests")
    assert told["status"] == "closed" and reason("not_enough").words in told["status_notes"] and "riêng cho" not in str(told)


def given_days(here: Office, *days_ago: int) -> list[str]:
    """Return the numbers of public opinions of so many days ago."""
    found = []
    for days in days_ago:
        opinion = public(here)
        Opinion.all_.filter(pk=opinion.pk).update(filed_on=clock.today() - timedelta(days=days))
        found.append(opinion.public_id)
    return found


def numbers(**asked: Any) -> list[str]:
    """Return the numbers that an asker gets."""
    return [one["service_request_id"] for one in as_json("requests", **asked)]


def test_the_most_recent_ninety_days_unless_a_range_is_asked_for(here: Office) -> None:
    new, old, older = given_days(here, 0, 89, 120)
    day = clock.today() - timedelta(days=120)
    assert numbers() == [new, old]
    assert numbers(start_date=f"{day}T00:00:00+07:00") == [old, older], "ninety days from the start"
    assert numbers(end_date=f"{day}T23:59:59+07:00") == [older]
    assert numbers(start_date=f"{day}T17:00:00Z", end_date=f"{day + timedelta(days=1)}T00:00:00Z") == [], "17:00 Z is the next day here"
    assert numbers(start_date=f"{day}T00:00:00 07:00", end_date=str(day)) == [older], "a plus that was not escaped; a day alone"
    as_json("requests", status=400, start_date=f"{day}T00:00:00Z", end_date=f"{clock.today()}T00:00:00Z")
    assert numbers(service_request_id=f"{older},{new}", start_date="2020-01-01T00:00:00Z") == [new, older], "numbers override all else"


def test_filters_pages_and_empty_arguments(here: Office) -> None:
    found = given_days(here, 3, 2, 1, 0)
    Opinion.all_.filter(public_id=found[0]).update(state="closed")
    assert numbers(state="closed") == [found[0]] and numbers(state="open") == found[:0:-1] and len(numbers(state="open,closed")) == 4
    assert numbers(service_code="roads") == [] and len(numbers(service_code="roads,lighting")) == 4 and numbers(service_code="'; --") == []
    assert numbers(page_size=3) + numbers(page_size=3, page=2) == numbers() and numbers(page_size=3, page=3) == []
    assert numbers(state="", start_date="", service_code="", service_request_id="", page="") == numbers(), "an empty one is as none"


@pytest.mark.parametrize(
    ("asked", "says"),
    [
        ({"state": "done"}, "status"), ({"start_date": "yesterday"}, "start_date"), ({"start_date": "2026-01-31T00:00:00"}, "múi giờ"),
        ({"end_date": "2026-02-30T00:00:00Z"}, "end_date"), ({"start_date": "0001-01-01T00:00:00Z"}, "start_date"),
        ({"page": "0"}, "page"), ({"page_size": "1001"}, "page_size"), ({"page": "9" * 30}, "page"), ({"service_code": "\x00"}, "service_code"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_told_as_errors_in_both_forms(here: Office, asked: dict[str, str], says: str) -> None:
    errors = as_json("requests", status=400, **asked)
    assert [one["code"] for one in errors] == [400] and says in errors[0]["description"]
    assert plain(errors) == spark(as_xml("requests", status=400, **asked))


def test_jurisdictions(here: Office) -> None:
    assert as_json("services", status=400, jurisdiction_id="")[0]["code"] == 400
    assert as_json("services", status=404, jurisdiction_id="28999")[0]["code"] == 404
    public(here)
    assert numbers(jurisdiction_id=here.cast.other_commune.code) == []
    switch_room(unit=here.cast.other_commune, room="opinions", is_on=False, actor=TESTER)
    assert len(numbers(jurisdiction_id="")) == 1, "where one commune is left it need not be named"
    assert as_json("requests", status=404, jurisdiction_id=here.cast.other_commune.code)


def test_discovery_unknown_addresses_and_methods(here: Office) -> None:
    root = as_xml("discovery", base="/open311")
    assert root.findtext("endpoints/endpoint/url") == f"{conf.PUBLIC_URL}/open311/v2"
    assert as_json("services/nothing", status=404) and as_json("nothing/at/all", status=404) and as_json("tokens/abc", status=404)
    assert Client().put(f"{V2}/requests.json").status_code == 405
    assert Client().head(f"{V2}/services.xml", COMMUNE).status_code == 200


def test_everybody_may_read_from_any_page_and_a_session_is_not_asked_for(here: Office) -> None:
    response = Client().get(f"{V2}/services.json", COMMUNE)
    assert response["Access-Control-Allow-Origin"] == "*" and not response.cookies and "Cookie" not in response.get("Vary", "").split(", ")


def test_lists_hold_their_query_counts(here: Office, django_assert_max_num_queries: Any) -> None:
    for _n in range(3):
        public(here)
    with django_assert_max_num_queries(12):
        as_json("requests")


def test_letters_that_xml_cannot_write_break_no_answer(here: Office) -> None:
    opinion = public(here)
    row = opinion.public_texts.get()
    row.text = "một \x0b hai \ufffe ba \u202e bốn </request><script>"
    row.save()
    root = as_xml("requests")
    assert "bốn </request><script>" in root.findtext("request/description")


def test_a_room_that_is_off_answers_nothing(here: Office, settings: Any) -> None:
    settings.ROOMS_OFF = ["api"]
    assert Client().get(f"{V2}/services.json", COMMUNE).status_code == 404


def test_a_publication_empties_what_is_kept(here: Office) -> None:
    before = pagecache._edition()
    public(here)
    assert pagecache._edition() != before
    response = Client().get(f"{V2}/requests.json", COMMUNE)
    assert response[pagecache.MARK] == "60" and pagecache.MARK not in Client().get(f"{V2}/tokens/ab.json", COMMUNE)
