"""A practice as a file: what it holds, what taking it does, and every hostile file that comes to mind."""

from __future__ import annotations

import hashlib
import io
import json
import uuid
import zipfile
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client

from liengia.core.errors import DomainError, Invalid, Refused
from liengia.core.worker import run_once
from liengia.people.models import User
from liengia.practices import portable, services
from liengia.practices.models import Act, ImportFile, Material, Need, Practice, Revision
from liengia.practices.services.transfer import plan_import
from liengia.practices.shipped import described, uuid_of
from tests.cast import TESTER
from tests.practices.given import PDF, Place, picture, running
from tests.practices.test_practices import code


def manifest_of(data: bytes) -> dict[str, Any]:
    """Return what a file says."""
    with zipfile.ZipFile(io.BytesIO(data)) as source:
        found: dict[str, Any] = json.loads(source.read("manifest.json"))
    return found


def packed(manifest: Any, *others: tuple[str, bytes]) -> bytes:
    """Pack a description and further files."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        target.writestr("manifest.json", manifest if isinstance(manifest, bytes) else json.dumps(manifest).encode())
        for name, data in others:
            target.writestr(name, data)
    return out.getvalue()


def moved(data: bytes) -> bytes:
    """Return a file as another installation would give it: other identities, the same files."""
    manifest = manifest_of(data)
    text = json.dumps(manifest)
    for row in manifest["practices"]:
        text = text.replace(row["uuid"], str(uuid.uuid5(uuid.NAMESPACE_URL, row["uuid"])))
    with zipfile.ZipFile(io.BytesIO(data)) as source:
        others = [(name, source.read(name)) for name in source.namelist() if name != "manifest.json"]
    return packed(text.encode(), *others)


def from_elsewhere(scene: Place) -> tuple[bytes, Practice]:
    """Return a file of a replication with materials, its line above, and the practice it was made of."""
    child = running(scene, scene.other)
    services.add_material(child, title="Quy chế", data=PDF, actor=TESTER)
    services.add_material(child, title="Ảnh", data=picture(), actor=TESTER)
    services.add_material(child, title="Chứng cứ", data=picture("blue"), is_evidence=True, actor=TESTER)
    return moved(portable.export(child)), child


def test_a_file_leaps_over_what_is_hidden_in_its_line_and_names_no_origin_that_nobody_may_read(scene: Place) -> None:
    child = running(scene, scene.other)
    grandchild = running(scene, scene.commune, of=child)
    top, middle, own = (str(one.uuid) for one in (scene.practice, child, grandchild))

    def line() -> list[tuple[str, str | None]]:
        return [(row["uuid"], row["parent"]) for row in manifest_of(portable.export(grandchild))["practices"]]

    assert line() == [(top, None), (middle, top), (own, middle)], "the first one first"
    services.hide(child, actor=TESTER)
    assert line() == [(top, None), (own, top)]
    services.hide(scene.practice, actor=TESTER)
    assert line() == [(own, None)]
    alone = moved(portable.export(grandchild))
    taken = services.take_import(alone, actor=TESTER)[0]
    here = Practice.objects.get(uuid=taken.taken.uuid)
    assert (here.replicated_from, here.family) == (None, here.uuid), "its own file goes in; where it comes from nobody is told"


def test_a_file_holds_no_longer_line_than_may_be_taken(scene: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(portable, "MOST_PRACTICES", 2)
    child = running(scene, scene.other)
    grandchild = running(scene, scene.commune, of=child)
    rows = manifest_of(portable.export(grandchild))["practices"]
    assert [row["uuid"] for row in rows] == [str(child.uuid), str(grandchild.uuid)], "the nearest stay"


def test_it_travels_with_its_line_its_files_and_no_evidence(scene: Place) -> None:
    data, child = from_elsewhere(scene)
    planned = services.take_import(data, actor=TESTER)
    assert [one.does for one in planned] == ["new", "new"]
    first, second = (Practice.objects.get(uuid=one.taken.uuid) for one in planned)
    assert (second.replicated_from_id, second.family, second.unit, second.is_public) == (first.pk, first.uuid, None, True)
    assert second.place_words == child.place and second.revisions.get().needs.count() == 2
    assert sorted(second.materials.values_list("title", flat=True)) == ["Quy chế", "Ảnh"]
    replicated = services.replicate(second, scene.commune, changed="", actor=TESTER)
    assert replicated.family == first.uuid


def test_taking_it_twice_doubles_nothing_and_a_newer_one_updates(scene: Place) -> None:
    data, _child = from_elsewhere(scene)
    services.take_import(data, actor=TESTER)
    before = (Practice.objects.count(), Material.objects.count())
    with pytest.raises(Refused) as caught:
        services.take_import(data, actor=TESTER)
    assert code(caught) == "nothing_new"
    manifest = manifest_of(data)
    manifest["practices"][-1]["summary"] = "Câu mới."
    manifest["practices"][-1]["revisions"][0]["needs"] = []
    with zipfile.ZipFile(io.BytesIO(data)) as source:
        newer = packed(manifest, *((name, source.read(name)) for name in source.namelist() if name != "manifest.json"))
    planned = services.take_import(newer, actor=TESTER)
    assert [one.does for one in planned] == ["same", "changed"]
    assert (Practice.objects.count(), Material.objects.count()) == before
    row = Practice.objects.get(uuid=planned[-1].taken.uuid)
    assert row.summary == "Câu mới." and not row.revisions.get().needs.exists()


def test_one_may_be_left_out_and_the_next_above_stands_for_it(scene: Place) -> None:
    grandchild = running(scene, scene.commune, of=running(scene, scene.other))
    data = moved(portable.export(grandchild))
    first, middle, own = (one.uuid for one in portable.read(data))
    planned = services.take_import(data, only=[first, own], actor=TESTER)
    assert [one.does for one in planned] == ["new", "left", "new"]
    taken = Practice.objects.get(uuid=own)
    assert taken.replicated_from is not None and taken.replicated_from.uuid == first and taken.family == first
    assert not Practice.objects.filter(uuid=middle).exists()
    assert [one.does for one in plan_import(portable.read(data))] == ["same", "new", "changed"], "with the middle one its origin is another"
    services.take_import(data, actor=TESTER)
    assert Practice.objects.get(uuid=own).replicated_from == Practice.objects.get(uuid=middle)


def test_leaving_the_first_out_lets_the_next_begin_a_line(scene: Place) -> None:
    data, _child = from_elsewhere(scene)
    first, second = (one.uuid for one in portable.read(data))
    services.take_import(data, only=[second], actor=TESTER)
    row_ = Practice.objects.get(uuid=second)
    assert (row_.replicated_from, row_.family) == (None, second) and not Practice.objects.filter(uuid=first).exists()
    with pytest.raises(Refused) as caught:
        services.take_import(data, only=[], actor=TESTER)
    assert code(caught) == "none_wanted"


def test_a_file_says_from_which_site_it_came_and_what_is_not_taken(scene: Place) -> None:
    assert [one.source for one in portable.read(portable.export(scene.practice))] == [portable.own_site()] != [""]
    assert portable.read(packed(said(row())))[0].source == "", "files of before have none"
    (one,) = portable.read(packed(said(row(office="UBND xã", office_phone="+84900000007", kind="bees"))))
    assert len(one.notes) == 2 and one.facts["kind"] == "other"


def test_what_runs_here_no_file_changes(scene: Place) -> None:
    data = portable.export(scene.practice)
    assert [one.does for one in plan_import(portable.read(data))] == ["here"]
    manifest = manifest_of(data)
    manifest["practices"][0]["name"] = "Đổi tên"
    with pytest.raises(Refused):
        services.take_import(packed(manifest), actor=TESTER)
    assert Practice.objects.get(pk=scene.practice.pk).name == scene.practice.name


def test_the_same_rows_give_the_same_bytes(scene: Place) -> None:
    services.add_material(scene.practice, title="Quy chế", data=PDF, actor=TESTER)
    assert portable.export(scene.practice) == portable.export(Practice.objects.get(pk=scene.practice.pk))


def test_a_shipped_one_travels_too(scene: Place) -> None:
    row = Practice.objects.get(uuid=uuid_of("to-lien-gia"))
    assert [one.does for one in plan_import(portable.read(moved(portable.export(row))))] == ["new"]


# Hostile files


def row(**changes: Any) -> dict[str, Any]:
    """Return a practice as a file describes it."""
    own = str(uuid.uuid4())
    return {
        "uuid": own, "family": own, "parent": None, "name": "Mô hình", "kind": "fire", "summary": "Một câu", "place": "Xã X", "state": "running",
        "started_on": "2024-01-05", "ended_on": None, "end_reason": "",
        "revisions": [{"number": 1, "on": "2024-01-05", "problem": "x", "how": "y", "cost": None, "cost_basis": "once", "needs": []}], **changes,
    }  # fmt: skip


def said(*rows: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """Return a description."""
    return {"format": "liengia-practice", "version": 1, "practices": list(rows), **changes}


def revision(**changes: Any) -> list[dict[str, Any]]:
    """Return the one revision, changed."""
    return [{"number": 1, "on": "2024-01-05", "problem": "x", "how": "y", "cost": None, "cost_basis": "once", "needs": [], **changes}]


A, B = str(uuid.UUID(int=1)), str(uuid.UUID(int=2))
SHA = hashlib.sha256(PDF).hexdigest()
FILE = {"title": "Tệp", "file": f"tep/{SHA}.pdf", "sha256": SHA, "size": len(PDF)}
SVG = b"<svg xmlns='http://www.w3.org/2000/svg'/>"
SVG_SHA = hashlib.sha256(SVG).hexdigest()


def deep() -> bytes:
    return b'{"format": ' + b"[" * 100_000 + b"]" * 100_000 + b"}"


def twice() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as target:
        target.writestr("manifest.json", json.dumps(said(row())))
        with pytest.warns(UserWarning, match="Duplicate name"):
            target.writestr("manifest.json", json.dumps(said(row(name="Khác"))))
    return out.getvalue()


def locked() -> bytes:
    data = bytearray(packed(said(row())))
    data[6] |= 1  # the flag that a part is encrypted, in the part's head and in the directory
    data[data.index(b"PK\x01\x02") + 8] |= 1
    return bytes(data)


def lying() -> bytes:
    """Say in the directory that a bomb is small."""
    data = bytearray(packed(b" " * (3 * 2**20)))
    at = data.index(b"PK\x01\x02")
    data[at + 24 : at + 28] = (100).to_bytes(4, "little")
    return bytes(data)


def rotten(packing: int) -> bytes:
    """Damage what stands inside a part; its directory is whole."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", packing) as target:
        target.writestr("manifest.json", json.dumps(said(row())))
    data = bytearray(out.getvalue())
    begin = 30 + len("manifest.json")
    data[begin + 12 : begin + 24] = b"\xff" * 12
    return bytes(data)


