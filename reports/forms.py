"""Forms of plans and of targets broken down to the regions below."""

from __future__ import annotations

from typing import Any

from django import forms

from reports.models import Plan


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
        widgets = {
            name: forms.DateInput(attrs={"type": "date", "class": "w-date"}, format="%Y-%m-%d")
            for name in ("starts_on", "ends_on", "baseline_on", "document_on")
        }

    code = forms.SlugField(label="代码", max_length=20, help_text=Meta.help_texts["code"])


class TargetsForm(forms.Form):
    """One number a region below; empty withdraws it."""

    year = forms.IntegerField(label="年度", min_value=2000, max_value=2100)
    document = forms.CharField(label="文号", max_length=80)

    def __init__(self, *args: Any, regions: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.regions = regions
        for code, name in regions:
            self.fields[code] = forms.IntegerField(
                label=name, min_value=0, max_value=10_000_000, required=False,
                widget=forms.NumberInput(attrs={"class": "w-number", "inputmode": "numeric"}),
            )  # fmt: skip

    def values(self) -> dict[str, int | None]:
        return {code: self.cleaned_data[code] for code, _ in self.regions}
