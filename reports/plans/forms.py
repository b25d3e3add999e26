"""The form of a plan."""

from __future__ import annotations

from typing import Any

from django import forms

from core.entities.forms.fields import say_what_is_missing
from reports.plans.models import Plan


class PlanForm(forms.ModelForm):
    class Meta:
        model = Plan
        fields = ["code", "name", "starts_on", "ends_on", "baseline_on", "document_on", "document"]
        help_texts = {
            "code": "字母和数字，如 15_5；确定后不再更改。",
            "name": "如：“十五五”规划",
            "baseline_on": "新增重点人才以此日以后取得的为新增。",
            "document_on": "不填则与基期相同。",
        }
        error_messages = {"code": {"unique": "已有这个代码的规划，请换一个代码。"}}
        widgets = {
            name: forms.DateInput(attrs={"type": "date", "class": "w-date"}, format="%Y-%m-%d")
            for name in ("starts_on", "ends_on", "baseline_on", "document_on")
        }

    code = forms.SlugField(label="代码", max_length=20, help_text=Meta.help_texts["code"])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        say_what_is_missing(self.fields)
