"""A PDF with anything that acts by itself is refused; what is kept was written anew."""

from __future__ import annotations

import io
import re
import subprocess
import zlib
from typing import Any

import pikepdf
import pytest
from pikepdf import Array, Dictionary, Name, Stream, String

from core.attachments import pdfs
from core.attachments.checking import checked
from core.attachments.limits import (
    BROKEN_PDF,
    ENCRYPTED,
    PDF_PAGES,
    TOO_COMPLEX,
    Unfit,
)
from core.attachments.pdfs import clean_pdf
from core.secrecy.files import Refused
from tests.attachments.papers import HARMLESS, HOSTILE, PLACE, embedded, pdf, photo_with_words

# Streams are written as the test folded them.
AS_IT_IS = {"compress_streams": False, "stream_decode_level": pikepdf.StreamDecodeLevel.none}


@pytest.mark.parametrize("name", HOSTILE)
@pytest.mark.parametrize("is_folded", [True, False])
def test_what_acts_is_refused(name: str, is_folded: bool) -> None:
    """In the clear and inside object streams, where a search for words finds nothing."""
    change, words = HOSTILE[name]
    mode = pikepdf.ObjectStreamMode.generate if is_folded else pikepdf.ObjectStreamMode.disable
    with pytest.raises(Unfit, match=words):
        clean_pdf(pdf(change, object_stream_mode=mode))


@pytest.mark.parametrize("name", HARMLESS)
def test_what_every_office_prints_is_taken(name: str) -> None:
    kept = clean_pdf(pdf(HARMLESS[name]))
    with pikepdf.open(io.BytesIO(kept)) as paper:
        assert len(paper.pages) == 1
        assert not paper.get_warnings()


def test_names_written_in_numbers_are_the_same_names() -> None:
    plain = pdf(
        HOSTILE["launch on opening"][0], object_stream_mode=pikepdf.ObjectStreamMode.disable
    )
    assert b"/Launch" in plain
    with pytest.raises(Unfit, match="程序"):
        clean_pdf(plain.replace(b"/Launch", b"/L#61unch"))


def test_what_lies_behind_the_end_or_in_no_table_goes() -> None:
    """A second file behind the first, and an object that only another reader would find."""
    stray = b"\n99 0 obj\n<</S /JavaScript /JS (app.alert(1))>>\nendobj\n"
    kept = clean_pdf(pdf() + b"PK\x03\x04hidden archive" + stray)
    assert kept.startswith(b"%PDF-")
    assert kept.rstrip().endswith(b"%%EOF")
    assert b"hidden archive" not in kept
    assert b"JavaScript" not in kept


def test_an_older_version_within_goes() -> None:
    """What a later table of contents no longer lists is not handed on."""
    first = pdf(lambda p: p.Root.__setattr__("Note", String("older words")),
                object_stream_mode=pikepdf.ObjectStreamMode.disable)  # fmt: skip
    catalogue = re.search(rb"(\d+) 0 obj\n?<<[^>]*?/Note \(older words\)", first)
    pages = re.search(rb"/Pages (\d+) 0 R", first)
    assert catalogue
    assert pages
    at = len(first)
    number = int(catalogue[1])
    body = b"%d 0 obj\n<</Type /Catalog /Pages %d 0 R>>\nendobj\n" % (number, int(pages[1]))
    start = int(re.findall(rb"startxref\s+(\d+)", first)[-1])
    table = (
        b"xref\n%d 1\n%010d 00000 n \ntrailer\n<</Size 9 /Root %d 0 R /Prev %d>>\n"
        b"startxref\n%d\n%%%%EOF\n" % (number, at, number, start, at + len(body))
    )
    both = first + body + table
    assert b"older words" in both
    assert b"older words" not in clean_pdf(both)


