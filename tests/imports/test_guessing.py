"""The kind of a ledger is guessed from its headings, asked where they do not say it, and changed
on the spot."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from core.jobs import running as jobs
from core.ledgers import actions, guessing, keeping, starting
from core.ledgers.keeping import forget_expired
from core.models import ColumnMemory, ImportBatch, Job, User
from core.rules import RuleError
from tests.conftest import COUNTY_A, Cast
from tests.imports.ledgers import SAMPLES, apply, fresh, outcomes, people, person, workbook
from tests.imports.test_pages import act, page, text

pytestmark = pytest.mark.django_db
# Stations and organisations have both columns alike.
EITHER = [["名称", "地址"], ["某处", "某路1号"]]
STATION = [
    ["站点名称", "乡镇（街道）", "建成时间", "批复文号"],
    ["新华路街道社会工作和志愿服务站", "新华路街道", "2023-08-15", "民发1号"],
]


def begin(user: User, data: bytes, *, kind: str = "", name: str = "台账.xlsx") -> ImportBatch:
    batch = starting.start_import(user=user, kind=kind, name=name, data=data, inline=True)
    jobs.run(batch.job_id)
    return fresh(batch)


def run(batch: ImportBatch) -> ImportBatch:
    jobs.run(batch.job_id)
    return fresh(batch)


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("南明区社会工作人才信息汇总表.xlsx", "people"),
        ("花溪区社工名册_GB18030.csv", "people"),
        ("贵阳市社工站台账.xlsx", "stations"),
        ("政府购买社工服务项目台账.xlsx", "projects"),
        ("社会工作专业毕业生统计表.xlsx", "graduates"),
        ("real/04_考试合格人员名单_姓名管理号单位.xlsx", "certificates"),
        ("real/07_省级示范社工站名单_只有站名.xlsx", "stations"),
        ("real/09_社工站政府采购合同公告清单.xlsx", "projects"),
        ("real/12_社会工作专业毕业生分层次就业情况.xlsx", "graduates"),
        ("real/15_社会工作人才花名册_合列与两级表头.xlsx", "people"),
        ("odd/18c_row_of_column_numbers.xlsx", "stations"),
    ],
)
def test_what_offices_keep_is_known_by_its_headings(cast: Cast, name: str, kind: str) -> None:
    batch = begin(cast.province, (SAMPLES / name).read_bytes(), name=name)
    assert (batch.kind, batch.reading["is_guessed"]) == (kind, True)


def test_each_sheet_is_offered_as_what_it_holds(cast: Cast) -> None:
    """real/04: the first sheet comes first, though the second one knows more headings."""
    (path,) = SAMPLES.glob("real/04*")
    batch = begin(cast.clerk_a, path.read_bytes(), name=path.name)
    assert (batch.kind, batch.sheet) == ("certificates", "助理社会工作师")
    ((name, rows, kind),) = batch.other_sheets
    assert (name, kind) == ("登记公告", "registrations")
    assert rows >= 15
    second = run(starting.start_sheet(batch=batch, by=cast.clerk_a, sheet=name))
    assert (second.kind, second.sheet) == ("registrations", "登记公告")


def test_a_guessed_ledger_goes_on_as_one_of_its_kind(cast: Cast) -> None:
    batch = begin(cast.clerk_a, people(person("张三")))
    assert outcomes(batch) == {"new": 1}
    # A new check does not forget it.
    actions.set_mapping(batch=batch, by=cast.clerk_a, mapping_by_header=batch.mapping)
    batch = run(batch)
    assert batch.reading["is_guessed"]
    assert outcomes(apply(batch)) == {"new": 1}


def test_the_office_own_headings_count(cast: Cast) -> None:
    data = workbook([["地址", "站上的数", "站上的人"], ["某路1号", "1", "2"]])
    assert begin(cast.clerk_a, data).kind == ""
    for header, attribute in (("站上的数", "name"), ("站上的人", "reported_workers")):
        ColumnMemory.objects.create(
            region_id=COUNTY_A, kind="stations", header=header, attribute=attribute
        )
    data = workbook([["地址", "站上的数", "站上的人"], ["某路2号", "1", "2"]])
    assert begin(cast.clerk_a, data).kind == "stations"


def test_only_kinds_that_one_may_take_in(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    data, may = workbook(STATION), User.has_perm
    monkeypatch.setattr(
        User, "has_perm", lambda self, name: name != "stations.add_station" and may(self, name)
    )
    assert begin(cast.clerk_a, data).kind != "stations"


class TestAsked:
    def test_of_two_that_know_as_much_a_person_chooses(self, cast: Cast, client_of: Any) -> None:
        client, batch = client_of(cast.clerk_a), begin(cast.clerk_a, workbook(*[EITHER]))
        assert batch.kind == ""
        said = text(page(client, batch))
        assert "这份台账像「站点」又像「机构」，请选一类；文件已经收好，不用再传" in said
        assert "待选类别" in text(client.get(reverse("import_list")))
        for name in ("columns", "refused"):
            assert page(client, batch, name).status_code == 404
        assert "核对还没有完成" in text(act(client, batch, "confirm"))
        assert "现在不能答复" in text(act(client, batch, "answers"))
        assert "请选择台账类别。" in text(act(client, batch, "kind", kind="nonsense"))
        act(client, batch, "kind", kind="organizations")
        batch = run(batch)
        assert ImportBatch.objects.count() == 1
        assert (batch.kind, outcomes(batch)) == ("organizations", {"new": 1})
        assert "看起来是" not in text(page(client, batch))

    def test_nothing_that_is_known(self, cast: Cast, client_of: Any) -> None:
        data = workbook([["甲", "乙", "丙", "丁"], ["1", "2", "3", "4"]])
        client, batch = client_of(cast.clerk_a), begin(cast.clerk_a, data)
        assert batch.kind == ""
        assert "没有从表头认出这是哪一类台账" in text(page(client, batch))
        assert "已取消" in text(act(client, batch, "cancel"))

    def test_a_file_without_headings_is_refused(self, cast: Cast, client_of: Any) -> None:
        batch = begin(cast.clerk_a, workbook([person("张三"), person("李四")]))
        assert batch.job.status == Job.Status.FAILED
        assert "第一行就是数据" in text(page(client_of(cast.clerk_a), batch))

    def test_what_was_taken_in_meanwhile_is_not_in_the_way(self, cast: Cast) -> None:
        data = workbook(*[EITHER])
        unknown = begin(cast.clerk_a, data)
        ImportBatch.objects.create(
            job=Job.objects.create(kind="import", by=cast.clerk_a, region_id=COUNTY_A),
            kind="stations", region_id=COUNTY_A, by=cast.clerk_a, file_name="一.xlsx",
            sha256=unknown.sha256,
        )  # fmt: skip
        batch = starting.start_kind(batch=unknown, by=cast.clerk_a, kind="stations")
        assert batch.pk == unknown.pk
        batch = run(batch)
        assert (batch.kind, batch.is_repeat) == ("stations", True)


class TestTheSameFile:
    def test_in_whatever_way_it_came(self, cast: Cast) -> None:
        data = people(person("张三"))
        first = begin(cast.clerk_a, data, kind="people")
        with pytest.raises(starting.DuplicateFile) as found:
            begin(cast.clerk_a, data)
        assert found.value.batch == first

    def test_while_it_is_being_found_out(self, cast: Cast) -> None:
        data = people(person("张三"))
        first = starting.start_import(user=cast.clerk_a, kind="", name="一.xlsx", data=data)
        with pytest.raises(starting.DuplicateFile) as found:
            begin(cast.clerk_a, data, kind="people")
        assert found.value.batch == first
        # Of another kind it is another ledger.
        jobs.run(first.job_id)
        assert begin(cast.clerk_a, data, kind="stations").kind == "stations"


class TestChanged:
    def test_on_the_preview(self, cast: Cast, client_of: Any) -> None:
        client = client_of(cast.clerk_a)
        batch = begin(cast.clerk_a, workbook(STATION))
        said = text(page(client, batch))
        assert "看起来是站点台账 · <b>改</b>" in said
        assert 'value="organizations">机构台账' in said
        assert 'value="stations">' not in said
        act(client, batch, "kind", kind="organizations")
        made = ImportBatch.objects.latest("created_at")
        assert (made.kind, made.file_name, made.sha256) == (
            "organizations", batch.file_name, batch.sha256,
        )  # fmt: skip
        assert fresh(batch).job.status == Job.Status.CANCELLED
        assert "已改按机构台账核对" in text(page(client, batch))
        assert "· <b>改</b>" not in text(page(client, batch))
        # And back.
        act(client, run(made), "kind", kind="stations")
        assert outcomes(run(ImportBatch.objects.latest("created_at"))) == outcomes(batch)

    def test_of_the_sheet_that_was_asked_for(self, cast: Cast) -> None:
        data = workbook([*STATION, STATION[1]], STATION, names=["一", "二"])
        batch = begin(cast.clerk_a, data)
        assert batch.sheet == "一"
        second = run(starting.start_sheet(batch=batch, by=cast.clerk_a, sheet="二"))
        assert second.sheet == "二"
        other = run(starting.start_kind(batch=second, by=cast.clerk_a, kind="organizations"))
        assert other.sheet == "二"
        # A sheet that the reader chose is chosen anew.
        other = run(starting.start_kind(batch=batch, by=cast.clerk_a, kind="organizations"))
        assert other.sheet == "一"

    def test_the_same_kind_is_no_change(self, cast: Cast) -> None:
        batch = begin(cast.clerk_a, workbook(STATION))
        assert starting.start_kind(batch=batch, by=cast.clerk_a, kind="stations") == batch
        assert fresh(batch).job.status == Job.Status.WAITING

    def test_not_what_is_confirmed_expired_or_of_another_office(
        self, cast: Cast, client_of: Any
    ) -> None:
        batch = begin(cast.clerk_a, workbook(STATION))
        assert "· <b>改</b>" not in text(page(client_of(cast.prefecture), batch))
        for by, message in ((cast.prefecture, "由别的单位上传"), (cast.clerk_a, "已过保存期")):
            if by == cast.clerk_a:
                ImportBatch.objects.update(file_path="")
            with pytest.raises(RuleError, match=message):
                starting.start_kind(batch=batch, by=by, kind="organizations")
            assert fresh(batch).job.status == Job.Status.WAITING
        for job in ({"status": Job.Status.RUNNING}, {"status": Job.Status.DONE}):
            Job.objects.update(**job)
            with pytest.raises(RuleError, match="现在不能改台账类别"):
                starting.start_kind(batch=batch, by=cast.clerk_a, kind="organizations")
        assert ImportBatch.objects.count() == 1

    def test_another_office_waits_for_the_one_that_sent_it(
        self, cast: Cast, client_of: Any
    ) -> None:
        batch = begin(cast.clerk_a, workbook(*[EITHER]))
        said = text(page(client_of(cast.prefecture), batch))
        assert "请由上传的单位选择" in said
        assert "按此核对" not in said

    def test_a_kind_chosen_by_hand_that_lacks_columns(self, cast: Cast, client_of: Any) -> None:
        client = client_of(cast.clerk_a)
        batch = begin(cast.clerk_a, workbook(STATION), kind="people")
        said = text(page(client, batch))
        assert "看表头，这像是站点台账" in said
        assert "人员台账必填的「姓名」「身份证号」没有找到" in said
        act(client, batch, "kind", kind="stations")
        assert run(ImportBatch.objects.latest("created_at")).counts["rows"] == 1

    @pytest.mark.parametrize(
        ("head", "kind"),
        [
            # No other kind has what it asks for.
            (["大名", "身份证号", "联系电话"], "people"),
            # One kind alone is like it, and lacks a column itself.
            (["大名", "身份证号", "联系电话"], "stations"),
            # Two kinds are like it.
            (EITHER[0], "projects"),
        ],
    )
    def test_nothing_better_is_offered(
        self, cast: Cast, client_of: Any, head: list[str], kind: str
    ) -> None:
        batch = begin(cast.clerk_a, workbook([head, ["王五", "某路1号", "3"]]), kind=kind)
        said = text(page(client_of(cast.clerk_a), batch))
        assert "没有认出" in said
        assert "看表头，这像是" not in said

    def test_a_file_that_other_kinds_cannot_read_is_matched_by_hand(self, cast: Cast) -> None:
        """Two columns of a station beside one another are two tables only to who knows stations."""
        head = ["站点名称", "建成时间", "批复文号"] * 2
        row = ["某站", "2023-08-15", "民发1号"] * 2
        batch = begin(cast.clerk_a, workbook([head, row]), kind="people")
        assert batch.job.status == Job.Status.WAITING
        assert "better" not in batch.reading

    def test_a_kind_that_is_no_more_is_not_offered(self, cast: Cast, client_of: Any) -> None:
        batch = begin(cast.clerk_a, workbook(STATION), kind="people")
        ImportBatch.objects.update(reading={"better": "trainees", "alike": ["trainees"]})
        assert "这像是" not in text(page(client_of(cast.clerk_a), batch))


def test_the_form_guesses_unless_told(cast: Cast, client_of: Any) -> None:
    client = client_of(cast.clerk_a)
    assert 'value="auto" id="id_kind_0" checked' in text(client.get(reverse("import_new")))
    said = text(client.get(reverse("import_new"), {"kind": "people"}))
    assert 'value="people" id="id_kind_1" checked' in said
    for fields in ({"kind": "auto"}, {}):
        file = SimpleUploadedFile(f"{len(fields)}.xlsx", people(person("张三")))
        client.post(reverse("import_new"), {"file": file, **fields})
        assert ImportBatch.objects.latest("created_at").kind == ""


def test_the_file_is_read_once(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was opened to tell the kind is read on."""
    opened: list[str] = []
    for module in (guessing, keeping):
        read = module.read_sheet

        def noted(*args: Any, _read: Any = read, **options: Any) -> Any:
            opened.append(options["wanted"])
            return _read(*args, **options)

        monkeypatch.setattr(module, "read_sheet", noted)
    batch = begin(cast.clerk_a, people(person("张三"), person("李四")))
    assert outcomes(batch) == {"new": 2}
    assert opened == [""]


def test_an_expired_file_is_not_guessed(cast: Cast) -> None:
    batch = starting.start_import(user=cast.clerk_a, kind="", name="一.xlsx", data=people(person()))
    Job.objects.update(status=Job.Status.WAITING)
    forget_expired(before=timezone.now())
    Job.objects.update(status=Job.Status.QUEUED)
    assert "已过保存期" in run(batch).job.message
