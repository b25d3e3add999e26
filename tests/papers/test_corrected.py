"""Single cells of a form: what one counts is corrected and kept with the form, or it is typed by
hand with a reason and kept with the filling."""

from __future__ import annotations

import io
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import openpyxl
import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client

from core.dates import today
from core.models import Filling, PaperForm
from core.papers import actions
from core.papers.typed import typed_of
from core.rules import RuleError
from tests.conftest import TOWNSHIP_A, Cast
from tests.imports.ledgers import workbook
from tests.papers.test_grids import serving
from tests.papers.test_register import FIGURES, fill, keep
from tests.rows import id_number

pytestmark = pytest.mark.django_db
SHEET, NUMBER = "Sheet1", id_number()


def correct(form: PaperForm, user: Any, cell: str, words: str, **options: Any) -> PaperForm:
    given = {"sheet": SHEET, "cell": cell, "words": words, **options}
    actions.bind_cell(form=form, by=user, **given)
    form.refresh_from_db()
    return form


def values(filling: Filling) -> dict[str, Any]:
    return {one["cell"]: one["value"] for one in filling.figures}


def test_what_a_cell_counts_is_corrected_and_kept(cast: Cast) -> None:
    form = keep(cast.clerk_a)
    serving(TOWNSHIP_A)
    assert values(fill(form, cast.clerk_a)) == {"B2": 1, "C2": 0, "B3": 1, "C3": 0}
    correct(form, cast.clerk_a, "c3", "从业人员、男")
    assert values(fill(form, cast.clerk_a)) == {"B2": 1, "C2": 0, "B3": 1, "C3": 1}
    # Of the area that its headings name, unless the words name another.
    correct(form, cast.clerk_a, "C2", "西湖路街道 从业人员")
    assert values(fill(form, cast.clerk_a))["C2"] == 0
    correct(form, cast.clerk_a, "C2", "")
    assert "C2" not in values(fill(form, cast.clerk_a))
    correct(form, cast.clerk_a, "C2", "", is_as_read=True)
    assert values(fill(form, cast.clerk_a))["C2"] == 0
    assert form.bindings == {SHEET: {"C3": "从业人员、男"}}


def test_a_cell_whose_headings_nobody_knows_is_given_words(cast: Cast) -> None:
    form = keep(
        cast.clerk_a, workbook([["地区", "从业人数", "某某数", "女"], ["合计"], ["新华路街道"]])
    )
    serving(TOWNSHIP_A)
    asked = actions.understand(
        actions.media.load(form.file_path), user=cast.clerk_a, region="520102", on=today()
    )
    assert ("C1", "某某数") in asked.grids[0].unknown
    correct(form, cast.clerk_a, "C3", "持证人员")
    assert values(fill(form, cast.clerk_a))["C3"] == 0


@pytest.mark.parametrize(
    ("cell", "words", "sentence"),
    [
        ("C3", "天气", "没有认出要统计什么"),
        ("B1", "从业人员", "没有认出要统计什么"),
        ("3C", "从业人员", "不是格的位置"),
        ("ZZZZ1", "从业人员", "不是格的位置"),
    ],
)
def test_what_is_no_correction(cell: str, words: str, sentence: str, cast: Cast) -> None:
    form = keep(cast.clerk_a)
    with pytest.raises(RuleError, match=sentence):
        correct(form, cast.clerk_a, cell, words)
    form.refresh_from_db()
    assert form.bindings == {}


def test_another_offices_form_is_not_corrected(cast: Cast) -> None:
    with pytest.raises(PermissionDenied):
        correct(keep(cast.prefecture, is_shared=True), cast.clerk_a, "C3", "从业人员")


def test_a_cell_is_typed_by_hand_with_its_reason(cast: Cast) -> None:
    form = keep(cast.clerk_a)
    typed = typed_of("B3 12 以人社局反馈为准\n\nD1　3.5 另表")
    made = actions.fill_kept(form=form, by=cast.clerk_a, region="520102", on=today(), typed=typed)
    sheet = openpyxl.load_workbook(io.BytesIO(made.data)).active
    assert (sheet["B3"].value, sheet["D1"].value, sheet["B2"].value) == (12, 3.5, 0)
    filling = form.fillings.get()
    assert filling.typed == [
        {"sheet": SHEET, "cell": "B3", "value": 12, "why": "以人社局反馈为准"},
        {"sheet": SHEET, "cell": "D1", "value": 3.5, "why": "另表"},
    ]
    assert values(filling)["B3"] == 12
    # Only this time.
    assert values(fill(form, cast.clerk_a))["B3"] == 0


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("B3 12", "读不出来"),
        ("十二", "读不出来"),
        ("别的!B3 12 原因", "没有「别的」这张表"),
        (f"B3 12 {NUMBER}的数", "不能有身份证号"),
        (f"B3 {NUMBER[:10]},{NUMBER[10:]} 原因", "不能有身份证号"),
        ("B3 13800001111 李四", "不能有身份证号和手机号"),
        ("B3 1 甲\nB3 2 乙", "写了两次"),
        ("\n".join(["B3 1 原因"] * 51), "最多 50 个"),
    ],
)
def test_what_is_no_typed_cell(
    text: str, sentence: str, cast: Cast, client_of: Callable[[Any], Client]
) -> None:
    form = keep(cast.clerk_a)
    said = {"on": f"{today()}", "reason": "", "typed": text}
    response = client_of(cast.clerk_a).post(f"/papers/{form.pk}/fill/", said)
    assert response.status_code == 422
    assert sentence in response.text
    assert not Filling.objects.exists()


