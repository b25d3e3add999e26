"""F18: PostgreSQL's disk is full: reading goes on, saving says so, and it comes back."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import OperationalError, connection

from stations.models import Organization
from tests.conftest import COUNTY_A
from tests.rows import make_organization

TABLE = Organization._meta.db_table


def run(*statements: str) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


@pytest.fixture
def small_disk(transactional_db: None) -> Iterator[None]:
    """The table of organisations lies on a disk of one megabyte."""
    with connection.cursor() as cursor:
        cursor.execute("SHOW data_directory")
        data = Path(cursor.fetchone()[0])
    if os.geteuid() or not data.exists():
        pytest.skip("only root beside the server can make a small disk for it")
    folder = Path(tempfile.mkdtemp(prefix="registry-disk-"))
    folder.chmod(0o755)
    owner = f"size=1m,mode=700,uid={data.stat().st_uid},gid={data.stat().st_gid}"
    mount = ["mount", "-t", "tmpfs", "-o", owner, "tmpfs", str(folder)]
    if subprocess.run(mount, capture_output=True).returncode:
        folder.rmdir()
        pytest.skip("this machine lets nobody mount a small disk")
    name = f"small_{connection.settings_dict['NAME']}"
    try:
        run(
            f"CREATE TABLESPACE {name} LOCATION '{folder}'",
            f"CREATE TABLE filler (words text) TABLESPACE {name}",
            "ALTER TABLE filler ALTER words SET STORAGE plain",
            f"ALTER TABLE {TABLE} SET TABLESPACE {name}",
        )
        yield
    finally:
        run(
            f"ALTER TABLE {TABLE} SET TABLESPACE pg_default",
            "DROP TABLE IF EXISTS filler",
            f"DROP TABLESPACE IF EXISTS {name}",
        )
        subprocess.run(["umount", "-l", str(folder)], check=True)
        shutil.rmtree(folder, ignore_errors=True)


def fill_the_disk() -> None:
    for rows in (40, 5, 1):
        while not isinstance(_added(rows), OperationalError):
            pass


def _added(rows: int) -> OperationalError | None:
    try:
        run(f"INSERT INTO filler SELECT repeat('x', 7000) FROM generate_series(1, {rows})")
    except OperationalError as error:
        return error
    return None


def test_a_full_disk_stops_saving_alone(small_disk: None, cast: Any, client_of: Any) -> None:
    known = [make_organization(COUNTY_A, f"同心中心{n}") for n in range(30)]
    client = client_of(cast.clerk_a)
    client.raise_request_exception = False
    form = {"name": "新来的机构", "kind": "4", "region": COUNTY_A, "address": "路" * 90}
    fill_the_disk()

    # What its last page has room for is still saved.
    answers = [client.post("/organizations/new/", {**form, "name": f"机构{n}"}) for n in range(20)]
    refused = [answer for answer in answers if answer.status_code == 503]
    assert {302, 503} >= {answer.status_code for answer in answers}
    assert refused[-1].headers["Retry-After"] == "30"
    assert "稍后" in refused[-1].text
    stored = Organization.objects.count()
    assert stored == len(known) + len(answers) - len(refused)
    assert client.get("/organizations/").status_code == 200
    assert client.get(f"/organizations/{known[0].pk}/").status_code == 200

    run("DROP TABLE filler")
    assert client.post("/organizations/new/", form).status_code == 302
    assert Organization.objects.count() == stored + 1
