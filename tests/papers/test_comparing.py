"""倒查 by the page: a list laid beside the registry, looked through, taken away, taken in."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.db.models import F
from django.test import Client
from django.urls import reverse

from core.jobs import running as jobs
from core.ledgers import actions, beside, starting
from core.ledgers.entity import IMPORTS
from core.ledgers.keeping import forget_expired
from core.ledgers.waiting import mine
from core.models import Export, ImportBatch, ImportRow, Job, ReadEvent
from core.papers import comparing
from core.rules import RuleError
from talent.models import Person
from tests.conftest import COUNTY_A, COUNTY_B, Cast
from tests.imports.ledgers import PEOPLE, check, fresh, people, person, take, workbook
from tests.rows import id_number, make_person, make_row

ONE_DAY = datetime.timedelta(days=1)
pytestmark = pytest.mark.django_db
Clients = Callable[[Any], Client]


def compare(
    user: Any, data: bytes, *, kind: str = "people", name: str = "名单.xlsx", region: str = ""
) -> ImportBatch:
    """Lay a list beside the registry, as a worker would."""
    batch = comparing.start(user=user, kind=kind, name=name, data=data, region=region)
    jobs.run(batch.job_id)
    return fresh(batch)


@pytest.fixture
def two(cast: Cast) -> list[list[Any]]:
    """张三 and 李四, who are in the registry."""
    rows = [person("张三", 联系电话="13800001234"), person("李四")]
    take(cast.clerk_a, "people", people(*rows))
    return rows


def changed(row: list[Any], **cells: str) -> list[Any]:
    return [cells.get(label, cell) for label, cell in zip(PEOPLE, row, strict=True)]


@pytest.fixture
def compared(cast: Cast, two: list[list[Any]]) -> ImportBatch:
    """张三 with another phone, 王五 who is not registered, a number that nobody can have; of 李四
    the list says nothing."""
    rows = [changed(two[0], 联系电话="13900005678"), person("王五"), person("赵六", "123")]
    return compare(cast.clerk_a, people(*rows))


def page_of(client: Client, batch: ImportBatch, **asked: str) -> str:
    answer = client.get(reverse("compare_detail", args=[batch.pk]), asked)
    assert answer.status_code == 200
    return str(answer.content.decode())


# --- The check ------------------------------------------------------------------------------


def test_every_row_and_record_is_in_one_section(compared: ImportBatch) -> None:
    assert compared.job.status == Job.Status.DONE
    found = {name: compared.counts[name] for name in (*beside.SECTIONS, beside.ONLY_HERE)}
    assert found == {
        "differing": 1, "only_there": 1, "open": 1, "twice": 0, "same": 0, "only_here": 1,
    }  # fmt: skip
    assert sum(found.values()) - found["only_here"] == compared.counts["rows"]
    for row in ImportRow.objects.filter(batch=compared):
        condition = beside.SECTIONS[beside.section_of(row)]
        assert ImportRow.objects.filter(condition, pk=row.pk).exists()


def test_the_same_list_twice_and_equal(cast: Cast, two: list[list[Any]]) -> None:
    data = people(two[0], two[0], two[1])
    batch = compare(cast.clerk_a, data)
    assert (batch.counts["same"], batch.counts["twice"]) == (2, 1)
    assert batch.counts["only_here"] == 0
    # The same file as often as anybody likes, before and behind the import of it.
    assert compare(cast.clerk_a, data).counts["same"] == 2


def test_nothing_is_written(cast: Cast, compared: ImportBatch) -> None:
    assert Person.objects.count() == 2
    assert set(Person.objects.values_list("name", flat=True)) == {"张三", "李四"}
    assert not compared.is_confirmed
    assert compared.applied_at is None
    with pytest.raises(IntegrityError), transaction.atomic():
        ImportBatch.objects.filter(pk=compared.pk).update(is_confirmed=True)


def test_only_the_compared_area_lacks_somebody(cast: Cast, two: list[list[Any]]) -> None:
    make_person("520102018", "别处的人")
    batch = compare(cast.clerk_a, people(two[0]), region="520102016")
    names = beside.not_listed(batch, cast.clerk_a).values_list("name", flat=True)
    assert set(names) == {"李四"}
    with pytest.raises(RuleError, match="不在您的辖区内"):
        comparing.start(
            user=cast.clerk_a, kind="people", name="名单.xlsx", data=b"x", region=COUNTY_B
        )


def test_who_came_later_is_not_missing_on_the_list(cast: Cast, two: list[list[Any]]) -> None:
    batch = compare(cast.clerk_a, people(two[0]))
    Job.objects.filter(pk=batch.job_id).update(finished_at=F("finished_at") - ONE_DAY)
    assert not beside.not_listed(fresh(batch), cast.clerk_a).exists()


def test_a_title_narrows_what_is_expected(cast: Cast, client_of: Clients) -> None:
    """Of 2025届 those of that year are missing, not all that ever left the school."""
    head = ["院校", "专业", "学历层次", "毕业人数", "省内外"]
    for year, school in ((2024, "贵州大学"), (2025, "贵州民族大学")):
        row = [school, "社会工作", "本科", 30, "省内"]
        take(cast.clerk_a, "graduates", workbook([[f"{year}届毕业生"], head, row]))
    rows: list[list[Any]] = [
        ["2025届社会工作专业毕业生名单"],
        head,
        ["贵阳学院", "社会工作", "本科", 20, "省内"],
    ]
    batch = compare(cast.clerk_a, workbook(rows), kind="graduates")
    assert batch.whole.get("year") == "2025"
    schools = beside.not_listed(batch, cast.clerk_a).values_list("school", flat=True)
    assert set(schools) == {"贵州民族大学"}
    entity = beside.entity_for("graduates")
    assert beside.narrowed(entity, {"year": "不是年份", "none": "x"}) == {}
    # What lies in a county lies in its townships; a day may be known by its year alone.
    stations, projects = beside.entity_for("stations"), beside.entity_for("projects")
    assert beside.narrowed(stations, {"region": "南明区"}) == {}
    assert beside.narrowed(projects, {"started_on": "2025年"}) == {}
    # A kind whose records have no name points out none.
    page = page_of(client_of(cast.clerk_a), batch, tab="only_here")
    assert "贵州民族大学" in page


def test_of_other_years_a_list_lacks_nothing(cast: Cast) -> None:
    head = ["院校", "专业", "学历层次", "毕业年份", "毕业人数", "省内外"]
    known = (("贵州大学", 2024), ("贵州大学", 2025), ("贵阳学院", 2025))
    rows = [[school, "社会工作", "本科", year, 30, "省内"] for school, year in known]
    take(cast.clerk_a, "graduates", workbook([head, *rows]))
    batch = compare(cast.clerk_a, workbook([head, rows[1]]), kind="graduates")
    found = beside.not_listed(batch, cast.clerk_a).values_list("school", "year")
    assert list(found) == [("贵阳学院", 2025)]
    # Without a row there is no year to go by.
    empty = compare(cast.clerk_a, workbook([head]), kind="graduates")
    assert beside.not_listed(empty, cast.clerk_a).count() == 3


# --- It is no import ---------------------------------------------------------------------------


def test_it_stands_among_no_imports(cast: Cast, compared: ImportBatch, client_of: Clients) -> None:
    assert not IMPORTS.reachable(cast.clerk_a).filter(pk=compared.pk).exists()
    Job.objects.filter(pk=compared.job_id).update(status=Job.Status.WAITING)
    assert not mine(cast.clerk_a, "waiting").exists()
    client = client_of(cast.clerk_a)
    assert "名单.xlsx" not in client.get(reverse("import_list")).content.decode()
    assert "等待确认的导入" not in client.get(reverse("home")).content.decode()


@pytest.mark.parametrize("status", [Job.Status.DONE, Job.Status.WAITING])
def test_it_cannot_be_confirmed(
    cast: Cast, compared: ImportBatch, client_of: Clients, status: str
) -> None:
    Job.objects.filter(pk=compared.job_id).update(status=status)
    client = client_of(cast.clerk_a)
    for name in ("confirm", "undo", "resume", "answers", "sheet", "reason", "cancel",
                 "decide_all"):  # fmt: skip
        address = reverse(f"import_{name}", args=[compared.pk])
        assert client.post(address, {"reason": "试"}).status_code == 404
    for name in ("detail", "columns", "refused"):
        assert client.get(reverse(f"import_{name}", args=[compared.pk])).status_code == 404
    row = ImportRow.objects.filter(batch=compared).first()
    assert row is not None
    for act in (
        lambda: actions.confirm(batch=compared, by=cast.clerk_a, reason="试", inline=True),
        lambda: actions.answer_questions(batch=compared, by=cast.clerk_a, answers={}),
        lambda: actions.decide(row=row, by=cast.clerk_a, question="row", decision="skip"),
        lambda: actions.undo(batch=compared, by=cast.clerk_a),
    ):
        with pytest.raises(RuleError):
            act()
    jobs.run(compared.job_id)
    assert Person.objects.count() == 2


def test_an_import_is_no_comparison(cast: Cast, two: Any, client_of: Clients) -> None:
    batch = ImportBatch.objects.get()
    client = client_of(cast.clerk_a)
    assert client.get(reverse("compare_detail", args=[batch.pk])).status_code == 404
    assert client.post(reverse("compare_workbook", args=[batch.pk])).status_code == 404


def test_it_is_forgotten_as_an_import(
    cast: Cast, compared: ImportBatch, client_of: Clients
) -> None:
    later = compared.created_at + datetime.timedelta(seconds=1)
    assert forget_expired(before=later) == 2
    assert not ImportRow.objects.filter(batch=compared).exists()
    page = page_of(client_of(cast.clerk_a), compared)
    assert "逐行结果已清除" in page
    assert "1 处不同" in page
    client = client_of(cast.clerk_a)
    for name in ("workbook", "import", "again"):
        answer = client.post(reverse(f"compare_{name}", args=[compared.pk]), follow=True)
        assert "请重新上传" in answer.content.decode()
    with pytest.raises(RuleError, match="现在不能修改列对应"):
        actions.set_mapping(batch=compared, by=cast.clerk_a, mapping_by_header={})


# --- The pages -------------------------------------------------------------------------------


def test_from_upload_to_result(cast: Cast, two: list[list[Any]], client_of: Clients) -> None:
    client = client_of(cast.clerk_a)
    assert reverse("compare_list") in client.get(reverse("paper_list")).content.decode()
    assert "还没有比对过" in client.get(reverse("compare_list")).content.decode()
    file = SimpleUploadedFile("组织部的名单.xlsx", people(two[0], person("王五")))
    answer = client.post(reverse("compare_list"), {"kind": "people", "file": file})
    batch = ImportBatch.objects.comparisons().get()
    assert batch.compared_region_id == COUNTY_A
    assert answer["Location"] == reverse("compare_detail", args=[batch.pk])
    assert "排队中" in page_of(client, batch)
    polled = client.get(answer["Location"], headers={"X-Polling": "1"}).content.decode()
    assert "排队中" in polled
    assert "<html" not in polled
    jobs.run(batch.job_id)
    polling = client.get(answer["Location"], headers={"X-Polling": "1"})
    assert polling["HX-Refresh"] == "true"
    assert "王五" in page_of(client, batch)
    assert "组织部的名单.xlsx" in client.get(reverse("compare_list")).content.decode()


def test_what_cannot_be_taken_is_said(cast: Cast, client_of: Clients) -> None:
    client = client_of(cast.clerk_a)
    answer = client.post(reverse("compare_list"), {"kind": "people"})
    assert answer.status_code == 422
    file = SimpleUploadedFile("空.xlsx", b"")
    assert client.post(reverse("compare_list"), {"kind": "people", "file": file}).status_code == 422
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(starting, "FILE_BYTES", 3)
        file = SimpleUploadedFile("大.xlsx", people(person()))
        answer = client.post(reverse("compare_list"), {"kind": "people", "file": file})
    assert answer.status_code == 422
    assert "20 MB" in answer.content.decode()


def test_what_differs_cell_by_cell(cast: Cast, compared: ImportBatch, client_of: Clients) -> None:
    before = ReadEvent.objects.count()
    page = page_of(client_of(cast.clerk_a), compared)
    known = Person.objects.get(name="张三")
    assert f'href="{reverse("person_detail", args=[known.pk])}"' in page
    assert "<ins>（新号码）</ins>" in page
    assert "13800001234" not in page
    event = ReadEvent.objects.latest("pk")
    assert ReadEvent.objects.count() == before + 1
    assert (event.kind, event.people) == (ReadEvent.Kind.LIST, [known.pk])


def test_who_is_only_on_the_list(cast: Cast, compared: ImportBatch, client_of: Clients) -> None:
    client = client_of(cast.clerk_a)
    page = page_of(client, compared, tab="only_there")
    assert "王五" in page
    assert "张三" not in page
    # In the order of the list, or by place.
    assert "按地区排" in page
    assert "按行号排" in page_of(client, compared, tab="only_there", sort="place")


def test_somebody_whose_number_cannot_be_read_is_pointed_out(
    cast: Cast, two: list[list[Any]], client_of: Clients
) -> None:
    batch = compare(cast.clerk_a, people(two[0], person("李四", "123"), person("李四", "123")))
    client, known = client_of(cast.clerk_a), Person.objects.get(name="李四")
    assert "第 3 行 李四" in page_of(client, batch, tab="only_here")
    page = page_of(client, batch, tab="open")
    assert f'href="{reverse("person_detail", args=[known.pk])}"' in page


def test_the_same_name_is_pointed_out_on_both_sides(
    cast: Cast, two: list[list[Any]], client_of: Clients
) -> None:
    """李四 stands on the list with a number mistyped: she is on both lists of who is missing."""
    batch = compare(cast.clerk_a, people(two[0], person("李四")))
    known, client = Person.objects.get(name="李四"), client_of(cast.clerk_a)
    page = page_of(client, batch, tab="only_there")
    assert f'href="{reverse("person_detail", args=[known.pk])}"' in page
    assert ReadEvent.objects.latest("pk").people == [known.pk]
    assert "第 3 行 李四" in page_of(client, batch, tab="only_here")


def test_who_is_only_in_the_registry(cast: Cast, compared: ImportBatch, client_of: Clients) -> None:
    page = page_of(client_of(cast.clerk_a), compared, tab="only_here")
    missing = Person.objects.get(name="李四")
    assert f'href="{reverse("person_detail", args=[missing.pk])}"' in page
    assert missing.masked_id_number in page
    assert missing.id_number not in page
    assert ReadEvent.objects.latest("pk").people == [missing.pk]


def test_what_cannot_be_read(cast: Cast, compared: ImportBatch, client_of: Clients) -> None:
    page = page_of(client_of(cast.clerk_a), compared, tab="open")
    assert "身份证号" in page


def test_somebody_of_another_county_is_told_by_the_county(cast: Cast, client_of: Clients) -> None:
    """Neither a link nor what is known of her."""
    other = make_person(COUNTY_B, "外县人")
    batch = compare(cast.clerk_a, people(person("外县人", other.id_number)))
    assert batch.counts["open"] == 1
    page = page_of(client_of(cast.clerk_a), batch)
    assert "归属" in page
    assert str(other.pk) not in page


def test_search_by_name(cast: Cast, two: list[list[Any]], client_of: Clients) -> None:
    batch = compare(cast.clerk_a, people(person("王五"), person("赵六")))
    client = client_of(cast.clerk_a)
    address = reverse("compare_detail", args=[batch.pk])
    answer = client.post(address, {"tab": "only_there", "q": "王五"}, follow=True)
    page = answer.content.decode()
    assert "赵六" not in page
    assert "王五" in page
    assert "赵六" in client.post(address, {"tab": "only_there"}, follow=True).content.decode()
    assert "没有找到「没有人」" in page_of(client, batch, tab="only_there", q="没有人")
    found = page_of(client, batch, tab="only_here", q="李四")
    assert "李四" in found
    assert "张三" not in found
    # A number stands in no address.
    number = id_number()
    answer = client.post(address, {"tab": "nothing", "q": number}, follow=True)
    assert number not in str(answer.redirect_chain)
    assert "按姓名或名称查找" in answer.content.decode()


def test_nothing_to_see_is_said(cast: Cast, two: list[list[Any]], client_of: Clients) -> None:
    client = client_of(cast.clerk_a)
    batch = compare(cast.clerk_a, people(*two))
    assert "没有出入" in page_of(client, batch, tab="only_here")
    empty = compare(cast.clerk_a, people())
    assert "没有读到数据" in page_of(client, empty, tab="same")


@pytest.mark.parametrize("rows", [1, 3])
def test_as_many_queries_for_any_number_of_rows(
    cast: Cast, client_of: Clients, django_assert_num_queries: Any, rows: int
) -> None:
    batch = compare(cast.clerk_a, people(*(person(f"新{n}") for n in "一二三"[:rows])))
    client = client_of(cast.clerk_a)
    client.get(reverse("compare_list"))
    for tab, count in (("only_there", QUERIES), ("same", QUERIES)):
        with django_assert_num_queries(count, exact=False):
            page_of(client, batch, tab=tab)


QUERIES = 30


def test_stations_are_compared_too(cast: Cast, client_of: Clients) -> None:
    known, missing = make_row("station", COUNTY_A), make_row("station", COUNTY_A)
    head = ["站点名称", "站点类型", "所在乡镇（街道）"]
    rows = [head, [known.name, known.get_kind_display(), "新华路街道"],
            ["全新的社工站", "乡镇（街道）社工站", "新华路街道"]]  # fmt: skip
    batch = compare(cast.clerk_a, workbook(rows), kind="stations")
    client = client_of(cast.clerk_a)
    assert missing.name in page_of(client, batch, tab="only_here")
    client.post(reverse("compare_workbook", args=[batch.pk]))


# --- Columns, sheets, an end ---------------------------------------------------------------------


def test_columns_are_matched_by_hand(cast: Cast, two: list[list[Any]], client_of: Clients) -> None:
    head = ["大名" if label == "姓名" else label for label in PEOPLE]
    batch = compare(cast.clerk_a, workbook([head, *two]))
    client = client_of(cast.clerk_a)
    answer = client.get(reverse("compare_detail", args=[batch.pk]), follow=True)
    assert "没有认出「姓名」" in answer.content.decode()
    assert "待对应列" in client.get(reverse("compare_list")).content.decode()
    address = reverse("compare_columns", args=[batch.pk])
    assert client.post(address, {"column_phone": "2"}).status_code == 422
    chosen = {f"column_{name}": str(index) for name, index in batch.mapping.items()}
    client.post(address, {**chosen, "column_name": "0"})
    jobs.run(batch.job_id)
    assert fresh(batch).counts["same"] == 2
    # And once more, where the result shows that a column means something else.
    client.post(address, {"column_name": "0", "column_id_number": "1"})
    jobs.run(batch.job_id)
    assert fresh(batch).counts["same"] == 2


def test_another_sheet_and_once_more(cast: Cast, two: list[list[Any]], client_of: Clients) -> None:
    data = workbook([PEOPLE, two[0]], [PEOPLE, two[1]], names=["一月", "二月"])
    batch = compare(cast.clerk_a, data)
    client = client_of(cast.clerk_a)
    page = page_of(client, batch)
    assert "比对「二月」（1 行）" in page
    address = reverse("compare_again", args=[batch.pk])
    client.post(address, {"sheet": "二月"})
    client.post(address)
    sheets = ImportBatch.objects.comparisons().values_list("sheet", "compared_region_id")
    assert sorted(sheets) == [("一月", COUNTY_A)] * 2 + [("二月", COUNTY_A)]
    answer = client.post(address, {"sheet": "三月"}, follow=True)
    assert "没有这张工作表" in answer.content.decode()


def test_it_is_called_off(cast: Cast, client_of: Clients) -> None:
    batch = comparing.start(
        user=cast.clerk_a, kind="people", name="名单.xlsx", data=people(person()), region=""
    )
    client = client_of(cast.clerk_a)
    answer = client.post(reverse("compare_cancel", args=[batch.pk]), follow=True)
    assert "没有比对" in answer.content.decode()
    assert "已取消" in client.get(reverse("compare_list")).content.decode()
    # There is no result to be had of it.
    answer = client.post(reverse("compare_workbook", args=[batch.pk]), follow=True)
    assert "没有可以下载的结果" in answer.content.decode()


def test_what_is_being_written_is_not_called_off(
    cast: Cast, compared: ImportBatch, client_of: Clients, monkeypatch: Any
) -> None:
    def refuse(**given: Any) -> None:
        raise RuleError("STATE", "现在不能取消。")

    monkeypatch.setattr(actions, "cancel", refuse)
    answer = client_of(cast.clerk_a).post(
        reverse("compare_cancel", args=[compared.pk]), follow=True
    )
    assert "现在不能取消" in answer.content.decode()


def test_a_file_that_is_none_fails_with_words(cast: Cast, client_of: Clients) -> None:
    batch = compare(cast.clerk_a, b"PK\x03\x04 no workbook", name="名单.xlsx")
    assert batch.job.status == Job.Status.FAILED
    assert batch.job.message in page_of(client_of(cast.clerk_a), batch)


# --- Into an import --------------------------------------------------------------------------


def test_the_list_is_taken_into_an_import(
    cast: Cast, compared: ImportBatch, client_of: Clients
) -> None:
    client = client_of(cast.clerk_a)
    address = reverse("compare_import", args=[compared.pk])
    answer = client.post(address)
    made = ImportBatch.objects.imports().latest("created_at")
    assert answer["Location"] == reverse("import_detail", args=[made.pk])
    jobs.run(made.job_id)
    made = fresh(made)
    assert (made.job.status, made.counts["new"], made.sheet) == (
        Job.Status.WAITING, 1, compared.sheet,
    )  # fmt: skip
    # It is one import, however often it is asked for.
    answer = client.post(address, follow=True)
    assert "已经导入过" in answer.content.decode()
    assert ImportBatch.objects.imports().filter(sha256=compared.sha256).count() == 1


def test_a_list_that_was_imported_is_compared_all_the_same(
    cast: Cast, two: list[list[Any]]
) -> None:
    data = people(two[0])
    check(cast.clerk_a, "people", data)
    assert compare(cast.clerk_a, data).counts["same"] == 1


# --- Whose it is --------------------------------------------------------------------------------


def test_another_county_sees_nothing_of_it(
    cast: Cast, compared: ImportBatch, client_of: Clients
) -> None:
    client = client_of(cast.clerk_b)
    assert "名单.xlsx" not in client.get(reverse("compare_list")).content.decode()
    for name in ("detail", "columns"):
        address = reverse(f"compare_{name}", args=[compared.pk])
        assert client.get(address).status_code == 404
    for name in ("workbook", "import", "again", "cancel", "columns", "detail"):
        address = reverse(f"compare_{name}", args=[compared.pk])
        assert client.post(address).status_code == 404
    assert not Export.objects.exists()


def test_the_prefecture_sees_its_counties(
    cast: Cast, compared: ImportBatch, client_of: Clients
) -> None:
    page = page_of(client_of(cast.reviewer_a), compared, tab="only_here")
    assert "李四" in page


def test_who_may_not_import_may_not_compare(
    cast: Cast, compared: ImportBatch, client_of: Clients
) -> None:
    assert client_of(cast.viewer_a).get(reverse("compare_list")).status_code == 403
    with pytest.raises(PermissionDenied):
        comparing.start(user=cast.viewer_a, kind="people", name="名单.xlsx", data=b"x", region="")


def test_a_large_workbook_is_left_to_a_job(
    cast: Cast, compared: ImportBatch, client_of: Clients, settings: Any
) -> None:
    settings.EXPORT_JOB_ROWS = 1
    answer = client_of(cast.clerk_a).post(reverse("compare_workbook", args=[compared.pk]))
    export = Export.objects.get()
    assert answer["Location"] == reverse("export_wait", kwargs={"pk": export.pk})
    jobs.run(export.job_id)
    export.refresh_from_db()
    assert export.file_name.startswith("倒查_名单")
    # What is gone by then is said.
    again = client_of(cast.clerk_a).post(reverse("compare_workbook", args=[compared.pk]))
    assert again.status_code == 302
    waiting = Export.objects.exclude(pk=export.pk).get()
    ImportBatch.objects.filter(pk=compared.pk).update(file_path="")
    jobs.run(waiting.job_id)
    assert "没有可以下载的结果" in Job.objects.get(pk=waiting.job_id).message
