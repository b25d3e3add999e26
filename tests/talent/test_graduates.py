"""The form of graduate figures: the same rules as the ledger (R20)."""

from __future__ import annotations

from typing import Any

import pytest

from core.dates import today
from core.entities import made
from talent.entities import GRADUATES
from talent.models import GraduateStat
from tests.conftest import Cast
from tests.imports.ledgers import check, outcomes, row_of, take, workbook

pytestmark = pytest.mark.django_db
GraduateStatForm = made.form_of(GRADUATES)


def form_of(cast: Cast, **values: Any) -> Any:
    data = {
        "school": "贵州大学", "school_place": "1", "region": "52", "major": "社会工作",
        "level": "21", "year": today().year, "graduates": 10, "stayed": 9,
    }  # fmt: skip
    return GraduateStatForm(data | values, user=cast.province)


def test_who_stayed_is_among_the_graduates(cast: Cast) -> None:
    assert form_of(cast).is_valid()
    form = form_of(cast, stayed=99)
    assert not form.is_valid()
    assert [(f.rule, f.field) for f in form.warnings] == [("R20", "stayed")]
    assert form_of(cast, stayed=99, reason="学校所报如此").is_valid()


def test_nobody_has_graduated_in_a_year_to_come(cast: Cast) -> None:
    form = form_of(cast, year=today().year + 1)
    assert not form.is_valid()
    assert "毕业年度晚于今年" in str(form.errors["year"])


def test_a_mistyped_year_is_said(cast: Cast) -> None:
    assert form_of(cast, year=1925).errors["year"] == ["毕业年度早于 1990 年，请核对。"]


def test_a_ledger_says_where_the_school_is(cast: Cast) -> None:
    """省内 unless it is said otherwise; a column that is left out changes nothing."""
    header = ["院校名称", "培养层次", "毕业年度", "毕业人数", "省内外"]
    rows = [["贵州大学", "本科", 2024, 40, ""], ["西南大学", "本科", 2024, 9, "省外"]]
    take(cast.province, "graduates", workbook([header, *rows]))
    assert dict(GraduateStat.objects.values_list("school", "school_place")) == {
        "贵州大学": "1", "西南大学": "2",
    }  # fmt: skip
    without = [row[:4] for row in (header, *rows)]
    again = take(cast.province, "graduates", workbook(without))
    assert outcomes(again) == {"unchanged": 2}
    moved = check(cast.province, "graduates", workbook([header, [*rows[1][:4], "省内"]]))
    assert row_of(moved, 2).diff == [["院校所在", "省外院校（黔籍毕业生）", "省内院校"]]
    wrong = check(cast.province, "graduates", workbook([header, [*rows[0][:4], "贵阳"]]))
    assert outcomes(wrong) == {"held": 1}
