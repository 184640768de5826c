"""What concerns an officer: at every address of the office, in every list, count, table, search, notice and log."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from liengia.audit import services as audit_services
from liengia.audit.models import Entry
from liengia.core import clock
from liengia.core.actor import Actor
from liengia.opinions import policies, services
from liengia.opinions.models import Evidence, Opinion, Photo
from liengia.opinions.office_verbs import VERBS
from liengia.opinions.wagtail_hooks import office_urls
from liengia.people import menu
from liengia.people import services as people
from liengia.people.models import User
from tests import factories
from tests.cast import TESTER
from tests.core.test_images import picture
from tests.opinions.given import Office, filed, public, topic
from tests.people.conftest import signed_in

QUEUE = "/quan-tri/gop-y/"
PARTS = ("tiep-nhan", "phan-cong", "cua-toi", "cho-dan", "sap-han", "qua-han", "cong-khai", "theo-doi", "da-xong", "tat-ca")


@pytest.fixture
def case(here: Office) -> Opinion:
    """Return an opinion about the specialist that was sorted, given to him and shown before it was known to concern him."""
    opinion = public(here, title="Cán bộ một cửa", text="Cán bộ một cửa hẹn tới hẹn lui ba lần")
    services.assign(opinion, person=here.tho, actor=Actor.of(here.duyen))
    Photo.objects.create(opinion=opinion, data=picture(), content_type="image/jpeg", width=1, height=1)
    services.add_evidence(opinion, title="Giấy hẹn", data=picture(), actor=Actor.of(here.duyen))
    services.refer_to_officials(opinion, officer=here.tho, words="anh Thợ", actor=Actor.of(here.duyen))
    return Opinion.all_.get(pk=opinion.pk)


def superuser(here: Office) -> User:
    """Return the installation's operator."""
    return User.objects.create_superuser("goc", full_name="Người Cài Đặt", password="x")


def approver(here: Office) -> User:
    """Return the vice chairman."""
    user = factories.user("pho", "Phó Chủ Tịch", is_staff=True)
    people.assign_role(user, "commune_approver", here.commune, actor=TESTER)
    return user


BLIND: list[Callable[[Office], User]] = [lambda here: here.tho, lambda here: here.duyen, approver, superuser]
IDS = ["the officer named", "the moderator who referred it", "the vice chairman", "the superuser"]


def addresses(case: Opinion) -> list[tuple[str, str]]:
    """Return every address of the office that names an opinion, by the URLs themselves: a new one is in the test at once."""
    found = []
    photo, evidence = Photo.objects.get(opinion=case).pk, Evidence.objects.get(opinion=case).pk
    for pattern in office_urls():
        name = str(pattern.name)
        if "public_id" not in str(pattern.pattern):
            continue
        if name == "opinions_office_act":
            found += [("any", reverse(name, args=[case.public_id, verb.slug])) for verb in VERBS]
        elif name in ("opinions_office_photo", "opinions_office_evidence"):
            found.append(("GET", reverse(name, args=[case.public_id, photo if "photo" in name else evidence])))
        else:
            kind = "POST" if name.endswith(("preview", "withdraw")) else "any"
            found.append((kind, reverse(name, args=[case.public_id])))
    assert len(found) >= len(VERBS) + 8
    return found


@pytest.mark.parametrize("who", BLIND, ids=IDS)
def test_every_address_is_absent(here: Office, case: Opinion, who: Callable[[Office], User]) -> None:
    client = signed_in(who(here), second_factor=True)
    before = (Opinion.all_.filter(pk=case.pk).values().get(), case.events.count(), Entry.objects.filter(kind="opinions.read").count())
    for method, path in addresses(case):
        if method != "POST":
            assert client.get(path).status_code == 404, path
        if method != "GET":
            assert client.post(path, {"text": "x", "words": "x", "title": "x", "do": "publish", "is_sure": "on"}).status_code in (404, 405), path
    after = (Opinion.all_.filter(pk=case.pk).values().get(), case.events.count(), Entry.objects.filter(kind="opinions.read").count())
    assert before == after


@pytest.mark.parametrize("who", BLIND, ids=IDS)
def test_no_list_count_search_table_or_notice_knows_it(here: Office, case: Opinion, who: Callable[[Office], User]) -> None:
    user = who(here)
    client = signed_in(user, second_factor=True)

    @time_machine.travel(clock.now(), tick=False)  # a duty that nobody takes is told to the minute
    def everything() -> list[bytes]:
        found = [said(client, f"{QUEUE}?phan={part}") for part in PARTS]
        found += [said(client, f"{QUEUE}?phan=tat-ca&q={words}") for words in (case.public_id, "can+bo+mot+cua")]
        found += [said(client, f"{QUEUE}xuat.csv"), said(client, f"{QUEUE}thang/")]
        found.append(repr([(str(chore.text), chore.url) for chore in menu.today(user)]).encode())
        return found

    with_it = everything()
    assert not any(case.public_id.encode() in one for one in with_it if f"q={case.public_id}".encode() not in one and b'value="' + case.public_id.encode() not in one)
    Opinion.all_.filter(pk=case.pk).update(commune=here.cast.other_commune, about_officials=True)
    assert numbers(with_it) == numbers(everything()), "nothing changes when it is not there at all"


