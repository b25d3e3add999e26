"""Lists without ID numbers: they register what people who are registered hold, never people."""

from __future__ import annotations

import datetime
from typing import Any

import pytest

from core.audit.history import acting
from core.decisions.kinds import waiting_about
from core.jobs import running as jobs
from core.ledgers import actions, beside, starting
from core.models import ImportBatch, ImportRow, Notice, ReadEvent
from core.papers import comparing
from core.papers.comparing import compare_list
from core.rules import RuleError
from stations.models import Organization
from talent.codes import Verification
from talent.credentials.ledger.columns import level_told, year_told
from talent.models import Certificate, NameList, Person, Post, RegistrationPeriod
from talent.name_lists.actions import refuse_list, verify_list
from tests.conftest import COUNTY_B, TOWNSHIP_A, Cast
from tests.imports.ledgers import (
    SAMPLES,
    apply,
    check,
    fresh,
    outcomes,
    row_of,
    take,
    words,
    workbook,
)
from tests.rows import DAY, id_number, make_organization, make_person

pytestmark = pytest.mark.django_db
D = datetime.date
NUMBER = "20250515521713815"
OFFICE = "南明区花果园街道办事处"
TITLE = "贵州省2025年度社会工作者职业水平考试合格人员名单"
(SAMPLE,) = SAMPLES.glob("real/04*")


def sheet(*rows: dict[str, Any], title: str = TITLE) -> bytes:
    head = list(dict.fromkeys(label for row in rows for label in row))
    lines = [[row.get(label, "") for label in head] for row in rows]
    return workbook([[title], head, *lines])


def line(name: str, **cells: Any) -> dict[str, Any]:
    return {"姓名": name, "级别": "助理社会工作师", "证书管理号": "", "工作单位": OFFICE, **cells}


def held_by(person: Person, number: str = "", **fields: Any) -> Certificate:
    given = {"level": "1", "approved_on": D(2025, 9, 1), "number": number, **fields}
    return Certificate.objects.create(person=person, **given)


def working(name: str, office: str = OFFICE, **fields: Any) -> Person:
    person = make_person(TOWNSHIP_A, name, **fields)
    known = Organization.objects.filter(name=office).first()
    place = known or make_organization(TOWNSHIP_A, office)
    Post.objects.create(person=person, organization=place, region_id=TOWNSHIP_A, started_on=DAY)
    return person


def read(cast: Cast, *rows: dict[str, Any], **options: Any) -> ImportBatch:
    return check(cast.clerk_a, "certificates", sheet(*rows, **options))


# --- Whom a row names -----------------------------------------------------------------------
def test_the_sample_creates_nobody_and_names_everybody(cast: Cast) -> None:
    """real/04: matched by number, proposed by name, or said to be in no record."""
    by_number = make_person(TOWNSHIP_A, "张雪梅")
    held_by(by_number, NUMBER)
    working("黄朝阳", "花果园街道办事处")
    make_person(TOWNSHIP_A, "龙志强")
    abroad = make_person(COUNTY_B, "蒙国华")
    held_by(abroad, "20250532521259393")
    batch = check(cast.clerk_a, "certificates", SAMPLE.read_bytes(), name=SAMPLE.name)
    assert outcomes(batch) == {"unchanged": 1, "new": 1, "held": 38}
    said = {row.number: words(batch, row.number) for row in batch.rows.all()}
    assert "同名的人" in said[39]
    assert "未在本辖区" in said[14]
    assert "没有写全" in said[13]
    # Eight of 云岩区 by the name of the unit, one by the number of a certificate.
    assert sum("未在本辖区" in text for text in said.values()) == 9
    assert sum("在册没有" in text for text in said.values()) == 28
    before = Person.objects.count()
    apply(batch)
    assert Person.objects.count() == before
    made = Certificate.objects.get(person__name="黄朝阳")
    assert (made.level, made.number) == ("1", "20250517521381331")
    assert (str(made.approved_on), made.approved_precision) == ("2025-01-01", "Y")


