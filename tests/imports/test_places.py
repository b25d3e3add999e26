"""What a ledger calls a place: divisions that were abolished, names that stand twice."""

from __future__ import annotations

import datetime

import pytest

from core.ledgers.places import PlaceIndex
from core.models import Region
from core.rules import RuleError
from tests.conftest import COUNTY_A, TOWNSHIP_A, Cast
from tests.imports.ledgers import TOWNSHIP, check, outcomes, people, person, words

pytestmark = pytest.mark.django_db
ABOLISHED = datetime.date(2025, 7, 1)
GONE = "已撤销且没有承接地区，请改填现行区划"


@pytest.fixture
def others() -> list[str]:
    """Codes of other townships of the county."""
    found = Region.objects.current().filter(parent_id=COUNTY_A).exclude(pk=TOWNSHIP_A)
    return list(found.order_by("code").values_list("code", flat=True)[:2])


def abolish(code: str, successor: str | None = None) -> None:
    Region.objects.filter(pk=code).update(valid_to=ABOLISHED, successor_id=successor)


def resolve(text: str, *, scope: str = COUNTY_A) -> str:
    return PlaceIndex(scope).resolve(text, label="乡镇（街道）", level=4)


@pytest.mark.parametrize("said", [TOWNSHIP, f"南明区{TOWNSHIP}", TOWNSHIP_A, f"{TOWNSHIP_A}000"])
@pytest.mark.parametrize("steps", [1, 2])
def test_what_was_merged_is_where_it_went(said: str, steps: int, others: list[str]) -> None:
    for old, new in zip([TOWNSHIP_A, *others][:steps], others, strict=False):
        abolish(old, new)
    assert resolve(said) == others[steps - 1]


def test_what_went_to_another_county_is_out_of_reach() -> None:
    other = Region.objects.current().filter(parent_id="520103")[0]
    abolish(TOWNSHIP_A, other.pk)
    for said in (TOWNSHIP, TOWNSHIP_A):
        with pytest.raises(RuleError, match="不在南明区"):
            resolve(said)
    assert resolve(TOWNSHIP_A, scope="520103") == other.pk


def test_what_went_nowhere_is_told(others: list[str]) -> None:
    abolish(TOWNSHIP_A)
    with pytest.raises(RuleError, match=GONE):
        resolve(TOWNSHIP_A)
    with pytest.raises(RuleError, match=f"「{TOWNSHIP}」不存在"):
        resolve(TOWNSHIP)


def test_two_that_are_said_to_have_gone_to_each_other_went_nowhere(others: list[str]) -> None:
    abolish(TOWNSHIP_A, others[0])
    abolish(others[0], TOWNSHIP_A)
    for code in (TOWNSHIP_A, others[0]):
        with pytest.raises(RuleError, match=GONE):
            resolve(code)


def test_one_of_that_name_that_is_gone_does_not_count() -> None:
    Region.objects.create(
        code=f"{COUNTY_A}999", name=TOWNSHIP, level=4, parent_id=COUNTY_A, valid_to=ABOLISHED
    )
    assert resolve(TOWNSHIP) == TOWNSHIP_A


def test_of_several_within_reach_none_is_guessed(cast: Cast) -> None:
    """The county below knows which it means; whoever reaches further says so by its code."""
    batch = check(cast.province, "people", people(person(**{"乡镇（街道）": "龙场镇"})))
    assert outcomes(batch) == {"refused": 1}
    said = words(batch, 2)
    assert "乡镇（街道）「龙场镇」有 5 处同名：" in said
    assert "毕节市织金县龙场镇（520524105）" in said
    assert "请改填区划代码。" in said
    assert resolve("龙场镇", scope="520524") == "520524105"
