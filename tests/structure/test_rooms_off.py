"""With a room off, no page that anybody reaches leads to one that is not there, and no menu names it."""

from __future__ import annotations

import re
from collections import deque
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urljoin, urlsplit

import pytest
from django.test import Client

from liengia.alarms import services as alarms
from liengia.alarms.models import NeighbourGroup
from liengia.core import checks, clock
from liengia.people.models import Membership, User
from liengia.people.services import assign_role
from liengia.units.services import switch_room
from tests import factories
from tests.cast import TESTER, Cast, assemble
from tests.harness.factor import give_second_factor

pytestmark = pytest.mark.django_db
MOST_PAGES = 150
# Leaving, and what is no page: files, the device's own feeds.
NOT_FOLLOWED = re.compile(r"^/(static|media|ngon-ngu|co-chu)/|dang-xuat|logout|/sprite|\.(svg|css|js|png|webmanifest|pdf|xlsx|zip)$|csv|export=")
# Wagtail's admin is walked at its first pages only; the rest is Wagtail's own and knows nothing of our rooms.
SHALLOW = re.compile(r"^/quan-tri/(pages|images|documents|reports|sites|users|groups|redirects|workflows|tasks|snippets|forms|collections|choose|help|account|locales|jsi18n|locked|search)")


class Links(HTMLParser):
    """Collects where a page leads by a plain request."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note links, fragments that load themselves, and forms that ask."""
        values = {name: value or "" for name, value in attrs}
        if tag == "a" and values.get("href"):
            self.found.append(values["href"])
        if values.get("hx-get"):
            self.found.append(values["hx-get"])
        if tag == "form" and values.get("method", "get").lower() == "get" and values.get("action"):
            self.found.append(values["action"])


def walk(client: Client, starts: list[str]) -> tuple[list[str], int]:
    """Follow every link of the site; return the dead ones with the page they stand on, and how many were read."""
    seen: set[str] = set()
    waiting = deque((start, "(typed)") for start in starts)
    dead: list[str] = []
    read = 0
    while waiting and read < MOST_PAGES:
        address, on = waiting.popleft()
        path = urlsplit(address).path
        if address in seen or NOT_FOLLOWED.search(address):
            continue
        seen.add(address)
        response = client.get(address)
        read += 1
        if response.status_code >= 400 and on != "(typed)":
            dead.append(f"{response.status_code} {address} on {on}")
        if on == "(typed)" or not SHALLOW.match(path):
            waiting.extend((urljoin(address, link), address) for link in leads_to(response))
    return dead, read


def leads_to(response: Any) -> list[str]:
    """Return the addresses of this site to which an answer leads."""
    links = Links()
    if response.status_code in (301, 302):
        links.found = [response["Location"]]
    elif response.status_code == 200 and response.get("Content-Type", "").startswith("text/html") and not response.streaming:
        links.feed(response.content.decode())
    found = [link.partition("#")[0] for link in links.found]
    return [link for link in found if link and not urlsplit(link).scheme and not urlsplit(link).netloc]


@pytest.fixture
def cast() -> Cast:
    """Return the cast."""
    return assemble()


def signed_in(user: User | None) -> Client:
    """Return a browser of somebody who has shown a second factor, or of nobody."""
    client = Client(raise_request_exception=True)
    if user is not None:
        client.force_login(user, backend="liengia.people.backends.PhoneBackend")
        give_second_factor(client, user)
    return client


# Alarms have pages of their own for everybody; of other rooms the public, an officer and the office see all that there is.
READERS = {"alarms": ("nobody", "lua", "moc_mien", "huynh", "truc", "quan", "khach")}
FEW = ("nobody", "truc", "quan")


@pytest.mark.parametrize(("room", "who"), [(room, who) for room in checks.OPTIONAL_ROOMS for who in READERS.get(room, FEW)])
def test_no_page_leads_to_a_room_that_is_off(cast: Cast, settings: Any, room: str, who: str) -> None:
    settings.ROOMS_OFF = [room]
    client = signed_in(getattr(cast, who, None))
    dead, read = walk(client, ["/", "/nha/", "/truc/", "/quan-tri/", "/truong-nhom/", "/viec-hom-nay/", "/dang-nhap/"])
    assert not dead, "\n".join(dead)
    assert read > 5


STARTS = ["/", "/nha/", "/nha/to/truong/", "/nha/nhap/", "/nha/hom-nay/", "/nha/ho/", "/truc/", "/truc/lich/", "/quan-tri/", "/tai-khoan/"]
EVERYBODY = ["nobody", "lua", "moc_mien", "huynh", "truc", "quan", "khach", "root"]


@pytest.fixture
def group(cast: Cast) -> NeighbourGroup:
    """Return a group of both houses in the cast's commune, led by Mộc Miên."""
    made = alarms.create_group(cast.hamlet, name="Tổ liên gia số 3", number=3, leader=cast.moc_mien, actor=TESTER)
    for seat, house in enumerate((cast.house_1, cast.house_9), start=1):
        alarms.add_household(made, household=house, seat=seat, actor=TESTER)
    return made


def reader(cast: Cast, who: str) -> User | None:
    """Return one of the cast, or an administrator of the installation."""
    return User.objects.create_superuser("root", password=None) if who == "root" else getattr(cast, who, None)


