"""Vietnamese text as a person reads it aloud: what is written short or in figures becomes words.

The passes below run in one fixed order, and each leaves only lower-case words where it has read something, so that no
later pass takes them for figures or abbreviations again. PyPI's vietnormalizer 0.2.3 (MIT) was tried first: it reads
phone numbers as numbers, loses the numbers of laws and spells abbreviations by English letters.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Final

import regex

from liengia.broadcast.speech import laws
from liengia.broadcast.speech.numbers import cardinal, decimal, digits, roman

LONGEST: Final = 20_000
_OWN_WORDS: Final = Path(__file__).with_name("words.tsv")

_LETTERS: Final = {
    "A": "a", "Ă": "á", "Â": "ớ", "B": "bê", "C": "xê", "D": "dê", "Đ": "đê", "E": "e", "Ê": "ê", "F": "ép", "G": "giê",
    "H": "hát", "I": "i", "J": "gi", "K": "ca", "L": "lờ", "M": "mờ", "N": "nờ", "O": "o", "Ô": "ô", "Ơ": "ơ", "P": "pê",
    "Q": "qu", "R": "rờ", "S": "ét", "T": "tê", "U": "u", "Ư": "ư", "V": "vê", "W": "vê kép", "X": "ích", "Y": "i", "Z": "dét",
}  # fmt: skip
_UNITS: Final = {
    "km²": "ki lô mét vuông", "km2": "ki lô mét vuông", "km": "ki lô mét", "m²": "mét vuông", "m2": "mét vuông",
    "m³": "mét khối", "m3": "mét khối", "cm²": "xăng ti mét vuông", "cm2": "xăng ti mét vuông", "cm": "xăng ti mét",
    "dm": "đề xi mét", "mm": "mi li mét", "m": "mét", "kg": "ki lô gam", "mg": "mi li gam", "g": "gam", "ha": "héc ta",
    "ml": "mi li lít", "l": "lít", "kWh": "ki lô oát giờ", "kwh": "ki lô oát giờ", "kW": "ki lô oát", "kV": "ki lô vôn",
    "MW": "mê ga oát", "W": "oát", "V": "vôn", "mA": "mi li am pe", "A": "am pe", "MHz": "mê ga héc", "GHz": "ghi ga héc",
    "Hz": "héc", "GB": "ghi ga bai", "MB": "mê ga bai", "KB": "ki lô bai", "Mbps": "mê ga bít trên giây", "dB": "đề xi ben",
    "°C": "độ xê", "ºC": "độ xê", "oC": "độ xê", "°": "độ", "º": "độ", "s": "giây", "p": "phút", "ph": "phút",
}  # fmt: skip
_MONEY: Final = {
    "đ": "đồng", "đồng": "đồng", "₫": "đồng", "vnđ": "đồng", "vnd": "đồng", "usd": "đô la", "$": "đô la", "k": "nghìn đồng",
    "tr": "triệu", "trđ": "triệu đồng",
}  # fmt: skip
_COUNTED: Final = (
    "hộ|người|ấp|khu phố|tổ|nhóm|xã|số|diện tích|dân số|thành viên|đại biểu|tổng|chỉ tiêu|tiêu chí|đơn vị|phiếu|ý kiến|"
    "học sinh|đoàn viên|hội viên|điểm|camera|vụ|chiếc|cái|trường hợp|hộ dân|gia đình|quân số|đảng viên|cụm|mô hình|thời gian"
)
_NUMBER: Final = r"\d{1,3}(?:\.\d{3})+(?:,\d+)?|\d+(?:,\d+)?"
_PARTS_OF_DAY: Final = "ngày|sáng|trưa|chiều|tối|đêm|hôm|mùng|mồng|rằm|lễ"

Match = regex.Match[str]


@cache
def _compiled(pattern: str, flags: int = 0) -> regex.Pattern[str]:
    return regex.compile(pattern, flags | regex.VERSION1)


def _sub(pattern: str, read: Callable[[Match], str], text: str, *, ignore_case: bool = False) -> str:
    return _compiled(pattern, regex.IGNORECASE if ignore_case else 0).sub(read, text)


# The table of abbreviations


def read_words(text: str) -> dict[str, str]:
    """Return a table of written and spoken forms: a line `written<TAB>spoken`; `#` begins a remark.

    Raises:
        ValueError: a line has not these two parts; the sentence names it.
    """
    found = {}
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip() or line.startswith("#"):
            continue
        written, sep, spoken = line.partition("\t")
        if not sep or not written.strip() or not spoken.strip():
            raise ValueError(f"line {number}: written form, tab, spoken form are expected")
        found[unicodedata.normalize("NFC", written.strip())] = unicodedata.normalize("NFC", spoken.strip())
    return found


@cache
def shipped_words() -> Mapping[str, str]:
    """Return the abbreviations that come with the program."""
    return read_words(_OWN_WORDS.read_text(encoding="utf-8"))


# Whole texts


def speakable(text: str, *, words: Mapping[str, str] | None = None) -> str:
    """Return a text in words alone: letters, and the marks at which a voice rests.

    `words` are further abbreviations of the installation; they win over the shipped ones.

    Raises:
        ValueError: it is longer than 20,000 characters.
    """
    if len(text) > LONGEST:
        raise ValueError(f"A text of {len(text)} characters is longer than {LONGEST}.")
    text = _clean(text)
    table = {**shipped_words(), **(words or {})}
    for one in (_addresses, laws.read, _phones, _hotlines):
        text = one(text)
    text = _short_forms(text, table)
    for one in (_houses, _times, _dates, _ranges, _fractions, _roads, _money, _measures, _romans, _ordinals, _numbers, _mixed):
        text = one(text)
    text = _spelled(text)
    return _rest(text)


def _clean(text: str) -> str:
    """Return NFC without control characters, with one kind of dash and space."""
    text = unicodedata.normalize("NFC", text)
    text = "".join(sign if sign == "\n" or unicodedata.category(sign)[0] != "C" else " " for sign in text)
    text = _sub(r"(?<=\p{L})[’'ʼ](?=\p{L})", lambda _m: "", text)
    text = _sub(r"[‐‑‒–—―−]", lambda _m: "-", text)
    return _sub(r"[^\S\n]+", lambda _m: " ", text)


def _rest(text: str) -> str:
    """Leave letters and marks of rest; everything else (brackets, markup, pictures) is silence."""
    text = text.replace("&", " và ").replace("+", " cộng ").replace("=", " bằng ")
    text = _sub(r"(?<=\p{L})-(?=\p{L})", lambda _m: " ", text)
    text = _sub(r"[()\[\]{}«»“”\"]|\s-+\s", lambda _m: ", ", text)
    text = _sub(r"[^\p{L}\p{M}\s.,;:!?…\n]", lambda _m: " ", text)
    text = _sub(r"[ ]*\n\s*", lambda _m: "\n", text)
    text = _sub(r"(?<![.,;:!?…\n])\n", lambda _m: ". ", text).replace("\n", " ")
    text = _sub(r"\s+([.,;:!?…])", lambda m: m[1], text)
    text = _sub(r"[.,;:]*([.!?…])[.,;:!?…]*", lambda m: m[1], text)
    text = _sub(r"[,;:]+([,;:])|,\s*(?=,)", lambda m: m[1] or "", text)
    return _sub(r"\s+", lambda _m: " ", text).strip(" ,;:")


# The passes

_DOMAINS: Final = {"gov": "gốp", "vn": "vi en", "com": "com", "org": "o rờ gờ", "net": "nét", "edu": "e đu"}


def _addresses(text: str) -> str:
    """Read addresses of pages and of letters: "chấm", "a còng", "xẹt"."""

    def read(match: Match) -> str:
        said = _sub(r"^https?://(?:www\.)?|^www\.|/+$", lambda _m: "", match[0])
        tail = ""
        while said and said[-1] in ".,;:":
            said, tail = said[:-1], said[-1] + tail
        for sign, word in ((".", " chấm "), ("@", " a còng "), ("/", " xẹt "), ("-", " gạch "), ("_", " gạch dưới ")):
            said = said.replace(sign, word)
        said = _sub(r"[?#&=%:].*", lambda _m: "", said)
        said = _sub(r"\b(?:gov|vn|com|org|net|edu)\b", lambda m: _DOMAINS[m[0]], said)
        said = _sub(r"\d+", lambda m: f" {digits(m[0])} ", said).lower()
        return f"{said}{tail}"

    pattern = r"https?://\S+|(?<![\w@])[\w.+-]+@[\w-]+(?:\.[\w-]+)+|(?<![\w.@])(?:www\.)?[a-zA-Z][\w-]*(?:\.[\w-]+)*\.(?:gov|com|org|net|edu|vn)(?:\.vn)?\b(?:/\S*)?"
    return _sub(pattern, read, text)


def _phones(text: str) -> str:
    """Read telephone numbers digit by digit, resting where the writer left a space, else after 4, 3, 3."""

    def read(match: Match) -> str:
        raw = match[0]
        if not 8 <= sum(sign.isdigit() for sign in raw) <= 12:
            return raw
        groups = regex.split(r"[ .\-()]+", raw.strip("()"))
        plus = groups[0].startswith("+")
        groups = [group.lstrip("+") for group in groups if group.strip("+")]
        if len(groups) == 1 and not plus:
            one = groups[0]
            groups = [one[:4], one[4:7], one[7:]] if one[0] == "0" else [one[:4], one[4:]]
        elif len(groups) == 1:
            one = groups[0]
            groups = [one[:2], one[2:5], one[5:8], one[8:]]
        said = ", ".join(digits(group) for group in groups if group)
        return f"cộng {said}" if plus else said

    own = r"(?:\+84|\(?0)(?:[ .\-()]{0,2}\d){8,10}"
    free = r"1[89]00[ .\-]?\d{2,3}[ .\-]?\d{2,3}"
    return _sub(rf"(?<![\d.,/+])(?:{own}|{free})(?![\d/]|[.,]\d)", read, text)


def _hotlines(text: str) -> str:
    """Read 111 to 115 (and other numbers after "gọi") as the numbers that are dialled."""
    lead = r"(?:gọi|số|máy|tổng đài|đường dây nóng|điện thoại|cảnh sát|cứu hỏa|cứu hoả|chữa cháy|cấp cứu|báo|bấm|quay|hotline)"
    one = r"1(?:1[1-5]|022|09[0-9])"
    more = rf"(?:\s*(?:,|;|và|hoặc|hay|/|-)\s*{one}\b)*"

    def read(match: Match) -> str:
        said = _sub(r"\d+", lambda m: digits(m[0]), match[2])
        return match[1] + _sub(r"\s*[/-]\s*", lambda _m: ", ", said)

    text = _sub(rf"(\b{lead}(?:\s+(?:ngay|cho|đến|số|là|khẩn cấp|nóng))*[\s:(]+)({one}\b{more})(?!\s*(?:{_COUNTED}|/|-\d|%))", read, text, ignore_case=True)
    return _sub(rf"(\()({one})(?=\))", read, text)


def _short_forms(text: str, table: Mapping[str, str]) -> str:
    """Read abbreviations of the table, the longest first, as whole words and in the case in which they are written."""
    if not text:
        return text
    by_length = sorted(table, key=len, reverse=True)
    # One letter with a point is a place only before its name: "P. Long Phú", not "loại P.".
    one = "|".join(regex.escape(w) + (r"(?=\s?[\p{Lu}\d])" if len(w) == 2 and w[1] == "." else "") for w in by_length)
    # A road or a law keeps its letters for its own pass; "ĐT 826" is a road, "ĐT: 0272…" a telephone.
    pattern = rf"(?<![\p{{L}}\d/])(?:{one})(?![\p{{L}}\d]|/\p{{Lu}})"

    def read(match: Match) -> str:
        written = match[0]
        if written in ("QL", "ĐT") and _compiled(r"[ .]?\d{1,3}[A-Z]?\b").match(text, match.end()):
            return written
        dot = "." if written in ("v.v.", "vv.") and not text[match.end() :].strip() else ""
        return table[written] + dot

    return _compiled(pattern).sub(read, text)


def _clock(hour: str, minute: str | None, second: str | None = None) -> str:
    said = f"{cardinal(int(hour))} giờ"
    if minute and int(minute):
        said += f" {cardinal(int(minute))} phút"
    if second and int(second):
        said += f" {cardinal(int(second))} giây"
    return said


def _times(text: str) -> str:
    """Read times: 07h30, 7g30, 07:30, 7h, 07h30', and spans of them."""
    hour, minute = r"([01]?\d|2[0-4])", r"([0-5]\d)"
    one = rf"{hour}(?:\s?[hg]\s?{minute}?(?![\p{{L}}\d])(?:['’′]|ph?\b)?|:{minute}(?::{minute})?(?!\d))"

    def read(match: Match) -> str:
        return _clock(match[1], match[2] or match[3], match[4])

    joined = rf"(?<![\d.,:/]){one}\s*-\s*{one}"
    text = _sub(joined, lambda m: f"{_clock(m[1], m[2] or m[3], m[4])} đến {_clock(m[5], m[6] or m[7], m[8])}", text)
    short = rf"(?<![\d.,:/]){hour}\s*-\s*(?={one})"
    text = _sub(short, lambda m: f"{cardinal(int(m[1]))} đến ", text)
    text = _sub(rf"(?<![\d.,:/]){one}", read, text)
    return _sub(rf"(?<![\d.,]){hour} giờ {minute}(?=\s*(?:phút|[,.;)]|$|\s\p{{L}}))", lambda m: f"{cardinal(int(m[1]))} giờ {cardinal(int(m[2]))}", text)


