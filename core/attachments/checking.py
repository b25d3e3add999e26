"""Whether a file may hang on a record: by its size, its content and its name together.

What the file is says its content (puremagic); its name must not say something else (TRUST
T42). It is then taken apart in a capped child process, and what comes back is what is kept.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import threading
from dataclasses import dataclass

import puremagic
from django.conf import settings

from core.attachments.limits import (
    BROKEN_PDF,
    BROKEN_PHOTO,
    BUSY,
    EMPTY,
    FILE_BYTES,
    NOT_TAKEN,
    TOO_COMPLEX,
    TOO_LARGE,
    WAIT_SECONDS,
)
from core.secrecy.files import Refused

_MIME = {"image/jpeg": "photo", "image/png": "photo", "application/pdf": "pdf"}
_HEADS = {"photo": (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n"), "pdf": (b"%PDF-",)}
_ENDINGS = {"photo": ("jpg", "jpeg", "jpe", "jfif", "png"), "pdf": ("pdf",)}
_ENDING = re.compile(r"\.([A-Za-z0-9]{1,8})$")
_BROKEN = {"photo": BROKEN_PHOTO, "pdf": BROKEN_PDF}
# Files that one web process has taken apart at the same time.
_turns = threading.BoundedSemaphore(2)


@dataclass(frozen=True, slots=True)
class Checked:
    """A file as it may be kept: "jpg", "png" or "pdf", and its bytes."""

    kind: str
    data: bytes


def checked(data: bytes, *, name: str) -> Checked:
    """The file as it may be kept. Raises Refused with a sentence for whoever sent it."""
    if not data:
        raise Refused(EMPTY)
    if len(data) > FILE_BYTES:
        raise Refused(TOO_LARGE)
    kind = _kind_of(data)
    if not kind:
        raise Refused(NOT_TAKEN)
    ending = _ENDING.search(name)
    if ending and ending[1].lower() not in _ENDINGS[kind]:
        what = "照片" if kind == "photo" else "PDF"
        raise Refused(
            f"文件名以「.{ending[1]}」结尾，内容却是{what}。请核对是不是选错了文件，"
            "确实要传的，改好文件名后再上传。"
        )
    return _taken_apart(data, kind)


def _kind_of(data: bytes) -> str:
    """ "photo" or "pdf" by the content alone, "" for anything else."""
    try:
        kind = _MIME.get(puremagic.from_string(data, mime=True), "")
    except (puremagic.PureError, ValueError):
        return ""
    return kind if kind and data.startswith(_HEADS[kind]) else ""


def _taken_apart(data: bytes, kind: str) -> Checked:
    if not _turns.acquire(timeout=WAIT_SECONDS):
        raise Refused(BUSY)
    try:
        child = subprocess.run(
            [sys.executable, "-m", "core.attachments.child"],
            input=kind.encode() + b"\n" + data,
            capture_output=True,
            cwd=settings.BASE_DIR,
            env={},
            timeout=WAIT_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise Refused(TOO_COMPLEX) from None
    finally:
        _turns.release()
    head, _, kept = child.stdout.partition(b"\n")
    try:
        answer = json.loads(head)
    except ValueError:
        # Killed by its limits: of time and memory by far the most often.
        raise Refused(TOO_COMPLEX if child.returncode < 0 else _BROKEN[kind]) from None
    if "refused" in answer:
        raise Refused(answer["refused"])
    if child.returncode or not kept or len(kept) > FILE_BYTES:
        raise Refused(TOO_LARGE if len(kept) > FILE_BYTES else _BROKEN[kind])
    return Checked(answer["kind"], kept)
