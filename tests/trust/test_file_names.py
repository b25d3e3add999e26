"""T46: a file's name leads nowhere, breaks no header and names nobody."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from core.jobs import running as jobs
from core.models import ImportBatch
from tests.imports.ledgers import people, person

NUMBER = "520102199003077734"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("../../../etc/台账.xlsx", "台账.xlsx"),
        ("C:\\Users\\王\\台账.xlsx", "台账.xlsx"),
        ("a\r\nSet-Cookie: x=1.xlsx", r"<h1"),
        ("长" * 300 + ".xlsx", r"长{20,}\.xlsx"),
        ("台账\u202excod.xlsx", r"台账xcod\.xlsx"),
        (f"张三{NUMBER}.xlsx", r"张三52\*+\.xlsx"),
        ('<b onclick="x">.xlsx', r"&lt;b onclick=&quot;x&quot;&gt;\.xlsx"),
    ],
)
def test_a_file_lies_under_a_random_name(
    given: str, shown: str, cast: Any, client_of: Any, settings: Any
) -> None:
    client = client_of(cast.clerk_a)
    file = SimpleUploadedFile("x.xlsx", people(person("", "510")))
    file._name = given  # Django would shorten it; a program sends what it likes
    answer = client.post("/imports/new/", {"kind": "people", "file": file})
    assert answer.status_code == 302, answer.text
    batch = ImportBatch.objects.get()
    assert re.fullmatch(r"[a-z]+/[0-9a-f]{32}", batch.file_path)
    assert (Path(settings.MEDIA_ROOT) / batch.file_path).is_file()
    assert len(batch.file_name) <= 120
    assert batch.file_name.isprintable()
    assert NUMBER not in batch.file_name

    jobs.run(batch.job_id)
    page = client.get(answer.headers["Location"]).text
    assert re.search(shown, page)
    assert 'onclick="x"' not in page
    download = client.get(f"/imports/{batch.pk}/refused/")
    header = download.headers["Content-Disposition"]
    assert header.startswith("attachment; filename")
    assert not re.search(r"[\r\n/\\]|\.\.|\d{17}", header)
    assert len(header) < 1500
