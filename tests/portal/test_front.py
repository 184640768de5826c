"""The public front is whole with and without alarms, shows no running alarm, and leads nowhere dead."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from liengia.core import pagecache
from tests.alarms.console_scene import Desk, desk
from tests.portal.pages_scene import closed

pytestmark = pytest.mark.django_db
PAGES = ("/", "/gioi-thieu/", "/quyen-rieng-tu/", "/tro-nang/")


@pytest.fixture(scope="module")
def lay() -> Callable[[], Desk]:
    return desk


def shown(path: str = "/") -> str:
    answer = Client().get(path)
    assert answer.status_code == 200
    return answer.content.decode()


def test_home_says_whom_to_call_what_to_do_and_counts_with_sources(scene: Desk) -> None:
    page = shown()
    for number in ("113", "114", "115"):
        assert f"tel:{number}" in page
    assert "Không đánh người" in page and "Nguồn: sổ tổ" in page
    about = shown("/gioi-thieu/")
    for anchor in re.findall(r'href="/gioi-thieu/#([a-z-]+)"', page):
        assert f'id="{anchor}"' in about


def test_a_running_alarm_is_not_shown_to_the_public(scene: Desk) -> None:
    before = re.sub(
        r"<time.*?</time>|csrfmiddlewaretoken.*?>|nonce=\S+|server-now\S* content=\S+", "", shown()
    )
    scene.press(9)
    after = re.sub(
        r"<time.*?</time>|csrfmiddlewaretoken.*?>|nonce=\S+|server-now\S* content=\S+", "", shown()
    )
    assert before == after and "Nhà số 9" not in after


def test_one_commune_is_chosen_by_the_address(scene: Desk) -> None:
    assert "Xã Cần Đước, Tỉnh Tây Ninh" in shown("/?xa=28108")
    assert "tel:02723000113" in shown("/?xa=28108")
    assert "tel:02723000113" not in shown("/?xa=28132")
    assert shown("/?xa=nosuch")


@pytest.mark.parametrize("is_off", [False, True])
def test_no_link_of_the_front_is_dead(scene: Desk, settings: Any, is_off: bool) -> None:
    if is_off:
        settings.ROOMS_OFF = ["alarms"]
    client = Client()
    for path in PAGES:
        page = shown(path)
        if is_off:
            assert "chuông cùng reo" not in page and "/nha/" not in page and "/truc/" not in page
        for link in set(re.findall(r'href="(/[^"#?]*)"', page)):
            if not link.startswith("/static/"):
                assert closed(client.get(link)).status_code in (200, 302), (path, link)


def test_the_language_switches_and_leads_back() -> None:
    client = Client()
    answer = client.post("/ngon-ngu/", {"language": "en", "next": "/gioi-thieu/"}, follow=True)
    assert answer.redirect_chain[-1][0] == "/gioi-thieu/" and "What it is not" in answer.content.decode()
    assert (
        client.post("/ngon-ngu/", {"language": "vi", "next": "https://elsewhere.example/"})["Location"] == "/"
    )


def test_without_scripts_the_text_size_is_a_cookie_and_the_page_nobody_elses() -> None:
    client = Client()
    page = client.get("/gioi-thieu/").content.decode()
    assert 'action="/co-chu/"' in page and "data-text=" not in page
    answer = client.post("/co-chu/", {"size": "3", "next": "/gioi-thieu/"})
    assert answer["Location"] == "/gioi-thieu/" and pagecache._asked([(b"cookie", b"co-chu=3")]) is None
    page = client.get("/gioi-thieu/").content.decode()
    assert 'data-text="3"' in page and 'value="3" data-text-to="3" aria-pressed="true"' in page
    for elsewhere in ("https://elsewhere.example/", "abc", "manifest", "//elsewhere.example"):
        assert client.post("/co-chu/", {"size": "2", "next": elsewhere})["Location"] == "/"
    for size in ("1", "9", '"><b>'):
        client.post("/co-chu/", {"size": size, "next": "/"})
        assert "data-text=" not in client.get("/gioi-thieu/").content.decode()


def test_the_front_costs_few_queries(scene: Desk, django_assert_max_num_queries: Any) -> None:
    Client().get("/")
    # Warnings, news, answers, practices and figures are each a few reads, however many there are; the page is then kept for everybody.
    with django_assert_max_num_queries(19):
        Client().get("/")
