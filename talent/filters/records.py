"""Certificates, registrations, education, titles, claims, graduate figures."""

from typing import Any

import django_filters as filters
from django.db.models import Q

from core.dates import today
from core.entities.filters import ChoiceFilter, ChosenFilter, DateFilter, RecordFilter, RegionFilter
from talent.codes import (
    COUNTING_LEVELS,
    MAY_SERVE,
    CertificateLevel,
    ClaimClass,
    ClaimState,
    Degree,
    EducationLevel,
    Origin,
    RegistrationState,
    SchoolPlace,
    TitleLevel,
    Verification,
)
from talent.filters.people import name_condition
from talent.models import (
    Certificate,
    Education,
    GraduateStat,
    KeyTalentClaim,
    RegistrationPeriod,
    Title,
)

IN_USE = Q(ended_on=None)


def ended_filter() -> ChosenFilter:
    """在用, 已停用 or both; unused it means 在用."""
    return ChosenFilter(
        label="停用",
        conditions={"ended": Q(ended_on__isnull=False), "all": Q()},
        choices=[("ended", "已停用"), ("all", "含已停用")],
    )


class PersonalFilter(RecordFilter):
    """Filters of what belongs to a person; found by the person's name."""

    region = RegionFilter()
    state = ended_filter()

    current_only = IN_USE

    def search(self, text: str) -> Q:
        return name_condition(text, prefix="person__", inside=len(text) >= 3)


# What verifying would make surer of what is counted (T2).
TO_VERIFY = Q(
    level__in=COUNTING_LEVELS,
    verification__lt=Verification.COUNTY,
    person__status__in=MAY_SERVE,
    ended_on=None,
)


class CertificateFilter(PersonalFilter):
    todo = ChosenFilter(
        label="待办", conditions={"verify": TO_VERIFY}, choices=[("verify", "待县级核验")]
    )
    level = ChoiceFilter(label="证书级别", choices=CertificateLevel.choices)
    verification = ChoiceFilter(label="核验级别", choices=Verification.choices)
    approved_from = DateFilter(label="批准日期自", field_name="approved_on", lookup_expr="gte")
    approved_to = DateFilter(label="批准日期至", field_name="approved_on", lookup_expr="lte")

    class Meta:
        model = Certificate
        fields: list[str] = []


def _due(days: int) -> Q:
    return Q(pk__in=RegistrationPeriod.objects.due(today(), days=days).values("pk"))


class RegistrationPeriodFilter(PersonalFilter):
    due = ChosenFilter(
        label="有效期",
        conditions={
            "valid": lambda: Q(pk__in=RegistrationPeriod.objects.valid_on(today()).values("pk")),
            "60": lambda: _due(60),
            "90": lambda: _due(90),
            "over": lambda: Q(ends_on__lt=today()),
        },
        choices=[
            ("valid", "现在有效"),
            ("60", "60 天内到期"),
            ("90", "90 天内到期"),
            ("over", "已过期"),
        ],
    )
    status = ChoiceFilter(label="登记状态", field_name="state", choices=RegistrationState.choices)
    kind = ChoiceFilter(label="登记类型", choices=RegistrationPeriod.Kind.choices)

    class Meta:
        model = RegistrationPeriod
        fields: list[str] = []


class EducationFilter(PersonalFilter):
    level = ChoiceFilter(label="学历", choices=EducationLevel.choices)
    degree = ChoiceFilter(label="学位", choices=Degree.choices)

    class Meta:
        model = Education
        fields: list[str] = []


class TitleFilter(PersonalFilter):
    level = ChoiceFilter(label="级别", choices=TitleLevel.choices)

    class Meta:
        model = Title
        fields: list[str] = []


def to_decide(user: Any) -> Q:
    """Claims that wait for somebody else than who submitted them."""
    return Q(state=ClaimState.PENDING, ended_on=None) & ~Q(submitted_by=user)


class KeyTalentClaimFilter(PersonalFilter):
    todo = ChoiceFilter(label="待办", choices=[("decide", "待我认定")], method="filter_todo")
    claim_class = ChoiceFilter(label="类别", choices=ClaimClass.choices)
    result = ChoiceFilter(label="认定结果", field_name="state", choices=ClaimState.choices)
    origin = ChoiceFilter(label="来源", choices=Origin.choices)

    class Meta:
        model = KeyTalentClaim
        fields: list[str] = []

    def filter_todo(self, rows: Any, name: str, value: str) -> Any:
        return rows.filter(to_decide(self.request.user))


class GraduateStatFilter(RecordFilter):
    region = RegionFilter()
    level = ChoiceFilter(label="培养层次", choices=EducationLevel.choices)
    year = filters.NumberFilter(label="毕业年度")
    school_place = ChoiceFilter(label="院校所在", choices=SchoolPlace.choices)
    state = ended_filter()

    current_only = IN_USE

    class Meta:
        model = GraduateStat
        fields: list[str] = []

    def search(self, text: str) -> Q:
        return Q(school__contains=text) | Q(major__contains=text)
