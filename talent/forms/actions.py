"""What the actions on people and their records ask before they are done."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import Q

from core.dates import today
from core.entities.forms import ActionForm, DateField, FreeTextField, ReasonField, RegionField
from core.entities.forms.actions import ReasonForm
from core.entities.forms.widgets import SearchSelect
from core.models import Region
from core.regions.names import place_name
from core.secrecy.crypto import blind_index
from core.secrecy.identity import clean_id_number
from core.text import normalise
from talent.codes import Verification
from talent.models import Person

BASES = [
    (v.value, v.label) for v in (Verification.COUNTY, Verification.DOCUMENT, Verification.PROVINCE)
]
YES_NO = [("True", "同意认定"), ("False", "不予认定")]


def _day(label: str, hint: str = "") -> DateField:
    return DateField(label=label, help_text=hint, initial=today)


def _truth(value: Any) -> bool:
    return str(value) == "True"


class CountyField(forms.ModelChoiceField):
    """A county anywhere in the province but those of the user: where somebody is to move."""

    widget = SearchSelect

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(Region.objects.none(), **kwargs)

    def offer(self, user: Any) -> None:
        """Read today's counties; called by the form."""
        counties = Region.objects.current().filter(level=Region.Level.COUNTY)
        self.queryset = counties.exclude(pk__startswith=user.region_id)
        self.choices = [(county.pk, place_name(county.pk)) for county in self.queryset]


class EndPostForm(ActionForm):
    ended_on = _day("离岗日期", "不再在岗的第一天。")
    reason = ReasonField(label="离岗原因")


class MoveForm(ActionForm):
    residence = RegionField(label="新的常住地")
    moved_on = _day("迁居日期")
    reason = ReasonField(required=False)


class LeaveForm(ActionForm):
    left_on = _day("离省日期", "这一天仍计入，次日起不再计入。")
    reason = ReasonField(label="去向和原因")


class RetireForm(ActionForm):
    retired_on = _day("退休日期", "这一天仍计入，次日起不再计入。")
    keeps_posts = forms.BooleanField(label="退休后继续任职（仍计入在岗）", required=False)
    reason = ReasonField(label="说明")


class ReturnForm(ActionForm):
    returned_on = _day("返回日期")
    reason = ReasonField(label="说明")


class DeathForm(ActionForm):
    died_on = DateField(label="死亡日期", help_text="次日起不再计入。")
    proof = FreeTextField(
        label="依据", max_length=200, help_text="如死亡医学证明、火化证明、户籍注销证明的编号。"
    )
    reason = ReasonField(label="说明", required=False)


class TransferOutForm(ActionForm):
    to_region = CountyField(
        label="转入县（市、区）", help_text="由对方审核员接收；15 天未处理自动转入。"
    )
    reason = ReasonField(label="转出原因")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["to_region"].offer(self.user)


class VerifyCertificateForm(ActionForm):
    verification = forms.ChoiceField(label="核验级别", choices=BASES, widget=forms.RadioSelect)
    means = FreeTextField(
        label="核验方式", max_length=40, help_text="如中国人事考试网、电子证书、纸质原件。"
    )
    verified_on = _day("核验日期")


class CancelRegistrationForm(ActionForm):
    cancelled_on = _day("注销日期")
    reason = ReasonField(label="注销原因")


class DecideClaimForm(ActionForm):
    approves = forms.TypedChoiceField(
        label="结论", choices=YES_NO, coerce=_truth, widget=forms.RadioSelect
    )
    reason = ReasonField(label="意见", required=False, help_text="不予认定时必填，申报人可以看到。")


__all__ = [
    "CancelRegistrationForm",
    "CountyField",
    "DeathForm",
    "DecideClaimForm",
    "EndPostForm",
    "LeaveForm",
    "MoveForm",
    "ReasonForm",
    "RetireForm",
    "ReturnForm",
    "TransferOutForm",
    "VerifyCertificateForm",
]


class MergeForm(ActionForm):
    """Names the record to keep by a number, and checks it by the name on it."""

    kept = forms.CharField(
        label="保留的档案",
        max_length=40,
        help_text="填写保留档案的人才编号或证件号码。",
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    kept_name = forms.CharField(
        label="保留档案的姓名", max_length=50, help_text="用来核对没有填错。"
    )
    reason = ReasonField(label="合并依据", help_text="如本人证件核对、公安核查。")

    def clean_kept(self) -> Person:
        number = clean_id_number(self.cleaned_data["kept"])
        index = blind_index(number, purpose="id_number")
        people = Person.objects.for_user(self.user).filter(Q(number=number) | Q(id_index=index))
        kept = people.first()
        if kept is None:
            raise forms.ValidationError("在您的辖区内没有找到这份档案，请核对编号或证件号码。")
        return kept

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        name, kept = cleaned.pop("kept_name", ""), cleaned.get("kept")
        if kept is not None and name and normalise(name) != kept.name:
            self.add_error("kept_name", "与保留档案上的姓名不一致，请核对。")
        return cleaned
