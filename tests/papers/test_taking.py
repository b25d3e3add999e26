"""Any list and any record is written into the forms of its kind, and into its import template."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import openpyxl
import pytest
from django.test import Client
from django.urls import reverse

from core.dates import today
from core.jobs import running as jobs
from core.ledgers.beside import entity_for
from core.ledgers.ledger import kinds, registers
from core.ledgers.starting import start_import
from core.models import Export, Filling, Job, PaperForm, ReadEvent
from core.papers.actions import changes_since, due_forms, keep_form, learn_lists
from core.papers.models import Every
from core.papers.taking import TEMPLATE
from core.rules import RuleError
from core.secrecy import files as media
from talent.models import Person
from tests.conftest import COUNTY_A, COUNTY_B, TOWNSHIP_A, Cast
from tests.imports.ledgers import check, outcomes, people, person, take, workbook
from tests.rows import make_person, make_row

pytestmark = pytest.mark.django_db
Clients = Callable[[Any], Client]
NAMES = ("甲一", "乙二", "丙三")


@pytest.fixture
def three(cast: Cast) -> list[Person]:
    return [make_person(COUNTY_A, name) for name in NAMES] + [make_person(COUNTY_B, "外人")]


def keep(user: Any, *headings: str, below: list[str] | None = None, **options: Any) -> PaperForm:
    data = workbook([list(headings or ("序号", "姓名", "身份证号")), below or []])
    given: dict[str, Any] = {"name": "组织部的表.xlsx", "asker": "", "document": "", **options}
    return keep_form(user=user, data=data, **given)


def rows(data: bytes, head: int = 1) -> list[tuple[Any, ...]]:
    book = openpyxl.load_workbook(io.BytesIO(data))
    found = list(book.worksheets[0].iter_rows(values_only=True))[head:]
    return [row for row in found if any(row)]


def sent(client: Client, form: Any, path: str = "/people/export/", **values: Any) -> bytes:
    answer = client.post(path, {"format": str(getattr(form, "pk", form)), **values})
    assert answer.status_code == 200, answer.headers
    return b"".join(answer.streaming_content)  # type: ignore[attr-defined]


def test_a_list_as_it_is_filtered_and_sorted(cast: Cast, client_of: Clients, three: Any) -> None:
    form, client = keep(cast.clerk_a), client_of(cast.clerk_a)
    assert form.lists == ["person"]
    page = client.get("/people/").text
    assert "组织部的表" in page
    assert "导入模板" in page
    made = rows(sent(client, form, filter="sort=-name"))
    plain = sent(client, "csv", filter="sort=-name").decode("utf-8-sig").splitlines()[1:]
    assert [name for _, name, _ in made] == [n for line in plain for n in NAMES if n in line]
    assert [number for number, *_ in made] == [1, 2, 3]
    assert "*" in made[0][2]
    assert [row[1] for row in rows(sent(client, form, filter="q=乙"))] == ["乙二"]
    chosen = [str(one.pk) for one in three[1:]]
    assert {row[1] for row in rows(sent(client, form, ids=chosen))} == {"乙二", "丙三"}


def test_what_was_written_is_on_record(cast: Cast, client_of: Clients, three: Any) -> None:
    form = keep(cast.clerk_a, every=Every.MONTH)
    data = sent(client_of(cast.clerk_a), form, filter="q=乙", unmasked="1", reason="报送组织部")
    assert rows(data)[0][2] == three[1].id_number
    filling = Filling.objects.get()
    assert (filling.by, filling.rows, filling.region_id) == (cast.clerk_a, 1, COUNTY_A)
    assert (filling.is_clear, filling.reason) == (True, "报送组织部")
    assert "乙" in filling.narrowed
    event = ReadEvent.objects.get(kind="export")
    assert (event.people, event.reason) == ([three[1].pk], "报送组织部")
    assert event.detail["sha256"] == filling.sha256
    # Rows of a list are neither what was asked for this month nor to be laid beside it.
    assert due_forms([form], cast.clerk_a, on=today()) == {form.pk}
    assert changes_since(filling) == []


def test_full_numbers_need_a_reason(cast: Cast, client_of: Clients, three: Any) -> None:
    form, client = keep(cast.clerk_a), client_of(cast.clerk_a)
    asked = {"format": str(form.pk), "unmasked": "1", "reason": ""}
    answer = client.post("/people/export/", {**asked, "record": str(three[0].pk)}, follow=True)
    assert answer.redirect_chain == [(f"/people/{three[0].pk}/", 302)]
    assert "写明事由" in answer.text
    assert not Filling.objects.exists()


def test_one_record(cast: Cast, client_of: Clients, three: Any) -> None:
    form, client = keep(cast.clerk_a), client_of(cast.clerk_a)
    assert f'value="{form.pk}"' in client.get(f"/people/{three[2].pk}/").text
    made = rows(sent(client, form, record=str(three[2].pk)))
    assert [row[:2] for row in made] == [(1, "丙三")]
    # Of another county's nobody gets a row.
    assert rows(sent(client, form, record=str(three[3].pk))) == []


def test_forms_are_offered_where_they_list_that(cast: Cast, client_of: Clients) -> None:
    keep(cast.province, is_shared=True, name="省里的表.xlsx")
    keep(cast.province, name="省里自用.xlsx")
    keep(cast.clerk_b, name="别县的表.xlsx")
    station = make_row("station", COUNTY_A)
    client = client_of(cast.clerk_a)
    page = client.get("/people/").text
    assert "省里的表" in page
    assert "省里自用" not in page
    assert "别县的表" not in page
    for path in ("/stations/", f"/stations/{station.pk}/"):
        assert "省里的表" not in client.get(path).text
        assert "导入模板" in client.get(path).text
    # What is no ledger has neither.
    assert "导入模板" not in client.get("/training/").text


def test_a_form_that_is_gone_is_named(cast: Cast, client_of: Clients, three: Any) -> None:
    other = keep(cast.clerk_b)
    answer = client_of(cast.clerk_a).post("/people/export/", {"format": str(other.pk)}, follow=True)
    assert "这张表已移除" in answer.text


def test_only_the_lists_of_the_kind_are_written(cast: Cast, client_of: Clients, three: Any) -> None:
    book, file = openpyxl.Workbook(), io.BytesIO()
    book.active.append(["姓名", "身份证号"])
    book.create_sheet("统计").append(["地区", "从业人数", "女"])
    book["统计"].append(["合计"])
    book.save(file)
    form = keep_form(
        user=cast.clerk_a, name="两张.xlsx", data=file.getvalue(), asker="", document=""
    )
    made = openpyxl.load_workbook(io.BytesIO(sent(client_of(cast.clerk_a), form)))
    assert {row[0] for row in made.worksheets[0].iter_rows(min_row=2, values_only=True)} == {*NAMES}
    assert [cell.value for cell in made["统计"][2]] == ["合计", None, None]


@pytest.mark.parametrize("kind", registers())
def test_each_template_takes_rows_of_its_kind(kind: str, cast: Cast, client_of: Clients) -> None:
    entity = entity_for(kind)
    row = make_row(entity.name, COUNTY_A)
    data = sent(client_of(cast.province), TEMPLATE, entity.url("export"), record=str(row.pk))
    made = rows(data)
    assert len(made) == 1
    assert sum(value is not None for value in made[0]) > 1


def test_answers_are_no_register(cast: Cast, client_of: Clients) -> None:
    """What employers return on our own sheets is no list that a form asks for, nor one that is
    laid beside the registry."""
    assert set(kinds()) - set(registers()) == {"rosters"}
    client = client_of(cast.clerk_a)
    make_row("rosterline", TOWNSHIP_A)
    assert "填进表里" not in client.get("/roster-lines/").text
    form = keep(cast.clerk_a, "单号", "人才编号", "姓名", "在岗情况", "最后在岗日", "备注")
    assert form.lists == ["person"]
    assert 'value="rosters"' not in client.get(reverse("compare_list")).text
    with pytest.raises(RuleError, match="不能倒查"):
        start_import(user=cast.clerk_a, kind="rosters", name="返回.xlsx", data=b"1",
                     compared_region=COUNTY_A)  # fmt: skip


def test_the_template_comes_again_unchanged(cast: Cast, client_of: Clients) -> None:
    take(cast.clerk_a, "people", people(
        person("张三", 联系电话="13800001234", 学历="本科", 证书级别="社会工作师",
               管理号="20200100001", 批准日期="2020-09-13"),
        person("李四", 岗位="督导"),
    ))  # fmt: skip
    data = sent(client_of(cast.clerk_a), TEMPLATE, unmasked="1", reason="核对")
    assert len(rows(data)) == 2
    assert outcomes(check(cast.clerk_a, "people", data)) == {"unchanged": 2}
    assert not Filling.objects.exists()


@pytest.mark.parametrize("who", ["list", "form"])
def test_many_rows_are_left_to_a_worker(
    who: str, cast: Cast, client_of: Clients, three: Any, settings: Any
) -> None:
    settings.EXPORT_JOB_ROWS = 2
    form, client = keep(cast.clerk_a), client_of(cast.clerk_a)
    if who == "list":
        answer = client.post("/people/export/", {"format": str(form.pk), "filter": "sort=-name"})
    else:
        make_person(TOWNSHIP_A, "丁四")
        answer = client.post(reverse("paper_fill", args=[form.pk]), {"on": f"{today()}"})
    export = Export.objects.get()
    assert answer["Location"] == f"/exports/{export.pk}/"
    assert not Filling.objects.exists()
    jobs.run(export.job_id)
    export = Export.objects.select_related("job").get()
    assert export.job.status == Job.Status.DONE, export.job.message
    filling = Filling.objects.get()
    assert filling.rows == export.job.total == (3 if who == "list" else 4)
    fetched = client.post(f"/exports/{export.pk}/file/")
    assert len(rows(fetched.content)) == filling.rows
    assert "组织部的表" in export.file_name


def test_a_worker_says_what_is_wrong(
    cast: Cast, client_of: Clients, three: Any, settings: Any
) -> None:
    """The form was taken away after it was asked for."""
    settings.EXPORT_JOB_ROWS = 2
    form, client = keep(cast.clerk_a), client_of(cast.clerk_a)
    client.post("/people/export/", {"format": str(form.pk)})
    client.post(reverse("paper_remove", args=[form.pk]))
    export = Export.objects.get()
    jobs.run(export.job_id)
    assert "已移除" in Job.objects.get(pk=export.job_id).message


def test_forms_kept_before_are_offered_by_their_lists(
    cast: Cast, client_of: Clients, three: Any
) -> None:
    client = client_of(cast.clerk_a)
    own, gone = keep(cast.clerk_a), keep(cast.clerk_a)
    figures = keep(cast.clerk_a, "地区", "从业人数", "女", below=["南明区"])
    media.remove(gone.file_path)
    PaperForm.objects.update(lists=None)
    assert "组织部的表" not in client.get("/people/").text
    learn_lists()
    assert "组织部的表" in client.get("/people/").text
    found = dict(PaperForm.objects.values_list("pk", "lists"))
    assert found == {own.pk: ["person"], figures.pk: [], gone.pk: []}
