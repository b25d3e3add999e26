"""The capped process that takes one file apart: `python -m core.attachments.child`.

Knows neither Django nor the product's secrets: it is started with an empty environment, reads
a kind ("photo" or "pdf") on the first line of its standard input and the file behind it, and
answers with a line, {"kind": ...} and then the file as it may be kept, or {"refused": sentence}.
A parser that hangs, asks for half a terabyte or dies takes nothing but this process along.
"""

from __future__ import annotations

import json
import resource
import sys

from core.attachments.limits import CHILD_BYTES, CHILD_SECONDS, TOO_COMPLEX, Unfit


def cap() -> None:
    """So much memory and time, no file and no core."""
    resource.setrlimit(resource.RLIMIT_AS, (CHILD_BYTES, CHILD_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (CHILD_SECONDS, CHILD_SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))


def taken(kind: str, data: bytes) -> tuple[dict[str, str], bytes]:
    """The answer about a file: its head, and the file as it may be kept."""
    # Each of the two libraries is loaded where it is needed: together they take half a second.
    try:
        if kind == "pdf":
            from core.attachments.pdfs import clean_pdf  # noqa: PLC0415

            return {"kind": "pdf"}, clean_pdf(data)
        from core.attachments.photos import clean_photo  # noqa: PLC0415

        kind, data = clean_photo(data)
    except Unfit as refusal:
        return {"refused": str(refusal)}, b""
    except MemoryError:
        return {"refused": TOO_COMPLEX}, b""
    return {"kind": kind}, data


def main() -> None:
    cap()
    kind = sys.stdin.buffer.readline().decode().strip()
    head, data = taken(kind, sys.stdin.buffer.read())
    sys.stdout.buffer.write(json.dumps(head, ensure_ascii=False).encode() + b"\n" + data)


if __name__ == "__main__":  # pragma: no cover  nothing measures a process without environment
    main()
