"""Files leave piece by piece, also where the server is asynchronous."""

from __future__ import annotations

import asyncio
import warnings
from collections.abc import Iterator
from pathlib import Path

import pytest
from asgiref.sync import sync_to_async
from django.core.files import File
from django.test import RequestFactory

from liengia.core.sending import PIECE, SentFile, SentPieces
from liengia.portal import ranges


async def read_pieces(answer: SentPieces, most: int = 99) -> list[bytes]:
    """Take pieces as an asynchronous server does; without the warning that Django gives when it reads everything first."""
    found: list[bytes] = []
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        async for piece in answer:
            found.append(piece)
            if len(found) == most:
                break
    await sync_to_async(answer.close)()
    return found


def test_a_piece_is_made_when_the_one_before_has_left() -> None:
    made: list[int] = []

    def pieces() -> Iterator[bytes]:
        for number in range(1000):
            made.append(number)
            yield b"x"

    assert asyncio.run(read_pieces(SentPieces(pieces()), most=3)) == [b"x"] * 3
    assert made == [0, 1, 2]


def test_a_file_is_sent_whole_in_pieces_and_closed(tmp_path: Path) -> None:
    path = tmp_path / "phim.webm"
    path.write_bytes(bytes(range(256)) * 1000)
    file = path.open("rb")
    found = asyncio.run(read_pieces(SentFile(file, content_type="video/webm")))
    assert b"".join(found) == path.read_bytes() and max(map(len, found)) == PIECE
    assert file.closed


@pytest.mark.parametrize(("asked", "first", "last"), [("bytes=0-9", 0, 9), ("bytes=100-199999", 100, 199_999), ("bytes=-24", 255_976, 255_999)])
def test_a_part_is_sent_in_pieces_and_the_file_closed(rf: RequestFactory, tmp_path: Path, asked: str, first: int, last: int) -> None:
    (tmp_path / "phim.webm").write_bytes(bytes(range(256)) * 1000)
    stored = File((tmp_path / "phim.webm").open("rb"))
    answer = ranges.respond(rf.get("/", headers={"range": asked}), stored, content_type="video/webm")
    assert isinstance(answer, SentPieces) and answer.status_code == 206
    found = asyncio.run(read_pieces(answer))
    assert b"".join(found) == (bytes(range(256)) * 1000)[first : last + 1] and max(map(len, found)) <= PIECE
    assert stored.closed
