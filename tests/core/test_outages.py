"""What a person meets when Redis, the disk or the clockwork fails (TRUST F05-F08, F17, F36)."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from config.celery import app
from core.desk.status import _existing
from core.jobs import running as jobs
from core.models import ImportBatch, Job
from talent.models import Person
from tests.conftest import PASSWORD, Cast
from tests.imports.ledgers import people, person
from tests.servers import RedisServer
from tests.threads import together


def upload(client: Client, data: bytes) -> Any:
    file = SimpleUploadedFile("台账.xlsx", data)
    return client.post("/imports/new/", {"kind": "people", "file": file})


# --- Redis --------------------------------------------------------------------------------
@pytest.mark.django_db(transaction=True)
def test_an_upload_waits_for_redis_and_is_rung_for_again(
    cast: Cast, client_of: Any, own_redis: RedisServer
) -> None:
    """F05: taken in at once, said to be queued, and handed to a worker by the sweeper."""
    own_redis.stop()
    app.close()
    client = client_of(cast.clerk_a)
    taken = upload(client, people(person()))
    assert taken.status_code == 302
    assert "排队中" in client.get(taken.headers["Location"]).text
    own_redis.start()
    with own_redis.client() as redis:
        assert redis.llen("celery") == 0
        assert jobs.sweep() == 1
        assert redis.llen("celery") == 1


@pytest.mark.django_db
@pytest.mark.parametrize("how", ["stop", "freeze"])
def test_log_in_and_its_limits_need_no_redis(
    how: str, cast: Cast, own_redis: RedisServer, client: Client
) -> None:
    """F08, F06: limits are counted in the database."""
    getattr(own_redis, how)()
    for _ in range(5):
        client.post("/login/", {"username": "clerk_a", "password": "Wrong-2026-pass"})
    right = {"username": "clerk_a", "password": PASSWORD}
    assert client.post("/login/", right).status_code == 200
    assert Client(REMOTE_ADDR="10.0.0.9").post("/login/", right).status_code == 302


# --- The media store ----------------------------------------------------------------------
@pytest.fixture
def small_disk(tmp_path: Path, settings: Any) -> Iterator[Path]:
    """A media store of one megabyte on a file system of its own."""
    folder = tmp_path / "media"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(folder)]
    if os.geteuid() or subprocess.run(mount, capture_output=True).returncode:
        pytest.skip("only root can make a small file system")
    settings.MEDIA_ROOT = folder
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


@pytest.mark.django_db
def test_a_full_media_store_is_said_and_nothing_stays_behind(
    cast: Cast, client_of: Any, small_disk: Path
) -> None:
    """F17: no orphan row, no orphan file, and the next small ledger goes in."""
    client = client_of(cast.clerk_a)
    answer = upload(client, people(person()) + b"\0" * 1_500_000)
    assert answer.status_code == 422
    assert "存储空间不足" in answer.text
    assert not Job.objects.exists()
    assert not ImportBatch.objects.exists()
    assert not [path for path in small_disk.rglob("*") if path.is_file()]
    assert upload(client, people(person())).status_code == 302
    status = client_of(cast.system).get("/security/status/").text
    assert "可用 0.0 GB" in status


def test_the_disk_of_a_store_yet_to_be_made_is_found(tmp_path: Path) -> None:
    assert _existing(tmp_path / "not" / "yet") == tmp_path


# --- The clockwork ------------------------------------------------------------------------
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("name", sorted(django_settings.CELERY_BEAT_SCHEDULE))
def test_two_beats_do_no_harm(name: str, cast: Cast, redis_server: RedisServer) -> None:
    """F36: every scheduled task may run twice at the same time."""
    task = app.tasks[str(django_settings.CELERY_BEAT_SCHEDULE[name]["task"])]
    failed = [result for result in together(task, task) if isinstance(result, Exception)]
    assert not failed


@pytest.mark.django_db(transaction=True)
def test_a_job_that_two_beats_ring_for_is_done_once(cast: Cast, client_of: Any) -> None:
    upload(client_of(cast.clerk_a), people(person()))
    batch = ImportBatch.objects.get()
    assert sorted(together(*[lambda: jobs.run(batch.job_id)] * 2)) == [False, True]
    assert batch.rows.count() == 1
    assert not Person.objects.exists()
