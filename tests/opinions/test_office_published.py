"""Making an answer public a second time: it begins from the copy that stands, and never goes over somebody else's."""

from __future__ import annotations

import re
from html import unescape

from django.test import Client

from liengia.core.actor import Actor
from liengia.opinions import office_text, services
from liengia.opinions.models import Opinion
from tests.opinions.given import Office, public
from tests.opinions.test_office import act, address, at, page

WORDS = "Đã gặp ông Nguyễn Văn Bảy, nhà số 12 cuối hẻm bên miếu; gọi 0903 123 456 là có người tới."
COPY = "Đã gặp ông [tên], [đã che]; gọi 0903 123 456 là có người tới."


def told(here: Office) -> Opinion:
    """Return an opinion whose answer is public, with words hidden by their mark and by hand."""
    opinion, by = public(here), Actor.of(here.duyen)
    services.answer(opinion, kind="in_writing", text=WORDS, signer_name="Ông Mẫu", signer_office="UBND xã", actor=by)
    names = re.findall(r'name="(m-a-[^"]+)"', page(here.duyen, address(opinion, "cong-khai-tra-loi/")))
    chosen = {name: "keep" if "phone" in name else "hide" for name in names}
    return act(here.duyen, opinion, "cong-khai-tra-loi", hidden="nhà số 12 cuối hẻm bên miếu", **chosen)


def sent(text: str) -> dict[str, str]:
    """Return what the browser sends of a form that nobody touched."""
    inputs = [tag for tag in re.findall(r"<input [^>]+>", text) if "checked" in tag or 'type="hidden"' in tag]
    found = {re.search(r'name="([^"]+)"', tag)[1]: re.search(r'value="([^"]*)"', tag)[1] for tag in inputs if "value=" in tag}  # type: ignore[index]
    area = re.search(r'<textarea name="hidden"[^>]*>\s*(.*?)</textarea>', text, re.DOTALL)
    assert area
    return {**found, "hidden": unescape(area[1])}


def test_a_second_publication_hides_again_what_was_hidden_by_hand(here: Office, client: Client) -> None:
    opinion = told(here)
    shown = Opinion.public_.get().public_answer
    assert shown and "cuối hẻm" not in shown.public_text
    where = address(opinion, "cong-khai-tra-loi/")
    look = page(here.duyen, where)
    assert shown.public_text in unescape(look), "what everybody reads now stands there"
    data = sent(look)
    assert data["hidden"] == "nhà số 12 cuối hẻm bên miếu"
    assert at(here.duyen).post(where, data).status_code == 422, "what was kept is decided on anew"
    phone = next(name for name in re.findall(r'name="(m-a-[^"]+)"', look) if "phone" in name)
    assert at(here.duyen).post(where, {**data, phone: "hide"}).status_code == 302
    seen = unescape(client.get(f"/gop-y/{opinion.public_id}/").content.decode())
    assert "Đã gặp ông" in seen
    assert not any(private in seen for private in ("Bảy", "cuối hẻm", "bên miếu", "0903"))


def test_a_form_opened_before_anothers_change_is_refused_and_keeps_what_was_typed(here: Office) -> None:
    opinion, by = public(here), Actor.of(here.duyen)
    services.answer(opinion, kind="in_writing", text="Tổ điện tới nhà cuối hẻm bên miếu chiều nay.", signer_name="Ông Mẫu", signer_office="UBND xã", actor=by)
    where = address(opinion, "cong-khai-tra-loi/")
    old = sent(page(here.duyen, where))
    act(here.duyen, opinion, "cong-khai-tra-loi", hidden="cuối hẻm bên miếu")
    refused = at(here.duyen).post(where, {**old, "hidden": "chiều nay"})
    assert refused.status_code == 422
    standing = opinion.answers.get().public_text
    assert "cuối hẻm" not in standing and "chiều nay" in standing
    again = sent(refused.content.decode())
    assert again["hidden"].split("\n") == ["chiều nay", "cuối hẻm bên miếu"], "what was typed, and what the other hid"
    assert at(here.duyen).post(where, again).status_code == 302
    standing = opinion.answers.get().public_text
    assert "cuối hẻm" not in standing and "chiều nay" not in standing


def test_an_answer_given_since_the_form_was_opened_is_not_made_public_unseen(here: Office) -> None:
    opinion, by = public(here), Actor.of(here.duyen)
    signed = {"signer_name": "Ông Mẫu", "signer_office": "UBND xã", "kind": "in_writing", "actor": by}
    services.answer(opinion, text="Tổ điện tới chiều nay.", **signed)
    old = sent(page(here.duyen, address(opinion, "cong-khai-tra-loi/")))
    services.answer(opinion, text="Riêng gửi người viết: trụ đó của nhà bên cạnh.", **signed)
    assert at(here.duyen).post(address(opinion, "cong-khai-tra-loi/"), old).status_code == 422
    assert not any(one.public_text for one in opinion.answers.all())


def test_what_a_copy_hides_is_found_in_any_language() -> None:
    assert office_text.hidden_words(WORDS, COPY) == ["Nguyễn Văn Bảy", "nhà số 12 cuối hẻm bên miếu"]
    assert office_text.hidden_words(WORDS, COPY.replace("[đã che]", "[hidden]").replace("[tên]", "[name]")) == office_text.hidden_words(WORDS, COPY)
    assert office_text.hidden_words("Theo [1], xong.", "Theo [1], xong.") == []
