"""A PDF looked through for whatever acts by itself, and written anew.

Everything the file holds is looked at, whether a page leads to it or not. What is then kept is
what was looked at: written again by qpdf, it has one table of contents, nothing before its
head, nothing behind its end and nothing that only another reader would find. A file with an
electronic seal is kept byte by byte, since writing it anew would break the seal. Runs in the
capped child.
"""

from __future__ import annotations

import io
import re
import zlib
from typing import Any

import pikepdf
from pikepdf import Array, Dictionary, Name, Stream, String

from core.attachments.limits import (
    ACTIVE,
    BROKEN_PDF,
    EMBEDDED_BYTES,
    ENCRYPTED,
    PDF_IMAGE_PIXELS,
    PDF_OBJECTS,
    PDF_PAGES,
    PDF_STREAM_BYTES,
    PDF_UNFOLDED_BYTES,
    PDF_VALUES,
    TOO_COMPLEX,
    Unfit,
)

_SCRIPT, _OTHER_FILE, _MEDIA = "脚本", "打开其他文件或程序的动作", "音视频或三维内容"
_AUTOMATIC, _SENDING, _FORM = "打开时自动执行的动作", "自动提交数据的动作", "动态表单（XFA）"
_EMBEDDED, _LINK = "数据文件以外的附件", "不是网页地址的链接"

# What an action dictionary may not do, by its /S (ISO 32000-2, 12.6.4).
_ACTIONS = {
    "/JavaScript": _SCRIPT,
    "/Launch": _OTHER_FILE,
    "/GoToR": _OTHER_FILE,
    "/GoToE": _OTHER_FILE,
    "/SubmitForm": _SENDING,
    "/ImportData": _SENDING,
    "/Thread": _OTHER_FILE,
    "/Rendition": _MEDIA,
    "/Movie": _MEDIA,
    "/Sound": _MEDIA,
    "/GoTo3DView": _MEDIA,
    "/RichMediaExecute": _MEDIA,
}
_ANNOTATIONS = frozenset({"/RichMedia", "/3D", "/Movie", "/Sound", "/Screen"})
_SCHEME = re.compile(r"\s*([a-z][a-z0-9+.\-]*):", re.IGNORECASE)
_UNSEEN = re.compile(r"[\x00-\x20\x7f]")
_SCHEMES = frozenset({"http", "https", "mailto", "tel"})

_FLATE = frozenset({"/FlateDecode", "/Fl"})
_UNFOLDING = _FLATE | {"/LZWDecode", "/LZW", "/RunLengthDecode", "/RL"}
_TEXTUAL = frozenset({"/ASCII85Decode", "/A85", "/ASCIIHexDecode", "/AHx"})
_PICTURES = frozenset({
    "/DCTDecode", "/DCT", "/CCITTFaxDecode", "/CCF", "/JBIG2Decode", "/JPXDecode",
})  # fmt: skip
_FILTERS = _UNFOLDING | _TEXTUAL | _PICTURES
_PIECE = 256 * 1024

_DATA_NAME = re.compile(r"\.(xml|json)$", re.IGNORECASE)
# What an XML reader of a browser would run or draw.
_LIVELY = re.compile(r"<\s*(?:\w+:)?(?:script|html|svg)\b|<!doctype|<\?xml-stylesheet", re.I)
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")
# As a reader with its own idea of the file would see them.
_IN_CLEAR = re.compile(rb"/(?:JavaScript|Launch|EmbeddedFile|RichMedia)\b")


def clean_pdf(data: bytes) -> bytes:
    """The PDF as it may be kept. Raises Unfit."""
    try:
        with pikepdf.open(io.BytesIO(data), suppress_warnings=True) as pdf:
            return _looked_through(pdf, data)
    except pikepdf.PasswordError:
        raise Unfit(ENCRYPTED) from None
    except (MemoryError, RecursionError):
        raise Unfit(TOO_COMPLEX) from None
    except (pikepdf.PdfError, pikepdf.ForeignObjectError, ValueError, TypeError, RuntimeError):
        # qpdf and its binding answer damage with all of these.
        raise Unfit(BROKEN_PDF) from None


