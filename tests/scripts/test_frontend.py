"""What is too new for the oldest browser is found, and Biome's absence is said, not hidden."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import Any

import pytest

from scripts import check, frontend


@pytest.mark.parametrize(
    ("ending", "text"),
    [
        (".css", "a { color: color-mix(in srgb, red, blue); }"),
        (".css", "a { color: oklch(50% 0 0); }"),
        (".css", "a { color: rgb(from red r g b); }"),
        (".css", "a {\n  & b { top: 0; }\n}"),
        (".css", "@media print {\n  a { b { top: 0; } }\n}"),
        (".js", "const a = [1].toSorted();"),
        (".js", "const a = Object.groupBy(b, String);"),
        (".js", "const a = new Set(b).union(c);"),
        (".js", 'import a from "./a.json" with { type: "json" };'),
    ],
)
def test_what_the_oldest_browser_does_not_understand(ending: str, text: str) -> None:
    assert len(frontend.too_new(text, ending)) == 1


@pytest.mark.parametrize(
    ("ending", "text"),
    [
        (
            ".css",
            "/* color-mix() waits { for { 111 } } */\n@media print { a { top: 0 } b { top: 0 } }",
        ),
        (".css", "@supports (top: 0) { @media print { a:is(b, c) > d { top: 0 } } }"),
        (".js", "const a = difference(b, c); // toSorted() waits\nconst d = a / v;"),
        (".js", "const a = b.at(-1)?.c ?? structuredClone(d);"),
    ],
)
def test_what_it_does_understand(ending: str, text: str) -> None:
    assert frontend.too_new(text, ending) == []


def test_the_line_is_named_past_comments(tmp_path: Path) -> None:
    for folder in ("css", "js"):
        (tmp_path / "static" / folder).mkdir(parents=True)
    (tmp_path / "static/css/a.css").write_text("/* one\n   two */\na {\n  & b { top: 0; }\n}\n")
    assert frontend.all_too_new(tmp_path) == [
        "static/css/a.css:4: a rule inside a rule needs Chromium 112"
    ]


def test_nothing_of_ours_is_too_new() -> None:
    assert frontend.all_too_new() == []


def test_without_npm_the_check_is_left_out_and_says_so(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: Any
) -> None:
    monkeypatch.setattr(frontend, "STAMP", tmp_path / "none")
    monkeypatch.setattr(frontend, "_npm", lambda: [str(tmp_path / "npm")])
    failed, words = frontend.biome("ci")
    assert failed == 0
    assert words.startswith(f"{frontend.LEFT_OUT}: npm is not on this machine")
    done = subprocess.CompletedProcess([], 0, f"{words}\n", "")
    step = next(step for step in check.steps({}) if step.name == "frontend")
    monkeypatch.setattr(subprocess, "run", lambda *_, **__: done)
    assert check.run_all([step], is_fast=False) == 0
    assert words in capsys.readouterr().out
