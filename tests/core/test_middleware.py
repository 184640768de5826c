"""NULs in addresses, which PostgreSQL takes in no text."""

from __future__ import annotations

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory

from liengia.core.middleware import NoNulMiddleware

ASKED = ("/gop-y/?ap=%00", "/gop-y/?linh-vuc=x%00y", "/dien-dan/?xa=%00", "/tin-tuc/?noi=%00", "/tin-tuc/?chu-de=%00", "/tim/?q=%00")


@pytest.mark.django_db
def test_a_nul_in_an_address_is_no_fault(client: Client) -> None:
    assert [client.get(one).status_code for one in ASKED] == [200] * len(ASKED)
    assert [client.get(one).status_code for one in ("/tin-tuc/%00/", "/a%00b/", "/khong-co/?a=%00")] == [404] * 3


def test_no_view_reads_a_nul() -> None:
    def view(request: HttpRequest) -> HttpResponse:
        return HttpResponse(repr(dict(request.GET)))

    answer = NoNulMiddleware(view)(RequestFactory().get("/?a=x%00y&b=%0%000z"))
    assert isinstance(answer, HttpResponse) and answer.content.decode() == "{'a': ['xy'], 'b': ['z']}"
