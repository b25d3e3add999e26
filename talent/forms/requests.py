"""Forms of requests: transfers in, decisions, and what a worker asks or sets herself."""

from __future__ import annotations

import re
from types import SimpleNamespace
from typing import Any

from django import forms
from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError

from core.accounts.passwords import in_words
from core.accounts.roles import Role
from core.entities.forms import (
    ActionForm,
    LookupField,
    NationalPlaceField,
    ReasonField,
    RecordForm,
    RecordMeta,
    RegionField,
    names_in,
)
from core.entities.forms.fields import PlainForm, say_what_is_missing
from core.models import Region, User
from core.regions.names import place_name
from core.rules import RuleError
from core.secrecy.identity import ID_TYPES, clean_name, clean_phone
from stations.models import Station
from talent.codes import Employment, PostKind
from talent.models import Person

CORRECTION = (
    ("身份", ("name", "former_name", "sex", "birth_date", "ethnicity", "political_status")),
    ("地区", ("native_place", "household_place", "residence")),
    ("人才信息", ("category", "sources", "service_fields")),
)
OTHER = ("其他更正", ("about", "wrong"))
WRONG_CODE = (
    "证件号码或激活码不正确，或激活码已失效、已用过、试错次数过多。"
    "请核对后再试；多次不成功请 30 分钟后再试，或请所在县（市、区）重新发放激活码。"
)

# Whose password is set before there is an account.
_WORKER = User(role=Role.WORKER)


class RevealForm(ActionForm):
    reason = ReasonField(
        label="查看事由", help_text="会留下记录，本人可以看到您的姓名、时间和事由。"
    )


class DecisionForm(ActionForm):
    """An answer to a request: the button says which, the reason is needed for a refusal."""

    reason = ReasonField(
        label="意见", required=False, help_text="不同意时请写明原因，对方可以看到。"
    )


class TransferInForm(ActionForm):
    id_type = forms.ChoiceField(label="证件类型", choices=ID_TYPES)
    id_number = forms.CharField(
        label="证件号码",
        max_length=40,
        widget=forms.TextInput(attrs={"class": "mono-input", "autocomplete": "off"}),
    )
    to_region = RegionField(label="转入地", min_level=3)
    station = LookupField(Station.objects.none(), label="拟任职站点", required=False)
    kind = forms.ChoiceField(label="岗位", choices=PostKind.choices, initial=PostKind.FRONTLINE)
    employment = forms.ChoiceField(label="用工性质", choices=Employment.choices)
    reason = ReasonField(label="转入原因")

    def post(self) -> dict[str, Any]:
        """The proposed post as the request keeps it: codes and ids, no personal number."""
        station = self.cleaned_data["station"]
        if station is None:
            return {}
        return {
            "station": str(station.pk),
            "kind": self.cleaned_data["kind"],
            "employment": self.cleaned_data["employment"],
        }


class ContactForm(PlainForm):
    phone = forms.CharField(
        label="联系电话",
        max_length=30,
        help_text="手机号，或带区号的座机号。",
        widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "tel"}),
    )
    address = forms.CharField(label="通讯地址", max_length=100, required=False)

    def clean_phone(self) -> str:
        phone = clean_phone(self.cleaned_data["phone"])
        if not phone:
            raise ValidationError("请填写联系电话。")
        return phone


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

    native_place = NationalPlaceField(label="籍贯", required=False)
    household_place = NationalPlaceField(label="户籍地", required=False)
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
    layout = (*CORRECTION, OTHER)

    class Meta(RecordMeta):
        model = Person
        fields = names_in(CORRECTION)

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
        asked = set(self.changed_data) & set(names_in(CORRECTION))
        return {name: self.cleaned_data[name] for name in asked}

    def other(self) -> str:
        """What is wrong in which other record, as the reviewer reads it."""
        about = dict(self.fields["about"].choices).get(self.cleaned_data["about"], "")
        return f"{about}：{self.cleaned_data['wrong']}" if self.cleaned_data["wrong"] else ""


class ActivateForm(PlainForm):
    id_number = forms.CharField(
        label="证件号码",
        max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "off", "class": "mono-input"}),
    )
    code = forms.CharField(
        label="激活码",
        max_length=20,
        help_text="单位给您的纸条上的 10 位字母和数字。",
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "class": "mono-input"}),
    )
    password = forms.CharField(
        label="设置密码",
        max_length=128,
        help_text=in_words(_WORKER),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    again = forms.CharField(
        label="再输入一次密码",
        max_length=128,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def clean_password(self) -> str:
        password = self.cleaned_data["password"]
        validate_password(password, _WORKER)
        return str(password)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("password") and cleaned.get("again") != cleaned["password"]:
            self.add_error("again", "两次输入的密码不一致。")
        return cleaned


__all__ = [
    "WRONG_CODE",
    "ActivateForm",
    "ContactForm",
    "CorrectionForm",
    "DecisionForm",
    "RevealForm",
    "TransferInForm",
]
