"""The pages of the import: from the upload to the undo, as a clerk goes through them."""

from __future__ import annotations

import io
from typing import Any

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from core.jobs import running as jobs
from core.ledgers import workbooks
from core.ledgers.keeping import forget_expired
from core.ledgers.ledger import kinds, ledger_for, registers
from core.models import ImportBatch, ImportRow, Job, ReadEvent
from core.secrecy.identity import mask_id_number
from talent.models import Person
from tests.conftest import COUNTY_A, TOWNSHIP_A
from tests.imports.ledgers import PEOPLE, SAMPLES, person, workbook
from tests.rows import id_number, make_person

pytestmark = pytest.mark.django_db


def send(client: Any, data: bytes, *, kind: str = "people", **fields: Any) -> Any:
    file = SimpleUploadedFile("南明台账.xlsx", data)
    return client.post(reverse("import_new"), {"kind": kind, "file": file, **fields})


def uploaded(client: Any, rows: list[list[Any]], head: Any = PEOPLE) -> ImportBatch:
    response = send(client, workbook([list(head), *rows]))
    assert response.status_code == 302, response.content.decode()
    batch = ImportBatch.objects.latest("created_at")
    jobs.run(batch.job_id)
    batch.refresh_from_db()
    return batch


def page(client: Any, batch: ImportBatch, name: str = "detail", **query: Any) -> Any:
    return client.get(reverse(f"import_{name}", args=[batch.pk]), query)


def act(client: Any, batch: ImportBatch, name: str, **data: Any) -> Any:
    return client.post(reverse(f"import_{name}", args=[batch.pk]), data, follow=True)


def text(response: Any) -> str:
    return " ".join(response.content.decode().split())


class TestUpload:
    def test_the_form_offers_kinds_and_their_templates(self, cast: Any, client_of: Any) -> None:
        said = text(client_of(cast.clerk_a).get(reverse("import_new")))
        for code, resource in kinds().items():
            # What is returned on our own sheets is not begun from an empty one.
            assert (reverse("import_template", args=[code]) in said) == (code in registers())
            assert resource.label in said

    def test_it_leads_to_the_progress(self, cast: Any, client_of: Any) -> None:
        client = client_of(cast.clerk_a)
        response = send(client, workbook([list(PEOPLE), person()]))
        batch = ImportBatch.objects.get()
        assert response["Location"] == reverse("import_detail", args=[batch.pk])
        said = text(page(client, batch))
        assert "排队中" in said
        assert "取消导入" in said

    @pytest.mark.parametrize(
        ("data", "message"), [(b"", "文件是空的"), (None, "请选择要导入的文件")]
    )
    def test_what_is_missing_is_said(
        self, cast: Any, client_of: Any, data: bytes | None, message: str
    ) -> None:
        client = client_of(cast.clerk_a)
        if data is None:
            response = client.post(reverse("import_new"), {"kind": "people"})
        else:
            response = send(client, data)
        assert response.status_code == 422
        assert message in text(response)

    def test_the_same_file_shows_the_first_batch(self, cast: Any, client_of: Any) -> None:
        client = client_of(cast.clerk_a)
        data = workbook([list(PEOPLE), person()])
        send(client, data)
        first = ImportBatch.objects.get()
        again = text(send(client, data))
        assert "已经上传过" in again
        assert "现在是「待确认」" in again or "现在是「排队中」" in again
        assert reverse("import_detail", args=[first.pk]) in again
        assert "再核对一次" in again
        url = reverse("import_sheet", args=[first.pk])
        assert client.post(url, {"sheet": first.sheet, "kind": "people"}).status_code == 302
        assert ImportBatch.objects.count() == 2

    def test_only_who_may_import(self, cast: Any, client_of: Any) -> None:
        for user in (cast.viewer_a, cast.worker_a, cast.system):
            assert client_of(user).get(reverse("import_new")).status_code == 403
            assert client_of(user).get(reverse("import_list")).status_code == 403

    def test_another_county_finds_nothing(self, cast: Any, client_of: Any) -> None:
        batch = uploaded(client_of(cast.clerk_a), [person()])
        stranger = client_of(cast.clerk_b)
        for name in ("detail", "columns", "refused"):
            assert page(stranger, batch, name).status_code == 404
        for name in ("confirm", "cancel", "resume", "undo"):
            assert act(stranger, batch, name).status_code == 404
        assert "南明台账" not in text(stranger.get(reverse("import_list")))


