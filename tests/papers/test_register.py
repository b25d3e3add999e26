"""The register of forms: how often each is asked for, handed down, what a filling keeps."""

from __future__ import annotations

import datetime
import io
from collections.abc import Callable
from typing import Any

import openpyxl
import pytest
from django.test import Client

from core.dates import today
from core.models import Filling, PaperForm
from core.papers import actions
from core.papers.actions import changes_since, due_forms, fill_kept, keep_form, spared
from core.papers.models import Every
from core.secrecy import files as media
from tests.conftest import COUNTY_A, COUNTY_B, TOWNSHIP_A, Cast
from tests.imports.ledgers import workbook
from tests.papers.test_grids import serving
from tests.rows import make_person

pytestmark = pytest.mark.django_db
FIGURES = workbook([["地区", "从业人数", "女"], ["合计"], ["新华路街道"]])


def keep(user: Any, data: bytes = FIGURES, **options: Any) -> PaperForm:
    given: dict[str, Any] = {"name": "表.xlsx", "asker": "市民政局", "document": "", **options}
    return keep_form(user=user, data=data, **given)


def fill(form: PaperForm, user: Any, **options: Any) -> Filling:
    given: dict[str, Any] = {"region": user.region_id, "on": today(), **options}
    fill_kept(form=form, by=user, **given)
    found = form.fillings.order_by("-made_at", "-pk").first()
    assert found is not None
    return found


def test_figures_are_kept_and_laid_beside_those_of_the_time_before(cast: Cast) -> None:
    form = keep(cast.clerk_a)
    serving(TOWNSHIP_A)
    first = fill(form, cast.clerk_a)
    assert first.cells == 4
    assert [(one["cell"], one["says"], one["value"]) for one in first.figures] == [
        ("B2", "合计 从业人数", 1), ("C2", "合计 女", 0),
        ("B3", "新华路街道 从业人数", 1), ("C3", "新华路街道 女", 0),
    ]  # fmt: skip
    assert changes_since(first) == []
    serving(TOWNSHIP_A)
    second = fill(form, cast.clerk_a)
    Filling.objects.filter(pk=second.pk).update(
        made_at=first.made_at + datetime.timedelta(seconds=1)
    )
    second.refresh_from_db()
    changed = [(one["cell"], one["was"], one["value"]) for one in changes_since(second)]
    assert changed == [("B2", 1, 2), ("B3", 1, 2)]


def test_nothing_of_people_is_kept_of_a_list(cast: Cast) -> None:
    make_person(TOWNSHIP_A, "王芳")
    filling = fill(keep(cast.clerk_a, workbook([["姓名", "性别"]])), cast.clerk_a)
    assert filling.figures == []
    assert (filling.rows, filling.cells) == (1, 2)


def test_a_form_is_handed_down(cast: Cast, client_of: Callable[[Any], Client]) -> None:
    own, shared = keep(cast.prefecture), keep(cast.prefecture, is_shared=True)
    for user in (cast.clerk_a, cast.clerk_b, cast.township_a):
        assert set(PaperForm.objects.open_to(user)) == {shared}
    assert set(PaperForm.objects.open_to(cast.prefecture)) == {own, shared}
    assert set(PaperForm.objects.open_to(cast.province)) == set()
    assert set(PaperForm.objects.open_to(cast.system)) == set()
    client = client_of(cast.clerk_a)
    page = client.get(f"/papers/{shared.pk}/").content.decode()
    assert "贵阳市下发" in page
    assert "移除这张表" not in page
    assert client.get(f"/papers/{own.pk}/").status_code == 404
    assert "贵阳市下发" in client.get("/papers/").content.decode()
    assert client.post(f"/papers/{shared.pk}/remove/").status_code == 403
    # Each office sees its own fillings, the one above those of all.
    fill(shared, cast.clerk_a)
    fill(shared, cast.clerk_b)
    counts = {
        user.username: len(client_of(user).get(f"/papers/{shared.pk}/").context["fillings"])
        for user in (cast.clerk_a, cast.prefecture)
    }
    assert counts == {cast.clerk_a.username: 1, cast.prefecture.username: 2}


def test_a_township_hands_nothing_down(cast: Cast) -> None:
    assert not keep(cast.township_a, is_shared=True).is_shared


@pytest.mark.parametrize(
    ("every", "filled_on", "is_due"),
    [
        ("", "2026-01-05", False),
        ("M", "2026-10-31", True),
        ("M", "2026-11-01", False),
        ("Q", "2026-09-30", True),
        ("Q", "2026-10-01", False),
        ("H", "2026-06-30", True),
        ("H", "2026-07-01", False),
        ("Y", "2025-12-31", True),
        ("Y", "2026-01-01", False),
    ],
)
def test_what_is_due_in_a_period(every: str, filled_on: str, is_due: bool, cast: Cast) -> None:
    form = keep(cast.clerk_a, every=every)
    Filling.objects.create(
        form=form, by=cast.clerk_a, region_id=COUNTY_A, day=filled_on, serial="A", sha256=""
    )
    # What another area has filled fills nothing here.
    Filling.objects.create(
        form=form, by=cast.clerk_b, region_id=COUNTY_B, day="2026-11-30", serial="B", sha256=""
    )
    due = due_forms([form], cast.clerk_a, on=datetime.date(2026, 11, 30))
    assert due == ({form.pk} if is_due else set())
    assert Every(every).label


