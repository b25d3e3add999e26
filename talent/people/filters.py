"""What people are found by besides their own fields: what they hold, what is missing."""

from __future__ import annotations

from typing import Any

from django.db.models import Exists, F, OuterRef, Q
from drf_spectacular.utils import extend_schema_field

from core.dates import today
from core.entities.filters import ChecksFilter, Chosen, LookupFilter
from stations.models import Station
from talent.codes import (
    COUNTING_LEVELS,
    REGISTERED_STATUSES,
    CertificateLevel,
    EducationLevel,
    PostKind,
    ServiceField,
    Source,
    TitleLevel,
)
from talent.credentials.models import Certificate, Education, RegistrationPeriod, Title
from talent.posts.models import Post


def _certificates(**conditions: Any) -> Exists:
    return Exists(Certificate.objects.filter(person=OuterRef("pk"), ended_on=None, **conditions))


class HoldsFilter(ChecksFilter):
    """People who hold a certificate of one of the levels."""

    def filter(self, qs: Any, value: list[str]) -> Any:
        return qs.filter(_certificates(level__in=value)) if value else qs


class OverlapFilter(ChecksFilter):
    """Rows whose array column has one of the values."""

    def filter(self, qs: Any, value: list[str]) -> Any:
        return qs.filter(**{f"{self.field_name}__overlap": value}) if value else qs


# Posts in the county that has the person: of others not all is told.
HERE = Q(region__code__startswith=F("person__county"))


@extend_schema_field({"type": "string", "format": "uuid"})
class StationFilter(LookupFilter):
    """People who serve at a station, in whatever post."""

    def filter(self, qs: Any, value: Any) -> Any:
        return qs.filter(_posts(station=value)) if value else qs


class PostFilter(ChecksFilter):
    """People who serve in a post of one of the kinds."""

    def filter(self, qs: Any, value: list[str]) -> Any:
        return qs.filter(_posts(kind__in=value)) if value else qs


class HighestFilter(ChecksFilter):
    """People the highest of whose rows is of one of the levels; a lower code is higher."""

    def __init__(self, *args: Any, held: Any, **kwargs: Any) -> None:
        self.held = held
        super().__init__(*args, **kwargs)

    def filter(self, qs: Any, value: list[str]) -> Any:
        if not value:
            return qs
        own = self.held.objects.filter(person=OuterRef("pk"), ended_on=None)
        highest = Q()
        for level in value:
            highest |= Exists(own.filter(level=level)) & ~Exists(own.filter(level__lt=level))
        return qs.filter(highest)


def _posts(**conditions: Any) -> Exists:
    return Exists(Post.objects.unended().filter(HERE, person=OuterRef("pk"), **conditions))


def _registered() -> Exists:
    return Exists(RegistrationPeriod.objects.valid_on(today()).filter(person=OuterRef("pk")))


def _expiring() -> Exists:
    return Exists(RegistrationPeriod.objects.due(today(), days=90).filter(person=OuterRef("pk")))


# Of those in the registry: nobody asks for the phone or the post of who died or left.
_IN_REGISTRY = Q(status__in=REGISTERED_STATUSES)
MISSING = {
    "phone": _IN_REGISTRY & Q(phone_index=None),
    "birth": _IN_REGISTRY & Q(birth_date=None),
    "native": _IN_REGISTRY & Q(native_place=""),
    "post": _IN_REGISTRY & ~Exists(Post.objects.unended().filter(person=OuterRef("pk"))),
    "place": Q(region__valid_to__isnull=False),
}

HOLDING = Chosen(
    "holding",
    "持证与登记",
    {
        "yes": ("持证", lambda: _certificates(level__in=COUNTING_LEVELS)),
        "no": ("未持证", lambda: ~_certificates(level__in=COUNTING_LEVELS)),
        "registered": ("登记有效", _registered),
        "expiring": ("登记 90 天内到期", _expiring),
    },
)
LEVEL = ("level", HoldsFilter(label="证书级别", choices=CertificateLevel.choices))
STATION = ("station", StationFilter(label="任职站点", queryset=Station.objects.none()))
POST = ("post", PostFilter(label="岗位", choices=PostKind.choices))
EDUCATION = (
    "education",
    HighestFilter(label="最高学历", held=Education, choices=EducationLevel.choices),
)
TITLE = ("title", HighestFilter(label="最高职称", held=Title, choices=TitleLevel.choices))
SOURCE = ("source", OverlapFilter(label="来源类别", field_name="sources", choices=Source.choices))
FIELD = (
    "field",
    OverlapFilter(label="服务领域", field_name="service_fields", choices=ServiceField.choices),
)
WHAT_IS_MISSING = Chosen(
    "missing",
    "缺少的信息",
    {
        "phone": ("缺联系电话", MISSING["phone"]),
        "birth": ("缺出生日期", MISSING["birth"]),
        "native": ("缺籍贯", MISSING["native"]),
        "post": ("没有任职", MISSING["post"]),
        "place": ("所在地区已撤销，待划转", MISSING["place"]),
    },
)