@pytest.mark.parametrize("who", EVERYBODY)
def test_no_page_leads_nowhere(cast: Cast, group: NeighbourGroup, who: str) -> None:
    dead, read = walk(signed_in(reader(cast, who)), STARTS)
    assert not dead, "\n".join(dead)
    assert read > 5


@pytest.mark.parametrize("who", EVERYBODY)
def test_no_page_leads_to_a_room_that_the_readers_commune_keeps_off(cast: Cast, group: NeighbourGroup, who: str) -> None:
    switch_room(unit=cast.commune, room="alarms", is_on=False, actor=TESTER)
    client = signed_in(reader(cast, who))
    dead, read = walk(client, STARTS)
    assert not dead, "\n".join(dead)
    assert read > 5
    if who not in ("nobody", "khach", "root"):
        for address in ("/nha/", "/nha/to/truong/", f"/nha/to/{group.public_id}/", "/truc/", "/song/"):
            assert client.get(address).status_code == 404, address
        for page in ("/", "/tai-khoan/", "/quan-tri/"):
            text = client.get(page).content.decode()
            assert not re.search(r'(href|hx-get|action)="(/nha/(?!ho/|thong-bao/)|/truc/(?!lich/)|/song/)', text), page


def test_another_communes_people_are_untouched(cast: Cast, group: NeighbourGroup) -> None:
    switch_room(unit=cast.commune, room="alarms", is_on=False, actor=TESTER)
    hamlet = factories.unit("28114-01", "Ấp 1", "hamlet", parent=cast.other_commune)
    there = factories.user("ban", "Người Bên Cạnh", factories.household(hamlet, 1, "Người Bên Cạnh"))
    officer = factories.user("truc-ben", "Trực Bên Cạnh", is_staff=True)
    assign_role(officer, "duty_officer", cast.other_commune, actor=TESTER)
    assert signed_in(there).get("/nha/").status_code == 200
    assert signed_in(officer).get("/truc/").status_code == 200
    # Who lives here and works there has the room, but nothing of the commune that keeps it off.
    Membership.objects.create(user=officer, household=cast.house_9, confirmed_at=clock.now())
    both = signed_in(officer)
    assert both.get("/truc/").status_code == 200
    assert group.name not in both.get("/nha/").content.decode()


def test_who_works_above_communes_sees_only_those_that_keep_the_room(cast: Cast, group: NeighbourGroup) -> None:
    head = factories.user("tinh", "Người Của Tỉnh", is_staff=True)
    assign_role(head, "area_admin", cast.province, actor=TESTER)
    client = signed_in(head)
    address = f"/nha/to/{group.public_id}/"
    assert client.get(address).status_code == 200
    assert group.name in client.get("/quan-tri/neighbourgroup/").content.decode()
    switch_room(unit=cast.commune, room="alarms", is_on=False, actor=TESTER)
    assert client.get(address).status_code == 404
    assert group.name not in client.get("/quan-tri/neighbourgroup/").content.decode()
    switch_room(unit=cast.commune, room="alarms", is_on=True, actor=TESTER)
    assert client.get(address).status_code == 200


def test_pages_of_the_room_are_absent(cast: Cast, settings: Any) -> None:
    settings.ROOMS_OFF = ["alarms"]
    client = Client()
    client.force_login(cast.lua, backend="liengia.people.backends.PhoneBackend")
    for address in ("/nha/bao-dong/", "/truc/", "/song/"):
        assert client.get(address).status_code in (302, 404)


# What the back office lists of each room.
LISTS = {
    "commendations": ("/quan-tri/khen-thuong/", "/quan-tri/khen-thuong/so-vang/"),
    "organisations": ("/quan-tri/to-chuc/", "/quan-tri/ban/"),
    "alarms": ("/quan-tri/incident/", "/quan-tri/bao-dong/phuong-an/"),
    "festivals": ("/quan-tri/ngay-hoi/",),
    "opinions": ("/quan-tri/gop-y/",),
    "comments": ("/quan-tri/y-kien/",),
    "broadcast": ("/quan-tri/ban-tin/", "/quan-tri/ban-tin/bai-soan-san/"),
    "reports": ("/quan-tri/bao-cao/",),
    "practices": ("/quan-tri/mo-hinh/",),
}


@pytest.mark.parametrize("room", checks.OPTIONAL_ROOMS)
def test_the_back_office_forgets_a_room_that_is_off(cast: Cast, settings: Any, room: str) -> None:
    User.objects.filter(pk=cast.quan.pk).update(is_superuser=True)
    client = signed_in(cast.quan)
    menu = client.get("/quan-tri/").content.decode()
    for address in LISTS[room]:
        assert address in menu
        assert client.get(address).status_code == 200
    settings.ROOMS_OFF = [room]
    menu = client.get("/quan-tri/").content.decode()
    for address in LISTS[room]:
        assert address not in menu
        assert client.get(address).status_code == 404


@pytest.mark.parametrize("wrong", ["people", "alarm"])
def test_a_room_on_which_others_stand_cannot_be_off(settings: Any, wrong: str) -> None:
    settings.ROOMS_OFF = ["alarms", wrong]
    (found,) = checks.rooms(None)
    assert wrong in found.msg
    assert "alarms" not in found.msg.partition("off:")[2].replace(wrong, "")
