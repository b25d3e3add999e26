"""Collected, the style sheet is one file and each page's script is one file.

While developing the browser follows `@import` and `import` by itself. On a slow line thirty
small files would cost thirty answers, so `collectstatic` puts the named files in the place
of the lines that name them. The parts of a bundle lie beside it; what of CSS and JavaScript
may stand in them is little, and everything else is refused here rather than mended.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.storage import InMemoryStorage
from whitenoise.storage import CompressedManifestStaticFilesStorage

BUNDLES = ("css/app.css", "js/app.js", "js/board.js", "js/targets.js")

STYLE = re.compile(r'^@import "(?P<part>[\w-]+\.css)"(?: (?P<media>[\w-]+))?;\n', re.MULTILINE)
MODULE = re.compile(
    r'^import (?:\{(?P<names>[\w\s,]+)\} from )?"\./(?P<part>[\w-]+\.js)";\n', re.MULTILINE
)
EXPORT = re.compile(r"^export (?=(?:const|let|function|async function|class) )", re.MULTILINE)
DECLARED = re.compile(r"^(?:const|let|function|async function|class) (\w+)", re.MULTILINE)
LEFT_OVER = re.compile(r"^\s*(?:@import|import|export)\b.*", re.MULTILINE)

Read = Callable[[str], str]


class NotBundledError(ValueError):
    """A file says something that only a browser could follow."""


def bundle(name: str, read: Read) -> str:
    """The text of a file with all that it imports, each part once and before its importers."""
    folder, _, first = name.rpartition("/")
    parts: list[str] = []
    pattern = STYLE if first.endswith(".css") else MODULE
    _collect(first, lambda part: read(f"{folder}/{part}"), pattern, [], parts)
    text = "\n".join(parts)
    if left := LEFT_OVER.search(text):
        raise NotBundledError(f"{name}: {left.group().strip()}")
    names = DECLARED.findall(text) if pattern is MODULE else []
    if twice := {one for one in names if names.count(one) > 1}:
        raise NotBundledError(f"{name}: declared in two modules: {', '.join(sorted(twice))}")
    return text


def _collect(
    part: str, read: Read, pattern: re.Pattern[str], seen: list[str], parts: list[str]
) -> None:
    seen.append(part)
    text = read(part)
    for found in pattern.finditer(text):
        words = found.groupdict()
        if " as " in (words.get("names") or ""):
            raise NotBundledError(f"{part}: {found.group().strip()}")
        if found["part"] in seen:
            continue
        below: list[str] = []
        _collect(found["part"], read, pattern, seen, below)
        media = words.get("media")
        parts += [f"@media {media} {{\n", *below, "}\n"] if media else below
    parts.append(f"/* {part} */\n{EXPORT.sub('', pattern.sub('', text))}")


class BundledStorage(CompressedManifestStaticFilesStorage):
    """Names with a hash, compressed, and the bundles whole."""

    def post_process(
        self, paths: dict[str, Any], *args: Any, **options: Any
    ) -> Iterator[tuple[str, str | None, Any]]:
        def read(name: str) -> str:
            storage, path = paths[name]
            with storage.open(path) as file:
                return str(file.read().decode())

        whole = InMemoryStorage()
        named = [name for name in BUNDLES if name in paths]
        for name in named:
            whole.save(name, ContentFile(bundle(name, read).encode()))
        paths = paths | {name: (whole, name) for name in named}
        yield from super().post_process(paths, *args, **options)
