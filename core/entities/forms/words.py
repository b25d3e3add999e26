"""What a field answers to what it refuses: our sentences in the place of Django's own, which
name a limit (「确保该值大于或等于0」) and not what to do."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms

# By the code of Django's fields and validators, with their parameters.
_WORDS = {
    "min_value": "不能小于 %(limit_value)s，请核对后改正。",
    "max_value": "不能大于 %(limit_value)s，请核对后改正。",
    "min_length": "至少 %(limit_value)d 个字，现在是 %(show_value)d 个，请补充。",
    "max_length": "最多 %(limit_value)d 个字，现在是 %(show_value)d 个，请删减。",
    "max_digits": "数字太长，整数和小数合计最多 %(max)s 位，请核对后改正。",
    "max_decimal_places": "最多保留 %(max)s 位小数，请改短。",
    "max_whole_digits": "数字太大，小数点前最多 %(max)s 位，请核对单位后改正。",
    "invalid_choice": "「%(value)s」不在可选范围内，请从列表中选择。",
    "invalid_list": "没有看懂选了哪些，请重新选择。",
    "null_characters_not_allowed": "文字里有看不见的控制字符，请删去后重新填写。",
}
# The first that a field is one of.
_INVALID: tuple[tuple[type[forms.Field], str], ...] = (
    (forms.DecimalField, "请填写数字，如 1200.5。"),
    (forms.IntegerField, "请填写整数，如 12。"),
    (forms.DateField, "请填写日期，如 2021-03-01。"),
    (forms.SlugField, "请只用字母、数字、下划线和横线。"),
)


def say_what_is_wrong(field: forms.Field, validators: Iterable[Any] = ()) -> None:
    """Leave a field no sentence of Django's; what was written for it stays, and for `validators`,
    those of the model's field that it stands for."""
    words = dict(_WORDS)
    if invalid := next((said for kind, said in _INVALID if isinstance(field, kind)), ""):
        words["invalid"] = invalid
    stock = stock_messages(field)
    # The form's messages go before those of the validators.
    own = {
        v.code for v in validators if getattr(v, "message", "") != getattr(type(v), "message", "")
    }
    for code, said in words.items():
        if code not in own and field.error_messages.get(code) == stock.get(code):
            field.error_messages[code] = said


def stock_messages(field: forms.Field) -> dict[str, Any]:
    """Django's own sentences of a field by their code."""
    kinds = [kind for kind in type(field).__mro__ if kind.__module__.startswith("django.")]
    return {
        code: message
        for kind in reversed(kinds)
        for code, message in vars(kind).get("default_error_messages", {}).items()
    }