def test_both_kinds_of_the_sample_are_read(cast: Cast) -> None:
    person = make_person(TOWNSHIP_A, "岑兴隆")
    held_by(person, "20230530521692102", level="2", approved_on=D(2025, 5, 1))
    batch = starting.start_import(
        user=cast.clerk_a, kind="registrations", name=SAMPLE.name, data=SAMPLE.read_bytes(),
        sheet="登记公告",
    )  # fmt: skip
    assert jobs.run(batch.job_id)
    batch = fresh(batch)
    assert outcomes(batch) == {"new": 1, "held": 14}
    apply(batch)
    made = RegistrationPeriod.objects.get()
    assert (made.person, made.kind, made.state) == (person, "1", "7")
    assert (made.starts_on, made.ends_on) == (D(2025, 10, 20), D(2028, 10, 19))
    assert made.voucher == "520118428"


@pytest.mark.parametrize(
    ("name", "fits"), [("王*", True), ("王*丽", True), ("李*", False), ("王小丽", True)]
)
def test_a_masked_name_fits_by_its_number_alone(name: str, fits: bool, cast: Cast) -> None:
    held_by(make_person(TOWNSHIP_A, "王小丽"), NUMBER)
    batch = read(cast, line(name, 证书管理号=NUMBER), line("王*丽", 证书管理号="20250515521713999"))
    assert row_of(batch, 3).outcome == ("unchanged" if fits else "held")
    assert fits or "名下" in words(batch, 3)
    assert row_of(batch, 4).outcome == "held"


def test_a_name_alone_is_proposed(cast: Cast) -> None:
    first, second = make_person(TOWNSHIP_A, "王芳"), working("王芳", "南明区民政局")
    batch = read(cast, line("王芳", 工作单位="自由职业"))
    (asked,) = [m for m in row_of(batch, 3).messages if "question" in m]
    assert {key for key, _ in asked["choices"]} == {str(first.pk), str(second.pk), "none"}
    assert "南明区民政局" in dict(asked["choices"])[str(second.pk)]
    actions.decide(row=row_of(batch, 3), by=cast.clerk_a, question="who", decision=str(first.pk))
    batch = apply(fresh(batch))
    assert first.certificates.count() == 1
    assert not second.certificates.exists()


def test_nobody_of_those_proposed(cast: Cast) -> None:
    make_person(TOWNSHIP_A, "王芳")
    batch = read(cast, line("王芳", 工作单位=""))
    actions.decide(row=row_of(batch, 3), by=cast.clerk_a, question="who", decision="none")
    assert row_of(fresh(batch), 3).outcome == "held"
    assert "在册没有这个人" in words(batch, 3)


def test_one_of_two_by_the_employer(cast: Cast) -> None:
    make_person(TOWNSHIP_A, "王芳")
    there = working("王芳")
    batch = apply(read(cast, line("王芳")))
    assert outcomes(batch) == {"new": 1}
    assert Certificate.objects.get().person == there


def test_another_sex_is_another_person(cast: Cast) -> None:
    make_person(TOWNSHIP_A, "王芳")
    batch = read(cast, line("王芳", 性别="女"))
    assert "在册没有" in words(batch, 3)


def test_another_number_of_the_level_is_asked_about(cast: Cast) -> None:
    held_by(working("王芳"), "20230515521713001")
    batch = read(cast, line("王芳", 证书管理号=NUMBER))
    assert row_of(batch, 3).outcome == "held"
    assert "20230515521713001" in str(row_of(batch, 3).messages)


def test_a_whole_id_number_finds_whom_it_is(cast: Cast) -> None:
    number = id_number()
    person = make_person(TOWNSHIP_A, "王芳", id_number=number)
    batch = read(cast, line("王芳", 身份证号=number), line("王方", 身份证号="5201***********1"))
    assert row_of(batch, 3).outcome == "new"
    assert number not in str(row_of(batch, 3).shown)
    assert row_of(batch, 4).outcome == "held"
    apply(batch)
    assert Certificate.objects.get().person == person


def test_a_broken_id_number_finds_nobody_and_costs_nothing(cast: Cast) -> None:
    working("王芳")
    batch = read(cast, line("王芳", 身份证号="520102199003071230"))
    assert row_of(batch, 3).outcome == "new"
    assert "没有按号码认人" in words(batch, 3)


def test_people_of_another_county_show_no_more_than_that(cast: Cast) -> None:
    held_by(make_person(COUNTY_B, "王芳"), NUMBER)
    batch = read(cast, line("李四", 证书管理号=NUMBER))
    row = row_of(batch, 3)
    assert row.outcome == "held"
    assert [m["message"] for m in row.messages if m["level"] == "E"] == ["未在本辖区。"]
    assert "王芳" not in str(row.messages) + str(row.shown)
    batch = read(cast, line("王芳", 县区="花溪区", 工作单位=""))
    assert "未在本辖区" in words(batch, 3)


