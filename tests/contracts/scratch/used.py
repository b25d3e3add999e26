"""Uses what the scratch app declares, through the pages, the API and the importer.

Run by test_adding.py with the settings beside it.
"""

from __future__ import annotations

import datetime
from typing import Any

import pytest
from django.db import connection

from core.audit.history import acting
from core.ledgers.ledger import kinds
from core.models import User
from reports.definitions import registry
from reports.definitions.registry import BY_CODE
from tests.conftest import COUNTY_A, COUNTY_B
from tests.contracts.scratch.entities import COURSES
from tests.contracts.scratch.figures import SENIORS
from tests.contracts.scratch.models import Course
from tests.imports.ledgers import take, workbook
from tests.reports import build

DAY = datetime.date(2026, 5, 8)


@pytest.fixture
def course(cast: Any) -> Course:
    return Course.objects.create(name="小组工作", region_id=COUNTY_A, held_on=DAY)


def test_an_entity(cast: Any, client_of: Any) -> None:
    """Pages, menu, form with its check, search, export, API, history: none of them written."""
    client = client_of(cast.clerk_a)
    page = client.get("/courses/").text
    assert 'href="/courses/new/"' in page
    assert "培训课程" in client.get("/").text
    token = client.get("/courses/new/").context["token"]
    typed = {"token": token, "name": "小组工作", "region": COUNTY_A, "held_on": "2026-05-08"}
    assert "学时最多 200" in client.post("/courses/new/", typed | {"hours": 300}).text
    client.post("/courses/new/", typed | {"hours": 12})
    one = Course.objects.get()
    assert one.hours == 12
    for path in ("", "history/", "edit/"):
        assert "小组工作" in client.get(f"/courses/{one.pk}/{path}").text
    assert "小组工作" in client.get("/courses/", {"q": "小组"}).text
    assert client.get("/api/v1/courses/").json()["results"][0]["hours"] == 12
    exported = client.post("/courses/export/", {"format": "csv", "reason": "核对"})
    assert "学时" in b"".join(exported.streaming_content).decode("utf-8-sig")


def test_its_scope(course: Course, cast: Any, client_of: Any) -> None:
    stranger = client_of(cast.clerk_b)
    assert stranger.get(f"/courses/{course.pk}/").status_code == 404
    assert stranger.get("/api/v1/courses/").json()["results"] == []


def test_an_action(course: Course, cast: Any, client_of: Any) -> None:
    client = client_of(cast.clerk_a)
    address = f"/courses/{course.pk}/put-off/"
    assert address in client.get(f"/courses/{course.pk}/").text
    client.post(address, {"held_on": "2026-06-01", "version": 1})
    course.refresh_from_db()
    assert course.held_on == datetime.date(2026, 6, 1)
    assert "改期" not in client_of(cast.viewer_a).get("/courses/").text


def test_a_ledger(cast: Any) -> None:
    """Template, check and meeting of a known row follow from the entity."""
    assert "courses" in kinds()
    head = ["课程名称", "开课日期", "课时"]
    batch = take(cast.clerk_a, "courses", workbook([head, ["小组工作", "2026-05-08", "12"]]))
    assert [row.outcome for row in batch.rows.all()] == ["new"]
    one = Course.objects.get()
    assert (one.region_id, one.hours) == (COUNTY_A, 12)
    batch = take(cast.clerk_a, "courses", workbook([head, ["小组工作", "2026-05-08", "16"]]))
    assert [row.outcome for row in batch.rows.all()] == ["changed"]
    batch = take(cast.clerk_b, "courses", workbook([head, ["小组工作", "2026-05-08", "40"]]))
    assert Course.objects.filter(region_id=COUNTY_A).get().hours == 16
    assert Course.objects.filter(region_id=COUNTY_B, hours=16).count() == 0
    assert COURSES.ledger in kinds().values()


def test_a_role(course: Course, client_of: Any) -> None:
    """Sees what its card says, in its region, and nothing else."""
    # The migration of a role in the product lets the column take it.
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE core_user DROP CONSTRAINT user_role_is_one_of_the_roles")
    trainer = User.objects.create(
        username="trainer", display_name="培训", role="trainer", region_id=COUNTY_A
    )
    client = client_of(trainer)
    assert "小组工作" in client.get("/courses/").text
    assert client.get("/courses/new/").status_code == 403
    assert client.get("/people/").status_code == 403


def test_a_decision(cast: Any, client_of: Any) -> None:
    """It waits for a reviewer, never for who entered it, and is carried out once."""
    with acting(cast.reviewer_a):
        Course.objects.create(name="我的课程", region_id=COUNTY_A, held_on=DAY)
    with acting(cast.clerk_a):
        other = Course.objects.create(name="别人的课程", region_id=COUNTY_A, held_on=DAY)
    own = Course.objects.get(name="我的课程")
    client = client_of(cast.reviewer_a)
    assert "课程待开放" in client.get("/").text
    asked = {"reason": "已备案", "version": 1}
    assert "请由另一位审核员开放" in client.post(f"/courses/{own.pk}/open/", asked).text
    assert client_of(cast.clerk_a).post(f"/courses/{other.pk}/open/", asked).status_code == 403
    client.post(f"/courses/{other.pk}/open/", asked)
    assert list(Course.objects.filter(is_open=True)) == [other]


def test_an_indicator_and_a_form(
    cast: Any, client_of: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Figure, list, reasons, card and form of one declaration. (The line that names an
    indicator among the others in registry.py is what the patch stands for.)"""
    monkeypatch.setitem(BY_CODE, SENIORS.code, SENIORS)
    monkeypatch.setattr(registry, "INDICATORS", (*registry.INDICATORS, SENIORS))
    senior = build.person("520102016")
    build.certificate(senior, "3")
    client = client_of(cast.clerk_a)
    on = f"?on={build.DAY}"
    assert "试行办法第三条" in client.get("/dashboard/definitions/SENIORS/").text
    listed = client.get(f"/dashboard/520102/list/SENIORS/{on}").text
    assert senior.name in listed
    assert "高级社会工作师，" in listed
    assert "高级社会工作师情况表" in client.get("/reports/").text
    page = client.get(f"/reports/seniors/520102/{on}").text
    assert f'href="/dashboard/520102016/list/SENIORS/{on}">1</a>' in page
