"""Filing by a program: off unless it is switched on, with a key, into the same intake, and as little known of anybody."""

from __future__ import annotations

import hashlib
import logging
from typing import Any
from urllib.parse import quote

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from liengia.api import services
from liengia.api.models import ApiKey, ReportToken
from liengia.api.views import open311
from liengia.audit.models import Entry
from liengia.core import clock, logs
from liengia.core.actor import Actor
from liengia.opinions import codes
from liengia.opinions import services as opinions
from liengia.opinions.models import Opinion, OpinionEvent, Photo, Source
from liengia.people import services as people
from tests import factories
from tests.api.asking import V2, as_json, as_xml, checked
from tests.cast import TESTER
from tests.core.test_images import with_exif
from tests.opinions.given import Office, public
from tests.opinions.test_planted import ADDRESS, AGENT, NEEDLES, database_text

REPORT = {
    "jurisdiction_id": "28108", "service_code": "lighting", "description": "Đèn số 14 tắt.", "address_string": "Cua miếu Bà, khu phố 5",
    "email": "PLANTED@example.org", "device_id": "PLANTED-device", "account_id": "PLANTED-account",
}  # fmt: skip


def post(secret: str = "", form: str = "json", client: Client | None = None, **more: Any) -> Any:
    """Send a report."""
    facts = {**REPORT, "api_key": secret, **more}
    return (client or Client()).post(f"{V2}/requests.{form}", {name: value for name, value in facts.items() if value is not None})


def told(response: Any) -> dict[str, Any]:
    """Return what a program that filed is told."""
    assert response.status_code == 201, response.content.decode()
    return response.json()[0]


def test_it_is_off_unless_it_is_switched_on(here: Office, secret: str, settings: Any) -> None:
    settings.OPEN311_POST = False
    response = post(secret)
    assert response.status_code == 403 and response.json()[0]["code"] == 403 and not Opinion.all_.exists()
    assert "không" in str(as_xml("discovery", base="/open311").findtext("key_service")).lower()


@pytest.mark.parametrize("key", ["", "lg_" + "0" * 40, "x" * 5000, "\x00", "lg_é"])
def test_without_a_key_of_this_commune_nothing_is_filed(here: Office, secret: str, key: str) -> None:
    response = post(key)
    assert response.status_code == 403 and response.json()[0]["code"] == 403
    assert checked(post(key, "xml").content).findtext("error/code") == "403"
    assert not Opinion.all_.exists()


def test_a_key_is_one_communes_and_is_refused_once_it_is_revoked(here: Office, secret: str) -> None:
    assert post(secret, jurisdiction_id=here.cast.other_commune.code).status_code == 403
    services.revoke_key(ApiKey.objects.get(), actor=TESTER)
    assert post(secret).status_code == 403 and not Opinion.all_.exists()
    assert list(Entry.objects.filter(kind__startswith="api.").order_by("pk").values_list("kind", flat=True)) == ["api.key_minted", "api.key_revoked"]


def test_a_key_is_kept_as_a_hash_alone(here: Office, secret: str) -> None:
    stored = database_text()
    assert secret not in stored and secret.removeprefix("lg_") not in stored and hashlib.sha256(secret.encode()).hexdigest() in stored


def test_an_anonymous_report_is_the_web_forms_and_followed_by_code_and_token(here: Office, secret: str) -> None:
    answer = told(post(secret))
    opinion = Opinion.all_.get()
    assert opinion.is_anonymous and opinion.filed_at is None and opinion.filed_on == clock.today() and opinion.source == Source.API
    assert opinion.due_at.minute == 0 and opinion.topic.code == "lighting" and opinion.place_words == REPORT["address_string"]
    assert list(answer) == ["token", "service_notice", "account_id"] and "service_request_id" not in answer
    code = next(part.strip(":.,") for part in answer["service_notice"].split() if codes.parse(part.strip(":.,")))
    assert opinions.find_by_code(code) == opinion
    # Nobody may read it yet, so its number is nobody's yet.
    assert as_json(f"tokens/{answer['token']}", status=404) == as_json("tokens/" + "0" * 40, status=404)
    opinions.sort(opinion, topic=opinion.topic, actor=Actor.of(here.duyen))
    opinions.publish_text(opinion, title="Đèn tắt", text="Đèn số 14 tắt.", actor=Actor.of(here.duyen))
    assert as_json(f"tokens/{answer['token']}") == [{"service_request_id": opinion.public_id, "token": answer["token"]}]
    assert as_xml(f"tokens/{answer['token']}").findtext("request/service_request_id") == opinion.public_id
    assert as_json(f"requests/{opinion.public_id}")[0]["description"].endswith("Đèn số 14 tắt.")


