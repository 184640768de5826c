"""A client that is not ours (georeport, from the package registry) and a site that really listens understand each other."""

from __future__ import annotations

from typing import Any

import pytest
import requests
from django.urls import reverse
from georeport import GeoReport

from liengia.api import services
from liengia.core.actor import Actor
from liengia.opinions import services as opinions
from liengia.opinions.models import Opinion
from tests.api.test_file import REPORT
from tests.cast import TESTER
from tests.opinions.given import LAMP, Office, office, public, topic

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def scene(transactional_db: None, settings: Any) -> Office:
    """Return the office, with filing by programs on."""
    settings.OPEN311_POST = True
    reverse("api:discovery", args=["json"])
    opinions.ensure_defaults()
    return office()


@pytest.mark.parametrize("form", ["json", "xml"])
def test_a_foreign_client_reads_what_is_here(scene: Office, live_server: Any, form: str) -> None:
    first, second = public(scene), public(scene, "Đèn số 15")
    client = GeoReport(f"{live_server.url}/open311/v2", jurisdiction="28108", output_format=form)
    assert {"lighting", "roads", "danger"} <= {one["service_code"] for one in client.get_service_list()}
    assert client.get_service_definition("lighting")["service_code"] == "lighting"
    found = client.get_service_requests(service_code="lighting,roads", status="open")
    assert {one["service_request_id"] for one in found} == {first.public_id, second.public_id}
    one = client.get_service_request(first.public_id)
    assert one["description"].endswith(LAMP) and one["status"] == "open" and one["requested_datetime"].endswith("+07:00")
    with pytest.raises(requests.HTTPError, match="404"):
        client.get_service_request("0000000000")


def test_a_program_files_asks_by_its_token_and_reads_the_answer(scene: Office, live_server: Any) -> None:
    _key, secret = services.mint_key(scene.commune, name="Tổng đài 1022", actor=TESTER)
    home = f"{live_server.url}/open311/v2"
    filed = requests.post(f"{home}/requests.json", data={**REPORT, "api_key": secret}, timeout=10)
    assert filed.status_code == 201
    token = filed.json()[0]["token"]
    assert requests.get(f"{home}/tokens/{token}.json", {"jurisdiction_id": "28108"}, timeout=10).status_code == 404
    opinion, duyen = Opinion.all_.get(), Actor.of(scene.duyen)
    opinions.sort(opinion, topic=topic(), actor=duyen)
    opinions.publish_text(opinion, title="Đèn tắt", text="Đèn số 14 tắt.", actor=duyen)
    number = requests.get(f"{home}/tokens/{token}.json", {"jurisdiction_id": "28108"}, timeout=10).json()[0]["service_request_id"]
    assert GeoReport(home, jurisdiction="28108").get_service_request(number)["description"].endswith("Đèn số 14 tắt.")
