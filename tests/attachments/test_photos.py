"""What is kept of a photograph are its pixels; what is no photograph is refused."""

from __future__ import annotations

import io
import random
import resource
import zlib
from typing import Any

import pytest
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from core.attachments import checking, child, photos
from core.attachments.checking import checked
from core.attachments.child import taken
from core.attachments.limits import (
    BROKEN_PHOTO,
    BUSY,
    CHILD_BYTES,
    CHILD_SECONDS,
    EMPTY,
    FILE_BYTES,
    NOT_TAKEN,
    TOO_COMPLEX,
    TOO_LARGE,
    TOO_MANY_PIXELS,
    Unfit,
)
from core.attachments.photos import clean_photo
from core.secrecy.files import Refused
from tests.attachments.papers import pdf, photo, photo_with_words, png_of
from tests.cost import at_most


def opened(data: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(data))
    image.load()
    return image


def test_place_time_and_owner_stay_behind() -> None:
    """T43, and the picture stands upright without the word that said how to turn it."""
    taken_with = photo_with_words()
    for word in (b"SecretPhone", b"secret comment", b"secret xmp", b"secret profile"):
        assert word in taken_with
    assert opened(taken_with).getexif().get_ifd(0x8825)
    kind, kept = clean_photo(taken_with)
    assert kind == "jpg"
    for word in (b"SecretPhone", b"secret", b"Exif", b"ICC_PROFILE", b"http://ns.adobe.com"):
        assert word not in kept
    image = opened(kept)
    assert not dict(image.getexif())
    assert image.size == (80, 120)


def test_words_of_a_png_stay_behind() -> None:
    words = PngInfo()
    words.add_text("Author", "secret author")
    words.add_itxt("XML:com.adobe.xmp", "secret xmp")
    exif = Image.Exif()
    exif[0x010F] = "SecretPhone"
    data = photo(name="PNG", pnginfo=words, exif=exif.tobytes(), icc_profile=b"secret profile")
    assert b"secret author" in data
    kind, kept = clean_photo(data)
    assert kind == "png"
    assert [c for c in (b"tEXt", b"iTXt", b"eXIf", b"iCCP", b"secret") if c in kept] == []


@pytest.mark.parametrize("mode", ["1", "L", "P", "LA", "RGB", "RGBA", "I;16"])
def test_every_kind_of_png_keeps_its_look(mode: str) -> None:
    source = Image.linear_gradient("L").resize((16, 16))
    deep = Image.new("I;16", (16, 16), 40_000)
    data = io.BytesIO()
    (deep if mode == "I;16" else source.convert(mode)).save(data, "PNG")
    _, kept = clean_photo(data.getvalue())
    expected = 156 if mode == "I;16" else source.convert(mode).convert("L").getpixel((8, 8))
    assert abs(opened(kept).convert("L").getpixel((8, 8)) - expected) <= 1  # type: ignore[operator]


def test_transparent_stays_so_and_is_white_as_a_jpeg(monkeypatch: pytest.MonkeyPatch) -> None:
    data = io.BytesIO()
    Image.new("RGBA", (20, 20), (0, 0, 0, 0)).save(data, "PNG")
    _, kept = clean_photo(data.getvalue())
    assert opened(kept).convert("RGBA").getpixel((3, 3))[3] == 0  # type: ignore[index]
    monkeypatch.setattr(photos, "_PNG_PIXELS", 100)
    kind, kept = clean_photo(data.getvalue())
    assert kind == "jpg"
    assert opened(kept).getpixel((3, 3)) == (255, 255, 255)


def test_printers_colours_become_those_of_screens() -> None:
    _, kept = clean_photo(photo(mode="CMYK"))
    assert opened(kept).mode == "RGB"


# --- Too large, broken, something else ------------------------------------------------------
@pytest.mark.parametrize("size", [(30_000, 30_000), (8_001, 5_000), (30_001, 1)])
def test_a_flood_of_pixels_is_refused_before_it_is_decoded(size: tuple[int, int]) -> None:
    """T43: 900 million pixels in a hundred kilobytes; the header alone is read."""
    flood = png_of(*size) if size[0] * size[1] < 1e8 else png_of(10, 10)
    if size[0] * size[1] >= 1e8:
        # The rows themselves do not matter: nothing may come as far.
        flood = flood.replace(_size_of(10, 10), _size_of(*size))
        flood = _with_right_sum(flood)
    with at_most(1), pytest.raises(Unfit) as refused:
        clean_photo(flood)
    assert str(refused.value) == TOO_MANY_PIXELS


