"""The decision of commendation as an official paper: its kind, and what fills it from the round's records."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from django.db.models import Q, Value
from django.db.models.functions import Concat
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as told
from django.utils.translation import gettext_lazy as _

from liengia.commendations import placing, policies
from liengia.commendations.capabilities import COUNCIL, DECIDE, KEEP
from liengia.commendations.models import (
    AWARD_WORDS,
    SUBJECT,
    Award,
    CouncilSession,
    Decision,
    Nomination,
    RecipientKind,
    Round,
    RoundState,
    SessionState,
)
from liengia.commendations.money import Reward, money_words
from liengia.core.official_papers import OfficialPaper, Signer, Table, day_words, described
from liengia.papers import readers, ties
from liengia.papers.kinds import Block, Field, PaperKind, register
from liengia.papers.models import Paper, PaperState
from liengia.papers.services import Draft, head_lines, wording_of

WHO: Final = {RecipientKind.COLLECTIVE: "tập thể", RecipientKind.HOUSEHOLD: "hộ gia đình", RecipientKind.INDIVIDUAL: "cá nhân"}
# How a title begins that says what was done, or how, and not yet by whom.
_WHAT: Final = frozenset(["đã", "có", "vì", "trong", "do"])
# How a title begins that says of whom it is, before what was done.
_WHOM: Final = re.compile(r"^(?:(?:các|những) )?(?:(?:tập thể|hộ gia đình|gia đình|hộ|cá nhân)(?:, | và | ))+", re.IGNORECASE)

DECISION: Final = PaperKind(
    "commendation", "Quyết định", "QĐ", purpose=_("commendation, from its round"), is_of_its_head=True,
    fields=(
        Field("người quyết định", _("Who decides."), is_required=True), Field("căn cứ", _("One legal basis a line."), is_long=True),
        Field("đề nghị", _("At whose request.")), Field("hình thức", _("What is given."), is_required=True),
        Field("khen ai", _("Who is commended for what, as article 1 goes on: one by the name, several by their number, with the list."), is_required=True),
        Field("số lượng", _("How many collectives, households, individuals.")), Field("thành tích", _("What it is for.")),
        Field("tiền thưởng", _("How the money is reckoned; one line a kind of recipient."), is_long=True), Field("tổng tiền", _("The whole sum.")),
        Field("thi hành", _("Who carries it out."), is_required=True), Field("người được khen", _("Whom the last article binds: one by the name, several as those on the list."), is_required=True),
    ),
    blocks=(Block("danh sách", _("The list: name | address or unit | achievement | money"), ("Họ tên, tập thể", "Địa chỉ, đơn vị", "Thành tích", "Tiền thưởng"), (7, 7, 9, 5), (3,), is_kept=True, is_counted=True),),
    wording="""# {người quyết định}
? {căn cứ}
? Theo đề nghị của {đề nghị}.
# QUYẾT ĐỊNH:
**Điều 1.** Tặng {hình thức} cho {khen ai}.
**Điều 2.** Tiền thưởng kèm theo:
{tiền thưởng}
? Tổng cộng: {tổng tiền}.
**Điều 3.** {thi hành} và {người được khen} chịu trách nhiệm thi hành Quyết định này. Quyết định có hiệu lực kể từ ngày ký./.
=== DANH SÁCH ĐƯỢC KHEN THƯỞNG
[[danh sách]]
""",
)  # fmt: skip


def register_all() -> None:
    """Register the kind, and what its papers are tied to; called from `AppConfig.ready`."""
    register(DECISION)
    ties.register(_tie_of)
    readers.register(_closed_to)


def _closed_to(user: Any) -> Q:
    """Return the papers of rounds that a user does not read here: they name whom a pursuit's list names nowhere else."""
    keep, council, decide = (policies.units_of(user, capability) for capability in (KEEP, COUNCIL, DECIDE))
    read = Round.objects.filter(Q(unit__in=keep) | Q(unit__in=council) | Q(unit__in=decide)).annotate(key=Concat(Value(SUBJECT), "public_id")).values("key")
    return Q(subject__startswith=SUBJECT) & ~Q(subject__in=read)


