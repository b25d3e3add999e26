"""What forms of other offices ask of stations, agencies and graduates beyond the board."""

from __future__ import annotations

import datetime
from typing import Any

from django.db.models import Q, QuerySet

from core.figures.population import Reads, is_so
from reports.definitions.populations.graduates import Graduates
from reports.definitions.populations.stations import Agencies, Stations
from stations.codes import Held, OrganizationKind, PartyBranch, Rating, StationKind, StationStatus
from stations.models import Organization, Station
from talent.codes import EducationLevel
from talent.models import GraduateStat


def _in_year(column: str, day: datetime.date) -> Any:
    """Whether a day lies in the year that is being counted, and not after the day of counting."""
    first = day.replace(month=1, day=1)
    return is_so(Q(**{f"{column}__gte": first, f"{column}__lte": day}))


class AskedStations(Stations):
    """Stations with their kind and state, their place of work and their size."""

    code = "asked_stations"
    reads = {
        **Stations.reads,
        Station: Reads(
            f"{Stations.reads[Station].columns} built_on is_relocation_site area capacity", "pk"
        ),
        Organization: Reads("credit_code kind", "pk"),
    }
    facts = {
        **Stations.facts,
        **{f"kind_{kind.value}": str(kind.label) for kind in StationKind},
        **{f"state_{status.value}": f"当日{status.label}" for status in StationStatus},
        "built_in_year": "当年建成",
        "relocated": "易地搬迁安置点",
        "by_agency": "由社工机构承接",
        "measured": "登记了场地面积",
        "allotted": "登记了设岗数",
    }

    def rows(self, day: datetime.date) -> QuerySet[Any]:
        return super().rows(day).annotate(
            **{f"kind_{kind.value}": is_so(Q(kind=kind.value)) for kind in StationKind},
            **{
                f"state_{status.value}": is_so(Q(state_then__status=status.value))
                for status in StationStatus
            },
            built_in_year=_in_year("built_on", day),
            relocated=is_so(Q(is_relocation_site=True)),
            by_agency=is_so(Q(operator__kind=OrganizationKind.AGENCY)),
            measured=is_so(Q(area__isnull=False)),
            allotted=is_so(Q(capacity__isnull=False)),
        )  # fmt: skip


class AskedAgencies(Agencies):
    """Agencies that came and went in the year, their party branches, grades and tax status."""

    code = "asked_agencies"
    reads = {
        Organization: Reads(
            f"{Agencies.reads[Organization].columns} rating rated_until tax_exempt "
            "tax_exempt_until deductible deductible_until",
            "pk",
        ),
    }
    facts = {
        **Agencies.facts,
        "founded": "当年登记",
        "dissolved": "当年注销",
        "own_branch": "单独建立党组织",
        "joint_branch": "联合建立党组织",
        **{f"rated_{one.value}": f"评估等级 {one.label}，在有效期内" for one in Rating},
        "exempt": "有免税资格，在有效期内",
        "deductible_then": "有公益性捐赠税前扣除资格，在有效期内",
    }

    def rows(self, day: datetime.date) -> QuerySet[Any]:
        def holds(column: str, value: str, until: str) -> Any:
            is_valid = Q(**{until: None}) | Q(**{f"{until}__gte": day})
            return is_so(is_valid & Q(**{column: value}))

        return super().rows(day).annotate(
            founded=_in_year("registered_on", day),
            dissolved=_in_year("deregistered_on", day),
            own_branch=is_so(Q(party_branch=PartyBranch.OWN)),
            joint_branch=is_so(Q(party_branch=PartyBranch.JOINT)),
            **{f"rated_{one.value}": holds("rating", one.value, "rated_until") for one in Rating},
            exempt=holds("tax_exempt", Held.YES, "tax_exempt_until"),
            deductible_then=holds("deductible", Held.YES, "deductible_until"),
        )  # fmt: skip


class AskedGraduates(Graduates):
    """Graduates by what they studied for."""

    code = "asked_graduates"
    reads = {
        **Graduates.reads,
        GraduateStat: Reads(f"{Graduates.reads[GraduateStat].columns} level", "pk"),
    }
    facts = {
        **Graduates.facts,
        "of_year": "当年毕业",
        **{f"level_{one.value}": f"培养层次：{one.label}" for one in EducationLevel},
    }

    def rows(self, day: datetime.date) -> QuerySet[Any]:
        return super().rows(day).annotate(
            of_year=is_so(Q(year=day.year)),
            **{f"level_{one.value}": is_so(Q(level=one.value)) for one in EducationLevel},
        )  # fmt: skip


ASKED_STATIONS, ASKED_AGENCIES = AskedStations(), AskedAgencies()
ASKED_GRADUATES = AskedGraduates()
