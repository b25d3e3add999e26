"""Exports of many rows: the same request answered by a worker, and a file that waits."""

from __future__ import annotations

import datetime
import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.conf import settings
from python_calamine import CalamineWorkbook

from core.entities import exporting
from core.jobs import running as jobs
from core.models import Export, Job, ReadEvent, User
from core.notices.waiting import waiting_for
from core.secrecy.files import folder_in_clear
from core.tasks import housekeeping
from tests.conftest import COUNTY_A, COUNTY_B, PREFECTURE, Cast
from tests.rows import make_person, make_row

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _few_are_many(settings: Any) -> None:
    settings.EXPORT_JOB_ROWS = 2


@pytest.fixture
def people(cast: Cast) -> list[Any]:
    return [make_person(COUNTY_A, name) for name in ("张三", "李四", "王五")] + [
        make_person(COUNTY_B, "外人")
    ]


def asked(client: Any, path: str = "/people/export/", **sent: str) -> Export:
    answer = client.post(path, {"format": "xlsx", **sent})
    assert answer.status_code == 302, answer.content[:200]
    export = Export.objects.latest("created_at")
    assert answer["Location"] == f"/exports/{export.pk}/"
    return export


def made(export: Export) -> Export:
    jobs.run(export.job_id)
    return Export.objects.select_related("job").get(pk=export.pk)


def names(client: Any, export: Export) -> list[str]:
    answer = client.post(f"/exports/{export.pk}/file/")
    assert answer.status_code == 200
    sheet = CalamineWorkbook.from_filelike(io.BytesIO(answer.content)).get_sheet_by_index(0)
    head, *rows = sheet.to_python()
    return [str(row[head.index("姓名")]) for row in rows]


def test_the_file_waits_for_who_asked(cast: Cast, client_of: Any, people: Any) -> None:
    client = client_of(cast.clerk_a)
    export = asked(client, filter="sort=-name")
    page = client.get(f"/exports/{export.pk}/").text
    assert "排队中" in page
    assert client.post(f"/exports/{export.pk}/file/").status_code == 302
    export = made(export)
    assert export.job.status == Job.Status.DONE, export.job.message
    assert (export.job.done, export.job.total) == (0, 3)
    page = client.get(f"/exports/{export.pk}/").text
    assert export.file_name in page
    assert "只有您本人可以下载" in page
    assert (
        export.file_name in client.get("/exports/").text or "人员" in client.get("/exports/").text
    )
    waiting = {w.code: count for w, count in waiting_for(cast.clerk_a)}
    assert waiting["exports"] == 1
    assert names(client, export) == ["张三", "王五", "李四"]
    event = ReadEvent.objects.get(kind="export")
    assert (event.user, len(event.people), event.detail["rows"]) == (cast.clerk_a, 3, 3)
    assert "exports" not in {w.code for w, _ in waiting_for(cast.clerk_a)}


def test_the_file_is_what_the_page_gives_at_once(
    cast: Cast, client_of: Any, people: Any, settings: Any
) -> None:
    client = client_of(cast.prefecture)
    for sent in ({}, {"filter": f"region={COUNTY_A}"}, {"format": "csv"},
                 {"unmasked": "1", "reason": "核对"}):  # fmt: skip
        settings.EXPORT_JOB_ROWS = 2
        later = client.post(f"/exports/{made(asked(client, **sent)).pk}/file/")
        settings.EXPORT_JOB_ROWS = 100
        at_once = client.post("/people/export/", {"format": "xlsx", **sent})
        for header in ("Content-Type", "Content-Disposition"):
            assert later[header] == at_once[header]
        one, other = later.content, b"".join(at_once.streaming_content)
        if sent.get("format") == "csv":
            assert one == other
        else:
            read = [CalamineWorkbook.from_filelike(io.BytesIO(d)) for d in (one, other)]
            assert len({str(book.get_sheet_by_index(0).to_python()) for book in read}) == 1


def test_few_rows_come_at_once(cast: Cast, client_of: Any) -> None:
    for _ in range(2):
        make_person(COUNTY_A)
    answer = client_of(cast.clerk_a).post("/people/export/", {"format": "csv"})
    assert answer.status_code == 200
    assert b"".join(answer.streaming_content)
    assert not Export.objects.exists()


