"""What the portal's front page shows of this room: how to write, what was answered lately, and what is owed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from liengia.broadcast.models import SpeakerCluster
from liengia.core import front
from liengia.core.text import shown_day
from liengia.opinions import queries, screens
from liengia.opinions.models import Opinion
from liengia.units.models import Unit

LATEST: Final = 2


def register_own() -> None:
    """Add them; called from `AppConfig.ready`."""
    front.acts.register("opinions", acts)
    front.answers.register("opinions", answers)


def acts(unit: Unit | None) -> Iterator[front.Act]:
    """Offer the form: the commune's own, or the choice of a commune."""
    form = reverse("opinions:new")
    yield front.Act(
        gettext_lazy("Opinions and reports"),
        gettext_lazy("Lamps, roads, noise, ditches. With a name or without; the date of the answer is known at once."),
        f"{form}?xa={unit.code}" if unit is not None else form, "message-2", 20,
    )  # fmt: skip


def answers(unit: Unit | None) -> Iterator[front.Answered]:
    """Give the latest published answers, and first of all the one that has been owed longest."""
    late, answered = queries.for_front(unit)
    for opinion in late[:1]:
        due = screens.due(opinion)
        yield _line(opinion, state=_("Overdue"), words=due.left if due else "", is_late=True)
    for opinion, at in answered[:LATEST]:
        words = _("answered on %(day)s") % {"day": shown_day(at)}
        yield _line(opinion, state=_("Answered"), words=words)


def _line(opinion: Opinion, *, state: str, words: str, is_late: bool = False) -> front.Answered:
    text = opinion.current_text
    place = [opinion.hamlet.display_name] if opinion.hamlet is not None else []
    return front.Answered(
        title=text.title if text is not None else opinion.public_id,
        url=reverse("opinions:detail", args=[opinion.public_id]),
        place=", ".join([*place, opinion.commune.full_name]),
        state=state,
        words=words,
        is_late=is_late,
    )


def complain_about(cluster: SpeakerCluster) -> str:
    """Return where an opinion about a loudspeaker is written, with the loudspeaker filled in."""
    commune = cluster.unit.commune() or cluster.unit
    return f"{reverse('opinions:new')}?{urlencode({'xa': commune.code, 'loa': cluster.public_id})}"
