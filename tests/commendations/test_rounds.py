"""From an open round to its decision: who may nominate whom, doubts, the council, the submission, the signature."""

from __future__ import annotations

import io
from datetime import date, timedelta
from typing import Any

import pytest
from docx import Document

from liengia.audit.models import Entry
from liengia.commendations import doubts, reform, services
from liengia.commendations.forms import DecideForm
from liengia.commendations.models import (
    Certificate,
    Decision,
    MovementList,
    Nomination,
    Procedure,
    RecipientKind,
    Round,
)
from liengia.commendations.services import Counts
from liengia.core.errors import Invalid, Refused
from liengia.organisations import committee_services
from liengia.organisations import services as organisations
from liengia.papers import kinds, ties
from liengia.papers import services as papers
from liengia.papers.models import Issuer, NumberBook, Paper, PaperFile
from liengia.papers.signing import candidates as signing_of
from liengia.units.models import Succession, Unit
from tests.cast import TESTER
from tests.commendations.given import (
    HELD,
    MERIT,
    ON,
    Bureau,
    decided,
    nominated,
    opened,
    pursuit,
    reviewed,
    signing,
    submitted,
)
from tests.people.conftest import signed_in
from tests.texts import pdf_text


def code_of(call: Any) -> tuple[str, str]:
    with pytest.raises((Invalid, Refused)) as refused:
        call()
    return refused.value.detail_code, str(refused.value.data.get("field", ""))


def test_a_round_goes_from_its_list_to_its_decision(scene: Bureau) -> None:
    row = opened(scene)
    nominated(scene, row, "Nguyễn Văn Một", honorific="Ông", birth_year=1960, words="Tổ trưởng tổ liên gia số 3")
    nominated(scene, row, "Hộ ông Trần Văn Hai", kind=RecipientKind.HOUSEHOLD)
    nominated(scene, row, "Tổ liên gia số 3", kind=RecipientKind.COLLECTIVE)
    reviewed(scene, row)
    decision = services.decide(submitted(scene, row), signing(), actor=scene.chairman)
    row.refresh_from_db()
    assert row.state == "decided"
    assert decision.paper.sign == "01/QĐ-UBND" and decision.is_public
    rows = list(decision.certificates.order_by("call_order").values_list("name", "register_number", "amount_vnd"))
    # 2.530.000 × 0,6 · 0,45 · 0,3, rounded up to tens of thousands; collectives are called first.
    assert rows == [("Tổ liên gia số 3", 1, 1_520_000), ("Hộ ông Trần Văn Hai", 2, 1_140_000), ("Ông Nguyễn Văn Một", 3, 760_000)]
    assert len(set(decision.certificates.values_list("code", flat=True))) == 3
    assert not row.nominations.exclude(state="commended").exists()
    text = pdf_text(papers.file_bytes(decision.paper, "pdf"))
    for words in ("CHỦ TỊCH ỦY BAN NHÂN DÂN XÃ CẦN ĐƯỚC", "01 tập thể, 01 hộ gia đình, 01 cá nhân", "0,3 × 2.530.000 = 759.000 đồng, làm tròn lên 10.000: 760.000 đồng", "3.420.000 đồng", "Hộ ông Trần Văn Hai"):
        assert words in text, words
    assert "TM. ỦY BAN" not in text, "the chairman decides, not the committee"
    annex = text.index("ĐƯỢC KHEN THƯỞNG")
    assert text.index("Võ Văn Chủ Tịch") < annex < text.index("Hộ ông Trần Văn Hai"), "the list comes after the signature"
    assert "(Kèm theo Quyết định số 01/QĐ-UBND ngày 03 tháng 8 năm 2026 của Chủ tịch Ủy ban nhân dân xã Cần Đước)" in " ".join(text.split())
    written = Document(io.BytesIO(papers.file_bytes(decision.paper, "docx")))
    order = [element.tag.rpartition("}")[2] + "".join(element.itertext()) for element in written.element.body]
    assert [n for n, words in enumerate(order) if "Võ Văn Chủ Tịch" in words] < [n for n, words in enumerate(order) if "(Kèm theo" in words] < [n for n, words in enumerate(order) if "Hộ ông Trần Văn Hai" in words]
    entry = Entry.objects.get(kind="commendations.decided")
    assert entry.facts["certificates"] == 3 and entry.facts["total_vnd"] == 3_420_000
    minutes = Paper.objects.about_subject(row.subject).get(kind="minutes")
    assert "Đề nghị khen thưởng 3 trong 3" in pdf_text(papers.file_bytes(minutes, "pdf"))


