"""The form of a person, and what the verbs on her ask."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.db.models import Q
from django.urls import reverse

from core.dates import today
from core.entities.forms import (
    ActionForm,
    DateField,
    FreeTextField,
    ReasonField,
    RecordForm,
    RegionField,
)
from core.national import is_known_division
from core.rules import Answers, Flag, RuleError
from core.secrecy.crypto import blind_index
from core.secrecy.identity import (
    check_id_number,
    clean_id_number,
    clean_name,
    clean_phone,
    without_id_numbers,
)
from core.text import normalise
from talent.people.actions import registered_message
from talent.people.known import county_of_registered, others_with_phone
from talent.people.models import Person
from talent.people.rules import check_birth_date, check_free_text, check_phone_shared

UNKNOWN_SEX = "0"


def _day(label: str, hint: str = "") -> DateField:
    return DateField(label=label, help_text=hint, initial=today)


class PersonForm(RecordForm):
    """The ID number tells birth date, sex and, as a hint, the native place."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # The answer fills birth date and sex beside it, and warns when already registered.
        self.fields["id_number"].widget.attrs |= {
            "hx-post": reverse("id_number_check"),
            # Once more on a form that was refused.
            "hx-trigger": "change, load" if self.is_bound else "change",
            "hx-target": "#id-number-answer",
            "hx-include": "[name=id_type]",
        }

    def clean_name(self) -> str:
        return clean_name(self.cleaned_data["name"])

    def clean_former_name(self) -> str:
        value = self.cleaned_data["former_name"]
        return clean_name(value) if value else ""

    def clean_phone(self) -> str:
        return clean_phone(self.cleaned_data["phone"])

    def clean_service_fields(self) -> list[str]:
        chosen = list(self.cleaned_data["service_fields"])
        if len(chosen) > 3:
            raise RuleError("FIELD", f"服务领域最多选 3 项，现在选了 {len(chosen)} 项。")
        return chosen

    def check(self, cleaned: dict[str, Any]) -> Iterable[Flag]:
        answers = Answers()
        answers.ask(check_birth_date, cleaned.get("birth_date"))
        answers.ask(check_free_text, cleaned.get("remark", ""))
        cleaned["remark"] = without_id_numbers(cleaned.get("remark", ""))
        answers.ask(self._check_phone, cleaned.get("phone", ""))
        answers.ask(self._check_number, cleaned)
        return answers.settle()

    def _check_number(self, cleaned: dict[str, Any]) -> Iterable[Flag]:
        """R1, R4 and R5, and what the number tells of the person."""
        number = cleaned.get("id_number")
        if not number or "id_number" in self.errors:
            return
        identity = check_id_number(number, id_type=cleaned.get("id_type") or "1")
        check_birth_date(identity.birth_date, field="id_number")
        cleaned["id_number"] = identity.number
        if self.kept.get("id_number") != identity.number:
            county = county_of_registered(
                identity.number,
                but=self.instance.pk,
                adding_by=self.user if self.instance._state.adding else None,
            )
            if county is not None:
                raise RuleError("R4", registered_message(county, self.user), field="id_number")
            yield from identity.flags
        yield from self._derive(cleaned, identity)

    def _check_phone(self, phone: str) -> Iterable[Flag]:
        """R23; how many others use a phone is counted in the whole province."""
        if phone and phone != self.kept.get("phone"):
            yield from check_phone_shared(others_with_phone(phone, but=self.instance.pk))

    def _derive(self, cleaned: dict[str, Any], identity: Any) -> Iterable[Flag]:
        """Fill what the number tells where nothing was typed; remark on what differs."""
        if not cleaned.get("birth_date"):
            cleaned["birth_date"] = identity.birth_date
        elif identity.birth_date and cleaned["birth_date"] != identity.birth_date:
            yield Flag("R1", "W", "出生日期与身份证号不一致，请核对。", "birth_date")
        if cleaned.get("sex") in (None, "", UNKNOWN_SEX) and identity.sex:
            cleaned["sex"] = identity.sex
        elif identity.sex and cleaned.get("sex") != identity.sex:
            yield Flag("R1", "W", "性别与身份证号不一致，请核对。", "sex")
        if (
            not cleaned.get("native_place")
            and self.instance._state.adding
            and is_known_division(identity.region_prefix)
        ):
            yield Flag("I", "I", "籍贯未填，可参考身份证号前六位。", "native_place")


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


class RevealForm(ActionForm):
    reason = ReasonField(
        label="查看事由", help_text="会留下记录，本人可以看到您的姓名、时间和事由。"
    )
