"""A block copied from a spreadsheet and pasted goes the way of a file, and is kept nowhere else."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from core.jobs import running as jobs
from core.ledgers import pasting
from core.ledgers.pasting import cells_of
from core.models import ColumnMemory, ImportBatch, ImportRow, Job
from core.secrecy import files as media
from talent.models import Person
from tests.conftest import COUNTY_A, Cast
from tests.imports.ledgers import PEOPLE, TOWNSHIP, apply, fresh, outcomes, people, person
from tests.imports.test_pages import text
from tests.rows import id_number

pytestmark = pytest.mark.django_db


def copied(*rows: list[Any]) -> str:
    """What Excel puts on the clipboard: quotes only around a cell with a line break."""
    return "".join("\t".join(_cell(c) for c in row) + "\r\n" for row in rows)


def _cell(cell: Any) -> str:
    said = str(cell)
    return '"' + said.replace('"', '""') + '"' if "\n" in said else said


def paste(client: Any, said: str, **fields: Any) -> Any:
    return client.post(reverse("import_new"), {"kind": "auto", "text": said, **fields})


def pasted(client: Any, said: str, **fields: Any) -> ImportBatch:
    response = paste(client, said, **fields)
    assert response.status_code == 302, text(response)
    batch = ImportBatch.objects.latest("created_at")
    jobs.run(batch.job_id)
    return fresh(batch)


@pytest.mark.parametrize(
    ("said", "rows"),
    [
        ("a\tb\r\nc\td\r\n", [["a", "b"], ["c", "d"]]),
        ("a\t\n\tb", [["a", ""], ["", "b"]]),
        ('"一\r\n二 ""三"""\tb', [['一\n二 "三"', "b"]]),
        # Quotes of its own stand as they are.
        ('"春雨"项目\t5" 管\n"甲', [['"春雨"项目', '5" 管'], ['"甲']]),
        ('a\t"甲\nb\t乙"', [["a", '"甲'], ["b", '乙"']]),
        ('"甲"\t""', [["甲", ""]]),
        ("a\rb\n\n", [["a"], ["b"]]),
        ("", [[""]]),
    ],
)
def test_what_a_block_is_made_of(said: str, rows: list[list[str]]) -> None:
    assert cells_of(said) == rows


def test_it_goes_the_way_of_a_file(cast: Cast, client_of: Any) -> None:
    number = id_number()
    rows = [
        person("张三", number, 备注='两行\n"备注"; 一,二,三,四'),
        person("李四", 备注=";;;;;;;,,,,,,,"),
    ]
    batch = pasted(client_of(cast.clerk_a), copied(list(PEOPLE), *rows))
    assert (batch.kind, batch.reading["is_guessed"]) == ("people", True)
    assert outcomes(batch) == {"new": 2}
    assert batch.file_name.startswith("粘贴 20")
    assert batch.file_name.endswith(".csv")
    apply(batch)
    assert Person.objects.get(name="张三").id_number == number
    assert "一,二,三,四" in Person.objects.get(name="张三").remark
    # Kept as an upload is: encrypted.
    assert media.load(batch.file_path).decode("utf-8-sig").count("张三") == 1


def test_what_stands_in_cells_parts_none(cast: Cast, client_of: Any) -> None:
    said = f"姓名\t身份证号\t备注\n张三\t{id_number()}\t{';' * 20}骨干"
    batch = pasted(client_of(cast.clerk_a), said)
    assert (len(batch.header), outcomes(batch)) == (3, {"new": 1})


def test_of_a_kind_that_is_said(cast: Cast, client_of: Any) -> None:
    batch = pasted(client_of(cast.clerk_a), "名称\t地址\n某处\t某路1号", kind="organizations")
    assert (batch.kind, outcomes(batch)) == ("organizations", {"new": 1})


def test_titles_above_the_headings(cast: Cast, client_of: Any) -> None:
    batch = pasted(client_of(cast.clerk_a), copied(["某某名册"], [], list(PEOPLE), person("张三")))
    assert (batch.header_row, outcomes(batch)) == (3, {"new": 1})


def test_numbers_that_excel_has_cut_are_refused(cast: Cast, client_of: Any) -> None:
    rows = [person("张三", "5.2010219900307E+17"), person("李四")]
    batch = pasted(client_of(cast.clerk_a), copied(list(PEOPLE), *rows))
    assert outcomes(batch) == {"new": 1, "refused": 1}
    refused = ImportRow.objects.get(batch=batch, outcome="refused")
    assert "设为「文本」后重新录入" in refused.messages[0]["message"]


@pytest.mark.parametrize(
    ("said", "message"),
    [
        ("张三", "只粘贴到一个格子"),
        ("\t\t张三\n\t", "只粘贴到一个格子"),
        (f"张三\t520102199003071236\t{TOWNSHIP}", "没有认出列名"),
        (" \n\t", "请选择要导入的文件，或者粘贴表格内容"),
    ],
)
def test_what_is_no_ledger_is_told_and_not_shown(
    cast: Cast, client_of: Any, said: str, message: str
) -> None:
    response = paste(client_of(cast.clerk_a), said)
    assert response.status_code == 422
    assert message in text(response)
    assert "张三" not in text(response)
    assert "520102199003071236" not in text(response)
    assert not ImportBatch.objects.exists()


def test_headings_that_the_office_has_matched_are_known(cast: Cast, client_of: Any) -> None:
    ColumnMemory.objects.create(region_id=COUNTY_A, kind="people", header="大名", attribute="name")
    assert pasted(client_of(cast.clerk_a), "大名\t号码牌\n张三\t1").kind == "people"
    # Those that it has left out are not.
    ColumnMemory.objects.update(attribute="")
    assert paste(client_of(cast.clerk_a), "大名\t号码牌\n张三\t2").status_code == 422


def test_not_more_than_a_form_may_send(
    cast: Cast, client_of: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = copied(list(PEOPLE), person("张三"))
    monkeypatch.setattr(pasting, "MOST", len(said) - 1)
    assert "存成文件再上传" in text(paste(client_of(cast.clerk_a), said))
    monkeypatch.setattr(pasting, "MOST", len(said))
    assert paste(client_of(cast.clerk_a), said).status_code == 302


def test_a_file_or_a_paste(cast: Cast, client_of: Any) -> None:
    client = client_of(cast.clerk_a)
    file = SimpleUploadedFile("一.xlsx", people(person("张三")))
    said = text(paste(client, "姓名\t身份证号\n张三\t1", file=file))
    assert "只能要一样" in said
    assert not Job.objects.exists()


def test_the_same_paste_again(cast: Cast, client_of: Any) -> None:
    client, said = client_of(cast.clerk_a), copied(list(PEOPLE), person("张三"))
    pasted(client, said)
    assert "这个文件已经上传过" in text(paste(client, said))


def test_only_who_may_import(cast: Cast, client_of: Any) -> None:
    assert paste(client_of(cast.viewer_a), "姓名\t身份证号\n张三\t1").status_code == 403