def test_a_decision_asks_for_papers_that_have_no_number_and_names_those_that_have(scene: Bureau) -> None:
    row = opened(scene)
    nominated(scene, row)
    submitted(scene, row)
    assert [one and one.kind for _words, one in services.unnumbered(row)] == ["minutes", "submission"]
    form = DecideForm(row, signing_of([row.authority]))
    assert "is_on_paper" in form.fields and form.fields["proposed_by"].initial == "Công an xã Cần Đước"
    assert code_of(lambda: services.decide(row, signing(is_on_paper=False), actor=scene.chairman)) == ("unnumbered", "is_on_paper")
    for _words, paper in services.unnumbered(row):
        assert paper is not None
        papers.number_paper(paper, on=ON, signers=[("Ông", "Lê Văn Mẫu"), ("Bà", "Trần Thị Mẫu")][: kinds.get(paper.kind).signers], actor=scene.clerk)
    row.refresh_from_db()
    papers.open_book(scene.committee, abbreviation="QĐ", year=ON.year, is_kept_elsewhere=True, actor=TESTER)
    form = DecideForm(Round.objects.get(pk=row.pk), signing_of([row.authority]))
    assert "is_on_paper" not in form.fields and form.fields["number"].required, "another register counts the decisions"
    assert form.fields["proposed_by"].initial == "Công an xã Cần Đước tại Tờ trình số 01/TTr-CAX ngày 03 tháng 8 năm 2026"
    assert services.decide(row, signing(is_on_paper=False, number=64), with_files=False, actor=scene.chairman).paper.number == 64


def test_the_honour_register_goes_on_over_rounds_and_begins_anew_each_year(scene: Bureau) -> None:
    first, second = opened(scene), opened(scene, title="đợt hai")
    for row, name in ((first, "Nguyễn Văn Một"), (second, "Nguyễn Văn Hai")):
        nominated(scene, row, name)
        decided(scene, row)
    assert list(Certificate.objects.order_by("pk").values_list("register_number", flat=True)) == [1, 2]
    assert list(Paper.objects.filter(kind="commendation").order_by("pk").values_list("number", flat=True)) == [1, 2]


@pytest.mark.parametrize(
    ("changes", "code", "field"),
    [
        ({"name": "  "}, "empty", "name"),
        ({"name": "Nguyễn " * 400}, "too_long", "name"),
        ({"name": "1234"}, "no_name", "name"),
        ({"name": "Nguyễn\x00Mẫu"}, "unprintable", "name"),
        ({"merit": ""}, "empty", "merit"),
        ({"merit": "a" * 401}, "too_long", "merit"),
        ({"nominated_by": ""}, "empty", "nominated_by"),
        ({"birth_year": 1066}, "birth_year", "birth_year"),
        ({"birth_year": 2027}, "birth_year", "birth_year"),
        ({"deed_on": date(2026, 8, 11)}, "deed_on", "deed_on"),
        ({"deed_on": date(203, 8, 11)}, "deed_on", "deed_on"),
        ({"kind": RecipientKind.COLLECTIVE, "birth_year": 1960}, "not_a_person", "birth_year"),
    ],
)
def test_what_cannot_be_is_refused_at_its_field(scene: Bureau, changes: dict[str, Any], code: str, field: str) -> None:
    row = opened(scene)
    assert code_of(lambda: nominated(scene, row, **changes)) == (code, field)
    assert not Nomination.objects.exists()


@pytest.mark.parametrize("name", ["Lữ Thị Ngoãn Ễnh Ương Ỵ", "Đặng Thị Ngọc Ẩn", "Ỷ Lan", "K'Brơi", "H'Hen Niê", "Nguyễn Phan Quế-Mai"])
def test_names_with_every_letter_are_taken(scene: Bureau, name: str) -> None:
    import unicodedata

    one = nominated(scene, opened(scene), unicodedata.normalize("NFD", name))
    assert one.name == unicodedata.normalize("NFC", name)


