"""The checks of our own: dead names are found, slow migrations refused, nothing left out unsaid."""

from __future__ import annotations

from pathlib import Path

import pytest

from scripts import check, deadcode, migrations

PROJECT = """
[tool.vulture]
min_confidence = 60
paths = ["shop"]
exclude = ["shop/settings.py"]
ignore_decorators = ["@register"]
ignore_names = ["clean_*", "gone"]
"""
MODULE = '''
"""A docstring that mentions nowhere_used and mentioned."""
UNUSED, LIMIT = 3, 4
FLAT = 5


class Person:
    declared = "a declaration"

    @property
    def is_known(self):
        return LIMIT

    def in_template(self): ...
    def in_query(self): ...
    def in_settings(self): ...
    def clean_name(self): ...
    def nowhere_used(self): ...


@register
def handed_over(): ...


def dead(): ...
'''


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "shop" / "migrations").mkdir(parents=True)
    (tmp_path / "templates").mkdir()
    (tmp_path / "pyproject.toml").write_text(PROJECT)
    (tmp_path / "shop" / "people.py").write_text(MODULE)
    (tmp_path / "shop" / "pages.py").write_text('print(Person, "owner__in_query", Person.is_known)')
    (tmp_path / "shop" / "settings.py").write_text('HOOK = "shop.people.in_settings"')
    (tmp_path / "shop" / "migrations" / "0001_initial.py").write_text('name = "nowhere_used"')
    (tmp_path / "templates" / "page.html").write_text("{{ person.in_template }}")
    return tmp_path


def test_a_name_that_nothing_uses_is_found(project: Path) -> None:
    dead, _ = deadcode.find(project)
    assert sorted(line.split(" ", 1)[1] for line in dead) == [
        "function dead is used nowhere",
        "method nowhere_used is used nowhere",
        "variable FLAT is used nowhere",
        "variable UNUSED is used nowhere",
    ]
    assert all(line.startswith("shop/people.py:") for line in dead)


def test_an_excuse_that_excuses_nothing_is_named(project: Path) -> None:
    assert deadcode.find(project)[1] == ["gone"]


# --- Migrations -------------------------------------------------------------------------------
SLOW = {
    "an index that stops all writes": 'CREATE INDEX "i" ON "talent_person" ("name");',
    "an index that is dropped under a lock": 'DROP INDEX "i";',
    "a key whose rows are all read": (
        'ALTER TABLE "talent_post" ADD CONSTRAINT "f" FOREIGN KEY ("r") REFERENCES "region" ("c");'
    ),
    "a rule whose rows are all read": 'ALTER TABLE "p" ADD CONSTRAINT "c" CHECK ("n" > 1);',
    "a unique rule": 'ALTER TABLE "p" ADD CONSTRAINT "u" UNIQUE ("n");',
    "a type that rewrites the table": 'ALTER TABLE "p" ALTER COLUMN "n" TYPE bigint;',
    "a column that may be empty no more": 'ALTER TABLE "p" ALTER COLUMN "n" SET NOT NULL;',
    "a default that differs by row": (
        'ALTER TABLE "p" ADD COLUMN "k" uuid DEFAULT gen_random_uuid() NOT NULL;'
    ),
    "a computed column": 'ALTER TABLE "p" ADD COLUMN "k" int GENERATED ALWAYS AS (n) STORED;',
}
QUICK = {
    "a new table with its index": (
        'CREATE TABLE "n" ("id" uuid PRIMARY KEY, "a" varchar(9) NOT NULL);\n'
        'CREATE INDEX "i" ON "n" ("a");'
    ),
    "a column that may be empty": 'ALTER TABLE "p" ADD COLUMN "k" integer NULL;',
    "a column with one default": 'ALTER TABLE "p" ADD COLUMN "k" integer DEFAULT 3 NOT NULL;',
    "a rule for later rows": 'ALTER TABLE "p" ADD CONSTRAINT "c" CHECK ("n" > 1) NOT VALID;',
}


