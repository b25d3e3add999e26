"""What the pages of forms ask."""

from __future__ import annotations

from typing import Any

from django import forms

from core.entities.forms.actions import DateField, FreeTextField, ReasonField
from core.entities.forms.fields import PlainForm
from core.ledgers.spreadsheets.limits import FILE_BYTES, TOO_LARGE
from core.papers.models import Every
from core.papers.typed import Typed, typed_of
from core.rules import RuleError


class PaperUploadForm(PlainForm):
    """A blank form, who asks for it and with which document."""

    file = forms.FileField(
        label="空白表格",
        help_text="别的单位发来的 .xlsx 原件，不用改。不超过 20 MB。",
        widget=forms.ClearableFileInput(attrs={"accept": ".xlsx"}),
        error_messages={
            "required": "请选择要填的表。",
            "empty": "文件是空的，请选择有内容的文件。",
            "missing": "请选择要填的表。",
            "invalid": "文件没有传完整，请重新选择。",
        },
    )
    asker = FreeTextField(label="要表单位", max_length=80, required=False)
    document = FreeTextField(
        label="依据文件", max_length=120, required=False, help_text="文号或文件名，可不填。"
    )

    every = forms.ChoiceField(label="多久一次", choices=Every.choices, required=False)
    is_shared = forms.BooleanField(
        label="下发给下级",
        required=False,
        help_text="下级单位在「填表」里看到这张表，各填各的地区。",
    )

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > FILE_BYTES:
            raise forms.ValidationError(TOO_LARGE, code="size")
        return file


class PaperFillForm(PlainForm):
    """For which day, and why with full numbers."""

    on = DateField(label="截止日期")
    reason = ReasonField(
        label="完整号码的事由",
        required=False,
        help_text="不填的，证件号码和电话只显示首尾几位；填了事由的写完整号码，导出留痕。",
    )
    typed = forms.CharField(
        label="手工填的格",
        required=False,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 3, "spellcheck": "false"}),
        help_text="一行一格：格、内容、原因，中间空一格，例如「D5 12 以人社局反馈为准」；"
        "几张表的写「表名!D5」。只填这一次，和填表记录一起留存。",
    )

    def clean_typed(self) -> list[Typed]:
        try:
            return typed_of(self.cleaned_data["typed"] or "")
        except RuleError as refusal:
            raise forms.ValidationError(str(refusal)) from None