def test_what_the_portal_has_spared_an_office(
    cast: Cast, client_of: Callable[[Any], Client]
) -> None:
    assert spared(cast.clerk_a, on=today()) == {"forms": 0, "cells": 0}
    form = keep(cast.clerk_a, every="M")
    client = client_of(cast.clerk_a)
    assert "本期还没填" in client.get("/papers/").content.decode()
    fill(form, cast.clerk_a)
    page = client.get("/papers/").content.decode()
    assert "本月少填 1 张表、4 格" in page
    assert "本期还没填" not in page
    assert spared(cast.clerk_b, on=today())["forms"] == 0


def test_what_changed_stands_on_the_page(cast: Cast, client_of: Callable[[Any], Client]) -> None:
    form = keep(cast.clerk_a)
    first = fill(form, cast.clerk_a)
    Filling.objects.filter(pk=first.pk).update(made_at=first.made_at - datetime.timedelta(days=30))
    serving(TOWNSHIP_A)
    fill(form, cast.clerk_a)
    page = client_of(cast.clerk_a).get(f"/papers/{form.pk}/").content.decode()
    assert "与上次相比，变了 2 格" in page
    assert "新华路街道 从业人数" in page


def test_by_the_page(cast: Cast, client_of: Callable[[Any], Client], tmp_path: Any) -> None:
    path = tmp_path / "表.xlsx"
    path.write_bytes(FIGURES)
    with path.open("rb") as file:
        sent = {"file": file, "asker": "市民政局", "document": "", "every": "Q", "is_shared": "on"}
        assert client_of(cast.prefecture).post("/papers/", sent).status_code == 302
    form = PaperForm.objects.get()
    assert (form.every, form.is_shared, actions.FOLDER) == ("Q", True, "papers")


# --- Columns corrected by hand ------------------------------------------------------------------
LIST = workbook([["姓名", "民族", "手机", "星座", "序号"]])


def test_what_was_corrected_fills_from_then_on_for_all(
    cast: Cast, client_of: Callable[[Any], Client]
) -> None:
    make_person(TOWNSHIP_A, "王芳", remark="双鱼座", ethnicity="03")
    form = keep(cast.prefecture, LIST, is_shared=True)
    client = client_of(cast.prefecture)
    page = client.get(f"/papers/{form.pk}/").content.decode()
    assert "星座" in page
    assert "改列的来源" in page
    sent = {"sheet": "Sheet1", "column_1": "name", "column_2": "", "column_4": "remark"}
    answer = client.post(f"/papers/{form.pk}/columns/", sent, follow=True)
    assert "已记住这张表各列的来源" in answer.content.decode()
    form.refresh_from_db()
    assert form.bindings == {"Sheet1": {"2": "", "4": "remark"}}
    made = fill_kept(form=form, by=cast.clerk_a, region=COUNTY_A, on=today())
    rows = list(openpyxl.load_workbook(io.BytesIO(made.data)).active.iter_rows(values_only=True))
    assert rows[1] == ("王芳", None, None, "双鱼座", 1)
    assert made.report["unknown"] == [{"sheet": "Sheet1", "cell": "B1", "heading": "民族"}]
    # Who only fills it does not correct it.
    assert "改列的来源" not in client_of(cast.clerk_a).get(f"/papers/{form.pk}/").content.decode()
    assert client_of(cast.clerk_a).post(f"/papers/{form.pk}/columns/", sent).status_code == 403


@pytest.mark.parametrize(
    ("sent", "message"),
    [
        ({"sheet": "别的"}, "没有这张名单"),
        ({"sheet": "Sheet1", "column_9": "remark"}, "选的列这张表里没有"),
        ({"sheet": "Sheet1", "column_4": "secret"}, "选的列这张表里没有"),
        ({"sheet": "Sheet1", "column_2": "remark", "column_4": "remark"}, "选给了两列"),
    ],
)
def test_what_cannot_fill_a_column_is_said(
    sent: dict[str, str], message: str, cast: Cast, client_of: Callable[[Any], Client]
) -> None:
    form = keep(cast.clerk_a, LIST)
    client = client_of(cast.clerk_a)
    answer = client.post(f"/papers/{form.pk}/columns/", sent, follow=True)
    assert message in answer.content.decode()
    form.refresh_from_db()
    assert form.bindings == {}


def test_columns_of_a_form_whose_file_is_gone(
    cast: Cast, client_of: Callable[[Any], Client]
) -> None:
    form = keep(cast.clerk_a, LIST)
    media.remove(form.file_path)
    sent = {"sheet": "Sheet1", "column_4": "remark"}
    answer = client_of(cast.clerk_a).post(f"/papers/{form.pk}/columns/", sent, follow=True)
    assert "请重新上传" in answer.content.decode()
