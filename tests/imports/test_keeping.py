"""What processes that were killed leave of a ledger is removed."""

from __future__ import annotations

import datetime
import os
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from core.ledgers.keeping import forget_expired
from core.secrecy import files as media
from tests.conftest import Cast
from tests.imports.ledgers import check, people, person

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def own_store(settings: Any, tmp_path: Path) -> None:
    """What other tests left lies elsewhere."""
    settings.MEDIA_ROOT = tmp_path


def test_a_file_that_was_open_when_its_reader_was_killed_is_removed(
    cast: Cast, settings: Any
) -> None:
    name = media.store(b"420", folder="imports")
    reader = media.opened(name)
    left = reader.__enter__()
    assert left.read_bytes() == b"420"
    assert settings.MEDIA_ROOT in left.parents
    now = left.stat().st_mtime
    assert media.forget_opened(before=now - 1) == 0
    assert media.forget_opened(before=now + 1) == 1
    assert not left.exists()
    reader.__exit__(None, None, None)


def test_a_file_that_no_batch_names_is_removed_after_a_day(cast: Cast, settings: Any) -> None:
    """Its worker was killed before the batch was written."""
    batch = check(cast.clerk_a, "people", people(person("张三")))
    names = [media.store(b"420", folder="imports"), media.store(b"421", folder="imports")]
    old, young, kept = (settings.MEDIA_ROOT / name for name in (*names, batch.file_path))
    for path in (old, kept):
        os.utime(path, (0, 0))
    forget_expired(before=timezone.now() - datetime.timedelta(days=30))
    assert [path.exists() for path in (old, young, kept)] == [False, True, True]
