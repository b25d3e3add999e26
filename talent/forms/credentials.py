"""Forms of certificates, registrations, education and titles, each under its person."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from core.dates import today
from core.forms import RecordForm, RecordMeta, names_in
from core.identity import clean_id_number
from core.rules import Flag, RuleError
from talent.models import Certificate, Education, RegistrationPeriod, Title

CERTIFICATE = (
    ("证书", ("level", "number", "approved_on", "issuer", "exam_province", "verified_by_means")),
)
REGISTRATION = (("登记", ("kind", "starts_on", "ends_on", "state", "authority", "voucher")),)
EDUCATION = (("学历", ("level", "degree", "school", "major", "graduated_on")),)
TITLE = (("职称", ("series", "level", "obtained_on")),)


class PersonalForm(RecordForm):
    """The form of a record that belongs to one person."""

    parent = "person"

    def not_in_future(self, cleaned: dict[str, Any], name: str) -> None:
        day = cleaned.get(name)
        if day and day > today():
            raise RuleError("DATE", f"{self.fields[name].label}不能晚于今天，请核对。", field=name)


class CertificateForm(PersonalForm):
    layout = CERTIFICATE

    class Meta(RecordMeta):
        model = Certificate
        fields = names_in(CERTIFICATE)
        help_texts = {
            "number": "证书上的管理号，字母不分大小写。",
            "approved_on": "证书上的批准日期；只知道年月可写 2021-03。",
            "verified_by_means": "如 中国人事考试网、电子证书、纸质原件。",
        }

    def clean_number(self) -> str:
        number = clean_id_number(self.cleaned_data["number"])
        if number and not 6 <= len(number) <= 32:
            raise RuleError("R7", f"管理号应为 10 至 32 位（现在是 {len(number)} 位），请核对。")
        return number

    def check(self, cleaned: dict[str, Any]) -> Iterable[Flag]:
        self.not_in_future(cleaned, "approved_on")
        day, number = cleaned.get("approved_on"), cleaned.get("number", "")
        if number and len(number) < 10:
            yield Flag("R7", "W", f"管理号只有 {len(number)} 位，通常为 10 位以上。", "number")
        if day and (day.year, day.month) < (2008, 6) and cleaned.get("level") in {"1", "2", "3"}:
            yield Flag("R8", "W", "首次全国考试在 2008 年 6 月，批准日期早于此。", "approved_on")
        born = self.instance.person.birth_date
        if day and born and day.year - born.year - ((day.month, day.day) < (born.month, born.day)) < 18:
            yield Flag("R8", "W", "取得证书时未满 18 周岁。", "approved_on")


class RegistrationPeriodForm(PersonalForm):
    layout = REGISTRATION

    class Meta(RecordMeta):
        model = RegistrationPeriod
        fields = names_in(REGISTRATION)
        help_texts = {"ends_on": "含当日；登记有效期一般为 3 年。"}

    def check(self, cleaned: dict[str, Any]) -> Iterable[Flag]:
        starts, ends = cleaned.get("starts_on"), cleaned.get("ends_on")
        if starts and ends and ends > starts:
            months = (ends.year - starts.year) * 12 + ends.month - starts.month
            if not 35 <= months <= 36:
                yield Flag("R11", "W", "登记有效期不是 3 年。", "ends_on")


class EducationForm(PersonalForm):
    layout = EDUCATION

    class Meta(RecordMeta):
        model = Education
        fields = names_in(EDUCATION)

    def check(self, cleaned: dict[str, Any]) -> Iterable[Flag]:
        self.not_in_future(cleaned, "graduated_on")
        return ()


class TitleForm(PersonalForm):
    layout = TITLE

    class Meta(RecordMeta):
        model = Title
        fields = names_in(TITLE)
        help_texts = {"series": "如 高等学校教师、社会工作、工程。"}

    def check(self, cleaned: dict[str, Any]) -> Iterable[Flag]:
        self.not_in_future(cleaned, "obtained_on")
        return ()
