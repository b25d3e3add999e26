"""The ledger of people: what each rule does to a row."""

from __future__ import annotations

import datetime
from typing import Any

import pytest
from django.db import connection

from core.ledgers import actions
from core.ledgers.ledger import ledger_for
from core.models import ReadEvent
from core.rules import RuleError
from stations.models import Station
from talent.models import Certificate, Education, Person, PersonState, Post
from tests.conftest import Cast
from tests.imports.ledgers import (
    FULL,
    PEOPLE,
    TOWNSHIP,
    apply,
    check,
    outcomes,
    people,
    person,
    row_of,
    take,
    words,
    workbook,
)
from tests.rows import id_number

pytestmark = pytest.mark.django_db


def test_a_row_makes_a_person_with_post_education_and_certificate(cast: Cast) -> None:
    number = id_number(birth="19900307", woman=True)
    batch = take(cast.clerk_a, "people", people(person("张三", number, **FULL)))
    assert outcomes(batch) == {"new": 1}
    one = Person.objects.get()
    assert (one.name, one.id_number, one.sex) == ("张三", number, "2")
    assert one.birth_date == datetime.date(1990, 3, 7)
    assert (one.phone, one.initials, one.status) == ("13800001234", "zs", "10")
    assert (one.region_id, one.residence_id, one.county) == ("520102016", "520102016", "520102")
    state = PersonState.objects.get()
    assert (state.status, state.valid_from) == ("10", datetime.date(2023, 3, 1))
    post = Post.objects.get()
    assert post.station is not None
    assert (post.station.name, post.station.is_incomplete) == (person()[4], True)
    assert (post.is_primary, post.ended_on, post.kind) == (True, None, "3")
    assert Education.objects.get().level == "21"
    certificate = Certificate.objects.get()
    assert (certificate.level, certificate.number) == ("2", "20200100001")


@pytest.mark.parametrize(
    ("cells", "message"),
    [
        ({"number": ""}, "请填写身份证号"),
        ({"number": 520102199003071236}, "前 15 位"),
        # Passes its checksum and is wrong all the same (R5).
        ({"number": 520102198501017000}, "前 15 位"),
        ({"number": "520102199003071000"}, "000"),
        ({"number": "520102199003071230"}, "校验"),
        ({"number": "52010219900307123"}, "18 位"),
        ({"number": "52010219901307123X"}, "出生日期"),
        ({"name": ""}, "请填写姓名"),
        ({"name": "张3"}, "姓名"),
        ({"name": "张\x01三"}, "控制字符"),
        # A bare name of several places means none of them.
        ({"乡镇（街道）": "龙场镇"}, "520524105"),
    ],
)
def test_rows_that_are_refused(cells: dict[str, Any], message: str, cast: Cast) -> None:
    batch = check(cast.clerk_a, "people", people(person(**cells), person("李四")))
    assert outcomes(batch) == {"new": 1, "refused": 1}
    assert message in words(batch, 2)
    apply(batch)
    assert Person.objects.get().name == "李四"


@pytest.mark.parametrize(
    ("cells", "message"),
    [
        ({"联系电话": "12345"}, "联系电话"),
        ({"乡镇（街道）": "没有这个镇"}, "不存在"),
        ({"乡镇（街道）": "新华路街办"}, "相近的有：贵阳市南明区新华路街道（520102016）"),
        ({"乡镇（街道）": "520102999"}, "代码「520102999」不存在"),
        ({"入职日期": "6/1/20"}, "入职日期"),
        ({"入职日期": "2099-01-01"}, "晚于今天"),
        ({"入职日期": "2001-01-01"}, "16"),
        (
            {"证书级别": "社会工作师", "批准日期": "2020-09-13", "管理号": "520102198501017019"},
            "管理号填成了身份证号",
        ),
        ({"备注": "字" * 201}, "200"),
        ({"备注": "#REF!"}, "公式错误"),
    ],
)
def test_a_cell_that_cannot_be_read_costs_only_itself(
    cells: dict[str, Any], message: str, cast: Cast
) -> None:
    batch = check(cast.clerk_a, "people", people(person(**cells)))
    assert outcomes(batch) == {"new": 1}
    assert batch.counts["flagged"] == 1
    assert message in words(batch, 2)
    apply(batch)
    one = Person.objects.get()
    assert (one.phone, one.remark) == ("", "")
    assert not one.certificates.exclude(number="").exists()
    assert not one.posts.filter(started_on__lt="2023-03-01").exists()