class TestProgress:
    def test_polling_gets_the_piece_then_a_reload(self, cast: Any, client_of: Any) -> None:
        client = client_of(cast.clerk_a)
        send(client, workbook([list(PEOPLE), person()]))
        batch = ImportBatch.objects.get()
        Job.objects.update(status="running", phase="正在核对", done=500, total=2000)
        url = reverse("import_detail", args=[batch.pk])
        piece = client.get(url, headers={"X-Polling": "1", "HX-Request": "true"})
        assert "<html" not in piece.content.decode()
        assert "正在核对：500 / 2000 行" in text(piece)
        Job.objects.update(status="waiting")
        assert client.get(url, headers={"X-Polling": "1"})["HX-Refresh"] == "true"

    def test_it_can_be_cancelled(self, cast: Any, client_of: Any) -> None:
        client = client_of(cast.clerk_a)
        send(client, workbook([list(PEOPLE), person()]))
        said = text(act(client, ImportBatch.objects.get(), "cancel"))
        assert "已取消" in said
        assert not Person.objects.exists()

    def test_a_failure_says_why_and_goes_on(self, cast: Any, client_of: Any) -> None:
        client = client_of(cast.clerk_a)
        batch = uploaded(client, [person()])
        Job.objects.update(status="failed", message="处理多次中断。", attempts=3)
        said = text(page(client, batch))
        assert "处理多次中断" in said
        assert "继续" in said
        act(client, batch, "resume")
        assert Job.objects.get().status == "queued"


class TestColumns:
    def test_unknown_headers_are_matched_by_hand_and_remembered(
        self, cast: Any, client_of: Any
    ) -> None:
        client = client_of(cast.clerk_a)
        head = ["大名", "号码牌", *PEOPLE[2:]]
        batch = uploaded(client, [person()], head)
        said = text(page(client, batch))
        assert "号码牌" in said
        assert "必填" in said
        refused = client.post(reverse("import_columns", args=[batch.pk]), {"column_name": "0"})
        assert refused.status_code == 422
        assert "还没有选择" in text(refused)
        act(client, batch, "columns", column_name="0", column_id_number="1")
        jobs.run(batch.job_id)
        batch.refresh_from_db()
        assert batch.counts["new"] == 1
        second = uploaded(client, [person("李四")], head)
        assert second.counts["new"] == 1


class TestPreviewAndResult:
    def test_rows_by_outcome_then_confirm_then_undo(self, cast: Any, client_of: Any) -> None:
        client = client_of(cast.clerk_a)
        batch = uploaded(client, [person("张三"), person("李四"), person("王五", "123")])
        said = text(page(client, batch))
        assert "写入 2 行" in said
        assert "退回 1" in said
        refused = text(page(client, batch, tab="refused"))
        assert "王五" in refused
        new = text(page(client, batch, tab="new"))
        assert "张三" in new
        assert not Person.objects.exists()
        act(client, batch, "confirm", reason="以纸质为准")
        jobs.run(batch.job_id)
        assert Person.objects.count() == 2
        result = text(page(client, batch))
        assert "已入库" in result
        assert "下载退回表（1 行）" in result
        undone = text(act(client, batch, "undo"))
        assert "已撤销" in undone
        assert not Person.objects.exists()

    def test_numbers_are_masked(self, cast: Any, client_of: Any) -> None:
        client = client_of(cast.clerk_a)
        number = id_number()
        batch = uploaded(client, [person("张三", number)])
        said = text(page(client, batch, tab="new"))
        assert number not in said
        assert mask_id_number(number) in said

    def test_a_name_that_differs_is_decided(self, cast: Any, client_of: Any) -> None:
        client = client_of(cast.clerk_a)
        mine = make_person(COUNTY_A, "张三")
        batch = uploaded(client, [person("张山", mine.id_number)])
        assert "以台账为准" in text(page(client, batch, tab="held"))
        row = ImportRow.objects.get(batch=batch)
        url = reverse("import_decide", args=[batch.pk, row.number])
        client.post(url, {"question": "name", "decision": "ledger", "tab": "held"})
        said = text(page(client, batch, tab="changed"))
        assert "张三" in said
        assert "张山" in said

    def test_the_list_says_who_what_and_how_many(self, cast: Any, client_of: Any) -> None:
        client = client_of(cast.clerk_a)
        uploaded(client, [person()])
        said = text(client.get(reverse("import_list")))
        assert "南明台账.xlsx" in said
        assert "待确认" in said
        assert "南明录入员" in said


