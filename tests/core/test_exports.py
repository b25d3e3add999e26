"""The one writer: text stays text, numbers stay masked, every export is on record."""

from __future__ import annotations

import csv
import datetime
import hashlib
import io
import tracemalloc
import uuid
import zipfile
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse

from core.entities import workbooks as exports
from core.entities.pages.export import ExportPage
from core.entities.workbooks import ExportColumn, export_table
from core.ledgers.spreadsheets import read_sheet
from core.models import ReadEvent
from core.rules import RuleError
from tests.conftest import COUNTY_A, COUNTY_B
from tests.rows import make_person

DANGEROUS = ["=1+1", "+86", "-2", "@SUM(A1)", "\tx", "\rx", "＝1+1", "＋1", "－1", "＠x"]
RARE = ["䶮羽", "㛃", "𬭎", "桴㯊镇", "阿依古丽·买买提"]


def content(response: Any) -> bytes:
    try:
        return b"".join(response.streaming_content)
    finally:
        if response.file_to_stream is not None:  # the test client's is closed already
            response.file_to_stream.close()


def export(user: Any, columns: list[Any], rows: list[Any], **options: Any) -> bytes:
    return content(export_table(user=user, title="人员", columns=columns, rows=rows, **options))


def sheet_of(data: bytes, name: str = "人员") -> Any:
    return openpyxl.load_workbook(io.BytesIO(data))[name]


def texts(user: Any, values: list[str], kind: str = "xlsx") -> bytes:
    columns = [("内容", lambda value: value), ("序号", lambda value: 1), ("空", lambda value: None)]
    return export(user, columns, values, kind=kind)