def _is_date(day: str, month: str) -> bool:
    return int(day) <= (29, 30, 31)[0 if int(month) == 2 else 1 if int(month) in (4, 6, 9, 11) else 2]


def _month(month: str) -> str:
    return "tháng tư" if int(month) == 4 else f"tháng {cardinal(int(month))}"


def _year(year: str) -> str:
    return f"năm {cardinal(int(year))}"


def _dates(text: str) -> str:
    """Read dates: 06/8/2023, 19/8, 19-8-1945, 8/2026, 5-10/8, tháng 4."""
    day, month, year = r"(0?[1-9]|[12]\d|3[01])", r"(0?[1-9]|1[0-2])", r"((?:1[6-9]|20|21)\d\d)"
    edge, after = r"(?<![\d.,/-])", r"(?![\d/]|[.,-]\d)"
    head = rf"((?:{_PARTS_OF_DAY})\s+)?"

    def span(match: Match) -> str:
        said = f"{match[1] or ''}{cardinal(int(match[2]))} đến {cardinal(int(match[3]))} {_month(match[4])}"
        return f"{said} {_year(match[5])}" if match[5] else said

    def short(match: Match) -> str:
        if not _is_date(match[2], match[3]) or match[0] == "24/7":
            return match[0]
        return f"{match[1] or ''}{cardinal(int(match[2]))} {_month(match[3])}"

    text = _sub(rf"{edge}{head}{day}\s?-\s?{day}/{month}(?:/{year})?{after}", span, text, ignore_case=True)
    between = rf"(?<=\d)\s?-\s?(?={day}[/.]{month}(?:[/.]{year})?{after})"
    text = _sub(rf"(?<=/\d{{1,4}}){between}", lambda _m: " đến ", text)
    text = _sub(rf"{edge}{head}{day}\s?([/.-])\s?{month}\s?\3\s?{year}{after}",
                lambda m: f"{m[1] or 'ngày '}{cardinal(int(m[2]))} {_month(m[4])} {_year(m[5])}", text, ignore_case=True)
    text = _sub(rf"\b(quý\s+)(I|II|III|IV|[1-4])/{year}{after}", lambda m: f"{m[1]}{_quarter(m[2])} {_year(m[3])}", text, ignore_case=True)
    text = _sub(rf"{edge}(tháng\s+)?{month}/{year}{after}", lambda m: f"{_month(m[2])} {_year(m[3])}", text, ignore_case=True)
    text = _sub(rf"\b((?:{_PARTS_OF_DAY})\s+){day}\s?[/-]\s?{month}{after}", short, text, ignore_case=True)
    text = _sub(rf"{edge}()(?<!\b(?:số|nhà|đạt|mục)\s){day}/{month}{after}(?!\s*(?:{_COUNTED})\b)", short, text)
    return _sub(rf"\b(tháng|thg\.?)\s+{month}{after}", lambda m: _month(m[2]), text, ignore_case=True)


