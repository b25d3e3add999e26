"""The workbook of a comparison: their own file, marked."""

from __future__ import annotations

import hashlib
import io
import zipfile
from collections.abc import Callable
from typing import Any

import openpyxl
import pytest
from django.test import Client
from django.urls import reverse

from core.ledgers import showing
from core.ledgers.workbooks import COMPARED
from core.models import ImportBatch, ReadEvent
from core.papers import marked
from core.papers.fills import Coloured
from core.papers.marking import Marking, add_sheet, mark
from core.papers.marks import columns_by_label, mark_of, marks_of
from core.papers.package import Package
from core.secrecy.files import Refused
from talent.models import Person
from tests.conftest import COUNTY_B, Cast
from tests.imports.ledgers import PEOPLE, people, person, take, workbook
from tests.papers.books import book
from tests.papers.test_comparing import changed, compare
from tests.rows import make_person

COLOUR = "F8CBC6"
PHONE = PEOPLE.index("联系电话") + 1
NEW = len(PEOPLE) + 1


def loaded(data: bytes) -> Any:
    return openpyxl.load_workbook(io.BytesIO(data))


def fill_of(cell: Any) -> str:
    return str(cell.fill.fgColor.rgb)[2:] if cell.fill.fill_type == "solid" else ""


def parts(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def download(client: Client, batch: ImportBatch) -> bytes:
    answer = client.post(reverse("compare_workbook", args=[batch.pk]))
    assert answer.status_code == 200
    return b"".join(answer.streaming_content)  # type: ignore[attr-defined]


def looks(*rows: list[Any], protected: bool = False) -> bytes:
    """A list with a title over it, ruled, in a blue head, with a picture of its own widths."""

    def write(workbook: Any) -> None:
        sheet = workbook.add_worksheet("汇总 表")
        head = workbook.add_format({"bold": True, "bg_color": "#DDEBF7", "border": 1})
        ruled = workbook.add_format({"border": 1, "num_format": "@"})
        sheet.set_column(0, 0, 9)
        sheet.set_column(1, 1, 22)
        sheet.merge_range(1, 0, 1, len(PEOPLE) - 1, "南明区社会工作人才汇总表", head)
        for number, row in enumerate([PEOPLE, *rows], start=2):
            for column, text in enumerate(row):
                sheet.write(number, column, text, head if number == 2 else ruled)
        if protected:
            sheet.protect()
        workbook.add_worksheet("封面").write(0, 0, "不动")

    return book(write, strings_to_numbers=False)


@pytest.fixture
def two(cast: Cast) -> list[list[Any]]:
    rows = [person("张三", 联系电话="13800001234"), person("李四"), person("孙七")]
    take(cast.clerk_a, "people", people(*rows))
    return rows


def rows_for(two: list[list[Any]]) -> list[list[Any]]:
    """Another phone, as registered, not registered, unreadable, a second time."""
    phone = changed(two[0], 联系电话="13900005678")
    return [phone, two[1], person("王五"), person("赵六", "123"), two[1]]


@pytest.mark.django_db
def test_their_own_file_with_the_differences(
    cast: Cast, two: list[list[Any]], client_of: Callable[[Any], Client]
) -> None:
    given = looks(*rows_for(two))
    batch = compare(cast.clerk_a, given, name="组织部名单.xlsx")
    data = download(client_of(cast.clerk_a), batch)
    made, before = loaded(data), loaded(given)
    assert made.sheetnames == ["汇总 表", "封面", "在册有名单上没有"]
    sheet, old = made["汇总 表"], before["汇总 表"]
    texts = [sheet.cell(row, NEW).value for row in range(3, 9)]
    known = Person.objects.get(name="张三")
    assert texts[:4] == [
        COMPARED, f"不同：联系电话在册为「{known.masked_phone}」", "一致", "在册没有",
    ]  # fmt: skip
    assert texts[4].startswith("读不了：身份证号")
    assert texts[5] == "名单内重复：与第 5 行相同，只录入一次。"
    # Nothing of theirs is another: neither a value, nor a rule, nor a merged title.
    for row in old.iter_rows():
        for cell in row:
            mine = sheet[cell.coordinate]
            assert (mine.value, mine.number_format) == (cell.value, cell.number_format)
            assert mine.border.left.style == cell.border.left.style
    assert sheet.merged_cells.ranges == old.merged_cells.ranges
    assert sheet.column_dimensions["B"].width == old.column_dimensions["B"].width
    assert sheet.column_dimensions["M"].width == 48
    # The cells that differ are coloured, and no others.
    coloured = {c.coordinate for row in sheet.iter_rows(min_row=4) for c in row if fill_of(c)}
    assert coloured == {"C4", "M4", "M6", "B7", "M7", "M8"}
    assert fill_of(sheet["C4"]) == COLOUR
    assert sheet["M4"].border.left.style == "thin"
    assert sheet["M3"].font.b
    same = {"docProps/core.xml", "xl/sharedStrings.xml", "xl/worksheets/sheet2.xml"}
    assert all(parts(data)[name] == parts(given)[name] for name in same)


@pytest.mark.django_db
def test_whom_the_list_lacks_is_on_a_sheet_of_its_own(
    cast: Cast, two: list[list[Any]], client_of: Callable[[Any], Client], monkeypatch: Any
) -> None:
    client = client_of(cast.clerk_a)
    batch = compare(cast.clerk_a, looks(*rows_for(two)))
    lines = list(loaded(download(client, batch))["在册有名单上没有"].iter_rows(values_only=True))
    missing = Person.objects.get(name="孙七")
    assert lines[0][0] == "在册姓名"
    assert [line[0] for line in lines[1:]] == ["孙七"]
    assert missing.masked_id_number in lines[1]
    assert missing.id_number not in str(lines)
    monkeypatch.setattr(marked, "MOST", 1)
    batch = compare(cast.clerk_a, looks(two[0]))
    lines = list(loaded(download(client, batch))["在册有名单上没有"].iter_rows(values_only=True))
    assert len(lines) == 3
    assert str(lines[2][0]).startswith("只列前 1 行")


@pytest.mark.django_db
def test_the_download_is_noted(
    cast: Cast, two: list[list[Any]], client_of: Callable[[Any], Client]
) -> None:
    batch = compare(cast.clerk_a, looks(*rows_for(two)), name="组织部名单.xlsx")
    data = download(client_of(cast.clerk_a), batch)
    event = ReadEvent.objects.latest("pk")
    assert event.kind == ReadEvent.Kind.EXPORT
    assert set(event.people) == set(Person.objects.values_list("pk", flat=True))
    assert event.detail["sha256"] == hashlib.sha256(data).hexdigest()
    assert (event.detail["rows"], event.detail["title"]) == (6, "倒查：组织部名单.xlsx")
    assert event.detail["unmasked"] is False


@pytest.mark.django_db
def test_who_may_not_export_gets_no_workbook(
    cast: Cast, two: list[list[Any]], client_of: Callable[[Any], Client], monkeypatch: Any
) -> None:
    batch = compare(cast.clerk_a, looks(*two))
    client = client_of(cast.clerk_a)
    allowed = type(cast.clerk_a).has_perm
    for denied in ("core.export", "talent.export_person"):
        monkeypatch.setattr(
            type(cast.clerk_a),
            "has_perm",
            lambda self, name, obj=None, no=denied: name != no and allowed(self, name, obj),
        )
        assert client.post(reverse("compare_workbook", args=[batch.pk])).status_code == 403
        page = client.get(reverse("compare_detail", args=[batch.pk])).content.decode()
        assert "下载标好的名单" not in page


@pytest.mark.django_db
@pytest.mark.parametrize("what", ["csv", "protected"])
def test_what_cannot_be_marked_as_it_is_becomes_a_plain_workbook(
    cast: Cast, two: list[list[Any]], client_of: Callable[[Any], Client], what: str
) -> None:
    rows = rows_for(two)
    given = looks(*rows, protected=True)
    if what == "csv":
        given = "\n".join(",".join(row) for row in ["", PEOPLE, *rows]).encode("utf-8-sig")
    batch = compare(cast.clerk_a, given, name="名单.csv" if what == "csv" else "名单.xlsx")
    made = loaded(download(client_of(cast.clerk_a), batch))
    first = made.worksheets[0]
    head = batch.header_row
    assert [first.cell(head, column).value for column in range(1, NEW)] == list(PEOPLE)
    texts = [first.cell(row, NEW).value for row in range(head, head + 4)]
    assert texts[0] == COMPARED
    assert texts[2:] == ["一致", "在册没有"]
    assert fill_of(first.cell(head + 1, PHONE)) == COLOUR
    assert fill_of(first.cell(head + 2, PHONE)) == ""
    assert first.cell(head + 1, 2).value == two[0][1]
    assert made.worksheets[1].cell(2, 1).value == "孙七"


@pytest.mark.django_db
@pytest.mark.parametrize("form", ["xlsx", "csv"])
def test_a_marked_list_may_come_again(
    cast: Cast, two: list[list[Any]], client_of: Callable[[Any], Client], form: str
) -> None:
    """The column of the last time is written anew, and no column that nobody reads."""
    client = client_of(cast.clerk_a)
    if form == "xlsx":
        data = download(client, compare(cast.clerk_a, looks(*rows_for(two))))
    else:
        rows = [[*PEOPLE, COMPARED], [*two[0], "在册没有"]]
        data = "\n".join(",".join(row) for row in rows).encode()
    batch = compare(cast.clerk_a, data, name=f"名单.{form}")
    assert COMPARED not in showing.unmatched(batch)
    sheet = loaded(download(client, batch)).worksheets[0]
    head = [cell.value for cell in sheet[batch.header_row]]
    assert head.count(COMPARED) == 1
    said = sheet.cell(batch.header_row + 1, NEW).value
    assert said.startswith("不同" if form == "xlsx" else "一致")


@pytest.mark.django_db
def test_numbers_of_a_kind_without_people(cast: Cast, client_of: Callable[[Any], Client]) -> None:
    head = ["院校", "专业", "学历层次", "毕业年份", "毕业人数", "省内外"]
    row = ["贵州大学", "社会工作", "本科", 2025, 30, "省内"]
    take(cast.clerk_a, "graduates", workbook([head, row, ["遵义大学", *row[1:]]]))
    batch = compare(cast.clerk_a, workbook([head, [*row[:4], 31, "省内"]]), kind="graduates")
    client = client_of(cast.clerk_a)
    made = loaded(download(client, batch))
    assert made.worksheets[0].cell(2, 7).value == "不同：毕业人数在册为「30」"
    assert fill_of(made.worksheets[0].cell(2, 5)) == COLOUR
    assert any(value == 30 for value in next(made.worksheets[1].iter_rows(2, 2, values_only=True)))
    assert ReadEvent.objects.latest("pk").people == []
    # The same in a plain workbook.
    lines = [head, [*map(str, row[:4]), "31", "省内"]]
    data = "\n".join(",".join(line) for line in lines).encode()
    made = loaded(download(client, compare(cast.clerk_a, data, kind="graduates", name="表.csv")))
    assert any(value == 30 for value in next(made.worksheets[1].iter_rows(2, 2, values_only=True)))


@pytest.mark.django_db
def test_who_is_held_is_to_be_verified(cast: Cast) -> None:
    """Of somebody of another county nothing is said but the county; the number is marked."""
    other = make_person(COUNTY_B, "外县人")
    batch = compare(cast.clerk_a, people(person("外县人", other.id_number)))
    found = marks_of(batch)[2]
    assert found.text.startswith("待核实：已在册，归属")
    assert found.columns == {PEOPLE.index("身份证号")}


@pytest.mark.django_db
def test_a_difference_that_no_column_is_called_by(cast: Cast, two: list[list[Any]]) -> None:
    """主岗 is what 工作单位 says."""
    batch = compare(cast.clerk_a, people(*two))
    # The second of two columns for one thing is not where a difference is shown.
    batch.mapping["certificate_level#2"] = 11
    columns = columns_by_label(batch)
    assert columns["主岗"] == [PEOPLE.index("工作单位")]
    assert columns["证书"] == [PEOPLE.index("证书级别")]
    row = batch.rows.get(number=2)
    row.diff = [["主岗", "旧单位", "换岗"], ["别名", "", "甲"]]
    found = mark_of(row, columns)
    assert found.text == "不同：主岗在册为「旧单位」；别名在册为空"
    assert found.columns == {PEOPLE.index("工作单位")}


# --- Cells and styles ----------------------------------------------------------------------------


def plain(*rows: list[Any]) -> bytes:
    return workbook(list(rows), names=["表"])


def marked_sheet(data: bytes, **given: Any) -> Any:
    marking = Marking(**{
        "sheet": "表", "header_row": 1, "heading": "结果", "texts": {2: "不同"},
        "coloured": {}, "plain": (), **given,
    })  # fmt: skip
    return loaded(mark(data, marking, colour=COLOUR).to_bytes())["表"]


def edited(data: bytes, part: str, *changes: tuple[bytes, bytes]) -> bytes:
    package = Package(data)
    xml = package.read(part)
    for old, new in changes:
        assert old in xml
        xml = xml.replace(old, new)
    package.write(part, xml)
    return package.to_bytes()


CENTRED = (
    b'<xf numFmtId="49" fontId="0" fillId="0" borderId="0" xfId="0">'
    b'<alignment horizontal="center"/></xf>'
)
SHEET, STYLES = "xl/worksheets/sheet1.xml", "xl/styles.xml"


def test_cells_behind_the_new_column_stay_behind_it() -> None:
    """Cells that are only formatted are no column, and their order in the row is kept."""
    data = edited(
        plain(["甲", "乙"], ["1", "2"]),
        SHEET,
        (b"</row></sheetData>", b'<c r="D2" s="0"/><c r="F2" s="0"/></row></sheetData>'),
    )
    sheet = marked_sheet(data, coloured={2: {1, 4}})
    assert sheet["C2"].value == "不同"
    assert [fill_of(sheet.cell(2, column)) for column in (1, 2, 3, 4)] == [
        COLOUR, "", COLOUR, COLOUR,
    ]  # fmt: skip
    package = mark(data, Marking("表", 1, "结果", {2: "x"}, {}, ()), colour=COLOUR)
    assert b'r="C2"' in package.read(SHEET)[: package.read(SHEET).index(b'r="D2"')]


def test_a_row_without_cells_gets_its_text() -> None:
    data = edited(plain(["甲"], ["1"]), SHEET, (b"</sheetData>", b'<row r="3"/></sheetData>'))
    sheet = marked_sheet(data, texts={2: "一致", 3: "读不了"}, plain={2})
    assert (sheet["B2"].value, sheet["B3"].value) == ("一致", "读不了")
    assert fill_of(sheet["B2"]) == ""


def test_what_was_said_before_is_written_over() -> None:
    sheet = marked_sheet(plain(["甲", "结果"], ["1", "旧"]), known=2)
    assert sheet["B2"].value == "不同"
    assert sheet.max_column == 2


def test_widths_that_are_set_stay() -> None:
    def write(workbook: Any) -> None:
        sheet = workbook.add_worksheet("表")
        sheet.set_column(0, 20, 7)
        sheet.write_row(0, 0, ["甲"])
        sheet.write_row(1, 0, ["1"])

    marking = Marking("表", 1, "结果", {2: "不同"}, {}, ())
    assert mark(book(write), marking, colour=COLOUR).read(SHEET).count(b"<col ") == 1


def test_counts_of_styles_are_true() -> None:
    data = plain(["甲", "乙"], ["1", "2"])
    marking = Marking("表", 1, "结果", {2: "不同"}, {2: {1, 2}}, ())
    xml = mark(data, marking, colour=COLOUR).read(STYLES)
    for name, item in ((b"fills", b"<fill>"), (b"cellXfs", b"<xf ")):
        inside = xml[xml.index(b"<" + name) : xml.index(b"</" + name)]
        assert f'count="{inside.count(item)}"'.encode() in inside


def test_styles_without_counts_or_with_children() -> None:
    data = plain(["甲"], ["1"])
    xml = Package(data).read(STYLES)
    xf = xml[xml.index(b"<cellXfs") : xml.index(b"</cellXfs>")]
    data = edited(
        data,
        STYLES,
        (xf, b"<cellXfs>" + CENTRED),
    )
    sheet = marked_sheet(data, coloured={2: {1}})
    assert sheet["A2"].alignment.horizontal == "center"
    assert fill_of(sheet["A2"]) == COLOUR
    # A style that the workbook does not have is its first one.
    assert Coloured(Package(data), COLOUR).like(99) == 1


@pytest.mark.parametrize("lost", ["part", "fills", "formats"])
def test_without_styles_nothing_is_marked(lost: str) -> None:
    data = plain(["甲"], ["1"])
    xml = Package(data).read(STYLES)
    if lost == "part":
        data = edited(data, "xl/_rels/workbook.xml.rels", (b"relationships/styles", b"x/theme"))
    else:
        name = b"fills" if lost == "fills" else b"cellXfs"
        end = b"</" + name + b">"
        whole = xml[xml.index(b"<" + name) : xml.index(end) + len(end)]
        data = edited(data, STYLES, (whole, b"<cellXfs></cellXfs>" if lost == "formats" else b""))
    with pytest.raises(Refused):
        marked_sheet(data)


def test_a_sheet_more_has_a_name_of_its_own() -> None:
    package = Package(plain(["甲"]))
    for _ in range(2):
        add_sheet(package, "表", [["甲<&", 1.5, ""], []])
    made = loaded(package.to_bytes())
    assert made.sheetnames == ["表", "表2", "表3"]
    assert [cell.value for cell in made["表3"][1]][:2] == ["甲<&", 1.5]
