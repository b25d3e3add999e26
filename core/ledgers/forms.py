"""What the pages of the import ask."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.urls import reverse

from core.accounts.models import User
from core.entities.forms.actions import ReasonField
from core.ledgers.ledger import kinds
from core.ledgers.models import ImportBatch
from core.ledgers.spreadsheets.limits import FILE_BYTES, TOO_LARGE


def kinds_for(user: User) -> list[tuple[str, str]]:
    """(code, name) of the ledgers that the user may import, people first."""
    found = [(k, r.label) for k, r in kinds().items() if user.has_perm(r.permission)]
    return sorted(found, key=lambda kind: kind[0] != "people")


def matched_columns(sent: Mapping[str, str]) -> tuple[dict[str, int], dict[str, str]]:
    """What the page on which columns are matched sends: {attribute: index in the header}, and
    {attribute: what the whole sheet is of it}."""
    chosen = {
        name.removeprefix("column_"): int(value)
        for name, value in sent.items()
        if name.startswith("column_") and value.isdecimal()
    }
    whole = {
        name.removeprefix("whole_"): value
        for name, value in sent.items()
        if name.startswith("whole_")
    }
    return chosen, whole


class UploadForm(forms.Form):
    """A kind of ledger and its file."""

    kind = forms.ChoiceField(
        label="台账类别",
        widget=forms.RadioSelect,
        error_messages={"required": "请选择台账类别。", "invalid_choice": "请选择台账类别。"},
    )
    file = forms.FileField(
        label="台账文件",
        help_text="直接上传现有台账即可，不必改格式。"
        "支持 .xlsx、.xls、.ods、.csv，不超过 20 MB、20 万行。",
        widget=forms.ClearableFileInput(attrs={"accept": ".xlsx,.xls,.ods,.csv,.et"}),
        error_messages={
            "required": "请选择要导入的文件。",
            "empty": "文件是空的，请选择有内容的文件。",
            "missing": "请选择要导入的文件。",
            "invalid": "文件没有传完整，请重新选择。",
        },
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = kinds_for(user)

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > FILE_BYTES:
            raise forms.ValidationError(TOO_LARGE, code="size")
        return file


class CompareForm(UploadForm):
    """A list that somebody else keeps."""

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, user=user, **kwargs)
        self.fields["kind"].label, self.fields["file"].label = "名单类别", "名单文件"


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
