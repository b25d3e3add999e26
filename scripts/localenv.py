"""`.local/env`: the secrets and addresses of this machine, made once and read by settings.

Because the file names the database and Redis that run now, `manage.py` works in another
shell while `make run` runs.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import secrets
import string
from collections.abc import Iterator
from pathlib import Path

from scripts import venv
from scripts.services import LOCAL, Services

FILE = "env"
HEADER = "# Written by make run. Secrets of this machine only; production has its own."
# Letters and digits that cannot be mistaken for each other when typed from a screen.
LEGIBLE = "".join(sorted(set(string.ascii_letters + string.digits) - set("0O1lI")))


def read(folder: Path = LOCAL) -> dict[str, str]:
    path = folder / FILE
    if not path.exists():
        return {}
    pairs = (
        line.split("=", 1)
        for line in path.read_text().splitlines()
        if "=" in line and not line.startswith("#")
    )
    return {name: _unquote(value) for name, value in pairs}


def write(values: dict[str, str], folder: Path = LOCAL) -> None:
    """Replace the file in one step, readable by its owner alone."""
    lines = [HEADER, *(f"{name}={_quote(value)}" for name, value in sorted(values.items()))]
    fresh = folder / f"{FILE}.new"
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write("\n".join(lines) + "\n")
    fresh.replace(folder / FILE)


def _quote(value: str) -> str:
    return "'" + value.replace("\\", "\\\\").replace("'", "\\'") + "'"


def _unquote(value: str) -> str:
    if value[:1] == value[-1:] == "'" and len(value) > 1:
        return value[1:-1].replace("\\'", "'").replace("\\\\", "\\")
    return value


def random_password() -> str:
    """A demo password that passes the product's own rules: three classes, 14 characters."""
    body = "".join(secrets.choice(LEGIBLE) for _ in range(9))
    return f"Gz{body}-{secrets.randbelow(90) + 10}"


def fresh_secrets() -> dict[str, str]:
    return {
        "SECRET_KEY": secrets.token_urlsafe(48),
        "FIELD_KEYS": f"k1:{secrets.token_hex(16)}",
        "BLIND_INDEX_KEY": secrets.token_hex(32),
        "DEMO_PASSWORD": random_password(),
    }


def complete(addresses: dict[str, str], folder: Path = LOCAL) -> dict[str, str]:
    """The environment of this machine: what is stored, else what the shell says, else new.

    A secret in the shell wins only the first time, because the data is encrypted with it.
    """
    stored = read(folder)
    values = fresh_secrets()
    for name in values:
        values[name] = stored.get(name) or os.environ.get(name) or values[name]
    # Demo accounts stay as they are, however long the machine is kept.
    ageless = {"DORMANT_DAYS": "0", "PASSWORD_DAYS": "0"}
    values |= {"DEBUG": stored.get("DEBUG", "false")} | ageless | addresses
    write(values, folder)
    return values


@contextlib.contextmanager
def alone(doing: str) -> Iterator[None]:
    """Nobody else starts or restores this folder meanwhile; `doing` is what they are told."""
    venv.refuse_foreign(LOCAL)
    LOCAL.mkdir(mode=0o700, parents=True, exist_ok=True)
    with (LOCAL / "run.lock").open("a+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.seek(0)
            venv.stop(f"这个文件夹里{lock.read().strip()}。")
        # Forked children live on when this process is killed; the lock does not.
        os.register_at_fork(after_in_child=lock.close)
        lock.truncate(0)
        lock.write(doing)
        lock.flush()
        yield


def start_services() -> dict[str, str]:
    """Start what the environment does not already provide; return the machine's values."""
    services = Services(LOCAL)
    venv.refuse_foreign(LOCAL)
    LOCAL.mkdir(mode=0o700, parents=True, exist_ok=True)
    own = {"DATABASE_URL": services.database_url(), "REDIS_URL": services.redis_url}
    given = {name: os.environ[name] for name in own if os.environ.get(name)}
    services.prepare_folders()
    if "DATABASE_URL" not in given:
        services.start_postgres()
    if "REDIS_URL" not in given:
        services.start_redis()
    return complete(own | given)


def stop_services() -> None:
    if LOCAL.exists():
        venv.refuse_foreign(LOCAL)
        Services(LOCAL).stop()
