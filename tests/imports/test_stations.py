"""The ledger of stations: remarks ask for one reason and stay listed."""

from __future__ import annotations

import pytest

from core.imports import actions
from core.rules import RuleError
from stations.models import Station
from tests.conftest import Cast
from tests.imports.ledgers import apply, check, outcomes, words, workbook

pytestmark = pytest.mark.django_db
HEAD = ["站点名称", "站点类型", "乡镇（街道）", "建成日期", "批复文号"]
NAME = "新华路街道社会工作和志愿服务站"


def test_stations_without_an_approval_are_taken_for_a_reason(cast: Cast) -> None:
    """R17: kept and listed as to do; the file asks once why."""
    row = [NAME, "乡镇（街道）社工站", "新华路街道", "2021-03-01"]
    batch = check(cast.clerk_a, "stations", workbook([HEAD, row]))
    assert outcomes(batch) == {"new": 1}
    assert batch.counts["flagged"] == 1
    assert "缺批复" in words(batch, 2)
    with pytest.raises(RuleError, match="说明"):
        actions.confirm(batch=batch, by=cast.clerk_a)
    apply(batch)
    assert Station.objects.get().name == NAME