def _quarter(text: str) -> str:
    return cardinal(int(text) if text.isdigit() else roman(text.upper()))


def _number(text: str) -> str:
    """Read one number as it is written in Việt Nam: a point groups thousands, a comma begins the fraction."""
    whole, _sep, fraction = text.partition(",")
    whole = whole.replace(".", "")
    if fraction:
        return decimal(whole, fraction)
    if (len(whole) > 2 and whole[0] == "0") or len(whole) > 15:
        return digits(whole)
    return cardinal(int(whole))


def _ranges(text: str) -> str:
    """Read 5-10, 2021-2025 and 10%-15% as spans; the second number and what follows stay for the other passes."""
    tail = r"(?:\s?(?:%|‰|°C|km|m²|m2|kg|m|ha|đ|đồng|triệu|tỷ|tr|cm|mm|ngày|tuổi))?"
    pattern = rf"(?<![\d.,/\p{{L}}-])({_NUMBER})({tail})\s?-\s?(?=(?:{_NUMBER})(?![\d-]|/\d))"
    return _sub(pattern, lambda m: f"{m[1]}{m[2]} đến ", text)


def _fractions(text: str) -> str:
    """Read 24/24 and 45/50 hộ with "trên"; where a day and month could be meant, the dates have taken it before."""
    return _sub(r"(?<![\d/.,])(\d{1,6})/(\d{1,6})(h(?!\p{L}))?(?![\d/])",
                lambda m: f"{_number(m[1])} {'phần' if (int(m[1]), int(m[2])) in _SMALL else 'trên'} {_number(m[2])}{' giờ' if m[3] else ''}", text)


