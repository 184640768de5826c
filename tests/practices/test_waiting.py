"""The list of the day's work: practices that wait to be shown to everybody."""

from __future__ import annotations

from liengia.people import menu
from liengia.practices import services
from tests.practices.given import BEGUN, Place


def waiting(scene: Place) -> dict[str, str]:
    return {str(one.text): one.url for one in menu.today(scene.desk.here.chairman) if "mo-hinh" in one.url}


def test_a_running_practice_waits_until_it_is_shown_and_not_once_it_was_hidden_on_purpose(scene: Place) -> None:
    assert not waiting(scene), "what everybody reads waits for nobody"
    row = services.replicate(scene.practice, scene.commune, changed="Góp theo chợ.", actor=scene.clerk)
    assert not waiting(scene), "nor does what is only planned"
    services.start(row, on=BEGUN, actor=scene.clerk)
    row.refresh_from_db()
    assert waiting(scene) == {f"Mô hình “{row.name}” chờ đưa lên trang công khai": f"/quan-tri/mo-hinh/{row.public_id}/"}
    services.publish(row, actor=scene.clerk)
    assert not waiting(scene)
    services.hide(row, actor=scene.clerk)
    assert not waiting(scene)
