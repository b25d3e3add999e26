"""Photographs and PDFs as honest and as hostile people send them."""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Callable
from typing import Any

import pikepdf
from pikepdf import Array, Dictionary, Name, Stream, String
from PIL import Image

PLACE = "贵阳市南明区某小区"


def photo(size: tuple[int, int] = (120, 80), name: str = "JPEG", **options: Any) -> bytes:
    target = io.BytesIO()
    mode = options.pop("mode", "RGB")
    Image.radial_gradient("L").resize(size).convert(mode).save(target, name, **options)
    return target.getvalue()


def photo_with_words() -> bytes:
    """Taken with a phone: place, time, owner, a comment, and to be turned by a quarter."""
    exif = Image.Exif()
    exif[0x0112] = 6
    exif[0x010F] = "SecretPhone"
    exif[0x9003] = "2025:01:02 03:04:05"
    exif.get_ifd(0x8825).update({1: "N", 2: (26.0, 34.0, 12.0), 3: "E", 4: (106.0, 42.0, 9.0)})
    return photo(
        (120, 80), exif=exif.tobytes(), comment=b"secret comment",
        xmp=b"<x:xmpmeta>secret xmp</x:xmpmeta>", icc_profile=b"secret profile" * 9,
    )  # fmt: skip


def _chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def png_of(width: int, height: int, *, texts: bytes = b"") -> bytes:
    """A PNG that says it is so large and whose rows are all zeros, in a few kilobytes."""
    machine = zlib.compressobj(9)
    row = b"\0" * ((width + 7) // 8 + 1)
    body = b"".join(machine.compress(row) for _ in range(height)) + machine.flush()
    head = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", head) + texts
        + _chunk(b"IDAT", body) + _chunk(b"IEND", b"")
    )  # fmt: skip


def pdf(*changes: Callable[[pikepdf.Pdf], None], **options: Any) -> bytes:
    """A PDF of one page, changed before it is written."""
    paper = pikepdf.new()
    paper.add_blank_page()
    paper.pages[0].Contents = paper.make_stream(b"0 0 100 100 re f")
    for change in changes:
        change(paper)
    target = io.BytesIO()
    paper.save(target, **options)
    return target.getvalue()


# --- What a PDF may not do: each a change to a PDF ------------------------------------------
def act(**action: Any) -> Dictionary:
    return Dictionary(Type=Name.Action, **action)


def on_open(action: Any) -> Callable[[pikepdf.Pdf], None]:
    def change(paper: pikepdf.Pdf) -> None:
        paper.Root.OpenAction = action() if callable(action) else action

    return change


def root(name: str, make: Callable[[pikepdf.Pdf], Any]) -> Callable[[pikepdf.Pdf], None]:
    def change(paper: pikepdf.Pdf) -> None:
        paper.Root[f"/{name}"] = make(paper)

    return change


def annotated(kind: Name, **values: Any) -> Callable[[pikepdf.Pdf], None]:
    def change(paper: pikepdf.Pdf) -> None:
        made = {name: value() for name, value in values.items()}
        note = Dictionary(Type=Name.Annot, Subtype=kind, Rect=Array([0, 0, 9, 9]), **made)
        paper.pages[0].Annots = Array([paper.make_indirect(note)])

    return change


def embedded(name: str, content: bytes) -> Callable[[pikepdf.Pdf], None]:
    def change(paper: pikepdf.Pdf) -> None:
        paper.attachments[name] = pikepdf.AttachedFileSpec(paper, content, filename=name)

    return change


def launched() -> Dictionary:
    return act(S=Name.Launch, F=String("cmd.exe"))


def script() -> Dictionary:
    return act(S=Name.JavaScript, JS=String("app.alert(1)"))


def hidden_in_nothing(paper: pikepdf.Pdf) -> None:
    """A script no page leads to, in an array in an array."""
    paper.Root.PieceInfo = Array([Array([Dictionary(A=Array([script()]))])])