# --- Locked, broken, too much ---------------------------------------------------------------
@pytest.mark.parametrize("password", ["geheim", ""])
def test_a_locked_one_is_refused(password: str) -> None:
    locked = pdf(encryption=pikepdf.Encryption(owner="owner", user=password))
    with pytest.raises(Unfit) as refused:
        clean_pdf(locked)
    assert str(refused.value) == ENCRYPTED


@pytest.mark.parametrize("data", [b"%PDF-1.7", b"%PDF-1.7\n" + b"x" * 500, pdf()[:200]])
def test_a_broken_one_is_refused(data: bytes) -> None:
    with pytest.raises(Unfit) as refused:
        clean_pdf(data)
    assert str(refused.value) == BROKEN_PDF


def test_one_without_pages_is_refused() -> None:
    paper, target = pikepdf.new(), io.BytesIO()
    paper.save(target)
    with pytest.raises(Unfit) as refused:
        clean_pdf(target.getvalue())
    assert str(refused.value) == BROKEN_PDF


def with_stream(data: bytes, **words: Any) -> bytes:
    def change(paper: pikepdf.Pdf) -> None:
        paper.Root.Extra = paper.make_indirect(Stream(paper, data, **words))

    return pdf(change, **AS_IT_IS)


def folded(size: int) -> bytes:
    """So many zeros, made from one folded piece again and again."""
    machine, piece = zlib.compressobj(9, wbits=-15), b"\0" * 1_000_000
    block = machine.compress(piece) + machine.flush(zlib.Z_FULL_FLUSH)
    count = size // len(piece)
    checksum = ((count * len(piece)) % 65521 << 16 | 1).to_bytes(4, "big")
    return b"\x78\xda" + block * count + b"\x03\x00" + checksum


@pytest.mark.parametrize(
    "words",
    [
        {"Filter": Name.FlateDecode},
        {"Filter": Array([Name.FlateDecode])},
        {"Filter": Name.Fl},
    ],
    ids=str,
)
def test_a_bomb_in_a_stream_is_refused(words: dict[str, Any]) -> None:
    """Three hundred kilobytes that would unfold to three hundred megabytes."""
    bomb = with_stream(folded(300_000_000), **words)
    assert len(bomb) < 1_000_000
    with pytest.raises(Unfit) as refused:
        clean_pdf(bomb)
    assert str(refused.value) == TOO_COMPLEX


def test_many_small_bombs_are_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdfs, "PDF_UNFOLDED_BYTES", 5_000_000)
    streams = folded(2_000_000)

    def change(paper: pikepdf.Pdf) -> None:
        paper.Root.Extra = Array([
            paper.make_indirect(Stream(paper, streams, Filter=Name.FlateDecode)) for _ in range(3)
        ])  # fmt: skip

    with pytest.raises(Unfit, match="复杂"):
        clean_pdf(pdf(change, **AS_IT_IS))


@pytest.mark.parametrize(
    "filters",
    [
        Array([Name.FlateDecode, Name.FlateDecode]),
        Array([Name.LZWDecode, Name.RunLengthDecode]),
        Name.UnheardOf,
    ],
    ids=str,
)
def test_a_bomb_in_a_bomb_is_not_opened(filters: Any) -> None:
    with pytest.raises(Unfit, match="复杂"):
        clean_pdf(with_stream(zlib.compress(folded(1_000_000)), Filter=filters))


def test_other_foldings_are_counted_too(monkeypatch: pytest.MonkeyPatch) -> None:
    run = bytes([129]) + b"a"
    small = with_stream(run * 100 + b"\x80", Filter=Name.RunLengthDecode)
    assert clean_pdf(small)
    monkeypatch.setattr(pdfs, "PDF_STREAM_BYTES", 10_000)
    with pytest.raises(Unfit, match="复杂"):
        clean_pdf(small)


def test_a_stream_cut_short_is_taken_as_readers_take_it() -> None:
    assert clean_pdf(with_stream(zlib.compress(b"words " * 50)[:-6], Filter=Name.FlateDecode))
    assert clean_pdf(with_stream(b"no folding at all", Filter=Name.FlateDecode))


