"""Forms of plans and of targets broken down to the regions below."""

from __future__ import annotations

from django import forms

from core.entities.forms.fields import PlainForm
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


class TargetsForm(PlainForm):
    """What holds for every target of a table that is saved at once."""

    year = forms.IntegerField(min_value=2000, max_value=2100, widget=forms.HiddenInput)
    # What the table held when it was opened, so that nobody's change is lost unseen.
    seen = forms.CharField(max_length=64, required=False, widget=forms.HiddenInput)
    document = forms.CharField(
        label="文号", max_length=80, help_text="改动的目标记这个文号，没有改动的仍记原来的文号。"
    )


class FreezeForm(PlainForm):
    """Signing of a plan that is over."""

    document = forms.CharField(
        label="决算文号", max_length=80, help_text="公布这份决算的文件，不是下达目标的文件。"
    )
