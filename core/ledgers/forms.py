"""What the pages of the import ask."""

from __future__ import annotations

from typing import Any

from django import forms
from django.urls import reverse

from core.accounts.models import User
from core.entities.forms.actions import ReasonField
from core.ledgers.guessing import kinds_of
from core.ledgers.models import ImportBatch
from core.ledgers.spreadsheets.limits import FILE_BYTES, TOO_LARGE

# What the form says of a ledger whose kind its headings shall tell.
AUTO = "auto"


class UploadForm(forms.Form):
    """A ledger: its file, and its kind where that is said."""

    kind = forms.ChoiceField(
        label="台账类别",
        widget=forms.RadioSelect,
        required=False,
        error_messages={"invalid_choice": "请选择台账类别。"},
    )
    file = forms.FileField(
        label="台账文件",
        required=False,
        help_text="直接上传现有台账即可，不必改格式。"
        "支持 .xlsx、.xls、.ods、.csv，不超过 20 MB、20 万行。",
        widget=forms.ClearableFileInput(attrs={"accept": ".xlsx,.xls,.ods,.csv,.et"}),
        error_messages={
            "empty": "文件是空的，请选择有内容的文件。",
            "missing": "请选择要导入的文件。",
            "invalid": "文件没有传完整，请重新选择。",
        },
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = [(AUTO, "自动判断"), *kinds_of(user)]

    def clean_kind(self) -> str:
        """The kind, "" for one that is to be found out."""
        kind: str = self.cleaned_data["kind"]
        return "" if kind == AUTO else kind

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file is None:
            raise forms.ValidationError("请选择要导入的文件。", code="required")
        if file.size > FILE_BYTES:
            raise forms.ValidationError(TOO_LARGE, code="size")
        return file


class KindForm(forms.Form):
    """The kind of a ledger that was taken in without it."""

    kind = forms.ChoiceField(label="台账类别", widget=forms.RadioSelect)

    def __init__(self, *, kinds: list[tuple[str, str]]) -> None:
        super().__init__()
        self.fields["kind"].choices = kinds


class ConfirmForm(forms.Form):
    reason = ReasonField(
        label="提示项说明",
        help_text="有提示的行照常录入，请说明原因，例如「证书批准日期以纸质证书为准」。",
    )

    def __init__(self, *, batch: ImportBatch) -> None:
        super().__init__(initial={"reason": batch.reason})
        self.fields["reason"].widget.attrs |= {
            "hx-post": reverse("import_reason", args=[batch.pk]),
            "hx-trigger": "input changed delay:400ms, change",
            "hx-swap": "none",
        }