def _looked_through(pdf: pikepdf.Pdf, data: bytes) -> bytes:
    if pdf.is_encrypted:
        raise Unfit(ENCRYPTED)
    if len(pdf.objects) > PDF_OBJECTS or len(pdf.pages) > PDF_PAGES:
        raise Unfit(TOO_COMPLEX)
    if not len(pdf.pages):
        raise Unfit(BROKEN_PDF)
    look = _Look()
    for thing in (pdf.trailer, *pdf.objects):
        look.through(thing)
    if look.is_sealed:
        if pdf.get_warnings() or not data.rstrip(b"\r\n\t \0").endswith(b"%%EOF"):
            raise Unfit(BROKEN_PDF)
        if _IN_CLEAR.search(data):
            raise Unfit(ACTIVE.format(what=_SCRIPT))
        return data
    for stream in look.photos:
        stream.write(_without_words(stream.read_raw_bytes()), filter=Name.DCTDecode)
    target = io.BytesIO()
    pdf.save(
        target,
        # What is folded stays folded: a bomb must not go off here.
        compress_streams=False,
        stream_decode_level=pikepdf.StreamDecodeLevel.none,
        object_stream_mode=pikepdf.ObjectStreamMode.preserve,
    )
    return target.getvalue()


class _Look:
    """One look through all values of a PDF. Raises Unfit at the first that may not be."""

    def __init__(self) -> None:
        self.is_sealed = False
        self.photos: list[Any] = []
        self._values = self._unfolded = 0

    def through(self, thing: Any) -> None:
        """A value and what is nested in it; what it only refers to comes by itself."""
        waiting = [thing]
        while waiting:
            value = waiting.pop()
            self._values += 1
            if self._values > PDF_VALUES:
                raise Unfit(TOO_COMPLEX)
            if isinstance(value, Array):
                inside = list(value)
            elif isinstance(value, Dictionary | Stream):
                found = dict(value.items())
                self._dictionary(found)
                if isinstance(value, Stream):
                    self._stream(value, found)
                inside = list(found.values())
            else:
                continue
            waiting += [v for v in inside if isinstance(v, _CONTAINERS) and not v.is_indirect]

    # --- What acts -----------------------------------------------------------------------
    def _dictionary(self, found: dict[str, Any]) -> None:
        self._action(found)
        if str(found.get("/Subtype")) in _ANNOTATIONS:
            raise Unfit(ACTIVE.format(what=_MEDIA))
        if "/XFA" in found:
            raise Unfit(ACTIVE.format(what=_FORM))
        if "/EF" in found:
            _embedded(found)
        if "/ByteRange" in found and "/Contents" in found:
            self.is_sealed = True

    def _action(self, found: dict[str, Any]) -> None:
        kind = found.get("/S")
        if isinstance(kind, Name) and (what := _ACTIONS.get(str(kind))):
            raise Unfit(ACTIVE.format(what=what))
        # A name tree of scripts, and a script whose action says nothing of it.
        if "/JavaScript" in found or isinstance(found.get("/JS"), String):
            raise Unfit(ACTIVE.format(what=_SCRIPT))
        if "/OpenAction" in found and not _is_place(found["/OpenAction"]):
            raise Unfit(ACTIVE.format(what=_what(found["/OpenAction"])))
        triggers = found.get("/AA")
        for act in triggers.values() if isinstance(triggers, Dictionary) else ():
            if isinstance(act, Dictionary) and "/S" in act:
                raise Unfit(ACTIVE.format(what=_what(act)))
        if isinstance(link := found.get("/URI"), String):
            # As a reader takes it: without what cannot be seen.
            address = _UNSEEN.sub("", str(link))
            scheme = _SCHEME.match(address)
            is_strange = scheme is not None and scheme[1].lower() not in _SCHEMES
            if is_strange or address.startswith(("\\\\", "//")):
                raise Unfit(ACTIVE.format(what=_LINK))

    # --- What unfolds --------------------------------------------------------------------
    def _stream(self, stream: Any, found: dict[str, Any]) -> None:
        if "/F" in found:
            # The content lies in another file.
            raise Unfit(ACTIVE.format(what=_OTHER_FILE))
        filters = _names(found.get("/Filter"))
        if not _FILTERS.issuperset(filters) or sum(f in _UNFOLDING for f in filters) > 1:
            raise Unfit(TOO_COMPLEX)
        if str(found.get("/Type")) == "/EmbeddedFile" and not _is_data(stream):
            raise Unfit(ACTIVE.format(what=_EMBEDDED))
        if str(found.get("/Subtype")) == "/Image":
            width, height = found.get("/Width", 0), found.get("/Height", 0)
            if int(width) * int(height) > PDF_IMAGE_PIXELS:
                raise Unfit(TOO_COMPLEX)
            if filters in (["/DCTDecode"], ["/DCT"]) and "/DecodeParms" not in found:
                self.photos.append(stream)
        size = _unfolded(stream, filters)
        self._unfolded += size
        if size > PDF_STREAM_BYTES or self._unfolded > PDF_UNFOLDED_BYTES:
            raise Unfit(TOO_COMPLEX)


