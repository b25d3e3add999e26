"""make bench: builds its own data, measures, and prints a table with a peer beside each figure.

SCALE=0.01 shrinks every size for a quick look; the sizes of record are those of SCALE=1.
ONLY=lists,imports runs some parts alone. KEEP=folder keeps the bases for the next run.
"""

from __future__ import annotations

import json
import os
import pstats
import shutil
import signal
import subprocess
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bench import report
from bench.clock import Run, run
from scripts import localenv, venv
from scripts.services import Services

SCALE = float(os.environ.get("SCALE") or 1)
KEEP = os.environ.get("KEEP")
ONLY = set(filter(None, (os.environ.get("ONLY") or "").split(",")))
PEOPLE, SMALL, LEDGER, PEER_LEDGER = (
    max(200, int(size * SCALE)) for size in (1_000_000, 100_000, 100_000, 10_000)
)
# That nobody knows, in the ledger that asks.
WORDS = 200
# People of the ledgers are beyond those of the base.
BEYOND = 2_000_000
DAY = "2025-12-31"
# Of a server for a province, as docker-compose.yml starts it.
SETTINGS = {"shared_buffers": "2GB", "max_wal_size": "8GB"}


@dataclass
class Bench:
    """Servers, environment and what was found so far."""

    services: Services
    folder: Path
    found: dict[str, Any] = field(default_factory=dict)

    def env(self, database: str = "large") -> dict[str, str]:
        return {
            **os.environ,
            **self.secrets,
            "LOCAL_DIR": str(self.folder),
            "DATABASE_URL": self.services.database_url(database),
            "PEER_DATABASE_URL": self.services.database_url("peer"),
            "REDIS_URL": self.services.redis_url,
            "STATEMENT_TIMEOUT_MS": "0",
            "STATIC_ROOT": str(self.static()),
            "DEBUG": "false",
            "LOG_LEVEL": "ERROR",
            "PYTHONWARNINGS": "ignore",
        }

    def __post_init__(self) -> None:
        # Bases that are kept are read with the keys they were written with.
        self.secrets = localenv.read(self.folder) or localenv.fresh_secrets()
        localenv.write(self.secrets, self.folder)

    def static(self) -> Path:
        return self.folder / "static"

    def product(self, *words: str, database: str = "large") -> Any:
        return json.loads(self.run("bench.product", *words, database=database).output)

    def peer(self, *words: str) -> Any:
        return json.loads(self.run("bench.peer.measure", *words).output)

    def run(self, module: str, *words: str, database: str = "large") -> Run:
        return run([sys.executable, "-m", module, *words], self.env(database))

    # --- Parts -------------------------------------------------------------------------
    def clone(self, source: str, name: str) -> None:
        self.services.psql(f"drop database if exists {name}")
        self.services.psql(f"create database {name} template {source} strategy file_copy")

    def has(self, database: str) -> bool:
        asked = f"select count(*) from pg_database where datname = '{database}_is_built'"
        return self.services.psql(asked).strip() == "1"

    def mark(self, database: str) -> None:
        self.services.psql(f"create database {database}_is_built template template0")

    def build(self) -> None:
        """Three bases: nobody, SMALL people, PEOPLE people; and the peer's copy of the last."""
        self.found["server"] = self.product("server", database="postgres")
        run([sys.executable, "manage.py", "collectstatic", "--noinput", "-v0"], self.env())
        if self.has("large"):
            for name in ("nobody", "small", "large"):
                run([sys.executable, "manage.py", "migrate", "-v0"], self.env(name))
            return
        self.say(f"base of {SMALL:,} people")
        for name in ("nobody", "small", "large", "peer"):
            self.services.psql(f"drop database if exists {name}")
        self.services.create_database("nobody")
        self.product("build", "0", "0", database="nobody")
        self.clone("nobody", "small")
        self.product("build", "0", str(SMALL), database="small")
        self.clone("small", "large")
        self.say(f"base of {PEOPLE:,} people")
        self.found["build"] = self.product("build", str(SMALL), str(PEOPLE), database="large")
        self.make_peer()
        self.mark("large")

    def make_peer(self) -> None:
        self.say("the same people in the peer's table")
        self.services.create_database("peer")
        self.peer("setup")
        copy = (
            "COPY peer_stockperson (name,pinyin,sex,id_number,ethnicity,political_status,"
            "education,major,phone,county,township,employer,post,employment,started_on,"
            "certificate_level,certificate_number,approved_on,school,category,remark)"
            " FROM STDIN"
        )
        psql = [str(self.services.bin / "psql"), "-q", "-h", str(self.services.run)]
        psql += ["-U", "postgres", "-d", "peer", "-c", copy]
        rows = [sys.executable, "-m", "bench.product", "peer-rows"]
        with subprocess.Popen(rows, env=self.env("large"), stdout=subprocess.PIPE) as source:
            subprocess.run(psql, stdin=source.stdout, check=True)

    def lists(self) -> None:
        self.say("lists")
        own = self.product("lists")
        self.found["lists"] = own["pages"]
        self.found["peer_lists"] = self.peer("lists", json.dumps(own["probe"]))

    def indicators(self) -> None:
        for name in ("small", "large"):
            self.say(f"indicators, {name} base")
            self.found[f"indicators_{name}"] = self.product("indicators", DAY, database=name)

    def pages(self) -> None:
        self.say("dashboard and weights")
        self.found["dashboard"] = self.product("dashboard")
        self.found["weights"] = self.product("weights")

    def ledger(self, name: str, first: int, rows: int) -> Path:
        path = self.folder / f"{name}.xlsx"
        self.product("ledger", str(path), str(first), str(rows))
        return path

    def import_own(self, name: str, first: int) -> None:
        self.say(f"import of {LEDGER:,} rows, {name}")
        path = self.ledger(name, first, LEDGER)
        command = [sys.executable, "manage.py", "import_ledger", "people", str(path)]
        command += ["--user", "sheng", "--commit", "--json"]
        done = run(command, self.env("importing"))
        answer = json.loads(done.output.strip().splitlines()[-1])
        answer["errors"] = answer["errors"][:5]
        self.found[f"import_{name}"] = {
            **answer, "wall": done.seconds, "megabytes": done.megabytes,
            "file": path.stat().st_size,
        }  # fmt: skip

    def profile(self) -> None:
        """Where the time of an import goes: step by step into both bases, and function by
        function with all of it in one process."""
        self.found["phases"] = {}
        for name, base in (("empty", "nobody"), ("million", "large")):
            self.say(f"steps of an import, {name}")
            self.clone(base, "importing")
            path = str(self.folder / f"{name}.xlsx")
            self.found["phases"][name] = self.product("phases", path, database="importing")
        self.say("profile of an import into an empty base")
        self.clone("nobody", "importing")
        kept = self.folder / "profile"
        command = [sys.executable, "-m", "cProfile", "-o", str(kept), "manage.py"]
        command += ["import_ledger", "people", str(self.folder / "empty.xlsx")]
        alone = {**self.env("importing"), "IMPORT_PROCESSES": "1"}
        run([*command, "--user", "sheng", "--commit", "--json"], alone)
        stats = pstats.Stats(str(kept)).stats  # type: ignore[attr-defined]
        rows = sorted(stats.items(), key=lambda item: -item[1][2])[:15]
        self.found["profile"] = [
            {"where": f"{Path(file).name}:{line} {name}", "calls": calls, "seconds": own}
            for (file, line, name), (_, calls, own, *_rest) in rows
        ]

    def import_peer(self) -> None:
        for index, name in enumerate(("plain", "bulk")):
            self.say(f"stock import, {name}, {PEER_LEDGER:,} rows")
            path = self.ledger(name, BEYOND + (5 + index) * 1_000_000, PEER_LEDGER)
            self.found[f"peer_{name}"] = self.peer("import", str(path), name)

    def export(self) -> None:
        for rows, name in ((SMALL, "small"), (SMALL // 10, "small")):
            self.say(f"export of {rows:,} people")
            found = self.product("export", str(rows), database=name)
            self.found["export" if rows == SMALL else "export_tenth"] = found
        self.found["peer_export"] = self.peer("export", str(PEER_LEDGER))

    def papers(self) -> None:
        self.say("a form filled, and a ledger that asks")
        self.found["paper"] = self.product("paper", str(SMALL // 10), database="small")
        self.clone("nobody", "importing")
        words = ("questions", str(self.folder / "asking.xlsx"), str(LEDGER), str(WORDS))
        self.found["questions"] = self.product(*words, database="importing")

    def say(self, words: str) -> None:
        print(f"... {words}", file=sys.stderr, flush=True)

    def imports(self) -> None:
        for name, base, first in (("empty", "nobody", 0), ("million", "large", 1)):
            self.clone(base, "importing")
            self.import_own(name, BEYOND + first * 1_000_000)
        self.profile()
        self.import_peer()

    def everything(self) -> None:
        self.build()
        parts = (self.lists, self.indicators, self.pages, self.export, self.papers, self.imports)
        for part in parts:
            if not ONLY or part.__name__ in ONLY:
                part()


def _stop(*_: object) -> None:
    raise KeyboardInterrupt


def main() -> int:
    venv.enter("bench.run", dev=True)
    signal.signal(signal.SIGTERM, _stop)
    folder = Path(KEEP or tempfile.mkdtemp(prefix="registry-bench-"))
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    services = Services(folder / "servers", settings=SETTINGS)
    bench = Bench(services, folder.resolve())
    try:
        services.start()
        bench.everything()
        return 0
    finally:
        (venv.ROOT / "test-results").mkdir(exist_ok=True)
        kept = venv.ROOT / "test-results" / "bench.json"
        sizes = {"people": PEOPLE, "small": SMALL, "ledger": LEDGER, "peer_ledger": PEER_LEDGER}
        bench.found["sizes"] = sizes
        kept.write_text(json.dumps(bench.found, ensure_ascii=False, indent=1))
        print(report.table(bench.found), flush=True)
        if SCALE == 1 and not ONLY and "profile" in bench.found:
            (venv.ROOT / "docs" / "performance.md").write_text(report.document(bench.found))
        services.stop()
        if not KEEP:
            shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main())
