"""A text never becomes a field, a header, a parameter or an address."""

from __future__ import annotations

import json
from urllib.parse import parse_qsl, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liengia.broadcast.gateway import template
from liengia.broadcast.gateway.http import NotAllowed
from liengia.broadcast.gateway.template import BadTemplate

URL = "https://sms.example.vn/v1/gui"
HOSTILE = ('", "to": "113', "a\r\nX-Evil: 1", "{token}", "&admin=1#?", "\x00\u202e", "<speak><break/></speak>", "' OR 1=1", "%0d%0aSet-Cookie: a", "a" * 1_000_000)
ANY_TEXT = st.text(st.characters(exclude_categories=("Cs",)), max_size=200)


@pytest.mark.parametrize("text", HOSTILE)
def test_json_keeps_its_fields(text: str) -> None:
    made = template.parse(method="POST", url=URL, body_kind="json", body='{"to": "{to}", "inner": {"text": "x {text} y"}, "n": 1}')
    sent = json.loads(made.fill({"to": "+84900000009", "text": text, "token": "T"}).body)
    assert sent == {"to": "+84900000009", "inner": {"text": f"x {text} y"}, "n": 1}


@given(ANY_TEXT)
def test_form_and_address_keep_theirs(text: str) -> None:
    form = template.parse(method="POST", url=URL + "/{to}?q={text}&k=1", body_kind="form", body="to={to}\ntext={text}")
    request = form.fill({"to": text, "text": text})
    assert parse_qsl(request.body.decode(), keep_blank_values=True) == [("to", text), ("text", text)]
    parts = urlsplit(request.url)
    assert parts.hostname == "sms.example.vn" and parts.path.count("/") == 3
    assert parse_qsl(parts.query, keep_blank_values=True) == [("q", text), ("k", "1")]


def test_header_takes_one_line_only() -> None:
    made = template.parse(method="GET", url=URL, headers="Authorization: Bearer {token}")
    assert made.fill({"token": "abc"}).headers == {"Authorization": "Bearer abc"}
    for bad in ("a\r\nX: 1", "a\x00", "ế"):
        with pytest.raises(NotAllowed):
            made.fill({"token": bad})


@pytest.mark.parametrize(
    "field, values",
    [
        ("url", {"url": "https://{to}.example.vn/"}), ("url", {"url": "http://sms.example.vn/"}), ("url", {"url": "https://127.0.0.1/"}),
        ("url", {"url": "https://[::ffff:10.0.0.1]/"}), ("url", {"url": "https://a:b@sms.example.vn/"}), ("url", {"url": "https://sms.example.vn/#x"}),
        ("url", {"url": "file:///etc/passwd"}), ("url", {"url": "https://169.254.169.254/latest"}), ("url", {"url": "https://sms.example.vn/a b"}),
        ("headers", {"headers": "X-Text: {text}"}), ("headers", {"headers": "Host: evil"}), ("headers", {"headers": "no colon"}),
        ("headers", {"headers": "Bad Name: 1"}), ("body", {"body_kind": "json", "body": '{"a": "{text}"'}), ("body", {"body_kind": "json", "body": '{"a": "{password}"}'}),
        ("body", {"body_kind": "json", "body": "[" * 5000 + "]" * 5000}), ("body", {"body_kind": "form", "body": "text"}), ("method", {"method": "DELETE"}),
    ],
)  # fmt: skip
def test_refuses_a_template_that_could_harm(field: str, values: dict[str, str]) -> None:
    with pytest.raises(BadTemplate) as refused:
        template.parse(**{"method": "POST", "url": URL, **values})  # type: ignore[arg-type]
    assert refused.value.field == field


def test_request_never_prints_what_it_holds() -> None:
    made = template.parse(method="POST", url=URL + "?t={token}", headers="X-Key: {token}", body_kind="form", body="text={text}")
    assert "bi-mat" not in repr(made.fill({"token": "bi-mat", "text": "bi-mat"}))
