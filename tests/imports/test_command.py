"""manage.py import_ledger, and the ledgers of stations, projects and graduates."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from core.models import Job
from projects.models import Payment, Project
from stations.models import Station, StationState
from talent.models import GraduateStat, Person
from tests.conftest import Cast
from tests.imports.ledgers import (
    PEOPLE,
    SAMPLES,
    check,
    outcomes,
    person,
    row_of,
    take,
    words,
    workbook,
)
from tests.imports.malformed import OLD, open_document
from tests.servers import RedisServer

pytestmark = pytest.mark.django_db
KEYS = """rows new changed unchanged duplicate held refused errors seconds
    questions columns_unread warnings sheets_unread""".split()
STATIONS = "站点名称 站点类型 县（市、区） 乡镇（街道） 建成时间 运行状态 承接机构".split()
PROJECTS = "项目名称 购买方 承接方 预算金额 合同金额 开始日期 结束日期 已拨付".split()
STATION = ["某某站", "乡镇（街道）社工站", "南明区", "新华路街道", "2023-08-15", "筹建", ""]
PROJECT = ["某项目", "南明区民政局", "某中心", 100000, 90000, "2024-01-01", "2024-12-31", 5000]
GRADUATES = ["院校名称", "专业", "培养层次", "毕业年度", "毕业人数", "其中留黔人数"]


def run(kind: str, path: Path, user: str, *options: str) -> dict[str, Any]:
    out = io.StringIO()
    call_command("import_ledger", kind, str(path), "--user", user, "--json", *options, stdout=out)
    result: dict[str, Any] = json.loads(out.getvalue())
    return result


def test_it_checks_and_commits_without_worker_and_redis(cast: Cast, own_redis: RedisServer) -> None:
    own_redis.stop()
    path = SAMPLES / "南明区社会工作人才信息汇总表.xlsx"
    checked = run("people", path, "clerk_a")
    assert list(checked) == KEYS
    assert (checked["rows"], checked["new"], checked["refused"]) == (180, 175, 2)
    assert {"row", "column", "message"} == set(checked["errors"][0])
    assert not Person.objects.exists()
    assert Job.objects.get().status == Job.Status.CANCELLED
    assert run("people", path, "clerk_a", "--commit")["new"] == 175
    assert Person.objects.count() == 175
    assert run("people", path, "clerk_a", "--commit")["unchanged"] == 175


@pytest.mark.parametrize(
    ("user", "content", "message"),
    [
        ("nobody", b"a", "没有账号"),
        ("viewer_a", b"a", "没有导入的权限"),
        ("clerk_a", b"%PDF-1.7", "PDF"),
        ("clerk_a", b"", "空"),
    ],
)
def test_refusals_are_sentences(
    user: str, content: bytes, message: str, cast: Cast, tmp_path: Path
) -> None:
    path = tmp_path / "a.xlsx"
    path.write_bytes(content)
    with pytest.raises(CommandError, match=message):
        run("people", path, user)


def test_a_folder_and_another_kind_of_ledger_are_refused_in_words(
    cast: Cast, tmp_path: Path
) -> None:
    with pytest.raises(CommandError, match="确认它是一个文件"):
        run("people", tmp_path, "clerk_a")
    projects = SAMPLES / "政府购买社工服务项目台账.xlsx"
    for options in ((), ("--commit",)):
        with pytest.raises(CommandError, match="第 1 行表头中没有找到必填列「姓名、身份证号」"):
            run("people", projects, "clerk_a", *options)
    assert set(Job.objects.values_list("status", flat=True)) == {Job.Status.CANCELLED}


def test_a_station_changes_its_state_and_keeps_its_history(cast: Cast) -> None:
    take(cast.clerk_a, "stations", workbook([STATIONS, STATION]))
    runs = [*STATION[:5], "正常运行", "某某社会工作服务中心"]
    batch = take(cast.clerk_a, "stations", workbook([STATIONS, runs]))
    assert outcomes(batch) == {"changed": 1}
    assert ["运行状态", "筹建", "运行"] in row_of(batch, 2).diff
    station = Station.objects.get()
    assert station.status == "3"
    assert station.operator is not None
    first, last = StationState.objects.order_by("valid_from", "valid_to")
    assert (first.status, last.status) == ("1", "3")
    assert first.valid_to == last.valid_from
    assert last.valid_to is None


def test_empty_cells_of_a_station_erase_nothing(cast: Cast) -> None:
    take(cast.clerk_a, "stations", workbook([STATIONS, [*STATION[:6], "某某中心"]]))
    before = Station.objects.values().get()
    bare = [*STATION[:4], "", "", ""]
    assert outcomes(take(cast.clerk_a, "stations", workbook([STATIONS, bare]))) == {"unchanged": 1}
    assert Station.objects.values().get() == before


@pytest.mark.parametrize(
    ("column", "value", "message"),
    [
        (2, "花溪区", "不在"),
        (3, "青岩镇", "不在"),
    ],
)
def test_stations_that_are_refused(column: int, value: str, message: str, cast: Cast) -> None:
    row = list(STATION)
    row[column] = value
    batch = check(cast.clerk_a, "stations", workbook([STATIONS, row]))
    assert outcomes(batch) == {"refused": 1}
    assert message in words(batch, 2)


@pytest.mark.parametrize(
    ("column", "value", "message"),
    [(4, 110000, "预算"), (6, "2023-01-01", "结束"), (7, 95000, "合同")],
)
def test_projects_that_are_refused(column: int, value: Any, message: str, cast: Cast) -> None:
    """R18"""
    row = list(PROJECT)
    row[column] = value
    batch = check(cast.clerk_a, "projects", workbook([PROJECTS, row]))
    assert outcomes(batch) == {"refused": 1}
    assert message in words(batch, 2)


def test_a_kind_that_nobody_knows_waits(cast: Cast) -> None:
    row = [STATION[0], "茶馆", *STATION[2:]]
    batch = check(cast.clerk_a, "stations", workbook([STATIONS, row]))
    assert outcomes(batch) == {"held": 1}
    assert [question["word"] for question in batch.open_questions] == ["茶馆"]


@pytest.mark.parametrize(("status", "outcome"), [("筹建", "new"), ("", "refused")])
def test_a_day_that_cannot_be_read_costs_a_station_only_what_hangs_on_it(
    status: str, outcome: str, cast: Cast
) -> None:
    row = [*STATION[:4], "2099-1", status, ""]
    batch = take(cast.clerk_a, "stations", workbook([STATIONS, row]))
    assert outcomes(batch) == {outcome: 1}
    assert "晚于今天，请核对。这一格没有录入。" in words(batch, 2)
    assert [s.built_on for s in Station.objects.all()] == [None] * (outcome == "new")


def test_an_amount_that_cannot_be_read_is_left_out(cast: Cast) -> None:
    row = [*PROJECT[:3], "很多", *PROJECT[4:]]
    batch = take(cast.clerk_a, "projects", workbook([PROJECTS, row]))
    assert outcomes(batch) == {"new": 1}
    assert "预算金额「很多」不是金额，请只填数字。这一格没有录入。" in words(batch, 2)
    assert Project.objects.get().budget == Project.objects.get().contract_amount


def test_what_was_paid_grows_by_its_difference(cast: Cast) -> None:
    take(cast.clerk_a, "projects", workbook([PROJECTS, PROJECT]))
    Payment.objects.create(project=Project.objects.get(), amount=1000, paid_on="2024-05-01")
    batch = take(cast.clerk_a, "projects", workbook([PROJECTS, [*PROJECT[:7], 8000]]))
    assert outcomes(batch) == {"changed": 1}
    assert Payment.objects.get(is_opening_balance=True).amount == 7000
    assert sum(Payment.objects.values_list("amount", flat=True)) == 8000


def test_graduates_are_corrected_by_their_key(cast: Cast) -> None:
    row = ["贵州大学", "社会工作", "本科", 2024, 100, 60]
    take(cast.province, "graduates", workbook([GRADUATES, row]))
    batch = take(cast.province, "graduates", workbook([GRADUATES, [*row[:4], 101, ""]]))
    assert outcomes(batch) == {"changed": 1}
    one = GraduateStat.objects.get()
    assert (one.graduates, one.stayed) == (101, 60)
    batch = take(cast.province, "graduates", workbook([GRADUATES, [*row[:4], 50, ""]]))
    assert "留黔人数 60 超过毕业人数 50" in words(batch, 2)
    assert batch.counts["flagged"] == 1


def test_a_format_that_hides_its_looks_is_said_once(cast: Cast, tmp_path: Path) -> None:
    rows = [PEOPLE, person("张三"), person("李四")]
    for name, data in (
        (".ods", open_document(rows)), (".xls", OLD.read_bytes()), (".xlsx", workbook(rows)),
    ):  # fmt: skip
        path = tmp_path / f"台账{name}"
        path.write_bytes(data)
        said = [s for s in run("people", path, "clerk_a")["warnings"] if "看不出删除线" in s]
        assert [s.partition(" ")[0] for s in said] == ([] if name == ".xlsx" else [name])
