"""Whatever comes, an answer of the standard goes out: right by the schema, and never an error of ours."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from liengia.api import services
from liengia.api.queries import w3_day
from liengia.api.views import open311
from liengia.opinions.models import Opinion
from tests.api.asking import V2, checked
from tests.cast import TESTER
from tests.opinions.given import Office, public

NASTY = ["", "\x00", "'; DROP TABLE opinions_opinion; --", "<script>alert(1)</script>", "\u202e\u0e49" * 30, "ﷺ" * 50, "9" * 400, "-1", "%00", "e\u0323\u0302", "🧯", "../../etc/passwd"]
TEXT = st.one_of(st.sampled_from(NASTY), st.text(max_size=60))
MOMENT = st.one_of(TEXT, st.datetimes().map(lambda at: at.isoformat() + "Z"), st.dates().map(str))
QUERY = st.fixed_dictionaries(
    {}, optional={
        "jurisdiction_id": st.one_of(st.just("28108"), TEXT), "service_request_id": TEXT, "service_code": TEXT, "start_date": MOMENT,
        "end_date": MOMENT, "status": st.one_of(st.sampled_from(["open", "closed", "open,closed"]), TEXT), "page": TEXT, "page_size": TEXT,
    },
)  # fmt: skip
REPORT = st.fixed_dictionaries(
    {"jurisdiction_id": st.just("28108"), "service_code": st.one_of(st.just("lighting"), TEXT)},
    optional=dict.fromkeys(("description", "address_string", "lat", "long", "first_name", "last_name", "phone", "media_url", "attribute[kind]", "attribute[", "attribute[hamlet]", "attribute[about_officials]", "email"), TEXT),
)  # fmt: skip
OFTEN = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture
def open_(here: Office, settings: Any) -> str:
    """Return a key; two opinions are public."""
    settings.OPEN311_POST = True
    public(here)
    public(here, "Hai")
    return services.mint_key(here.commune, name="Chương trình thử", actor=TESTER)[1]


def fits(response: Any) -> None:
    """Find an answer right by the schema."""
    assert response.status_code in (200, 201, 400, 403, 404, 429), response.content[:300]
    checked(response.content)


@OFTEN
@given(QUERY, st.sampled_from(["requests", "services", "services/lighting", "requests/abcdefghij", "tokens/abc", "x/y"]))
def test_any_question_has_an_answer(here: Office, open_: str, asked: dict[str, str], path: str) -> None:
    fits(Client().get(f"{V2}/{path}.xml", asked))


@OFTEN
@given(REPORT, st.booleans())
def test_any_report_is_filed_whole_or_not_at_all(here: Office, open_: str, sent: dict[str, str], has_key: bool) -> None:
    open311.filing_limit.forget()
    open311.wrong_key_limit.forget()
    before = Opinion.all_.count()
    response = Client().post(f"{V2}/requests.xml", {**sent, "api_key": open_ if has_key else "lg_"})
    fits(response)
    assert Opinion.all_.count() - before == (response.status_code == 201) and not (response.status_code == 201 and not has_key)


@OFTEN
@given(MOMENT)
def test_a_day_is_read_or_refused(raw: str) -> None:
    try:
        day = w3_day(raw)
    except ValueError:
        return
    assert 1900 <= day.year < 2200