_SMALL: Final = {(1, 2), (1, 3), (2, 3), (1, 4), (3, 4), (1, 5), (2, 5), (3, 5), (4, 5)}


def _houses(text: str) -> str:
    """Read a house's number with its alley: "số nhà 12/4A" is "mười hai xẹt bốn a"."""

    def read(match: Match) -> str:
        parts = [_with_letter(part) for part in match[2].split("/")]
        return match[1] + " xẹt ".join(parts)

    return _sub(r"(\b(?:số nhà|nhà số|hẻm|căn số|địa chỉ số|địa chỉ)\s+)(\d{1,4}[A-Z]?(?:/\d{1,4}[A-Z]?)+)(?![\d/])", read, text, ignore_case=True)


def _with_letter(text: str) -> str:
    number, letter = (text[:-1], text[-1]) if text[-1].isalpha() else (text, "")
    return f"{_number(number)} {_LETTERS.get(letter.upper(), letter)}".rstrip()


def _roads(text: str) -> str:
    """Read numbers of roads and houses: QL1A, QL.50, ĐT 826 (three digits one by one), km 12+500."""
    names = {"QL": "quốc lộ", "ĐT": "đường tỉnh", "HL": "hương lộ", "TL": "tỉnh lộ", "ĐH": "đường huyện"}

    def read(match: Match) -> str:
        number = digits(match[2]) if len(match[2]) > 2 else cardinal(int(match[2]))
        return f"{names[match[1]]} {number}" + (f" {_LETTERS[match[3]].lower()}" if match[3] else "")

    text = _sub(r"(?<!\p{L})(QL|ĐT|HL|TL|ĐH)[ .]?(\d{1,3})([A-Z])?(?![\p{L}\d])", read, text)
    return _sub(r"(?<!\p{L})[Kk][Mm]\s?(\d+)\+(\d+)", lambda m: f"ki lô mét {cardinal(int(m[1]))} cộng {cardinal(int(m[2]))}", text)