HOSTILE: dict[str, tuple[Callable[[pikepdf.Pdf], None], str]] = {
    "script on opening": (on_open(script), "脚本"),
    "launch on opening": (on_open(launched), "程序"),
    "address on opening": (
        on_open(lambda: act(S=Name.URI, URI=String("https://evil.example"))), "自动执行",
    ),
    "print on opening": (on_open(lambda: act(S=Name.Named, N=Name.Print)), "自动执行"),
    "a place and then a script": (
        on_open(lambda: act(S=Name.GoTo, D=String("a"), Next=script())), "自动执行",
    ),
    "a place and then something": (
        on_open(lambda: act(S=Name.GoTo, D=String("a"), Next=act(S=Name.Named, N=Name.Print))),
        "自动执行",
    ),
    "names of scripts": (
        root("Names", lambda p: Dictionary(JavaScript=Dictionary(Names=Array([])))), "脚本",
    ),
    "script in a stream": (
        on_open(lambda: act(S=Name.JavaScript)), "脚本",
    ),
    "when a page opens": (
        lambda p: p.pages[0].__setattr__(
            "AA", Dictionary(O=act(S=Name.Named, N=Name.NextPage))
        ), "自动执行",
    ),
    "link that launches": (annotated(Name.Link, A=launched), "程序"),
    "link to another file": (
        annotated(Name.Link, A=lambda: act(S=Name.GoToR, F=String(r"\\evil\share\a.pdf"))),
        "程序",
    ),
    "link to a script": (
        annotated(Name.Link, A=lambda: act(S=Name.URI, URI=String(" JavaScript:alert(1)"))),
        "链接",
    ),
    "link to a script that hides": (
        annotated(Name.Link, A=lambda: act(S=Name.URI, URI=String("java\nscript:alert(1)"))),
        "链接",
    ),
    "link to another machine": (
        annotated(Name.Link, A=lambda: act(S=Name.URI, URI=String(r"\\evil\share\x"))),
        "链接",
    ),
    "thread of another file": (
        annotated(Name.Link, A=lambda: act(S=Name.Thread, F=String(r"\\evil\share\x.pdf"))),
        "程序",
    ),
    "link to the disk": (
        annotated(Name.Link, A=lambda: act(S=Name.URI, URI=String("file:///etc/passwd"))),
        "链接",
    ),
    "button that sends": (
        annotated(Name.Link, A=lambda: act(S=Name.SubmitForm, F=String("http://e"))), "提交",
    ),
    "film": (annotated(Name.RichMedia), "音视频"),
    "form of scripts": (
        root("AcroForm", lambda p: Dictionary(Fields=Array([]), XFA=p.make_stream(b"<x/>"))),
        "XFA",
    ),
    "program within": (embedded("a.exe", b"MZ\x90\0\0"), "附件"),
    "program called data": (embedded("a.xml", b"MZ\x90\0\0"), "附件"),
    "data called program": (embedded("a.exe", b"<a/>"), "附件"),
    "page called data": (embedded("a.xml", b"<a><script>1</script></a>"), "附件"),
    "drawing called data": (embedded("a.xml", b"<svg onload='x'/>"), "附件"),
    "file within that nothing names": (
        root("Hidden", lambda p: p.make_indirect(
            Stream(p, b"MZ\x90\0\0", Type=Name.EmbeddedFile)
        )), "附件",
    ),
    "file within by a note": (
        annotated(
            Name.FileAttachment, FS=lambda: Dictionary(Type=Name.Filespec, EF=Dictionary())
        ),
        "附件",
    ),
    "stream of another file": (
        root("Hidden", lambda p: p.make_indirect(Stream(p, b"", F=String("/etc/passwd")))),
        "程序",
    ),
    "nested where no reader looks": (hidden_in_nothing, "脚本"),
}  # fmt: skip


def place_on_opening(paper: pikepdf.Pdf) -> None:
    paper.Root.OpenAction = Array([paper.pages[0].obj, Name.Fit])


HARMLESS: dict[str, Callable[[pikepdf.Pdf], None]] = {
    "a blank page": lambda p: None,
    "opens at its first page": place_on_opening,
    "opens at a named place": on_open(lambda: act(S=Name.GoTo, D=String("first"))),
    "link to a page of the web": annotated(
        Name.Link, A=lambda: act(S=Name.URI, URI=String("https://www.gov.cn/"))
    ),
    "link within": annotated(Name.Link, A=lambda: act(S=Name.GoTo, D=String("first"))),
    "an invoice's own data": embedded("invoice.xml", b'<?xml version="1.0"?><a>1</a>'),
    "a certificate's own data": embedded("data.json", b'{"a": [1, 2]}'),
    "words by themselves": root("Words", lambda p: p.make_indirect(String("words"))),
    "a picture of few pixels": root(
        "Picture",
        lambda p: p.make_indirect(
            Stream(
                p,
                b"\0\0\0",
                Type=Name.XObject,
                Subtype=Name.Image,
                Width=1,
                Height=1,
                ColorSpace=Name.DeviceRGB,
                BitsPerComponent=8,
            )
        ),
    ),
    "fonts of odd names": root(
        "Odd", lambda p: Dictionary(AA=Dictionary(F1=1), JS=Dictionary(Type=Name.Font))
    ),
}