class TestWhatToDoNext:
    def test_a_file_that_is_refused_is_not_offered_again(self, cast: Any, client_of: Any) -> None:
        client = client_of(cast.clerk_a)
        send(client, b"<html><table></table></html>")
        batch = ImportBatch.objects.get()
        jobs.run(batch.job_id)
        said = text(page(client, batch))
        assert "改好后重新上传" in said
        assert reverse("import_resume", args=[batch.pk]) not in said

    def test_work_that_broke_off_may_go_on(self, cast: Any, client_of: Any) -> None:
        client = client_of(cast.clerk_a)
        send(client, workbook([list(PEOPLE), person()]))
        batch = ImportBatch.objects.get()
        Job.objects.update(status="failed", attempts=jobs.MAX_ATTEMPTS, message="处理时出错。")
        assert ">继续</button>" in text(page(client, batch))
        act(client, batch, "resume")
        jobs.run(batch.job_id)
        assert "写入 1 行" in text(page(client, batch))

    def test_a_header_without_rows_is_told(self, cast: Any, client_of: Any) -> None:
        client = client_of(cast.clerk_a)
        batch = uploaded(client, [])
        said = text(page(client, batch))
        assert "没有读到数据" in said
        assert reverse("import_confirm", args=[batch.pk]) not in said

    def test_columns_that_are_left_out_are_named(self, cast: Any, client_of: Any) -> None:
        client = client_of(cast.clerk_a)
        head = ["序号", *PEOPLE, "备注", "退回原因"]
        batch = uploaded(client, [["1", *person(), "第二个备注", "旧的原因"]], head)
        assert "有 1 列没有读：备注。" in text(page(client, batch))

    def test_columns_that_were_not_recognised_are_named(self, cast: Any, client_of: Any) -> None:
        client = client_of(cast.clerk_a)
        head = ["大名" if label == "姓名" else label for label in PEOPLE]
        batch = uploaded(client, [person()], head)
        assert "没有认出「姓名」对应的表头" in text(page(client, batch))
        batch = uploaded(client, [person()])
        assert "没有认出" not in text(page(client, batch, "columns"))

    def test_a_remark_names_its_column_once(self, cast: Any, client_of: Any) -> None:
        client = client_of(cast.clerk_a)
        batch = uploaded(client, [person("坏人", "")])
        said = text(page(client, batch, tab="refused"))
        assert "请填写身份证号" in said
        batch = uploaded(client, [person(入职日期="6/1/20")])
        assert "入职日期：</strong>入职日期" not in text(page(client, batch, tab="flagged"))


class TestUndone:
    @pytest.mark.django_db(transaction=True)
    def test_rows_that_were_touched_stay_listed(self, cast: Any, client_of: Any) -> None:
        client = client_of(cast.clerk_a)
        batch = uploaded(client, [person("张三"), person("李四"), person("坏人", "123")])
        act(client, batch, "confirm")
        jobs.run(batch.job_id)
        one = Person.objects.get(name="李四")
        one.remark = "导入后改过"
        one.save()
        undone = text(act(client, batch, "undo"))
        assert "1 行在导入后又有改动，予以保留" in undone
        later = text(page(client, batch))
        assert "改动的 1 行予以保留" in later
        assert "未撤销 1</a>" in later
        assert "李四" in later
        assert "张三" not in later
        assert "已撤销</span>" in text(page(client, batch, tab="new"))

    def test_nothing_is_kept_of_an_untouched_batch(self, cast: Any, client_of: Any) -> None:
        client = client_of(cast.clerk_a)
        batch = uploaded(client, [person("张三")])
        act(client, batch, "confirm")
        jobs.run(batch.job_id)
        assert "未撤销" not in text(act(client, batch, "undo"))


class TestTemplates:
    @pytest.mark.parametrize("kind", ["people", "stations", "projects", "graduates"])
    def test_every_kind_has_one(self, cast: Any, client_of: Any, kind: str) -> None:
        response = client_of(cast.clerk_a).get(reverse("import_template", args=[kind]))
        book = openpyxl.load_workbook(io.BytesIO(response.content))
        resource = ledger_for(kind)
        sheet = book[resource.label]
        asked_for = [c.label for c in resource.columns if not c.is_own]
        assert [c.value for c in sheet[1]] == asked_for
        assert book["选项"].sheet_state == "hidden"
        said = {str(c.value) for row in book["填表说明"].iter_rows() for c in row}
        assert resource.template_version in said
        assert set(asked_for) <= said
        assert len(sheet.data_validations.dataValidation) >= 1

    def test_townships_are_those_of_the_user(self, cast: Any) -> None:
        data = workbooks.template_workbook(ledger_for("people"), cast.clerk_a)
        book = openpyxl.load_workbook(io.BytesIO(data))
        offered = {c.value for row in book["选项"].iter_rows() for c in row}
        assert "新华路街道" in offered
        assert "贵筑街道" not in offered