def said(client: Client, path: str) -> bytes:
    """Return what an address answers; absent ones say nothing."""
    response = client.get(path)
    return response.content if response.status_code == 200 else b""


def numbers(pages: list[bytes]) -> list[bytes]:
    """Return pages without what differs at each request."""
    import re

    return [re.sub(rb'nonce="[^"]*"|csrf[^"]*"[^"]*"[^"]*"|name="csrfmiddlewaretoken" value="[^"]*"', b"", one).split(b"</main>")[0].split(b"<main")[-1] for one in pages]


@pytest.mark.parametrize("who", BLIND, ids=IDS)
def test_the_audit_log_keeps_still(here: Office, case: Opinion, who: Callable[[Office], User]) -> None:
    user = who(here)
    audit_services.record_read("opinions.read", actor=Actor.of(here.chairman), about=case)
    if not user.is_superuser:
        people.assign_role(user, "commune_admin", here.commune, actor=TESTER)
    other = filed(here, text="Đèn hẻm bảy chớp hoài cả đêm liền", is_anonymous=False, contact_name="Bà Hai")
    services.sort(other, topic=topic(), actor=TESTER)
    client = signed_in(User.objects.get(pk=user.pk), second_factor=True)
    for path in ("/quan-tri/nhat-ky-kiem-tra/", "/quan-tri/nhat-ky-kiem-tra/?p=2", "/quan-tri/nhat-ky-kiem-tra/?export=csv"):
        response = client.get(path)
        text = b"".join(response.streaming_content) if response.streaming else response.content  # type: ignore[attr-defined]
        assert response.status_code == 200 and case.public_id.encode() not in text, path
    assert other.public_id.encode() in client.get("/quan-tri/nhat-ky-kiem-tra/").content, "the log itself is read"
    entry = Entry.objects.filter(about_id=case.public_id).first()
    assert entry is not None
    assert client.get(f"/quan-tri/nhat-ky-kiem-tra/inspect/{entry.pk}/").status_code == 404


def test_those_who_handle_it_see_and_work(here: Office, case: Opinion) -> None:
    for who in (here.chairman, here.front):
        client = signed_in(who, second_factor=True)
        assert case.public_id in client.get(f"{QUEUE}?phan=tat-ca").content.decode()
        assert "anh Thợ" in client.get(f"{QUEUE}{case.public_id}/").content.decode()
    client = signed_in(here.front, second_factor=True)
    assert client.post(f"{QUEUE}{case.public_id}/tra-loi/", {"kind": "in_writing", "text": "Đã làm việc với người được nêu.", "signer_name": "Mai Thị Mặt Trận", "signer_office": "Ủy ban MTTQ xã"}).status_code == 302
    assert Entry.objects.filter(kind="opinions.answered_in_writing").get().unit_id is None


def test_nobody_gives_it_to_who_it_concerns(here: Office, case: Opinion) -> None:
    client = signed_in(here.front, second_factor=True)
    form = client.get(f"{QUEUE}{case.public_id}/giao/").content.decode()
    assert f'value="{here.chairman.pk}"' in form and f'value="{here.tho.pk}"' not in form
    assert client.post(f"{QUEUE}{case.public_id}/giao/", {"person": here.tho.pk}).status_code == 422


def test_one_about_the_chairman_is_the_fronts_alone(here: Office) -> None:
    opinion = services.sort(filed(here), topic=topic(), actor=TESTER)
    services.refer_to_officials(opinion, officer=here.chairman, actor=Actor.of(here.duyen))
    assert signed_in(here.chairman, second_factor=True).get(f"{QUEUE}{opinion.public_id}/").status_code == 404
    assert signed_in(here.front, second_factor=True).get(f"{QUEUE}{opinion.public_id}/").status_code == 200


def test_no_page_publishes_it_and_no_table_holds_it_for_those_who_handle_it(here: Office, case: Opinion) -> None:
    client = signed_in(here.chairman, second_factor=True)
    assert client.get(f"{QUEUE}{case.public_id}/ban-cong-khai/").status_code == 404
    assert case.public_id not in client.get(f"{QUEUE}xuat.csv").content.decode()


def test_whoever_refers_it_is_led_away_and_sees_no_more(here: Office) -> None:
    opinion = services.sort(filed(here), topic=topic(), actor=TESTER)
    client = signed_in(here.duyen, second_factor=True)
    response = client.post(f"{QUEUE}{opinion.public_id}/lien-quan-can-bo/", {"words": "cán bộ một cửa"})
    assert response.status_code == 302 and response["Location"] == QUEUE
    assert client.get(f"{QUEUE}{opinion.public_id}/").status_code == 404


def test_what_was_joined_with_it_goes_along(here: Office) -> None:
    main, joined = public(here), filed(here, text="Cán bộ hẹn tới hẹn lui ba lần")
    services.sort(joined, topic=topic(), actor=Actor.of(here.duyen))
    services.assign(joined, person=here.tho, actor=Actor.of(here.duyen))
    services.merge(joined, into=main, actor=Actor.of(here.duyen))
    services.refer_to_officials(main, officer=here.tho, words="anh Thợ", actor=Actor.of(here.duyen))
    for user in (here.tho, here.duyen, superuser(here)):
        assert not policies.visible_to(user).filter(pk__in=[main.pk, joined.pk]).exists()
    assert policies.visible_to(here.chairman).filter(pk__in=[main.pk, joined.pk]).count() == 2