_CONTAINERS = (Array, Dictionary, Stream)


def _names(filters: Any) -> list[str]:
    if filters is None:
        return []
    return [str(f) for f in filters] if isinstance(filters, Array) else [str(filters)]


def _is_place(target: Any) -> bool:
    """Whether a PDF opens at one of its own pages and does nothing else."""
    if isinstance(target, Dictionary):
        return str(target.get("/S")) == "/GoTo" and "/Next" not in target
    return isinstance(target, Array | Name | String)


def _what(act: Any) -> str:
    """What happens by itself, in words."""
    kind = str(act.get("/S")) if isinstance(act, Dictionary) else ""
    return _ACTIONS.get(kind, _AUTOMATIC)


def _unfolded(stream: Any, filters: list[str]) -> int:
    """How many bytes a stream unfolds to, counted without holding them; what is decoded into
    pixels is measured by those."""
    if not any(f in _UNFOLDING for f in filters):
        return 0
    if filters[0] not in _FLATE:
        # Old and rare; the memory of this process is the limit.
        return len(stream.read_bytes(pikepdf.StreamDecodeLevel.specialized))
    return len(_inflated(stream.read_raw_bytes(), most=PDF_STREAM_BYTES + 1, keeps=False))


def _inflated(folded: bytes, *, most: int, keeps: bool = True) -> bytes | range:
    """At most so many bytes of what is folded, or (without `keeps`) a range of their number."""
    machine, kept, size = zlib.decompressobj(), io.BytesIO(), 0
    for at in range(0, len(folded), _PIECE):
        rest = folded[at : at + _PIECE]
        while rest and size < most and not machine.eof:
            try:
                piece = machine.decompress(rest, _PIECE)
            except zlib.error:
                # Readers take a stream that is broken off as far as it goes.
                return kept.getvalue()[:most] if keeps else range(size)
            rest = machine.unconsumed_tail
            size += len(piece)
            if keeps:
                kept.write(piece)
    return kept.getvalue()[:most] if keeps else range(size)


# --- Files within ---------------------------------------------------------------------------
def _embedded(found: dict[str, Any]) -> None:
    """A file within stays where it is data that goes with the paper: XML or JSON by its name
    and by its content (an electronic invoice, a certificate's own record)."""
    names = [str(found[key]) for key in ("/UF", "/F", "/Unix", "/DOS", "/Mac") if key in found]
    streams = list(found["/EF"].values()) if isinstance(found["/EF"], Dictionary) else []
    if not names or not all(_DATA_NAME.search(name) for name in names):
        raise Unfit(ACTIVE.format(what=_EMBEDDED))
    if not streams or not all(isinstance(s, Stream) and _is_data(s) for s in streams):
        raise Unfit(ACTIVE.format(what=_EMBEDDED))


def _is_data(stream: Any) -> bool:
    """Whether an embedded file is a text that begins as XML or JSON does. It is not parsed."""
    filters = _names(stream.get("/Filter"))
    raw = stream.read_raw_bytes()
    if filters and filters[0] in _FLATE and len(filters) == 1:
        raw = bytes(_inflated(raw, most=EMBEDDED_BYTES + 1))
    elif filters:
        return False
    if len(raw) > EMBEDDED_BYTES:
        return False
    encoding = "utf-16" if raw[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    try:
        text = raw.decode(encoding).lstrip()
    except UnicodeDecodeError:
        return False
    return text[:1] in ("<", "{", "[") and not (_LIVELY.search(text) or _CONTROL.search(text))


# --- Photographs within ---------------------------------------------------------------------
_HEAD, _SCAN = b"\xff\xd8", 0xDA
# APP1 is Exif and XMP, APP13 what newspapers write, COM a comment.
_WORDS = frozenset({0xE1, 0xED, 0xFE})


def _without_words(photo: bytes) -> bytes:
    """A JPEG without the segments that say where, when and by whom; its pixels untouched."""
    if not photo.startswith(_HEAD):
        return photo
    kept, at = [_HEAD], 2
    while at + 4 <= len(photo) and photo[at] == 0xFF and photo[at + 1] != _SCAN:
        end = at + 2 + int.from_bytes(photo[at + 2 : at + 4], "big")
        if photo[at + 1] not in _WORDS:
            kept.append(photo[at:end])
        at = end
    return b"".join([*kept, photo[at:]])
