"""Cells that hardly any ledger has: pictures, words with numbers, formats of a strange kind."""

from __future__ import annotations

import io
import zipfile
from typing import Any

import pytest

from core.ledgers import checking
from core.ledgers.spreadsheets import looks
from tests.conftest import Cast
from tests.imports.ledgers import check, people, person, row_of, words, workbook

pytestmark = pytest.mark.django_db
PICTURE = '=DISPIMG("ID_0123456789",1)'


def test_what_is_no_amount_is_not_shared() -> None:
    assert checking._share("面议", 3, is_first=True, is_money=True) == "面议"


@pytest.mark.parametrize(
    ("cells", "outcome", "said"),
    [
        ({"学历": PICTURE}, "new", "学历是图片"),
        ({"姓名": PICTURE}, "refused", "请填写姓名"),
        ({"学历": "本科12345678"}, "new", "答复之前按没有填写办理"),
    ],
)
def test_a_cell_of_a_rare_kind(cells: dict[str, str], outcome: str, said: str, cast: Cast) -> None:
    batch = check(cast.clerk_a, "people", people(person(name="张三", **cells)))
    assert row_of(batch, 2).outcome == outcome
    assert said in words(batch, 2)


def test_a_word_with_a_number_decides_nothing(cast: Cast) -> None:
    """Nothing with seven digits is asked about: it may be somebody's."""
    rows = [
        ["站点名称", "乡镇（街道）", "运行状态"],
        ["新华路街道社工站", "新华路街道", "13800001234"],
    ]
    batch = check(cast.clerk_a, "stations", workbook(rows))
    assert row_of(batch, 2).outcome == "refused"
    assert batch.questions == []


@pytest.mark.parametrize(
    ("code", "number", "seen"),
    [
        ('[>100]0"万";[<10]0"元"', 50, 50),
        ('[>100]0"万";[<10]0"元"', 200, "200万"),
        ('[>100]0"万";[<10]0"元"', 5, "5元"),
        ('0"元"', 1e16, 1e16),
        ('[>0]"有"', 1, "有"),
        ("0" * 300, 5, 5),
    ],
)
def test_a_number_in_a_strange_format(code: str, number: Any, seen: Any) -> None:
    sections = looks.number_format(code)
    assert (looks.shown(number, sections) if sections else number) == seen


@pytest.mark.parametrize(("name", "most"), [("MOST_STYLES", 10), ("MOST_FORMATS", 1)])
def test_more_styles_than_excel_has(name: str, most: int, monkeypatch: pytest.MonkeyPatch) -> None:
    file = io.BytesIO()
    xml = (
        '<styleSheet><cellXfs count="2"><xf numFmtId="0"/><xf numFmtId="1"/></cellXfs></styleSheet>'
    )
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("xl/styles.xml", xml)
    monkeypatch.setattr(looks, name, most)
    with zipfile.ZipFile(file) as archive, pytest.raises(ValueError, match=r"xl/styles\.xml|2"):
        looks.Styles(archive, "xl/styles.xml")
