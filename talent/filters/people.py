"""People are found by status, certificate, category, post; posts by employer and dates."""

from typing import Any

from django.db.models import Exists, OuterRef, Q

from core.dates import today
from core.entities.filters import (
    ChecksFilter,
    ChoiceFilter,
    ChosenFilter,
    LookupFilter,
    RecordFilter,
    RegionFilter,
)
from stations.models import Station
from talent.codes import (
    COUNTING_LEVELS,
    REGISTERED_STATUSES,
    CertificateLevel,
    Employment,
    PersonStatus,
    PostKind,
    ServiceField,
    Source,
    TalentCategory,
    Verification,
)
from talent.models import Certificate, Person, Post, RegistrationPeriod


def name_condition(text: str, *, prefix: str = "", inside: bool = False) -> Q:
    """People whose name, pinyin or initials a text begins (zs, zhangsan, 张三).

    `inside` matches anywhere in the name: for a county, or three characters and more.
    """
    if text.isascii():
        word = text.lower().replace(" ", "")
        return Q(**{f"{prefix}initials__startswith": word}) | Q(
            **{f"{prefix}pinyin__startswith": word}
        )
    return Q(**{f"{prefix}name__{'contains' if inside else 'startswith'}": text})


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


def _registered() -> Exists:
    return Exists(RegistrationPeriod.objects.valid_on(today()).filter(person=OuterRef("pk")))


def _expiring() -> Exists:
    return Exists(RegistrationPeriod.objects.due(today(), days=90).filter(person=OuterRef("pk")))


_HOLDING = {
    "yes": lambda: _certificates(level__in=COUNTING_LEVELS),
    "no": lambda: ~_certificates(level__in=COUNTING_LEVELS),
    "registered": _registered,
    "expiring": _expiring,
}
# Of those in the registry: nobody asks for the phone or the post of who died or left.
_IN_REGISTRY = Q(status__in=REGISTERED_STATUSES)
MISSING = {
    "phone": _IN_REGISTRY & Q(phone_index=None),
    "birth": _IN_REGISTRY & Q(birth_date=None),
    "native": _IN_REGISTRY & Q(native_place=""),
    "post": _IN_REGISTRY & ~Exists(Post.objects.unended().filter(person=OuterRef("pk"))),
    "place": Q(region__valid_to__isnull=False),
}


class PersonFilter(RecordFilter):
    region = RegionFilter()
    status = ChoiceFilter(label="状态", choices=PersonStatus.choices)
    holding = ChosenFilter(
        label="持证与登记",
        conditions=_HOLDING,
        choices=[
            ("yes", "持证"),
            ("no", "未持证"),
            ("registered", "登记有效"),
            ("expiring", "登记 90 天内到期"),
        ],
    )
    level = HoldsFilter(label="证书级别", choices=CertificateLevel.choices)
    category = ChoiceFilter(label="人才类别", choices=TalentCategory.choices)
    source = OverlapFilter(label="来源类别", field_name="sources", choices=Source.choices)
    field = OverlapFilter(
        label="服务领域", field_name="service_fields", choices=ServiceField.choices
    )
    verification = ChoiceFilter(label="核实级别", choices=Verification.choices)
    missing = ChosenFilter(
        label="缺少的信息",
        conditions=MISSING,
        choices=[
            ("phone", "缺联系电话"),
            ("birth", "缺出生日期"),
            ("native", "缺籍贯"),
            ("post", "没有任职"),
            ("place", "所在地区已撤销，待划转"),
        ],
    )

    current_only = ~Q(status__in=[PersonStatus.DEACTIVATED, PersonStatus.MERGED])
    current_filter = "status"

    class Meta:
        model = Person
        fields: list[str] = []

    def search(self, text: str) -> Q:
        """In a county anywhere in the name; above it from the start, else (3 characters) inside.

        One letter is a range of the index that also orders the list.
        """
        if len(text) == 1 and text.isascii() and text.isalpha():
            self.is_fenced = False
            letter = text.lower()
            return Q(pinyin__gte=letter, pinyin__lt=chr(ord(letter) + 1))
        if len(self.scope) >= 6:
            return name_condition(text, inside=True)
        begins = name_condition(text)
        if len(text) < 3 or text.isascii() or self.queryset.filter(begins).exists():
            return begins
        return name_condition(text, inside=True)


class PostFilter(RecordFilter):
    region = RegionFilter()
    state = ChosenFilter(
        label="任职",
        conditions={"open": Q(ended_on=None), "ended": Q(ended_on__isnull=False), "all": Q()},
        choices=[("open", "在任"), ("ended", "已离岗"), ("all", "全部")],
    )
    kind = ChoiceFilter(label="岗位", choices=PostKind.choices)
    employment = ChoiceFilter(label="用工性质", choices=Employment.choices)
    is_primary = ChosenFilter(
        label="主岗兼岗",
        conditions={"1": Q(is_primary=True), "0": Q(is_primary=False)},
        choices=[("1", "主岗"), ("0", "兼岗")],
    )
    station = LookupFilter(label="站点", queryset=Station.objects.none())
    conflict = ChosenFilter(
        label="跨县任职",
        conditions={"1": lambda: Q(pk__in=Post.objects.in_conflict().values("pk"))},
        choices=[("1", "与外县全职冲突")],
    )

    current_only = Q(ended_on=None)

    class Meta:
        model = Post
        fields: list[str] = []

    def search(self, text: str) -> Q:
        return (
            name_condition(text, prefix="person__", inside=True)
            | Q(station__name__contains=text)
            | Q(organization__name__contains=text)
        )