def test_of_an_anonymous_report_nothing_tells_when_or_by_whom(here: Office, secret: str, caplog: Any) -> None:
    caplog.set_level(logging.DEBUG)
    client = Client(REMOTE_ADDR=ADDRESS, headers={"user-agent": AGENT, "x-forwarded-for": ADDRESS})
    told(post(secret, client=client, media=[SimpleUploadedFile("PLANTED.jpg", with_exif())], lat="10.5277341", long="106.6012341"))
    opinion = Opinion.all_.get()
    stored = database_text()
    assert not [one for one in NEEDLES if one in stored or one in caplog.text], "no address, agent, e-mail, device, account, place"
    assert OpinionEvent.objects.get().at is None and not Entry.objects.filter(kind="opinions.filed").exists(), "the audit waits for the day's end"
    assert not [field.name for field in ReportToken._meta.concrete_fields if field.name not in ("id", "opinion", "token_hash")], "joined with no key"
    key = ApiKey.objects.get()
    assert key.filed_count == 1 and key.used_on == clock.today() and not Entry.objects.filter(kind__startswith="api.", about_id=key.public_id).exclude(kind="api.key_minted")
    assert Photo.objects.get().opinion == opinion


def test_a_name_makes_it_a_named_one(here: Office, secret: str) -> None:
    told(post(secret, first_name="Mẫu", last_name="Trần Thị", phone="0900000007", **{"attribute[kind]": "suggestion", "attribute[hamlet]": "28108-05"}))
    opinion = Opinion.all_.get()
    assert (opinion.contact_name, opinion.contact_phone, opinion.kind, opinion.hamlet) == ("Trần Thị Mẫu", "+84900000007", "suggestion", here.cast.hamlet)
    assert opinion.filed_at is not None


def test_where_names_are_asked_for_an_anonymous_one_is_refused(here: Office, secret: str) -> None:
    opinions.set_rules(here.commune, actor=TESTER, allows_anonymous=False)
    response = post(secret)
    assert response.status_code == 400 and "tên" in response.json()[0]["description"] and not Opinion.all_.exists()


def test_one_about_an_officer_is_never_told(here: Office, secret: str) -> None:
    token = told(post(secret, **{"attribute[about_officials]": "yes", "attribute[officer]": "cán bộ Thợ"}))["token"]
    opinion = Opinion.all_.get()
    assert opinion.about_officials and opinion.officers.get().words == "cán bộ Thợ" and opinion.officials_to == ""
    assert as_json("requests") == [] and as_json(f"requests/{opinion.public_id}", status=404) and as_json(f"tokens/{token}", status=404)


def test_who_handles_one_about_an_officer_is_chosen_there_too_and_is_never_whom_it_concerns(here: Office, secret: str) -> None:
    about = {"attribute[about_officials]": "yes", "attribute[officials_to]": "front"}
    post(secret, **about, **{"attribute[officer]": "cán bộ Thợ"})
    assert Opinion.all_.get().officials_to == "front"
    post(secret, **about, **{"attribute[officer]": "Chủ tịch Mặt trận xã", "description": "Hẹn ba lần không gặp được."})
    assert sorted(Opinion.all_.values_list("officials_to", flat=True)) == ["chairman", "front"]
    assert post(secret, **about | {"attribute[officials_to]": "police"}).status_code == 400
    post(secret, **{"attribute[officer]": "cán bộ Thợ", "description": "Hẹn bốn lần."})
    assert Opinion.all_.filter(about_officials=True).count() == 3, "naming somebody is enough, as on the web's form"


@pytest.mark.parametrize(
    ("more", "status"),
    [
        ({"service_code": "nothing"}, 404), ({"service_code": ""}, 404), ({"service_code": None}, 400), ({"jurisdiction_id": "1"}, 404),
        ({"jurisdiction_id": None}, 400), ({"description": None}, 400), ({"description": "   "}, 400), ({"description": "a" * 4001}, 400),
        ({"description": "a\x00b"}, 400), ({"address_string": None}, 400), ({"address_string": None, "lat": "10.5"}, 400),
        ({"lat": "91", "long": "1"}, 400), ({"lat": "nan", "long": "1"}, 400), ({"lat": "x", "long": "1"}, 400),
        ({"attribute[hamlet]": "28114-01"}, 400), ({"attribute[kind]": "<b>"}, 400), ({"first_name": "A", "phone": "12"}, 400),
    ],
)  # fmt: skip
def test_what_cannot_be_filed_is_told_why(here: Office, secret: str, more: dict[str, Any], status: int) -> None:
    response = post(secret, **more)
    assert response.status_code == status and all(one["code"] == status and one["description"] for one in response.json())
    checked(post(secret, "xml", **more).content)
    assert not Opinion.all_.exists() and not ReportToken.objects.exists()