def test_chosen_rows_and_the_region_one_works_in(cast: Cast, client_of: Any, people: Any) -> None:
    client = client_of(cast.prefecture)
    client.post("/region/", {"region": COUNTY_A})
    assert set(names(client, made(asked(client)))) == {"张三", "李四", "王五"}
    chosen = [str(p.pk) for p in people[1:]]
    export = asked(client, ids=chosen)  # type: ignore[arg-type]
    assert set(names(client, made(export))) == {"李四", "王五", "外人"}


def test_what_is_about_nobody(cast: Cast, client_of: Any) -> None:
    for _ in range(3):
        make_row("graduatestat", COUNTY_A)
    export = asked(client_of(cast.clerk_a), "/graduates/export/")
    assert made(export).job.status == Job.Status.DONE


@pytest.mark.parametrize("who", ["reviewer_a", "province", "clerk_b"])
def test_nobody_else_fetches_it(cast: Cast, client_of: Any, people: Any, who: str) -> None:
    export = made(asked(client_of(cast.clerk_a)))
    other = client_of(getattr(cast, who))
    assert other.get(f"/exports/{export.pk}/").status_code == 404
    for path in ("file/", "cancel/"):
        assert other.post(f"/exports/{export.pk}/{path}").status_code == 404


def test_rights_of_the_moment_when_it_is_made(cast: Cast, client_of: Any, people: Any) -> None:
    export = asked(client_of(cast.clerk_a))
    User.objects.filter(pk=cast.clerk_a.pk).update(region=COUNTY_B)
    export = made(export)
    assert (export.job.status, export.file_path) == (Job.Status.FAILED, "")
    assert "权限已变更" in export.job.message


def test_a_smaller_region_gets_no_more_than_its_own(
    cast: Cast, client_of: Any, people: Any
) -> None:
    """Moved to a county in the prefecture that the export was asked for."""
    export = asked(client_of(cast.prefecture))
    User.objects.filter(pk=cast.prefecture.pk).update(region=COUNTY_B)
    export = made(export)
    assert export.job.status == Job.Status.FAILED
    User.objects.filter(pk=cast.prefecture.pk).update(region=PREFECTURE)


def test_full_numbers_need_the_right_and_a_reason(cast: Cast, client_of: Any, people: Any) -> None:
    client = client_of(cast.clerk_a)
    assert client.post("/people/export/", {"unmasked": "1"})["Location"] == "/people/"
    assert not Export.objects.exists()
    viewer = client_of(cast.viewer_a)
    assert viewer.post("/people/export/", {"unmasked": "1", "reason": "看"}).status_code == 403
    export = made(asked(client, unmasked="1", reason="核对"))
    assert (
        people[0].id_number.encode() not in Path(settings.MEDIA_ROOT, export.file_path).read_bytes()
    )
    assert ReadEvent.objects.get(kind="export").reason == "核对"


@pytest.mark.parametrize("reason", ["", " ", "a", "\u200b\u200b"])
def test_a_reason_says_something(cast: Cast, client_of: Any, people: Any, reason: str) -> None:
    client = client_of(cast.clerk_a)
    answer = client.post("/people/export/", {"unmasked": "1", "reason": reason}, follow=True)
    assert "至少两个字" in answer.text
    assert not Export.objects.exists()


def test_two_files_of_one_list_are_told_apart(cast: Cast, client_of: Any, people: Any) -> None:
    client = client_of(cast.clerk_a)
    plain, full = made(asked(client)), made(asked(client, unmasked="1", reason="核对"))
    assert "（完整号码）" in full.file_name
    assert "（完整号码）" not in plain.file_name
    assert "人员（完整号码）" in client.get("/exports/").text


@pytest.mark.parametrize("text", ["520102199003077731", "13885100001", "张" * 61])
def test_a_search_that_no_page_sends_is_refused(
    cast: Cast, client_of: Any, people: Any, text: str
) -> None:
    """A number in a condition would stand in the log of exports."""
    client = client_of(cast.clerk_a)
    assert client.post("/people/export/", {"filter": f"q={text}"}).status_code == 400