def _tie_of(paper: Paper) -> ties.Tie | None:
    """Tell what goes by a paper: a decision by its paper, a round by its submission, a session by minutes that are not issued yet."""
    if paper.state == PaperState.REVOKED:
        return None
    if (decision := Decision.objects.filter(paper=paper).first()) is not None:
        url = reverse("commendations_office_decision", args=[decision.public_id])
        return ties.Tie(_("Certificates and register hold by this decision. It is revoked with all of them, in the decision's own page."), url)
    if (row := Round.objects.filter(submission=paper, state__in=(RoundState.SUBMITTED, RoundState.DECIDED)).first()) is not None:
        url = reverse("commendations_office_round", args=[row.public_id])
        words = _("A list of commendations was submitted by this paper. Open the list again: then it is taken back. One that is decided keeps it.")
        return ties.Tie(words, url, ("danh sách",), _("These rows are the list that was voted on or submitted, and stay as they are. To change them, open the list itself again."))
    session = CouncilSession.objects.filter(minutes=paper).select_related("round__decision__paper").first()
    return None if session is None else _tie_of_minutes(session, paper)


def _tie_of_minutes(session: CouncilSession, paper: Paper) -> ties.Tie | None:
    """Tell what rests on the minutes of a vote: of the last one a submission or a decision; a draft cannot be made again."""
    if paper.state == PaperState.DRAFT:
        url = reverse("commendations_office_session", args=[session.public_id])
        once = _("These are the minutes of the council's session, and they can be drafted but once. Change them and issue them.")
        return ties.Tie(once, url, ("biểu quyết",), _("These are the votes as they were counted in the session, and stay as they are. To vote anew, open the list itself again."))
    row = session.round
    if session.pk != row.sessions.filter(state=SessionState.CONCLUDED).order_by("held_on", "pk").values_list("pk", flat=True).last():
        return None
    url = reverse("commendations_office_round", args=[row.public_id])
    if row.state == RoundState.SUBMITTED:
        return ties.Tie(_("A list of commendations that waits for its decision was voted on by these minutes. Open the list again first: then they can be revoked."), url)
    if row.state == RoundState.DECIDED:
        words = told("Decision %(sign)s and its certificates rest on these minutes. They are revoked after the decision, which has a page of its own.")
        return ties.Tie(words % {"sign": row.decision.paper.sign}, reverse("commendations_office_decision", args=[row.decision.public_id]))
    return None


def head_of(row: Round) -> str:
    """Return who decides, as papers say it: "Chủ tịch Ủy ban nhân dân xã Cần Đước"."""
    return f"Chủ tịch {row.authority.name}"


def proposed_by(row: Round) -> str:
    """Return at whose request it is decided, with number and day once the submission is issued: "Công an xã Cần Đước tại Tờ trình số 05/TTr-CAX ngày …"."""
    paper = row.submission
    if paper is None or paper.issued_on is None:
        return paper.issuer.name if paper is not None else ""
    return f"{paper.issuer.name} tại Tờ trình số {paper.sign} {day_words(paper.issued_on)}"


def how_many(kinds: Sequence[str]) -> str:
    """Return "56 tập thể, 2 hộ gia đình, 320 cá nhân", counted."""
    found = [(kinds.count(kind), word) for kind, word in WHO.items()]
    return ", ".join(f"{count:02d} {word}" for count, word in found if count)


def commended_for(row: Round, kinds: Iterable[str]) -> str:
    """Return whom a paper commends for what, as a phrase: "các hộ gia đình, cá nhân có thành tích …"; a title that says who already stays as it is.

    Source: the usual "Về việc khen thưởng các tập thể, cá nhân có thành tích …"; "khen thưởng có thành tích" is no Vietnamese.
    """
    title = row.title.strip()
    if title.casefold().split(" ", 1)[0] not in _WHAT:
        return title
    counted = Counter(kinds)
    who = ", ".join(word for kind, word in WHO.items() if counted[kind])
    title = f"{title[:1].lower()}{title[1:]}"
    return f"{'các ' if counted.total() > 1 else ''}{who} {title}" if who else title


def _deed(words: str) -> str:
    """Return a deed as a sentence goes on with it, "đã có thành tích …", without whom it is of; nothing where the words tell no deed."""
    rest = _WHOM.sub("", words.strip()).rstrip(" .;")
    first = rest.casefold().split(" ", 1)[0]
    if first not in _WHAT:
        return ""
    rest = f"{rest[:1].lower()}{rest[1:]}"
    return f"đã {rest}" if first == "có" else rest


def inside(one: Nomination) -> str:
    """Return how somebody is called inside a sentence: "ông Lê Văn Tám", "hộ bà Trần Thị Chín"; a collective's name stays as it is."""
    if one.kind == RecipientKind.COLLECTIVE:
        return one.called
    address, _blank, name = one.called.partition(" ")
    return f"{address.lower()} {name}"


