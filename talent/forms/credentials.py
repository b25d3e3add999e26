"""Forms of certificates, registrations, education and titles, each under its person."""

from __future__ import annotations

from collections.abc import Iterable
from copy import copy
from typing import Any

from core.entities.forms import NoteField, RecordForm, RecordMeta, names_in
from core.rules import Flag
from talent.actions.credentials import check_period
from talent.models import Certificate, Education, RegistrationPeriod, Title
from talent.rules import (
    check_certificate_date,
    check_not_future,
    check_senior,
    clean_certificate_number,
)

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
        check_not_future(cleaned.get(name), label=str(self.fields[name].label), field=name)

    def others(self) -> Any:
        """The person's other records of this kind in use."""
        model = self._meta.model
        return model.objects.filter(person=self.instance.person, ended_on=None).exclude(
            pk=self.instance.pk
        )


class CertificateForm(PersonalForm):
    layout = CERTIFICATE

    class Meta(RecordMeta):
        model = Certificate
        fields = names_in(CERTIFICATE)
        # Its rule knows an ID number from a certificate's own.
        field_classes = {"number": NoteField}
        help_texts = {
            "number": "证书上的管理号，字母不分大小写。",
            "approved_on": "证书上的批准日期；只知道年月可写 2021-03。",
            "verified_by_means": "如 中国人事考试网、电子证书、纸质原件。",
        }

    def check(self, cleaned: dict[str, Any]) -> Iterable[Flag]:
        number, flags = clean_certificate_number(cleaned.get("number", ""))
        cleaned["number"] = number
        yield from flags
        level, day = cleaned.get("level"), cleaned.get("approved_on")
        if not level or not day:
            return
        born = self.instance.person.birth_date
        yield from check_certificate_date(level, day, birth_date=born)
        yield from check_senior(
            level, held_levels=list(self.others().values_list("level", flat=True))
        )


class RegistrationPeriodForm(PersonalForm):
    layout = REGISTRATION

    class Meta(RecordMeta):
        model = RegistrationPeriod
        fields = names_in(REGISTRATION)
        help_texts = {"ends_on": "含当日；登记有效期为 3 年。"}

    def check(self, cleaned: dict[str, Any]) -> Iterable[Flag]:
        if not cleaned.get("starts_on") or not cleaned.get("ends_on"):
            return ()
        entered = copy(self.instance)
        for name in names_in(REGISTRATION):
            setattr(entered, name, cleaned.get(name))
        return check_period(entered)


class EducationForm(PersonalForm):
    layout = EDUCATION

    class Meta(RecordMeta):
        model = Education
        fields = names_in(EDUCATION)

    def check(self, cleaned: dict[str, Any]) -> Iterable[Flag]:
        self.not_in_future(cleaned, "graduated_on")
        same = {name: cleaned.get(name) for name in ("level", "school", "major")}
        others = Education.objects.filter(person=self.instance.person, ended_on=None, **same)
        if others.exclude(pk=self.instance.pk).exists():
            yield Flag(
                "EDUCATION", "W", "已有一条学历、院校、专业都相同的记录，请核对是否重复。", "level"
            )


class TitleForm(PersonalForm):
    layout = TITLE

    class Meta(RecordMeta):
        model = Title
        fields = names_in(TITLE)
        help_texts = {"series": "如 高等学校教师、社会工作、工程。"}

    def check(self, cleaned: dict[str, Any]) -> Iterable[Flag]:
        self.not_in_future(cleaned, "obtained_on")
        return ()
