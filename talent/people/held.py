"""Post, certificate, education and title of people as their list and its file say them.

Each is found for a page or a part of a file at once. People are those in reach of who asks; of a
post in another county than the person's, employer and dates are told, as on her record.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable
from typing import Any, NamedTuple

from django.db.models import (
    BooleanField,
    CharField,
    DateField,
    ExpressionWrapper,
    F,
    OuterRef,
    Subquery,
)
from django.db.models.functions import Coalesce, Concat

from core.dates import KNOWN_LENGTH
from core.entities.columns import Column
from core.entities.workbooks import ExportColumn
from talent.codes import (
    COUNTING_LEVELS,
    VALID_REGISTRATIONS,
    CertificateLevel,
    EducationLevel,
    Employment,
    PostKind,
    TitleLevel,
)
from talent.credentials.models import Certificate, Education, RegistrationPeriod, Title
from talent.people.filters import HERE
from talent.posts.models import Post


class HeldPost(NamedTuple):
    employer: str
    kind: str
    employment: str
    started_on: datetime.date | str
    others: str
    title: str = ""


class HeldCertificate(NamedTuple):
    level: str
    number: str
    approved_on: datetime.date | str


class HeldRegistration(NamedTuple):
    starts_on: datetime.date
    ends_on: datetime.date
    voucher: str


class HeldEducation(NamedTuple):
    level: str
    major: str
    school: str


# Of several open posts the primary one, of certificates the highest that counts, and so on:
# what of a person's rows comes first.
_POSTS = Post.objects.unended().order_by("-is_primary", "-started_on", "pk")
_CERTIFICATES = Certificate.objects.filter(ended_on=None, level__in=COUNTING_LEVELS).order_by(
    "-level", F("approved_on").desc(nulls_last=True), "pk"
)
_EDUCATIONS = Education.objects.filter(ended_on=None).order_by("level", "-graduated_on", "pk")
_TITLES = Title.objects.filter(ended_on=None).order_by("level", "-obtained_on", "pk")
_REGISTRATIONS = RegistrationPeriod.objects.filter(
    ended_on=None, state__in=VALID_REGISTRATIONS
).order_by("-ends_on", "pk")
_IS_HERE = ExpressionWrapper(HERE, output_field=BooleanField())
_EMPLOYER = Coalesce("station__name", "organization__name", output_field=CharField())


def _known(day: datetime.date | None, precision: str) -> datetime.date | str:
    """A day, or the month or year that is all that is known of it."""
    if day is None:
        return ""
    cut = KNOWN_LENGTH.get(precision)
    return day.isoformat()[:cut] if cut else day


def _firsts(rows: Any, keys: list[Any], *columns: Any) -> dict[Any, tuple[Any, ...]]:
    """The first row of each person, by the order of the rows."""
    found: dict[Any, tuple[Any, ...]] = {}
    for person, *values in rows.filter(person__in=keys).values_list("person_id", *columns):
        found.setdefault(person, tuple(values))
    return found


def posts_of(keys: list[Any]) -> dict[Any, HeldPost]:
    """The open primary post, else another open one; the employers of the others beside it."""
    columns = (
        _EMPLOYER, "kind", "employment", "started_on", "started_precision", _IS_HERE, "title",
    )  # fmt: skip
    held: dict[Any, list[tuple[Any, ...]]] = {}
    for person, *values in _POSTS.filter(person__in=keys).values_list("person_id", *columns):
        held.setdefault(person, []).append(tuple(values))
    return {
        person: HeldPost(
            employer,
            str(PostKind(kind).label) if is_here else "",
            str(Employment(employment).label) if is_here else "",
            _known(started_on, precision),
            "、".join(other[0] for other in others),
            title if is_here else "",
        )
        for person, (
            (employer, kind, employment, started_on, precision, is_here, title),
            *others,
        ) in held.items()
    }


def all_certificates_of(keys: list[Any]) -> dict[Any, list[HeldCertificate]]:
    """The certificates that count (T2), the highest first."""
    columns = ("level", "number", "approved_on", "approved_precision")
    found: dict[Any, list[HeldCertificate]] = {}
    for person, level, number, day, precision in _CERTIFICATES.filter(person__in=keys).values_list(
        "person_id", *columns
    ):
        held = HeldCertificate(str(CertificateLevel(level).label), number, _known(day, precision))
        found.setdefault(person, []).append(held)
    return found


def certificates_of(keys: list[Any]) -> dict[Any, HeldCertificate]:
    """The highest certificate that counts (T2)."""
    return {person: held[0] for person, held in all_certificates_of(keys).items()}


def educations_of(keys: list[Any]) -> dict[Any, HeldEducation]:
    """The highest education."""
    found = _firsts(_EDUCATIONS, keys, "level", "major", "school")
    return {person: _course(course) for person, course in found.items()}


def courses_of(keys: list[Any]) -> dict[Any, tuple[HeldEducation, HeldEducation | None]]:
    """The first education and the highest of those after it, None where there is but one: what
    forms call 全日制 and 在职."""
    found: dict[Any, list[tuple[str, ...]]] = {}
    rows = _EDUCATIONS.filter(person__in=keys).values_list("person_id", "level", "major", "school")
    for person, *course in rows:
        found.setdefault(person, []).append(tuple(course))
    return {
        person: (_course(courses[-1]), _course(courses[0]) if len(courses) > 1 else None)
        for person, courses in found.items()
    }


def _course(row: tuple[str, ...]) -> HeldEducation:
    level, *rest = row
    return HeldEducation(str(EducationLevel(level).label), *rest)


def titles_of(keys: list[Any]) -> dict[Any, str]:
    """The highest title: 「社会工作中级」."""
    found = _firsts(_TITLES, keys, "series", "level")
    return {
        person: f"{series}{TitleLevel(level).label}" for person, (series, level) in found.items()
    }


def registrations_of(keys: list[Any]) -> dict[Any, HeldRegistration]:
    """The latest registration, passed or not."""
    found = _firsts(_REGISTRATIONS, keys, "starts_on", "ends_on", "voucher")
    return {person: HeldRegistration(*said) for person, said in found.items()}


GATHERED: dict[str, Callable[[list[Any]], dict[Any, Any]]] = {
    "held_post": posts_of,
    "held_certificate": certificates_of,
    "held_certificates": all_certificates_of,
    "held_education": educations_of,
    "held_courses": courses_of,
    "held_title": titles_of,
    "held_registration": registrations_of,
}


def _first(rows: Any, value: Any, output: Any = CharField) -> Any:
    """What a list is ordered by: a value of the first of the rows that belong to a person."""
    own = rows.filter(person=OuterRef("pk")).annotate(order_value=value)
    return Subquery(own.values("order_value")[:1], output_field=output())


def _column(
    name: str,
    label: str,
    held: str,
    part: str = "",
    *,
    by: Any = None,
    filed: str = "",
    **options: Any,
) -> Column:
    """A column of what is gathered, or of a part of it; `filed` is its heading in a file."""

    def say(person: Any) -> Any:
        found = getattr(person, held)
        return (getattr(found, part) if part and found is not None else found) or ""

    look = options.get("css")
    width = 26 if look == "wrap" else 16
    file = ExportColumn(filed or label, say, width, is_text=look == "mono")
    return Column(name, label, value=say, gathers=held, by=by, filed=file, **options)


def _hidden(*args: Any, **options: Any) -> Column:
    return _column(*args, **options, optional=True)


# Files call them what ledgers do, so that a file that was taken away can be taken in again.
EMPLOYER = _column(
    "employer", "工作单位", "held_post", "employer",
    by=_first(_POSTS, _EMPLOYER), css="wrap", card=True,
)  # fmt: skip
CERTIFICATE = _column(
    "certificate", "证书", "held_certificate", "level", filed="证书级别",
    by=_first(_CERTIFICATES, F("level")), card=True,
)  # fmt: skip
HIDDEN = (
    _hidden("post", "岗位", "held_post", "kind", by=_first(_POSTS, F("kind"))),
    _hidden("post_title", "职务", "held_post", "title", by=_first(_POSTS, F("title"))),
    _hidden("employment", "用工性质", "held_post", "employment",
            by=_first(_POSTS, F("employment"))),
    _hidden("started_on", "入职日期", "held_post", "started_on", css="nowrap",
            by=_first(_POSTS, F("started_on"), DateField)),
    _hidden("other_employers", "兼岗单位", "held_post", "others", css="wrap"),
    _hidden("education", "学历", "held_education", "level", by=_first(_EDUCATIONS, F("level"))),
    _hidden("major", "专业", "held_education", "major", by=_first(_EDUCATIONS, F("major"))),
    _hidden("school", "毕业院校", "held_education", "school", css="wrap",
            by=_first(_EDUCATIONS, F("school"))),
    _hidden("title", "职称", "held_title", by=_first(_TITLES, Concat("level", "series"))),
    _hidden("certificate_number", "管理号", "held_certificate", "number", css="mono",
            by=_first(_CERTIFICATES, F("number"))),
    _hidden("approved_on", "批准日期", "held_certificate", "approved_on", css="nowrap",
            by=_first(_CERTIFICATES, F("approved_on"), DateField)),
    _hidden("registered_until", "登记有效期至", "held_registration", "ends_on", css="nowrap",
            by=_first(_REGISTRATIONS, F("ends_on"), DateField)),
)  # fmt: skip