def test_neither_a_formula_nor_a_line_of_a_list_is_typed(cast: Cast) -> None:
    book = openpyxl.load_workbook(io.BytesIO(FIGURES))
    book.active["E2"] = "=SUM(B2:C2)"
    buffer = io.BytesIO()
    book.save(buffer)
    given = {"by": cast.clerk_a, "region": "520102", "on": today()}
    with pytest.raises(RuleError, match="有公式"):
        actions.fill_kept(
            form=keep(cast.clerk_a, buffer.getvalue()), typed=typed_of("E2 1 原因"), **given
        )
    listed = keep(cast.clerk_a, workbook([["姓名", "性别"], [], ["合计"]]))
    with pytest.raises(RuleError, match="在名单的行里"):
        actions.fill_kept(form=listed, typed=typed_of("A2 张三 原因"), **given)


def test_the_page_corrects_and_says_what_was_typed(
    cast: Cast, client_of: Callable[[Any], Client]
) -> None:
    form, client = keep(cast.clerk_a), client_of(cast.clerk_a)
    url = f"/papers/{form.pk}/"
    said = {"sheet": SHEET, "cell": "C3", "words": "从业人员、男"}
    page = client.post(f"{url}cell/", said, follow=True).text
    assert "已记住：C3 填「从业人员、男」，以后都这样填。" in page
    assert "按表头认" in page
    refused = client.post(f"{url}cell/", said | {"words": "天气"})
    assert refused.status_code == 422
    assert "没有认出要统计什么" in refused.text
    assert 'value="天气"' in refused.text
    sent = {"on": f"{today()}", "reason": "", "typed": "B3 12 以人社局反馈为准"}
    assert client.post(f"{url}fill/", sent).status_code == 200
    assert "B3 12（以人社局反馈为准）" in client.get(url).text


@pytest.mark.parametrize(
    ("text", "value"),
    [("12", 12), ("1,200", 1200), ("3.50", Decimal("3.5")), ("-4", -4), ("0", 0), ("0851", "0851"),
     ("3,4", "3,4"), ("1_000", "1_000"), ("1e400", "1e400"), ("1e10000000", "1e10000000"),
     ("12%", "12%"), ("9" * 16, "9" * 16)],
)  # fmt: skip
def test_a_number_is_what_excel_holds_to_the_last_digit(text: str, value: Any) -> None:
    (one,) = typed_of(f"B3 {text} 原因")
    assert one.value == value
    assert isinstance(one.value, str) == isinstance(value, str)


def test_a_sheet_is_named_as_it_is(cast: Cast) -> None:
    rows = [["地区", "从业人数", "女"], ["合计"], ["新华路街道"]]
    form = keep(cast.clerk_a, workbook(rows, rows, names=("统计表（一）", "统计表（二）")))
    given = {"form": form, "by": cast.clerk_a, "region": "520102", "on": today()}
    with pytest.raises(RuleError, match="请写明 B3 在哪一张"):
        actions.fill_kept(typed=typed_of("B3 12 原因"), **given)
    made = actions.fill_kept(typed=typed_of("统计表（二）!B3 12 原因"), **given)
    book = openpyxl.load_workbook(io.BytesIO(made.data))
    assert (book["统计表（二）"]["B3"].value, book["统计表（一）"]["B3"].value) == (12, 0)


def test_a_typed_cell_is_in_the_file_or_refused(cast: Cast) -> None:
    """Also where rows were put in above it, and where it lies in a merge."""
    book = openpyxl.load_workbook(io.BytesIO(workbook([["姓名", "性别"], [], ["合计"]])))
    book.active["B3"] = "=COUNTA(A2:A2)"
    book.active.merge_cells("E1:F2")
    buffer = io.BytesIO()
    book.save(buffer)
    for _ in range(4):
        serving(TOWNSHIP_A)
    form = keep(cast.clerk_a, buffer.getvalue())
    given = {"form": form, "by": cast.clerk_a, "region": "520102", "on": today()}
    with pytest.raises(RuleError, match="有公式"):
        actions.fill_kept(typed=typed_of("B3 9 原因"), **given)
    with pytest.raises(RuleError, match="合并成一格，请写 E1"):
        actions.fill_kept(typed=typed_of("F2 9 原因"), **given)
    made = actions.fill_kept(typed=typed_of("C3 9 原因"), **given)
    assert openpyxl.load_workbook(io.BytesIO(made.data)).active["C6"].value == 9
