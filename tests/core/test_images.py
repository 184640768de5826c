"""Pictures from outside: what is hostile is refused in plain words, what comes out holds points alone."""

from __future__ import annotations

import io
import struct
import zlib

import pytest
from PIL import Image

from liengia.core import images
from liengia.core.errors import Invalid

PLANTED = b"PLANTED-10.527734-106.601234"


def picture(kind: str = "JPEG", size: tuple[int, int] = (64, 48), **extra: object) -> bytes:
    """Return a picture with a red left and a blue right half."""
    made = Image.new("RGB", size, "blue")
    made.paste("red", (0, 0, size[0] // 2, size[1]))
    out = io.BytesIO()
    made.save(out, format=kind, **extra)
    return out.getvalue()


def with_exif(orientation: int = 1) -> bytes:
    """Return a JPEG that says where, when and by which machine it was taken."""
    exif = Image.Exif()
    exif[0x010F], exif[0x0110], exif[0x0112] = "PLANTED-maker", "PLANTED-model", orientation
    exif[0x9286] = PLANTED
    gps = exif.get_ifd(0x8825)
    gps[1], gps[2], gps[3], gps[4] = "N", (10.0, 31.0, 39.84), "E", (106.0, 36.0, 4.44)
    return picture(exif=exif.tobytes(), comment=b"PLANTED-comment")


def refused(data: bytes) -> str:
    """Return the code with which a file is refused."""
    with pytest.raises(Invalid) as caught:
        images.reencode(data)
    assert str(caught.value)
    return caught.value.detail_code


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_picture_comes_out_as_webp(kind: str) -> None:
    found = images.reencode(io.BytesIO(picture(kind)))
    assert (found.content_type, found.width, found.height) == ("image/webp", 64, 48)
    with Image.open(io.BytesIO(found.data)) as clean:
        assert clean.format == "WEBP"
        left, right = clean.convert("RGB").getpixel((8, 8)), clean.convert("RGB").getpixel((56, 8))
    assert left[0] > 200 > left[2] and right[2] > 200 > right[0]


def test_nothing_that_the_file_carried_comes_out() -> None:
    given = with_exif()
    assert b"PLANTED" in given and Image.open(io.BytesIO(given)).getexif().get_ifd(0x8825), "the file does carry it"
    clean = images.reencode(given)
    assert b"PLANTED" not in clean.data and b"Exif" not in clean.data
    with Image.open(io.BytesIO(clean.data)) as opened:
        assert not dict(opened.getexif()) and not {"exif", "xmp", "icc_profile", "comment"} & set(opened.info)


def test_a_picture_held_sideways_stands_upright() -> None:
    clean = images.reencode(with_exif(orientation=6))
    assert (clean.width, clean.height) == (48, 64)
    with Image.open(io.BytesIO(clean.data)) as opened:
        top = opened.convert("RGB").getpixel((24, 4))
    assert top[0] > 200 > top[2], "red was left, and is on top after a turn to the right"


def test_a_large_picture_is_made_smaller() -> None:
    clean = images.reencode(picture(size=(4000, 3000)))
    assert (clean.width, clean.height) == (2048, 1536)


def test_what_is_transparent_stands_on_white() -> None:
    out = io.BytesIO()
    Image.new("RGBA", (20, 20), (0, 0, 0, 0)).save(out, format="PNG")
    with Image.open(io.BytesIO(images.reencode(out.getvalue()).data)) as opened:
        assert min(opened.convert("RGB").getpixel((10, 10))) > 240


def test_only_the_first_of_moving_pictures_stays() -> None:
    out = io.BytesIO()
    frames = [Image.new("RGB", (20, 20), colour) for colour in ("red", "green", "blue")]
    frames[0].save(out, format="WEBP", save_all=True, append_images=frames[1:])
    with Image.open(io.BytesIO(images.reencode(out.getvalue()).data)) as opened:
        assert getattr(opened, "n_frames", 1) == 1


def png(width: int, height: int, *, body: bytes = b"", extra: bytes = b"") -> bytes:
    """Return a PNG that claims a size."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + extra + chunk(b"IDAT", body) + chunk(b"IEND", b"")


def test_a_bomb_is_refused_before_it_is_unpacked() -> None:
    assert refused(png(50_000, 50_000, body=zlib.compress(b"\0" * 1_000_000))) == "image_points"


def test_a_bomb_in_its_words_is_refused() -> None:
    text = b"Comment\0\0" + zlib.compress(b"A" * 80_000_000)
    chunk = struct.pack(">I", len(text)) + b"zTXt" + text + struct.pack(">I", zlib.crc32(b"zTXt" + text))
    assert refused(png(8, 8, body=zlib.compress(b"\0" * 200), extra=chunk)) == "image_broken"


@pytest.mark.parametrize("share", [0.02, 0.3, 0.6, 0.9])
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_file_cut_off_is_refused(kind: str, share: float) -> None:
    whole = picture(kind, (640, 480))
    assert refused(whole[: int(len(whole) * share)]) == "image_broken"


@pytest.mark.parametrize(
    "data",
    [
        b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
        b"<html><script>alert(1)</script></html>",
        b"%PDF-1.7 not a picture",
        b"MZ\x90\x00 a program called anh.jpg",
        b"\xff\xd8\xff\xe0 JPEG by its first bytes only",
        b"\0" * 4096,
        b"GIF89a\x01\x00\x01\x00\x80\x00\x00\x00\x00\x00\xff\xff\xff!\xf9\x04\x01\x00\x00\x00\x00,\x00\x00\x00\x00\x01\x00\x01\x00\x00\x02\x02D\x01\x00;",
    ],
    ids=["svg", "html", "pdf", "program", "false head", "nothing", "gif"],
)
def test_what_is_no_picture_is_refused(data: bytes) -> None:
    assert refused(data) == "image_broken"


def test_a_picture_with_a_second_life_loses_it() -> None:
    """A JPEG that is a page or an archive too: only its points come out."""
    given = picture() + b"<script>alert('PLANTED')</script>PK\x03\x04PLANTED"
    assert b"PLANTED" not in images.reencode(given).data and b"<script" not in images.reencode(given).data


def test_too_large_and_empty_are_told_apart() -> None:
    assert refused(b"\xff" * (images.LARGEST_BYTES + 1)) == "image_large"
    assert refused(b"") == "image_empty"
