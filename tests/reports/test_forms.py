"""Forms under 报表: the numbers of the board, area by area, on the page and in Excel."""

from __future__ import annotations

import io
from typing import Any

import openpyxl
import pytest

from reports.definitions.registry import all_figures
from reports.forms import declared
from reports.forms.filled import FilledForm
from reports.forms.form import FORMS
from reports.snapshots.actions import take_snapshot
from tests.reports import build
from tests.reports.build import DAY

pytestmark = pytest.mark.django_db
ON = f"?on={DAY}"


@pytest.fixture
def world() -> None:
    for place in ("520102016", "520102016", "520111004", "520102", None):
        build.person(place, post=False)
    for place in ("520102016", "520111004", "522301001"):
        build.certificate(build.person(place), "2")
    build.station("5201", "1")
    build.station("520102", "2")
    build.station("520102016", "3")
    build.graduates(2022, 40, stayed=9)


@pytest.mark.parametrize("is_stored", [True, False])
@pytest.mark.parametrize("region", ["52", "5201", "520102", "520102016"])
def test_every_number_is_that_of_the_board(
    world: None, cast: Any, region: str, is_stored: bool
) -> None:
    if is_stored:
        take_snapshot(on=DAY)
    assert list(FORMS) == ["progress", "strongholds"]
    known = all_figures(DAY)
    for form in FORMS.values():
        rows = FilledForm(form, user=cast.province, region=region, day=DAY).rows()
        areas = [row for row in rows if row.code]
        for row in areas:
            for column, cell in zip(form.columns, row.cells, strict=True):
                if column.is_link:
                    value = known.value(column.indicator.code, row.code)
                    if known.denominator(column.indicator.code, row.code) == 0:
                        assert cell.value is None
                        continue
                    assert cell.value == ("无资料" if value is None else value), (row, column)
        # 合计 = the areas, 本级 and 未定位.
        for number, column in enumerate(form.columns):
            parts = [row.cells[number].value for row in rows[1:]]
            if column.is_link and len(rows) > 1 and isinstance(rows[0].cells[number].value, int):
                whole = sum(part for part in parts if isinstance(part, int))
                assert rows[0].cells[number].value == whole, column


def test_goal_done_and_gap(world: None, cast: Any) -> None:
    whole = FilledForm(declared.PROGRESS, user=cast.province, region="52", day=DAY).rows()[0]
    cells = {(c.indicator.code, c.head): cell.text
             for c, cell in zip(declared.PROGRESS.columns, whole.cells, strict=True)}  # fmt: skip
    assert cells["T1", "实有"] == "3"
    assert cells["T1", "目标"] == "100,000"
    assert cells["T1", "差额"] == "99,997"
    assert cells["T4", "差额"] == "7,460"
    assert cells["T4", "完成"] == "0.5%"


def test_the_page_leads_to_lists_and_areas_and_says_its_day(
    world: None, cast: Any, client_of: Any
) -> None:
    client = client_of(cast.viewer_a)
    page = client.get("/reports/").text
    assert 'href="/reports/progress/"' in page
    page = client.get(f"/reports/progress/520102/{ON}").text
    assert "发展目标进展表" in page
    assert f"截至 <b>{DAY}</b>" in page
    assert f'href="/dashboard/520102016/list/T1/{ON}"' in page
    assert f'href="/reports/progress/520102016/{ON}"' in page
    # Figures of a neighbour may be seen, its lists not.
    neighbour = client.get(f"/reports/progress/520111/{ON}").text
    assert "/dashboard/520111" not in neighbour.split("<main", 1)[1]
    assert client.get(f"/reports/progress/522301/{ON}").status_code == 404
    assert client.get("/reports/nothing/").status_code == 404


def test_excel_is_the_page(world: None, cast: Any, client_of: Any) -> None:
    address = "/reports/progress/52/export/"
    response = client_of(cast.province).post(address, {"on": str(DAY)})
    book = openpyxl.load_workbook(io.BytesIO(b"".join(response.streaming_content)))
    head, *rows = book.worksheets[0].iter_rows(values_only=True)
    assert head[:3] == ("地区", "区划代码", "社工人才 实有（人）")
    sheet = FilledForm(declared.PROGRESS, user=cast.province, region="52", day=DAY)
    expected = [
        (row.name, row.code or None, *(cell.value for cell in row.cells)) for row in sheet.rows()
    ]
    assert rows == expected
    # A share is a number to go on reckoning with, and looks as on the page.
    done = book.worksheets[0].cell(2, head.index("社工人才 完成") + 1)
    assert (done.data_type, done.number_format) == ("n", "0.0%")
    assert f"{done.value:.1%}" == sheet.rows()[0].cells[2].text
    notes = dict(book["说明"].iter_rows(values_only=True))
    assert f"截至 {DAY}" in notes["筛选条件"]


def test_who_sees_no_board_sees_no_form(cast: Any, client_of: Any) -> None:
    client = client_of(cast.worker_a)
    assert client.get("/reports/").status_code == 403
    assert client.post("/reports/progress/52/export/").status_code == 403


@pytest.mark.parametrize("is_stored", [True, False])
def test_what_lies_nowhere_is_nobodys_own(cast: Any, client_of: Any, is_stored: bool) -> None:
    """未定位 is told apart to the province's own staff, to others together with 本级; never as
    本级 alone."""
    build.claim(build.person(None, post=False))
    if is_stored:
        take_snapshot(on=DAY)
    for user, said in ((cast.province, "未定位"), (cast.prefecture, "本级和未定位")):
        rows = FilledForm(declared.PROGRESS, user=user, region="52", day=DAY).rows()
        assert [row.name for row in rows if not row.code] == [said]
        check = client_of(user).get(f"/dashboard/52/?on={DAY}&i=T3").context["check"]
        assert (check["own_name"], check["own"], check["unlocated"]) == (
            ("本级", 0, 1) if user == cast.province else ("本级和未定位", 1, 0)
        )
