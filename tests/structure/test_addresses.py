"""Every address says who may open it."""

from __future__ import annotations

from liengia.people.policies import Policy
from tests.structure.tree import addresses, module_of

# Views that are not ours and cannot carry our mark, each with what guards it instead.
GUARDED_OTHERWISE = {
    "wagtail.": "Wagtail's admin asks for access_admin and its own permissions; the second-factor middleware stands before",
    "django.views.static": "uploaded files, public by their nature; only while no web server in front serves them",
    "django.views.generic.base": "Wagtail's own page for an address that is not there",
    "liengia.core.": "the choice of language, the manifest, the gallery: public, and below the room that knows people",
}
# Our own listings inside Wagtail's admin: its viewsets build the views, and Wagtail guards them as it does its own.
BACK_OFFICE = "quan-tri/"


def test_every_address_declares_its_policy() -> None:
    bare = [
        f"{address} ({module_of(view)})"
        for address, view in addresses()
        if not isinstance(getattr(view, "policy", None), Policy)
        and not module_of(view).startswith(tuple(GUARDED_OTHERWISE))
        and not (address.startswith(BACK_OFFICE) and module_of(view).startswith("liengia."))
    ]
    assert not bare, "these views declare no policy:\n" + "\n".join(bare)


def test_every_reason_is_still_needed() -> None:
    modules = {module_of(view) for _, view in addresses()}
    needed = {prefix for prefix in GUARDED_OTHERWISE if any(module.startswith(prefix) for module in modules)}
    assert set(GUARDED_OTHERWISE) - needed <= {"django.views.static"}, "only a server with DEBUG serves uploads itself"


def test_the_back_office_has_one_address() -> None:
    outside = {
        address
        for address, view in addresses()
        if module_of(view).startswith("wagtail.admin") and not address.startswith(BACK_OFFICE)
    }
    assert not {address for address in outside if "login" in address or "admin" in address}