@pytest.mark.parametrize(
    ("first", "second", "is_asked"),
    [
        ({"name": "Nguyễn Văn Hòa", "birth_year": 1969}, {"name": "NGUYỄN VĂN HOÀ", "birth_year": 1969}, True),
        ({"name": "Lý Thị Mỹ"}, {"name": "Lí Thị Mĩ", "birth_year": 1990}, True),
        ({"name": "Trần Văn An"}, {"name": "Ông Trần  Văn An"}, True),
        ({"name": "Nguyễn Văn An", "birth_year": 1969}, {"name": "Nguyễn Văn An", "birth_year": 1985}, False),
        ({"name": "Nguyễn Văn An"}, {"name": "Nguyễn Văn Ân Ái"}, False),
    ],
)
def test_the_same_person_under_two_spellings_is_asked_about(scene: Bureau, first: dict[str, Any], second: dict[str, Any], is_asked: bool) -> None:
    row = opened(scene)
    nominated(scene, row, **first)
    twin = nominated(scene, row, **second)
    assert ([one.code for one in doubts.of_nomination(twin)] == [doubts.TWICE]) is is_asked
    if not is_asked:
        reviewed(scene, row)
        return
    assert code_of(lambda: reviewed(scene, row)) == ("doubts", "")
    for one in row.nominations.all():
        services.answer_doubts(one, answer="Hai người trùng tên, ở hai ấp.", actor=scene.clerk)
    reviewed(scene, row)


def test_the_same_deed_and_a_deed_outside_of_the_period_are_asked_about(scene: Bureau) -> None:
    first = opened(scene)
    nominated(scene, first, deed_on=date(2026, 5, 14))
    decided(scene, first)
    second = opened(scene, title="đợt hai", period_from=date(2026, 6, 1))
    again = nominated(scene, second, deed_on=date(2026, 5, 14), merit="Việc khác hẳn")
    assert [one.code for one in doubts.of_nomination(again)] == [doubts.BEFORE, doubts.PERIOD]
    services.answer_doubts(again, answer="Đã đối chiếu hồ sơ.", actor=scene.clerk)
    assert all(one.is_answered for one in doubts.of_nomination(again))
    services.change_nomination(again, deed_on=date(2026, 7, 1), actor=scene.clerk)
    again.refresh_from_db()
    assert not again.doubts_answer and not doubts.of_nomination(again), "another deed: nothing is asked"
    services.change_nomination(again, merit=MERIT, actor=scene.clerk)
    assert [one.code for one in doubts.of_nomination(again)] == [doubts.BEFORE], "the same words, so the same merit: asked anew"
    third = opened(scene, title="đợt ba")
    last = nominated(scene, third)
    assert [one.code for one in doubts.of_nomination(last)] == [doubts.BEFORE, doubts.ELSEWHERE], "one does not hide the other"
    next_year = opened(scene, title="năm sau", period_from=date(2027, 1, 1), period_to=date(2027, 12, 31))
    assert not doubts.of_nomination(nominated(scene, next_year)), "excellent in another year is another merit"


@pytest.mark.parametrize(
    "merit",
    ["Truy bắt đối tượng Nguyễn Văn A trộm xe", "Cùng công an bắt giữ Trần Văn Trộm đêm 3/7", "Bắt kẻ gian tên Tèo Lé", "Bắt đối tượng N.V.T", "Báo tin để bắt Lê Hoàng Tuấn Kiệt"],
)
def test_no_text_names_who_was_pursued(scene: Bureau, merit: str) -> None:
    row = pursuit(scene)
    assert code_of(lambda: nominated(scene, row, merit=merit)) == ("names_somebody", "merit")
    assert code_of(lambda: nominated(scene, row, report=merit)) == ("names_somebody", "report")
    fine = nominated(scene, row, "Nguyễn Thị Mẫu", merit="Bà Nguyễn Thị Mẫu đã cùng công an truy bắt đối tượng trộm xe trên đường Trần Hưng Đạo, ấp Nguyễn Huệ")
    assert fine.pk


