"""The demonstration's comments: what invented readers wrote under its news, answered, waiting and refused."""

from __future__ import annotations

from typing import Final

from liengia.comments import policies, services
from liengia.comments.models import Comment, Thread
from liengia.people.models import User

# (text, name, replies: (text, name)); the first article of the threads gets the first part, and so on.
_TALKS: Final = (
    (
        ("Năm nay trả lời tại chỗ nhiều hơn năm rồi. Mong xã dán bảng hẹn ngày ở nhà văn hóa để ai không dự cũng biết.", "Huỳnh Thị Kim Ngân"),
        ("Đoàn diễu hành đi ngang nhà, mấy đứa nhỏ chạy theo coi, vui như Tết.", ""),
        ("Phần kéo co của ấp tôi thua sát nút, hẹn năm sau gỡ lại.", "Ba Thợ Mộc"),
    ),
    (
        ("Tổ tui tập rồi mới biết bình chữa cháy ở nhà hết hạn từ năm ngoái. Nhờ xã nhắc bà con coi lại.", "Tám Cá Lóc"),
        ("Cho hỏi mua bình ở đâu có kiểm định?", ""),
    ),
)
_ANSWERS: Final = (
    (0, 0, "Cảm ơn chị. Bảng hẹn được dán ở nhà văn hóa các ấp và đăng tại mục Góp ý.", "Ủy ban nhân dân xã"),
    (1, 1, "Anh/chị xem danh sách nơi bán có tem kiểm định tại trụ sở xã, hoặc hỏi tổ trưởng tổ liên gia.", "Công an xã"),
)
_WAITING: Final = (("Bài viết hay, mong có thêm ảnh của ấp Bình Hòa.", "Năm Lúa"), ("Khi nào có kết quả hội thi?", ""))
_REFUSED: Final = ("Bán bình chữa cháy giá rẻ, gọi số trong hồ sơ", "Cửa hàng", "advertising", "Trang này không đăng quảng cáo.")


def load(moderator: User) -> int:
    """Write under the first public threads that have none; return how many comments came."""
    if Comment.objects.exists():
        return 0
    threads = list(Thread.objects.filter(is_public=True).order_by("pk"))
    chosen = [thread for thread in threads if policies.may_moderate(moderator, thread)][: len(_TALKS)]
    number = 0
    for place, thread in enumerate(chosen):
        shown = []
        for text, name in _TALKS[place]:
            number += 1
            written = services.write_comment(thread, text=text, name=name, form_id=f"demo{number:028}")
            shown.append(services.publish_comment(written.comment, user=moderator))
        for talk, parent, text, office in _ANSWERS:
            if talk == place:
                services.answer_officially(thread, text=text, parent=shown[parent], office=office, user=moderator)
    for text, name in _WAITING if chosen else ():
        number += 1
        services.write_comment(chosen[0], text=text, name=name, form_id=f"demo{number:028}")
    if chosen:
        text, name, reason, words = _REFUSED
        refused = services.write_comment(chosen[0], text=text, name=name, form_id="demo-refused")
        services.refuse_comment(refused.comment, reason=reason, words=words, user=moderator)
    return number