class TestRefused:
    def test_in_the_ledgers_own_layout_and_readable_again(self, cast: Any, client_of: Any) -> None:
        client = client_of(cast.clerk_a)
        rows = [
            ["南明区社工名册"],
            ["填表人：某某"],
            list(PEOPLE),
            person("好人"),
            person("坏人", "123"),
        ]
        assert send(client, workbook(rows)).status_code == 302
        batch = ImportBatch.objects.get()
        jobs.run(batch.job_id)
        data = page(client, batch, "refused").content
        sheet = openpyxl.load_workbook(io.BytesIO(data)).worksheets[0]
        assert sheet["A1"].value == "南明区社工名册"
        assert [c.value for c in sheet[3]] == [*PEOPLE, "退回原因"]
        assert sheet["A4"].value == "坏人"
        assert sheet["B4"].comment is not None
        assert sheet["B4"].fill.fgColor.rgb == "FFF8CBC6"
        assert sheet.max_row == 4
        assert "身份证" in sheet.cell(4, len(PEOPLE) + 1).value
        assert ReadEvent.objects.filter(kind="file").exists()
        mended = openpyxl.load_workbook(io.BytesIO(data))
        mended.worksheets[0]["B4"] = id_number()
        buffer = io.BytesIO()
        mended.save(buffer)
        send(client, buffer.getvalue())
        second = ImportBatch.objects.latest("created_at")
        jobs.run(second.job_id)
        second.refresh_from_db()
        assert (second.counts["new"], second.counts["refused"]) == (1, 0)

    def test_rows_that_were_skipped_are_settled(self, cast: Any, client_of: Any) -> None:
        client = client_of(cast.clerk_a)
        number = id_number()
        rows = [person("张三", number), person("张三", number, 备注="二"), person("坏人", "123")]
        batch = uploaded(client, rows)
        assert "下载退回表（2 行）" in text(page(client, batch))
        skip = {"question": "row", "decision": "skip"}
        client.post(reverse("import_decide", args=[batch.pk, 3]), skip)
        assert "下载退回表（1 行）" in text(page(client, batch))
        sheet = openpyxl.load_workbook(io.BytesIO(page(client, batch, "refused").content)).active
        assert [row[0].value for row in sheet][1:] == ["坏人"]

    def test_an_expired_upload_is_said(self, cast: Any, client_of: Any) -> None:
        client = client_of(cast.clerk_a)
        batch = uploaded(client, [person("坏人", "123")])
        forget_expired(before=timezone.now())
        assert "已过保存期" in text(
            client.get(reverse("import_refused", args=[batch.pk]), follow=True)
        )


def test_a_preview_with_registered_values_is_on_record(cast: Any, client_of: Any) -> None:
    """T16: the registry's values stand beside the ledger's, so the person sees who looked."""
    known = make_person(TOWNSHIP_A, "张三")
    client = client_of(cast.clerk_a)
    batch = uploaded(client, [person("张三", known.id_number, 备注="改"), person("李四")])
    assert ImportRow.objects.filter(batch=batch, outcome="changed", target=known.pk).exists()
    page(client, batch, tab="changed")
    event = ReadEvent.objects.get()
    assert (event.kind, event.people, event.user) == ("list", [known.pk], cast.clerk_a)
    page(client, batch, tab="new")
    assert ReadEvent.objects.count() == 1


def test_sample_of_the_county_goes_through_the_pages(cast: Any, client_of: Any) -> None:
    client = client_of(cast.clerk_a)
    data = (SAMPLES / "南明区社会工作人才信息汇总表.xlsx").read_bytes()
    send(client, data)
    batch = ImportBatch.objects.get()
    jobs.run(batch.job_id)
    batch.refresh_from_db()
    assert batch.counts["rows"] > 100
    assert page(client, batch).status_code == 200
    assert page(client, batch, "columns").status_code == 200