@pytest.mark.parametrize("statement", SLOW.values(), ids=SLOW)
def test_a_migration_that_holds_up_a_running_product_is_refused(statement: str) -> None:
    sql = {"talent.0099_slow": f"BEGIN;\n{statement}\nCOMMIT;\n"}
    refused = migrations.judge(sql, {"talent.0099_slow": ""})
    assert refused
    for line in refused:
        assert line.startswith("talent.0099_slow: ")
        assert statement in line


@pytest.mark.parametrize("statement", QUICK.values(), ids=QUICK)
def test_a_migration_that_is_over_at_once_is_not(statement: str) -> None:
    sql = {"talent.0099_quick": f"BEGIN;\n{statement}\nCOMMIT;\n"}
    assert migrations.judge(sql, {"talent.0099_quick": ""}) == []


def test_an_index_made_beside_the_writes_is_not_refused() -> None:
    sql = {"a.0002": 'CREATE INDEX CONCURRENTLY "i" ON "talent_person" ("name");\n'}
    assert migrations.judge(sql, {"a.0002": ""}) == []


def test_a_migration_says_why_it_is_quick_all_the_same() -> None:
    sql = {"a.0002": 'ALTER TABLE "p" ADD CONSTRAINT "c" CHECK ("n" > 1);\n'}
    reason = "# squawk: constraint-missing-not-valid: a table of ten rows"
    assert migrations.judge(sql, {"a.0002": reason}) == []
    for other in ("# squawk: constraint-missing-not-valid:", "# squawk: changing-column-type: x"):
        assert len(migrations.judge(sql, {"a.0002": other})) == 1


def test_what_squawk_cannot_read_is_not_taken_for_good() -> None:
    refused = migrations.judge({"a.0002": "ALTER TABLE p ADD COLUMN;\n"}, {"a.0002": ""})
    assert "cannot read" in refused[0]


def test_only_migrations_after_the_baseline_are_judged(
    db: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """core's first one needs no excuse; a name that is nowhere asks for a new baseline."""
    known = migrations.baseline()
    assert known <= migrations.of_this_project().keys()
    judged: list[str] = []
    monkeypatch.setattr(migrations, "judge", lambda sql, sources: judged.extend(sql) or [])
    monkeypatch.setattr(migrations, "BASELINE", tmp_path / "migrations.txt")
    last = max(name for name in known if name.startswith("core."))
    kept = {*migrations.of_this_project(), "core.0000_gone"} - {last}
    migrations.BASELINE.write_text(migrations.HEADER + "\n".join(kept))
    refused = migrations.check(migrations.baseline(migrations.BASELINE))
    assert judged == [last]
    assert refused == ["core.0000_gone is in the baseline and nowhere else: make baseline"]


def test_the_fast_check_says_what_it_leaves_out(capsys: pytest.CaptureFixture[str]) -> None:
    run = [check.Step("quick", ("true",), {}), check.Step("slow", ("false",), {}, is_slow=True)]
    assert check.run_all(run, is_fast=True) == 0
    said = capsys.readouterr().out
    assert "ok     quick" in said
    assert "left out by --fast: slow" in said
    assert check.run_all(run, is_fast=False) == 1
    assert "check: slow failed" in capsys.readouterr().out


def test_a_tool_that_stumbles_over_its_memory_is_asked_again(tmp_path: Path) -> None:
    """mypy does when files have moved since: it says nothing of the code then."""
    memory = tmp_path / "memory"
    memory.mkdir()
    words = f'test -d "{memory}" && echo "INTERNAL ERROR" && exit 2; echo fine'
    step = check.Step("tool", ("sh", "-c", words), {}, memory=memory)
    assert step.run()[1:3] == (True, "fine\n")
    memory.mkdir()
    assert not check.Step("tool", ("sh", "-c", words), {}).run()[1]
