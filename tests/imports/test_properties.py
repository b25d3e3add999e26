"""Whatever a ledger holds: rows add up, nothing is applied twice, forms and imports agree."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.dates import today
from core.entities.made import form_of
from core.ledgers.ledger import ImportContext, RowCheck, ledger_for
from core.ledgers.places import PlaceIndex
from core.ledgers.values import as_text
from core.models import ImportRow
from core.rules import RuleError
from core.secrecy.identity import check_character, check_id_number
from talent.entities import PEOPLE
from talent.models import Person
from tests.conftest import Cast
from tests.imports.ledgers import apply, check, outcomes, people, person

NUMBERS = [
    first + check_character(first)
    for first in (f"52010219900307{serial:03d}" for serial in range(8))
]
CELLS = st.sampled_from(
    ["", "无", "/", "张三", "2021.3", "本科", "中级", "20200100001", "#REF!", 1, 2.5, "x" * 300]
)
ROWS = st.lists(
    st.fixed_dictionaries(
        {
            "name": st.sampled_from(["张三", "李四", "", "张3"]),
            "number": st.sampled_from([*NUMBERS, "", "520102199003071230", 520102199003071000]),
            "乡镇（街道）": st.sampled_from(["新华路街道", "龙场镇", "青岩镇", ""]),
            "入职日期": st.sampled_from(["2021.3", "2022-01-01", "", "6/1/20"]),
            "学历": CELLS,
            "证书级别": CELLS,
            "管理号": CELLS,
            "批准日期": CELLS,
            "备注": CELLS,
        }
    ),
    min_size=1,
    max_size=8,
)


@settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(rows=ROWS)
def test_rows_add_up(rows: list[dict[str, Any]], cast: Cast) -> None:
    before = Person.objects.count()
    batch = check(cast.clerk_a, "people", people(*[person(**row) for row in rows]))
    if not batch.counts:
        return
    outcomes(batch)
    assert batch.counts["rows"] == ImportRow.objects.filter(batch=batch).count() <= len(rows)
    applied = apply(batch)
    outcomes(applied)
    assert applied.applied_at, applied.job.message
    assert Person.objects.count() == before + applied.counts["new"]
    again = check(cast.clerk_a, "people", people(*[person(**row) for row in rows]))
    assert again.counts["new"] == 0
    assert again.counts["changed"] == 0
    assert again.counts["refused"] == applied.counts["refused"]


def _import_says(label: str, cell: Any, cast: Cast) -> str | None:
    """The rule that refuses a cell on the import's way, None when it passes."""
    resource = ledger_for("people")
    row = RowCheck(2, ImportContext(cast.clerk_a, PlaceIndex("520102"), today()))
    column = next(c for c in resource.columns if c.label == label)
    try:
        row.values = {"name": "张三", column.attribute: column.clean_cell(cell, row)}
        if label == "身份证号":
            resource.build(row)
    except RuleError as error:
        return error.rule
    return row.errors[0]["rule"] if row.errors else None


@pytest.mark.parametrize(
    "number",
    [
        *NUMBERS[:3],
        "520102199003071230",
        "520102199003071000",
        "5201021990",
        "520102900307123",
        "52010219901307123X",
        "  520102 19900307 1236 ",
        "５２０１０２１９９００３０７１２３６",
        "999999199003071236",
    ],
)
def test_forms_and_imports_agree_on_id_numbers(number: str, cast: Cast) -> None:
    PersonForm = form_of(PEOPLE)

    form = PersonForm(data={"id_number": number, "id_type": "1"}, user=cast.clerk_a)
    form.is_valid()
    refused = "id_number" in form.errors
    try:
        check_id_number(number, on=today())
        rule = None
    except RuleError as error:
        rule = error.rule
    assert _import_says("身份证号", number, cast) == rule
    assert refused == (rule is not None)


@pytest.mark.parametrize("name", ["张三", "张 三", "买买提•艾力", "张3", "", "张" * 51, "䶮㛃"])
def test_forms_and_imports_agree_on_names(name: str, cast: Cast) -> None:
    PersonForm = form_of(PEOPLE)

    form = PersonForm(data={"name": name}, user=cast.clerk_a)
    form.is_valid()
    rule = _import_says("姓名", name, cast) if name else "REQUIRED"
    assert ("name" in form.errors) == (rule is not None)


@pytest.mark.parametrize("phone", ["13800001234", "+86 138 0000 1234", "0851-85551234", "123", "a"])
def test_forms_and_imports_agree_on_phones(phone: str, cast: Cast) -> None:
    PersonForm = form_of(PEOPLE)

    form = PersonForm(data={"phone": phone}, user=cast.clerk_a)
    form.is_valid()
    assert ("phone" in form.errors) == (_import_says("联系电话", phone, cast) is not None)


@given(st.one_of(st.text(max_size=40), st.floats(allow_nan=False), st.integers(), st.booleans()))
def test_any_cell_is_text(cell: Any) -> None:
    assert isinstance(as_text(cell), str)