HOSTILE: dict[str, Callable[[], bytes]] = {
    "no zip": lambda: b"PK\x03\x04 not one",
    "empty": lambda: b"",
    "cut": lambda: packed(said(row()))[:-30],
    "rotten": lambda: rotten(zipfile.ZIP_DEFLATED),
    "rotten in another packing": lambda: rotten(zipfile.ZIP_LZMA),
    "rotten in a third": lambda: rotten(zipfile.ZIP_BZIP2),
    "too large": lambda: b"0" * (portable.LARGEST_FILE + 1),
    "bomb": lambda: packed(said(row()), (f"tep/{SHA}.pdf", b"0" * (11 * 2**20))),
    "bomb of a description": lambda: packed(b" " * (3 * 2**20)),
    "lie about a size": lying,
    "many parts": lambda: packed(said(row()), *((f"tep/{number:064x}.pdf", b"") for number in range(121))),
    "path upwards": lambda: packed(said(row()), ("../../etc/passwd", b"x")),
    "path with a root": lambda: packed(said(row()), ("/etc/passwd", b"x")),
    "path of another letter": lambda: packed(said(row()), (f"tep\\{SHA}.pdf", b"x")),
    "program": lambda: packed(said(row()), (f"tep/{SHA}.exe", b"x")),
    "same name twice": twice,
    "locked": locked,
    "deep": lambda: packed(deep()),
    "no json": lambda: packed(b"\xff\xfe"),
    "not a number": lambda: packed(said(row(revisions=revision(cost=float("nan"))))),
    "a list": lambda: packed([1]),
    "other format": lambda: packed(said(row(), format="else")),
    "later version": lambda: packed(said(row(), version=2)),
    "version as true": lambda: packed(said(row(), version="1")),
    "no practice": lambda: packed(said()),
    "too many": lambda: packed(said(*(row() for _ in range(51)))),
    "row is a word": lambda: packed({"format": "liengia-practice", "version": 1, "practices": ["x"]}),
    "long name": lambda: packed(said(row(name="x" * 2_000))),
    "name is a list": lambda: packed(said(row(name=["x"]))),
    "zero byte": lambda: packed(said(row(name="a\x00b"))),
    "writing turned round": lambda: packed(said(row(name="Mô hình \u202egnouT"))),
    "source is a list": lambda: packed(said(row(), source=["x"])),
    "revision to come": lambda: packed(said(row(revisions=revision(on="2999-01-01")))),
    "act to come": lambda: packed(said(row(acts=[{"kind": "praise", "body": "UBND", "on": "2999-01-01", "number": "1"}]))),
    "decision to come": lambda: packed(said(row(decision_on="2999-01-01"))),
    "long need": lambda: packed(said(row(revisions=revision(needs=[{"what": "x" * 2_000, "quantity": 1, "basis": "once"}])))),
    "half a letter": lambda: packed(json.dumps(said(row(name="a\ud800"))).encode()),
    "bad uuid": lambda: packed(said(row(uuid="1; drop table"))),
    "day that is none": lambda: packed(said(row(started_on="2024-02-30"))),
    "day to come": lambda: packed(said(row(started_on="2999-01-01"))),
    "ends before it begins": lambda: packed(said(row(state="ended", ended_on="2023-01-01", end_reason="x"))),
    "ended without reason": lambda: packed(said(row(state="ended", ended_on="2025-01-01"))),
    "runs since never": lambda: packed(said(row(started_on=None))),
    "state": lambda: packed(said(row(state="stalled"))),
    "cost below nothing": lambda: packed(said(row(revisions=revision(cost=-5)))),
    "huge cost": lambda: packed(said(row(revisions=revision(cost=10**30)))),
    "cost is true": lambda: packed(said(row(revisions=revision(cost=True)))),
    "no revision": lambda: packed(said(row(revisions=[]))),
    "a revision twice": lambda: packed(said(row(revisions=revision() * 2))),
    "needs is a word": lambda: packed(said(row(revisions=revision(needs="x")))),
    "twice the same": lambda: packed(said(row(uuid=A, family=A), row(uuid=A, family=A))),
    "two lines": lambda: packed(said(row(), row())),
    "itself": lambda: packed(said(row(uuid=A, family=A, parent=A))),
    "circle": lambda: packed(said(row(uuid=A, family=A, parent=B), row(uuid=B, family=A, parent=A))),
    "altered": lambda: packed(said(row(materials=[FILE])), (f"tep/{SHA}.pdf", PDF + b" ")),
    "missing file": lambda: packed(said(row(materials=[FILE]))),
    "file of nobody": lambda: packed(said(row()), (f"tep/{SHA}.pdf", PDF)),
    "file twice": lambda: packed(said(row(materials=[FILE, FILE])), (f"tep/{SHA}.pdf", PDF)),
    "svg as picture": lambda: packed(
        said(row(materials=[{"title": "x", "file": f"tep/{SVG_SHA}.webp", "sha256": SVG_SHA}])), (f"tep/{SVG_SHA}.webp", SVG)
    ),
    "pdf as picture": lambda: packed(said(row(materials=[{**FILE, "file": f"tep/{SHA}.webp"}])), (f"tep/{SHA}.webp", PDF)),
}  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_is_refused_in_words_and_nothing_is_kept(scene: Place, name: str) -> None:
    def kept() -> list[int]:
        return [one.objects.count() for one in (Practice, Material, Revision, Need, Act, ImportFile)]

    before = kept()
    for work in (services.take_import, services.hold_import):
        with pytest.raises(Invalid) as caught:
            work(HOSTILE[name](), actor=TESTER)
        assert str(caught.value).startswith(("Không nhận được tệp này", "Chỉ nhận", "Tệp này")), str(caught.value)
    assert kept() == before


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("long name", "mục “tên” của một mô hình dài quá 160 ký tự"), ("day to come", "mục “chạy từ ngày” của một mô hình ghi ngày chưa tới"), ("no zip", "ZIP"),
        ("zero byte", "ký tự lạ"), ("writing turned round", "ký tự lạ"), ("altered", "bị sửa"),
    ],
)  # fmt: skip
def test_the_refusal_says_what_is_wrong(name: str, words: str) -> None:
    with pytest.raises(Invalid) as caught:
        portable.read(HOSTILE[name]())
    assert words in str(caught.value)