def test_a_proposal_waits_for_the_office(scene: Bureau) -> None:
    row = opened(scene)
    nominated(scene, row)
    proposal = nominated(scene, row, "Trần Văn Đề Cử", is_proposal=True, nominator_kind=RecipientKind.HOUSEHOLD, nominated_by="Hộ bà Lụa")
    assert code_of(lambda: reviewed(scene, row))[0] == "proposals"
    assert code_of(lambda: services.leave_out(proposal, reason=" ", actor=scene.clerk)) == ("no_reason", "reason")
    services.leave_out(proposal, reason="Không thuộc thẩm quyền của xã.", actor=scene.clerk)
    services.accept_nomination(proposal, actor=scene.clerk)
    reviewed(scene, row)
    assert code_of(lambda: nominated(scene, row, "Người Đến Trễ"))[0] == "list_closed"
    services.reopen_round(row, reason="Bổ sung một người.", actor=scene.clerk)
    nominated(scene, row, "Người Đến Trễ")


def test_a_vote_from_outside_the_council_is_refused(scene: Bureau) -> None:
    row = opened(scene)
    one = nominated(scene, row)
    elsewhere = organisations.create_organisation(kind="other", name="Cơ quan khác", unit=scene.here.commune, actor=TESTER)
    late = committee_services.seat_member(committee=scene.council, organisation=elsewhere, office_title="Người vào sau", post="member", valid_from=HELD + timedelta(days=1), actor=TESTER)
    facts: dict[str, Any] = {"committee": scene.council, "held_on": HELD, "place": "Phòng họp", "chair": scene.seats[0], "clerk": scene.seats[1], "is_by_hand": False, "actor": scene.clerk}
    assert code_of(lambda: services.open_session(row, present=[*scene.seats, late], **facts)) == ("outsider", "present")
    assert code_of(lambda: services.open_session(row, present=scene.seats[:2], **facts)) == ("no_quorum", "present")
    assert code_of(lambda: services.open_session(row, present=scene.seats[1:], **facts)) == ("absent_chair", "chair")
    session = services.open_session(row, present=scene.seats[:3], **facts)
    for outsider in (late, scene.seats[4]):
        assert code_of(lambda who=outsider: services.cast_ballot(session, who, {one.pk: "in_favour"}, actor=scene.clerk))[0] == "outsider"
    services.cast_ballot(session, scene.seats[0], {one.pk: "in_favour"}, actor=scene.clerk)
    assert code_of(lambda: services.cast_ballot(session, scene.seats[0], {one.pk: "against"}, actor=scene.clerk))[0] == "voted"
    assert code_of(lambda: services.cast_ballot(session, scene.seats[1], {}, actor=scene.clerk))[0] == "incomplete"
    assert code_of(lambda: services.conclude_session(session, discussion="", begun="", ended="", actor=scene.clerk))[0] == "not_voted"
    assert code_of(lambda: services.count_hands(session, {one.pk: Counts(3)}, actor=scene.clerk))[0] == "by_ballot"
    for seat in scene.seats[1:3]:
        services.cast_ballot(session, seat, {one.pk: "in_favour"}, actor=scene.clerk)
    vote = session.votes.get()
    assert (vote.in_favour, vote.against, vote.other) == (3, 0, 0)
    services.conclude_session(session, discussion="", begun="8 giờ", ended="9 giờ", actor=scene.clerk)
    one.refresh_from_db()
    assert one.state == "listed"


