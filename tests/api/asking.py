"""A client's half of GeoReport v2: answers read by libxml2 and checked against the schema, and as JSON."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

from django.test import Client
from lxml import etree

SCHEMA: Final = etree.XMLSchema(etree.parse(Path(__file__).with_name("georeport.xsd")))
COMMUNE: Final = {"jurisdiction_id": "28108"}
V2: Final = "/open311/v2"


def _arguments(asked: dict[str, Any]) -> dict[str, Any]:
    """Return the arguments of a request; `state` is the standard's status, since `status` is HTTP's here."""
    return {**COMMUNE, **{"status" if name == "state" else name: value for name, value in asked.items()}}


def as_json(path: str, *, status: int = 200, client: Client | None = None, **asked: Any) -> Any:
    """Ask, and return what stands in the JSON."""
    response = (client or Client()).get(f"{V2}/{path}.json", _arguments(asked))
    assert response.status_code == status, response.content.decode()
    assert response["Content-Type"] == "application/json; charset=utf-8"
    return response.json()


def as_xml(path: str, *, status: int = 200, base: str = V2, **asked: Any) -> etree._Element:
    """Ask, and return the root of the XML, which the schema has found right."""
    response = Client().get(f"{base}/{path}.xml", _arguments(asked))
    assert response.status_code == status, response.content.decode()
    assert response["Content-Type"] == "text/xml; charset=utf-8"
    return checked(response.content)


def checked(body: bytes) -> etree._Element:
    """Return the root of an answer that is right by the schema."""
    assert body.startswith(b'<?xml version="1.0" encoding="utf-8"?>')
    root = etree.fromstring(body)
    SCHEMA.assertValid(root)
    assert not root.nsmap, "without a namespace"
    return root


def spark(element: etree._Element) -> Any:
    """Return an element as JSON by the Spark convention, with all words as they are: both forms say the same."""
    children = list(element)
    if not children:
        return element.text
    groups = {"services", "service_requests", "attributes", "values", "errors", "endpoints", "formats"}
    return [spark(one) for one in children] if element.tag in groups else {one.tag: spark(one) for one in children}


def plain(value: Any) -> Any:
    """Return JSON's values as XML writes them."""
    if isinstance(value, dict):
        return {name: plain(part) for name, part in value.items()}
    if isinstance(value, list):
        return [plain(part) for part in value] or None
    if isinstance(value, bool):
        return str(value).lower()
    return None if value is None else str(value)
