"""No form answers in Django's own sentences, which say a limit and not what to do."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator

from core.entities.entity import ENTITIES
from core.entities.forms import DateField, ReasonField, RecordForm
from core.entities.forms.fields import DecimalField, IntegerField, PlainForm
from core.entities.forms.words import stock_messages
from core.entities.made import form_of
from reports.plans.forms import PlanForm
from tests.conftest import COUNTY_A, Cast
from tests.rows import make_row

pytestmark = pytest.mark.django_db


class _Form(PlainForm):
    """One field for each way to be wrong."""

    people = IntegerField(label="人数", min_value=0, max_value=9)
    amount = DecimalField(label="金额", max_digits=5, decimal_places=2)
    word = forms.CharField(label="名称", min_length=2, max_length=4)
    one = forms.ChoiceField(label="类别", choices=[("1", "甲")])
    some = forms.MultipleChoiceField(label="领域", choices=[("1", "甲")])
    day = DateField(label="日期")
    own = IntegerField(label="户数", min_value=1, error_messages={"min_value": "至少一户。"})


SAID: list[tuple[str, Any, str]] = [
    ("people", "-1", "不能小于 0，请核对后改正。"),
    ("people", "10", "不能大于 9，请核对后改正。"),
    ("people", "1.5", "请填写整数，如 12。"),
    ("people", "", "请填写人数。"),
    ("amount", "1.234", "最多保留 2 位小数，请改短。"),
    ("amount", "12345", "数字太大，小数点前最多 3 位，请核对单位后改正。"),
    ("amount", "万把", "「万把」不是数字，请只填数字。"),
    ("word", "甲", "至少 2 个字，现在是 1 个，请补充。"),
    ("word", "甲乙丙丁戊", "最多 4 个字，现在是 5 个，请删减。"),
    ("word", "甲\x00乙", "文字里有看不见的控制字符，请删去后重新填写。"),
    ("one", "2", "「2」不在可选范围内，请从列表中选择。"),
    ("some", ["2"], "「2」不在可选范围内，请从列表中选择。"),
    ("day", "x", "日期「x」不是有效日期，请写成 2021-03-01 这样的格式。"),
    ("own", "0", "至少一户。"),
]


@pytest.mark.parametrize(("name", "value", "said"), SAID)
def test_what_is_wrong_says_what_to_do(name: str, value: Any, said: str) -> None:
    assert _Form({name: value}).errors[name] == [said]


def _fields(cast: Cast) -> Iterator[tuple[str, forms.Field]]:
    for name, entity in ENTITIES.items():
        made: Any = form_of(entity) if entity.is_record else None
        if made is not None and issubclass(made, RecordForm):
            form = made(instance=make_row(name, COUNTY_A), user=cast.reviewer_a)
            yield from ((f"{name}.{field}", form.fields[field]) for field in form.fields)
    yield "reason", ReasonField()
    yield from ((f"plan.{name}", field) for name, field in PlanForm().fields.items())


def test_no_field_of_any_form_answers_in_stock_sentences(cast: Cast) -> None:
    walked = 0
    for where, field in _fields(cast):
        stock = stock_messages(field)
        kept = {code for code, said in field.error_messages.items() if said == stock.get(code)}
        # Named by the form that the field joins.
        assert kept <= {"required"}, (where, kept)
        assert not kept or where == "reason"
        codes = {getattr(validator, "code", "max_digits") for validator in field.validators}
        assert codes <= set(field.error_messages), (where, codes)
        walked += 1
    assert walked > 80


def test_a_validator_of_a_model_is_overruled_too(cast: Cast) -> None:
    form = form_of(ENTITIES["graduatestat"])(user=cast.reviewer_a)
    field: Any = form.fields["graduates"]
    assert any(isinstance(validator, MinValueValidator) for validator in field.validators)
    with pytest.raises(ValidationError, match="不能小于 0，请核对后改正"):
        field.clean("-1")
