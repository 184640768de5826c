"""The pages of the documentation say what the code says: settings, topics, states, models."""

from __future__ import annotations

import ast
import gc
import re

import pytest
from django.db import models

from liengia.core.workflow import Workflow
from tests.structure.tree import DOCS, PACKAGE, ROOMS, ROOT, own_models, page, python_files

READERS = {"text", "number", "flag", "words"}
# Not settings of an installation.
NOT_OURS = {"DJANGO_SETTINGS_MODULE", "NO_COLOR", "PROMETHEUS_MULTIPROC_DIR", "PATH", "HOME", "CI"}
TOPICS = {"press", "still", "state", "rang", "beat", "to"}


def settings_read() -> set[str]:
    """Return the environment variables that the code reads."""
    found = set()
    for _, tree in python_files():
        for node in ast.walk(tree):
            if not (isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant)):
                continue
            called = ast.unparse(node.func)
            reader = called.rpartition(".")[2] in READERS and called.startswith("env.")
            if reader or called in ("os.environ.get", "os.getenv", "environ.get"):
                found.add(str(node.args[0].value))
    return {name for name in found if re.fullmatch(r"[A-Z][A-Z0-9_]+", name)} - NOT_OURS


def test_every_setting_is_documented() -> None:
    described = page("operate.md")
    missing = sorted(name for name in settings_read() if f"`{name}`" not in described)
    assert not missing, f"docs/operate.md has no row for {missing}"


def test_no_setting_is_documented_that_nobody_reads() -> None:
    named = set(re.findall(r"^\| `(LIENGIA_[A-Z_]+)`", page("operate.md"), re.MULTILINE))
    assert named <= settings_read() | {"LIENGIA_CHROMIUM"}


def test_every_topic_is_documented() -> None:
    described = page("protocol.md")
    used = set()
    for path in (PACKAGE / "alarms").rglob("*.py"):
        text = path.read_text(encoding="utf-8")
        used |= set(re.findall(r"\blg[./](?:\{[^}]+\}|\*|\w+)[./](\w+)", text))
    used -= {"py"}
    assert used >= {"press", "state"}, "the topics moved: tell this test where"
    for topic in sorted(used | TOPICS):
        assert re.search(rf"`lg/\{{group\}}/{topic}\b", described), f"docs/protocol.md does not describe lg/{{group}}/{topic}"


def workflows() -> list[Workflow]:
    """Return every transition table of the code."""
    return sorted((found for found in gc.get_objects() if type(found) is Workflow), key=lambda found: found.name)


def test_every_state_is_documented() -> None:
    missing = []
    for workflow in workflows():
        room = workflow.name.partition(".")[0]
        described = page(f"areas/{room}.md")
        words = {str(getattr(state, "value", state)) for state in workflow.table}
        words |= {verb for verbs in workflow.table.values() for verb in verbs}
        tables = " ".join(line for line in described.splitlines() if line.startswith("|")).replace("_", " ").lower()
        missing += [
            f"areas/{room}.md has no table with: {workflow.name}: {word}"
            for word in sorted(words)
            if not re.search(rf"\b{word.replace('_', ' ')}\b", tables)
        ]
    assert not missing, "\n".join(missing)


@pytest.mark.parametrize("room", [room for room in ROOMS if room not in ("static",)])
def test_every_room_has_its_page(room: str) -> None:
    assert (DOCS / "areas" / f"{room}.md").exists(), f"docs/areas/{room}.md is missing"


def test_every_model_is_in_the_glossary() -> None:
    described = page("GLOSSARY.md")
    missing = [model._meta.label for model in own_models() if not re.search(rf"\b{model.__name__}\b", described)]
    assert not missing, f"docs/GLOSSARY.md does not explain {missing}"


def test_every_model_says_what_it_is() -> None:
    assert not [model._meta.label for model in own_models() if (model.__doc__ or "").startswith(f"{model.__name__}(")]


def test_pages_point_only_to_what_is_there() -> None:
    broken = []
    for path in [*ROOT.glob("*.md"), *DOCS.rglob("*.md")]:
        for target in re.findall(r"\]\(([^)#:\s]+)(?:#[^)]*)?\)", path.read_text(encoding="utf-8")):
            if not (path.parent / target).exists():
                broken.append(f"{path.relative_to(ROOT)} → {target}")
    assert not broken, "\n".join(broken)


# Where institutions and groups meet is no place of a person; random ids, hashes and kinds say nothing of one.
PLACES = {"units.Unit", "alarms.NeighbourGroup", "organisations.Organisation"}
SAYS_NOTHING = re.compile(r"(^|_)(public_id|hash|kind)$")


def text_fields(model: type[models.Model]) -> list[models.Field[object, object]]:
    """Return the fields of a model into which somebody can write words, or a place."""
    kinds = (models.CharField, models.TextField, models.JSONField, models.FileField, models.GenericIPAddressField)
    named = re.compile(r"(^|_)(address|phone|email|born)" if model._meta.label in PLACES else r"(^|_)(lat|lon|address|phone|email|born)")
    return [
        field
        for field in model._meta.concrete_fields
        if (isinstance(field, kinds) and not field.choices) or named.search(field.name)
    ]


def test_every_personal_field_is_in_the_register() -> None:
    """A field for words is impersonal by the model's own word, or has a row with its period in docs/privacy.md."""
    register = page("privacy.md")
    missing = []
    for model in own_models():
        impersonal = set(getattr(model, "IMPERSONAL", ()))
        personal = set(getattr(model, "PERSONAL", {}))
        assert not impersonal & personal, f"{model._meta.label} says both of {impersonal & personal}"
        for field in text_fields(model):
            if field.name in impersonal or field.primary_key or SAYS_NOTHING.search(field.name):
                continue
            name = f"`{model._meta.label}.{field.name}`"
            rows = [line for line in register.splitlines() if name in line and line.startswith("|")]
            if not rows or len([cell for cell in rows[0].strip("|").split("|") if cell.strip()]) < 4:
                missing.append(name)
    assert not missing, "docs/privacy.md needs a row (field | purpose | period | what ends it) for:\n" + "\n".join(missing)


def test_the_register_names_only_fields_that_exist() -> None:
    fields = {f"{model._meta.label}.{field.name}" for model in own_models() for field in model._meta.get_fields()}
    rooms = "|".join(ROOMS)
    named = set(re.findall(rf"`((?:{rooms})\.[A-Z]\w+\.\w+)`", page("privacy.md")))
    assert named <= fields, f"docs/privacy.md names what is no field: {sorted(named - fields)}"
