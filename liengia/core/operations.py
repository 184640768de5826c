"""What migrations do beyond Django's own operations."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.operations import CreateModel
from django.db.migrations.operations.base import Operation, OperationCategory
from django.db.migrations.state import ProjectState


class CreateModels(Operation):
    """Create the tables of a room together, so that Django draws the models of the state once for all of them.

    After each `CreateModel` Django draws every model anew that hangs on the new one by any chain of relations, and
    whatever points at an account hangs on every room: a hundred tables cost some ten thousand models, many seconds of
    a first start. Tables, indexes and constraints come out the same.
    """

    category = OperationCategory.ADDITION
    serialization_expand_args = ["models"]

    def __init__(self, models: Sequence[CreateModel]) -> None:
        """Take the models; they may point at each other in any order."""
        self.models = models

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        """Add the models to a state whose drawn models are forgotten: they are drawn when next asked for."""
        state.__dict__.pop("apps", None)
        for model in self.models:
            model.state_forwards(app_label, state)

    def database_forwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,
        to_state: ProjectState,
    ) -> None:
        """Create the tables; foreign keys are laid or checked at the end, so that their order is free."""
        for model in self.models:
            model.database_forwards(app_label, schema_editor, from_state, to_state)

    def database_backwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,
        to_state: ProjectState,
    ) -> None:
        """Drop the tables, the last one first."""
        for model in reversed(self.models):
            model.database_backwards(app_label, schema_editor, from_state, to_state)

    def references_model(self, name: str, app_label: str) -> bool:
        """Tell whether one of the models is the asked one or points at it."""
        return any(model.references_model(name, app_label) for model in self.models)

    def describe(self) -> str:
        """Say it in a line."""
        return f"Create the tables of {', '.join(model.name for model in self.models)}"

    @property
    def migration_name_fragment(self) -> str:
        """Return what a migration of this alone would be called."""
        return "_".join(model.name_lower for model in self.models[:3])