def test_hostile_pictures_and_bodies_are_errors_too(here: Office, secret: str) -> None:
    bomb = SimpleUploadedFile("a.jpg", b"GIF89a" + b"\0" * 100)
    assert post(secret, media=[bomb]).status_code == 400
    six = [SimpleUploadedFile(f"{n}.jpg", with_exif()) for n in range(6)]
    assert post(secret, media=six).status_code == 400
    huge = Client().post(f"{V2}/requests.json", data="description=" + "a" * 3_000_000, content_type="application/x-www-form-urlencoded")
    assert huge.status_code == 400 and huge.json()[0]["code"] == 400
    broken = Client().post(f"{V2}/requests.json", data=b"--x\r\n", content_type="multipart/form-data; boundary=")
    assert broken.status_code == 400 and not Opinion.all_.exists()


def test_a_picture_at_an_address_is_not_fetched_and_said(here: Office, secret: str) -> None:
    assert "media_url" in told(post(secret, media_url="http://127.0.0.1:1/a.jpg"))["service_notice"] and not Photo.objects.exists()


def test_limits_are_by_key_and_by_address(here: Office, secret: str, monkeypatch: Any) -> None:
    monkeypatch.setattr(open311.filing_limit, "most", 2)
    assert [post(secret, description=f"Đèn số {n} tắt.").status_code for n in range(3)] == [201, 201, 429]
    other = services.mint_key(here.commune, name="Ứng dụng khác", actor=TESTER)[1]
    assert post(other).status_code == 201, "another program is not held back"
    monkeypatch.setattr(open311.wrong_key_limit, "most", 2)
    assert [post("wrong").status_code for _n in range(3)] == [403, 403, 429] and post(other, description="Chuyện khác.").status_code == 201


def test_a_merged_communes_key_goes_on_in_its_successor(here: Office, secret: str) -> None:
    key = ApiKey.objects.get()
    assert services.find_key(secret, key.unit.current()) == key


def test_a_token_goes_with_the_contact_period(here: Office, secret: str) -> None:
    told(post(secret))
    assert services.forget_tokens() == 0
    Opinion.all_.update(contact_erased_on=clock.today())
    assert services.forget_tokens() == 1 and not ReportToken.objects.exists()


def test_a_token_in_an_address_is_masked_in_logs() -> None:
    masking = logs.MaskCodes(after=("/vao/", "/tokens/"))
    record = logging.LogRecord("x", logging.ERROR, "", 0, f"/open311/v2/tokens/{'a' * 40}.json", (), None)
    masking.filter(record)
    assert "aaaa" not in record.getMessage()


def office_client(user: Any) -> Client:
    """Return a browser of somebody of the office, who has shown a second factor."""
    from tests.structure.test_rooms_off import signed_in

    return signed_in(user)


def test_an_administrator_makes_a_key_sees_it_once_and_revokes_it(here: Office, settings: Any) -> None:
    settings.OPEN311_POST = True
    client, page = office_client(here.cast.quan), "/quan-tri/khoa-chuong-trinh/"
    assert client.get(page).status_code == 200
    made = client.post(page, {"unit": here.commune.pk, "name": "Tổng đài 1022"}).content.decode()
    secret = made.partition("data-secret>")[2].partition("<")[0]
    assert secret.startswith("lg_") and secret not in client.get(page).content.decode()
    assert told(post(secret))["token"]
    key = ApiKey.objects.get()
    assert key.made_by == here.cast.quan
    client.post(f"{page}{key.public_id}/thu-hoi/")
    assert post(secret).status_code == 403


@pytest.mark.parametrize("who", ["duyen", "chairman", "tho"])
def test_others_have_no_such_page(here: Office, secret: str, who: str) -> None:
    client = office_client(getattr(here, who))
    assert client.get("/quan-tri/khoa-chuong-trinh/").status_code == 404
    assert client.post(f"/quan-tri/khoa-chuong-trinh/{ApiKey.objects.get().public_id}/thu-hoi/").status_code == 404


def test_another_communes_administrator_sees_and_revokes_nothing(here: Office, secret: str) -> None:
    stranger = factories.user("la", "Quản Trị Lạ", is_staff=True)
    people.assign_role(stranger, "commune_admin", here.cast.other_commune, actor=TESTER)
    client, key = office_client(stranger), ApiKey.objects.get()
    assert "1022" not in client.get("/quan-tri/khoa-chuong-trinh/").content.decode().partition("<table")[2].partition("</table>")[0]
    assert client.post(f"/quan-tri/khoa-chuong-trinh/{key.public_id}/thu-hoi/").status_code == 404
    assert client.post("/quan-tri/khoa-chuong-trinh/", {"unit": here.commune.pk, "name": "x"}).status_code == 200 and ApiKey.objects.count() == 1


def test_quoting_in_an_address_changes_nothing(here: Office) -> None:
    number = public(here).public_id
    assert as_json(f"requests/{quote(number)}")[0]["service_request_id"] == number
