"""Who works in social work, with what the forms of other offices ask of them: sex, age, party,
degree, certificate, and what kind of body they work at."""

from __future__ import annotations

import datetime
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from core.dates import add_months
from core.figures.population import Reads, is_so
from reports.definitions.populations.people import People, obtained
from stations.codes import OrganizationKind, System
from stations.models import Organization
from talent.codes import EducationLevel, PoliticalStatus
from talent.models import Education, Person, Post

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
            f"{People.reads[Person].columns} sex birth_date ethnicity political_status", "pk"
        ),
        Post: Reads(f"{People.reads[Post].columns} station organization", "person"),
        Organization: Reads("kind system"),
    }
    facts = {
        **People.facts,
        "woman": "女性",
        "minority": "少数民族",
        "party": "中共党员（含预备党员）",
        "league": "共青团员",
        "at_station": "在站点任职",
        **{name: words for name, (_, words) in _LEVELS.items()},
        **{f"aged_{age}": f"满 {age} 周岁" for age in AGES},
        **{f"at_kind_{kind.value}": f"任职单位：{kind.label}" for kind in OrganizationKind},
        **{f"in_system_{system.value}": f"任职单位系统：{system.label}" for system in System},
    }

    def rows(self, day: datetime.date) -> QuerySet[Any]:
        return super().rows(day).annotate(
            woman=is_so(Q(sex="2")),
            minority=is_so(~Q(ethnicity__in=("", "01"))),
            party=is_so(Q(political_status__in=PARTY)),
            league=is_so(Q(political_status=PoliticalStatus.LEAGUE)),
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
