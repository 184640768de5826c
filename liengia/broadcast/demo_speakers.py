"""The demonstration's loudspeakers: clusters of hamlets, recordings, the programme with its rota and rounds, what was played and what goes out.

Invented throughout, but nothing is pretended of the clusters themselves: `liengia up --demo` runs the real player for each whose password
`load` returns, and a bulletin that is due at once is spoken, ordered, fetched, played and reported as any other. One cluster has a password that
nobody was given: its player fell silent, and stands as a fault.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any, Final

from django.db import transaction

from liengia.broadcast.audio import making, sound
from liengia.broadcast.channels.loudspeaker import sounds
from liengia.broadcast.models import (
    AudioFile,
    Bulletin,
    BulletinState,
    ClusterMake,
    MobileRound,
    PlayOrder,
    PlayOutcome,
    PlayReport,
    Recording,
    RotaTurn,
    SpeakerCluster,
    SpeakerFault,
    SpeakerFaultKind,
    SpeakerProgramme,
)
from liengia.broadcast.services import bulletins, recordings, speakers
from liengia.broadcast.speech.engines import SpeechError
from liengia.core import clock
from liengia.core.actor import Actor
from liengia.organisations.models import Organisation, OrganisationKind
from liengia.people.models import User
from liengia.units.models import Unit

ACTOR: Final = Actor.system("demo")
COMMUNE: Final = "28108"
HOME: Final = "Khu phố 5"
TITLE: Final = "Tiếng loa An ninh trật tự"
SPOKEN: Final = (
    "Tiếng loa An ninh trật tự xã Cần Đước, số 14. Kính thưa bà con. Gần đây có kẻ gian gọi điện xưng là Công an, đòi bà con chuyển tiền, đọc mã OTP. "
    "Công an không làm việc qua điện thoại. Bà con tắt máy, không chuyển tiền, gọi 113 hoặc báo trực ban Công an xã. Xin cảm ơn bà con đã lắng nghe."
)
TEAMS: Final = ("Đội thanh niên xung kích Khu phố 5", "Đội thanh niên xung kích Khu phố 2", "Đội thanh niên xung kích Khu phố 7")


@dataclass(frozen=True, slots=True)
class _Loaded:
    """What the parts have in common."""

    commune: Unit
    writer: User
    approver: User
    now: datetime


def load() -> list[speakers.Minted]:
    """Load them; needs units, people, organisations and bulletins. Returns the passwords of the players that run; loading twice changes nothing."""
    commune = Unit.objects.current().communes().filter(code=COMMUNE).first()
    writer, approver = (User.objects.filter(username=name).first() for name in ("bientap", "chutich"))
    if commune is None or writer is None or approver is None or SpeakerCluster.objects.exists():
        return []
    loaded = _Loaded(commune, writer, approver, clock.now())
    with transaction.atomic():
        boxes, silent = _clusters(loaded)
    tune = _recordings(loaded)
    with transaction.atomic():
        _programme(loaded, tune)
    with transaction.atomic():
        _played(loaded, [box.cluster for box in boxes])
    with transaction.atomic():
        _faults(silent, boxes[0].cluster, loaded.now)
    _on_the_way(loaded)
    return boxes


def _clusters(loaded: _Loaded) -> tuple[list[speakers.Minted], SpeakerCluster]:
    """Put up six clusters: three that run, one that fell silent, one that is played by hand, one of another make that is switched off."""
    hamlets = list(Unit.objects.current().hamlets().below(loaded.commune).order_by("code"))
    home = next((one for one in hamlets if one.name == HOME), hamlets[0])
    others = [one for one in hamlets if one.pk != home.pk] or [home]
    east, south, west = (others[step % len(others)] for step in range(3))

    def put_up(unit: Unit, name: str, place: str, volume: int = 70, **values: Any) -> SpeakerCluster:
        return speakers.add_cluster(unit, name=name, place=place, volume=volume, actor=ACTOR, **values)

    runs = [
        put_up(home, f"Nhà văn hóa {home.name}", "cột điện trước cổng, cao 6 m"),
        put_up(home, "Ngã ba chợ", "cột đèn số 12, đầu chợ", 60),
        put_up(east, f"Nhà văn hóa {east.name}", "mái hiên nhà văn hóa"),
    ]
    silent = put_up(south, f"Nhà văn hóa {south.name}", "cột điện cạnh sân bóng")
    put_up(west, f"Loa tay {west.name}", "tủ nhà văn hóa, đội thanh niên giữ", make=ClusterMake.BY_HAND)
    put_up(
        loaded.commune, "Đài truyền thanh xã (hãng khác)", "trụ sở Ủy ban nhân dân xã", make=ClusterMake.WEBHOOK, is_on=False,
        webhook_url="https://truyenthanh.example/nhan-lenh",
    )  # fmt: skip
    speakers.mint_credential(silent, actor=ACTOR)
    return [speakers.mint_credential(one, actor=ACTOR) for one in runs], silent


def _recordings(loaded: _Loaded) -> Recording | None:
    """Keep a tune as a file and, where this machine has a voice, a text that was spoken; return what can be played."""
    tune = making.joined(making.chime("bulletin"), making.silence(0.5), making.chime("bulletin"))
    recordings.add_recording(loaded.commune, title="Nhạc hiệu mở đầu chương trình", data=sound.write_wav(tune), actor=Actor.of(loaded.writer))
    recordings.speak_recording(loaded.commune, title=f"{TITLE} số 14: cảnh giác lừa đảo qua điện thoại", text=SPOKEN, actor=Actor.of(loaded.writer))
    while recordings.prepare_due():
        pass
    return Recording.objects.filter(unit=loaded.commune, audio__isnull=False).order_by("-pk").first()


def _programme(loaded: _Loaded, recording: Recording | None) -> None:
    today = clock.local(loaded.now).date()
    thursday = today + timedelta(days=(3 - today.weekday()) % 7)
    here = Organisation.objects.current().filter(unit=loaded.commune)
    row = speakers.keep_programme(
        SpeakerProgramme(unit=loaded.commune), actor=Actor.of(loaded.writer), title=TITLE,
        police=here.filter(kind=OrganisationKind.POLICE).first(), youth_union=here.filter(name__startswith="Đoàn Thanh niên").first(),
        plan="Kế hoạch phối hợp số 12/KH-CAX-ĐTN (số liệu minh họa)", starts_on=today - timedelta(days=98), when="Thứ Năm hằng tuần, 17 giờ 30",
        written_by="Phó Trưởng Công an xã", checked_by="Trưởng Công an xã", recorded_by="Bí thư Đoàn Thanh niên xã",
    )  # fmt: skip
    for week, team in enumerate((*TEAMS, *TEAMS[:2]), start=-2):
        task = "thu âm và phát loa" if week % 2 else "phát loa, đi xe loa"
        speakers.keep_turn(RotaTurn(programme=row), actor=ACTOR, on=thursday + timedelta(weeks=week), team=team, task=task)
    rounds = (
        (-14, "Chợ Cần Đước – Khu phố 5 – cầu Chùa – Khu phố 2", True, "Hai lượt, bà con hỏi nhiều về lừa đảo qua điện thoại."),
        (-7, "Khu phố 7 – trường tiểu học – bến đò", True, "Một lượt, trời mưa nên bỏ đoạn bến đò."),
        (0, "Khu phố 5 – khu nhà trọ – chợ chiều", False, ""),
        (7, "Khu phố 2 – đường rạch – Khu phố 7", False, ""),
    )
    for number, (days, route, is_done, note) in enumerate(rounds):
        speakers.keep_round(
            MobileRound(programme=row), actor=ACTOR, on=today + timedelta(days=days), route=route, team=TEAMS[number % len(TEAMS)], recording=recording,
            is_done=is_done, note=note,
        )  # fmt: skip


def _played(loaded: _Loaded, clusters: list[SpeakerCluster]) -> None:
    """Write down what the past bulletins came to at each cluster; where there is no voice, nothing was ever played."""
    past = Bulletin.objects.filter(unit=loaded.commune, state=BulletinState.FINISHED).order_by("approved_at")
    for number, bulletin in enumerate(one for one in past if "loudspeaker" in one.channels):
        audio = _sound_of(bulletin)
        if audio is None or bulletin.approved_at is None:
            continue
        for place, cluster in enumerate(clusters):
            at = bulletin.approved_at + timedelta(seconds=9 + place)
            left_out = number == 1 and place == 1
            ended = at + timedelta(seconds=audio.seconds)
            order = PlayOrder.objects.create(
                key=f"demo-{bulletin.public_id}-{cluster.public_id}", cluster=cluster, audio=audio, subject=f"bulletin:{bulletin.public_id}", headline=bulletin.headline,
                play_at=at, expires_at=at + timedelta(hours=6), ordered_at=at, fetched_at=at + timedelta(seconds=2), ended_at=ended,
            )  # fmt: skip
            PlayReport.objects.create(
                report=f"demo-{order.public_id}", cluster=cluster, order=order, outcome=PlayOutcome.LEFT_OUT if left_out else PlayOutcome.PLAYED,
                why="too_many" if left_out else "", times=0 if left_out else 1, began_at=at, ended_at=ended, received_at=ended,
            )  # fmt: skip
            if not left_out:
                SpeakerCluster.objects.filter(pk=cluster.pk).update(last_played_at=ended)


def _sound_of(bulletin: Bulletin) -> AudioFile | None:
    try:
        return sounds.spoken(bulletin.spoken_text or bulletin.headline)
    except SpeechError:
        return None


def _on_the_way(loaded: _Loaded) -> None:
    """Approve the programme's next number, due at once, and the one of each Thursday."""
    recording = Recording.objects.filter(unit=loaded.commune, audio__isnull=False).order_by("-pk").first()
    facts: dict[str, Any] = {
        "kind": "law", "headline": f"{TITLE} số 14: cảnh giác lừa đảo qua điện thoại", "text": SPOKEN, "spoken_text": SPOKEN, "channels": ["loudspeaker"],
        "recording": recording.public_id if recording is not None else "",
    }  # fmt: skip
    once = {"expires_at": loaded.now + timedelta(hours=20)}
    weekly = {"repeats": "weekly", "weekdays": [4], "at_time": time(17, 30), "first_on": clock.today() + timedelta(days=1), "expires_at": loaded.now + timedelta(days=90)}
    for more in (once, {**weekly, "headline": f"{TITLE}: phát lại hằng tuần"}):
        row = bulletins.write(loaded.commune, [loaded.commune], actor=Actor.of(loaded.writer), **{**facts, **more})
        bulletins.approve(bulletins.submit(row, actor=Actor.of(loaded.writer)), actor=Actor.of(loaded.approver))


def _faults(silent: SpeakerCluster, other: SpeakerCluster, now: datetime) -> None:
    """One fell silent yesterday and stands as a fault; another had one that is over."""
    since = now - timedelta(hours=19)
    SpeakerCluster.objects.filter(pk=silent.pk).update(first_seen_at=now - timedelta(days=40), last_seen_at=since, last_played_at=now - timedelta(days=4), firmware="liengia-speaker-1")
    SpeakerFault.objects.create(cluster=silent, kind=SpeakerFaultKind.NO_BEAT, since=since)
    SpeakerFault.objects.create(cluster=other, kind=SpeakerFaultKind.NO_SOUND, since=now - timedelta(days=3, hours=2), cleared_at=now - timedelta(days=3))
