"""What stations did, as they report it by month or by quarter: counts, hours, yuan."""

from __future__ import annotations

import datetime
from typing import Any

from django.db.models import Q, QuerySet

from core.figures.population import Population, Reads, is_so
from core.regions.successions import place_on
from stations.models import Station, StationMonthly, StationTarget
from stations.targets.models import COUNTED

LABELS: dict[str, str] = dict(StationTarget._meta.get_field("number").flatchoices)


class Services(Population):
    """Each report once. A quarter counts from its first month on, as it is entered."""

    code = "services"
    name = "站点产出"
    reads = {
        StationMonthly: Reads(f"station month span {' '.join(COUNTED)}", "pk"),
        Station: Reads("region is_mistake"),
    }
    order = ("-month", "pk")
    facts = {
        "of_year": "当年的填报，月份不晚于统计日期",
        **{f"told_{name}": f"填报了{label}" for name, label in LABELS.items()},
    }

    def rows(self, day: datetime.date) -> QuerySet[Any]:
        months = StationMonthly.objects.filter(station__is_mistake=False)
        return months.annotate(
            place=place_on(Station, day, of="station__"),
            of_year=is_so(Q(month__gte=day.replace(month=1, day=1), month__lte=day)),
            **{f"told_{name}": is_so(Q(**{f"{name}__isnull": False})) for name in COUNTED},
        )


SERVICES = Services()
