"""People as of a day: dated status and residence, the primary post, what they had obtained.

DOMAIN "Counting definitions" T1 and T2.
"""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from django.contrib.postgres.fields import DateRangeField
from django.db.backends.postgresql.psycopg_any import DateRange
from django.db.models import (
    BooleanField,
    CharField,
    Exists,
    F,
    FilteredRelation,
    Func,
    Model,
    OuterRef,
    Q,
    QuerySet,
    Value,
)
from django.db.models.functions import Coalesce
from django.utils import timezone

from core.entities import former
from core.figures.population import Population, Reads, is_so
from core.models import FormerValue
from core.regions.names import place_name
from core.timeline import dated_on, in_use_on
from stations.models import Organization, Station
from talent.codes import (
    HIGHER_EDUCATION,
    MAY_SERVE,
    NOT_EMPLOYED,
    REGISTERED_STATUSES,
    CertificateLevel,
    TalentCategory,
    TitleLevel,
    Verification,
)
from talent.models import (
    Certificate,
    Education,
    Person,
    PersonState,
    Post,
    RegistrationPeriod,
    Title,
)

# What decides where somebody is, and what she holds.
STATES = Reads("person status residence valid_from valid_to", "person")
POSTS = Reads("person region is_primary employment started_on ended_on", "person")
CERTIFICATES = Reads("person level approved_on verification ended_on true_until", "person")
INTERMEDIATE = (TitleLevel.SENIOR, TitleLevel.ASSOCIATE, TitleLevel.INTERMEDIATE)


def year_before(day: datetime.date) -> datetime.date:
    try:
        return day.replace(year=day.year - 1)
    except ValueError:
        return day.replace(year=day.year - 1, day=28)


def _open_posts(day: datetime.date, prefix: str = "") -> Q:
    return (
        Q(**{f"{prefix}is_primary": True, f"{prefix}started_on__lte": day})
        & (Q(**{f"{prefix}ended_on": None}) | Q(**{f"{prefix}ended_on__gt": day}))
    )  # fmt: skip


def located(day: datetime.date, people: QuerySet[Person]) -> QuerySet[Person]:
    """Each person once, joined with the state and the primary post of the day.

    Should dates overlap in history, the later state and the later post are the ones.
    """
    mine = {"person": OuterRef("pk")}
    later_state = PersonState.objects.filter(
        dated_on(day), **mine, valid_from__gt=OuterRef("state_then__valid_from")
    )
    later_post = Post.objects.filter(_open_posts(day), **mine).filter(
        Q(started_on__gt=OuterRef("post_then__started_on"))
        | Q(started_on=OuterRef("post_then__started_on"), pk__gt=OuterRef("post_then__pk"))
    )
    # At most one row is without an end, so of two that overlap one has an end: looking
    # for those only spares two joins of everybody with everybody.
    return people.alias(
        state_then=FilteredRelation("states", condition=dated_on(day, "states__")),
        post_then=FilteredRelation("posts", condition=_open_posts(day, "posts__")),
    ).filter(
        ~Exists(later_state.exclude(valid_to=None)),
        ~Exists(later_post.exclude(ended_on=None)),
        Q(state_then__valid_to__isnull=True) | ~Exists(later_state.filter(valid_to=None)),
        Q(post_then__ended_on__isnull=True) | ~Exists(later_post.filter(ended_on=None)),
    )


def obtained(model: type[Any], column: str, day: datetime.date, **filters: Any) -> Exists:
    """Whether a record without a date, or with one up to the day, exists for the person."""
    undated = Q(**{column: None}) | Q(**{f"{column}__lte": day})
    held = model.objects.filter(undated, in_use_on(day), person=OuterRef("pk"), **filters)
    return Exists(held)


def certified(day: datetime.date, **filters: Any) -> Exists:
    return Exists(Certificate.objects.counting_on(day).filter(person=OuterRef("pk"), **filters))