# --- What it adds ---------------------------------------------------------------------------
def test_what_is_missing_is_filled_in_and_what_differs_is_asked(cast: Cast) -> None:
    empty, other = working("王芳"), working("李芳")
    undated = held_by(empty, approved_on=None)
    dated = held_by(other, approved_on=D(2024, 9, 1))
    batch = read(
        cast,
        line("王芳", 证书管理号=NUMBER, 批准日期="2025-09-20"),
        line("李芳", 批准日期="2025-09-20"),
    )
    assert outcomes(batch) == {"changed": 1, "held": 1}
    assert row_of(batch, 3).diff == [
        ["助理社会工作师管理号", "", NUMBER],
        ["助理社会工作师批准日期", "日期不详", "2025-09-20"],
    ]
    assert "在册的批准日期是 2024-09-01" in words(batch, 4)
    actions.decide_all(batch=batch, by=cast.clerk_a, question="day", decision="keep")
    apply(fresh(batch))
    undated.refresh_from_db()
    dated.refresh_from_db()
    assert (undated.number, undated.approved_on) == (NUMBER, D(2025, 9, 20))
    assert dated.approved_on == D(2024, 9, 1)


def test_a_year_says_nothing_against_a_day_of_it(cast: Cast) -> None:
    known = held_by(working("王芳"), approved_on=D(2025, 9, 1))
    batch = read(cast, line("王芳"))
    assert outcomes(batch) == {"unchanged": 1}
    assert row_of(batch, 3).target == known.pk


def test_a_row_without_a_level_means_the_certificate_of_its_number(cast: Cast) -> None:
    held_by(make_person(TOWNSHIP_A, "王芳"), NUMBER)
    working("李芳")
    batch = read(
        cast,
        line("王芳", 级别="", 证书管理号=NUMBER),
        line("李芳", 级别="", 证书管理号="20250515521713001"),
        title="持证人员名单",
    )
    assert row_of(batch, 3).outcome == "unchanged"
    assert row_of(batch, 4).outcome == "held"
    assert "没有写明级别" in words(batch, 4)


def test_one_person_twice_is_registered_once(cast: Cast) -> None:
    working("王芳")
    batch = read(cast, line("王芳", 序号=1), line("王芳", 工作单位="花果园街道办事处", 序号=2))
    assert outcomes(batch) == {"new": 1, "duplicate": 1}
    assert "与第 3 行是同一人" in words(batch, 4)


def test_what_speaks_against_a_certificate_is_said(cast: Cast) -> None:
    working("王芳")
    batch = read(cast, line("王芳", 级别="高级社会工作师"), title="名单")
    assert "没有登记社会工作师（中级）证书" in words(batch, 3)
    assert "没有批准日期" in words(batch, 3)


@pytest.mark.parametrize(
    ("text", "level"),
    [
        ("（助理社会工作师  共40人）", "助理社会工作师"),
        ("社会工作师合格人员", "社会工作师"),
        ("2025年高级社会工作师名单", "高级社会工作师"),
        ("助理社会工作师、社会工作师合格人员名单", ""),
        ("合格人员名单", ""),
    ],
)
def test_a_title_says_the_level(text: str, level: str) -> None:
    assert level_told(text) == level


@pytest.mark.parametrize(
    ("text", "year"),
    [
        (TITLE, "2025"),
        ("2024年上半年通过人员", "2024"),
        ("公告期限：2025年10月21日", ""),
        ("2025年补贴发放名单", ""),
    ],
)
def test_a_title_says_the_year(text: str, year: str) -> None:
    assert year_told(text) == year


# --- Who is missing on either side --------------------------------------------------------------
def test_who_is_missing_is_said_by_unit(cast: Cast) -> None:
    batch = read(cast, line("甲一"), line("乙二"), line("丙三", 工作单位="无"))
    said = " ".join(batch.reading["uncounted"])
    assert f"在册没有的 3 人：{OFFICE} 2 人、没有写单位 1 人" in said