def test_a_picture_of_a_billion_pixels_is_refused() -> None:
    words = {"Type": Name.XObject, "Subtype": Name.Image, "Width": 60_000, "Height": 60_000}
    with pytest.raises(Unfit, match="复杂"):
        clean_pdf(with_stream(b"\0", **words, Filter=Name.CCITTFaxDecode))


@pytest.mark.parametrize(("limit", "most"), [("PDF_PAGES", 1), ("PDF_OBJECTS", 3)])
def test_too_many_pages_or_objects(limit: str, most: int, monkeypatch: pytest.MonkeyPatch) -> None:
    assert PDF_PAGES == 500
    two = pdf(lambda p: p.add_blank_page() and None)
    assert clean_pdf(two)
    monkeypatch.setattr(pdfs, limit, most)
    with pytest.raises(Unfit, match="复杂"):
        clean_pdf(two)


def test_too_many_values(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdfs, "PDF_VALUES", 100)
    with pytest.raises(Unfit, match="复杂"):
        clean_pdf(pdf(lambda p: p.Root.__setattr__("Many", Array([Array([])] * 200))))


def test_no_memory_is_no_server_error(monkeypatch: pytest.MonkeyPatch) -> None:
    def out_of_memory(*args: Any, **kwargs: Any) -> None:
        raise MemoryError

    monkeypatch.setattr(pdfs.pikepdf, "open", out_of_memory)
    with pytest.raises(Unfit, match="复杂"):
        clean_pdf(pdf())


# --- Data within, photographs within, seals -------------------------------------------------
@pytest.mark.parametrize(
    ("name", "content", "is_taken"),
    [
        ("a.xml", "\ufeff<a>贵州</a>".encode(), True),
        ("a.XML", "<a>贵州</a>".encode("utf-16"), True),
        ("a.json", b"  [1]", True),
        ("a.json", b"alert(1)", False),
        ("a.xml", b"<a>\0</a>", False),
        ("a.xml", b"<a>\xff\xfe</a>", False),
        ("a.xml", b"<!DOCTYPE a [<!ENTITY b SYSTEM 'file:///etc/passwd'>]><a/>", False),
        ("a.xml", b'<?xml-stylesheet href="http://e"?><a/>', False),
        ("a.xml", b"<x:script xmlns:x='http://www.w3.org/1999/xhtml'/>", False),
        ("a.xml.exe", b"<a/>", False),
        ("a.xml", b"<a>" + b" " * 2_100_000 + b"</a>", False),
    ],
)
def test_only_data_may_be_within(name: str, content: bytes, is_taken: bool) -> None:
    paper = pdf(embedded(name, content))
    if is_taken:
        with pikepdf.open(io.BytesIO(clean_pdf(paper))) as kept:
            assert kept.attachments[name].get_file().read_bytes() == content
    else:
        with pytest.raises(Unfit, match="附件"):
            clean_pdf(paper)


def test_data_that_is_not_folded_is_looked_at_alike() -> None:
    assert clean_pdf(pdf(embedded("a.xml", b"<a/>"), **AS_IT_IS))
    with pytest.raises(Unfit, match="附件"):
        clean_pdf(pdf(embedded("a.xml", b"MZ"), **AS_IT_IS))


def test_data_folded_oddly_is_not_looked_for() -> None:
    def change(paper: pikepdf.Pdf) -> None:
        file = Stream(paper, b"3c612f3e>", Type=Name.EmbeddedFile, Filter=Name.ASCIIHexDecode)
        paper.Root.Hidden = paper.make_indirect(file)

    with pytest.raises(Unfit, match="附件"):
        clean_pdf(pdf(change, **AS_IT_IS))