def _checked(day: datetime.date) -> Exists:
    held = Certificate.objects.counting_on(day).filter(person=OuterRef("pk"))
    return Exists(held.verified_on(day, at_least=Verification.COUNTY))


def _verified(day: datetime.date) -> Q:
    least = Verification.EMPLOYER
    now, then = Q(verification__gte=least), Q(value__gte=least)
    return former.as_of(Person, "verification", day, now=now, then=then)


def _registered(day: datetime.date) -> Exists:
    return Exists(RegistrationPeriod.objects.valid_on(day).filter(person=OuterRef("pk")))


def _confirmed_within(after: datetime.date, until: datetime.date) -> Coalesce:
    """Whether the latest confirmation, or on a past day one before it, lies in (after, until]."""
    latest = Q(confirmed_on__gt=after, confirmed_on__lte=until)
    if until >= timezone.localdate():
        return is_so(latest)
    within = Value(DateRange(after, until, "(]"), output_field=DateRangeField())
    before = Func(
        within,
        F("confirmed_before"),
        template="%(expressions)s)",
        arg_joiner=" @> ANY(",
        output_field=BooleanField(),
    )
    return is_so(latest | Q(before))


class OfPeople(Population):
    def touched(self, records: Sequence[Model]) -> set[Any]:
        """Of a station or an organisation those who served there: their posts go with it."""
        keys = super().touched(records)
        for record in records:
            if isinstance(record, Station | Organization):
                where = Q(station=record.pk) | Q(organization=record.pk)
                keys.update(Post.objects.filter(where).values_list("person", flat=True))
        return keys


class People(OfPeople):
    code = "people"
    name = "人员"
    reads = {
        Person: Reads("verification is_mistake category confirmed_on merged_into", "pk"),
        PersonState: STATES,
        Post: POSTS,
        Certificate: CERTIFICATES,
        RegistrationPeriod: Reads("person starts_on ends_on state ended_on true_until", "person"),
        Education: Reads("person level major graduated_on ended_on true_until", "person"),
        Title: Reads("person level obtained_on ended_on true_until", "person"),
        FormerValue: Reads("value since until"),
    }
    order = ("pinyin", "pk")
    size = "T1_L0"
    facts = {
        "registered": "当日在库（在岗、待岗或待核实）",
        "verified": "核实级别在「单位确认」以上",
        "employed": "当日有主岗，且不是实习、志愿",
        "educated": "大专及以上学历",
        "titled": "中级及以上职称",
        "certified": "持全国社会工作者职业资格证书",
        "related": "社会工作或相关专业",
        "certified_checked": "证书经县级以上核验",
        "certified_middle": "证书为社会工作师及以上",
        "certified_senior": "证书为高级社会工作师",
        "registration_valid": "登记在有效期内",
        "practice": "实务人才",
        "research": "研究人才",
        "management": "管理人才",
        "fresh": "12 个月内确认过",
        "confirmed": "到当日为止确认过",
    }

    def rows(self, day: datetime.date) -> QuerySet[Any]:
        senior = CertificateLevel.SENIOR
        middle = (CertificateLevel.SOCIAL_WORKER, senior)
        return located(day, Person.objects.filter(is_mistake=False)).annotate(
            place=Coalesce(
                F("post_then__region"), F("state_then__residence"), output_field=CharField()
            ),
            registered=is_so(Q(state_then__status__in=REGISTERED_STATUSES)),
            verified=is_so(_verified(day)),
            employed=is_so(
                Q(state_then__status__in=MAY_SERVE)
                & Q(post_then__employment__isnull=False)
                & ~Q(post_then__employment__in=NOT_EMPLOYED)
            ),
            educated=obtained(Education, "graduated_on", day, level__in=HIGHER_EDUCATION),
            titled=obtained(Title, "obtained_on", day, level__in=INTERMEDIATE),
            certified=certified(day),
            related=obtained(Education, "graduated_on", day, is_related=True),
            certified_checked=_checked(day),
            certified_middle=certified(day, level__in=middle),
            certified_senior=certified(day, level=senior),
            registration_valid=_registered(day),
            practice=is_so(Q(category__startswith=TalentCategory.PRACTICE)),
            research=is_so(Q(category=TalentCategory.RESEARCH)),
            management=is_so(Q(category=TalentCategory.MANAGEMENT)),
            fresh=_confirmed_within(year_before(day), day),
            # The earlier confirmations are in order.
            confirmed=is_so(Q(confirmed_on__lte=day) | Q(confirmed_before__0__lte=day)),
        )

    def narrowed(
        self, rows: QuerySet[Any], codes: Sequence[str], day: datetime.date
    ) -> QuerySet[Any]:
        """People with any post or residence there, found by index."""
        posted = Post.objects.filter(region__in=codes).order_by().values("person")
        living = PersonState.objects.filter(residence__in=codes).order_by().values("person")
        return rows.filter(pk__in=posted.union(living))

    def reasons(self, records: Sequence[Model], day: datetime.date) -> dict[Any, dict[str, str]]:
        keys = [record.pk for record in records]
        words: dict[Any, dict[str, str]] = defaultdict(dict)
        _say_posts(words, keys, day)
        _say_certificates(words, keys, day)
        _say_studies(words, keys, day)
        _say_registrations(words, keys, day)
        then = former.values_on(Person, "verification", day, keys)
        for record in records:
            person: Any = record
            level = Verification(then.get(person.pk) or person.verification)
            words[person.pk]["verified"] = f"核实级别：{level.label}"
        return words