def test_hands_are_counted_of_all_who_were_present_and_the_majority_decides(scene: Bureau) -> None:
    row = opened(scene)
    won, lost = nominated(scene, row, "Nguyễn Văn Được"), nominated(scene, row, "Nguyễn Văn Chưa")
    session = services.open_session(row, committee=scene.council, held_on=HELD, place="Phòng họp", chair=scene.seats[0], clerk=scene.seats[1], present=scene.seats[:4], actor=scene.clerk)
    assert code_of(lambda: services.count_hands(session, {won.pk: Counts(5)}, actor=scene.clerk)) == ("wrong_count", f"votes_{won.pk}")
    assert code_of(lambda: services.count_hands(session, {won.pk: Counts(3)}, actor=scene.clerk))[0] == "wrong_count"
    assert code_of(lambda: services.count_hands(session, {won.pk: Counts(5, -1)}, actor=scene.clerk))[0] == "wrong_count"
    assert code_of(lambda: services.count_hands(session, {0: Counts(4)}, actor=scene.clerk)) == ("unknown_nomination", "votes")
    services.count_hands(session, {won.pk: Counts(3, 1)}, actor=scene.clerk)
    assert code_of(lambda: services.conclude_session(session, discussion="", begun="", ended="", actor=scene.clerk))[0] == "not_counted"
    services.count_hands(session, {lost.pk: Counts(2, 1, 1)}, actor=scene.clerk)
    services.conclude_session(session, discussion="Bàn kỹ.", begun="8 giờ", ended="9 giờ", actor=scene.clerk)
    lost.refresh_from_db()
    assert (lost.state, lost.reason) == ("left_out", "Hội đồng: 2 đồng ý trên 4."), "half is no majority"


def test_while_the_council_votes_its_list_stays_as_it_is(scene: Bureau) -> None:
    row = opened(scene)
    first = nominated(scene, row)
    left = nominated(scene, row, "Trần Văn Để Ngoài")
    services.leave_out(left, reason="Chưa đủ hồ sơ.", actor=scene.clerk)
    session = services.open_session(row, committee=scene.council, held_on=HELD, place="Phòng họp", chair=scene.seats[0], clerk=scene.seats[1], present=scene.seats, actor=scene.clerk)
    for change in (
        lambda: nominated(scene, row, "Người Không Qua Biểu Quyết"),
        lambda: services.accept_nomination(left, actor=scene.clerk),
        lambda: services.change_nomination(first, name="Người Khác Hẳn", actor=scene.clerk),
        lambda: services.withdraw_nomination(first, actor=scene.clerk),
        lambda: services.change_round(row, title="việc khác", actor=scene.clerk),
        lambda: submitted(scene, pursuit_of(row)),
    ):
        assert code_of(change)[0] == "session_open"
    services.count_hands(session, {first.pk: Counts(5)}, actor=scene.clerk)
    services.conclude_session(session, discussion="", begun="8 giờ", ended="9 giờ", actor=scene.clerk)
    decided(scene, row)
    assert list(Certificate.objects.values_list("name", flat=True)) == ["Bà Nguyễn Thị Mẫu"], "who was voted on, and nobody else"


def pursuit_of(row: Round) -> Round:
    """Return a round whose procedure would do without the council."""
    Round.objects.filter(pk=row.pk).update(procedure=Procedure.EXTRAORDINARY)
    return Round.objects.get(pk=row.pk)


def test_only_the_simple_procedure_does_without_a_council(scene: Bureau) -> None:
    row = opened(scene, procedure=Procedure.THEMATIC)
    nominated(scene, row)
    facts: dict[str, Any] = {"proposer": scene.police, "bases": "", "words": "Kính trình.", "signer": ("Trưởng", "A"), "actor": scene.clerk}
    assert code_of(lambda: services.submit_round(row, **facts))[0] == "no_council"
    assert code_of(lambda: opened(scene, movement_list=MovementList.PURSUIT_EXTRAORDINARY)) == ("procedure", "procedure")
    quick = pursuit(scene)
    assert code_of(lambda: services.submit_round(quick, **facts))[0] == "empty_list"
    nominated(scene, quick, "Trần Thị Nhanh", is_police=True)
    paper = services.submit_round(quick, **facts)
    assert "Bà Trần Thị Nhanh" in str(paper.blocks)
    decision = services.decide(quick, signing(), actor=scene.chairman)
    assert not decision.is_public
    assert PaperFile.objects.filter(paper=decision.paper).exists(), "signing keeps the paper's files"


