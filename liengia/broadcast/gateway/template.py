"""The template of a provider's request, and how it is filled: each value is escaped for the place where it stands.

A template is taken apart first and filled afterwards: JSON is parsed and only its texts are filled, a form's fields are parted
at their first `=`, an address is filled in its path and query by percent-encoding. A text can therefore never become another
field, header, parameter or address; nor is what a text says filled again, so that `{token}` in a bulletin stays `{token}`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import quote, urlencode, urlsplit

from liengia.broadcast.gateway.http import NotAllowed, Request, check_address

PLACEHOLDERS: Final = ("to", "to_plain", "to_local", "text", "sender", "key", "token", "user", "audio_url", "report_url", "is_unicode")
# What may stand in a header: values that people do not write.
IN_HEADERS: Final = frozenset({"token", "user", "key", "sender"})
METHODS: Final = ("POST", "GET", "PUT")
_HOLE: Final = re.compile(r"\{([a-z_]+)\}")
_HEADER: Final = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]{1,80}")
_OURS: Final = frozenset({"host", "content-length", "transfer-encoding", "connection", "content-type", "expect", "upgrade", "te", "trailer"})


class BadTemplate(ValueError):
    """A template that cannot be used; `field` says which part."""

    def __init__(self, field: str, words: str) -> None:
        """Keep the field and the words."""
        super().__init__(words)
        self.field = field


@dataclass(frozen=True, slots=True)
class Template:
    """A request with holes."""

    method: str
    url: str
    headers: tuple[tuple[str, str], ...]
    body_kind: str
    body: Any

    def asks_for(self, name: str) -> bool:
        """Whether a placeholder stands anywhere in it; headers take no text and are left out."""
        return name in _holes_of(self.url) or name in _holes_of(self.body)

    def fill(self, values: Mapping[str, str]) -> Request:
        """Return the request with its holes filled.

        Raises:
            NotAllowed: a value cannot stand in a header.
        """
        headers = {name: _header_value(_filled(value, values)) for name, value in self.headers}
        body = b""
        if self.body_kind == "json":
            headers["Content-Type"] = "application/json; charset=utf-8"
            body = json.dumps(_fill_json(self.body, values), ensure_ascii=False).encode()
        elif self.body_kind == "form":
            headers["Content-Type"] = "application/x-www-form-urlencoded"
            body = urlencode([(name, _filled(value, values)) for name, value in self.body]).encode()
        return Request(self.method, _filled(self.url, values, lambda one: quote(one, safe="")), headers, body)


def parse(*, method: str, url: str, headers: str = "", body_kind: str = "none", body: str = "") -> Template:
    """Read a template as somebody wrote it into the form.

    Raises:
        BadTemplate: something of it cannot be used; it names the field.
    """
    if method not in METHODS:
        raise BadTemplate("method", "unknown method")
    _check_url(url)
    read: Callable[[str], Any] = {"json": _json, "form": _form, "none": lambda _text: None}[body_kind]
    return Template(method, url, tuple(_headers(headers)), body_kind, read(body))


def _check_url(url: str) -> None:
    """The host, and all before it, has no hole: what is filled in can never choose where a request goes."""
    head, _slash, _rest = url.partition("://")[2].partition("/")
    if "{" in head or "{" in url.partition("://")[0] or "\\" in url:
        raise BadTemplate("url", "no placeholder before the path")
    try:
        check_address(_HOLE.sub("x", url))
    except NotAllowed as error:
        raise BadTemplate("url", str(error)) from None
    if urlsplit(url).fragment:
        raise BadTemplate("url", "no # in the address")
    _check_holes("url", url, frozenset(PLACEHOLDERS))


def _headers(text: str) -> list[tuple[str, str]]:
    found = []
    for line in text.splitlines():
        if not line.strip():
            continue
        name, colon, value = line.partition(":")
        if not colon or not _HEADER.fullmatch(name.strip()) or name.strip().lower() in _OURS:
            raise BadTemplate("headers", f"“{line[:40]}”")
        _check_holes("headers", value, IN_HEADERS)
        try:
            _header_value(_HOLE.sub("", value).strip())
        except NotAllowed as error:
            raise BadTemplate("headers", str(error)) from None
        found.append((name.strip(), value.strip()))
    return found


def _header_value(value: str) -> str:
    if not all(" " <= char <= "~" for char in value) or len(value) > 4_000:
        raise NotAllowed("a header holds plain letters in one line only")
    return value


def _json(text: str) -> Any:
    try:
        found = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise BadTemplate("body", str(error)) from None
    _each_text(found)
    return found


def _each_text(found: Any, depth: int = 0) -> None:
    if depth > 10:
        raise BadTemplate("body", "too deep")
    if isinstance(found, str):
        _check_holes("body", found, frozenset(PLACEHOLDERS))
    for inner in found.values() if isinstance(found, dict) else found if isinstance(found, list) else ():
        _each_text(inner, depth + 1)


def _form(text: str) -> list[tuple[str, str]]:
    found = []
    for line in text.splitlines():
        if not line.strip():
            continue
        name, equals, value = line.partition("=")
        if not equals or not name.strip():
            raise BadTemplate("body", f"“{line[:40]}”")
        _check_holes("body", value, frozenset(PLACEHOLDERS))
        found.append((name.strip(), value.strip()))
    return found


def _check_holes(field: str, text: str, known: frozenset[str]) -> None:
    for name in _HOLE.findall(text):
        if name not in known:
            raise BadTemplate(field, "{" + name + "}")


def _holes_of(found: Any) -> set[str]:
    if isinstance(found, str):
        return set(_HOLE.findall(found))
    inner = found.values() if isinstance(found, dict) else found if isinstance(found, list | tuple) else ()
    return {name for one in inner for name in _holes_of(one)}


def _filled(text: str, values: Mapping[str, str], escape: Callable[[str], str] = str) -> str:
    return _HOLE.sub(lambda hole: escape(values.get(hole[1], "")), text)


def _fill_json(found: Any, values: Mapping[str, str]) -> Any:
    if isinstance(found, str):
        return _filled(found, values)
    if isinstance(found, list):
        return [_fill_json(one, values) for one in found]
    if isinstance(found, dict):
        return {name: _fill_json(one, values) for name, one in found.items()}
    return found
