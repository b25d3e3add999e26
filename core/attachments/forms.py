"""What the pages of a record's files ask."""

from __future__ import annotations

from typing import Any

from django import forms

from core.attachments.limits import EMPTY, FILE_BYTES, TOO_LARGE


class AddForm(forms.Form):
    """A file and what it is. The purposes that suit the record are offered, none is imposed."""

    file = forms.FileField(
        label="文件",
        help_text="照片（JPG、PNG）或 PDF，不超过 10 MB。照片里的拍摄地点等信息会自动去掉。"
        "请不要上传身份证照片。",
        widget=forms.FileInput(attrs={"accept": "image/jpeg,image/png,application/pdf"}),
        error_messages={
            "required": "请选择文件。",
            "empty": EMPTY,
            "missing": "请选择文件。",
            "invalid": "文件没有传完整，请重新选择。",
        },
    )
    purpose = forms.CharField(
        label="这是什么",
        max_length=40,
        widget=forms.TextInput(attrs={"list": "purposes", "autocomplete": "off"}),
        error_messages={
            "required": "请写明这个文件是什么，例如「证书原件」。",
            "max_length": "请写得短一些，最多 40 个字。",
        },
    )

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > FILE_BYTES:
            raise forms.ValidationError(TOO_LARGE, code="size")
        return file


class RemoveForm(forms.Form):
    reason = forms.CharField(
        label="移除原因",
        max_length=200,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={
            "required": "请写明移除的原因。",
            "max_length": "请写得短一些，最多 200 个字。",
        },
    )
