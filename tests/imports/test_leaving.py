"""A ledger of people that says on which day somebody left her post."""

from __future__ import annotations

import datetime

import pytest

from core.ledgers import actions
from core.models import ImportBatch
from talent.actions import start_post
from talent.models import Person, PersonState, Post
from tests.conftest import TOWNSHIP_A, Cast
from tests.imports.ledgers import (
    PEOPLE,
    SAMPLES,
    apply,
    check,
    fresh,
    outcomes,
    people,
    person,
    row_of,
    take,
    words,
    workbook,
)
from tests.rows import id_number, make_organization

pytestmark = pytest.mark.django_db
D = datetime.date
HEAD = (*PEOPLE, "离职时间", "是否退休")


def left(number: str, day: str = "", *, retired: str = "", **cells: str) -> bytes:
    return workbook([HEAD, [*person("张三", number, **cells), day, retired]])


@pytest.fixture
def number(cast: Cast) -> str:
    number = id_number()
    take(cast.clerk_a, "people", people(person("张三", number)))
    return number


def held() -> list[tuple[str, D, D | None]]:
    states = PersonState.objects.order_by("valid_from")
    return list(states.values_list("status", "valid_from", "valid_to"))


@pytest.mark.parametrize(
    ("day", "remark", "last"),
    [
        ("2024-05-31", "", D(2024, 5, 31)),
        ("2024.5", "", D(2024, 5, 31)),
        ("", "2025年3月离职", D(2025, 3, 31)),
        ("", "已于2025.3.15离职", D(2025, 3, 15)),
        ("", "2025年3月15日因个人原因辞职", D(2025, 3, 15)),
        ("", "2023年3月入职，离职时间：2025年3月", D(2025, 3, 31)),
        ("", "（因个人原因于2025年3月离职）", D(2025, 3, 31)),
        ("", "2025年3月 离职", D(2025, 3, 31)),
        ("", "合同到期，2025年3月31日离职", D(2025, 3, 31)),
    ],
)
def test_the_post_ends_on_the_day_that_is_told(
    day: str, remark: str, last: D, cast: Cast, number: str
) -> None:
    data = left(number, day, 备注=remark)
    batch = check(cast.clerk_a, "people", data)
    assert outcomes(batch) == {"changed": 1}
    assert row_of(batch, 2).diff[0][2] == f"离岗，最后在岗日 {last}"
    apply(batch)
    after = last + datetime.timedelta(days=1)
    assert Post.objects.get().ended_on == after
    assert held() == [("10", D(2023, 3, 1), after), ("20", after, None)]
    one = Person.objects.get()
    assert (one.status, one.region_id) == ("20", one.residence_id)
    # Figures of past days are right: she was there on the last day.
    assert Post.objects.open_on(last).exists()
    assert not Post.objects.open_on(after).exists()
    assert outcomes(check(cast.clerk_a, "people", data)) == {"unchanged": 1}


def test_an_undo_takes_it_back(cast: Cast, number: str) -> None:
    before = held()
    batch = take(cast.clerk_a, "people", left(number, "2024-05-31"))
    assert Post.objects.get().ended_on == D(2024, 6, 1)
    assert actions.undo(batch=batch, by=cast.clerk_a) == []
    assert Post.objects.get().ended_on is None
    assert (held(), Person.objects.get().status) == (before, "10")


@pytest.mark.parametrize(
    ("cells", "words_of"),
    [
        ({"备注": "已离职"}, "已离职"),
        ({"day": "2024"}, "离岗 2024"),
        ({"备注": "2024年离职"}, "2024年离职"),
        ({"备注": "2024年5月退休"}, "退休"),
        ({"day": "2024-05-31", "retired": "是"}, "离岗"),
        ({"备注": "2024年3月离职，5月返岗"}, "返岗"),
        ({"备注": "2024年3月离职，2025年1月离职"}, "离职"),
        ({"day": "2024-05-31", "工作单位": "南明区教育局"}, "离岗"),
        ({"备注": "2025年3月入职 已离职"}, "离职"),
        ({"备注": "2025年3月入职（已离职）"}, "离职"),
        ({"备注": "原单位离职2025年3月入职"}, "离职"),
        ({"备注": "原单位2025年3月离职"}, "离职"),
        ({"备注": "2025年3月提出辞职"}, "辞职"),
        ({"备注": "2025年3月离任站长，现任督导"}, "离任"),
        ({"备注": "2025年3月离岗培训"}, "离岗"),
        ({"备注": "2025年3月准备离职"}, "离职"),
        ({"备注": "2025年3月接替离职的张三"}, "离职"),
        ({"备注": "2023年7月考取证书后离职"}, "离职"),
        ({"备注": "2025年3月离职，2025年8月入职"}, "离职"),
        ({"备注": "2025年3月离职，后入职"}, "离职"),
    ],
)
def test_what_is_no_day_of_this_post_stays_a_question(
    cells: dict[str, str], words_of: str, cast: Cast, number: str
) -> None:
    batch = check(cast.clerk_a, "people", left(number, **cells))
    assert outcomes(batch) == {"held": 1}
    assert "先不录入" in words(batch, 2)
    assert words_of in words(batch, 2)


