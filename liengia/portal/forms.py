"""Forms of the editor: what stands against publication is said while the editor can still mend it."""

from __future__ import annotations

from typing import Any

from wagtail.admin.forms import WagtailAdminPageForm

from liengia.people.policies import units_where
from liengia.portal.capabilities import EDIT
from liengia.units.models import Unit


class ArticleForm(WagtailAdminPageForm):
    """An article's form. A draft may hold anything; what asks to be published is checked for what may be shown."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "unit" in self.fields and self.for_user is not None and not self.for_user.is_superuser:
            # An article stands in the lists of its unit: only of units where its writer writes.
            roots = [unit.pk for unit in units_where(self.for_user, EDIT)]
            own = Unit.objects.below_any(roots) | Unit.objects.filter(pk=self.instance.unit_id)
            self.fields["unit"].queryset = own.order_by("name")

    def clean(self) -> dict[str, Any]:
        """Add the article's own reasons against publication."""
        cleaned: dict[str, Any] = super().clean()
        asks = any(f"action-{act}" in self.data for act in ("publish", "submit")) or bool(self.instance.live)
        if asks and not self.errors:
            self.instance.cover = cleaned.get("cover")
            self.instance.body = cleaned["body"]
            for problem in self.instance.publication_problems():
                self.add_error("body", problem)
        return cleaned