@pytest.mark.parametrize("place", ["520111004", "青岩镇"])
def test_a_place_of_another_county_is_asked(place: str, cast: Cast) -> None:
    batch = check(cast.clerk_a, "people", people(person(**{"乡镇（街道）": place})))
    assert outcomes(batch) == {"held": 1}
    assert "不在南明区" in words(batch, 2)


@pytest.mark.parametrize(
    ("cells", "message"),
    [
        ({"入职日期": ""}, "没有入职日期"),
        ({"工作单位": ""}, "没有工作单位"),
        ({"证书级别": "中级", "批准日期": ""}, "没有批准日期"),
        ({"管理号": "20200100001"}, "没有证书级别"),
        ({"证书级别": "中级", "批准日期": "2007-09-13", "管理号": "20200100001"}, "2008"),
        ({"备注": "联系人 520102199003071236"}, "服务对象"),
    ],
)
def test_rows_that_are_remarked(cells: dict[str, Any], message: str, cast: Cast) -> None:
    """Level W: taken, listed, with one reason for the batch."""
    batch = check(cast.clerk_a, "people", people(person(**cells)))
    assert outcomes(batch) == {"new": 1}
    assert batch.counts["flagged"] == 1
    assert message in words(batch, 2)
    with pytest.raises(RuleError, match="说明"):
        actions.confirm(batch=batch, by=cast.clerk_a)
    apply(batch)
    assert Person.objects.count() == 1


@pytest.mark.parametrize("none", ["无", "/", "-", "—", "－", "  ", "暂无"])
def test_words_for_nothing(none: str, cast: Cast) -> None:
    batch = take(cast.clerk_a, "people", people(person(**dict.fromkeys(FULL, none))))
    assert outcomes(batch) == {"new": 1}
    assert not Certificate.objects.exists()
    assert Person.objects.get().phone == ""


@pytest.mark.parametrize(
    ("written", "day", "precision"),
    [
        ("2021.3", "2021-03-01", "M"),
        ("2021年3月", "2021-03-01", "M"),
        ("20210315", "2021-03-15", "D"),
        ("2021-3-5", "2021-03-05", "D"),
        ("2021/3/5", "2021-03-05", "D"),
        ("２０２１年３月５日", "2021-03-05", "D"),
        (datetime.date(2021, 3, 5), "2021-03-05", "D"),
        (44260, "2021-03-05", "D"),
        (20210305, "2021-03-05", "D"),
        (2021.3, "2021-03-01", "M"),
    ],
)
def test_dates_as_they_are_written(written: Any, day: str, precision: str, cast: Cast) -> None:
    take(cast.clerk_a, "people", people(person(入职日期=written)))
    post = Post.objects.get()
    assert (post.started_on.isoformat(), post.started_precision) == (day, precision)


@pytest.mark.parametrize(
    "written",
    ["520102 19900307 1236", "５２０１０２１９９００３０７１２３６", "'520102199003071236"],
)
def test_sane_ways_to_write_a_number(written: str, cast: Cast) -> None:
    take(cast.clerk_a, "people", people(person("张三", written)))
    assert Person.objects.get().id_number == "520102199003071236"


@pytest.mark.parametrize(
    "place",
    ["520102016", "新华路街道", "南明区新华路街道", "520102016000", "新华路街道办事处", "新华路",
     "贵阳市南明区新华路", "新华路街道 办事处", "新华路街道办"],
)  # fmt: skip
def test_townships_by_code_name_or_path(place: str, cast: Cast) -> None:
    take(cast.clerk_a, "people", people(person(**{"乡镇（街道）": place})))
    assert Person.objects.get().region_id == "520102016"


def test_no_number_or_phone_stands_in_clear_in_what_is_staged(cast: Cast) -> None:
    number = id_number()
    batch = check(
        cast.clerk_a,
        "people",
        people(
            person("张三", number, **FULL),
            person("李四", "520102199003071230", 联系电话="13900005678", 备注="坏"),
        ),
    )
    for row in batch.rows.all():
        text = f"{row.writes}{row.shown}{row.messages}{row.diff}"
        for clear in (number, "13800001234", "520102199003071230", "13900005678"):
            assert clear not in text


def test_history_says_who(cast: Cast) -> None:
    batch = take(cast.clerk_a, "people", people(person(**FULL)))
    for model in (Person, Post, Certificate, Education, PersonState, Station):
        event = model.pgh_event_model.objects.get()
        assert event.pgh_context.metadata["user"] == str(cast.clerk_a.pk)
        assert event.pgh_context.metadata["job"] == str(batch.job_id)


