"""Kinds of entries of this room; none of them holds personal data: what a page says stands in its revisions."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from liengia.audit.kinds import Kind, register

_NONE = "Holds no personal data: addresses of pages."
_COUNTS = "Holds no personal data: the number of an article, a reason of the list, counts; who asked stands nowhere in it."


def register_own() -> None:
    """Add them; called from `AppConfig.ready`."""
    for code, label in (
        ("portal.opened", _("portal of a commune opened")),
        ("portal.published", _("page published")),
        ("portal.withdrawn", _("page taken down")),
        ("portal.submitted", _("page sent for approval")),
        ("portal.approved", _("page approved")),
        ("portal.sent_back", _("page sent back to its writer")),
        ("portal.mended", _("slips of writing mended")),
        ("portal.taken_back", _("page taken back by its writer")),
    ):
        register(Kind(code, label=label, erase=_NONE))
    register(Kind("portal.topic_set", label=_("topic of news set"), erase="Holds no personal data: an address and an order."))
    register(Kind("portal.author_set", label=_("author set"), erase="The name stands in the erasable text, which the worker erases after its time."))
    for code, label in (
        ("portal.request_read", _("request about an article read")),
        ("portal.request_taken_up", _("request about an article taken up")),
        ("portal.request_proposed", _("correction proposed")),
        ("portal.request_removed", _("taken down at somebody's request")),
        ("portal.request_corrected", _("corrected at somebody's request")),
        ("portal.request_refused", _("request about an article refused")),
        ("portal.request_words_erased", _("words of decided requests erased")),
        ("portal.withdrawn_files_erased", _("files of what was taken down erased")),
    ):
        register(Kind(code, label=label, erase=_COUNTS, is_read=code.endswith("_read")))
