"""What every ledger's rows are built with, and what follows of it from the entity."""

from __future__ import annotations

import datetime
import itertools
import uuid
from decimal import Decimal
from typing import Any

import pytest

from core.ledgers import ledger
from core.ledgers.ledger import ImportContext
from core.ledgers.models import ColumnMemory
from core.models import ImportBatch, ImportRow
from stations.models import Station
from talent.entities import GRADUATES
from talent.models import GraduateStat
from tests.conftest import Cast
from tests.imports.ledgers import outcomes, take, workbook
from tests.imports.test_stations import row, stations


def test_ids_are_random_valid_and_ascend_for_long_stretches() -> None:
    context = ImportContext(user=None, places=None, day=None)
    count = 2 * ledger._IDS + 10
    ids = [context.new_id() for _ in range(count)]
    assert len(set(ids)) == count
    parsed = [uuid.UUID(text) for text in ids[:500]]
    assert {(p.version, p.variant) for p in parsed} == {(4, uuid.RFC_4122)}
    assert [str(p) for p in parsed] == ids[:500]
    falls = sum(a > b for a, b in itertools.pairwise(ids))
    assert falls == 2
    # Side by side in an index, at a place of the run's own, and still not to be guessed:
    # behind the beginning the whole range is used.
    assert len({text[:8] for text in ids}) == 1
    assert ImportContext(user=None, places=None, day=None).new_id()[:8] != ids[0][:8]
    assert len({text[9:11] for text in ids[: ledger._IDS]}) == 256
    assert len({text[-12:] for text in ids}) == count


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("name", "default"),
    [("area", Decimal("10.50")), ("approval_date", datetime.date(2024, 5, 1)), ("capacity", 3)],
)
def test_what_a_row_does_not_say_is_as_the_field_says(
    name: str, default: Any, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also what JSON, in which rows are staged, has no word for."""
    field = Station._meta.get_field(name)
    monkeypatch.setitem(vars(field), "_get_default", lambda: default)
    assert outcomes(take(cast.clerk_a, "stations", stations(row()))) == {"new": 1}
    assert getattr(Station.objects.get(), name) == default


@pytest.mark.django_db
@pytest.mark.parametrize("has_rules", [True, False])
def test_an_entity_may_be_without_rules(
    has_rules: bool, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not has_rules:
        monkeypatch.setitem(vars(GRADUATES), "check", None)
    head = ["院校名称", "专业", "培养层次", "毕业年度", "毕业人数", "其中留黔人数"]
    more_than_all = ["贵州大学", "社会工作", "本科", 2023, 40, 50]
    batch = take(cast.province, "graduates", workbook([head, more_than_all]))
    assert outcomes(batch) == {"new": 1}
    assert batch.counts["flagged"] == has_rules
    assert GraduateStat.objects.get().stayed == 50


@pytest.mark.parametrize(
    ("record", "words"),
    [
        (ImportBatch(file_name="台账.xlsx"), "台账.xlsx"),
        (ImportRow(number=3), "第 3 行"),
        (ColumnMemory(header="谁", attribute="name"), "谁 → name"),
    ],
)
def test_records_are_called_by_what_people_know_them_by(record: Any, words: str) -> None:
    assert str(record) == words
