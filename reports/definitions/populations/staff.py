"""Who works in social work, with what the forms of other offices ask of them: sex, age, party,
degree, certificate, title, post, and what kind of body they work at."""

from __future__ import annotations

import datetime
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from core.dates import add_months
from core.figures.population import Reads, is_so
from reports.definitions.populations.people import People, certified, obtained
from stations.codes import OrganizationKind, System
from stations.models import Organization
from talent.codes import (
    EducationLevel,
    Employment,
    PoliticalStatus,
    PostKind,
    ServiceField,
    Source,
    TalentCategory,
    TitleLevel,
)
from talent.models import Education, Person, Post, Title

# Ages that a band of a form may begin at.
AGES = range(16, 81)
_LEVELS = {
    "doctor": (EducationLevel.DOCTOR, "博士研究生"),
    "postgraduate": (EducationLevel.MASTER, "研究生"),
    "graduate": (EducationLevel.BACHELOR, "本科以上学历"),
    "college": (EducationLevel.COLLEGE, "大专以上学历"),
    "secondary": (EducationLevel.HIGH_SCHOOL, "高中、中专以上学历"),
}
PARTY = (PoliticalStatus.MEMBER, PoliticalStatus.PROBATIONARY)
_PARTIES = {
    "party": PARTY,
    "league": (PoliticalStatus.LEAGUE,),
    "democratic": (PoliticalStatus.DEMOCRATIC,),
    "independent": (PoliticalStatus.INDEPENDENT,),
    "masses": (PoliticalStatus.MASSES,),
}
_TITLES = {
    "titled_full": (TitleLevel.SENIOR, "正高级职称"),
    "titled_senior": (TitleLevel.ASSOCIATE, "副高级以上职称"),
    "titled_middle": (TitleLevel.INTERMEDIATE, "中级以上职称"),
    "titled_any": (TitleLevel.JUNIOR, "初级以上职称"),
}
_MAJOR = "社会工作"


def _works_at(**employer: Any) -> Exists:
    """Whether the primary post of the day is at such an organisation."""
    found = Organization.objects.filter(pk=OuterRef("post_then__organization"), **employer)
    return Exists(found)


class Staff(People):
    code = "staff"
    name = "从业人员"
    reads = {
        **People.reads,
        Person: Reads(
            f"{People.reads[Person].columns} sex birth_date ethnicity political_status "
            "sources service_fields",
            "pk",
        ),
        Post: Reads(f"{People.reads[Post].columns} station organization kind", "person"),
        Organization: Reads("kind system"),
    }
    facts = {
        **People.facts,
        "woman": "女性",
        "man": "男性",
        "minority": "少数民族",
        "han": "汉族",
        **{name: str(status.label) for name, (status, *_) in _PARTIES.items()},
        "schooled": "登记了学历",
        "majored": "社会工作专业",
        "newly_certified": "当年取得证书",
        **{name: words for name, (_, words) in _TITLES.items()},
        **{f"post_{kind.value}": f"主岗：{kind.label}" for kind in PostKind},
        **{f"employed_as_{one.value}": f"用工性质：{one.label}" for one in Employment},
        **{f"category_{one.value}": str(one.label) for one in TalentCategory},
        **{f"serves_{one.value}": f"服务领域：{one.label}" for one in ServiceField},
        **{f"source_{one.value}": f"来源类别：{one.label}" for one in Source},
        "at_station": "在站点任职",
        **{name: words for name, (_, words) in _LEVELS.items()},
        **{f"aged_{age}": f"满 {age} 周岁" for age in AGES},
        **{f"at_kind_{kind.value}": f"任职单位：{kind.label}" for kind in OrganizationKind},
        **{f"in_system_{system.value}": f"任职单位系统：{system.label}" for system in System},
    }

    def rows(self, day: datetime.date) -> QuerySet[Any]:
        return super().rows(day).annotate(
            woman=is_so(Q(sex="2")),
            man=is_so(Q(sex="1")),
            minority=is_so(~Q(ethnicity__in=("", "01"))),
            han=is_so(Q(ethnicity="01")),
            schooled=obtained(Education, "graduated_on", day),
            majored=obtained(Education, "graduated_on", day, major__contains=_MAJOR),
            newly_certified=certified(day, approved_on__gte=day.replace(month=1, day=1)),
            **{name: is_so(Q(political_status__in=said)) for name, said in _PARTIES.items()},
            **{
                name: obtained(Title, "obtained_on", day, level__lte=least)
                for name, (least, _) in _TITLES.items()
            },
            **{f"post_{one.value}": is_so(Q(post_then__kind=one.value)) for one in PostKind},
            **{
                f"employed_as_{one.value}": is_so(Q(post_then__employment=one.value))
                for one in Employment
            },
            **{f"category_{one.value}": is_so(Q(category=one.value)) for one in TalentCategory},
            **{
                f"serves_{one.value}": is_so(Q(service_fields__contains=[one.value]))
                for one in ServiceField
            },
            **{f"source_{one.value}": is_so(Q(sources__contains=[one.value])) for one in Source},
            at_station=is_so(Q(post_then__station__isnull=False)),
            **{
                name: obtained(Education, "graduated_on", day, level__lte=least)
                for name, (least, _) in _LEVELS.items()
            },
            **{
                f"aged_{age}": is_so(Q(birth_date__lte=add_months(day, -12 * age))) for age in AGES
            },
            **{f"at_kind_{kind.value}": _works_at(kind=kind.value) for kind in OrganizationKind},
            **{f"in_system_{one.value}": _works_at(system=one.value) for one in System},
        )  # fmt: skip


STAFF = Staff()
