"""Demo files are real ones: taken in by the same door, each on a record of its own kind."""

from __future__ import annotations

from typing import Any

from core.models import Attachment
from core.secrecy import files as media
from demo.files import build_files
from talent.models import Person
from tests.conftest import COUNTY_A
from tests.rows import make_person, make_project, make_station


def test_demo_files(cast: Any) -> None:
    make_station(COUNTY_A)
    make_project(COUNTY_A)
    Person.objects.filter(pk=make_person(COUNTY_A).pk).update(user=cast.worker_a)
    build_files({"nanming": cast.clerk_a, "shegong": cast.worker_a})
    kinds = Attachment.objects.values_list("owner_label", "kind", "removed_at")
    assert sorted((label, kind) for label, kind, removed in kinds if removed is None) == [
        ("projects.project", "pdf"),
        ("stations.station", "jpg"),
        ("stations.station", "pdf"),
        ("talent.person", "jpg"),
    ]
    assert Attachment.objects.exclude(removed_at=None).count() == 1
    for file in Attachment.objects.all():
        assert media.load(file.file_path)


def test_without_records_there_are_none(cast: Any) -> None:
    build_files({"nanming": cast.clerk_a, "shegong": cast.worker_a})
    assert not Attachment.objects.exists()
