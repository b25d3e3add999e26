"""The form of graduate figures: the same rules as the ledger (R20)."""

from __future__ import annotations

from typing import Any

import pytest

from core.dates import today
from talent.forms import GraduateStatForm
from tests.conftest import Cast

pytestmark = pytest.mark.django_db


def form_of(cast: Cast, **values: Any) -> GraduateStatForm:
    data = {
        "school": "贵州大学", "region": "52", "major": "社会工作", "level": "21",
        "year": today().year, "graduates": 10, "stayed": 9,
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
