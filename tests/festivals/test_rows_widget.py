"""Lists as rows of cells: what is sent becomes the text that is read, nothing of it is lost, and a fault names the row on the page."""

from __future__ import annotations

import re
from html import unescape

from django.http import QueryDict
from hypothesis import given as examples
from hypothesis import strategies as some

from liengia.festivals import rows
from liengia.festivals.models import ItemKind, Part
from liengia.festivals.office_forms import PreparedForm, ProgrammeForm
from liengia.festivals.rows_widget import SPARE, Column, RowsWidget
from tests.festivals.given import Season1, fresh
from tests.people.conftest import signed_in

WIDGET = RowsWidget([Column("Giờ", "time"), Column("Loại", "choice", ["chào cờ", "trò chơi"]), Column("Nội dung"), Column("Hạn", "date")])


def sent(*lines: tuple[str, ...], **more: str) -> QueryDict:
    """Return what a browser sends of some rows."""
    data = QueryDict(mutable=True)
    data["x-so"] = str(len(lines))
    for number, cells in enumerate(lines):
        for place, words in enumerate(cells):
            data[f"x-{number}-{place}"] = words
    data.update(more)
    return data


def drawn(text: str) -> list[list[str]]:
    """Return the values of the cells that a page shows, row by row."""
    html = WIDGET.render("x", text).partition("<template>")[0]
    found = []
    for row in html.split("<li data-row>")[1:]:
        cells = re.findall(r'<(?:input name="x-\d+-\d+" value="([^"]*)"|select[^>]*>(.*?)</select>)', row)
        found.append([unescape(value or (match[1] if (match := re.search(r"<option selected>([^<]*)", options)) else "")) for value, options in cells])
    return found


def test_rows_become_lines_and_an_empty_one_keeps_its_place() -> None:
    data = sent(("08:00", "chào cờ", "Chào cờ", ""), ("", "", "", ""), ("", "", "Kéo co", "2026-08-16"))
    assert WIDGET.value_from_datadict(data, None, "x") == "08:00 | chào cờ | Chào cờ | \n\n |  | Kéo co | 2026-08-16"
    assert WIDGET.value_from_datadict(sent(("a", "", "b|c\td", "")), None, "x") == "a |  | b/c d |"
    assert WIDGET.value_from_datadict(sent(("", "", "bỏ", ""), ("", "", "giữ", ""), **{"x-0-bo": "1"}), None, "x") == "\n |  | giữ |"


def test_what_is_pasted_follows_the_rows_and_bare_text_is_taken_as_it_is() -> None:
    assert WIDGET.value_from_datadict(sent(("", "", "a", ""), **{"x-dan": "8:00\tchào cờ\tb\n9:00\tx\tc"}), None, "x") == " |  | a | \n8:00\tchào cờ\tb\n9:00\tx\tc"
    assert WIDGET.value_from_datadict(QueryDict("x=7:00 | a"), None, "x") == "7:00 | a"
    assert WIDGET.value_from_datadict(QueryDict("x-so=9999999999&x-0-0=a"), None, "x").startswith("a"), "a huge number costs nothing"
    assert WIDGET.value_from_datadict(QueryDict("x-so=-1"), None, "x") is None and WIDGET.value_from_datadict(QueryDict(), None, "x") is None


def test_a_page_shows_each_row_and_spare_ones_and_drops_no_value_that_is_wrong() -> None:
    shown = drawn("08:00 | chào cờ | Chào <b>cờ</b> | 16/8/2026\n25 giờ | xiếc | Xiếc | 31/02/2026")
    assert shown[0] == ["08:00", "chào cờ", "Chào <b>cờ</b>", "2026-08-16"]
    assert shown[1] == ["25 giờ", "xiếc", "Xiếc", "31/02/2026"], "a browser would empty a field of its kind"
    assert len(shown) == 2 + SPARE and "<b>cờ" not in WIDGET.render("x", "a | b | Chào <b>cờ</b>")


_words = some.text(some.characters(blacklist_categories=("Cs", "Cc", "Zl", "Zp", "Zs"), blacklist_characters="|"), max_size=12)


@examples(some.lists(some.tuples(_words, _words, _words, _words), max_size=5))
def test_what_is_typed_comes_back_as_it_was(lines: list[tuple[str, ...]]) -> None:
    text = WIDGET.value_from_datadict(sent(*lines), None, "x") or ""
    read = rows.read(text, "x", 4, list)
    assert [[cell.strip() for cell in row] for row in read] == [[rows.nfc(cell).strip() for cell in one] for one in lines if any(one)]


def test_an_office_types_rows_and_a_fault_names_the_row(scene: Season1) -> None:
    clerk, day = signed_in(scene.here.duyen, second_factor=True), scene.hamlet_day
    address = f"/quan-tri/ngay-hoi/ngay/{day.public_id}/chuong-trinh/"
    page = clerk.get(address).content.decode()
    assert 'name="ceremony-0-2" rows="1">Chào cờ<' in page and "Dán từ bảng tính" in page
    typed = {
        "ceremony-so": "2", "ceremony-0-0": "08:00", "ceremony-0-1": "chào cờ", "ceremony-0-2": "Chào cờ", "ceremony-1-0": "09:00", "ceremony-1-1": str(ItemKind.REPORT.label),
        "festivities-so": "1", "festivities-0-2": "Kéo co", "festivities-0-1": str(ItemKind.GAME.label), "festivities-dan": "10:00\thội thi\tNhảy bao", "revision": fresh(day).revision,
    }  # fmt: skip
    refused = clerk.post(address, typed)
    assert refused.status_code == 422 and "Dòng 2" in refused.content.decode() and '>Kéo co</textarea>' in refused.content.decode()
    assert clerk.post(address, {**typed, "ceremony-1-2": "Báo cáo"}).status_code == 302
    assert list(day.items.filter(part=Part.FESTIVITIES).values_list("title", flat=True)) == ["Kéo co", "Nhảy bao"]


def test_every_kind_that_a_row_offers_can_be_read(scene: Season1) -> None:
    form = ProgrammeForm(day=scene.hamlet_day, user=scene.here.duyen)
    for part in Part.values:
        kinds = form.fields[part].widget.columns[1].choices
        assert [rows.kind_of(str(kind), part).label for kind in kinds] == list(kinds)
    ready = PreparedForm(day=scene.hamlet_day).fields["equipment"].widget.columns[3].choices
    assert rows.things(f"Loa | 1 | Xã | {ready[0]}")[0][3] is True