@pytest.mark.django_db
class TestExcel:
    def test_dangerous_texts_are_plain_text(self, cast: Any) -> None:
        cells = [row[0] for row in sheet_of(texts(cast.clerk_a, DANGEROUS)).iter_rows(min_row=2)]
        assert {c.data_type for c in cells} == {"s"} or {c.data_type for c in cells} == {
            "inlineStr",
            "s",
        }
        assert [c.value.strip() for c in cells] == [v.strip() for v in DANGEROUS]
        assert not any(c.hyperlink for c in cells)

    def test_links_and_numbers_stay_text(self, cast: Any) -> None:
        values = ["https://example.com", "0012", "1e5", "<r>a</r>", "a<b>&c"]
        cells = [row[0] for row in sheet_of(texts(cast.clerk_a, values)).iter_rows(min_row=2)]
        assert [c.value for c in cells] == values
        assert not any(c.hyperlink for c in cells)

    def test_what_excel_takes_for_an_escape_stays_as_it_was_typed(
        self, cast: Any, tmp_path: Path
    ) -> None:
        values = ["_x0041_", "项目_x4E2D_号", "a_xb"]
        path = tmp_path / "x.xlsx"
        path.write_bytes(texts(cast.clerk_a, values))
        with zipfile.ZipFile(path) as book:
            assert "<t>_x005F_x0041_</t>" in book.read("xl/worksheets/sheet1.xml").decode()
        with read_sheet(path, labels=["内容"]) as sheet:
            assert [cells[0] for _, cells in sheet.rows][1:] == values

    def test_rare_characters_survive(self, cast: Any) -> None:
        cells = [row[0].value for row in sheet_of(texts(cast.clerk_a, RARE)).iter_rows(min_row=2)]
        assert cells == RARE

    def test_control_characters_are_left_out(self, cast: Any) -> None:
        cell = sheet_of(texts(cast.clerk_a, ["a\x00b\x0bc\x1f", "d\ud800e"]))["A2"]
        assert cell.value == "abc"

    def test_values_keep_their_kind(self, cast: Any) -> None:
        row = {
            "date": datetime.date(2021, 3, 1),
            "moment": datetime.datetime(2021, 3, 1, 1, 0, tzinfo=datetime.UTC),
            "count": 12,
            "amount": Decimal("12.50"),
            "yes": True,
            "list": ["甲", "乙"],
            "key": uuid.UUID(int=7),
            "nothing": None,
        }
        columns = [(key, lambda r, key=key: r[key]) for key in row]
        cells = [c.value for c in sheet_of(export(cast.clerk_a, columns, [row]))[2]]
        assert cells == [
            datetime.datetime(2021, 3, 1), "2021-03-01 09:00", 12, 12.5, "是", "甲、乙",
            "00000000-0000-0000-0000-000000000007", None,
        ]  # fmt: skip

    def test_numbers_in_text_columns_are_text(self, cast: Any) -> None:
        data = export(cast.clerk_a, [("年度", lambda r: r, 10, True)], [2021])
        assert sheet_of(data)["A2"].value == "2021"

    def test_a_text_longer_than_a_cell_is_cut_and_says_so(self, cast: Any) -> None:
        value = sheet_of(texts(cast.clerk_a, ["长" * 40_000]))["A2"].value
        assert len(value) == exports.EXCEL_TEXT
        assert value.endswith("后面的未导出）")

    def test_header_is_the_first_row_and_a_second_sheet_explains(self, cast: Any) -> None:
        data = export(
            cast.clerk_a, [("姓名", str)], ["甲", "乙"], filter_text="南明区 在岗", purpose="年检"
        )
        assert sheet_of(data)["A1"].value == "姓名"
        notes = {row[0].value: row[1].value for row in sheet_of(data, "说明").iter_rows()}
        assert notes["导出人辖区"] == "贵阳市 南明区"
        assert "个人信息" not in notes["提示"], "figures name nobody"
        assert notes["筛选条件"] == "南明区 在岗"
        assert notes["行数"] == "2 行"
        assert "clerk_a" in notes["导出人"]
        assert notes["事由"] == "年检"

    def test_more_rows_than_a_sheet_holds_are_refused(
        self, cast: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(exports, "EXCEL_ROWS", 2)
        with pytest.raises(RuleError, match="上限"):
            texts(cast.clerk_a, ["1", "2", "3"])
        assert not ReadEvent.objects.exists()

    def test_what_was_exported_reads_back(self, cast: Any, tmp_path: Path) -> None:
        path = tmp_path / "x.xlsx"
        path.write_bytes(texts(cast.clerk_a, [*DANGEROUS, *RARE]))
        with read_sheet(path, labels=["内容"]) as sheet:
            rows = [cells[0] for _, cells in sheet.rows]
        assert sheet.name == "人员"
        assert [r.strip() for r in rows[1:]] == [v.strip() for v in [*DANGEROUS, *RARE]]


@pytest.mark.django_db
class TestCsv:
    def test_formula_starts_get_an_apostrophe(self, cast: Any) -> None:
        data = texts(cast.clerk_a, DANGEROUS, kind="csv")
        assert data.startswith(b"\xef\xbb\xbf")
        rows = list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))
        assert [row[0] for row in rows[1:]] == [f"'{value}" for value in DANGEROUS]

    def test_the_apostrophe_is_gone_when_read_back(self, cast: Any, tmp_path: Path) -> None:
        path = tmp_path / "x.csv"
        path.write_bytes(texts(cast.clerk_a, [*DANGEROUS, "'tis", *RARE], kind="csv"))
        with read_sheet(path, labels=["内容"]) as sheet:
            rows = [cells[0] for _, cells in sheet.rows]
        assert [r.strip() for r in rows[1:]] == [v.strip() for v in [*DANGEROUS, "'tis", *RARE]]

    def test_long_numbers_are_not_rounded(self, cast: Any, tmp_path: Path) -> None:
        data = texts(cast.clerk_a, ["520102199003070017"], kind="csv")
        assert b"520102199003070017\t" in data