def commended_as(row: Round, nominations: Sequence[Nomination], *, listed: str) -> str:
    """Return whom an article commends for what: one by the name, with the own merit; several by their number, `listed` says where they stand.

    Source: the usual "Tặng Bằng khen cho 28 tập thể và 28 cá nhân đã có thành tích … (danh sách kèm theo)"; of one, "cho ông …, đã có thành tích …".
    """
    if len(nominations) == 1:
        one = nominations[0]
        who, what, joint = ", ".join(part for part in (inside(one), placing.printed_place(one.words, one.unit, one.name)) if part), one.merit, ", "
    else:
        who, what, joint = how_many([str(one.kind) for one in nominations]), row.title, " "
    deed = _deed(what)
    said = f"{who}{joint}{deed}" if deed else who
    said += f" {listed}" if listed and len(nominations) > 1 else ""
    return said if deed else f"{said}. Nội dung khen thưởng: {what.strip().rstrip('.')}"


def bound(nominations: Sequence[Nomination]) -> str:
    """Return whom the last article binds: "ông Lê Văn Tám", or "các tập thể, cá nhân có tên trong danh sách"."""
    if len(nominations) == 1:
        return inside(nominations[0])
    kinds = {one.kind for one in nominations}
    return f"các {', '.join(word for kind, word in WHO.items() if kind in kinds)} có tên trong danh sách"


def _whole(words: str) -> str:
    """Keep an amount and its đồng on one line."""
    return words.replace(" đồng", "\u00a0đồng")


def _each(word: str, number: int) -> str:
    return f"Mỗi {word}" if number > 1 else word.capitalize()


def decision_draft(
    row: Round, nominations: Sequence[Nomination], rewards: Mapping[str, Reward], *, bases: str, proposed_by: str, carried_out_by: str, signer: tuple[str, str], recipients: str,
) -> Draft:  # fmt: skip
    """Return the draft of a round's decision, filled from its records; no total is typed. One alone stands in the article, without a list."""
    counted = Counter(str(one.kind) for one in nominations)
    total = sum(rewards[kind].amount_vnd * n for kind, n in counted.items())
    with translation.override("vi"):
        money = [f"- {_each(WHO[RecipientKind(kind)], counted[kind])}: {_whole(reward.formula)}." for kind, reward in rewards.items()]
    head = head_of(row)
    # An office's own wording may still lead to the list, whatever its length.
    is_named = len(nominations) == 1 and "{khen ai}" in wording_of(DECISION, row.authority.unit)[0]
    rows = [[one.called, one.on_paper, one.merit, money_words(rewards[one.kind].amount_vnd)] for one in nominations]
    return Draft(
        kind=DECISION.code, issuer=row.authority, about=f"Về việc khen thưởng {commended_for(row, list(counted.elements()))}"[:300], subject=row.subject, signers=[signer], recipients=recipients,
        values={
            "người quyết định": head.upper(), "căn cứ": bases, "đề nghị": proposed_by, "hình thức": f"{AWARD_WORDS[Award(row.award)]} của {head}",
            "khen ai": commended_as(row, nominations, listed="(có danh sách kèm theo)"), "số lượng": how_many(list(counted.elements())), "thành tích": row.title,
            "tiền thưởng": "\n".join(money), "tổng tiền": _whole(f"{money_words(total)} đồng") if len(nominations) > 1 else "",
            "thi hành": carried_out_by, "người được khen": bound(nominations),
        },
        blocks={"danh sách": [] if is_named else rows},
    )  # fmt: skip


def list_paper(row: Round, nominations: Iterable[Nomination]) -> dict[str, object]:
    """Return a round's list as a paper without a number, for DOCX and PDF; once it is submitted, in the name of who proposes."""
    issuer = row.submission.issuer if row.submission is not None else row.authority
    listed = list(nominations)
    rows = [[str(place), one.called, str(one.birth_year or ""), one.on_paper, one.merit, one.nominated_by] for place, one in enumerate(listed, start=1)]
    header = ["STT", "Họ tên, tập thể", "Năm sinh", "Chức vụ, đơn vị", "Thành tích", "Nơi đề nghị"]
    table = Table(header=header, rows=rows, widths=[3, 8, 4, 8, 12, 6])
    return described(
        OfficialPaper(kind="Danh sách", about=f"Đề nghị khen thưởng {commended_for(row, [one.kind for one in listed])}"[:300], issuer=head_lines(issuer, issuer.unit.commune() or issuer.unit), symbol="", body=[table], signers=[Signer("", "")], superior=issuer.superior)
    )
