"""The ledger of people: what each rule does to a row, and how rows meet the registry."""

from __future__ import annotations

import datetime
from typing import Any

import pytest
from django.db import connection

from core.ledgers import actions
from core.ledgers.ledger import ledger_for
from core.models import ReadEvent
from core.rules import RuleError
from stations.models import Organization, Station
from talent.codes import PersonStatus
from talent.models import Certificate, Education, Person, PersonState, Post, TransferRequest
from tests.conftest import Cast
from tests.imports.ledgers import (
    PEOPLE,
    TOWNSHIP,
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
from tests.rows import id_number

pytestmark = pytest.mark.django_db
FULL: dict[str, Any] = {
    "联系电话": "13800001234",
    "学历": "本科",
    "证书级别": "社会工作师（中级）",
    "管理号": "20200100001",
    "批准日期": "2020-09-13",
    "备注": "骨干",
}


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
        ({"联系电话": "12345"}, "联系电话"),
        ({"乡镇（街道）": "龙场镇"}, "520524105"),
        ({"乡镇（街道）": "没有这个镇"}, "不存在"),
        ({"乡镇（街道）": "新华路街办"}, "相近的有：贵阳市南明区新华路街道（520102016）"),
        ({"乡镇（街道）": "520111004"}, "不在"),
        ({"乡镇（街道）": "青岩镇"}, "不在南明区"),
        ({"入职日期": "6/1/20"}, "入职日期"),
        ({"入职日期": "2099-01-01"}, "晚于今天"),
        ({"入职日期": "2001-01-01"}, "16"),
        ({"岗位": "宇航员"}, "岗位"),
        ({"证书级别": "七级"}, "证书级别"),
        ({**FULL, "管理号": "520102198501017019"}, "管理号填成了身份证号"),
        ({"备注": "字" * 201}, "200"),
        ({"备注": "#REF!"}, "公式错误"),
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


def test_the_same_row_twice_is_a_duplicate(cast: Cast) -> None:
    row = person()
    batch = take(cast.clerk_a, "people", people(row, row))
    assert outcomes(batch) == {"new": 1, "duplicate": 1}
    assert Person.objects.count() == 1


def test_one_number_with_two_names_is_held(cast: Cast) -> None:
    number = id_number()
    batch = take(cast.clerk_a, "people", people(person("张三", number), person("李四", number)))
    assert outcomes(batch) == {"held": 2}
    assert not Person.objects.exists()


def test_skipping_one_of_two_names_lets_the_other_in(cast: Cast) -> None:
    number = id_number()
    batch = check(cast.clerk_a, "people", people(person("张三", number), person("李四", number)))
    actions.decide(row=row_of(batch, 3), by=cast.clerk_a, question="row", decision="skip")
    assert outcomes(fresh(batch)) == {"new": 1, "held": 1}
    apply(fresh(batch))
    assert Person.objects.get().name == "张三"


@pytest.mark.parametrize(("decision", "name"), [("ledger", "张三丰"), ("registry", "张三")])
def test_a_name_that_differs_from_the_registry_is_decided(
    decision: str, name: str, cast: Cast
) -> None:
    number = id_number()
    take(cast.clerk_a, "people", people(person("张三", number)))
    batch = check(cast.clerk_a, "people", people(person("张三丰", number)))
    assert outcomes(batch) == {"held": 1}
    assert "张三" in words(batch, 2)
    actions.decide(row=row_of(batch, 2), by=cast.clerk_a, question="name", decision=decision)
    apply(fresh(batch))
    assert Person.objects.get().name == name


def test_what_is_held_is_not_applied(cast: Cast) -> None:
    number = id_number()
    take(cast.clerk_a, "people", people(person("张三", number)))
    batch = take(
        cast.clerk_a, "people", people(person("张三丰", number, 备注="新"), person("李四"))
    )
    assert outcomes(batch) == {"held": 1, "new": 1}
    assert Person.objects.get(name="张三").remark == ""


def test_empty_cells_never_erase(cast: Cast) -> None:
    number = id_number()
    take(cast.clerk_a, "people", people(person("张三", number, **FULL)))
    before = Person.objects.values().get()
    batch = take(cast.clerk_a, "people", people(person("张三", number)))
    assert outcomes(batch) == {"unchanged": 1}
    assert Person.objects.values().get() == before
    assert (Certificate.objects.count(), Education.objects.count()) == (1, 1)


def test_changes_are_shown_with_before_and_after(cast: Cast) -> None:
    number = id_number()
    take(cast.clerk_a, "people", people(person("张三", number, **FULL)))
    batch = check(
        cast.clerk_a, "people", people(person("张三", number, 备注="主任", 联系电话="13900005678"))
    )
    assert outcomes(batch) == {"changed": 1}
    diff = row_of(batch, 2).diff
    assert ["备注", "骨干", "主任"] in diff
    assert not any("13900005678" in str(part) for part in diff)
    version = Person.objects.get().version
    apply(batch)
    one = Person.objects.get()
    assert (one.remark, one.phone, one.version) == ("主任", "13900005678", version + 1)


def test_a_higher_certificate_is_added_beside_the_lower(cast: Cast) -> None:
    number = id_number()
    take(cast.clerk_a, "people", people(person("张三", number, **FULL)))
    higher = {"证书级别": "高级", "管理号": "20230100009", "批准日期": "2023-06-10"}
    batch = take(cast.clerk_a, "people", people(person("张三", number, **higher)))
    assert outcomes(batch) == {"changed": 1}
    assert set(Certificate.objects.values_list("level", flat=True)) == {"2", "3"}


def test_a_new_employer_ends_the_old_post(cast: Cast) -> None:
    number = id_number()
    take(cast.clerk_a, "people", people(person("张三", number)))
    moved = person("张三", number, 工作单位="南明区民政局", 入职日期="2024-07-01")
    batch = take(cast.clerk_a, "people", people(moved))
    assert outcomes(batch) == {"changed": 1}
    old, new = Post.objects.order_by("started_on")
    assert old.ended_on == new.started_on == datetime.date(2024, 7, 1)
    assert new.organization is not None
    assert Person.objects.get().region_id == new.region_id


def test_a_person_of_another_county_becomes_a_request(cast: Cast) -> None:
    number = id_number(prefix="520111")
    own = person("王五", number, **{"乡镇（街道）": "青岩镇", "工作单位": "青岩镇社工站"})
    take(cast.clerk_b, "people", people(own))
    before = Person.objects.values().get()
    batch = check(cast.clerk_a, "people", people(person("王五", number, 备注="来了")))
    assert outcomes(batch) == {"held": 1}
    said = words(batch, 2)
    assert "花溪区" in said
    assert "青岩" not in said
    assert "将自动申请转入" in said
    apply(batch)
    assert "已申请转入" in words(batch, 2)
    assert Person.objects.values().get() == before
    request = TransferRequest.objects.get()
    assert (request.from_region_id[:6], request.to_region_id) == ("520111", "520102016")
    assert request.requested_by == cast.clerk_a
    # Once only, however often the ledger comes.
    batch = take(cast.clerk_a, "people", people(person("王五", number, 备注="又来")))
    assert "已有待处理的转入转出申请" in words(batch, 2)
    assert TransferRequest.objects.count() == 1


def test_a_foreign_name_is_not_told(cast: Cast) -> None:
    """With another name in the ledger nothing of the record may be said but the county."""
    number = id_number(prefix="520111")
    take(cast.clerk_b, "people", people(person("王五", number, **{"乡镇（街道）": "青岩镇"})))
    batch = check(cast.clerk_a, "people", people(person("赵六", number)))
    row = row_of(batch, 2)
    assert "王五" not in f"{row.messages}{row.diff}{row.shown}{row.before}"


def test_a_deactivated_person_is_reactivated(cast: Cast) -> None:
    number = id_number()
    take(cast.clerk_a, "people", people(person("张三", number)))
    one = Person.objects.get()
    Post.objects.update(ended_on="2024-01-01")
    PersonState.objects.update(valid_to="2024-01-01")
    PersonState.objects.create(person=one, status="70", valid_from="2024-01-01", reason="误录")
    Person.objects.update(status=PersonStatus.DEACTIVATED)
    batch = take(cast.clerk_a, "people", people(person("张三", number, 入职日期="2024-03-01")))
    assert outcomes(batch) == {"changed": 1}
    one.refresh_from_db()
    assert (Person.objects.count(), one.status) == (1, PersonStatus.SERVING)
    last = PersonState.objects.order_by("valid_from").last()
    assert last is not None
    assert (last.status, last.valid_to) == ("10", None)
    assert Post.objects.filter(ended_on=None).count() == 1


def test_a_certificate_number_of_two_people_is_held(cast: Cast) -> None:
    take(cast.clerk_a, "people", people(person("张三", **FULL)))
    batch = check(cast.clerk_a, "people", people(person("李四", **FULL)))
    assert outcomes(batch) == {"held": 1}
    assert "管理号" in words(batch, 2)
    assert "张三" not in words(batch, 2)


def test_unknown_employers_are_created_once(cast: Cast) -> None:
    rows = [person(f"张{n}", 工作单位="某某社会工作服务中心") for n in "一二三"]
    take(cast.clerk_a, "people", people(*rows, person("张四", 工作单位="某某社区居委会")))
    assert Organization.objects.filter(is_incomplete=True).count() == 2
    take(cast.clerk_a, "people", people(person("张五", 工作单位="某某社会工作服务中心")))
    assert Organization.objects.count() == 2
    assert not Station.objects.exists()


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
    assert outcomes(batch) == {"new": 1, "refused": 1}
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
    assert outcomes(batch) == {"refused": 3}
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
