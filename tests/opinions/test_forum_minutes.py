"""Minutes are frozen when they are signed; what is corrected later is an addition; promises come back at the next session."""

from __future__ import annotations

import hashlib
import io
from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from docx import Document

from liengia.audit.models import Entry
from liengia.core import clock
from liengia.core.errors import Invalid, Refused
from liengia.core.official_papers import Heading, Table
from liengia.opinions import forum_papers, forum_queries
from liengia.opinions.models import AnswerKind, AppendOnly, ListeningForum, SignedPaper
from liengia.opinions.services import answers, forum_minutes, forum_questions, forums, publication
from liengia.organisations import committee_services
from liengia.organisations.committee_services import Assignment
from liengia.organisations.models import Task
from tests.harness.factor import give_second_factor
from tests.opinions.given import Office
from tests.opinions.test_forum import PIPE, SIGNED, again, by, live, queued


def signed(here: Office) -> ListeningForum:
    """Hold a session with one question answered in the hall and one promised in writing, and sign its minutes."""
    forum = live(here)
    forum_questions.answer_now(queued(here, forum), text="Tối mai đèn sáng lại.", actor=by(here), **SIGNED)
    forum_questions.promise(queued(here, forum, PIPE), actor=by(here))
    forum = forums.close_forum(forum, attendance=60, actor=by(here))
    forums.change_forum(forum, actor=by(here), chair_name="Đặng Văn Trưởng", clerk_name="Mai Thị Thư")
    return forum_minutes.sign_minutes(forum, signed_on=forum.day, number=7, actor=by(here))


def address(forum: ListeningForum, version: int, kind: str) -> str:
    """Return where a signed paper is served."""
    return f"/dien-dan/{forum.public_id}/bien-ban-{version}.{kind}"


def words_of(docx: bytes) -> str:
    """Return the words of a DOCX, its tables too."""
    document = Document(io.BytesIO(docx))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return "\n".join([one.text for one in document.paragraphs] + cells)


def test_what_was_signed_is_served_byte_for_byte_whatever_changes(here: Office, client: Client) -> None:
    forum = signed(here)
    before = {kind: client.get(address(forum, 1, kind)).content for kind in ("pdf", "docx")}
    assert before["pdf"].startswith(b"%PDF-") and "trước hết ngày" in words_of(before["docx"])
    asked = forum.questions.get(state="in_writing")
    answers.answer(again(asked).opinion, kind=AnswerKind.IN_WRITING, text="Đã nạo vét cống.", actor=by(here), **SIGNED)
    answers.publish(again(asked).opinion, actor=by(here))
    publication.publish_text(again(asked).opinion, title="Cống chợ", text="Cống nghẹt (bản khác)", actor=by(here))
    ListeningForum.objects.filter(pk=forum.pk).update(title="Tên khác", attendance=1)
    fresh = ListeningForum.objects.get(pk=forum.pk)
    assert forum_papers.minutes(fresh) != forum_papers.minutes(forum), "the record says something else by now"
    assert "Đã nạo vét cống." in client.get(f"/dien-dan/{forum.public_id}/").content.decode()
    for kind, data in before.items():
        assert client.get(address(forum, 1, kind)).content == data
    assert client.get(f"/dien-dan/{forum.public_id}/bien-ban.pdf").content == before["pdf"]
    client.force_login(here.duyen)
    give_second_factor(client, here.duyen)
    assert client.get(f"/dien-dan/{forum.public_id}/ban-thu-ky/bien-ban.docx").content == before["docx"], "the desk's too"


def test_the_head_names_what_stands_above_the_host_and_never_the_commune_above_its_police(here: Office) -> None:
    forum = signed(here)
    police = forum.hosts.get(kind="police")
    paper = forum_papers.minutes(forum)
    assert (paper.superior, paper.issuer) == (f"Công an tỉnh {here.cast.province.name}", police.name)
    forum.hosts.remove(police)
    assert forum_papers.minutes(forum).superior == f"Ủy ban Mặt trận Tổ quốc Việt Nam\ntỉnh {here.cast.province.name}"
    forum.hosts.clear()
    alone = forum_papers.minutes(forum)
    assert (alone.superior, alone.issuer) == ("", f"Ủy ban nhân dân\n{here.commune.full_name}")