def test_columns_in_any_order_under_other_names(cast: Cast) -> None:
    header = ["序号", "备 注", "所在乡镇（街道）", "联系方式", "身份证号码", "姓  名"]
    row = [1, "无", TOWNSHIP, 13800001234, id_number(), "买买提•艾力"]
    batch = take(cast.clerk_a, "people", workbook([["某某区名册"], header, row]))
    assert outcomes(batch) == {"new": 1}
    one = Person.objects.get()
    assert (one.name, one.phone) == ("买买提·艾力", "13800001234")
    assert not ReadEvent.objects.exists()


def test_township_clerks_take_in_their_township_only(cast: Cast) -> None:
    batch = take(
        cast.township_a,
        "people",
        people(person("张三"), person("李四", **{"乡镇（街道）": "西湖路街道"})),
    )
    assert outcomes(batch) == {"new": 1, "held": 1}
    assert "不在" in words(batch, 3)


def test_labels_of_the_header_are_all_known() -> None:
    from core.ledgers.ledger import ledger_for
    from core.ledgers.spreadsheets.child import squeeze

    names = ledger_for("people").column_names()
    assert all(squeeze(label) in names for label in PEOPLE)


def test_a_short_name_is_taken_only_where_it_is_alone(cast: Cast) -> None:
    """青岩 is no township of this county, 龙场 is one of five, 路 is none."""
    rows = [person(f"李{n}", **{"乡镇（街道）": n}) for n in ("青岩", "龙场", "路")]
    batch = check(cast.clerk_a, "people", people(*rows))
    assert outcomes(batch) == {"held": 1, "refused": 1, "new": 1}
    said = [words(batch, n) for n in (2, 3, 4)]
    assert "不在南明区" in said[0]
    assert "520524105" in said[1]
    assert "不存在" in said[2]


def test_a_phone_of_more_than_three_people_is_remarked_on(cast: Cast) -> None:
    """R23, over the file and the registry; nobody is counted twice."""
    shared, own = {"联系电话": "13800001234"}, {"联系电话": "13800005678"}
    known = [person("甲", **shared), person("乙", **shared), person("丙", **own)]
    assert take(cast.clerk_a, "people", people(*known)).counts["flagged"] == 0
    # The two who are known stand in the file again: three users, not five.
    again = check(cast.clerk_a, "people", people(*known, person("丁", **shared)))
    assert again.counts["flagged"] == 0
    rows = [*known, person("丁", **shared), person("戊", **shared), person("己", **own)]
    batch = check(cast.clerk_a, "people", people(*rows))
    flagged = [n for n in range(2, 8) if "另外 3 人" in words(batch, n)]
    assert flagged == [2, 3, 5, 6]
    assert batch.counts["flagged"] == 4
    ledger_for("people").look_across(batch)
    assert len(row_of(batch, 2).messages) == 1


def test_a_senior_without_the_certificate_before_is_remarked_on(cast: Cast) -> None:
    """R9, unless the registry knows the one before; the same row is told once."""
    senior = {"证书级别": "高级社会工作师", "批准日期": "2023-09-13"}
    number = id_number()
    take(cast.clerk_a, "people", people(person(number=number, **FULL)))
    rows = [person(number=number, **senior), person("李四", **senior), person("王五", **FULL)]
    batch = check(cast.clerk_a, "people", people(*rows))
    remarked = [n for n in (2, 3, 4) if "没有登记社会工作师（中级）证书" in words(batch, n)]
    assert remarked == [3]
    assert row_of(batch, 3).messages[0]["column"] == "证书级别"
    ledger_for("people").look_across(batch)
    assert len(row_of(batch, 3).messages) == 1


def test_the_planner_knows_a_batch_before_it_is_compared(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else it takes a large ledger for a row or two, and loops for minutes over it."""
    take(cast.clerk_a, "people", people(*(person() for _ in range(20))))
    known: list[str] = []

    def look(batch: Any) -> None:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT most_common_vals::text FROM pg_stats"
                " WHERE tablename = 'core_importrow' AND attname = 'batch_id'"
            )
            known.extend([str(batch.pk), *(row[0] for row in cursor.fetchall())])

    monkeypatch.setitem(vars(ledger_for("people")), "look_across", look)
    check(cast.clerk_a, "people", people(*(person() for _ in range(30))))
    assert known[0] in known[1]
