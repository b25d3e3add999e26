"""What a worker may ask to have corrected, filled with what is registered."""

from __future__ import annotations

import re
from types import SimpleNamespace
from typing import Any

from django import forms
from django.conf import settings

from core.entities.forms import ReasonField, RecordForm, RegionField
from core.entities.forms.fields import say_what_is_missing
from core.entities.forms.record import record_formfield
from core.models import Region
from core.regions.names import place_name
from core.rules import RuleError
from core.secrecy.identity import clean_name
from talent.corrections.items import CORRECTABLE, CORRECTION, OTHER_LABEL
from talent.people.entity import PEOPLE
from talent.people.models import Person

OTHER = (OTHER_LABEL, ("about", "wrong"))


class ProvinceRegionField(RegionField):
    """A region anywhere in the province, typed: a worker has no area of her own."""

    widget = forms.TextInput

    def bind_user(self, user: Any, current: Any = None) -> None:
        """Whoever asks may name any region: a reviewer decides."""
        self.user = SimpleNamespace(region_id=settings.PROVINCE_CODE, is_active=True)
        self.current, self.queryset = current, Region.objects.current()

    def to_python(self, value: Any) -> Region | None:
        if value in self.empty_values:
            return None
        code = re.search(r"[(（](\d{4,9})[)）]$", str(value).strip())
        return super().to_python(code.group(1) if code else value)

    def prepare_value(self, value: Any) -> Any:
        code = value.pk if isinstance(value, Region) else value
        return f"{place_name(code)}（{code}）" if code and str(code).isdigit() else value


class CorrectionForm(RecordForm):
    """What a worker may ask to have corrected; filled with what is registered.

    `records` are choices of what hangs on the record; what is wrong there is said in words.
    """

    residence = ProvinceRegionField(
        label="常住地", help_text="输入乡镇（街道）名称或区划代码，如 新华路街道。"
    )
    about = forms.ChoiceField(
        label="哪一条记录",
        required=False,
        help_text="任职、证书、登记、学历、职称、重点人才认定有误或漏登的，选是哪一条。",
    )
    wrong = forms.CharField(
        label="哪里不对，应当是什么",
        required=False,
        max_length=400,
        help_text="例如「任职日期应为 2021-03-01，有劳动合同」。另有记录不对的，写在一起。",
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    entity = PEOPLE
    layout = (*CORRECTION, OTHER)

    class Meta:
        model = Person
        fields = CORRECTABLE
        formfield_callback = staticmethod(record_formfield)

    def __init__(self, *args: Any, records: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["about"].choices = [("", "不涉及"), *records]
        self.fields["reason"] = ReasonField(
            label="申请说明", help_text="写明依据，如身份证、户口簿、毕业证书。"
        )
        say_what_is_missing(self.fields)

    def clean_name(self) -> str:
        return clean_name(self.cleaned_data["name"])

    def clean_service_fields(self) -> list[str]:
        chosen = list(self.cleaned_data["service_fields"])
        if len(chosen) > 3:
            raise RuleError("FIELD", f"服务领域最多选 3 项，现在选了 {len(chosen)} 项。")
        return chosen

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        about, wrong = cleaned.get("about"), cleaned.get("wrong")
        if about and not wrong:
            self.add_error("wrong", "请写明这条记录哪里不对；没有不对的，上面选「不涉及」。")
        if wrong and not about and "about" not in self.errors:
            self.add_error("about", "请选择是哪一条记录。")
        return cleaned

    def asked(self) -> dict[str, Any]:
        """Field -> new value, of the fields that were changed."""
        asked = set(self.changed_data) & set(CORRECTABLE)
        return {name: self.cleaned_data[name] for name in asked}

    def other(self) -> str:
        """What is wrong in which other record, as the reviewer reads it."""
        about = dict(self.fields["about"].choices).get(self.cleaned_data["about"], "")
        return f"{about}：{self.cleaned_data['wrong']}" if self.cleaned_data["wrong"] else ""