@pytest.mark.django_db
class TestRecord:
    def test_the_event_names_people_filter_and_hash(self, cast: Any) -> None:
        ids = [uuid.uuid4(), uuid.uuid4()]
        response = export_table(
            user=cast.clerk_a, title="证书", columns=[("编号", str)], rows=[*ids, ids[0]],
            people=lambda row: row, filter_text="南明区",
        )  # fmt: skip
        data = content(response)
        event = ReadEvent.objects.get()
        assert (event.kind, event.user, event.count) == ("export", cast.clerk_a, 2)
        assert set(event.people) == set(ids)
        assert event.detail["rows"] == 3
        assert event.detail["filter"] == "南明区"
        assert event.detail["sha256"] == hashlib.sha256(data).hexdigest()

    def test_an_export_that_cannot_be_recorded_fails(
        self, cast: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def broken(**_: Any) -> None:
            raise RuntimeError

        monkeypatch.setattr(ReadEvent, "record", broken)
        with pytest.raises(RuntimeError):
            texts(cast.clerk_a, ["x"])

    def test_file_name_is_chinese_and_harmless(self, cast: Any) -> None:
        response = export_table(
            user=cast.clerk_a,
            title='a/../人员\r\nSet-Cookie: x"\u202e',
            columns=[("x", str)],
            rows=[],
        )
        response.file_to_stream.close()
        header = response.headers["Content-Disposition"]
        assert header.startswith("attachment; filename*=utf-8''")
        assert "\r" not in header
        assert "/" not in exports.file_name("a/../人员", "xlsx")


@pytest.mark.django_db
class TestMasks:
    COLUMNS = [ExportColumn("证件号码", lambda r: "5201**", 22, is_text=True, clear=lambda r: r)]

    def test_masked_unless_asked(self, cast: Any) -> None:
        assert sheet_of(export(cast.clerk_a, self.COLUMNS, ["9"]))["A2"].value == "5201**"

    def test_clear_with_right_and_reason(self, cast: Any) -> None:
        options = {"reveal": "talent.reveal_person", "purpose": "核对社保"}
        data = export(cast.clerk_a, self.COLUMNS, ["9"], **options)
        assert sheet_of(data)["A2"].value == "9"
        event = ReadEvent.objects.get()
        assert event.detail["unmasked"] is True
        assert event.reason == "核对社保"

    def test_not_without_a_reason(self, cast: Any) -> None:
        with pytest.raises(RuleError, match="事由"):
            export(cast.clerk_a, self.COLUMNS, ["9"], reveal="talent.reveal_person")

    def test_not_without_the_right(self, cast: Any) -> None:
        options = {"reveal": "talent.reveal_person", "purpose": "看看"}
        with pytest.raises(PermissionDenied):
            export(cast.viewer_a, self.COLUMNS, ["9"], **options)


@pytest.mark.django_db
class TestPages:
    def post(self, client_of: Any, user: Any, entity: str = "person", **data: Any) -> Any:
        return client_of(user).post(reverse(f"{entity}_export"), data)

    def test_people_in_scope_masked(self, cast: Any, client_of: Any) -> None:
        mine = make_person(COUNTY_A, "龙䶮")
        make_person(COUNTY_B, "外县人")
        sheet = sheet_of(content(self.post(client_of, cast.clerk_a)))
        head = {cell.value: cell.column - 1 for cell in sheet[1]}
        rows = [[c.value for c in row] for row in sheet.iter_rows(min_row=2)]
        assert [row[head["姓名"]] for row in rows] == ["龙䶮"]
        assert rows[0][head["证件号码"]] == mine.masked_id_number
        assert rows[0][head["性别"]] == "男"
        assert rows[0][head["所在地区"]] == "贵阳市 南明区"
        assert len(head) >= 18
        assert ReadEvent.objects.get(kind="export").people == [mine.pk]

    def test_full_numbers_with_reason_only(self, cast: Any, client_of: Any) -> None:
        mine = make_person(COUNTY_A)
        refused = self.post(client_of, cast.clerk_a, unmasked="1")
        assert refused.status_code == 302
        data = content(self.post(client_of, cast.clerk_a, unmasked="1", reason="核对社保"))
        numbers = [c.value for c in sheet_of(data, "人员（完整号码）")[2]]
        assert mine.id_number in numbers
        refused = self.post(client_of, cast.viewer_a, unmasked="1", reason="看看")
        assert refused.status_code == 403

    def test_more_than_a_file_should_hold_is_asked_for_in_parts(
        self, cast: Any, client_of: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(ExportPage, "most", 1)
        for name in ("甲某", "乙某"):
            make_person(COUNTY_A, name)
        client = client_of(cast.clerk_a)
        refused = client.post(reverse("person_export"), follow=True)
        assert refused.redirect_chain == [(reverse("person_list"), 302)]
        assert "超过 20 万行，请先按地区或条件筛选后分别导出。" in refused.text
        assert not ReadEvent.objects.filter(kind="export").exists()
        data = content(client.post(reverse("person_export"), {"filter": "?q=甲"}))
        assert sheet_of(data).max_row == 2

    @pytest.mark.parametrize("kind", ["xlsx", "csv"])
    @pytest.mark.parametrize(
        "entity",
        ["person", "certificate", "registrationperiod", "post", "keytalentclaim", "graduatestat",
         "station", "organization", "project"],
    )  # fmt: skip
    def test_every_entity_exports_its_rows(
        self, cast: Any, client_of: Any, entity: str, kind: str
    ) -> None:
        from tests.rows import make_row

        make_row(entity, COUNTY_A)
        make_row(entity, COUNTY_B)
        response = self.post(client_of, cast.clerk_a, entity, format=kind)
        data = content(response)
        words = (
            data.decode()
            if kind == "csv"
            else str(list(openpyxl.load_workbook(io.BytesIO(data)).worksheets[0].values))
        )
        assert "<" not in words, "markup of the page"
        event = ReadEvent.objects.get(kind="export")
        assert event.detail["rows"] == 1
        assert event.detail["format"] == kind


@pytest.mark.django_db
def test_memory_does_not_grow_with_rows(cast: Any) -> None:
    columns = [(f"列{i}", str) for i in range(10)]

    def peak(rows: int) -> int:
        tracemalloc.start()
        content_length = 0
        response = export_table(
            user=cast.clerk_a, title="x", columns=columns, rows=(f"第{n}行" for n in range(rows))
        )
        for chunk in response.streaming_content:
            content_length += len(chunk)
        response.file_to_stream.close()
        _, highest = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return highest

    peak(10)
    small, large = peak(500), peak(8_000)
    assert large < small + 3_000_000


@pytest.mark.django_db
class TestMyExports:
    def test_ones_own_are_listed(self, cast: Any, client_of: Any) -> None:
        make_person(COUNTY_A, "龙䶮")
        client = client_of(cast.clerk_a)
        content(client.post(reverse("person_export"), {"format": "csv"}))
        content(client.post(reverse("person_export"), {"unmasked": "1", "reason": "核对社保"}))
        said = client.get(reverse("export_list")).text
        assert "共 <b>2</b> 次" in said
        for words in ("人员", "南明区", "CSV", "遮盖", "完整号码", "核对社保"):
            assert words in said
        others = client_of(cast.viewer_a).get(reverse("export_list")).text
        assert "还没有导出过" in others
        assert reverse("import_list") not in others

    def test_the_list_offers_what_the_role_may(self, cast: Any, client_of: Any) -> None:
        make_person(COUNTY_A)
        full = 'name="unmasked"'
        assert full in client_of(cast.clerk_a).get(reverse("person_list")).text
        viewers = client_of(cast.viewer_a).get(reverse("person_list")).text
        assert full not in viewers
        assert 'value="csv"' in viewers
        assert full not in client_of(cast.clerk_a).get(reverse("station_list")).text