def test_the_audit_log_knows_the_fingerprint(here: Office) -> None:
    forum = signed(here)
    entry = Entry.objects.get(kind="opinions.forum_signed")
    kept = SignedPaper.objects.get(forum=forum)
    assert entry.facts["pdf_sha256"] == kept.pdf_sha256 == hashlib.sha256(bytes(kept.pdf)).hexdigest()
    assert entry.facts["docx_sha256"] == hashlib.sha256(bytes(kept.docx)).hexdigest()
    with pytest.raises(AppendOnly):
        kept.save()


def test_bytes_that_are_not_those_signed_are_not_served(here: Office, client: Client) -> None:
    forum = signed(here)
    SignedPaper.objects.filter(forum=forum).update(pdf=b"%PDF-1.7 something else")
    assert client.get(address(forum, 1, "pdf")).status_code == 409
    assert client.get(address(forum, 1, "docx")).status_code == 200
    for path in (address(forum, 2, "pdf"), f"/dien-dan/{forum.public_id}/bien-ban-1.exe", f"/dien-dan/{forum.public_id}/bien-ban-0.pdf"):
        assert client.get(path).status_code == 404


def test_a_correction_is_an_addition_that_everybody_sees(here: Office, client: Client) -> None:
    forum = signed(here)
    first = client.get(address(forum, 1, "pdf")).content
    for wrong, facts in (("", {}), ("Đếm sót.", {"title": "x"})):
        with pytest.raises(Invalid):
            forum_minutes.amend_minutes(forum, words=wrong, signed_on=clock.today(), actor=by(here), **facts)
    with pytest.raises(Invalid):
        forum_minutes.amend_minutes(forum, words="Đếm sót.", signed_on=forum.day - timedelta(days=1), actor=by(here))
    client.force_login(here.duyen)
    give_second_factor(client, here.duyen)
    posted = client.post(
        f"/dien-dan/{forum.public_id}/ban-thu-ky/lam/",
        {
            "do": "amend", "words": "Đếm sót một dãy ghế.", "signed_on": f"{clock.today():%Y-%m-%d}", "attendance": "66", "place": forum.place,
            "chair_name": "Đặng Văn Trưởng", "chair_office": "", "clerk_name": "Mai Thị Thư",
        },
    )  # fmt: skip
    assert posted.status_code == 302, posted.content.decode()[:500]
    client.logout()
    page = client.get(f"/dien-dan/{forum.public_id}/").content.decode()
    assert "Đếm sót một dãy ghế." in page and "66 người dự" in page
    assert client.get(address(forum, 1, "pdf")).content == first, "the minutes stay as they were signed"
    words = words_of(client.get(address(forum, 2, "docx")).content)
    assert all(one in words for one in ("số 07/BB-DĐ", "Số người dự", "60", "66", "Đếm sót một dãy ghế."))
    entry = Entry.objects.get(kind="opinions.forum_amended")
    assert entry.facts["fields"] == ["attendance"] and entry.facts["version"] == 2
    forum.refresh_from_db()
    assert (forum.attendance, forum.state, forum.signed_on) == (66, "signed", forum.day)