def test_a_name_with_markup_is_shown_as_letters(scene: Place) -> None:
    name = "<script>alert(1)</script><img src=x onerror=alert(2)>"
    services.take_import(packed(said(row(uuid=A, family=A, name=name, summary=name, place=name))), actor=TESTER)
    made = Practice.objects.get(uuid=A)
    services.replicate(made, scene.commune, changed="", actor=TESTER)
    for path in ("", "lan-toa/", "so-sanh/", "o-day-can-gi/"):
        page = Client().get(f"/mo-hinh/{made.public_id}/{path}").content.decode()
        assert "<script>alert" not in page and "<img src=x" not in page and "&lt;script&gt;alert(1)" in page, path


def test_the_row_of_those_tests_is_itself_taken(scene: Place) -> None:
    services.take_import(packed(said(row(materials=[FILE])), (f"tep/{SHA}.pdf", PDF)), actor=TESTER)


def test_a_circle_with_what_is_here_is_refused(scene: Place) -> None:
    """Elsewhere A; here H came from A; a file says that A came from H."""
    services.take_import(packed(said(row(uuid=A, family=A))), actor=TESTER)
    here = services.replicate(Practice.objects.get(uuid=A), scene.commune, changed="", actor=TESTER)
    with pytest.raises(Invalid) as caught:
        services.take_import(packed(said(row(uuid=A, family=A, parent=str(here.uuid)))), actor=TESTER)
    assert code(caught) == "bad_file"
    with pytest.raises(Invalid) as caught:
        services.take_import(packed(said(row(uuid=B, family=A, parent=str(uuid.uuid4())))), actor=TESTER)
    assert code(caught) == "bad_file", "its origin is missing"
    assert Practice.objects.get(uuid=A).replicated_from_id is None


