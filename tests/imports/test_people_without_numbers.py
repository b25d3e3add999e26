"""A list of people without ID numbers, laid beside the registry: found by name and employer."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse

from core.jobs import running as jobs
from core.ledgers import beside
from core.models import ImportBatch, ImportRow, Job, User
from core.papers import comparing
from core.papers.comparing import compare_list
from talent.models import Certificate, Person, Post
from tests.conftest import COUNTY_B, TOWNSHIP_A, Cast
from tests.imports.ledgers import check, fresh, outcomes, row_of, words, workbook
from tests.rows import id_number, make_organization, make_person

pytestmark = pytest.mark.django_db
OFFICE = "花果园街道办事处"


@pytest.fixture
def office(cast: Cast) -> Any:
    return make_organization(TOWNSHIP_A, OFFICE)


def working(name: str, office: Any, **fields: Any) -> Person:
    one = make_person(TOWNSHIP_A, name, **fields)
    Post.objects.create(
        person=one, organization=office, region_id=TOWNSHIP_A, started_on="2023-03-01"
    )
    return one


def listed(*rows: tuple[str, ...], head: tuple[str, ...] = ("姓名", "单位", "学历")) -> bytes:
    return workbook([head, *rows])


def compare(user: User, data: bytes) -> ImportBatch:
    batch = comparing.start(user=user, kind="people", name="名单.xlsx", data=data, region="")
    jobs.run(batch.job_id)
    return fresh(batch)


def sections(batch: ImportBatch) -> dict[int, str]:
    assert batch.job.status == Job.Status.DONE, batch.job.message
    return {row.number: beside.section_of(row) for row in ImportRow.objects.filter(batch=batch)}


def test_rows_are_found_by_name_and_employer(cast: Cast, office: Any) -> None:
    known = working("王芳", office)
    working("没上名单", office)
    make_person(COUNTY_B, "外县人")
    rows = ("王芳", OFFICE, "本科"), ("李四", OFFICE, ""), ("外县人", OFFICE, "")
    batch = compare(cast.clerk_a, listed(*rows))
    assert sections(batch) == {2: "differing", 3: "only_there", 4: "only_there"}
    assert row_of(batch, 2).target == known.pk
    assert row_of(batch, 2).diff == [["学历", "", "本科"]]
    assert [p.name for p in beside.not_listed(batch, cast.clerk_a)] == ["没上名单"]
    assert Person.objects.count() == 3
    counts = compare_list(user=cast.clerk_a, kind="people", name="单.xlsx", data=listed(rows[0]))
    assert (counts["matched"], counts["only_here"], counts["only_there"]) == (1, 1, 0)


def test_several_of_a_name_are_to_be_verified(cast: Cast, office: Any) -> None:
    first, second = working("王芳", office), working("王芳", office)
    alone = make_person(TOWNSHIP_A, "李四")
    batch = compare(cast.clerk_a, listed(("王芳", OFFICE, ""), ("李四", "别的单位", "")))
    assert sections(batch) == {2: "open", 3: "open"}
    said = words(batch, 2)
    assert "请核实" in said
    assert first.number in said
    assert second.number in said
    assert alone.number in words(batch, 3)
    # There is nothing to answer.
    assert not any("question" in m for m in row_of(batch, 2).messages)


def test_a_certificate_number_finds_her_too(cast: Cast, office: Any) -> None:
    known = working("王芳", office)
    working("王芳", office)
    Certificate.objects.create(
        person=known, level="1", number="20230515521713815", approved_on="2023-06-17"
    )
    head = ("姓名", "单位", "证书级别", "管理号")
    row = ("王芳", OFFICE, "助理社会工作师", "20230515521713815")
    batch = compare(cast.clerk_a, listed(row, head=head))
    assert row_of(batch, 2).target == known.pk
    assert sections(batch) == {2: "same"}


def test_a_number_that_some_rows_lack(cast: Cast, office: Any) -> None:
    number = id_number()
    with_number = working("张三", office, id_number=number)
    without = working("王芳", office)
    head = ("姓名", "身份证号", "单位")
    rows = ("张三", number, OFFICE), ("王芳", "", OFFICE), ("赵六", "123", OFFICE)
    batch = compare(cast.clerk_a, listed(*rows, head=head))
    assert sections(batch) == {2: "same", 3: "same", 4: "open"}
    assert [row_of(batch, n).target for n in (2, 3)] == [with_number.pk, without.pk]


def test_an_import_of_it_is_refused_and_offers_the_comparison(
    cast: Cast, office: Any, client_of: Any, tmp_path: Any
) -> None:
    data = listed(("王芳", OFFICE, ""))
    batch = check(cast.clerk_a, "people", data)
    assert (batch.job.status, batch.counts) == (Job.Status.WAITING, {})
    assert "可以「倒查」" in batch.job.message
    page = client_of(cast.clerk_a).get(reverse("import_detail", args=[batch.pk])).text
    assert "可以「倒查」" in page
    assert reverse("compare_list") in page
    rows = check(
        cast.clerk_a, "people", listed(("王芳", "", OFFICE), head=("姓名", "身份证号", "单位"))
    )
    assert outcomes(rows) == {"refused": 1}
    assert "可以「倒查」" in words(rows, 2)
    path = tmp_path / "名单.xlsx"
    path.write_bytes(data)
    with pytest.raises(CommandError, match=re.escape("可以「倒查」")):
        call_command("import_ledger", "people", str(path), "--user", "clerk_a")
