"""What Liên Gia refuses to do: each line of docs/ARCHITECTURE.md has a test named after it."""

from __future__ import annotations

import re
from datetime import timedelta
from importlib.metadata import distributions
from typing import Any

import polib
import pytest
from django.db import models

from liengia.core import clock
from tests.structure.tree import PACKAGE, own_models, page


def vietnamese() -> list[str]:
    """Return every text that people read in Vietnamese."""
    texts = []
    for path in PACKAGE.glob("*/locale/vi/LC_MESSAGES/django.po"):
        for entry in polib.pofile(str(path)):
            texts += [entry.msgstr, *entry.msgstr_plural.values()]
    return texts


def field_names() -> set[str]:
    """Return `room.Model.field` of everything that is stored."""
    return {f"{model._meta.label}.{field.name}" for model in own_models() for field in model._meta.concrete_fields}


def names_of(words: str) -> list[str]:
    """Return the stored fields, and the choices of fields, that one of the words names."""
    wanted = re.compile(rf"(^|[_.\s])({words})", re.IGNORECASE)
    found = [name for name in field_names() if wanted.search(name.rpartition(".")[2])]
    for model in own_models():
        for field in model._meta.concrete_fields:
            found += [f"{model._meta.label}.{field.name}={code}" for code, _ in field.choices or () if wanted.search(str(code))]
    return found


def test_every_line_is_tested() -> None:
    lines = re.findall(r"^(\d+)\. ", page("ARCHITECTURE.md").partition("## What it refuses")[2], re.MULTILINE)
    assert [int(line) for line in lines[:10]] == list(range(1, 11))
    tested = {name.split("_")[2] for name in globals() if re.match(r"test_refuses_\d\d_", name)}
    assert tested >= {f"{int(line):02}" for line in lines[:10]}


def test_refuses_01_to_be_a_certified_alarm_or_to_call_114() -> None:
    texts = vietnamese()
    assert any(re.search(r"KHÔNG tự gọi (114|%\(number\)s)", text) for text in texts), "the alarm screen says so"
    claims = re.compile(
        r"(?<!không )(?<!KHÔNG )(tự|tự động) gọi 114|đã gọi 114 cho|(?<!không phải là hệ thống )(được|đã) chứng nhận (là )?(hệ thống )?báo cháy",
        re.IGNORECASE,
    )
    assert not [text for text in texts if claims.search(text) and not re.search(r"không[^.]*gọi 114", text, re.IGNORECASE)]


def test_refuses_02_to_recognise_watch_or_score_people() -> None:
    installed = {(d.metadata["Name"] or "").lower() for d in distributions()}
    assert not installed & {"opencv-python", "opencv-python-headless", "face-recognition", "dlib", "insightface", "deepface"}
    assert not names_of(r"face(s)?($|_)|plate|video|stream_url|watch_?list|blacklist|risk|suspicion|reputation|trust_score|profile")
    about_people = {"people.User", "people.Household", "people.Membership", "alarms.GroupHousehold"}
    scores = [name for name in field_names() if name.rpartition(".")[0] in about_people and re.search("score|rating|points", name)]
    assert not scores


def test_refuses_03_to_store_belief_origin_party_or_papers() -> None:
    words = r"religio|belief|faith|ethnic|politic|party_|partymember|residence|residency|citizen_id|identity_card|id_card|cccd|cmnd|passport"
    assert not [name for name in names_of(words) if not name.startswith("organisations.AgreementParty")]


@pytest.mark.django_db
def test_refuses_06_to_name_a_private_person_in_public_without_their_consent() -> None:
    """Of a decision of the movement only who agreed, of the pursuit nobody at all, on every public page, table, feed, card and search."""
    from django.test import Client

    from liengia.commendations import linked, queries, services
    from liengia.core import search
    from tests.commendations import given

    scene = given.bureau()
    names = ("Nguyễn Thị Đồng Ý", "Trần Văn Im Lặng", "Lê Thị Truy Bắt")
    rows = [given.opened(scene), given.pursuit(scene)]
    agreed, silent = given.nominated(scene, rows[0], names[0]), given.nominated(scene, rows[0], names[1])
    pursuer = given.nominated(scene, rows[1], names[2])
    for one in (agreed, pursuer):
        services.record_consent(one, how="phiếu ký tên", given_on=given.ON, actor=scene.clerk)
    on = {"on": clock.today()}
    decisions = [given.decided(scene, row, **on) for row in rows]
    pages = ["/khen-thuong/", "/khen-thuong/danh-sach.csv", "/khen-thuong/tin.xml", f"/khen-thuong/{decisions[0].public_id}/"]
    said = "".join(Client().get(page).content.decode() for page in pages)
    assert names[0] in said and names[1] not in said and names[2] not in said
    assert Client().get(f"/khen-thuong/{decisions[1].public_id}/").status_code == 404
    assert linked.card(decisions[0].public_id) is not None and linked.card(decisions[1].public_id) is None
    assert not any(search.find(name).hits for name in names), "no person is in the index"
    verdicts = [queries.by_code(one.certificates.get().code) for one in (silent, pursuer)]
    assert [verdict.name for verdict in verdicts if verdict] == [f"Bà {names[1]}", "B. L. T. T. B."]
    services.withdraw_consent(agreed, actor=scene.clerk)
    assert names[0] not in Client().get(pages[3]).content.decode()
    assert not names_of("suspect|offender|perpetrator|culprit|wanted_person")