Words = dict[Any, dict[str, str]]


def _say_posts(words: Words, keys: list[Any], day: datetime.date) -> None:
    posts = Post.objects.filter(_open_posts(day), person__in=keys)
    for post in posts.select_related("station", "organization").order_by("started_on", "pk"):
        words[post.person_id]["employed"] = (
            f"{post.started_on} 起任{post.employer_name}{post.get_kind_display()}"
            f"（{place_name(post.region_id)}，{post.get_employment_display()}）"
        )
    for state in PersonState.objects.in_force_on(day).filter(person__in=keys):
        words[state.person_id]["registered"] = f"当日状态：{state.get_status_display()}"


def _say_certificates(words: Words, keys: list[Any], day: datetime.date) -> None:
    """The highest level last, so that it is the one that is said."""
    held = Certificate.objects.counting_on(day).filter(person__in=keys)
    certificates = list(held.order_by("level", "approved_on"))
    then = former.values_on(Certificate, "verification", day, [c.pk for c in certificates])
    for certificate in certificates:
        level = Verification(then.get(certificate.pk) or certificate.verification)
        said = f"{certificate.get_level_display()}，{certificate.approved_on} 批准，{level.label}"
        mine = words[certificate.person_id]
        mine["certified"] = mine["certified_middle"] = mine["certified_senior"] = said
        if level >= Verification.COUNTY:
            mine["certified_checked"] = said


def _say_studies(words: Words, keys: list[Any], day: datetime.date) -> None:
    until = Q(graduated_on=None) | Q(graduated_on__lte=day)
    studies = Education.objects.filter(until, in_use_on(day), person__in=keys)
    for study in studies.order_by("-level"):
        said = f"学历：{study.get_level_display()}{study.major}"
        if study.level in HIGHER_EDUCATION:
            words[study.person_id]["educated"] = said
        if study.is_related:
            words[study.person_id]["related"] = f"相关专业：{study.major}"
    until = Q(obtained_on=None) | Q(obtained_on__lte=day)
    for title in Title.objects.filter(until, in_use_on(day), person__in=keys):
        if title.level in INTERMEDIATE:
            words[title.person_id]["titled"] = f"职称：{title.series}{title.get_level_display()}"


def _say_registrations(words: Words, keys: list[Any], day: datetime.date) -> None:
    for period in RegistrationPeriod.objects.valid_on(day).filter(person__in=keys):
        words[period.person_id]["registration_valid"] = f"登记有效至 {period.ends_on}"


PEOPLE = People()