def test_who_is_registered_and_not_on_the_list(cast: Cast) -> None:
    """Of the same level and year alone: a list of 2025 says nothing of those of 2024."""
    held_by(working("王芳"), NUMBER)
    held_by(make_person(TOWNSHIP_A, "甲"))
    held_by(make_person(TOWNSHIP_A, "乙"), approved_on=D(2024, 9, 1))
    held_by(make_person(TOWNSHIP_A, "丙"), level="2")
    held_by(make_person(COUNTY_B, "丁"))
    batch = read(cast, line("王芳", 证书管理号=NUMBER))
    assert "在册有、名单上没有的证书 1 条" in " ".join(batch.reading["uncounted"])
    compared = compare_list(
        user=cast.clerk_a, kind="certificates", name="名单.xlsx",
        data=sheet(line("王芳", 证书管理号=NUMBER)),
    )  # fmt: skip
    assert (compared["matched"], compared["only_here"], compared["only_there"]) == (1, 1, 0)


def test_who_is_on_the_list_and_not_registered_is_counted_so(cast: Cast) -> None:
    """A row held because nobody is created is no row that cannot be read."""
    held_by(working("王芳"), NUMBER)
    make_person(TOWNSHIP_A, "李芳")
    rows = (line("王芳", 证书管理号=NUMBER), line("甲一"), line("李*"), line("李芳", 工作单位="无"))
    batch = comparing.start(
        user=cast.clerk_a, kind="certificates", name="名单.xlsx", data=sheet(*rows), region=""
    )
    assert jobs.run(batch.job_id)
    batch = fresh(batch)
    assert (batch.counts["only_there"], batch.counts["open"]) == (2, 1)
    for row in ImportRow.objects.filter(batch=batch):
        condition = beside.SECTIONS[beside.section_of(row)]
        assert ImportRow.objects.filter(condition, pk=row.pk).exists()


def test_registrations_that_are_not_in_the_notice(cast: Cast) -> None:
    first, second = make_person(TOWNSHIP_A, "王芳"), make_person(TOWNSHIP_A, "李芳")
    held_by(first, NUMBER)
    for person, begins in ((first, 2025), (second, 2025), (second, 2019)):
        RegistrationPeriod.objects.create(
            person=person, kind="1", state="7", starts_on=D(begins, 10, 20),
            ends_on=D(begins + 3, 10, 19),
        )  # fmt: skip
    batch = registered(cast, entry("王芳", 职业水平证书管理号=NUMBER))
    assert "在册有、名单上没有的登记 1 条" in " ".join(batch.reading["uncounted"])


# --- One decision for the whole list ------------------------------------------------------------
def _taken(cast: Cast) -> NameList:
    held_by(make_person(TOWNSHIP_A, "李芳"), NUMBER)
    working("王芳")
    take(cast.clerk_a, "certificates", sheet(line("王芳"), line("李芳", 证书管理号=NUMBER)))
    return NameList.objects.get()


def test_a_list_is_verified_at_once_by_somebody_else(cast: Cast) -> None:
    request = _taken(cast)
    assert (request.count, request.region_id, request.state) == (2, "520102", "1")
    assert set(Certificate.objects.values_list("verification", flat=True)) == {"2"}
    said = verify_list(name_list=request, by=cast.reviewer_a)
    assert "2 本证书已为凭证核验" in said
    for one in Certificate.objects.all():
        assert one.verification == Verification.DOCUMENT
        assert one.verified_by_means.startswith("名单：")
    request.refresh_from_db()
    assert (request.state, request.decided_by) == ("2", cast.reviewer_a)
    assert Notice.objects.filter(to=cast.clerk_a, code="name-lists-decided").exists()


def test_never_by_who_brought_it_in(cast: Cast) -> None:
    working("王芳")
    take(cast.reviewer_a, "certificates", sheet(line("王芳")))
    with pytest.raises(RuleError, match="自己导入的"):
        verify_list(name_list=NameList.objects.get(), by=cast.reviewer_a)
    assert Certificate.objects.get().verification == Verification.EMPLOYER
    # And it waits for nobody who may not decide it.
    assert waiting_about(Certificate.objects.get().person, cast.reviewer_a) == []


def test_what_was_changed_since_stays(cast: Cast) -> None:
    request = _taken(cast)
    changed = Certificate.objects.get(person__name="王芳")
    changed.number = "20250515521713777"
    changed.save()
    verify_list(name_list=request, by=cast.reviewer_a)
    changed.refresh_from_db()
    assert changed.verification == Verification.EMPLOYER
    request.refresh_from_db()
    said = "1 本证书已为凭证核验。1 本在名单之后改过、停用、转走或已核验，没有核验。"
    assert request.outcome == said