@pytest.mark.parametrize(
    ("changes", "code", "field"),
    [
        ({"on": date(2026, 8, 11)}, "future", "on"),
        ({"on": date(2025, 6, 30)}, "no_authority", "on"),
        ({"on": date(2025, 12, 31)}, "before_period", "on"),
        ({"on": HELD - timedelta(days=1)}, "before_council", "on"),
        ({"signer_name": ""}, "no_signer", "signer_name"),
        ({"number": 7}, "number_out_of_turn", "number"),
    ],
)
def test_nothing_is_saved_of_a_decision_that_is_refused(scene: Bureau, changes: dict[str, Any], code: str, field: str) -> None:
    row = opened(scene)
    nominated(scene, row)
    submitted(scene, row)
    papers_before = Paper.objects.count()
    assert code_of(lambda: services.decide(row, signing(**changes), actor=scene.chairman)) == (code, field)
    row.refresh_from_db()
    assert row.state == "submitted"
    assert not Certificate.objects.exists() and not Decision.objects.exists()
    assert Paper.objects.count() == papers_before


def test_a_number_given_in_another_register_is_not_used_again(scene: Bureau) -> None:
    papers.open_book(scene.committee, abbreviation="QĐ", year=2026, is_kept_elsewhere=True, actor=TESTER)
    first, second = opened(scene), opened(scene, title="đợt hai")
    for row, name in ((first, "Nguyễn Văn Một"), (second, "Nguyễn Văn Hai")):
        nominated(scene, row, name)
        submitted(scene, row)
    assert code_of(lambda: services.decide(first, signing(), actor=scene.chairman)) == ("number_needed", "number")
    services.decide(first, signing(number=64), actor=scene.chairman)
    assert code_of(lambda: services.decide(second, signing(number=64), actor=scene.chairman)) == ("number_taken", "number")
    assert Certificate.objects.count() == 1 and NumberBook.objects.get(abbreviation="QĐ").last == 64
    assert Certificate.objects.get().register_number == 1


def test_only_the_head_of_a_peoples_committee_commends(scene: Bureau) -> None:
    police = organisations.create_organisation(kind="police", name="Công an xã Cần Đước", unit=scene.here.commune, actor=TESTER)
    issuer: Issuer = papers.issuer_of(police, actor=TESTER)
    assert code_of(lambda: opened(scene, authority=issuer)) == ("no_authority", "authority")


def test_revoking_a_decision_revokes_its_paper_and_all_certificates(scene: Bureau) -> None:
    row = opened(scene)
    nominated(scene, row)
    decision = decided(scene, row)
    assert code_of(lambda: services.revoke_decision(decision, reason="", actor=scene.chairman)) == ("no_reason", "reason")
    services.revoke_decision(decision, reason="Hồ sơ không đúng sự thật.", actor=scene.chairman)
    decision.paper.refresh_from_db()
    row.refresh_from_db()
    assert (decision.paper.state, row.state) == ("revoked", "revoked")
    assert set(decision.certificates.values_list("state", flat=True)) == {"revoked"}
    assert code_of(lambda: services.revoke_decision(decision, reason="Lần nữa", actor=scene.chairman))[0] == "transition_refused"


def test_minutes_are_not_revoked_while_a_submission_or_a_decision_rests_on_them(scene: Bureau) -> None:
    row = opened(scene)
    nominated(scene, row)
    reviewed(scene, row)
    first = row.sessions.get()
    assert first.minutes is not None
    papers.number_paper(first.minutes, on=ON, signers=[("Ông", "Lê Văn Mẫu"), ("Bà", "Trần Thị Mẫu")], actor=scene.clerk)
    submitted(scene, row)
    refused = code_of(lambda: papers.revoke_paper(first.minutes, reason="Ghi sai giờ.", actor=scene.clerk))  # type: ignore[arg-type]
    assert refused[0] == "tied"
    first.minutes.refresh_from_db()
    tie = ties.of(first.minutes)
    assert tie is not None and "Mở lại danh sách" in str(tie.words) and tie.url.endswith(f"/dot/{row.public_id}/")
    services.reopen_round(row, reason="Bổ sung.", actor=scene.clerk)
    assert ties.of(first.minutes) is None, "an open list rests on no vote"
    submitted(scene, row)
    last = row.sessions.order_by("pk").last()
    assert last is not None and last.minutes is not None and ties.of(first.minutes) is None, "the list was voted on anew"
    papers.number_paper(last.minutes, on=ON, signers=[("Ông", "Lê Văn Mẫu"), ("Bà", "Trần Thị Mẫu")], actor=scene.clerk)
    last.minutes.refresh_from_db()
    decision = services.decide(row, signing(), with_files=False, actor=scene.chairman)
    tie = ties.of(last.minutes)
    assert tie is not None and decision.paper.sign in str(tie.words) and decision.public_id in tie.url
    page = signed_in(scene.here.chairman, second_factor=True).get(f"/quan-tri/van-ban/{last.minutes.public_id}/").content.decode()
    assert tie.url in page and f"{last.minutes.public_id}/thu-hoi/" not in page, "the page says what rests on it and offers nothing that is refused"
    services.revoke_decision(decision, reason="Sai.", actor=scene.chairman)
    papers.revoke_paper(last.minutes, reason="Ghi sai giờ.", actor=scene.clerk)