@pytest.mark.parametrize("day", ["2022-05-31", "2023-02-28"])
def test_a_post_cannot_end_before_it_began(day: str, cast: Cast, number: str) -> None:
    batch = check(cast.clerk_a, "people", left(number, day))
    assert outcomes(batch) == {"held": 1}
    assert "不能早于入职日期" in words(batch, 2)


def test_who_came_back_has_left_all_the_same(cast: Cast, number: str) -> None:
    take(cast.clerk_a, "people", left(number, "2024-05-31"))
    take(cast.clerk_a, "people", people(person("张三", number, 入职日期="2025-01-01")))
    batch = check(cast.clerk_a, "people", left(number, "2024-05"))
    assert outcomes(batch) == {"unchanged": 1}


def test_a_further_post_becomes_the_primary_one(cast: Cast, number: str) -> None:
    one = Person.objects.get()
    other = make_organization(region=TOWNSHIP_A)
    start_post(
        post=Post(person=one, organization=other, started_on=D(2023, 6, 1), is_primary=False),
        by=cast.clerk_a,
    )
    batch = take(cast.clerk_a, "people", left(number, "2024-05-31"))
    now = Post.objects.get(ended_on=None)
    assert (now.is_primary, now.organization, now.started_on) == (True, other, D(2024, 6, 1))
    assert held() == [("10", D(2023, 3, 1), None)]
    assert actions.undo(batch=batch, by=cast.clerk_a) == []
    assert set(Post.objects.values_list("is_primary", "ended_on")) == {(True, None), (False, None)}


class TestNobodyKnowsHer:
    def test_she_comes_in_with_the_post_that_ended(self, cast: Cast) -> None:
        data = left(id_number(), "2024-05-31")
        batch = check(cast.clerk_a, "people", data)
        assert outcomes(batch) == {"new": 1}
        apply(batch)
        post, one = Post.objects.get(), Person.objects.get()
        assert (post.started_on, post.ended_on) == (D(2023, 3, 1), D(2024, 6, 1))
        assert (one.status, one.region_id) == ("20", one.residence_id)
        assert held() == [("10", D(2023, 3, 1), D(2024, 6, 1)), ("20", D(2024, 6, 1), None)]
        assert outcomes(check(cast.clerk_a, "people", data)) == {"unchanged": 1}
        assert actions.undo(batch=batch, by=cast.clerk_a) == []
        assert not Person.objects.exists()

    @pytest.mark.parametrize("lacking", ["入职日期", "工作单位"])
    def test_without_a_whole_post_it_is_asked(self, lacking: str, cast: Cast) -> None:
        batch = check(cast.clerk_a, "people", left(id_number(), "2024-05-31", **{lacking: ""}))
        assert outcomes(batch) == {"held": 1}
        actions.decide(row=row_of(batch, 2), by=cast.clerk_a, question="left", decision="ledger")
        apply(fresh(batch))
        assert Person.objects.get().status == "10"
        assert Post.objects.get().ended_on is None


def test_of_another_county_it_asks_for_nobody(cast: Cast, number: str) -> None:
    batch = check(cast.clerk_b, "people", left(number, "2024-05-31", **{"乡镇（街道）": ""}))
    assert outcomes(batch) == {"held": 1}
    assert "先不录入" in words(batch, 2)
    assert "申请转入" not in words(batch, 2)


def sample(name: str, cast: Cast) -> ImportBatch:
    (path,) = SAMPLES.glob(f"{name}*")
    return check(cast.clerk_a, "people", path.read_bytes(), name=path.name)


def test_the_samples(cast: Cast) -> None:
    """odd/05: two left on a day, one died, one retired; real/15: nobody's post is whole."""
    batch = sample("odd/05", cast)
    assert [row_of(batch, n).outcome for n in range(2, 7)] == [
        "new", "new", "held", "held", "new",
    ]  # fmt: skip
    assert outcomes(sample("real/15", cast)) == {"new": 18, "held": 6}
