"""Forms of the editor: what stands against publication is said while the editor can still mend it."""

from __future__ import annotations

from typing import Any

from wagtail.admin.forms import WagtailAdminPageForm


class ArticleForm(WagtailAdminPageForm):
    """An article's form. A draft may hold anything; what asks to be published is checked for what may be shown."""

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