def test_nobody_signs_what_changed_meanwhile(here: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    forum = live(here)
    queued(here, forum)
    forum = forums.close_forum(forum, attendance=60, actor=by(here))
    forum = forums.change_forum(forum, actor=by(here), chair_name="Đặng Văn Trưởng", clerk_name="Mai Thị Thư")
    real = forum_minutes._made

    def meanwhile(*args: object, **facts: object) -> SignedPaper:
        made = real(*args, **facts)  # type: ignore[arg-type]
        forums.change_forum(forum, actor=by(here), attendance=61)
        return made

    monkeypatch.setattr(forum_minutes, "_made", meanwhile)
    with pytest.raises(Refused) as caught:
        forum_minutes.sign_minutes(forum, signed_on=forum.day, actor=by(here))
    assert caught.value.detail_code == "changed" and not SignedPaper.objects.exists()
    assert ListeningForum.objects.get(pk=forum.pk).state == "closed"


def next_session(here: Office, after: ListeningForum, **facts: object) -> ListeningForum:
    """Plan and open another session of the same unit, three weeks later."""
    forum = forums.plan_forum(
        unit=facts.pop("unit", after.unit), title="Lần sau", place="Nhà văn hóa", starts_at=after.starts_at + timedelta(days=21),
        hosts=after.hosts.all(), actor=by(here), committee=after.committee,
    )  # fmt: skip
    return forums.open_forum(forum, actor=by(here))


def test_a_conclusion_is_a_task_that_comes_back_first_at_the_units_next_session(here: Office, client: Client) -> None:
    forum = live(here)
    assert forum.committee is not None
    seat = forum.committee.members.get()
    today = clock.today()
    names = ("Thay 3 bóng đèn hẻm 14", "Nạo vét cống chợ", "Thêm ca tuần tra", "Sơn lại vạch qua đường")
    tasks = [Assignment(what, seat, today + timedelta(days=days)) for what, days in zip(names, (5, 7, 10, 60), strict=True)]
    forums.conclude(forum, text="Làm ngay mấy việc bà con nói.", tasks=tasks, actor=by(here))
    kept, slow, late, later = (Task.objects.get(what=name) for name in names)
    assert (kept.owner, kept.due_on) == (seat, today + timedelta(days=5))
    forums.close_forum(forum, attendance=60, actor=by(here))
    committee_services.finish_task(kept, result="Đã thay, có sổ.", actor=by(here))
    other = next_session(here, forum, unit=here.cast.other_commune)
    with time_machine.travel(clock.now() + timedelta(days=20), tick=False):
        committee_services.finish_task(slow, result="Vét xong, trễ vì mưa.", actor=by(here))
        committee_services.postpone_task(later, due_on=today + timedelta(days=90), reason="Chờ sơn.", actor=by(here))
        moved = f"xin dời; hẹn lần đầu là {today + timedelta(days=60):%d/%m/%Y}"
        following = next_session(here, forum)
        rows = {task.what: forum_queries.promise_words(task)[1] for task in forum_queries.earlier_promises(following)}
        assert rows == {names[0]: "đã giữ lời", names[1]: "đã làm, trễ 13 ngày", names[2]: "trễ 10 ngày", names[3]: moved}
        assert forum_queries.earlier_promises(other) == []
        page = client.get(f"/dien-dan/{following.public_id}/").content.decode()
        assert page.index(names[0]) < page.index('id="h-hoi"') and page.index('id="h-hua"') < page.index('id="h-hoi"')
        wall = client.get(f"/dien-dan/{following.public_id}/man-hinh/phan/").content.decode()
        assert names[0] in wall and "trễ 13 ngày" in wall, "on the wall while nobody has the floor"
        client.force_login(here.duyen)
        give_second_factor(client, here.duyen)
        desk = client.get(f"/dien-dan/{following.public_id}/ban-thu-ky/").content.decode()
        assert desk.index(late.what) < desk.index('id="h-hang"'), "before the queue"
        forum_body = forum_papers.minutes(ListeningForum.objects.get(pk=following.pk)).body
        heads = [piece.text for piece in forum_body if isinstance(piece, Heading)]
        table = next(piece for piece in forum_body if isinstance(piece, Table))
        assert heads[0] == "I. Việc đã hứa ở diễn đàn trước" and [row[1] for row in table.rows] == list(names)


def test_what_is_done_is_said_once_and_what_is_open_until_it_is_done(here: Office) -> None:
    forum = live(here)
    assert forum.committee is not None
    seat = forum.committee.members.get()
    due = clock.today() + timedelta(days=3)
    tasks = [Assignment("Thay bóng đèn", seat, due), Assignment("Nạo vét cống", seat, due)]
    forums.conclude(forum, text="Hai việc.", tasks=tasks, actor=by(here))
    forums.close_forum(forum, attendance=60, actor=by(here))
    committee_services.finish_task(Task.objects.get(what="Thay bóng đèn"), result="Xong.", actor=by(here))
    second = forums.begin_forum(next_session(here, forum), actor=by(here))
    forums.conclude(second, text="Một việc.", tasks=[Assignment("Đắp bờ", seat, due + timedelta(days=30))], actor=by(here))
    forums.close_forum(second, attendance=60, actor=by(here))
    third = next_session(here, second)
    assert [task.what for task in forum_queries.earlier_promises(third)] == ["Nạo vét cống", "Đắp bờ"]
