"""The programme that communes usually keep: the ceremony in its known order, then the festivities. An office changes it as it likes.

Source: Gia Lai's plan of 2025 for the order of the ceremony; Cần Đước's day of 6 August 2023 for the festivities.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import time
from typing import Final

from liengia.festivals import times
from liengia.festivals.models import ItemKind, Part
from liengia.festivals.services.days import Item

_LE, _HOI = Part.CEREMONY, Part.FESTIVITIES
PROGRAMME: Final = (
    Item(_HOI, ItemKind.PARADE, "Diễu hành qua các tuyến đường", "Các đoàn thể, khu phố, ấp", time(7)),
    Item(_LE, ItemKind.WELCOME, "Văn nghệ chào mừng", "Đội văn nghệ", time(7, 45)),
    Item(_LE, ItemKind.FLAG, "Chào cờ", "Ban Tổ chức", time(8)),
    Item(_LE, ItemKind.OPENING, "Tuyên bố lý do, giới thiệu đại biểu, thông qua chương trình", "Ban Tổ chức", time(8, 5)),
    Item(_LE, ItemKind.ADDRESS, "Diễn văn kỷ niệm Ngày hội toàn dân bảo vệ an ninh Tổ quốc", "Trưởng Ban Chỉ đạo", time(8, 15)),
    Item(_LE, ItemKind.REPORT, "Báo cáo kết quả một năm phong trào trước Nhân dân", "Thường trực Ban Chỉ đạo", time(8, 30)),
    Item(_LE, ItemKind.FORUM, "Diễn đàn “Công an xã lắng nghe ý kiến của Nhân dân”", "Công an xã, Ủy ban Mặt trận Tổ quốc", time(8, 45)),
    Item(_LE, ItemKind.AWARDS, "Công bố quyết định, trao thưởng", "Chủ tịch Ủy ban nhân dân", time(9, 30)),
    Item(_LE, ItemKind.SUPERIOR, "Phát biểu, tặng quà của cấp trên", "Lãnh đạo cấp trên", time(9, 45)),
    Item(_LE, ItemKind.REPLY, "Đáp từ", "Đơn vị tổ chức", time(9, 55)),
    Item(_LE, ItemKind.PLEDGE, "Ký kết giao ước thi đua", "Các đơn vị", time(10)),
    Item(_LE, ItemKind.CLOSING, "Bế mạc phần lễ", "Ban Tổ chức", time(10, 10)),
    Item(_HOI, ItemKind.DRILL, "Thực tập chữa cháy bằng bình xách tay", "Các tổ liên gia", time(10, 15)),
    Item(_HOI, ItemKind.GAME, "Kéo co", "Hội Nông dân", time(10, 30)),
    Item(_HOI, ItemKind.GAME, "Nhảy bao bố, đập nồi", "Hội Phụ nữ", time(10, 45)),
    Item(_HOI, ItemKind.STAND, "Gian hàng tư vấn: phòng cháy, căn cước, lừa đảo qua mạng", "Công an xã", time(7, 30)),
)


def beginning(at: time) -> tuple[Item, ...]:
    """Return the usual programme with its first item at a day's opening hour and the same distances; past midnight an item has no hour."""
    minutes = times.minutes(at) - min(times.minutes(one.starts_at) for one in PROGRAMME if one.starts_at)
    return tuple(replace(one, starts_at=times.moved(one.starts_at, minutes)) for one in PROGRAMME)