def test_asked_twice_it_is_made_once(cast: Cast, client_of: Any, people: Any) -> None:
    client = client_of(cast.clerk_a)
    assert asked(client) == asked(client)
    for number in range(exporting.MOST - 1):
        asked(client, filter=f"sex={number}")
        make_person(COUNTY_A)
    refused = client.post("/people/export/", {"filter": "status=10"}, follow=True)
    assert "请等其中一份完成" in refused.text
    assert Export.objects.count() <= exporting.MOST


def test_it_can_be_called_off(cast: Cast, client_of: Any, people: Any) -> None:
    client = client_of(cast.clerk_a)
    export = asked(client)
    client.post(f"/exports/{export.pk}/cancel/")
    assert made(export).job.status == Job.Status.CANCELLED
    assert "已取消" in client.get(f"/exports/{export.pk}/").text
    assert client.post(f"/exports/{export.pk}/file/").status_code == 302


def test_a_file_goes_after_its_hours(cast: Cast, client_of: Any, people: Any) -> None:
    client = client_of(cast.clerk_a)
    export = made(asked(client))
    path = Path(settings.MEDIA_ROOT, export.file_path)
    hours = datetime.timedelta(hours=settings.EXPORT_HOURS)
    with time_machine.travel(export.job.finished_at + hours - datetime.timedelta(minutes=2)):
        housekeeping()
        assert path.exists()
    with time_machine.travel(export.job.finished_at + hours + datetime.timedelta(minutes=2)):
        housekeeping()
    assert not path.exists()
    assert "已过保留时间" in client_of(cast.clerk_a).get(f"/exports/{export.pk}/").text


def test_a_full_disk_says_so(
    cast: Cast, client_of: Any, people: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: Any, **__: Any) -> None:
        raise exporting.media.Refused("存储空间不足，文件没有保存，请联系系统管理员。")

    monkeypatch.setattr(exporting.media, "store", full)
    export = made(asked(client_of(cast.clerk_a)))
    assert export.job.status == Job.Status.FAILED
    assert "存储空间不足" in export.job.message


def test_progress_is_told_and_a_lost_lease_ends_it(
    cast: Cast, client_of: Any, people: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("core.entities.workbooks._REPORTED", 1)
    told: list[int] = []
    progress: Callable[..., None] = jobs.Lease.progress

    def note(lease: Any, *, done: int, **other: Any) -> None:
        told.append(done)
        progress(lease, done=done, **other)
        if done == 2:
            Job.objects.filter(pk=lease.job.pk).update(fence=99)

    monkeypatch.setattr(jobs.Lease, "progress", note)
    export = made(asked(client_of(cast.clerk_a)))
    assert told == [0, 1, 2, 3]
    assert list(folder_in_clear().iterdir()) == []
    assert export.file_path == ""
    assert not ReadEvent.objects.filter(kind="export").exists()


@pytest.mark.parametrize(
    ("changed", "status"), [({"region": COUNTY_B}, 404), ({"role": "viewer"}, 403)]
)
def test_who_lost_a_right_fetches_no_more(
    cast: Cast, client_of: Any, people: Any, changed: dict[str, Any], status: int
) -> None:
    export = made(asked(client_of(cast.clerk_a), unmasked="1", reason="核对"))
    User.objects.filter(pk=cast.clerk_a.pk).update(**changed)
    user = User.objects.get(pk=cast.clerk_a.pk)
    assert client_of(user).post(f"/exports/{export.pk}/file/").status_code == status


def test_what_the_page_showed_is_what_the_file_holds(
    cast: Cast, client_of: Any, people: Any
) -> None:
    """Another window has gone to another region meanwhile."""
    client = client_of(cast.prefecture)
    client.post("/region/", {"region": COUNTY_A})
    page = client.get("/people/").text
    assert f'name="scope" value="{COUNTY_A}"' in page
    client.post("/region/", {"region": PREFECTURE})
    export = asked(client, scope=COUNTY_A)
    assert set(names(client, made(export))) == {"张三", "李四", "王五"}
    # Nobody gets further than her own region by it.
    county = client_of(cast.clerk_a)
    assert set(names(county, made(asked(county, scope=COUNTY_B)))) == {"张三", "李四", "王五"}