def test_the_register_of_papers_revokes_and_discards_nothing_by_which_a_list_goes(scene: Bureau) -> None:
    row = opened(scene)
    nominated(scene, row)
    submitted(scene, row)
    session, chairman, base = row.sessions.get(), signed_in(scene.here.chairman, second_factor=True), "/quan-tri/van-ban/"
    for paper in (row.submission, session.minutes):
        assert paper is not None
        assert f"{paper.public_id}/bo/" not in chairman.get(f"{base}{paper.public_id}/").content.decode()
        assert code_of(lambda paper=paper: papers.discard_draft(paper, actor=scene.chairman))[0] == "tied"  # type: ignore[misc]
    services.reopen_round(row, reason="Bổ sung.", actor=scene.clerk)
    submitted(scene, row)
    session.minutes.delete()  # type: ignore[union-attr]
    papers.issue_paper(row.submission, on=ON, actor=scene.clerk)  # type: ignore[arg-type]
    last = row.sessions.order_by("pk").last()
    assert last is not None and last.pk != session.pk and last.minutes is not None
    papers.number_paper(last.minutes, on=ON, signers=[("Ông", "Lê Văn Mẫu"), ("Bà", "Trần Thị Mẫu")], actor=scene.clerk)
    assert services.unnumbered(Round.objects.get(pk=row.pk)) == [], "minutes of a vote that was taken anew are not asked for"
    papers.revoke_paper(last.minutes, reason="Ghi sai giờ.", by_its_room=True, actor=scene.clerk)
    assert [words for words, _paper in services.unnumbered(Round.objects.get(pk=row.pk))] == [last.minutes.about]
    last.minutes.delete()
    assert [(words, paper) for words, paper in services.unnumbered(Round.objects.get(pk=row.pk))] == [("biên bản họp hội đồng ngày 20/07/2026", None)]
    assert code_of(lambda: services.decide(row, signing(is_on_paper=False), actor=scene.chairman)) == ("unnumbered", "is_on_paper")
    assert "Biên bản họp hội đồng ngày 20/07/2026" in chairman.get(f"/quan-tri/khen-thuong/dot/{row.public_id}/ky/").content.decode()
    Paper.objects.filter(pk=row.submission_id).update(issued_on=ON + timedelta(days=1))
    assert code_of(lambda: services.decide(row, signing(), actor=scene.chairman)) == ("before_submission", "on")
    Paper.objects.filter(pk=row.submission_id).update(issued_on=ON)
    one = row.nominations.get()
    Nomination.objects.filter(pk=one.pk).update(deed_on=ON + timedelta(days=2), doubts_answered=list(doubts.CODES))
    assert code_of(lambda: services.decide(row, signing(), actor=scene.chairman)) == ("before_deed", "on")
    Nomination.objects.filter(pk=one.pk).update(deed_on=None)
    decision = services.decide(row, signing(), with_files=False, actor=scene.chairman)
    papers.keep_issuer(scene.committee, symbol="UBNDX", actor=TESTER)
    assert Paper.objects.get(pk=decision.paper_id).sign == "01/QĐ-UBND", "a paper keeps the symbol that stands on it"
    for paper in (decision.paper, Round.objects.get(pk=row.pk).submission):
        assert paper is not None
        page = chairman.get(f"{base}{paper.public_id}/").content.decode()
        assert f"{paper.public_id}/thu-hoi/" not in page and "Mở trang đó" in page
        assert chairman.post(f"{base}{paper.public_id}/thu-hoi/", {"reason": "Sai."}).status_code == 422
    Paper.objects.filter(pk=decision.paper_id).update(state="revoked", revoked_on=ON, revoked_reason="Sai.")
    services.revoke_decision(decision, reason="Sai.", actor=scene.chairman)
    assert set(decision.certificates.values_list("state", flat=True)) == {"revoked"}, "though its paper was revoked by itself before"
    anew = opened(scene)
    nominated(scene, anew)
    assert doubts.of_round(anew) == {}, "what was revoked is not commended, and so no doubt"