@pytest.mark.django_db
def test_refuses_07_to_raise_a_mob() -> None:
    texts = vietnamese()
    assert any("Giữ khoảng cách. Không đánh người. Gọi 113" in text for text in texts)
    assert not names_of("suspect|offender|perpetrator|culprit|wanted_person")
    from liengia.alarms.models import EscalationPlan, PlanStep

    beyond = PlanStep.objects.filter(target__icontains="neighbour").exclude(plan__kind="fire")
    assert EscalationPlan.objects.count() == 0 or not beyond.exists(), "only fire reaches other groups"


def test_refuses_09_receipts_of_persons_but_for_alarms_and_drills() -> None:
    receipts = [
        model._meta.label
        for model in own_models()
        if re.search(r"Receipt|Seen|Read(ing)?$|Opened|Delivery|Hearing|Answer$", model.__name__)
        and any(isinstance(field, models.ForeignKey) and field.related_model.__name__ in ("User", "Household") for field in model._meta.concrete_fields)
    ]
    assert set(receipts) <= {"alarms.Answer", "alarms.HearingProof", "broadcast.Delivery"}, receipts
    # A delivery knows its person until it is settled; of a bulletin the database itself refuses one that is and does.
    rules = [rule for model in own_models() if model.__name__ == "Delivery" for rule in model._meta.constraints]
    assert {"a_bulletin_keeps_counts_only", "training_never_goes_out"} <= {rule.name for rule in rules}


def test_refuses_04_to_know_who_an_anonymous_writer_is() -> None:
    """No field for an address, device, account or instant of the writer; tests/opinions compare what is stored."""
    from liengia.opinions.models import HeldPhoto, Opinion, OpinionEvent, Photo, Rating, Reopening

    for model in (Opinion, Photo, HeldPhoto, Rating, Reopening, OpinionEvent):
        keys = {field.name for field in model._meta.concrete_fields if getattr(field.related_model, "__name__", "") == "User"}
        assert keys <= {"entered_by", "user"}, f"{model.__name__} points to accounts by {keys}"
        counting = isinstance(model._meta.pk, models.AutoField) and model is not Reopening
        assert not counting, f"{model.__name__} has keys that count, and so tell an order"
    from liengia.portal.models import ArticleRequest

    keys = {field.name for field in ArticleRequest._meta.concrete_fields if getattr(field.related_model, "__name__", "") == "User"}
    assert keys == {"proposed_by", "decided_by"} and not isinstance(ArticleRequest._meta.pk, models.AutoField)
    assert {c.name for c in Opinion._meta.constraints} >= {"opinion_without_a_name_has_a_day_and_no_instant"}


def test_refuses_05_crime_reports_complaints_and_denunciations() -> None:
    from liengia.opinions.services.defaults import REASONS
    from liengia.opinions.workflow import OPINION

    elsewhere = {code for code, _name, _words, is_elsewhere in REASONS if is_elsewhere}
    assert elsewhere == {"crime_report", "complaint", "denunciation"}
    assert all("move_out" in verbs for state, verbs in OPINION.table.items() if state in ("received", "sorted", "verifying"))
    assert not names_of("crime|denunciation|complaint")


def test_the_words_of_an_opinion_itself_are_never_public() -> None:
    """Line 6, as far as this room goes: what is public stands in one model, and it takes none with an undecided mark (tests/opinions)."""
    from liengia.core.fields import EncryptedTextField
    from liengia.opinions.models import Opinion

    for name in ("text", "place_words", "point", "contact_name", "contact_phone"):
        assert isinstance(Opinion._meta.get_field(name), EncryptedTextField)
    assert not hasattr(Opinion, "objects")
    names = {c.name for c in Opinion._meta.constraints}
    assert "opinion_about_a_private_person_is_never_public" in names


def test_refuses_08_that_who_is_criticised_handles_or_sees_it() -> None:
    """Every verb of the office takes the row by the one function that refuses whom it concerns."""
    import ast

    without = []
    for path in (PACKAGE / "opinions" / "services").glob("*.py"):
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if not isinstance(node, ast.FunctionDef) or node.name.startswith("_") or node.name == "take":
                continue
            arguments = {argument.arg for argument in (*node.args.args, *node.args.kwonlyargs)}
            if {"opinion", "actor"} <= arguments and not any(
                isinstance(call, ast.Call) and ast.unparse(call.func) == "take" for call in ast.walk(node)
            ):
                without.append(f"{path.name}: {node.name}")
    assert not without, without


@pytest.mark.django_db
def test_refuses_10_location_of_anybody_but_the_presser_and_forgets_it() -> None:
    located = {name.rpartition(".")[0] for name in field_names() if re.search(r"\.((lat|lon|position_lat)$|geo)", name)}
    places = {"units.Unit", "people.Household", "organisations.Organisation", "alarms.NeighbourGroup"}
    assert located - places == {"alarms.Press"}, "places stand still; of persons only who presses is located"
    from liengia.opinions.services.retention import POINT_FOR

    assert timedelta(days=30) >= POINT_FOR, "the point of a report expires"
    from liengia.alarms import retention

    assert timedelta(days=1) >= retention.PLACES_FOR


def test_no_address_of_a_visitor_is_stored() -> None:
    """No network address is a field of ours: what is not stored identifies nobody."""
    stored: list[Any] = [
        field for model in own_models() for field in model._meta.concrete_fields if isinstance(field, models.GenericIPAddressField)
    ]
    assert not stored
    assert not names_of("ip_address|remote_addr|user_agent")
