"""The form of a person: the ID number tells birth date, sex and, as a hint, the native place."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.urls import reverse

from core.entities.forms import (
    FreeTextField,
    NationalPlaceField,
    NoteField,
    RecordForm,
    RecordMeta,
    names_in,
)
from core.national import is_known_division
from core.rules import Flag, RuleError
from core.secrecy.identity import (
    check_id_number,
    clean_name,
    clean_phone,
    without_id_numbers,
)
from talent.actions.people import registered_message
from talent.keeping import county_of_registered, others_with_phone
from talent.models import Person
from talent.rules import check_birth_date, check_free_text, check_phone_shared

LAYOUT = (
    ("身份", ("name", "former_name", "id_type", "id_number", "sex", "birth_date", "ethnicity")),
    ("联系与地区", ("phone", "address", "residence", "native_place", "household_place")),
    ("人才信息", ("category", "sources", "service_fields", "political_status", "remark")),
)
UNKNOWN_SEX = "0"


class PersonForm(RecordForm):
    native_place = NationalPlaceField(label="籍贯", required=False)
    household_place = NationalPlaceField(label="户籍地", required=False)

    layout = LAYOUT

    class Meta(RecordMeta):
        model = Person
        fields = names_in(LAYOUT)
        field_classes = {"address": FreeTextField, "remark": NoteField}
        help_texts = {
            "name": "与身份证一致；少数民族姓名中的圆点请照写。",
            "id_number": "填写后自动得出出生日期和性别。",
            "phone": "手机号，或带区号的座机号。",
            "service_fields": "最多选 3 项。",
        }

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
        check_birth_date(cleaned.get("birth_date"))
        yield from check_free_text(cleaned.get("remark", ""))
        cleaned["remark"] = without_id_numbers(cleaned.get("remark", ""))
        yield from self._check_phone(cleaned.get("phone", ""))
        number = cleaned.get("id_number")
        if not number or "id_number" in self.errors:
            return
        identity = check_id_number(number, id_type=cleaned.get("id_type") or "1")
        cleaned["id_number"] = identity.number
        if self.kept.get("id_number") != identity.number:
            county = county_of_registered(
                identity.number,
                but=self.instance.pk,
                adding_by=self.user if self.instance._state.adding else None,
            )
            if county is not None:
                raise RuleError("R4", registered_message(county), field="id_number")
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
