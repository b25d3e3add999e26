"""What the pages of the import ask."""

from __future__ import annotations

from typing import Any

from django import forms
from django.urls import reverse

from core.accounts.models import User
from core.entities.forms.actions import ReasonField
from core.ledgers.guessing import kinds_of
from core.ledgers.ledger import registers
from core.ledgers.models import ImportBatch
from core.ledgers.pasting import ledger_of
from core.ledgers.spreadsheets import Refused
from core.ledgers.spreadsheets.limits import FILE_BYTES, TOO_LARGE

# What the form says of a ledger whose kind its headings shall tell.
AUTO = "auto"


class PastedInput(forms.Textarea):
    """A field that takes cells and shows none, also where the page comes back."""

    def format_value(self, value: Any) -> str:
        return ""


class UploadForm(forms.Form):
    """A ledger: its file, or a block of cells copied from one, and its kind where that is said."""

    kind = forms.ChoiceField(
        label="台账类别",
        widget=forms.RadioSelect,
        required=False,
        error_messages={"required": "请选择台账类别。", "invalid_choice": "请选择台账类别。"},
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

    text = forms.CharField(
        label="或粘贴表格内容",
        required=False,
        strip=False,
        help_text="在 Excel 或 WPS 中选中一块（连同列名那一行）复制，粘贴到这里，和上传文件一样。",
        # What was pasted is never given back: it holds people's numbers.
        widget=PastedInput(attrs={"rows": 3, "autocomplete": "off", "spellcheck": "false"}),
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        self.fields["kind"].choices = [(AUTO, "自动判断"), *kinds_of(user)]

    def clean_kind(self) -> str:
        """The kind, "" for one that is to be found out."""
        kind: str = self.cleaned_data["kind"]
        return "" if kind == AUTO else kind

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file is not None and file.size > FILE_BYTES:
            raise forms.ValidationError(TOO_LARGE, code="size")
        return file

    def clean(self) -> dict[str, Any]:
        """`ledger` is (name, bytes) of what came, in whichever way."""
        said: dict[str, Any] = self.cleaned_data
        file, text = said.get("file"), said.get("text", "")
        if file and text.strip():
            self.add_error("text", "文件和粘贴的内容只能要一样，请去掉一样再上传。")
        elif file:
            said["ledger"] = file.name, file.read()
        elif text.strip():
            try:
                said["ledger"] = ledger_of(text, user=self.user)
            except Refused as refusal:
                self.add_error("text", str(refusal))
        elif not self.errors:
            self.add_error("file", "请选择要导入的文件，或者粘贴表格内容。")
        return said


class KindForm(forms.Form):
    """The kind of a ledger that was taken in without it."""

    kind = forms.ChoiceField(label="台账类别", widget=forms.RadioSelect)

    def __init__(self, *, kinds: list[tuple[str, str]]) -> None:
        super().__init__()
        self.fields["kind"].choices = kinds


class CompareForm(UploadForm):
    """A list that somebody else keeps; what it is laid beside, its kind says."""

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, user=user, **kwargs)
        self.fields["kind"].label, self.fields["file"].label = "名单类别", "名单文件"
        found = [kind for kind in kinds_of(user) if kind[0] in registers()]
        self.fields["kind"].choices, self.fields["kind"].required = found, True


class ConfirmForm(forms.Form):
    # What is said of most ledgers, at one click.
    wordings = ("以证书等纸质材料为准", "已与报送单位核实", "资料待补，先行录入")
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
