"""Numbers of laws and of offices' papers, as they are read aloud: "30/2020/NĐ-CP" by its number, year and body."""

from __future__ import annotations

from typing import Final

import regex

from liengia.broadcast.speech.numbers import cardinal

KINDS: Final = {
    "NĐ": "nghị định", "TT": "thông tư", "TTLT": "thông tư liên tịch", "QĐ": "quyết định", "NQ": "nghị quyết",
    "CT": "chỉ thị", "KH": "kế hoạch", "CV": "công văn", "TB": "thông báo", "BC": "báo cáo", "HD": "hướng dẫn",
    "PL": "pháp lệnh", "CTr": "chương trình", "TTr": "tờ trình", "GM": "giấy mời", "CĐ": "công điện", "VBHN": "văn bản hợp nhất",
    "QC": "quy chế", "KL": "kết luận", "NQLT": "nghị quyết liên tịch", "TLT": "thông tư liên tịch", "QT": "quy trình",
}  # fmt: skip
BODIES: Final = {
    "CP": "Chính phủ", "TTg": "Thủ tướng Chính phủ", "UBND": "Ủy ban nhân dân", "HĐND": "Hội đồng nhân dân",
    "BCA": "Bộ Công an", "BQP": "Bộ Quốc phòng", "BTC": "Bộ Tài chính", "BNV": "Bộ Nội vụ", "BTP": "Bộ Tư pháp",
    "BTTTT": "Bộ Thông tin và Truyền thông", "BYT": "Bộ Y tế", "BGDĐT": "Bộ Giáo dục và Đào tạo", "BXD": "Bộ Xây dựng",
    "BCT": "Bộ Công Thương", "BNNMT": "Bộ Nông nghiệp và Môi trường", "BKHCN": "Bộ Khoa học và Công nghệ",
    "BVHTTDL": "Bộ Văn hóa, Thể thao và Du lịch", "VPCP": "Văn phòng Chính phủ", "UBTVQH": "Ủy ban Thường vụ Quốc hội",
    "MTTQ": "Mặt trận Tổ quốc", "MTTW": "Trung ương Mặt trận Tổ quốc", "TW": "Trung ương", "ĐU": "Đảng ủy",
    "TU": "Tỉnh ủy", "HU": "Huyện ủy", "BCĐ": "ban chỉ đạo", "CA": "công an", "CAX": "công an xã", "CAT": "công an tỉnh",
    "CTN": "Chủ tịch nước", "TANDTC": "Tòa án nhân dân tối cao", "VKSNDTC": "Viện kiểm sát nhân dân tối cao",
    "BGTVT": "Bộ Giao thông vận tải", "BTNMT": "Bộ Tài nguyên và Môi trường", "BLĐTBXH": "Bộ Lao động, Thương binh và Xã hội",
    "TTCP": "Thanh tra Chính phủ", "NHNN": "Ngân hàng Nhà nước", "ĐTN": "Đoàn Thanh niên", "HĐTĐKT": "hội đồng thi đua khen thưởng",
    "X01": "X không một", "C07": "C không bảy", "V05": "V không năm",
}  # fmt: skip
_KIND: Final = "|".join(sorted(KINDS, key=len, reverse=True))
_NAMES: Final = "|".join(sorted({*KINDS.values(), "luật", "bộ luật", "văn bản"}, key=len, reverse=True))
_HEAD: Final = rf"(?:\b(?P<name>(?i:{_NAMES})|{_KIND})\s+)?(?P<so>(?i:số)[:.]?\s*)?"
_BODY: Final = r"[\p{Lu}\d][\p{L}\d]*"
_LAW: Final = regex.compile(
    rf"(?<![\p{{L}}\d/.-]){_HEAD}(?P<number>\d{{1,5}})(?:/(?P<year>(?:19|20)\d\d))?"
    rf"/(?:(?P<kind>{_KIND})(?P<bodies>(?:-{_BODY})+)|(?P<assembly>UBTVQH|QH)(?P<term>\d{{1,2}}))(?![\p{{L}}\d])"
)
# Party papers write the kind before the body: "05-NQ/TW".
_PARTY: Final = regex.compile(
    rf"(?<![\p{{L}}\d/.-]){_HEAD}(?P<number>\d{{1,5}})(?P<year>(?!))?-(?P<kind>{_KIND})/(?P<bodies>{_BODY})"
    r"(?P<assembly>(?!))?(?P<term>(?!))?(?![\p{L}\d])"
)
# A letter of an office names its body and a department: "1273/BTTTT-TTCS".
_LETTER: Final = regex.compile(
    rf"(?<![\p{{L}}\d/.-]){_HEAD}(?P<number>\d{{1,5}})/(?P<body>{'|'.join(sorted(BODIES, key=len, reverse=True))})"
    r"(?:-[\p{Lu}\d]+)*(?![\p{L}\d/])"
)
_SHORT: Final = regex.compile(
    rf"(?<![\p{{L}}\d/.-])(?P<name>(?i:{_NAMES})|(?:NĐ|TT|QĐ|NQ|CT|KH|CV|TB))\s+(?P<so>(?i:số)[:.]?\s*)?"
    r"(?P<number>\d{1,5})/(?P<year>(?:19|20)\d\d)(?![\d/\p{L}])"
)
_SUFFIX: Final = regex.compile(rf"(?<![\p{{L}}\d/])(?P<kind>{_KIND})(?P<bodies>(?:-(?:{'|'.join(sorted(BODIES, key=len, reverse=True))}))+)(?![\p{{L}}\d])")


def read(text: str) -> str:
    """Read numbers of laws and papers: kind, number, year, body, each said once."""
    text = _LAW.sub(_whole, text)
    text = _PARTY.sub(_whole, text)
    text = _LETTER.sub(_letter, text)
    text = _SHORT.sub(_short, text)
    return _SUFFIX.sub(lambda m: f"{KINDS[m['kind']]} của {_bodies(m['bodies'])}", text)


def _bodies(text: str) -> str:
    parts = text.strip("-").split("-")
    said = [BODIES[part] for part in parts if part in BODIES] or parts
    # The department after the body ("UBND-NC") is not read aloud.
    return " và ".join(said)


def _name(written: str | None, kind: str | None) -> str:
    if written:
        return KINDS.get(written, written)
    return KINDS.get(kind or "", "")


def _whole(match: regex.Match[str]) -> str:
    name = _name(match["name"], match["kind"])
    # Written together, "NĐ-CP" beside "Nghị định" says the kind twice; read aloud it is said once.
    number = f"số {cardinal(int(match['number']))}" if match["so"] or not name else cardinal(int(match["number"]))
    year = f", năm {cardinal(int(match['year']))}," if match["year"] else ""
    if match["assembly"]:
        body = "Quốc hội" if match["assembly"] == "QH" else BODIES["UBTVQH"]
        return f"{name} {number}{year} của {body} khóa {cardinal(int(match['term']))}".strip()
    return f"{name} {number}{year} của {_bodies(match['bodies'])}".strip()


def _letter(match: regex.Match[str]) -> str:
    number = f"số {cardinal(int(match['number']))}"
    return f"{_name(match['name'], None)} {number} của {BODIES[match['body']]}".strip()


def _short(match: regex.Match[str]) -> str:
    number = f"số {cardinal(int(match['number']))}" if match["so"] else cardinal(int(match["number"]))
    return f"{_name(match['name'], None)} {number}, năm {cardinal(int(match['year']))}"