def test_nor_what_the_own_hand_has_written(cast: Cast) -> None:
    """The certificate was entered by who verifies the list: the others are verified."""
    with acting(cast.reviewer_a):
        held_by(make_person(TOWNSHIP_A, "李芳"), NUMBER)
    working("王芳")
    take(cast.clerk_a, "certificates", sheet(line("王芳"), line("李芳", 证书管理号=NUMBER)))
    said = verify_list(name_list=NameList.objects.get(), by=cast.reviewer_a)
    assert "1 本证书已为凭证核验。1 本是核验人自己录入或修改的，没有核验。" in said
    assert Certificate.objects.get(person__name="李芳").verification == Verification.EMPLOYER


def test_nor_by_who_confirmed_it(cast: Cast) -> None:
    """One sends it up, another confirms: neither of them verifies it."""
    working("王芳")
    batch = check(cast.reviewer_a, "certificates", sheet(line("王芳")))
    actions.confirm(batch=batch, by=cast.prefecture, reason="已知悉", inline=True)
    assert jobs.run(batch.job_id)
    request = NameList.objects.get()
    assert request.requested_by == cast.reviewer_a
    for user in (cast.reviewer_a, cast.prefecture):
        with pytest.raises(RuleError, match="自己导入的"):
            verify_list(name_list=request, by=user)
    assert "1 本证书已为凭证核验" in verify_list(name_list=request, by=cast.province)


def test_who_has_gone_elsewhere_is_verified_there(cast: Cast) -> None:
    request = _taken(cast)
    gone = Person.objects.get(name="李芳")
    Person.objects.filter(pk=gone.pk).update(region=COUNTY_B, residence=COUNTY_B)
    verify_list(name_list=request, by=cast.reviewer_a)
    assert gone.certificates.get().verification == Verification.EMPLOYER
    request.refresh_from_db()
    assert request.outcome.startswith("1 本证书已为凭证核验。1 本在名单之后")


def test_a_refusal_says_why_and_changes_nothing(cast: Cast) -> None:
    request = _taken(cast)
    with pytest.raises(RuleError, match="理由"):
        refuse_list(name_list=request, by=cast.reviewer_a, reason=" ")
    refuse_list(name_list=request, by=cast.reviewer_a, reason="不是正式名单")
    assert set(Certificate.objects.values_list("verification", flat=True)) == {"2"}


def test_a_list_that_is_taken_back_is_verified_by_nobody(cast: Cast) -> None:
    request = _taken(cast)
    actions.undo(batch=ImportBatch.objects.get(), by=cast.clerk_a)
    request.refresh_from_db()
    assert request.state == "4"
    assert Certificate.objects.count() == 1


def test_whom_a_question_names_is_on_record(cast: Cast, client_of: Any) -> None:
    """T16: the choices of a row name people whom it has not met."""
    alike = [make_person(TOWNSHIP_A, "王芳"), make_person(TOWNSHIP_A, "王芳")]
    batch = read(cast, line("王芳", 工作单位="无"))
    ReadEvent.objects.all().delete()
    page = client_of(cast.clerk_a).get(f"/imports/{batch.pk}/").content.decode()
    assert all(person.number in page for person in alike)
    (event,) = ReadEvent.objects.all()
    assert {*event.people} == {person.pk for person in alike}


def test_who_has_a_certificate_that_is_met_is_on_record(cast: Cast, client_of: Any) -> None:
    person = working("王芳")
    held_by(person, NUMBER)
    batch = read(cast, line("王芳", 证书管理号=NUMBER))
    ReadEvent.objects.all().delete()
    client_of(cast.clerk_a).get(f"/imports/{batch.pk}/")
    assert ReadEvent.objects.get().people == [person.pk]


def test_nothing_to_verify_asks_nobody(cast: Cast) -> None:
    held_by(working("王芳"), NUMBER, verification=Verification.DOCUMENT, verified_on=DAY)
    take(cast.clerk_a, "certificates", sheet(line("王芳", 证书管理号=NUMBER)))
    assert not NameList.objects.exists()