def _per(text: str) -> str:
    """Read what stands after slashes as "một": 20.000 đ/kg is so much for one kilogram."""
    return "".join(f" một {_UNITS.get(part.strip(), part.strip())}" for part in text.split("/") if part.strip())


def _money(text: str) -> str:
    """Read sums: 15.000đ, 1.500.000 VNĐ, 500k, 1,5 triệu đồng, 20.000 đ/kg, $5."""
    unit = r"(trđ|tr|vnđ|vnd|usd|đồng|đ|₫|\$|k)"

    def read(match: Match) -> str:
        per = match[3] or ""
        return f"{_number(match[1])} {_MONEY[match[2].lower()]}{_per(per)}"

    text = _sub(rf"(?<![\p{{L}}\d.,])\$\s?({_NUMBER})(?![\d])", lambda m: f"{_number(m[1])} đô la", text)
    return _sub(rf"(?<![\p{{L}}\d.,])({_NUMBER})\s?{unit}(?![\p{{L}}\d])((?:/\s?\p{{L}}+\d?)*)", read, text, ignore_case=True)


def _measures(text: str) -> str:
    """Read measures: 40m², 2,5 km, 80km/h, 35°C, 12,5%."""
    names = "|".join(regex.escape(name) for name in sorted(_UNITS, key=len, reverse=True))

    def read(match: Match) -> str:
        said = f"{_number(match[1])} {_UNITS[match[2]]}"
        per = match[3]
        return said if not per else f"{said} trên {'giờ' if per == 'h' else _UNITS.get(per, per)}"

    text = _sub(rf"(?<![\p{{L}}\d.,])({_NUMBER})\s?%", lambda m: f"{_number(m[1])} phần trăm", text)
    text = _sub(rf"(?<![\p{{L}}\d.,])({_NUMBER})\s?‰", lambda m: f"{_number(m[1])} phần nghìn", text)
    # A single capital that stands apart is a name ("tổ 5 A"), and joined to "ấp" it is one too ("ấp 3A").
    text = _sub(r"(?<=\b(?i:ấp|tổ|khu phố|khu|nhà|số|lớp|đường|phòng|lô|cổng|hẻm|kênh)\s)(\d{1,4})(\p{Lu})(?![\p{L}\d/])", lambda m: _with_letter(m[1] + m[2]), text)
    pattern = rf"(?<![\p{{L}}\d.,])({_NUMBER})\s?({names})(?![\p{{L}}\d²³])(?:/\s?(\p{{L}}+\d?))?"
    return _sub(pattern, read, text)


