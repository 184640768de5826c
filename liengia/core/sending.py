"""Answers that send a file piece by piece, however large it is and however slow the line.

Django's own read the whole file into memory first wherever the server is asynchronous, as this one is: a video of 200 MB that ten
phones play would take 2 GB. Here a worker thread reads the next piece when the last one has left.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Final

from asgiref.sync import sync_to_async
from django.http import FileResponse, StreamingHttpResponse

PIECE: Final = 64 * 1024


class SentPieces(StreamingHttpResponse):
    """An answer whose pieces (an ordinary iterator of bytes) are made one at a time, also for an asynchronous server."""

    async def __aiter__(self) -> AsyncIterator[bytes]:
        pieces = iter(self.streaming_content)  # type: ignore[arg-type]
        following = sync_to_async(lambda: next(pieces, None), thread_sensitive=False)
        while (piece := await following()) is not None:
            yield piece


class SentFile(SentPieces, FileResponse):
    """A file, as `FileResponse`, in pieces of 64 KiB."""

    block_size = PIECE