def test_the_page_of_a_list_shows_what_is_verified(cast: Cast, client_of: Any) -> None:
    request = _taken(cast)
    client = client_of(cast.reviewer_a)
    page = client.get(f"/name-lists/{request.pk}/").content.decode()
    assert "王芳" in page
    assert NUMBER in page
    assert "核验整份名单" in page
    assert ReadEvent.objects.filter(user=cast.reviewer_a).exists()
    answer = client.post(
        f"/name-lists/{request.pk}/", {"verb": "accept", "version": request.version}
    )
    assert answer.status_code == 302
    request.refresh_from_db()
    assert request.state == "2"
    assert client_of(cast.clerk_b).get(f"/name-lists/{request.pk}/").status_code == 404


# --- Registrations ----------------------------------------------------------------------------
NOTICE = "社会工作者职业水平证书登记公告（2025年第3批）"


def entry(name: str, **cells: Any) -> dict[str, Any]:
    return {
        "姓名": name, "职业水平级别": "助理社会工作师", "职业水平证书管理号": "",
        "登记证书号": "520198110", "登记有效期": "2025.10.20-2028.10.19", **cells,
    }  # fmt: skip


def registered(cast: Cast, *rows: dict[str, Any]) -> ImportBatch:
    return check(cast.clerk_a, "registrations", sheet(*rows, title=NOTICE))


def test_a_registration_is_entered_once(cast: Cast) -> None:
    person = make_person(TOWNSHIP_A, "王芳")
    held_by(person, NUMBER)
    rows = [entry("王芳", 职业水平证书管理号=NUMBER)]
    apply(registered(cast, *rows))
    assert person.registrationperiods.get().voucher == "520198110"
    again = registered(cast, {**rows[0], "序号": 1})
    assert outcomes(again) == {"unchanged": 1}


def test_a_registration_that_follows_is_a_renewal(cast: Cast) -> None:
    person = make_person(TOWNSHIP_A, "王芳")
    held_by(person, NUMBER)
    RegistrationPeriod.objects.create(
        person=person, kind="1", state="7", starts_on=D(2022, 10, 20), ends_on=D(2025, 10, 19)
    )
    apply(registered(cast, entry("王芳", 职业水平证书管理号=NUMBER)))
    assert person.registrationperiods.get(starts_on=D(2025, 10, 20)).kind == "2"


def test_registrations_that_do_not_fit_are_held(cast: Cast) -> None:
    person = make_person(TOWNSHIP_A, "王芳")
    held_by(person, NUMBER)
    RegistrationPeriod.objects.create(
        person=person, kind="1", state="7", starts_on=D(2025, 1, 1), ends_on=D(2027, 12, 31)
    )
    lines = {"职业水平证书管理号": NUMBER}
    batch = registered(cast, entry("王芳", **lines))
    assert "重叠" in words(batch, 3)
    batch = registered(cast, entry("王芳", 登记有效期="2025-01-01至2028-12-30", **lines))
    assert "在册有同一天起的登记" in words(batch, 3)
    batch = registered(cast, entry("王芳", 登记有效期="2025年", **lines))
    assert row_of(batch, 3).outcome == "refused"


def test_two_columns_of_days_and_another_voucher(cast: Cast) -> None:
    person = make_person(TOWNSHIP_A, "王芳")
    held_by(person, NUMBER)
    known = RegistrationPeriod.objects.create(
        person=person, kind="1", state="7", starts_on=D(2025, 10, 20), ends_on=D(2028, 10, 19),
        voucher="520198000",
    )  # fmt: skip
    row = entry("王芳", 职业水平证书管理号=NUMBER, 登记机关="贵州省民政厅")
    del row["登记有效期"]
    batch = registered(cast, row | {"登记日期": "2025-10-20", "有效期至": "2028-10-19"})
    assert row_of(batch, 3).outcome == "held"
    actions.decide_all(batch=batch, by=cast.clerk_a, question="voucher", decision="ledger")
    apply(fresh(batch))
    known.refresh_from_db()
    assert (known.voucher, known.authority) == ("520198110", "贵州省民政厅")


def test_one_person_twice_in_a_notice(cast: Cast) -> None:
    person = make_person(TOWNSHIP_A, "王芳")
    held_by(person, NUMBER)
    held_by(person, "20250515521713222", level="2")
    batch = registered(
        cast,
        entry("王芳", 职业水平证书管理号=NUMBER),
        entry("王芳", 职业水平证书管理号="20250515521713222", 职业水平级别="社会工作师"),
    )
    assert outcomes(batch) == {"new": 1, "duplicate": 1}
