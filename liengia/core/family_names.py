"""Vietnamese family names, for guesses whether words name a person, as parts of a regular expression. No list is complete."""

from __future__ import annotations

from typing import Final

# Those that begin a name in two words.
FAMILY: Final = "Nguyễn|Trần|Phạm|Huỳnh|Hoàng|Phan|Võ|Vũ|Đặng|Bùi|Đỗ|Hồ|Ngô|Dương|Đinh|Trịnh|Đoàn|Trương|Quách|Tạ|Lưu|Triệu|Tăng|Lê|Lý"
# Those that also begin a place's name: "Mai Lâm", "Thạch Thất".
ALSO_PLACES: Final = "Cao|Châu|Hà|Thái|Mai|Kim|Lâm|Sơn|Thạch|Danh|La|Tô|Lương|Kiều|Vương|Văn|Tống|Đào|Lai|Từ|Hứa|Phùng|Nghiêm|Giang|Âu|Ung|Mạc"
