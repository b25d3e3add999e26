"""What the tests of the tool chain share."""

from __future__ import annotations

import os
import shutil
import tempfile
import uuid
from collections.abc import Iterator
from pathlib import Path

import psycopg2
import pytest

from scripts import prepared
from tests.servers import test_database_url


@pytest.fixture
def own_database(db: None) -> Iterator[str]:
    """A database of the test's own beside the test database."""
    yield from _database("template0")


@pytest.fixture
def own_registry(db: None) -> Iterator[str]:
    """One with all tables, the divisions and the plan."""
    if not (template := os.environ.get(prepared.VARIABLE)):
        pytest.skip("only make test has a database to copy")
    yield from _database(template)


def _database(template: str) -> Iterator[str]:
    name = f"backup_{uuid.uuid4().hex[:8]}"
    url = test_database_url()
    admin = psycopg2.connect(url)
    admin.autocommit = True
    cursor = admin.cursor()
    cursor.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
    yield url.replace(str(admin.info.dbname), name)
    cursor.execute("SELECT datname FROM pg_database WHERE datname LIKE %s", [f"{name}%"])
    for (found,) in cursor.fetchall():
        cursor.execute(f'DROP DATABASE "{found}" WITH (FORCE)')
    admin.close()


@pytest.fixture
def short_folder() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="registry-test-"))
    yield folder
    shutil.rmtree(folder, ignore_errors=True)