def _size_of(width: int, height: int) -> bytes:
    return width.to_bytes(4, "big") + height.to_bytes(4, "big")


def _with_right_sum(data: bytes) -> bytes:
    at = data.index(b"IHDR")
    return data[: at + 17] + zlib.crc32(data[at : at + 17]).to_bytes(4, "big") + data[at + 21 :]


def test_forty_million_pixels_are_taken_through_the_child() -> None:
    data = io.BytesIO()
    Image.linear_gradient("L").resize((8_000, 5_000)).convert("RGB").save(data, "JPEG")
    kept = checked(data.getvalue(), name="站点.jpg")
    assert opened(kept.data).size == (8_000, 5_000)


@pytest.mark.parametrize(
    "data",
    [
        photo()[:700],
        b"\xff\xd8\xff\xe0" + b"\0" * 400,
        b"\x89PNG\r\n\x1a\n" + b"\0" * 100,
        photo(name="PNG")[:200],
    ],
    ids=["cut", "no picture behind the head", "no chunk", "cut png"],
)
def test_a_broken_one_is_refused(data: bytes) -> None:
    with pytest.raises(Unfit) as refused:
        clean_photo(data)
    assert str(refused.value) == BROKEN_PHOTO


def test_words_that_unfold_to_gigabytes() -> None:
    """A compressed text beside the pixels: Pillow unfolds it no further than its own limit."""
    text = zlib.compress(b"a" * 20_000_000, 9)
    body = b"zTXt" + b"key\0\0" + text
    chunk = (len(body) - 4).to_bytes(4, "big") + body + zlib.crc32(body).to_bytes(4, "big")
    with pytest.raises(Unfit):
        clean_photo(png_of(20, 20, texts=chunk))


def test_only_photographs_and_papers() -> None:
    """By content, whatever the name says."""
    gif, webp = photo(name="GIF", mode="L"), photo(name="WEBP")
    hostile = {
        "a.svg": b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
        "b.jpg": b"<!DOCTYPE html><script>alert(1)</script>",
        "c.jpg": b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        "d.png": gif,
        "e.jpg": webp,
        "f.pdf": b"PK\x03\x04" + b"\0" * 60,
        "g.pdf": b"MZ" + b"\0" * 60,
        "h.jpg": b"#!/bin/sh\nrm -rf /\n",
        "i.pdf": b"\n\n" + pdf(),
        "j.jpg": b"GIF89a/*" + photo(),
        "k.jpg": b"\xff\xd8",
        "l.jpg": b"x",
    }
    for name, data in hostile.items():
        with pytest.raises(Refused) as refused:
            checked(data, name=name)
        assert str(refused.value) in (NOT_TAKEN, BROKEN_PHOTO), name


def test_a_photograph_that_is_something_else_as_well() -> None:
    """A page in the comment, an archive behind the end: neither is left."""
    page = b"<html><script>alert(1)</script></html>"
    both = photo(comment=page) + page + b"PK\x03\x04archive"
    kept = checked(both, name="a.jpg").data
    assert b"<script>" not in kept
    assert b"archive" not in kept


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("a.pdf", photo()),
        ("a.jpg", pdf()),
        ("a.exe", photo()),
        ("a.html", pdf()),
        ("a.svg", photo()),
    ],
)
def test_name_and_content_say_the_same(name: str, data: bytes) -> None:
    """T42."""
    with pytest.raises(Refused, match="内容却是"):
        checked(data, name=name)


@pytest.mark.parametrize("name", ["照片", "a.JPG", "a.jpeg", "微信图片_2025.11.28.png", "a.v1.2 "])
def test_a_name_without_an_ending_of_its_own_is_none(name: str) -> None:
    """Telephones and chat programs call a JPEG .png and leave the ending out."""
    if name.endswith(".2 "):
        name = "第1.2次督导"
    assert checked(photo(), name=name).kind == "jpg"