def test_a_reform_breaks_off_the_session_and_takes_the_submission_back(scene: Bureau) -> None:
    voting, proposed = opened(scene), pursuit(scene)
    nominated(scene, voting, merit="Có thành tích cùng ông Lê Văn Tám giữ gìn an ninh trật tự")
    assert code_of(lambda: services.change_round(voting, movement_list=MovementList.PURSUIT_EXCELLENT, actor=scene.clerk)) == ("names_somebody", "movement_list")
    nominated(scene, proposed, merit="Có thành tích đột xuất trong truy bắt đối tượng trộm cắp tài sản")
    type(scene.council).objects.filter(pk=scene.council.pk).update(valid_to=HELD)
    sit = {"committee": scene.council, "held_on": HELD, "place": "", "chair": scene.seats[0], "clerk": scene.seats[1], "present": scene.seats, "actor": scene.clerk}
    assert code_of(lambda: services.open_session(voting, **sit)) == ("no_council_then", "held_on")
    type(scene.council).objects.filter(pk=scene.council.pk).update(valid_to=None)
    session = services.open_session(voting, **sit)
    paper = papers.issue_paper(submitted(scene, proposed).submission, on=ON, actor=scene.clerk)  # type: ignore[arg-type]
    assert reform.move_rounds(scene.here.commune, scene.here.cast.other_commune, on=ON, actor=TESTER) == 2
    assert list(Round.objects.order_by("pk").values_list("unit", "state", "submission")) == [(scene.here.cast.other_commune.pk, "open", None)] * 2
    session.refresh_from_db()
    paper.refresh_from_db()
    assert (session.state, paper.state) == ("broken_off", "revoked")
    assert code_of(lambda: services.conclude_session(session, discussion="", begun="", ended="", actor=scene.clerk))[0] == "transition_refused"
    nominated(scene, Round.objects.get(pk=voting.pk), "Trần Văn Thêm")
    # Nobody decides in the new commune yet; a list that is changed meanwhile does not fall back to the one that ended.
    Unit.objects.filter(pk=scene.here.commune.pk).update(valid_to=date(2026, 8, 5))
    Succession.objects.create(old=scene.here.commune, new=scene.here.cast.other_commune, kind="merge", on=date(2026, 8, 5))
    changed = services.change_round(Round.objects.get(pk=voting.pk), title="phong trào năm 2026", actor=scene.clerk)
    assert changed.unit == scene.here.cast.other_commune


def test_a_round_on_one_list_reads_its_doubts_in_few_queries(scene: Bureau, django_assert_max_num_queries: Any) -> None:
    row = opened(scene)
    for n in range(12):
        nominated(scene, row, f"Người Thứ {'abcdefghijkl'[n].upper()}")
    with django_assert_max_num_queries(3):
        doubts.of_round(row)


def test_signing_takes_the_same_number_of_statements_however_long_the_list(scene: Bureau, django_assert_max_num_queries: Any) -> None:
    row = opened(scene)
    from liengia.core.db import bulk

    rows = [Nomination(round=row, kind="individual", name=f"Người {n}", unit=scene.here.cast.hamlet, merit=MERIT, nominated_by="Ấp", place=n) for n in range(400)]
    for one in rows:
        one.fold()
    bulk.insert(rows)
    reviewed(scene, row)
    submitted(scene, row)
    with django_assert_max_num_queries(70):
        services.decide(row, signing(on=ON), with_files=False, actor=scene.chairman)
    assert Certificate.objects.count() == 400