def test_photographs_within_lose_where_they_were_taken() -> None:
    taken = photo_with_words()

    def change(paper: pikepdf.Pdf) -> None:
        words = {"Type": Name.XObject, "Subtype": Name.Image, "Width": 120, "Height": 80,
                 "ColorSpace": Name.DeviceRGB, "BitsPerComponent": 8}  # fmt: skip
        image = Stream(paper, taken, Filter=Name.DCTDecode, **words)
        paper.pages[0].Resources = Dictionary(XObject=Dictionary(I=paper.make_indirect(image)))

    raw = pdf(change, **AS_IT_IS)
    assert b"SecretPhone" in raw
    kept = clean_pdf(raw)
    for word in (b"SecretPhone", b"Exif", b"secret xmp", b"secret comment"):
        assert word not in kept
    with pikepdf.open(io.BytesIO(kept)) as paper:
        image = pikepdf.PdfImage(paper.pages[0].Resources.XObject.I)
        assert image.as_pil_image().size == (120, 80)


def test_what_only_says_it_is_a_photograph_stays() -> None:
    words = {"Type": Name.XObject, "Subtype": Name.Image, "Width": 1, "Height": 1}
    kept = clean_pdf(with_stream(b"no jpeg", **words, Filter=Name.DCTDecode))
    assert b"no jpeg" in kept


def sealed(paper: pikepdf.Pdf) -> None:
    paper.Root.Seal = paper.make_indirect(
        Dictionary(Type=Name.Sig, ByteRange=Array([0, 1, 2, 3]), Contents=String("0" * 64))
    )


def test_a_sealed_paper_is_kept_byte_by_byte() -> None:
    paper = pdf(sealed)
    assert clean_pdf(paper) == paper


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda data: data + b"PK\x03\x04", "损坏"),
        (lambda data: data.replace(b"startxref", b"startxxxx"), "损坏"),
        (lambda data: data[:-6] + b"% /JavaScript \n%%EOF\n", "脚本|损坏"),
    ],
)
def test_a_seal_covers_nothing_up(change: Any, words: str) -> None:
    with pytest.raises(Unfit, match=words):
        clean_pdf(change(pdf(sealed)))


def test_words_in_the_clear_of_a_sealed_paper_are_seen() -> None:
    paper = pdf(sealed, lambda p: p.Root.__setattr__("Note", String("/JavaScript ")),
                object_stream_mode=pikepdf.ObjectStreamMode.disable)  # fmt: skip
    with pytest.raises(Unfit, match="脚本"):
        clean_pdf(paper)


# --- Through the door -----------------------------------------------------------------------
def test_the_child_answers_with_the_paper_or_a_sentence() -> None:
    assert checked(pdf(), name="证明.pdf").kind == "pdf"
    with pytest.raises(Refused, match="脚本"):
        checked(pdf(HOSTILE["script on opening"][0]), name="证明.pdf")


def test_an_object_stream_that_unfolds_to_gigabytes_ends_the_child_alone() -> None:
    """qpdf unfolds it while it opens the file: the memory of the child is the limit."""
    plain = pdf(object_stream_mode=pikepdf.ObjectStreamMode.generate)
    folded_objects = re.search(rb"/Type /ObjStm[^>]*?>>\s*stream\r?\n", plain)
    assert folded_objects
    length = re.search(rb"/Length (\d+)", folded_objects[0])
    assert length
    bomb = folded(2_000_000_000)
    at = folded_objects.end()
    head = folded_objects[0].replace(length[0], b"/Length %d" % len(bomb))
    swollen = plain[: folded_objects.start()] + head + bomb + plain[at + int(length[1]) :]
    assert len(swollen) < 3_000_000
    with pytest.raises(Refused, match=r"复杂|损坏"):
        checked(swollen, name="证明.pdf")


def test_the_child_has_no_secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: dict[str, Any] = {}
    run = subprocess.run

    def noted(*args: Any, **kwargs: Any) -> Any:
        seen.update(kwargs)
        return run(*args, **kwargs)

    monkeypatch.setattr(subprocess, "run", noted)
    checked(pdf(), name=f"{PLACE}.pdf")
    assert seen["env"] == {}
