"""Names that nothing uses, found by vulture and judged by what this project knows.

A name also counts as used where a template writes it or a text of ours spells it (settings
name classes by their path, Django looks attributes up by their name). Class attributes are
declarations that libraries read, and are not judged. What only tests use is dead.
"""

from __future__ import annotations

import ast
import re
import sys
import tomllib
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from vulture import Vulture

ROOT = Path(__file__).resolve().parent.parent
_WORD = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


def configuration(root: Path = ROOT) -> dict[str, Any]:
    return tomllib.loads((root / "pyproject.toml").read_text())["tool"]["vulture"]


def _has_docstring(node: ast.AST) -> bool:
    kinds = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    return isinstance(node, kinds) and ast.get_docstring(node, clean=False) is not None


def spelled(tree: ast.Module) -> set[str]:
    """Words of the texts in a module, without those that only describe it."""
    described = {id(node.body[0].value) for node in ast.walk(tree) if _has_docstring(node)}  # type: ignore[attr-defined]
    texts = (
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and id(node) not in described
    )
    # "person__name" of a query names two things, and a part of a sentence none.
    parts = {part for text in texts for part in re.split(r"[.,]|__", text)}
    return {part for part in parts if _WORD.fullmatch(part)}


def own_names(tree: ast.Module) -> set[int]:
    """Lines on which the module itself gives a value a name."""
    return {node.lineno for node in tree.body if isinstance(node, ast.Assign | ast.AnnAssign)}


def find(root: Path = ROOT) -> tuple[list[str], list[str]]:
    """Dead names with their places, and excuses of the configuration that excuse nothing."""
    settings = configuration(root)
    excluded = settings.get("exclude", [])
    # A migration spells every column, also one that went long ago.
    found = [
        path
        for name in settings["paths"]
        for path in sorted((root / name).rglob("*.py"))
        if "migrations" not in path.parts
    ]
    trees = {path: ast.parse(path.read_text(), str(path)) for path in found}
    judged = [
        path
        for path in trees
        if not any(fnmatchcase(str(path), f"{root}/{pattern}") for pattern in excluded)
    ]
    vulture = Vulture(ignore_decorators=settings.get("ignore_decorators", []))
    vulture.scavenge(judged)
    for template in (root / "templates").rglob("*.html"):
        vulture.used_names.update(_WORD.findall(template.read_text()))
    for tree in trees.values():
        vulture.used_names.update(spelled(tree))
    excuses = dict.fromkeys(settings.get("ignore_names", []), False)
    dead = []
    for item in vulture.get_unused_code(min_confidence=settings["min_confidence"]):
        path = Path(item.filename)
        if item.typ == "variable" and item.first_lineno not in own_names(trees[path]):
            continue
        excused = [excuse for excuse in excuses if fnmatchcase(item.name, excuse)]
        excuses.update(dict.fromkeys(excused, True))
        if not excused:
            place = f"{path.relative_to(root)}:{item.first_lineno}"
            dead.append(f"{place} {item.typ} {item.name} is used nowhere")
    return dead, [excuse for excuse, needed in excuses.items() if not needed]


def main() -> int:
    dead, needless = find()
    for line in dead:
        print(line)
    for excuse in needless:
        print(f"pyproject.toml: vulture's ignore_names need {excuse!r} no more")
    return 1 if dead or needless else 0


if __name__ == "__main__":
    sys.exit(main())
