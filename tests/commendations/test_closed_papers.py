"""Papers about a list are read by whom the list's own pages answer; what was voted on is not changed in them."""

from __future__ import annotations

from typing import Any

import pytest

from liengia.commendations import services
from liengia.commendations.models import Round
from liengia.commendations.services import rounds
from liengia.core.errors import Refused
from liengia.papers import chores
from liengia.papers import services as papers
from liengia.papers.models import Paper
from liengia.papers.services import Draft
from liengia.people.models import Role, User
from tests.cast import TESTER
from tests.commendations.given import ON, Bureau, nominated, opened, pursuit, reviewed, signing, submitted
from tests.people.conftest import signed_in

PAPERS = "/quan-tri/van-ban/"
HERO = "Trần Văn Dũng Cảm"


def into(who: User) -> Any:
    return signed_in(who, second_factor=True)


def form_of(page: Any) -> dict[str, Any]:
    """Return what a browser would send back, with its line ends."""
    form = page.context["form"]
    return {name: str(form[name].value() if form[name].value() is not None else "").replace("\n", "\r\n") for name in form.fields}


def chased(scene: Bureau) -> Round:
    """Return a submitted list of the pursuit."""
    row = pursuit(scene)
    nominated(scene, row, HERO, honorific="Ông", merit="Có thành tích đột xuất trong truy bắt đối tượng trộm cắp tài sản")
    return submitted(scene, row)


def test_who_keeps_no_commendations_reads_none_of_their_papers(scene: Bureau) -> None:
    row = chased(scene)
    draft = Paper.objects.get(kind="submission")
    specialist, clerk = into(scene.here.tho), into(scene.here.duyen)
    paths = ("", "sua/", "van-ban.pdf", "van-ban.docx")
    assert [clerk.get(f"{PAPERS}{draft.public_id}/{path}").status_code for path in paths] == [200, 200, 200, 200]
    assert [specialist.get(f"{PAPERS}{draft.public_id}/{path}").status_code for path in paths] == [404, 404, 404, 404]
    assert specialist.post(f"{PAPERS}{draft.public_id}/bo/").status_code == 404
    assert draft.about not in specialist.get(PAPERS).content.decode()
    papers.issue_paper(draft, on=ON, actor=TESTER)
    decision = services.decide(row, signing(), with_files=False, actor=scene.chairman)
    assert [specialist.get(f"{PAPERS}{decision.paper.public_id}/{path}").status_code for path in paths] == [404, 404, 404, 404]


def test_the_register_has_no_gap_and_says_no_more_than_the_number(scene: Bureau) -> None:
    decision = services.decide(chased(scene), signing(), with_files=False, actor=scene.chairman)
    sign, about = decision.paper.sign, decision.paper.about
    shown = into(scene.here.duyen).get(PAPERS).content.decode()
    assert sign in shown and about in shown
    specialist = into(scene.here.tho)
    page = specialist.get(PAPERS).content.decode()
    assert sign in page and about not in page and decision.paper.public_id not in page and "Không hiển thị" in page
    assert sign not in specialist.get(PAPERS, {"q": "truy bat"}).content.decode(), "its title is not found either"
    assert sign in specialist.get(PAPERS, {"q": sign}).content.decode()


def test_the_day_s_work_names_no_draft_that_is_not_read(scene: Bureau) -> None:
    chased(scene)
    role = Role.objects.get(code="specialist")
    role.capabilities = [*role.capabilities, "papers.issue"]
    role.save()
    about = Paper.objects.get(kind="submission").about
    assert any(about in str(one.text) for one in chores.today(scene.here.chairman))
    assert not any(about in str(one.text) for one in chores.today(scene.here.tho))


def test_rows_that_were_submitted_are_not_changed_in_the_paper(scene: Bureau) -> None:
    row = chased(scene)
    paper, clerk = Paper.objects.get(kind="submission"), into(scene.here.duyen)
    page = clerk.get(f"{PAPERS}{paper.public_id}/sua/")
    data = form_of(page)
    assert HERO in data["block_0"]
    for other in (data["block_0"].replace(HERO, "Nguyễn Văn Khác"), ""):
        answer = clerk.post(f"{PAPERS}{paper.public_id}/sua/", {**data, "block_0": other})
        assert answer.status_code == 200 and "hãy mở lại" in answer.content.decode()
        paper.refresh_from_db()
        assert paper.blocks["danh sách"][0][0] == f"Ông {HERO}"
    data["field_2"] = "Kính đề nghị xem xét, quyết định sớm."
    assert clerk.post(f"{PAPERS}{paper.public_id}/sua/", data).status_code == 302
    paper.refresh_from_db()
    assert paper.values["nội dung"] == data["field_2"] and paper.blocks["danh sách"] == rounds.rows_of(row)


def test_a_bar_in_a_merit_is_no_change(scene: Bureau) -> None:
    row = pursuit(scene)
    nominated(scene, row, HERO, merit="Bắt quả tang | giao công an | không sợ nguy hiểm")
    submitted(scene, row)
    paper, clerk = Paper.objects.get(kind="submission"), into(scene.here.duyen)
    assert clerk.post(f"{PAPERS}{paper.public_id}/sua/", form_of(clerk.get(f"{PAPERS}{paper.public_id}/sua/"))).status_code == 302


def test_counted_votes_are_not_changed_in_the_minutes(scene: Bureau) -> None:
    row = opened(scene)
    nominated(scene, row)
    reviewed(scene, row)
    paper = Paper.objects.get(kind="minutes")
    votes = [list(one) for one in paper.blocks["biểu quyết"]]
    said = Draft(kind="minutes", issuer=paper.issuer, about=paper.about, values=paper.values, blocks={"biểu quyết": [[votes[0][0], "1", "4", "0"]]}, subject=paper.subject)
    with pytest.raises(Refused) as refused:
        papers.change_draft(paper, said, actor=scene.clerk)
    assert refused.value.detail_code == "from_records"
    kept = Draft(**{**{name: getattr(said, name) for name in ("kind", "issuer", "about", "subject")}, "values": {**paper.values, "kết luận": "Thống nhất đề nghị khen thưởng."}, "blocks": {"biểu quyết": votes}})
    assert papers.change_draft(paper, kept, actor=scene.clerk).values["kết luận"] == "Thống nhất đề nghị khen thưởng."
