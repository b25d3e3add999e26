"""A ledger about people who are in the registry: what is filled in and differs is a change."""

from __future__ import annotations

import datetime
from typing import Any

import pytest
import time_machine

from core.dates import today
from core.ledgers import actions
from core.models import ImportBatch, Region
from talent.actions import (
    create_person,
    deactivate_person,
    end_post,
    leave_province,
    merge_person,
    move_residence,
    retire_person,
    start_post,
)
from talent.codes import AWAY
from talent.models import Certificate, Education, Person, PersonState, Post
from tests.conftest import COUNTY_A, TOWNSHIP_A, Cast
from tests.imports.ledgers import (
    PEOPLE,
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
HEAD = (*PEOPLE, "人才类别", "毕业院校", "专业", "民族")
FULL: dict[str, Any] = {
    "人才类别": "实务人才·社工站",
    "学历": "本科",
    "毕业院校": "贵州大学",
    "专业": "社会工作",
    "证书级别": "社会工作师（中级）",
    "管理号": "20200100001",
    "批准日期": "2020-09-13",
}
OTHER_TOWNSHIP = "西湖路街道"
LEFT = datetime.date(2024, 1, 1)


def ledger(number: str, **cells: Any) -> bytes:
    """A row with HEAD's columns about one person."""
    extra = [cells.pop(label, "") for label in HEAD[len(PEOPLE) :]]
    return workbook([HEAD, [*person("张三", number, **cells), *extra]])


@pytest.fixture
def number(cast: Cast) -> str:
    number = id_number()
    assert outcomes(take(cast.clerk_a, "people", ledger(number, **FULL))) == {"new": 1}
    return number


def again(cast: Cast, number: str, **cells: Any) -> ImportBatch:
    """The same ledger with some cells otherwise: applied, then once more as it is."""
    data = ledger(number, **FULL | cells)
    batch = take(cast.clerk_a, "people", data)
    assert outcomes(check(cast.clerk_a, "people", data)) == {"unchanged": 1}
    return batch


@pytest.mark.parametrize(
    ("cells", "shown"),
    [
        ({"人才类别": "管理人才"}, ["人才类别", "实务人才·社工站", "管理人才"]),
        ({"民族": "苗族"}, ["民族", "", "苗族"]),
        ({"毕业院校": "贵州民族大学"}, ["毕业院校", "贵州大学", "贵州民族大学"]),
        ({"专业": "社会学"}, ["专业", "社会工作", "社会学"]),
        ({"学历": "硕士"}, ["学历", "本科", "本科、硕士研究生"]),
        ({"批准日期": "2021-09-13"}, ["批准日期", "2020-09-13", "2021-09-13"]),
        (
            {"批准日期": "2021-09-13", "管理号": ""},
            ["批准日期", "2020-09-13", "2021-09-13"],
        ),
        (
            {"乡镇（街道）": OTHER_TOWNSHIP},
            ["常住地", "贵阳市 南明区 新华路街道", "贵阳市 南明区 西湖路街道"],
        ),
    ],
)
def test_a_cell_that_differs_is_shown_and_applied(
    cells: dict[str, Any], shown: list[str], cast: Cast, number: str
) -> None:
    batch = again(cast, number, **cells)
    assert outcomes(batch) == {"changed": 1}
    assert row_of(batch, 2).diff == [shown]


@pytest.mark.parametrize(
    "cells",
    [
        {},
        dict.fromkeys([*FULL, "乡镇（街道）"], ""),
        # Less exact is not otherwise.
        {"人才类别": "实务"},
        {"批准日期": "2020.9"},
        {"乡镇（街道）": ""},
    ],
)
def test_what_is_empty_or_less_exact_changes_nothing(
    cells: dict[str, Any], cast: Cast, number: str
) -> None:
    before = [list(m.objects.values()) for m in (Person, PersonState, Education, Certificate)]
    assert outcomes(again(cast, number, **cells)) == {"unchanged": 1}
    after = [list(m.objects.values()) for m in (Person, PersonState, Education, Certificate)]
    assert after == before


def test_another_residence_holds_from_today_and_can_be_undone(cast: Cast, number: str) -> None:
    region = Person.objects.get().region_id
    batch = again(cast, number, **{"乡镇（街道）": OTHER_TOWNSHIP})
    one = Person.objects.get()
    assert one.residence is not None
    assert one.residence.name == OTHER_TOWNSHIP
    # She is counted where her post is.
    assert one.region_id == region
    old, new = PersonState.objects.order_by("valid_from")
    assert (old.residence_id, old.valid_from, old.valid_to) == (
        "520102016", datetime.date(2023, 3, 1), today(),
    )  # fmt: skip
    assert (new.residence_id, new.valid_from, new.valid_to) == (one.residence_id, today(), None)
    assert new.status == old.status
    assert actions.undo(batch=batch, by=cast.clerk_a) == []
    assert Person.objects.get().residence_id == "520102016"
    assert PersonState.objects.get().valid_to is None


def test_who_has_no_post_is_counted_where_she_lives(cast: Cast) -> None:
    number = id_number()
    no_post = {"工作单位": "", "入职日期": ""}
    take(cast.clerk_a, "people", ledger(number, **no_post))
    batch = take(
        cast.clerk_a, "people", ledger(number, **no_post, **{"乡镇（街道）": OTHER_TOWNSHIP})
    )
    assert outcomes(batch) == {"changed": 1}
    one = Person.objects.get()
    assert one.region_id == one.residence_id != "520102016"
    # Entered today: the one state there is says so.
    assert PersonState.objects.get().residence_id == one.residence_id


def test_a_first_post_and_another_residence_are_one_change(cast: Cast) -> None:
    number = id_number()
    take(cast.clerk_a, "people", ledger(number, 工作单位="", 入职日期=""))
    batch = take(cast.clerk_a, "people", ledger(number, **{"乡镇（街道）": OTHER_TOWNSHIP}))
    assert outcomes(batch) == {"changed": 1}
    one, state = Person.objects.get(), PersonState.objects.get(valid_to=None)
    assert (state.status, state.residence_id) == ("10", one.residence_id)
    assert one.residence_id != "520102016"


def test_a_change_of_one_post_is_not_written_into_another(cast: Cast) -> None:
    """A post that goes on under other terms is two rows: the kind belongs to the open one,
    the day of entry to the first."""
    number, head = id_number(), [*PEOPLE, "用工性质"]

    def come(terms: str, **cells: Any) -> ImportBatch:
        return take(
            cast.clerk_a, "people", workbook([head, [*person("张三", number, **cells), terms]])
        )

    come("机构合同制")
    come("志愿/兼职")
    later = {"岗位": "站长", "入职日期": "2022-05-01"}
    batch = come("志愿/兼职", **later)
    assert row_of(batch, 2).diff == [
        ["岗位", "一线社工", "站长/主任"],
        ["入职日期", "2023-03-01", "2022-05-01"],
    ]
    first, now = Post.objects.order_by("started_on")
    assert (first.kind, first.ended_on, now.kind) == ("3", today(), "1")
    assert (first.started_on, now.started_on) == (datetime.date(2022, 5, 1), today())
    assert outcomes(come("志愿/兼职", **later)) == {"unchanged": 1}


def test_a_post_that_goes_on_under_other_terms_stays_where_it_is(cast: Cast) -> None:
    number, head = id_number(), ["姓名", "身份证号", "乡镇（街道）", "入职日期", "用工性质"]
    bureau = make_organization("520102", "南明区民政局")
    entered = person("张三", number, 工作单位=bureau.name)
    take(cast.clerk_a, "people", workbook([[*PEOPLE, "用工性质"], [*entered, "实习"]]))
    said = ["张三", number, OTHER_TOWNSHIP, "2023-03-01", "合同制"]
    take(cast.clerk_a, "people", workbook([head, said]))
    now = Post.objects.get(ended_on=None)
    assert (now.employment, now.organization, now.region_id) == ("1", bureau, "520102")


def test_a_residence_of_today_is_not_written_into_an_earlier_state(cast: Cast, number: str) -> None:
    again(cast, number, **{"乡镇（街道）": OTHER_TOWNSHIP})
    take(cast.clerk_a, "people", ledger(number, **FULL, 入职日期="2022-05-01"))
    first, now = PersonState.objects.order_by("valid_from")
    assert now.residence_id == first.residence_id == "520102016"


def test_known_by_a_wrong_day_she_is_so_no_longer(cast: Cast) -> None:
    number = id_number()
    take(cast.clerk_a, "people", people(person("张三", number, 入职日期="2012-03-01")))
    take(cast.clerk_a, "people", people(person("张三", number, 入职日期="2021-03-01")))
    state, post = PersonState.objects.get(), Post.objects.get()
    assert state.valid_from == post.started_on == datetime.date(2021, 3, 1)


def test_another_school_and_major_is_a_further_degree(cast: Cast, number: str) -> None:
    batch = again(cast, number, 毕业院校="云南大学", 专业="法学")
    assert row_of(batch, 2).diff == [["学历", "本科", "本科、本科"]]
    assert set(Education.objects.values_list("school", "major")) == {
        ("贵州大学", "社会工作"),
        ("云南大学", "法学"),
    }


class TestAnotherNumberOfTheSameLevel:
    """Nearly always a correction, so it is asked; never a second certificate in silence."""

    CELLS = FULL | {"管理号": "20200100002"}

    @pytest.fixture
    def batch(self, cast: Cast, number: str) -> ImportBatch:
        Certificate.objects.update(verification="4", verified_by_means="官网")
        return check(cast.clerk_a, "people", ledger(number, **self.CELLS))

    def test_it_is_asked(self, batch: ImportBatch) -> None:
        assert outcomes(batch) == {"held": 1}
        assert "20200100001" in words(batch, 2)
        assert "20200100002" in words(batch, 2)

    @pytest.mark.parametrize(
        ("decision", "numbers", "outcome"),
        [
            ("ledger", {"20200100002"}, "changed"),
            ("registry", {"20200100001"}, "unchanged"),
            ("both", {"20200100001", "20200100002"}, "changed"),
        ],
    )
    def test_and_done_as_it_is_answered(
        self, batch: ImportBatch, decision: str, numbers: set[str], outcome: str
    ) -> None:
        row = row_of(batch, 2)
        actions.decide(row=row, by=batch.by, question="certificate", decision=decision)
        assert outcomes(fresh(batch)) == {outcome: 1}
        apply(fresh(batch))
        assert set(Certificate.objects.values_list("number", flat=True)) == numbers
        # What changes is to be verified anew.
        verified = Certificate.objects.filter(verification="4").exists()
        assert verified == (decision != "ledger")

    def test_another_date_does_not_make_it_another_certificate(
        self, cast: Cast, number: str
    ) -> None:
        cells = self.CELLS | {"批准日期": "2021-09-13"}
        assert outcomes(check(cast.clerk_a, "people", ledger(number, **cells))) == {"held": 1}

    def test_a_number_for_one_without_is_filled_in(self, cast: Cast, number: str) -> None:
        Certificate.objects.update(number="")
        batch = again(cast, number)
        assert row_of(batch, 2).diff == [["管理号", "", "20200100001"]]


class TestBothNumbersOfMergedRecords:
    """Ledgers go on with the number of a record that was merged into another."""

    @pytest.fixture
    def batch(self, cast: Cast) -> ImportBatch:
        numbers = [id_number(), id_number()]
        take(cast.clerk_a, "people", people(*(person("张三", n) for n in numbers)))
        first, second = Person.objects.order_by("pk")
        merge_person(person=second, kept=first, by=cast.reviewer_a, reason="同一人")
        employers = ("南明区民政局", "南明区教育局")
        rows = [
            person("王五", n, 工作单位=employer, 入职日期="2025-01-01")
            for n, employer in zip(numbers, employers, strict=True)
        ]
        return check(cast.clerk_a, "people", people(*rows))

    def test_one_row_writes_the_person(self, batch: ImportBatch) -> None:
        assert "与第 2 行是同一人" in words(batch, 3)
        actions.decide(row=row_of(batch, 2), by=batch.by, question="name", decision="ledger")
        batch = apply(fresh(batch))
        assert outcomes(batch) == {"changed": 1, "held": 1}
        post = Post.objects.get(ended_on=None)
        assert post.employer_name == "南明区民政局"

    def test_the_other_does_when_the_first_is_skipped(self, batch: ImportBatch) -> None:
        actions.decide(row=row_of(batch, 2), by=batch.by, question="row", decision="skip")
        actions.decide(row=row_of(batch, 3), by=batch.by, question="name", decision="ledger")
        batch = apply(fresh(batch))
        assert outcomes(batch) == {"changed": 1, "held": 1}
        post = Post.objects.get(ended_on=None)
        assert post.employer_name == "南明区教育局"


class TestAnEndedPost:
    """A ledger that still has somebody who left may be from before."""

    @pytest.fixture
    def number(self, cast: Cast) -> str:
        number = id_number()
        take(cast.clerk_a, "people", people(person("张三", number)))
        end_post(post=Post.objects.get(), by=cast.clerk_a, ended_on=LEFT, reason="辞职")
        return number

    @pytest.mark.parametrize(
        ("decision", "status", "since"), [("ledger", "10", LEFT), ("registry", "20", None)]
    )
    def test_is_not_reopened_unasked(
        self, cast: Cast, number: str, decision: str, status: str, since: datetime.date | None
    ) -> None:
        data = people(person("张三", number, 备注="骨干"))
        batch = check(cast.clerk_a, "people", data)
        assert outcomes(batch) == {"held": 1}
        assert "是否仍在岗" in words(batch, 2)
        actions.decide(row=row_of(batch, 2), by=batch.by, question="ended", decision=decision)
        assert outcomes(apply(fresh(batch))) == {"changed": 1}
        one = Person.objects.get()
        assert (one.status, one.remark) == (status, "骨干")
        post = Post.objects.filter(ended_on=None).first()
        assert (post and post.started_on) == since
        if since:
            assert outcomes(check(cast.clerk_a, "people", data)) == {"unchanged": 1}

    def test_a_later_start_is_another_one(self, cast: Cast, number: str) -> None:
        data = people(person("张三", number, 入职日期="2025-01-01"))
        assert outcomes(take(cast.clerk_a, "people", data)) == {"changed": 1}
        assert Post.objects.get(ended_on=None).started_on == datetime.date(2025, 1, 1)

    def test_who_was_put_out_of_use_goes_on_from_that_day(self, cast: Cast) -> None:
        number = id_number()
        take(cast.clerk_a, "people", people(person("张三", number)))
        deactivate_person(person=Person.objects.get(), by=cast.reviewer_a, reason="误停")
        batch = take(cast.clerk_a, "people", people(person("张三", number)))
        assert outcomes(batch) == {"changed": 1}
        assert Post.objects.get(ended_on=None).started_on == today()


def test_who_was_idle_until_a_ledger_named_her_post_can_leave_again(cast: Cast) -> None:
    """What she was for no day at all stands in nobody's way."""
    number = id_number()
    with time_machine.travel(datetime.date(2026, 11, 1)):
        entered = Person(name="张三", id_number=number, residence_id=TOWNSHIP_A)
        create_person(person=entered, by=cast.clerk_a)
    assert outcomes(take(cast.clerk_a, "people", ledger(number))) == {"changed": 1}
    someone = Person.objects.get()
    other = Region.objects.current().filter(parent_id=COUNTY_A).exclude(pk=TOWNSHIP_A)[0]
    move_residence(
        person=someone, by=cast.clerk_a, residence=other, moved_on=datetime.date(2025, 1, 1)
    )
    assert set(someone.states.held().values_list("status", flat=True)) == {"10"}
    leave_province(person=someone, by=cast.clerk_a, left_on=today(), reason="去外省")
    someone.refresh_from_db()
    assert someone.status in AWAY


def test_a_post_held_on_no_day_says_nothing(cast: Cast, number: str) -> None:
    """A mistyped post that was ended on its first day, with the right one in its place."""
    post = Post.objects.get()
    end_post(post=post, by=cast.clerk_a, ended_on=post.started_on, reason="录错")
    start_post(
        post=Post(person=post.person, station=post.station, started_on=post.started_on),
        by=cast.clerk_a,
    )
    batch = take(cast.clerk_a, "people", ledger(number, **FULL, 岗位="站长", 入职日期="2023-02-01"))
    assert outcomes(batch) == {"changed": 1}
    assert Post.objects.unended().get().started_on == datetime.date(2023, 2, 1)


def test_who_returns_to_a_post_that_went_on_has_held_it_all_the_time(
    cast: Cast, number: str
) -> None:
    retire_person(
        person=Person.objects.get(), by=cast.clerk_a, retired_on=datetime.date(2025, 6, 1),
        reason="退休返聘", keeps_posts=True,
    )  # fmt: skip
    batch = check(cast.clerk_a, "people", ledger(number, **FULL))
    assert outcomes(batch) == {"held": 1}
    actions.decide(row=row_of(batch, 2), by=cast.clerk_a, question="return", decision="ledger")
    assert outcomes(apply(fresh(batch))) == {"changed": 1}
    assert Post.objects.get().started_on == datetime.date(2023, 3, 1)
    assert Person.objects.get().status == "10"
