"""Files that people upload or that the product makes for them: encrypted at rest.

They lie below MEDIA_ROOT under random names, no address leads to them, and a view that
checks the scope hands them out.
"""

import errno
import logging
import os
import secrets
import tempfile
from collections.abc import Container, Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path, PurePath

from django.conf import settings

from core.secrecy.crypto import decrypt_bytes, encrypt_bytes
from core.secrecy.identity import masked_numbers
from core.text import normalise

_OPENED = "opened"
_FULL = frozenset({errno.ENOSPC, errno.EDQUOT})
logger = logging.getLogger(__name__)


class Refused(Exception):
    """A file that cannot be taken; the text is the sentence that its owner reads."""


def store(data: bytes, *, folder: str) -> str:
    """Keep bytes under a random name; returns the path to give to `load`.

    Raises Refused where there is no room, leaving nothing behind.
    """
    name = f"{folder}/{secrets.token_hex(16)}"
    path = Path(settings.MEDIA_ROOT) / name
    temporary = path.with_suffix(".part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary.write_bytes(encrypt_bytes(data, purpose="file"))
        temporary.rename(path)
    except OSError as error:
        with suppress(OSError):
            temporary.unlink(missing_ok=True)
        logger.error("the media store did not take a file: %s", error.strerror)
        what = "存储空间不足" if error.errno in _FULL else "文件存储暂时不可用"
        raise Refused(f"{what}，文件没有保存，请联系系统管理员。") from error
    return name


def plain_name(name: str, *, default: str) -> str:
    """What a file was called by whoever sent it, as it may be shown and served (T46): the last
    part of a path, without control characters and people's numbers, at most 120 characters."""
    plain = normalise(PurePath(name.replace("\\", "/")).name)
    plain = masked_numbers(plain)
    return plain[-120:] or default


def load(name: str) -> bytes:
    """The bytes kept under a name. Raises FileNotFoundError when they have expired ("")."""
    if not name:
        raise FileNotFoundError
    return decrypt_bytes((Path(settings.MEDIA_ROOT) / name).read_bytes(), purpose="file")


def remove(name: str) -> None:
    if name:
        (Path(settings.MEDIA_ROOT) / name).unlink(missing_ok=True)


def folder_in_clear() -> Path:
    """Where files lie in clear while a process works on them; `forget_opened` clears it."""
    folder = Path(settings.MEDIA_ROOT) / _OPENED
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder


@contextmanager
def opened(name: str) -> Iterator[Path]:
    """The file in clear on a private path, removed with the context.

    A process that is killed leaves it; `forget_opened` removes it then.
    """
    descriptor, path = tempfile.mkstemp(dir=folder_in_clear())
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(load(name))
        yield Path(path)
    finally:
        Path(path).unlink(missing_ok=True)


def forget_opened(*, before: float) -> int:
    """Remove files in clear that killed processes left before a time (Unix seconds)."""
    return _forget((Path(settings.MEDIA_ROOT) / _OPENED).glob("*"), before=before)


def forget_unnamed(folder: str, *, named: Container[str], before: float) -> int:
    """Remove files of a folder that no record names: a process was killed between the file and
    the record. Those younger than a time (Unix seconds) may still get one."""
    files = (Path(settings.MEDIA_ROOT) / folder).glob("*")
    return _forget((path for path in files if f"{folder}/{path.name}" not in named), before=before)


def _forget(paths: Iterable[Path], *, before: float) -> int:
    removed = 0
    for path in paths:
        # Whoever has it open may remove it at the same moment.
        with suppress(FileNotFoundError):
            if path.stat().st_mtime < before:
                path.unlink()
                removed += 1
    return removed
