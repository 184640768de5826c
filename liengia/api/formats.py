"""The two forms of an answer: XML without a namespace, and JSON by the Spark convention.

One tree of plain values makes both: a dict is an element with children, a list in a dict is a group of elements, None
is an empty element (null), true and false are written so. Source: GeoReport v2, "Format Support".
"""

from __future__ import annotations

import json
import re
from typing import Any, Final
from xml.etree import ElementTree as ET

from django.http import HttpResponse

TYPES: Final = {"xml": "text/xml; charset=utf-8", "json": "application/json; charset=utf-8"}
# The elements of a group, by the group's name.
ONE_OF: Final = {
    "services": "service", "service_requests": "request", "attributes": "attribute", "values": "value", "errors": "error",
    "endpoints": "endpoint", "formats": "format",
}  # fmt: skip
# What XML 1.0 has no way to write, not even as a reference.
_UNWRITABLE: Final = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def render(name: str, value: Any, form: str, *, status: int = 200) -> HttpResponse:
    """Return an answer whose root element is `name`; in JSON the root has no name."""
    body = _xml(name, value) if form == "xml" else json.dumps(value, ensure_ascii=False).encode()
    return HttpResponse(body, content_type=TYPES[form], status=status)


def _xml(name: str, value: Any) -> bytes:
    root = ET.Element(name)
    _fill(root, value)
    ET.indent(root)
    return b'<?xml version="1.0" encoding="utf-8"?>\n' + ET.tostring(root, encoding="unicode").encode()


def _fill(element: ET.Element, value: Any) -> None:
    if isinstance(value, dict):
        for name, part in value.items():
            _fill(ET.SubElement(element, name), part)
    elif isinstance(value, list):
        for part in value:
            _fill(ET.SubElement(element, ONE_OF[element.tag]), part)
    elif isinstance(value, bool):
        element.text = "true" if value else "false"
    elif value is not None:
        element.text = _UNWRITABLE.sub("\ufffd", str(value))
