"""Tables that are created together, and databases that were migrated before the rooms' chains were shortened."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import SystemCheckError
from django.db import connection, migrations, models
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.db.migrations.state import ModelState, ProjectState

from liengia.core.operations import CreateModels
from liengia.operate import prepare

pytestmark = pytest.mark.django_db


def _tables() -> CreateModels:
    key = models.BigAutoField(primary_key=True)
    return CreateModels(
        [
            migrations.CreateModel(
                "Leaf",
                [("id", key), ("tree", models.ForeignKey("trial.tree", models.CASCADE)), ("size", models.IntegerField())],
                options={
                    "indexes": [models.Index(fields=["size"], name="trial_leaf_size")],
                    "constraints": [models.CheckConstraint(condition=models.Q(size__gt=0), name="trial_leaf_is_there")],
                },
            ),
            migrations.CreateModel("Tree", [("id", key.clone()), ("next", models.ManyToManyField("trial.tree"))]),
        ]
    )


@pytest.mark.django_db(transaction=True)
def test_tables_come_with_their_indexes_and_constraints_and_go() -> None:
    before = ProjectState()
    before.add_model(ModelState("trial", "Stone", [("id", models.BigAutoField(primary_key=True))]))
    assert before.apps.get_model("trial", "stone")
    operation, after = _tables(), before.clone()
    operation.state_forwards("trial", after)
    with connection.schema_editor(atomic=False) as editor:
        operation.database_forwards("trial", editor, before, after)
    assert {"trial_leaf", "trial_tree", "trial_tree_next"} <= set(connection.introspection.table_names())
    with connection.cursor() as cursor:
        laid = connection.introspection.get_constraints(cursor, "trial_leaf")
    assert laid["trial_leaf_size"]["index"] and laid["trial_leaf_is_there"]["check"]
    assert [found["foreign_key"] for found in laid.values() if found["foreign_key"]] == [("trial_tree", "id")]
    assert after.apps.get_model("trial", "stone"), "what was there before stays"
    assert operation.references_model("Tree", "trial")
    with connection.schema_editor(atomic=False) as editor:
        operation.database_backwards("trial", editor, after, before)
    assert not [name for name in connection.introspection.table_names() if name.startswith("trial_")]


def _as_before(left_out: str = "") -> None:
    """Write into the migrations' table what stood there before the chains were shortened."""
    recorder = MigrationRecorder(connection)
    for (room, name), migration in MigrationLoader(connection, replace_migrations=False).disk_migrations.items():
        if migration.replaces and (migration.__module__.startswith("liengia.")):
            recorder.record_unapplied(room, name)
            for replaced in migration.replaces:
                if replaced not in recorder.applied_migrations() and replaced[1] != left_out:
                    recorder.record_applied(*replaced)
                if replaced[1] == left_out:
                    recorder.record_unapplied(*replaced)


def test_a_database_of_before_has_nothing_to_do() -> None:
    _as_before()
    executor = MigrationExecutor(connection)
    assert executor.migration_plan(executor.loader.graph.leaf_nodes()) == []
    call_command("migrate", verbosity=0)
    assert ("people", "0002_people") in MigrationRecorder(connection).applied_migrations()
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


@pytest.mark.parametrize(
    "left_out, what",
    [
        ("0006_next_on_duty", "0001_groups_and_alarms"),
        ("0006_forum_reports", "0001_opinions_and_forums"),
        ("0004_provisional_days", "0001_institutions"),
        ("0005_requests_about_articles", "0001_site"),
    ],
)
def test_a_database_from_the_midst_of_a_shortened_chain_is_refused(
    tmp_path: Path, settings: Any, left_out: str, what: str
) -> None:
    settings.DATA = tmp_path
    _as_before(left_out)
    with pytest.raises(SystemCheckError, match=f"{what} can take up: {left_out} never ran"):
        call_command("migrate", verbosity=0, skip_checks=False)
    with pytest.raises(prepare.NotReady, match=left_out):
        prepare.migrate(prepare.Stamps())
