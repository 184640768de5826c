"""What a drill or a bell test showed: which sirens said that they sounded, which houses answered."""

from __future__ import annotations

from datetime import datetime

from liengia.alarms.models import Answer, AnswerKind, Device, Drill, Incident


def score(incident: Incident) -> dict[str, object]:
    """Return counts and the devices and households behind them; kept with the drill, compared with the last."""
    expected = list(
        Device.objects.filter(pk__in=incident.expected_sirens).values_list("pk", "public_id", "household_id")
    )
    sounded = {s.device_id: (s.first_at - incident.opened_at).total_seconds() for s in incident.soundings.all()}
    answers = {a.household_id: a for a in incident.answers.order_by("at")}
    houses = {household for _pk, _public, household in expected if household is not None}
    heard = {household for pk, _public, household in expected if household is not None and pk in sounded}
    delays = sorted(sounded[pk] for pk, _public, _household in expected if pk in sounded)
    return {
        "sirens": len(expected),
        "sounded": len(delays),
        "slowest_s": round(delays[-1], 2) if delays else None,
        "unconfirmed": [public for pk, public, _household in expected if pk not in sounded],
        "households": incident.household_count,
        "houses_with_siren": len(houses),
        "houses_sounded": len(heard),
        "houses_unconfirmed": sorted(houses - heard),
        "answered": len(answers),
        "answered_households": sorted(answers),
        **{kind.value: sum(a.kind == kind for a in answers.values()) for kind in AnswerKind},
        "first_answer_s": _first(incident, answers),
    }


def _first(incident: Incident, answers: dict[int, Answer]) -> float | None:
    times = sorted(answer.at for answer in answers.values())
    return round((times[0] - incident.opened_at).total_seconds(), 1) if times else None


def close_drill_of(incident: Incident, *, at: datetime) -> None:
    """Write the end and the score of the drill that an incident was, if it was one."""
    drill = Drill.objects.filter(incident=incident, ended_at=None).first()
    if drill is None:
        return
    drill.ended_at, drill.score = at, score(incident)
    drill.save(update_fields=["ended_at", "score"])
