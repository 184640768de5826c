"""A workbook as a file: whether it is one, how large, whole, and where cells are merged; refused in words whatever is wrong with it."""

from __future__ import annotations

import lzma
import re
import zipfile
import zlib
from io import BytesIO
from typing import IO, Any, Final

from django.utils.translation import gettext as _
from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from liengia.core.errors import Invalid
from liengia.core.text import nfc

FILE_MOST: Final = 8 * 1024 * 1024
UNPACKED_MOST: Final = 300 * 1024 * 1024
# A sheet is unpacked while its rows are read: damage inside of a part shows only then, by whatever meets it first.
DAMAGED: Final = (
    zipfile.BadZipFile, zlib.error, lzma.LZMAError, InvalidFileException, SyntaxError, ValueError, TypeError, LookupError, AttributeError, EOFError, OSError,
    RuntimeError, OverflowError,
)  # fmt: skip


def opened(file: IO[bytes]) -> tuple[Any, dict[str, list[str]]]:
    """Return the workbook, and its merged areas by sheet.

    Raises:
        Invalid: not an .xlsx file, too large, or damaged.
    """
    data = file.read(FILE_MOST + 1)
    try:
        _check_file(data)
        return load_workbook(BytesIO(data), read_only=True, data_only=False, keep_links=False), _merged(data)
    except DAMAGED as error:
        raise damaged() from error


def damaged() -> Invalid:
    """Return the refusal of a file that is damaged."""
    return Invalid(_("The file cannot be opened as a spreadsheet. Save it again as .xlsx and send that."))


def _check_file(data: bytes) -> None:
    if len(data) > FILE_MOST:
        raise Invalid(_("The file is larger than 8 MB. Delete pictures and empty sheets, or send it in two parts."))
    if data[:4] == b"\xd0\xcf\x11\xe0":
        raise Invalid(_("This is an old .xls file (or one with a password). Save it as .xlsx and send that."))
    if not zipfile.is_zipfile(BytesIO(data)):
        raise Invalid(_("This is not an Excel file. Download the template, fill it in and save it as .xlsx."))
    with zipfile.ZipFile(BytesIO(data)) as parts:
        if "xl/workbook.xml" not in parts.namelist():
            raise Invalid(_("This is not an Excel file. Download the template, fill it in and save it as .xlsx."))
        if sum(part.file_size for part in parts.infolist()) > UNPACKED_MOST:
            raise Invalid(_("The file unpacks to more than is sensible. Copy the rows into a fresh template."))


def _merged(data: bytes) -> dict[str, list[str]]:
    """Return merged areas by sheet; they stand at the end of a sheet's part, which is searched in small pieces."""
    found: dict[str, list[str]] = {}
    with zipfile.ZipFile(BytesIO(data)) as parts:
        book = parts.read("xl/workbook.xml").decode("utf-8", "replace")
        links = parts.read("xl/_rels/workbook.xml.rels").decode("utf-8", "replace")
        targets: dict[str, str] = {}
        for tag in re.findall(r"<Relationship [^>]*>", links):
            key, target = re.search(r'Id="([^"]+)"', tag), re.search(r'Target="/?(?:xl/)?([^"]+)"', tag)
            if key and target:
                targets[key[1]] = f"xl/{target[1]}"
        for tag in re.findall(r"<sheet [^>]*>", book):
            title, key = re.search(r'name="([^"]*)"', tag), re.search(r'r:id="([^"]+)"', tag)
            part = targets.get(key[1]) if key else None
            if title and part in parts.namelist():
                with parts.open(str(part)) as stream:
                    tail = b""
                    while piece := stream.read(1 << 20):
                        tail = (tail + piece)[-200_000:]
                areas = re.findall(rb'<mergeCell ref="([A-Z0-9:]+)"', tail)
                if areas:
                    found[nfc(title[1])] = [area.decode() for area in areas]
    return found
