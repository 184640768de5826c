"""The demonstration's opinions: invented, over several communes, in every state, some of them late."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Final, NamedTuple

from django.db.models import F
from django.utils.timezone import get_current_timezone

from liengia.core import clock
from liengia.core.actor import Actor
from liengia.opinions import codes, demo_pictures, services
from liengia.opinions.models import (
    AnswerKind,
    EvidenceKind,
    Kind,
    Opinion,
    OpinionEvent,
    PublicText,
    RefusalReason,
    Topic,
)
from liengia.opinions.services import Draft
from liengia.organisations.models import Organisation
from liengia.people.models import RoleAssignment, User
from liengia.units.models import Level, Unit

ACTOR: Final = Actor.system("demo")
COMMUNES: Final = 3
# Of the one that is answered by its code alone; told in docs/areas/opinions.md, so that everybody can try it.
CODE: Final = "HKRT-HKRT-2345-CFHJ-KLMN-6789"
OFFICER: Final = "chuyenvien"
_PDF: Final = b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"


class Story(NamedTuple):
    """One invented opinion: what happened, how many days ago, and how far it has come."""

    topic: str
    kind: str
    title: str
    text: str
    place: str
    days_ago: int
    ends: str
    answer: str = ""


STORIES: Final = (
    Story("lighting", Kind.REPORT, "Đèn đường tắt một tuần, cua gần miếu tối thui", "Đèn đường tắt một tuần nay, đoạn cua gần miếu tối thui, hôm qua có người té xe. Mong xã cho người coi giùm.", "Cua miếu", 12, "closed", "Tổ điện đã thay bóng và chấn lưu, đèn sáng lại. Bà con thấy tắt nữa thì báo trực ban xã."),
    Story("drainage", Kind.REPORT, "Cống ngang lộ nghẹt, mưa là nước vô nhà", "Cống ngang lộ trước trường mẫu giáo nghẹt ba tuần rồi. Chiều nào mưa lớn nước tràn qua lộ, ngập cỡ hai tấc, con nít đi học phải lội.", "Trước trường mẫu giáo", 9, "following_up", "Xã đã xem tại chỗ: miệng cống bị rễ cây lấp quá nửa, một nắp bể. Đội hạ tầng vét cống và thay nắp trong tuần tới; trong lúc chờ có rào và đèn."),
    Story("noise", Kind.REPORT, "Loa kéo hát tới khuya, con nít không ngủ được", "Tối nào cũng có loa kéo hát karaoke tới mười một giờ, người già con nít không ngủ được. Nói hoài không nghe.", "Xóm sau chợ", 20, "closed", "Xã và ấp đã tới nhắc, hộ mở loa cam kết tắt trước hai mươi mốt giờ ba mươi. Đã kiểm lại ba tối liền, không còn tiếng loa sau giờ này."),
    Story("roads", Kind.RECOMMENDATION, "Xin vá mấy ổ gà trên lộ liên ấp", "Lộ liên ấp có mấy ổ gà sâu, mưa xuống đầy nước không thấy đường, xe máy sụp hoài. Xin xã vá sớm trước khi tụi nhỏ thi.", "Lộ liên ấp", 15, "overdue"),
    Story("waste", Kind.REPORT, "Rác đổ bậy đầu cầu, hôi quá", "Đầu cầu có ai đổ rác ban đêm, bao ni lông trôi xuống rạch, trưa nắng hôi không chịu nổi.", "Đầu cầu sắt", 6, "published", "Xã đã dọn sạch điểm đổ bậy, cắm bảng cấm và phân công tổ tự quản đi coi buổi tối."),
    Story("traffic", Kind.RECOMMENDATION, "Xin kẻ lại vạch qua đường trước cổng trường", "Vạch qua đường trước cổng trường mờ hết, xe ba gác chạy ẩu giờ tan học. Xin kẻ lại vạch và có người đứng giữ.", "Cổng trường tiểu học", 4, "verifying"),
    Story("security", Kind.REPORT, "Mất mấy bộ lư đồng ở miếu, xin tăng tuần tra đêm", "Tháng này miếu với mấy nhà bị mất đồ thờ ban đêm. Bà con mong tổ bảo vệ đi tuần thêm khúc nửa đêm về sáng.", "Quanh miếu", 5, "forwarded"),
    Story("fire_safety", Kind.SUGGESTION, "Nên treo bình chữa cháy ở đầu hẻm", "Hẻm nhỏ xe chữa cháy không vô được. Nên treo hai bình chữa cháy ở đầu hẻm, có người giữ chìa khóa.", "Hẻm chợ cũ", 18, "published", "Xã đồng ý. Điểm chữa cháy công cộng đầu hẻm có hai bình bột và xà beng, tổ trưởng giữ chìa khóa."),
    Story("administration", Kind.SUGGESTION, "Bộ phận một cửa nên có ghế ngồi chờ cho người già", "Bữa đi sao y thấy mấy ông bà lớn tuổi đứng chờ lâu mỏi chân. Nên kê thêm ghế với quạt.", "Bộ phận một cửa", 25, "closed", "Đã kê thêm mười hai ghế và hai quạt, có số ưu tiên cho người trên bảy mươi tuổi."),
    Story("danger", Kind.REPORT, "Dây điện sà xuống lề, con nít với tới", "Dây điện sà xuống sát lề, con nít đi học với tay tới được. Sợ mưa gió đứt xuống.", "Lề lộ đi chợ", 2, "answered", "Điện lực đã kéo lại dây trong buổi chiều, cao hơn năm mét."),
    Story("lighting", Kind.RECOMMENDATION, "Xin thêm đèn ở bến đò", "Bến đò tối, bốn giờ sáng bà con đi chợ bưng hàng xuống ghe hay trượt chân. Xin xã mắc thêm một ngọn đèn.", "Bến đò", 1, "sorted"),
    Story("noise", Kind.REPORT, "Loa truyền thanh phát sớm quá", "Loa đầu xóm phát từ lúc chưa sáng, nhà có em bé giật mình hoài. Xin cho phát trễ lại hoặc vặn nhỏ.", "Đầu xóm", 11, "published", "Từ tuần này loa đầu xóm phát từ sáu giờ sáng, âm lượng giảm một nửa, trừ tin khẩn."),
    Story("roads", Kind.REPORT, "Cầu ván mục, người già sợ không dám qua", "Cầu ván qua rạch mục mấy tấm, người già đi tập dưỡng sinh không dám qua.", "Cầu ván", 0, "received"),
    Story("children", Kind.RECOMMENDATION, "Xin cắm bảng nước sâu ở hồ đất", "Hồ đất bỏ hoang sâu lắm, trưa con nít hay ra tắm. Xin rào lại và cắm bảng cảnh báo trước mùa hè.", "Hồ đất sau ruộng", 13, "following_up", "Xã đã cắm bảng nước sâu, đang làm hàng rào lưới quanh hồ."),
    Story("drainage", Kind.REPORT, "Nước rạch lên theo triều, ngập đường vô xóm", "Rằm nào nước rạch cũng lên ngập đường vô xóm, học trò phải xách dép đi. Xin đắp thêm đoạn bờ bao.", "Đường vô xóm rạch", 16, "overdue"),
    Story("security", Kind.SUGGESTION, "Tiếng loa an ninh nên nói thêm vụ lừa qua điện thoại", "Mấy bà con lớn tuổi hay bị gọi điện lừa chuyển tiền. Tiếng loa nên nói vụ này bằng lời dễ hiểu.", "Cả xã", 30, "closed", "Bản tin loa tuần sau có bài hướng dẫn năm câu phải hỏi lại khi có người lạ gọi đòi tiền."),
    Story("other", Kind.SUGGESTION, "Ngày hội năm nay nên có trò kéo co cho các cô", "Ngày hội năm ngoái vui, năm nay nên thêm trò kéo co với nấu cơm thi cho các cô các dì.", "Sân đình", 22, "published", "Ban tổ chức nhận góp ý, đã đưa kéo co nữ và thi nấu cơm vào chương trình phần hội."),
    Story("traffic", Kind.REPORT, "Xe tải đậu lấn nửa lộ buổi sáng", "Sáng nào cũng có xe tải lên hàng đậu lấn nửa lộ, xe đưa rước học sinh phải lách ra giữa đường.", "Khúc nhà máy xay lúa", 3, "sorted"),
    Story("waste", Kind.REPORT, "Đốt rơm khói mù cả lộ", "Chiều đốt rơm khói mù cả lộ, người đi đường chảy nước mắt, nhà có người hen khổ lắm.", "Cánh đồng sát lộ", 8, "refused"),
    Story("drainage", Kind.REPORT, "Nắp cống bể giữa lộ, tối chạy xe sụp bánh", "Nắp cống bể giữa lộ chợ, tối chạy xe sụp bánh hoài. Mong xã thay nắp khác.", "Lộ chợ", 10, "reopened", "Đội hạ tầng đã thay nắp cống mới trong ngày."),
    Story("lighting", Kind.REPORT, "Đèn trước miếu tắt hoài", "Đèn trước miếu tắt hoài, tối không thấy đường đi.", "Trước miếu", 7, "merged"),
)  # fmt: skip


def load() -> int:
    """Load the opinions of three communes; needs units, organisations and people. Loading twice changes nothing."""
    if Opinion.all_.exists():
        return 0
    communes = list(Unit.objects.current().communes().order_by("code")[:COMMUNES])
    for place, commune in enumerate(communes):
        services.set_rules(commune, actor=ACTOR, reception="Thứ Ba và Thứ Năm")
        for number, story in enumerate(STORIES):
            _tell(story, commune, seed=place * len(STORIES) + number)
    _tell_unseen(communes)
    while services.escalate_overdue():
        pass
    return Opinion.all_.count()


def _tell(story: Story, commune: Unit, *, seed: int) -> None:
    hamlets = list(Unit.objects.current().filter(parent=commune, level=Level.HAMLET).order_by("code"))
    days = story.days_ago + seed % 3
    filed_at = datetime.combine(clock.today() - timedelta(days=days), time(8, 10 + seed % 40), tzinfo=get_current_timezone())
    named = seed % 4 == 0
    draft = services.Draft(
        commune, story.text, kind=story.kind, place_words=story.place, is_anonymous=not named,
        hamlet=hamlets[seed % len(hamlets)] if hamlets else None, contact_name="Người Mẫu" if named else "",
        photos=demo_pictures.drawn(story.topic),
    )  # fmt: skip
    opinion = services.file_opinion(draft, code=codes.new_code(), at=min(filed_at, clock.now()))
    topic = Topic.objects.all().of(commune).get(code=story.topic)
    if story.ends != "received":
        opinion = services.sort(opinion, topic=topic, actor=ACTOR, office=commune.full_name)
        _publish_text(opinion, story)
        _go_on(opinion, story, commune)
    date_back(opinion, days, was_late=story.ends == "overdue")
    if story.ends == "reopened":
        services.reopen(Opinion.all_.get(pk=opinion.pk), words="Nắp mới thay hôm trước, hôm qua xe tải cán lại bể nữa.")
    Opinion.all_.filter(pk=opinion.pk).update(support_count=F("support_count") + seed * 7 % 35)


def _tell_unseen(communes: list[Unit]) -> None:
    """Tell the two that nobody finds in the list: one that is answered by its code alone, and one about an officer."""
    commune = communes[0]
    text = "Nhà kế bên xả nước rửa chuồng qua vườn tôi, hôi lắm. Tôi ngại nói thẳng, xin xã nhắc giùm, đừng nêu tên ai."
    private = services.file_opinion(services.Draft(commune, text, place_words="Trong xóm"), code=CODE)
    services.sort(private, topic=Topic.objects.all().of(commune).get(code="waste"), actor=ACTOR, office=commune.full_name)
    services.withdraw_text(private, actor=ACTOR, is_private_person=True)
    services.answer(
        private, kind=AnswerKind.IN_WRITING, text="Xã và ấp đã tới, hộ bên đó nhận đào hố lắng trước cuối tháng. Không ai được cho biết ai đã viết.",
        signer_name="Bà Võ Thị Mẫu", signer_office=f"Phó Chủ tịch UBND {commune.kind.lower()} {commune.name}", actor=ACTOR,
    )  # fmt: skip
    officer = User.objects.filter(username=OFFICER).first()
    seat = RoleAssignment.objects.filter(user=officer).select_related("unit").first()
    about = Draft(
        seat.unit if seat else commune, "Hồ sơ nộp ba tuần chưa trả lời, hỏi thì cán bộ bảo về chờ, không nói ngày nào.", place_words="Bộ phận một cửa",
        about_officials=True, officers=[officer] if officer else [], officer_words="Cán bộ tiếp nhận hồ sơ (người mẫu)",
    )  # fmt: skip
    services.file_opinion(about, code=codes.new_code())


def _publish_text(opinion: Opinion, story: Story) -> None:
    parts = (story.title, story.text, story.place)
    kept = services.marked_words(opinion, *parts)
    photos = list(opinion.photos.values_list("pk", flat=True))
    services.publish_text(opinion, title=story.title, text=story.text, place_words=story.place, kept=kept, photos=photos, actor=ACTOR)
    opinion.photos.update(alt="Hình vẽ minh họa, không phải ảnh thật")


def _go_on(opinion: Opinion, story: Story, commune: Unit) -> None:
    if story.ends == "verifying":
        services.verify(opinion, actor=ACTOR)
    elif story.ends == "forwarded":
        police = Organisation.objects.current().filter(unit=commune, kind="police").first()
        if police is not None:
            services.forward(opinion, organisation=police, actor=ACTOR)
    elif story.ends == "refused":
        reason = RefusalReason.objects.get(code="not_enough")
        services.refuse(opinion, reason=reason, words="Xã đã đi dọc lộ hai chiều, chưa thấy chỗ đốt. Xin gửi lại, ghi rõ khúc nào.", actor=ACTOR)
    elif story.ends == "merged":
        other = Opinion.all_.filter(commune=commune, topic__code="lighting").exclude(pk=opinion.pk).first()
        if other is not None:
            services.merge(opinion, into=other, actor=ACTOR)
    elif story.answer:
        _answer(opinion, story, commune)


def _answer(opinion: Opinion, story: Story, commune: Unit) -> None:
    services.answer(
        opinion, kind=AnswerKind.IN_WRITING, text=story.answer, signer_name="Bà Võ Thị Mẫu", is_paste_meant=True,
        signer_office=f"Phó Chủ tịch UBND {commune.kind.lower()} {commune.name}", actor=ACTOR,
    )  # fmt: skip
    if story.ends != "answered":
        services.publish(opinion, kept=services.marked_words(opinion, story.answer), actor=ACTOR)
    if story.ends in ("following_up", "closed", "reopened"):
        services.follow_up(opinion, actor=ACTOR)
    if story.ends in ("closed", "reopened"):
        services.add_evidence(opinion, title="Biên bản nghiệm thu (mẫu)", data=_PDF, kind=EvidenceKind.DOCUMENT, actor=ACTOR)
        services.close(opinion, actor=ACTOR)


def date_back(opinion: Opinion, days: int, *, was_late: bool) -> None:
    """Spread what was done just now over the days since; the demonstration's past never happened."""
    events = list(OpinionEvent.objects.filter(opinion=opinion).order_by("number"))
    morning = datetime.combine(clock.today() - timedelta(days=days), time(8, 20), tzinfo=get_current_timezone())
    first = min(morning, clock.now())
    answered = min(days, 3)
    for place, event in enumerate(events):
        at = min(first + timedelta(days=answered * place / max(1, len(events) - 1), hours=place), clock.now())
        OpinionEvent.objects.filter(pk=event.pk).update(on=clock.local(at).date(), at=at if event.at else None)
    at = min(first + timedelta(days=answered), clock.now())
    row = Opinion.all_.filter(pk=opinion.pk)
    row.filter(sorted_at__isnull=False).update(sorted_at=min(first + timedelta(hours=3), clock.now()), was_late=was_late)
    row.filter(answered_at__isnull=False).update(answered_at=at)
    row.filter(ended_at__isnull=False).update(ended_at=at)
    opinion.answers.update(answered_at=at)
    PublicText.objects.filter(opinion=opinion).update(made_at=min(first + timedelta(hours=4), clock.now()))
