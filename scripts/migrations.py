"""Migrations after the baseline may not hold up a running product: squawk reads their SQL.

Those named in scripts/migrations.txt ran before there was data. A later one is refused when
it rewrites a table or locks it while all rows are read, which takes more than a second on a
million people. Where that is not so, the migration says why in a comment of its own:
`# squawk: adding-foreign-key-constraint: the column is new, so there is nothing to read`.

make check runs it; `make baseline` names all present migrations anew (after a squash).
"""

from __future__ import annotations

import io
import json
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from scripts import localenv, venv

BASELINE = venv.ROOT / "scripts" / "migrations.txt"
HEADER = "# Migrations of before there was data, not judged; written by make baseline.\n"
OLDEST_POSTGRES = "15.0"
# What rewrites a table, or reads all of it under a lock that others wait for. Squawk's other
# rules are about style, or about what a release before still uses.
RULES = {
    "adding-field-with-default",
    "adding-foreign-key-constraint",
    "adding-not-nullable-field",
    "adding-required-field",
    "adding-serial-primary-key-field",
    "changing-column-type",
    "constraint-missing-not-valid",
    "disallowed-unique-constraint",
    "require-concurrent-index-creation",
    "require-concurrent-index-deletion",
}
_EXCUSE = re.compile(r"^\s*# squawk: (?P<rule>[a-z-]+): \S+", re.MULTILINE)


def baseline(path: Path = BASELINE) -> set[str]:
    lines = path.read_text().splitlines()
    return {line for line in lines if line and not line.startswith("#")}


def excuses(source: str) -> set[str]:
    """Rules that a migration breaks knowingly; each needs its reason on the line."""
    return {found["rule"] for found in _EXCUSE.finditer(source)}


def _squawk(sql: dict[str, str]) -> list[dict[str, Any]]:
    with tempfile.TemporaryDirectory() as folder:
        for name, text in sql.items():
            (Path(folder) / f"{name}.sql").write_text(text)
        command = [str(venv.VENV / "bin" / "squawk"), "--reporter", "json"]
        command += ["--pg-version", OLDEST_POSTGRES, *(f"{name}.sql" for name in sql)]
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True)
    return list(json.loads(done.stdout))


def judge(sql: dict[str, str], sources: dict[str, str]) -> list[str]:
    """What is wrong with each migration, given the SQL it runs and its own source."""
    if not sql:
        return []
    refused = []
    for found in _squawk(sql):
        name, rule = found["file"].removesuffix(".sql"), found["rule_name"]
        if rule == "syntax-error":
            refused.append(f"{name}: squawk cannot read it: {found['message']}")
        elif rule in RULES - excuses(sources[name]):
            statement = " ".join(sql[name].splitlines()[found["line"] : found["line_end"] + 1])
            refused.append(f"{name}: {rule}: {statement[:160]}\n    {found.get('help') or ''}")
    return refused


def of_this_project() -> dict[str, Any]:
    """Our migrations as app.name; needs Django and a database (its state does not matter)."""
    from django.apps import apps
    from django.db.migrations.loader import MigrationLoader

    ours = {
        config.label for config in apps.get_app_configs() if Path(config.path).parent == venv.ROOT
    }
    known = MigrationLoader(None).disk_migrations
    return {f"{app}.{name}": one for (app, name), one in sorted(known.items()) if app in ours}


def _sql(names: Iterable[str]) -> dict[str, str]:
    from django.core.management import call_command

    written = {}
    for name in names:
        out = io.StringIO()
        call_command("sqlmigrate", *name.split("."), stdout=out, no_color=True)
        written[name] = out.getvalue()
    return written


def check(known: set[str]) -> list[str]:
    found = of_this_project()
    refused = [f"{name} is in the baseline and nowhere else: make baseline"
               for name in sorted(known - found.keys())]  # fmt: skip
    later = [name for name in found if name not in known]
    sources = {
        name: Path(sys.modules[found[name].__module__].__file__ or "").read_text() for name in later
    }
    return refused + judge(_sql(later), sources)


def _set_up() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    import django

    django.setup()


def main() -> int:
    if "--baseline" in sys.argv:
        venv.enter("scripts.migrations", dev=True)
        os.environ.update(localenv.fresh_secrets())
        _set_up()
        BASELINE.write_text(HEADER + "".join(f"{name}\n" for name in of_this_project()))
        return 0
    _set_up()
    refused = check(baseline())
    print("\n".join(refused))
    return 1 if refused else 0


if __name__ == "__main__":
    sys.exit(main())