def _romans(text: str) -> str:
    """Read Roman numerals: any after a word that numbers, elsewhere only of two signs and more out of I, V, X."""
    lead = "quý|chương|phần|mục|kỳ|khóa|khoá|đại hội|lần|thứ|thế kỷ|loại|cấp|hạng|đợt|tập|quyển|nhóm|vùng|phụ lục|giai đoạn|học kỳ|đề án"

    def read(match: Match) -> str:
        value = roman(match[2])
        return f"{match[1]}{cardinal(value)}" if value else match[0]

    text = _sub(rf"(\b(?i:{lead})\s+)([IVXLC]+)(?![\p{{L}}\d])", read, text)
    text = _sub(r"(^|(?<=\n))([IVX])(?=[.)]\s|, II)", read, text)
    return _sub(r"(?<![\p{L}\d])()([IVX]{2,6})(?![\p{L}\d])", read, text)


def _ordinals(text: str) -> str:
    """Read "thứ 2" as "thứ hai", "thứ 4" as "thứ tư", "thứ 1" as "thứ nhất"; "5 rưỡi" stays."""
    names = {"1": "nhất", "4": "tư"}
    return _sub(r"(\bthứ\s+)(\d{1,2})(?!\d)", lambda m: m[1] + names.get(str(int(m[2])), cardinal(int(m[2]))), text, ignore_case=True)


def _numbers(text: str) -> str:
    """Read the numbers that are left."""
    # A number with one letter behind it, joined: "4A", "12B".
    text = _sub(r"(?<![\p{L}\d.,])(\d{1,4})([\p{Lu}])(?![\p{L}\d])", lambda m: f"{_number(m[1])} {_LETTERS.get(m[2], m[2]).lower()}", text)
    text = _sub(r"(?<![\d.,\p{L}])(\d+)\.(\d{1,2}|\d{4,})(?![\d.])", lambda m: f"{_number(m[1])} chấm {_number(m[2])}", text)
    text = _sub(r"(?<![\d\p{L}])-(?=\d)", lambda _m: "âm ", text)
    text = _sub(r"(?<=\d\s\p{L}{1,12})/(?=\p{L})", lambda _m: " một ", text)
    return _sub(rf"(?<![\p{{L}}\d])({_NUMBER})(?![\p{{L}}\d])", lambda m: _number(m[1]), text)


def _mixed(text: str) -> str:
    """Read letters and digits that are one word: "B2", "COVID19", "H5N1"."""

    def read(match: Match) -> str:
        parts = regex.findall(r"\p{L}+|\d+", match[0])
        said = [(digits if part[0] == "0" else _number)(part) if part.isdigit() else part if len(part) > 1 else _LETTERS.get(part.upper(), part) for part in parts]
        return " ".join(said)

    text = _sub(r"(?<![\p{L}\d])(?=\p{L}*\d)(?=\d*\p{L})[\p{L}\d]+", read, text)
    return _sub(r"\d+", lambda m: f" {_number(m[0])} ", text)


# What can be a Vietnamese syllable, without its marks.
_SYLLABLE: Final = r"(?:NGH|NG|NH|GH|GI|KH|PH|TH|TR|CH|QU|[BCDĐGHKLMNPQRSTVX])?[AEIOUY]{1,3}(?:NG|NH|CH|[CMNPT])?"


def _spelled(text: str) -> str:
    """Spell a word of capitals that nobody could pronounce; a heading in capitals is read as words."""

    def read(match: Match) -> str:
        word = match[0]
        bare = "".join(sign for sign in unicodedata.normalize("NFD", word) if not unicodedata.combining(sign))
        if len(word) > 6 or _compiled(_SYLLABLE).fullmatch(bare):
            return word.lower() if len(word) > 1 else word
        return " ".join(_LETTERS.get(sign, sign) for sign in word)

    return _sub(r"(?<!\p{L})\p{Lu}+(?!\p{L})", read, text)
