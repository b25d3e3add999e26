"""Pages of certificates, registrations, education and titles."""

from __future__ import annotations

from typing import Any

from django.db.models import Q

from core.entities.pages import EntityView, Section
from core.secrecy.numbers import Secret
from talent import kinds, verbs
from talent.actions.credentials import add_registration, update_certificate
from talent.actions.people import not_merged
from talent.filters import (
    CertificateFilter,
    EducationFilter,
    RegistrationPeriodFilter,
    TitleFilter,
)
from talent.forms import CertificateForm, EducationForm, RegistrationPeriodForm, TitleForm
from talent.models import Certificate, Education, RegistrationPeriod, Title
from talent.tables import (
    CertificateTable,
    EducationTable,
    RegistrationPeriodTable,
    TitleTable,
)
from talent.views.people import named_by

# Lists that stand beside each other under one entry of the navigation.
_CREDENTIALS = ("certificate", "education", "title")


class PersonalView(EntityView):
    """A record that belongs to a person: created there, leads back there."""

    person_path = "person_id"
    parent = "person"
    select_related = ("person",)
    is_created_alone = False
    can_deactivate = True
    search_hint = "姓名、拼音、首字母、证件号"
    empty_hint = "在人员的页面上添加，或随花名册一起导入。"

    def save_new(self, record: Any, form: Any) -> Any:
        not_merged(record.person)
        return super().save_new(record, form)

    def secret_condition(self, secret: Secret) -> Any:
        return named_by(secret, path="person__")


class CertificateView(PersonalView):
    model = Certificate
    beside = _CREDENTIALS
    unit = "本"
    icon = "certificate"
    table = CertificateTable
    filterset = CertificateFilter
    form = CertificateForm
    search_hint = "姓名、拼音、证件号、管理号"
    state_field = "verification"
    state_kinds = kinds.VERIFICATION
    headline = ("person", "approved_on")
    found_facts = ("person", "approved_on")
    actions = verbs.CERTIFICATE
    decided_on = ("person", "level", "number", "approved_on", "issuer")
    sections = (
        Section(
            "证书",
            ("person", "level", "number", "approved_on", "issuer", "exam_province",
             "verification", "verified_by_means", "verified_on", "ended_on", "end_reason"),
        ),
    )  # fmt: skip

    def named(self, record: Any) -> str:
        return " ".join(filter(None, (super().named(record), record.number)))

    def save_changes(self, record: Any, form: Any) -> None:
        update_certificate(certificate=record, by=self.request.user)

    def secret_condition(self, secret: Secret) -> Any:
        is_number = secret.kind == "certificate"
        return Q(number=secret.value) if is_number else super().secret_condition(secret)


class RegistrationPeriodView(PersonalView):
    model = RegistrationPeriod
    unit = "条"
    icon = "clipboard-check"
    table = RegistrationPeriodTable
    filterset = RegistrationPeriodFilter
    form = RegistrationPeriodForm
    state_field = "state"
    state_kinds = kinds.REGISTRATION
    headline = ("person", "ends_on")
    actions = verbs.REGISTRATION
    sections = (
        Section(
            "登记",
            ("person", "kind", "starts_on", "ends_on", "state", "authority", "voucher",
             "ended_on", "end_reason"),
        ),
    )  # fmt: skip

    def save_new(self, record: Any, form: Any) -> Any:
        return add_registration(period=record, by=self.request.user)


class EducationView(PersonalView):
    model = Education
    beside = _CREDENTIALS
    icon = "school"
    table = EducationTable
    filterset = EducationFilter
    form = EducationForm
    headline = ("person",)
    sections = (
        Section(
            "学历",
            ("person", "level", "degree", "school", "major", "graduated_on", "ended_on",
             "end_reason"),
        ),
    )  # fmt: skip


class TitleView(PersonalView):
    model = Title
    beside = _CREDENTIALS
    icon = "star"
    table = TitleTable
    filterset = TitleFilter
    form = TitleForm
    headline = ("person",)
    sections = (
        Section("职称", ("person", "series", "level", "obtained_on", "ended_on", "end_reason")),
    )
