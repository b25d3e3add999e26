"""Certificates, registrations, education and titles: their lists, pages and forms."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.conf import settings
from django.db.models import Q

from core.dates import check_not_future, days_left, today
from core.entities.columns import Column
from core.entities.declarations import Action, Section
from core.entities.filters import ENDED, Between, ChoiceFilter, Chosen
from core.entities.forms import ActionForm, DateField, FreeTextField, NoteField, ReasonField
from core.rules import Answers, Flag
from core.secrecy.numbers import Secret
from talent.codes import EXPIRED, VALID_REGISTRATIONS, RegistrationState, Verification
from talent.colours import REGISTRATION, VERIFICATION
from talent.credentials.actions import (
    TO_VERIFY,
    add_registration,
    cancel_registration,
    check_period,
    update_certificate,
    verify_certificate,
)
from talent.credentials.ledger import CERTIFICATE_LEDGER, REGISTRATION_LEDGER
from talent.credentials.models import Certificate, Education, RegistrationPeriod, Title
from talent.credentials.rules import (
    check_certificate_date,
    check_senior,
    clean_certificate_number,
)
from talent.people.belonging import PERSON_NAME, part_of_person
from talent.people.finding import holder_named_by
from talent.people.held import certificates_of

# Lists that stand beside each other under one entry of the navigation.
_TABS = ("certificate", "education", "title", "namelist")
_REGION = Column("person__region", "所在地区")


# --- Certificates -------------------------------------------------------------------------
class VerifyForm(ActionForm):
    verification = forms.ChoiceField(
        label="核验级别",
        choices=[
            (v.value, v.label)
            for v in (Verification.COUNTY, Verification.DOCUMENT, Verification.PROVINCE)
        ],
        widget=forms.RadioSelect,
    )
    means = FreeTextField(
        label="核验方式", max_length=40, help_text="如中国人事考试网、电子证书、纸质原件。"
    )
    verified_on = DateField(label="核验日期", initial=today)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.user.region_id != settings.PROVINCE_CODE:
            # What only the province registers is offered to nobody else.
            levels = self.fields["verification"].choices  # type: ignore[attr-defined]
            self.fields["verification"].choices = [  # type: ignore[attr-defined]
                choice for choice in levels if choice[0] != Verification.PROVINCE
            ]


def check_certificate(certificate: Certificate) -> Iterable[Flag]:
    answers, person = Answers(), certificate.person
    answers.ask(_clean_number, certificate)
    level, day = certificate.level, certificate.approved_on
    answers.ask(check_certificate_date, level or "", day, birth_date=person.birth_date)
    if level:
        others = person.certificates.filter(ended_on=None).exclude(pk=certificate.pk)
        held = list(others.values_list("level", flat=True))
        answers.ask(check_senior, level, held_levels=held)
    return answers.settle()


def _clean_number(certificate: Certificate) -> Iterable[Flag]:
    certificate.number, flags = clean_certificate_number(certificate.number)
    return flags


def certificate_named_by(secret: Secret) -> Q:
    """Its own number names one certificate, a number of the holder all that she holds."""
    own = Q(number=secret.value)
    if secret.kind == "certificate":
        return own | Q(person__number=secret.value)
    return own | holder_named_by(secret)


def _named(certificate: Certificate) -> str:
    return " ".join(filter(None, (f"{certificate.person}，{certificate}", certificate.number)))


CERTIFICATES = part_of_person(
    model=Certificate,
    prefix="certificates/",
    api="certificates",
    unit="本",
    icon="certificate",
    files="证书原件 成绩合格证明",
    beside=_TABS,
    sections=(
        Section("证书", "person level number approved_on issuer exam_province verification "
                       "verified_by_means verified_on ended_on true_until end_reason"),
    ),
    columns=(PERSON_NAME, "level* approved_on* issuer exam_province verification*", _REGION),
    filters=(
        "region",
        ENDED,
        Chosen("todo", "待办", {
            "verify": ("待县级核验", TO_VERIFY),
            "undated": ("日期不详", Q(approved_on=None, ended_on=None)),
        }),
        "level verification",
        Between("approved_on", "approved"),
    ),
    search_hint="姓名、拼音、人才编号、证件号、管理号",
    found_by=certificate_named_by,
    is_searched=True,
    state="verification",
    colours={"verification": VERIFICATION},
    headline="person approved_on",
    found_facts="person approved_on",
    # Its rule knows an ID number from a certificate's own.
    form_fields={"number": NoteField},
    check=check_certificate,
    update=update_certificate,
    named_by=_named,
    decided_on="person level number approved_on issuer",
    ledger=CERTIFICATE_LEDGER,
    actions=(
        Action("verify", "核验", VerifyForm, verify_certificate, "talent.verify_certificate",
               when=lambda c: c.ended_on is None, is_primary=True, in_bulk=True,
               consequence="自己录入或修改的证书，请由另一位审核员核验。"),
    ),
)  # fmt: skip


# --- Registrations ------------------------------------------------------------------------
class CancelForm(ActionForm):
    cancelled_on = DateField(label="注销日期", initial=today)
    reason = ReasonField(label="注销原因")


def check_registration_period(period: RegistrationPeriod) -> Iterable[Flag]:
    return check_period(period) if period.starts_on and period.ends_on else ()


class StateFilter(ChoiceFilter):
    """States by the words that are said of them: what has expired is no longer 已出证."""

    def filter(self, qs: Any, value: list[str]) -> Any:
        wanted = Q(pk__in=[])
        for state in value:
            if state == EXPIRED:
                wanted |= _over()
            elif state in VALID_REGISTRATIONS:
                wanted |= Q(state=state, ends_on__gte=today())
            else:
                wanted |= Q(state=state)
        return qs.filter(wanted) if value else qs


def _over() -> Q:
    return Q(state__in=VALID_REGISTRATIONS, ends_on__lt=today())


def _due(days: int) -> Q:
    return Q(pk__in=RegistrationPeriod.objects.due(today(), days=days).values("pk"))


def _certificates_beside(keys: list[Any]) -> dict[Any, Any]:
    """The highest certificate of whom each registration is."""
    periods = RegistrationPeriod.objects.filter(pk__in=keys)
    people = dict(periods.values_list("pk", "person_id"))
    found = certificates_of(list({*people.values()}))
    return {key: found[person] for key, person in people.items() if person in found}


REGISTRATIONS = part_of_person(
    model=RegistrationPeriod,
    gathered={"held_certificate": _certificates_beside},
    prefix="registrations/",
    api="registrations",
    argument="period",
    icon="clipboard-check",
    sections=(
        Section("登记", "person kind starts_on ends_on state authority voucher ended_on "
                       "true_until end_reason"),
    ),
    columns=(
        PERSON_NAME,
        "kind starts_on ends_on*",
        Column("left", "剩余", value=lambda p: days_left(p.ends_on), sort=("ends_on",),
               css="nowrap", card=True),
        "state*",
        _REGION,
    ),
    filters=(
        "region",
        ENDED,
        Chosen("due", "有效期", {
            "valid": ("现在有效", lambda: Q(
                pk__in=RegistrationPeriod.objects.valid_on(today()).values("pk"))),
            "60": ("60 天内到期", lambda: _due(60)),
            "90": ("90 天内到期", lambda: _due(90)),
            "over": (EXPIRED, _over),
        }),
        ("status", StateFilter(
            label="登记状态", choices=[*RegistrationState.choices, (EXPIRED, EXPIRED)])),
        "kind",
    ),
    state="state",
    colours={"state": REGISTRATION},
    headline="person ends_on",
    check=check_registration_period,
    create=add_registration,
    ledger=REGISTRATION_LEDGER,
    actions=(
        Action("cancel", "注销", CancelForm, cancel_registration,
               "talent.end_registrationperiod", is_serious=True,
               when=lambda p: p.ended_on is None and p.state in VALID_REGISTRATIONS),
    ),
)  # fmt: skip


# --- Education and titles -----------------------------------------------------------------
def check_education(education: Education) -> Iterable[Flag]:
    day, answers = education.graduated_on, Answers()
    answers.ask(check_not_future, day, label="毕业日期", field="graduated_on")
    answers.ask(_check_twice, education)
    return answers.settle()


def _check_twice(education: Education) -> Iterable[Flag]:
    same = {name: getattr(education, name) for name in ("level", "school", "major")}
    others = Education.objects.filter(person=education.person, ended_on=None, **same)
    if others.exclude(pk=education.pk).exists():
        message = "已有一条学历、院校、专业都相同的记录，请核对是否重复。"
        yield Flag("EDUCATION", "W", message, "level")


EDUCATIONS = part_of_person(
    model=Education,
    prefix="educations/",
    api="educations",
    icon="school",
    files="毕业证书 学位证书 学历认证",
    beside=_TABS,
    sections=(
        Section(
            "学历", "person level degree school major graduated_on ended_on true_until end_reason"
        ),
    ),
    columns=(PERSON_NAME, "level* degree school* major* graduated_on", _REGION),
    filters=("region", ENDED, "level degree"),
    check=check_education,
)


def check_title(title: Title) -> Iterable[Flag]:
    check_not_future(title.obtained_on, label="取得日期", field="obtained_on")
    return ()


TITLES = part_of_person(
    model=Title,
    prefix="titles/",
    api="titles",
    icon="star",
    files="职称证书 评审文件",
    beside=_TABS,
    sections=(Section("职称", "person series level obtained_on ended_on true_until end_reason"),),
    columns=(PERSON_NAME, "series* level* obtained_on*", _REGION),
    filters=("region", ENDED, "level"),
    check=check_title,
)