def test_empty_and_too_large() -> None:
    for data, words in ((b"", EMPTY), (photo() + b"\0" * FILE_BYTES, TOO_LARGE)):
        with pytest.raises(Refused) as refused:
            checked(data, name="a.jpg")
        assert str(refused.value) == words


def test_noise_is_made_small_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    noise = Image.frombytes("RGB", (300, 300), random.Random(1).randbytes(270_000))
    data = io.BytesIO()
    noise.save(data, "PNG")
    monkeypatch.setattr(photos, "FILE_BYTES", 120_000)
    kind, kept = clean_photo(data.getvalue())
    assert kind == "jpg"
    assert len(kept) <= 120_000
    monkeypatch.setattr(photos, "FILE_BYTES", 10_000)
    with pytest.raises(Unfit) as refused:
        clean_photo(data.getvalue())
    assert str(refused.value) == TOO_LARGE


# --- The child ------------------------------------------------------------------------------
def test_what_the_child_says() -> None:
    assert taken("photo", photo())[0] == {"kind": "jpg"}
    assert taken("pdf", pdf())[0] == {"kind": "pdf"}
    assert taken("photo", b"no") == ({"refused": BROKEN_PHOTO}, b"")


def test_the_child_reads_a_line_and_a_file_and_answers_alike(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    limits: dict[int, tuple[int, int]] = {}
    monkeypatch.setattr(child.resource, "setrlimit", limits.__setitem__)
    asked, answer = io.BytesIO(b"photo\n" + photo()), io.BytesIO()
    monkeypatch.setattr(child.sys, "stdin", io.TextIOWrapper(asked))
    monkeypatch.setattr(child.sys, "stdout", io.TextIOWrapper(answer))
    child.main()
    head, _, kept = answer.getvalue().partition(b"\n")
    assert head == b'{"kind": "jpg"}'
    assert opened(kept).size == (120, 80)
    assert limits[resource.RLIMIT_AS] == (CHILD_BYTES, CHILD_BYTES)
    assert limits[resource.RLIMIT_CPU] == (CHILD_SECONDS, CHILD_SECONDS)
    assert limits[resource.RLIMIT_FSIZE] == limits[resource.RLIMIT_CORE] == (0, 0)


def test_no_memory_is_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    def out_of_memory(data: bytes) -> None:
        raise MemoryError

    monkeypatch.setattr(photos, "clean_photo", out_of_memory)
    assert taken("photo", photo()) == ({"refused": TOO_COMPLEX}, b"")


@pytest.mark.parametrize(
    ("program", "words"),
    [
        ("import time; time.sleep(60)", TOO_COMPLEX),
        ("import os; os.kill(os.getpid(), 9)", TOO_COMPLEX),
        ("raise SystemExit(1)", BROKEN_PHOTO),
        ('print(\'{"kind": "jpg"}\')', BROKEN_PHOTO),
        (f"print('{{\"kind\": \"jpg\"}}'); print('x' * {FILE_BYTES + 1})", TOO_LARGE),
    ],
    ids=["hangs", "is killed", "fails", "gives nothing", "gives too much"],
)
def test_a_child_that_fails_is_a_sentence(
    program: str, words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    run: Any = checking.subprocess.run
    monkeypatch.setattr(checking, "WAIT_SECONDS", 2)
    monkeypatch.setattr(
        checking.subprocess,
        "run",
        lambda command, **options: run([command[0], "-c", program], **options),
    )
    with pytest.raises(Refused) as refused:
        checked(photo(), name="a.jpg")
    assert str(refused.value) == words
    monkeypatch.undo()
    assert checked(photo(), name="a.jpg").kind == "jpg"


def test_no_more_than_two_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checking, "WAIT_SECONDS", 0.1)
    assert checking._turns.acquire(blocking=False)
    assert checking._turns.acquire(blocking=False)
    try:
        with pytest.raises(Refused) as refused:
            checked(photo(), name="a.jpg")
    finally:
        checking._turns.release()
        checking._turns.release()
    assert str(refused.value) == BUSY
