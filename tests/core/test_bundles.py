"""The style sheet and the scripts, each in one piece, and what is refused in them."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from django.contrib.staticfiles import finders

from config.bundles import BUNDLES, BundledStorage, NotBundledError, bundle
from tests.conftest import source_of


def _bundle(name: str, **files: str) -> str:
    """Of files that are named by what stands before the dot: `a="…"` is css/a.css."""
    folder, ending = name.split("/")[0], name.rpartition(".")[2]
    texts = {f"{folder}/{part}.{ending}": text for part, text in files.items()}
    return bundle(name, texts.__getitem__)


@pytest.mark.parametrize("name", BUNDLES)
def test_every_part_is_in_its_bundle_once(name: str) -> None:
    text = bundle(name, source_of)
    folder = name.split("/")[0]
    parts = re.findall(r'^(?:@import|import)[^"]* "(?:\./)?([\w-]+\.\w+)"', source_of(name), re.M)
    assert parts
    for part in parts:
        own = re.split(
            r"^(?:@import|import|\} from).*\n", source_of(f"{folder}/{part}"), flags=re.M
        )[-1]
        assert text.count(f"/* {part} */\n") == 1
        assert re.sub(r"^export ", "", own, flags=re.M) in text
    assert not re.search(r"^\s*(@import|import|export)\b", text, re.M)


def test_parts_of_the_style_sheet_keep_their_order_and_medium() -> None:
    text = _bundle(
        "css/all.css",
        all='@import "a.css";\n@import "b.css" print;\nlast {}\n',
        a="first {}\n",
        b="paper {}\n",
    )
    assert re.sub(r"/\*.*?\*/|\s+", " ", text).split() == [
        "first", "{}", "@media", "print", "{", "paper", "{}", "}", "last", "{}",
    ]  # fmt: skip


def test_a_module_stands_once_and_before_those_that_import_it() -> None:
    text = _bundle(
        "js/all.js",
        all='import "./a.js";\nimport { b } from "./b.js";\nb();\n',
        a='import {\n  b,\n  c,\n} from "./b.js";\nb(c);\n',
        b="export const b = () => {};\nexport let c = 1;\nconst own = 2;\n",
    )
    assert re.sub(r"/\*.*?\*/\n", "", text).split("\n\n") == [
        "const b = () => {};\nlet c = 1;\nconst own = 2;",
        "b(c);",
        "b();\n",
    ]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("css/all.css", '@import url("a.css");\n'),
        ("css/all.css", '@import "../a.css";\n'),
        ("css/all.css", '  @import "a.css";\n'),
        ("js/all.js", 'import b from "./b.js";\n'),
        ("js/all.js", 'import * as b from "./b.js";\n'),
        ("js/all.js", 'import { b as c } from "./b.js";\n'),
        ("js/all.js", 'import "https://example.com/b.js";\n'),
        ("js/all.js", "export default 1;\n"),
        ("js/all.js", 'export { b } from "./b.js";\n'),
    ],
)
def test_what_cannot_be_put_together_is_refused(name: str, text: str) -> None:
    with pytest.raises(NotBundledError):
        _bundle(name, all=text, b="export const b = 1;\n")


def test_two_modules_may_not_use_one_name() -> None:
    """In one piece they would be one variable; the browser would refuse all of it."""
    with pytest.raises(NotBundledError, match="place"):
        _bundle("js/all.js", all='import "./a.js";\nconst place = 1;\n', a="function place() {}\n")


def test_collected_under_names_with_a_hash(tmp_path: Path, settings: Any) -> None:
    storage = BundledStorage(location=tmp_path, base_url="/static/")
    paths = {
        name: (place, name)
        for finder in finders.get_finders()
        for name, place in finder.list(None)
        if name.startswith(("css/", "js/"))
    }
    for name, (place, path) in paths.items():
        with place.open(path) as file:
            storage.save(name, file)
    outcomes = list(storage.post_process(paths))
    assert not [outcome for _, _, outcome in outcomes if isinstance(outcome, Exception)]
    for name in BUNDLES:
        address = storage.url(name)
        stem, _, ending = name.rpartition(".")
        assert re.fullmatch(rf"/static/{stem}\.[0-9a-f]{{12}}\.{ending}", address)
        collected = tmp_path / address.removeprefix("/static/")
        assert collected.read_text() == bundle(name, source_of)
        assert collected.with_name(f"{collected.name}.gz").stat().st_size < 20_000
