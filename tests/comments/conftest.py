"""A thread of the commune, one of another commune, and moderators."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pytest

from liengia.comments import services
from liengia.comments.models import Comment, Thread
from liengia.comments.views import readers, writer
from liengia.people import services as people
from liengia.people.models import User
from tests import cast as casting
from tests import factories
from tests.cast import TESTER, Cast


@dataclass(slots=True)
class Scene:
    """The cast, two moderators of the commune, one of the other, and a thread in each."""

    cast: Cast
    thread: Thread
    other: Thread
    bien: User
    duyet: User
    xa_khac: User

    def write(self, text: str = "Năm nay trả lời tại chỗ nhiều hơn.", **more: object) -> services.Written:
        """Write as a guest."""
        self.count += 1
        given = {"name": "", "form_id": f"{self.count:032x}", **more}
        return services.write_comment(self.thread, text=text, **given)  # type: ignore[arg-type]

    def shown(self, text: str = "Đoàn diễu hành đi ngang nhà.", **more: object) -> Comment:
        """Write as a guest, and let it be published."""
        return services.publish_comment(self.write(text, **more).comment, user=self.bien)

    count: int = 0


@pytest.fixture(scope="module")
def lay() -> Callable[[], Scene]:
    """Return who makes the scene."""
    return two_threads


@pytest.fixture(autouse=True)
def limits_begin_anew() -> None:
    """Forget who wrote in an earlier test."""
    for limiter in (readers.writes, readers.flags, writer.asks):
        limiter.forget()


def two_threads() -> Scene:
    """Make two communes with a thread each, and those who moderate them."""
    cast = casting.assemble()
    users = []
    for name, full, unit, role in (
        ("bien", "Lê Thị Biên", cast.commune, "commune_editor"),
        ("duyet", "Đỗ Thanh Duyệt", cast.commune, "commune_approver"),
        ("xakhac", "Ngô Xã Khác", cast.other_commune, "commune_editor"),
    ):
        user = factories.user(name, full, is_staff=True)
        people.assign_role(user, role, unit, actor=TESTER)
        users.append(user)
    threads = [
        services.thread_for("article", str(unit.pk), unit=unit, title=f"Ngày hội ở {unit.name}", url=f"/tin-tuc/{unit.pk}/")
        for unit in (cast.commune, cast.other_commune)
    ]
    return Scene(cast, *threads, *users)
