"""What people read: Vietnamese complete, English in the code."""

from __future__ import annotations

import importlib.util
import re
import sys
from types import ModuleType

import pytest

from tests.structure.tree import ROOMS, ROOT

# Names that stand in English sentences as they are.
NAMES = re.compile(
    r"(For example|Write|Such as): .*|NĐ-CP|Xã, Phường, Thị trấn, Ấp, Khu phố, Tổ|Liên Gia|Cần Đước|Tây Ninh|Vietnamese|Tiếng Việt|Zalo|Mỹ Lệ|Long Sơn|Ấp \d|Khu phố|Tổ \d"
)
VIETNAMESE = re.compile(r"[àảãáạăằẳẵắặâầẩẫấậđèẻẽéẹêềểễếệìỉĩíịòỏõóọôồổỗốộơờởỡớợùủũúụưừửữứựỳỷỹýỵ]", re.IGNORECASE)


@pytest.fixture(scope="module")
def tool() -> ModuleType:
    """Return tools/messages.py."""
    spec = importlib.util.spec_from_file_location("messages", ROOT / "tools" / "messages.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules["messages"] = module
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("room", ROOMS)
def test_the_code_speaks_english(tool: ModuleType, room: str) -> None:
    foreign = [
        f"{message.files[0]}: {message.text!r}"
        for message in tool.messages_of(room).values()
        if VIETNAMESE.search(NAMES.sub("", message.text))
    ]
    assert not foreign, "these texts are no English msgids:\n" + "\n".join(foreign)


def test_the_reader_of_templates_finds_what_django_finds(tool: ModuleType) -> None:
    path = ROOT / "build" / "messages_probe.html"
    path.parent.mkdir(exist_ok=True)
    path.write_text(
        '{% block a %}{% if x %}{% translate "One 100%" context "c" %}{% endif %}{# no #}{% endblock %}'
        "{% comment %}{% translate 'hidden' %}{% endcomment %}"
        '{% field form.x label=_("Two") %}{{ _("Three")|upper }}'
        "{% blocktranslate trimmed count n=c with who=user.name %}\n  {{ n }} house\n  of {{ who }}\n"
        "{% plural %}\n  {{ n }} houses of {{ who }}\n{% endblocktranslate %}",
        encoding="utf-8",
    )
    try:
        found = [(m.context, m.text, m.plural) for m in tool.template_messages(path)]
    finally:
        path.unlink()
    assert found == [
        ("c", "One 100%%", None),
        (None, "Two", None),
        (None, "Three", None),
        (None, "%(n)s house of %(who)s", "%(n)s houses of %(who)s"),
    ]


@pytest.fixture(scope="module")
def library_tool(tool: ModuleType) -> ModuleType:
    """Return tools/library_messages.py, which builds on tools/messages.py."""
    spec = importlib.util.spec_from_file_location("library_messages", ROOT / "tools" / "library_messages.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules["library_messages"] = module
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("domain", ["django", "djangojs"])
def test_what_libraries_show_in_the_office_is_vietnamese(library_tool: ModuleType, domain: str) -> None:
    lacking = [entry.msgid for entry in library_tool.missing(domain)]
    assert not lacking, "an upgrade brought new words (tools/library_messages.py --set):\n" + "\n".join(lacking)
    assert library_tool.faults(domain) == []


def test_our_words_win_over_a_librarys(library_tool: ModuleType) -> None:
    from django.utils import translation

    with translation.override("vi"):
        assert translation.gettext("Publish this version") == "Xuất bản phiên bản này"  # Wagtail has none
        assert translation.gettext("Approve with comment") == "Duyệt kèm ý kiến"  # Wagtail's is another
    assert library_tool.placeholders("%(count)s of {name}, %d") == {"%(count)s", "{name}", "%d"}
