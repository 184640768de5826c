"""The search index: entries, and the full-text table that each database has of its own."""

from __future__ import annotations

from typing import Any

from django.db import migrations, models

# The low line joins two syllables into one token; with detail=none no positions are kept.
SQLITE = (
    "CREATE VIRTUAL TABLE core_search_index USING fts5 "
    "(tokens, tokenize = \"unicode61 remove_diacritics 0 tokenchars '_'\", detail = none, columnsize = 0)"
)
POSTGRESQL = (
    "CREATE TABLE core_search_index (place bigint PRIMARY KEY, tokens tsvector NOT NULL)",
    "CREATE INDEX core_search_index_tokens ON core_search_index USING gin (tokens)",
)


def make(apps: Any, schema_editor: Any) -> None:
    statements = (SQLITE,) if schema_editor.connection.vendor == "sqlite" else POSTGRESQL
    for statement in statements:
        schema_editor.execute(statement)


def undo(apps: Any, schema_editor: Any) -> None:
    schema_editor.execute("DROP TABLE core_search_index")


class Migration(migrations.Migration):
    dependencies = [("core", "0001_machinery")]

    operations = [
        migrations.CreateModel(
            name="SearchEntry",
            fields=[
                ("place", models.BigIntegerField(primary_key=True, serialize=False)),
                ("kind", models.CharField(max_length=40)),
                ("key", models.CharField(max_length=64)),
                ("title", models.TextField()),
                ("body", models.TextField()),
                ("url", models.CharField(max_length=500)),
                ("published_at", models.DateTimeField()),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("kind", "key"), name="a_text_is_indexed_once")],
            },
        ),
        migrations.RunPython(make, undo),
    ]