def test_it_cannot_slip_into_a_line_that_was_set_right_here(scene: Place) -> None:
    services.take_import(packed(said(row(uuid=A, family=A))), actor=TESTER)
    here = services.replicate(Practice.objects.get(uuid=A), scene.commune, changed="", actor=TESTER)
    services.relink(here, None, actor=TESTER)
    services.take_import(packed(said(row(uuid=B, family=A, parent=str(here.uuid)))), actor=TESTER)
    assert Practice.objects.get(uuid=B).family == here.uuid, "the line as it stands here"


def test_a_mobile_number_in_a_file_is_left_out(scene: Place) -> None:
    services.take_import(packed(said(row(uuid=A, family=A, office="UBND xã", office_phone="+84900000007"))), actor=TESTER)
    assert Practice.objects.get(uuid=A).office_phone == ""


def test_what_nobody_took_is_thrown_away_after_a_day(scene: Place, today: datetime) -> None:
    actor = scene.clerk
    services.hold_import(packed(said(row())), actor=actor)
    with pytest.raises(DomainError):
        services.hold_import(HOSTILE["bomb"](), actor=actor)
    assert ImportFile.objects.count() == 1 and User.objects.filter(pk=actor.user_id).exists()
    with time_machine.travel(datetime(2026, 8, 10, 4, tzinfo=UTC) + timedelta(days=1), tick=False):
        assert run_once("practices.retention") == 1
    assert not ImportFile.objects.exists()


# The eight


def test_the_eight_are_there_from_the_start(scene: Place) -> None:
    rows = {one.uuid: one for one in Practice.objects.filter(replicated_from=None)}
    assert len(described()) == 8
    for one in described():
        row_ = rows[uuid_of(one["code"])]
        text = row_.revisions.get()
        assert row_.is_public and row_.started_on and row_.started_on < date(2023, 8, 6)
        assert text.problem and text.how and text.needs.exists()
    helping = rows[uuid_of("nam-luc-luong")]
    assert helping.kind == "helping" and not helping.ties.exists(), "no figure of persons"
    worship = rows[uuid_of("chuc-sac")]
    assert set(worship.ties.values_list("code", flat=True)) == {"organisations.worship", "organisations.agreements", "festivals.pledges"}
